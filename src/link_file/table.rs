//! Opens a delimited file with a header: byte order mark, delimiter and row numbers are the same matter for the
//! records, the labels, the groups and the decisions.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::fault::Fault;

/// A file opened behind its header.
pub struct Table {
    /// Rows follow.
    pub rows: Reader<BufReader<File>>,
    /// The header.
    pub header: ByteRecord,
}

/// As much as is looked at to tell the delimiter.
const LOOKED_AT: usize = 1 << 18;

/// Opens a file and reads its header.
pub fn open(file: &Path) -> Result<Table, Fault> {
    let (bytes, delimiter) = start(file)?;
    let mut rows =
        ReaderBuilder::new().flexible(true).has_headers(false).delimiter(delimiter).from_reader(bytes);
    let mut header = ByteRecord::new();
    let found = rows.read_byte_record(&mut header).map_err(|e| Fault::file(file, e))?;
    if found { Ok(Table { rows, header }) } else { Err(empty(file)) }
}

/// Says that there is not even a header.
pub fn empty(file: &Path) -> Fault {
    Fault::file(file, "is empty; expected a header and one row for each record")
}

/// Opens a file where its header begins, and tells the delimiter.
pub fn start(file: &Path) -> Result<(BufReader<File>, u8), Fault> {
    let opened = File::open(file).map_err(|e| Fault::file(file, format!("cannot be opened: {e}")))?;
    if opened.metadata().is_ok_and(|about| about.is_dir()) {
        return Err(Fault::file(file, "is a folder; name a file"));
    }
    let mut bytes = BufReader::with_capacity(LOOKED_AT, opened);
    let start = bytes.fill_buf().map_err(|e| Fault::file(file, format!("cannot be read: {e}")))?;
    if start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]) {
        return Err(Fault::file(file, "is UTF-16; save it as 'CSV UTF-8' and try again"));
    }
    if start.starts_with(b"PK\x03\x04") {
        return Err(Fault::file(
            file,
            "is a workbook or an archive; save the sheet as 'CSV UTF-8' and try again",
        ));
    }
    let mark = if start.starts_with(&[0xEF, 0xBB, 0xBF]) { 3 } else { 0 };
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = delimiter(line);
    bytes.consume(mark);
    Ok((bytes, delimiter))
}

/// The sign that parts the names of a header: the most frequent of the usual ones, else the comma.
fn delimiter(line: &[u8]) -> u8 {
    let count = |sign: u8| line.iter().filter(|byte| **byte == sign).count();
    [b'|', b'\t', b';', b','].into_iter().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}

/// Names of a header as people read them.
pub fn names(header: &ByteRecord) -> Vec<String> {
    header.iter().map(|name| String::from_utf8_lossy(name).trim().to_lowercase()).collect()
}

/// The line on which a row begins.
pub fn line(row: &ByteRecord) -> u64 {
    row.position().map_or(0, csv::Position::line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_told_from_the_header() {
        assert_eq!(delimiter(b"record_id,surname"), b',');
        assert_eq!(delimiter(b"record_id;surname;note, more"), b';');
        assert_eq!(delimiter(b"record_id\tsurname"), b'\t');
        assert_eq!(delimiter(b"record_id"), b',');
    }
}
