//! What records tell of what abuse does to a child, and what they do not.

use std::collections::BTreeSet;

use super::super::settings::Settings;
use super::super::shape::Viewpoint;
use super::super::testing::Rows;
use super::{Impact, impact};
use crate::ids::PersonId;
use crate::picture::{Kept, chronology};
use crate::record::EventKind;

const CHILD: &str = "Ivy Finch";

fn told(rows: &Rows) -> Vec<Impact> {
    let settings = Settings::built_in().unwrap();
    let (child, view) = (PersonId::from(CHILD), Viewpoint::default());
    let story = chronology(&rows.0, &BTreeSet::from([child.clone()]), &view, &settings, &Kept::none());
    impact(&child, &story, &settings)
}

/// The dimensions that a school's note about the child tells of.
fn of_note(text: &str) -> Vec<String> {
    let mut rows = Rows::default();
    rows.born(CHILD, "2016-01-01");
    rows.happened("education", EventKind::SchoolConcern, CHILD, "2025-03-04T09:10").text =
        Some(text.to_owned());
    told(&rows).into_iter().filter(|one| !one.signs.is_empty()).map(|one| one.name).collect()
}

#[test]
fn a_note_tells_of_the_dimensions_the_documents_name() {
    for (note, expected) in [
        ("Ivy wet herself, not usual.", vec!["health"]),
        ("Speech delay noted, no words lost since.", vec!["development"]),
        ("Ivy arrived late, third time in two weeks.", vec!["learning"]),
        ("Ivy is quieter than usual and alone at break.", vec!["behaviour"]),
        ("She hid under the table when a chair fell.", vec!["fear"]),
        ("Ivy said it is my fault that they argue.", vec!["guilt"]),
        ("Ivy is angry all the time.", vec!["anger"]),
        ("Ivy says she has to text dad what mum is doing.", vec!["responsibility"]),
        ("Ivy said there is no point and that it will never end.", vec!["despair"]),
        ("Ivy hit another pupil.", vec!["behaviour", "anger"]),
        ("Ivy stays awake to listen.", vec!["health", "responsibility"]),
    ] {
        assert_eq!(of_note(note), expected, "{note}");
    }
}

#[test]
fn what_is_denied_or_about_somebody_else_is_no_sign() {
    for note in [
        "Ivy settled well and had a good day.",
        "Mum was tearful at the gate.",
        "Dad came to the office shouting at staff.",
        "No nightmares, sleeping well.",
        "Parents have a volatile relationship and fight in front of the children.",
        "Encompass notification - incident, child not present.",
        "Ivy is worried about SATs.",
    ] {
        assert_eq!(of_note(note), Vec::<String>::new(), "{note}");
    }
}

#[test]
fn a_school_year_with_much_missed_is_a_sign_and_one_with_little_is_none() {
    let learning = |attended: &str| {
        let mut rows = Rows::default();
        rows.born(CHILD, "2016-01-01");
        let month = rows.happened("education", EventKind::Attendance, CHILD, "2025-03-01");
        for (name, value) in [("possible", "40"), ("attended", attended)] {
            month.details.insert(name.to_owned(), value.to_owned());
        }
        told(&rows).into_iter().find(|one| one.name == "learning").unwrap().signs
    };
    let [sign] = &learning("35")[..] else { panic!("one school year") };
    assert_eq!(sign.text, "1 month: 35 of 40 sessions attended (88%).");
    assert_eq!(learning("36"), []);
}

#[test]
fn every_dimension_stands_there_the_newest_sign_first_with_who_wrote_it() {
    let mut rows = Rows::default();
    rows.born(CHILD, "2016-01-01");
    for (at, by) in [("2025-03-04", "Class teacher"), ("2025-05-04", "School nurse")] {
        let note = rows.happened("education", EventKind::SchoolConcern, CHILD, at);
        note.text = Some("Ivy has nightmares.".to_owned());
        note.by = Some(by.to_owned());
    }
    let told = told(&rows);
    assert_eq!(told.len(), 9);
    assert!(told.iter().all(|one| !one.label.is_empty() && one.ask.ends_with(['?', '.'])));
    let by: Vec<_> = told[0].signs.iter().map(|sign| sign.by.as_deref().unwrap()).collect();
    assert_eq!(by, ["School nurse", "Class teacher"]);
    assert!(told[1..].iter().all(|one| one.signs.is_empty()));
}

#[test]
fn a_record_that_only_names_the_child_is_not_about_them() {
    let mut rows = Rows::default();
    rows.born(CHILD, "2016-01-01");
    let note = rows.happened("education", EventKind::SchoolConcern, CHILD, "2025-03-04");
    note.text = Some("Sam has nightmares.".to_owned());
    note.involved[0].role = crate::record::Role::Other;
    assert!(told(&rows).iter().all(|one| one.signs.is_empty()));
}
