//! What a worker writes about risk, checked, and as the record it becomes: a row of their own agency like any other, so that
//! it is shared, shown and known on a date by the same rules.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::form::{Form, Scale};
use crate::record::{Event, EventKind, Involved, Mention, Record, Role, Who};
use crate::when::When;

/// The kind of file under which these records stand: nobody sends them, they are written here.
pub const FEED: &str = "throughline.risk";

/// Whether a record was written here about risk. It does not tell that an agency works with somebody: else whoever writes
/// about a person would open that person's record to their agency.
pub(crate) fn is_own_entry(record: &Record) -> bool {
    record.feed.as_str() == FEED
}

/// Longest text: enough for a judgement with its reasons, too short to keep papers in.
const LONGEST: usize = 4_000;

/// How an item was answered. "Not asked" is not "no".
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// Asked, and nobody knew.
    NotKnown,
    /// Nobody asked.
    #[default]
    NotAsked,
}

impl Answer {
    /// All, in the order in which they are offered.
    pub const ALL: &'static [Self] = &[Self::Yes, Self::No, Self::NotKnown, Self::NotAsked];

    /// As it is written in forms and records.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::NotKnown => "not_known",
            Self::NotAsked => "not_asked",
        }
    }

    /// As people read it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Yes => "Yes",
            Self::No => "No",
            Self::NotKnown => "Not known",
            Self::NotAsked => "Not asked",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|answer| answer.word() == word)
    }
}

/// Who said so.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// The person at risk.
    #[default]
    PersonAtRisk,
    /// A child.
    Child,
    /// A relative, friend or neighbour.
    SomebodyNear,
    /// What the worker saw or heard.
    Seen,
    /// A record of any agency.
    OnRecord,
    /// The person causing harm.
    PersonCausingHarm,
}

impl Told {
    /// All, in the order in which they are offered.
    pub const ALL: &'static [Self] = &[
        Self::PersonAtRisk,
        Self::Child,
        Self::SomebodyNear,
        Self::Seen,
        Self::OnRecord,
        Self::PersonCausingHarm,
    ];

    /// As it is written in forms and records.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::PersonAtRisk => "person_at_risk",
            Self::Child => "child",
            Self::SomebodyNear => "somebody_near",
            Self::Seen => "seen",
            Self::OnRecord => "on_record",
            Self::PersonCausingHarm => "person_causing_harm",
        }
    }

    /// As people read it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::PersonAtRisk => "The person at risk said so",
            Self::Child => "A child said so",
            Self::SomebodyNear => "Somebody near them said so",
            Self::Seen => "I saw or heard it",
            Self::OnRecord => "It stands in a record",
            Self::PersonCausingHarm => "The person causing harm said so",
        }
    }

    /// Reads it from a form or a record.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|told| told.word() == word)
    }
}

/// What was asked at one time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identification {
    /// The form, by its short name.
    pub form: String,
    /// Its version.
    pub version: u32,
    /// Who said so.
    pub told: Told,
    /// When.
    pub on: Date,
    /// Answers by item. Items that are not there were not asked.
    pub answers: BTreeMap<String, Answer>,
    /// What was said, in the words in which it was said; may be empty.
    pub words: String,
}

/// What somebody judges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assessment {
    /// The level, by its short name.
    pub level: String,
    /// The reasons.
    pub reasons: String,
    /// What would make it worse or better; may be empty.
    pub would_change: String,
    /// The day on which it was judged.
    pub on: Date,
}

/// What is wrong with an entry, and with which field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{say}")]
pub struct WrongEntry {
    /// The field.
    pub field: &'static str,
    /// What to do about it.
    pub say: &'static str,
}

const fn wrong(field: &'static str, say: &'static str) -> WrongEntry {
    WrongEntry { field, say }
}

/// A day on which something can have been said or judged.
fn day(on: Date, today: Date) -> Result<(), WrongEntry> {
    match on <= today {
        true => Ok(()),
        false => Err(wrong("on", "The day must be today or in the past")),
    }
}

fn fits(text: &str, field: &'static str) -> Result<(), WrongEntry> {
    match text.chars().count() <= LONGEST {
        true => Ok(()),
        false => Err(wrong(field, "Write 4,000 characters or fewer")),
    }
}

/// How an item stands in the details of an event.
const ITEM: &str = "indicator.";

impl Identification {
    /// The event it becomes.
    ///
    /// # Errors
    /// What is wrong and where: an item that is not of the form, nothing asked, a day to come.
    pub fn event(&self, form: &Form, today: Date) -> Result<Event, WrongEntry> {
        if self.form != form.id || self.version != form.version {
            return Err(wrong("answers", "The form has changed since you opened it. Open it again"));
        }
        if self.answers.keys().any(|id| form.items().all(|(_, item)| item.id != *id)) {
            return Err(wrong("answers", "Answer only what is asked here"));
        }
        if self.answers.values().all(|answer| *answer == Answer::NotAsked) {
            return Err(wrong("answers", "Answer at least one item with yes, no or not known"));
        }
        day(self.on, today)?;
        fits(&self.words, "words")?;
        let asked = self.answers.iter().filter(|(_, answer)| **answer != Answer::NotAsked);
        let mut details: BTreeMap<String, String> =
            asked.map(|(id, answer)| (format!("{ITEM}{id}"), answer.word().to_owned())).collect();
        details.insert("form".to_owned(), self.form.clone());
        details.insert("form_version".to_owned(), self.version.to_string());
        details.insert("told_by".to_owned(), self.told.word().to_owned());
        Ok(event(EventKind::IndicatorsRecorded, self.on, form.name.clone(), &self.words, details))
    }

    /// Reads it back from what an event says.
    #[must_use]
    pub fn of(at: When, details: &BTreeMap<String, String>, text: Option<&str>) -> Self {
        let word = |name: &str| details.get(name).map(String::as_str).unwrap_or_default();
        let answers = details
            .iter()
            .filter_map(|(name, answer)| Some((name.strip_prefix(ITEM)?.to_owned(), Answer::parse(answer)?)));
        Self {
            form: word("form").to_owned(),
            version: word("form_version").parse().unwrap_or_default(),
            told: Told::parse(word("told_by")).unwrap_or_default(),
            on: at.first_day(),
            answers: answers.collect(),
            words: text.unwrap_or_default().to_owned(),
        }
    }
}

impl Assessment {
    /// The event it becomes. The level is the agency's grade of the event.
    ///
    /// # Errors
    /// What is wrong and where: no level of the scale, no reasons, a day to come.
    pub fn event(&self, scale: &Scale, today: Date) -> Result<Event, WrongEntry> {
        let Some(level) = scale.level(&self.level) else {
            return Err(wrong("level", "Choose a level"));
        };
        if self.reasons.trim().is_empty() {
            return Err(wrong("reasons", "Give your reasons: a level without reasons is no assessment"));
        }
        day(self.on, today)?;
        fits(&self.reasons, "reasons")?;
        fits(&self.would_change, "would_change")?;
        let mut details = BTreeMap::from([("grade".to_owned(), self.level.clone())]);
        if !self.would_change.trim().is_empty() {
            details.insert("would_change".to_owned(), self.would_change.trim().to_owned());
        }
        Ok(event(EventKind::RiskAssessment, self.on, level.label.clone(), &self.reasons, details))
    }
}

fn event(kind: EventKind, on: Date, title: String, text: &str, details: BTreeMap<String, String>) -> Event {
    let text = Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
    Event {
        kind,
        reference: None,
        at: When::day(on),
        until: None,
        involved: Vec::new(),
        title,
        text,
        by: None,
        place: None,
        child_contact: None,
        details,
    }
}

/// Somebody an entry is about: their mention in it, and in which part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// The person causing harm.
    CausingHarm,
    /// An adult at risk.
    Adult,
    /// A child at risk.
    Child,
}

/// An entry as a record. `key` tells it from all others; parties are named `p1`, `p2` … in their order, and who they are is
/// told by decisions on these mentions, never by a name.
#[must_use]
pub fn record(key: &str, parties: &[Party], by: &str, event: Event) -> Record {
    let sub = |at: usize| format!("p{}", at.saturating_add(1));
    let people = (0..parties.len()).map(|at| Mention { sub: sub(at), ..Mention::default() }).collect();
    let involved = parties.iter().enumerate().map(|(at, party)| Involved {
        who: Who::Here(sub(at)),
        role: match party {
            Party::CausingHarm => Role::CausingHarm,
            Party::Adult => Role::Victim,
            Party::Child => Role::ChildOfHousehold,
        },
    });
    let involved = involved.collect();
    Record {
        feed: FEED.into(),
        row_key: key.to_owned(),
        people,
        events: vec![Event { involved, by: Some(by.to_owned()), ..event }],
        ..Record::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TODAY: Date = Date::constant(2026, 11, 22);

    fn asked(answers: &[(&str, Answer)]) -> Identification {
        let form = Form::built_in().unwrap();
        Identification {
            form: form.id,
            version: form.version,
            told: Told::Child,
            on: TODAY,
            answers: answers.iter().map(|(id, answer)| ((*id).to_owned(), *answer)).collect(),
            words: " He holds her neck ".to_owned(),
        }
    }

    #[test]
    fn what_was_asked_is_read_back_as_it_was_written() {
        let form = Form::built_in().unwrap();
        let entry =
            asked(&[("neck", Answer::Yes), ("money", Answer::NotKnown), ("weapon", Answer::NotAsked)]);
        let event = entry.event(&form, TODAY).unwrap();
        let back = Identification::of(event.at, &event.details, event.text.as_deref());
        assert_eq!(back.answers.len(), 2, "what was not asked leaves no answer");
        assert_eq!(
            (back.answers.get("neck"), back.answers.get("money"), back.told, back.words.as_str()),
            (Some(&Answer::Yes), Some(&Answer::NotKnown), Told::Child, "He holds her neck")
        );
    }

    #[test]
    fn an_entry_that_says_nothing_or_too_much_is_refused() {
        let form = Form::built_in().unwrap();
        let field = |entry: Identification| entry.event(&form, TODAY).map_err(|wrong| wrong.field).err();
        assert_eq!(field(asked(&[])), Some("answers"));
        assert_eq!(field(asked(&[("neck", Answer::NotAsked)])), Some("answers"));
        assert_eq!(field(asked(&[("no_such", Answer::Yes)])), Some("answers"));
        assert_eq!(field(Identification { version: 9, ..asked(&[("neck", Answer::Yes)]) }), Some("answers"));
        let tomorrow = TODAY.tomorrow().unwrap();
        assert_eq!(field(Identification { on: tomorrow, ..asked(&[("neck", Answer::Yes)]) }), Some("on"));
        let long = "x".repeat(LONGEST + 1);
        assert_eq!(field(Identification { words: long, ..asked(&[("neck", Answer::Yes)]) }), Some("words"));
    }

    #[test]
    fn a_level_needs_reasons_and_is_never_worked_out() {
        let scale = Scale::built_in().unwrap();
        let judged = |level: &str, reasons: &str| Assessment {
            level: level.to_owned(),
            reasons: reasons.to_owned(),
            would_change: String::new(),
            on: TODAY,
        };
        assert_eq!(judged("high", " ").event(&scale, TODAY).unwrap_err().field, "reasons");
        assert_eq!(judged("14", "x").event(&scale, TODAY).unwrap_err().field, "level");
        let event = judged("high", "He found the new address.").event(&scale, TODAY).unwrap();
        assert_eq!(
            (event.title.as_str(), event.details.get("grade").map(String::as_str)),
            ("High", Some("high"))
        );
    }

    #[test]
    fn nobody_is_named_in_an_entry() {
        let scale = Scale::built_in().unwrap();
        let judged = Assessment {
            level: "high".to_owned(),
            reasons: "Reasons".to_owned(),
            would_change: String::new(),
            on: TODAY,
        };
        let event = judged.event(&scale, TODAY).unwrap();
        let record = record("K", &[Party::CausingHarm, Party::Adult, Party::Child], "R. Okafor", event);
        assert!(is_own_entry(&record));
        assert!(record.people.iter().all(|mention| mention.names.is_empty() && mention.born.is_none()));
        let roles: Vec<Role> = record.events[0].involved.iter().map(|one| one.role).collect();
        assert_eq!(roles, [Role::CausingHarm, Role::Victim, Role::ChildOfHousehold]);
    }

    proptest! {
        /// Whatever stands in details that somebody else wrote, reading back never fails and never invents an answer.
        #[test]
        fn reading_back_takes_only_known_answers(
            details in prop::collection::btree_map("(indicator\\.)?[a-z_]{1,8}", "[a-z_]{0,9}", 0..8)
        ) {
            let back = Identification::of(When::day(TODAY), &details, None);
            for (id, answer) in &back.answers {
                prop_assert_eq!(details.get(&format!("{ITEM}{id}")).map(String::as_str), Some(answer.word()));
            }
        }
    }
}
