//! Who looked: a database of its own beside the facts, so that taking in files never makes a page wait. Appended only,
//! chained like the facts, on the disk when a call returns.

mod append;
mod read;
mod sql;
mod verify;

use std::sync::Arc;

use jiff::Timestamp;
use throughline_domain::looks::Entry;

use crate::chain::{self, Cell, Hash};
use crate::error::StoreError;
use crate::model::{Area, Head};
use crate::pool::Pool;
use crate::queue::Queue;
use crate::side::Side;
use crate::sqlite::Link;
use crate::store::Store;
use crate::{folder, meta};

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

/// The database of who looked.
pub(crate) const SIDE: Side =
    Side { file: "looks.db", migrations: sql::MIGRATIONS, chain: Some(verify::examine) };

impl Looks {
    /// Opens the record of an area, and begins it when the area has none yet. `now` is when it would be begun.
    ///
    /// # Errors
    /// [`StoreError::LooksGone`] when the area had a record and this is not it.
    pub fn open(store: &Store, now: Timestamp) -> Result<Self, StoreError> {
        let (path, area) = (SIDE.path(&store.folder()), store.area());
        if noted(store)?.is_none() {
            if !folder::exists(&path)? {
                SIDE.make(&path, &area, |link| meta::put(link, BEGUN, &now.to_string()))?;
            }
            // Made and not yet noted: it was interrupted, and nothing was shown before the note.
            let beginning = beginning(&Link::reader(&path)?, &area)?;
            let writer = store.0.pool.writer();
            store.0.pool.write(&writer, || match meta::get(&writer, meta::LOOKS)? {
                Some(_) => Ok(()),
                None => meta::put(&writer, meta::LOOKS, &beginning.to_string()),
            })?;
        }
        if !is_the_one(store)? {
            return Err(StoreError::LooksGone(path));
        }
        let link = SIDE.link(&path, &area)?.hurried()?;
        let beginning = beginning(&link, &area)?;
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

/// With which hash the record of this area was begun, if it was.
fn noted(store: &Store) -> Result<Option<String>, StoreError> {
    store.0.pool.read(|link| meta::get(link, meta::LOOKS))
}

/// Whether the record in the folder is the one that this area began, if it began one. No other may take its place.
pub(crate) fn is_the_one(store: &Store) -> Result<bool, StoreError> {
    let Some(noted) = noted(store)? else { return Ok(true) };
    let path = SIDE.path(&store.folder());
    Ok(folder::exists(&path)? && noted == beginning(&Link::reader(&path)?, &store.area())?.to_string())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_is_understood_and_rows_are_never_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("looks.db");
        let area = Area { name: "Calderwick".into(), kind: throughline_domain::sharing::AreaKind::Invented };
        SIDE.make(&path, &area, |link| meta::put(link, BEGUN, "then")).unwrap();
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
