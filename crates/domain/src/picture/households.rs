//! Homes over time: who lived where and when, put together from everybody who says so. A prison is no home, a
//! proposal is not yet one, and a refuge joins no families.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::ground::{Ground, Lists, P, days_between};
use super::homes::{Doors, H};
use super::kept::Kept;
use super::shape::{Household, Stay};
use crate::ids::HouseholdId;
use crate::record::{Basis, Place};
use crate::when::When;

/// One person's time behind one door.
pub(crate) struct Spell {
    pub(crate) person: P,
    pub(crate) home: H,
    pub(crate) from: When,
    pub(crate) to: Option<When>,
    pub(crate) basis: Basis,
    /// First day for which anybody places them here; registers' own first days are often wrong.
    pub(crate) seen: Date,
    /// Last day for which anybody places them here.
    pub(crate) last: Date,
    /// Places in `Ground::told`, in the order of facts.
    pub(crate) told: Vec<u32>,
}

impl Spell {
    /// Whether this is living there, as opposed to prison, refuge or a mere proposal.
    pub(crate) fn lives(&self) -> bool {
        !matches!(self.basis, Basis::Custody | Basis::Refuge | Basis::Proposed)
    }

    /// Whether it covers this day, as far as recorded.
    pub(crate) fn covers(&self, day: Date) -> bool {
        self.from.first_day() <= day && self.to.is_none_or(|to| day <= to.last_day())
    }

    /// Whether two spells overlap by at least so many days.
    pub(crate) fn together(&self, other: &Self, days: i64) -> bool {
        let from = self.from.first_day().max(other.from.first_day());
        let end = |spell: &Self| spell.to.map_or(Date::MAX, When::last_day);
        let to = end(self).min(end(other));
        from <= to && days_between(from, to.min(Date::constant(9999, 1, 1))) >= days
    }
}

/// Every home of the area.
pub(crate) struct Homes<'a> {
    pub(crate) doors: Doors<'a>,
    pub(crate) spells: Vec<Spell>,
    of_person: Lists,
    of_home: Lists,
}

impl<'a> Homes<'a> {
    pub(crate) fn new(ground: &Ground<'a>, kept: &Kept) -> Self {
        let doors = Doors::new(ground, kept);
        let mut spells: Vec<Spell> = Vec::new();
        for person in 0..ground.count() {
            spells.extend(spells_of(ground, &doors, person));
        }
        let mut homes = Self {
            of_person: Lists::new(ground.count() as usize),
            of_home: Lists::new(doors.count()),
            doors,
            spells,
        };
        for (at, spell) in homes.spells.iter().enumerate() {
            homes.of_person.push(spell.person, at);
            homes.of_home.push(spell.home, at);
        }
        homes
    }

    pub(crate) fn of_person(&self, person: P) -> impl Iterator<Item = &Spell> {
        self.of_person.of(person).iter().filter_map(|&at| self.spells.get(at as usize))
    }

    pub(crate) fn of_home(&self, home: H) -> impl Iterator<Item = &Spell> {
        self.of_home.of(home).iter().filter_map(|&at| self.spells.get(at as usize))
    }

    /// Where a person lives now, as far as recorded.
    pub(crate) fn now(&self, person: P, on: Date) -> impl Iterator<Item = &Spell> {
        self.of_person(person).filter(move |spell| spell.lives() && spell.covers(on))
    }

    /// Everybody who lived with a person in one of their homes at the same time.
    pub(crate) fn lived_with(&self, person: P, days: i64) -> impl Iterator<Item = (&Spell, &Spell)> {
        self.of_person(person).filter(|spell| spell.lives()).flat_map(move |mine| {
            self.of_home(mine.home)
                .filter(move |other| other.person != person && other.lives() && mine.together(other, days))
                .map(move |other| (mine, other))
        })
    }

    /// A spell as it is shown.
    pub(crate) fn stay(&self, ground: &Ground<'_>, spell: &Spell) -> Stay {
        let mut told: Vec<(u8, usize)> = spell
            .told
            .iter()
            .filter_map(|&at| ground.told.get(at as usize))
            .map(|told| (strength(basis_of(&self.doors, spell.home, told.residence.basis)), told.rec))
            .collect();
        told.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        told.dedup();
        let sources = told.iter().take(super::ground::SOURCES).map(|(_, rec)| ground.source(*rec)).collect();
        Stay {
            person: ground.id(spell.person),
            household: self.doors.id(spell.home),
            place: self.doors.place(spell.home).cloned().unwrap_or_else(|| Place::Known(Default::default())),
            from: Some(spell.from),
            to: spell.to,
            basis: spell.basis,
            sources,
        }
    }
}

/// The strongest ground first.
fn strength(basis: Basis) -> u8 {
    match basis {
        Basis::Custody => 9,
        Basis::Refuge => 8,
        Basis::Tenancy => 7,
        Basis::Registered => 6,
        Basis::Approved => 5,
        Basis::GivenAtIncident => 4,
        Basis::SaidToLiveThere => 3,
        Basis::Proposed => 2,
    }
}

fn basis_of(doors: &Doors<'_>, home: H, basis: Basis) -> Basis {
    if doors.is_custody(home) { Basis::Custody } else { basis }
}

/// The moment for which a residence is evidence: when it was told, or given at an incident, or recorded.
pub(crate) fn evidence(ground: &Ground<'_>, at: u32) -> Option<When> {
    let told = ground.told.get(at as usize)?;
    let record = ground.records.get(told.rec)?;
    let event = ground.happened_at(told.rec);
    // What was said at an incident was said that night, not when its row was last changed.
    let given = event.filter(|_| told.residence.basis == Basis::GivenAtIncident);
    let day = given.or(told.residence.told).or(record.recorded).or(event);
    Some(day.unwrap_or_else(|| When::day(ground.known_on(told.rec))))
}

struct Draft {
    from: Option<When>,
    seen: When,
    to: Option<When>,
    last: When,
    basis: Basis,
    told: Vec<u32>,
}

fn spells_of(ground: &Ground<'_>, doors: &Doors<'_>, person: P) -> Vec<Spell> {
    let mut drafts: BTreeMap<H, Draft> = BTreeMap::new();
    for &at in ground.told_of.of(person) {
        let Some(told) = ground.told.get(at as usize) else { continue };
        let residence = told.residence;
        let (Some(home), Some(seen)) = (doors.of(&residence.place), evidence(ground, at)) else { continue };
        let today = When::day(ground.on);
        let seen = if seen.first_day() > ground.on { today } else { seen };
        let from = residence.from.filter(|from| from.first_day() <= ground.on);
        let to = residence.to.filter(|to| from.is_none_or(|from| from.first_day() <= to.last_day()));
        let last = to.unwrap_or(seen);
        let basis = basis_of(doors, home, residence.basis);
        let draft =
            drafts.entry(home).or_insert_with(|| Draft { from, seen, to, last, basis, told: Vec::new() });
        draft.from = match (draft.from, from) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        draft.seen = draft.seen.min(seen);
        // An end that somebody told stands unless somebody places them here after it.
        draft.to = match (draft.to, to) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        };
        draft.last = draft.last.max(last);
        if strength(basis) > strength(draft.basis) {
            draft.basis = basis;
        }
        draft.told.push(at);
    }
    let mut spells: Vec<Spell> = drafts
        .into_iter()
        .map(|(home, draft)| {
            let to = draft.to.filter(|to| draft.last.first_day() <= to.last_day());
            Spell {
                person,
                home,
                from: draft.from.map_or(draft.seen, |from| from.min(draft.seen)),
                to,
                basis: draft.basis,
                seen: draft.seen.first_day(),
                last: draft.last.last_day(),
                told: draft.told,
            }
        })
        .collect();
    spells.sort_by(|a, b| a.from.cmp(&b.from).then(a.last.cmp(&b.last)).then(a.home.cmp(&b.home)));
    end_by_moving(&mut spells);
    spells
}

/// Whoever is placed in a later home, and never again in the earlier one, has left that one.
fn end_by_moving(spells: &mut [Spell]) {
    let moves: Vec<(When, H)> = spells
        .iter()
        .filter(|spell| spell.lives() && spell.basis != Basis::SaidToLiveThere)
        .map(|spell| (spell.from, spell.home))
        .collect();
    for spell in spells.iter_mut().filter(|spell| spell.to.is_none() && spell.lives()) {
        let later = moves.iter().filter(|(from, home)| *home != spell.home && from.first_day() > spell.last);
        spell.to = later.map(|(from, _)| *from).min();
    }
}

/// The homes of the picture: those somebody lives or lived in.
pub(crate) fn households(ground: &Ground<'_>, homes: &Homes<'_>) -> BTreeMap<HouseholdId, Household> {
    let mut households: BTreeMap<HouseholdId, Household> = BTreeMap::new();
    for spell in &homes.spells {
        if matches!(spell.basis, Basis::Custody | Basis::Refuge) {
            continue;
        }
        let stay = homes.stay(ground, spell);
        let id = stay.household.clone();
        let place = stay.place.clone();
        households
            .entry(id.clone())
            .or_insert_with(|| Household { id, place, stays: Vec::new() })
            .stays
            .push(stay);
    }
    for household in households.values_mut() {
        household.stays.sort_by(|a, b| a.from.cmp(&b.from).then_with(|| a.person.cmp(&b.person)));
    }
    households
}
