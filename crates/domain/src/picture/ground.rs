//! What the rules stand on: the records in one fixed order, with every "who" settled and persons as small
//! numbers, so that each rule is a walk over lists and none depends on the order in which records came.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::settings::Settings;
use super::shape::{KnownRecord, Source};
use crate::ids::{AgencyId, PersonId};
use crate::record::{Event, EventKind, Mention, Relation, RelationKind, Residence, Role, Who};
use crate::when::When;

/// A person as a place in the sorted list of persons. Comparing two is comparing their ids.
pub(crate) type P = u32;

/// Lists of numbers, one for each number.
#[derive(Debug, Default)]
pub(crate) struct Lists(Vec<Vec<u32>>);

impl Lists {
    pub(crate) fn new(len: usize) -> Self {
        Self(vec![Vec::new(); len])
    }

    pub(crate) fn push(&mut self, at: u32, value: usize) {
        if let (Some(list), Ok(value)) = (self.0.get_mut(at as usize), u32::try_from(value))
            && list.last() != Some(&value)
        {
            list.push(value);
        }
    }

    pub(crate) fn of(&self, at: u32) -> &[u32] {
        self.0.get(at as usize).map_or(&[], Vec::as_slice)
    }
}

/// A mention and the record it stands in.
pub(crate) struct Said<'a> {
    pub(crate) rec: usize,
    pub(crate) mention: &'a Mention,
}

/// A relationship with both ends settled.
pub(crate) struct Tie<'a> {
    pub(crate) of: P,
    pub(crate) is: RelationKind,
    pub(crate) to: P,
    pub(crate) words: &'a str,
    pub(crate) since: Option<When>,
    pub(crate) rec: usize,
}

/// A residence with its person settled.
pub(crate) struct Told<'a> {
    pub(crate) who: P,
    pub(crate) rec: usize,
    pub(crate) residence: &'a Residence,
}

/// An event with its people settled.
pub(crate) struct Happened<'a> {
    pub(crate) rec: usize,
    /// When; a part in an incident happened when the incident did, whatever the stamp of its row.
    pub(crate) at: When,
    pub(crate) event: &'a Event,
    pub(crate) people: Vec<(P, Role)>,
}

/// The records, ready for the rules. Sealed ones are not in it.
pub(crate) struct Ground<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) on: Date,
    pub(crate) records: Vec<&'a KnownRecord>,
    known: Vec<Date>,
    /// Agencies by name; records hold their places in it.
    agencies: Vec<&'a AgencyId>,
    agency_of: Vec<usize>,
    persons: Vec<&'a PersonId>,
    pub(crate) said: Vec<Said<'a>>,
    pub(crate) ties: Vec<Tie<'a>>,
    pub(crate) told: Vec<Told<'a>>,
    pub(crate) happened: Vec<Happened<'a>>,
    /// For every record, the first time of its events.
    happened_at: Vec<Option<When>>,
    pub(crate) said_of: Lists,
    pub(crate) ties_of: Lists,
    pub(crate) told_of: Lists,
    pub(crate) happened_to: Lists,
}

impl<'a> Ground<'a> {
    pub(crate) fn new(
        records: impl IntoIterator<Item = &'a KnownRecord>,
        settings: &'a Settings,
        on: Date,
    ) -> Self {
        let mut records: Vec<&KnownRecord> = records.into_iter().filter(|record| !record.sealed).collect();
        records.sort_by(|a, b| order(a).cmp(&order(b)));
        let book = Book::of(&records);
        let mut agencies: Vec<&AgencyId> = Vec::new();
        for record in &records {
            if !agencies.contains(&&record.agency) {
                agencies.push(&record.agency);
            }
        }
        agencies.sort_unstable();
        let at = |record: &&KnownRecord| agencies.iter().position(|agency| **agency == record.agency);
        let agency_of = records.iter().map(|record| at(record).unwrap_or(usize::MAX)).collect();
        let mut ground = Self {
            settings,
            on,
            known: records.iter().map(|record| known_on(record)).collect(),
            agencies,
            agency_of,
            said: Vec::new(),
            ties: Vec::new(),
            told: Vec::new(),
            happened: Vec::new(),
            happened_at: Vec::with_capacity(records.len()),
            said_of: Lists::new(book.persons.len()),
            ties_of: Lists::new(book.persons.len()),
            told_of: Lists::new(book.persons.len()),
            happened_to: Lists::new(book.persons.len()),
            persons: Vec::new(),
            records,
        };
        for rec in 0..ground.records.len() {
            ground.settle(rec, &book);
        }
        ground.persons = book.persons;
        ground
    }

    fn settle(&mut self, rec: usize, book: &Book<'a>) {
        let Some(&known) = self.records.get(rec) else { return };
        let record = &known.record;
        let times = record.events.iter().map(|event| book.incident_at(known, event).unwrap_or(event.at));
        self.happened_at.push(times.min());
        for (mention, id) in record.people.iter().zip(&known.persons) {
            if let Some(person) = book.number(id) {
                self.said_of.push(person, self.said.len());
                self.said.push(Said { rec, mention });
            }
        }
        for relation in &record.relations {
            self.settle_relation(rec, known, relation, book);
        }
        for residence in &record.residences {
            for who in book.who(known, &residence.who) {
                self.told_of.push(who, self.told.len());
                self.told.push(Told { who, rec, residence });
            }
        }
        for event in &record.events {
            let mut people: Vec<(P, Role)> = Vec::with_capacity(event.involved.len());
            for involved in &event.involved {
                for person in book.who(known, &involved.who) {
                    if !people.contains(&(person, involved.role)) {
                        people.push((person, involved.role));
                    }
                }
            }
            for (person, _) in &people {
                self.happened_to.push(*person, self.happened.len());
            }
            let at = book.incident_at(known, event).unwrap_or(event.at);
            self.happened.push(Happened { rec, at, event, people });
        }
    }

    fn settle_relation(&mut self, rec: usize, known: &KnownRecord, relation: &'a Relation, book: &Book<'a>) {
        let to = book.who(known, &relation.to);
        for of in book.who(known, &relation.of) {
            for &to in &to {
                if of != to {
                    self.ties_of.push(of, self.ties.len());
                    self.ties_of.push(to, self.ties.len());
                    let Relation { is, words, since, .. } = relation;
                    self.ties.push(Tie { of, is: *is, to, words, since: *since, rec });
                }
            }
        }
    }

    /// Adds relationships that were read out of other records.
    pub(crate) fn add_ties(&mut self, ties: Vec<Tie<'a>>) {
        for tie in ties {
            self.ties_of.push(tie.of, self.ties.len());
            self.ties_of.push(tie.to, self.ties.len());
            self.ties.push(tie);
        }
    }

    /// How many persons there are.
    pub(crate) fn count(&self) -> P {
        u32::try_from(self.persons.len()).unwrap_or(u32::MAX)
    }

    /// A person's id.
    pub(crate) fn id(&self, person: P) -> PersonId {
        self.persons.get(person as usize).copied().cloned().unwrap_or_default()
    }

    /// Where something comes from.
    pub(crate) fn source(&self, rec: usize) -> Source {
        match self.records.get(rec) {
            Some(record) => {
                Source { agency: record.agency.clone(), seq: record.seq, recorded: record.recorded }
            }
            None => Source { agency: String::new().into(), seq: 0, recorded: None },
        }
    }

    /// Every agency that sent a record.
    pub(crate) fn agencies(&self) -> &[&'a AgencyId] {
        &self.agencies
    }

    /// How many of these records each agency sent. Each record counts once; `recs` must be sorted.
    pub(crate) fn by_agency(&self, recs: &[usize]) -> BTreeMap<AgencyId, u32> {
        let mut counts: Vec<u32> = vec![0; self.agencies.len()];
        let mut last = None;
        for &rec in recs {
            if last == Some(rec) {
                continue;
            }
            last = Some(rec);
            if let Some(count) = self.agency_of.get(rec).and_then(|at| counts.get_mut(*at)) {
                *count += 1;
            }
        }
        let counted = self.agencies.iter().zip(counts).filter(|(_, count)| *count > 0);
        counted.map(|(agency, count)| ((*agency).clone(), count)).collect()
    }

    /// Every record that names a person or tells of an event that concerns them, sorted.
    pub(crate) fn records_about(&self, person: P) -> Vec<usize> {
        let said = self.said_of(person).map(|said| said.rec);
        let mut recs: Vec<usize> =
            said.chain(self.happened_to(person).map(|happened| happened.rec)).collect();
        recs.sort_unstable();
        recs.dedup();
        recs
    }

    /// The first eight of these sources, each once, in the order of facts.
    pub(crate) fn sources(&self, recs: impl IntoIterator<Item = usize>) -> Vec<Source> {
        let mut recs: Vec<usize> = recs.into_iter().collect();
        recs.sort_unstable();
        recs.dedup();
        recs.into_iter().take(SOURCES).map(|rec| self.source(rec)).collect()
    }

    /// The day by which the agency had recorded it, as far as can be told.
    pub(crate) fn known_on(&self, rec: usize) -> Date {
        self.known.get(rec).copied().unwrap_or(self.on)
    }

    /// When it was recorded, as precisely as told; else the day it became known.
    pub(crate) fn recorded(&self, rec: usize) -> When {
        let told = self.records.get(rec).and_then(|record| record.recorded);
        told.unwrap_or_else(|| When::day(self.known_on(rec)))
    }

    /// The first time that the events of a record tell of.
    pub(crate) fn happened_at(&self, rec: usize) -> Option<When> {
        self.happened_at.get(rec).copied().flatten()
    }

    /// What is said about one person.
    pub(crate) fn said_of(&self, person: P) -> impl Iterator<Item = &Said<'a>> {
        self.said_of.of(person).iter().filter_map(|&at| self.said.get(at as usize))
    }

    /// Relationships in which one person is either end.
    pub(crate) fn ties_of(&self, person: P) -> impl Iterator<Item = &Tie<'a>> {
        self.ties_of.of(person).iter().filter_map(|&at| self.ties.get(at as usize))
    }

    /// Events that concern one person.
    pub(crate) fn happened_to(&self, person: P) -> impl Iterator<Item = &Happened<'a>> {
        self.happened_to.of(person).iter().filter_map(|&at| self.happened.get(at as usize))
    }

    /// What one end of a relationship is to the other, seen from `person`: "the other is … to me".
    pub(crate) fn other_is(tie: &Tie<'_>, person: P) -> (P, RelationKind) {
        if tie.to == person { (tie.of, tie.is) } else { (tie.to, turned(tie.is)) }
    }
}

/// How many sources are shown with one statement.
pub(crate) const SOURCES: usize = 8;

/// The same relationship told from the other end.
pub(crate) fn turned(is: RelationKind) -> RelationKind {
    match is {
        RelationKind::Parent | RelationKind::PartnerOfParent => RelationKind::Child,
        RelationKind::Child => RelationKind::Parent,
        RelationKind::CausesHarmTo => RelationKind::Other,
        same @ (RelationKind::Partner
        | RelationKind::FormerPartner
        | RelationKind::Sibling
        | RelationKind::Relative
        | RelationKind::Other) => same,
    }
}

type Order<'a> = (u64, &'a str, &'a str, &'a str);

fn order(record: &KnownRecord) -> Order<'_> {
    (record.seq, record.agency.as_str(), &record.file, &record.record.row_key)
}

/// The day by which an agency had recorded something: its stamp, else when it happened, else when it came.
pub(crate) fn known_on(record: &KnownRecord) -> Date {
    let happened = || record.record.events.iter().map(|event| event.at.first_day()).min();
    let told = || record.record.residences.iter().filter_map(|residence| residence.told).min();
    record
        .recorded
        .map(When::last_day)
        .or_else(happened)
        .or_else(|| told().map(When::last_day))
        .unwrap_or_else(|| record.received.to_zoned(TimeZone::UTC).date())
}

/// Who is meant by ids, local numbers and groups.
struct Book<'a> {
    persons: Vec<&'a PersonId>,
    numbers: HashMap<&'a PersonId, P>,
    local: HashMap<(&'a str, &'a str), Vec<(P, u32)>>,
    groups: HashMap<(&'a str, &'a str), Vec<P>>,
    incidents: HashMap<(&'a str, &'a str), When>,
}

impl<'a> Book<'a> {
    fn of(records: &[&'a KnownRecord]) -> Self {
        let mut numbers: HashMap<&PersonId, P> = HashMap::new();
        for record in records {
            for id in &record.persons {
                numbers.entry(id).or_default();
            }
        }
        let mut persons: Vec<&PersonId> = numbers.keys().copied().collect();
        persons.sort_unstable();
        for (at, id) in (0..).zip(&persons) {
            numbers.insert(id, at);
        }
        let mut book = Self {
            persons,
            numbers,
            local: HashMap::new(),
            groups: HashMap::new(),
            incidents: HashMap::new(),
        };
        for record in records {
            let agency = record.agency.as_str();
            for event in record.record.events.iter().filter(|event| event.kind == EventKind::Incident) {
                let reference = event.reference.as_ref().unwrap_or(&record.record.row_key);
                book.incidents.insert((agency, reference), event.at);
            }
            for (mention, id) in record.record.people.iter().zip(&record.persons) {
                let Some(person) = book.number(id) else { continue };
                for local in &mention.local_refs {
                    let known = book.local.entry((agency, local)).or_default();
                    match known.iter_mut().find(|(other, _)| *other == person) {
                        Some((_, times)) => *times += 1,
                        None => known.push((person, 1)),
                    }
                }
                for group in &mention.groups {
                    let members = book.groups.entry((agency, group)).or_default();
                    if !members.contains(&person) {
                        members.push(person);
                    }
                }
            }
        }
        book
    }

    /// When the incident happened that a part in it belongs to.
    fn incident_at(&self, known: &KnownRecord, event: &Event) -> Option<When> {
        let reference = event.reference.as_deref().filter(|_| event.kind == EventKind::Involvement)?;
        self.incidents.get(&(known.agency.as_str(), reference)).copied()
    }

    fn number(&self, id: &PersonId) -> Option<P> {
        self.numbers.get(id).copied()
    }

    /// One number of an agency is one person; where linkage has parted them, the one named so most often.
    fn who(&self, known: &KnownRecord, who: &Who) -> Vec<P> {
        let agency = known.agency.as_str();
        match who {
            Who::Here(sub) => {
                let at = known.record.people.iter().position(|mention| mention.sub == *sub);
                at.and_then(|at| known.persons.get(at)).and_then(|id| self.number(id)).into_iter().collect()
            }
            Who::Local(local) => {
                let known = self.local.get(&(agency, local.as_str())).map_or(&[][..], Vec::as_slice);
                let best = known.iter().max_by_key(|(person, times)| (*times, std::cmp::Reverse(*person)));
                best.map(|(person, _)| *person).into_iter().collect()
            }
            Who::Group(group) => {
                let mut members = self.groups.get(&(agency, group.as_str())).cloned().unwrap_or_default();
                members.sort_unstable();
                members
            }
        }
    }
}

/// Days between two days, never negative.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days())).max(0)
}
