//! The run over files against the run in memory, and a run that is stopped after every step.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::super::run as in_memory;
use super::*;

const FORENAMES: [&str; 9] =
    ["Amelia", "Bogdan", "Carys", "Dermot", "Esme", "Faisal", "Greta", "Hamish", "Ines"];
const SURNAMES: [&str; 8] =
    ["Ashgrove", "Birtwell", "Cranwick", "Dunmore", "Eastlake", "Farnsby", "Galloway", "Hexworth"];

/// Rows of invented people, up to four each, some with slips of the pen, agencies' numbers that repeat, a repeated id and
/// rows that cannot be read.
fn rows(people: u32) -> String {
    let mut text =
        "record_id,agency,source_id,forename,surname,dob,sex,address_line,postcode,phone\n".to_owned();
    for person in 0..people {
        let mixed = person.wrapping_mul(2_654_435_761) >> 8;
        let pick = |list: &[&str], step: u32| list[(mixed / step) as usize % list.len()].to_owned();
        let (year, month, day) = (1950 + mixed % 60, 1 + mixed / 7 % 12, 1 + mixed / 11 % 28);
        for copy in 0..1 + mixed % 4 {
            let mut surname = pick(&SURNAMES, 13);
            if copy == 2 {
                surname.truncate(surname.len() - 1);
            }
            let day = if copy == 3 { 1 + (day + 3) % 28 } else { day };
            writeln!(
                text,
                "R{:06},{},S{},{},{surname},{year}-{month:02}-{day:02},{},{} Mill Lane,TS{} {}AB,07700{:06}",
                (mixed * 7 + copy) % 900_000,
                ["police", "school", "health"][copy as usize % 3],
                if copy % 3 == 0 { person } else { person * 4 + copy },
                pick(&FORENAMES, 3),
                ["F", "M"][mixed as usize % 2],
                1 + mixed % 90,
                1 + mixed % 9,
                mixed % 10,
                if copy == 1 { 0 } else { mixed % 1_000_000 },
            )
            .unwrap();
        }
    }
    text.push_str("R000001,police,too,short\n,police,S1,No,Id,1990-01-01,F,,,\n");
    text.push_str("R900001,police,S900001,Twice,Written,1990-01-01,F,,,\n");
    text.push_str("R900001,school,S900002,Twice,Written,1990-01-01,F,,,\n");
    text
}

fn request(folder: &Path, out: &str) -> Request {
    Request {
        records: folder.join("records.csv"),
        out: folder.join(out),
        pairs: None,
        settings: None,
        model: None,
        save_model: None,
        labels: None,
        groups: None,
        group_column: String::new(),
        decisions: None,
        learn_from: None,
        report: None,
        sample: None,
        index: None,
        erase: false,
        this_year: 2026,
    }
}

/// Bounds so tight that there are many ranges and parts.
fn tight(folder: &Path, work: &str, fresh: bool) -> Bounds {
    Bounds { work: folder.join(work), memory: LEAST, fresh }
}

fn people(file: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines()
        .skip(1)
        .map(|line| line.split_once(',').unwrap())
        .map(|(a, b)| (a.into(), b.into()))
        .collect()
}

#[test]
fn with_one_model_the_people_are_those_of_the_run_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("records.csv"), rows(9000)).unwrap();
    let mut first = request(folder, "memory.csv");
    first.save_model = Some(folder.join("model.json"));
    in_memory::run(&first, &|_| {}).unwrap();
    let mut again = request(folder, "memory.csv");
    again.model = Some(folder.join("model.json"));
    let memory = in_memory::run(&again, &|_| {}).unwrap();
    let mut parted = request(folder, "parted.csv");
    parted.model = Some(folder.join("model.json"));
    let over_files = run_narrow(&parted, &tight(folder, "work", false), 2500);
    let text = |name| std::fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(people(&folder.join("parted.csv")), people(&folder.join("memory.csv")));
    assert_eq!(text("parted.csv"), text("memory.csv"));
    let told =
        |o: &Outcome| (o.rows, o.records, o.people, o.biggest, o.links, o.aside.len(), o.repeated.len());
    assert_eq!(told(&over_files), told(&memory));
    assert!(over_files.biggest > 2 && over_files.people < over_files.records);
    assert_eq!(std::fs::read_dir(folder.join("work")).unwrap().count(), 0, "nothing stays behind");
}

/// Links with ranges of so few people that there are several.
fn run_narrow(request: &Request, bounds: &Bounds, width: u32) -> Outcome {
    narrow(bounds, request, width);
    run(request, bounds, &|_, _, _| {}).unwrap()
}

/// Begins a run with ranges of so few people.
fn narrow(bounds: &Bounds, request: &Request, width: u32) {
    let work = Work::open(&bounds.work).unwrap();
    let settings = Settings::built_in().unwrap();
    let run = Run { request, settings, given: None, work, told: &|_, _, _| {} };
    let mut state = Manifest::open(&run.work, &run.of().unwrap(), bounds.memory, true).unwrap();
    state.width = width;
    state.reached(&run.work, Step::Read, &[]).unwrap();
}

#[test]
fn a_run_stopped_after_any_step_goes_on_to_the_same_answer() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("records.csv"), rows(3000)).unwrap();
    let whole = request(folder, "whole.csv");
    let outcome = run_narrow(&whole, &tight(folder, "work", false), 1500);
    let stopped = request(folder, "stopped.csv");
    let bounds = tight(folder, "other", false);
    narrow(&bounds, &stopped, 1500);
    let mut steps = 0;
    let ended = loop {
        // What a step was writing when it was stopped is of no use and must not be in the way.
        std::fs::write(bounds.work.join("spill-leftover.00000"), "half an").unwrap();
        steps += 1;
        if let Some(outcome) = some_steps(&stopped, &bounds, &|_, _, _| {}, 1).unwrap() {
            break outcome;
        }
        if steps > 40 {
            panic!("no end");
        }
    };
    assert!(steps >= 8, "{steps}");
    assert_eq!((ended.people, ended.links), (outcome.people, outcome.links));
    let bytes = |name| std::fs::read(folder.join(name)).unwrap();
    assert_eq!(bytes("stopped.csv"), bytes("whole.csv"));
}

#[test]
fn what_does_not_belong_to_a_run_is_refused_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("records.csv"), rows(200)).unwrap();
    let first = request(folder, "out.csv");
    let bounds = tight(folder, "work", false);
    let refused = |bounds: &Bounds| run(&first, bounds, &|_, _, _| {}).map(|_| ()).unwrap_err().to_string();
    assert!(some_steps(&first, &bounds, &|_, _, _| {}, 3).unwrap().is_none());
    // A damaged file.
    let work = Work::open(&bounds.work).unwrap();
    let held = work.read("words", 0).unwrap();
    work.write("words", 0, &held[..held.len() / 2]).unwrap();
    assert!(refused(&bounds).contains("--fresh"));
    work.write("words", 0, &vec![255; held.len()]).unwrap();
    assert!(refused(&bounds).contains("is damaged"));
    // Another file of records.
    std::fs::write(folder.join("records.csv"), rows(201)).unwrap();
    let words = refused(&bounds);
    assert!(words.contains("--work") && words.contains("--fresh"), "{words}");
    run(&first, &tight(folder, "work", true), &|_, _, _| {}).unwrap();
    let small = Bounds { work: folder.join("work"), memory: 1 << 20, fresh: false };
    assert!(refused(&small).contains("64M"));
}
