//! A partnership's own mappings: an agency added without Rust, and mistakes told with their place.

use std::fs;

use super::context;
use crate::{FeedBook, Row, read};

const OWN: &str = r#"
id = "hospice.visits"
agency = "hospice"
title = "Hospice visits"
expected_every_days = 7

[file]
names = ["hospice*.csv"]
format = "table"
delimiter = "|"
dates = ["D.M.YYYY"]

[[row]]
key = "{Ref}"
stamp = "Seen"
happened = ["Seen"]

[row.columns]
Ref = { required = true }
Seen = { required = true, is = "event_date" }
Who = { is = "name" }

[[row.people]]
local_refs = ["guest:{Ref}"]
names = [{ cell = "Who" }]

[[row.events]]
kind = "health_contact"
at = ["Seen"]
involved = [{ who = "here:", role = "subject" }]
"#;

fn load(text: &str) -> Result<FeedBook, String> {
    let folder = std::env::temp_dir().join(format!(
        "throughline-feeds-{}-{:x}",
        std::process::id(),
        text.len() * 31 + text.bytes().map(usize::from).sum::<usize>()
    ));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("hospice.toml"), text).unwrap();
    let book = FeedBook::load(&folder).map_err(|error| error.to_string());
    fs::remove_dir_all(&folder).unwrap();
    book
}

#[test]
fn an_agency_is_added_without_rust() {
    let book = load(OWN).unwrap();
    let text = "Ref|Seen|Who\nG1|3.9.2024|MOSS, Ann\n";
    let feed = book.identify("hospice/hospice_2024.csv", text.as_bytes()).unwrap();
    let mut keys = Vec::new();
    let mut source = std::io::Cursor::new(text.as_bytes().to_vec());
    read(feed, &mut source, &context("hospice/hospice_2024.csv"), &mut |row| {
        if let Row::Good(row) = row {
            keys.push((row.key.clone(), row.stamp.clone()));
        }
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(keys, [("G1".to_owned(), "2024-09-03T00:00:00".to_owned())]);
}

#[test]
fn mistakes_are_told_with_their_place() {
    let table = [
        (
            "key = \"{Ref}\"",
            "key = \"{Reff}\"",
            "row 1, key: found column `Reff`; expected one of Ref, Seen, Who",
        ),
        ("is = \"event_date\"", "is = \"evnt_date\"", "line "),
        (
            "role = \"subject\"",
            "role = \"culprit\"",
            "row 1, events 1.involved 1.role: found `culprit`; expected ",
        ),
        ("kind = \"health_contact\"", "kind = \"{Who:kinds}\"", "row 1, events 1.kind: found table `kinds`"),
        ("stamp = \"Seen\"", "stamp = \"Who\"", "row 1, stamp: found column `Who`, which is no date"),
        ("D.M.YYYY", "D.M", "file.dates: found `D.M`"),
        ("id = \"hospice.visits\"", "id = \"hospice\"", "id: found `hospice`"),
        ("title = ", "titel = ", "line "),
        ("who = \"here:\"", "who = \"there\"", "row 1, events 1.involved 1.who: found `there`"),
        ("delimiter = \"|\"", "delimiter = \"x\"", "file.delimiter: found `x`"),
        (
            "Who = { is = \"name\" }",
            "Who = { is = \"name\", also = [\"ref\"] }",
            "row 1, columns.Who: found a heading of `Ref` too",
        ),
    ];
    for (right, wrong, told) in table {
        let text = OWN.replacen(right, wrong, 1);
        assert_ne!(text, OWN, "{right}");
        let error = load(&text).map(|_| String::new()).unwrap_or_else(|error| error);
        assert!(error.starts_with("hospice.toml: ") && error.contains(told), "{error}\nexpected {told}");
    }
}
