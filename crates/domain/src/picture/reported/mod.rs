//! Every act of abuse that an agency reported, by who did it: police incidents, and what other agencies wrote of an injury, a
//! door kicked in, a child who saw it. What a pattern of episodes is read from. Each direction stands for itself: what is
//! recorded of one person is never taken off what is recorded of the other.

mod settings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::centres::Area;
use super::control::{Couples, whose};
use super::ground::P;
use super::harm::custody;
use super::kept::Kept;
use super::phrases::{Reader, told_of};
use super::shape::{CriticalPoint, HarmProfile, HarmReport, PartedFrom, ReportedHarm, TimeAway};
use crate::ids::PersonId;
use crate::record::EventKind;
pub(crate) use settings::EpisodeSettings;

/// What is reported of everybody who has a page as somebody causing harm.
pub(crate) fn find(
    area: Area<'_, '_>,
    kept: &Kept,
    profiles: &BTreeMap<PersonId, HarmProfile>,
    critical: &[CriticalPoint],
) -> BTreeMap<PersonId, ReportedHarm> {
    let mut reports: BTreeMap<P, Vec<HarmReport>> = BTreeMap::new();
    for (by, report) in of_police(area, kept).chain(of_others(area)) {
        reports.entry(by).or_default().push(report);
    }
    let mut found = BTreeMap::new();
    for (person, mut reports) in reports {
        let id = area.ground.id(person);
        let Some(profile) = profiles.get(&id) else { continue };
        reports.sort_by(|a, b| {
            let order = a.at.cmp(&b.at).then(a.source.seq.cmp(&b.source.seq));
            order.then_with(|| a.harmed.cmp(&b.harmed))
        });
        let away = away(area, person, profile);
        found.insert(id.clone(), ReportedHarm { parted: parted(&id, critical), person: id, reports, away });
    }
    found
}

/// Police incidents, in the direction that history tells.
fn of_police<'a>(area: Area<'a, '_>, kept: &'a Kept) -> impl Iterator<Item = (P, HarmReport)> + 'a {
    let domestic = area.cases.iter().enumerate().filter(|(_, case)| case.domestic);
    domestic.flat_map(move |(at, case)| {
        let rec = case.report.map(|(rec, _)| rec).or_else(|| case.recs.first().copied());
        let text = case.narrative().unwrap_or_default().to_lowercase();
        let signs = area.ground.settings.harm.hard.iter();
        let flags: Vec<String> = signs
            .filter(|sign| sign.has_code(&case.code) || sign.has_words(&text))
            .map(|sign| sign.name.clone())
            .collect();
        let what = case.report.map(|(_, event)| kept.hush(&event.title).into_owned()).unwrap_or_default();
        area.directions.sides(at).iter().filter_map(move |(by, harmed)| {
            let report = HarmReport {
                at: case.at,
                harmed: area.ground.id(*harmed),
                harm_class: case.class,
                what: what.clone(),
                incident: true,
                flags: flags.clone(),
                source: area.ground.source(rec?),
            };
            Some((*by, report))
        })
    })
}

/// What other agencies wrote of an act. Of a child's record the adults around the child, where harm between them is on record.
fn of_others<'a>(area: Area<'a, '_>) -> impl Iterator<Item = (P, HarmReport)> + 'a {
    let settings = &area.ground.settings.episodes;
    let couples = Couples::new(area);
    let mut reader = Reader::new(&settings.lexicon);
    let others = area
        .ground
        .happened
        .iter()
        .filter(|happened| !matches!(happened.event.kind, EventKind::Incident | EventKind::Involvement));
    others.flat_map(move |happened| {
        let acts = told_of(happened.event, &settings.by_event, &mut reader);
        let told = acts.into_iter().filter_map(|at| settings.acts.get(at));
        let mut told: Vec<_> = told.collect();
        told.sort_by_key(|act| std::cmp::Reverse(act.harm));
        let Some(gravest) = told.first() else { return Vec::new() };
        let (mut pairs, adults) = whose(area, &couples, happened, happened.at.first_day());
        if pairs.is_empty() {
            let both = adults.iter().flat_map(|a| adults.iter().map(move |b| (*a, *b)));
            pairs.extend(both.filter(|(a, b)| a != b && area.directions.mostly(*a, *b)));
        }
        let flags = told.iter().filter(|act| !act.flag.is_empty()).map(|act| act.flag.clone());
        let flags: Vec<String> = flags.collect();
        let report = |(by, harmed): (P, P)| {
            let report = HarmReport {
                at: happened.at,
                harmed: area.ground.id(harmed),
                harm_class: gravest.harm,
                what: gravest.label.clone(),
                incident: false,
                flags: flags.clone(),
                source: area.ground.source(happened.rec),
            };
            (by, report)
        };
        pairs.into_iter().map(report).collect::<Vec<_>>()
    })
}

/// Times in prison. One that nobody ended ends with the first day on which they are recorded as living somewhere again.
fn away(area: Area<'_, '_>, person: P, profile: &HarmProfile) -> Vec<TimeAway> {
    let spells = custody(profile, area.ground.settings).into_iter();
    spells
        .filter_map(|(from, to)| {
            if to.is_some() || profile.in_custody_since.is_some() {
                return Some(TimeAway { from, to });
            }
            let homes = area.homes.of_person(person).filter(|spell| {
                spell.lives() && spell.from.first_day() > from.first_day() && spell.covers(area.ground.on)
            });
            let home = homes.map(|spell| spell.from).min()?;
            Some(TimeAway { from, to: Some(home) })
        })
        .collect()
}

/// Separations that any agency's records tell of.
fn parted(person: &PersonId, critical: &[CriticalPoint]) -> Vec<PartedFrom> {
    let theirs = critical.iter().filter(|point| {
        point.kind == "separation" && !point.ahead && point.causing_harm.as_ref() == Some(person)
    });
    let mut found: Vec<PartedFrom> =
        theirs.filter_map(|point| Some(PartedFrom { at: point.at, harmed: point.harmed.clone()? })).collect();
    found.sort_unstable();
    found
}
