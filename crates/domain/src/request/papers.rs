//! Papers that two people agreed on: somebody's own record, or what a court asked for. Made by the same rule as a copy for
//! another agency, from the records of one agency; which kinds of data go stands in `area/papers.toml`.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::copy::{Scope, causes_harm, cut_to, words_of_names};
use super::facts::{Granted, Part, RowGranted};
use crate::ids::{AgencyId, PersonId};
use crate::picture::{Kept, KnownRecord, Settings, SettingsError};
use crate::record::{Mention, Who};
use crate::release::Release;

/// Every kind of data there is a word for.
const KINDS: &[&str] = &[
    "ID", "LOC", "INC", "RISK", "SOC", "EDU", "HLTH", "DISC", "SEXH", "IMM", "CRIM", "ORD", "PERP", "HOUS",
    "SAFE", "FIN", "MIN", "PROF", "THIRD",
];
/// What never goes to somebody who causes harm, whatever a partnership sets: it would tell who told, and where they are.
const NEVER_TO_WHO_CAUSES_HARM: &[&str] =
    &["LOC", "RISK", "DISC", "SEXH", "IMM", "SAFE", "MIN", "PROF", "THIRD"];
/// What never goes to a court with papers: where people are found leads to them whoever reads it out.
const NEVER_TO_A_COURT: &[&str] = &["LOC", "SAFE"];

/// What goes with which papers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Papers {
    version: u32,
    subject_access: Goes,
    subject_access_causing_harm: Goes,
    court_bundle: Goes,
}

/// Kinds of data that go.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goes {
    all: Vec<String>,
    minimum: Vec<String>,
}

impl Goes {
    fn granted(&self) -> Vec<Granted> {
        let of = |kinds: &[String], part| {
            kinds.iter().map(|kind| Granted { category: kind.clone(), part }).collect::<Vec<_>>()
        };
        [of(&self.all, Part::All), of(&self.minimum, Part::Minimum)].concat()
    }
}

/// Whom papers are about.
#[derive(Clone, Copy, Debug)]
pub struct Whom<'a> {
    /// The ids that are theirs.
    pub ids: &'a [PersonId],
    /// Whether the picture says that they cause harm.
    pub causes_harm: bool,
}

/// Papers as they go out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MadePapers {
    /// The records, in the order given.
    pub records: Vec<KnownRecord>,
    /// Kinds of data that go, with how much of each.
    pub granted: Vec<Granted>,
    /// Whether they are cut because records say that whoever asks for them causes harm.
    pub causes_harm: bool,
}

impl Papers {
    /// What comes with the program.
    ///
    /// # Errors
    /// When it cannot be used; a test makes sure that it can.
    pub fn built_in() -> Result<Self, SettingsError> {
        Self::read("area/papers.toml", include_str!("../../../../area/papers.toml"))
    }

    /// Settings from the text of a file.
    ///
    /// # Errors
    /// Names the file, the field, what was found and what was expected.
    pub fn read(file: &str, text: &str) -> Result<Self, SettingsError> {
        let wrong = |field: &str, reason: String| {
            let key = field.split('.').next().unwrap_or(field);
            let line = text.lines().position(|line| line.contains(key)).map_or(0, |at| at + 1);
            SettingsError { file: file.to_owned(), line, field: field.to_owned(), reason }
        };
        let read: Self = toml::from_str(text).map_err(|error| wrong("(file)", error.to_string()))?;
        if read.version != 1 {
            return Err(wrong("version", format!("found {}, expected 1", read.version)));
        }
        let sections = [
            ("subject_access", &read.subject_access, &["PROF", "THIRD"][..]),
            ("subject_access_causing_harm", &read.subject_access_causing_harm, NEVER_TO_WHO_CAUSES_HARM),
            ("court_bundle", &read.court_bundle, NEVER_TO_A_COURT),
        ];
        for (name, goes, never) in sections {
            let mut before = BTreeSet::new();
            for (field, kinds) in [("all", &goes.all), ("minimum", &goes.minimum)] {
                for kind in kinds {
                    let field = format!("{name}.{field}");
                    if !KINDS.contains(&kind.as_str()) {
                        let all = KINDS.join(", ");
                        return Err(wrong(&field, format!("found `{kind}`, expected one of {all}")));
                    }
                    if never.contains(&kind.as_str()) {
                        return Err(wrong(
                            &field,
                            format!("found `{kind}`, which never goes with these papers; take it out"),
                        ));
                    }
                    if !before.insert(kind) {
                        return Err(wrong(&field, format!("found `{kind}` twice; name each kind once")));
                    }
                }
            }
        }
        Ok(read)
    }

    /// The papers about somebody, by the ids that are theirs, out of the records of one agency that tell of them; records of
    /// others only tell whose names must not stand in them. Nothing for kinds of releases that have no papers.
    #[must_use]
    pub fn made(
        &self,
        what: Release,
        whom: Whom<'_>,
        records: &[KnownRecord],
        holder: &AgencyId,
        kept: &Kept,
        settings: &Settings,
    ) -> MadePapers {
        let about = whom.ids;
        // A court is shown whole incidents: rows about others who were part of them, too.
        let alone = what == Release::SubjectAccess;
        let own = || records.iter().filter(|known| known.agency == *holder && !known.sealed);
        let numbers: BTreeSet<&str> = people(own(), |person| about.contains(person))
            .flat_map(|mention| &mention.local_refs)
            .map(String::as_str)
            .collect();
        let rows: Vec<RowGranted> = own()
            .filter(|known| !alone || tells_of(known, about, &numbers))
            .map(|known| row(known, about))
            .collect();
        // One record that says so is enough, whoever wrote it.
        let said = records.iter().any(|known| {
            let people = known.record.people.iter().zip(&known.persons);
            people
                .filter(|(_, person)| about.contains(person))
                .any(|(mention, _)| causes_harm(known, mention))
        });
        let causes_harm = whom.causes_harm || said;
        let goes = match what {
            Release::SubjectAccess if causes_harm => &self.subject_access_causing_harm,
            Release::SubjectAccess => &self.subject_access,
            Release::CourtBundle => &self.court_bundle,
            Release::BulkExport | Release::LiftRestriction | Release::PolicyChange => {
                return MadePapers::default();
            }
        };
        let granted = goes.granted();
        // Whoever asks for their own record is told of nobody else, not even of whoever harms them.
        let gone = match alone {
            true => {
                let theirs = people(records, |person| about.contains(person));
                &words_of_names(people(records, |person| !about.contains(person))) - &words_of_names(theirs)
            }
            false => BTreeSet::new(),
        };
        let scope = Scope { granted: &granted, rows: &rows, harming: !alone, gone };
        let records = cut_to(records, &scope, holder, kept, settings);
        MadePapers { records, causes_harm: causes_harm && alone, granted }
    }
}

/// Those who are named in some records and are, or are not, certain people.
fn people<'r>(
    records: impl IntoIterator<Item = &'r KnownRecord>,
    of: impl Fn(&PersonId) -> bool,
) -> impl Iterator<Item = &'r Mention> {
    let all = records.into_iter().flat_map(|known| known.record.people.iter().zip(&known.persons));
    all.filter(move |(_, person)| of(person)).map(|(mention, _)| mention)
}

/// Whether a row names them, means them by the agency's own number, or names and means nobody: then it is the row of an
/// incident they were part of.
fn tells_of(known: &KnownRecord, about: &[PersonId], numbers: &BTreeSet<&str>) -> bool {
    let record = &known.record;
    if known.persons.iter().any(|person| about.contains(person)) {
        return true;
    }
    let involved = record.events.iter().flat_map(|event| &event.involved).map(|one| &one.who);
    let mut whos = involved.chain(record.residences.iter().map(|residence| &residence.who)).peekable();
    record.people.is_empty()
        && (whos.peek().is_none()
            || whos.any(|who| matches!(who, Who::Local(number) if numbers.contains(number.as_str()))))
}

fn row(known: &KnownRecord, about: &[PersonId]) -> RowGranted {
    let people = known.record.people.iter().zip(&known.persons);
    let theirs = people.filter(|(_, person)| about.contains(person));
    RowGranted {
        feed: known.record.feed.clone(),
        row_key: known.record.row_key.clone(),
        subs: theirs.map(|(mention, _)| mention.sub.clone()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::testing::Rows;
    use crate::record::{Basis, EventKind, Name, Role};

    /// He harms her, twice; a neighbour saw it; her child's school wrote something down.
    fn rows() -> Rows {
        let mut rows = Rows::default();
        rows.incident("P1", "2026-09-01T20:00", "", "", "Ada said that Ray broke the kitchen door.");
        rows.harm("P1", "2026-09-01T20:00", "Ray Stone", "Ada Finch");
        rows.part("P1", "Nan Field", Role::Witness, "");
        rows.happened("police", EventKind::Incident, "Ada Finch", "2026-10-01").text =
            Some("She was afraid.".into());
        rows.happened("health", EventKind::RoutineEnquiry, "Ada Finch", "2026-09-05");
        for known in &mut rows.0 {
            for (mention, person) in known.record.people.iter_mut().zip(&known.persons) {
                let (forename, surname) = person.as_str().split_once(' ').unwrap();
                let (forenames, surname) = (vec![forename.to_owned()], surname.to_owned());
                mention.names = vec![Name { forenames, surname, ..Name::default() }];
                mention.local_refs = vec![format!("nominal:{person}")];
            }
        }
        rows
    }

    fn made(rows: &Rows, what: Release, about: &str) -> (MadePapers, String) {
        let (settings, rules) = (Settings::built_in().unwrap(), Papers::built_in().unwrap());
        let whom = Whom { ids: &[about.into()], causes_harm: false };
        let made = rules.made(what, whom, &rows.0, &"police".into(), &Kept::none(), &settings);
        let text = format!("{:?}", made.records);
        (made, text)
    }

    #[test]
    fn whoever_asks_for_their_own_record_is_told_of_nobody_else() {
        let (made, text) = made(&rows(), Release::SubjectAccess, "Ada Finch");
        assert!(!made.causes_harm && text.contains("Finch") && text.contains("She was afraid."), "{text}");
        for other in ["Ray", "Stone", "Nan", "Field", "kitchen", "RoutineEnquiry"] {
            assert!(!text.contains(other), "{other}: {text}");
        }
    }

    #[test]
    fn whoever_causes_harm_is_not_told_who_told_of_them() {
        let mut rows = rows();
        rows.lives("police", "Ada Finch", "4 Elm Row", Basis::GivenAtIncident, "2026-09-01");
        let (made, text) = made(&rows, Release::SubjectAccess, "Ray Stone");
        assert!(made.causes_harm && text.contains("Stone"), "{text}");
        for other in ["Ada", "Finch", "Nan", "kitchen", "Elm", "afraid"] {
            assert!(!text.contains(other), "{other}: {text}");
        }
    }

    #[test]
    fn a_court_is_told_who_was_involved_and_not_where_anybody_lives() {
        let mut rows = rows();
        rows.lives("police", "Ada Finch", "4 Elm Row", Basis::GivenAtIncident, "2026-09-01");
        let (_, text) = made(&rows, Release::CourtBundle, "Ada Finch");
        for told in ["Stone", "Field", "kitchen"] {
            assert!(text.contains(told), "{told}: {text}");
        }
        assert!(!text.contains("Elm") && !text.contains("RoutineEnquiry"), "{text}");
    }

    #[test]
    fn a_row_that_means_somebody_else_by_number_is_not_theirs() {
        let mut rows = rows();
        for (number, words) in [("nominal:Ada Finch", "hers"), ("nominal:Nan Field", "not hers")] {
            let event = rows.happened("police", EventKind::Incident, "Somebody", "2026-10-03");
            event.text = Some(format!("These words are {words}."));
            event.involved.iter_mut().for_each(|one| one.who = Who::Local(number.into()));
            let known = rows.0.last_mut().unwrap();
            (known.record.people, known.persons) = (Vec::new(), Vec::new());
        }
        let (_, text) = made(&rows, Release::SubjectAccess, "Ada Finch");
        assert!(text.contains("are hers") && !text.contains("not hers"), "{text}");
    }

    #[test]
    fn nothing_else_that_two_people_agree_on_has_papers() {
        for what in [Release::BulkExport, Release::LiftRestriction, Release::PolicyChange] {
            assert_eq!(made(&rows(), what, "Ada Finch").0, MadePapers::default());
        }
    }

    #[test]
    fn a_partnership_cannot_set_what_would_tell_who_told() {
        let built_in = include_str!("../../../../area/papers.toml");
        assert!(Papers::read("area/papers.toml", built_in).is_ok());
        for (old, new, says) in [
            ("minimum = [\"INC\", \"HOUS\"]", "minimum = [\"DISC\"]", "never goes"),
            ("minimum = [\"INC\", \"HOUS\"]", "minimum = [\"INC\", \"INC\"]", "twice"),
            ("minimum = [\"INC\", \"HOUS\"]", "minimum = [\"GOSSIP\"]", "expected one of"),
            ("version = 1", "version = 2", "expected 1"),
            ("\"PROF\", \"THIRD\"]", "\"PROF\", \"THIRD\", \"LOC\"]", "never goes"),
        ] {
            let changed = built_in.replace(old, new);
            assert_ne!(changed, built_in, "{old}");
            let error = Papers::read("papers.toml", &changed).unwrap_err();
            assert!(error.to_string().contains(says) && error.file == "papers.toml", "{error}");
        }
    }
}
