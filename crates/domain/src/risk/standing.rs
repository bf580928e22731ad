//! How risk stands, read from a chronology: for each person at risk the judgements with their history, and for each item
//! of the catalogue who last answered it how. Nothing is summed up to a score.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::entry::{Answer, Identification, Told};
use super::form::{Form, Scale};
use crate::ids::{AgencyId, PersonId};
use crate::picture::Entry;
use crate::record::{EventKind, Role};

/// One judgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Judged {
    /// The fact.
    pub seq: u64,
    /// Whose judgement.
    pub agency: AgencyId,
    /// Who judged, as written.
    pub by: String,
    /// The day.
    pub on: Date,
    /// The level as people read it.
    pub level: String,
    /// What the level stands for; empty where the scale does not know it any more.
    pub means: String,
    /// The reasons; nothing where the reader may know the level only.
    pub reasons: Option<String>,
    /// What would change it.
    pub would_change: Option<String>,
    /// The day by which somebody must look again.
    pub look_again: Option<Date>,
}

/// Judgements about one person causing harm, for one person at risk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Asked {
    /// The person at risk.
    pub person: PersonId,
    /// Judgements, newest first; none where nobody has judged.
    pub judged: Vec<Judged>,
    /// Whether the newest is older than its level allows.
    pub overdue: bool,
}

/// One item of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ItemAsked {
    /// What is asked.
    pub text: String,
    /// The newest answer that is not "not asked".
    pub answer: Answer,
    /// Who said so.
    pub told: Option<Told>,
    /// When.
    pub on: Option<Date>,
    /// Whose record.
    pub agency: Option<AgencyId>,
    /// Its fact.
    pub seq: Option<u64>,
    /// Whether an earlier record says otherwise.
    pub differs: bool,
}

/// Items that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GroupAsked {
    /// What people read.
    pub label: String,
    /// Its items.
    pub items: Vec<ItemAsked>,
    /// How many of them nobody has ever asked about.
    pub never_asked: usize,
}

/// How risk from one person stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Standing {
    /// For each person at risk, those without a judgement first, then those overdue.
    pub at_risk: Vec<Asked>,
    /// What was asked.
    pub groups: Vec<GroupAsked>,
}

impl Standing {
    /// Reads it from the chronology of a person causing harm. `at_risk` are those who are near or were harmed.
    #[must_use]
    pub fn of(
        chronology: &[Entry],
        causing_harm: &PersonId,
        at_risk: &[PersonId],
        (form, scale): (&Form, &Scale),
        today: Date,
    ) -> Self {
        let by_them = |entry: &&Entry| {
            entry.people.iter().any(|(person, role)| person == causing_harm && *role == Role::CausingHarm)
        };
        let of_kind = |kind: EventKind| {
            let mut found: Vec<&Entry> =
                chronology.iter().filter(|entry| entry.kind == kind).filter(by_them).collect();
            found.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.seq)));
            found
        };
        let mut judged: BTreeMap<&PersonId, Vec<Judged>> = BTreeMap::new();
        for entry in of_kind(EventKind::RiskAssessment) {
            for (person, _) in entry.people.iter().filter(|(person, _)| person != causing_harm) {
                judged.entry(person).or_default().push(Judged::of(entry, scale));
            }
        }
        let mut people: Vec<&PersonId> = at_risk.iter().chain(judged.keys().copied()).collect();
        people.sort();
        people.dedup();
        let mut lines: Vec<Asked> = people
            .into_iter()
            .map(|person| {
                let judged = judged.get(person).cloned().unwrap_or_default();
                let due = judged.first().and_then(|newest| newest.look_again);
                Asked { person: person.clone(), overdue: due.is_some_and(|due| due < today), judged }
            })
            .collect();
        lines.sort_by_key(|line| (!line.judged.is_empty(), !line.overdue, line.person.clone()));
        Self { at_risk: lines, groups: groups(&of_kind(EventKind::IndicatorsRecorded), form) }
    }
}

impl Judged {
    fn of(entry: &Entry, scale: &Scale) -> Self {
        let level = entry.details.get("grade").and_then(|grade| scale.level(grade));
        let on = entry.at.first_day();
        let days = level.map(|level| i64::from(level.look_again_days));
        Self {
            seq: entry.seq,
            agency: entry.agency.clone(),
            by: entry.by.clone().unwrap_or_default(),
            on,
            level: level.map_or_else(|| entry.title.clone(), |level| level.label.clone()),
            means: level.map(|level| level.means.clone()).unwrap_or_default(),
            reasons: entry.text.clone(),
            would_change: entry.details.get("would_change").cloned(),
            look_again: days.and_then(|days| on.checked_add(days.days()).ok()),
        }
    }
}

/// Answers by item; `entries` are newest first.
fn groups(entries: &[&Entry], form: &Form) -> Vec<GroupAsked> {
    let read: Vec<(&Entry, Identification)> = entries
        .iter()
        .map(|entry| (*entry, Identification::of(entry.at, &entry.details, entry.text.as_deref())))
        .filter(|(_, asked)| asked.form == form.id)
        .collect();
    let line = |text: &str, id: &str| {
        let mut answers =
            read.iter().filter_map(|(entry, asked)| Some((*entry, asked, *asked.answers.get(id)?)));
        let newest = answers.next();
        let answer = newest.as_ref().map_or(Answer::NotAsked, |(_, _, answer)| *answer);
        ItemAsked {
            text: text.to_owned(),
            answer,
            told: newest.as_ref().map(|(_, asked, _)| asked.told),
            on: newest.as_ref().map(|(_, asked, _)| asked.on),
            agency: newest.as_ref().map(|(entry, _, _)| entry.agency.clone()),
            seq: newest.as_ref().map(|(entry, _, _)| entry.seq),
            differs: answers.any(|(_, _, earlier)| earlier != answer && earlier != Answer::NotKnown),
        }
    };
    let of_group = |group: &super::Group| {
        let items: Vec<ItemAsked> = group.items.iter().map(|item| line(&item.text, &item.id)).collect();
        let never_asked = items.iter().filter(|item| item.answer == Answer::NotAsked).count();
        GroupAsked { label: group.label.clone(), items, never_asked }
    };
    form.groups.iter().map(of_group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::when::When;

    const TODAY: Date = Date::constant(2026, 11, 22);

    fn entry(seq: u64, kind: EventKind, on: Date, details: &[(&str, &str)]) -> Entry {
        Entry {
            at: When::day(on),
            until: None,
            recorded: None,
            received: jiff::Timestamp::UNIX_EPOCH,
            agency: "police".into(),
            kind,
            title: "High".to_owned(),
            text: Some("Because".to_owned()),
            by: Some("R. Okafor".to_owned()),
            people: vec![("P1".into(), Role::CausingHarm), ("P2".into(), Role::Victim)],
            incident: None,
            contact: None,
            details: details.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            seq,
        }
    }

    fn standing(chronology: &[Entry]) -> Standing {
        let (form, scale) = (Form::built_in().unwrap(), Scale::built_in().unwrap());
        Standing::of(chronology, &"P1".into(), &["P2".into(), "P3".into()], (&form, &scale), TODAY)
    }

    #[test]
    fn judgements_stay_and_the_newest_speaks() {
        let day = |days: i64| TODAY.checked_sub(days.days()).unwrap();
        let all = [
            entry(5, EventKind::RiskAssessment, day(40), &[("grade", "medium")]),
            entry(9, EventKind::RiskAssessment, day(20), &[("grade", "high")]),
        ];
        let now = standing(&all);
        assert_eq!(now.at_risk[0].person, "P3".into(), "nobody has judged the risk to this person");
        let judged = &now.at_risk[1];
        assert_eq!(judged.judged.iter().map(|one| one.seq).collect::<Vec<_>>(), [9, 5]);
        assert!(judged.overdue, "high is looked at again within 14 days");
        let counter = Entry {
            people: vec![("P1".into(), Role::Victim), ("P2".into(), Role::CausingHarm)],
            ..all[1].clone()
        };
        assert!(
            standing(&[counter]).at_risk.iter().all(|line| line.judged.is_empty()),
            "directions are never netted"
        );
    }

    #[test]
    fn the_newest_answer_speaks_and_never_asked_is_said() {
        let day = |days: i64| TODAY.checked_sub(days.days()).unwrap();
        let form = [("form", "indicators"), ("form_version", "1"), ("told_by", "child")];
        let with = |more: &[(&'static str, &'static str)]| [&form[..], more].concat();
        let all = [
            entry(3, EventKind::IndicatorsRecorded, day(30), &with(&[("indicator.neck", "no")])),
            entry(
                4,
                EventKind::IndicatorsRecorded,
                day(3),
                &with(&[("indicator.neck", "yes"), ("indicator.money", "not_known")]),
            ),
        ];
        let now = standing(&all);
        let item = |text: &str| {
            now.groups.iter().flat_map(|group| &group.items).find(|item| item.text.contains(text)).unwrap()
        };
        let neck = item("on the neck");
        assert_eq!(
            (neck.answer, neck.seq, neck.differs, neck.told),
            (Answer::Yes, Some(4), true, Some(Told::Child))
        );
        assert_eq!(item("their money").answer, Answer::NotKnown);
        assert_eq!(
            (item("a weapon or an object").answer, item("a weapon or an object").seq),
            (Answer::NotAsked, None)
        );
        let control = now.groups.iter().find(|group| group.label == "Control").unwrap();
        assert_eq!(control.never_asked, control.items.len() - 1);
    }

    #[test]
    fn a_level_that_the_scale_does_not_know_any_more_is_shown_as_written() {
        let now = standing(&[entry(5, EventKind::RiskAssessment, TODAY, &[("grade", "amber")])]);
        let judged = now.at_risk.iter().find_map(|line| line.judged.first()).unwrap();
        assert_eq!((judged.level.as_str(), judged.look_again), ("High", None));
    }
}
