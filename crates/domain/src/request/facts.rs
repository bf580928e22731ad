//! What is written down of a request: that it was asked, what was answered, that it was taken back, that the copy was
//! opened. Each is a fact; none is ever edited.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::calendar::Within;
use crate::ids::{AgencyId, FeedId, MentionKey, PersonId};
use crate::picture::Person;

/// An agency asks another for information. Whose fact it is, is the agency that asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InformationRequested {
    /// Who asks: the name they sign in with.
    pub by: String,
    /// What people read.
    pub name: String,
    /// What they do there, as people read it.
    pub role: String,
    /// The same in the words of sharing requests; empty where there is no such word.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role_word: String,
    /// The agency that is asked.
    pub to: AgencyId,
    /// Whom it is about, in the words of whoever asks.
    pub words: InWords,
    /// The people it is about as they were called then, where whoever asks works with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<PersonId>,
    /// Their mentions in records of the agency that asks, so that a person who was joined or parted since is found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<MentionKey>,
    /// What it is for, in the words of sharing requests.
    pub purpose: String,
    /// What is asked for, in the handbook's words (`ID`, `INC` …).
    pub categories: Vec<String>,
    /// Why, as typed.
    pub reason: String,
    /// How grave, as whoever asks said: `standard`, `medium`, `high`, `imminent`.
    pub risk: String,
    /// How far the work has come; empty where it was not said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stage: String,
    /// What was said about consent; empty where it was not said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub consent: String,
    /// How it would reach whoever asks.
    pub channel: String,
    /// How long it may wait: kept here, so that a later rule moves no deadline of today.
    pub within: Within,
    /// Who is asked next when that time is over.
    pub escalates_to: String,
}

/// A person in somebody's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InWords {
    /// The name as typed.
    pub name: String,
    /// The date of birth as typed; empty where it is not known.
    #[serde(default)]
    pub born: String,
    /// What else tells them apart, as typed.
    #[serde(default)]
    pub also: String,
}

impl InWords {
    /// Whether these words may mean somebody. Leans to yes: it decides who must not read them, never who somebody is.
    #[must_use]
    pub fn may_mean(&self, person: &Person) -> bool {
        let typed: BTreeSet<String> = parts(&self.name).collect();
        let names = person.names.iter().map(|seen| &seen.name);
        let recorded: BTreeSet<String> = names
            .flat_map(|name| name.forenames.iter().chain(std::iter::once(&name.surname)))
            .chain(std::iter::once(&person.name))
            .flat_map(|name| parts(name).collect::<Vec<_>>())
            .collect();
        let shared = typed.intersection(&recorded).count();
        let day = self.born.trim().parse::<Date>().ok();
        let same_day = day.zip(person.born).is_some_and(|(day, born)| day == born.first_day());
        shared >= 2 || (shared == 1 && (same_day || day.is_none() || typed.len() == 1))
    }
}

/// The parts of a name, each in one form.
fn parts(name: &str) -> impl Iterator<Item = String> {
    let parts = name.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_lowercase)
}

/// What the policies propose for one kind of data, the most open first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It may go.
    Share,
    /// The minimum of it may go.
    ShareMinimum,
    /// Somebody who oversees decides.
    Ask,
    /// It may not go.
    Refuse,
}

impl Outcome {
    /// The most of it that may go, given whether whoever decides oversees the work.
    #[must_use]
    pub fn at_most(self, supervises: bool) -> Option<Part> {
        match self {
            Self::Share => Some(Part::All),
            Self::ShareMinimum => Some(Part::Minimum),
            Self::Ask if supervises => Some(Part::All),
            Self::Ask | Self::Refuse => None,
        }
    }
}

/// What the policies propose. A person decides; this says by what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Proposal {
    /// The outcome of the whole request.
    pub decision: Outcome,
    /// What is proposed for each kind of data that was asked for.
    pub each: BTreeMap<String, Outcome>,
    /// The legal bases.
    pub basis: Vec<String>,
    /// The policies that spoke.
    pub rules: Vec<String>,
    /// What must be kept to.
    pub conditions: Vec<String>,
    /// One plain sentence.
    pub explain: String,
    /// The day the rules were read for.
    #[schemars(with = "String")]
    pub on: Date,
}

/// How much of a kind of data goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// That it happened, when, and to whom it was asked about: no words of anybody, no place.
    Minimum,
    /// All of it.
    All,
}

/// One kind of data that goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Granted {
    /// The kind, in the handbook's word.
    pub category: String,
    /// How much of it.
    pub part: Part,
}

/// A row of the holder's that the answer covers. Rows that come later are not covered: nobody has decided about them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct RowGranted {
    /// The kind of file.
    pub feed: FeedId,
    /// The row's key.
    pub row_key: String,
    /// Which of the people it names are those the request is about, as [`crate::record::Mention::sub`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subs: Vec<String>,
}

/// A person of the agency that was asked has decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InformationAnswered {
    /// The request, by its fact.
    pub request: u64,
    /// Who decided.
    pub by: String,
    /// What people read.
    pub name: String,
    /// Whom they found the request to be about, as they were called then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<PersonId>,
    /// What goes; nothing is a refusal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub granted: Vec<Granted>,
    /// The rows it covers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<RowGranted>,
    /// Why, for every share and every non-share. Stays with the agency that answered.
    pub reason: String,
    /// What the policies proposed at that moment.
    pub proposal: Proposal,
    /// Until when the copy may be opened.
    pub until: Timestamp,
}

/// What an answer comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Everything that was asked for goes.
    Share,
    /// Less of it, or only named kinds.
    ShareMinimum,
    /// Nothing goes.
    Refuse,
}

impl InformationAnswered {
    /// What it comes to for a request.
    #[must_use]
    pub fn verdict(&self, asked: &InformationRequested) -> Verdict {
        let all = |category: &String| {
            self.granted.iter().any(|given| given.category == *category && given.part == Part::All)
        };
        match (self.granted.is_empty(), asked.categories.iter().all(all)) {
            (true, _) => Verdict::Refuse,
            (false, true) => Verdict::Share,
            (false, false) => Verdict::ShareMinimum,
        }
    }
}

/// A request was taken back by those who asked, or what was shared by those who answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InformationWithdrawn {
    /// The request, by its fact.
    pub request: u64,
    /// Who took it back.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Somebody of the agency that asked has opened the copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DisclosureReceived {
    /// The request, by its fact.
    pub request: u64,
    /// Who opened it.
    pub by: String,
    /// What people read.
    pub name: String,
}
