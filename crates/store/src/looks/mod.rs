//! Who looked: a database of its own beside the facts, so that taking in files never makes a page wait. Appended only,
//! chained like the facts, on the disk when a call returns.

mod append;
mod read;
mod sql;
mod verify;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use throughline_domain::looks::Entry;

use crate::chain::{self, Cell, Hash};
use crate::error::StoreError;
use crate::folder::{self, UnderConstruction};
use crate::model::{Area, Head};
use crate::pool::Pool;
use crate::queue::Queue;
use crate::sqlite::Link;
use crate::store::Store;
use crate::{meta, migrate, statements};

pub use read::{SealedEntries, Tally};
pub use verify::LooksVerdict;

/// Name of the row that says when the record was begun.
const BEGUN: &str = "begun";

/// The record of who looked of one area. Cheap to clone; clones share its connections.
#[derive(Clone)]
pub struct Looks(Arc<Inner>);

struct Inner {
    pool: Pool,
    beginning: Hash,
    queue: Queue<Vec<append::Written>, u64>,
}

/// An entry before it has its place.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEntry {
    /// What it says.
    pub entry: Entry,
    /// Nothing that is recorded explains it.
    pub loose: bool,
    /// Its people are counted when somebody reads in bulk.
    pub counted: bool,
}

/// How the record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LooksState {
    /// Entries.
    pub entries: u64,
    /// Size of the file.
    pub bytes: u64,
    /// `wal` and `full` as it should be.
    pub journal_mode: String,
    /// `full` as it should be.
    pub synchronous: String,
}

impl Looks {
    /// Opens the record of an area, and begins it when the area has none yet. `now` is when it would be begun.
    ///
    /// # Errors
    /// [`StoreError::LooksGone`] when the area had a record and this is not it.
    pub fn open(store: &Store, now: Timestamp) -> Result<Self, StoreError> {
        let path = path_of(store);
        let begun = {
            let writer = store.0.pool.writer();
            meta::get(&writer, meta::LOOKS)?
        };
        if begun.is_none() {
            if !folder::exists(&path)? {
                begin(&path, &store.0.area, now)?;
            }
            // Made and not yet noted: it was interrupted, and nothing was shown before the note.
            let beginning = beginning(&Link::reader(&path)?, &store.0.area)?;
            let writer = store.0.pool.writer();
            store.0.pool.write(&writer, || match meta::get(&writer, meta::LOOKS)? {
                Some(_) => Ok(()),
                None => meta::put(&writer, meta::LOOKS, &beginning.to_string()),
            })?;
        }
        let noted = {
            let writer = store.0.pool.writer();
            meta::get(&writer, meta::LOOKS)?
        };
        if !folder::exists(&path)? {
            return Err(StoreError::LooksGone(path));
        }
        let link = Link::writer(&path)?.hurried()?;
        let beginning = beginning(&link, &store.0.area)?;
        if noted != Some(beginning.to_string()) {
            return Err(StoreError::LooksGone(path));
        }
        migrate::migrate(&link, sql::MIGRATIONS)?;
        sql::NEVER_CHANGED.iter().try_for_each(|table| link.forbid_changes(table))?;
        let pool = Pool::hurried(&path, link)?;
        Ok(Self(Arc::new(Inner { pool, beginning, queue: Queue::default() })))
    }

    /// How the record stands.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn state(&self) -> Result<LooksState, StoreError> {
        let (journal_mode, synchronous) = {
            let writer = self.0.pool.writer();
            (writer.pragma_value("journal_mode")?, writer.pragma_value("synchronous")?)
        };
        let path = self.0.pool.path();
        let bytes = std::fs::metadata(path).map_err(StoreError::file(path))?.len();
        let entries = self.0.pool.read(append::head)?.length;
        let synchronous = if synchronous == "2" { "full".to_owned() } else { synchronous };
        Ok(LooksState { entries, bytes, journal_mode, synchronous })
    }
}

fn path_of(store: &Store) -> std::path::PathBuf {
    folder::looks(store.0.pool.path().parent().unwrap_or(Path::new(".")))
}

fn begin(path: &Path, area: &Area, now: Timestamp) -> Result<(), StoreError> {
    let unfinished = UnderConstruction::beside(path)?;
    let link = Link::make(unfinished.path())?;
    link.write(|| {
        link.define(statements::CREATE_META)?;
        meta::describe(&link, area)?;
        meta::put(&link, BEGUN, &now.to_string())
    })?;
    migrate::migrate(&link, sql::MIGRATIONS)?;
    link.settle()?;
    drop(link);
    match unfinished.finish(path) {
        // Another process began it at the same time.
        Err(StoreError::AlreadyThere(_)) => Ok(()),
        other => other,
    }
}

/// What the chain begins with: the area and the moment, so that no record can take the place of another.
fn beginning(link: &Link, area: &Area) -> Result<Hash, StoreError> {
    let begun = meta::get(link, BEGUN)?.unwrap_or_default();
    Ok(chain::of_cells(chain::beginning(area, ""), &[Cell::text("throughline looks 1"), Cell::text(&begun)]))
}

/// What the next hash follows.
fn end_of(beginning: Hash, head: Head) -> Hash {
    if head.length == 0 { beginning } else { head.hash }
}

/// A copy for a backup, as of one moment.
pub(crate) fn copy_to(store: &Store, to: &Path) -> Result<bool, StoreError> {
    let path = path_of(store);
    if !folder::exists(&path)? {
        return Ok(false);
    }
    Link::reader(&path)?.copy_to(to)?;
    Ok(true)
}

/// Verifies the record in a file that is to be part of an area, and says where its chain stands.
pub(crate) fn verify_copy(file: &Path, area: &Area) -> Result<Head, StoreError> {
    let link = Link::reader(file)?;
    let verdict = verify::verify(&link, beginning(&link, area)?)?;
    match verdict.damage {
        None => Ok(verdict.head),
        Some(damage) => Err(StoreError::Damaged(damage)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_is_understood_and_rows_are_never_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("looks.db");
        let area = Area { name: "Calderwick".into(), kind: throughline_domain::sharing::AreaKind::Invented };
        begin(&path, &area, Timestamp::UNIX_EPOCH).unwrap();
        let link = Link::writer(&path).unwrap();
        sql::NEVER_CHANGED.iter().for_each(|table| link.forbid_changes(table).unwrap());
        sql::ALL
            .iter()
            .for_each(|text| link.prepared(text).unwrap_or_else(|error| panic!("{text}: {error}")));
        link.run("INSERT INTO look_about (id, seq, part) VALUES ('P1', 1, 1)", &[]).unwrap();
        for change in ["UPDATE look_about SET id = 'P2'", "DELETE FROM look_about"] {
            let refused = link.run(change, &[]).unwrap_err().to_string();
            assert!(refused.contains("cannot store"), "{refused}");
        }
        let rows = link.one("SELECT id FROM look_about", &[], |row| row.text(0).map(str::to_owned)).unwrap();
        assert_eq!(rows.as_deref(), Some("P1"));
    }
}
