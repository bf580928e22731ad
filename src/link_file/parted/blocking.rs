//! Finds who shares a key with whom: keys are brought together by the key, pairs put away by tile.

use rayon::prelude::*;
use throughline_linkage::parted::{Crowding, Keyring, PairSample, Words};

use super::super::fault::Fault;
use super::manifest::{Manifest, Step};
use super::people::load;
use super::spill::{Parts, first_u32, first_u64};
use super::tiles::Tiles;
use super::{Run, of};

/// Bytes of an entry: key, person, rule, and how deep the person is drawn.
const ENTRY: usize = 14;
/// Bytes that the keys of one person take in memory.
const KEYS: u64 = 24 * 24;

impl Run<'_> {
    /// Writes the pairs of people that share a key, and draws those to learn from.
    pub(super) fn block(&self, state: &mut Manifest, words: &Words) -> Result<(), Fault> {
        let mut model = self.model()?;
        let parts = state.parts(KEYS);
        let mut out = Parts::new(&self.work, "keys");
        let mut keyring = Keyring::new(words, &self.settings);
        for range in 0..state.ranges() {
            let people = load(&self.work, &of(0, "people"), range, Some((words, &model)))?;
            let mut entry = Vec::with_capacity(ENTRY);
            for (number, person) in (range * state.width..).zip(&people) {
                let depth = PairSample::depth(person);
                let mut written = Ok(());
                keyring.of(person, &mut |rule, key| {
                    entry.clear();
                    entry.extend(key.to_le_bytes());
                    entry.extend(number.to_le_bytes());
                    entry.extend([rule, depth]);
                    if written.is_ok() {
                        written = out.put(u32::try_from(key % u64::from(parts)).unwrap_or(0), &entry);
                    }
                });
                written?;
            }
            (self.told)("making keys", u64::from(range), u64::from(state.ranges()));
        }
        out.finish()?;
        let left_out = self.given.as_ref().map(|model| model.crowded.as_slice());
        let mut crowding = Crowding::new(&self.settings, left_out);
        let mut sample = PairSample::new(&self.settings);
        let tiles = Tiles { width: state.width, ranges: state.ranges() };
        let mut pairs = Parts::new(&self.work, &of(0, "pairs"));
        for part in 0..parts {
            let mut list = self.work.entries("keys", part, ENTRY, |bytes| {
                let (key, rest) = first_u64(bytes)?;
                let (person, rest) = first_u32(rest)?;
                let [rule, depth] = rest else { return None };
                Some((key, *rule, person, *depth))
            })?;
            list.par_sort_unstable();
            for group in list.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
                let Some((key, rule, ..)) = group.first() else { continue };
                if !crowding.compares(*rule, *key, group.len()) {
                    continue;
                }
                for (at, (.., a, deep)) in group.iter().enumerate() {
                    for (.., b, deeper) in group.iter().skip(at + 1) {
                        tiles.put(&mut pairs, *a, *b)?;
                        if self.given.is_none() {
                            sample.pass((*a, *deep), (*b, *deeper));
                        }
                    }
                }
            }
            (self.told)("finding who shares a key", u64::from(part), u64::from(parts));
        }
        pairs.finish()?;
        state.costs = crowding.costs;
        if self.given.is_some() {
            return state.reached(&self.work, Step::Compare(0), &["keys"]);
        }
        model.crowded = crowding.crowded;
        model.crowded.sort_unstable();
        self.keep_model(&model)?;
        self.keep_drawn(sample)?;
        state.reached(&self.work, Step::Learn, &["keys"])
    }

    /// Writes the drawn pairs, and last how many halves of a pair each stands for.
    fn keep_drawn(&self, sample: PairSample) -> Result<(), Fault> {
        let drawn = sample.done();
        let mut out = Parts::new(&self.work, "drawn");
        for number in drawn.pairs.iter().flat_map(|(a, b)| [*a, *b]).chain([halves(drawn.thinned)]) {
            out.put(0, &number.to_le_bytes())?;
        }
        out.finish()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a power of two between 1/2 and 2^31 by construction; `as` keeps within bounds"
)]
fn halves(thinned: f64) -> u32 {
    (thinned * 2.0) as u32
}
