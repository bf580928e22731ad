//! Who looked is written once, found again, and every change to it is seen.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

use std::path::Path;

use jiff::Timestamp;
use rusqlite::Connection;
use throughline_domain::looks::{Entry, Look, Looker};
use throughline_domain::sharing::{AreaKind, Door};
use throughline_store::{Area, Looks, NewEntry, SealedEntries, Store, StoreError};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn area(folder: &Path) -> (Store, Looks) {
    let area = Area { name: "Calderwick".into(), kind: AreaKind::Invented };
    let store = Store::create(folder, &area).unwrap();
    let looks = Looks::open(&store, at(0)).unwrap();
    (store, looks)
}

fn look(second: i64, user: &str, people: &[&str], named: &[&str]) -> NewEntry {
    let look = Look {
        at: at(second),
        by: Looker { user: user.into(), agency: "police".into(), role: "officer".into() },
        people: people.iter().map(|id| (*id).into()).collect(),
        named: named.iter().map(|id| (*id).into()).collect(),
        families: vec!["F1".into()],
        ..Look::default()
    };
    NewEntry { entry: Entry::Look(look), loose: user == "odd", counted: true }
}

fn numbers(found: &SealedEntries) -> Vec<u64> {
    found.iter().map(|(seq, _)| *seq).collect()
}

#[test]
fn what_was_written_is_found_by_person_by_worker_and_by_time() {
    let folder = tempfile::tempdir().unwrap();
    let (store, looks) = area(folder.path());
    looks.append(vec![look(0, "ana", &["P1"], &["P2"]), look(5, "odd", &["P2"], &[])]).unwrap();
    assert_eq!(looks.append(vec![look(90, "ana", &["P1"], &[])]).unwrap(), 3);
    assert_eq!(numbers(&looks.about("P1", None, 10).unwrap()), [3, 1]);
    assert_eq!(numbers(&looks.about("P2", None, 10).unwrap()), [2, 1]);
    assert_eq!(numbers(&looks.about("F1", Some(3), 1).unwrap()), [2]);
    assert_eq!(numbers(&looks.of_worker("ana", None, 10).unwrap()), [3, 1]);
    assert_eq!(numbers(&looks.of_worker("nobody", None, 10).unwrap()), [] as [u64; 0]);
    assert_eq!(numbers(&looks.of_worker_between("ana", at(1), at(90), 10).unwrap()), [3]);
    assert_eq!(numbers(&looks.loose(at(0), 10).unwrap()), [2]);
    assert_eq!(numbers(&looks.of_kind("look", at(5), 10).unwrap()), [2, 3]);
    let counted = looks.people_counted(at(0)).unwrap();
    assert_eq!(counted.len(), 2, "ana opened P1 alone, P2 was only named: {counted:?}");
    let tallies = looks.tallies(at(0), at(1_000)).unwrap();
    assert_eq!(tallies.iter().map(|t| t.people).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(looks.families_of("ana", at(0)).unwrap(), ["F1".into()]);
    assert!(looks.families_of("odd", at(0)).unwrap().is_empty(), "nothing justified it");
    let first: Vec<_> = looks.first_of_each("F1").unwrap();
    assert_eq!(first, [("ana".to_owned(), 1, at(0)), ("odd".to_owned(), 2, at(5))]);
    let sealed = looks.one(2).unwrap().unwrap();
    assert_eq!(Door::open_to_derive(sealed).by().user, "odd");
    assert!(matches!(looks.append(Vec::new()), Err(StoreError::Unfit(_))));
    drop(looks);
    let again = Looks::open(&store, at(9)).unwrap();
    assert_eq!(again.state().unwrap().entries, 3);
    assert!(again.verify().unwrap().is_sound());
}

#[test]
fn many_at_the_same_time_make_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let (store, looks) = area(folder.path());
    let other = Looks::open(&store, at(0)).unwrap();
    std::thread::scope(|scope| {
        for worker in 0..6 {
            let looks = if worker % 2 == 0 { &looks } else { &other };
            scope.spawn(move || {
                for second in 0..20 {
                    looks.append(vec![look(second, &format!("w{worker}"), &["P1"], &[])]).unwrap();
                }
            });
        }
    });
    let verdict = looks.verify().unwrap();
    assert_eq!((verdict.entries, verdict.is_sound()), (120, true));
}

/// Changes the file behind the program's back, as somebody with rights over it could.
fn tamper(folder: &Path, sql: &str) {
    let connection = Connection::open(folder.join("looks.db")).unwrap();
    connection
        .execute_batch(
            "DROP TRIGGER looks_no_update; DROP TRIGGER looks_no_delete;
             DROP TRIGGER look_about_no_update; DROP TRIGGER look_about_no_delete;",
        )
        .unwrap();
    connection.execute_batch(sql).unwrap();
}

#[test]
fn every_change_is_seen_and_named() {
    for (change, entry) in [
        ("UPDATE looks SET user_name = 'bob' WHERE seq = 2", Some(2)),
        ("UPDATE looks SET body = replace(body, 'P2', 'P9') WHERE seq = 3", Some(3)),
        ("UPDATE looks SET about = '' WHERE seq = 1", Some(1)),
        ("UPDATE looks SET loose = 1 - loose WHERE seq = 4", Some(4)),
        ("DELETE FROM looks WHERE seq = 2", Some(2)),
        ("DELETE FROM looks WHERE seq = 5", Some(5)),
        ("DELETE FROM look_about WHERE seq = 3 AND id = 'P1'", Some(3)),
        ("INSERT INTO look_about (id, seq, part) VALUES ('P7', 3, 1)", None),
        ("UPDATE looks_head SET length = 4", None),
        ("UPDATE looks SET seq = 9 WHERE seq = 3", Some(3)),
        ("DELETE FROM looks WHERE seq > 3; UPDATE looks_head SET length = 3", None),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (_store, looks) = area(folder.path());
        looks.append((0..5).map(|second| look(second, "ana", &["P1"], &["P2"])).collect()).unwrap();
        assert!(looks.verify().unwrap().is_sound());
        tamper(folder.path(), change);
        let verdict = looks.verify().unwrap();
        assert!(!verdict.is_sound(), "{change}");
        assert_eq!(verdict.first_damaged, entry, "{change}: {:?}", verdict.damage);
    }
}

#[test]
fn nothing_is_added_to_a_record_that_was_cut_off_or_put_in_the_place_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let (store, looks) = area(folder.path());
    looks.append((0..3).map(|second| look(second, "ana", &["P1"], &[])).collect()).unwrap();
    tamper(folder.path(), "DELETE FROM looks WHERE seq = 3");
    assert!(matches!(looks.append(vec![look(9, "ana", &["P1"], &[])]), Err(StoreError::Damaged(_))));
    drop(looks);

    let elsewhere = tempfile::tempdir().unwrap();
    let (_other, others) = area(elsewhere.path());
    drop(others);
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.path().join(format!("looks.db{end}")));
    }
    assert!(matches!(Looks::open(&store, at(0)), Err(StoreError::LooksGone(_))), "it does not begin again");
    let begun_later = {
        let area = Area { name: "Calderwick".into(), kind: AreaKind::Invented };
        let third = tempfile::tempdir().unwrap();
        let store = Store::create(third.path(), &area).unwrap();
        drop(Looks::open(&store, at(77)).unwrap());
        std::fs::read(third.path().join("looks.db")).unwrap()
    };
    std::fs::write(folder.path().join("looks.db"), begun_later).unwrap();
    assert!(
        matches!(Looks::open(&store, at(0)), Err(StoreError::LooksGone(_))),
        "another record is no record"
    );
}

#[test]
fn while_another_program_holds_it_an_append_fails_soon_and_works_again_after() {
    let folder = tempfile::tempdir().unwrap();
    let (_store, looks) = area(folder.path());
    let held = Connection::open(folder.path().join("looks.db")).unwrap();
    held.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let begun = std::time::Instant::now();
    assert!(matches!(looks.append(vec![look(1, "ana", &["P1"], &[])]), Err(StoreError::Busy)));
    assert!(begun.elapsed().as_secs() < 20);
    held.execute_batch("ROLLBACK").unwrap();
    assert_eq!(looks.append(vec![look(2, "ana", &["P1"], &[])]).unwrap(), 1);
}

#[test]
fn a_backup_brings_it_back_and_a_changed_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (store, looks) = area(folder.path());
    looks.append((0..3).map(|second| look(second, "ana", &["P1"], &[])).collect()).unwrap();
    let file = folder.path().join("saved.backup");
    store.backup(&file).unwrap();
    let again = folder.path().join("again");
    Store::restore(&file, &again).unwrap();
    let back = Looks::open(&Store::open(&again).unwrap(), at(99)).unwrap();
    assert_eq!((back.verify().unwrap().entries, back.verify().unwrap().is_sound()), (3, true));
    let whole = std::fs::read(&file).unwrap();
    for (at, name) in
        [(whole.len() - 4_000, "flipped"), (whole.len(), "longer"), (whole.len() - 1, "shorter")]
    {
        let mut bytes = whole.clone();
        match name {
            "flipped" => bytes[at] ^= 1,
            "longer" => bytes.push(0),
            _ => bytes.truncate(at),
        }
        let bad = folder.path().join(name);
        std::fs::write(&bad, bytes).unwrap();
        let to = folder.path().join(format!("to-{name}"));
        assert!(matches!(Store::restore(&bad, &to), Err(StoreError::BadBackup { .. })), "{name}");
        assert_eq!(std::fs::read_dir(&to).map_or(0, Iterator::count), 0, "{name}: half restored");
    }
    std::fs::remove_file(again.join("throughline.db")).unwrap();
    assert!(
        matches!(Store::restore(&file, &again), Err(StoreError::LeftOver(_))),
        "looks are not written over"
    );
}
