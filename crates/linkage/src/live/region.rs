//! The bases around a change: as many as it can reach, read when they are needed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Base, Keeper, Live};
use crate::cluster::Scored;
use crate::profile::{Builder, Profile};
use crate::rounds::Rounds;
use crate::table::number;

/// Bases read, changed ones included.
pub(super) struct View<'k, K: Keeper> {
    keeper: &'k mut K,
    held: HashMap<u32, Option<Seen>>,
}

/// A base read.
pub(super) struct Seen {
    /// As it was when read; none when it is new.
    pub(super) was: Option<Base>,
    /// As it is now; none when it is gone.
    pub(super) is: Option<Base>,
    pub(super) profile: Profile,
}

impl<'k, K: Keeper> View<'k, K> {
    pub(super) fn new(keeper: &'k mut K) -> Self {
        Self { keeper, held: HashMap::new() }
    }

    pub(super) fn keeper(&mut self) -> &mut K {
        self.keeper
    }

    /// A base; none when there is no such base or it cannot be understood.
    pub(super) fn see(&mut self, base: u32) -> Result<Option<&mut Seen>, K::Error> {
        if !self.held.contains_key(&base) {
            let read = self.keeper.base(base)?.and_then(|bytes| Base::from_bytes(&bytes));
            let seen =
                read.map(|read| Seen { profile: read.profile(), was: Some(read.clone()), is: Some(read) });
            self.held.insert(base, seen);
        }
        Ok(self.held.get_mut(&base).and_then(Option::as_mut))
    }

    /// Sets what a base is from now on.
    pub(super) fn set(&mut self, base: u32, is: Option<Base>) -> Result<(), K::Error> {
        let profile = is.as_ref().map(Base::profile).unwrap_or_default();
        match self.see(base)? {
            Some(seen) => (seen.is, seen.profile) = (is, profile),
            None => _ = self.held.insert(base, Some(Seen { was: None, is, profile })),
        }
        Ok(())
    }

    /// All bases read, in order.
    pub(super) fn all(self) -> BTreeMap<u32, Seen> {
        self.held.into_iter().filter_map(|(base, seen)| Some((base, seen?))).collect()
    }

    fn profile(&mut self, base: u32, when: When) -> Result<Option<Profile>, K::Error> {
        Ok(self.see(base)?.and_then(|seen| match when {
            When::Before if seen.was != seen.is => seen.was.as_ref().map(Base::profile),
            _ => seen.is.as_ref().map(|_| seen.profile.clone()),
        }))
    }

    fn of_several(&mut self, bases: &[u32], when: When) -> Result<Profile, K::Error> {
        if let [only] = bases {
            return Ok(self.profile(*only, when)?.unwrap_or_default());
        }
        let mut builder = Builder::default();
        for base in bases {
            if let Some(profile) = self.profile(*base, when)? {
                builder.join(&profile);
            }
        }
        Ok(builder.done())
    }
}

/// Before a change or after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum When {
    Before,
    Now,
}

/// People after each round, as sets of bases.
pub(super) type Partitions = Vec<BTreeSet<Vec<u32>>>;

impl Live {
    /// Links the bases of a region as a whole file would be, and says who is together after each round.
    pub(super) fn replay<K: Keeper>(
        &self,
        view: &mut View<'_, K>,
        region: &BTreeSet<u32>,
        apart: &[(u32, u32)],
    ) -> Result<Partitions, K::Error> {
        let bases: Vec<u32> = region.iter().copied().collect();
        let place = |base: u32| bases.binary_search(&base).ok().map(number);
        let (mut profiles, mut ranks, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
        for (a, base) in bases.iter().enumerate() {
            let seen = view.see(*base)?;
            let is = seen.as_ref().and_then(|seen| seen.is.as_ref());
            ranks.push(is.map_or(u64::MAX, Base::rank));
            for (other, weight) in is.map_or(&[][..], |is| &is.edges) {
                if let Some(b) = place(*other).filter(|b| *b > number(a)) {
                    pairs.push(Scored { a: number(a), b, weight: *weight });
                }
            }
            profiles.push(seen.map(|seen| seen.profile.clone()).unwrap_or_default());
        }
        let apart: Vec<(u32, u32)> =
            apart.iter().filter_map(|(a, b)| Some((place(*a)?, place(*b)?))).collect();
        let scorer = self.scorer();
        let mut rounds = Rounds::new(profiles, ranks, pairs);
        let mut out = Vec::new();
        for round in 0..=self.settings.relation_rounds {
            rounds.compare(None, &scorer, &self.settings.thresholds);
            let person = |base: &u32| rounds.person.get(*base as usize).copied().unwrap_or_default();
            let mut kept_apart = apart.iter().map(|(a, b)| (person(a), person(b))).collect();
            let joined = rounds.join(&mut kept_apart, &scorer, &self.settings.thresholds, round > 0);
            rounds.take(&joined);
            let mut people: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            for (base, person) in bases.iter().zip(&rounds.person) {
                people.entry(*person).or_default().push(*base);
            }
            out.push(people.into_values().collect());
            if round > 0 && joined.is_empty() {
                break;
            }
        }
        Ok(out)
    }

    /// Bases outside a region that had or have a say in it: whoever is connected with one of its people in a round.
    pub(super) fn reached<K: Keeper>(
        &self,
        view: &mut View<'_, K>,
        region: &BTreeSet<u32>,
        now: &Partitions,
    ) -> Result<BTreeSet<u32>, K::Error> {
        let mut out = BTreeSet::new();
        let mut asked = BTreeSet::new();
        for round in 0..=self.settings.relation_rounds as usize {
            let mut people: BTreeSet<(When, Vec<u32>)> = BTreeSet::new();
            for base in region {
                let Some(seen) = view.see(*base)? else { continue };
                people.extend(seen.was.as_ref().map(|was| (When::Before, was.mates(*base, round))));
                people.extend(seen.is.as_ref().filter(|_| round == 0).map(|_| (When::Now, vec![*base])));
            }
            let after = round.checked_sub(1).and_then(|before| now.get(before).or(now.last()));
            people.extend(after.into_iter().flatten().map(|person| (When::Now, person.clone())));
            for (when, person) in people {
                for other in self.outside(view, region, &person, round)? {
                    let known = other.iter().all(|base| out.contains(base));
                    if known || !asked.insert((when, person.clone(), other.clone())) {
                        continue;
                    }
                    let (p, q) = (view.of_several(&person, when)?, view.of_several(&other, When::Now)?);
                    if self.scorer().score(&p, &q, (0, 1)) >= self.settings.thresholds.least() {
                        for base in other {
                            let all = view.see(base)?.and_then(|seen| seen.is.as_ref());
                            out.extend(all.map(|is| is.mates(base, usize::MAX)).unwrap_or_default());
                        }
                    }
                }
            }
        }
        Ok(out)
    }

    /// People outside the region, as they are before a round, who share an edge with a person of it.
    fn outside<K: Keeper>(
        &self,
        view: &mut View<'_, K>,
        region: &BTreeSet<u32>,
        person: &[u32],
        round: usize,
    ) -> Result<BTreeSet<Vec<u32>>, K::Error> {
        let mut near = BTreeSet::new();
        for base in person {
            let Some(seen) = view.see(*base)? else { continue };
            for held in [&seen.was, &seen.is].into_iter().flatten() {
                near.extend(held.edges.iter().map(|(other, _)| *other).filter(|o| !region.contains(o)));
            }
        }
        let mut out = BTreeSet::new();
        for base in near {
            if let Some(is) = view.see(base)?.and_then(|seen| seen.is.as_ref()) {
                out.insert(is.mates(base, round));
            }
        }
        Ok(out)
    }
}
