//! What becomes of one row: accepted, duplicate or superseded, by its key, its stamp and its content.

use std::collections::HashMap;

use throughline_domain::fact::{FactBody, Received};
use throughline_domain::ids::FeedId;
use throughline_domain::sharing::Door;
use throughline_feeds::{Feed, GoodRow};
use throughline_store::{NewFact, RowChange, Store};

use super::{Clock, new_fact};
use crate::shelf::{self, RowState, ShelfError};

/// How a row ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It counts now. `replaces` when it pushed out a version that the same file had brought.
    Accepted {
        /// Whether a version that this very file brought was replaced.
        replaces: bool,
    },
    /// It was taken in before the work was cut off.
    TakenBefore {
        /// Whether it is the version that counts.
        counts: bool,
    },
    /// It says nothing new.
    Duplicate,
    /// A later version of it is already known.
    Superseded,
}

impl End {
    /// Whether a fact has to be appended for it.
    pub fn is_new(self) -> bool {
        matches!(self, Self::Accepted { .. } | Self::Superseded)
    }
}

/// Facts and row changes on their way into one transaction.
#[derive(Default)]
pub struct Writing {
    /// Sequence number of the last fact.
    pub seq: u64,
    /// The facts.
    pub facts: Vec<NewFact>,
    /// The row changes that follow from them.
    pub rows: Vec<RowChange>,
}

impl Writing {
    /// After the facts that are there.
    pub fn after(seq: u64) -> Self {
        Self { seq, ..Self::default() }
    }

    /// Adds a fact and says its sequence number.
    pub fn fact(&mut self, fact: NewFact) -> u64 {
        self.facts.push(fact);
        self.seq += 1;
        self.seq
    }
}

/// States of the rows of one file while it is read: from the store, with this file's own on top.
pub struct States<'a> {
    store: &'a Store,
    feed: &'a Feed,
    clock: &'a Clock,
    file: String,
    delivery: String,
    known: HashMap<String, RowState>,
    /// Whether the store holds rows of this feed at all: a first delivery need not ask for each row.
    any_stored: bool,
}

impl<'a> States<'a> {
    /// States for one delivery of a file; `delivery` is empty for a row that a person corrected.
    pub fn new(
        store: &'a Store,
        feed: &'a Feed,
        clock: &'a Clock,
        file: &str,
        delivery: &str,
    ) -> Result<Self, ShelfError> {
        let (file, delivery) = (file.to_owned(), delivery.to_owned());
        let before_first = shelf::row_key(&feed.id, "");
        let first = store.list(shelf::ROW, &before_first, 1)?;
        let any_stored = first.iter().any(|(key, _)| key.starts_with(&before_first));
        Ok(Self { store, feed, clock, file, delivery, known: HashMap::new(), any_stored })
    }

    /// Fetches the states of a batch of rows at once.
    pub fn fetch(&mut self, rows: &[&GoodRow]) -> Result<(), ShelfError> {
        if !self.any_stored {
            return Ok(());
        }
        let id: &FeedId = &self.feed.id;
        let keys: Vec<String> = rows
            .iter()
            .filter(|row| !self.known.contains_key(&row.key))
            .map(|row| shelf::row_key(id, &row.key))
            .collect();
        for (key, sealed) in shelf::get_many::<RowState>(self.store, shelf::ROW, &keys)? {
            if let Some((_, row)) = key.split_once('\u{1f}') {
                self.known.insert(row.to_owned(), Door::open_to_derive(sealed));
            }
        }
        Ok(())
    }

    /// Decides about one row and, where it is new, writes its facts and its state.
    pub fn take(&mut self, row: GoodRow, writing: &mut Writing) -> Result<End, ShelfError> {
        let GoodRow { line, key, stamp, content, happened, recorded, record, kept, warnings, raw } = row;
        let (file, delivery) = (self.file.clone(), self.delivery.clone());
        let received = Received { file, delivery, line, stamp, content, record, warnings };
        let state = self.known.entry(key.clone()).or_default();
        let end = decide(state, &received);
        if !end.is_new() {
            return Ok(end);
        }
        shelf::remember(state, writing.seq + 1, &received);
        let body = match self.feed.sealed {
            true => FactBody::SealedRecord(received),
            false => FactBody::Record(received),
        };
        let agency = &self.feed.agency;
        writing.fact(NewFact { happened, recorded, raw: Some(raw), ..new_fact(agency, self.clock, body) });
        for place in kept {
            writing.fact(new_fact(agency, self.clock, FactBody::KeptPlace(place)));
        }
        let row = shelf::row(shelf::row_key(&self.feed.id, &key), state, Vec::new())?;
        writing.rows.push(shelf::put(shelf::ROW, row));
        Ok(end)
    }

    /// Whether another file had brought this very content first.
    pub fn came_elsewhere(&self, key: &str, content: &str) -> bool {
        let elsewhere = |v: &shelf::RowVersion| v.content == content && v.file != self.file;
        self.known.get(key).is_some_and(|state| state.versions.iter().any(elsewhere))
    }
}

/// The rule. Pure.
fn decide(state: &RowState, row: &Received) -> End {
    let here = |v: &shelf::RowVersion| v.file == row.file && v.delivery == row.delivery;
    if let Some(same) = state.versions.iter().find(|v| v.content == row.content) {
        return match here(same) && same.line == row.line {
            true => End::TakenBefore { counts: same.seq == state.seq },
            false => End::Duplicate,
        };
    }
    if !state.versions.is_empty() && row.stamp < state.stamp {
        return End::Superseded;
    }
    let current = state.versions.iter().find(|v| v.seq == state.seq);
    End::Accepted { replaces: current.is_some_and(here) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(content: &str, stamp: &str, line: u64) -> Received {
        let (file, delivery) = ("police/incidents.csv".to_owned(), "d1".to_owned());
        Received { content: content.into(), stamp: stamp.into(), line, file, delivery, ..Received::default() }
    }

    fn after(rows: &[Received]) -> (RowState, Vec<End>) {
        let mut state = RowState::default();
        let mut ends = Vec::new();
        for (n, row) in rows.iter().enumerate() {
            let end = decide(&state, row);
            if end.is_new() {
                shelf::remember(&mut state, n as u64 + 1, row);
            }
            ends.push(end);
        }
        (state, ends)
    }

    #[test]
    fn the_later_stamp_wins_in_either_order() {
        let (old, new) = (row("a", "2026-01-01", 2), row("b", "2026-02-01", 3));
        let (state, ends) = after(&[old.clone(), new.clone()]);
        assert_eq!(ends, [End::Accepted { replaces: false }, End::Accepted { replaces: true }]);
        assert_eq!(state.stamp, "2026-02-01");
        let (state, ends) = after(&[new, old]);
        assert_eq!(ends, [End::Accepted { replaces: false }, End::Superseded]);
        assert_eq!(state.stamp, "2026-02-01");
    }

    #[test]
    fn the_same_content_again_is_a_duplicate() {
        let (_, ends) = after(&[row("a", "1", 2), row("a", "1", 9)]);
        assert_eq!(ends.last(), Some(&End::Duplicate));
    }

    #[test]
    fn the_same_line_of_the_same_file_goes_on_where_it_stopped() {
        let (_, ends) = after(&[row("a", "1", 2), row("a", "1", 2)]);
        assert_eq!(ends.last(), Some(&End::TakenBefore { counts: true }));
    }
}
