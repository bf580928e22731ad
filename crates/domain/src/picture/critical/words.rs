//! Critical points that one record tells of, by its kind, its codes or its words. What the words are stands in the
//! partnership's document; here is only how a record is held against it.

use std::collections::BTreeSet;

use super::concerns::Concerns;
use super::settings::{CriticalSettings, Of, SignRule};
use super::{Raw, known};
use crate::picture::phrases::Reader;
use crate::record::{Event, EventKind};
use crate::when::When;

/// Every point that a single record tells of; those that are only counted come apart, for the rules that count them.
pub(crate) fn points(concerns: &Concerns<'_, '_>, settings: &CriticalSettings) -> (Vec<Raw>, Vec<Raw>) {
    let area = concerns.area;
    let mut reader = Reader::new(&settings.lexicon);
    let (mut points, mut counted) = (Vec::new(), Vec::new());
    for (at, case) in area.cases.iter().enumerate().filter(|(_, case)| case.domestic) {
        let Some((rec, event)) = case.report else { continue };
        let Some(rules) = settings.by_event.get(&EventKind::Incident) else { continue };
        let told: Vec<&SignRule> =
            rules.iter().filter(|rule| tells(rule, &case.code, event, &mut reader)).collect();
        if told.is_empty() {
            continue;
        }
        let reported = event.details.get("reported").and_then(|told| told.parse::<When>().ok());
        let seen = reported.map_or_else(|| known(area, rec), When::last_day).max(case.at.first_day());
        for concern in concerns.of_case(at) {
            for rule in &told {
                points.push(Raw { kind: rule.kind, concern, at: case.at, seen, rec });
            }
        }
    }
    for happened in &area.ground.happened {
        let event = happened.event;
        let rules = settings.by_event.get(&event.kind).filter(|_| event.kind != EventKind::Incident);
        let Some(rules) = rules else { continue };
        let mut whose: Vec<(Of, Vec<super::Concern>)> = Vec::new();
        for rule in rules {
            if !whose.iter().any(|(of, _)| *of == rule.of) {
                whose.push((rule.of, concerns.of(happened, rule.of)));
            }
            let found = whose.iter().find(|(of, _)| *of == rule.of).map(|(_, found)| found.clone());
            let found = found.unwrap_or_default();
            if found.is_empty() || !tells(rule, "", event, &mut reader) {
                continue;
            }
            let seen = known(area, happened.rec).max(happened.at.first_day());
            let list = if rule.counted { &mut counted } else { &mut points };
            list.extend(found.into_iter().map(|concern| Raw {
                kind: rule.kind,
                concern,
                at: happened.at,
                seen,
                rec: happened.rec,
            }));
        }
    }
    (points, counted)
}

fn tells(rule: &SignRule, code: &str, event: &Event, reader: &mut Reader<'_>) -> bool {
    if !rule.codes.is_empty() && !rule.codes.iter().any(|known| matches(known, code)) {
        return false;
    }
    let Some(list) = rule.list else { return true };
    let mut lists = BTreeSet::new();
    for field in &rule.fields {
        let text = match field.as_str() {
            "text" => event.text.as_deref(),
            "title" => Some(event.title.as_str()),
            other => event.details.get(other).map(String::as_str),
        };
        lists.extend(text.map(|text| reader.lists(text)).unwrap_or_default());
    }
    lists.contains(&list)
}

fn matches(known: &str, code: &str) -> bool {
    known.strip_suffix('*').map_or(known == code, |stem| code.starts_with(stem))
}
