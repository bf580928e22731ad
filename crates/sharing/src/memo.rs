//! A bounded memory of answers already worked out. An answer depends on the packed words alone, so forgetting one costs
//! time and never changes it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Parts with a lock each, so that threads seldom meet.
const PARTS: usize = 16;

pub(crate) struct Memo<T> {
    parts: [Mutex<HashMap<u64, Arc<T>>>; PARTS],
    most: usize,
}

impl<T> Memo<T> {
    /// Holds about `most` answers.
    pub(crate) fn new(most: usize) -> Self {
        Self { parts: std::array::from_fn(|_| Mutex::default()), most: most.div_ceil(PARTS) }
    }

    pub(crate) fn get_or(&self, key: u64, work_out: impl FnOnce() -> T) -> Arc<T> {
        let spread = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60) as usize;
        let Some(part) = self.parts.get(spread) else { return Arc::new(work_out()) };
        if let Some(known) = part.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(known);
        }
        let answer = Arc::new(work_out());
        let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
        if part.len() >= self.most {
            part.clear();
        }
        part.insert(key, Arc::clone(&answer));
        answer
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
            }
        }
        let held: usize = memo.parts.iter().map(|part| part.lock().unwrap().len()).sum();
        assert!(held <= 64 + PARTS, "{held}");
    }
}
