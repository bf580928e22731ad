//! Single signs that somebody who caused harm is near a household that is not the one they harmed: a partner named
//! to a midwife, a contact added at a school, an address told to probation. Each alone may be harmless; together they
//! tell of a next family.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::centres::{Area, Centres, is_family};
use super::families::words_for;
use super::ground::{Ground, P, Tie};
use super::homes::H;
use super::households::Spell;
use super::settings::plain;
use crate::record::{Basis, EventKind, RelationKind};
use crate::when::When;

/// One sign, with whom and where it points.
pub(crate) struct RawSign {
    /// The day the agency recorded it.
    pub(crate) at: When,
    pub(crate) text: String,
    pub(crate) rec: usize,
    /// How likely it means a next family, taken alone.
    pub(crate) weight: f64,
    /// Adults and children it points to.
    pub(crate) people: BTreeSet<P>,
    /// The adult it names as partner.
    pub(crate) partner: Option<P>,
    pub(crate) home: Option<H>,
}

/// What is known about one person's earlier family, against which signs are read.
pub(crate) struct Earlier {
    pub(crate) person: P,
    /// The adult first harmed.
    pub(crate) first_harmed: P,
    /// Adults harmed in that family.
    pub(crate) harmed: BTreeSet<P>,
    /// When that harm began, as far as recorded.
    pub(crate) since: Date,
    /// They, their children and relatives, and the person's own.
    circle: BTreeSet<P>,
}

impl Earlier {
    pub(crate) fn of(area: Area<'_, '_>, centres: &Centres, person: P) -> Option<Self> {
        let mut harmed: Vec<(When, P)> = area
            .directions
            .harmed_by(person)
            .iter()
            .filter(|other| area.directions.mostly(person, **other))
            .filter_map(|other| Some((area.directions.pair(person, *other)?.first?, *other)))
            .collect();
        harmed.sort_unstable();
        let (since, first_harmed) = *harmed.first()?;
        let family = centres.of_harm(area, person, first_harmed);
        let harmed: BTreeSet<P> = harmed
            .into_iter()
            .map(|(_, other)| other)
            .filter(|other| *other == first_harmed || centres.of_harm(area, person, *other) == family)
            .collect();
        let mut earlier =
            Self { person, first_harmed, harmed, since: since.first_day(), circle: BTreeSet::new() };
        earlier.circle = earlier.draw_circle(area);
        Some(earlier)
    }

    /// People near whom this person is no sign of anything new.
    fn draw_circle(&self, area: Area<'_, '_>) -> BTreeSet<P> {
        let mut circle = self.harmed.clone();
        circle.insert(self.person);
        for tie in area.ground.ties_of(self.person) {
            let (other, is) = Ground::other_is(tie, self.person);
            let own = match is {
                RelationKind::Parent | RelationKind::Sibling | RelationKind::Relative => true,
                RelationKind::Child => tie.is != RelationKind::PartnerOfParent && !is_step(tie.words),
                RelationKind::Partner | RelationKind::FormerPartner => known(area, tie) < self.since,
                _ => false,
            };
            if own {
                circle.insert(other);
            }
        }
        for &harmed in &self.harmed {
            for tie in area.ground.ties_of(harmed) {
                let (other, is) = Ground::other_is(tie, harmed);
                let couple = matches!(is, RelationKind::Partner | RelationKind::FormerPartner);
                if is_family(is) && !couple {
                    circle.insert(other);
                }
            }
            let days = area.ground.settings.numbers.next_family.together_days;
            for (_, other) in area.homes.lived_with(harmed, days) {
                if area.bios.is_child(other.person, area.ground.on) {
                    circle.insert(other.person);
                }
            }
            let cases = area.directions.pair(self.person, harmed).into_iter().flat_map(|pair| &pair.cases);
            for case in cases.filter_map(|at| area.cases.get(*at)) {
                circle.extend(case.people.iter().map(|part| part.person));
            }
        }
        let days = area.ground.settings.numbers.next_family.together_days;
        for (mine, other) in area.homes.lived_with(self.person, days) {
            if mine.from.first_day() < self.since && other.from.first_day() < self.since {
                circle.insert(other.person);
            }
        }
        circle
    }

    fn is_new(&self, person: P) -> bool {
        !self.circle.contains(&person)
    }
}

fn known(area: Area<'_, '_>, tie: &Tie<'_>) -> Date {
    tie.since.map_or_else(|| area.ground.known_on(tie.rec), When::first_day)
}

fn is_step(words: &str) -> bool {
    plain(words).starts_with("step")
}

/// Every sign of one person, oldest first.
pub(crate) fn signs(area: Area<'_, '_>, earlier: &Earlier) -> Vec<RawSign> {
    let mut signs = by_ties(area, earlier);
    signs.extend(by_homes(area, earlier));
    signs.extend(by_incidents(area, earlier));
    signs.sort_by(|a, b| a.at.cmp(&b.at).then(a.rec.cmp(&b.rec)).then_with(|| a.text.cmp(&b.text)));
    signs
}

/// The day an agency was told of something a row says: the day of a contact added, else its stamp.
fn told_on(area: Area<'_, '_>, tie: &Tie<'_>) -> When {
    let record = area.ground.records.get(tie.rec);
    let added = record.and_then(|record| {
        let added = |kind| matches!(kind, EventKind::SchoolContactAdded | EventKind::TenancyMember);
        let here = |event: &&crate::record::Event| added(event.kind) && is_about(area, tie, event);
        record.record.events.iter().find(here).map(|event| event.at)
    });
    tie.since.or(added).unwrap_or_else(|| area.ground.recorded(tie.rec))
}

/// Whether an event of the same row is about one of the two people.
fn is_about(area: Area<'_, '_>, tie: &Tie<'_>, event: &crate::record::Event) -> bool {
    let Some(record) = area.ground.records.get(tie.rec) else { return false };
    let (of, to) = (area.ground.id(tie.of), area.ground.id(tie.to));
    event.involved.iter().any(|involved| match &involved.who {
        crate::record::Who::Here(sub) if !sub.is_empty() => {
            let at = record.record.people.iter().position(|mention| mention.sub == *sub);
            let id = at.and_then(|at| record.persons.get(at));
            id == Some(&of) || id == Some(&to)
        }
        _ => false,
    })
}

fn by_ties(area: Area<'_, '_>, earlier: &Earlier) -> Vec<RawSign> {
    let mut signs = Vec::new();
    for tie in area.ground.ties_of(earlier.person) {
        let (other, is) = Ground::other_is(tie, earlier.person);
        let from_police = area
            .ground
            .records
            .get(tie.rec)
            .is_some_and(|record| record.record.events.iter().any(|event| event.kind == EventKind::Involvement));
        let at = told_on(area, tie);
        if from_police || !earlier.is_new(other) || at.first_day() <= earlier.since {
            continue;
        }
        let child = area.bios.is_child(other, at.first_day());
        let (weight, partner) = match (is, child) {
            (RelationKind::Partner, false) => (0.9, Some(other)),
            (RelationKind::Partner, true) | (RelationKind::Child, true) => (0.9, None),
            (RelationKind::Other, true) => (0.6, None),
            _ => continue,
        };
        let (who, with) = (area.bios.name(earlier.person), area.bios.name(other));
        let words = if tie.words.is_empty() { "contact" } else { tie.words };
        let label = label_of(area, tie.rec);
        signs.push(RawSign {
            at,
            text: format!("{label}: {who} is recorded as “{words}” with {with}."),
            rec: tie.rec,
            weight,
            people: BTreeSet::from([other]),
            partner,
            home: None,
        });
    }
    signs
}

/// The agency's name as people say it.
fn label_of(area: Area<'_, '_>, rec: usize) -> String {
    let agency = area.ground.records.get(rec).map_or("", |record| record.agency.as_str());
    let words = agency.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn by_homes(area: Area<'_, '_>, earlier: &Earlier) -> Vec<RawSign> {
    let mut signs = Vec::new();
    for spell in area.homes.of_person(earlier.person) {
        if matches!(spell.basis, Basis::Custody | Basis::Refuge) {
            continue;
        }
        let days = area.ground.settings.numbers.next_family.together_days;
        let there: Vec<&Spell> = area
            .homes
            .of_home(spell.home)
            .filter(|other| other.person != earlier.person && other.lives() && spell.together(other, days))
            .collect();
        // Wherever one of those they harmed lives too, it is that family, not another.
        if there.iter().any(|other| earlier.harmed.contains(&other.person)) {
            continue;
        }
        let new: BTreeSet<P> =
            there.iter().map(|other| other.person).filter(|other| earlier.is_new(*other)).collect();
        let own: usize = there.len() - new.len();
        if new.is_empty() || own > 0 && own >= new.len() {
            continue;
        }
        signs.extend(home_signs(area, earlier, spell, &new));
    }
    signs
}

/// One sign for every row that puts the person at this door.
fn home_signs(area: Area<'_, '_>, earlier: &Earlier, spell: &Spell, new: &BTreeSet<P>) -> Vec<RawSign> {
    let mut signs = Vec::new();
    let adults: Vec<P> =
        new.iter().copied().filter(|other| !area.bios.is_child(*other, area.ground.on)).collect();
    for &told_at in &spell.told {
        let (Some(told), Some(at)) =
            (area.ground.told.get(told_at as usize), super::households::evidence(area.ground, told_at))
        else {
            continue;
        };
        let moved_before = told.residence.from.is_some_and(|from| from.last_day() <= earlier.since);
        if at.first_day() <= earlier.since || moved_before {
            continue;
        }
        let weight = match told.residence.basis {
            Basis::Tenancy => 0.8,
            Basis::Proposed | Basis::Approved => 0.75,
            Basis::Registered | Basis::GivenAtIncident | Basis::SaidToLiveThere => 0.6,
            Basis::Custody | Basis::Refuge => continue,
        };
        let (who, label) = (area.bios.name(earlier.person), label_of(area, told.rec));
        let with: Vec<&str> = new.iter().take(3).map(|other| area.bios.name(*other)).collect();
        let verb = match told.residence.basis {
            Basis::Proposed => "asks to live at",
            Basis::Approved => "may live at",
            _ => "is recorded at",
        };
        signs.push(RawSign {
            at,
            text: format!("{label}: {who} {verb} the address of {}.", with.join(", ")),
            rec: told.rec,
            weight,
            people: new.clone(),
            partner: if let [one] = adults.as_slice() { Some(*one) } else { None },
            home: Some(spell.home),
        });
    }
    signs
}

/// Police incidents with somebody of another family.
fn by_incidents(area: Area<'_, '_>, earlier: &Earlier) -> Vec<RawSign> {
    let mut signs = Vec::new();
    for &other in area.directions.harmed_by(earlier.person) {
        let Some(pair) = area.directions.pair(earlier.person, other) else { continue };
        let child = area.bios.is_child(other, area.ground.on);
        if child || !earlier.is_new(other) || !area.directions.mostly(earlier.person, other) {
            continue;
        }
        let case = pair.cases.first().and_then(|at| area.cases.get(*at));
        let rec = case.and_then(|case| case.part(earlier.person)).map(|part| part.rec);
        let Some((rec, at)) = rec.or_else(|| pair.recs.first().copied()).zip(pair.first) else { continue };
        let at = if case.is_some() { at } else { area.ground.recorded(rec) };
        let (who, with) = (area.bios.name(earlier.person), area.bios.name(other));
        signs.push(RawSign {
            at,
            text: format!(
                "{}: {who} is recorded as causing harm to {with} on {}.",
                label_of(area, rec),
                words_for(at)
            ),
            rec,
            weight: 0.95,
            people: BTreeSet::from([other]),
            partner: Some(other),
            home: None,
        });
    }
    signs
}
