//! `throughline share` through the real binary: answers by line, lines that cannot be read, a partnership's own folder.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

mod program;

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use program::{run, throughline};
use serde_json::Value;

const ROWS: &str = include_str!("../crates/sharing/tests/data/rows.ndjson");

fn decide(words: &[&str], input: &[u8], code: i32) -> Vec<Value> {
    let words: Vec<&str> = ["share", "decide"].iter().chain(words).copied().collect();
    let mut child = throughline(&words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    let _ = writer.join();
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn our_policies(folder: &Path) {
    let area = Path::new(env!("CARGO_MANIFEST_DIR")).join("area/policies");
    for entry in std::fs::read_dir(area).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
}

#[test]
fn every_row_is_answered_on_a_line_of_its_own() {
    let answers = decide(&[], ROWS.as_bytes(), 0);
    assert_eq!(answers.len(), 70);
    for (answer, row) in answers.iter().zip(ROWS.lines()) {
        let row: Value = serde_json::from_str(row).unwrap();
        assert_eq!(answer["id"], row["id"]);
        assert_eq!(answer["decision"], row["expect"]["decision"], "{}", row["id"]);
        for list in ["fields", "basis", "rules", "conditions"] {
            assert!(answer[list].is_array(), "{list}");
        }
        assert!(answer["explain"].as_str().is_some_and(|text| !text.is_empty()));
        assert_eq!(answer["decision"] == "ask", answer["decision"] == "ask" && answer["within"].is_string());
        assert!(answer.get("reason").is_none());
    }
}

#[test]
fn a_line_that_cannot_be_read_keeps_its_number_and_the_rest_is_answered() {
    let long = format!("{{\"id\":\"{}\"}}", "x".repeat(100_000));
    let input = [
        b"{\"id\":\"a\",\"purpose\":\"gossip\"}\n".as_slice(),
        b"\n",
        b"\xff\xfe not text\n",
        b"[1,2]\n",
        long.as_bytes(),
        b"\n{\"id\":6,\"requester\":{\"agency\":\"press\"},\"purpose\":\"statistics\",\"categories\":[\"INC\"]}",
    ]
    .concat();
    let answers = decide(&[], &input, 1);
    let lines: Vec<_> = answers.iter().map(|a| a["line"].as_u64()).collect();
    assert_eq!(lines, [Some(1), Some(3), Some(4), Some(5), None]);
    assert_eq!(answers[0]["id"], "a");
    assert!(answers[0]["error"].as_str().unwrap().contains("purpose `gossip` is not known"));
    assert!(answers[3]["error"].as_str().unwrap().contains("longer than"));
    assert_eq!(answers[4]["id"], 6);
    assert_eq!(answers[4]["decision"], "share_minimum");
}

#[test]
fn a_partnership_may_bring_its_own_policies() {
    let folder = tempfile::tempdir().unwrap();
    our_policies(folder.path());
    let ours = folder.path().to_string_lossy().into_owned();
    run(&["share", "check", "--policies", &ours], 0);

    // Encompass notices may carry the grade here.
    let schools = folder.path().join("schools.cedar");
    let text = std::fs::read_to_string(&schools).unwrap();
    let text = text.replacen("@fields(\"ID INC\")", "@fields(\"ID INC RISK\")", 1).replacen(
        "[Category::\"ID\", Category::\"INC\"].contains(resource)",
        "[Category::\"ID\", Category::\"INC\", Category::\"RISK\"].contains(resource)",
        1,
    );
    let text = text.replacen("@fields(\"LOC RISK\")", "@fields(\"LOC\")", 1).replacen(
        "[Category::\"LOC\", Category::\"RISK\"].contains(resource)",
        "resource == Category::\"LOC\"",
        1,
    );
    std::fs::write(&schools, text).unwrap();
    let request = br#"{"requester":{"agency":"education","role":"safeguarding_lead"},"purpose":"encompass","categories":["RISK"],"subject":"child"}"#;
    assert_eq!(decide(&[], request, 0)[0]["decision"], "refuse");
    assert_eq!(decide(&["--policies", &ours], request, 0)[0]["decision"], "share_minimum");
    run(&["share", "check", "--policies", &ours], 0);

    // Without hard-stops and conflict bars the folder is well formed, and found out.
    std::fs::remove_file(folder.path().join("hard_stops.cedar")).unwrap();
    std::fs::remove_file(folder.path().join("general.cedar")).unwrap();
    let checked = run(&["share", "check", "--policies", &ours, "--json"], 1);
    assert!(String::from_utf8_lossy(&checked.stdout).contains("a conflict of interest does not bar"));

    std::fs::write(&schools, "permit (principal, action, resource) when { context.mood == 1 };").unwrap();
    let refused = run(&["share", "check", "--policies", &ours], 1);
    assert!(String::from_utf8_lossy(&refused.stdout).contains("schools.cedar:1"));
    let refused = run(&["share", "decide", "--policies", &ours], 3);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("schools.cedar:1"));
    run(&["share", "decide", "--policies", "no/such/folder"], 3);
    run(&["share", "dither"], 2);
}

#[test]
fn the_rules_are_listed_in_plain_words() {
    let listed = String::from_utf8(run(&["share", "policies"], 0).stdout).unwrap();
    assert!(
        listed.contains("hard_stops.cedar")
            && listed.contains("row_70")
            && listed.contains("stage_marac_school")
    );
    let json: Value = serde_json::from_slice(&run(&["share", "policies", "--json"], 0).stdout).unwrap();
    assert!(json.as_array().unwrap().iter().any(|rule| rule["id"] == "stop_location"));
}
