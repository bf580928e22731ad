//! Counts what is common over all people, and learns from those that were drawn.

use throughline_linkage::parted::{Counting, Drawn, Sort, Words, at_random, learn};

use super::super::fault::Fault;
use super::manifest::{Manifest, Step};
use super::people::load;
use super::spill::{Parts, first_u64};
use super::{Run, of};

/// Bytes that the clues of one person take when they are counted, and a fourth of them at a time.
const CLUES: u64 = 48;

/// Names of the files of clues.
fn clues(sort: Sort) -> &'static str {
    match sort {
        Sort::Place => "places",
        Sort::Name => "names",
        Sort::Middle => "middles",
        Sort::Day => "days",
    }
}

impl Run<'_> {
    /// Counts, and writes the model of starting values.
    pub(super) fn count(&self, state: &mut Manifest, words: &Words) -> Result<(), Fault> {
        let parts = state.parts(CLUES);
        let mut out = Sort::ALL.map(|sort| (sort, Parts::new(&self.work, clues(sort))));
        let mut counting = Counting::default();
        for range in 0..state.ranges() {
            let mut written = Ok(());
            for person in load(&self.work, &of(0, "people"), range, None)? {
                counting.add(&person, words, &mut |clue| {
                    let part = u32::try_from(clue.group % u64::from(parts)).unwrap_or(0);
                    let to = out.iter_mut().find(|(sort, _)| *sort == clue.sort);
                    if let (Some((_, to)), Ok(())) = (to, &written) {
                        written = to.put(part, &clue.value.0.to_le_bytes());
                        if written.is_ok() {
                            written = to.put(part, &clue.value.1.to_le_bytes());
                        }
                    }
                });
            }
            written?;
            (self.told)("counting names", u64::from(range), u64::from(state.ranges()));
        }
        for (_, parts) in out {
            parts.finish()?;
        }
        for part in 0..parts {
            for sort in Sort::ALL {
                let list = self.work.entries(clues(sort), part, 16, |bytes| {
                    let (one, rest) = first_u64(bytes)?;
                    Some((one, first_u64(rest)?.0))
                })?;
                counting.groups(sort, list, words, &self.settings);
            }
            (self.told)("counting what is common", u64::from(part), u64::from(parts));
        }
        let (model, spaces) = counting.done(words, &self.settings);
        self.keep_model(&model)?;
        self.work.write_numbers("spaces", &spaces)?;
        state.reached(&self.work, Step::Block, &Sort::ALL.map(clues))
    }

    /// Learns from the pairs and people that were drawn.
    pub(super) fn learn(&self, state: &mut Manifest, words: &Words) -> Result<(), Fault> {
        let mut model = self.model()?;
        let numbers = self.work.numbers("drawn")?;
        let mut pairs = Vec::with_capacity(numbers.len() / 2);
        pairs.extend(numbers.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?))));
        let mut wanted = numbers;
        let thinned = wanted.pop().filter(|_| wanted.len() % 2 == 0).unwrap_or(0);
        let drawn = Drawn { pairs, thinned: f64::from(thinned) / 2.0 };
        wanted.sort_unstable();
        wanted.dedup();
        let mut found = Vec::new();
        for range in 0..state.ranges() {
            let people = load(&self.work, &of(0, "people"), range, Some((words, &model)))?;
            found.extend((range * state.width..).zip(people).filter(|(number, person)| {
                wanted.binary_search(number).is_ok() || at_random(person, state.people as usize)
            }));
            (self.told)("looking up people to learn from", u64::from(range), u64::from(state.ranges()));
        }
        (self.told)("learning weights", 0, 1);
        let spaces = self.work.numbers("spaces")?;
        let all = (state.people as usize, spaces.as_slice());
        learn(&mut model, &drawn, found, all, words, &self.settings);
        self.keep_model(&model)?;
        state.reached(&self.work, Step::Compare(0), &["drawn", "spaces"])
    }
}
