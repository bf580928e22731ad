//! Links a file of records and says how long it took: `score RECORDS.ndjson|RECORDS.csv OUT.csv [A B]`.
//!
//! NDJSON holds one `Record` a line with ids `file|row_key`; OUT is then `file,row_key,person_id`. CSV has the columns of
//! `throughline link`; OUT is then `record_id,person_id`. With the ids A and B it also explains that pair.
//! `LINKAGE_TRUTH=truth.csv` says how many true pairs are put forward at all.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "a measuring tool reads files, the clock and prints; the crate itself does not"
)]

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fs;
use std::time::Instant;

use throughline_linkage::{
    Born, Context, Model, PersonAddress, PersonName, PersonNumber, Record, Register, Settings, Sex, explain,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, input, output, rest @ ..] = arguments.as_slice() else {
        return Err("usage: score RECORDS.ndjson|RECORDS.csv OUT.csv [A B]".into());
    };
    let flat = input.ends_with(".csv");
    let settings = match std::env::var("LINKAGE_SETTINGS") {
        Ok(file) => Settings::read(&file, &fs::read_to_string(&file)?)?,
        Err(_) => Settings::built_in()?,
    };
    let model: Option<Model> = match std::env::var("LINKAGE_KNOWN") {
        Ok(file) => Some(serde_json::from_str(&fs::read_to_string(file)?)?),
        Err(_) => None,
    };
    let began = Instant::now();
    let mut register = Register::new(&settings);
    let mut ids: Vec<String> = Vec::new();
    let mut records: Vec<Record> = Vec::new();
    let mut take = |chunk: Vec<Record>| {
        register.add_all(&chunk);
        ids.extend(chunk.iter().map(|record| record.id.clone()));
        if !rest.is_empty() {
            records.extend(chunk);
        }
    };
    if flat {
        read_csv(input, &mut take)?
    } else {
        take(read_ndjson(input)?)
    }
    if let Ok(file) = std::env::var("LINKAGE_TRUTH") {
        register.ask_about(true_pairs(&file, &ids)?);
    }
    let linked = register.link(&[], &settings, model.as_ref(), &|stage| {
        eprintln!("{:>7.2} s, {:>6.2} s of processor: {stage:?}", began.elapsed().as_secs_f64(), processor());
    });
    eprintln!(
        "{} records, {} compared, {} links, {:.2} s",
        ids.len(),
        linked.compared,
        linked.edges.len(),
        began.elapsed().as_secs_f64()
    );
    if linked.asked.pairs > 0 {
        eprintln!("{} of {} true pairs put forward", linked.asked.found, linked.asked.pairs);
    }
    if std::env::var("LINKAGE_RULES").is_ok() {
        linked.rules.iter().for_each(|rule| eprintln!("{rule:?}"));
    }
    let mut out = csv::Writer::from_path(output)?;
    out.write_record(if flat { &["record_id", "person_id"][..] } else { &["file", "row_key", "person_id"] })?;
    for (id, founder) in ids.iter().zip(&linked.cluster) {
        let person = founder.to_string();
        match id.split_once('|') {
            Some((file, key)) if !flat => out.write_record([file, key, &person])?,
            _ => out.write_record([id, &person])?,
        }
    }
    out.flush()?;
    if let Ok(file) = std::env::var("LINKAGE_EDGES") {
        let mut out = csv::Writer::from_path(file)?;
        out.write_record(["a", "b", "weight", "why"])?;
        for edge in &linked.edges {
            let id = |i: u32| ids.get(i as usize).map_or("", String::as_str);
            out.write_record([
                id(edge.a),
                id(edge.b),
                &format!("{:.2}", edge.weight),
                &format!("{:?}", edge.why),
            ])?;
        }
        out.flush()?;
    }
    if let Ok(file) = std::env::var("LINKAGE_MODEL") {
        fs::write(file, serde_json::to_string(&linked.model)?)?;
    }
    for pair in rest.chunks(2) {
        let find =
            |id: &String| records.iter().find(|record| record.id == *id).ok_or(format!("no record {id}"));
        let [a, b] = pair else { break };
        let (a, b) = (find(a)?, find(b)?);
        let context = Context { records: &records, linked: &linked };
        println!("{a:?}\n{b:?}");
        let why = explain(a, b, Some(context), &linked.model, &settings);
        for part in &why.parts {
            println!("{:>7.2}  {:14} {:16} {}", part.weight, part.comparison, part.level, part.words);
        }
        println!("{:>7.2}  probability {:.4}", why.weight, why.probability);
    }
    Ok(())
}

/// Pairs of records of one person, by a file `record_id,person_id`.
fn true_pairs(file: &str, ids: &[String]) -> Result<Vec<(u32, u32)>, Box<dyn Error>> {
    let places: HashMap<&str, u32> = (0u32..).zip(ids).map(|(i, id)| (id.as_str(), i)).collect();
    let mut people: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for row in csv::Reader::from_path(file)?.deserialize() {
        let (record, person): (String, String) = row?;
        people.entry(person).or_default().extend(places.get(record.as_str()));
    }
    let pairs = |of: &Vec<u32>| -> Vec<(u32, u32)> {
        let after = |i: usize| of.get(i + 1..).unwrap_or_default().iter().copied();
        of.iter().enumerate().flat_map(|(i, a)| after(i).map(move |b| (*a, b))).collect()
    };
    Ok(people.values().flat_map(pairs).collect())
}

/// Seconds of processor time this process has used, where the system tells (Linux).
fn processor() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn read_ndjson(file: &str) -> Result<Vec<Record>, Box<dyn Error>> {
    fs::read_to_string(file)?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

fn read_csv(file: &str, take: &mut impl FnMut(Vec<Record>)) -> Result<(), Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(file)?;
    let header = reader.headers()?.clone();
    let mut out = Vec::new();
    for row in reader.records() {
        let row = row?;
        let get = |name: &str| {
            let column = header.iter().position(|held| held == name);
            column.and_then(|i| row.get(i)).unwrap_or_default().trim().to_string()
        };
        let mut numbers = Vec::new();
        for (kind, column) in [("nhs", "nhs_number"), ("upn", "upn"), ("pnc", "pnc_id")] {
            let value: String = get(column).chars().filter(|c| !c.is_whitespace()).collect();
            if !value.is_empty() {
                let valid = kind != "nhs" || nhs_valid(&value);
                numbers.push(PersonNumber { kind: kind.into(), value, valid });
            }
        }
        let forenames =
            [get("forename"), get("middle")].into_iter().filter(|name| !name.is_empty()).collect();
        let source = get("source_id");
        out.push(Record {
            id: get("record_id"),
            source: get("agency"),
            refs: if source.is_empty() { Vec::new() } else { vec![format!("row:{source}")] },
            names: vec![PersonName { forenames, surname: get("surname"), ..PersonName::default() }],
            born: date(&get("dob")),
            sex: match get("sex").to_uppercase().as_str() {
                "F" => Some(Sex::Female),
                "M" => Some(Sex::Male),
                _ => None,
            },
            addresses: vec![PersonAddress { lines: get("address_line"), postcode: get("postcode") }],
            phones: vec![get("phone")],
            identifiers: numbers,
            ..Record::default()
        });
        if out.len() == 20_000 {
            take(std::mem::take(&mut out));
        }
    }
    take(out);
    Ok(())
}

fn date(text: &str) -> Option<Born> {
    let mut parts = text.split('-');
    let year = parts.next()?.parse().ok()?;
    Some(Born {
        year,
        month: parts.next().and_then(|m| m.parse().ok()),
        day: parts.next().and_then(|d| d.parse().ok()),
    })
}

fn nhs_valid(value: &str) -> bool {
    let digits: Vec<u32> = value.chars().filter_map(|c| c.to_digit(10)).collect();
    if digits.len() != 10 {
        return false;
    }
    let sum: u32 = digits.iter().take(9).zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    digits.last() == Some(&((11 - sum % 11) % 11))
}
