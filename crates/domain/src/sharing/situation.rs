//! How things stand for each person, told by agencies' own grades and open work: what a policy may make its answer
//! depend on. Nothing here is worked out from behaviour; that belongs to professionals.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::asking::{Risk, Situation, Stage};
use super::sieve::Reach;
use crate::ids::PersonId;
use crate::picture::KnownRecord;
use crate::record::{Event, EventKind};

/// How things stand for everybody whom records are about. `about` holds the people of each record, in order.
#[must_use]
pub fn situations(
    records: &[KnownRecord],
    about: &[Vec<PersonId>],
    reach: Reach,
    on: Date,
) -> BTreeMap<PersonId, Situation> {
    let mut all: BTreeMap<PersonId, Situation> = BTreeMap::new();
    for (known, people) in records.iter().zip(about).filter(|(known, _)| !known.sealed) {
        let here = known.record.events.iter().map(|event| of_event(event, reach, on));
        let here = here.fold(Situation::default(), Situation::worst);
        if here != Situation::default() {
            for person in people {
                let held = all.entry(person.clone()).or_default();
                *held = held.worst(here);
            }
        }
    }
    all
}

fn of_event(event: &Event, reach: Reach, on: Date) -> Situation {
    let within = |days: i32| {
        let day = event.at.first_day();
        day <= on && on.checked_sub(days.days()).is_ok_and(|from| day >= from)
    };
    let open = event.until.is_none_or(|until| until.last_day() >= on) && event.at.first_day() <= on;
    let stage = match event.kind {
        EventKind::ChildProtectionPlan if open => Stage::ChildProtectionPlan,
        EventKind::Section47 if open && within(reach.graded_days) => Stage::Section47,
        EventKind::SocialCareAssessment if open && within(reach.graded_days) => Stage::Section17,
        EventKind::ChildInNeedPlan if open => Stage::Section17,
        EventKind::SocialCareReferral if within(reach.lately_days) => Stage::FrontDoorChecks,
        EventKind::Incident if within(reach.lately_days) => Stage::IncidentNotification,
        _ => Stage::None,
    };
    let risk = match event.details.get("grade").map(String::as_str) {
        Some("high") if within(reach.graded_days) => Risk::High,
        Some("medium") if within(reach.graded_days) => Risk::Medium,
        _ => Risk::Standard,
    };
    Situation { risk, stage }
}
