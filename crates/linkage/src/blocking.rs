//! Who is compared with whom at all: those that share a key. Keys that too many share are left to more precise ones.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::grouping::{self, LAST};
use crate::profile::{Profile, Tables};
use crate::settings::BlockingKey;
use crate::table::{at, number};

/// A key that was left out when the model was learned is left out for good; any other only when it grows to this many
/// times its limit.
const GROWTH: usize = 4;

/// Room to find the partners of one person after another.
#[derive(Debug, Default)]
pub(crate) struct Partners {
    found: Vec<u32>,
    /// A bit for everybody: people meet by many keys.
    seen: Vec<u64>,
    next: Vec<(u32, u32)>,
}

impl Partners {
    fn begin(&mut self, people: usize) {
        self.seen.resize(people.div_ceil(64), 0);
        for person in self.found.drain(..) {
            if let Some(word) = self.seen.get_mut(person as usize / 64) {
                *word = 0;
            }
        }
    }

    fn put(&mut self, person: u32) {
        let bit = 1 << (person % 64);
        if let Some(word) = self.seen.get_mut(person as usize / 64).filter(|word| **word & bit == 0) {
            *word |= bit;
            self.found.push(person);
        }
    }
}

/// What one rule cost and gave.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleCost {
    /// The parts of its key.
    pub key: String,
    /// Keys that somebody shares with somebody.
    pub groups: u64,
    /// Keys left out because too many share them.
    pub crowded: u64,
    /// Pairs it puts forward, before those of other rules are taken off.
    pub pairs: u64,
    /// Pairs that no other rule puts forward: reckoned from a sample.
    pub alone: u64,
    /// Of the pairs asked about, those it puts forward.
    pub found: u64,
}

/// Of pairs known to be one person, how many were put forward at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Pairs asked about.
    pub pairs: u64,
    /// Those put forward by some rule, or joined outright.
    pub found: u64,
}

/// For each person the others that share a key with them.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Members of groups, group after group in order; the last of each is marked.
    members: Vec<u32>,
    /// Where the places of each person end.
    of_ends: Vec<u32>,
    /// Where each person stands among the members; marked too where that is the last place of its group, so that
    /// looking for those who follow need not go there.
    of: Vec<u32>,
    /// Where the members of each rule end.
    rules: Vec<u32>,
    /// What each rule cost.
    pub(crate) costs: Vec<RuleCost>,
    /// Keys left out because too many share them.
    pub(crate) crowded: Vec<u64>,
}

impl Index {
    /// Groups everybody by all keys. `left_out` are the keys a known model leaves out, in order.
    pub(crate) fn new(
        profiles: &[Profile],
        rules: &[BlockingKey],
        tables: &Tables,
        left_out: Option<&[u64]>,
    ) -> Self {
        let mut out = Self::default();
        let mut pieces: Vec<Vec<u32>> = Vec::new();
        let mut places = 0;
        grouping::each_rule(profiles, rules, tables, left_out, |rule, made| {
            let mut cost = RuleCost { key: rule.name.clone(), ..RuleCost::default() };
            for groups in made {
                cost.groups += groups.cost.groups;
                cost.pairs += groups.cost.pairs;
                cost.crowded += groups.cost.crowded;
                out.crowded.extend(groups.crowded);
                places += groups.members.len();
                pieces.push(groups.members);
            }
            out.rules.push(number(places));
            out.costs.push(cost);
        });
        out.members = pieces.concat();
        drop(pieces);
        out.crowded.sort_unstable();
        out.list_places(profiles.len());
        out
    }

    /// Writes down for each person where they stand; every worker does so for a share of the people.
    fn list_places(&mut self, people: usize) {
        let share = people.div_ceil(rayon::current_num_threads().max(1)).max(1);
        let shares: Vec<usize> = (0..people).step_by(share).collect();
        let members = &self.members;
        let listed: Vec<(Vec<u32>, Vec<u32>)> = shares
            .into_par_iter()
            .map(|first| of_people(number(first), share.min(people - first), members))
            .collect();
        for (of_ends, of) in listed {
            let from = number(self.of.len());
            self.of_ends.extend(of_ends.iter().map(|end| from + end));
            self.of.extend(of);
        }
    }

    /// Where somebody stands among the members, as it was written down.
    fn places(&self, person: u32) -> &[u32] {
        let end = at(&self.of_ends, person);
        let from = person.checked_sub(1).map_or(0, |before| at(&self.of_ends, before));
        self.of.get(from as usize..end as usize).unwrap_or_default()
    }

    /// Those of a group who stand after a place.
    fn after(&self, place: u32) -> impl Iterator<Item = u32> {
        let rest = if place & LAST == 0 { self.members.get(place as usize + 1..) } else { None };
        let mut ended = false;
        rest.unwrap_or_default().iter().map_while(move |member| {
            let before_end = !ended;
            ended = member & LAST != 0;
            before_end.then_some(member & !LAST)
        })
    }

    /// Those of a group who stand before a place.
    fn before(&self, place: u32) -> impl Iterator<Item = u32> {
        let rest = self.members.get(..(place & !LAST) as usize).unwrap_or_default();
        rest.iter().rev().copied().take_while(|member| member & LAST == 0)
    }

    /// Everybody who shares a key with `person`, each once, in order.
    pub(crate) fn partners<'p>(&self, person: u32, partners: &'p mut Partners) -> &'p [u32] {
        self.partners_after(person, Some(|_| true), partners)
    }

    /// The same, of those who stand before `person` only whom `wanted` wants, if there are such.
    pub(crate) fn partners_after<'p>(
        &self,
        person: u32,
        wanted: Option<impl Fn(u32) -> bool>,
        partners: &'p mut Partners,
    ) -> &'p [u32] {
        partners.begin(self.of_ends.len());
        let places = self.places(person);
        if let Some(wanted) = &wanted {
            let before = places.iter().flat_map(|place| self.before(*place));
            before.filter(|other| wanted(*other)).for_each(|other| partners.put(other));
        }
        // Who follows next is fetched for all places together: memory answers many questions as soon as one.
        let mut next = std::mem::take(&mut partners.next);
        let open = places.iter().filter(|place| **place & LAST == 0);
        next.extend(open.map(|place| (place + 1, at(&self.members, place + 1))));
        for (place, member) in next.drain(..) {
            partners.put(member & !LAST);
            if member & LAST == 0 {
                self.after(place).for_each(|other| partners.put(other));
            }
        }
        partners.next = next;
        partners.found.sort_unstable();
        &partners.found
    }

    /// Pairs put forward, each counted once for every key shared.
    pub(crate) fn size(&self) -> u64 {
        self.costs.iter().map(|cost| cost.pairs).sum()
    }

    /// The rule that made the group of a place.
    fn rule(&self, place: u32) -> usize {
        self.rules.partition_point(|end| *end <= place & !LAST)
    }

    /// Counts by which rules known pairs are put forward.
    pub(crate) fn count_found(&mut self, pairs: impl Iterator<Item = (u32, u32)>) -> Asked {
        let mut asked = Asked::default();
        let mut rules = vec![false; self.costs.len()];
        for (a, b) in pairs {
            asked.pairs += 1;
            rules.fill(false);
            let (a, b) = (a.min(b), a.max(b));
            let both = |place: u32| a == b || self.after(place).any(|other| other == b);
            for place in self.places(a).iter().filter(|place| both(**place)) {
                if let Some(rule) = rules.get_mut(self.rule(*place)) {
                    *rule = true;
                }
            }
            asked.found += u64::from(a == b || rules.contains(&true));
            for (cost, found) in self.costs.iter_mut().zip(&rules) {
                cost.found += u64::from(*found);
            }
        }
        asked
    }

    /// Reckons from the partners of some people, `every` one of so many, which pairs one rule alone puts forward.
    pub(crate) fn count_alone(&mut self, people: impl Iterator<Item = u32>, every: u64) {
        let mut found: Vec<(u32, usize)> = Vec::new();
        let mut alone = vec![0u64; self.costs.len()];
        for person in people {
            found.clear();
            for place in self.places(person) {
                let rule = self.rule(*place);
                found.extend(self.after(*place).map(|other| (other, rule)));
            }
            found.sort_unstable();
            found.dedup();
            for partner in found.chunk_by(|x, y| x.0 == y.0) {
                if let [(_, rule)] = partner
                    && let Some(count) = alone.get_mut(*rule)
                {
                    *count += every;
                }
            }
        }
        for (cost, alone) in self.costs.iter_mut().zip(alone) {
            cost.alone = alone;
        }
    }
}

/// The places of `share` people from `first` on, one after another, and where those of each end.
fn of_people(first: u32, share: usize, members: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let own = |member: u32| (member & !LAST).wrapping_sub(first) as usize;
    let mut next = vec![0u32; share];
    for member in members {
        if let Some(count) = next.get_mut(own(*member)) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for count in &mut next {
        sum += std::mem::replace(count, sum);
    }
    let mut of = vec![0; sum as usize];
    for (place, member) in members.iter().enumerate() {
        let Some(slot) = next.get_mut(own(*member)) else { continue };
        if let Some(cell) = of.get_mut(*slot as usize) {
            *cell = number(place) | (member & LAST);
        }
        *slot += 1;
    }
    (next, of)
}

/// Whether too many share a key. `left_out` are the keys a known model leaves out, in order.
pub(crate) fn crowded(rule: &BlockingKey, key: u64, size: usize, left_out: Option<&[u64]>) -> bool {
    too_many(rule, size, left_out.map(|keys| keys.binary_search(&key).is_ok()))
}

/// Whether so many are too many for a key. `left_out` says whether a known model, if there is one, leaves it out.
pub(crate) fn too_many(rule: &BlockingKey, size: usize, left_out: Option<bool>) -> bool {
    let most = rule.most as usize;
    match left_out {
        Some(left_out) => left_out || size > most * GROWTH,
        None => size > most,
    }
}
