//! Critical points: each way in which one shows, and what must not be taken for one.

use crate::picture::shape::{CriticalPoint, KnownRecord, Picture, Viewpoint};
use crate::picture::testing::{Rows, TODAY, when};
use crate::picture::{Documents, Kept, Settings, as_known, draw, today};
use crate::record::{EventKind, RelationKind, Role};

/// Noel Gray harms Ada Finch; their child is Kit Finch.
fn known() -> Rows {
    let mut rows = Rows::default();
    rows.born("Noel Gray", "1988-02-03");
    rows.born("Ada Finch", "1990-05-06");
    rows.born("Kit Finch", "2017-09-10");
    rows.harm("71/1/24", "2024-03-01T21:00", "Noel Gray", "Ada Finch");
    rows.tie("social_care", "Ada Finch", RelationKind::Parent, "Kit Finch", "2024-03-02");
    rows
}

/// A report whose words are these.
fn told(rows: &mut Rows, reference: &str, at: &str, code: &str, text: &str) {
    rows.incident(reference, at, code, "yes", text);
    rows.part(reference, "Noel Gray", Role::CausingHarm, "partner");
    rows.part(reference, "Ada Finch", Role::Victim, "partner");
}

fn of<'p>(picture: &'p Picture, kind: &str) -> Vec<&'p CriticalPoint> {
    picture.critical.iter().filter(|point| point.kind == kind).collect()
}

fn only<'p>(picture: &'p Picture, kind: &str) -> &'p CriticalPoint {
    let found = of(picture, kind);
    assert_eq!(found.len(), 1, "{kind}: {:#?}", picture.critical);
    found[0]
}

#[test]
fn a_report_tells_of_it_by_its_code_or_by_its_words() {
    for (kind, code, text) in [
        ("strangulation", "008/77", ""),
        ("strangulation", "105/01", "He gripped Ada Finch by the throat against the door."),
        ("threats_to_kill", "NC/62", "Said that if she left he would find her and bury her."),
        ("weapon", "105/01", "Came at her with a claw hammer."),
        ("suicide_threat_by_perpetrator", "NC/62", "He said he would hang himself if she did not come home."),
        ("order_breach", "066/39", ""),
        ("sexual_violence", "019/08", ""),
        ("animal_harmed", "NC/62", "He kicked the dog down the steps."),
    ] {
        let mut rows = known();
        told(&mut rows, "71/2/24", "2024-06-01T22:00", code, text);
        let picture = rows.draw();
        let point = only(&picture, kind);
        assert_eq!(point.at, when("2024-06-01T22:00"));
        assert_eq!(point.causing_harm, Some("Noel Gray".into()), "{kind}");
        assert_eq!(point.harmed, Some("Ada Finch".into()));
        assert!(point.family.is_some() && !point.signs.is_empty(), "every point has its proof");
    }
}

#[test]
fn what_a_report_denies_is_no_point() {
    let mut rows = known();
    let text = "No weapons used or seen. Ada Finch denies any hands to neck or strangulation. Not pregnant. No threats to kill or self harm made.";
    told(&mut rows, "71/2/24", "2024-06-01T22:00", "105/01", text);
    let picture = rows.draw();
    assert!(picture.critical.is_empty(), "{:#?}", picture.critical);
}

#[test]
fn a_point_is_due_by_its_clock_until_somebody_looks_afresh() {
    let mut rows = known();
    told(&mut rows, "71/2/24", "2024-06-01T22:00", "008/77", "");
    let open = rows.draw();
    let point = only(&open, "strangulation");
    assert_eq!((point.due.to_string().as_str(), point.overdue, &point.answered), ("2024-06-01", true, &None));
    assert_eq!(point.clock, "at once");

    rows.happened("social_care", EventKind::SocialCareAssessment, "Kit Finch", "2024-05-20");
    assert!(only(&rows.draw(), "strangulation").overdue, "an assessment before it is no answer");
    rows.happened("social_care", EventKind::SocialCareAssessment, "Kit Finch", "2024-06-12");
    let answered = rows.draw();
    let point = only(&answered, "strangulation");
    assert_eq!(point.answered.as_ref().map(|answered| answered.at), Some(when("2024-06-12")));
    assert!(!point.overdue);
}

#[test]
fn partners_who_become_former_partners_have_parted() {
    let mut rows = known();
    assert!(of(&rows.draw(), "separation").is_empty());
    rows.incident("71/2/24", "2024-06-01T22:00", "NC/62", "yes", "");
    rows.part("71/2/24", "Noel Gray", Role::CausingHarm, "former_partner");
    rows.part("71/2/24", "Ada Finch", Role::Victim, "former_partner");
    assert_eq!(only(&rows.draw(), "separation").at, when("2024-06-01T22:00"));
    // Told again by another agency: the same separation.
    rows.tie("housing", "Noel Gray", RelationKind::FormerPartner, "Ada Finch", "2024-07-01");
    only(&rows.draw(), "separation");
}

#[test]
fn stalking_counts_as_after_separation_only_once_they_had_parted() {
    let mut rows = known();
    told(&mut rows, "71/2/24", "2024-06-01T22:00", "195/12", "Waiting outside her work again.");
    let before = rows.draw();
    assert!(of(&before, "stalking_after_separation").is_empty());
    only(&before, "stalking");
    told(&mut rows, "71/3/24", "2024-05-01T22:00", "NC/62", "They separated last month.");
    only(&rows.draw(), "stalking_after_separation");
}

#[test]
fn a_pregnancy_a_birth_and_the_day_a_baby_is_due() {
    let mut rows = known();
    let pregnancy = rows.happened("health", EventKind::Pregnancy, "Ada Finch", "2026-03-01");
    pregnancy.details.insert("noted".into(), "2026-04-10".into());
    pregnancy.details.insert("due".into(), "2026-11-29".into());
    let picture = rows.draw();
    assert_eq!(only(&picture, "pregnancy").at, when("2026-04-10"), "the day it was noted");
    let due = only(&picture, "birth_due");
    assert!(due.ahead && !due.overdue);
    assert_eq!(due.due.to_string(), "2026-11-22", "a week before");

    let mut born = known();
    born.born("Rae Finch", "2025-01-09");
    born.tie("health", "Ada Finch", RelationKind::Parent, "Rae Finch", "2025-01-20");
    // Somebody else's pregnancy is no point of this family.
    born.happened("health", EventKind::Pregnancy, "Una Holt", "2025-03-01");
    let picture = born.draw();
    assert_eq!(only(&picture, "birth").at, when("2025-01-09"));
    assert!(of(&picture, "pregnancy").is_empty());
}

#[test]
fn a_move_and_who_did_not_come_along() {
    let mut rows = known();
    rows.tenancy("T1", "Ada Finch", "12 Meadow Road, Thornmere", "2019-01-05", "2019-01-05");
    rows.tenancy("T1", "Noel Gray", "12 Meadow Road, Thornmere", "2019-01-05", "2019-01-05");
    assert!(of(&rows.draw(), "house_move").is_empty(), "a home from before the records is no move");
    rows.tenancy("T2", "Ada Finch", "3 Orchard Close, Thornmere", "2025-02-01", "2025-02-03");
    let picture = rows.draw();
    assert_eq!(only(&picture, "house_move").at, when("2025-02-01"));
    let point = only(&picture, "separation");
    assert_eq!((point.at, point.first_visible.to_string().as_str()), (when("2025-02-01"), "2025-02-03"));
}

#[test]
fn three_in_thirty_days_and_gaps_that_halve() {
    let mut rows = known();
    for (at, day) in ["2025-05-01", "2025-05-12", "2025-05-25"].iter().enumerate() {
        rows.harm(&format!("71/{at}/25"), day, "Noel Gray", "Ada Finch");
    }
    only(&rows.draw(), "escalating_frequency");

    let mut halving = known();
    for (at, day) in ["2025-01-01", "2025-04-01", "2025-05-10"].iter().enumerate() {
        halving.harm(&format!("71/{at}/25"), day, "Noel Gray", "Ada Finch");
    }
    only(&halving.draw(), "escalating_frequency");

    let mut even = known();
    for (at, day) in ["2025-01-01", "2025-04-01", "2025-07-01"].iter().enumerate() {
        even.harm(&format!("71/{at}/25"), day, "Noel Gray", "Ada Finch");
    }
    assert!(of(&even.draw(), "escalating_frequency").is_empty());
}

#[test]
fn custody_and_what_comes_to_an_end() {
    let mut rows = known();
    rows.happened("probation", EventKind::Release, "Noel Gray", "2025-05-03");
    let order = rows.happened("probation", EventKind::Supervision, "Noel Gray", "2025-05-03");
    order.until = Some(when("2026-12-01"));
    let picture = rows.draw();
    assert_eq!(only(&picture, "release_from_prison").at, when("2025-05-03"));
    let ends = only(&picture, "order_ends");
    assert!(ends.ahead && ends.due < when("2026-12-01").first_day());
}

#[test]
fn the_queue_tells_of_points_nobody_has_looked_at() {
    let mut rows = known();
    told(&mut rows, "71/2/26", "2026-10-20T22:00", "008/77", "He said he would hang himself if she left.");
    let lines = |rows: &Rows| {
        let queue = today(&rows.draw(), &Settings::built_in().unwrap(), TODAY);
        queue.items.into_iter().filter(|item| item.group == "critical_point").collect::<Vec<_>>()
    };
    let found = lines(&rows);
    assert_eq!(found.len(), 1, "one line for one family: {found:#?}");
    let because = &found[0].because;
    assert!(because.contains("strangulation or suffocation on 20 October 2026"), "{because}");
    assert!(because.contains("suicide threat") && !found[0].sources.is_empty());
    rows.happened("social_care", EventKind::Section47, "Ada Finch", "2026-10-22");
    assert!(lines(&rows).is_empty());
}

#[test]
fn what_a_viewer_may_not_see_takes_the_point_with_it() {
    let mut rows = known();
    told(&mut rows, "71/2/24", "2024-06-01T22:00", "008/77", "");
    only(&rows.draw(), "strangulation");
    let settings = Settings::built_in().unwrap();
    let drawn = |view: &Viewpoint| {
        let seen: Vec<KnownRecord> = as_known(&rows.0, view).into_iter().cloned().collect();
        draw(&seen, &settings, &Kept::none(), TODAY)
    };
    let earlier = Viewpoint { as_known_on: Some("2024-05-31".parse().unwrap()), known_to: None };
    assert!(drawn(&earlier).critical.is_empty(), "not yet known then");
    let schools = Viewpoint { as_known_on: None, known_to: Some("schools".into()) };
    assert!(drawn(&schools).critical.is_empty(), "not known there");
}

#[test]
fn a_wrong_document_says_where_and_what() {
    let fault = |from: &str, to: &str| {
        let mut documents = Documents::built_in();
        let text = documents.critical.text.replacen(from, to, 1);
        assert_ne!(text, documents.critical.text, "{from}");
        documents.critical.text = &text;
        Settings::from_documents(&documents).unwrap_err().to_string()
    };
    for (from, to, says) in [
        ("clock = \"same day\"", "clock = \"soon\"", "found clock `soon`"),
        ("often_days = 30", "often_days = 0", "found 0, expected a number of days"),
        ("name = \"pregnancy\"", "name = \"separation\"", "found this name twice"),
        ("number = 24", "number = 23", "found no kind with number 24"),
        ("\"strangl*\"", "\"Strangl*\"", "lower case"),
        ("after = \"separation\"", "after = \"parting\"", "found `parting`"),
        ("\"Christmas\" = \"12-25\"", "\"Christmas\" = \"25.12.\"", "a month and a day"),
        ("version = 1", "version = 2", "found 2, expected 1"),
        ("rules = [\"birth\"]", "rules = [\"births\"]", "unknown variant"),
    ] {
        let said = fault(from, to);
        assert!(said.starts_with("area/thresholds/critical_points.toml, line "), "{said}");
        assert!(said.contains(says), "{said}");
    }
}
