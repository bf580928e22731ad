//! What is stored: facts, appended once and never changed. Everything else is derived from them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{AgencyId, FeedId, KeptPlaceId, MentionKey};
use crate::record::{Address, Record};
use crate::when::When;

/// One fact with its three times and its source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// Place in the whole order of facts, from 1. Given by the store when it appends.
    pub seq: u64,
    /// Whose fact it is; each agency has its own chain.
    pub agency: AgencyId,
    /// UUID v7, made by the application.
    pub id: String,
    /// When it happened.
    pub happened: Option<When>,
    /// When the agency recorded it (its last change of the row), where it says.
    pub recorded: Option<When>,
    /// When Throughline received it.
    pub received: Timestamp,
    /// What it says.
    pub body: FactBody,
}

/// The kinds of fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FactBody {
    /// A row that an agency sent, in its latest or an earlier version.
    Record(Received),
    /// A row of a confidential export (a refuge's): linked, never listed, searched or exported.
    SealedRecord(Received),
    /// The address behind a [`KeptPlaceId`].
    KeptPlace(KeptPlace),
    /// A row that could not be read, kept as it came.
    KeptAside(KeptAside),
    /// A row kept aside was read after its mapping was mended, or was corrected or set aside by a person.
    AsideSettled(AsideSettled),
    /// A file arrived.
    Delivery(Delivery),
    /// A person decided whether two mentions are one person.
    LinkDecision(LinkDecision),
}

impl FactBody {
    /// The kind as stored beside the body.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Record(_) => "record",
            Self::SealedRecord(_) => "sealed_record",
            Self::KeptPlace(_) => "kept_place",
            Self::KeptAside(_) => "kept_aside",
            Self::AsideSettled(_) => "aside_settled",
            Self::Delivery(_) => "delivery",
            Self::LinkDecision(_) => "link_decision",
        }
    }
}

/// A row as received.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Received {
    /// File it came in, as `folder/name.csv`.
    pub file: String,
    /// First 16 hex digits of the SHA-256 of that file: tells deliveries under one name apart.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub delivery: String,
    /// Physical line (or ordinal of the element) it began at.
    pub line: u64,
    /// The row's own time stamp, by which versions of one row are ordered. Sorts as text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stamp: String,
    /// SHA-256 of the row's cells, hex: tells a repeat from a new version.
    pub content: String,
    /// What it says.
    pub record: Record,
    /// What was odd about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// Something odd about a row that was accepted all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// The column.
    pub field: String,
    /// What was found, what was expected, in one plain sentence without the value where it could name a person.
    pub reason: String,
}

/// The address behind a kept place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeptPlace {
    /// The id that records use for it.
    pub id: KeptPlaceId,
    /// Where it is. Leaves storage only through the door.
    pub address: Address,
    /// Why it is kept: "marked restricted by schools", "refuge".
    pub why: String,
}

/// A row that was put aside, with all that is needed to mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeptAside {
    /// The kind of file, where it could be told.
    pub feed: FeedId,
    /// The file.
    pub file: String,
    /// Physical line it began at, from 1.
    pub line: u64,
    /// The row's key where it could be read.
    pub key: String,
    /// The field at fault, `(row)` for the row as a whole, `(file)` for the file.
    pub field: String,
    /// What was found, what was expected, what to do next.
    pub reason: String,
    /// The text as it came, lossily decoded if its encoding was at fault.
    pub raw: String,
    /// Header of its file, so that the row can be read again.
    pub header: String,
}

/// How a row kept aside was settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AsideSettled {
    /// Sequence number of the [`KeptAside`] fact.
    pub aside: u64,
    /// `read_again`, `corrected`, `good_copy_known` or `set_aside_for_good`.
    pub how: String,
    /// Who did it and why; empty for the engine.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
}

/// A file that arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Delivery {
    /// The kind of file; empty when it was refused.
    pub feed: FeedId,
    /// The file.
    pub file: String,
    /// SHA-256 of its bytes, hex.
    pub digest: String,
    /// Rows in it.
    pub rows: u64,
    /// Rows accepted.
    pub accepted: u64,
    /// Accepted rows with at least one warning.
    pub warned: u64,
    /// Rows put aside.
    pub quarantined: u64,
    /// Rows that said nothing new.
    pub duplicate: u64,
    /// Rows that a later version of themselves replaced.
    pub superseded: u64,
    /// Why the whole file was refused, if it was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub refused: String,
    /// Keys of rows that another file had brought first, so that they can be found under this file's name too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
}

/// A person's decision on a link. Binds the engine until another person decides otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LinkDecision {
    /// One mention.
    pub a: MentionKey,
    /// The other.
    pub b: MentionKey,
    /// `true`: one person. `false`: two people.
    pub same: bool,
    /// Who decided.
    pub by: String,
    /// Why.
    pub reason: String,
}
