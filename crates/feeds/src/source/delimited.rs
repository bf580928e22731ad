//! Delimited text into rows. A quote that is never closed costs only its own row: as soon as a line inside the
//! quote is a whole row by itself, reading goes on from there.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io;

use super::LONGEST_ROW;
use super::lines::{Encoding, Line, Lines};

/// How many lines one row may span.
const MOST_LINES: usize = 400;

/// A row as text.
#[derive(Debug)]
pub(crate) struct RawRow {
    /// Physical line at which it begins.
    pub line: u64,
    pub text: String,
    /// Some of its lines are in the other encoding.
    pub other_encoding: bool,
    pub state: State,
}

/// Whether a row is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Whole,
    /// A quote was opened and not closed.
    OpenQuote,
    /// The file ended without a line end.
    LastLine,
    /// Longer than any row may be.
    TooLong,
}

/// Rows of a delimited file.
pub(crate) struct Rows<'s> {
    lines: Lines<'s>,
    pub encoding: Encoding,
    delimiter: u8,
    /// Cells of a row and place of the first cell of its key, once the heading is known.
    pub expect: Option<(usize, usize)>,
    /// What keys look like in this file: `71/000910/23` is `9/9/9`.
    key_shapes: BTreeSet<String>,
}

impl<'s> Rows<'s> {
    pub fn new(lines: Lines<'s>, encoding: Encoding, delimiter: u8) -> Self {
        Self { lines, encoding, delimiter, expect: None, key_shapes: BTreeSet::new() }
    }

    /// Remembers what the key of a good row looks like.
    pub fn learn_key(&mut self, key: &str) {
        if self.key_shapes.len() < 32 && !key.is_empty() {
            self.key_shapes.insert(shape_of(key));
        }
    }

    pub fn next(&mut self) -> io::Result<Option<RawRow>> {
        let Some(first) = self.lines.next()? else { return Ok(None) };
        if first.too_long {
            return Ok(Some(self.row(&[first], State::TooLong)));
        }
        if !leaves_open(&first.bytes, self.delimiter, false) {
            let state = if first.ended { State::Whole } else { State::LastLine };
            return Ok(Some(self.row(&[first], state)));
        }
        self.several_lines(first).map(Some)
    }

    /// A row whose first line leaves a quote open.
    fn several_lines(&mut self, first: Line) -> io::Result<RawRow> {
        let mut size = first.bytes.len();
        let mut taken = vec![first];
        let closed = loop {
            let Some(next) = self.lines.next()? else { break false };
            size += next.bytes.len() + 1;
            if next.too_long || self.is_whole_row(&next) {
                self.lines.give_back(std::iter::once(next));
                break false;
            }
            if taken.len() >= MOST_LINES || size > LONGEST_ROW {
                self.lines.give_back(std::iter::once(next));
                self.lines.give_back(taken.drain(1..));
                break false;
            }
            let open = leaves_open(&next.bytes, self.delimiter, true);
            taken.push(next);
            if !open {
                break true;
            }
        };
        let ended = taken.last().is_some_and(|line| line.ended);
        let row = self.row(&taken, if closed { State::Whole } else { State::OpenQuote });
        let right_count =
            self.expect.is_none_or(|(count, _)| split(&row.text, self.delimiter).len() == count);
        // A quote inside the quote that is not doubled may be the first of the next row.
        let doubtful = || {
            taken.iter().skip(1).any(|line| self.begins_like_a_row(line))
                && has_stray_quote(&row.text, self.delimiter)
        };
        if closed && right_count && !doubtful() {
            return Ok(row);
        }
        // Broken: what looks like the beginning of the next row is given back.
        let next_row = taken.iter().skip(1).position(|line| self.begins_like_a_row(line));
        if let Some(at) = next_row {
            let rest = taken.split_off(at + 1);
            self.lines.give_back(rest.into_iter());
            return Ok(self.row(&taken, State::OpenQuote));
        }
        Ok(if closed && !ended { RawRow { state: State::LastLine, ..row } } else { row })
    }

    fn row(&self, lines: &[Line], state: State) -> RawRow {
        let mut text = String::new();
        let mut other_encoding = false;
        for (at, line) in lines.iter().enumerate() {
            if at > 0 {
                text.push('\n');
            }
            let (part, other) = self.encoding.decode(&line.bytes);
            other_encoding = other_encoding || other;
            text.push_str(&part);
        }
        RawRow { line: lines.first().map_or(0, |line| line.number), text, other_encoding, state }
    }

    /// A line that is a whole row by itself, with a key that looks like one.
    fn is_whole_row(&self, line: &Line) -> bool {
        let Some((count, key)) = self.expect else { return false };
        if leaves_open(&line.bytes, self.delimiter, false) {
            return false;
        }
        let (text, _) = self.encoding.decode(&line.bytes);
        let cells = split(&text, self.delimiter);
        cells.len() == count && cells.get(key).is_some_and(|cell| self.looks_like_a_key(cell.trim()))
    }

    fn begins_like_a_row(&self, line: &Line) -> bool {
        let (text, _) = self.encoding.decode(&line.bytes);
        let cells = split(&text, self.delimiter);
        let begins = |key: usize| cells.get(key).is_some_and(|cell| self.looks_like_a_key(cell.trim()));
        !self.key_shapes.is_empty() && cells.len() > 1 && self.expect.is_some_and(|(_, key)| begins(key))
    }

    fn looks_like_a_key(&self, cell: &str) -> bool {
        if self.key_shapes.is_empty() {
            let digits = cell.bytes().any(|byte| byte.is_ascii_digit());
            return digits && cell.len() <= 64 && !cell.contains(char::is_whitespace);
        }
        self.key_shapes.contains(&shape_of(cell))
    }

    /// Whether a cell looks like the keys seen so far.
    pub fn is_known_key(&self, cell: &str) -> bool {
        self.key_shapes.contains(&shape_of(cell))
    }
}

/// A key with its digits and letters made alike.
fn shape_of(key: &str) -> String {
    let mut shape = String::new();
    for c in key.chars().take(64) {
        let class = if c.is_numeric() {
            '9'
        } else if c.is_alphabetic() {
            'A'
        } else {
            c
        };
        if !(matches!(class, '9' | 'A') && shape.ends_with(class)) {
            shape.push(class);
        }
    }
    shape
}

/// Whether a quote is open at the end of a line.
fn leaves_open(line: &[u8], delimiter: u8, open_before: bool) -> bool {
    if !open_before && !line.contains(&b'"') {
        return false;
    }
    let mut open = open_before;
    let mut at_start = !open_before;
    let mut rest = line;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' if open && rest.first() == Some(&b'"') => rest = rest.get(1..).unwrap_or_default(),
            b'"' if open && ends_cell(rest, delimiter) => open = false,
            b'"' if !open && at_start => {
                open = true;
                at_start = false;
            }
            byte if !open && *byte == delimiter => at_start = true,
            b' ' => {}
            _ => at_start = at_start && open,
        }
    }
    open
}

/// Whether a quote stands inside a quoted cell without being doubled.
fn has_stray_quote(text: &str, delimiter: u8) -> bool {
    split(text, delimiter).iter().any(|cell| {
        // What `split` left of an undoubled quote is a quote in a borrowed cell.
        matches!(cell, Cow::Borrowed(cell) if cell.contains('"'))
    })
}

/// Only spaces before the next delimiter or the end of the line.
fn ends_cell(rest: &[u8], delimiter: u8) -> bool {
    rest.iter()
        .find(|byte| **byte != b' ')
        .is_none_or(|byte| *byte == delimiter || matches!(byte, b'\n' | b'\r'))
}

/// The cells of a row. A quote inside a quoted cell that does not end it is part of its text.
pub(crate) fn split(text: &str, delimiter: u8) -> Vec<Cow<'_, str>> {
    if !text.as_bytes().contains(&b'"') {
        return text.split(char::from(delimiter)).map(Cow::Borrowed).collect();
    }
    let mut cells = Vec::new();
    let mut rest = Some(text);
    while let Some(text) = rest {
        let (cell, after) = cell(text, delimiter);
        cells.push(cell);
        rest = after;
    }
    cells
}

fn cell(text: &str, delimiter: u8) -> (Cow<'_, str>, Option<&str>) {
    let start = text.trim_start_matches(' ');
    let Some(quoted) = start.strip_prefix('"') else {
        return match text.split_once(char::from(delimiter)) {
            Some((cell, after)) => (Cow::Borrowed(cell), Some(after)),
            None => (Cow::Borrowed(text), None),
        };
    };
    let bytes = quoted.as_bytes();
    let mut doubled = false;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if *byte == b'"' {
            if bytes.get(at + 1) == Some(&b'"') {
                doubled = true;
                at += 1;
            } else if ends_cell(bytes.get(at + 1..).unwrap_or_default(), delimiter) {
                break;
            }
        }
        at += 1;
    }
    let inside = quoted.get(..at).unwrap_or(quoted);
    let after = quoted.get(at + 1..).unwrap_or_default().trim_start_matches([' ', '\r', '\n']);
    let inside = if doubled { Cow::Owned(inside.replace("\"\"", "\"")) } else { Cow::Borrowed(inside) };
    (inside, after.strip_prefix(char::from(delimiter)))
}

/// Cells as a row of delimited text, so that a row of a workbook can be read again like any other.
pub(crate) fn join(cells: &[String], delimiter: u8) -> String {
    let mut out = String::new();
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(char::from(delimiter));
        }
        if cell.contains(['"', '\n', '\r', char::from(delimiter)]) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn rows(text: &str) -> Vec<(u64, String, State)> {
        let mut source = Cursor::new(text.as_bytes().to_vec());
        let mut rows = Rows::new(Lines::new(&mut source), Encoding::Utf8, b',');
        rows.expect = Some((3, 0));
        let mut found = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let cells = split(&row.text, b',');
            if cells.len() == 3 {
                let key = cells[0].to_string();
                rows.learn_key(&key);
            }
            found.push((row.line, row.text, row.state));
        }
        found
    }

    #[test]
    fn takes_cells_apart() {
        let cells = |text| split(text, b',').into_iter().map(Cow::into_owned).collect::<Vec<_>>();
        assert_eq!(cells("a,b,c"), ["a", "b", "c"]);
        assert_eq!(cells("a,\"b, c\",d"), ["a", "b, c", "d"]);
        assert_eq!(cells("a,\"say \"\"yes\"\"\","), ["a", "say \"yes\"", ""]);
        assert_eq!(cells("a, \"b\" ,c"), ["a", "b", "c"]);
        assert_eq!(cells("a,he said \"no\",c"), ["a", "he said \"no\"", "c"]);
        assert_eq!(cells("a,\"he said \"no\" twice\",c"), ["a", "he said \"no\" twice", "c"]);
        assert_eq!(cells("a,\"x\ny\",c"), ["a", "x\ny", "c"]);
        assert_eq!(cells(""), [""]);
        assert_eq!(cells("\"open"), ["open"]);
    }

    #[test]
    fn a_line_break_inside_a_quote_is_one_row() {
        let found = rows("K1,\"x\ny\",z\nK2,a,b\n");
        assert_eq!(found, [(1, "K1,\"x\ny\",z".into(), State::Whole), (3, "K2,a,b".into(), State::Whole)]);
    }

    #[test]
    fn a_quote_never_closed_costs_one_row() {
        let found = rows("K1,a,b\nK2,\"x,y\nK3,\"c\",d\nK4,e,f\n");
        let states: Vec<_> = found.iter().map(|(line, _, state)| (*line, *state)).collect();
        assert_eq!(states, [(1, State::Whole), (2, State::OpenQuote), (3, State::Whole), (4, State::Whole)]);
    }

    #[test]
    fn the_next_row_may_itself_span_lines() {
        let found = rows("K1,a,b\nK2,\"x,y\nK3,\"c\nc\",d\nK4,e,f\n");
        let lines: Vec<_> = found.iter().map(|(line, _, state)| (*line, *state)).collect();
        assert_eq!(lines, [(1, State::Whole), (2, State::OpenQuote), (3, State::Whole), (5, State::Whole)]);
    }

    #[test]
    fn a_file_cut_off_inside_a_quote_ends_in_one_row() {
        let found = rows("K1,a,b\nK2,x,\"y");
        assert_eq!(found.last(), Some(&(2, "K2,x,\"y".into(), State::OpenQuote)));
    }

    #[test]
    fn joined_cells_come_apart_the_same() {
        let cells: Vec<String> = ["a", "b, c", "say \"x\"", "l\nm", ""].map(str::to_owned).to_vec();
        let joined = join(&cells, b',');
        assert_eq!(split(&joined, b',').into_iter().map(Cow::into_owned).collect::<Vec<_>>(), cells);
    }
}
