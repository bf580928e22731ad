//! Remembers what pairs of words came out at: people who share a key share words, so the same two words meet again and
//! again. Holds only as much as fits the processor's memory; what was forgotten is worked out again.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Bits of the number of a word; words beyond are worked out each time.
const WORD: u32 = 27;
/// Marks a slot that is taken.
const TAKEN: u64 = 1 << 62;
/// The most slots, and how many for each word.
const MOST: usize = 1 << 17;
const FOR_EACH: usize = 8;

/// Levels of pairs of words. A slot holds both words and their level in one number, so that it is never half written.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    slots: Vec<AtomicU64>,
    shift: u32,
}

impl Memo {
    /// For a table of so many words.
    pub(crate) fn new(words: usize) -> Self {
        let size = (words * FOR_EACH).next_power_of_two().clamp(2, MOST);
        let slots = std::iter::repeat_with(AtomicU64::default).take(size).collect();
        Self { slots, shift: 64 - size.trailing_zeros() }
    }

    /// What two words come out at, which must always be the same for them.
    pub(crate) fn of(&self, a: u32, b: u32, work_out: impl FnOnce() -> u8) -> u8 {
        let both = TAKEN | (u64::from(a) << (8 + WORD)) | (u64::from(b) << 8);
        let place = both.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift.min(63);
        let slot = usize::try_from(place).ok().and_then(|place| self.slots.get(place));
        let Some(slot) = slot.filter(|_| (a | b) >> WORD == 0) else { return work_out() };
        let held = slot.load(Relaxed);
        if held & !0xff == both {
            return (held & 0xff) as u8;
        }
        let level = work_out();
        slot.store(both | u64::from(level), Relaxed);
        level
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_remembered_is_what_was_worked_out(
            pairs in prop::collection::vec((0u32..40, 0u32..40), 0..400),
            far in prop::collection::vec((0u32..u32::MAX, 0u32..u32::MAX), 0..40),
        ) {
            let level = |a: u32, b: u32| (a.wrapping_mul(31).wrapping_add(b.wrapping_mul(7)) % 251) as u8;
            let memo = Memo::new(3);
            for (a, b) in pairs.into_iter().chain(far) {
                prop_assert_eq!(memo.of(a, b, || level(a, b)), level(a, b));
                prop_assert_eq!(memo.of(a, b, || level(a, b)), level(a, b));
            }
        }
    }

    #[test]
    fn what_was_worked_out_is_not_worked_out_again() {
        let memo = Memo::new(100);
        assert_eq!(memo.of(4, 9, || 3), 3);
        assert_eq!(memo.of(4, 9, || panic!("worked out again")), 3);
        assert_eq!(memo.of(9, 4, || 5), 5);
        assert_eq!(Memo::default().of(4, 9, || 7), 7);
    }
}
