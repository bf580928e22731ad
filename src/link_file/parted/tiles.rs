//! Pairs of people by tile: those of two ranges are together, so that both ranges can be in memory when they are weighed.

use throughline_linkage::parted::Pair;

use super::super::fault::Fault;
use super::spill::{Parts, Work, first_u32, first_u64};

/// The tiles of so many people.
#[derive(Clone, Copy, Debug)]
pub struct Tiles {
    /// People in one range.
    pub width: u32,
    /// How many ranges there are.
    pub ranges: u32,
}

impl Tiles {
    /// The part in which a pair is, whose first has the lower number.
    pub fn part(self, a: u32, b: u32) -> u32 {
        self.of(a / self.width.max(1), b / self.width.max(1))
    }

    /// The part of two ranges, the lower one first.
    pub fn of(self, a: u32, b: u32) -> u32 {
        b * (b + 1) / 2 + a
    }

    /// How many tiles there are.
    pub fn count(self) -> u32 {
        self.of(0, self.ranges)
    }

    /// All tiles, the ones of one range after another: range, range, part.
    pub fn each(self) -> impl Iterator<Item = (u32, u32, u32)> {
        (0..self.ranges).flat_map(move |b| (0..=b).map(move |a| (a, b, self.of(a, b))))
    }

    /// Writes a pair without weight.
    pub fn put(self, parts: &mut Parts, a: u32, b: u32) -> Result<(), Fault> {
        let (a, b) = (a.min(b), a.max(b));
        let mut entry = [0; 8];
        entry
            .iter_mut()
            .zip(a.to_le_bytes().into_iter().chain(b.to_le_bytes()))
            .for_each(|(to, from)| *to = from);
        parts.put(self.part(a, b), &entry)
    }
}

/// A pair with its weight as an entry.
pub fn weighed(pair: &Pair) -> [u8; 16] {
    let bytes = pair.a.to_le_bytes().into_iter().chain(pair.b.to_le_bytes()).chain(pair.weight.to_le_bytes());
    let mut entry = [0; 16];
    entry.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    entry
}

/// Weighed pairs of one part.
pub fn read_weighed(work: &Work, name: &str, part: u32) -> Result<Vec<Pair>, Fault> {
    work.entries(name, part, 16, |bytes| {
        let (a, rest) = first_u32(bytes)?;
        let (b, rest) = first_u32(rest)?;
        Some(Pair { a, b, weight: f64::from_bits(first_u64(rest)?.0) })
    })
}

/// Pairs without weight from their bytes; what is left over at the end is not a pair.
pub fn pairs(bytes: &[u8]) -> Option<Vec<(u32, u32)>> {
    bytes
        .chunks(8)
        .map(|bytes| {
            let (a, rest) = first_u32(bytes)?;
            Some((a, first_u32(rest)?.0))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_has_one_tile_and_every_tile_is_visited_once() {
        let tiles = Tiles { width: 10, ranges: 4 };
        let parts: Vec<u32> = tiles.each().map(|(_, _, part)| part).collect();
        assert_eq!(parts, (0..tiles.count()).collect::<Vec<_>>());
        for (a, b, part) in tiles.each() {
            assert_eq!(tiles.part(a * 10 + 3, b * 10 + 9), part);
        }
    }
}
