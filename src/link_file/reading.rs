//! Takes the file of records up: block by block, rows turned into records on all cores, nothing lost. A row that cannot be
//! read becomes a person of its own and is named with its line.

use std::path::Path;

use csv::ByteRecord;
use memchr::memchr_iter;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use throughline_linkage::{Batch, Filling, Record};

use super::blocks::{self, Block, MOST_LINES};
use super::engine::{Engine, Prepared};
use super::fault::Fault;
use super::header::{Columns, Field};
use super::ids::Ids;
use super::rows::{self, Doubts};

/// Blocks of the file that each core reads at a time.
const BLOCKS: usize = 4;
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

    /// Takes up rows made ready, and hands their records to the engine.
    fn take(&mut self, rows: Rows<Prepared>, engine: &mut Engine) {
        self.doubts.add(rows.doubts);
        let mut gone = Vec::new();
        let mut own = 0;
        for row in rows.rows {
            match row {
                Row::Aside(aside) => self.put_aside(*aside),
                Row::Record(line) => {
                    let id = rows.held.id(own);
                    match self.ids.add(id) {
                        Ok(place) => self.note(place),
                        Err(first) => {
                            let repeated = Aside::repeated(line, id.to_owned());
                            gone.push(own);
                            self.part_ways();
                            self.note(first);
                            self.repeated.push(repeated);
                        }
                    }
                    own += 1;
                }
            }
        }
        engine.take(rows.held.without(&gone));
    }
}

/// Reads a file and hands its records to the engine. `told` hears how many rows there are so far.
pub fn read(file: &Path, engine: &mut Engine, this_year: i16, told: &dyn Fn(u64)) -> Result<Taken, Fault> {
    let mut taken = Taken::default();
    let preparing = engine.preparing();
    let columns = each(
        file,
        this_year,
        |records| preparing.begin(records),
        |rows, _| {
            taken.take(rows, engine);
            told(taken.rows);
            Ok(())
        },
    )?;
    taken.settle();
    Ok(Taken { columns, ..taken })
}

/// Makes of records, one after another, what is needed of them.
pub(super) trait Make {
    type Made: Send;

    /// Takes a record in. It is only lent: the next one is read in its room.
    fn add(&mut self, record: &Record);

    /// What was made of them.
    fn made(self) -> Self::Made;
}

impl Make for Filling<'_> {
    type Made = Batch;

    fn add(&mut self, record: &Record) {
        Filling::add(self, record);
    }

    fn made(self) -> Batch {
        self.done()
    }
}

/// Rows of the file made ready to be taken up.
pub(super) struct Rows<T> {
    /// In their order.
    pub(super) rows: Vec<Row>,
    /// What was made of the records among them.
    pub(super) held: T,
    /// What they held that could not be taken up.
    pub(super) doubts: Doubts,
    /// How far into the file they reach.
    end: u64,
    /// The line on which a row begins that nobody closed.
    unclosed: Option<u64>,
}

/// One row of the file.
pub(super) enum Row {
    /// The next record, and the line on which it begins.
    Record(u64),
    /// No record.
    Aside(Box<Aside>),
}

/// Reads a file through: on all cores what `begin` begins, told how many there will be at most, makes of records what is needed of them, while `take` takes
/// up in order what was made before, with how far into the file it reaches.
pub(super) fn each<M: Make>(
    file: &Path,
    this_year: i16,
    begin: impl Fn(usize) -> M + Sync,
    mut take: impl FnMut(Rows<M::Made>, u64) -> Result<(), Fault>,
) -> Result<Columns, Fault> {
    let (header, mut blocks) = blocks::open(file)?;
    let columns = Columns::find(&header).map_err(|problem| Fault::file(file, problem))?;
    let at_once = rayon::current_num_threads().max(1) * BLOCKS;
    let mut some =
        |at_once| blocks.some(at_once).map_err(|e| Fault::file(file, format!("cannot be read: {e}")));
    let mut made: Vec<Rows<M::Made>> = Vec::new();
    let mut next = some(at_once)?;
    while !(made.is_empty() && next.is_empty()) {
        let mut making = Vec::new();
        let taken = rayon::in_place_scope(|scope| {
            scope.spawn(|_| {
                let rows =
                    next.par_iter().map(|block| read_block(&columns, block, this_year, begin(block.lines())));
                making = rows.collect();
            });
            for rows in made.drain(..) {
                let (end, unclosed) = (rows.end, rows.unclosed);
                take(rows, end)?;
                if let Some(line) = unclosed {
                    return Err(self::unclosed(file, line));
                }
            }
            some(at_once)
        });
        (made, next) = (making, taken?);
    }
    Ok(columns)
}

fn read_block<M: Make>(columns: &Columns, block: &Block, this_year: i16, mut make: M) -> Rows<M::Made> {
    let mut rows = Vec::with_capacity(block.lines());
    let (mut doubts, mut unclosed) = (Doubts::default(), None);
    let mut record = Record::default();
    block.each_row(|row, line| match look(columns, row, line) {
        _ if unclosed.is_some() => {}
        Look::Record => {
            doubts.add(rows::record(columns, row, this_year, &mut record));
            make.add(&record);
            rows.push(Row::Record(line));
        }
        Look::Aside(aside) => rows.push(Row::Aside(aside)),
        Look::Unclosed => unclosed = Some(line),
    });
    Rows { rows, held: make.made(), doubts, end: block.end, unclosed }
}

/// Says that nobody closed a quotation mark.
fn unclosed(file: &Path, line: u64) -> Fault {
    let problem = format!(
        "line {line}: a quotation mark is opened and not closed for {MOST_LINES} lines; close or remove it and try again"
    );
    Fault::file(file, problem)
}

/// What a row is.
enum Look {
    Record,
    Aside(Box<Aside>),
    Unclosed,
}

/// Looks whether a row can be a record.
fn look(columns: &Columns, row: &ByteRecord, line: u64) -> Look {
    let inside = memchr_iter(b'\n', row.as_slice()).count() as u64;
    if inside > MOST_LINES {
        return Look::Unclosed;
    }
    let record_id = rows::text(row, columns.place(Field::RecordId));
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
        Some(reason) => {
            let record_id = record_id.into_owned();
            Look::Aside(Box::new(Aside { line, record_id, reason, row: 0, follows: false }))
        }
        None => Look::Record,
    }
}
