//! What a person decides binds, for and against, and the last decision holds.

use throughline_linkage::{Decision, Record, Settings, Why, link};

use crate::invented::{With, record, town};

fn records() -> Vec<Record> {
    let mut all = vec![
        record("a", "health").named("Rufus", "Marchbank").born(1985, 6, 1).number("nhs", "9434765919"),
        record("b", "police").named("Rufus", "Marchbank").born(1985, 6, 1).number("nhs", "9434765919"),
        record("c", "housing").named("Maud", "Quince").born(1961, 12, 24),
    ];
    all.extend(town());
    all
}

fn decide(a: &str, b: &str, same: bool) -> Decision {
    Decision { a: a.into(), b: b.into(), same }
}

fn people(decisions: &[Decision]) -> Vec<u32> {
    link(&records(), decisions, &Settings::built_in().unwrap()).cluster[..3].to_vec()
}

#[test]
fn decisions_bind_both_ways() {
    assert_eq!(people(&[]), [0, 0, 2]);
    assert_eq!(people(&[decide("a", "b", false)]), [0, 1, 2]);
    assert_eq!(people(&[decide("c", "a", true)]), [0, 0, 0]);
}

#[test]
fn the_last_decision_on_two_records_holds() {
    assert_eq!(people(&[decide("a", "b", false), decide("b", "a", true)]), [0, 0, 2]);
    assert_eq!(people(&[decide("a", "c", true), decide("a", "c", false)]), [0, 0, 2]);
}

#[test]
fn two_that_are_apart_do_not_meet_through_a_third() {
    assert_eq!(people(&[decide("a", "b", false), decide("a", "c", true)]), [0, 1, 0]);
}

#[test]
fn a_decision_parts_even_what_an_agency_numbers_alike() {
    let mut all = records();
    all[0].refs.push("patient:1".into());
    all[1].refs.push("patient:1".into());
    all[1].source = "health".into();
    let settings = Settings::built_in().unwrap();
    assert_eq!(link(&all, &[], &settings).cluster[..2], [0, 0]);
    assert_eq!(link(&all, &[decide("a", "b", false)], &settings).cluster[..2], [0, 1]);
}

#[test]
fn an_edge_says_that_a_person_decided_it() {
    let linked = link(&records(), &[decide("c", "a", true)], &Settings::built_in().unwrap());
    assert!(linked.edges.iter().any(|edge| (edge.a, edge.b) == (0, 2) && edge.why == Why::Decision));
}

#[test]
fn a_decision_on_records_that_are_gone_changes_nothing() {
    assert_eq!(people(&[decide("a", "gone", true), decide("x", "y", false)]), people(&[]));
}

#[test]
fn no_decision_joins_an_identity_that_is_protected() {
    let mut records = records();
    records[2].scope = Some("adopted".into());
    let decided = [decide("a", "c", true), decide("a", "b", true)];
    let linked = link(&records, &decided, &Settings::built_in().unwrap());
    assert_eq!(linked.cluster[..3], [0, 0, 2]);
}
