//! Remembers what pairs of words came out at: people who share a key share words, so the same two words meet again and
//! again. Holds only as much as fits the processor's memory; what was forgotten is worked out again.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// The most slots, and how many for each word.
const MOST: usize = 1 << 20;
const FOR_EACH: usize = 16;
/// The most bits that the number of a word can have; words beyond are worked out each time.
const WORD: u32 = 21;
/// Bits that a slot has for telling a pair from the others that go there.
const TELL: u32 = 23;
/// Marks a slot that is taken.
const TAKEN: u32 = 1 << 31;

/// Levels of pairs of words. A slot holds what tells a pair from all others that go there, and its level, in one small
/// number: it is never half written, and many of them fit into the processor's memory.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    slots: Vec<AtomicU32>,
    /// Bits of the number of a word, and of that of a slot.
    word: u32,
    slot: u32,
}

impl Memo {
    /// For a table of so many words and as many again.
    pub(crate) fn new(words: usize) -> Self {
        let word = ((2 * words).next_power_of_two().trailing_zeros()).clamp(1, WORD);
        let size = (words * FOR_EACH).next_power_of_two().clamp(2, MOST);
        let slot = size.trailing_zeros().clamp((2 * word).saturating_sub(TELL), 2 * word);
        let slots = std::iter::repeat_with(AtomicU32::default).take(1 << slot).collect();
        Self { slots, word, slot }
    }

    /// What two words come out at, which must always be the same for them, whichever comes first.
    pub(crate) fn of(&self, a: u32, b: u32, work_out: impl FnOnce() -> u8) -> u8 {
        if (a | b) >> self.word != 0 {
            return work_out();
        }
        let both = self.mixed((u64::from(a.min(b)) << self.word) | u64::from(a.max(b)));
        let place = usize::try_from(both & ((1 << self.slot) - 1)).ok();
        let Some(slot) = place.and_then(|place| self.slots.get(place)) else { return work_out() };
        let pair = TAKEN | u32::try_from((both >> self.slot) << 8).unwrap_or(0);
        let held = slot.load(Relaxed);
        if held & !0xff == pair {
            return (held & 0xff) as u8;
        }
        let level = work_out();
        slot.store(pair | u32::from(level), Relaxed);
        level
    }

    /// Two words as another number of as many bits. Each step can be undone, so that no two pairs come out alike.
    fn mixed(&self, both: u64) -> u64 {
        let spread = both.wrapping_mul(0x9e37_79b9_7f4a_7c15) & ((1 << (2 * self.word)) - 1);
        spread ^ (spread >> self.word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_remembered_is_what_was_worked_out(
            words in prop::sample::select(vec![1usize, 3, 20, 40, 5000, 3_000_000]),
            pairs in prop::collection::vec((0u32..40, 0u32..40), 0..400),
            far in prop::collection::vec((0u32..u32::MAX, 0u32..u32::MAX), 0..40),
        ) {
            let level = |a: u32, b: u32| (a.wrapping_add(b).wrapping_mul(31).wrapping_add(a ^ b) % 251) as u8;
            let memo = Memo::new(words);
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
        assert_eq!(memo.of(9, 4, || panic!("worked out again the other way round")), 3);
        assert_eq!(memo.of(9, 5, || 5), 5);
        assert_eq!(Memo::default().of(4, 9, || 7), 7);
    }
}
