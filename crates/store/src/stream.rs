//! Streams facts in their order, in bounded memory, while others append.

use std::collections::VecDeque;
use std::ops::{Bound, ControlFlow, RangeBounds};

use throughline_domain::fact::Fact;
use throughline_domain::sharing::Sealed;

use crate::append::number;
use crate::chain::Cell;
use crate::error::{Damage, StoreError};
use crate::read::read_fact;
use crate::statements;
use crate::store::Store;

/// Facts read at a time; fewer when they are large.
const BATCH: u64 = 1_000;
const BATCH_BYTES: usize = 4 * 1024 * 1024;

impl Store {
    /// Facts in the order of their sequence numbers. Facts appended after this call are not among them.
    ///
    /// # Errors
    /// When the database cannot be read; later failures come as items.
    pub fn facts(&self, range: impl RangeBounds<u64>) -> Result<Facts, StoreError> {
        let (after, until) = self.ends(range)?;
        Ok(Facts { streams: vec![Stream::new(self, None, after, until)], failed: false })
    }

    /// Facts of some kinds only ([`FactBody::kind`]), in the order of their sequence numbers.
    ///
    /// # Errors
    /// When the database cannot be read; later failures come as items.
    ///
    /// [`FactBody::kind`]: throughline_domain::fact::FactBody::kind
    pub fn facts_of_kind(&self, kinds: &[&str], range: impl RangeBounds<u64>) -> Result<Facts, StoreError> {
        let (after, until) = self.ends(range)?;
        let mut kinds = kinds.to_vec();
        kinds.sort_unstable();
        kinds.dedup();
        let stream = |kind: &&str| Stream::new(self, Some((*kind).to_owned()), after, until);
        Ok(Facts { streams: kinds.iter().map(stream).collect(), failed: false })
    }

    fn ends(&self, range: impl RangeBounds<u64>) -> Result<(u64, u64), StoreError> {
        let after = match range.start_bound() {
            Bound::Included(first) => first.saturating_sub(1),
            Bound::Excluded(after) => *after,
            Bound::Unbounded => 0,
        };
        let last = self.heads()?.last_seq();
        let until = match range.end_bound() {
            Bound::Included(until) => last.min(*until),
            Bound::Excluded(end) => last.min(end.saturating_sub(1)),
            Bound::Unbounded => last,
        };
        Ok((after, until))
    }
}

/// Facts on their way up, in order. Holds no transaction between batches: facts do not change.
pub struct Facts {
    streams: Vec<Stream>,
    failed: bool,
}

impl Iterator for Facts {
    type Item = Result<Sealed<Fact>, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let next = self.pick();
        self.failed = next.is_err();
        next.map(|fact| fact.map(Sealed::new)).transpose()
    }
}

impl Facts {
    /// The fact with the lowest number among the streams.
    fn pick(&mut self) -> Result<Option<Fact>, StoreError> {
        for stream in &mut self.streams {
            stream.fill()?;
        }
        let first = self.streams.iter_mut().filter(|stream| !stream.read.is_empty());
        Ok(first.min_by_key(|stream| stream.first()).and_then(|stream| stream.read.pop_front()))
    }
}

struct Stream {
    store: Store,
    kind: Option<String>,
    after: u64,
    until: u64,
    read: VecDeque<Fact>,
}

impl Stream {
    fn new(store: &Store, kind: Option<String>, after: u64, until: u64) -> Self {
        Self { store: store.clone(), kind, after, until, read: VecDeque::new() }
    }

    fn first(&self) -> Option<u64> {
        self.read.front().map(|fact| fact.seq)
    }

    fn fill(&mut self) -> Result<(), StoreError> {
        if !self.read.is_empty() || self.after >= self.until {
            return Ok(());
        }
        let (after, until, limit) = (number(self.after)?, number(self.until)?, number(BATCH)?);
        let (mut bytes, mut last) = (0, None);
        let (read, whole) = (&mut self.read, self.kind.is_none());
        let mut each = |row: &crate::sqlite::Cells<'_>| {
            bytes += row.bytes(7)?.len();
            let fact = read_fact(row)?;
            if whole && fact.seq != last.unwrap_or(self.after) + 1 {
                return Err(missing(last.unwrap_or(self.after) + 1));
            }
            last = Some(fact.seq);
            read.push_back(fact);
            Ok(if bytes < BATCH_BYTES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        };
        self.store.0.pool.read(|link| match &self.kind {
            None => link.each(statements::FACTS_AFTER, &[after, until, limit], &mut each),
            Some(kind) => {
                let with = [Cell::text(kind), after, until, limit];
                link.each(statements::FACTS_OF_KIND_AFTER, &with, &mut each)
            }
        })?;
        match last {
            Some(last) => self.after = last,
            None if whole => return Err(missing(self.after + 1)),
            // Nothing more of this kind: the end is reached.
            None => self.after = self.until,
        }
        Ok(())
    }
}

/// An incomplete answer must not look like a whole one.
fn missing(seq: u64) -> StoreError {
    StoreError::Damaged(Damage { agency: None, seq: Some(seq), what: "it is missing".into() })
}
