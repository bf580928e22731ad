//! What one request opens. The door tells it of every opened thing; once it is closed the door opens nothing more, so
//! that nothing can be opened after the entries of the request were written.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use throughline_domain::fact::Fact;
use throughline_domain::ids::{AgencyId, FamilyId, IncidentRef, PersonId};
use throughline_domain::looks::{Act, Entry, Looker};
use throughline_domain::picture::{
    AskedFamily, Child, Control, CriticalPoint, Family, Freshness, HarmProfile, Household, Incident,
    NextFamily, Person, Today,
};
use throughline_domain::sharing::{Purpose, Refused};

use crate::access::Sight;

/// The longest reason that is kept.
const LONGEST_REASON: usize = 2_000;

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
    /// What they see of the picture.
    pub sight: Option<Arc<Sight>>,
    /// What they did, where that is more than the address says.
    pub act: Option<Act>,
    /// Whom it is about, where it is said.
    pub about: BTreeSet<PersonId>,
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
    /// People with whom the viewer's own agency works, as what was opened says.
    pub own_case: BTreeSet<PersonId>,
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

    /// Says what they see, and so what is theirs.
    pub fn sees(&self, sight: Arc<Sight>) {
        self.with(|all| all.sight = Some(sight));
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
            all.count(purpose);
            all.add(thing);
            Ok(())
        })
    }

    /// Tells of something that the program decides by and does not show.
    pub fn read(&self, purpose: Purpose) -> Result<(), Refused> {
        self.with(|all| match all.closed {
            true => Err(Refused),
            false => {
                all.count(purpose);
                Ok(())
            }
        })
    }

    /// Names facts that are shown, of more that were read.
    pub fn facts(&self, seqs: impl IntoIterator<Item = u64>) {
        self.with(|all| all.facts.extend(seqs));
    }

    /// Says what was done, where the address alone does not: a copy that was opened is a disclosure.
    pub fn did(&self, act: Act) {
        self.with(|all| all.act = Some(act));
    }

    /// Says whom it is about, where that is not everybody who is opened.
    pub fn about<'a>(&self, people: impl IntoIterator<Item = &'a PersonId>) {
        self.with(|all| all.about.extend(people.into_iter().cloned()));
    }

    /// Keeps why, in the viewer's words.
    pub fn because(&self, reason: &str) {
        self.with(|all| all.reason = reason.trim().chars().take(LONGEST_REASON).collect());
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
    /// What it is for is what its first thing was opened for.
    fn count(&mut self, purpose: Purpose) {
        self.opened += 1;
        let word = serde_json::to_value(purpose).ok();
        if let Some(word) = word.as_ref().and_then(|word| word.as_str()).filter(|_| self.purpose.is_empty()) {
            word.clone_into(&mut self.purpose);
        }
    }

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
        } else if let Some(asked) = thing.downcast_ref::<AskedFamily>() {
            self.people.insert(asked.next.person.clone());
        } else if let Some(point) = thing.downcast_ref::<CriticalPoint>() {
            self.people.extend(point.causing_harm.iter().chain(&point.harmed).cloned());
        } else if let Some(control) = thing.downcast_ref::<Control>() {
            self.people.insert(control.person.clone());
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
            self.own_case.extend(people.into_iter().cloned());
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
        assert_eq!((gathered.opened, gathered.purpose.as_str()), (2, "safeguarding"));
        assert_eq!(gathered.people.len(), 2);
        assert_eq!(gathered.own_case, BTreeSet::from(["P1".into()]));
    }

    #[test]
    fn nothing_is_opened_once_it_is_closed() {
        let collector = Collector::default();
        collector.close();
        assert!(collector.opened(&1_u8, Purpose::Safeguarding).is_err());
        assert!(collector.read(Purpose::Safeguarding).is_err());
    }
}
