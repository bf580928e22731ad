//! Incidents as they are shown: one entry for all the rows of one report, with everyone's part and the children of
//! the household whom nobody named.

use std::collections::{BTreeMap, BTreeSet};

use super::cases::Case;
use super::centres::Area;
use super::kept::Kept;
use super::shape::{Incident, InvolvedPerson, Picture};
use crate::ids::{IncidentRef, PersonId};
use crate::record::Role;

/// Every police incident, by reference.
pub(crate) fn incidents(area: Area<'_, '_>, kept: &Kept) -> BTreeMap<IncidentRef, Incident> {
    let shown = area.cases.iter().map(|case| incident(area, kept, case));
    shown.map(|incident| (incident.reference.clone(), incident)).collect()
}

fn incident(area: Area<'_, '_>, kept: &Kept, case: &Case<'_>) -> Incident {
    let ground = area.ground;
    let event = case.report.map(|(_, event)| event);
    let detail = |name: &str| {
        let value = event?.details.get(name)?;
        (!value.trim().is_empty()).then(|| kept.hush(value).into_owned())
    };
    Incident {
        reference: IncidentRef::from(case.reference),
        at: case.at,
        reported: detail("reported").and_then(|text| text.parse().ok()),
        offence: event.map(|event| kept.hush(&event.title).into_owned()).unwrap_or_default(),
        code: case.code.clone(),
        domestic: case.domestic,
        domestic_because: case.because.clone(),
        harm_class: case.class,
        grade: detail("grade"),
        outcome: detail("outcome"),
        narrative: case.narrative().map(|text| kept.hush(text).into_owned()),
        place: event.and_then(|event| event.place.as_ref()).map(|place| area.homes.doors.shown(place)),
        involved: case
            .people
            .iter()
            .map(|part| InvolvedPerson {
                person: ground.id(part.person),
                roles: part.roles.clone(),
                relation: part.words.to_owned(),
                contact: part.contact.cloned(),
                source: ground.source(part.rec),
            })
            .collect(),
        children_not_named: children_not_named(area, case),
        sources: ground.sources(case.recs.iter().copied()),
    }
}

/// Children who lived with a main party on that day and are in no row of the incident.
fn children_not_named(area: Area<'_, '_>, case: &Case<'_>) -> Vec<PersonId> {
    if !case.domestic {
        return Vec::new();
    }
    let day = case.at.first_day();
    let mut found = BTreeSet::new();
    for party in case.with(Role::Victim).chain(case.with(Role::CausingHarm)) {
        let homes = area.homes.of_person(party).filter(|spell| spell.lives() && spell.covers(day));
        for other in homes.flat_map(|spell| area.homes.of_home(spell.home)) {
            let there = other.lives() && other.covers(day) && area.bios.is_child(other.person, day);
            if there && case.part(other.person).is_none() {
                found.insert(other.person);
            }
        }
    }
    found.into_iter().map(|person| area.ground.id(person)).collect()
}

/// Who did what to whom in an incident, as far as it and the history tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parties {
    /// Persons causing harm.
    pub causing_harm: Vec<PersonId>,
    /// Persons harmed.
    pub harmed: Vec<PersonId>,
    /// Children recorded as present.
    pub children: Vec<PersonId>,
}

/// The main parties of an incident. Where two people are recorded as suspect and as victim of one another, the history
/// tells which of them mostly causes harm; the other direction stays on record in [`Incident::involved`].
#[must_use]
pub fn primary_parties(incident: &Incident, picture: &Picture) -> Parties {
    let with = |role: Role| {
        let parts = incident.involved.iter().filter(move |part| part.roles.contains(&role));
        parts.map(|part| part.person.clone()).collect::<Vec<PersonId>>()
    };
    let (recorded, mut harmed) = (with(Role::CausingHarm), with(Role::Victim));
    let by_history: Vec<PersonId> = recorded
        .iter()
        .filter(|person| {
            let profile = picture.harm.get(*person);
            profile.is_some_and(|profile| profile.incidents.contains(&incident.reference))
        })
        .cloned()
        .collect();
    let causing_harm = if by_history.is_empty() { recorded } else { by_history };
    if harmed.iter().any(|person| !causing_harm.contains(person)) {
        harmed.retain(|person| !causing_harm.contains(person));
    }
    Parties { causing_harm, harmed, children: with(Role::ChildPresent) }
}
