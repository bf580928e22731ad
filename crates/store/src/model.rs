//! The words in which the application speaks to the store: a batch goes in, a receipt comes out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use throughline_domain::fact::FactBody;
use throughline_domain::ids::AgencyId;
use throughline_domain::sharing::AreaKind;
use throughline_domain::when::When;

use crate::chain::Hash;

/// What an area is. Fixed when it is made: every chain begins with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// What people call it.
    pub name: String,
    /// Whether it holds real people.
    pub kind: AreaKind,
}

/// The end of a chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// How many facts are in it.
    pub length: u64,
    /// The hash of its last fact.
    pub hash: Hash,
}

/// The ends of all chains at one moment. Agencies without facts are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heads {
    /// The chain over all agencies: as long as the last sequence number.
    pub all: Head,
    /// The chain of each agency.
    pub agencies: BTreeMap<AgencyId, Head>,
}

impl Heads {
    /// The sequence number of the last fact; 0 when there is none.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.all.length
    }

    /// The head of an agency; of length 0 when it has no facts.
    #[must_use]
    pub fn of(&self, agency: &AgencyId) -> Head {
        self.agencies.get(agency).copied().unwrap_or_default()
    }
}

/// A fact before it has its place in the order.
#[derive(Clone, Debug, PartialEq)]
pub struct NewFact {
    /// Whose fact it is.
    pub agency: AgencyId,
    /// UUID v7, made by the application. No two facts may have the same.
    pub id: String,
    /// When it happened.
    pub happened: Option<When>,
    /// When the agency recorded it.
    pub recorded: Option<When>,
    /// When Throughline received it.
    pub received: Timestamp,
    /// What it says.
    pub body: FactBody,
    /// The text as the agency sent it, kept beside the fact and inside its hash.
    pub raw: Option<String>,
}

/// Facts and row changes that are stored together or not at all.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The heads from which the batch was decided. Only the agencies of its facts are compared, and an agency
    /// absent here must have no facts yet. `None` appends wherever the chains stand.
    pub expected: Option<Heads>,
    /// Facts, in order.
    pub facts: Vec<NewFact>,
    /// Derived rows, changed in this order after the facts.
    pub rows: Vec<RowChange>,
}

/// What an appended batch became.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Sequence number of the batch's first fact; its facts follow without gaps. `None` for a batch without facts.
    pub first_seq: Option<u64>,
    /// Sequence number of the batch's last fact.
    pub last_seq: Option<u64>,
    /// All heads right after this batch: what the next batch may expect.
    pub heads: Heads,
}

/// A change to one derived row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowChange {
    /// Writes a row, replacing what was there under its key, its terms too.
    Put {
        /// The shelf.
        shelf: String,
        /// The key on that shelf.
        key: String,
        /// What it says; opaque here.
        body: Vec<u8>,
        /// Words under which it can be found.
        terms: Vec<String>,
    },
    /// Takes a row away; nothing happens when it is not there.
    Remove {
        /// The shelf.
        shelf: String,
        /// The key on that shelf.
        key: String,
    },
}

impl RowChange {
    /// Writes a row.
    pub fn put<T: Into<String>>(
        shelf: impl Into<String>,
        key: impl Into<String>,
        body: impl Into<Vec<u8>>,
        terms: impl IntoIterator<Item = T>,
    ) -> Self {
        let terms = terms.into_iter().map(Into::into).collect();
        Self::Put { shelf: shelf.into(), key: key.into(), body: body.into(), terms }
    }

    /// Takes a row away.
    pub fn remove(shelf: impl Into<String>, key: impl Into<String>) -> Self {
        Self::Remove { shelf: shelf.into(), key: key.into() }
    }
}

/// One derived row of a shelf.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The key; not empty.
    pub key: String,
    /// What it says; opaque here.
    pub body: Vec<u8>,
    /// Words under which it can be found, in any order.
    pub terms: Vec<String>,
}

/// All that a shelf shall hold.
#[derive(Clone, Debug, Default)]
pub struct ShelfContents {
    /// The shelf.
    pub shelf: String,
    /// Its rows; put in order of their keys before they are used.
    pub rows: Vec<Row>,
}
