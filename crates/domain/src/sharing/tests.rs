//! Two worlds that differ in something an audience may not know must look the same to it.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::ids::PersonId;
use crate::picture::testing::{Rows, TODAY};
use crate::picture::{self, Kept, KnownRecord, Picture, Settings};
use crate::record::{Basis, EventKind, RelationKind};

const REACH: Reach =
    Reach { works_with_months: 24, lately_days: 90, graded_days: 365, safe_contact_days: 180 };

/// What an audience may have, by holder and category.
struct Table(&'static [(&'static str, &'static str, Grade)]);

impl Permits for Table {
    fn grade(&self, ask: &Ask<'_>) -> Grade {
        let row = self.0.iter().find(|(holder, category, _)| {
            ask.holder.as_str() == *holder && (*category == "*" || *category == ask.category)
        });
        row.map(|(_, _, grade)| *grade).unwrap_or_default()
    }
}

const SCHOOL: Table = Table(&[("police", "INC", Grade::Brief), ("police", "ID", Grade::Brief)]);
const SOCIAL_CARE: Table = Table(&[
    ("police", "*", Grade::Full),
    ("schools", "*", Grade::Full),
    ("housing", "*", Grade::Full),
    ("probation", "CRIM", Grade::Full),
    ("probation", "ID", Grade::Full),
]);

fn audience(agency: &str) -> Audience {
    Audience { agency: agency.into(), role: "somebody".into() }
}

/// Everybody a record names, and everybody of the incident it is a row of.
fn about(records: &[KnownRecord]) -> Vec<Vec<PersonId>> {
    let mut incidents: BTreeMap<(&str, &str), BTreeSet<PersonId>> = BTreeMap::new();
    let references = |known: &'_ KnownRecord| {
        known.record.events.iter().filter_map(|e| e.reference.clone()).collect::<Vec<_>>()
    };
    for known in records {
        for event in &known.record.events {
            if let Some(reference) = &event.reference {
                incidents
                    .entry((known.agency.as_str(), reference))
                    .or_default()
                    .extend(known.persons.clone());
            }
        }
    }
    let people = |known: &KnownRecord| {
        let mut people: BTreeSet<PersonId> = known.persons.iter().cloned().collect();
        for reference in references(known) {
            people.extend(incidents[&(known.agency.as_str(), reference.as_str())].clone());
        }
        people.into_iter().collect()
    };
    records.iter().map(people).collect()
}

fn seen_by(rows: &Rows, agency: &str, permits: &Table) -> Vec<KnownRecord> {
    let sieve = Sieve::new(&rows.0, about(&rows.0), REACH, TODAY);
    let cuts = sieve.cuts(&audience(agency), permits);
    cut_all(&rows.0, &audience(agency), &cuts, permits)
}

fn drawn(records: &[KnownRecord]) -> Picture {
    picture::draw(records, &Settings::built_in().unwrap(), &Kept::none(), TODAY)
}

/// A family: he harms her, their child goes to school.
fn family() -> Rows {
    let mut rows = Rows::default();
    rows.harm("P1", "2026-09-01T20:00", "Ray Stone", "Ada Finch");
    rows.part("P1", "Lil Finch", crate::record::Role::ChildPresent, "");
    rows.happened("schools", EventKind::Attendance, "Lil Finch", "2026-10-01");
    rows.tie("schools", "Ada Finch", RelationKind::Parent, "Lil Finch", "2026-10-01");
    rows
}

#[test]
fn a_school_learns_that_something_happened_and_to_whom_of_its_own_people() {
    let mut rows = family();
    rows.0[0].record.events[0].text = Some("He broke the kitchen door.".into());
    let seen = seen_by(&rows, "schools", &SCHOOL);
    let incident = seen.iter().find(|known| known.seq == 1).expect("the incident");
    assert_eq!(incident.record.events[0].kind, EventKind::Incident);
    assert_eq!(incident.record.events[0].text, None, "not the officer's words");
    assert!(seen.iter().all(|known| known.agency.as_str() != "probation"));
}

#[test]
fn which_school_it_is_goes_only_to_those_who_may_know_where_the_child_is() {
    const NO_PLACES: Table = Table(&[("schools", "EDU", Grade::Full), ("schools", "ID", Grade::Full)]);
    let mut rows = family();
    rows.happened("social_care", EventKind::Section47, "Lil Finch", "2026-10-02");
    let event = rows.happened("schools", EventKind::Enrolment, "Lil Finch", "2026-09-03");
    event.title = "On the roll of Marrow Primary".into();
    event.by = Some("Marrow Primary".into());
    event.details.insert("school".into(), "Marrow Primary".into());
    let school = |permits: &Table| {
        let seen = seen_by(&rows, "social_care", permits);
        let mut told = seen.iter().flat_map(|known| &known.record.events);
        let event = told.find(|event| event.kind == EventKind::Enrolment).unwrap();
        (event.title.clone(), event.details.get("school").cloned(), event.by.clone())
    };
    let name = || Some("Marrow Primary".to_owned());
    assert_eq!(school(&SOCIAL_CARE), ("On the roll of Marrow Primary".to_owned(), name(), name()));
    assert_eq!(school(&NO_PLACES), ("On the school roll".to_owned(), None, None));
}

#[test]
fn which_surgery_it_was_goes_only_to_those_who_may_know_where_somebody_is() {
    const NO_PLACES: Table = Table(&[("health", "HLTH", Grade::Full), ("health", "ID", Grade::Full)]);
    const PLACES: Table = Table(&[
        ("health", "HLTH", Grade::Full),
        ("health", "ID", Grade::Full),
        ("health", "LOC", Grade::Full),
    ]);
    let mut rows = family();
    rows.happened("social_care", EventKind::Section47, "Lil Finch", "2026-10-02");
    let event = rows.happened("health", EventKind::HealthContact, "Lil Finch", "2026-10-03");
    (event.title, event.by) = ("Cough".into(), Some("Marrow Surgery".into()));
    let surgery = |permits: &Table| {
        let seen = seen_by(&rows, "social_care", permits);
        let mut told = seen.iter().flat_map(|known| &known.record.events);
        let event = told.find(|event| event.kind == EventKind::HealthContact).unwrap();
        (event.title.clone(), event.by.clone())
    };
    assert_eq!(surgery(&PLACES), ("Cough".to_owned(), Some("Marrow Surgery".to_owned())));
    assert_eq!(surgery(&NO_PLACES), ("Cough".to_owned(), None));
}

#[test]
fn somebody_no_agency_of_the_viewer_works_with_is_absent() {
    let mut rows = family();
    rows.harm("P2", "2026-09-02T20:00", "Ned Crow", "Una Reed");
    let drawn = drawn(&seen_by(&rows, "schools", &SCHOOL));
    assert!(!drawn.people.contains_key(&PersonId::from("Una Reed")));
    assert!(!drawn.people.contains_key(&PersonId::from("Ned Crow")));
    assert!(drawn.people.contains_key(&PersonId::from("Lil Finch")));
}

#[test]
fn the_person_causing_harm_leads_to_what_else_they_did() {
    let mut rows = family();
    rows.happened("social_care", EventKind::Visit, "Lil Finch", "2026-10-02");
    rows.harm("P2", "2026-03-01T20:00", "Ray Stone", "Una Reed");
    rows.happened("probation", EventKind::Release, "Ray Stone", "2026-08-01");
    let seen = seen_by(&rows, "social_care", &SOCIAL_CARE);
    let drawn = drawn(&seen);
    let him = &drawn.harm[&PersonId::from("Ray Stone")];
    assert_eq!(him.victims.len(), 2, "he has harmed another family");
    assert_eq!(him.justice.len(), 1, "and came out of prison");
    // What is known of her stays with those who work with her.
    rows.happened("schools", EventKind::SchoolConcern, "Una Reed", "2026-10-03");
    let more = seen_by(&rows, "social_care", &SOCIAL_CARE);
    assert_eq!(more.len(), seen.len());
}

#[test]
fn an_agency_that_ceased_to_work_with_somebody_ceases_to_see_them() {
    let mut rows = Rows::default();
    rows.harm("P1", "2026-09-01T20:00", "Ray Stone", "Ada Finch");
    rows.happened("schools", EventKind::Attendance, "Ada Finch", "2019-10-01");
    let seen = seen_by(&rows, "schools", &SCHOOL);
    assert_eq!(seen.len(), 1, "its own record and no more: {seen:?}");
    assert_eq!(seen[0].agency.as_str(), "schools");
}

#[test]
fn an_address_goes_only_where_addresses_may_go() {
    let mut rows = family();
    rows.tenancy("T1", "Ada Finch", "4 Elm Row", "2025-01-01", "2025-01-02");
    let text = |seen: &[KnownRecord]| format!("{seen:?}");
    assert!(!text(&seen_by(&rows, "schools", &SCHOOL)).contains("Elm Row"));
    rows.happened("social_care", EventKind::Visit, "Lil Finch", "2026-10-02");
    assert!(
        !text(&seen_by(&rows, "social_care", &Table(&[("housing", "ID", Grade::Full)]))).contains("Elm Row")
    );
}

#[test]
fn a_level_of_risk_goes_only_where_risk_may_go_and_a_beat_only_where_places_may() {
    const NEITHER: Table = Table(&[
        ("police", "ID", Grade::Full),
        ("police", "INC", Grade::Full),
        ("probation", "ID", Grade::Full),
        ("probation", "CRIM", Grade::Full),
    ]);
    const BOTH: Table = Table(&[("police", "*", Grade::Full), ("probation", "*", Grade::Full)]);
    let mut rows = family();
    rows.happened("probation", EventKind::Supervision, "Ray Stone", "2026-10-01");
    for event in rows.0.iter_mut().flat_map(|known| &mut known.record.events) {
        event.details.insert("rosh".into(), "Very high".into());
        event.details.insert("beat".into(), "B07".into());
    }
    rows.happened("social_care", EventKind::Visit, "Lil Finch", "2026-10-02");
    let text = |permits: &Table| format!("{:?}", seen_by(&rows, "social_care", permits));
    assert!(!text(&NEITHER).contains("Very high") && !text(&NEITHER).contains("B07"));
    assert!(text(&BOTH).contains("Very high") && text(&BOTH).contains("B07"));
}

#[test]
fn a_confidential_row_is_in_nobodys_picture() {
    let mut rows = family();
    let row = rows.happened("services", EventKind::RefugeStay, "Ada Finch", "2026-10-05");
    row.title = "Refuge".into();
    rows.0.last_mut().unwrap().sealed = true;
    for agency in ["services", "schools", "social_care"] {
        let seen = seen_by(&rows, agency, &Table(&[("services", "*", Grade::Full)]));
        assert!(seen.iter().all(|known| !known.sealed), "{agency}");
    }
}

fn involved(rows: &Rows, permits: &Table) -> Vec<(String, Vec<String>)> {
    let sieve = Sieve::new(&rows.0, about(&rows.0), REACH, TODAY);
    let school = audience("schools");
    let found = sieve.involved(&school, &sieve.cuts(&school, permits), permits);
    let words =
        |agencies: BTreeSet<crate::ids::AgencyId>| agencies.iter().map(|a| a.as_str().to_owned()).collect();
    found.into_iter().map(|(person, agencies)| (person.as_str().to_owned(), words(agencies))).collect()
}

#[test]
fn that_an_agency_is_involved_is_told_only_by_leave_and_where_nothing_else_is() {
    let mut rows = family();
    rows.happened("social_care", EventKind::Visit, "Lil Finch", "2026-10-02");
    assert!(
        involved(&rows, &SCHOOL).iter().all(|(_, agencies)| !agencies.contains(&"social_care".to_owned()))
    );
    let headline = Table(&[("social_care", "PROF", Grade::Brief)]);
    assert_eq!(involved(&rows, &headline), [("Lil Finch".to_owned(), vec!["social_care".to_owned()])]);
    let more = Table(&[("social_care", "*", Grade::Brief)]);
    assert_eq!(involved(&rows, &more), [], "whoever sees that there was a visit needs no headline");
    // Of somebody the school does not work with there is nothing.
    rows.happened("social_care", EventKind::Visit, "Una Reed", "2026-10-02");
    assert_eq!(involved(&rows, &headline).len(), 1);
    // A disclosure makes no agency appear, and keeps none there.
    let mut told = family();
    told.happened("health", EventKind::RoutineEnquiry, "Lil Finch", "2026-10-02");
    told.happened("health", EventKind::HealthContact, "Lil Finch", "2015-10-02");
    assert_eq!(involved(&told, &Table(&[("health", "PROF", Grade::Brief)])), []);
}

#[test]
fn writing_about_somebody_opens_them_to_nobody() {
    let works = |feed: &str| {
        let mut rows = Rows::default();
        rows.happened("schools", EventKind::RiskAssessment, "Ada Finch", "2026-10-04");
        rows.0[0].record.feed = feed.into();
        let sieve = Sieve::new(&rows.0, about(&rows.0), REACH, TODAY);
        !sieve.works_with(&"schools".into()).is_empty()
    };
    assert!(works("schools.concerns"), "an export of the agency tells that it works with somebody");
    assert!(!works(crate::risk::FEED), "what its people write here does not");
}

/// Something that may have happened and that a school may not know: by whom it was told and about whom.
fn hidden() -> impl Strategy<Value = (usize, usize, bool)> {
    (0_usize..7, 0_usize..4, any::<bool>())
}

fn add_hidden(rows: &mut Rows, (what, who, kept): (usize, usize, bool)) {
    let person = ["Ada Finch", "Lil Finch", "Ray Stone", "Una Reed"][who];
    match what {
        0 => drop(rows.happened("health", EventKind::RoutineEnquiry, person, "2026-10-04")),
        1 => drop(rows.happened("services", EventKind::ServiceReferral, person, "2026-10-04")),
        2 => drop(rows.happened("probation", EventKind::Release, person, "2026-10-04")),
        3 => drop(rows.lives("health", person, "9 Quay Side", Basis::Registered, "2026-10-04")),
        4 => drop(rows.tenancy("T9", person, "9 Quay Side", "2026-10-01", "2026-10-04")),
        5 => drop(rows.tie("social_care", "Kit New", RelationKind::Partner, person, "2026-10-04")),
        _ => drop(rows.happened("social_care", EventKind::Visit, person, "2026-10-04")),
    }
    if kept {
        rows.0.last_mut().unwrap().sealed = true;
    }
}

proptest! {
    /// The heart of it: what a school sees is the same whether or not things happened that it may not know.
    #[test]
    fn worlds_that_differ_in_what_is_hidden_look_the_same(hidden in prop::collection::vec(hidden(), 0..6)) {
        let plain = family();
        let mut other = family();
        for one in hidden {
            add_hidden(&mut other, one);
        }
        let (one, two) = (seen_by(&plain, "schools", &SCHOOL), seen_by(&other, "schools", &SCHOOL));
        prop_assert_eq!(&one, &two);
        prop_assert_eq!(format!("{:?}", drawn(&one)), format!("{:?}", drawn(&two)));
    }

    /// A policy that allows less never shows more.
    #[test]
    fn taking_a_permission_away_never_shows_more(hidden in prop::collection::vec(hidden(), 0..6), gone in 0_usize..5) {
        const ALL: [(&str, &str, Grade); 5] = [
            ("police", "*", Grade::Full), ("health", "*", Grade::Full), ("housing", "*", Grade::Full),
            ("services", "*", Grade::Full), ("probation", "*", Grade::Full),
        ];
        struct Without(usize);
        impl Permits for Without {
            fn grade(&self, ask: &Ask<'_>) -> Grade {
                let mut rows = ALL.iter().enumerate().filter(|(at, _)| *at != self.0);
                rows.find(|(_, row)| row.0 == ask.holder.as_str()).map(|(_, row)| row.2).unwrap_or_default()
            }
        }
        let mut rows = family();
        for one in hidden {
            add_hidden(&mut rows, one);
        }
        let sieve = Sieve::new(&rows.0, about(&rows.0), REACH, TODAY);
        let seqs = |permits: &dyn Permits| -> BTreeSet<u64> {
            sieve.cuts(&audience("schools"), permits).into_iter().map(|cut| cut.seq).collect()
        };
        prop_assert!(seqs(&Without(gone)).is_subset(&seqs(&Without(9))));
    }
}
