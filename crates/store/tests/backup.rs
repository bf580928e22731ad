//! A backup is taken while facts arrive, opens as the same area elsewhere, and is refused when anything in it changed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly, and so may what it is built from"
)]

mod common;

use std::fs;

use common::{all, empty, fact, with_facts};
use throughline_store::{Batch, RowChange, Store, StoreError};

#[test]
fn what_is_restored_is_what_was_saved() {
    let (folder, store) = with_facts(40);
    store.append(Batch { rows: vec![RowChange::put("s", "k", b"x", ["t"])], ..Batch::default() }).unwrap();
    let (file, place) = (folder.path().join("area.backup"), folder.path().join("again"));
    let saved = store.backup(&file).unwrap();
    assert_eq!(saved.bytes, fs::metadata(&file).unwrap().len());
    let restored = Store::restore(&file, &place).unwrap();
    assert_eq!((restored.area, &restored.heads), (store.area(), &saved.heads));
    let again = Store::open(&place).unwrap();
    assert_eq!(all(&again), all(&store));
    assert_eq!(again.find("s", "t", 1).unwrap(), ["k"]);
    again.append(Batch { facts: vec![fact(99)], ..Batch::default() }).unwrap();
    assert!(again.verify().unwrap().is_sound());
    assert_eq!(
        fs::read_dir(&place)
            .unwrap()
            .filter(|entry| entry
                .as_ref()
                .is_ok_and(|entry| entry.file_name().to_string_lossy().contains("unfinished")))
            .count(),
        0
    );
}

#[test]
fn saving_while_facts_arrive_saves_whole_batches() {
    let (folder, store) = empty();
    let file = folder.path().join("area.backup");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..40 {
                let facts = (0..10).map(|n| fact(round * 10 + n)).collect();
                store.append(Batch { facts, ..Batch::default() }).unwrap();
            }
        });
        for round in 0..5 {
            let saved = store.backup(&file).unwrap();
            assert_eq!(saved.heads.last_seq() % 10, 0);
            let place = folder.path().join(format!("again{round}"));
            assert_eq!(Store::restore(&file, &place).unwrap().heads, saved.heads);
        }
    });
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    let (folder, store) = with_facts(3);
    let file = folder.path().join("area.backup");
    fs::write(&file, "my only copy of something else").unwrap();
    assert!(matches!(store.backup(&file), Err(StoreError::AlreadyThere(_))));
    assert_eq!(fs::read_to_string(&file).unwrap(), "my only copy of something else");
    fs::remove_file(&file).unwrap();
    store.backup(&file).unwrap();
    store.append(Batch { facts: vec![fact(3)], ..Batch::default() }).unwrap();
    assert_eq!(store.backup(&file).unwrap().heads.last_seq(), 4, "an earlier backup is replaced");
    assert!(matches!(Store::restore(&file, folder.path()), Err(StoreError::AlreadyThere(_))));
    assert!(store.verify().unwrap().is_sound());
}

#[test]
fn any_change_to_a_backup_refuses_it() {
    let (folder, store) = with_facts(6);
    let file = folder.path().join("area.backup");
    store.backup(&file).unwrap();
    let sound = fs::read(&file).unwrap();
    let place = folder.path().join("again");
    let changed = folder.path().join("changed.backup");
    let refused = |bytes: &[u8], what: &str| {
        fs::write(&changed, bytes).unwrap();
        let answer = Store::restore(&changed, &place);
        assert!(
            matches!(answer, Err(StoreError::BadBackup { .. } | StoreError::NotABackup(_))),
            "{what}: {answer:?}"
        );
        assert!(!place.join("throughline.db").exists(), "{what}");
    };
    let head = sound.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(2).unwrap().0;
    for at in (0..=head).chain((head..sound.len()).step_by(97)) {
        let mut bytes = sound.clone();
        bytes[at] ^= 1 << (at % 8);
        refused(&bytes, &format!("byte {at}"));
    }
    for length in [0, 5, 30, head, head + 1, sound.len() / 2, sound.len() - 1] {
        refused(&sound[..length], &format!("cut to {length}"));
    }
    refused(&[sound.as_slice(), b"x"].concat(), "something added");
    refused(b"SQLite format 3", "another file");
    Store::restore(&file, &place).unwrap();
}

#[test]
fn a_damaged_area_is_not_saved_as_if_it_were_sound() {
    let (folder, store) = with_facts(6);
    let raw = rusqlite::Connection::open(folder.path().join("throughline.db")).unwrap();
    raw.execute("UPDATE facts SET raw = 'x' WHERE seq = 2", []).unwrap();
    let file = folder.path().join("area.backup");
    let Err(StoreError::Damaged(damage)) = store.backup(&file) else { panic!("must be refused") };
    assert_eq!(damage.seq, Some(2));
    assert!(!file.exists());
}

#[test]
fn those_who_sign_in_are_saved_and_restored_with_the_facts() {
    use throughline_domain::staff::Account;
    use throughline_store::Staff;

    let (folder, store) = with_facts(3);
    let staff = Staff::open(folder.path(), &store.area()).unwrap();
    let ruth = Account { user: "ruth".into(), ..Account::default() };
    staff.add(&ruth, Some("hash"), false).unwrap();
    let (file, place) = (folder.path().join("area.backup"), folder.path().join("again"));
    store.backup(&file).unwrap();
    Store::restore(&file, &place).unwrap();
    let again = Staff::open(&place, &store.area()).unwrap();
    assert_eq!(again.account("ruth").unwrap(), Some(ruth));
    assert_eq!(again.secrets("ruth").unwrap().password.as_deref(), Some("hash"));
    drop((staff, again));

    let mut bytes = fs::read(&file).unwrap();
    let last = bytes.len() - 100;
    bytes[last] ^= 1;
    fs::write(folder.path().join("bad.backup"), &bytes).unwrap();
    let bad = Store::restore(&folder.path().join("bad.backup"), &folder.path().join("never"));
    assert!(matches!(bad, Err(StoreError::BadBackup { .. })));

    fs::write(folder.path().join("staff.db"), b"not a database").unwrap();
    let told = store.verify().unwrap().damage.unwrap().to_string();
    assert!(told.contains("staff.db"), "{told}");
    assert!(matches!(store.backup(&file), Err(StoreError::NotOurs(_) | StoreError::Damaged(_))));
}
