//! Reads who looked: by person or family, by worker, by time, by kind. All of it sealed: who looked at whom is as
//! sensitive as what they saw.

use std::ops::ControlFlow;

use jiff::Timestamp;
use throughline_domain::ids::{AgencyId, FamilyId};
use throughline_domain::looks::Entry;
use throughline_domain::sharing::Sealed;

use super::{Looks, sql};
use crate::append::number;
use crate::chain::Cell;
use crate::error::StoreError;
use crate::sqlite::Cells;

/// Entries with their numbers.
pub type SealedEntries = Vec<(u64, Sealed<Entry>)>;

/// How many different people a worker opened on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// What they do.
    pub role: String,
    /// Different people.
    pub people: usize,
}

impl Looks {
    /// One entry.
    ///
    /// # Errors
    /// When the record cannot be read; so for all readers below.
    pub fn one(&self, entry: u64) -> Result<Option<Sealed<Entry>>, StoreError> {
        Ok(self.read(sql::GET, &[number(entry)?])?.pop().map(|(_, entry)| entry))
    }

    /// Entries that are about a person or a family or name them, the newest first, before the entry `before`.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn about(&self, id: &str, before: Option<u64>, most: usize) -> Result<SealedEntries, StoreError> {
        self.read(sql::ABOUT, &[Cell::text(id), until(before)?, number(most as u64)?])
    }

    /// Entries of a worker, the newest first, before the entry `before`.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn of_worker(
        &self,
        user: &str,
        before: Option<u64>,
        most: usize,
    ) -> Result<SealedEntries, StoreError> {
        self.read(sql::BY_USER, &[Cell::text(user), until(before)?, number(most as u64)?])
    }

    /// Entries of a worker between two moments, the oldest first.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn of_worker_between(
        &self,
        user: &str,
        from: Timestamp,
        to: Timestamp,
        most: usize,
    ) -> Result<SealedEntries, StoreError> {
        let (from, to) = (Cell::Int(from.as_millisecond()), Cell::Int(to.as_millisecond()));
        let with = [Cell::text(user), from, to, number(most as u64)?];
        self.read(sql::BY_USER_SINCE, &with)
    }

    /// Entries of a kind ([`Entry::kind`]) since a moment, the oldest first.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn of_kind(&self, kind: &str, since: Timestamp, most: usize) -> Result<SealedEntries, StoreError> {
        let with = [Cell::text(kind), Cell::Int(since.as_millisecond()), number(most as u64)?];
        self.read(sql::OF_KIND_SINCE, &with)
    }

    /// Looks since a moment that nothing explained when they were written, the oldest first.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn loose(&self, since: Timestamp, most: usize) -> Result<SealedEntries, StoreError> {
        self.read(sql::LOOSE_SINCE, &[Cell::Int(since.as_millisecond()), number(most as u64)?])
    }

    /// Whom each worker opened since a moment: agency, user and person.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn people_counted(&self, since: Timestamp) -> Result<Vec<(AgencyId, String, String)>, StoreError> {
        self.0.pool.read(|link| {
            let mut found = Vec::new();
            link.each(sql::PEOPLE_COUNTED, &[Cell::Int(since.as_millisecond())], |row| {
                found.push((row.text(0)?.into(), row.text(1)?.to_owned(), row.text(2)?.to_owned()));
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(found)
        })
    }

    /// Families that a worker opened since a moment with something that justifies it.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn families_of(&self, user: &str, since: Timestamp) -> Result<Vec<FamilyId>, StoreError> {
        self.0.pool.read(|link| {
            let mut found = Vec::new();
            let with = [Cell::text(user), Cell::Int(since.as_millisecond())];
            link.each(sql::FAMILIES_OF, &with, |row| {
                found.push(row.text(0)?.into());
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(found)
        })
    }

    /// Who ever opened a person or a family, each with the number and the moment of their first look.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn first_of_each(&self, id: &str) -> Result<Vec<(String, u64, Timestamp)>, StoreError> {
        self.0.pool.read(|link| {
            let mut found = Vec::new();
            link.each(sql::FIRST_OF_EACH, &[Cell::text(id)], |row| {
                let ms = i64::try_from(row.number(2)?).unwrap_or(i64::MAX);
                let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX);
                found.push((row.text(0)?.to_owned(), row.number(1)?, at));
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(found)
        })
    }

    /// How many different people each worker opened on each day between two moments.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn tallies(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Tally>, StoreError> {
        let with = [Cell::Int(from.as_millisecond()), Cell::Int(to.as_millisecond())];
        self.0.pool.read(|link| {
            let mut found = Vec::new();
            link.each(sql::TALLIES, &with, |row| {
                let people = usize::try_from(row.number(4)?).unwrap_or(usize::MAX);
                found.push(Tally { role: row.text(0)?.to_owned(), people });
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(found)
        })
    }

    fn read(&self, sql: &str, with: &[Cell<'_>]) -> Result<SealedEntries, StoreError> {
        self.0.pool.read(|link| {
            let mut found = Vec::new();
            link.each(sql, with, |row| {
                found.push(entry(row)?);
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(found)
        })
    }
}

fn until<'a>(before: Option<u64>) -> Result<Cell<'a>, StoreError> {
    before.map_or(Ok(Cell::Int(i64::MAX)), number)
}

fn entry(row: &Cells<'_>) -> Result<(u64, Sealed<Entry>), StoreError> {
    let seq = row.number(0)?;
    let entry = serde_json::from_slice(row.bytes(1)?).map_err(|_| StoreError::Unreadable(seq))?;
    Ok((seq, Sealed::new(entry)))
}
