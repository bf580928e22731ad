//! Agency files in: finds the files, reads them through the feeds, and appends what is new.
//!
//! A row ends in exactly one way: accepted, duplicate, superseded by a later version of itself, or put
//! aside. What was cut off in the middle goes on where it stopped, with the same counts as if undisturbed.

mod delivery;
mod files;
mod rows;
mod settle;

use std::path::PathBuf;

use jiff::{Timestamp, Zoned};
use serde::Serialize;
use throughline_domain::fact::{FactBody, Received};
use throughline_domain::ids::AgencyId;
use throughline_domain::record::Record;
use throughline_domain::when::When;
use throughline_feeds::FeedBook;
use throughline_store::{Batch, NewFact, RowChange, Store};
use uuid::Uuid;

use crate::digest;
use crate::shelf::{self, RowState, ShelfError};

pub use delivery::{aside_row, delivery_row};
pub use settle::{correct, fit_to_show, read_again, retry, set_aside};

/// What happened to one file.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FileReport {
    /// The file, as `folder/name.csv`.
    pub file: String,
    /// The kind of file.
    pub feed: String,
    /// Rows in it.
    pub rows: u64,
    /// Rows that now count.
    pub accepted: u64,
    /// Accepted rows with a warning.
    pub warned: u64,
    /// Rows put aside.
    pub quarantined: u64,
    /// Rows that said nothing new.
    pub duplicate: u64,
    /// Rows replaced by a later version of themselves.
    pub superseded: u64,
}

/// A file that was not read at all.
#[derive(Clone, Debug, Serialize)]
pub struct RefusedFile {
    /// The file.
    pub file: String,
    /// Why, and what to do.
    pub reason: String,
}

/// What happened to all of them.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Files read.
    pub files: Vec<FileReport>,
    /// Files not read.
    pub refused: Vec<RefusedFile>,
    /// People after linking.
    pub people: u64,
    /// Seconds in all.
    pub seconds: f64,
    /// Of these, reading, checking and appending.
    pub seconds_taking_in: f64,
    /// Of these, linking.
    pub seconds_linking: f64,
}

impl Report {
    /// Whether a person should look at something.
    pub fn has_findings(&self) -> bool {
        !self.refused.is_empty() || self.files.iter().any(|f| f.quarantined > 0)
    }
}

/// Why intake as a whole stopped.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// A path could not be read.
    #[error("cannot read {path}: {source}")]
    Path {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The store or a shelf refused.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
}

/// When files are taken in: the moment for the fact, and the day after which events lie in the future.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Now.
    pub received: Timestamp,
    /// Today in the United Kingdom.
    pub today: jiff::civil::Date,
}

impl Clock {
    /// The clock of this machine.
    pub fn now() -> Self {
        let now = Zoned::now();
        let local = now.in_tz("Europe/London").map_or_else(|_| now.date(), |z| z.date());
        Self { received: now.timestamp(), today: local }
    }
}

/// A fact as this program makes it, before the store numbers it.
fn new_fact(agency: &AgencyId, clock: &Clock, body: FactBody) -> NewFact {
    NewFact {
        agency: agency.clone(),
        id: Uuid::now_v7().to_string(),
        happened: None,
        recorded: None,
        received: clock.received,
        body,
        raw: None,
    }
}

/// What `append` writes: a fact and the row changes that follow from it.
type Written = (FactBody, Vec<RowChange>);

/// Appends one fact with its row changes; `write` is told the sequence number the fact will have.
pub fn append(
    store: &Store,
    agency: &AgencyId,
    clock: &Clock,
    write: impl FnOnce(u64) -> Result<Written, ShelfError>,
) -> Result<(), ShelfError> {
    let heads = store.heads()?;
    let (body, rows) = write(heads.last_seq() + 1)?;
    let facts = vec![new_fact(agency, clock, body)];
    store.append(Batch { expected: Some(heads), facts, rows })?;
    Ok(())
}

/// Appends facts that belong together, all or none.
pub fn append_all(
    store: &Store,
    agency: &AgencyId,
    clock: &Clock,
    bodies: Vec<FactBody>,
) -> Result<(), ShelfError> {
    let facts = bodies.into_iter().map(|body| new_fact(agency, clock, body)).collect();
    store.append(Batch { expected: Some(store.heads()?), facts, rows: Vec::new() })?;
    Ok(())
}

/// Appends a record that somebody wrote here, with the facts that belong to it, all or none. It happened when its events did,
/// and was recorded now.
pub fn append_entry(
    store: &Store,
    agency: &AgencyId,
    clock: &Clock,
    record: Record,
    more: Vec<FactBody>,
) -> Result<(), ShelfError> {
    let heads = store.heads()?;
    let mut writing = rows::Writing::after(heads.last_seq());
    let (happened, key) =
        (record.events.first().map(|event| event.at), shelf::row_key(&record.feed, &record.row_key));
    let received = Received {
        file: record.feed.to_string(),
        delivery: String::new(),
        line: 0,
        stamp: clock.received.to_string(),
        content: digest::of_text(&serde_json::to_string(&record)?),
        record,
        warnings: Vec::new(),
    };
    let mut state = RowState::default();
    shelf::remember(&mut state, writing.seq + 1, &received);
    writing.rows.push(shelf::put(shelf::ROW, shelf::row(key, &state, Vec::new())?));
    let recorded = Some(When::day(clock.today));
    writing.fact(NewFact { happened, recorded, ..new_fact(agency, clock, FactBody::Record(received)) });
    for body in more {
        writing.fact(new_fact(agency, clock, body));
    }
    store.append(Batch { expected: Some(heads), facts: writing.facts, rows: writing.rows })?;
    Ok(())
}

/// Takes in files and folders. Does not link or derive: `derive::derive` does, once for all files.
pub fn take_in(
    store: &Store,
    book: &FeedBook,
    paths: &[PathBuf],
    clock: &Clock,
    progress: &dyn Fn(&str),
) -> Result<Report, IntakeError> {
    let mut report = Report::default();
    for file in files::find(paths)? {
        progress(&file.name);
        match delivery::take(store, book, &file, clock)? {
            Ok(taken) => report.files.push(taken),
            Err(refused) => report.refused.push(refused),
        }
    }
    Ok(report)
}
