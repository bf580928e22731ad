//! Weighs the pairs of every tile with both of its ranges in memory.

use rayon::prelude::*;
use throughline_linkage::parted::{Pair, Person, Weigher, Words};

use super::super::fault::Fault;
use super::manifest::{Manifest, Step};
use super::people::load;
use super::spill::Parts;
use super::tiles::{Tiles, pairs, weighed};
use super::{Run, of};

/// People of a range.
struct Range {
    first: u32,
    people: Vec<Person>,
}

impl Range {
    fn get(&self, number: u32) -> Option<&Person> {
        let at = number.checked_sub(self.first)?;
        self.people.get(at as usize)
    }
}

impl Run<'_> {
    /// Weighs the pairs of a round; pairs that nothing changed about are there with their weight already.
    pub(super) fn compare(&self, state: &mut Manifest, words: &Words, round: u32) -> Result<(), Fault> {
        let model = self.model()?;
        let weigher = Weigher::new(words, &model, &self.settings);
        let tiles = Tiles { width: state.width, ranges: state.ranges() };
        let range = |number: u32| -> Result<Range, Fault> {
            let people = load(&self.work, &of(round, "people"), number, Some((words, &model)))?;
            Ok(Range { first: number * state.width, people })
        };
        let mut out = Parts::new(&self.work, &of(round, "edges"));
        let label =
            if round == 0 { "comparing pairs".to_owned() } else { format!("comparing again, round {round}") };
        let mut held: Option<(u32, Range)> = None;
        for (low, high, part) in tiles.each() {
            (self.told)(&label, u64::from(part), u64::from(tiles.count()));
            out.put(part, &self.work.read(&of(round, "kept"), part)?)?;
            let bytes = self.work.read(&of(round, "pairs"), part)?;
            if bytes.is_empty() {
                continue;
            }
            if held.as_ref().is_none_or(|(number, _)| *number != high) {
                drop(held.take());
                held = Some((high, range(high)?));
            }
            let Some((_, above)) = &held else { continue };
            let other = if low == high { None } else { Some(range(low)?) };
            let below = other.as_ref().unwrap_or(above);
            // Pieces keep within memory; a pair that stands in two of them is weighed twice and counts once.
            let piece = usize::try_from(state.memory / 64 * 8).unwrap_or(usize::MAX);
            for bytes in bytes.chunks(piece.max(8)) {
                let mut list = pairs(bytes).ok_or_else(|| self.work.damaged(&of(round, "pairs"), part))?;
                list.par_sort_unstable();
                list.dedup();
                state.compared += list.len() as u64;
                let found: Vec<Pair> = list
                    .par_iter()
                    .filter_map(|(a, b)| {
                        let weight = weigher.weigh(below.get(*a)?, above.get(*b)?)?;
                        Some(Pair { a: *a, b: *b, weight })
                    })
                    .collect();
                found.iter().try_for_each(|pair| out.put(part, &weighed(pair)))?;
            }
        }
        out.finish()?;
        state.reached(&self.work, Step::Join(round), &[&of(round, "pairs"), &of(round, "kept")])
    }
}
