//! `throughline link` through the real binary: whatever a file looks like, every row is answered, the same records give
//! the same people, and what is said of the result adds up.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use program::{run, throughline};
use serde_json::Value;

const FORENAMES: [&str; 12] = [
    "Amelia", "Bogdan", "Carys", "Dermot", "Esme", "Faisal", "Greta", "Hamish", "Ines", "Jakub", "Keira",
    "Lemuel",
];
const SURNAMES: [&str; 10] = [
    "Ashgrove", "Birtwell", "Cranwick", "Dunmore", "Eastlake", "Farnsby", "Galloway", "Hexworth", "Inkpen",
    "Jessop",
];
const HEADER: &str = "record_id,agency,source_id,recorded_at,forename,middle,surname,dob,sex,address_line,postcode,phone,nhs_number,upn,pnc_id";

/// A folder with files, and the program called in it.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), bytes).unwrap();
        self.text(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Links a file, with more words, and gives the JSON and the links.
    fn link(&self, records: &str, more: &[&str], code: i32) -> (Value, Vec<(String, String)>) {
        let out = self.text("links.csv");
        let mut words = vec!["link", records, "--out", &out, "--json"];
        words.extend(more);
        let output = run(&words, code);
        (serde_json::from_slice(&output.stdout).unwrap(), self.links())
    }

    fn links(&self) -> Vec<(String, String)> {
        let mut reader = csv::Reader::from_path(self.path("links.csv")).unwrap();
        assert_eq!(reader.headers().unwrap(), vec!["record_id", "person_id"]);
        reader.records().map(|row| row.map(|row| (row[0].to_owned(), row[1].to_owned())).unwrap()).collect()
    }

    /// What the program says on standard error when it ends with this code.
    fn refused(&self, records: &str, more: &[&str], code: i32) -> String {
        let out = self.text("links.csv");
        let mut words = vec!["link", records, "--out", &out];
        words.extend(more);
        String::from_utf8(run(&words, code).stderr).unwrap()
    }
}

/// Rows of invented people, two or three each at different agencies, and whose each is.
fn rows(people: u32) -> (Vec<String>, BTreeMap<String, String>) {
    let (mut rows, mut truth) = (Vec::new(), BTreeMap::new());
    for person in 0..people {
        let pick = |step: u32, of: usize| ((person * step + person / 7) as usize) % of;
        let (forename, surname) = (FORENAMES[pick(5, 12)], SURNAMES[pick(3, 10)]);
        let (month, day) = (1 + person % 12, 1 + (person * 11) % 28);
        let year = 1960 + (person * 17) % 55;
        let phone = format!("07700900{:03}", person % 1000);
        for copy in 0..2 + person % 2 {
            let id = format!("R{:05}", rows.len());
            let name = if copy == 1 { forename.to_uppercase() } else { forename.to_owned() };
            let dob = if copy == 2 {
                format!("{day:02}/{month:02}/{year}")
            } else {
                format!("{year}-{month:02}-{day:02}")
            };
            let agency = ["police", "school", "health"][copy as usize];
            rows.push(format!(
                "{id},{agency},S{},2024-05-0{}T10:00:00Z,{name},,{surname},{dob},,\"{} Mill Lane, Testford\",TS{} {}AB,{phone},,,",
                rows.len(),
                1 + copy,
                1 + person,
                1 + person % 8,
                person % 10
            ));
            truth.insert(id, format!("P{person}"));
        }
    }
    (rows, truth)
}

fn file(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn truth_file(truth: &BTreeMap<String, String>) -> String {
    let mut text = "record_id,person_id\n".to_owned();
    truth.iter().for_each(|(record, person)| writeln!(text, "{record},{person}").unwrap());
    text
}

#[test]
fn people_are_found_whatever_the_order_of_rows() {
    let desk = Desk::new();
    let (mut made, truth) = rows(150);
    let records = desk.write("records.csv", file(&made));
    let labels = desk.write("truth.csv", truth_file(&truth));
    let (report, links) = desk.link(&records, &["--labels", &labels], 0);
    assert_eq!(links.len(), made.len());
    assert!(links.iter().zip(&truth).all(|((id, _), (known, _))| id == known));
    assert!(report["quality"]["f1"].as_f64().unwrap() > 0.95, "{report}");
    // A person bears the smallest id of their records.
    let mut smallest: BTreeMap<&str, &str> = BTreeMap::new();
    for (id, person) in &links {
        let held = smallest.entry(person).or_insert(id);
        *held = (*held).min(id);
    }
    assert!(smallest.iter().all(|(person, id)| person == id));
    let held: BTreeSet<_> = links.iter().cloned().collect();
    made.reverse();
    let middle = made.len() / 3;
    made.rotate_left(middle);
    let turned = desk.write("turned.csv", file(&made));
    let (_, turned) = desk.link(&turned, &[], 0);
    assert_eq!(turned.into_iter().collect::<BTreeSet<_>>(), held);
}

#[test]
fn what_the_json_says_adds_up() {
    let desk = Desk::new();
    let (made, truth) = rows(120);
    let records = desk.write("records.csv", file(&made));
    let labels = desk.write("truth.csv", truth_file(&truth));
    let groups: String = (0..120).fold("person_id,culture\n".to_owned(), |mut text, person| {
        writeln!(text, "P{person},{}", ["north", "south"][person % 2]).unwrap();
        text
    });
    let groups = desk.write("people.csv", groups);
    let pairs = desk.text("pairs.csv");
    let more = ["--labels", &labels, "--pairs", &pairs, "--groups", &groups, "--group-column", "culture"];
    let (report, links) = desk.link(&records, &more, 0);
    let number = |of: &Value, name: &str| of[name].as_f64().unwrap();
    assert_eq!(report["rows"], report["records"]);
    assert_eq!(report["records"], links.len());
    assert_eq!(report["people"], links.iter().map(|(_, person)| person).collect::<BTreeSet<_>>().len());
    let mut reader = csv::Reader::from_path(desk.path("pairs.csv")).unwrap();
    assert_eq!(reader.headers().unwrap(), vec!["record_a", "record_b", "probability", "weight"]);
    let written: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(
        written.len() as u64,
        report["links"].as_u64().unwrap() + report["doubtful"].as_u64().unwrap()
    );
    for row in &written {
        let (probability, weight): (f64, f64) = (row[2].parse().unwrap(), row[3].parse().unwrap());
        assert!(row[0] < row[1] && (probability - 1.0 / (1.0 + (-weight).exp2())).abs() < 0.001);
    }
    let of_groups = report["groups"].as_array().unwrap();
    assert_eq!(
        of_groups.iter().map(|g| g["group"].as_str().unwrap()).collect::<Vec<_>>(),
        ["north", "south"]
    );
    for part in ["records", "true_pairs", "found_pairs", "right_pairs"] {
        let sum: f64 = of_groups.iter().map(|group| number(group, part)).sum();
        assert!((sum - number(&report["quality"], part)).abs() < 1e-6, "{part}");
    }
    let last = report["thresholds"].as_array().unwrap().last().unwrap();
    assert_eq!(last["f1"], report["quality"]["f1"]);
}

#[test]
fn columns_may_be_missing_quoted_in_any_order_and_end_in_crlf() {
    let desk = Desk::new();
    let text = "\u{feff}\"surname\";\"dob\";\"Record_ID\";\"forename\"\r\n\"Ashgrove\";\"1988-03-07\";\"b\";\"Greta\"\r\nAshgrove;07/03/1988;a;Greta\r\n";
    let records = desk.write("records.csv", text);
    let (report, links) = desk.link(&records, &[], 0);
    assert_eq!(report["records"], 2);
    assert_eq!(links.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    let only = desk.write("only.csv", "record_id\nx\ny\n");
    assert_eq!(desk.link(&only, &[], 0).1, [("x".into(), "x".into()), ("y".into(), "y".into())]);
    let none = desk.write("none.csv", "record_id,surname\n");
    assert!(desk.link(&none, &["--report", &desk.text("none.html")], 0).1.is_empty());
}

#[test]
fn rows_that_cannot_be_read_are_answered_and_named() {
    let desk = Desk::new();
    let (mut made, _) = rows(20);
    let good = made.len();
    made.insert(0, "broken,police,only three".to_owned());
    made.insert(5, ",police,S1,,Nobody,,Ashgrove,,,,,,,,".to_owned());
    made.push(made[2].clone());
    made.push(format!("{},extra", made[3]));
    let records = desk.write("records.csv", file(&made));
    let (report, links) = desk.link(&records, &[], 1);
    assert_eq!(links.len(), made.len());
    assert_eq!(
        (report["rows"].as_u64().unwrap(), report["records"].as_u64().unwrap()),
        (made.len() as u64, good as u64)
    );
    assert_eq!(links[0], ("broken".into(), "broken".into()));
    assert_eq!(links[5], (String::new(), "(line 7)".into()));
    let person =
        |id: &str| links.iter().filter(|(held, _)| held == id).map(|(_, p)| p).collect::<BTreeSet<_>>();
    let first = made[2].split(',').next().unwrap();
    assert_eq!(person(first).len(), 1, "a repeated row follows the first");
    let aside: Vec<(u64, &str)> = report["aside"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["line"].as_u64().unwrap(), row["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(aside[0], (2, "3 fields, the header has 15"));
    assert_eq!(aside[1], (7, "no record_id"));
    assert_eq!(aside[2].1, "16 fields, the header has 15");
    assert_eq!(report["repeated"][0]["line"], made.len() as u64);
    let people = links.iter().map(|(_, person)| person).collect::<BTreeSet<_>>().len();
    assert_eq!(report["people"], people);
    let said = desk.refused(&records, &[], 1);
    assert!(said.contains("line 2, record_id 'broken': 3 fields"), "{said}");
}

#[test]
fn a_file_that_cannot_be_used_is_refused_by_name() {
    let desk = Desk::new();
    let wrong = desk.write("wrong.csv", "id,surname\n1,Ashgrove\n");
    let said = desk.refused(&wrong, &[], 3);
    assert!(said.contains("wrong.csv: there is no column 'record_id'"), "{said}");
    assert!(said.contains("found 'id', 'surname'; expected record_id and any of agency"), "{said}");
    assert!(!desk.path("links.csv").exists());
    assert!(desk.refused(&desk.write("empty.csv", ""), &[], 3).contains("is empty"));
    assert!(desk.refused(&desk.text("absent.csv"), &[], 3).contains("cannot be opened"));
    let wide = desk.write("wide.csv", [0xFF, 0xFE, b'r', 0]);
    assert!(desk.refused(&wide, &[], 3).contains("UTF-16"));
    let open = format!("record_id,surname\na,\"Ashgrove\nb,Birtwell\n{}", "c,x\n".repeat(400));
    assert!(desk.refused(&desk.write("open.csv", open), &[], 3).contains("line 2: a quotation mark"));
    let good = desk.write("good.csv", "record_id,surname\na,Ashgrove\n");
    let over = throughline(&["link", &good, "--out", &good]).output().unwrap();
    assert_eq!(over.status.code(), Some(2));
    assert_eq!(desk.read("good.csv"), "record_id,surname\na,Ashgrove\n");
    let nowhere = throughline(&["link", &good, "--out", &desk.text("no/such/links.csv")]).output().unwrap();
    assert_eq!(nowhere.status.code(), Some(3));
    let settings = desk.write("settings.toml", "version = 9");
    assert!(desk.refused(&good, &["--settings", &settings], 3).contains("settings.toml"));
    let groups = desk.write("groups.csv", "record_id,culture\n");
    assert_eq!(
        throughline(&["link", &good, "--out", "x.csv", "--groups", &groups]).output().unwrap().status.code(),
        Some(2)
    );
}

#[test]
fn a_kept_model_and_decisions_are_used() {
    let desk = Desk::new();
    let (made, _) = rows(60);
    let records = desk.write("records.csv", file(&made));
    let model = desk.text("model.json");
    let (_, learned) = desk.link(&records, &["--save-model", &model], 0);
    let (_, kept) = desk.link(&records, &["--model", &model], 0);
    assert_eq!(learned, kept);
    let person = |links: &[(String, String)], at: usize| links[at].1.clone();
    assert_eq!(person(&learned, 0), person(&learned, 1));
    let decisions =
        desk.write("decisions.csv", "record_a,record_b,same\nR00000,R00001,no\nR00001,unknown,yes\n");
    let (report, decided) = desk.link(&records, &["--decisions", &decisions], 0);
    assert_ne!(person(&decided, 0), person(&decided, 1));
    assert!(report["notes"].to_string().contains("1 decisions were not used"), "{report}");
    let broken = desk.write("broken.json", "{}");
    assert!(desk.refused(&records, &["--model", &broken], 3).contains("broken.json"));
}

#[test]
fn a_sample_can_be_judged_and_given_back() {
    let desk = Desk::new();
    let (made, truth) = rows(150);
    let records = desk.write("records.csv", file(&made));
    let sample = desk.text("judge.csv");
    desk.link(&records, &["--sample", &sample], 0);
    let mut reader = csv::Reader::from_path(&sample).unwrap();
    let head = reader.headers().unwrap().clone();
    assert_eq!(head.iter().take(3).collect::<Vec<_>>(), ["record_a", "record_b", "same"]);
    assert!(head.iter().any(|name| name == "surname_a") && !head.iter().any(|name| name.contains("weight")));
    let mut judged = "record_a,record_b,same\n".to_owned();
    let pairs: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert!(pairs.len() > 50 && pairs.len() <= 200, "{}", pairs.len());
    for row in &pairs {
        let same = truth[&row[0]] == truth[&row[1]];
        writeln!(judged, "{},{},{}", &row[0], &row[1], if same { "yes" } else { "no" }).unwrap();
    }
    let judged = desk.write("judged.csv", judged);
    let report = desk.text("report.html");
    let (said, _) = desk.link(&records, &["--labels", &judged, "--report", &report], 0);
    assert_eq!(said["estimate"]["used"], pairs.len());
    assert!(said["estimate"]["precision"].as_f64().unwrap() > 0.8, "{said}");
    assert!(desk.read("report.html").contains("judged pairs"));
}

#[test]
fn the_report_needs_nothing_but_itself_and_names_nobody() {
    let desk = Desk::new();
    let (made, truth) = rows(100);
    let records = desk.write("records <b>.csv", file(&made));
    let labels = desk.write("truth.csv", truth_file(&truth));
    let groups: String = truth.iter().fold("record_id,culture\n".to_owned(), |mut text, (record, person)| {
        writeln!(text, "{record},{}", if person.len() % 2 == 0 { "<i>north" } else { "south" }).unwrap();
        text
    });
    let groups = desk.write("groups.csv", groups);
    let report = desk.text("report.html");
    desk.link(
        &records,
        &["--labels", &labels, "--groups", &groups, "--group-column", "culture", "--report", &report],
        0,
    );
    let page = desk.read("report.html");
    for forbidden in
        ["<script", "<link", "<img", "<iframe", "src=", "url(", "@import", "<b>", "<i>", "onload"]
    {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    // The only address is the name of SVG itself.
    assert_eq!(
        page.matches("http").count() - page.matches("http-equiv").count(),
        page.matches("xmlns=\"http://www.w3.org/2000/svg\"").count()
    );
    assert!(page.contains("default-src 'none'"));
    for name in SURNAMES.iter().chain(&FORENAMES).chain(&["Mill Lane", "07700900"]) {
        assert!(!page.contains(name), "{name}");
    }
    let pictures = page.matches("<svg ").count();
    assert!(pictures >= 7, "{pictures} pictures");
    assert_eq!(pictures, page.matches("<figure>").count());
    assert_eq!(pictures, page.matches("<summary>The same as a table</summary>").count());
    assert_eq!(pictures, page.matches("<figcaption").count());
    for section in ["summary", "known", "groups", "people", "pairs", "weights", "rules"] {
        assert!(page.contains(&format!("<h2 id=\"{section}\">")), "{section}");
    }
}

#[test]
fn a_splink_model_can_be_the_settings() {
    let desk = Desk::new();
    let (made, truth) = rows(100);
    let records = desk.write("records.csv", file(&made));
    let labels = desk.write("truth.csv", truth_file(&truth));
    let saved = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/linkage/tests/splink/saved.json");
    let (report, _) = desk.link(&records, &["--settings", saved, "--labels", &labels], 0);
    assert!(report["notes"].to_string().contains("Splink model: "), "{report}");
    assert!(report["quality"]["f1"].as_f64().unwrap() > 0.9, "{report}");
    let broken = desk.write("broken.json", "{\"comparisons\": 4}");
    let said = desk.refused(&records, &["--settings", &broken], 3);
    assert!(said.contains("broken.json: comparisons: found 4, expected a list"), "{said}");
}

/// People as sets of record ids.
fn as_people(links: &[(String, String)]) -> BTreeSet<BTreeSet<&str>> {
    let mut people: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    links.iter().for_each(|(id, person)| _ = people.entry(person).or_default().insert(id));
    people.into_values().collect()
}

#[test]
fn records_that_come_later_give_the_same_people_as_a_whole_file() {
    let desk = Desk::new();
    let (mut made, _) = rows(120);
    // Two of three records of a person come early, whoever they are.
    made.sort_by_key(|row| row.contains(",health,"));
    let whole = desk.write("whole.csv", file(&made));
    let (early, late) = made.split_at(made.len() - 40);
    let (first, second) = (desk.write("first.csv", file(early)), desk.write("second.csv", file(late)));
    let (index, model) = (desk.text("index"), desk.text("model.json"));
    let (_, mut links) = desk.link(&first, &["--index", &index, "--save-model", &model], 0);
    let (said, changed) = desk.link(&second, &["--index", &index], 0);
    assert_eq!(said["records"], late.len());
    assert!(said["one_by_one"]["p99_ms"].as_f64().unwrap() > 0.0);
    links.retain(|(id, _)| !changed.iter().any(|(moved, _)| moved == id));
    links.extend(changed);
    let (_, at_once) = desk.link(&whole, &["--model", &model], 0);
    assert_eq!(as_people(&links), as_people(&at_once));

    // Taking them out again gives back the people there were.
    let (_, after) = desk.link(&second, &["--index", &index, "--erase"], 0);
    let ids: BTreeSet<&str> = late.iter().filter_map(|row| row.split(',').next()).collect();
    links.retain(|(id, _)| !ids.contains(id.as_str()) && !after.iter().any(|(moved, _)| moved == id));
    links.extend(after);
    let (_, before) = desk.link(&first, &["--model", &model], 0);
    assert_eq!(as_people(&links), as_people(&before));

    // A foreign file is not taken for an index.
    std::fs::create_dir(desk.path("foreign")).unwrap();
    desk.write("foreign/link-index.db", "something else");
    let said = desk.refused(&second, &["--index", &desk.text("foreign")], 3);
    assert!(said.contains("is not an index of Throughline"), "{said}");

    // What does not go together with an index is said.
    for wrong in [&["--index", &index, "--model", &model][..], &["--erase"][..]] {
        desk.refused(&second, wrong, 2);
    }
}
