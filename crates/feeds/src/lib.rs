//! Agency files in, records out. What a file is and what its columns, codes, dates and names mean is data in
//! `area/feeds/*.toml`, so that an analyst adds an agency without Rust. Nothing is lost: every row is either read,
//! perhaps with warnings, or kept aside as it came.

mod book;
mod build;
mod mapping;
mod row;
mod source;
#[cfg(test)]
mod tests;
mod value;

use std::io::SeekFrom;
use std::ops::ControlFlow;

pub use book::FeedBook;
pub use mapping::error::MappingError;
pub use mapping::feed::Feed;
pub use row::{BadRow, GoodRow, ReadContext, Refusal, Row, Summary};
pub use source::Source;

use mapping::spec::Format;
use source::lines::{Looks, look};
use source::{ndjson, table, workbook, xml};

/// Reads a file row by row, in the order of the file and in bounded memory.
///
/// An empty file is one row kept aside with the key `(file)`, and so is an XML file that is damaged or cut short.
///
/// # Errors
/// [`Refusal`] when the file cannot be used at all. Rows already handed out came from before the trouble; only a
/// failing disk or network makes that happen after the first row.
pub fn read(
    feed: &Feed,
    source: &mut dyn Source,
    context: &ReadContext,
    sink: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Result<Summary, Refusal> {
    let unreadable =
        |error: std::io::Error| Refusal::new(&context.file, format!("could not be read: {error}"));
    let mut start = [0_u8; 8];
    source.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let length = source.read(&mut start).map_err(unreadable)?;
    if feed.format == Format::Table && workbook::is_one(start.get(..length).unwrap_or_default()) {
        return workbook::read(feed, source, context, sink);
    }
    match look(source).map_err(unreadable)? {
        Looks::Empty => {
            let _ = sink(Row::Bad(Box::new(empty_file())));
            Ok(Summary { rows: 1, ..Summary::default() })
        }
        Looks::Utf16 => Err(Refusal::new(&context.file, book::UTF16)),
        Looks::Binary => Err(Refusal::new(&context.file, book::BINARY)),
        Looks::Text(encoding) => match feed.format {
            Format::Table => table::read(feed, source, encoding, context, sink),
            Format::Ndjson => ndjson::read(feed, source, encoding, context, sink),
            Format::Xml => xml::read(feed, source, context, sink),
        },
    }
}

fn empty_file() -> BadRow {
    BadRow {
        line: 1,
        key: "(file)".to_owned(),
        field: "(file)".to_owned(),
        reason: "the file is empty; expected at least a heading. Ask the agency to send it again.".to_owned(),
        raw: String::new(),
        header: String::new(),
    }
}

/// Reads a text that was kept aside again, after its mapping was mended or a person corrected it. Lines are counted
/// from the beginning of the text.
#[must_use]
pub fn read_again(feed: &Feed, header: &str, raw: &str, context: &ReadContext) -> Vec<Row> {
    match feed.format {
        Format::Table => table::read_again(feed, header, raw, context),
        Format::Ndjson => ndjson::read_again(feed, raw, context),
        Format::Xml => xml::read_again(feed, header, raw, context),
    }
}
