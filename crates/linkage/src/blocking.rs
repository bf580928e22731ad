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

/// Rules whose keys are made and held at once.
const AT_ONCE: usize = 4;
/// People whose keys one worker makes at a time.
const PEOPLE_AT_ONCE: usize = 1 << 15;
/// Sheaves at most that the keys of a rule are put into, by what they begin with, so that each fits the processor's
/// memory; and people for whom one is enough.
const SHEAVES: usize = 64;
const ONE_SHEAF: usize = 1 << 13;

/// Keys and who has them.
type Sheaf = Vec<(u64, u32)>;

/// The groups that the keys of one sheaf make.
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
        let count = (profiles.len() / ONE_SHEAF).next_power_of_two().min(SHEAVES);
        for few in rules.chunks(AT_ONCE) {
            let bundles: Vec<Vec<Sheaf>> = profiles
                .par_chunks(PEOPLE_AT_ONCE)
                .enumerate()
                .map(|(part, people)| sheaves(people, number(part * PEOPLE_AT_ONCE), (few, count), tables))
                .collect();
            for (own, rule) in few.iter().enumerate() {
                let made: Vec<Groups> = (0..count)
                    .into_par_iter()
                    .map(|place| {
                        let entries = bundles.iter().filter_map(|bundle| bundle.get(own * count + place));
                        Groups::new(entries.flatten().copied().collect(), rule, left_out)
                    })
                    .collect();
                let mut cost = RuleCost { key: rule.name.clone(), ..RuleCost::default() };
                for groups in made {
                    let from = number(out.members.len());
                    out.members.extend(groups.members);
                    out.ends.extend(groups.ends.into_iter().map(|end| from + end));
                    cost.groups += groups.cost.groups;
                    cost.pairs += groups.cost.pairs;
                    cost.crowded += groups.cost.crowded;
                    out.crowded.extend(groups.crowded);
                }
                out.rules.push(number(out.ends.len()));
                out.costs.push(cost);
            }
        }
        out.crowded.sort_unstable();
        out.list_groups(profiles.len());
        out
    }

    /// Writes down for each person which groups they are in; every worker does so for a share of the people.
    fn list_groups(&mut self, people: usize) {
        let share = people.div_ceil(rayon::current_num_threads().max(1)).max(1);
        let shares: Vec<usize> = (0..people).step_by(share).collect();
        let (ends, members) = (&self.ends, &self.members);
        let listed: Vec<(Vec<u32>, Vec<u32>)> =
            shares.into_par_iter().map(|first| of_people(first, share, ends, members)).collect();
        for (of_ends, of) in listed {
            let from = number(self.of.len());
            self.of_ends.extend(of_ends.iter().take(people - self.of_ends.len()).map(|end| from + end));
            self.of.extend(of);
        }
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

    /// The same, of those who stand before `person` only whom `wanted` wants, if there are such.
    pub(crate) fn partners_after(
        &self,
        person: u32,
        wanted: Option<impl Fn(u32) -> bool>,
        out: &mut Vec<u32>,
    ) {
        out.clear();
        for group in self.groups(person) {
            let members = self.members(*group);
            let (before, after) = members.split_at(members.partition_point(|member| *member <= person));
            if let Some(wanted) = &wanted {
                out.extend(before.iter().filter(|other| **other != person && wanted(**other)));
            }
            out.extend_from_slice(after);
        }
        out.sort_unstable();
        out.dedup();
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

/// The groups of `share` people from `first` on, one after another, and where those of each end.
fn of_people(first: usize, share: usize, ends: &[u32], members: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let own = |member: u32| (member as usize).checked_sub(first).filter(|own| *own < share);
    let mut next = vec![0u32; share + 1];
    for own in members.iter().filter_map(|member| own(*member)) {
        if let Some(count) = next.get_mut(own + 1) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for count in &mut next {
        sum += *count;
        *count = sum;
    }
    let mut of = vec![0; sum as usize];
    let mut from = 0usize;
    for (group, end) in ends.iter().enumerate() {
        for own in members.get(from..*end as usize).unwrap_or_default().iter().filter_map(|m| own(*m)) {
            let Some(slot) = next.get_mut(own) else { continue };
            if let Some(cell) = of.get_mut(*slot as usize) {
                *cell = number(group);
            }
            *slot += 1;
        }
        from = *end as usize;
    }
    next.pop();
    (next, of)
}

/// Whether too many share a key. `left_out` are the keys a known model leaves out, in order.
pub(crate) fn crowded(rule: &BlockingKey, key: u64, size: usize, left_out: Option<&[u64]>) -> bool {
    let most = rule.most as usize;
    match left_out {
        Some(keys) => size > most * GROWTH || keys.binary_search(&key).is_ok(),
        None => size > most,
    }
}

/// The keys of some people, who are counted from `first`, by rule and then by what they begin with.
fn sheaves(
    people: &[Profile],
    first: u32,
    (rules, count): (&[BlockingKey], usize),
    tables: &Tables,
) -> Vec<Sheaf> {
    let mut out = vec![Sheaf::new(); rules.len() * count];
    let mut keys = Keys::new(tables);
    for (person, profile) in (first..).zip(people) {
        let mut from = 0;
        keys.each(profile, rules, |_, keys| {
            for key in keys {
                let begins = key.checked_shr(u64::BITS - count.trailing_zeros()).unwrap_or(0);
                let place = usize::try_from(begins).unwrap_or(0);
                if let Some(sheaf) = out.get_mut(from + place) {
                    sheaf.push((*key, person));
                }
            }
            from += count;
        });
    }
    out
}

impl Groups {
    /// Groups the people of each key among the entries given.
    fn new(mut entries: Sheaf, rule: &BlockingKey, left_out: Option<&[u64]>) -> Self {
        entries.sort_unstable();
        let mut out = Self::default();
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
