//! What episodes of a person, a pair and a family tell, on invented courses.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use super::*;
use crate::picture::shape::Picture;
use crate::picture::testing::{TODAY, when};

const HE: &str = "Rob Hart";

fn report(at: &str, harmed: &str, harm_class: u8, agency: &str, seq: u64) -> HarmReport {
    let source = crate::picture::shape::Source { agency: agency.into(), seq, recorded: None };
    let what = "Assault".to_owned();
    HarmReport {
        at: when(at),
        harmed: harmed.into(),
        harm_class,
        what,
        incident: agency == "police",
        flags: Vec::new(),
        source,
    }
}

fn told(person: &str, reports: Vec<HarmReport>) -> ReportedHarm {
    ReportedHarm { person: person.into(), reports, away: Vec::new(), parted: Vec::new() }
}

fn settings() -> Settings {
    Settings::built_in().unwrap()
}

fn pattern(told: &ReportedHarm) -> RecordedPattern {
    person_pattern(told, None, &Reporting::default(), &settings(), TODAY).unwrap()
}

/// Closer and closer together.
fn rising() -> ReportedHarm {
    let days =
        ["2024-06-01", "2025-06-01", "2026-02-01", "2026-06-01", "2026-08-01", "2026-09-15", "2026-10-10"];
    told(HE, (1..).zip(days).map(|(seq, day)| report(day, "Ada Finch", 1, "police", seq)).collect())
}

#[test]
fn one_night_in_three_agencies_is_one_episode_that_opens_to_each_report() {
    let reports = vec![
        report("2026-05-01T22:00", "Ada Finch", 1, "police", 1),
        report("2026-05-02T01:00", "Ada Finch", 3, "health", 2),
        report("2026-05-04", "Ada Finch", 2, "schools", 3),
        report("2026-08-01", "Ada Finch", 1, "police", 4),
    ];
    let found = pattern(&told(HE, reports));
    let seqs: Vec<Vec<u64>> =
        found.episodes.iter().map(|e| e.reports.iter().map(|r| r.source.seq).collect()).collect();
    assert_eq!(seqs, [vec![1, 2, 3], vec![4]]);
    assert_eq!((found.episodes[0].harm_class, found.reports), (3, 4));
    assert_eq!(found.label, "too_few");
    assert!(found.frequency.is_none() && found.severity.is_none() && found.silence.is_none());
    assert!(
        found.sentence.contains("Records from health, police and schools show 2 episodes (from 4 reports)")
    );
}

#[test]
fn one_record_that_names_two_people_is_one_report() {
    let both = ["Ada Finch", "Bea Finch"].map(|harmed| report("2026-05-01", harmed, 1, "police", 1));
    let told = told(HE, both.to_vec());
    assert_eq!((pattern(&told).reports, pattern(&told).harmed.len()), (1, 2));
    assert_eq!(pair_patterns(&told, &Reporting::default(), &settings(), TODAY).len(), 2);
}

#[test]
fn a_rise_is_told_with_its_range_and_what_nobody_asked() {
    let found = pattern(&rising());
    assert_eq!(found.label, "escalating_frequency");
    assert!(found.sentence.contains("80% range"), "{}", found.sentence);
    assert!(found.sentence.contains("Control: nobody is recorded as having asked."));
    assert_eq!(found.settings, "built-in 2026-11");
}

#[test]
fn a_pattern_as_known_on_a_day_leaves_out_what_is_later() {
    let then = Date::constant(2026, 3, 1);
    let found = person_pattern(&rising(), None, &Reporting::default(), &settings(), then).unwrap();
    assert_eq!((found.episodes.len(), found.until), (3, then));
    assert!(
        person_pattern(&rising(), None, &Reporting::default(), &settings(), Date::constant(2024, 1, 1))
            .is_none()
    );
}

#[test]
fn silence_in_prison_is_no_quiet() {
    let days = ["2023-01-01", "2023-02-01", "2023-03-01", "2023-04-01", "2023-05-01", "2023-06-01"];
    let mut told =
        told(HE, (1..).zip(days).map(|(seq, day)| report(day, "Ada Finch", 1, "police", seq)).collect());
    assert_eq!(pattern(&told).label, "quiet");
    told.away = vec![TimeAway { from: when("2023-06-10"), to: None }];
    let found = pattern(&told);
    assert_ne!(found.label, "quiet");
    assert!(found.sentence.contains("silence in that time says nothing"), "{}", found.sentence);
    assert_eq!(found.away.len(), 1);
}

#[test]
fn a_family_is_away_from_nobody_while_one_of_two_is_at_liberty() {
    let mut he = told(HE, vec![report("2026-01-01", "Ada Finch", 1, "police", 1)]);
    he.away = vec![TimeAway { from: when("2026-02-01"), to: None }];
    let other = told("Sid Gray", vec![report("2026-03-01", "Ada Finch", 1, "police", 2)]);
    let members: BTreeSet<PersonId> = ["Ada Finch".into()].into();
    let read = |told: &[ReportedHarm]| {
        family_pattern(told, &members, &[], &Reporting::default(), &settings(), TODAY).unwrap()
    };
    assert_eq!(read(&[he.clone(), other.clone()]).away, []);
    assert_eq!(read(&[he.clone()]).away.len(), 1);
    let elsewhere = told("Tom Hill", vec![report("2026-03-01", "Una Vale", 1, "police", 3)]);
    assert_eq!(read(&[he, elsewhere]).by, [PersonId::from(HE)]);
}

#[test]
fn separation_is_watched_and_closes_nothing() {
    let mut told = rising();
    told.parted = vec![PartedFrom { at: when("2026-07-01"), harmed: "Ada Finch".into() }];
    let found = pattern(&told);
    let parted = found.parts.iter().find(|part| part.about == "separation").unwrap();
    assert!(parted.text.contains("Separation does not end the danger"), "{}", parted.text);
}

/// An area in which a second agency began to report in May.
fn area() -> Picture {
    let mut picture = Picture::default();
    let first = Date::constant(2024, 1, 1);
    for n in 0..200_u32 {
        let person = format!("P{n}");
        let day = |days: u32| (first + i64::from(days).days()).to_string();
        let mut reports = vec![report(&day(n * 5), "X", 1, "police", u64::from(n))];
        if n >= 100 {
            reports.push(report(&day(n * 5 + 1), "X", 1, "schools", 1_000 + u64::from(n)));
        }
        picture.reported.insert(person.as_str().into(), told(&person, reports));
    }
    picture
}

#[test]
fn an_agency_that_began_to_report_raises_the_clock_and_the_sentence_says_so() {
    let reporting = reporting(&area(), TODAY);
    let mut told = rising();
    told.reports.push(report("2026-10-25", "Ada Finch", 1, "schools", 99));
    let found = person_pattern(&told, None, &reporting, &settings(), TODAY).unwrap();
    assert_eq!(found.reporting.len(), 1, "{:?}", found.reporting);
    let step = &found.reporting[0];
    assert_eq!((step.from, step.agencies[0].as_str()), (Date::constant(2025, 5, 1), "schools"));
    assert!(step.index > 1.3 && step.index < 2.5, "{}", step.index);
    assert!(found.elapsed.clock > found.elapsed.liberty);
    let words = "came only from schools, which started reporting in May 2025: allowed for.";
    assert!(found.sentence.contains(words), "{}", found.sentence);
}

#[test]
fn reporting_does_not_hang_on_one_person() {
    let whole = area();
    let all = reporting(&whole, TODAY);
    for left_out in ["P0", "P99", "P100", "P199"] {
        let mut without = whole.clone();
        without.reported.remove(&PersonId::from(left_out));
        assert_eq!(reporting(&without, TODAY), all, "{left_out}");
    }
    let mut few = whole;
    few.reported.retain(|person, _| person.as_str() < "P13");
    assert_eq!(reporting(&few, TODAY), Reporting::default());
}
