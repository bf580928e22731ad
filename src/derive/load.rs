//! From facts to what the rules read: the version of each row that counts, decisions, deliveries, and the
//! addresses that must be kept. Reads the facts once, in order.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use throughline_domain::fact::{
    Fact, FactBody, FamilyChanged, KeptPlace, PersonChanged, Protection, Received,
};
use throughline_domain::ids::{AgencyId, PersonId};
use throughline_domain::next_family::NextFamilyAnswered;
use throughline_domain::picture::{Kept, KnownRecord, Settings};
use throughline_domain::record::Who;
use throughline_domain::sharing::Door;
use throughline_store::{Store, StoreError};

use super::decisions::Told;
use crate::digest::Marks;
use crate::shelf::{self, Arrived, Aside, RowState};

/// What the facts say, ready for the rules.
#[derive(Default)]
pub struct Loaded {
    /// How ids are made from records.
    pub marks: Marks,
    /// Sequence number of the last fact.
    pub seq: u64,
    /// Rows that count, in the order in which their first version arrived.
    pub records: Vec<KnownRecord>,
    /// Addresses that must be kept wherever they stand.
    pub kept: Vec<KeptPlace>,
    /// What people decided about links.
    pub decisions: Vec<Told>,
    /// Identities that must not be joined.
    pub protections: Vec<Protection>,
    /// Changes of who people are, with when they were told.
    pub changes: Vec<(Timestamp, PersonChanged)>,
    /// What people said about next families.
    pub answers: Vec<Answered>,
    /// Families that are no longer listed under the id they had.
    pub families: Vec<FamilyChanged>,
    /// States of rows.
    pub rows: BTreeMap<String, RowState>,
    /// Rows put aside.
    pub asides: BTreeMap<u64, Aside>,
    /// Files that arrived, with the moment.
    pub deliveries: Vec<Arrived>,
}

/// What somebody said about a next family, before it is known who it is about now.
pub struct Answered {
    /// Its fact.
    pub seq: u64,
    /// Whose answer it is.
    pub agency: AgencyId,
    /// When it was given.
    pub at: Timestamp,
    /// What was said.
    pub said: NextFamilyAnswered,
}

/// Reads all facts.
pub fn load(store: &Store) -> Result<Loaded, StoreError> {
    let mut loaded = Loaded { marks: Marks::of(store), ..Loaded::default() };
    let mut place: HashMap<String, usize> = HashMap::new();
    for sealed in store.facts(..)? {
        loaded.take(Door::open_to_derive(sealed?), &mut place);
    }
    loaded.records.shrink_to_fit();
    Ok(loaded)
}

/// Reads the facts that have come since: papers, and what was told of people and families.
pub fn go_on(loaded: &mut Loaded, store: &Store) -> Result<(), StoreError> {
    for sealed in store.facts(loaded.seq + 1..)? {
        loaded.take(Door::open_to_derive(sealed?), &mut HashMap::new());
    }
    Ok(())
}

/// The addresses that must be kept, read on their own.
pub fn kept_places(store: &Store, settings: &Settings) -> Result<Kept, StoreError> {
    let mut places = Vec::new();
    for sealed in store.facts_of_kind(&["kept_place"], ..)? {
        if let FactBody::KeptPlace(place) = Door::open_to_derive(sealed?).body {
            places.push(place);
        }
    }
    Ok(Kept::of(&places, settings))
}

impl Loaded {
    fn take(&mut self, fact: Fact, place: &mut HashMap<String, usize>) {
        self.seq = fact.seq;
        let sealed = matches!(fact.body, FactBody::SealedRecord(_));
        let Fact { seq, agency, recorded, received, body, .. } = fact;
        match body {
            FactBody::Record(row) | FactBody::SealedRecord(row) => {
                let key = shelf::row_key(&row.record.feed, &row.record.row_key);
                if shelf::remember(self.rows.entry(key.clone()).or_default(), seq, &row) {
                    let Received { file, record, .. } = row;
                    let persons = Vec::new();
                    let known =
                        KnownRecord { seq, agency, recorded, received, file, record, persons, sealed };
                    self.put(key, known, place);
                }
            }
            FactBody::KeptPlace(kept) => self.kept.push(kept),
            FactBody::KeptAside(aside) => {
                self.asides.insert(seq, Aside { seq, agency, received, aside, settled: None });
            }
            FactBody::AsideSettled(settled) => {
                if let Some(aside) = self.asides.get_mut(&settled.aside) {
                    aside.settled = Some(settled);
                }
            }
            FactBody::Delivery(delivery) => {
                self.deliveries.push(Arrived { seq, agency, received, delivery });
            }
            FactBody::LinkDecision(decision) => self.decisions.push((seq, decision)),
            FactBody::Protection(protection) => self.protections.push(protection),
            FactBody::PersonChanged(change) => self.changes.push((received, change)),
            FactBody::FamilyChanged(change) => self.families.push(change),
            FactBody::NextFamilyAnswered(said) => {
                self.answers.push(Answered { seq, agency, at: received, said });
            }
            // A proposal has no effect; what comes of it is a decision of its own.
            FactBody::DecisionProposed(_) | FactBody::ProposalAnswered(_) => {}
            // What agencies ask each other, release and agree on is read from its facts; it is no part of the picture.
            FactBody::InformationRequested(_)
            | FactBody::InformationAnswered(_)
            | FactBody::InformationWithdrawn(_)
            | FactBody::DisclosureReceived(_)
            | FactBody::ReleaseProposed(_)
            | FactBody::PoliciesAdopted(_)
            | FactBody::ReleaseCarriedOut(_)
            | FactBody::WorkStep(_) => {}
        }
    }

    /// A later version takes the place of the earlier one, so that a person's founding mention stays first.
    fn put(&mut self, key: String, known: KnownRecord, place: &mut HashMap<String, usize>) {
        match place.get(&key).and_then(|at| self.records.get_mut(*at)) {
            Some(earlier) => *earlier = known,
            None => {
                place.insert(key, self.records.len());
                self.records.push(known);
            }
        }
    }
}

/// Which person an agency's own number means. Numbers of households mean several people.
#[derive(Default)]
pub struct LocalRefs {
    people: HashMap<(AgencyId, String), PersonId>,
    groups: HashMap<(AgencyId, String), BTreeSet<PersonId>>,
}

impl LocalRefs {
    /// Collects the numbers of all records whose people are known.
    pub fn of(records: &[KnownRecord]) -> Self {
        let mut refs = Self::default();
        for known in records {
            for (mention, person) in known.record.people.iter().zip(&known.persons) {
                for number in &mention.local_refs {
                    let key = (known.agency.clone(), number.clone());
                    refs.people.entry(key).or_insert_with(|| person.clone());
                }
                for group in &mention.groups {
                    let key = (known.agency.clone(), group.clone());
                    refs.groups.entry(key).or_default().insert(person.clone());
                }
            }
        }
        refs
    }

    /// The people that somebody in a record means.
    pub fn people(&self, known: &KnownRecord, who: &Who) -> Vec<PersonId> {
        match who {
            Who::Here(sub) => {
                let named = known.record.people.iter().zip(&known.persons);
                named.filter(|(mention, _)| &mention.sub == sub).map(|(_, person)| person.clone()).collect()
            }
            Who::Local(number) => {
                self.people.get(&(known.agency.clone(), number.clone())).cloned().into_iter().collect()
            }
            Who::Group(group) => {
                let members = self.groups.get(&(known.agency.clone(), group.clone()));
                members.into_iter().flatten().cloned().collect()
            }
        }
    }
}
