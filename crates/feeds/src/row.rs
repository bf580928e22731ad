//! What reading a file gives: rows that say something, rows kept aside, and the count of everything.

use jiff::civil::Date;
use throughline_domain::fact::{KeptPlace, Warning};
use throughline_domain::record::Record;
use throughline_domain::when::When;

/// What a reader must know beside the file.
#[derive(Clone, Debug)]
pub struct ReadContext {
    /// The file, as `folder/name.csv`.
    pub file: String,
    /// Rows about later days are about the future.
    pub today: Date,
}

/// One row of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    /// It could be read.
    Good(Box<GoodRow>),
    /// It could not, and is kept aside as it came.
    Bad(Box<BadRow>),
}

/// A row that could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct GoodRow {
    /// Physical line at which it begins, from 1.
    pub line: u64,
    /// The row's key.
    pub key: String,
    /// Orders versions of one row, as text; empty when the file has no stamp.
    pub stamp: String,
    /// SHA-256 of its cells by our names of columns, so that the order of columns does not matter.
    pub content: String,
    /// When it happened.
    pub happened: Option<When>,
    /// When the agency recorded it.
    pub recorded: Option<When>,
    /// What it says.
    pub record: Record,
    /// The places behind the ids of kept ones.
    pub kept: Vec<KeptPlace>,
    /// What was odd about it.
    pub warnings: Vec<Warning>,
    /// The text as it came.
    pub raw: String,
}

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Physical line at which it begins, from 1.
    pub line: u64,
    /// The row's key where it could be read, `(file)` for the whole file.
    pub key: String,
    /// The column at fault, `(row)`, or `(file)`.
    pub field: String,
    /// What was found, what was expected, what to do next.
    pub reason: String,
    /// The text as it came.
    pub raw: String,
    /// The header of its file.
    pub header: String,
}

/// What a file held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows, good and bad.
    pub rows: u64,
    /// Lines that are no rows: blank, headings repeated, ends of reports.
    pub other_lines: u64,
    /// What was odd about the file as a whole: columns renamed, missing or not known, two encodings.
    pub notes: Vec<Warning>,
}

/// A file that cannot be read at all. Nothing of it may be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct Refusal {
    /// The file.
    pub file: String,
    /// What was found, what was expected, what to do next.
    pub reason: String,
}

impl Refusal {
    pub(crate) fn new(file: &str, reason: impl Into<String>) -> Self {
        Self { file: file.to_owned(), reason: reason.into() }
    }
}
