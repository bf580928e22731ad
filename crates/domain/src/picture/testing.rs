//! Invented rows for the tests of the picture, written the way agencies' feeds write them.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::kept::Kept;
use super::next_family::Joined;
use super::settings::Settings;
use super::shape::{KnownRecord, Picture};
use crate::ids::PersonId;
use crate::next_family::Answers;
use crate::record::{
    Address, Basis, ChildContact, Event, EventKind, Involved, LifeStage, Mention, Name, Place, Record,
    Relation, RelationKind, Residence, Role, Who,
};
use crate::when::When;

/// The day the pictures of these tests are drawn for.
pub(crate) const TODAY: Date = Date::constant(2026, 10, 31);

pub(crate) fn when(text: &str) -> When {
    text.parse().unwrap()
}

pub(crate) fn place(lines: &str, postcode: &str) -> Place {
    Place::Known(Address { lines: lines.into(), postcode: postcode.into(), uprn: None })
}

pub(crate) fn here() -> Who {
    Who::Here(String::new())
}

/// A mention of a person whose id is their name: `Ada Finch`.
pub(crate) fn mention(sub: &str, person: &str) -> Mention {
    let (forename, surname) = person.split_once(' ').unwrap_or((person, ""));
    Mention {
        sub: sub.into(),
        names: vec![Name { forenames: vec![forename.into()], surname: surname.into(), ..Name::default() }],
        ..Mention::default()
    }
}

pub(crate) fn event(kind: EventKind, at: &str) -> Event {
    Event {
        kind,
        reference: None,
        at: when(at),
        until: None,
        involved: Vec::new(),
        title: String::new(),
        text: None,
        by: None,
        place: None,
        child_contact: None,
        details: BTreeMap::new(),
    }
}

/// Rows under construction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows(pub(crate) Vec<KnownRecord>);

impl Rows {
    pub(crate) fn row(
        &mut self,
        agency: &str,
        feed: &str,
        recorded: &str,
        people: &[(&str, &str)],
    ) -> &mut KnownRecord {
        let seq = self.0.len() as u64 + 1;
        self.0.push(KnownRecord {
            seq,
            agency: agency.into(),
            recorded: (!recorded.is_empty()).then(|| when(recorded)),
            received: "2026-11-01T06:00:00Z".parse().unwrap(),
            file: format!("{agency}/{feed}.csv"),
            record: Record {
                feed: format!("{agency}.{feed}").into(),
                row_key: format!("R{seq}"),
                people: people.iter().map(|(sub, person)| mention(sub, person)).collect(),
                ..Record::default()
            },
            persons: people.iter().map(|(_, person)| PersonId::from(*person)).collect(),
            sealed: false,
        });
        self.0.last_mut().unwrap()
    }

    /// Somebody's date of birth, as a surgery knows it.
    pub(crate) fn born(&mut self, person: &str, born: &str) {
        let row = self.row("health", "patients", "2020-01-01", &[("", person)]);
        row.record.people[0].born = Some(when(born));
    }

    pub(crate) fn incident(&mut self, reference: &str, at: &str, code: &str, flag: &str, text: &str) {
        let row = self.row("police", "incidents", at, &[]);
        let mut event = event(EventKind::Incident, at);
        event.reference = Some(reference.into());
        event.text = Some(text.into());
        event.details =
            BTreeMap::from([("offence_code".into(), code.into()), ("da_flag".into(), flag.into())]);
        event.details.retain(|_, value: &mut String| !value.is_empty());
        row.record.events.push(event);
    }

    /// One person's part in an incident; its row was changed long after.
    pub(crate) fn part(&mut self, reference: &str, person: &str, role: Role, kind: &str) -> &mut KnownRecord {
        let row = self.row("police", "involvements", "2026-10-30T09:00", &[("", person)]);
        let mut event = event(EventKind::Involvement, "2026-10-30T09:00");
        event.reference = Some(reference.into());
        event.involved.push(Involved { who: here(), role });
        if !kind.is_empty() {
            event.details.insert("relation_words".into(), kind.replace('_', " "));
            event.details.insert("relation_kind".into(), kind.into());
        }
        row.record.events.push(event);
        row
    }

    /// A domestic incident in which one partner harms the other.
    pub(crate) fn harm(&mut self, reference: &str, at: &str, by: &str, to: &str) {
        self.incident(reference, at, "105/01", "yes", "");
        self.part(reference, by, Role::CausingHarm, "partner");
        self.part(reference, to, Role::Victim, "partner");
    }

    /// A residence on a row of its own.
    pub(crate) fn lives(
        &mut self,
        agency: &str,
        person: &str,
        lines: &str,
        basis: Basis,
        told: &str,
    ) -> &mut KnownRecord {
        let row = self.row(agency, "addresses", told, &[("", person)]);
        row.record.residences.push(Residence {
            who: here(),
            place: place(lines, "HD18 3BE"),
            from: None,
            to: None,
            told: Some(when(told)),
            basis,
        });
        row
    }

    /// A member of a tenancy.
    pub(crate) fn tenancy(
        &mut self,
        tenancy: &str,
        person: &str,
        lines: &str,
        moved_in: &str,
        added: &str,
    ) -> &mut KnownRecord {
        let row = self.lives("housing", person, lines, Basis::Tenancy, added);
        row.record.people[0].groups.push(format!("tenancy:{tenancy}"));
        row.record.residences[0].from = Some(when(moved_in));
        row
    }

    /// What one person is to another, told by an agency in a row about the second.
    pub(crate) fn tie(
        &mut self,
        agency: &str,
        of: &str,
        is: RelationKind,
        to: &str,
        told: &str,
    ) -> &mut KnownRecord {
        let row = self.row(agency, "relations", told, &[("", to), ("other", of)]);
        let words = format!("{is:?}").to_lowercase();
        row.record.relations.push(Relation {
            of: Who::Here("other".into()),
            is,
            to: here(),
            words,
            since: None,
        });
        row
    }

    /// A contact added at a pupil's school.
    pub(crate) fn contact(&mut self, pupil: &str, contact: &str, is: RelationKind, words: &str, added: &str) {
        let row = self.row("schools", "pupils", "2026-10-01", &[("", pupil), ("contact2", contact)]);
        row.record.people[0].stage = LifeStage::Child;
        let of = Who::Here("contact2".into());
        let mut event = event(EventKind::SchoolContactAdded, added);
        event.involved.push(Involved { who: of.clone(), role: Role::Other });
        row.record.events.push(event);
        let since = Some(when(added));
        row.record.relations.push(Relation { of, is, to: here(), words: words.into(), since });
    }

    /// A social worker's visit to a child.
    pub(crate) fn visit(&mut self, child: &str, at: &str, seen: bool, alone: bool, spoken_to: bool) {
        let row = self.row("social_care", "visits", at, &[("", child)]);
        let mut event = event(EventKind::Visit, at);
        event.by = Some("Sam Duty".into());
        event.involved.push(Involved { who: here(), role: Role::Subject });
        event.child_contact =
            Some(ChildContact { seen: Some(seen), alone: Some(alone), spoken_to: Some(spoken_to) });
        row.record.events.push(event);
    }

    /// An event about one person.
    pub(crate) fn happened(&mut self, agency: &str, kind: EventKind, person: &str, at: &str) -> &mut Event {
        let row = self.row(agency, "events", at, &[("", person)]);
        let mut event = event(kind, at);
        event.involved.push(Involved { who: here(), role: Role::Subject });
        row.record.events.push(event);
        row.record.events.last_mut().unwrap()
    }

    pub(crate) fn draw(&self) -> Picture {
        self.draw_keeping(&Kept::none())
    }

    /// The picture for readers, who see a next family only once somebody has confirmed it.
    pub(crate) fn draw_confirmed(&self, answers: &Answers) -> Picture {
        let settings = Settings::built_in().unwrap();
        super::draw_with(&self.0, &settings, &Kept::none(), Joined::Confirmed(answers), TODAY)
    }

    pub(crate) fn draw_keeping(&self, kept: &Kept) -> Picture {
        super::draw(&self.0, &Settings::built_in().unwrap(), kept, TODAY)
    }
}
