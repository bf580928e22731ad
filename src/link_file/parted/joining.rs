//! Joins people who are connected, many such groups at a time, and makes ready the next round.

use rayon::prelude::*;
use throughline_linkage::Model;
use throughline_linkage::parted::{Pair, Person, Sets, Weigher, Words};

use super::super::fault::Fault;
use super::manifest::{Manifest, Step};
use super::people::{NOBODY, Regroup, person};
use super::spill::{Parts, first_u32, frames};
use super::tiles::{Tiles, read_weighed, weighed};
use super::{Run, of};

/// Bytes that one person takes while people are joined.
const PERSON: u64 = 1000;

impl Run<'_> {
    /// Joins those whom a round's pairs join.
    pub(super) fn join(&self, state: &mut Manifest, words: &Words, round: u32) -> Result<(), Fault> {
        let model = self.model()?;
        let tiles = Tiles { width: state.width, ranges: state.ranges() };
        let weigher = Weigher::new(words, &model, &self.settings);
        let batches = self.batches(state, tiles, &weigher)?;
        let joined = self.join_batches(state, batches, &weigher, (words, &model))?;
        let last = (round > 0 && joined.links == 0) || round >= weigher.rounds();
        let (new, count) = joined.sets.numbered();
        let next = Tiles { width: state.width, ranges: count.div_ceil(state.width.max(1)) };
        let moved = Moved { new: &new, count, tiles, next, last };
        self.move_pairs(round, &moved)?;
        let mut map = self.work.numbers(&of(round, "map"))?;
        for person in map.iter_mut().filter(|person| **person != NOBODY) {
            *person = new.get(*person as usize).copied().unwrap_or(NOBODY);
        }
        self.work.write_numbers(&of(round + 1, "map"), &map)?;
        drop(map);
        if last {
            state.doubtful = self.doubtful(round + 1, next, &weigher)?;
            self.work.remove(&[&of(round + 1, "kept")])?;
        } else {
            let (from, to) = (of(round, "people"), of(round + 1, "people"));
            let marks = Some((words, &model));
            let (ranges, width) = (state.ranges(), state.width);
            let regroup = Regroup { from: &from, ranges, to: &to, map: &new, width, marks };
            regroup.run(&self.work, &|done, all| (self.told)("making people of those joined", done, all))?;
        }
        state.links += joined.links;
        state.people = count;
        state.round = round + 1;
        let no_more = ["people", "edges", "map", "said", "sayers"].map(|name| of(round, name));
        let then = if last { Step::Write } else { Step::Compare(round + 1) };
        state.reached(&self.work, then, &no_more.each_ref().map(String::as_str))
    }

    /// Puts the pairs that have a say, and the people they are of, into batches of people who are connected.
    fn batches(&self, state: &Manifest, tiles: Tiles, weigher: &Weigher<'_>) -> Result<u32, Fault> {
        let named = |name: &str| of(state.round, name);
        let mut sets = Sets::new(state.people);
        let mut say = vec![false; state.people as usize];
        for part in 0..tiles.count() {
            for pair in
                read_weighed(&self.work, &named("edges"), part)?.iter().filter(|p| weigher.has_say(p.weight))
            {
                sets.join(pair.a, pair.b);
                for x in [pair.a, pair.b] {
                    if let Some(slot) = say.get_mut(x as usize) {
                        *slot = true;
                    }
                }
            }
            (self.told)("finding who is connected", u64::from(part), u64::from(tiles.count()));
        }
        let sayers = say.iter().filter(|say| **say).count() as u64;
        let batches = (sayers * PERSON).div_ceil((state.memory / 4).max(1)).clamp(1, 200);
        let batches = u32::try_from(batches).unwrap_or(1);
        // Spread evenly, whatever the order of the numbers.
        let mut batch = |x: u32| sets.find(x).wrapping_mul(0x9e37_79b1) >> 8;
        let mut said = Parts::new(&self.work, &named("said"));
        for part in 0..tiles.count() {
            for pair in
                read_weighed(&self.work, &named("edges"), part)?.iter().filter(|p| weigher.has_say(p.weight))
            {
                said.put(batch(pair.a) % batches, &weighed(pair))?;
            }
        }
        said.finish()?;
        let mut people = Parts::new(&self.work, &named("sayers"));
        let mut entry = Vec::new();
        for range in 0..state.ranges() {
            let bytes = self.work.read(&named("people"), range)?;
            let list = frames(&bytes).ok_or_else(|| self.work.damaged(&named("people"), range))?;
            for (number, frame) in (range * state.width..).zip(list) {
                if say.get(number as usize).copied().unwrap_or(false) {
                    entry.clear();
                    entry.extend(number.to_le_bytes());
                    entry.extend_from_slice(frame);
                    people.frame(batch(number) % batches, &entry)?;
                }
            }
        }
        people.finish()?;
        Ok(batches)
    }

    /// Decides about every batch.
    fn join_batches(
        &self,
        state: &Manifest,
        batches: u32,
        weigher: &Weigher<'_>,
        marks: (&Words, &Model),
    ) -> Result<Joined, Fault> {
        let mut joined = Joined { sets: Sets::new(state.people), links: 0 };
        for batch in 0..batches {
            (self.told)("joining", u64::from(batch), u64::from(batches));
            let bytes = self.work.read(&of(state.round, "sayers"), batch)?;
            let damaged = || self.work.damaged(&of(state.round, "sayers"), batch);
            let list = frames(&bytes).ok_or_else(damaged)?;
            let found: Option<Vec<(u32, Person)>> = list
                .par_iter()
                .map(|bytes| {
                    let (number, rest) = first_u32(bytes)?;
                    Some((number, person(rest, Some(marks))?))
                })
                .collect();
            let (numbers, people): (Vec<u32>, Vec<Person>) = found.ok_or_else(damaged)?.into_iter().unzip();
            let place = |x: u32| numbers.binary_search(&x).ok().and_then(|at| u32::try_from(at).ok());
            let mut pairs: Vec<Pair> = read_weighed(&self.work, &of(state.round, "said"), batch)?
                .into_iter()
                .filter_map(|pair| Some(Pair { a: place(pair.a)?, b: place(pair.b)?, ..pair }))
                .collect();
            pairs.par_sort_unstable_by_key(|pair| (pair.a, pair.b));
            pairs.dedup_by_key(|pair| (pair.a, pair.b));
            for pair in weigher.join(&people, &pairs, state.round) {
                if let (Some(a), Some(b)) = (numbers.get(pair.a as usize), numbers.get(pair.b as usize)) {
                    joined.links += u64::from(joined.sets.join(*a, *b));
                }
            }
        }
        Ok(joined)
    }

    /// Writes the pairs by the new numbers: those with somebody newly joined to be weighed again, all others as kept.
    /// After the last round nothing is weighed again.
    fn move_pairs(&self, round: u32, moved: &Moved<'_>) -> Result<(), Fault> {
        let mut sizes = vec![0u8; moved.count as usize];
        for person in moved.new {
            if let Some(size) = sizes.get_mut(*person as usize) {
                *size = size.saturating_add(1);
            }
        }
        let changed = |x: u32| sizes.get(x as usize).is_some_and(|size| *size > 1);
        let mut kept = Parts::new(&self.work, &of(round + 1, "kept"));
        let mut again = Parts::new(&self.work, &of(round + 1, "pairs"));
        for part in 0..moved.tiles.count() {
            for pair in read_weighed(&self.work, &of(round, "edges"), part)? {
                let person = |x: u32| moved.new.get(x as usize).copied().unwrap_or(NOBODY);
                let (x, y) = (person(pair.a), person(pair.b));
                let (a, b) = (x.min(y), x.max(y));
                if a == b || b == NOBODY {
                    continue;
                }
                if !moved.last && (changed(a) || changed(b)) {
                    moved.next.put(&mut again, a, b)?;
                } else {
                    kept.put(moved.next.part(a, b), &weighed(&Pair { a, b, weight: pair.weight }))?;
                }
            }
            (self.told)("keeping pairs", u64::from(part), u64::from(moved.tiles.count()));
        }
        kept.finish()?;
        again.finish()
    }

    /// Pairs of people that were not joined and may be one.
    fn doubtful(&self, round: u32, tiles: Tiles, weigher: &Weigher<'_>) -> Result<u64, Fault> {
        let mut count = 0;
        for part in 0..tiles.count() {
            let mut pairs = read_weighed(&self.work, &of(round, "kept"), part)?;
            pairs.retain(|pair| weigher.doubtful(pair.weight));
            pairs.sort_unstable_by_key(|pair| (pair.a, pair.b));
            pairs.dedup_by_key(|pair| (pair.a, pair.b));
            count += pairs.len() as u64;
        }
        Ok(count)
    }
}

/// What becomes of people after a round.
struct Moved<'a> {
    /// For each person the new one, and how many there are then.
    new: &'a [u32],
    count: u32,
    tiles: Tiles,
    next: Tiles,
    last: bool,
}

/// Who was joined.
struct Joined {
    sets: Sets,
    links: u64,
}
