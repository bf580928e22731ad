//! Which records report an act, and which only speak of one.

use super::super::shape::ReportedHarm;
use super::super::testing::{Rows, here};
use crate::ids::PersonId;
use crate::record::{EventKind, Involved, RelationKind, Role};

const HE: &str = "Rob Hart";
const SHE: &str = "Ada Finch";

fn told(rows: &Rows) -> ReportedHarm {
    rows.draw().reported.get(&PersonId::from(HE)).cloned().unwrap()
}

/// Somebody harmed twice, as police know, and known to others.
fn couple() -> Rows {
    let mut rows = Rows::default();
    rows.born(SHE, "1990-01-01");
    rows.born(HE, "1988-01-01");
    rows.harm("I1", "2025-01-05T20:00", HE, SHE);
    rows.harm("I2", "2025-06-05T20:00", HE, SHE);
    rows
}

fn wrote(rows: &mut Rows, agency: &str, kind: EventKind, person: &str, at: &str, text: &str) {
    rows.happened(agency, kind, person, at).text = Some(text.to_owned());
}

#[test]
fn an_injury_that_a_hospital_recorded_stands_beside_the_incidents() {
    let mut rows = couple();
    let text = "Neck pain and hoarse voice, states grabbed round throat.";
    wrote(&mut rows, "health", EventKind::HealthContact, SHE, "2025-09-01T23:10", text);
    let found = told(&rows);
    let told: Vec<(String, u8, bool)> =
        found.reports.iter().map(|r| (r.source.agency.to_string(), r.harm_class, r.incident)).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(told[2], ("health".to_owned(), 3, false));
    assert_eq!(found.reports[2].flags, ["strangulation"]);
    assert_eq!(found.reports[2].harmed.as_str(), SHE);
}

#[test]
fn what_is_denied_or_has_another_cause_is_no_episode() {
    let mut rows = couple();
    for (day, text) in [
        (1, "Bruised ribs, 'slipped in shower'."),
        (2, "Denies any assault by partner."),
        (3, "Assaulted by a stranger in the street."),
        (4, "Assault at work by patient."),
    ] {
        wrote(&mut rows, "health", EventKind::HealthContact, SHE, &format!("2025-09-0{day}"), text);
    }
    assert_eq!(told(&rows).reports.len(), 2);
}

#[test]
fn what_a_child_told_at_school_is_about_the_adults_around_the_child() {
    let mut rows = couple();
    for (parent, of) in [(SHE, "1"), (HE, "2")] {
        let row = rows.tie("schools", parent, RelationKind::Parent, "Kit Finch", "2024-09-01");
        row.record.row_key = format!("K{of}");
    }
    rows.born("Kit Finch", "2016-01-01");
    wrote(&mut rows, "schools", EventKind::SchoolConcern, "Kit Finch", "2025-10-02", "Said daddy hit mummy.");
    let found = told(&rows);
    assert_eq!(found.reports.len(), 3);
    assert_eq!(found.reports[2].harmed.as_str(), SHE);
    assert_eq!(found.reports[2].what, "A child told of violence at home");
}

#[test]
fn nobody_is_given_reports_whom_no_record_shows_as_causing_harm() {
    let mut rows = Rows::default();
    rows.born(SHE, "1990-01-01");
    rows.tie("health", HE, RelationKind::Partner, SHE, "2024-09-01");
    wrote(&mut rows, "health", EventKind::HealthContact, SHE, "2025-09-01", "Kicked by partner.");
    assert!(rows.draw().reported.is_empty());
}

#[test]
fn prison_is_a_time_away_and_separation_is_kept_with_whom_it_was() {
    let mut rows = couple();
    let sentence = rows.happened("probation", EventKind::Sentence, HE, "2025-07-01");
    sentence.details.insert("outcome".into(), "Immediate custody".into());
    sentence.involved[0] = Involved { who: here(), role: Role::Subject };
    rows.happened("probation", EventKind::Release, HE, "2025-12-01");
    rows.incident(
        "I3",
        "2026-02-01T20:00",
        "105/01",
        "yes",
        "They separated three weeks ago. He came to the door.",
    );
    rows.part("I3", HE, Role::CausingHarm, "former_partner");
    rows.part("I3", SHE, Role::Victim, "former_partner");
    let found = told(&rows);
    assert_eq!(found.away.len(), 1);
    assert_eq!(found.away[0].from.to_string(), "2025-07-01");
    assert_eq!(found.away[0].to.map(|to| to.to_string()).as_deref(), Some("2025-12-01"));
    assert_eq!(found.parted.first().map(|parted| parted.harmed.as_str()), Some(SHE));
}
