//! What must not wait until tomorrow. The order is a simple rule that people can say in one sentence; each line says
//! why it is there and opens to its proof.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::families::words_for;
use super::ground::days_between;
use super::settings::Settings;
use super::shape::{
    Child, Family, HarmProfile, Incident, JusticeEntry, NextFamily, Picture, Source, Today, TodayItem,
};
use crate::ids::{FamilyId, PersonId};
use crate::record::EventKind;
use crate::when::When;

/// The queue of the area for one day, group by group, each group in its own order.
#[must_use]
pub fn today(picture: &Picture, settings: &Settings, on: Date) -> Today {
    let mut items = arrived(picture, settings, on);
    items.extend(hard_flags(picture, settings, on));
    items.extend(children(picture, settings, on));
    items.extend(next_families(picture, settings, on));
    let (rule, points) = super::critical::queue::lines(picture, settings, on);
    items.extend(numbered("critical_point", &rule, points));
    items.extend(super::triage::short_term_only(picture, settings, on));
    items.extend(repeats(picture, settings, on));
    Today { items }
}

pub(super) fn numbered(group: &str, rule: &str, items: Vec<TodayItem>) -> Vec<TodayItem> {
    let ranked = (1..).zip(items);
    ranked
        .map(|(rank, item)| TodayItem { group: group.to_owned(), rank, rule: rule.to_owned(), ..item })
        .collect()
}

pub(super) fn item(
    family: Option<FamilyId>,
    person: Option<PersonId>,
    because: String,
    since: Option<When>,
    sources: Vec<Source>,
) -> TodayItem {
    TodayItem {
        group: String::new(),
        rank: 0,
        family,
        person,
        because,
        rule: String::new(),
        since,
        sources,
        place: None,
    }
}

fn name<'p>(picture: &'p Picture, person: &PersonId) -> &'p str {
    picture.people.get(person).map_or(super::bios::NAMELESS, |person| person.name.as_str())
}

pub(super) fn recent(at: When, days: i64, on: Date) -> bool {
    let day = at.first_day();
    day <= on && days_between(day, on) <= days
}

/// One line for each family of which an incident was reported lately: the gravest first, then the newest.
fn arrived(picture: &Picture, settings: &Settings, on: Date) -> Vec<TodayItem> {
    let days = settings.numbers.today.since_days;
    let reported = |incident: &Incident| incident.reported.unwrap_or(incident.at);
    let mut found: Vec<(u8, When, TodayItem)> = Vec::new();
    for family in picture.families.values() {
        let new: Vec<&Incident> = incidents_of(picture, family)
            .filter(|incident| incident.domestic && recent(reported(incident), days, on))
            .collect();
        let Some(newest) = new.iter().map(|incident| reported(incident)).max() else { continue };
        let Some(gravest) = new.iter().max_by_key(|incident| incident.harm_class) else { continue };
        let recorded = match gravest.offence.as_str() {
            "" => String::new(),
            offence => format!(", recorded as “{offence}”"),
        };
        let because = match new.len() {
            1 => format!("{}: an incident was reported on {}{recorded}.", family.name, words_for(newest)),
            many => format!(
                "{}: {many} incidents were reported, the last on {}; the gravest{}.",
                family.name,
                words_for(newest),
                recorded.replacen(',', "", 1)
            ),
        };
        let sources = new.iter().flat_map(|incident| incident.sources.first().cloned()).take(8).collect();
        let person = most_often_causing(&new);
        let line = item(Some(family.id.clone()), person, because, Some(newest), sources);
        found.push((gravest.harm_class, newest, line));
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.cmp(&a.1)).then_with(|| a.2.family.cmp(&b.2.family)));
    let within = match days {
        1 => "today or yesterday".to_owned(),
        days => format!("in the last {days} days"),
    };
    let rule = format!("A domestic incident was reported {within}. The gravest first, then the newest.");
    numbered("since_yesterday", &rule, found.into_iter().map(|(_, _, line)| line).collect())
}

/// One line for each person causing harm with something recent that must not wait; more kinds of danger first, then
/// the newest.
fn hard_flags(picture: &Picture, settings: &Settings, on: Date) -> Vec<TodayItem> {
    let numbers = &settings.numbers.today;
    let mut found: Vec<(usize, When, TodayItem)> = Vec::new();
    for profile in picture.harm.values() {
        let mut reasons: Vec<Reason<'_>> = Vec::new();
        let incidents = profile.incidents.iter().filter_map(|reference| picture.incidents.get(reference));
        for incident in incidents.filter(|incident| recent(incident.at, numbers.hard_days, on)) {
            reasons.extend(hard_reasons(settings, incident));
        }
        reasons.extend(justice_reasons(profile, settings, on));
        // Of each kind of danger the newest speaks.
        reasons.sort_by(|a, b| a.kind.cmp(b.kind).then(b.at.cmp(&a.at)));
        reasons.dedup_by(|a, b| a.kind == b.kind);
        reasons.sort_by(|a, b| b.at.cmp(&a.at).then(a.kind.cmp(b.kind)));
        let Some(newest) = reasons.first().map(|reason| reason.at) else { continue };
        let texts: Vec<&str> = reasons.iter().map(|reason| reason.text.as_str()).collect();
        let because = format!("{}: {}.", name(picture, &profile.person), texts.join("; "));
        let sources = reasons.iter().flat_map(|reason| reason.sources.clone()).take(8).collect();
        let family = profile.families.first().cloned();
        let line = item(family, Some(profile.person.clone()), because, Some(newest), sources);
        found.push((reasons.len(), newest, line));
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.cmp(&a.1)).then_with(|| a.2.person.cmp(&b.2.person)));
    let rule = format!(
        "A serious incident, breach or release from prison in the last {} days. Most kinds of danger first, then the newest.",
        numbers.hard_days.max(numbers.release_days).max(numbers.breach_days)
    );
    numbered("hard_flag", &rule, found.into_iter().map(|(_, _, line)| line).collect())
}

/// One kind of danger, the last time it was recorded.
struct Reason<'s> {
    kind: &'s str,
    at: When,
    text: String,
    sources: Vec<Source>,
}

/// What in an incident must not wait: by its code, else by the officer's words.
fn hard_reasons<'s>(settings: &'s Settings, incident: &Incident) -> Vec<Reason<'s>> {
    let text = incident.narrative.as_deref().unwrap_or_default().to_lowercase();
    let day = words_for(incident.at);
    let signs = settings.harm.hard.iter().filter_map(|sign| {
        let says = if sign.has_code(&incident.code) {
            &sign.says
        } else if sign.has_words(&text) {
            &sign.reads
        } else {
            return None;
        };
        let text = format!("{says} ({day})");
        Some(Reason { kind: &sign.name, at: incident.at, text, sources: incident.sources.clone() })
    });
    signs.collect()
}

fn justice_reasons<'s>(profile: &HarmProfile, settings: &'s Settings, on: Date) -> Vec<Reason<'s>> {
    let numbers = &settings.numbers.today;
    let reason = |entry: &JusticeEntry| {
        let day = words_for(entry.at);
        let (kind, text) = match entry.kind {
            EventKind::Release if recent(entry.at, numbers.release_days, on) => {
                ("release", format!("released from prison on {day}"))
            }
            EventKind::Breach if recent(entry.at, numbers.breach_days, on) => {
                ("breach recorded by probation", format!("probation recorded a breach on {day}"))
            }
            EventKind::Recall if recent(entry.at, numbers.release_days, on) => {
                ("recall", format!("recalled to prison on {day}"))
            }
            _ => return None,
        };
        Some(Reason { kind, at: entry.at, text, sources: vec![entry.source.clone()] })
    };
    profile.justice.iter().filter_map(reason).collect()
}

/// Children with a gap whose family had an incident lately; the most incidents first, then the youngest.
fn children(picture: &Picture, settings: &Settings, on: Date) -> Vec<TodayItem> {
    let days = settings.numbers.today.gap_days;
    let incidents =
        |child: &Child| picture.families.get(&child.family).map_or(0, |family| family.incidents.len());
    let mut found: Vec<&Child> = picture
        .children
        .iter()
        .filter(|child| !child.gap.is_empty())
        .filter(|child| child.last_incident.is_some_and(|at| recent(at, days, on)))
        .collect();
    found.sort_by(|a, b| {
        let never = |child: &Child| child.last_seen.is_some();
        let age = |child: &Child| child.age.unwrap_or(u8::MAX);
        let order = never(a).cmp(&never(b)).then(incidents(b).cmp(&incidents(a)));
        order.then(age(a).cmp(&age(b))).then_with(|| a.person.cmp(&b.person))
    });
    let lines = found.into_iter().map(|child| {
        let seen = [&child.last_seen, &child.last_alone, &child.last_spoken];
        let sources = seen.into_iter().flatten().map(|seen| seen.source.clone()).collect();
        item(
            Some(child.family.clone()),
            Some(child.person.clone()),
            child.gap.clone(),
            child.first_incident,
            sources,
        )
    });
    let rule = format!(
        "Since the first incident nobody saw this child alone or spoke to them, and the latest incident is not older than {days} days. Children nobody has seen first, then most incidents, then youngest."
    );
    numbered("child_not_spoken_to", &rule, lines.collect())
}

fn next_families(picture: &Picture, settings: &Settings, on: Date) -> Vec<TodayItem> {
    let days = settings.numbers.today.next_family_days;
    let found = in_order(picture.next_families.iter(), days, on);
    let lines = found.into_iter().map(|next| {
        let families = next.new_partner.as_ref().and_then(|partner| picture.people.get(partner));
        let founded = families.and_then(|person| person.families.first().cloned());
        next_line(next, founded.or_else(|| next.earlier_family.clone()))
    });
    let rule = format!(
        "Somebody who caused harm was first recorded near another household in the last {days} days, and a person confirmed it or harm is recorded there. Those with an incident there first, then with children, then the surest."
    );
    numbered("next_family", &rule, lines.collect())
}

/// The lines that ask whether somebody has joined another family, for whoever is to say so.
#[must_use]
pub fn to_confirm<'a>(
    asked: impl IntoIterator<Item = &'a NextFamily>,
    settings: &Settings,
    on: Date,
) -> Vec<TodayItem> {
    let days = settings.numbers.today.next_family_days;
    let found = in_order(asked, days, on);
    let lines = found.into_iter().map(|next| next_line(next, next.earlier_family.clone()));
    let rule = format!(
        "Records of the last {days} days suggest that somebody you work with has joined another household. Nobody but those who work with them is shown this until one of you says that it is so. Those with children there first, then the surest."
    );
    numbered("next_family_to_confirm", &rule, lines.collect())
}

fn next_line(next: &NextFamily, family: Option<FamilyId>) -> TodayItem {
    let sources = next.signs.iter().take(8).map(|sign| sign.source.clone()).collect();
    item(family, Some(next.person.clone()), next.because.clone(), Some(next.first_seen), sources)
}

/// Those first seen within so many days: those with an incident first, then with children, then the surest.
fn in_order<'a>(all: impl IntoIterator<Item = &'a NextFamily>, days: i64, on: Date) -> Vec<&'a NextFamily> {
    let mut found: Vec<_> = all.into_iter().filter(|next| recent(next.first_seen, days, on)).collect();
    found.sort_by(|a, b| {
        let order = b.first_incident.is_some().cmp(&a.first_incident.is_some());
        let order = order.then(b.children.len().min(1).cmp(&a.children.len().min(1)));
        order.then(b.probability.total_cmp(&a.probability)).then(b.first_seen.cmp(&a.first_seen))
    });
    found
}

/// Families with several incidents in a short time; the most first.
fn repeats(picture: &Picture, settings: &Settings, on: Date) -> Vec<TodayItem> {
    let numbers = &settings.numbers.today;
    let mut found: Vec<(usize, When, TodayItem)> = Vec::new();
    for family in picture.families.values() {
        let recent: Vec<&Incident> = incidents_of(picture, family)
            .filter(|incident| recent(incident.at, numbers.repeat_days, on))
            .collect();
        let Some(newest) = recent.iter().map(|incident| incident.at).max() else { continue };
        if recent.len() < numbers.repeat_incidents as usize {
            continue;
        }
        let (count, days) = (recent.len(), numbers.repeat_days);
        let because =
            format!("{}: {count} incidents in {days} days, the last on {}.", family.name, words_for(newest));
        let sources = recent.iter().flat_map(|incident| incident.sources.first().cloned()).take(8).collect();
        let person = most_often_causing(&recent);
        found.push((count, newest, item(Some(family.id.clone()), person, because, Some(newest), sources)));
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.cmp(&a.1)).then_with(|| a.2.family.cmp(&b.2.family)));
    let rule = format!(
        "At least {} incidents in one family within {} days. The most first, then the newest.",
        numbers.repeat_incidents, numbers.repeat_days
    );
    numbered("repeat_incidents", &rule, found.into_iter().map(|(_, _, line)| line).collect())
}

pub(super) fn incidents_of<'p>(
    picture: &'p Picture,
    family: &'p Family,
) -> impl Iterator<Item = &'p Incident> {
    family.incidents.iter().filter_map(|reference| picture.incidents.get(reference))
}

pub(super) fn most_often_causing(incidents: &[&Incident]) -> Option<PersonId> {
    let mut times: BTreeMap<&PersonId, u32> = BTreeMap::new();
    for part in incidents.iter().flat_map(|incident| &incident.involved) {
        if part.roles == [crate::record::Role::CausingHarm] {
            *times.entry(&part.person).or_default() += 1;
        }
    }
    let most = times.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(a.0)));
    most.map(|(person, _)| person.clone())
}
