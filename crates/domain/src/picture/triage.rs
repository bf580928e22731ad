//! What the loudest incident hides: families in which every incident was answered by itself, and open families, of which
//! somebody must be the lead.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::centres::Area;
use super::families::{Draft, words_for};
use super::settings::Settings;
use super::shape::{Family, FamilyPart, Incident, Lasting, Picture, TodayItem};
use super::today::{incidents_of, item, most_often_causing, numbered, recent};
use crate::ids::{AgencyId, PersonId};
use crate::when::When;

/// An open family, with whose names must be clear before somebody is shown it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenFamily {
    /// Its line, should nobody lead.
    pub item: TodayItem,
    /// Everybody in it.
    pub members: BTreeSet<PersonId>,
    /// Those of them through whom somebody comes to it: not who causes harm, who may have several families.
    pub through: BTreeSet<PersonId>,
}

/// The response to a family that reaches furthest, among kinds that last: a plan, an assessment, a programme.
pub(crate) fn lasting(area: Area<'_, '_>, draft: &Draft) -> Option<Lasting> {
    let kinds = &area.ground.settings.numbers.short_term;
    let mut best: Option<(Date, Lasting)> = None;
    for &person in draft.members.keys() {
        for happened in area.ground.happened_to(person) {
            let kind = happened.event.kind;
            if !kinds.lasting.contains(&kind) || happened.at.first_day() > area.ground.on {
                continue;
            }
            let runs = kinds.running.contains(&kind) && happened.event.until.is_none();
            let until = match runs {
                true => area.ground.on,
                false => happened.event.until.unwrap_or(happened.at).last_day().max(happened.at.last_day()),
            };
            let newer = best.as_ref().is_none_or(|(other, known)| (until, happened.at) > (*other, known.at));
            if newer {
                let source = area.ground.source(happened.rec);
                best = Some((until, Lasting { kind, at: happened.at, until: When::day(until), source }));
            }
        }
    }
    best.map(|(_, lasting)| lasting)
}

/// Families with several incidents over some time and no response that lasts: the most incidents first.
pub(crate) fn short_term_only(picture: &Picture, settings: &Settings, on: Date) -> Vec<TodayItem> {
    let numbers = &settings.numbers.short_term;
    let mut found: Vec<(usize, When, TodayItem)> = Vec::new();
    for family in picture.families.values() {
        let lately = lately(picture, family, numbers.within_days, on);
        let at = || lately.iter().map(|incident| incident.at);
        let (Some(first), Some(newest)) = (at().min(), at().max()) else { continue };
        let apart = super::ground::days_between(first.first_day(), newest.first_day());
        if lately.len() < numbers.incidents as usize || apart < numbers.span_days {
            continue;
        }
        if family.lasting.as_ref().is_some_and(|lasting| lasting.until.last_day() >= first.first_day()) {
            continue;
        }
        let because = format!(
            "{}: {} incidents since {}, and no plan, assessment or programme since then in the records that you may see.",
            family.name,
            lately.len(),
            words_for(first)
        );
        let sources = lately.iter().flat_map(|incident| incident.sources.first().cloned()).take(8).collect();
        let person = most_often_causing(&lately);
        found.push((
            lately.len(),
            newest,
            item(Some(family.id.clone()), person, because, Some(newest), sources),
        ));
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.cmp(&a.1)).then_with(|| a.2.family.cmp(&b.2.family)));
    let kinds: Vec<String> = numbers.lasting.iter().map(|kind| kind.label().to_lowercase()).collect();
    let rule = format!(
        "At least {} domestic incidents in the last {} days, the first and the last at least {} days apart, and nothing that lasts since the first of them: {}. The most incidents first.",
        numbers.incidents,
        numbers.within_days,
        numbers.span_days,
        kinds.join(", ")
    );
    numbered("short_term_only", &rule, found.into_iter().map(|(_, _, line)| line).collect())
}

/// Families with an incident lately that an agency has records about, as lines for those of which nobody is the lead: the most
/// incidents first.
#[must_use]
pub fn open_families(picture: &Picture, agency: &AgencyId, settings: &Settings, on: Date) -> Vec<OpenFamily> {
    let days = settings.numbers.no_lead.open_days;
    let mut found: Vec<(usize, When, OpenFamily)> = Vec::new();
    for family in picture.families.values().filter(|family| family.records.contains_key(agency)) {
        let lately = lately(picture, family, days, on);
        let Some(newest) = lately.iter().map(|incident| incident.at).max() else { continue };
        let incidents = match lately.len() {
            1 => "1 incident".to_owned(),
            many => format!("{many} incidents"),
        };
        let because = format!(
            "{}: {incidents} in the last {days} days, and nobody in your agency has this family.",
            family.name
        );
        let sources = lately.iter().flat_map(|incident| incident.sources.first().cloned()).take(3).collect();
        let person = most_often_causing(&lately);
        let through = family.members.iter().filter(|member| member.part != FamilyPart::CausingHarm);
        found.push((
            lately.len(),
            newest,
            OpenFamily {
                item: item(Some(family.id.clone()), person, because, Some(newest), sources),
                members: family.members.iter().map(|member| member.person.clone()).collect(),
                through: through.map(|member| member.person.clone()).collect(),
            },
        ));
    }
    found.sort_by(|a, b| {
        b.0.cmp(&a.0).then(b.1.cmp(&a.1)).then_with(|| a.2.item.family.cmp(&b.2.item.family))
    });
    found.into_iter().map(|(_, _, open)| open).collect()
}

/// The lines of families of which nobody in the reader's agency is the lead. `led` are people allocated to somebody there in
/// person: a team alone is nobody whom a family can ask for.
#[must_use]
pub fn no_lead(open: Vec<OpenFamily>, led: &BTreeSet<PersonId>, settings: &Settings) -> Vec<TodayItem> {
    let lines = open.into_iter().filter(|open| open.members.is_disjoint(led)).map(|open| open.item);
    let rule = format!(
        "A domestic incident in the last {} days, your agency has records about the family, and nobody in it is allocated to one of your colleagues in person. What other agencies do is not told here. The most incidents first.",
        settings.numbers.no_lead.open_days
    );
    numbered("no_lead", &rule, lines.collect())
}

/// Domestic incidents of a family within so many days.
fn lately<'p>(picture: &'p Picture, family: &'p Family, days: i64, on: Date) -> Vec<&'p Incident> {
    incidents_of(picture, family)
        .filter(|incident| incident.domestic && recent(incident.at, days, on))
        .collect()
}
