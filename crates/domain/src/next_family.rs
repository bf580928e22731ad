//! A next family is a suspicion until somebody who knows the person causing harm has said that it is so. What they say is a
//! fact of their agency, with a reason; whoever said it can say otherwise later.
//!
//! - Each agency has one answer to a suspicion: its latest.
//! - A yes of one agency counts for everybody whose picture holds one of the records it rests on, as long as that agency does
//!   not take it back.
//! - A no, or that nobody can tell yet, counts in the agency that says it, and only until a record comes that it did not rest on;
//!   that nobody can tell yet also ends with time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{AgencyId, FeedId, MentionKey, PersonId};

/// A row by which a suspicion arose, by the key its agency gave it: it stays when the row comes in a new version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct SignRow {
    /// The kind of file.
    pub feed: FeedId,
    /// The row's key.
    pub row_key: String,
}

/// What somebody can say about a suspicion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The person causing harm is part of that household.
    Yes,
    /// They are not.
    No,
    /// Nobody can tell yet.
    CannotTell,
}

impl Verdict {
    /// All of them, in the order in which they are offered.
    pub const ALL: &'static [Self] = &[Self::Yes, Self::No, Self::CannotTell];

    /// As it is written in forms, facts and lists.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::CannotTell => "cannot_tell",
        }
    }

    /// The answer a word stands for.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|verdict| verdict.word() == word)
    }
}

/// An answer, as a fact of the agency of whoever gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NextFamilyAnswered {
    /// Who causes harm, by one of their mentions: people are derived and mentions stay.
    pub person: MentionKey,
    /// The rows it rests on: those by which the suspicion arose, and those of earlier answers of the same agency to it.
    pub rows: Vec<SignRow>,
    /// What was said.
    pub verdict: Verdict,
    /// Who said it.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// An answer with who it is about now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its fact.
    pub seq: u64,
    /// Whose answer it is.
    pub agency: AgencyId,
    /// When it was given.
    pub at: Timestamp,
    /// The person causing harm.
    pub person: PersonId,
    /// What was said.
    pub said: NextFamilyAnswered,
}

/// Every answer there is.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// By person, oldest first.
    by_person: BTreeMap<PersonId, Vec<Answer>>,
}

impl Answers {
    /// These answers, in whatever order.
    #[must_use]
    pub fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let mut by_person: BTreeMap<PersonId, Vec<Answer>> = BTreeMap::new();
        for answer in answers {
            by_person.entry(answer.person.clone()).or_default().push(answer);
        }
        by_person.values_mut().for_each(|answers| answers.sort_by_key(|answer| answer.seq));
        Self { by_person }
    }

    /// Answers to a suspicion about somebody that arose by these rows, oldest first.
    pub fn to<'a>(
        &'a self,
        person: &PersonId,
        rows: &'a BTreeSet<SignRow>,
    ) -> impl DoubleEndedIterator<Item = &'a Answer> {
        let all = self.by_person.get(person).into_iter().flatten();
        all.filter(|answer| answer.said.rows.iter().any(|row| rows.contains(row)))
    }

    /// The latest answer of each agency.
    fn latest<'a>(
        &'a self,
        person: &PersonId,
        rows: &'a BTreeSet<SignRow>,
    ) -> BTreeMap<&'a AgencyId, &'a Answer> {
        self.to(person, rows).map(|answer| (&answer.agency, answer)).collect()
    }

    /// The yes that stands, if any: the first given among agencies that still say so.
    #[must_use]
    pub fn confirmed<'a>(&'a self, person: &PersonId, rows: &'a BTreeSet<SignRow>) -> Option<&'a Answer> {
        let latest = self.latest(person, rows).into_values();
        latest.filter(|answer| answer.said.verdict == Verdict::Yes).min_by_key(|answer| answer.seq)
    }

    /// What an agency says now.
    #[must_use]
    pub fn of_agency<'a>(
        &'a self,
        agency: &AgencyId,
        person: &PersonId,
        rows: &'a BTreeSet<SignRow>,
    ) -> Option<&'a Answer> {
        self.to(person, rows).rev().find(|answer| answer.agency == *agency)
    }

    /// The last answer of anybody, where nobody says yes.
    #[must_use]
    pub fn last<'a>(&'a self, person: &PersonId, rows: &'a BTreeSet<SignRow>) -> Option<&'a Answer> {
        self.to(person, rows).next_back()
    }
}

/// Whether an agency must still be asked: nobody there has answered, a record has come that their answer did not rest on, or
/// they could not tell and so many days are over.
#[must_use]
pub fn must_ask(answer: Option<&Answer>, rows: &BTreeSet<SignRow>, on: Date, again_after_days: i64) -> bool {
    let Some(answer) = answer else { return true };
    let new = rows.iter().any(|row| !answer.said.rows.contains(row));
    match answer.said.verdict {
        Verdict::Yes => false,
        Verdict::No => new,
        Verdict::CannotTell => {
            let given = answer.at.to_zoned(jiff::tz::TimeZone::UTC).date();
            let days = given.until(on).map_or(0, |span| i64::from(span.get_days()));
            new || days >= again_after_days
        }
    }
}

/// Rows that an answer of an agency rests on: those of now, and those its earlier answers rested on, so that whatever it said
/// before is replaced even where a row has gone.
#[must_use]
pub fn rests_on(
    answers: &Answers,
    agency: &AgencyId,
    person: &PersonId,
    rows: &BTreeSet<SignRow>,
) -> Vec<SignRow> {
    let before = answers.to(person, rows).filter(|answer| answer.agency == *agency);
    let all: BTreeSet<SignRow> =
        before.flat_map(|answer| answer.said.rows.iter().cloned()).chain(rows.iter().cloned()).collect();
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(keys: &[&str]) -> BTreeSet<SignRow> {
        let row = |key: &&str| SignRow { feed: "housing.tenancies".into(), row_key: (*key).to_owned() };
        keys.iter().map(row).collect()
    }

    fn answer(seq: u64, agency: &str, keys: &[&str], verdict: Verdict) -> Answer {
        let day = i8::try_from(seq).unwrap();
        let at = jiff::civil::date(2026, 10, day).at(9, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
        Answer {
            seq,
            agency: agency.into(),
            at: at.unwrap().timestamp(),
            person: "P1".into(),
            said: NextFamilyAnswered {
                person: MentionKey::default(),
                rows: rows(keys).into_iter().collect(),
                verdict,
                by: "head".into(),
                reason: "Seen at the door".into(),
            },
        }
    }

    fn said(answers: &Answers, person: &str, keys: &[&str]) -> Option<u64> {
        answers.confirmed(&person.into(), &rows(keys)).map(|answer| answer.seq)
    }

    #[test]
    fn a_yes_counts_where_one_of_its_records_is_and_nowhere_else() {
        let answers = Answers::new([answer(1, "police", &["a", "b"], Verdict::Yes)]);
        assert_eq!(said(&answers, "P1", &["b", "c"]), Some(1));
        assert_eq!(said(&answers, "P1", &["c"]), None, "rests on nothing this reader may know");
        assert_eq!(said(&answers, "P2", &["a"]), None, "about somebody else");
    }

    #[test]
    fn an_agency_takes_back_what_it_said_and_nobody_elses() {
        let told = [
            answer(1, "police", &["a"], Verdict::Yes),
            answer(2, "probation", &["a"], Verdict::No),
            answer(3, "police", &["a"], Verdict::CannotTell),
        ];
        assert_eq!(said(&Answers::new(told[..2].to_vec()), "P1", &["a"]), Some(1), "a no of another agency");
        assert_eq!(said(&Answers::new(told.to_vec()), "P1", &["a"]), None, "police took it back");
        let answers = Answers::new(told.into_iter().rev());
        let of = |agency: &str| answers.of_agency(&agency.into(), &"P1".into(), &rows(&["a"])).map(|a| a.seq);
        assert_eq!((of("police"), of("probation"), of("housing")), (Some(3), Some(2), None));
        let rests = rests_on(&answers, &"police".into(), &"P1".into(), &rows(&["a", "z"]));
        assert_eq!(rests.len(), 2);
    }

    #[test]
    fn whoever_said_no_is_asked_again_when_a_record_comes_and_whoever_could_not_tell_also_with_time() {
        let on = jiff::civil::date(2026, 10, 20);
        let ask = |verdict: Verdict, keys: &[&str], days: i64| {
            must_ask(Some(&answer(1, "police", &["a"], verdict)), &rows(keys), on, days)
        };
        assert!(must_ask(None, &rows(&["a"]), on, 28));
        assert!(!ask(Verdict::No, &["a"], 1) && ask(Verdict::No, &["a", "b"], 28));
        assert!(!ask(Verdict::CannotTell, &["a"], 28) && ask(Verdict::CannotTell, &["a"], 19));
        assert!(!ask(Verdict::Yes, &["a", "b"], 1), "a yes stands until it is taken back");
    }

    #[test]
    fn what_is_written_is_read() {
        for verdict in Verdict::ALL {
            assert_eq!(Verdict::parse(verdict.word()), Some(*verdict));
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.word());
        }
        assert_eq!(Verdict::parse("maybe"), None);
    }
}
