//! Excel workbooks (.xlsx): the first sheet with the columns of the mapping, as if it were a delimited file. Cells are
//! read one by one, and the archive is weighed before it is opened, so that a small file cannot fill the memory.

use std::io::{Cursor, Read, SeekFrom};
use std::ops::ControlFlow;

use calamine::{DataRef, Reader, Xlsx};

use super::Source;
use super::delimited::{RawRow, State, join, split};
use super::table::{Outcome, Sink, Table, no_heading};
use crate::mapping::feed::Feed;
use crate::row::{ReadContext, Refusal, Summary};

/// Largest workbook, as sent and unpacked.
const LARGEST_FILE: u64 = 64 << 20;
const LARGEST_UNPACKED: u64 = 512 << 20;
/// Columns beyond this are not looked at.
const MOST_COLUMNS: usize = 512;
const ROWS_BEFORE_HEADING: usize = 12;

type Book = Xlsx<Cursor<Vec<u8>>>;

/// By its first bytes: a zip archive (xlsx, ods) or a compound file (xls).
pub(crate) fn is_one(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || start.starts_with(&[0xD0, 0xCF, 0x11, 0xE0])
}

/// Reads a workbook.
pub(crate) fn read(
    feed: &Feed,
    source: &mut dyn Source,
    context: &ReadContext,
    sink: &mut Sink<'_>,
) -> Result<Summary, Refusal> {
    let refuse = |reason: String| Refusal::new(&context.file, reason);
    let mut book = open(source).map_err(refuse)?;
    for sheet in book.sheet_names() {
        let found =
            Sheet { feed, context, sink, table: None, before: 0, stopped: false }.read(&mut book, &sheet);
        if let Some(summary) = found.map_err(refuse)? {
            return Ok(summary);
        }
    }
    Err(refuse(no_heading(feed)))
}

fn open(source: &mut dyn Source) -> Result<Book, String> {
    let unreadable = |error: std::io::Error| format!("could not be read: {error}");
    let mut bytes = Vec::new();
    source.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    source.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err("a workbook of more than 64 MiB. Ask the agency for delimited text.".to_owned());
    }
    if !bytes.starts_with(b"PK") {
        return Err("a workbook in the old .xls format; expected .xlsx. Save it as .xlsx or as `CSV UTF-8`."
            .to_owned());
    }
    weigh(&bytes)?;
    Xlsx::new(Cursor::new(bytes)).map_err(|error| {
        format!("not an Excel workbook that can be read ({error}); expected .xlsx. Save it as .xlsx or as `CSV UTF-8`.")
    })
}

/// Unpacks the archive into nothing, to be sure that it is not too large. What its directory says is not believed.
fn weigh(bytes: &[u8]) -> Result<(), String> {
    let damaged = |error: String| format!("a damaged workbook ({error}). Ask the agency to send it again.");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(error.to_string()))?;
    let mut total = 0;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|error| damaged(error.to_string()))?;
        let left = LARGEST_UNPACKED.saturating_sub(total);
        total += std::io::copy(&mut part.take(left + 1), &mut std::io::sink())
            .map_err(|error| damaged(error.to_string()))?;
        if total > LARGEST_UNPACKED {
            return Err(
                "a workbook that unpacks to more than 512 MiB. Ask the agency for delimited text.".to_owned()
            );
        }
    }
    Ok(())
}

/// One sheet being read.
struct Sheet<'a, 's, 'f> {
    feed: &'a Feed,
    context: &'a ReadContext,
    sink: &'s mut Sink<'f>,
    table: Option<Table<'a>>,
    before: usize,
    stopped: bool,
}

impl Sheet<'_, '_, '_> {
    /// The summary of the sheet, or nothing when it has no heading of this kind.
    fn read(mut self, book: &mut Book, name: &str) -> Result<Option<Summary>, String> {
        let damaged = |error: calamine::XlsxError| {
            format!("a damaged workbook ({error}). Ask the agency to send it again.")
        };
        let Ok(mut cells) = book.worksheet_cells_reader(name) else { return Ok(None) };
        let mut row: Vec<String> = Vec::new();
        let mut number = 0_u32;
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            let (at, column) = cell.get_position();
            if at != number && !row.is_empty() {
                self.row(number, std::mem::take(&mut row));
            }
            if self.stopped || (self.table.is_none() && self.before >= ROWS_BEFORE_HEADING) {
                break;
            }
            number = at;
            let column = usize::try_from(column).unwrap_or(usize::MAX);
            if column < MOST_COLUMNS {
                if row.len() <= column {
                    row.resize(column + 1, String::new());
                }
                if let Some(place) = row.get_mut(column) {
                    *place = text(cell.get_value());
                }
            }
        }
        if !row.is_empty() && !self.stopped {
            self.row(number, row);
        }
        Ok(self.table.map(|table| table.summary))
    }

    fn row(&mut self, number: u32, mut cells: Vec<String>) {
        let delimiter = self.feed.delimiter;
        let Some(table) = &mut self.table else {
            let header = join(&cells, delimiter);
            match Table::new(self.feed, self.context, &header, &split(&header, delimiter)) {
                Ok(mut table) => {
                    table.summary.other_lines = self.before as u64 + 1;
                    self.table = Some(table);
                }
                Err(_) => self.before += 1,
            }
            return;
        };
        let (count, _) = table.expect();
        if cells.len() < count {
            cells.resize(count, String::new());
        }
        let raw = RawRow {
            line: u64::from(number) + 1,
            text: join(&cells, delimiter),
            other_encoding: false,
            state: State::Whole,
        };
        if let Outcome::Row(row) = table.row(raw, &|_| false)
            && (self.sink)(row) == ControlFlow::Break(())
        {
            self.stopped = true;
        }
    }
}

/// A cell as text; dates as `2024-07-19` or `2024-07-19 21:40`, whole numbers without a point.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(truth) => if *truth { "Y" } else { "N" }.to_owned(),
        DataRef::DateTime(moment) => moment_text(moment.to_ymd_hms_milli()).unwrap_or_default(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// Excel keeps times as fractions of a day, so that 11:11 may come as 11:10 and 59.998 seconds.
fn moment_text(
    (year, month, day, hour, minute, second, _): (u16, u8, u8, u8, u8, u8, u16),
) -> Option<String> {
    let part = |value: u8| i8::try_from(value).ok();
    let date = jiff::civil::Date::new(i16::try_from(year).ok()?, part(month)?, part(day)?).ok()?;
    let written = date.at(part(hour)?, part(minute)?, 0, 0);
    let nearest = written.checked_add(jiff::SignedDuration::from_mins(i64::from(second >= 59))).ok()?;
    let pattern = if nearest.hour() == 0 && nearest.minute() == 0 { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" };
    Some(nearest.strftime(pattern).to_string())
}
