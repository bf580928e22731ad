//! Repeatable chance and words that occur nowhere else. SplitMix64, so that one number gives one area on every machine.

/// A stream of numbers from a seed.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The stream of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// A number of days from `from` to before `end`.
    pub fn days(&mut self, from: i64, end: i64) -> i64 {
        let width = u64::try_from(end.saturating_sub(from)).unwrap_or(1);
        from.saturating_add(i64::try_from(self.below(width)).unwrap_or(0))
    }

    /// Yes in so many of a hundred cases.
    pub fn of_100(&mut self, cases: u64) -> bool {
        self.below(100) < cases
    }

    /// One of these.
    pub fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> Option<&'a T> {
        let at = self.below(u64::try_from(of.len()).unwrap_or(1));
        of.get(usize::try_from(at).unwrap_or(0)).copied()
    }
}

/// Words that occur once in the world: `Zq` and seven letters.
#[derive(Clone, Debug, Default)]
pub struct Mint(u64);

impl Mint {
    /// The next word.
    pub fn word(&mut self) -> String {
        // 26^7 is prime to the factor, so that no two counts give one word; neighbours look nothing like each other.
        const ALL: u64 = 8_031_810_176;
        self.0 = self.0.wrapping_add(1);
        let mut rest = (self.0.wrapping_mul(5_800_079_141)) % ALL;
        let mut word = String::from("Zq");
        for _ in 0..7 {
            let letter = u8::try_from(rest % 26).unwrap_or(0);
            word.push(char::from(b'a'.saturating_add(letter)));
            rest /= 26;
        }
        word
    }

    /// A word that this world does not hold.
    pub fn never(&self, number: u64) -> String {
        Self(self.0.wrapping_add(1_000_000).wrapping_add(number)).word()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_comes_twice() {
        let mut mint = Mint::default();
        let mut words: Vec<String> = (0..50_000).map(|_| mint.word()).collect();
        words.sort();
        words.dedup();
        assert_eq!(words.len(), 50_000);
        assert!(!words.contains(&mint.never(0)));
    }

    #[test]
    fn one_seed_gives_one_stream() {
        let (mut one, mut two) = (Chance::new(7), Chance::new(7));
        assert!((0..100).all(|_| one.next() == two.next()));
    }
}
