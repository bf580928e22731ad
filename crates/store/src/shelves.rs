//! Shelves: derived rows under a key, found again by terms. All of it can be thrown away and made again.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use throughline_domain::sharing::Sealed;

use crate::append::number;
use crate::chain::Cell;
use crate::error::{Damage, StoreError};
use crate::model::RowChange;
use crate::sqlite::Link;
use crate::statements;
use crate::store::Store;

/// Rows thrown away in one transaction.
const DISCARDED_AT_ONCE: u64 = 5_000;

/// Rows with their keys.
pub type SealedRows = Vec<(String, Sealed<Vec<u8>>)>;

/// A shelf and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelfState {
    /// Its name.
    pub shelf: String,
    /// Rows on it.
    pub rows: u64,
    /// Replacing or discarding it was begun and not finished: make it again before it is relied on.
    pub unfinished: bool,
}

impl Store {
    /// The row under a key.
    ///
    /// # Errors
    /// When the database cannot be read; so for all readers below.
    pub fn get(&self, shelf: &str, key: &str) -> Result<Option<Sealed<Vec<u8>>>, StoreError> {
        self.0.pool.read(|link| get(link, shelf, key)).map(|body| body.map(Sealed::new))
    }

    /// The rows under these keys as of one moment, in the order asked for; keys without a row are left out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn get_many(&self, shelf: &str, keys: &[String]) -> Result<SealedRows, StoreError> {
        let one = |link: &Link, key: &String| {
            Ok(get(link, shelf, key)?.map(|body| (key.clone(), Sealed::new(body))))
        };
        self.0
            .pool
            .read(|link| link.snapshot(|| keys.iter().filter_map(|key| one(link, key).transpose()).collect()))
    }

    /// Up to `limit` rows in the order of their keys, after the key `from` (empty to begin).
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn list(&self, shelf: &str, from: &str, limit: usize) -> Result<SealedRows, StoreError> {
        self.0.pool.read(|link| {
            let mut rows = Vec::new();
            let with = [Cell::text(shelf), Cell::text(from), at_most(limit)];
            link.each(statements::ROWS_AFTER, &with, |row| {
                rows.push((row.text(0)?.to_owned(), Sealed::new(row.bytes(1)?.to_vec())));
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(rows)
        })
    }

    /// How many rows a shelf has.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn count(&self, shelf: &str) -> Result<u64, StoreError> {
        let count = |link: &Link| link.one(statements::GET_SHELF, &[Cell::text(shelf)], |row| row.number(0));
        self.0.pool.read(count).map(Option::unwrap_or_default)
    }

    /// All shelves that ever held a row, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn shelves(&self) -> Result<Vec<ShelfState>, StoreError> {
        self.0.pool.read(|link| {
            let mut shelves = Vec::new();
            link.each(statements::ALL_SHELVES, &[], |row| {
                let shelf = row.text(0)?.to_owned();
                shelves.push(ShelfState { shelf, rows: row.number(1)?, unfinished: row.number(2)? != 0 });
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(shelves)
        })
    }

    /// Keys of up to `limit` rows that have a term, in order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn find(&self, shelf: &str, term: &str, limit: usize) -> Result<Vec<String>, StoreError> {
        self.0.pool.read(|link| {
            let mut keys = Vec::new();
            let with = [Cell::text(shelf), Cell::text(term), at_most(limit)];
            link.each(statements::KEYS_OF_TERM, &with, |row| {
                keys.push(row.text(0)?.to_owned());
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(keys)
        })
    }

    /// Up to `limit` pairs of term and key whose term begins with `prefix`, in order of term and key.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn find_prefix(
        &self,
        shelf: &str,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        self.0.pool.read(|link| {
            let mut found = Vec::new();
            let with = [Cell::text(shelf), Cell::text(prefix), at_most(limit)];
            link.each(statements::TERMS_FROM, &with, |row| {
                let term = row.text(0)?;
                if !term.starts_with(prefix) {
                    return Ok(ControlFlow::Break(()));
                }
                found.push((term.to_owned(), row.text(1)?.to_owned()));
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(found)
        })
    }

    /// Throws a shelf away, damaged rows included, in short transactions. It counts as unfinished until it is
    /// replaced.
    ///
    /// # Errors
    /// When the database cannot be written; what was thrown away until then stays away.
    pub fn discard_shelf(&self, shelf: &str) -> Result<(), StoreError> {
        let cell = Cell::text(shelf);
        loop {
            let writer = self.0.pool.writer();
            let more = self.0.pool.write(&writer, || {
                writer.run(statements::MARK_SHELF, &[cell, Cell::Int(1)])?;
                let some = [cell, number(DISCARDED_AT_ONCE)?];
                let gone = writer.run(statements::DISCARD_TERMS, &some)?;
                let gone = gone + writer.run(statements::DISCARD_ROWS, &some)?;
                if gone == 0 {
                    writer.run(statements::EMPTY_SHELF, &[cell])?;
                }
                Ok(gone > 0)
            })?;
            drop(writer);
            if !more {
                return Ok(());
            }
            crate::replace::let_others_write();
        }
    }
}

/// How the number of rows changes, shelf by shelf; written once per transaction.
#[derive(Default)]
pub(crate) struct Counts(BTreeMap<String, i64>);

impl Counts {
    fn change(&mut self, shelf: &str, by: i64) {
        match self.0.get_mut(shelf) {
            Some(count) => *count += by,
            None => drop(self.0.insert(shelf.to_owned(), by)),
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        other.0.into_iter().for_each(|(shelf, by)| self.change(&shelf, by));
    }

    pub(crate) fn write(&self, link: &Link) -> Result<(), StoreError> {
        for (shelf, by) in &self.0 {
            if *by != 0 {
                link.run(statements::COUNT_SHELF, &[Cell::text(shelf), Cell::Int(*by)])?;
            }
        }
        Ok(())
    }
}

/// Refuses what could not be found again: lists begin after the empty key.
pub(crate) fn must_fit(change: &RowChange) -> Result<(), StoreError> {
    let (RowChange::Put { shelf, key, .. } | RowChange::Remove { shelf, key }) = change;
    if shelf.is_empty() || key.is_empty() {
        return Err(StoreError::Unfit("a row without a shelf or a key"));
    }
    Ok(())
}

/// Changes one row inside a transaction.
pub(crate) fn apply(link: &Link, change: &RowChange, counts: &mut Counts) -> Result<(), StoreError> {
    match change {
        RowChange::Put { shelf, key, body, terms } => put(link, shelf, key, body, terms, counts),
        RowChange::Remove { shelf, key } => remove(link, shelf, key, counts),
    }
}

fn put(
    link: &Link,
    shelf: &str,
    key: &str,
    body: &[u8],
    terms: &[String],
    counts: &mut Counts,
) -> Result<(), StoreError> {
    let (shelf_cell, key_cell) = (Cell::text(shelf), Cell::text(key));
    let terms = in_order(terms);
    let written = write_terms(&terms)?;
    let old = match stored_terms(link, shelf_cell, key_cell)? {
        Some(old) => {
            let with = [Cell::Bytes(body), Cell::Bytes(&written), shelf_cell, key_cell];
            link.run(statements::UPDATE_ROW, &with)?;
            old
        }
        None => {
            let with = [shelf_cell, key_cell, Cell::Bytes(body), Cell::Bytes(&written)];
            link.run(statements::INSERT_ROW, &with)?;
            counts.change(shelf, 1);
            Vec::new()
        }
    };
    let old: Vec<&str> = old.iter().map(String::as_str).collect();
    for gone in old.iter().filter(|term| terms.binary_search(term).is_err()) {
        link.run(statements::DELETE_TERM, &[shelf_cell, Cell::text(gone), key_cell])?;
    }
    for new in terms.iter().filter(|term| old.binary_search(term).is_err()) {
        link.run(statements::INSERT_TERM, &[shelf_cell, Cell::text(new), key_cell])?;
    }
    Ok(())
}

fn remove(link: &Link, shelf: &str, key: &str, counts: &mut Counts) -> Result<(), StoreError> {
    let (shelf_cell, key_cell) = (Cell::text(shelf), Cell::text(key));
    let Some(old) = stored_terms(link, shelf_cell, key_cell)? else { return Ok(()) };
    for term in &old {
        link.run(statements::DELETE_TERM, &[shelf_cell, Cell::text(term), key_cell])?;
    }
    link.run(statements::DELETE_ROW, &[shelf_cell, key_cell])?;
    counts.change(shelf, -1);
    Ok(())
}

fn get(link: &Link, shelf: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let with = [Cell::text(shelf), Cell::text(key)];
    link.one(statements::GET_ROW, &with, |row| row.bytes(0).map(<[u8]>::to_vec))
}

fn stored_terms(link: &Link, shelf: Cell<'_>, key: Cell<'_>) -> Result<Option<Vec<String>>, StoreError> {
    link.one(statements::GET_ROW_TERMS, &[shelf, key], |row| read_terms(row.bytes(0)?))
}

/// Terms in order, each once: as they are compared and stored.
pub(crate) fn in_order(terms: &[String]) -> Vec<&str> {
    let mut terms: Vec<&str> = terms.iter().map(String::as_str).collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

pub(crate) fn write_terms(terms: &[&str]) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(terms).map_err(|_| StoreError::Unfit("terms that cannot be written as JSON"))
}

pub(crate) fn read_terms(bytes: &[u8]) -> Result<Vec<String>, StoreError> {
    serde_json::from_slice(bytes).map_err(|_| {
        StoreError::Damaged(Damage {
            agency: None,
            seq: None,
            what: "a derived row was changed; no fact is concerned and `throughline rebuild` makes it again"
                .into(),
        })
    })
}

pub(crate) fn at_most<'a>(limit: usize) -> Cell<'a> {
    Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX))
}
