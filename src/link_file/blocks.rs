//! Cuts a delimited file into blocks at the ends of rows, so that its rows can be read side by side: a quotation mark
//! may hold line ends, and no block ends inside one.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use csv::{ByteRecord, Reader, ReaderBuilder};
use memchr::{memchr, memchr_iter, memrchr2};

use super::fault::Fault;
use super::table;

/// Bytes of a block, as near as rows allow.
const BLOCK: usize = 1 << 20;
/// More lines than this in one row are a quotation mark that nobody closed.
pub const MOST_LINES: u64 = 200;

/// Some rows of a file as they stand there.
#[derive(Debug, Default)]
pub struct Block {
    bytes: Vec<u8>,
    /// Lines of the file before it, and its own.
    before: u64,
    lines: u64,
    delimiter: u8,
    /// How far into the file it reaches.
    pub end: u64,
}

/// A file on its way into blocks.
pub struct Blocks<R> {
    from: R,
    delimiter: u8,
    /// What was read beyond the last block.
    rest: Vec<u8>,
    lines: u64,
    read: u64,
    size: usize,
}

/// Opens a file; gives its header and the blocks behind it.
pub fn open(file: &Path) -> Result<(ByteRecord, Blocks<BufReader<File>>), Fault> {
    let (from, delimiter) = table::start(file)?;
    let mut blocks = Blocks::new(from, delimiter, BLOCK);
    let header = blocks.header().map_err(|e| Fault::file(file, format!("cannot be read: {e}")))?;
    let header = header.ok_or_else(|| table::empty(file))?;
    Ok((header, blocks))
}

impl<R: Read> Blocks<R> {
    fn new(from: R, delimiter: u8, size: usize) -> Self {
        Self { from, delimiter, rest: Vec::new(), lines: 0, read: 0, size }
    }

    /// The first row, whatever empty lines stand before it.
    fn header(&mut self) -> io::Result<Option<ByteRecord>> {
        while let Some(first) = self.block()? {
            let mut rows = first.rows();
            let mut header = ByteRecord::new();
            if !rows.read_byte_record(&mut header)? {
                continue;
            }
            let behind = usize::try_from(rows.position().byte()).unwrap_or(usize::MAX);
            let (taken, left) = first.bytes.split_at_checked(behind).unwrap_or((&first.bytes, &[]));
            self.lines = first.before + count_lines(taken);
            self.rest.splice(0..0, left.iter().copied());
            self.read -= left.len() as u64;
            return Ok(Some(header));
        }
        Ok(None)
    }

    /// The next block; `None` at the end of the file.
    pub fn block(&mut self) -> io::Result<Option<Block>> {
        let mut bytes = std::mem::take(&mut self.rest);
        let mut cut = Cut::new(self.delimiter);
        let end = loop {
            if bytes.len() >= self.size {
                cut.look(&bytes);
                if cut.row_end > 0 {
                    break cut.row_end;
                }
                // Whoever reads the row finds the same and says so.
                if cut.lines_open(&bytes) > MOST_LINES {
                    break bytes.len();
                }
            }
            let more = self.size.checked_sub(bytes.len()).filter(|more| *more > 0).unwrap_or(bytes.len());
            let more = more as u64;
            if self.from.by_ref().take(more).read_to_end(&mut bytes)? == 0 {
                break bytes.len();
            }
        };
        self.rest = bytes.get(end..).unwrap_or_default().to_vec();
        bytes.truncate(end);
        if bytes.is_empty() {
            return Ok(None);
        }
        self.read += bytes.len() as u64;
        let before = self.lines;
        let lines = count_lines(&bytes);
        self.lines += lines;
        Ok(Some(Block { bytes, before, lines, delimiter: self.delimiter, end: self.read }))
    }

    /// The next so many blocks.
    pub fn some(&mut self, count: usize) -> io::Result<Vec<Block>> {
        std::iter::from_fn(|| self.block().transpose()).take(count).collect()
    }
}

fn count_lines(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}

impl Block {
    /// How many lines, the last of which may have no end: no fewer than rows.
    pub fn lines(&self) -> usize {
        usize::try_from(self.lines + 1).unwrap_or(0)
    }

    fn rows(&self) -> Reader<&[u8]> {
        ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .delimiter(self.delimiter)
            .buffer_capacity(1 << 16)
            .from_reader(self.bytes.as_slice())
    }

    /// Empty lines, and what is left of the last line end, belong to a row as its reader counts.
    fn lines_skipped(&self, row: &ByteRecord) -> u64 {
        let from = row.position().and_then(|place| usize::try_from(place.byte()).ok());
        let left = from.and_then(|from| self.bytes.get(from..)).unwrap_or_default();
        let ends = left.iter().take_while(|byte| matches!(**byte, b'\n' | b'\r'));
        ends.filter(|byte| **byte == b'\n').count() as u64
    }

    /// Calls for each row, with the line of the file on which it begins.
    pub fn each_row(&self, mut call: impl FnMut(&ByteRecord, u64)) {
        let mut rows = self.rows();
        let mut row = ByteRecord::new();
        // Bytes in memory can always be read, and rows may be of any length.
        while rows.read_byte_record(&mut row).unwrap_or(false) {
            call(&row, self.before + table::line(&row) + self.lines_skipped(&row));
        }
    }
}

/// Looks for the end of the last whole row, going by quotation marks as the reader of rows does: one opens a quoted
/// field only where a field begins, and two of them inside stand for one.
struct Cut {
    delimiter: u8,
    /// Looked at as far as this.
    at: usize,
    /// Where the quotation marks stand that are open.
    open: Option<usize>,
    /// Behind the last line end outside quotation marks.
    row_end: usize,
}

impl Cut {
    fn new(delimiter: u8) -> Self {
        Self { delimiter, at: 0, open: None, row_end: 0 }
    }

    fn look(&mut self, bytes: &[u8]) {
        let mut plain_from = self.at;
        while let Some(rest) = bytes.get(self.at..).filter(|rest| !rest.is_empty()) {
            let Some(found) = memchr(b'"', rest).map(|found| self.at + found) else { break };
            if self.open.is_none() {
                if found.checked_sub(1).is_none_or(|before| self.ends_field(bytes.get(before))) {
                    self.note(bytes, plain_from, found);
                    self.open = Some(found);
                }
                self.at = found + 1;
                continue;
            }
            match bytes.get(found + 1) {
                // What follows is not known yet.
                None => {
                    self.at = found;
                    return;
                }
                Some(b'"') => self.at = found + 2,
                Some(_) => {
                    self.open = None;
                    self.at = found + 1;
                    plain_from = self.at;
                }
            }
        }
        self.at = bytes.len();
        if self.open.is_none() {
            self.note(bytes, plain_from, bytes.len());
        }
    }

    fn ends_field(&self, byte: Option<&u8>) -> bool {
        byte.is_none_or(|byte| *byte == self.delimiter || matches!(byte, b'\n' | b'\r'))
    }

    /// Takes note of the last line end in a stretch outside quotation marks.
    fn note(&mut self, bytes: &[u8], from: usize, to: usize) {
        let last = bytes.get(from..to).and_then(|stretch| memrchr2(b'\n', b'\r', stretch));
        if let Some(last) = last {
            self.row_end = from + last + 1;
        }
    }

    /// Lines since the quotation marks that are open.
    fn lines_open(&self, bytes: &[u8]) -> u64 {
        self.open.and_then(|open| bytes.get(open..)).map_or(0, count_lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Rows = Vec<(u64, Vec<Vec<u8>>)>;

    fn fields(row: &ByteRecord) -> Vec<Vec<u8>> {
        row.iter().map(<[u8]>::to_vec).collect()
    }

    fn in_blocks(bytes: &[u8], size: usize) -> Rows {
        let mut blocks = Blocks::new(bytes, b',', size);
        let mut out = Vec::new();
        if let Some(header) = blocks.header().unwrap() {
            out.push((1, fields(&header)));
        }
        for block in blocks.some(usize::MAX).unwrap() {
            block.each_row(|row, line| out.push((line, fields(row))));
        }
        out
    }

    fn in_one(bytes: &[u8]) -> Rows {
        let mut rows = ReaderBuilder::new().flexible(true).has_headers(false).from_reader(bytes);
        let line = |row: &ByteRecord| {
            let from = usize::try_from(row.position().unwrap().byte()).unwrap();
            let begins = bytes[from..].iter().position(|byte| !b"\r\n".contains(byte)).unwrap();
            1 + count_lines(&bytes[..from + begins])
        };
        let rows = rows.byte_records().map(Result::unwrap);
        let mut out: Rows = rows.map(|row| (line(&row), fields(&row))).collect();
        out.iter_mut().take(1).for_each(|row| row.0 = 1);
        out
    }

    proptest! {
        #[test]
        fn rows_read_in_blocks_are_the_rows_of_the_file(
            parts in prop::collection::vec(prop::sample::select(vec![
                "a", "\"", "\"\"", ",", "\n", "\r\n", "\"b,c\"", "\"d\ne\"", "\"f\"\"g\"", "h\"i", " \"j\"", "\"k\"l\"m",
            ]), 0..60),
            size in 1usize..24,
        ) {
            let text = parts.concat();
            prop_assert_eq!(in_blocks(text.as_bytes(), size), in_one(text.as_bytes()));
        }
    }

    #[test]
    fn a_quotation_mark_that_nobody_closes_does_not_take_up_the_whole_file() {
        let text = format!("id,name\n1,\"open\n{}", "2,b\n".repeat(5000));
        let mut blocks = Blocks::new(text.as_bytes(), b',', 64);
        blocks.header().unwrap();
        let first = blocks.block().unwrap().unwrap();
        assert!(first.bytes.len() < 4000 && count_lines(&first.bytes) > MOST_LINES);
    }
}
