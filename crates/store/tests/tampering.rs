//! Whatever is changed in stored facts behind the program's back, `verify` sees it and names the fact.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly, and so may what it is built from"
)]

mod common;

use std::path::Path;

use common::{all, area, empty, fact, with_facts};
use rusqlite::Connection;
use rusqlite::types::Value;
use throughline_domain::sharing::AreaKind;
use throughline_store::{Area, Batch, Damage, Row, ShelfContents, Store, StoreError};

const COLUMNS: [&str; 11] =
    ["seq", "agency", "agency_seq", "id", "kind", "happened", "recorded", "received", "body", "raw", "hash"];

fn raw(folder: &Path) -> Connection {
    let raw = Connection::open(folder.join("throughline.db")).unwrap();
    raw.execute_batch("PRAGMA synchronous = OFF").unwrap();
    raw
}

fn damage(store: &Store) -> Damage {
    store.verify().unwrap().damage.expect("the change must be seen")
}

/// The value with one bit turned, for each byte of it; then as another type, and gone or made up.
fn changes(value: &Value) -> Vec<Value> {
    let turned = |bytes: &[u8]| -> Vec<Vec<u8>> {
        (0..bytes.len())
            .map(|at| {
                let mut bytes = bytes.to_vec();
                bytes[at] ^= 1 << (at % 8);
                bytes
            })
            .collect()
    };
    match value {
        Value::Null => vec![Value::Text(String::new()), Value::Blob(Vec::new()), Value::Integer(0)],
        Value::Integer(number) => (0..63).map(|bit| Value::Integer(number ^ (1 << bit))).collect(),
        Value::Real(_) => Vec::new(),
        Value::Text(text) => {
            let mut all: Vec<Value> = turned(text.as_bytes()).into_iter().map(Value::Blob).collect();
            all.push(Value::Text(format!("{text} ")));
            all
        }
        Value::Blob(bytes) => {
            let mut all: Vec<Value> = turned(bytes).into_iter().map(Value::Blob).collect();
            all.push(Value::Text(String::from_utf8_lossy(bytes).into_owned()));
            all.push(Value::Blob(Vec::new()));
            all
        }
    }
}

#[test]
fn every_byte_of_every_column_is_inside_the_chain() {
    let (folder, store) = with_facts(9);
    let raw = raw(folder.path());
    raw.execute_batch("DROP INDEX facts_by_id; DROP INDEX facts_by_kind").unwrap();
    let mut tried = 0;
    for seq in 1..=9_i64 {
        for column in COLUMNS {
            let value: Value = raw
                .query_row(&format!("SELECT {column} FROM facts WHERE seq = ?1"), [seq], |row| row.get(0))
                .unwrap();
            let was_text = matches!(value, Value::Text(_));
            for change in changes(&value) {
                // Bytes of a text are put back as text, so that only the bit differs and not the type too.
                let put = match change {
                    Value::Blob(_) if was_text => "CAST(?1 AS TEXT)",
                    _ => "?1",
                };
                let sql = format!("UPDATE facts SET {column} = {put} WHERE seq = ?2");
                // A number that another fact has cannot be stored at all.
                let Ok(1) = raw.execute(&sql, (&change, seq)) else { continue };
                let found = damage(&store);
                // A fact numbered 0 or less stands before all others: the first place is the first that is wrong.
                let first = if matches!((column, &change), ("seq", Value::Integer(..1))) { 1 } else { seq };
                assert_eq!(found.seq, Some(first as u64), "{column} as {change:?}: {found}");
                let moved = if column == "seq" { change } else { Value::Integer(seq) };
                raw.execute(&format!("UPDATE facts SET {column} = ?1 WHERE seq = ?2"), (&value, moved))
                    .unwrap();
                tried += 1;
            }
            if was_text {
                let sql = format!("UPDATE facts SET {column} = CAST({column} AS BLOB) WHERE seq = ?1");
                raw.execute(&sql, [seq]).unwrap();
                assert_eq!(damage(&store).seq, Some(seq as u64), "{column} with another type");
                raw.execute(&format!("UPDATE facts SET {column} = ?1 WHERE seq = ?2"), (&value, seq))
                    .unwrap();
            }
        }
    }
    assert!(tried > 3_000, "{tried}");
    assert!(store.verify().unwrap().is_sound(), "all was put back");
}

#[test]
fn whatever_bit_of_the_file_is_turned_facts_are_as_written_or_it_is_seen() {
    let (folder, store) = with_facts(12);
    let (facts, heads) = (all(&store), store.heads().unwrap());
    drop(store);
    let bytes = std::fs::read(folder.path().join("throughline.db")).unwrap();
    let copy = tempfile::tempdir().unwrap();
    let path = copy.path().join("throughline.db");
    let (mut seen, mut tried) = (0, 0);
    for at in (0..bytes.len()).step_by(11) {
        let mut turned = bytes.clone();
        turned[at] ^= 1 << (at % 8);
        for rest in ["-wal", "-shm"] {
            drop(std::fs::remove_file(copy.path().join(format!("throughline.db{rest}"))));
        }
        std::fs::write(&path, &turned).unwrap();
        tried += 1;
        let sound = Store::open(copy.path()).and_then(|store| Ok((store.verify()?.is_sound(), store)));
        match sound {
            Ok((true, store)) => {
                assert_eq!(store.heads().unwrap(), heads, "byte {at}");
                assert_eq!(all(&store), facts, "byte {at}");
                assert_eq!(store.area(), area(), "byte {at}");
            }
            Ok((false, _)) | Err(_) => seen += 1,
        }
    }
    assert!(seen > 500 && tried > seen, "{seen} of {tried}: some bytes are used, some are not");
}

fn after(facts: usize, change: &str) -> Damage {
    let (folder, store) = with_facts(facts);
    raw(folder.path()).execute_batch(change).unwrap();
    damage(&store)
}

#[test]
fn facts_taken_away_are_missed() {
    let middle = after(9, "DELETE FROM facts WHERE seq = 4");
    assert_eq!(middle.seq, Some(4));
    let tail = after(9, "DELETE FROM facts WHERE seq > 7");
    assert_eq!(tail.seq, Some(8));
    let closed_up = after(9, "DELETE FROM facts WHERE seq = 4; UPDATE facts SET seq = seq - 1 WHERE seq > 4");
    assert_eq!(closed_up.seq, Some(4));
    assert_eq!(after(9, "DELETE FROM facts").seq, Some(1));
    // The last fact of one agency together with its head: the head over all agencies remembers.
    let with_head = after(1, "DELETE FROM facts; DELETE FROM heads WHERE agency = 'police'");
    assert_eq!(with_head.seq, Some(1));
}

#[test]
fn facts_in_another_order_are_seen() {
    let swap = "UPDATE facts SET seq = 100 WHERE seq = 4; UPDATE facts SET seq = 4 WHERE seq = 7;
                UPDATE facts SET seq = 7 WHERE seq = 100";
    assert_eq!(after(9, swap).seq, Some(4));
    let swapped_words = "CREATE TABLE t AS SELECT seq, body FROM facts;
                UPDATE facts SET body = (SELECT body FROM t WHERE t.seq = 8) WHERE seq = 1";
    assert_eq!(after(9, swapped_words).seq, Some(1));
}

#[test]
fn a_fact_put_in_twice_is_seen() {
    let copy = |to: i64| {
        format!(
            "INSERT INTO facts SELECT {to}, agency, agency_seq, id || 'x', kind, happened, recorded, received, body,
             raw, hash FROM facts WHERE seq = 9"
        )
    };
    assert_eq!(after(9, &copy(10)).seq, Some(10));
    assert_eq!(after(9, &copy(20)).seq, Some(10));
}

#[test]
fn heads_are_part_of_it() {
    for change in [
        "UPDATE heads SET length = length - 1 WHERE agency = ''",
        "UPDATE heads SET length = length + 1 WHERE agency = 'health'",
        "UPDATE heads SET hash = zeroblob(32) WHERE agency = ''",
        "UPDATE heads SET hash = zeroblob(32) WHERE agency = 'health'",
        "UPDATE heads SET hash = x'00' WHERE agency = 'health'",
        "UPDATE heads SET agency = 'housing' WHERE agency = 'health'",
        "DELETE FROM heads WHERE agency = 'health'",
        "DELETE FROM heads",
        "INSERT INTO heads VALUES ('housing', 1, zeroblob(32))",
    ] {
        after(9, change);
    }
    assert_eq!(after(9, "DELETE FROM heads WHERE agency = 'health'").agency.as_deref(), Some("health"));
}

#[test]
fn a_real_area_cannot_be_passed_off_as_invented() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path(), &Area { kind: AreaKind::Real, ..area() }).unwrap();
    store.append(Batch { facts: vec![fact(0)], ..Batch::default() }).unwrap();
    raw(folder.path()).execute_batch("UPDATE meta SET value = 'invented' WHERE name = 'area_kind'").unwrap();
    assert!(!store.verify().unwrap().is_sound());
    drop(store);
    assert!(matches!(Store::open(folder.path()), Err(StoreError::Damaged(_))));
    // Even with the seal of an invented area of the same name, its facts are not an invented area's.
    let (other, _) = empty();
    let seal: String = raw(other.path())
        .query_row("SELECT value FROM meta WHERE name = 'area_seal'", [], |row| row.get(0))
        .unwrap();
    raw(folder.path()).execute("UPDATE meta SET value = ?1 WHERE name = 'area_seal'", [seal]).unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(damage(&store).seq, Some(1));
}

#[test]
fn a_gap_is_an_error_and_not_a_shorter_answer() {
    let (folder, store) = with_facts(9);
    raw(folder.path()).execute_batch("DELETE FROM facts WHERE seq = 4").unwrap();
    let read: Vec<_> = store.facts(..).unwrap().collect();
    assert!(matches!(read.last(), Some(Err(StoreError::Damaged(Damage { seq: Some(4), .. })))));
    raw(folder.path()).execute_batch("DELETE FROM facts WHERE seq > 4").unwrap();
    assert!(store.facts(5..).unwrap().any(|fact| fact.is_err()));
}

#[test]
fn a_lost_index_term_is_found_by_comparing_and_mended_by_discarding() {
    let (folder, store) = empty();
    let rows = vec![Row { key: "k".into(), body: b"x".to_vec(), terms: vec!["a".into(), "b".into()] }];
    let contents = || vec![ShelfContents { shelf: "s".into(), rows: rows.clone() }];
    store.replace_shelves(contents()).unwrap();
    assert_eq!(store.compare_shelves(contents()).unwrap().first, None);
    for change in [
        "DELETE FROM shelf_terms WHERE term = 'a'",
        "UPDATE shelf_terms SET term = 'c' WHERE term = 'a'",
        "INSERT INTO shelf_terms VALUES ('s', 'z', 'k')",
        "UPDATE shelves SET row_count = 7",
        "UPDATE shelf_rows SET body = x'79'",
        "UPDATE shelf_rows SET terms = x'79'",
    ] {
        raw(folder.path()).execute_batch(change).unwrap();
        let found = store.compare_shelves(contents()).unwrap();
        assert!(found.first.is_some(), "{change}");
        store.discard_shelf("s").unwrap();
        store.replace_shelves(contents()).unwrap();
        assert_eq!(store.compare_shelves(contents()).unwrap().first, None, "{change}");
    }
}
