//! The independent check (`oracle/`) against the real program, in small; the whole of it is run on demand
//! (docs/guides/checking-who-sees-what.md).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

use std::collections::BTreeSet;
use std::path::Path;

use throughline_oracle::probe::Depth;
use throughline_oracle::run::{self, Ground};
use throughline_oracle::{pairs, seeded};

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_throughline"))
}

fn rules() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("area")
}

#[test]
fn nobody_sees_what_the_rules_do_not_let_them_and_everybody_what_they_do() {
    let ground = Ground::new(&rules(), 6, 11).unwrap();
    let report =
        run::probe(&ground, program(), Depth { every: 12, verbs: 1, turn: 0 }, &BTreeSet::new()).unwrap();
    assert!(report.is_clean(), "{}", serde_json::to_string_pretty(&report).unwrap());
    assert!(report.all.probes > 3_000, "{:?}", report.all);
}

#[test]
fn every_planted_leak_is_found_and_none_where_none_was_planted() {
    let told = seeded::run(&Ground::new(&rules(), 4, 3).unwrap(), program()).unwrap();
    assert!(told.leaks.len() >= 40);
    assert!(told.is_well(), "{}", serde_json::to_string_pretty(&told).unwrap());
}

#[test]
fn a_thousand_families_with_one_protected_fact_otherwise_look_the_same() {
    let told = pairs::run(&rules(), program(), pairs::Plan::quick(1_000, 5)).unwrap();
    assert_eq!(told.differ, Vec::<String>::new());
    assert_eq!(told.pairs, 1_000);
    // A few families are looked at by nobody in the quick run; each kind is, nearly as often as there are families.
    let looked = told.kinds.values().all(|kind| kind.looks * 2 > kind.pairs);
    assert!(looked, "every kind was shown to somebody: {:?}", told.kinds);
}
