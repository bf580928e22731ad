//! The engine against the table: all rows, the generated cases, and everything one word away from every line.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

mod oracle;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use oracle::{Case, Expected, Oracle, around};
use serde_json::{Value, json};
use throughline_sharing::{Decision, Policies, Request};

const ROWS: &str = include_str!("data/rows.ndjson");
const TABLE: &str = include_str!("data/table.txt");
const GENERATED: &str = "data/generated.ndjson";

fn day() -> jiff::civil::Date {
    jiff::civil::date(2026, 11, 20)
}

fn told(decision: &Decision) -> (String, Vec<&'static str>, BTreeSet<String>) {
    (
        decision.decision.as_str().to_owned(),
        decision.fields.iter().map(|field| field.as_str()).collect(),
        decision.rules.iter().cloned().collect(),
    )
}

fn same(decision: &Decision, expected: &Expected) -> bool {
    let (outcome, fields, rules) = told(decision);
    outcome == expected.decision && fields == expected.fields && rules == expected.rules
}

#[test]
fn every_row_of_the_handbook_has_its_outcome() {
    let policies = Policies::built_in().unwrap();
    let mut wrong = String::new();
    let mut rows = 0;
    for line in ROWS.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let id = case["id"].as_str().unwrap();
        let decision = policies.decide(&Request::from_json(&case).unwrap(), day());
        let (outcome, fields, rules) = told(&decision);
        rows += 1;
        if json!(outcome) != case["expect"]["decision"] || json!(fields) != case["expect"]["fields"] || !rules.contains(id) {
            writeln!(wrong, "{id}: {outcome} {fields:?} {rules:?}").unwrap();
        }
        for said in [&decision.basis, &decision.rules] {
            assert!(!said.is_empty(), "{id} gives no reason");
        }
        assert!(!decision.explain.is_empty());
    }
    assert_eq!(rows, 70);
    assert!(wrong.is_empty(), "{wrong}");
}

/// Cases by combination: every line's example, with all it is about, and every few of its neighbours.
fn generated(oracle: &Oracle) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut add = |case: Case| {
        if !cases.contains(&case) {
            cases.push(case);
        }
    };
    for (number, line) in oracle.lines.iter().enumerate() {
        let base = line.example();
        add(base.clone());
        add(Case { categories: line.data(), ..base.clone() });
        let near = around(&base);
        let step = 37;
        near.into_iter().skip(number % step).step_by(step).for_each(&mut add);
    }
    cases
}

#[test]
fn the_generated_cases_are_those_of_the_table_and_are_answered_so() {
    let oracle = Oracle::read(TABLE);
    let mut text = String::new();
    let mut wrong = String::new();
    let policies = Policies::built_in().unwrap();
    for (number, case) in generated(&oracle).iter().enumerate() {
        let expected = oracle.expect(case);
        let mut line = case.json();
        line["id"] = json!(format!("g{number:04}"));
        line["expect"] =
            json!({"decision": expected.decision, "fields": expected.fields, "rules": expected.rules});
        writeln!(text, "{line}").unwrap();
        let decision = policies.decide(&Request::from_json(&line).unwrap(), day());
        if !same(&decision, &expected) {
            writeln!(wrong, "{line}\n   engine: {:?}", told(&decision)).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(GENERATED);
    if std::env::var_os("SHARING_UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(text.lines().count() >= 300);
    assert!(kept == text, "{GENERATED} differs from the table; run with SHARING_UPDATE=1 and read the difference");
}

#[test]
fn everything_one_word_away_is_answered_as_the_table_says() {
    let oracle = Oracle::read(TABLE);
    let policies = Policies::built_in().unwrap();
    let mut wrong = String::new();
    let mut count = 0;
    // The whole neighbourhood is 46,000 requests; here every third, another third for each line.
    let step = if std::env::var_os("SHARING_ALL").is_some() { 1 } else { 3 };
    for (number, line) in oracle.lines.iter().enumerate() {
        for case in around(&line.example()).iter().skip(number % step).step_by(step) {
            let expected = oracle.expect(case);
            let decision = policies.decide(&Request::from_json(&case.json()).unwrap(), day());
            count += 1;
            if !same(&decision, &expected) && wrong.len() < 4000 {
                writeln!(wrong, "{}\n   table:  {expected:?}\n   engine: {:?}", case.json(), told(&decision)).unwrap();
            }
        }
    }
    assert!(count > 10_000, "{count}");
    assert!(wrong.is_empty(), "{wrong}");
}
