//! An invented area: families, agencies and their raw exports, with the truth beside them. For demonstrations and
//! measurements, so that nobody is tempted to use real people's records for either.
//!
//! The same [`Plan`] always gives the same bytes. There is no clock and no randomness but the seed.

mod aftermath;
mod build;
mod calendar;
mod case;
mod census;
mod course;
mod dice;
mod export;
mod fhir;
mod health;
mod housing;
mod ids;
mod names;
mod narrative;
mod noise;
mod people;
mod places;
mod police;
mod probation;
mod schools;
mod script;
mod services;
mod social_care;
mod storylines;
mod truth;
mod words;
mod writer;
mod writing;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::build::Maker;
use crate::case::Case;
use crate::dice::{Dice, Stream};
use crate::export::{Exports, FileId};
use crate::ids::Numbers;
use crate::script::{Script, Window};
use crate::truth::Truth;
use crate::words::Words;
use crate::writer::{Export, Learnt, Table};

/// What to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Number of people causing harm, each with one family or more.
    pub families: u32,
    /// Seed of every choice.
    pub seed: u64,
    /// Last day of the window.
    pub until: Date,
    /// Length of the window in months, 12 to 120.
    pub months: u32,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Files below the folder, each with its rows.
    pub files: Vec<(String, u64)>,
    /// True persons, those expected included.
    pub persons: u64,
    /// Families: at least one for each person causing harm.
    pub families: u64,
    /// Families that a person causing harm moved on to.
    pub next_families: u64,
    /// Encoding of the police files, by seed: `cp1252` or `utf-8-bom`.
    pub police_encoding: &'static str,
}

impl Written {
    /// Rows of the exports, truth not counted.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.files.iter().filter(|(name, _)| !name.starts_with("truth/")).map(|(_, rows)| rows).sum()
    }
}

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// A number of the plan is out of its range.
    #[error("{what} is {found}; expected {expected}")]
    Plan {
        /// Which number.
        what: &'static str,
        /// What was asked for.
        found: u64,
        /// What is possible.
        expected: &'static str,
    },
    /// A word list cannot be read.
    #[error("word list sample/data/{file}: {reason}; mend the file and build again")]
    Words {
        /// The list.
        file: &'static str,
        /// What is wrong with it, with its line.
        reason: String,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {source}; choose a folder that can be written to", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Cases made, sorted and written together. Memory does not grow with the number of families.
const BATCH: u32 = 400;

/// Writes the area of a plan into a folder: seven agencies' exports and `truth/`.
///
/// # Errors
/// When the plan is out of range or the folder cannot be written to.
pub fn write(plan: &Plan, out: &Path) -> Result<Written, SampleError> {
    let window = window(plan)?;
    let words = Words::load()?;
    let police_utf8 = plan.seed % 2 == 1;
    let mut numbers = Numbers::default();
    let mut truth = Truth::open(out)?;
    let mut people = Table::open(out, "truth/people.csv", "file,row_key,person_id")?;
    let mut bad =
        Table::open(out, "truth/bad_rows.csv", "file,line,key,kind,expected,severity,detail,lost,origin")?;
    let head = census::head(window.until, &words.places.authority);
    let open = |file: FileId| {
        let head = if file == FileId::Census { head.as_str() } else { "" };
        Export::open(out, file, police_utf8, head).map(|export| (file, export))
    };
    let mut exports = FileId::ALL.into_iter().map(open).collect::<Result<BTreeMap<_, _>, _>>()?;
    let mut totals = Learnt::default();
    for batch in 0..plan.families.div_ceil(BATCH) {
        let mut learnt = Learnt::default();
        let mut rows = Exports::default();
        let first = batch * BATCH;
        let mut cases: Vec<Case> = (first..plan.families.min(first + BATCH))
            .map(|number| live(plan.seed, number, window, &words, &mut numbers, &mut rows))
            .collect();
        for (file, export) in &mut exports {
            let number = u64::from(batch) * 64 + *file as u64;
            let mut dice = Dice::new(plan.seed, Stream::Noise, number);
            for line in noise::spoil(*file, rows.take(*file), window.until, &mut dice) {
                export.write(&line, &mut people, &mut bad, &mut learnt)?;
            }
        }
        for case in &mut cases {
            truth.tell(case, &words, window, &learnt, &mut numbers)?;
        }
        add(&mut totals.kinds, learnt.kinds);
        add(&mut totals.expected, learnt.expected);
    }
    let mut files = Vec::new();
    for (file, export) in exports {
        let tail = if file == FileId::Census { census::TAIL } else { "" };
        files.push(export.close(tail, &mut bad, &mut totals)?);
    }
    files.extend([people.close()?, bad.close()?]);
    let counts = std::mem::take(&mut truth.counts);
    files.extend(truth.close()?);
    let police_encoding = if police_utf8 { "utf-8-bom" } else { "cp1252" };
    summary(plan, window, out, &files, &counts, &totals, (&words.places.area, police_encoding))?;
    Ok(Written {
        files,
        persons: counts.persons,
        families: counts.families,
        next_families: counts.next_families,
        police_encoding,
    })
}

fn window(plan: &Plan) -> Result<Window, SampleError> {
    let wrong = |what, found, expected| SampleError::Plan { what, found, expected };
    if !(1..=50_000).contains(&plan.families) {
        return Err(wrong("families", u64::from(plan.families), "1 to 50000"));
    }
    if !(12..=120).contains(&plan.months) {
        return Err(wrong("months", u64::from(plan.months), "12 to 120"));
    }
    let year = u64::from(plan.until.year().unsigned_abs());
    if !(1990..=2100).contains(&plan.until.year()) {
        return Err(wrong("the year of the last day", year, "1990 to 2100"));
    }
    let months = i64::from(plan.months);
    let from =
        plan.until.saturating_sub(jiff::Span::new().months(months)).saturating_add(jiff::Span::new().days(1));
    Ok(Window { from, until: plan.until })
}

/// Makes one case and what every agency records about it.
fn live(
    seed: u64,
    number: u32,
    window: Window,
    words: &Words,
    numbers: &mut Numbers,
    rows: &mut Exports,
) -> Case {
    let mut dice = Dice::new(seed, Stream::Family, u64::from(number));
    let script: Script = match storylines::all(window).into_iter().nth(number as usize) {
        Some(script) => script,
        None => script::draw(window, &mut dice),
    };
    let mut make = Maker { words, window, numbers, dice: &mut dice };
    let mut case = build::build(&script, &mut make);
    aftermath::fixed_custody(&mut case, script.custody, &mut make);
    course::act_out(&mut case, &script, &mut make);
    aftermath::sentence(&mut case, &mut make);
    aftermath::refer(&mut case, &mut make);
    police::write(&mut case, &mut make, rows);
    social_care::write(&mut case, &mut make, rows);
    health::write(&mut case, &mut make, rows);
    schools::write(&mut case, &mut make, rows);
    probation::write(&mut case, &mut make, rows);
    housing::write(&mut case, &mut make, rows);
    services::write(&mut case, &mut make, rows);
    case
}

fn add(totals: &mut BTreeMap<&'static str, u64>, more: BTreeMap<&'static str, u64>) {
    for (kind, count) in more {
        *totals.entry(kind).or_default() += count;
    }
}

fn summary(
    plan: &Plan,
    window: Window,
    out: &Path,
    files: &[(String, u64)],
    counts: &truth::Counts,
    totals: &Learnt,
    (area, police_encoding): (&str, &str),
) -> Result<(), SampleError> {
    let rows: BTreeMap<&str, u64> = files.iter().map(|(name, rows)| (name.as_str(), *rows)).collect();
    let text = serde_json::json!({
        "arguments": {"families": plan.families, "seed": plan.seed, "end": plan.until.to_string(), "months": plan.months},
        "area": area,
        "window": [window.from.to_string(), window.until.to_string()],
        "police_encoding": police_encoding,
        "row_counts": rows,
        "persons": counts.persons,
        "families": counts.families,
        "next_families": counts.next_families,
        "next_family_signal_before_police": counts.signal_before_police,
        "children": counts.children,
        "children_missed": counts.missed,
        "unborn": counts.unborn,
        "bad_rows_by_kind": totals.kinds,
        "bad_rows_by_expected": totals.expected,
    });
    let path = out.join("truth/summary.json");
    std::fs::write(&path, format!("{text:#}\n")).map_err(|source| SampleError::Write { path, source })
}
