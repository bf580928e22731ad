//! Writes the files: dialect, encoding, line numbers, and the truth about every line that is written.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, create_dir_all};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::SampleError;
use crate::export::{Body, Encoding, Fault, FileId};
use crate::names::plain_letter;
use crate::noise::Line;

/// A table of the truth.
pub(crate) struct Table {
    out: BufWriter<File>,
    path: PathBuf,
    pub(crate) name: String,
    pub(crate) rows: u64,
}

impl Table {
    /// Opens `out/name` and writes its header.
    pub(crate) fn open(out: &Path, name: &str, columns: &str) -> Result<Self, SampleError> {
        let path = out.join(name);
        let file = create(&path)?;
        let mut table = Self { out: BufWriter::new(file), path, name: name.to_owned(), rows: 0 };
        table.raw(columns)?;
        table.rows = 0;
        Ok(table)
    }

    /// Writes one row.
    pub(crate) fn row(&mut self, cells: &[&str]) -> Result<(), SampleError> {
        let text: Vec<String> = cells.iter().map(|cell| quoted(cell, ',')).collect();
        self.raw(&text.join(","))
    }

    fn raw(&mut self, text: &str) -> Result<(), SampleError> {
        self.rows += 1;
        writeln!(self.out, "{text}").map_err(|source| SampleError::Write { path: self.path.clone(), source })
    }

    /// Writes what is still held back.
    pub(crate) fn close(mut self) -> Result<(String, u64), SampleError> {
        self.out.flush().map_err(|source| SampleError::Write { path: self.path.clone(), source })?;
        Ok((self.name, self.rows))
    }
}

fn create(path: &Path) -> Result<File, SampleError> {
    let wrap = |source| SampleError::Write { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        create_dir_all(folder).map_err(wrap)?;
    }
    File::create(path).map_err(wrap)
}

/// A cell, quoted where its dialect needs it.
fn quoted(cell: &str, delimiter: char) -> String {
    if cell.contains([delimiter, '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// What is learnt while writing: which agencies know a person, in how many rows; faults by kind.
#[derive(Default)]
pub(crate) struct Learnt {
    pub(crate) rows: BTreeMap<u32, u32>,
    pub(crate) agencies: BTreeMap<u32, BTreeSet<&'static str>>,
    pub(crate) kinds: BTreeMap<&'static str, u64>,
    pub(crate) expected: BTreeMap<&'static str, u64>,
}

/// One export being written.
pub(crate) struct Export {
    file: FileId,
    out: BufWriter<File>,
    path: PathBuf,
    /// Line that the next row begins at, from 1.
    line: u64,
    rows: u64,
    encoding: Encoding,
    police_utf8: bool,
    /// The last row, for a file that is cut off in the middle of one.
    last: Option<(String, String)>,
}

impl Export {
    pub(crate) fn open(out: &Path, file: FileId, police_utf8: bool, head: &str) -> Result<Self, SampleError> {
        let spec = file.spec();
        let path = out.join(spec.path);
        let out = BufWriter::with_capacity(1 << 18, create(&path)?);
        let encoding = spec.encoding;
        let mut export = Self { file, out, path, line: 1, rows: 0, encoding, police_utf8, last: None };
        if encoding == Encoding::Police && police_utf8 {
            export.bytes(b"\xef\xbb\xbf")?;
        }
        if spec.columns.is_empty() {
            export.text(head, false)?;
        } else {
            let header = spec.columns.join(&spec.delimiter.to_string());
            export.text(&(header + export.end()), false)?;
        }
        Ok(export)
    }

    fn end(&self) -> &'static str {
        if self.file.spec().crlf { "\r\n" } else { "\n" }
    }

    /// Writes one line and tells the truth about it.
    pub(crate) fn write(
        &mut self,
        line: &Line,
        people: &mut Table,
        bad: &mut Table,
        learnt: &mut Learnt,
    ) -> Result<(), SampleError> {
        let spec = self.file.spec();
        let begin = self.line;
        let (text, inner) = match &line.body {
            Body::Cells(cells) => {
                let cells: Vec<String> = cells.iter().map(|cell| quoted(cell, spec.delimiter)).collect();
                (cells.join(&spec.delimiter.to_string()) + self.end(), 0)
            }
            // An element is listed at the line of what is wrong in it.
            Body::Text(text) if self.file == FileId::Census => {
                let before = text.split("<LocalExtension>").next().unwrap_or("");
                (text.clone(), before.matches('\n').count() as u64)
            }
            Body::Text(text) => (format!("{text}\n"), 0),
        };
        self.text(&text, line.foreign)?;
        self.rows += 1;
        self.last = Some((line.key.clone(), text));
        for (key, person) in &line.about {
            people.row(&[spec.path, key, &person_id(*person)])?;
            *learnt.rows.entry(*person).or_default() += 1;
            learnt.agencies.entry(*person).or_default().insert(self.file.agency());
        }
        for fault in &line.faults {
            let at = if fault.kind == "unknown_element" { begin + inner } else { begin };
            tell(bad, spec.path, at, &line.key, fault, learnt)?;
        }
        Ok(())
    }

    /// Ends the file, for landlords' contacts in the middle of a row that was sent before.
    pub(crate) fn close(
        mut self,
        tail: &str,
        bad: &mut Table,
        learnt: &mut Learnt,
    ) -> Result<(String, u64), SampleError> {
        let cut = self.last.take().filter(|_| self.file == FileId::HousingContacts);
        if let Some((key, text)) = cut {
            let cut: String = text.chars().take(text.chars().count() / 4).collect();
            let detail = "file ends in the middle of a row; good copy earlier in the file".to_owned();
            let fault = Fault::unusable("truncated_last_line", detail, false);
            tell(bad, self.file.path(), self.line, &key, &fault, learnt)?;
            self.text(&cut, false)?;
            self.rows += 1;
        }
        self.text(tail, false)?;
        self.out.flush().map_err(|source| SampleError::Write { path: self.path.clone(), source })?;
        Ok((self.file.path().to_owned(), self.rows))
    }

    fn text(&mut self, text: &str, foreign: bool) -> Result<(), SampleError> {
        let utf8 = match self.encoding {
            Encoding::Utf8 => true,
            Encoding::Windows1252 => false,
            Encoding::Police => self.police_utf8,
        };
        self.line += text.matches('\n').count() as u64;
        if utf8 != foreign { self.bytes(text.as_bytes()) } else { self.bytes(&windows_1252(text)) }
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), SampleError> {
        self.out.write_all(bytes).map_err(|source| SampleError::Write { path: self.path.clone(), source })
    }
}

fn tell(
    bad: &mut Table,
    path: &str,
    at: u64,
    key: &str,
    fault: &Fault,
    learnt: &mut Learnt,
) -> Result<(), SampleError> {
    *learnt.kinds.entry(fault.kind).or_default() += 1;
    *learnt.expected.entry(fault.expected).or_default() += 1;
    let lost = if fault.lost { "Y" } else { "" };
    let line = at.to_string();
    bad.row(&[
        path,
        &line,
        key,
        fault.kind,
        fault.expected,
        fault.severity,
        &fault.detail,
        lost,
        fault.origin,
    ])
}

/// A person's id in the truth.
pub(crate) fn person_id(number: u32) -> String {
    format!("P{number:06}")
}

/// Bytes of Windows-1252. Letters it does not have lose their marks, as they do in such systems.
fn windows_1252(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        let byte = match c {
            '€' => 0x80,
            '\u{2018}' => 0x91,
            '\u{2019}' => 0x92,
            '\u{201c}' => 0x93,
            '\u{201d}' => 0x94,
            '\u{2013}' => 0x96,
            c if c.is_ascii() || ('\u{a0}'..='\u{ff}').contains(&c) => {
                u8::try_from(u32::from(c)).unwrap_or(b'?')
            }
            c => u8::try_from(u32::from(plain_letter(c))).unwrap_or(b'?'),
        };
        bytes.push(byte);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_1252_keeps_what_it_can() {
        assert_eq!(windows_1252("Sinéad £5 Łukasz"), b"Sin\xe9ad \xa35 Lukasz");
    }

    #[test]
    fn quotes_only_where_needed() {
        assert_eq!(quoted("a, b", ','), "\"a, b\"");
        assert_eq!(quoted("a, b", ';'), "a, b");
        assert_eq!(quoted("say \"no\"", ','), "\"say \"\"no\"\"\"");
    }
}
