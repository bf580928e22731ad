//! Critical points as the day's queue shows them: those nobody has looked at afresh, overdue ones first, and those that come
//! soon.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::super::families::words_for;
use super::super::settings::Settings;
use super::super::shape::{CriticalPoint, Picture, TodayItem};
use super::days;
use crate::ids::{FamilyId, PersonId};
use crate::when::When;

/// One line for each person and family, and the rule that put them there.
pub(crate) fn lines(picture: &Picture, settings: &Settings, on: Date) -> (String, Vec<TodayItem>) {
    let numbers = &settings.numbers.today;
    let mut by_whom: BTreeMap<(Option<&PersonId>, Option<&FamilyId>), Vec<&CriticalPoint>> = BTreeMap::new();
    for point in &picture.critical {
        let left = days(on, point.due);
        let near = (-numbers.critical_days..=numbers.critical_ahead_days).contains(&left);
        if point.answered.is_none() && near {
            let person = point.causing_harm.as_ref().or(point.harmed.as_ref());
            by_whom.entry((person, point.family.as_ref())).or_default().push(point);
        }
    }
    let mut found: Vec<(bool, usize, Date, TodayItem)> = Vec::new();
    for ((person, family), mut points) in by_whom {
        points.sort_by(|a, b| a.due.cmp(&b.due).then_with(|| a.kind.cmp(&b.kind)));
        let Some(first) = points.first().map(|point| point.due) else { continue };
        let kinds: BTreeSet<&str> = points.iter().map(|point| point.kind.as_str()).collect();
        let item = line(picture, person, family, &points);
        found.push((first >= on, kinds.len(), first, item));
    }
    found.sort_by(|a, b| {
        let order = a.0.cmp(&b.0).then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2));
        order.then_with(|| (&a.3.person, &a.3.family).cmp(&(&b.3.person, &b.3.family)))
    });
    let rule = format!(
        "Something after which the risk must be looked at afresh, due in the last {} days or the next {}, and no assessment is recorded since. Overdue ones first, then most kinds, then the longest waiting.",
        numbers.critical_days, numbers.critical_ahead_days
    );
    (rule, found.into_iter().map(|(_, _, _, item)| item).collect())
}

fn line(
    picture: &Picture,
    person: Option<&PersonId>,
    family: Option<&FamilyId>,
    points: &[&CriticalPoint],
) -> TodayItem {
    let name = person.and_then(|person| picture.people.get(person));
    let name = name.map_or(super::super::bios::NAMELESS, |person| person.name.as_str());
    let mut said = BTreeSet::new();
    let texts: Vec<String> = points
        .iter()
        .filter(|point| said.insert(point.kind.as_str()))
        .map(|point| {
            let due = if point.overdue { "was due" } else { "due" };
            let due = format!("{due} {}", words_for(When::day(point.due)));
            format!("{} on {} ({due})", lower(&point.label), words_for(point.at))
        })
        .collect();
    let signs = points.iter().filter_map(|point| point.signs.first());
    TodayItem {
        group: String::new(),
        rank: 0,
        family: family.cloned(),
        person: person.cloned(),
        because: format!("{name}: {}. Nobody is recorded as having looked afresh.", texts.join("; ")),
        rule: String::new(),
        since: points.iter().map(|point| point.at).min(),
        sources: signs.map(|sign| sign.source.clone()).take(8).collect(),
        place: None,
    }
}

fn lower(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
