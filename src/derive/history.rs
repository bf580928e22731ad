//! What became of people and families, laid out by id: what a page tells of joining and parting, and where the address of
//! an id leads that nobody has any more. Of an identity that is kept apart nothing is told.

use std::collections::{BTreeMap, BTreeSet};

use throughline_domain::fact::PersonEventKind;
use throughline_domain::ids::{FamilyId, PersonId};
use throughline_domain::picture::Picture;

use super::linking::{Links, people_of};
use super::load::Loaded;
use super::naming::Remembered;
use super::shelves::{Laid, shelf_of};
use crate::shelf::{self, Happened, History, Turn, row};

/// The shelf.
pub fn shelf(loaded: &Loaded, links: &Links, drawn: &Picture) -> Laid {
    if loaded.changes.is_empty() && loaded.families.is_empty() {
        return shelf_of(shelf::HISTORY, std::iter::empty());
    }
    let leads = Leads::of(loaded, links, drawn);
    let mut all: BTreeMap<String, History> = BTreeMap::new();
    for (at, change) in &loaded.changes {
        for event in &change.events {
            let (here, there) = match event.kind {
                PersonEventKind::Joined => (Turn::Joined, Turn::JoinedTo),
                PersonEventKind::Parted => (Turn::PartedFrom, Turn::Parted),
                PersonEventKind::Moved => (Turn::Came, Turn::Went),
                PersonEventKind::Gone => (Turn::Gone, Turn::Gone),
            };
            let (person, other) = (&change.person, event.other.as_ref());
            if leads.hides(person) || other.is_some_and(|other| leads.hides(other)) {
                continue;
            }
            let happened = |what, other: Option<&PersonId>| Happened {
                at: *at,
                what,
                other: other.cloned(),
                mentions: event.mentions,
                decision: event.decision,
            };
            let of = all.entry(person.as_str().to_owned()).or_default();
            of.events.push(happened(here, other));
            if let Some(other) = other {
                let of = all.entry(other.as_str().to_owned()).or_default();
                of.events.push(happened(there, Some(person)));
            }
        }
    }
    for person in leads.resting() {
        all.entry(person.as_str().to_owned()).or_default().became =
            leads.shown(person).into_iter().map(|person| person.as_str().to_owned()).collect();
    }
    for (family, became) in leads.families(loaded) {
        let became = became.into_iter().map(|family| family.as_str().to_owned()).collect();
        all.entry(family.as_str().to_owned()).or_default().became = became;
    }
    shelf_of(shelf::HISTORY, all.into_iter().map(|(id, history)| row(id, &history, Vec::new())))
}

/// Where ids lead.
struct Leads<'a> {
    drawn: &'a Picture,
    protected: &'a BTreeSet<PersonId>,
    /// Who has the records that were known by an id.
    holders: BTreeMap<PersonId, BTreeSet<PersonId>>,
}

impl<'a> Leads<'a> {
    fn of(loaded: &'a Loaded, links: &'a Links, drawn: &'a Picture) -> Self {
        let people = people_of(&loaded.records);
        let remembered = Remembered::of(loaded.changes.iter().map(|(_, change)| change));
        let held = remembered.holders(&people);
        let mut holders: BTreeMap<PersonId, BTreeSet<PersonId>> =
            held.into_iter().map(|(id, people)| (id.clone(), people)).collect();
        // Whose records are all no more leads where they went, the newest first.
        for (_, change) in loaded.changes.iter().rev() {
            let joined = change.events.iter().filter(|event| event.kind == PersonEventKind::Joined);
            for other in joined.filter_map(|event| event.other.as_ref()) {
                if !holders.contains_key(other) {
                    let on = holders.get(&change.person).cloned();
                    holders.insert(other.clone(), on.unwrap_or_else(|| [change.person.clone()].into()));
                }
            }
        }
        for people in holders.values_mut() {
            people.retain(|person| drawn.people.contains_key(person));
        }
        Self { drawn, protected: &links.protected, holders }
    }

    /// Ids that led somewhere and that nobody has.
    fn resting(&self) -> impl Iterator<Item = &PersonId> {
        self.holders.keys().filter(|id| !self.drawn.people.contains_key(*id))
    }

    fn of_id(&self, person: &PersonId) -> BTreeSet<&PersonId> {
        match self.drawn.people.get(person) {
            Some(person) => [&person.id].into(),
            None => self.holders.get(person).into_iter().flatten().collect(),
        }
    }

    /// Whether it is told of nobody: somebody behind it has an identity that must not be found from another.
    fn hides(&self, person: &PersonId) -> bool {
        let held = self.holders.get(person).into_iter().flatten();
        held.chain([person]).any(|person| self.protected.contains(person))
    }

    /// Where it leads, as far as that may be told: two identities that are kept apart are never named side by side.
    fn shown(&self, person: &PersonId) -> BTreeSet<&PersonId> {
        let found = self.of_id(person);
        if found.len() > 1 && self.hides(person) { BTreeSet::new() } else { found }
    }

    /// Families that are no more, with those that have most of their members.
    fn families(&self, loaded: &Loaded) -> BTreeMap<FamilyId, BTreeSet<FamilyId>> {
        let mut of_person: BTreeMap<&PersonId, Vec<&FamilyId>> = BTreeMap::new();
        for family in self.drawn.families.values() {
            for member in &family.members {
                of_person.entry(&member.person).or_default().push(&family.id);
            }
        }
        let mut found = BTreeMap::new();
        for change in loaded.families.iter().filter(|was| !self.drawn.families.contains_key(&was.family)) {
            let open = change.members.iter().filter(|person| !self.hides(person));
            let members: BTreeSet<&PersonId> = open.flat_map(|person| self.shown(person)).collect();
            let mut shares: BTreeMap<&FamilyId, u32> = BTreeMap::new();
            for family in members.iter().filter_map(|person| of_person.get(person)).flatten() {
                *shares.entry(family).or_default() += 1;
            }
            let most = shares.values().max().copied();
            let best = shares.into_iter().filter(|(_, share)| Some(*share) == most);
            found.insert(change.family.clone(), best.map(|(family, _)| family.clone()).collect());
        }
        found
    }
}
