//! The derived shelves: which there are, how their keys look, and typed reading from them. Everything on a
//! shelf can be thrown away and derived again from the facts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use throughline_domain::fact::{AsideSettled, Delivery, KeptAside, Received};
use throughline_domain::ids::{AgencyId, FeedId, MentionKey, PersonId, UnitId};
use throughline_domain::picture::{NextFamily, OpenFamily, TodayItem, Worry};
use throughline_domain::sharing::{Audience, Cut, Sealed};
use throughline_store::{Row, RowChange, Store, StoreError};

/// Why a shelf could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Written by another version of this program.
    #[error("`{shelf}` holds an entry that this version cannot read ({why}); run `throughline rebuild`")]
    Stale {
        /// Which shelf.
        shelf: String,
        /// What is wrong with it.
        why: String,
    },
}

impl From<serde_json::Error> for ShelfError {
    fn from(error: serde_json::Error) -> Self {
        Self::Stale {
            shelf: "new rows".to_owned(),
            why: format!("{:?} error", error.classify()).to_lowercase(),
        }
    }
}

/// State of every row ever received, by feed and key: tells repeats and versions apart.
pub const ROW: &str = "row";
/// Rows put aside, by the sequence number of their fact.
pub const ASIDE: &str = "aside";
/// Files that arrived, by the sequence number of their fact.
pub const DELIVERY: &str = "delivery";
/// Who the people of records are, in blocks of records by the sequence number of their facts.
pub const WHO: &str = "who";
/// People.
pub const PERSON: &str = "person";
/// Which facts speak of a person and why their mentions are one person.
pub const GROUNDS: &str = "grounds";
/// Incidents.
pub const INCIDENT: &str = "incident";
/// Main parties of incidents, with history where both are recorded as suspect.
pub const PARTIES: &str = "parties";
/// Homes.
pub const HOUSEHOLD: &str = "household";
/// Families.
pub const FAMILY: &str = "family";
/// Lines of the list of children, by person.
pub const CHILD: &str = "child";
/// People causing harm.
pub const HARM: &str = "harm";
/// Signs of a next family.
pub const NEXT: &str = "next_family";
/// Signs of a next family that a person is to confirm: shown to whoever works with the person causing harm, and to nobody else.
pub const ASKED: &str = "next_family_asked";
/// Critical points, by their id.
pub const CRITICAL: &str = "critical_point";
/// What is recorded of who controls whom, by who does it.
pub const CONTROL: &str = "control";
/// Every act that an agency reported, by who did it.
pub const REPORTED: &str = "reported_harm";
/// The queue, and how much is reported.
pub const TODAY: &str = "today";
/// Pupils on the roll of a school, by agency and unit.
pub const ON_ROLL: &str = "on_roll";
/// Links to decide, what matters most first.
pub const DOUBT: &str = "doubt";
/// What became of people and families whose id is or was another.
pub const HISTORY: &str = "history";
/// How far derivation has come, and freshness.
pub const META: &str = "meta";
/// How the records that an audience may know of are cut for it, in blocks like those of [`WHO`].
pub const CUT: &str = "cut";

/// Agencies that work with somebody and of which an audience may know that, and whom to ask, and nothing else.
pub const INVOLVED: &str = "involved";

/// Shelves that every audience has of its own, because each sees a picture of its own.
const OF_AUDIENCES: &[&str] = &[
    PERSON, INCIDENT, PARTIES, HOUSEHOLD, FAMILY, CHILD, HARM, NEXT, ASKED, CRITICAL, CONTROL, REPORTED,
    TODAY, CUT, INVOLVED,
];

/// An audience, as its shelves name it.
pub fn whose(audience: &Audience) -> String {
    format!("{}.{}", audience.agency, audience.role)
}

/// The shelf an audience reads where this one is meant.
pub fn of_audience(shelf: &str, audience: &Audience) -> String {
    match OF_AUDIENCES.contains(&shelf) {
        true => format!("{shelf}@{}", whose(audience)),
        false => shelf.to_owned(),
    }
}

/// The first lines of each part of the queue, and how many there are: what Today opens with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TodayFront {
    /// The first lines of each part.
    pub items: Vec<TodayItem>,
    /// Lines of each part.
    pub counts: BTreeMap<String, u32>,
}

impl TodayFront {
    /// Lines of each part that are kept at hand: those Today opens with, and some behind them for those that are done.
    const AT_HAND: u32 = 40;

    /// The front of a queue.
    pub fn of(items: impl IntoIterator<Item = TodayItem>) -> Self {
        let mut front = Self::default();
        for item in items {
            let count = front.counts.entry(item.group.clone()).or_default();
            *count += 1;
            if *count <= Self::AT_HAND {
                front.items.push(item);
            }
        }
        front
    }
}

/// Open families that an agency has records about, as lines for those of which nobody is the lead.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OpenFamilies(pub Vec<OpenFamily>);

/// Agencies that are involved with one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Involved {
    /// The person.
    pub person: PersonId,
    /// The agencies.
    pub agencies: BTreeSet<AgencyId>,
}

/// The key of a unit of an agency.
pub fn unit_key(agency: &AgencyId, unit: &UnitId) -> String {
    format!("{agency}/{unit}")
}

/// Cuts of the records of a block.
pub type CutBlock = Vec<Cut>;

/// What is remembered of a row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RowState {
    /// Fact of the version that counts.
    pub seq: u64,
    /// Its stamp.
    pub stamp: String,
    /// Every version received, oldest first.
    pub versions: Vec<RowVersion>,
}

/// One version of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowVersion {
    /// SHA-256 of its cells.
    pub content: String,
    /// File it came in.
    pub file: String,
    /// Which delivery under that name ([`Received::delivery`]).
    pub delivery: String,
    /// Line in that file.
    pub line: u64,
    /// Its fact.
    pub seq: u64,
}

/// Remembers a version of a row that has become a fact, and says whether it is the one that counts.
/// The same rule for a file on its way in and for deriving everything again.
pub fn remember(state: &mut RowState, seq: u64, received: &Received) -> bool {
    let first = state.versions.is_empty();
    state.versions.push(RowVersion {
        content: received.content.clone(),
        file: received.file.clone(),
        delivery: received.delivery.clone(),
        line: received.line,
        seq,
    });
    let counts = first || received.stamp >= state.stamp;
    if counts {
        state.seq = seq;
        state.stamp.clone_from(&received.stamp);
    }
    counts
}

/// How many sequence numbers share a block: a row for each record would make the shelf the slowest to write,
/// larger blocks the slowest to read.
const WHO_BLOCK: u64 = 32;

/// Key of the block that a fact's record is in.
pub fn who_key(seq: u64) -> String {
    seq_key(seq / WHO_BLOCK)
}

/// The records of a block.
pub type WhoBlock = Vec<Who>;

/// Who the people of a record are, and under which keys they are known outside.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Who {
    /// Its fact.
    pub seq: u64,
    /// File the record came in.
    pub file: String,
    /// Key of each mention, in the order of the record.
    pub keys: Vec<String>,
    /// The person of each mention.
    pub persons: Vec<PersonId>,
}

/// How far derivation has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Derived {
    /// Last fact that is in it.
    pub seq: u64,
    /// Day it was drawn for.
    pub on: Option<jiff::civil::Date>,
    /// Audiences that have a picture.
    #[serde(default)]
    #[schemars(skip)]
    pub audiences: Vec<Audience>,
    /// People in all.
    pub people: u64,
    /// SHA-256 over the shelf of who the people of records are: tells a shelf that was damaged from one that holds what
    /// pages told.
    #[serde(default)]
    pub who: String,
    /// Seconds that reading the facts and linking took, right after it; not kept.
    #[serde(skip)]
    pub linked_in: f64,
}

/// A row put aside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Aside {
    /// Its fact.
    pub seq: u64,
    /// Whose row.
    pub agency: AgencyId,
    /// When it was received.
    pub received: Timestamp,
    /// What is known of it.
    pub aside: KeptAside,
    /// How it was settled, once it was.
    pub settled: Option<AsideSettled>,
}

/// A file that arrived.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Arrived {
    /// Its fact.
    pub seq: u64,
    /// Who sent it.
    pub agency: AgencyId,
    /// When.
    pub received: Timestamp,
    /// What became of it.
    pub delivery: Delivery,
}

/// The facts behind a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Grounds {
    /// Facts that name them, or that concern them by an agency's number.
    pub facts: Vec<u64>,
    /// The links that hold their mentions together, the weakest first.
    pub links: Vec<LinkReason>,
    /// Whether two people must decide about them.
    #[serde(default)]
    pub restricted: bool,
    /// The latest day on which each agency's records tell of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub latest: BTreeMap<AgencyId, Date>,
}

/// What became of an id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Where the address of an id leads that nobody has any more.
    pub became: Vec<String>,
    /// What happened, oldest first.
    pub events: Vec<Happened>,
}

/// Something that happened to a person's records.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Happened {
    /// When it was seen.
    pub at: Timestamp,
    /// What.
    pub what: Turn,
    /// The other person, by the id they had then.
    pub other: Option<PersonId>,
    /// How many mentions it was about.
    pub mentions: u32,
    /// The fact of the decision it follows from.
    pub decision: Option<u64>,
}

/// What can happen to a person's records, told from their side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// Another person's page was joined with this one.
    Joined,
    /// This page was joined with another.
    JoinedTo,
    /// This person was parted from another.
    PartedFrom,
    /// Somebody was parted from this person.
    Parted,
    /// Mentions came from another person.
    Came,
    /// Mentions went to another person.
    Went,
    /// No record is left.
    Gone,
}

/// A link in doubt, with what hangs on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Doubt {
    /// Its id: says nothing about whom it is about.
    pub id: String,
    /// Both ends.
    pub ends: [DoubtEnd; 2],
    /// Whether it holds one person together now.
    pub joined: bool,
    /// Strength of the evidence in bits.
    pub weight: f64,
    /// How likely both are one person, 0 to 1.
    pub probability: f64,
    /// Place in the queue: the higher the earlier.
    pub stake: f64,
    /// Why it matters, worst first.
    pub worries: Vec<Worry>,
    /// Whether two people must decide.
    pub needs_two: bool,
}

/// One end of a link in doubt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DoubtEnd {
    /// The fact.
    pub seq: u64,
    /// Which person named in that row.
    pub sub: String,
    /// Its key for decisions.
    pub key: MentionKey,
    /// Whose person that is now.
    pub person: PersonId,
}

/// How many links are in doubt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// All of them.
    pub all: u64,
    /// Those on the shelf.
    pub listed: u64,
}

/// Why two mentions are held to be one person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkReason {
    /// Fact of the one.
    pub a: u64,
    /// Which person named in that row, empty for the one the row is about.
    pub a_sub: String,
    /// Fact of the other.
    pub b: u64,
    /// Which person named in that row.
    pub b_sub: String,
    /// Strength of the evidence in bits.
    pub weight: f64,
    /// How sure, 0 to 1.
    pub probability: f64,
    /// What the link rests on.
    pub why: throughline_linkage::Why,
}

/// Who did what to whom in an incident, as far as it and the history tell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Parties {
    /// Persons causing harm.
    pub causing_harm: Vec<PersonId>,
    /// Persons harmed.
    pub harmed: Vec<PersonId>,
    /// Children present.
    pub children: Vec<PersonId>,
}

/// A thing as it stands on a shelf.
pub fn row(
    key: impl Into<String>,
    thing: &impl Serialize,
    terms: Vec<String>,
) -> Result<Row, serde_json::Error> {
    Ok(Row { key: key.into(), body: serde_json::to_vec(thing)?, terms })
}

/// The change that puts a thing on its shelf.
pub fn put(shelf: &str, row: Row) -> RowChange {
    RowChange::Put { shelf: shelf.to_owned(), key: row.key, body: row.body, terms: row.terms }
}

/// Key of a row's state.
pub fn row_key(feed: &FeedId, key: &str) -> String {
    format!("{feed}\u{1f}{key}")
}

/// Key of something known by its fact: padded, so that keys sort as numbers do.
pub fn seq_key(seq: u64) -> String {
    format!("{seq:012}")
}

/// Index term of what is known ahead for a month (`2026-12`).
pub fn ahead_term(month: &str) -> String {
    format!("ahead:{month}")
}

/// Index term of the incident that a fact is about: addresses of pages name facts, never references.
pub fn incident_term(seq: u64) -> String {
    format!("i:{seq}")
}

/// Key of a next family: who, where, with whom and by which record. One home may hold two, where some audience does not know
/// that they are one.
pub fn next_key(next: &NextFamily) -> String {
    let partner = next.new_partner.as_ref().map_or("", PersonId::as_str);
    let first = next.signs.first().map_or(0, |sign| sign.source.seq);
    format!("{}\u{1f}{}\u{1f}{partner}\u{1f}{first}", next.person, next.new_household)
}

/// One thing from a shelf, still sealed.
pub fn get<T: DeserializeOwned>(
    store: &Store,
    shelf: &str,
    key: &str,
) -> Result<Option<Sealed<T>>, ShelfError> {
    store.get(shelf, key)?.map(|sealed| decode(shelf, sealed)).transpose()
}

/// Many things from a shelf in the order of their keys as given; absent ones are left out.
pub fn get_many<T: DeserializeOwned>(
    store: &Store,
    shelf: &str,
    keys: &[String],
) -> Result<Vec<(String, Sealed<T>)>, ShelfError> {
    let found = store.get_many(shelf, keys)?;
    found.into_iter().map(|(key, sealed)| decode(shelf, sealed).map(|thing| (key, thing))).collect()
}

/// A whole shelf in key order.
pub fn all<T: DeserializeOwned>(store: &Store, shelf: &str) -> Result<Vec<(String, Sealed<T>)>, ShelfError> {
    const PAGE: usize = 5_000;
    let (mut things, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = store.list(shelf, &cursor, PAGE)?;
        let full = page.len() == PAGE;
        for (key, sealed) in page {
            cursor.clone_from(&key);
            let thing = decode(shelf, sealed)?;
            things.push((key, thing));
        }
        if !full {
            return Ok(things);
        }
    }
}

/// A sealed row as the thing it is, still sealed.
pub fn decode<T: DeserializeOwned>(shelf: &str, sealed: Sealed<Vec<u8>>) -> Result<Sealed<T>, ShelfError> {
    // The library's own message quotes what it found, which may be a person's data.
    let stale = |why: serde_json::Error| ShelfError::Stale {
        shelf: shelf.to_owned(),
        why: format!("{:?} error at byte {}", why.classify(), why.column()).to_lowercase(),
    };
    sealed.try_map(|bytes| serde_json::from_slice(&bytes)).map_err(stale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_next_families_in_one_home_have_keys_of_their_own() {
        let next = |partner: Option<&str>, seq: u64| -> NextFamily {
            let sign = serde_json::json!({
                "at": "2026-03-01", "text": "", "source": {"agency": "police", "seq": seq, "recorded": null},
            });
            let next = serde_json::json!({
                "person": "P1", "earlier_family": null, "earlier_household": null, "new_household": "H1",
                "new_partner": partner, "children": [], "first_seen": "2026-03-01", "source_feed": "police",
                "probability": 0.5, "because": "", "first_incident": null, "signs": [sign],
            });
            serde_json::from_value(next).unwrap()
        };
        let keys: BTreeSet<String> = [next(None, 1), next(None, 2), next(Some("P2"), 2), next(Some("P3"), 2)]
            .iter()
            .map(next_key)
            .collect();
        assert_eq!(keys.len(), 4);
    }
}
