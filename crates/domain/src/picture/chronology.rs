//! One line of time across agencies. An incident and the rows of everybody in it are one entry, months of school
//! attendance are folded into school years, and each entry keeps its three times.

use std::collections::{BTreeMap, BTreeSet};

use super::ground::{Ground, Happened, P};
use super::kept::Kept;
use super::settings::Settings;
use super::shape::{Entry, KnownRecord, Viewpoint};
use super::viewpoint::as_known;
use crate::ids::{IncidentRef, PersonId};
use crate::record::{Event, EventKind, Role};
use crate::when::When;

/// Everything recorded about these people, newest first, as seen from a viewpoint.
///
/// Events are reached through everybody a row names, an agency's own numbers, and households it knows by number.
#[must_use]
pub fn chronology(
    records: &[KnownRecord],
    about: &BTreeSet<PersonId>,
    view: &Viewpoint,
    settings: &Settings,
    kept: &Kept,
) -> Vec<Entry> {
    let day = view.as_known_on.unwrap_or(jiff::civil::Date::MAX);
    let ground = Ground::new(as_known(records, view), settings, day);
    let about: Vec<P> = (0..ground.count()).filter(|person| about.contains(&ground.id(*person))).collect();

    let mut incidents: BTreeSet<&str> = BTreeSet::new();
    let mut months: BTreeMap<(P, &str, i16), Vec<usize>> = BTreeMap::new();
    let mut single: BTreeSet<usize> = BTreeSet::new();
    for &person in &about {
        for &at in ground.happened_to.of(person) {
            let at = at as usize;
            let Some(happened) = ground.happened.get(at) else { continue };
            match happened.event.kind {
                EventKind::Incident | EventKind::Involvement => {
                    incidents.insert(reference(&ground, happened));
                }
                EventKind::Attendance => {
                    let key = (person, agency_at(&ground, happened), school_year(happened.at));
                    months.entry(key).or_default().push(at);
                }
                _ => {
                    single.insert(at);
                }
            }
        }
    }
    let mut entries: Vec<Entry> =
        single.into_iter().filter_map(|at| entry(&ground, kept, ground.happened.get(at)?)).collect();
    entries.extend(months.into_values().filter_map(|months| attendance(&ground, kept, &months)));
    entries.extend(incident_entries(&ground, kept, &incidents, &about));
    entries.sort_by(|a, b| b.at.cmp(&a.at).then(b.seq.cmp(&a.seq)).then(b.kind.cmp(&a.kind)));
    entries
}

fn reference<'a>(ground: &Ground<'a>, happened: &Happened<'a>) -> &'a str {
    let row_key = ground.records.get(happened.rec).map_or("", |record| record.record.row_key.as_str());
    happened.event.reference.as_deref().unwrap_or(row_key)
}

/// School years begin in September.
fn school_year(at: When) -> i16 {
    let day = at.first_day();
    if day.month() >= 9 { day.year() } else { day.year() - 1 }
}

fn agency_at<'a>(ground: &Ground<'a>, happened: &Happened<'a>) -> &'a str {
    ground.records.get(happened.rec).map_or("", |record| record.agency.as_str())
}

fn people(ground: &Ground<'_>, people: &[(P, Role)]) -> Vec<(PersonId, Role)> {
    let mut people: Vec<(P, Role)> = people.to_vec();
    people.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.cmp(&b.0)));
    people.dedup();
    people.into_iter().map(|(person, role)| (ground.id(person), role)).collect()
}

fn entry(ground: &Ground<'_>, kept: &Kept, happened: &Happened<'_>) -> Option<Entry> {
    let record = ground.records.get(happened.rec)?;
    let event: &Event = happened.event;
    let hush = |text: &String| kept.hush(text).into_owned();
    Some(Entry {
        at: happened.at,
        until: event.until,
        recorded: record.recorded,
        received: record.received,
        agency: record.agency.clone(),
        kind: event.kind,
        title: hush(&event.title),
        text: event.text.as_ref().map(hush),
        by: event.by.as_ref().map(hush),
        people: people(ground, &happened.people),
        incident: None,
        contact: event.child_contact.clone(),
        details: event.details.iter().map(|(name, value)| (name.clone(), hush(value))).collect(),
        seq: record.seq,
    })
}

fn incident_entries(
    ground: &Ground<'_>,
    kept: &Kept,
    references: &BTreeSet<&str>,
    about: &[P],
) -> Vec<Entry> {
    let mut rows: BTreeMap<&str, Vec<&Happened<'_>>> = BTreeMap::new();
    for happened in &ground.happened {
        if matches!(happened.event.kind, EventKind::Incident | EventKind::Involvement) {
            let reference = reference(ground, happened);
            if references.contains(reference) {
                rows.entry(reference).or_default().push(happened);
            }
        }
    }
    let mut entries = Vec::new();
    for (reference, rows) in rows {
        // The report tells what happened; without it the first part does.
        let report = rows.iter().filter(|row| row.event.kind == EventKind::Incident);
        let report = report.max_by_key(|row| (ground.recorded(row.rec), row.rec)).or(rows.first());
        let Some(mut entry) = report.and_then(|row| entry(ground, kept, row)) else { continue };
        let everybody: Vec<(P, Role)> = rows.iter().flat_map(|row| row.people.iter().copied()).collect();
        entry.kind = EventKind::Incident;
        entry.people = people(ground, &everybody);
        entry.incident = Some(IncidentRef::from(reference));
        let own = |row: &&&Happened<'_>| row.people.iter().any(|(person, _)| about.contains(person));
        entry.contact = rows.iter().filter(own).find_map(|row| row.event.child_contact.clone());
        entries.push(entry);
    }
    entries
}

/// What is added up over the months of a school year.
const COUNTED: [&str; 5] = ["attended", "authorised", "late", "possible", "unauthorised"];

/// One entry for the months of a school year.
fn attendance(ground: &Ground<'_>, kept: &Kept, months: &[usize]) -> Option<Entry> {
    let mut months: Vec<&Happened<'_>> = months.iter().filter_map(|at| ground.happened.get(*at)).collect();
    months.sort_by_key(|month| (month.at, month.rec));
    let (first, last) = (months.first()?, months.last()?);
    let mut folded = entry(ground, kept, last)?;
    folded.at = first.at;
    folded.until = Some(last.event.until.unwrap_or(last.at));
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    for month in &months {
        for name in COUNTED {
            let value = month.event.details.get(name).and_then(|value| value.trim().parse::<f64>().ok());
            *sums.entry(name).or_default() += value.filter(|value| value.is_finite()).unwrap_or(0.0);
        }
    }
    folded.title = "School attendance".to_owned();
    for (name, sum) in &sums {
        folded.details.insert((*name).to_owned(), format!("{sum}"));
    }
    let months_told = match months.len() {
        1 => "1 month".to_owned(),
        many => format!("{many} months"),
    };
    folded.text = match (sums.get("attended"), sums.get("possible").filter(|sum| **sum > 0.0)) {
        (Some(attended), Some(possible)) => {
            let share = (attended / possible * 100.0).round();
            Some(format!("{months_told}: {attended} of {possible} sessions attended ({share}%)."))
        }
        _ => Some(months_told),
    };
    Some(folded)
}
