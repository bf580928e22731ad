//! What is stored: facts, appended once and never changed. Everything else is derived from them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{AgencyId, FamilyId, FeedId, KeptPlaceId, MentionKey, PersonId};
use crate::next_family::NextFamilyAnswered;
use crate::record::{Address, Record};
use crate::release::{PoliciesAdopted, ReleaseCarriedOut, ReleaseProposed};
use crate::request::{DisclosureReceived, InformationAnswered, InformationRequested, InformationWithdrawn};
use crate::when::When;
use crate::work::WorkStep;

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
    /// Two people decided that two identities must not be joined.
    Protection(Protection),
    /// A person proposed a decision that a second person must confirm.
    DecisionProposed(DecisionProposed),
    /// A second person confirmed or refused a proposal.
    ProposalAnswered(ProposalAnswered),
    /// Who a person is changed: what is remembered so that ids stay.
    PersonChanged(PersonChanged),
    /// A family is no longer listed under the id it had.
    FamilyChanged(FamilyChanged),
    /// An agency asked another for information.
    InformationRequested(InformationRequested),
    /// A person of the agency that was asked decided.
    InformationAnswered(InformationAnswered),
    /// A request, or what was shared, was taken back.
    InformationWithdrawn(InformationWithdrawn),
    /// The copy that was shared was opened.
    DisclosureReceived(DisclosureReceived),
    /// A person proposed to release something; a second person must confirm it.
    ReleaseProposed(ReleaseProposed),
    /// The partnership's own sharing policies took the place of those before.
    PoliciesAdopted(PoliciesAdopted),
    /// An export that two people agreed on went out.
    ReleaseCarriedOut(ReleaseCarriedOut),
    /// Somebody took a step with a line of Today.
    WorkStep(WorkStep),
    /// Somebody said whether a person causing harm has joined another family.
    NextFamilyAnswered(NextFamilyAnswered),
}

impl FactBody {
    /// Whether the picture hangs on it. Papers between people do not change it: what agencies ask each other, and what
    /// waits for a second person.
    #[must_use]
    pub fn is_drawn_from(&self) -> bool {
        match self {
            Self::Record(_)
            | Self::SealedRecord(_)
            | Self::KeptPlace(_)
            | Self::KeptAside(_)
            | Self::AsideSettled(_)
            | Self::Delivery(_)
            | Self::LinkDecision(_)
            | Self::Protection(_)
            | Self::PersonChanged(_)
            | Self::FamilyChanged(_)
            | Self::PoliciesAdopted(_)
            | Self::NextFamilyAnswered(_) => true,
            Self::DecisionProposed(_)
            | Self::ProposalAnswered(_)
            | Self::InformationRequested(_)
            | Self::InformationAnswered(_)
            | Self::InformationWithdrawn(_)
            | Self::DisclosureReceived(_)
            | Self::ReleaseProposed(_)
            | Self::ReleaseCarriedOut(_)
            | Self::WorkStep(_) => false,
        }
    }

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
            Self::Protection(_) => "protection",
            Self::DecisionProposed(_) => "decision_proposed",
            Self::ProposalAnswered(_) => "proposal_answered",
            Self::PersonChanged(_) => "person_changed",
            Self::FamilyChanged(_) => "family_changed",
            Self::InformationRequested(_) => "information_requested",
            Self::InformationAnswered(_) => "information_answered",
            Self::InformationWithdrawn(_) => "information_withdrawn",
            Self::DisclosureReceived(_) => "disclosure_received",
            Self::ReleaseProposed(_) => "release_proposed",
            Self::PoliciesAdopted(_) => "policies_adopted",
            Self::ReleaseCarriedOut(_) => "release_carried_out",
            Self::WorkStep(_) => "work_step",
            Self::NextFamilyAnswered(_) => "next_family_answered",
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

/// What a person says about two mentions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkVerdict {
    /// One person.
    Same,
    /// Two people.
    NotSame,
    /// Nobody can tell from what is known: binds nothing, lifts an earlier decision, and asks no more until new
    /// records come.
    CannotTell,
}

impl<'de> Deserialize<'de> for LinkVerdict {
    /// Reads also `true` and `false`, as decisions were written before there were three answers.
    fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Word {
            Same,
            NotSame,
            CannotTell,
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Answer(bool),
            Word(Word),
        }
        Ok(match Written::deserialize(reader)? {
            Written::Answer(true) | Written::Word(Word::Same) => Self::Same,
            Written::Answer(false) | Written::Word(Word::NotSame) => Self::NotSame,
            Written::Word(Word::CannotTell) => Self::CannotTell,
        })
    }
}

/// A person's decision on a link. Binds the engine until another decision on the same mentions says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LinkDecision {
    /// One mention.
    pub a: MentionKey,
    /// The other.
    pub b: MentionKey,
    /// Mentions that were one person with `a` when this was decided: it holds for each of them too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with_a: Vec<MentionKey>,
    /// The same for `b`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with_b: Vec<MentionKey>,
    /// What was decided.
    #[serde(alias = "same")]
    pub verdict: LinkVerdict,
    /// Who decided.
    pub by: String,
    /// Who confirmed it, where two people must decide.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub confirmed_by: String,
    /// Why.
    pub reason: String,
}

impl LinkDecision {
    /// Every pair of mentions it holds for.
    pub fn pairs(&self) -> impl Iterator<Item = (&MentionKey, &MentionKey)> {
        let ones = std::iter::once(&self.a).chain(&self.with_a);
        ones.flat_map(|one| std::iter::once(&self.b).chain(&self.with_b).map(move |other| (one, other)))
    }

    /// Whether it speaks of a mention.
    #[must_use]
    pub fn names(&self, key: &MentionKey) -> bool {
        [&self.a, &self.b].into_iter().chain(&self.with_a).chain(&self.with_b).any(|named| named == key)
    }
}

/// Old and new identity of one person that must not be joined: adoption, legal gender recognition, witness
/// protection. A later one about the same mentions takes the place of this one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Protection {
    /// Mentions of the identity that is kept by itself.
    pub mentions: Vec<MentionKey>,
    /// Mentions that it must not be joined with, as known when this was decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart_from: Vec<MentionKey>,
    /// Word that says nothing: mentions of different scopes are never compared. Empty ends the protection.
    pub scope: String,
    /// Why.
    pub reason: String,
    /// Who proposed it.
    pub proposed_by: String,
    /// Who confirmed it.
    pub confirmed_by: String,
}

/// A decision that has no effect until a second person confirms it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DecisionProposed {
    /// Decisions on links.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<LinkDecision>,
    /// Identities to keep apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub protections: Vec<Protection>,
    /// The people it is about, as they were called then.
    pub about: Vec<PersonId>,
    /// Entry of the queue it answers, if any.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub doubt: String,
    /// Who proposes it.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// What a second person said to a [`DecisionProposed`] or a [`ReleaseProposed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProposalAnswered {
    /// Sequence number of the proposal.
    pub proposal: u64,
    /// Whether it was confirmed; the decisions then follow as facts of their own.
    pub confirmed: bool,
    /// Who answered.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Who a person is, after their records were joined with others, parted, or moved. Written by the program when it sees the
/// change, never for somebody new; the newest about a mention counts. Mentions of confidential exports are never named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PersonChanged {
    /// Whose id.
    pub person: PersonId,
    /// Their mentions by the id under which each was known before they were joined. Nothing when no record is left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PersonPart>,
    /// What happened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<PersonEvent>,
}

/// Mentions of a person that were known by one id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PersonPart {
    /// The id: the person's own, or that of somebody who was joined with them.
    pub was: PersonId,
    /// The mentions.
    pub mentions: Vec<MentionKey>,
}

/// What became of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PersonEvent {
    /// What happened.
    pub kind: PersonEventKind,
    /// The other person, by the id they had then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<PersonId>,
    /// How many mentions it was about.
    pub mentions: u32,
    /// The fact of the decision it follows from; nothing when it follows from new or changed records, or from rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<u64>,
}

/// Kinds of [`PersonEvent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PersonEventKind {
    /// The other was joined with this person.
    Joined,
    /// This person was part of the other.
    Parted,
    /// Mentions came from the other, who stays.
    Moved,
    /// No mention of this person is left.
    Gone,
}

/// A family that is no longer listed under the id it had, so that its address can lead on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FamilyChanged {
    /// Its id.
    pub family: FamilyId,
    /// Who was in it, by their ids then.
    pub members: Vec<PersonId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_written_with_two_answers_is_still_read() {
        let old = r#"{"kind":"link_decision","a":{"feed":"f","row_key":"1"},"b":{"feed":"f","row_key":"2"},
            "same":false,"by":"head","reason":"two men"}"#;
        let FactBody::LinkDecision(read) = serde_json::from_str(old).unwrap() else { panic!("another kind") };
        assert_eq!((read.verdict, read.pairs().count()), (LinkVerdict::NotSame, 1));
        let written = serde_json::to_string(&FactBody::LinkDecision(read.clone())).unwrap();
        assert!(written.contains(r#""verdict":"not_same""#), "{written}");
        assert_eq!(serde_json::from_str::<FactBody>(&written).unwrap(), FactBody::LinkDecision(read));
    }

    #[test]
    fn a_decision_holds_for_every_mention_of_both_sides() {
        let key = |row: &str| MentionKey { feed: "f".into(), row_key: row.to_owned() };
        let decision = LinkDecision {
            a: key("1"),
            b: key("2"),
            with_a: vec![key("3")],
            with_b: vec![key("4")],
            verdict: LinkVerdict::Same,
            by: String::new(),
            confirmed_by: String::new(),
            reason: String::new(),
        };
        assert_eq!(decision.pairs().count(), 4);
        assert!(decision.names(&key("4")) && !decision.names(&key("5")));
    }
}
