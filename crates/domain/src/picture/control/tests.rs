//! The axis of coercive control: what several agencies saw adds up, what nobody asked stays open.

use crate::picture::shape::{Control, Picture};
use crate::picture::testing::Rows;
use crate::picture::{Documents, Settings};
use crate::record::{EventKind, RelationKind};

/// Ada Finch and Noel Gray are partners; no incident was ever reported.
fn known() -> Rows {
    let mut rows = Rows::default();
    rows.born("Noel Gray", "1988-02-03");
    rows.born("Ada Finch", "1990-05-06");
    rows.tie("health", "Noel Gray", RelationKind::Partner, "Ada Finch", "2024-01-02");
    rows
}

fn seen(rows: &mut Rows, at: &str, text: &str) {
    rows.happened("health", EventKind::HealthContact, "Ada Finch", at).text = Some(text.into());
}

fn of(picture: &Picture) -> &Control {
    assert_eq!(picture.control.len(), 1, "{:#?}", picture.control);
    picture.control.values().next().unwrap()
}

fn times(control: &Control, domain: &str) -> u32 {
    control.domains.iter().find(|known| known.name == domain).unwrap().times
}

#[test]
fn signs_of_several_agencies_make_a_pattern_without_any_incident() {
    let mut rows = known();
    seen(&mut rows, "2025-01-10", "Attended with partner who answered every question.");
    seen(&mut rows, "2025-03-12", "Says the benefits go to partner's account, no money for the meter.");
    let picture = rows.draw();
    assert_eq!(of(&picture).pattern_since, None, "two domains are no pattern");
    seen(&mut rows, "2025-05-20", "Asked for the phone to be left outside, he tracks it.");
    let picture = rows.draw();
    let control = of(&picture);
    assert_eq!(control.person, "Noel Gray".into());
    assert_eq!(control.over, ["Ada Finch".into()]);
    assert_eq!(control.pattern_since.map(|at| at.to_string()).as_deref(), Some("2025-05-20"));
    assert_eq!(control.sustained_since, None);
    for domain in ["obstruction", "economic", "monitoring"] {
        assert_eq!(times(control, domain), 1, "{domain}");
    }
}

#[test]
fn a_domain_not_seen_was_never_asked_until_a_specialist_asked() {
    let mut rows = known();
    seen(&mut rows, "2025-01-10", "Attended with partner who answered every question.");
    let picture = rows.draw();
    assert!(of(&picture).domains.iter().all(|domain| !domain.asked));
    rows.happened("services", EventKind::ServiceReferral, "Ada Finch", "2025-02-01");
    assert!(of(&rows.draw()).domains.iter().all(|domain| domain.asked));
}

#[test]
fn an_enquiry_that_a_partner_prevented_is_a_sign_and_other_reasons_are_none() {
    let mut rows = known();
    for (at, why) in [("2025-01-10", "Not enough time"), ("2025-02-10", "Partner present throughout")] {
        let enquiry = rows.happened("health", EventKind::RoutineEnquiry, "Ada Finch", at);
        enquiry.details.insert("reason_not_asked".into(), why.into());
    }
    assert_eq!(times(of(&rows.draw()), "obstruction"), 1);
}

#[test]
fn ordinary_notes_are_no_signs() {
    let mut rows = known();
    for (at, text) in [
        ("2025-01-10", "Chest infection. Antibiotics given."),
        ("2025-02-10", "Smear taken, no concerns. Contraception review."),
        ("2025-03-10", "Partner well. Baby weighed, feeding well."),
    ] {
        seen(&mut rows, at, text);
    }
    assert!(rows.draw().control.is_empty());
}

#[test]
fn what_a_school_saw_is_told_of_whoever_other_agencies_saw_controlling() {
    let mut rows = known();
    for parent in ["Noel Gray", "Ada Finch"] {
        rows.tie("social_care", parent, RelationKind::Parent, "Kit Finch", "2024-02-02");
    }
    rows.born("Kit Finch", "2017-09-10");
    let told = "Says mummy is not allowed to have the bank card.";
    rows.happened("schools", EventKind::SchoolConcern, "Kit Finch", "2025-04-01").text = Some(told.into());
    assert!(rows.draw().control.is_empty(), "which of the two is not known");
    seen(&mut rows, "2025-01-10", "Attended with partner who answered every question.");
    let picture = rows.draw();
    assert_eq!(times(of(&picture), "economic"), 1);
}

#[test]
fn a_wrong_document_says_where_and_what() {
    for (from, to, says) in [
        ("domains = 3", "domains = 30", "found 30"),
        ("\"spyware|airtag\"", "\"Spyware\"", "lower case"),
        ("name = \"sexual\"", "name = \"economic\"", "found this name twice"),
        ("dates = 2", "dates = 0", "expected dates from 1"),
    ] {
        let mut documents = Documents::built_in();
        let text = documents.control.text.replacen(from, to, 1);
        assert_ne!(text, documents.control.text, "{from}");
        documents.control.text = &text;
        let said = Settings::from_documents(&documents).unwrap_err().to_string();
        assert!(said.starts_with("area/phrases/control.toml, line ") && said.contains(says), "{said}");
    }
}

#[test]
fn control_leads_while_it_is_seen_on_more_days_than_incidents_are_reported() {
    let mut rows = known();
    for (at, text) in [
        ("2025-01-10", "Attended with partner who answered every question."),
        ("2025-02-12", "Says the benefits go to partner's account, no money for the meter."),
        ("2025-03-20", "Says he tracks her phone."),
        ("2025-04-15", "Partner rang to cancel."),
        ("2025-05-11", "Told what to eat and what to wear."),
    ] {
        seen(&mut rows, at, text);
    }
    let control = |rows: &Rows| of(&rows.draw()).clone();
    assert_eq!(control(&rows).leading_since.map(|at| at.to_string()).as_deref(), Some("2025-05-11"));
    for at in 0..5 {
        rows.harm(&format!("71/{at}/25"), &format!("2025-06-{:02}", 1 + at * 5), "Noel Gray", "Ada Finch");
    }
    let beside = control(&rows);
    assert_eq!(beside.leading_since, None, "as many incidents as days");
    assert!(beside.pattern_since.is_some(), "the axis itself is never netted with incidents");
}
