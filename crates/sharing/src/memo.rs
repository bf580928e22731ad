//! A bounded memory of answers already worked out. An answer depends on its key alone, so forgetting one costs time and never
//! changes it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};

pub(crate) struct Memo<K, T> {
    known: RwLock<HashMap<K, Arc<T>>>,
    most: usize,
}

impl<K: Eq + Hash, T> Memo<K, T> {
    /// Holds `most` answers; when it is full it forgets all of them.
    pub(crate) fn new(most: usize) -> Self {
        Self { known: RwLock::default(), most }
    }

    pub(crate) fn get_or(&self, key: K, work_out: impl FnOnce() -> T) -> Arc<T> {
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(known);
        }
        // Worked out with no lock held: working one answer out asks for others.
        let answer = Arc::new(work_out());
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= self.most {
            known.clear();
        }
        known.insert(key, Arc::clone(&answer));
        answer
    }

    /// How many answers are held.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.known.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_forgets_rather_than_grows_and_always_answers_right() {
        let memo = Memo::new(64);
        for round in 0..3 {
            for key in 0..1000_u64 {
                assert_eq!(*memo.get_or(key, || key * 2), key * 2, "round {round}");
                assert!(memo.held() <= 64);
            }
        }
    }

    #[test]
    fn what_is_remembered_is_not_worked_out_again() {
        let memo = Memo::new(64);
        let mut worked_out = 0;
        for _ in 0..3 {
            for key in 0..64_u64 {
                memo.get_or(key, || worked_out += 1);
            }
        }
        assert_eq!(worked_out, 64);
    }
}
