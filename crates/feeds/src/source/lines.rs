//! Physical lines with their numbers, in bounded memory, and the encoding they are in.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{self, BufRead, Read, SeekFrom};

use super::{LONGEST_ROW, Source};

/// One physical line, without its line end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    /// From 1.
    pub number: u64,
    pub bytes: Vec<u8>,
    /// A line end followed. The last line of a file may lack one.
    pub ended: bool,
    /// Longer than any row may be; only its beginning is here.
    pub too_long: bool,
}

/// Lines one after another, some of which may be given back.
pub(crate) struct Lines<'s> {
    source: &'s mut dyn BufRead,
    number: u64,
    given_back: VecDeque<Line>,
}

impl<'s> Lines<'s> {
    pub fn new(source: &'s mut dyn BufRead) -> Self {
        Self { source, number: 0, given_back: VecDeque::new() }
    }

    pub fn next(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.given_back.pop_front() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let limit = LONGEST_ROW as u64 + 1;
        let read = (&mut *self.source).take(limit).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        let ended = bytes.last() == Some(&b'\n');
        let too_long = bytes.len() > LONGEST_ROW;
        if ended {
            bytes.pop();
        } else if too_long {
            self.source.skip_until(b'\n')?;
            bytes.truncate(4096);
        }
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        if self.number == 1 && bytes.starts_with(BOM) {
            bytes.drain(..BOM.len());
        }
        Ok(Some(Line { number: self.number, bytes, ended: ended || too_long, too_long }))
    }

    /// Gives lines back, to be read again next.
    pub fn give_back(&mut self, lines: impl DoubleEndedIterator<Item = Line>) {
        for line in lines.rev() {
            self.given_back.push_front(line);
        }
    }
}

/// Mark at the start of a UTF-8 file.
pub(crate) const BOM: &[u8] = &[0xEF, 0xBB, 0xBF];

/// The encoding most of a file is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Western,
}

impl Encoding {
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Western => "Windows-1252",
        }
    }

    /// The text, and whether it was in the other encoding. Never fails: every byte is a Windows-1252 character.
    pub fn decode(self, bytes: &[u8]) -> (Cow<'_, str>, bool) {
        match std::str::from_utf8(bytes) {
            Ok(text) => (Cow::Borrowed(text), self == Self::Western && !text.is_ascii()),
            Err(_) => {
                let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
                (text, self == Self::Utf8)
            }
        }
    }
}

/// What the first pass over a file found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Looks {
    /// Nothing but perhaps a mark and spaces.
    Empty,
    /// Two bytes for a character.
    Utf16,
    /// Not text.
    Binary,
    Text(Encoding),
}

/// Reads a file once for its encoding and goes back to its start.
pub(crate) fn look(source: &mut dyn Source) -> io::Result<Looks> {
    source.seek(SeekFrom::Start(0))?;
    let mut start = [0_u8; 4096];
    let mut length = 0;
    while let Some(rest) = start.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match source.read(rest)? {
            0 => break,
            read => length += read,
        }
    }
    let start = start.get(..length).unwrap_or_default();
    if let Some(found) = not_text(start) {
        return Ok(found);
    }
    let marked = start.starts_with(BOM);
    source.seek(SeekFrom::Start(0))?;
    let mut blank = true;
    let (mut utf8, mut western) = (0_u64, 0_u64);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        if (&mut *source).take(LONGEST_ROW as u64).read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        let text = bytes.strip_prefix(BOM).unwrap_or(&bytes);
        blank = blank && text.trim_ascii().is_empty();
        if !text.is_ascii() {
            if std::str::from_utf8(text).is_ok() { utf8 += 1 } else { western += 1 }
        }
    }
    source.seek(SeekFrom::Start(0))?;
    if blank {
        return Ok(Looks::Empty);
    }
    Ok(Looks::Text(if marked || utf8 >= western { Encoding::Utf8 } else { Encoding::Western }))
}

/// What is not text, by its first bytes.
pub(crate) fn not_text(start: &[u8]) -> Option<Looks> {
    let zeros = start.iter().filter(|byte| **byte == 0).count();
    if start.starts_with(&[0xFF, 0xFE])
        || start.starts_with(&[0xFE, 0xFF])
        || (zeros > 0 && zeros * 3 > start.len())
    {
        return Some(Looks::Utf16);
    }
    (zeros > 0).then_some(Looks::Binary)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn the_encoding_of_most_lines_is_the_files() {
        let looks = |bytes: &[u8]| look(&mut Cursor::new(bytes.to_vec())).unwrap();
        assert_eq!(looks(b""), Looks::Empty);
        assert_eq!(looks(b"\xEF\xBB\xBF \r\n"), Looks::Empty);
        assert_eq!(looks(b"a,b\n"), Looks::Text(Encoding::Utf8));
        assert_eq!(looks(b"\xA3\n\xA3\n\xC2\xA3\n"), Looks::Text(Encoding::Western));
        assert_eq!(looks(b"\xC2\xA3\n\xC2\xA3\n\xA3\n"), Looks::Text(Encoding::Utf8));
        assert_eq!(looks(b"\xFF\xFEa\0"), Looks::Utf16);
        assert_eq!(looks(b"a\0,\0b\0"), Looks::Utf16);
    }

    #[test]
    fn a_line_in_the_other_encoding_is_told() {
        assert_eq!(Encoding::Western.decode(b"\xC2\xA3"), (Cow::Borrowed("£"), true));
        assert_eq!(Encoding::Western.decode(b"\xA3"), (Cow::Borrowed("£"), false));
        assert_eq!(Encoding::Utf8.decode(b"\xA3"), (Cow::Borrowed("£"), true));
        assert_eq!(Encoding::Utf8.decode(b"ab"), (Cow::Borrowed("ab"), false));
    }

    #[test]
    fn an_endless_line_costs_only_itself() {
        let mut bytes = vec![b'x'; LONGEST_ROW * 3];
        bytes.extend_from_slice(b"\nnext");
        let mut source = Cursor::new(bytes);
        let mut lines = Lines::new(&mut source);
        let long = lines.next().unwrap().unwrap();
        assert!(long.too_long && long.bytes.len() == 4096);
        let next = lines.next().unwrap().unwrap();
        assert_eq!((next.number, next.bytes.as_slice(), next.ended), (2, b"next".as_slice(), false));
    }
}
