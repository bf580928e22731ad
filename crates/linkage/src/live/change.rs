//! A record comes, changes or is erased, or a person decides: who is touched is decided again.

use std::collections::{BTreeMap, BTreeSet};

use super::region::{Partitions, Seen, View};
use super::{Base, Changes, Keeper, Live, Member, NewTexts, Outcome, handle};
use crate::groups::{Groups, Union};
use crate::keys::Keys;
use crate::profile::{Profile, Texts, mark_busy};
use crate::record::{Decision, Record};
use crate::register::{key_of_number, profile};
use crate::table::{at, number};

impl Live {
    /// Takes up records (those whose id is known take the place of what was there), erases others, and obeys
    /// decisions. Nothing is written when something cannot be read.
    ///
    /// # Errors
    /// Those of the keeper.
    pub fn change<K: Keeper>(
        &mut self,
        keeper: &mut K,
        add: &[Record],
        erase: &[&str],
        decisions: &[Decision],
    ) -> Result<Outcome, K::Error> {
        let mut texts = NewTexts::default();
        let added: Vec<Member> = add.iter().map(|record| self.member(record, &mut texts)).collect();
        let mut view = View::new(keeper);
        let changed = self.regroup(&mut view, added, erase, decisions)?;
        for base in &changed {
            self.find_edges(&mut view, *base)?;
        }
        let mut region: BTreeSet<u32> = BTreeSet::new();
        for base in &changed {
            let Some(seen) = view.see(*base)? else { continue };
            region.insert(*base);
            region.extend(seen.was.iter().flat_map(|was| was.mates(*base, usize::MAX)));
        }
        let now = loop {
            let mut here = BTreeSet::new();
            for base in &region {
                if view.see(*base)?.is_some_and(|seen| seen.is.is_some()) {
                    here.insert(*base);
                }
            }
            let apart = self.apart(&mut view, &here)?;
            let now = self.replay(&mut view, &here, &apart)?;
            let more = self.reached(&mut view, &region, &now)?;
            if more.iter().all(|base| region.contains(base)) {
                break now;
            }
            region.extend(more);
        };
        self.settle(&mut view, &now)?;
        let near = near(&mut view, &changed)?;
        let seen = view.all();
        let outcome = outcome(&seen, &region, near);
        keeper.write(&self.changes(&seen, texts))?;
        Ok(outcome)
    }

    /// A record as a member, in the numbers of the tables kept.
    fn member(&mut self, record: &Record, new: &mut NewTexts) -> Member {
        let mut texts = Texts::default();
        let mut own = [profile(&[record], &mut texts, self.lexicon())];
        let renumbered = self.tables.absorb(&texts, &self.settings.lexicon, new);
        self.weights.extend(&self.tables, &self.model);
        own.iter_mut().for_each(|profile| profile.renumber(&renumbered));
        mark_busy(&mut own, &self.tables, &self.model);
        let scope = record.scope.as_deref().unwrap_or_default();
        let numbers = record.refs.iter().filter(|reference| !reference.trim().is_empty());
        let [profile] = own;
        Member {
            id: record.id.clone(),
            numbers: numbers.map(|reference| key_of_number(&record.source, reference, scope)).collect(),
            decided: Vec::new(),
            profile,
        }
    }

    /// Forms bases anew from the members of all bases touched. Gives the bases that changed.
    fn regroup<K: Keeper>(
        &self,
        view: &mut View<'_, K>,
        added: Vec<Member>,
        erase: &[&str],
        decisions: &[Decision],
    ) -> Result<Vec<u32>, K::Error> {
        let mut touched: BTreeSet<u32> = BTreeSet::new();
        let ids = added.iter().map(|member| member.id.as_str()).chain(erase.iter().copied());
        let decided = decisions.iter().flat_map(|decision| [decision.a.as_str(), &decision.b]);
        let handles: Vec<u128> =
            ids.chain(decided).map(handle).chain(added.iter().flat_map(|m| m.numbers.clone())).collect();
        for handle in handles {
            touched.extend(view.keeper().base_of(handle)?);
        }
        let mut members: Vec<(Option<u32>, Member)> = Vec::new();
        for base in &touched {
            let held = view.see(*base)?.and_then(|seen| seen.is.as_ref());
            members.extend(held.iter().flat_map(|held| &held.members).map(|m| (Some(*base), m.clone())));
        }
        members.retain(|(_, member)| !erase.contains(&member.id.as_str()));
        for mut new in added {
            match members.iter_mut().find(|(_, member)| member.id == new.id) {
                Some((_, old)) => {
                    std::mem::swap(&mut new.decided, &mut old.decided);
                    *old = new;
                }
                None => members.push((None, new)),
            }
        }
        for decision in decisions {
            for (one, other) in [(&decision.a, &decision.b), (&decision.b, &decision.a)] {
                let own = members.iter_mut().find(|(_, member)| member.id == *one);
                if let Some((_, member)) = own {
                    member.decided.retain(|(held, _)| *held != handle(other));
                    member.decided.push((handle(other), decision.same));
                }
            }
        }
        let mut free = view.keeper().next()?;
        let mut changed = touched.clone();
        let mut bases: BTreeMap<u32, Vec<Member>> = BTreeMap::new();
        for group in together(&members) {
            let held = group.iter().filter_map(|place| members.get(*place)?.0);
            let number = held.filter(|base| !bases.contains_key(base)).min().unwrap_or_else(|| {
                free += 1;
                free - 1
            });
            let own = group.iter().filter_map(|place| members.get(*place)).map(|(_, member)| member.clone());
            bases.insert(number, own.collect());
        }
        changed.extend(bases.keys());
        for base in &changed {
            let old = view.see(*base)?.and_then(|seen| seen.is.clone()).unwrap_or_default();
            let is = bases.remove(base).map(|members| Base { members, ..old });
            view.set(*base, is)?;
        }
        Ok(changed.into_iter().collect())
    }

    /// Weighs a base against everybody who shares a key with it, and writes that down with both.
    fn find_edges<K: Keeper>(&self, view: &mut View<'_, K>, base: u32) -> Result<(), K::Error> {
        let Some(seen) = view.see(base)? else { return Ok(()) };
        let own = seen.is.is_some().then(|| seen.profile.clone());
        let mut others: BTreeSet<u32> =
            seen.is.iter().chain(&seen.was).flat_map(|held| held.edges.iter().map(|edge| edge.0)).collect();
        if let Some(profile) = &own {
            others.extend(view.keeper().bases_with(&self.keys(profile))?);
        }
        others.remove(&base);
        let scorer = self.scorer();
        let mut edges = Vec::new();
        for other in others {
            let Some(theirs) = view.see(other)? else { continue };
            let Some(is) = &mut theirs.is else { continue };
            let had = is.edges.iter().position(|(to, _)| *to == base);
            let weight = own.as_ref().and_then(|own| {
                let floor = self.settings.thresholds.floor;
                scorer.score_above(floor, own, &theirs.profile, (0, 1))
            });
            match (weight, had) {
                (Some(weight), Some(place)) => {
                    if let Some(edge) = is.edges.get_mut(place) {
                        edge.1 = weight;
                    }
                }
                (Some(weight), None) => is.edges.push((base, weight)),
                (None, Some(place)) => _ = is.edges.remove(place),
                (None, None) => {}
            }
            edges.extend(weight.map(|weight| (other, weight)));
        }
        if let Some(is) = view.see(base)?.and_then(|seen| seen.is.as_mut()) {
            is.edges = edges;
        }
        Ok(())
    }

    /// The keys of a base by which it is found, without those that too many share.
    pub(super) fn keys(&self, profile: &Profile) -> Vec<u64> {
        let mut keys = Keys::new(&self.tables);
        let mut out = Vec::new();
        keys.each(profile, &self.settings.blocking, |_, keys| {
            out.extend(keys.iter().filter(|key| self.model.crowded.binary_search(key).is_err()));
        });
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Bases of a region that people said are not one person.
    fn apart<K: Keeper>(
        &self,
        view: &mut View<'_, K>,
        region: &BTreeSet<u32>,
    ) -> Result<Vec<(u32, u32)>, K::Error> {
        let mut base_of: BTreeMap<u128, u32> = BTreeMap::new();
        let mut parted: Vec<(u32, u128)> = Vec::new();
        for base in region {
            let Some(is) = view.see(*base)?.and_then(|seen| seen.is.as_ref()) else { continue };
            for member in &is.members {
                base_of.insert(handle(&member.id), *base);
                parted.extend(
                    member.decided.iter().filter(|(_, same)| !same).map(|(other, _)| (*base, *other)),
                );
            }
        }
        Ok(parted.into_iter().filter_map(|(base, other)| Some((base, *base_of.get(&other)?))).collect())
    }

    /// Writes down with each base who it was joined with after each round.
    fn settle<K: Keeper>(&self, view: &mut View<'_, K>, now: &Partitions) -> Result<(), K::Error> {
        let mut mates: BTreeMap<u32, Vec<Vec<u32>>> = BTreeMap::new();
        for people in now {
            for person in people {
                let listed = if person.len() > 1 { person.clone() } else { Vec::new() };
                person.iter().for_each(|base| mates.entry(*base).or_default().push(listed.clone()));
            }
        }
        for (base, mut mates) in mates {
            super::keep::shorten(&mut mates);
            if let Some(is) = view.see(base)?.and_then(|seen| seen.is.as_mut()) {
                is.mates = mates;
            }
        }
        Ok(())
    }

    /// What has to be written.
    fn changes(&self, seen: &BTreeMap<u32, Seen>, texts: NewTexts) -> Changes {
        let mut out = Changes { texts, ..Changes::default() };
        let handles = |base: &Option<Base>| -> BTreeSet<u128> {
            let members = base.iter().flat_map(|base| &base.members);
            members.flat_map(|member| member.numbers.iter().copied().chain([handle(&member.id)])).collect()
        };
        for (base, Seen { was, is, .. }) in seen.iter().filter(|(_, seen)| seen.was != seen.is) {
            match is {
                Some(is) => out.bases.push((*base, is.to_bytes())),
                None => out.gone.push(*base),
            }
            let same = match (was, is) {
                (Some(was), Some(is)) => was.members == is.members,
                _ => false,
            };
            if same {
                continue;
            }
            let keys =
                |held: &Option<Base>| held.as_ref().map_or(Vec::new(), |held| self.keys(&held.profile()));
            let (old, new) = (keys(was), keys(is));
            let fresh = new.iter().filter(|key| old.binary_search(key).is_err());
            out.keys.extend(fresh.map(|key| (*key, *base)));
            let stale = old.iter().filter(|key| new.binary_search(key).is_err());
            out.keys_gone.extend(stale.map(|key| (*key, *base)));
            let (old, new) = (handles(was), handles(is));
            out.handles.extend(new.difference(&old).map(|handle| (*handle, *base)));
            out.handles_gone.extend(old.difference(&new));
        }
        // What moved to another base is not gone.
        let kept: BTreeSet<u128> = out.handles.iter().map(|(handle, _)| *handle).collect();
        out.handles_gone.retain(|handle| !kept.contains(handle));
        out
    }
}

/// Members that are one base each: by agencies' numbers and by decisions, within one scope.
fn together(members: &[(Option<u32>, Member)]) -> Vec<Vec<usize>> {
    let mut place: BTreeMap<u128, u32> = BTreeMap::new();
    for (i, (_, member)) in members.iter().enumerate() {
        place.insert(handle(&member.id), number(i));
    }
    let mut same = Vec::new();
    let mut parted = Vec::new();
    for (i, (_, member)) in members.iter().enumerate() {
        for (other, verdict) in &member.decided {
            let Some(other) = place.get(other).copied() else { continue };
            let scope = |at: u32| members.get(at as usize).map(|(_, member)| member.profile.scope);
            match verdict {
                true if scope(other) == Some(member.profile.scope) => same.push((number(i), other)),
                true => {}
                false => parted.push((number(i), other)),
            }
        }
    }
    let mut first: BTreeMap<u128, u32> = BTreeMap::new();
    let mut numbered = Vec::new();
    for (i, (_, member)) in members.iter().enumerate() {
        for held in &member.numbers {
            let holder = *first.entry(*held).or_insert(number(i));
            if holder != number(i) {
                numbered.push((holder, number(i)));
            }
        }
    }
    let mut groups = Groups::new(members.len(), &parted);
    let mut sets = Union::new(members.len());
    for (a, b) in same.into_iter().chain(numbered) {
        if groups.join(a, b) {
            sets.join(a, b);
        }
    }
    let lowest = sets.lowest();
    let mut out: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for i in 0..members.len() {
        out.entry(at(&lowest, number(i))).or_default().push(i);
    }
    out.into_values().collect()
}

/// The records nearest to what changed, best first.
fn near<K: Keeper>(view: &mut View<'_, K>, changed: &[u32]) -> Result<Vec<(String, f64)>, K::Error> {
    let mut found: Vec<(u32, f64)> = Vec::new();
    for base in changed {
        found.extend(
            view.see(*base)?.and_then(|seen| seen.is.as_ref()).iter().flat_map(|is| is.edges.clone()),
        );
    }
    let mut out = Vec::new();
    for (base, weight) in found {
        let id = view.see(base)?.and_then(|seen| Some(seen.is.as_ref()?.members.first()?.id.clone()));
        out.extend(id.map(|id| (id, weight)));
    }
    out.sort_by(|x, y| y.1.total_cmp(&x.1).then_with(|| x.0.cmp(&y.0)));
    out.dedup_by(|x, y| x.0 == y.0);
    Ok(out)
}

/// People before and after, told by their records.
fn outcome(seen: &BTreeMap<u32, Seen>, region: &BTreeSet<u32>, near: Vec<(String, f64)>) -> Outcome {
    let people = |pick: fn(&Seen) -> Option<&Base>| -> BTreeSet<Vec<String>> {
        let mut out = BTreeSet::new();
        for base in region {
            let Some(held) = seen.get(base).and_then(pick) else { continue };
            let mates = held.mates(*base, usize::MAX);
            let held = mates.iter().filter_map(|mate| seen.get(mate).and_then(pick));
            let mut ids: Vec<String> =
                held.flat_map(|held| held.members.iter().map(|member| member.id.clone())).collect();
            ids.sort();
            out.insert(ids);
        }
        out
    };
    let (before, after) = (people(|seen| seen.was.as_ref()), people(|seen| seen.is.as_ref()));
    Outcome {
        after: after.difference(&before).cloned().collect(),
        before: before.difference(&after).cloned().collect(),
        near,
    }
}
