//! Reading tables by number without a panic: an entry that is not there is the type's neutral value.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// The entry at `i`, or the neutral value.
pub(crate) fn at<T: Copy + Default>(table: &[T], i: u32) -> T {
    table.get(i as usize).copied().unwrap_or_default()
}

/// A running number as `u32`. More than four thousand million of anything is beyond this program.
pub(crate) fn number(i: usize) -> u32 {
    u32::try_from(i).unwrap_or(u32::MAX)
}

/// Hashes texts that are looked up in lists of our own, many times for each record.
#[derive(Debug, Default)]
pub(crate) struct TextHash(u64);

impl Hasher for TextHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        let mut mix = Mix(self.0);
        for chunk in &mut chunks {
            mix = mix.with(chunk.try_into().map_or(0, u64::from_le_bytes));
        }
        let rest = chunks.remainder().iter().fold(0u64, |word, byte| (word << 8) | u64::from(*byte));
        self.0 = mix.with(rest).done();
    }

    fn write_u8(&mut self, value: u8) {
        self.0 ^= u64::from(value);
    }
}

/// Texts in a list of our own.
pub(crate) type TextSet = HashSet<String, BuildHasherDefault<TextHash>>;
/// What belongs to each text of such a list.
pub(crate) type TextMap<T> = HashMap<String, T, BuildHasherDefault<TextHash>>;

/// Mixes words of data into one well spread number. The same on every machine and in every run.
#[derive(Clone, Copy)]
pub(crate) struct Mix(u64);

impl Mix {
    /// Begins with a tag, so that equal values under different tags differ.
    pub(crate) fn new(tag: u64) -> Self {
        Self(0x9e37_79b9_7f4a_7c15).with(tag)
    }

    /// Adds a number.
    pub(crate) fn with(self, value: u64) -> Self {
        let mut x = (self.0 ^ value).wrapping_mul(0xff51_afd7_ed55_8ccd);
        x ^= x >> 32;
        x = x.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        Self(x ^ (x >> 29))
    }

    /// Adds text.
    pub(crate) fn text(self, text: &str) -> Self {
        let mut mix = self.with(text.len() as u64);
        for chunk in text.as_bytes().chunks(8) {
            let word = chunk.iter().fold(0u64, |word, byte| (word << 8) | u64::from(*byte));
            mix = mix.with(word);
        }
        mix
    }

    /// The number.
    pub(crate) fn done(self) -> u64 {
        self.0
    }
}
