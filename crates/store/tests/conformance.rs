//! One story that every database behind the seam has to tell in the same words.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly, and so may what it is built from"
)]

mod common;

use std::sync::atomic::{AtomicBool, Ordering};

use common::{all, area, empty, fact, opened, with_facts};
use throughline_store::{Batch, Heads, NewFact, Row, RowChange, ShelfContents, Store, StoreError};

fn batch(facts: Vec<NewFact>) -> Batch {
    Batch { facts, ..Batch::default() }
}

#[test]
fn facts_come_back_as_they_went_in() {
    let (folder, store) = with_facts(30);
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.area(), area());
    let facts = all(&store);
    assert_eq!(facts.len(), 30);
    for (n, stored) in facts.iter().enumerate() {
        let new = fact(n);
        assert_eq!(stored.seq, n as u64 + 1);
        assert_eq!((&stored.agency, &stored.id), (&new.agency, &new.id));
        assert_eq!(
            (stored.happened, stored.recorded, stored.received),
            (new.happened, new.recorded, new.received)
        );
        assert_eq!(stored.body, new.body);
        assert_eq!(store.as_sent(stored.seq).unwrap().map(opened), new.raw);
    }
    assert!(matches!(store.as_sent(31), Err(StoreError::NoSuchFact(31))));
    assert!(store.verify().unwrap().is_sound());
}

#[test]
fn ranges_and_kinds_select_facts_in_order() {
    let (_folder, store) = with_facts(3_000);
    let seqs = |facts: throughline_store::Facts| -> Vec<u64> {
        facts.map(|fact| opened(fact.unwrap()).seq).collect()
    };
    assert_eq!(seqs(store.facts(..).unwrap()), (1..=3_000).collect::<Vec<_>>());
    assert_eq!(seqs(store.facts(5..8).unwrap()), [5, 6, 7]);
    assert_eq!(seqs(store.facts(2_999..).unwrap()), [2_999, 3_000]);
    assert_eq!(seqs(store.facts(..=2).unwrap()), [1, 2]);
    assert!(seqs(store.facts(3_001..).unwrap()).is_empty());
    assert!(seqs(store.facts(..0).unwrap()).is_empty());
    let kinds = ["sealed_record", "record", "record"];
    let expected: Vec<u64> =
        all(&store).iter().filter(|fact| kinds.contains(&fact.body.kind())).map(|fact| fact.seq).collect();
    assert_eq!(seqs(store.facts_of_kind(&kinds, ..).unwrap()), expected);
    assert!(seqs(store.facts_of_kind(&["no_such_kind"], ..).unwrap()).is_empty());
    assert!(seqs(store.facts_of_kind(&[], ..).unwrap()).is_empty());
    let some = store.facts_by_seq(&[2_500, 3, 3]).unwrap();
    assert_eq!(some.into_iter().map(|fact| opened(fact).seq).collect::<Vec<_>>(), [2_500, 3, 3]);
    assert!(matches!(store.facts_by_seq(&[1, 3_001]), Err(StoreError::NoSuchFact(3_001))));
}

#[test]
fn a_receipt_says_where_the_chains_stand() {
    let (_folder, store) = empty();
    assert_eq!(store.heads().unwrap(), Heads::default());
    let receipt = store.append(batch(vec![fact(0), fact(1), fact(3)])).unwrap();
    assert_eq!((receipt.first_seq, receipt.last_seq), (Some(1), Some(3)));
    assert_eq!(receipt.heads, store.heads().unwrap());
    assert_eq!(receipt.heads.of(&"police".into()).length, 2);
    assert_eq!(receipt.heads.of(&"housing".into()).length, 0);
    let rows_only = Batch { rows: vec![RowChange::put("s", "k", b"x", ["t"])], ..Batch::default() };
    let again = store.append(rows_only).unwrap();
    assert_eq!((again.first_seq, again.last_seq), (None, None));
    assert_eq!(again.heads, receipt.heads);
}

#[test]
fn a_batch_decided_on_old_heads_is_refused_whole() {
    let (_folder, store) = empty();
    let old = store.heads().unwrap();
    store.append(batch(vec![fact(0)])).unwrap();
    let rows = vec![RowChange::put("s", "k", b"x", ["t"])];
    let late = Batch { expected: Some(old.clone()), facts: vec![fact(1), fact(3)], rows };
    let Err(StoreError::Moved(agency)) = store.append(late) else { panic!("must be refused") };
    assert_eq!(agency.as_str(), "police");
    assert_eq!(all(&store).len(), 1, "nothing of it is stored, not even the facts of the other agency");
    assert!(store.get("s", "k").unwrap().is_none());
    // Another agency's chain has not moved.
    store.append(Batch { expected: Some(old), facts: vec![fact(1), fact(4)], rows: Vec::new() }).unwrap();
    let now = store.heads().unwrap();
    store.append(Batch { expected: Some(now), facts: vec![fact(3)], rows: Vec::new() }).unwrap();
    assert!(store.verify().unwrap().is_sound());
}

#[test]
fn an_error_in_a_batch_undoes_all_of_it() {
    let (_folder, store) = with_facts(3);
    let before = store.heads().unwrap();
    let rows = vec![RowChange::put("s", "k", b"x", ["t"])];
    // The last fact has the id of the first.
    let bad = Batch { facts: vec![fact(3), fact(4), fact(0)], rows, expected: None };
    assert!(matches!(store.append(bad), Err(StoreError::Unfit(_))));
    assert_eq!(store.heads().unwrap(), before);
    assert_eq!(store.count("s").unwrap(), 0);
    let nameless =
        Batch { rows: vec![RowChange::put("s", "", b"x", ["t"])], facts: vec![fact(5)], expected: None };
    assert!(matches!(store.append(nameless), Err(StoreError::Unfit(_))));
    store.append(batch(vec![fact(3)])).unwrap();
    assert_eq!(all(&store).len(), 4);
    assert!(store.verify().unwrap().is_sound());
}

#[test]
fn rows_are_found_by_the_terms_they_have_now() {
    let (_folder, store) = empty();
    let put =
        |key: &str, body: &[u8], terms: &[&str]| RowChange::put("people", key, body, terms.iter().copied());
    let rows = vec![
        put("b", b"1", &["okafor", "bell", "bell"]),
        put("a", b"2", &["okafor"]),
        put("c", b"3", &["oka", "okb", "é"]),
        RowChange::put("places", "a", b"4", ["okafor"]),
    ];
    store.append(Batch { rows, ..Batch::default() }).unwrap();
    assert_eq!(store.find("people", "okafor", 10).unwrap(), ["a", "b"]);
    assert_eq!(store.find("people", "okafor", 1).unwrap(), ["a"]);
    let found = store.find_prefix("people", "oka", 10).unwrap();
    let found: Vec<_> = found.iter().map(|(term, key)| (term.as_str(), key.as_str())).collect();
    assert_eq!(found, [("oka", "c"), ("okafor", "a"), ("okafor", "b")]);
    assert_eq!(store.find_prefix("people", "", 2).unwrap().len(), 2);
    assert_eq!(store.find_prefix("people", "é", 2).unwrap().len(), 1);

    let rows =
        vec![put("b", b"5", &["vale"]), RowChange::remove("people", "a"), RowChange::remove("people", "no")];
    store.append(Batch { rows, ..Batch::default() }).unwrap();
    assert!(store.find("people", "okafor", 10).unwrap().is_empty());
    assert_eq!(store.find("people", "vale", 10).unwrap(), ["b"]);
    assert_eq!(store.get("people", "b").unwrap().map(opened).unwrap(), b"5");
    assert!(store.get("people", "a").unwrap().is_none());
    assert_eq!(
        (store.count("people").unwrap(), store.count("places").unwrap(), store.count("no").unwrap()),
        (2, 1, 0)
    );
    let keys = |rows: Vec<(String, _)>| rows.into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(keys(store.list("people", "", 10).unwrap()), ["b", "c"]);
    assert_eq!(keys(store.list("people", "b", 10).unwrap()), ["c"]);
    assert_eq!(keys(store.get_many("people", &["c".into(), "a".into(), "b".into()]).unwrap()), ["c", "b"]);
}

fn row(key: String, body: &str, terms: &[&str]) -> Row {
    Row { key, body: body.into(), terms: terms.iter().map(|&term| term.to_owned()).collect() }
}

#[test]
fn replacing_a_shelf_writes_only_what_differs() {
    let (_folder, store) = empty();
    let many = |body: &'static str| {
        (0..5_000).map(move |n| row(format!("{n:05}"), body, &["t"])).collect::<Vec<_>>()
    };
    let shelf = |rows| vec![ShelfContents { shelf: "s".into(), rows }];
    let first = store.replace_shelves(shelf(many("x"))).unwrap();
    assert_eq!((first.added, first.changed, first.removed, first.unchanged), (5_000, 0, 0, 0));
    assert_eq!(store.count("s").unwrap(), 5_000);

    let mut next = many("x");
    next[7].body = b"y".to_vec();
    next[8].terms = vec!["u".into(), "t".into(), "u".into()];
    next.remove(4_999);
    next.remove(0);
    next.push(row("99999".into(), "z", &[]));
    next.reverse();
    let compared = store.compare_shelves(shelf(next.clone())).unwrap();
    let second = store.replace_shelves(shelf(next.clone())).unwrap();
    assert_eq!((second.added, second.changed, second.removed, second.unchanged), (1, 2, 2, 4_996));
    assert_eq!(compared.changed, second);
    assert_eq!(compared.first.unwrap().key, "00000");
    assert_eq!(store.find("s", "u", 10).unwrap(), ["00008"]);
    assert_eq!(store.compare_shelves(shelf(next.clone())).unwrap().first, None);

    next[1].terms = vec!["t".into(), "t".into()];
    assert_eq!(store.replace_shelves(shelf(next.clone())).unwrap().changed, 0, "a term twice is the term");
    let emptied = store.replace_shelves(shelf(Vec::new())).unwrap();
    assert_eq!(emptied.removed, next.len() as u64);
    assert_eq!(store.count("s").unwrap(), 0);
    assert!(store.find_prefix("s", "", 10).unwrap().is_empty());
    assert!(store.shelves().unwrap().iter().all(|state| !state.unfinished));
}

#[test]
fn rows_out_of_order_are_refused() {
    let (_folder, store) = empty();
    for keys in [["b", "a"], ["a", "a"], ["", "a"]] {
        let rows = keys.map(|key| row(key.into(), "x", &[]));
        assert!(matches!(store.replace_shelf("s", rows), Err(StoreError::NotSorted(_))), "{keys:?}");
    }
    assert_eq!(store.count("s").unwrap(), 0);
}

#[test]
fn a_shelf_that_failed_half_way_says_so_until_it_is_made_again() {
    let (_folder, store) = empty();
    let rows = |bad: bool| {
        let last = if bad { "00000" } else { "99999" };
        (0..3_000).map(|n| format!("{n:05}")).chain([last.to_owned()]).map(|key| row(key, "x", &["t"]))
    };
    assert!(store.replace_shelf("s", rows(true)).is_err());
    assert!(store.shelves().unwrap()[0].unfinished);
    assert_eq!(store.check().unwrap().findings().len(), 1);
    store.replace_shelf("s", rows(false)).unwrap();
    assert!(!store.shelves().unwrap()[0].unfinished);
    assert_eq!(store.count("s").unwrap(), 3_001);
    store.discard_shelf("s").unwrap();
    assert_eq!(store.count("s").unwrap(), 0);
    assert!(store.list("s", "", 1).unwrap().is_empty() && store.find("s", "t", 1).unwrap().is_empty());
    assert!(store.shelves().unwrap()[0].unfinished);
}

#[test]
fn readers_see_whole_batches_while_a_writer_goes_on() {
    let (_folder, store) = empty();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..60 {
                let facts = (0..10).map(|n| fact(round * 10 + n)).collect();
                let rows = vec![RowChange::put("s", "rounds", round.to_string(), ["t"])];
                store.append(Batch { facts, rows, expected: None }).unwrap();
            }
            done.store(true, Ordering::Release);
        });
        for _ in 0..2 {
            scope.spawn(|| {
                let mut last = 0;
                while !done.load(Ordering::Acquire) {
                    let seen = store.heads().unwrap().last_seq();
                    assert!(seen >= last && seen.is_multiple_of(10), "{seen} after {last}");
                    assert!(all(&store).len() as u64 >= seen);
                    last = seen;
                }
            });
        }
    });
    let verdict = store.verify().unwrap();
    assert_eq!((verdict.facts, verdict.damage), (600, None));
}

#[test]
fn two_stores_on_one_area_and_many_threads_lose_nothing() {
    let (folder, one) = empty();
    let other = Store::open(folder.path()).unwrap();
    std::thread::scope(|scope| {
        for (thread, store) in [&one, &other, &one, &other].into_iter().enumerate() {
            scope.spawn(move || {
                for n in 0..50 {
                    let mine = RowChange::put("s", format!("{thread}-{n}"), b"x", ["t"]);
                    let facts = vec![fact(thread * 1_000 + n)];
                    store.append(Batch { facts, rows: vec![mine], expected: None }).unwrap();
                }
            });
        }
    });
    assert_eq!(one.count("s").unwrap(), 200);
    assert_eq!(other.verify().unwrap().facts, 200);
}

#[test]
fn of_callers_with_the_same_expectation_one_wins() {
    let (_folder, store) = empty();
    let heads = store.heads().unwrap();
    let won = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..8)
            .map(|n| {
                let (store, heads) = (&store, heads.clone());
                scope.spawn(move || {
                    let facts = vec![fact(n * 3)];
                    store.append(Batch { expected: Some(heads), facts, rows: Vec::new() }).is_ok()
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).filter(|won| *won).count()
    });
    assert_eq!((won, all(&store).len()), (1, 1));
}

#[test]
fn places_that_are_no_area_are_named() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Store::open(folder.path()), Err(StoreError::NotThere(_))));
    assert!(!folder.path().join("throughline.db").exists(), "looking makes nothing");
    std::fs::write(folder.path().join("throughline.db"), "a shopping list, long enough to be read").unwrap();
    assert!(matches!(Store::open(folder.path()), Err(StoreError::NotOurs(_))));
    assert!(matches!(Store::create(folder.path(), &area()), Err(StoreError::AlreadyThere(_))));
    let (folder, store) = empty();
    assert!(matches!(Store::create(folder.path(), &area()), Err(StoreError::AlreadyThere(_))));
    let raw = rusqlite::Connection::open(folder.path().join("throughline.db")).unwrap();
    raw.execute("UPDATE meta SET value = '99' WHERE name = 'schema'", []).unwrap();
    drop(store);
    assert!(matches!(Store::open(folder.path()), Err(StoreError::Newer { found: 99, .. })));
}

#[test]
fn the_doctor_finds_a_new_area_well() {
    let (folder, store) = with_facts(3);
    let found = store.check().unwrap();
    assert_eq!((found.journal_mode.as_str(), found.synchronous.as_str()), ("wal", "full"));
    assert_eq!(found.heads.last_seq(), 3);
    assert!(found.database_bytes > 0 && found.free_bytes.is_some());
    assert_eq!(found.findings(), Vec::<String>::new());
    std::fs::write(folder.path().join("throughline.db.unfinished-1-0"), "half a restore").unwrap();
    assert_eq!(store.check().unwrap().findings().len(), 1);
}
