//! What is stored stays: damage is found, an interrupted intake ends like an undisturbed one, and a backup
//! comes back whole.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

mod program;

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use program::{Area, files_below, run, throughline, total};

const LISTS: [&str; 8] =
    ["links", "people", "households", "incidents", "next-family", "critical-points", "patterns", "children"];

#[test]
fn killed_while_taking_in_and_begun_again_ends_as_if_undisturbed() {
    let undisturbed = Area::empty();
    let exports = undisturbed.sample(30, 11);
    undisturbed.ingest(&exports);
    for pause in [15, 40, 90, 160, 260, 400] {
        let area = Area::empty();
        let mut child = throughline(&["ingest", "--db", area.db(), &exports])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(pause));
        let _ = child.kill();
        child.wait().unwrap();
        run(&["verify", "--db", area.db()], 0);
        area.ingest(&exports);
        for list in LISTS {
            assert_eq!(area.export(list), undisturbed.export(list), "{list} after a kill at {pause} ms");
        }
        run(&["rebuild", "--db", area.db(), "--check"], 0);
        assert_eq!(total(&area.ingest(&exports), "accepted"), 0);
    }
}

#[test]
fn a_flipped_bit_in_a_stored_fact_is_found_and_named() {
    let area = Area::empty();
    area.ingest(&area.sample(6, 2));
    run(&["verify", "--db", area.db()], 0);
    let database =
        files_below(area.db().as_ref()).into_iter().find(|path| path.ends_with("throughline.db")).unwrap();
    let whole = fs::read(&database).unwrap();
    // A key that only stands in the text of one fact: somewhere in the middle of what an agency sent.
    let needle = b"\"row_key\":\"";
    let at = whole.windows(needle.len()).position(|bytes| bytes == needle).unwrap() + needle.len();
    let mut damaged = whole.clone();
    damaged[at] ^= 0x01;
    fs::write(&database, &damaged).unwrap();
    let output = run(&["verify", "--db", area.db()], 1);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("fact "), "{said}");
    fs::write(&database, &whole).unwrap();
    run(&["verify", "--db", area.db()], 0);
}

#[test]
fn a_backup_comes_back_whole_and_a_damaged_one_is_refused() {
    let area = Area::empty();
    area.ingest(&area.sample(6, 2));
    let file = area.beside("area.backup");
    run(&["backup", "--db", area.db(), "--out", &file], 0);
    let again = Area::nowhere();
    run(&["restore", &file, "--db", again.db()], 0);
    for list in LISTS {
        assert_eq!(area.export(list), again.export(list));
    }
    run(&["restore", &file, "--db", again.db()], 3);
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(&file, bytes).unwrap();
    let third = Area::nowhere();
    run(&["restore", &file, "--db", third.db()], 3);
    let left: Vec<_> = files_below(third.db().as_ref());
    assert!(left.is_empty(), "half restored: {left:?}");
}

#[test]
fn rebuild_puts_right_what_was_derived_and_says_so() {
    let area = Area::empty();
    area.ingest(&area.sample(6, 2));
    let before = area.export("children");
    run(&["rebuild", "--db", area.db()], 0);
    assert_eq!(area.export("children"), before);
    run(&["rebuild", "--db", area.db(), "--check"], 0);
    run(&["doctor", "--db", area.db()], 0);
}
