//! Every choice the generator makes, from one seed, so that an area can be made again to the byte.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream of choices is for. Streams are independent: more noise does not change a family.
#[derive(Clone, Copy)]
pub(crate) enum Stream {
    /// The life of one family and what is recorded about it.
    Family,
    /// Faults put into the rows of one file.
    Noise,
}

/// A seeded stream of choices.
pub(crate) struct Dice {
    rng: ChaCha8Rng,
}

impl Dice {
    pub(crate) fn new(seed: u64, stream: Stream, number: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let room = match stream {
            Stream::Family => 1_u64 << 48,
            Stream::Noise => 2_u64 << 48,
        };
        rng.set_stream(room | number);
        Self { rng }
    }

    /// A number from 0 to `n - 1`; 0 when `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.rng.next_u64()) * n as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// A whole number from `low` to `high`, both possible; `low` when the range is empty.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = usize::try_from(high.saturating_sub(low).saturating_add(1)).unwrap_or(0);
        low + i64::try_from(self.below(width)).unwrap_or(0)
    }

    /// True in `per_cent` of 100 cases.
    pub(crate) fn chance(&mut self, per_cent: u32) -> bool {
        self.per_mille(per_cent * 10)
    }

    /// True in `per_mille` of 1,000 cases.
    pub(crate) fn per_mille(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille as usize
    }

    /// One of `from`, if there is any.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let at = self.below(from.len());
        from.get(at)
    }

    /// One of the words, or nothing.
    pub(crate) fn word<'a>(&mut self, from: &'a [String]) -> &'a str {
        self.pick(from).map_or("", String::as_str)
    }

    /// One of a few fixed words.
    pub(crate) fn of(&mut self, from: &[&'static str]) -> &'static str {
        self.pick(from).copied().unwrap_or("")
    }

    /// The place of a weighted choice.
    pub(crate) fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let total: u32 = weights.clone().sum();
        let mut left = self.below(total as usize) as u32;
        for (at, weight) in weights.enumerate() {
            if left < weight {
                return at;
            }
            left -= weight;
        }
        0
    }

    /// Hex digits for a resource id in the shape of a UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let (high, low) = (self.rng.next_u64(), self.rng.next_u64());
        let version = (high & 0xffff_ffff_ffff_0fff) | 0x4000;
        let variant = (low & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            version >> 32,
            (version >> 16) & 0xffff,
            version & 0xffff,
            variant >> 48,
            variant & 0xffff_ffff_ffff
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_stream_and_streams_differ() {
        let run = |seed, number| {
            let mut dice = Dice::new(seed, Stream::Family, number);
            (0..20).map(|_| dice.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(run(1, 5), run(1, 5));
        assert_ne!(run(1, 5), run(1, 6));
        assert_ne!(run(1, 5), run(2, 5));
    }

    #[test]
    fn choices_stay_in_their_range() {
        let mut dice = Dice::new(7, Stream::Noise, 0);
        for _ in 0..1000 {
            assert!((3..=9).contains(&dice.between(3, 9)));
            assert!(dice.weighted([1, 0, 4].into_iter()) != 1);
        }
        assert_eq!(dice.below(0), 0);
        assert!(dice.pick::<u8>(&[]).is_none());
    }
}
