//! Nothing is refused wrongly: what somebody may see opens, is found by name, and stands where it is about somebody.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::visit::{Depth, Visit, search};
use super::{Eyes, Kind, look};
use crate::Outcome;
use crate::talk::Ask;
use crate::text::known::Id;

/// The people whose pages somebody must be able to open: everybody of the picture for those who oversee; for others those
/// who were allocated to them. Those who stand in a record with somebody they are barred from may be shown less, and that
/// is right.
fn theirs(eyes: &Eyes) -> BTreeSet<Id> {
    let people = eyes.known.people.difference(&eyes.known.beside_barred);
    let mine = |id: &&Id| eyes.audience.oversees || eyes.standing.allocated.contains(*id);
    people.filter(mine).cloned().collect()
}

impl Visit<'_> {
    /// Everybody of theirs opens, is found by name, and their lines stand on their pages.
    pub(super) fn must(&mut self, depth: Depth) -> Outcome<()> {
        let eyes = self.eyes;
        let mut pages: HashMap<Id, HashSet<String>> = HashMap::new();
        let every = if eyes.audience.oversees { depth.every } else { 1 };
        for id in theirs(eyes).into_iter().skip(depth.turn % every.max(1)).step_by(every.max(1)) {
            self.opens(&id, &mut pages)?;
        }
        if !eyes.audience.oversees {
            // They may open the members of the families that are allocated to them.
            let members: BTreeSet<Id> = self.members(pages.keys());
            for id in members.difference(&eyes.known.beside_barred) {
                if !pages.contains_key(id) {
                    self.opens(id, &mut pages)?;
                }
            }
        }
        for (word, on) in &eyes.known.must {
            // It stands on the page of one of those it is about; which of them, others than those who oversee may not open.
            let owed = eyes.audience.oversees || on.iter().all(|id| pages.contains_key(id));
            let shown: Vec<_> = on.iter().map(|id| pages.get(id)).collect();
            let missing = |words: &Option<&HashSet<String>>| words.is_some_and(|words| !words.contains(word));
            if owed && !shown.is_empty() && shown.iter().all(missing) {
                let what = self.tell(word);
                let ask = Ask::get(&format!("/api/people/{}", on.iter().next().cloned().unwrap_or_default()));
                self.find(Kind::WrongRefusal, "chronology", &ask, what);
            }
            self.report.probe("chronology");
        }
        Ok(())
    }

    /// Somebody opens, is found by every name that may be known, and their families open.
    fn opens(&mut self, id: &Id, pages: &mut HashMap<Id, HashSet<String>>) -> Outcome<()> {
        let eyes = self.eyes;
        let ask = Ask::get(&format!("/api/people/{id}"));
        let answer = self.look("people", &ask)?;
        if answer.status != 200 {
            self.find(Kind::WrongRefusal, "people", &ask, format!("status {}", answer.status));
        }
        pages.insert(id.clone(), look::words(&answer.body).into_iter().collect());
        for name in self.setting.linked.names.get(id).into_iter().flatten() {
            if !eyes.known.may.contains(name) {
                continue;
            }
            let ask = search(name);
            let answer = self.look("search", &ask)?;
            if !answer.body.contains(id.as_str()) {
                self.find(Kind::WrongRefusal, "search", &ask, format!("{name} finds nobody"));
            }
        }
        let families: Vec<&Id> = self
            .catalogue
            .families
            .iter()
            // Families are those of one picture; in another somebody may be in none.
            .filter(|(family, members)| members.contains(id) && answer.body.contains(family.as_str()))
            .map(|(family, _)| family)
            .collect();
        for family in families {
            let ask = Ask::get(&format!("/api/families/{family}"));
            let answer = self.look("families", &ask)?;
            if answer.status != 200 {
                self.find(Kind::WrongRefusal, "families", &ask, format!("status {}", answer.status));
            }
        }
        Ok(())
    }

    /// Whoever stands in a family with one of these people, as the viewer is shown these families.
    fn members<'a>(&self, people: impl Iterator<Item = &'a Id>) -> BTreeSet<Id> {
        let mut members = BTreeSet::new();
        for id in people {
            let Ok(answer) = self.ask(&Ask::get(&format!("/api/people/{id}"))) else { continue };
            let answer = answer.json();
            let families = answer.get("families").and_then(serde_json::Value::as_array);
            for family in families.into_iter().flatten() {
                let listed =
                    family.get("members").and_then(serde_json::Value::as_array).into_iter().flatten();
                let person = |member: &serde_json::Value| Some(member.get("person")?.as_str()?.to_owned());
                members.extend(listed.filter_map(person));
            }
        }
        members
    }

    /// Whoever oversees the work of an agency finds what it asked, was asked and proposed, and opens the copy made for it.
    pub(super) fn papers(&mut self) -> Outcome<()> {
        let (eyes, catalogue) = (self.eyes, self.catalogue);
        let agency = eyes.audience.agency.as_str();
        let theirs = |paper: &&super::papers::Paper| {
            paper.agencies.contains(agency)
                && eyes.standing.barred.is_disjoint(&paper.about)
                && eyes.audience.oversees
        };
        for paper in catalogue.papers.0.iter().filter(theirs) {
            let one = match paper.release {
                true => format!("/release/{}", paper.seq),
                false => format!("/api/requests/{}", paper.seq),
            };
            let mut asks = vec![(one, paper.words.iter().take(1).cloned().collect::<HashSet<_>>())];
            if let Some((_, words)) = paper.copy.as_ref().filter(|(to, _)| *to == agency) {
                asks.push((format!("/request/{}/copy", paper.seq), words.clone()));
            }
            for (path, wanted) in asks {
                let ask = Ask::get(&path);
                let answer = self.look("requests", &ask)?;
                let found = look::words(&answer.body);
                if answer.status != 200 || !wanted.iter().any(|word| found.contains(word)) {
                    self.find(
                        Kind::WrongRefusal,
                        "requests",
                        &ask,
                        format!("status {}, not what was asked", answer.status),
                    );
                }
            }
        }
        Ok(())
    }
}
