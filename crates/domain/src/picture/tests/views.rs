//! Chronologies, what was known when and to whom, and how fresh each agency's data is.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::PersonId;
use crate::picture::testing::{Rows, TODAY, event, when};
use crate::picture::{Arrival, Entry, Kept, Settings, Viewpoint, as_known, chronology, freshness};
use crate::record::{EventKind, Involved, Role, Who};

fn story(rows: &Rows, about: &[&str], view: &Viewpoint) -> Vec<Entry> {
    let about: BTreeSet<PersonId> = about.iter().map(|person| PersonId::from(*person)).collect();
    chronology(&rows.0, &about, view, &Settings::built_in().unwrap(), &Kept::none())
}

#[test]
fn an_incident_and_its_parts_are_one_entry_with_everybody() {
    let mut rows = Rows::default();
    rows.harm("71/1/24", "2024-03-01T21:00", "Noel Gray", "Ada Finch");
    rows.visit("Kit Finch", "2024-04-01T10:00", true, true, true);
    let story = story(&rows, &["Ada Finch", "Kit Finch"], &Viewpoint::default());
    assert_eq!(story.len(), 2, "{story:#?}");
    assert_eq!(story[0].kind, EventKind::Visit, "newest first");
    assert_eq!(story[1].at, when("2024-03-01T21:00"));
    assert_eq!(
        story[1].people,
        [("Noel Gray".into(), Role::CausingHarm), ("Ada Finch".into(), Role::Victim)]
    );
    assert_eq!(story[1].incident, Some("71/1/24".into()));
}

#[test]
fn events_are_reached_through_an_agencys_numbers_and_groups() {
    let mut rows = Rows::default();
    rows.tenancy("T1", "Ada Finch", "1 Elm Road", "2020-01-01", "2020-01-01");
    let row = rows.row("social_care", "people", "2020-01-01", &[("", "Ada Finch")]);
    row.record.people[0].local_refs.push("person:7".into());
    for (agency, who) in [
        ("housing", Who::Group("tenancy:T1".into())),
        ("social_care", Who::Local("person:7".into())),
        ("health", Who::Local("person:7".into())),
    ] {
        let row = rows.row(agency, "contacts", "2024-01-01", &[]);
        let mut found = event(EventKind::HousingContact, "2024-01-01");
        found.involved.push(Involved { who, role: Role::Subject });
        row.record.events.push(found);
    }
    let story = story(&rows, &["Ada Finch"], &Viewpoint::default());
    let agencies: Vec<&str> = story.iter().map(|entry| entry.agency.as_str()).collect();
    assert_eq!(agencies, ["social_care", "housing"], "another agency's number 7 is somebody else");
}

#[test]
fn months_of_attendance_fold_into_a_school_year() {
    let mut rows = Rows::default();
    for (month, attended) in [("2024-09", "30"), ("2024-10", "20"), ("2025-09", "40")] {
        let details = &mut rows.happened("schools", EventKind::Attendance, "Kit Finch", month).details;
        details.insert("possible".into(), "40".into());
        details.insert("attended".into(), attended.into());
    }
    let story = story(&rows, &["Kit Finch"], &Viewpoint::default());
    assert_eq!(story.len(), 2);
    assert_eq!(story[1].text.as_deref(), Some("2 months: 50 of 80 sessions attended (63%)."));
    assert_eq!((story[1].at, story[1].until), (when("2024-09"), Some(when("2024-10"))));
}

#[test]
fn as_known_on_a_day_shows_what_had_been_recorded_by_then() {
    let mut rows = Rows::default();
    rows.visit("Kit Finch", "2024-04-01T10:00", true, true, true);
    rows.0[0].recorded = Some(when("2024-05-10"));
    rows.visit("Kit Finch", "2024-06-01T10:00", true, true, true);
    rows.0[1].recorded = None;
    let seen = |day: &str, agency: Option<&str>| {
        let view = Viewpoint { as_known_on: Some(day.parse().unwrap()), known_to: agency.map(Into::into) };
        as_known(&rows.0, &view).len()
    };
    assert_eq!(seen("2024-05-09", None), 0, "it had happened, but nobody had written it down");
    assert_eq!(seen("2024-05-10", None), 1);
    assert_eq!(seen("2024-06-01", None), 2, "without a stamp, from when it happened");
    assert_eq!(seen("2024-06-01", Some("social_care")), 2);
    assert_eq!(seen("2024-06-01", Some("police")), 0);
}

#[test]
fn of_several_versions_the_last_one_recorded_by_then_stands() {
    let mut rows = Rows::default();
    for (at, person) in [("2024-01-01", "Old Name"), ("2025-01-01", "New Name")] {
        rows.row("health", "patients", at, &[("", person)]).record.row_key = "P1".into();
    }
    let name = |day: &str| {
        let view = Viewpoint { as_known_on: Some(day.parse().unwrap()), known_to: None };
        as_known(&rows.0, &view).iter().map(|record| record.persons[0].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(name("2024-06-01"), ["Old Name"]);
    assert_eq!(name("2025-06-01"), ["New Name"]);
}

#[test]
fn an_agency_that_sent_nothing_has_a_line_that_says_so() {
    let mut rows = Rows::default();
    rows.visit("Kit Finch", "2024-04-01T10:00", true, true, true);
    rows.visit("Kit Finch", "2034-04-01T10:00", true, true, true);
    let arrivals =
        [Arrival { agency: "social_care".into(), received: "2026-10-01T05:00:00Z".parse().unwrap() }];
    let aside = BTreeMap::from([("social_care".into(), 3)]);
    let lines = freshness(&["housing".into(), "social_care".into()], &arrivals, &aside, &rows.0, TODAY);
    assert_eq!(lines[0].agency, "housing".into());
    assert_eq!((lines[0].received, lines[0].latest_event, lines[0].deliveries), (None, None, 0));
    assert_eq!(lines[1].latest_event, Some(when("2024-04-01T10:00")), "a day in the future is a slip");
    assert_eq!((lines[1].deliveries, lines[1].put_aside), (1, 3));
}
