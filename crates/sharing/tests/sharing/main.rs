//! The policies that come with the program, held against a second reading of the handbook's table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "tests may fail loudly, and keep what they generate in files"
)]

mod answers;
mod breaches;
mod loading;
mod matrix;
mod oracle;
mod properties;
mod seen;
mod table;
mod teeth;

use std::collections::BTreeSet;

use oracle::Expected;
use throughline_sharing::Decision;

/// The handbook's table read once more by hand; no input of the engine.
const TABLE: &str = include_str!("../data/table.txt");

/// A day on which the duty to share is in force.
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

/// Holds a text against the file it is kept in; `SHARING_UPDATE=1` writes it anew.
fn held_against(name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    if std::env::var_os("SHARING_UPDATE").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "tests/data/{name} differs; run with SHARING_UPDATE=1 and read the difference");
}
