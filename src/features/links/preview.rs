//! What a decision about links would change, worked out before it is taken: the records of the people concerned are
//! linked again with it, the picture around them is drawn twice, and the differences are told.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use throughline_domain::fact::{LinkDecision, LinkVerdict, Protection};
use throughline_domain::ids::{AgencyId, MentionKey, PersonId};
use throughline_domain::picture::{self, Child, Joined, KnownRecord, NextFamily, Person, Picture};
use throughline_domain::record::Place;

use super::around::{Around, Keys, decision};
use crate::derive::{self, Settled};
use crate::features::{App, Asking};
use crate::web::shown;

/// What would change.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Change {
    /// The people as they are.
    pub before: Vec<Sketch>,
    /// The people as they would be.
    pub after: Vec<Sketch>,
    /// Records that would move to another person.
    pub moved: Vec<Moved>,
    /// Families, children, next families and kept places, each in a sentence.
    pub sentences: Vec<String>,
    /// Whether what may be shown here does not by itself give the people as they are now, so that the result may differ.
    pub uncertain: bool,
}

/// A person in few words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sketch {
    /// Their id.
    pub id: PersonId,
    /// Whether nobody has this id now.
    pub new: bool,
    /// Name and date of birth.
    pub label: String,
    /// How many records of each agency would stand on one page.
    pub records: BTreeMap<AgencyId, u32>,
}

/// A record that would move.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Moved {
    /// Its fact.
    pub seq: u64,
    /// Whose record.
    pub agency: AgencyId,
    /// Whose page it stands on now.
    pub from: PersonId,
    /// Whose page it would stand on.
    pub to: PersonId,
}

/// Works out what decisions would change.
pub fn change(
    around: &Around,
    decisions: &[LinkDecision],
    protections: &[Protection],
    asking: &Asking,
    on: Date,
) -> Change {
    let app = &asking.app;
    let as_is = linked_again(around, &around.settled(&[], &[]), app);
    let with = [unseen(around, &as_is), decisions.to_vec()].concat();
    let to_be = linked_again(around, &around.settled(&with, protections), app);
    let now = &around.records;
    let joined = Joined::Confirmed(&around.answers);
    let draw = |records: &[KnownRecord]| {
        let mut drawn = picture::draw_with(records, &app.settings, &around.kept, joined, on);
        drawn.asked.retain(|asked| asking.sight.may(asked));
        drawn
    };
    let (before, after) = (draw(now), draw(&to_be));
    let mut moved = BTreeSet::new();
    for (old, new) in now.iter().zip(&to_be) {
        for (from, to) in old.persons.iter().zip(&new.persons).filter(|(from, to)| from != to) {
            let (from, to) = (from.clone(), to.clone());
            moved.insert(Moved { seq: old.seq, agency: old.agency.clone(), from, to });
        }
    }
    let touched: BTreeSet<&PersonId> =
        around.concerned.iter().chain(moved.iter().flat_map(|moved| [&moved.from, &moved.to])).collect();
    let sketch = |picture: &Picture| -> Vec<Sketch> {
        let here = touched.iter().filter_map(|id| picture.people.get(*id));
        here.map(|person| Sketch {
            id: person.id.clone(),
            new: !before.people.contains_key(&person.id),
            label: labelled(person, on),
            records: person.records.clone(),
        })
        .collect()
    };
    Change {
        before: sketch(&before),
        after: sketch(&after),
        sentences: differences(&before, &after, &touched, on),
        uncertain: now.iter().zip(&as_is).any(|(now, then)| now.persons != then.persons),
        moved: moved.into_iter().collect(),
    }
}

/// Links that hold the people concerned together only thanks to records that are not looked at here: taken as given, so
/// that a preview tells what the decision changes and nothing else. A decision about the same mentions counts for more.
fn unseen(around: &Around, as_is: &[KnownRecord]) -> Vec<LinkDecision> {
    let mut person: BTreeMap<MentionKey, &PersonId> = BTreeMap::new();
    for known in as_is {
        for (mention, id) in known.record.people.iter().zip(&known.persons) {
            person.insert(derive::key_of(known, mention), id);
        }
    }
    let lost = around.holding.iter().filter_map(|link| {
        let (a, b) = (around.key_at(link.a, &link.a_sub)?, around.key_at(link.b, &link.b_sub)?);
        let lost = person.get(&a) != person.get(&b);
        let sides = (Keys::from([a]), Keys::from([b]));
        lost.then(|| decision((&sides.0, None), (&sides.1, None), LinkVerdict::Same, "", ""))?
    });
    lost.collect()
}

/// The records with who their people would be, by the ids they would have. Only the people concerned change.
fn linked_again(around: &Around, settled: &Settled, app: &App) -> Vec<KnownRecord> {
    let mut again = around.records.clone();
    derive::relink(&mut again, settled, &around.remembered, &around.model, &app.linkage);
    let touched: BTreeSet<PersonId> = around
        .records
        .iter()
        .zip(&again)
        .flat_map(|(old, new)| old.persons.iter().zip(&new.persons))
        .filter(|(person, _)| around.concerned.contains(*person))
        .map(|(_, group)| group.clone())
        .collect();
    for (old, new) in around.records.iter().zip(&mut again) {
        for (person, group) in old.persons.iter().zip(&mut new.persons) {
            if !touched.contains(group) {
                group.clone_from(person);
            }
        }
    }
    again
}

/// A person in words.
pub fn labelled(person: &Person, on: Date) -> String {
    let label = shown::label(person, on);
    format!("{}, {}", label.name, label.born)
}

fn differences(before: &Picture, after: &Picture, touched: &BTreeSet<&PersonId>, on: Date) -> Vec<String> {
    let name = |id: &PersonId| {
        let person = after.people.get(id).or_else(|| before.people.get(id));
        person.map_or_else(|| "somebody".to_owned(), |person| labelled(person, on))
    };
    // Whose page goes altogether stands in the lists of people already.
    let there = |id: &PersonId| after.people.contains_key(id);
    let mut told = Vec::new();
    families(before, after, &name, &there, &mut told);
    let lines = |picture: &Picture| -> BTreeSet<(PersonId, String)> {
        let of = |line: &Child| {
            let family = picture.families.get(&line.family).map(|family| family.name.clone());
            (line.person.clone(), family.unwrap_or_default())
        };
        picture.children.iter().map(of).collect()
    };
    let place = |family: &str| match family {
        "" => "with no family".to_owned(),
        family => format!("in the {family} family"),
    };
    let (old, new) = (lines(before), lines(after));
    for (child, family) in new.difference(&old) {
        told.push(format!("{} would be listed as a child {}.", name(child), place(family)));
    }
    for (child, family) in old.difference(&new).filter(|(child, _)| there(child)) {
        told.push(format!("{} would no longer be listed as a child {}.", name(child), place(family)));
    }
    for id in touched {
        let gap = |picture: &Picture| -> Option<String> {
            picture.children.iter().find(|line| line.person == **id).map(|line| line.gap.clone())
        };
        if let (Some(was), Some(is)) = (gap(before), gap(after))
            && was != is
        {
            let is = if is.is_empty() { "nothing missing".to_owned() } else { is };
            told.push(format!("For {}, what is missing would read: {is}", name(id)));
        }
    }
    let next = |picture: &Picture| -> BTreeSet<(PersonId, String)> {
        let of = |sign: &NextFamily| {
            let with = sign.new_partner.iter().chain(&sign.children).map(&name).collect::<Vec<_>>();
            (
                sign.person.clone(),
                if with.is_empty() { "a new household".to_owned() } else { with.join("; ") },
            )
        };
        // What is no more than a suspicion is told to whoever is to confirm it.
        let asked = picture.asked.iter().map(|asked| &asked.next);
        picture.next_families.iter().chain(asked).map(of).collect()
    };
    let (old, new) = (next(before), next(after));
    for (person, with) in new.difference(&old) {
        told.push(format!("{} would show as perhaps having joined another family: {with}.", name(person)));
    }
    for (person, with) in old.difference(&new) {
        told.push(format!(
            "{} would no longer show as perhaps having joined another family: {with}.",
            name(person)
        ));
    }
    let harm = |picture: &Picture| -> BTreeSet<PersonId> { picture.harm.keys().cloned().collect() };
    for person in harm(after).difference(&harm(before)) {
        told.push(format!("{} would have a page as a person causing harm.", name(person)));
    }
    for person in harm(before).difference(&harm(after)).filter(|person| there(person)) {
        told.push(format!("{} would no longer have a page as a person causing harm.", name(person)));
    }
    let kept = |picture: &Picture, id: &PersonId| {
        let person = picture.people.get(id);
        person.map_or(0, |person| {
            person.residences.iter().filter(|s| matches!(s.place, Place::Kept(_))).count()
        })
    };
    for id in touched {
        match (kept(before, id), kept(after, id)) {
            (was, is) if was == is => {}
            (was, is) => told.push(format!(
                "Kept addresses on the page of {}: {was} now, {is} then. None is shown either way.",
                name(id)
            )),
        }
    }
    told
}

fn families(
    before: &Picture,
    after: &Picture,
    name: &impl Fn(&PersonId) -> String,
    there: &impl Fn(&PersonId) -> bool,
    told: &mut Vec<String>,
) {
    for (id, family) in &before.families {
        let Some(then) = after.families.get(id) else {
            told.push(format!(
                "The {} family would no longer be listed under its present page.",
                family.name
            ));
            continue;
        };
        let members = |family: &picture::Family| -> BTreeSet<PersonId> {
            family.members.iter().map(|member| member.person.clone()).collect()
        };
        for person in members(then).difference(&members(family)) {
            told.push(format!("{} would be part of the {} family.", name(person), then.name));
        }
        for person in members(family).difference(&members(then)).filter(|person| there(person)) {
            told.push(format!("{} would no longer be part of the {} family.", name(person), family.name));
        }
    }
    for family in after.families.values().filter(|family| !before.families.contains_key(&family.id)) {
        let members: Vec<String> = family.members.iter().map(|member| name(&member.person)).collect();
        told.push(format!("There would be a {} family: {}.", family.name, members.join("; ")));
    }
}
