//! Rounds of comparing and joining: the part of linking that is the same for a whole file and for the few people
//! around one new record.

use std::hint::black_box;

use rayon::prelude::*;

use crate::blocking::{Index, Partners};
use crate::cluster::{self, Judge, Rules, Said, Scored};
use crate::glance::{Glance, Seen};
use crate::groups::{Union, members};
use crate::profile::{Builder, Profile};
use crate::score::Scorer;
use crate::settings::Thresholds;
use crate::table::{at, number};

/// People as they are joined round by round. A base is what one agency counts as one person; a person is made of bases.
pub(crate) struct Rounds {
    /// For each base its person so far.
    pub(crate) person: Vec<u32>,
    /// What is known of each person so far.
    pub(crate) profiles: Vec<Profile>,
    /// For each person by what equal weights are settled.
    pub(crate) ranks: Vec<u64>,
    /// Pairs of people with some weight, as weighed last.
    pub(crate) weighed: Vec<Scored>,
    /// People of whom more is known than when they were weighed last.
    changed: Vec<bool>,
}

impl Rounds {
    /// Every base a person of its own. `weighed` are pairs to look at besides those of an index.
    pub(crate) fn new(profiles: Vec<Profile>, ranks: Vec<u64>, weighed: Vec<Scored>) -> Self {
        let count = profiles.len();
        let person = (0..count).map(number).collect();
        Self { person, profiles, ranks, weighed, changed: vec![true; count] }
    }

    /// Who is named with somebody of whom more is known counts as changed too.
    pub(crate) fn spread_change(&mut self) {
        let merged = self.changed.clone();
        for (profile, changed) in self.profiles.iter().zip(&mut self.changed) {
            *changed |= profile.associates().iter().any(|associate| at(&merged, associate.other));
        }
    }

    /// Weighs all pairs of which one is changed: those of the index, or without one those weighed before. Says how
    /// many that were.
    pub(crate) fn compare(
        &mut self,
        index: Option<&Index>,
        scorer: &Scorer<'_>,
        thresholds: &Thresholds,
    ) -> u64 {
        let all_changed = !self.changed.contains(&false);
        let mut look =
            Look { rounds: self, scorer, floor: thresholds.floor, all_changed, glances: Vec::new() };
        let again = |pair: &Scored| match at(&self.changed, pair.a) || at(&self.changed, pair.b) {
            false => Some(*pair),
            true if index.is_some() => None,
            true => look.pair(pair.a, pair.b),
        };
        let mut weighed: Vec<Scored> = self.weighed.par_iter().filter_map(again).collect();
        let mut compared = self.weighed.len() as u64;
        if let Some(index) = index {
            compared = 0;
            look.glances = self.profiles.par_iter().map(Glance::of).collect();
            let people = (0..number(self.profiles.len())).filter(|person| at(&self.changed, *person));
            let people: Vec<u32> = people.collect();
            let around = |room: &mut Room, people: &[u32]| look.around(people, index, room);
            let found: Vec<(Vec<Scored>, u64)> =
                people.par_chunks(PEOPLE_AT_ONCE).map_init(Room::default, around).collect();
            for (pairs, count) in found {
                weighed.extend(pairs);
                compared += count;
            }
        }
        self.weighed = weighed;
        compared
    }

    /// The pairs that join two people each. `apart` are people that must not meet.
    pub(crate) fn join(
        &self,
        apart: &mut Vec<(u32, u32)>,
        scorer: &Scorer<'_>,
        thresholds: &Thresholds,
        place_weak: bool,
    ) -> Vec<Scored> {
        apart.extend(apart.clone().into_iter().map(|(a, b)| (b, a)));
        apart.sort_unstable();
        apart.dedup();
        let weak: Vec<bool> = self.profiles.par_iter().map(Profile::weak).collect();
        let judge = Known { profiles: &self.profiles, scorer };
        let rules = Rules { thresholds, apart, weak: &weak, ranks: &self.ranks, judge: &judge, place_weak };
        cluster::join(&self.weighed, self.profiles.len(), &rules)
    }

    /// Makes one person of each group.
    pub(crate) fn take(&mut self, joined: &[Scored]) {
        let mut sets = Union::new(self.profiles.len());
        joined.iter().for_each(|pair| sets.join(pair.a, pair.b));
        let (renumbered, count) = numbered(&sets.lowest());
        self.changed = members(&renumbered, count).iter().map(|parts| parts.len() > 1).collect();
        if count < self.profiles.len() {
            let old = std::mem::take(&mut self.profiles);
            self.profiles = merged(|part| old.get(part as usize), &renumbered, count);
            old.into_par_iter().for_each(drop);
        }
        self.ranks = lowest_rank(&self.ranks, &renumbered, count);
        for person in &mut self.person {
            *person = at(&renumbered, *person);
        }
        for pair in &mut self.weighed {
            let (a, b) = (at(&renumbered, pair.a), at(&renumbered, pair.b));
            (pair.a, pair.b) = (a.min(b), a.max(b));
        }
        self.weighed.retain(|pair| pair.a != pair.b);
        settle(&mut self.weighed);
    }
}

/// Judges people by what is known of each.
struct Known<'a> {
    profiles: &'a [Profile],
    scorer: &'a Scorer<'a>,
}

impl Judge for Known<'_> {
    fn say(&self, a: u32, b: u32) -> Said {
        match (self.profiles.get(a as usize), self.profiles.get(b as usize)) {
            (Some(p), Some(q)) => self.scorer.say(p, q, (a, b)),
            _ => Said::default(),
        }
    }
}

/// Looks at pairs.
struct Look<'a> {
    rounds: &'a Rounds,
    scorer: &'a Scorer<'a>,
    floor: f64,
    /// Nobody is left as weighed before.
    all_changed: bool,
    /// Everybody at a glance, where many pairs are looked at.
    glances: Vec<Glance>,
}

/// People whose partners one worker looks for at a time.
const PEOPLE_AT_ONCE: usize = 512;

/// Room that one worker uses again and again.
#[derive(Default)]
struct Room {
    partners: Partners,
    glances: Vec<Glance>,
    seen: Vec<(u32, Seen)>,
}

impl Look<'_> {
    /// Weighs a pair; `None` when it is not worth keeping.
    fn pair(&self, a: u32, b: u32) -> Option<Scored> {
        let people = &self.rounds.profiles;
        let (p, q) = (people.get(a as usize)?, people.get(b as usize)?);
        let weight = self.scorer.score_above(self.floor, p, q, (a, b))?;
        Some(Scored { a, b, weight })
    }

    /// Weighs everybody who shares a key with some people, each pair once; and says how many that were.
    fn around(&self, people: &[u32], index: &Index, room: &mut Room) -> (Vec<Scored>, u64) {
        let (mut out, mut compared) = (Vec::new(), 0);
        let Room { partners, glances, seen } = room;
        let all = self.all_changed;
        for a in people.iter().copied() {
            let settled = |b: u32| !at(&self.rounds.changed, b);
            let partners = index.partners_after(a, (!all).then_some(settled), partners);
            compared += partners.len() as u64;
            // Fetched together: memory answers many questions as soon as one.
            glances.clear();
            glances.extend(partners.iter().map(|b| at(&self.glances, *b)));
            let own = at(&self.glances, a);
            let before = out.len();
            let looks = partners
                .iter()
                .zip(glances.iter())
                .map(|(b, other)| (*b, self.glance((a, &own), (*b, other))));
            seen.extend(looks.filter(|(_, seen)| !matches!(seen, Seen::Hopeless)));
            self.fetch(seen);
            out.extend(seen.drain(..).filter_map(|(b, seen)| self.further(a.min(b), a.max(b), seen)));
            if let Some(new) = out.get_mut(before..) {
                new.sort_unstable_by_key(|pair| (pair.a, pair.b));
            }
        }
        (out, compared)
    }

    /// Looks at a pair for a moment.
    fn glance(&self, (a, own): (u32, &Glance), (b, other): (u32, &Glance)) -> Seen {
        let (own, other) = if a <= b { (own, other) } else { (other, own) };
        self.scorer.glance(self.floor, own, other)
    }

    /// Fetches together, as glances are, what is known of those who are to be compared further.
    fn fetch(&self, seen: &[(u32, Seen)]) {
        let people = seen.iter().filter_map(|(b, _)| self.rounds.profiles.get(*b as usize));
        black_box(people.map(|p| p.names.len() + p.addresses.len() + p.numbers.len()).sum::<usize>());
    }

    /// Weighs a pair of which a glance was not enough.
    fn further(&self, a: u32, b: u32, seen: Seen) -> Option<Scored> {
        match seen {
            Seen::Hopeless => None,
            Seen::Unclear => self.pair(a, b),
            Seen::Open(names, born) => {
                let people = &self.rounds.profiles;
                let (p, q) = (people.get(a as usize)?, people.get(b as usize)?);
                let weight = self.scorer.score_further(self.floor, p, q, (a, b), (Some(names), born))?;
                Some(Scored { a, b, weight })
            }
        }
    }
}

/// Puts pairs in order, each once, with the greater weight.
fn settle(pairs: &mut Vec<Scored>) {
    pairs
        .par_sort_unstable_by(|x, y| (x.a, x.b).cmp(&(y.a, y.b)).then_with(|| y.weight.total_cmp(&x.weight)));
    pairs.dedup_by_key(|pair| (pair.a, pair.b));
}

/// One profile for each group of those that `held` gives.
pub(crate) fn merged<'p>(
    held: impl Fn(u32) -> Option<&'p Profile> + Sync,
    group: &[u32],
    count: usize,
) -> Vec<Profile> {
    let groups = members(group, count);
    let groups: Vec<&[u32]> = groups.iter().collect();
    // Copied by all cores at once: sooner done than moved by one.
    let made = groups.par_iter().map(|parts| match parts {
        [only] => held(*only).cloned().unwrap_or_default(),
        parts => {
            let mut builder = Builder::default();
            parts.iter().filter_map(|part| held(*part)).for_each(|part| builder.join(part));
            builder.done()
        }
    });
    made.collect()
}

/// For each group the lowest rank of its members.
pub(crate) fn lowest_rank(ranks: &[u64], group: &[u32], count: usize) -> Vec<u64> {
    let mut lowest = vec![u64::MAX; count];
    for (rank, group) in ranks.iter().zip(group) {
        if let Some(slot) = lowest.get_mut(*group as usize) {
            *slot = (*slot).min(*rank);
        }
    }
    lowest
}

/// Groups named by their lowest member, numbered from 0 in that order, and how many there are.
pub(crate) fn numbered(lowest: &[u32]) -> (Vec<u32>, usize) {
    let mut numbers = vec![0; lowest.len()];
    let mut count = 0;
    for (i, low) in lowest.iter().enumerate() {
        if *low as usize == i
            && let Some(slot) = numbers.get_mut(i)
        {
            *slot = count;
            count += 1;
        }
    }
    (lowest.iter().map(|low| at(&numbers, *low)).collect(), count as usize)
}
