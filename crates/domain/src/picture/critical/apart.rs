//! Separation as several records tell it: called partners first and former partners later, or one of the two gone from the
//! home they shared. It raises and never closes anything: leaving is when danger is greatest.

use super::super::ground::{Ground, Tie};
use super::concerns::{Concern, Concerns};
use super::homes::{Tenancy, tenancies};
use super::{Raw, days};
use crate::record::{EventKind, RelationKind};
use crate::when::When;

/// When a row says what two people are to each other. Registers say it as of their last change, however long they have
/// known somebody.
fn told_at(ground: &Ground<'_>, tie: &Tie<'_>) -> When {
    use EventKind as K;
    let register =
        |kind: K| matches!(kind, K::FirstKnown | K::Enrolment | K::TenancyMember | K::SchoolContactAdded);
    let record = ground.records.get(tie.rec);
    let of_register = record.is_none_or(|record| {
        record.record.events.is_empty() || record.record.events.iter().any(|event| register(event.kind))
    });
    match ground.happened_at(tie.rec) {
        Some(at) if !of_register => at,
        _ => ground.recorded(tie.rec),
    }
}

/// What records call two people, oldest first: whether former partners.
fn called(ground: &Ground<'_>, by: u32, harmed: u32) -> Vec<(When, bool, usize)> {
    let mut told: Vec<(When, bool, usize)> = Vec::new();
    for tie in ground.ties_of(by) {
        let (other, is) = Ground::other_is(tie, by);
        let former = match is {
            RelationKind::Partner => false,
            RelationKind::FormerPartner => true,
            _ => continue,
        };
        if other == harmed {
            told.push((told_at(ground, tie), former, tie.rec));
        }
    }
    told.sort_unstable();
    told
}

/// Whether a record had called them former partners by then.
pub(crate) fn were_former_partners(concerns: &Concerns<'_, '_>, concern: &Concern, at: When) -> bool {
    let Some((by, harmed)) = concern.by.zip(concern.harmed) else { return false };
    let called = called(concerns.area.ground, by, harmed);
    called.iter().any(|(told, former, _)| *former && told.first_day() <= at.last_day())
}

/// The first record that calls two people former partners after another called them partners.
pub(crate) fn by_words(concerns: &Concerns<'_, '_>) -> Vec<Raw> {
    let mut found = Vec::new();
    for (by, harmed) in concerns.pairs() {
        let told = called(concerns.area.ground, by, harmed);
        let Some(since) = told.iter().position(|(_, former, _)| !former) else { continue };
        if let Some((at, _, rec)) = told.iter().skip(since).find(|(_, former, _)| *former) {
            let concern = concerns.between(by, harmed);
            found.push(Raw { kind: 0, concern, at: *at, seen: at.last_day(), rec: *rec });
        }
    }
    found
}

/// One of the two left the tenancy they shared, or took one without the other.
pub(crate) fn by_homes(concerns: &Concerns<'_, '_>) -> Vec<Raw> {
    let area = concerns.area;
    let numbers = &area.ground.settings.critical.numbers;
    let mut found = Vec::new();
    for (by, harmed) in concerns.pairs() {
        if called(area.ground, by, harmed).is_empty()
            && area.homes.lived_with(by, 1).all(|(_, other)| other.person != harmed)
        {
            continue;
        }
        let theirs: Vec<Tenancy> = tenancies(area, harmed);
        for (person, other, held) in [(harmed, by, theirs), (by, harmed, tenancies(area, by))] {
            for one in held {
                let with = |day: When| {
                    area.homes
                        .of_home(one.home)
                        .any(|spell| spell.person == other && spell.lives() && spell.covers(day.first_day()))
                };
                let at = match one.to {
                    Some(to) if with(to) => Some(to),
                    _ => Some(one.from).filter(|from| person == harmed && !with(*from)),
                };
                let Some(at) = at else { continue };
                let seen = one.seen.max(at.first_day());
                if days(at.first_day(), seen) <= numbers.told_within_days {
                    let concern = concerns.between(by, harmed);
                    found.push(Raw { kind: 0, concern, at, seen, rec: one.rec });
                }
            }
        }
    }
    found
}
