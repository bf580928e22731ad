//! An area as a reader finds it: the same bytes for the same seed, keys that exist, numbers that check.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail loudly, in its helpers too"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use throughline_sample::{Plan, SampleError, Written, write};

fn plan(families: u32, seed: u64) -> Plan {
    Plan { families, seed, until: Date::constant(2026, 10, 31), months: 36 }
}

fn area(families: u32, seed: u64) -> (tempfile::TempDir, Written) {
    let folder = tempfile::tempdir().unwrap();
    let written = write(&plan(families, seed), folder.path()).unwrap();
    (folder, written)
}

fn bytes(folder: &Path, written: &Written) -> BTreeMap<String, Vec<u8>> {
    let mut all: BTreeMap<String, Vec<u8>> =
        written.files.iter().map(|(name, _)| (name.clone(), fs::read(folder.join(name)).unwrap())).collect();
    all.insert("truth/summary.json".into(), fs::read(folder.join("truth/summary.json")).unwrap());
    all
}

/// Rows of a table, whatever its encoding, as maps from column to cell.
fn table(path: PathBuf, delimiter: u8) -> Vec<BTreeMap<String, String>> {
    let bytes = fs::read(path).unwrap();
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text);
    let lossy = |field: &[u8]| String::from_utf8_lossy(field).into_owned();
    let header: Vec<String> = reader.byte_headers().unwrap().iter().map(lossy).collect();
    reader
        .byte_records()
        .map(|row| header.iter().cloned().zip(row.unwrap().iter().map(lossy)).collect())
        .collect()
}

fn truth(folder: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    table(folder.join("truth").join(format!("{name}.csv")), b',')
}

#[test]
fn one_seed_gives_the_same_bytes_and_another_seed_others() {
    let (one, first) = area(25, 7);
    let (two, second) = area(25, 7);
    let (three, third) = area(25, 8);
    assert_eq!(bytes(one.path(), &first), bytes(two.path(), &second));
    for name in ["police/incidents.csv", "health/bundle.ndjson", "truth/persons.csv"] {
        assert_ne!(
            fs::read(one.path().join(name)).unwrap(),
            fs::read(three.path().join(name)).unwrap(),
            "{name}"
        );
    }
    assert_eq!((first.police_encoding, third.police_encoding), ("utf-8-bom", "cp1252"));
}

#[test]
fn more_families_leave_the_first_ones_as_they_were() {
    let (small, _) = area(10, 3);
    let (large, _) = area(20, 3);
    let persons = |folder: &Path| {
        let rows = truth(folder, "persons");
        rows.into_iter()
            .map(|p| (p["person_id"].clone(), p["dob"].clone(), p["surname"].clone()))
            .collect::<Vec<_>>()
    };
    let (few, many) = (persons(small.path()), persons(large.path()));
    assert_eq!(few, many[..few.len()]);
}

#[test]
fn every_row_key_of_the_truth_is_in_its_file() {
    let (folder, written) = area(60, 1);
    let keys = keys(folder.path());
    let people = truth(folder.path(), "people");
    assert!(people.len() > 1500);
    for row in &people {
        let key = row["row_key"].split('#').next().unwrap();
        assert!(keys[&row["file"]].contains(key), "{} {key}", row["file"]);
    }
    for row in truth(folder.path(), "child_contacts") {
        assert!(keys[&row["file"]].contains(&row["row_key"]), "{} {}", row["file"], row["row_key"]);
    }
    for row in
        truth(folder.path(), "critical_points").iter().filter(|row| !row["first_visible_row"].is_empty())
    {
        let (file, key) = (&row["first_visible_file"], &row["first_visible_row"]);
        assert!(keys[file].contains(key), "{file} {key}");
        assert!(row["first_visible_date"].len() == 10);
    }
    assert!((4_000..9_000).contains(&written.rows()), "{}", written.rows());
}

/// Keys of the rows of every export, as the truth names them.
fn keys(folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, delimiter, columns, joint) in [
        ("police/incidents.csv", b',', vec!["INCIDENT_REF"], ""),
        ("police/involvements.csv", b',', vec!["INCIDENT_REF", "NOMINAL_REF", "ROLE"], "|"),
        ("social_care/people.csv", b',', vec!["PersonID"], ""),
        ("social_care/visits.csv", b',', vec!["VisitID"], ""),
        ("schools/pupils.csv", b',', vec!["SchoolURN", "AdmissionNo"], ":"),
        ("schools/concerns.csv", b',', vec!["ConcernID"], ""),
        ("schools/attendance.csv", b',', vec!["SchoolURN", "UPN"], "|"),
        ("probation/cases.csv", b';', vec!["CRN", "OrderStart"], "|"),
        ("probation/events.csv", b';', vec!["EventID"], ""),
        ("housing/tenancies.csv", b',', vec!["TenancyRef", "MemberNo"], "/"),
        ("housing/contacts.csv", b',', vec!["ContactRef"], ""),
        ("services/referrals.csv", b',', vec!["ReferralID"], ""),
        ("services/refuge.csv", b',', vec!["PlacementID"], ""),
    ] {
        for row in table(folder.join(file), delimiter) {
            let cells: Vec<&str> = columns.iter().filter_map(|c| row.get(*c)).map(|c| c.trim()).collect();
            keys.entry(file.into()).or_default().insert(cells.join(joint));
        }
    }
    let census = fs::read_to_string(folder.join("social_care/cin_census.xml")).unwrap();
    let ids = census.split("<LAchildID>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned());
    keys.insert("social_care/cin_census.xml".into(), ids.collect());
    let bundle = fs::read_to_string(folder.join("health/bundle.ndjson")).unwrap();
    let resources = bundle.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let ids =
        resources.map(|r| format!("{}/{}", r["resourceType"].as_str().unwrap(), r["id"].as_str().unwrap()));
    keys.insert("health/bundle.ndjson".into(), ids.collect());
    keys
}

#[test]
fn numbers_are_reserved_and_check() {
    let (folder, _) = area(40, 2);
    let mut seen = BTreeSet::new();
    for p in truth(folder.path(), "persons") {
        let nhs = &p["nhs_number"];
        if p["sex"] != "U" {
            assert!(nhs.starts_with("999") && nhs.len() == 10, "{nhs}");
            let sum: u32 = nhs.chars().zip((1..=10).rev()).map(|(c, w)| c.to_digit(10).unwrap() * w).sum();
            assert_eq!(sum % 11, 0, "{nhs}");
            assert!(seen.insert(nhs.clone()), "{nhs} given twice");
        }
        let upn = &p["upns"];
        if !upn.is_empty() {
            let sum: u32 = upn[1..].chars().zip(2..).map(|(c, w)| c.to_digit(10).unwrap() * w).sum();
            let letter = "ABCDEFGHJKLMNPQRTUVWXYZ".as_bytes()[sum as usize % 23] as char;
            assert!(upn.starts_with(letter) && &upn[4..6] == "98", "{upn}");
        }
        let pnc = &p["pncs"];
        if !pnc.is_empty() {
            let number: u64 = format!("{}{}", &pnc[2..4], &pnc[5..12]).parse().unwrap();
            let letter = "ZABCDEFGHJKLMNPQRTUVWXY".as_bytes()[(number % 23) as usize] as char;
            assert!(pnc.ends_with(letter), "{pnc}");
        }
    }
    for row in table(folder.path().join("services/referrals.csv"), b',') {
        let digits: String = row["Phone"].chars().filter(char::is_ascii_digit).collect();
        assert!(
            digits.is_empty() || digits.ends_with(&digits[digits.len() - 3..]) && digits.contains("7700900"),
            "{digits}"
        );
    }
}

#[test]
fn the_three_storylines_come_first_for_any_seed() {
    for seed in [1, 4, 99] {
        let (folder, _) = area(3, seed);
        let persons = truth(folder.path(), "persons");
        let find = |forename: &str, surname: &str| {
            let person = persons.iter().find(|p| p["forename"] == forename && p["surname"] == surname);
            person.unwrap_or_else(|| panic!("{forename} {surname}"))["person_id"].clone()
        };
        let next = truth(folder.path(), "next_family");
        let craig = find("Craig", "Whinstead");
        let third = next
            .iter()
            .filter(|row| row["perpetrator_person"] == craig)
            .max_by_key(|row| row["moved_in"].clone());
        let third = third.unwrap();
        assert!(third["police_first_incident"].is_empty());
        assert!(!third["housing_first"].is_empty() && !third["schools_first"].is_empty());

        let points = truth(folder.path(), "critical_points");
        let lee = find("Lee", "Garcombe");
        for kind in ["release_from_prison", "strangulation", "pregnancy"] {
            let shown = points.iter().any(|p| {
                p["perpetrator_person"] == lee && p["kind"] == kind && !p["first_visible_row"].is_empty()
            });
            assert!(shown, "seed {seed}: {kind}");
        }
        let children = truth(folder.path(), "children");
        let bethan =
            persons.iter().find(|p| p["surname"] == "Saltmere" && p["forename"] == "Bethan").unwrap();
        let hers: Vec<_> = children.iter().filter(|c| c["family_id"] == bethan["family_id"]).collect();
        assert!(hers.iter().any(|c| c["lives"] == "unborn") && hers.iter().any(|c| c["lives"] == "visiting"));
        assert!(hers.iter().any(|c| c["lives"] == "resident" && c["missed"] == "Y"), "seed {seed}");

        let alistair = find("Alistair", "Markworth");
        let told = truth(folder.path(), "incidents");
        assert_eq!(told.iter().filter(|i| i["perpetrator_person"] == alistair).count(), 1);
    }
}

#[test]
fn faults_are_where_the_truth_says() {
    let (folder, written) = area(60, 1);
    let bad = truth(folder.path(), "bad_rows");
    let kinds: BTreeSet<&str> = bad.iter().map(|row| row["kind"].as_str()).collect();
    for kind in
        ["duplicate_row", "wrong_column_count", "corrected_row", "truncated_last_line", "embedded_newline"]
    {
        assert!(kinds.contains(kind), "{kind} in {kinds:?}");
    }
    for row in bad.iter().filter(|row| row["kind"] != "unknown_element") {
        let text = fs::read(folder.path().join(&row["file"])).unwrap();
        let line: usize = row["line"].parse().unwrap();
        let line = text.split(|byte| *byte == b'\n').nth(line - 1).unwrap();
        let line = String::from_utf8_lossy(line);
        let key = row["key"]
            .split(['|', ':', '/'])
            .find(|part| part.len() > 3 && part.chars().any(|c| c.is_ascii_digit()));
        assert!(line.contains(key.unwrap()), "{row:?}\n{line}");
    }
    let share = bad.len() as f64 / written.rows() as f64;
    assert!((0.005..0.06).contains(&share), "{share}");
}

#[test]
fn no_placeholder_of_a_sentence_frame_is_left() {
    let (folder, written) = area(80, 12);
    for (name, _) in
        written.files.iter().filter(|(name, _)| name.ends_with(".csv") && !name.starts_with("truth/"))
    {
        let text = String::from_utf8_lossy(&fs::read(folder.path().join(name)).unwrap()).into_owned();
        assert!(
            !text.contains('{'),
            "{name}: {:?}",
            text.split('{').nth(1).map(|t| t.chars().take(40).collect::<String>())
        );
    }
}

#[test]
fn row_counts_are_those_of_the_files() {
    let (folder, written) = area(15, 5);
    for (name, rows) in &written.files {
        let path = folder.path().join(name);
        let found = match name.rsplit('.').next() {
            Some("csv") => table(path, if name.starts_with("probation") { b';' } else { b',' }).len() as u64,
            Some("ndjson") => fs::read_to_string(path).unwrap().lines().count() as u64,
            _ => fs::read_to_string(path).unwrap().matches("<Child>").count() as u64,
        };
        assert_eq!(found, *rows, "{name}");
    }
}

#[test]
fn a_plan_out_of_range_is_refused_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    let error = write(&plan(0, 1), folder.path()).unwrap_err();
    assert_eq!(error.to_string(), "families is 0; expected 1 to 50000");
    assert!(matches!(write(&Plan { months: 3, ..plan(5, 1) }, folder.path()), Err(SampleError::Plan { .. })));
}

#[test]
fn short_and_long_windows_work() {
    for months in [12, 60] {
        let folder = tempfile::tempdir().unwrap();
        let written = write(&Plan { months, ..plan(12, 6) }, folder.path()).unwrap();
        assert!(written.rows() > 300, "{months}: {}", written.rows());
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(12))]

    /// For any seed: nothing fails, each person of a row is told of, nobody is told of twice.
    #[test]
    fn any_seed_makes_an_area_that_agrees_with_itself(seed: u64, families in 1_u32..12, months in 12_u32..48) {
        let folder = tempfile::tempdir().unwrap();
        let written = write(&Plan { months, ..plan(families, seed) }, folder.path()).unwrap();
        let persons = truth(folder.path(), "persons");
        let ids: BTreeSet<String> = persons.iter().map(|p| p["person_id"].clone()).collect();
        proptest::prop_assert_eq!(ids.len(), persons.len());
        proptest::prop_assert_eq!(persons.len() as u64, written.persons);
        for row in truth(folder.path(), "people") {
            proptest::prop_assert!(ids.contains(&row["person_id"]));
        }
        for row in truth(folder.path(), "households") {
            proptest::prop_assert!(row["to"].is_empty() || row["to"] > row["from"], "{:?}", row);
        }
        for row in truth(folder.path(), "next_family") {
            proptest::prop_assert!(row["former_family"] != row["new_family"] && row["moved_in"] > row["relationship_start"]);
        }
    }
}
