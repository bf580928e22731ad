//! The list in which no child is missed: every child of every household, the unborn too, with who last saw them,
//! saw them alone, and spoke to them. Being marked present at school is not being seen.

use std::collections::{BTreeMap, BTreeSet};

use super::centres::Area;
use super::families::{Draft, family_id, words_for};
use super::ground::{Happened, P};
use super::shape::{Child, ContactSeen};
use crate::ids::FamilyId;
use crate::record::{EventKind, LifeStage};
use crate::when::When;

/// Every child, family by family, those in no family last.
pub(crate) fn children(area: Area<'_, '_>, drafts: &BTreeMap<P, Draft>) -> Vec<Child> {
    let mut out = Vec::new();
    let mut placed: BTreeSet<P> = BTreeSet::new();
    for draft in drafts.values() {
        let family = family_id(area.ground, draft.founder);
        let times: Vec<When> =
            draft.cases.iter().filter_map(|at| area.cases.get(*at)).map(|case| case.at).collect();
        for person in draft.children() {
            placed.insert(person);
            out.push(child(area, person, family.clone(), &times));
        }
    }
    let on = area.ground.on;
    for person in (0..area.ground.count()).filter(|person| !placed.contains(person)) {
        if area.bios.is_child(person, on) {
            out.push(child(area, person, FamilyId::default(), &[]));
        }
    }
    out
}

/// The latest record in which a child was seen, alone, and spoken to.
#[derive(Default)]
struct Latest<'g, 'a> {
    seen: Option<&'g Happened<'a>>,
    alone: Option<&'g Happened<'a>>,
    spoken: Option<&'g Happened<'a>>,
}

fn child(area: Area<'_, '_>, person: P, family: FamilyId, times: &[When]) -> Child {
    let ground = area.ground;
    let mut latest = Latest::default();
    let mut school: Option<(When, String)> = None;
    for happened in ground.happened_to(person) {
        if happened.event.kind == EventKind::Enrolment && happened.event.until.is_none() {
            school = school.max(Some((happened.at, school_name(happened))));
        }
        if happened.at.first_day() <= ground.on {
            latest.take(happened);
        }
    }
    let first_incident = times.iter().min().copied();
    let shown = |seen: Option<&Happened<'_>>| {
        let source = |happened: &Happened<'_>| ground.source(happened.rec);
        seen.map(|seen| ContactSeen { at: seen.at, by: seen_by(area, seen), source: source(seen) })
    };
    let unborn = area.bios.stage(person, ground.on) == LifeStage::Unborn;
    Child {
        person: ground.id(person),
        family,
        unborn,
        age: if unborn { None } else { area.bios.age(person, ground.on) },
        gap: first_incident.map_or_else(String::new, |first| gap(area, person, first, &latest)),
        last_seen: shown(latest.seen),
        last_alone: shown(latest.alone),
        last_spoken: shown(latest.spoken),
        first_incident,
        last_incident: times.iter().max().copied(),
        known_to: ground.by_agency(&ground.records_about(person)).into_keys().collect(),
        school: school.map(|(_, name)| name).filter(|name| !name.is_empty()),
    }
}

impl<'g, 'a> Latest<'g, 'a> {
    fn take(&mut self, happened: &'g Happened<'a>) {
        let Some(contact) = &happened.event.child_contact else { return };
        let alone = contact.alone == Some(true);
        let spoken = contact.spoken_to == Some(true);
        if contact.seen == Some(true) || alone || spoken {
            keep_later(&mut self.seen, happened);
        }
        if alone {
            keep_later(&mut self.alone, happened);
        }
        if spoken {
            keep_later(&mut self.spoken, happened);
        }
    }
}

fn keep_later<'g, 'a>(latest: &mut Option<&'g Happened<'a>>, happened: &'g Happened<'a>) {
    if latest.is_none_or(|latest| (latest.at, latest.rec) < (happened.at, happened.rec)) {
        *latest = Some(happened);
    }
}

fn seen_by(area: Area<'_, '_>, happened: &Happened<'_>) -> String {
    let agency = area.ground.records.get(happened.rec).map_or("", |record| record.agency.as_str());
    let agency = agency.replace('_', " ");
    match &happened.event.by {
        Some(by) if !by.is_empty() => format!("{by} ({agency})"),
        _ => agency,
    }
}

fn school_name(happened: &Happened<'_>) -> String {
    let event = happened.event;
    let told =
        event.details.get("school").or(Some(&event.title).filter(|title| **title != event.kind.label()));
    told.cloned().unwrap_or_default()
}

/// Why somebody must look at this child now: since the first incident nobody saw them alone or spoke to them. A
/// child too young to speak counts as heard when seen.
fn gap(area: Area<'_, '_>, person: P, first: When, latest: &Latest<'_, '_>) -> String {
    let stage = area.bios.stage(person, area.ground.on);
    if stage == LifeStage::Unborn {
        return String::new();
    }
    let since =
        |seen: Option<&Happened<'_>>| seen.is_some_and(|seen| seen.at.last_day() >= first.first_day());
    let name = area.bios.name(person);
    let day = words_for(first);
    let young = area.ground.settings.numbers.children.too_young_to_speak;
    let too_young = area.bios.age(person, area.ground.on).is_some_and(|age| age < young);
    if too_young {
        return match since(latest.seen) {
            true => String::new(),
            false => format!("No agency has recorded seeing {name} since the first incident on {day}."),
        };
    }
    if since(latest.alone) || since(latest.spoken) {
        return String::new();
    }
    if since(latest.seen) {
        format!(
            "{name} was seen after the first incident on {day}, but nobody recorded seeing them alone or speaking to them."
        )
    } else {
        format!(
            "No agency has recorded seeing {name} alone or speaking to them since the first incident on {day}."
        )
    }
}
