//! Critical points: what must lead to a fresh look at the risk, from every agency's records. Each cites the facts it
//! rests on, so that whoever may not know of those does not know of it either. A point is never closed by what the program
//! works out: only a later assessment answers it.

mod apart;
mod births;
mod clock;
mod concerns;
mod counts;
mod homes;
mod known_ahead;
pub(crate) mod queue;
pub(crate) mod settings;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::centres::{Area, Centres};
use super::control::Controls;
use super::families::{Draft, family_id, words_for};
use super::ground::P;
use super::homes::fingerprint;
use super::next_family::Joining;
use super::shape::{Answered, CriticalPoint, Sign};
use crate::when::When;
pub(crate) use concerns::{Concern, Concerns};
use settings::{CriticalSettings, Kind, Rule};

/// One record's word of a critical point.
#[derive(Clone, Debug)]
pub(crate) struct Raw {
    pub(crate) kind: usize,
    pub(crate) concern: Concern,
    pub(crate) at: When,
    /// The first day on which a reader of that record could see it.
    pub(crate) seen: Date,
    pub(crate) rec: usize,
}

/// Days from one to another, negative when it lies before.
pub(crate) fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// The day by which a record could be read.
fn known(area: Area<'_, '_>, rec: usize) -> Date {
    area.ground.known_on(rec)
}

/// Every critical point, newest first.
pub(crate) fn find(
    area: Area<'_, '_>,
    centres: &Centres,
    drafts: &BTreeMap<P, Draft>,
    joinings: &[Joining],
    controls: &Controls,
) -> Vec<CriticalPoint> {
    let settings = &area.ground.settings.critical;
    let concerns = Concerns::new(area, centres, drafts, joinings, controls);
    let (mut raw, counted) = words::points(&concerns, settings);
    let told: [(Rule, Vec<Raw>); 15] = [
        (Rule::BecameFormerPartner, apart::by_words(&concerns)),
        (Rule::MovedApart, apart::by_homes(&concerns)),
        (Rule::Pregnancy, births::pregnancies(&concerns)),
        (Rule::DueDate, births::due(&concerns)),
        (Rule::Birth, births::births(&concerns)),
        (Rule::NextFamily, joined(&concerns, joinings)),
        (Rule::OrderEnds, known_ahead::orders(&concerns)),
        (Rule::MoreOften, counts::more_often(&concerns)),
        (Rule::Moved, homes::moved(&concerns)),
        (Rule::SchoolChanged, homes::school_changed(&concerns)),
        (Rule::ToldAnotherAgency, counts::told_another_agency(&concerns)),
        (Rule::SupportEnded, known_ahead::support_ended(&concerns)),
        (Rule::ProgrammeMissed, counts::programme_missed(&concerns)),
        (Rule::Dates, known_ahead::dates(&concerns)),
        (Rule::ContactsMissed, counts::contacts_missed(&concerns, counted)),
    ];
    for (rule, found) in told {
        for kind in settings.with_rule(rule) {
            raw.extend(found.iter().map(|one| Raw { kind, ..one.clone() }));
        }
    }
    // What lies before the first incident on record is history: nobody could have acted on it here.
    if let Some(begins) = area.cases.first().map(|case| case.at.first_day()) {
        raw.retain(|one| one.at.last_day() >= begins);
    }
    raw.retain(|one| one.seen <= area.ground.on);
    after_another(&concerns, settings, &mut raw);
    let answers = Answers::of(&concerns, settings);
    let mut points: Vec<CriticalPoint> = joined_up(settings, raw)
        .into_iter()
        .filter_map(|(kind, signs)| point(&concerns, settings, kind, &signs, &answers))
        .collect();
    points.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.kind.cmp(&b.kind)).then_with(|| a.id.cmp(&b.id)));
    points
}

/// Kinds that count only after another kind become what they are otherwise where that had not happened yet.
fn after_another(concerns: &Concerns<'_, '_>, settings: &CriticalSettings, raw: &mut [Raw]) {
    let mut first: BTreeMap<(usize, Option<P>, Option<P>), When> = BTreeMap::new();
    let wanted: BTreeSet<usize> =
        settings.kinds.iter().filter_map(|kind| kind.after.map(|(after, _)| after)).collect();
    for one in raw.iter().filter(|one| wanted.contains(&one.kind)) {
        let known = first.entry((one.kind, one.concern.by, one.concern.founder)).or_insert(one.at);
        *known = one.at.min(*known);
    }
    for one in raw.iter_mut() {
        let Some((after, otherwise)) = settings.kinds.get(one.kind).and_then(|kind| kind.after) else {
            continue;
        };
        let since = first.get(&(after, one.concern.by, one.concern.founder));
        let told = since.is_some_and(|since| since.first_day() <= one.at.last_day());
        if !told && !apart::were_former_partners(concerns, &one.concern, one.at) {
            one.kind = otherwise;
        }
    }
}

/// Somebody who joined another household, as far as the picture says.
fn joined(concerns: &Concerns<'_, '_>, joinings: &[Joining]) -> Vec<Raw> {
    let told = joinings.iter().filter_map(|joining| {
        let (at, rec) = joining.first_sign()?;
        // An incident can be seen from the day it was reported.
        let case = concerns.area.cases.iter().find(|case| case.recs.contains(&rec));
        let reported = case.and_then(|case| case.report).and_then(|(_, event)| event.details.get("reported"));
        let at = reported.and_then(|told| told.parse::<When>().ok()).map_or(at, |reported| reported.max(at));
        let concern = concerns.causing(joining.person, at.first_day()).unwrap_or(Concern {
            by: Some(joining.person),
            harmed: None,
            founder: None,
        });
        Some(Raw { kind: 0, concern, at, seen: at.last_day(), rec })
    });
    told.collect()
}

/// Signs of one kind about the same people in a short time are one point.
fn joined_up(settings: &CriticalSettings, raw: Vec<Raw>) -> Vec<(usize, Vec<Raw>)> {
    let mut by_whom: BTreeMap<(usize, Option<P>, Option<P>), Vec<Raw>> = BTreeMap::new();
    for one in raw {
        let concern = one.concern;
        // Where nobody is named as causing harm, the one harmed tells them apart.
        let key = (one.kind, concern.by, concern.founder.or(concern.harmed));
        by_whom.entry(key).or_default().push(one);
    }
    let mut points = Vec::new();
    for ((kind, _, _), mut signs) in by_whom {
        signs.sort_by(|a, b| a.at.cmp(&b.at).then(a.seen.cmp(&b.seen)).then(a.rec.cmp(&b.rec)));
        let joins = settings.kinds.get(kind).map_or(0, |kind| kind.joins_days);
        let mut point: Vec<Raw> = Vec::new();
        for sign in signs {
            let last = point.last().map(|last| last.at.last_day());
            if last.is_some_and(|last| days(last, sign.at.first_day()) > joins) {
                points.push((kind, std::mem::take(&mut point)));
            }
            point.push(sign);
        }
        if !point.is_empty() {
            points.push((kind, point));
        }
    }
    points
}

fn point(
    concerns: &Concerns<'_, '_>,
    settings: &CriticalSettings,
    kind: usize,
    signs: &[Raw],
    answers: &Answers,
) -> Option<CriticalPoint> {
    let area = concerns.area;
    let ground = area.ground;
    let kind = settings.kinds.get(kind)?;
    let first = signs.first()?;
    let concern = first.concern;
    let seen = signs.iter().map(|sign| sign.seen).min()?;
    let person = concern.by.or(concern.harmed)?;
    let due = clock::due(kind.clock, first.at, seen, &ground.settings.calendar);
    let day = first.at.first_day();
    let answered = answers.first(&concerns.people(&concern), seen, ground.on);
    let mut recs = BTreeSet::new();
    let told: Vec<Sign> = signs
        .iter()
        .filter(|sign| recs.insert(sign.rec))
        .take(super::ground::SOURCES)
        .map(|sign| Sign {
            at: sign.at,
            text: sign_text(concerns, kind, sign),
            source: ground.source(sign.rec),
        })
        .collect();
    let parts = [kind.name.as_str(), ground.id(person).as_str(), &first.at.to_string()].join("\u{1f}");
    let of = concern.founder.map(|founder| ground.id(founder).to_string()).unwrap_or_default();
    Some(CriticalPoint {
        id: format!("C{:016x}", fingerprint(&format!("{parts}\u{1f}{of}"))),
        kind: kind.name.clone(),
        number: kind.number,
        label: kind.label.clone(),
        at: first.at,
        first_visible: seen,
        causing_harm: concern.by.map(|by| ground.id(by)),
        harmed: concern.harmed.map(|harmed| ground.id(harmed)),
        family: concern.founder.map(|founder| family_id(ground, founder)),
        because: because(concerns, kind, first, &concern),
        clock: kind.clock_words.clone(),
        due,
        ahead: day > ground.on,
        overdue: answered.is_none() && due < ground.on,
        answered: answered.map(|(at, rec)| Answered { at, source: ground.source(rec) }),
        signs: told,
    })
}

fn because(concerns: &Concerns<'_, '_>, kind: &Kind, first: &Raw, concern: &Concern) -> String {
    let bios = concerns.area.bios;
    let who = match (concern.by, concern.harmed) {
        (Some(by), Some(harmed)) => {
            format!(" {} is recorded as causing harm to {}.", bios.name(by), bios.name(harmed))
        }
        (None, Some(harmed)) => {
            format!(" {} is recorded as harmed; who causes it is not known.", bios.name(harmed))
        }
        (Some(by), None) => format!(" {} is registered for domestic abuse.", bios.name(by)),
        (None, None) => String::new(),
    };
    format!("{} ({}, {}).{who}", kind.says, agency(concerns, first.rec), words_for(first.at))
}

fn sign_text(concerns: &Concerns<'_, '_>, kind: &Kind, sign: &Raw) -> String {
    format!("{}: {}.", agency(concerns, sign.rec), kind.label)
}

/// The agency as people say it.
fn agency(concerns: &Concerns<'_, '_>, rec: usize) -> String {
    let words = concerns.area.ground.source(rec).agency.as_str().replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Every record that counts as a fresh look, by whom it is about.
struct Answers {
    by_person: BTreeMap<P, Vec<(Date, When, usize)>>,
}

impl Answers {
    fn of(concerns: &Concerns<'_, '_>, settings: &CriticalSettings) -> Self {
        let mut by_person: BTreeMap<P, Vec<(Date, When, usize)>> = BTreeMap::new();
        for happened in &concerns.area.ground.happened {
            let kind = happened.event.kind;
            let scored = || {
                let score = happened.event.details.get("risk_score");
                settings.answers.scored.contains(&kind) && score.is_some_and(|score| !score.trim().is_empty())
            };
            if settings.answers.events.contains(&kind) || scored() {
                for (person, _) in &happened.people {
                    let one = (happened.at.first_day(), happened.at, happened.rec);
                    by_person.entry(*person).or_default().push(one);
                }
            }
        }
        by_person.values_mut().for_each(|list| list.sort_unstable());
        Self { by_person }
    }

    /// The first fresh look at any of these people on that day or later.
    fn first(&self, people: &BTreeSet<P>, from: Date, on: Date) -> Option<(When, usize)> {
        let firsts = people.iter().filter_map(|person| {
            let list = self.by_person.get(person)?;
            let at = list.partition_point(|(day, _, _)| *day < from);
            list.get(at).filter(|(day, _, _)| *day <= on)
        });
        firsts.min().map(|(_, at, rec)| (*at, *rec))
    }
}
