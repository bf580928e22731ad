//! Makes a shelf hold exactly some rows by writing only what differs, in short transactions, so that readers
//! and an ingest go on beside a rebuild. The same comparison without writing is `rebuild --check`.

use std::collections::VecDeque;
use std::iter::Peekable;
use std::ops::ControlFlow;
use std::time::Duration;

use crate::append::number;
use crate::chain::Cell;
use crate::error::StoreError;
use crate::model::{Row, RowChange, ShelfContents};
use crate::shelves::{self, Counts};
use crate::sqlite::Link;
use crate::statements;
use crate::store::Store;

/// Rows compared at a time, and rows changed in one transaction; fewer when they are large.
const ROWS_AT_ONCE: usize = 2_000;
const BYTES_AT_ONCE: usize = 4 * 1024 * 1024;

/// What replacing shelves changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Rows that were not there before.
    pub added: u64,
    /// Rows whose body or terms are different now.
    pub changed: u64,
    /// Rows that are gone.
    pub removed: u64,
    /// Rows left as they were.
    pub unchanged: u64,
}

/// How shelves compare with what they should hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What replacing them would change.
    pub changed: Changed,
    /// The first difference.
    pub first: Option<Difference>,
}

/// One difference between a shelf and what it should hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The shelf.
    pub shelf: String,
    /// The key of the row; empty when it is about the shelf as a whole.
    pub key: String,
    /// What differs, as a plain clause.
    pub what: &'static str,
}

impl Store {
    /// Makes each shelf hold exactly these rows. A shelf interrupted half-way is marked unfinished
    /// ([`Store::shelves`]) until it is replaced again.
    ///
    /// # Errors
    /// When a key comes twice or is empty, or the database cannot be written.
    pub fn replace_shelves(&self, shelves: Vec<ShelfContents>) -> Result<Changed, StoreError> {
        let mut all = Changed::default();
        for ShelfContents { shelf, mut rows } in shelves {
            rows.sort_unstable_by(|a, b| a.key.cmp(&b.key));
            all.add(self.replace_shelf(&shelf, rows)?);
        }
        Ok(all)
    }

    /// Makes a shelf hold exactly these rows, which come in strict order of their keys and need not be in memory
    /// all at once.
    ///
    /// # Errors
    /// [`StoreError::NotSorted`] when they do not; or the database cannot be written.
    pub fn replace_shelf(
        &self,
        shelf: &str,
        rows: impl IntoIterator<Item = Row>,
    ) -> Result<Changed, StoreError> {
        let mut edits = Edits::default();
        let mut marked = false;
        let changed = self.walk(shelf, rows, |_, edit| {
            if let Some(change) = edit {
                edits.push(change);
                if edits.are_many() {
                    self.write_edits(shelf, edits.take(), Some(1))?;
                    marked = true;
                }
            }
            Ok(())
        })?;
        let unfinished =
            marked || self.shelves()?.iter().any(|known| known.shelf == shelf && known.unfinished);
        if unfinished || !edits.list.is_empty() {
            self.write_edits(shelf, edits.take(), unfinished.then_some(0))?;
        }
        Ok(changed)
    }

    /// Compares shelves with what they should hold, index terms included, and changes nothing.
    ///
    /// # Errors
    /// When a key comes twice or is empty, or the database cannot be read.
    pub fn compare_shelves(&self, shelves: Vec<ShelfContents>) -> Result<Comparison, StoreError> {
        let mut all = Comparison::default();
        for ShelfContents { shelf, mut rows } in shelves {
            rows.sort_unstable_by(|a, b| a.key.cmp(&b.key));
            let mut first = None;
            let mut note = |key: &str, what| {
                first.get_or_insert_with(|| Difference { shelf: shelf.clone(), key: key.to_owned(), what });
            };
            let (rows_wanted, mut terms_wanted) = (rows.len() as u64, 0_u64);
            for row in &rows {
                terms_wanted += shelves::in_order(&row.terms).len() as u64;
            }
            let changed = self.walk(&shelf, rows, |kept, edit| {
                match (kept, edit) {
                    (Kept::Missing, Some(change)) => note(key_of(&change), "the row is missing"),
                    (Kept::Different, Some(change)) => note(key_of(&change), "the row is different"),
                    (Kept::Extra, Some(change)) => note(key_of(&change), "the row should not be there"),
                    (Kept::Same(row), _) if !self.has_terms(&shelf, row)? => {
                        note(&row.key, "the row cannot be found by one of its terms");
                    }
                    _ => {}
                }
                Ok(())
            })?;
            let (terms, state) = self.0.pool.read(|link| {
                let shelf = [Cell::text(&shelf)];
                let terms = link.one(statements::COUNT_TERMS, &shelf, |row| row.number(0))?;
                Ok((terms.unwrap_or_default(), link.one(statements::GET_SHELF, &shelf, |row| row.number(0))?))
            })?;
            if terms != terms_wanted {
                note("", "it has index terms that belong to no row, or lacks some");
            }
            if state.unwrap_or_default() != rows_wanted {
                note("", "its count of rows is wrong");
            }
            all.changed.add(changed);
            all.first = all.first.or(first);
        }
        Ok(all)
    }

    fn has_terms(&self, shelf: &str, row: &Row) -> Result<bool, StoreError> {
        self.0.pool.read(|link| {
            for term in &row.terms {
                let with = [Cell::text(shelf), Cell::text(term), Cell::text(&row.key)];
                if link.one(statements::HAS_TERM, &with, |_| Ok(()))?.is_none() {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    /// Walks what a shelf holds and what it should hold side by side, in order of keys and in bounded memory.
    fn walk(
        &self,
        shelf: &str,
        rows: impl IntoIterator<Item = Row>,
        mut each: impl FnMut(Kept<'_>, Option<RowChange>) -> Result<(), StoreError>,
    ) -> Result<Changed, StoreError> {
        if shelf.is_empty() {
            return Err(StoreError::Unfit("a shelf without a name"));
        }
        let mut stored =
            Stored { store: self, shelf, after: String::new(), read: VecDeque::new(), end: false };
        let mut wanted = Wanted { shelf, rows: rows.into_iter().peekable(), last: String::new() };
        let mut changed = Changed::default();
        loop {
            stored.fill()?;
            let order = match (stored.read.front(), wanted.rows.peek()) {
                (None, None) => return Ok(changed),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(old), Some(new)) => old.key.as_str().cmp(new.key.as_str()),
            };
            let old = if order.is_le() { stored.read.pop_front() } else { None };
            let new = if order.is_ge() { wanted.next()? } else { None };
            match (old, new) {
                (Some(old), Some(new)) if old.body == new.body && old.terms == terms_of(&new)? => {
                    changed.unchanged += 1;
                    each(Kept::Same(&new), None)?;
                }
                (Some(_), Some(new)) => {
                    changed.changed += 1;
                    each(Kept::Different, Some(put(shelf, new)))?;
                }
                (None, Some(new)) => {
                    changed.added += 1;
                    each(Kept::Missing, Some(put(shelf, new)))?;
                }
                (Some(old), None) => {
                    changed.removed += 1;
                    each(Kept::Extra, Some(RowChange::remove(shelf, old.key)))?;
                }
                (None, None) => return Ok(changed),
            }
        }
    }

    fn write_edits(&self, shelf: &str, edits: Vec<RowChange>, mark: Option<i64>) -> Result<(), StoreError> {
        let writer = self.0.pool.writer();
        self.0.pool.write(&writer, || {
            let mut counts = Counts::default();
            edits.iter().try_for_each(|edit| shelves::apply(&writer, edit, &mut counts))?;
            counts.write(&writer)?;
            if let Some(mark) = mark {
                writer.run(statements::MARK_SHELF, &[Cell::text(shelf), Cell::Int(mark)])?;
            }
            Ok(())
        })?;
        drop(writer);
        let_others_write();
        Ok(())
    }
}

/// Between short transactions: long enough for one that waits, in this process or another, to get its turn.
pub(crate) fn let_others_write() {
    std::thread::sleep(Duration::from_millis(2));
}

/// How a stored row compares with the wanted one.
enum Kept<'a> {
    Same(&'a Row),
    Different,
    Missing,
    Extra,
}

/// Changes collected for one transaction.
#[derive(Default)]
struct Edits {
    list: Vec<RowChange>,
    bytes: usize,
}

impl Edits {
    fn push(&mut self, change: RowChange) {
        if let RowChange::Put { body, .. } = &change {
            self.bytes += body.len();
        }
        self.list.push(change);
    }

    fn are_many(&self) -> bool {
        self.list.len() >= ROWS_AT_ONCE || self.bytes >= BYTES_AT_ONCE
    }

    fn take(&mut self) -> Vec<RowChange> {
        self.bytes = 0;
        std::mem::take(&mut self.list)
    }
}

/// Rows as they are stored, read a few at a time.
struct Stored<'a> {
    store: &'a Store,
    shelf: &'a str,
    after: String,
    read: VecDeque<StoredRow>,
    end: bool,
}

struct StoredRow {
    key: String,
    body: Vec<u8>,
    terms: Vec<u8>,
}

impl Stored<'_> {
    fn fill(&mut self) -> Result<(), StoreError> {
        if self.end || !self.read.is_empty() {
            return Ok(());
        }
        let limit = number(ROWS_AT_ONCE as u64)?;
        let mut bytes = 0;
        let (shelf, after, read) = (self.shelf, &self.after, &mut self.read);
        self.store.0.pool.read(|link: &Link| {
            link.each(statements::ROWS_AFTER, &[Cell::text(shelf), Cell::text(after), limit], |row| {
                let (key, body, terms) =
                    (row.text(0)?.to_owned(), row.bytes(1)?.to_vec(), row.bytes(2)?.to_vec());
                bytes += body.len();
                read.push_back(StoredRow { key, body, terms });
                Ok(if bytes < BYTES_AT_ONCE { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
            })
        })?;
        match self.read.back() {
            Some(last) => self.after.clone_from(&last.key),
            None => self.end = true,
        }
        Ok(())
    }
}

/// Rows as they should be, checked to come in order.
struct Wanted<'a, I: Iterator<Item = Row>> {
    shelf: &'a str,
    rows: Peekable<I>,
    last: String,
}

impl<I: Iterator<Item = Row>> Wanted<'_, I> {
    fn next(&mut self) -> Result<Option<Row>, StoreError> {
        let Some(row) = self.rows.next() else { return Ok(None) };
        // The empty key is before every other, so this refuses it too.
        if row.key <= self.last {
            return Err(StoreError::NotSorted(self.shelf.to_owned()));
        }
        self.last.clone_from(&row.key);
        Ok(Some(row))
    }
}

impl Changed {
    fn add(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.removed += other.removed;
        self.unchanged += other.unchanged;
    }
}

fn terms_of(row: &Row) -> Result<Vec<u8>, StoreError> {
    shelves::write_terms(&shelves::in_order(&row.terms))
}

fn put(shelf: &str, row: Row) -> RowChange {
    RowChange::Put { shelf: shelf.to_owned(), key: row.key, body: row.body, terms: row.terms }
}

fn key_of(change: &RowChange) -> &str {
    let (RowChange::Put { key, .. } | RowChange::Remove { key, .. }) = change;
    key
}
