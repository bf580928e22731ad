//! Takes the file of records up: in chunks, rows turned into records on all cores, nothing lost. A row that cannot be
//! read becomes a person of its own and is named with its line.

use std::path::Path;

use csv::ByteRecord;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use throughline_linkage::Record;

use super::engine::Engine;
use super::fault::Fault;
use super::header::{Columns, Field};
use super::ids::Ids;
use super::rows::{self, Doubts};
use super::table;

/// Rows handed over at once.
const CHUNK: usize = 10_000;
/// More lines than this in one row are a quotation mark that nobody closed.
const MOST_LINES: u64 = 200;
/// Marks a row that is no record.
const NONE: u32 = u32::MAX;

/// A row that needs a person's eye.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    /// Line on which the row begins.
    pub line: u64,
    /// Its id, where it has one.
    pub record_id: String,
    /// What is wrong with it.
    pub reason: String,
    /// Its place among the rows of the file.
    #[serde(skip)]
    row: usize,
    /// Another row of the same id could be read: this one follows it.
    #[serde(skip)]
    follows: bool,
}

impl Aside {
    /// A row whose id stood before.
    pub(super) fn repeated(line: u64, record_id: String) -> Self {
        let reason = "this record_id stood in an earlier row; the row follows that one".to_owned();
        Self { line, record_id, reason, row: 0, follows: true }
    }
}

/// What was taken up.
#[derive(Default)]
pub struct Taken {
    /// Ids of the records the engine was given, in its order.
    pub ids: Ids,
    /// For each row of the file its record; empty while every row is the record of the same place.
    of_row: Vec<u32>,
    /// Rows of the file.
    pub rows: u64,
    /// Rows that could not be read: each is a person of its own.
    pub aside: Vec<Aside>,
    /// Rows whose id stood before: they follow the first.
    pub repeated: Vec<Aside>,
    /// Columns found and not found.
    pub columns: Columns,
    /// What rows held that could not be taken up.
    pub doubts: Doubts,
}

/// Whom a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands<'a> {
    /// A record of the engine.
    Record(u32),
    /// A row put aside.
    Alone(&'a Aside),
}

impl Taken {
    /// Every row of the file in order.
    pub fn each_row(&self) -> impl Iterator<Item = Stands<'_>> {
        let mut aside = self.aside.iter().filter(|aside| !aside.follows);
        (0..usize::try_from(self.rows).unwrap_or(usize::MAX)).filter_map(move |row| {
            let record = match self.of_row.get(row) {
                Some(record) => *record,
                None => u32::try_from(row).unwrap_or(NONE),
            };
            if record == NONE { aside.next().map(Stands::Alone) } else { Some(Stands::Record(record)) }
        })
    }

    /// Rows put aside that follow no record.
    pub fn alone(&self) -> u64 {
        self.aside.iter().filter(|aside| !aside.follows).count() as u64
    }

    /// Makes room for rows that are not the record of the same place.
    fn part_ways(&mut self) {
        if self.of_row.is_empty() {
            self.of_row.extend(0..u32::try_from(self.rows).unwrap_or(NONE));
        }
    }

    fn note(&mut self, record: u32) {
        if !self.of_row.is_empty() {
            self.of_row.push(record);
        }
        self.rows += 1;
    }

    fn put_aside(&mut self, mut aside: Aside) {
        self.part_ways();
        aside.row = usize::try_from(self.rows).unwrap_or(usize::MAX);
        // The very first row leaves nothing to part from.
        if self.rows == 0 {
            self.of_row.push(NONE);
            self.rows = 1;
        } else {
            self.note(NONE);
        }
        self.aside.push(aside);
    }

    /// Rows that could not be read but have the id of one that could follow that one.
    fn settle(&mut self) {
        for aside in self.aside.iter_mut().filter(|aside| !aside.record_id.is_empty()) {
            if let (Some(record), Some(slot)) =
                (self.ids.find(&aside.record_id), self.of_row.get_mut(aside.row))
            {
                *slot = record;
                aside.follows = true;
            }
        }
    }

    fn take(&mut self, record: Record, line: u64, chunk: &mut Vec<Record>) {
        match self.ids.add(&record.id) {
            Ok(place) => {
                self.note(place);
                chunk.push(record);
            }
            Err(first) => {
                self.part_ways();
                self.note(first);
                self.repeated.push(Aside::repeated(line, record.id));
            }
        }
    }
}

/// Reads a file and hands its records to the engine. `told` hears how many rows there are so far.
pub fn read(file: &Path, engine: &mut Engine, this_year: i16, told: &dyn Fn(u64)) -> Result<Taken, Fault> {
    let mut table = table::open(file)?;
    let columns = Columns::find(&table.header).map_err(|problem| Fault::file(file, problem))?;
    let mut taken = Taken { columns: columns.clone(), ..Taken::default() };
    let mut rows: Vec<ByteRecord> = Vec::new();
    rows.resize_with(CHUNK, ByteRecord::new);
    loop {
        let mut filled = 0;
        for row in &mut rows {
            if !table.rows.read_byte_record(row).map_err(|e| Fault::file(file, e))? {
                break;
            }
            filled += 1;
        }
        let read: Vec<Read> =
            rows.par_iter().take(filled).map(|row| read_row(&columns, row, this_year)).collect();
        let mut chunk = Vec::with_capacity(filled);
        for row in read {
            match row {
                Read::Record(line, record, doubts) => {
                    taken.doubts.add(doubts);
                    taken.take(*record, line, &mut chunk);
                }
                Read::Aside(aside) => taken.put_aside(aside),
                Read::Unclosed(line) => {
                    return Err(unclosed(file, line));
                }
            }
        }
        engine.add(chunk);
        told(taken.rows);
        if filled < CHUNK {
            taken.settle();
            return Ok(taken);
        }
    }
}

/// Says that nobody closed a quotation mark.
pub(super) fn unclosed(file: &Path, line: u64) -> Fault {
    let problem = format!(
        "line {line}: a quotation mark is opened and not closed for {MOST_LINES} lines; close or remove it and try again"
    );
    Fault::file(file, problem)
}

/// What a row is.
pub(super) enum Read {
    Record(u64, Box<Record>, Doubts),
    Aside(Aside),
    Unclosed(u64),
}

/// Reads one row.
pub(super) fn read_row(columns: &Columns, row: &ByteRecord, this_year: i16) -> Read {
    let line = table::line(row);
    let inside = row.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
    if inside > MOST_LINES {
        return Read::Unclosed(line);
    }
    let record_id = rows::text(row, columns.place(Field::RecordId)).into_owned();
    let reason = if row.len() != columns.width {
        let more = match inside {
            0 => String::new(),
            lines => format!(
                "; it runs to line {}: look for a quotation mark out of place",
                line.saturating_add(lines)
            ),
        };
        Some(format!("{} fields, the header has {}{more}", row.len(), columns.width))
    } else if record_id.is_empty() {
        Some("no record_id".to_owned())
    } else {
        None
    };
    match reason {
        Some(reason) => Read::Aside(Aside { line, record_id, reason, row: 0, follows: false }),
        None => {
            let (record, doubts) = rows::record(columns, row, this_year);
            Read::Record(line, Box::new(record), doubts)
        }
    }
}
