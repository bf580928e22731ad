//! `throughline pattern` through the real binary: every series is answered, bad rows are named and cost no other row its
//! answer, and what a row order, a delimiter or a byte order mark look like does not matter.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

mod program;

use std::collections::BTreeMap;
use std::path::PathBuf;

use program::run;
use serde_json::Value;

const COLUMNS: &str = "series_id,episodes,label,p_frequency_up,p_frequency_down,p_severity_up,p_silence,ratio,ratio_low80,ratio_high80";

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.text(name)
    }

    /// The JSON, and the fields of each series.
    fn pattern(&self, series: &str, more: &[&str], code: i32) -> (Value, BTreeMap<String, Vec<String>>) {
        let out = self.text("out.csv");
        let mut words = vec!["pattern", series, "--until", "2026-10-31", "--out", &out, "--json"];
        words.extend(more);
        let output = run(&words, code);
        let text = std::fs::read_to_string(&out).unwrap();
        let mut lines = text.lines();
        assert_eq!(lines.next().unwrap(), COLUMNS);
        let row = |line: &str| -> Vec<String> { line.split(',').map(str::to_owned).collect() };
        let rows = lines.map(row).map(|row| (row[0].clone(), row)).collect();
        (serde_json::from_slice(&output.stdout).unwrap(), rows)
    }
}

const SERIES: &str = "series_id,area,occurred_at,harm_class,agency
closer,east,2024-08-10,1,police
closer,east,2025-09-01,1,police
closer,east,2026-04-14T10:00,1,health
closer,east,2026-07-02 22:15,1,police
closer,east,2026-08-20T23:59:30,1,police
closer,east,2026-09-21,1,school
closer,east,2026-10-12,1,police
one,east,2026-10-31T20:00,3,police
one,east,2026-10-31T22:00,2,health
two,west,2025-01-01,1,police
two,west,2026-01-01,1,police
";

#[test]
fn every_series_is_answered_and_few_episodes_say_nothing_of_change() {
    let desk = Desk::new();
    let file = desk.write("series.csv", SERIES);
    let sentences = desk.text("sentences.csv");
    let (report, rows) = desk.pattern(&file, &["--sentences", &sentences], 0);
    let told = |id: &str| (rows[id][1].as_str(), rows[id][2].as_str());
    assert_eq!(told("closer"), ("7", "escalating_frequency"));
    assert_eq!((told("one"), told("two")), (("1", "isolated"), ("2", "too_few")));
    assert!(rows["two"][3..].iter().all(String::is_empty), "{:?}", rows["two"]);
    let up: f64 = rows["closer"][3].parse().unwrap();
    let range: Vec<f64> = rows["closer"][7..].iter().map(|text| text.parse().unwrap()).collect();
    assert!(up > 0.67 && range[1] <= range[0] && range[0] <= range[2], "{:?}", rows["closer"]);
    assert_eq!(
        (report["rows"].as_u64(), report["reports"].as_u64(), report["series"].as_u64()),
        (Some(11), Some(11), Some(3))
    );
    assert_eq!(report["labels"]["isolated"], 1);
    let text = std::fs::read_to_string(sentences).unwrap();
    assert!(text.contains("Records from police, health and school show 7 episodes in 27 months."), "{text}");

    // The same rows backwards, with semicolons and a byte order mark.
    let mut lines: Vec<&str> = SERIES.lines().collect();
    let header = lines.remove(0);
    lines.reverse();
    let other = format!("\u{feff}{header}\r\n{}\r\n", lines.join("\r\n")).replace(',', ";");
    let (_, again) = desk.pattern(&desk.write("other.csv", &other), &[], 0);
    assert_eq!(rows, again);
}

#[test]
fn custody_and_reporting_are_allowed_for() {
    let desk = Desk::new();
    let file = desk.write("series.csv", SERIES);
    let up = |more: &[&str]| -> f64 { desk.pattern(&file, more, 0).1["closer"][3].parse().unwrap() };
    let plain = up(&[]);
    let reporting = desk.write("reporting.csv", "area,from,index\neast,2020-01-01,1\neast,2026-03-01,2.5\n");
    assert!(up(&["--reporting", &reporting]) < plain - 0.1);
    let away = desk.write(
        "away.csv",
        "series_id,from,to,kind\ncloser,2024-09-01,2025-08-01,custody\nnobody,2024-01-01,,\n",
    );
    assert!(up(&["--away", &away]) < plain - 0.05);
    let (report, _) = desk.pattern(&file, &["--away", &away], 0);
    assert!(report["notes"][0].as_str().unwrap().starts_with("1 times away name no series"), "{report}");
}

#[test]
fn bad_rows_are_named_and_cost_no_other_row_its_answer() {
    let desk = Desk::new();
    let bad = "bad,east,31/10/2026,1,police\ntwo,west,2026-02-01,7,police\n,west,2026-02-01,1,police\ntwo,west,2026-02-01\n";
    let file = desk.write("series.csv", &format!("{SERIES}{bad}"));
    let away = desk.write("away.csv", "series_id,from,to\ntwo,2026-02-01,2026-01-01\n");
    let reporting = desk.write("reporting.csv", "area,from,index\neast,2026-02-01,0\n");
    let aside = desk.text("aside.csv");
    let more = ["--away", &away, "--reporting", &reporting, "--aside", &aside];
    let (report, rows) = desk.pattern(&file, &more, 1);
    let named: Vec<(&str, u64, &str, &str)> = report["aside"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| {
            let text = |name: &str| a[name].as_str().unwrap();
            assert!(!text("expected").is_empty() && !text("todo").is_empty());
            (text("file"), a["line"].as_u64().unwrap(), text("field"), text("found"))
        })
        .collect();
    let expected = [
        ("series.csv", 13, "occurred_at", "31/10/2026"),
        ("series.csv", 14, "harm_class", "7"),
        ("series.csv", 15, "series_id", ""),
        ("series.csv", 16, "row", "3 fields"),
        ("away.csv", 2, "to", "2026-01-01"),
        ("reporting.csv", 2, "index", "0"),
    ];
    assert_eq!(named, expected);
    assert_eq!((rows["bad"][1].as_str(), rows["bad"][2].as_str()), ("0", "unclear"));
    assert_eq!((rows["two"][1].as_str(), rows["closer"][1].as_str()), ("2", "7"));
    let text = std::fs::read_to_string(aside).unwrap();
    assert_eq!(text.lines().count(), 7, "{text}");
}

#[test]
fn what_cannot_be_done_says_why() {
    let desk = Desk::new();
    let file = desk.write("series.csv", SERIES);
    let out = desk.text("out.csv");
    let said = |words: &[&str], code: i32| {
        let words: Vec<&str> = std::iter::once("pattern").chain(words.iter().copied()).collect();
        String::from_utf8(run(&words, code).stderr).unwrap()
    };
    let until = ["--until", "2026-10-31"];
    assert!(
        said(&[&file, "--until", "soon", "--out", &out], 2).contains("--until is 'soon'; expected a day")
    );
    assert!(said(&[&file, until[0], until[1], "--out", &file], 2).contains("cannot be written too"));
    assert!(said(&["nowhere.csv", until[0], until[1], "--out", &out], 3).contains("nowhere.csv"));
    assert!(said(&[&file, "--out", &out], 2).contains("--until"));
    let other = desk.write("other.csv", "id,when\n1,2\n");
    assert!(
        said(&[&other, until[0], until[1], "--out", &out], 3).contains("expected series_id, occurred_at")
    );
    let settings = throughline_settings().replace("audit_share = 0.02", "audit_share = 0");
    let settings = desk.write("pattern.toml", &settings);
    let told = said(&[&file, until[0], until[1], "--out", &out, "--settings", &settings], 3);
    assert!(told.contains("`attention.audit_share` is 0; expected 0.02 to 0.5"), "{told}");
}

fn throughline_settings() -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("area/thresholds/pattern.toml");
    std::fs::read_to_string(file).unwrap()
}
