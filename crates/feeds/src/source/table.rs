//! Tables: delimited text and, through the same door, workbooks. Finds the heading, tells rows from other lines,
//! and hands each row to the mapping.

use std::borrow::Cow;
use std::ops::ControlFlow;

use throughline_domain::fact::Warning;

use super::Source;
use super::delimited::{RawRow, Rows, State, split};
use super::header::{Columns, Missing, find};
use super::lines::{Encoding, Lines};
use crate::build::cells::note;
use crate::build::record::Builder;
use crate::mapping::feed::{Column, Feed, Shape};
use crate::mapping::spec::ColumnKind;
use crate::row::{BadRow, ReadContext, Refusal, Row, Summary};
use crate::value::date::{Century, Reading, read as read_date};

/// How many lines may stand before the heading.
const LINES_BEFORE_HEADING: usize = 12;

pub(crate) type Sink<'s> = dyn FnMut(Row) -> ControlFlow<()> + 's;

/// What a table's rows are read with.
pub(crate) struct Table<'a> {
    pub feed: &'a Feed,
    pub shape: &'a Shape,
    pub context: &'a ReadContext,
    pub columns: Columns,
    pub header: String,
    /// Column of the mapping and place in the file of the first part of the key.
    first_key: usize,
    pub summary: Summary,
}

/// What a line turned out to be.
pub(crate) enum Outcome {
    Row(Row),
    /// Blank, a heading again, or the end of a report.
    NoRow,
}

impl<'a> Table<'a> {
    pub fn new(
        feed: &'a Feed,
        context: &'a ReadContext,
        header: &str,
        cells: &[Cow<'_, str>],
    ) -> Result<Self, Missing> {
        let Some(shape) = feed.shapes.first() else { return Err(Missing(Vec::new())) };
        let columns = find(shape, &feed.words, cells.iter().map(AsRef::as_ref))?;
        let key = shape.key.columns().next();
        let first_key = key.and_then(|at| columns.places.get(at).copied().flatten()).unwrap_or(0);
        let summary = Summary { notes: columns.notes.clone(), ..Summary::default() };
        Ok(Self { feed, shape, context, columns, header: header.to_owned(), first_key, summary })
    }

    pub fn expect(&self) -> (usize, usize) {
        (self.columns.count, self.first_key)
    }

    /// Reads one line. `known_key` tells whether a cell looks like the keys seen so far.
    pub fn row(&mut self, raw: RawRow, known_key: &dyn Fn(&str) -> bool) -> Outcome {
        let cells = split(&raw.text, self.feed.delimiter);
        let filled = cells.iter().filter(|cell| !cell.trim().is_empty()).count();
        if raw.state != State::OpenQuote && raw.state != State::TooLong {
            let begins = cells.get(self.first_key).is_some_and(|cell| known_key(cell.trim()));
            let words = || cells.join(" ");
            if filled == 0
                || self.columns.is_repeated(cells.iter().map(AsRef::as_ref))
                || (filled <= 3
                    && cells.len() != self.columns.count
                    && !begins
                    && self.feed.words.is_footer(&words()))
                || (filled <= 2 && !begins && self.feed.words.is_footer(&words()))
            {
                self.summary.other_lines += 1;
                return Outcome::NoRow;
            }
        }
        self.summary.rows += 1;
        if let Some(reason) = self.broken(&raw, &cells) {
            let key = self.key(&cells, known_key);
            return Outcome::Row(self.bad(raw, key, "(row)", reason));
        }
        let places = &self.columns.places;
        let cell = |at: usize| {
            let place = places.get(at).copied().flatten();
            place.and_then(|place| cells.get(place)).map_or("", |cell| cell.as_ref())
        };
        let built = Builder::new(self.feed, self.shape, self.context).table_row(&cell);
        match built {
            Ok(mut good) => {
                good.line = raw.line;
                if raw.other_encoding {
                    note(
                        &mut good.warnings,
                        "(row)",
                        "written in another encoding than the rest of the file",
                    );
                }
                drop(cells);
                good.raw = raw.text;
                Outcome::Row(Row::Good(Box::new(good)))
            }
            Err(unreadable) => {
                let reason = match raw.state {
                    State::LastLine => {
                        format!("{} The file ends here, perhaps too early.", unreadable.fault.reason)
                    }
                    _ => unreadable.fault.reason,
                };
                drop(cells);
                Outcome::Row(self.bad(raw, unreadable.key, &unreadable.fault.field, reason))
            }
        }
    }

    /// Why a line cannot be a row of this table.
    fn broken(&self, raw: &RawRow, cells: &[Cow<'_, str>]) -> Option<String> {
        let (found, expected) = (cells.len(), self.columns.count);
        let extra_blank = found > expected && cells.iter().skip(expected).all(|cell| cell.trim().is_empty());
        match raw.state {
            State::TooLong => Some("longer than a row may be (1 MiB). Ask the agency what went wrong.".to_owned()),
            State::OpenQuote => Some(
                "a quotation mark is opened and never closed; the next rows were read on their own. Close it and read the row again."
                    .to_owned(),
            ),
            State::LastLine if found < expected => Some(format!(
                "the file ends in the middle of this row: {found} of {expected} columns. Ask the agency to send the end of the file."
            )),
            State::Whole | State::LastLine if found != expected && !extra_blank => Some(format!(
                "{found} columns; expected {expected}. Correct the row, or ask the agency to send it again."
            )),
            State::Whole | State::LastLine => None,
        }
    }

    /// The key of a row whose columns do not fit: counted from the left, or from the right where that looks like a key.
    fn key(&self, cells: &[Cow<'_, str>], known_key: &dyn Fn(&str) -> bool) -> String {
        let (found, expected) = (cells.len(), self.columns.count);
        let from_left = |place: usize| cells.get(place);
        let from_right = |place: usize| cells.get((place + found).checked_sub(expected)?);
        let fits = |cell: Option<&Cow<'_, str>>| cell.is_some_and(|cell| known_key(cell.trim()));
        let right = !fits(from_left(self.first_key)) && fits(from_right(self.first_key));
        let reads = |column: Option<&Column>, cell: &str| {
            let patterns =
                column.filter(|column| column.kind != ColumnKind::Text).map(|_| self.feed.dates.as_slice());
            patterns.is_none_or(|patterns| {
                matches!(read_date(cell.trim(), patterns, Century::Event(self.context.today)), Reading::Is(_))
            })
        };
        let cell = |at: usize| {
            let place = self.columns.places.get(at).copied().flatten();
            let (left, other) = (place.and_then(from_left), place.and_then(from_right));
            let (first, second) = if right { (other, left) } else { (left, other) };
            let column = self.shape.columns.get(at);
            let fitting = [first, second].into_iter().flatten().find(|cell| reads(column, cell));
            fitting.or(first).map_or("", |cell| cell.trim())
        };
        self.shape.key.whatever_is_there(&cell).unwrap_or_default()
    }

    fn bad(&self, raw: RawRow, key: String, field: &str, reason: String) -> Row {
        Row::Bad(Box::new(BadRow {
            line: raw.line,
            key,
            field: field.to_owned(),
            reason,
            raw: raw.text,
            header: self.header.clone(),
        }))
    }
}

/// Reads a delimited file.
pub(crate) fn read(
    feed: &Feed,
    source: &mut dyn Source,
    encoding: Encoding,
    context: &ReadContext,
    sink: &mut Sink<'_>,
) -> Result<Summary, Refusal> {
    let unreadable =
        |error: std::io::Error| Refusal::new(&context.file, format!("could not be read: {error}"));
    let mut rows = Rows::new(Lines::new(source), encoding, feed.delimiter);
    let mut before = 0;
    let mut table = loop {
        let row = rows.next().map_err(unreadable)?;
        let Some(row) = row.filter(|_| before < LINES_BEFORE_HEADING) else {
            return Err(Refusal::new(&context.file, no_heading(feed)));
        };
        let cells = split(&row.text, feed.delimiter);
        match Table::new(feed, context, &row.text, &cells) {
            Ok(mut table) => {
                table.summary.other_lines = before as u64 + 1;
                break table;
            }
            Err(_) => before += 1,
        }
    };
    rows.expect = Some(table.expect());
    let mut other_encoding = 0_u64;
    while let Some(raw) = rows.next().map_err(unreadable)? {
        other_encoding += u64::from(raw.other_encoding);
        let Outcome::Row(row) = table.row(raw, &|cell| rows.is_known_key(cell)) else { continue };
        if let Row::Good(good) = &row {
            let first = split(&good.raw, feed.delimiter);
            rows.learn_key(first.get(table.first_key).map_or("", |cell| cell.trim()));
        }
        if sink(row).is_break() {
            break;
        }
    }
    if other_encoding > 0 {
        let reason =
            format!("{other_encoding} rows are not in {}, as the rest of the file is", encoding.name());
        table.summary.notes.push(Warning { field: "(file)".to_owned(), reason });
    }
    Ok(table.summary)
}

pub(crate) fn no_heading(feed: &Feed) -> String {
    format!(
        "no heading with the columns of {} was found in the first lines; expected at least {}. If the agency renamed columns, add the new names to the mapping.",
        feed.id,
        feed.required_columns()
    )
}

/// Reads one row again with the heading it had.
pub(crate) fn read_again(feed: &Feed, header: &str, raw: &str, context: &ReadContext) -> Vec<Row> {
    let bad = |field: &str, reason: String| {
        vec![Row::Bad(Box::new(BadRow {
            line: 1,
            key: String::new(),
            field: field.to_owned(),
            reason,
            raw: raw.to_owned(),
            header: header.to_owned(),
        }))]
    };
    let cells = split(header, feed.delimiter);
    let mut table = match Table::new(feed, context, header, &cells) {
        Ok(table) => table,
        Err(_) => return bad("(file)", no_heading(feed)),
    };
    let mut bytes = std::io::Cursor::new(raw.as_bytes());
    let mut rows = Rows::new(Lines::new(&mut bytes), Encoding::Utf8, feed.delimiter);
    rows.expect = Some(table.expect());
    let mut found = Vec::new();
    while let Ok(Some(mut row)) = rows.next() {
        if row.state == State::LastLine {
            row.state = State::Whole;
        }
        if let Outcome::Row(row) = table.row(row, &|_| false) {
            found.push(row);
        }
    }
    if found.is_empty() {
        bad("(row)", "nothing is left of this row; expected its cells".to_owned())
    } else {
        found
    }
}
