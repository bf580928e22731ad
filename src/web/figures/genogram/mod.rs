//! The family as professionals draw it: symbols and lines of the field's genogram, with an arrow from the person
//! causing harm. Drawn from records only, with a key, because authors vary.

mod kin;
mod lines;
mod loops;
mod places;
mod plan;
mod symbols;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use throughline_domain::ids::{HouseholdId, PersonId};
use throughline_domain::picture::shape::{HarmProfile, Person};
use throughline_domain::record::RelationKind;

use super::Figure;
use super::svg::Drawing;
use crate::web::shown;
use lines::{draw_couple, draw_harm, draw_single};
use loops::together;
use plan::{Plan, plan};
use symbols::{bond_words, draw_person, key, sex_words};

const GAP: f64 = 128.0;
const HALF: f64 = 23.0;
const MARGIN: f64 = 80.0;

/// Everything drawn.
pub struct Genogram<'a> {
    /// Everybody on the picture.
    pub people: Vec<&'a Person>,
    /// Harm between them: who caused it, whom it harmed.
    pub harm: Vec<(PersonId, PersonId)>,
    /// Homes of people who live together now, as far as recorded, each with its letter.
    pub homes: Vec<(String, BTreeSet<PersonId>)>,
    /// The day for ages.
    pub today: Date,
}

/// Who harmed whom among the people of a picture: by incidents and by what agencies recorded.
#[must_use]
pub fn harm<'a>(
    profiles: impl IntoIterator<Item = &'a HarmProfile>,
    people: impl IntoIterator<Item = &'a Person>,
) -> Vec<(PersonId, PersonId)> {
    let by_incident = profiles.into_iter().flat_map(|profile| {
        profile.victims.iter().map(|victim| (profile.person.clone(), victim.person.clone()))
    });
    let by_word = people.into_iter().flat_map(|person| {
        let said = person.relations.iter().filter(|relation| relation.is == RelationKind::CausesHarmTo);
        said.map(|relation| (person.id.clone(), relation.to.clone()))
    });
    by_incident.chain(by_word).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Homes of two or more who live together on a day, as far as recorded, each with its letter.
#[must_use]
pub fn homes_on<'a>(
    people: impl IntoIterator<Item = &'a Person>,
    letters: &BTreeMap<HouseholdId, String>,
    today: Date,
) -> Vec<(String, BTreeSet<PersonId>)> {
    let mut groups: BTreeMap<&HouseholdId, BTreeSet<PersonId>> = BTreeMap::new();
    for person in people {
        for stay in &person.residences {
            let since = stay.from.is_none_or(|from| from.first_day() <= today);
            let still = stay.to.is_none_or(|to| to.last_day() >= today);
            if since && still && !shown::is_weak(stay.basis) {
                groups.entry(&stay.household).or_default().insert(person.id.clone());
            }
        }
    }
    let lettered = groups.into_iter().filter(|(_, group)| group.len() > 1);
    lettered.map(|(home, group)| (letters.get(home).cloned().unwrap_or_default(), group)).collect()
}

/// Draws the family.
#[must_use]
pub fn draw(id: &str, family: &Genogram<'_>) -> Figure {
    if family.people.is_empty() {
        return Figure::nothing(id, "Nobody is recorded in this family.");
    }
    let plan = plan(family);
    let widest = plan.x.values().copied().fold(0.0, f64::max);
    let mut drawing = Drawing::new((widest + 2.0 * MARGIN).max(720.0), plan.bottom);
    for (letter, group) in &family.homes {
        together(&mut drawing, &plan, letter, group);
    }
    for couple in &plan.kin.couples {
        draw_couple(&mut drawing, &plan, couple);
    }
    for (parent, children) in &plan.kin.single {
        draw_single(&mut drawing, &plan, parent, children);
    }
    for (from, to) in &family.harm {
        draw_harm(&mut drawing, &plan, from, to, family.harm.contains(&(to.clone(), from.clone())));
    }
    for person in &family.people {
        draw_person(&mut drawing, &plan, person, family.today);
    }
    key(&mut drawing, plan.bottom, family, &plan);
    let title = sentence(family, &plan);
    let description = "Symbols for people, lines for couples and children, arrows for recorded harm. The table below has the same facts.";
    let (head, rows) = twin(family, &plan);
    Figure { id: id.to_owned(), svg: drawing.finish(id, &title, description), title, head, rows }
}

fn sentence(family: &Genogram<'_>, plan: &Plan<'_>) -> String {
    let harmers: BTreeSet<&PersonId> =
        family.harm.iter().map(|(from, _)| from).filter(|id| plan.people.contains_key(id)).collect();
    let names: Vec<&str> =
        harmers.iter().filter_map(|id| plan.people.get(*id)).map(|person| person.name.as_str()).collect();
    let who = match names.as_slice() {
        [] => "no harm between them is recorded".to_owned(),
        [one] => format!("{one} is recorded as causing harm"),
        [rest @ .., last] => format!("{} and {last} are recorded as causing harm", rest.join(", ")),
    };
    format!("The family as recorded: {}; {who}.", shown::count(family.people.len(), "person", "people"))
}

fn twin(family: &Genogram<'_>, plan: &Plan<'_>) -> (Vec<String>, Vec<Vec<String>>) {
    let head = ["Who", "Recorded as", "Parents", "Partners", "Harm recorded", "Lives now with"]
        .map(ToOwned::to_owned)
        .to_vec();
    let name = |id: &PersonId| plan.people.get(id).map(|person| shown::label(person, family.today).name);
    let list =
        |names: Vec<String>, none: &str| if names.is_empty() { none.to_owned() } else { names.join("; ") };
    let mut order: Vec<&&Person> = family.people.iter().collect();
    order.sort_by(|a, b| {
        let place =
            |p: &Person| (plan.kin.generation.get(&p.id).copied(), plan.x.get(&p.id).copied().unwrap_or(0.0));
        let ((ag, ax), (bg, bx)) = (place(a), place(b));
        ag.cmp(&bg).then(ax.total_cmp(&bx))
    });
    let rows = order.iter().map(|person| {
        let id = &person.id;
        let label = shown::label(person, family.today);
        let mut parents: Vec<String> = Vec::new();
        let mut partners: Vec<String> = Vec::new();
        for couple in &plan.kin.couples {
            if couple.children.contains(id) {
                parents.extend([name(&couple.a), name(&couple.b)].into_iter().flatten());
            }
            if &couple.a == id || &couple.b == id {
                let other = if &couple.a == id { &couple.b } else { &couple.a };
                partners.extend(name(other).map(|other| format!("{other} ({})", bond_words(couple.bond))));
            }
        }
        parents.extend(
            plan.kin.single.iter().filter(|(_, of)| of.contains(id)).filter_map(|(parent, _)| name(parent)),
        );
        let caused = family
            .harm
            .iter()
            .filter(|(from, _)| from == id)
            .filter_map(|(_, to)| name(to))
            .map(|n| format!("caused harm to {n}"));
        let suffered = family
            .harm
            .iter()
            .filter(|(_, to)| to == id)
            .filter_map(|(from, _)| name(from))
            .map(|n| format!("harmed by {n}"));
        let with = family
            .homes
            .iter()
            .map(|(_, group)| group)
            .filter(|group| group.contains(id))
            .flatten()
            .filter(|other| *other != id)
            .filter_map(name);
        vec![
            label.name,
            format!("{}, {}", sex_words(person), label.born),
            list(parents, "not recorded"),
            list(partners, "none recorded"),
            list(caused.chain(suffered).collect(), "none recorded"),
            list(with.collect::<BTreeSet<_>>().into_iter().collect(), "not recorded"),
        ]
    });
    (head, rows.collect())
}
