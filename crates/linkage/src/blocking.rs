//! Who is compared with whom at all: those that share a key. Keys that too many share are left to more precise ones.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::keys::Keys;
use crate::profile::{Profile, Tables};
use crate::settings::BlockingKey;
use crate::table::{at, number};

/// A key that was left out when the model was learned is left out for good; any other only when it grows to this many
/// times its limit.
const GROWTH: usize = 4;

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
    /// Where the members of each group end.
    ends: Vec<u32>,
    members: Vec<u32>,
    /// Where the groups of each person end.
    of_ends: Vec<u32>,
    of: Vec<u32>,
    /// Where the groups of each rule end.
    rules: Vec<u32>,
    /// What each rule cost.
    pub(crate) costs: Vec<RuleCost>,
    /// Keys left out because too many share them.
    pub(crate) crowded: Vec<u64>,
}

/// The groups one rule makes.
#[derive(Default)]
struct Groups {
    ends: Vec<u32>,
    members: Vec<u32>,
    cost: RuleCost,
    crowded: Vec<u64>,
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
        for few in rules.chunks(rayon::current_num_threads().max(1)) {
            let made: Vec<Groups> =
                few.par_iter().map(|rule| Groups::new(profiles, rule, tables, left_out)).collect();
            for groups in made {
                let from = number(out.members.len());
                out.members.extend(groups.members);
                out.ends.extend(groups.ends.into_iter().map(|end| from + end));
                out.rules.push(number(out.ends.len()));
                out.costs.push(groups.cost);
                out.crowded.extend(groups.crowded);
            }
        }
        out.crowded.sort_unstable();
        out.list_groups(profiles.len());
        out
    }

    /// Writes down for each person which groups they are in.
    fn list_groups(&mut self, people: usize) {
        let mut next = vec![0u32; people + 1];
        for member in &self.members {
            if let Some(count) = next.get_mut(*member as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for count in &mut next {
            sum += *count;
            *count = sum;
        }
        self.of = vec![0; self.members.len()];
        let mut from = 0usize;
        for (group, end) in self.ends.iter().enumerate() {
            for member in self.members.get(from..*end as usize).unwrap_or_default() {
                let Some(slot) = next.get_mut(*member as usize) else { continue };
                if let Some(cell) = self.of.get_mut(*slot as usize) {
                    *cell = number(group);
                }
                *slot += 1;
            }
            from = *end as usize;
        }
        next.pop();
        self.of_ends = next;
    }

    fn groups(&self, person: u32) -> &[u32] {
        let end = at(&self.of_ends, person);
        let from = person.checked_sub(1).map_or(0, |before| at(&self.of_ends, before));
        self.of.get(from as usize..end as usize).unwrap_or_default()
    }

    fn members(&self, group: u32) -> &[u32] {
        let end = at(&self.ends, group);
        let from = group.checked_sub(1).map_or(0, |before| at(&self.ends, before));
        self.members.get(from as usize..end as usize).unwrap_or_default()
    }

    /// Everybody who shares a key with `person`, each once, in order.
    pub(crate) fn partners(&self, person: u32, out: &mut Vec<u32>) {
        out.clear();
        for group in self.groups(person) {
            out.extend_from_slice(self.members(*group));
        }
        out.sort_unstable();
        out.dedup();
        out.retain(|other| *other != person);
    }

    /// Pairs put forward, each counted once for every key shared.
    pub(crate) fn size(&self) -> u64 {
        self.costs.iter().map(|cost| cost.pairs).sum()
    }

    /// The rule that made a group.
    fn rule(&self, group: u32) -> usize {
        self.rules.partition_point(|end| *end <= group)
    }

    /// Counts by which rules known pairs are put forward.
    pub(crate) fn count_found(&mut self, pairs: impl Iterator<Item = (u32, u32)>) -> Asked {
        let mut asked = Asked::default();
        let mut rules = vec![false; self.costs.len()];
        for (a, b) in pairs {
            asked.pairs += 1;
            rules.fill(false);
            let theirs = self.groups(b);
            for group in self.groups(a).iter().filter(|group| theirs.binary_search(group).is_ok()) {
                if let Some(rule) = rules.get_mut(self.rule(*group)) {
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
            for group in self.groups(person) {
                let rule = self.rule(*group);
                found.extend(self.members(*group).iter().filter(|m| **m > person).map(|m| (*m, rule)));
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

/// Whether too many share a key. `left_out` are the keys a known model leaves out, in order.
pub(crate) fn crowded(rule: &BlockingKey, key: u64, size: usize, left_out: Option<&[u64]>) -> bool {
    let most = rule.most as usize;
    match left_out {
        Some(keys) => size > most * GROWTH || keys.binary_search(&key).is_ok(),
        None => size > most,
    }
}

impl Groups {
    fn new(profiles: &[Profile], rule: &BlockingKey, tables: &Tables, left_out: Option<&[u64]>) -> Self {
        let mut entries: Vec<(u64, u32)> = Vec::with_capacity(profiles.len());
        let mut keys = Keys::new(tables);
        for (i, profile) in profiles.iter().enumerate() {
            entries.extend(keys.of(profile, rule).iter().map(|key| (*key, number(i))));
        }
        entries.sort_unstable();
        let mut out =
            Self { cost: RuleCost { key: rule.name.clone(), ..RuleCost::default() }, ..Self::default() };
        for group in entries.chunk_by(|x, y| x.0 == y.0) {
            let (Some((key, _)), true) = (group.first(), group.len() > 1) else { continue };
            if crowded(rule, *key, group.len(), left_out) {
                out.cost.crowded += 1;
                out.crowded.push(*key);
                continue;
            }
            let size = group.len() as u64;
            out.cost.groups += 1;
            out.cost.pairs += size * (size - 1) / 2;
            out.members.extend(group.iter().map(|(_, member)| *member));
            out.ends.push(number(out.members.len()));
        }
        out
    }
}
