//! Agency files in: nothing lost, nothing counted twice, bad rows put aside with their reasons and mended.
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
use std::path::Path;

use program::{Area, run, throughline, total};
use serde_json::Value;

const HEADER: &str =
    "ConcernID,SchoolURN,UPN,PupilName,LoggedAt,Category,SpokenToAlone,StaffRole,Concern,Action,Updated";
const GOOD: &str =
    "SC1,190001,,Tamsin Vole,2026-03-02 09:15,Wellbeing,Y,Class teacher,Quiet today.,,2026-03-02 09:15";

fn concerns(area: &Area, name: &str, rows: &[&str]) -> String {
    let folder = area.beside("delivery/schools");
    fs::create_dir_all(&folder).unwrap();
    let path = format!("{folder}/{name}");
    fs::write(&path, format!("{HEADER}\n{}\n", rows.join("\n"))).unwrap();
    path
}

fn aside(area: &Area) -> Vec<Value> {
    let output = throughline(&["quarantine", "list", "--db", area.db(), "--json"]).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn conserved(report: &Value) {
    for file in report["files"].as_array().unwrap() {
        let count = |what: &str| file[what].as_u64().unwrap();
        let ends = count("accepted") + count("quarantined") + count("duplicate") + count("superseded");
        assert_eq!(count("rows"), ends, "{file}");
    }
}

#[test]
fn every_row_of_an_invented_area_ends_in_exactly_one_way() {
    let area = Area::empty();
    let exports = area.sample(20, 3);
    let first = area.ingest(&exports);
    conserved(&first);
    assert!(total(&first, "accepted") > 1_000, "{first}");
    assert_eq!(first["refused"].as_array().unwrap().len(), 0, "{first}");
    let second = area.ingest(&exports);
    conserved(&second);
    assert_eq!(total(&second, "accepted"), 0);
    assert_eq!(total(&second, "rows"), total(&first, "rows"));
    run(&["verify", "--db", area.db()], 0);
    run(&["rebuild", "--db", area.db(), "--check"], 0);
}

#[test]
fn bad_rows_meet_the_outcome_that_the_answers_give() {
    let area = Area::empty();
    let exports = area.sample(40, 5);
    area.ingest(&exports);
    let kept: Vec<(String, String)> = aside(&area)
        .iter()
        .map(|row| (row["file"].as_str().unwrap().to_owned(), row["line"].to_string()))
        .collect();
    let answers = Path::new(&exports).join("truth/bad_rows.csv");
    let mut reader = csv::Reader::from_path(answers).unwrap();
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|h| h == name).unwrap();
    let (file, line, expected) = (column("file"), column("line"), column("expected"));
    let (mut right, mut wrong) = (0, Vec::new());
    for row in reader.records().map(Result::unwrap) {
        let key = (row[file].to_owned(), row[line].to_owned());
        let is_aside = kept.contains(&key);
        if is_aside == (&row[expected] == "quarantine") { right += 1 } else { wrong.push(row) }
    }
    assert!(right > 20 && wrong.len() * 100 <= 3 * (right + wrong.len()), "{right} right, wrong: {wrong:?}");
}

#[test]
fn a_later_version_counts_whichever_comes_first() {
    let newer = GOOD
        .replace("Quiet today.", "Spoke of a loud night.")
        .replace(",,2026-03-02 09:15", ",,2026-03-09 08:00");
    for rows in [[GOOD, newer.as_str()], [newer.as_str(), GOOD]] {
        let area = Area::empty();
        let report = area.ingest(&concerns(&area, "concerns.csv", &rows));
        assert_eq!((total(&report, "accepted"), total(&report, "superseded")), (1, 1), "{report}");
        assert_eq!(area.export("links").lines().count(), 2);
    }
}

#[test]
fn the_same_row_again_is_a_duplicate_under_both_file_names() {
    let area = Area::empty();
    area.ingest(&concerns(&area, "concerns.csv", &[GOOD]));
    let again = area.ingest(&concerns(&area, "concerns_20260401.csv", &[GOOD]));
    assert_eq!((total(&again, "accepted"), total(&again, "duplicate")), (0, 1), "{again}");
    let links = area.export("links");
    assert!(
        links.contains("schools/concerns.csv,SC1,") && links.contains("schools/concerns_20260401.csv,SC1,"),
        "{links}"
    );
}

#[test]
fn a_row_put_aside_keeps_its_text_and_its_reason_and_can_be_tried_again() {
    let area = Area::empty();
    let bad = "SC2,190001,,Tamsin Vole,2026-02-31 09:15,Wellbeing,Y,Class teacher,Tired.,,2026-03-02 09:15";
    let report = area.ingest(&concerns(&area, "concerns.csv", &[GOOD, bad]));
    assert_eq!((total(&report, "accepted"), total(&report, "quarantined")), (1, 1), "{report}");
    let rows = aside(&area);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["line"], 3);
    assert_eq!(rows[0]["key"], "SC2");
    assert_eq!(rows[0]["field"], "LoggedAt");
    assert!(rows[0]["raw"].as_str().unwrap().contains("2026-02-31"));
    let output = run(&["quarantine", "retry", "--db", area.db(), "--json"], 1);
    let settled: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(settled["still_aside"], 1);
}

#[test]
fn a_file_nobody_knows_is_refused_by_name() {
    let area = Area::empty();
    let folder = area.beside("delivery/council");
    fs::create_dir_all(&folder).unwrap();
    fs::write(format!("{folder}/bins.csv"), "Street,Day\nMill Lane,Tuesday\n").unwrap();
    let output = throughline(&["ingest", "--db", area.db(), &folder, "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["refused"][0]["file"], "council/bins.csv");
    assert!(!report["refused"][0]["reason"].as_str().unwrap().is_empty());
}

#[test]
fn hostile_files_are_refused_and_the_program_goes_on() {
    let area = Area::empty();
    let folder = area.beside("delivery/social_care");
    fs::create_dir_all(&folder).unwrap();
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE Message [<!ENTITY a \"aaaa\">]><Message><Children>&a;</Children></Message>";
    fs::write(format!("{folder}/cin_census.xml"), bomb).unwrap();
    let deep = format!("<Message><Children>{}", "<Child>".repeat(200_000));
    fs::write(format!("{folder}/cin_census_resend.xml"), deep).unwrap();
    let report = area.ingest(&folder);
    assert_eq!(total(&report, "accepted"), 0, "{report}");
    assert!(
        total(&report, "quarantined") as usize + report["refused"].as_array().unwrap().len() >= 2,
        "{report}"
    );
    let good = area.ingest(&concerns(&area, "concerns.csv", &[GOOD]));
    assert_eq!(total(&good, "accepted"), 1);
}
