//! Shelves answer as a plain sorted map would, whatever is put, removed, replaced or thrown away, in whatever order.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly, and so may what it is built from"
)]
mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{empty, opened};
use proptest::prelude::*;
use throughline_store::{Batch, Row, RowChange, ShelfContents, Store};

const SHELVES: [&str; 2] = ["people", "places"];

#[derive(Clone, Debug)]
enum Step {
    Batch(Vec<RowChange>),
    Replace(usize, Vec<Row>),
    Discard(usize),
}

type Shelf = BTreeMap<String, (Vec<u8>, BTreeSet<String>)>;

fn a_row() -> impl Strategy<Value = Row> {
    // Few keys and terms, so that they meet; some that sort or compare in surprising ways.
    let key = prop::sample::select(vec!["a", "A", "aa", "b", "é", "z", "\u{10FFFF}", "a b", "%", "_"]);
    let term = prop::sample::select(vec!["", "a", "ab", "abc", "b", "é", "éa", "a%", "\u{10FFFF}", "'"]);
    let body = prop::collection::vec(any::<u8>(), 0..4);
    (key, body, prop::collection::vec(term, 0..5)).prop_map(|(key, body, terms)| Row {
        key: key.into(),
        body,
        terms: terms.into_iter().map(Into::into).collect(),
    })
}

fn a_step() -> impl Strategy<Value = Step> {
    let change = (0..2_usize, a_row(), any::<bool>()).prop_map(|(shelf, row, put)| match put {
        true => RowChange::put(SHELVES[shelf], row.key, row.body, row.terms),
        false => RowChange::remove(SHELVES[shelf], row.key),
    });
    prop_oneof![
        6 => prop::collection::vec(change, 1..8).prop_map(Step::Batch),
        3 => (0..2_usize, prop::collection::vec(a_row(), 0..8)).prop_map(|(shelf, rows)| Step::Replace(shelf, rows)),
        1 => (0..2_usize).prop_map(Step::Discard),
    ]
}

fn take(store: &Store, model: &mut [Shelf; 2], step: Step) {
    let at = |shelf: &str| usize::from(shelf == SHELVES[1]);
    match step {
        Step::Batch(rows) => {
            store.append(Batch { rows: rows.clone(), ..Batch::default() }).unwrap();
            for row in rows {
                match row {
                    RowChange::Put { shelf, key, body, terms } => {
                        model[at(&shelf)].insert(key, (body, terms.into_iter().collect()));
                    }
                    RowChange::Remove { shelf, key } => drop(model[at(&shelf)].remove(&key)),
                }
            }
        }
        Step::Replace(shelf, rows) => {
            let wanted: Shelf =
                rows.into_iter().map(|row| (row.key, (row.body, row.terms.into_iter().collect()))).collect();
            let rows: Vec<Row> = wanted
                .iter()
                .map(|(key, (body, terms))| Row {
                    key: key.clone(),
                    body: body.clone(),
                    terms: terms.iter().cloned().collect(),
                })
                .collect();
            let contents = || vec![ShelfContents { shelf: SHELVES[shelf].into(), rows: rows.clone() }];
            let told = store.compare_shelves(contents()).unwrap();
            assert_eq!(store.replace_shelves(contents()).unwrap(), told.changed);
            assert_eq!(store.compare_shelves(contents()).unwrap().first, None);
            let old = std::mem::replace(&mut model[shelf], wanted);
            let new = &model[shelf];
            assert_eq!(
                told.changed.removed as usize,
                old.keys().filter(|key| !new.contains_key(*key)).count()
            );
            assert_eq!(
                told.changed.unchanged as usize,
                new.iter().filter(|(key, row)| old.get(*key) == Some(row)).count()
            );
        }
        Step::Discard(shelf) => {
            store.discard_shelf(SHELVES[shelf]).unwrap();
            model[shelf].clear();
        }
    }
}

fn compare(store: &Store, name: &str, model: &Shelf) {
    assert_eq!(store.count(name).unwrap(), model.len() as u64);
    let listed = store.list(name, "", 100).unwrap().into_iter().map(|(key, body)| (key, opened(body)));
    assert!(listed.eq(model.iter().map(|(key, (body, _))| (key.clone(), body.clone()))));
    let mut pages = Vec::new();
    while let Some((key, _)) = store.list(name, pages.last().map_or("", String::as_str), 1).unwrap().pop() {
        pages.push(key);
    }
    assert!(pages.iter().eq(model.keys()), "page by page");
    for term in ["", "a", "ab", "b", "é", "a%", "\u{10FFFF}", "nobody"] {
        let having = model.iter().filter(|(_, (_, terms))| terms.contains(term)).map(|(key, _)| key);
        assert!(store.find(name, term, 100).unwrap().iter().eq(having), "{term:?}");
        let mut beginning: Vec<(String, String)> = model
            .iter()
            .flat_map(|(key, (_, terms))| terms.iter().map(move |term| (term.clone(), key.clone())))
            .filter(|(found, _)| found.starts_with(term))
            .collect();
        beginning.sort();
        assert_eq!(store.find_prefix(name, term, 100).unwrap(), beginning, "{term:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_shelf_is_a_sorted_map(steps in prop::collection::vec(a_step(), 1..12)) {
        let (_folder, store) = empty();
        let mut model = [Shelf::new(), Shelf::new()];
        for step in steps {
            take(&store, &mut model, step);
            compare(&store, SHELVES[0], &model[0]);
            compare(&store, SHELVES[1], &model[1]);
        }
        prop_assert!(store.verify().unwrap().is_sound());
    }
}
