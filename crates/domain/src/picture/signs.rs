//! Single signs that somebody who caused harm is near a household that is not the one they harmed: a partner named
//! to a midwife, a contact added at a school, an address told to probation. Each alone may be harmless; together they
//! tell of a next family.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::centres::{Area, Centres, is_family};
use super::families::words_for;
use super::ground::{Ground, P, Tie, Told};
use super::homes::H;
use super::households::{Spell, evidence};
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
    /// The adult first harmed; `None` where only probation's register tells of harm.
    pub(crate) first_harmed: Option<P>,
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
        let first = harmed.first().copied();
        let since = first.map(|(since, _)| since).or_else(|| area.directions.registered(person))?;
        let first_harmed = first.map(|(_, first)| first);
        let family = first_harmed.and_then(|first| centres.of_harm(area, person, first));
        let harmed: BTreeSet<P> = harmed
            .into_iter()
            .map(|(_, other)| other)
            .filter(|other| first_harmed == Some(*other) || centres.of_harm(area, person, *other) == family)
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
            if (mine.seen < self.since || is_tenant_before(area, mine, self.since))
                && other.from.first_day() < self.since
            {
                circle.insert(other.person);
            }
        }
        circle
    }

    fn is_new(&self, person: P) -> bool {
        !self.circle.contains(&person)
    }
}

/// Whether a landlord says that they moved in before a day. What other registers say about moving in is often wrong.
fn is_tenant_before(area: Area<'_, '_>, spell: &Spell, day: Date) -> bool {
    spell.told.iter().filter_map(|&at| area.ground.told.get(at as usize)).any(|told| {
        let residence = told.residence;
        residence.basis == Basis::Tenancy && residence.from.is_some_and(|from| from.first_day() < day)
    })
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

/// The day an agency was told of something a row says: the day of a contact added, the day a landlord was told, the
/// day the row gives; else its stamp.
fn told_on(area: Area<'_, '_>, tie: &Tie<'_>) -> When {
    let stamp = area.ground.recorded(tie.rec);
    let Some(record) = area.ground.records.get(tie.rec) else { return stamp };
    let contact = |event: &&crate::record::Event| {
        event.kind == EventKind::SchoolContactAdded && is_about(area, tie, event)
    };
    let added = record.record.events.iter().find(contact).map(|event| event.at);
    let told = record.record.residences.iter().filter_map(|residence| residence.told).min();
    added.or(told).or(tie.since).unwrap_or(stamp)
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
        let from_police = area.ground.records.get(tie.rec).is_some_and(|record| {
            record.record.events.iter().any(|event| event.kind == EventKind::Involvement)
        });
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
        let inside = matches!(spell.basis, Basis::Custody | Basis::Refuge);
        if inside || is_first_home(area, earlier, spell) || is_home_of_the_harmed(area, earlier, spell) {
            continue;
        }
        let new = newly_met(area, earlier, spell);
        if !new.is_empty() {
            signs.extend(home_signs(area, earlier, spell, &new));
        }
    }
    signs
}

/// Whether no other address is on record from before: then nothing tells that they moved.
fn is_first_home(area: Area<'_, '_>, earlier: &Earlier, spell: &Spell) -> bool {
    let proposed = matches!(spell.basis, Basis::Proposed | Basis::Approved);
    let told_later = spell.basis == Basis::Tenancy && spell.from.first_day() > earlier.since;
    let mut homes = area.homes.of_person(earlier.person);
    !proposed && !told_later && !homes.any(|other| other.home != spell.home && other.seen < spell.seen)
}

/// Wherever one of those they harmed lives or lived, it is that family, not another.
fn is_home_of_the_harmed(area: Area<'_, '_>, earlier: &Earlier, spell: &Spell) -> bool {
    let mut there = area.homes.of_home(spell.home);
    there.any(|other| other.lives() && earlier.harmed.contains(&other.person))
}

/// People of this home who lived there at the same time and belong to neither family.
fn newly_met(area: Area<'_, '_>, earlier: &Earlier, spell: &Spell) -> BTreeSet<P> {
    let days = area.ground.settings.numbers.next_family.together_days;
    let tenancy = tenancy_of(area, spell);
    let mut people = BTreeSet::new();
    for other in area.homes.of_home(spell.home) {
        // Others on licence at one address are a hostel, not a family.
        let lives = other.lives() && other.basis != Basis::Approved;
        if other.person == earlier.person || !lives || !spell.together(other, days) {
            continue;
        }
        // One's own tenancy is one's own home, whoever else is recorded behind that door.
        let other_tenancy = tenancy.as_ref().is_some_and(|members| !members.contains(&other.person));
        let relative = share_a_surname(area, earlier.person, other.person);
        if earlier.is_new(other.person)
            && !other_tenancy
            && (!relative || is_couple(area, earlier, other.person))
        {
            people.insert(other.person);
        }
    }
    people
}

/// Everybody on the tenancy by which somebody lives here; `None` without one.
fn tenancy_of(area: Area<'_, '_>, spell: &Spell) -> Option<BTreeSet<P>> {
    let told = spell.told.iter().filter_map(|&at| area.ground.told.get(at as usize));
    let rec = told.into_iter().find(|told| told.residence.basis == Basis::Tenancy)?.rec;
    let record = area.ground.records.get(rec)?;
    let groups: BTreeSet<&String> = record.record.people.iter().flat_map(|mention| &mention.groups).collect();
    let members = area.homes.of_home(spell.home).map(|other| other.person).filter(|person| {
        area.ground
            .said_of(*person)
            .any(|said| said.mention.groups.iter().any(|group| groups.contains(group)))
    });
    Some(members.collect())
}

/// Whether a word of one surname is a word of the other: "Hill" and "Hill-Ward".
fn share_a_surname(area: Area<'_, '_>, a: P, b: P) -> bool {
    let (a, b) = (plain(&area.bios.of(a).surname), plain(&area.bios.of(b).surname));
    a.split(' ').any(|word| !word.is_empty() && b.split(' ').any(|other| other == word))
}

fn is_couple(area: Area<'_, '_>, earlier: &Earlier, other: P) -> bool {
    area.ground.ties_of(earlier.person).any(|tie| {
        let (with, is) = Ground::other_is(tie, earlier.person);
        with == other && matches!(is, RelationKind::Partner | RelationKind::FormerPartner)
    })
}

/// One sign for every row that puts the person at this door.
fn home_signs(area: Area<'_, '_>, earlier: &Earlier, spell: &Spell, new: &BTreeSet<P>) -> Vec<RawSign> {
    let mut signs = Vec::new();
    let adults: Vec<P> =
        new.iter().copied().filter(|other| !area.bios.is_child(*other, area.ground.on)).collect();
    for &told_at in &spell.told {
        let told = area.ground.told.get(told_at as usize);
        let (Some(told), Some(at)) = (told, told.and_then(|told| first_told(area, earlier, told, told_at)))
        else {
            continue;
        };
        let tenancy = told.residence.basis == Basis::Tenancy;
        let moved_before =
            tenancy && told.residence.from.is_some_and(|from| from.last_day() <= earlier.since);
        if at.first_day() <= earlier.since || moved_before {
            continue;
        }
        let weight = match told.residence.basis {
            Basis::Tenancy => 0.8,
            Basis::Proposed | Basis::Approved => 0.75,
            Basis::Registered => 0.5,
            // Said once on a doorstep; a second agency must say it too.
            Basis::GivenAtIncident | Basis::SaidToLiveThere => 0.4,
            Basis::Custody | Basis::Refuge => continue,
        };
        // Whom a registered person harmed is not known: a mere address may be that family's.
        if earlier.first_harmed.is_none() && weight < 0.75 {
            continue;
        }
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

/// The day a row first put somebody at a door. A register's own "from" is the day it began to hold the address, and
/// stays when the row is changed later.
fn first_told(area: Area<'_, '_>, earlier: &Earlier, told: &Told<'_>, at: u32) -> Option<When> {
    let stamp = evidence(area.ground, at)?;
    let from = told.residence.from.filter(|_| told.residence.basis == Basis::Registered);
    let from = from.filter(|from| from.first_day() > earlier.since && *from < stamp);
    Some(from.unwrap_or(stamp))
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
