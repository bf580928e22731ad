//! Critical points that only several records together show: incidents coming closer, sessions and contacts missed, harm told
//! to one agency after another.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::concerns::{Concern, Concerns};
use super::settings::Of;
use super::{Raw, days, known};
use crate::ids::AgencyId;
use crate::record::{EventKind, Role};
use crate::when::When;

/// Several incidents in a short time, or gaps that halved again and again.
pub(crate) fn more_often(concerns: &Concerns<'_, '_>) -> Vec<Raw> {
    let area = concerns.area;
    let numbers = &area.ground.settings.critical.numbers;
    let mut found = Vec::new();
    for (by, harmed) in concerns.pairs() {
        let Some(pair) = area.directions.pair(by, harmed) else { continue };
        let cases: Vec<_> = pair.cases.iter().filter_map(|at| area.cases.get(*at)).collect();
        let mut episodes: Vec<(When, usize)> = Vec::new();
        for case in cases {
            let rec = case.report.map(|(rec, _)| rec).or_else(|| case.recs.first().copied());
            let merged =
                episodes.last().is_some_and(|(last, _)| days(last.last_day(), case.at.first_day()) < 3);
            if let Some(rec) = rec.filter(|_| !merged) {
                episodes.push((case.at, rec));
            }
        }
        let day = |at: usize| episodes.get(at).map(|(when, _)| when.first_day());
        for (at, (when, rec)) in episodes.iter().enumerate() {
            let many = (at + 1).checked_sub(numbers.often_incidents as usize).and_then(day);
            let close = many.is_some_and(|first| days(first, when.first_day()) <= numbers.often_days);
            if close || halved(&episodes, at, numbers.halved_times as usize, numbers.halved_days) {
                let (concern, seen) = (concerns.between(by, harmed), when.last_day());
                found.push(Raw { kind: 0, concern, at: *when, seen, rec: *rec });
            }
        }
    }
    found
}

fn halved(episodes: &[(When, usize)], at: usize, times: usize, most: i64) -> bool {
    let gap = |end: usize| {
        let (from, to) = (episodes.get(end.checked_sub(1)?)?, episodes.get(end)?);
        Some(days(from.0.first_day(), to.0.first_day()))
    };
    let half = |end: usize| {
        let (now, before) = (gap(end)?, gap(end.checked_sub(1)?)?);
        Some(now * 2 <= before)
    };
    gap(at).is_some_and(|last| last <= most)
        && (0..times).all(|back| at.checked_sub(back).and_then(half).unwrap_or(false))
}

/// Sessions of a programme missed in a row.
pub(crate) fn programme_missed(concerns: &Concerns<'_, '_>) -> Vec<Raw> {
    let area = concerns.area;
    let numbers = &area.ground.settings.critical.numbers;
    let mut sessions: BTreeMap<u32, Vec<(When, bool, usize)>> = BTreeMap::new();
    for happened in area.ground.happened.iter().filter(|h| h.event.kind == EventKind::ProgrammeSession) {
        let outcome =
            happened.event.details.get("outcome").map(|words| words.to_lowercase()).unwrap_or_default();
        let missed = ["did not", "failed", "absen", "missed", "removed", "withdr"]
            .iter()
            .any(|word| outcome.contains(word));
        for (person, _) in happened.people.iter().filter(|(_, role)| *role == Role::Subject) {
            sessions.entry(*person).or_default().push((happened.at, missed, happened.rec));
        }
    }
    let mut found = Vec::new();
    for (person, mut held) in sessions {
        held.sort_unstable();
        let mut in_a_row = 0;
        for (at, missed, rec) in held {
            in_a_row = if missed { in_a_row + 1 } else { 0 };
            if in_a_row == numbers.missed_times
                && let Some(concern) = concerns.causing(person, at.first_day())
            {
                found.push(Raw { kind: 0, concern, at, seen: at.last_day(), rec });
            }
        }
    }
    found
}

/// Contacts that were missed or answered by somebody else, several in a short time.
pub(crate) fn contacts_missed(concerns: &Concerns<'_, '_>, mut counted: Vec<Raw>) -> Vec<Raw> {
    let numbers = &concerns.area.ground.settings.critical.numbers;
    counted.sort_by(|a, b| a.concern.cmp(&b.concern).then(a.at.cmp(&b.at)).then(a.rec.cmp(&b.rec)));
    counted.dedup_by(|a, b| a.concern == b.concern && a.rec == b.rec);
    let back = (numbers.missed_times as usize).saturating_sub(1);
    let mut found = Vec::new();
    for (at, one) in counted.iter().enumerate() {
        let first = at.checked_sub(back).and_then(|first| counted.get(first));
        let close = first.is_some_and(|first| {
            first.concern == one.concern
                && days(first.at.first_day(), one.at.first_day()) <= numbers.missed_days
        });
        if close {
            found.push(one.clone());
        }
    }
    found
}

/// Harm told to an agency that had recorded none of it so far.
pub(crate) fn told_another_agency(concerns: &Concerns<'_, '_>) -> Vec<Raw> {
    let area = concerns.area;
    let mut told: BTreeMap<Concern, Vec<(When, Date, usize, AgencyId)>> = BTreeMap::new();
    for happened in &area.ground.happened {
        let disclosed = match happened.event.kind {
            EventKind::ServiceReferral => true,
            EventKind::RoutineEnquiry => {
                let answer = happened.event.details.get("disclosed").map_or("", |answer| answer.trim());
                ["yes", "y", "true"].iter().any(|yes| answer.eq_ignore_ascii_case(yes))
            }
            _ => false,
        };
        if !disclosed {
            continue;
        }
        let agency = area.ground.source(happened.rec).agency;
        for concern in concerns.of(happened, Of::Harmed) {
            let seen = known(area, happened.rec).max(happened.at.first_day());
            told.entry(concern).or_default().push((happened.at, seen, happened.rec, agency.clone()));
        }
    }
    let mut found = Vec::new();
    for (concern, mut list) in told {
        list.sort_unstable();
        let mut agencies = BTreeSet::new();
        for (at, seen, rec, agency) in list {
            if agencies.insert(agency) {
                found.push(Raw { kind: 0, concern, at, seen, rec });
            }
        }
    }
    found
}
