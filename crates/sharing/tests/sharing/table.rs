//! The engine against the table: all rows, the generated cases, and everything one word away from every line.

use std::fmt::Write as _;

use serde_json::{Value, json};
use throughline_sharing::{Policies, Request};

use crate::oracle::{Case, Oracle, around};
use crate::{TABLE, day, held_against, same, told};

const ROWS: &str = include_str!("../data/rows.ndjson");

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
        if json!(outcome) != case["expect"]["decision"]
            || json!(fields) != case["expect"]["fields"]
            || !rules.contains(id)
        {
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
pub fn generated(oracle: &Oracle) -> Vec<Case> {
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
    assert!(text.lines().count() >= 300);
    held_against("generated.ndjson", &text);
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
                writeln!(wrong, "{}\n   table:  {expected:?}\n   engine: {:?}", case.json(), told(&decision))
                    .unwrap();
            }
        }
    }
    assert!(count > 10_000, "{count}");
    assert!(wrong.is_empty(), "{wrong}");
}
