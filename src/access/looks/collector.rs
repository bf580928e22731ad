//! What one request opens. The door tells it of every opened thing; once it is closed the door opens nothing more, so
//! that nothing can be opened after the entries of the request were written.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use throughline_domain::fact::Fact;
use throughline_domain::ids::{AgencyId, FamilyId, IncidentRef, PersonId};
use throughline_domain::looks::{Entry, Looker, Tie};
use throughline_domain::picture::{
    Child, Family, Freshness, HarmProfile, Household, Incident, NextFamily, Person, Today,
};

use throughline_domain::sharing::{Purpose, Refused};

/// Everything one request opened, for whom and what for.
#[derive(Default)]
pub struct Collector(Mutex<Gathered>);

/// What was gathered.
#[derive(Default)]
pub struct Gathered {
    /// Who asks; nobody before signing in.
    pub by: Option<Looker>,
    /// What for.
    pub purpose: String,
    /// How many things were opened.
    pub opened: usize,
    /// People that were opened or named in what was.
    pub people: BTreeSet<PersonId>,
    /// Of many candidates, those that are shown.
    pub shown: Option<BTreeSet<PersonId>>,
    /// Families.
    pub families: BTreeSet<FamilyId>,
    /// Incidents.
    pub incidents: BTreeSet<IncidentRef>,
    /// Facts.
    pub facts: BTreeSet<u64>,
    /// Categories of data.
    pub categories: BTreeSet<String>,
    /// Rules and bases that decided.
    pub rules: BTreeSet<String>,
    /// What ties the viewer to people, where it is known.
    pub ties: BTreeMap<PersonId, Tie>,
    /// Why, in the viewer's words.
    pub reason: String,
    /// What the viewer typed.
    pub typed: String,
    /// Entries besides the look itself.
    pub extra: Vec<Entry>,
    closed: bool,
}

impl Collector {
    fn with<T>(&self, work: impl FnOnce(&mut Gathered) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Says who asks.
    pub fn begin(&self, by: Looker) {
        self.with(|all| all.by = Some(by));
    }

    /// Tells of something that the door opens. Refuses when the entries of the request are already written.
    pub fn opened<T: Any>(&self, thing: &T, purpose: Purpose) -> Result<(), Refused> {
        self.with(|all| {
            if all.closed {
                return Err(Refused);
            }
            // How fresh each agency's data is tells of nobody.
            if (thing as &dyn Any).is::<Vec<Freshness>>() {
                return Ok(());
            }
            all.opened += 1;
            let word = serde_json::to_value(purpose).ok();
            if let Some(word) = word.as_ref().and_then(|word| word.as_str()) {
                word.clone_into(&mut all.purpose);
            }
            all.add(thing);
            Ok(())
        })
    }

    /// Adds an entry that is written with the look.
    pub fn also(&self, entry: Entry) {
        self.with(|all| all.extra.push(entry));
    }

    /// Keeps what the viewer typed.
    pub fn typed(&self, text: &str) {
        self.with(|all| text.clone_into(&mut all.typed));
    }

    /// Says which of the people that were opened to choose from are shown.
    pub fn shown<'a>(&self, people: impl IntoIterator<Item = &'a PersonId>) {
        self.with(|all| all.shown = Some(people.into_iter().cloned().collect()));
    }

    /// Says what ties the viewer to somebody: an allocation, a meeting, a task, a request.
    #[allow(dead_code, reason = "the door calls it as soon as families are allocated")]
    pub fn tied(&self, person: &PersonId, tie: Tie) {
        self.with(|all| all.ties.insert(person.clone(), tie));
    }

    /// Keeps why, in the viewer's words.
    pub fn because(&self, reason: &str) {
        self.with(|all| reason.clone_into(&mut all.reason));
    }

    /// Says which rules and legal bases decided, and for which categories of data.
    pub fn decided(
        &self,
        rules: impl IntoIterator<Item = String>,
        categories: impl IntoIterator<Item = String>,
    ) {
        self.with(|all| {
            all.rules.extend(rules);
            all.categories.extend(categories);
        });
    }

    /// Hands out what was gathered and closes: nothing is opened for this request from now on.
    pub fn close(&self) -> Gathered {
        self.with(|all| std::mem::replace(all, Gathered { closed: true, ..Gathered::default() }))
    }
}

impl Gathered {
    fn add<T: Any>(&mut self, thing: &T) {
        let thing: &dyn Any = thing;
        if let Some(person) = thing.downcast_ref::<Person>() {
            self.own_case(&person.records, [&person.id]);
            self.people.insert(person.id.clone());
        } else if let Some(family) = thing.downcast_ref::<Family>() {
            self.own_case(&family.records, family.members.iter().map(|member| &member.person));
            self.families.insert(family.id.clone());
        } else if let Some(incident) = thing.downcast_ref::<Incident>() {
            self.incidents.insert(incident.reference.clone());
            self.people.extend(incident.involved.iter().map(|part| part.person.clone()));
        } else if let Some(profile) = thing.downcast_ref::<HarmProfile>() {
            self.people.insert(profile.person.clone());
        } else if let Some(lines) = thing.downcast_ref::<Vec<Child>>() {
            self.people.extend(lines.iter().map(|child| child.person.clone()));
        } else if let Some(next) = thing.downcast_ref::<NextFamily>() {
            self.people.insert(next.person.clone());
        } else if let Some(home) = thing.downcast_ref::<Household>() {
            self.people.extend(home.stays.iter().map(|stay| stay.person.clone()));
        } else if let Some(today) = thing.downcast_ref::<Today>() {
            self.people.extend(today.items.iter().filter_map(|item| item.person.clone()));
        } else if let Some(fact) = thing.downcast_ref::<Fact>() {
            self.facts.insert(fact.seq);
        }
    }

    /// The viewer's own agency works with these people.
    fn own_case<'a>(
        &mut self,
        records: &BTreeMap<AgencyId, u32>,
        people: impl IntoIterator<Item = &'a PersonId>,
    ) {
        if self.by.as_ref().is_some_and(|by| records.contains_key(&by.agency)) {
            for person in people {
                self.ties.entry(person.clone()).or_insert(Tie::OwnCase);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, agency: &str) -> Person {
        let json = serde_json::json!({
            "id": id, "name": "", "names": [], "born": null, "born_otherwise": [], "expected": null, "sex": null,
            "stage": "adult", "residences": [], "phones": [], "identifiers": [], "relations": [], "families": [],
            "records": {agency: 1},
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn opened_people_are_gathered_with_what_ties_the_viewer_to_them() {
        let collector = Collector::default();
        collector.begin(Looker { agency: "police".into(), ..Looker::default() });
        collector.opened(&person("P1", "police"), Purpose::Safeguarding).unwrap();
        collector.opened(&person("P2", "health"), Purpose::Triage).unwrap();
        let gathered = collector.close();
        assert_eq!((gathered.opened, gathered.purpose.as_str()), (2, "triage"));
        assert_eq!(gathered.people.len(), 2);
        assert_eq!(gathered.ties, BTreeMap::from([("P1".into(), Tie::OwnCase)]));
    }

    #[test]
    fn nothing_is_opened_once_it_is_closed() {
        let collector = Collector::default();
        collector.close();
        assert!(collector.opened(&1_u8, Purpose::Safeguarding).is_err());
    }
}
