//! Around whom families are drawn: adults who are harmed, and which of them belong to one family.

use std::collections::{BTreeMap, BTreeSet};

use super::bios::Bios;
use super::cases::Case;
use super::directions::Directions;
use super::ground::{Ground, P};
use super::households::Homes;
use crate::record::{EventKind, RelationKind, Role};
use crate::when::When;

/// What every rule about families reads.
#[derive(Clone, Copy)]
pub(crate) struct Area<'g, 'a> {
    pub(crate) ground: &'g Ground<'a>,
    pub(crate) bios: &'g Bios,
    pub(crate) homes: &'g Homes<'a>,
    pub(crate) cases: &'g [Case<'a>],
    pub(crate) directions: &'g Directions,
}

/// Adults who are harmed, family by family.
#[derive(Default)]
pub(crate) struct Centres {
    founder: BTreeMap<P, P>,
    harmed: BTreeMap<P, Vec<P>>,
}

impl Centres {
    pub(crate) fn new(area: Area<'_, '_>) -> Self {
        let mut order: Vec<(When, P)> =
            first_harm(area).into_iter().map(|(centre, at)| (at, centre)).collect();
        // The first harmed founds the family, so that later records do not rename it.
        order.sort_unstable();
        let mut centres = Self::default();
        for (_, centre) in order {
            let founder = centres.family_that_takes_in(area, centre).unwrap_or(centre);
            centres.founder.insert(centre, founder);
            centres.harmed.entry(founder).or_default().push(centre);
        }
        centres
    }

    /// The family of somebody who is harmed by the same person and is related to this adult or lives with them.
    fn family_that_takes_in(&self, area: Area<'_, '_>, centre: P) -> Option<P> {
        let days = area.ground.settings.numbers.next_family.together_days;
        let related = area.ground.ties_of(centre).filter(|tie| is_family(tie.is));
        let related = related.map(|tie| Ground::other_is(tie, centre).0);
        let lived_with = area.homes.lived_with(centre, days).map(|(_, other)| other.person);
        let near: BTreeSet<P> = related.chain(lived_with).collect();
        near.into_iter().find_map(|other| {
            let founder = *self.founder.get(&other)?;
            let by = area.directions.harmers_of(other);
            let same = by.iter().any(|by| *by != centre && area.directions.pair(*by, centre).is_some());
            same.then_some(founder)
        })
    }

    /// The founder of the family in which somebody is harmed.
    pub(crate) fn founder(&self, harmed: P) -> Option<P> {
        self.founder.get(&harmed).copied()
    }

    /// The founder of the family that harm from `a` to `b` belongs to.
    pub(crate) fn of_harm(&self, area: Area<'_, '_>, a: P, b: P) -> Option<P> {
        self.founder(adult_behind(area, a, b)).or_else(|| self.founder(b)).or_else(|| self.founder(a))
    }

    /// Founders and all adults harmed in their families, founders first.
    pub(crate) fn families(&self) -> impl Iterator<Item = (P, &[P])> {
        self.harmed.iter().map(|(founder, harmed)| (*founder, harmed.as_slice()))
    }
}

/// Adults who are harmed, with the first time anybody tells of it.
fn first_harm(area: Area<'_, '_>) -> BTreeMap<P, When> {
    let mut first: BTreeMap<P, When> = BTreeMap::new();
    let mut see = |centre: P, at: When| {
        let known = first.entry(centre).or_insert(at);
        *known = at.min(*known);
    };
    for (a, b, pair) in area.directions.pairs() {
        if area.directions.mostly(a, b) {
            see(adult_behind(area, a, b), pair.first.unwrap_or_else(|| When::day(area.ground.on)));
        }
    }
    // Nobody named as causing harm does not mean that nobody is harmed.
    for (at, case) in area.cases.iter().enumerate().filter(|(_, case)| case.domestic) {
        if area.directions.sides(at).is_empty() {
            case.with(Role::Victim).for_each(|victim| see(adult_behind(area, victim, victim), case.at));
        }
    }
    for happened in &area.ground.happened {
        let asked = match happened.event.kind {
            EventKind::ServiceReferral => true,
            EventKind::RoutineEnquiry => tells_of_harm(&happened.event.details),
            _ => false,
        };
        if asked && !happened.people.iter().any(|(_, role)| *role == Role::CausingHarm) {
            let about =
                happened.people.iter().filter(|(_, role)| matches!(role, Role::Subject | Role::Victim));
            for (person, _) in about {
                if !area.bios.is_child(*person, happened.at.first_day()) {
                    see(*person, happened.at);
                }
            }
        }
    }
    first
}

/// Whether a routine question was answered with a disclosure.
fn tells_of_harm(details: &BTreeMap<String, String>) -> bool {
    let answer = details.get("disclosed").map_or("", |answer| answer.trim());
    ["true", "yes", "y"].iter().any(|yes| answer.eq_ignore_ascii_case(yes))
}

/// The adult whose family it is when a child is harmed: a parent who is not the one causing harm. A young person
/// harmed by their own partner stands for themself.
pub(crate) fn adult_behind(area: Area<'_, '_>, a: P, b: P) -> P {
    let harmed_on = area.directions.pair(a, b).and_then(|pair| pair.first).map(When::first_day);
    if !area.bios.is_child(b, harmed_on.unwrap_or(area.ground.on)) {
        return b;
    }
    let mut parents: Vec<P> = Vec::new();
    for tie in area.ground.ties_of(b) {
        match Ground::other_is(tie, b) {
            (other, RelationKind::Partner | RelationKind::FormerPartner) if other == a => return b,
            (other, RelationKind::Parent) if other != a && !parents.contains(&other) => parents.push(other),
            _ => {}
        }
    }
    let harmed_too = parents.iter().copied().find(|parent| area.directions.pair(a, *parent).is_some());
    harmed_too.or_else(|| parents.into_iter().min()).unwrap_or(b)
}

/// Relationships that make people one family.
pub(crate) fn is_family(is: RelationKind) -> bool {
    !matches!(is, RelationKind::Other | RelationKind::CausesHarmTo)
}
