//! Who belongs to whom, as agencies recorded it: couples, parents and children, generations.

use std::collections::BTreeMap;

use throughline_domain::ids::PersonId;
use throughline_domain::picture::shape::Person;
use throughline_domain::record::{LifeStage, RelationKind};
use throughline_domain::when::When;

/// How two people are a couple.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bond {
    /// Recorded as married.
    Married,
    /// Recorded as partners.
    Together,
    /// Recorded as former partners.
    Parted,
    /// Parents of the same child; no relationship recorded.
    ParentsOnly,
}

/// Two people and their children.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Couple {
    /// One, on the left.
    pub a: PersonId,
    /// The other.
    pub b: PersonId,
    /// How they are a couple.
    pub bond: Bond,
    /// Their children, oldest first.
    pub children: Vec<PersonId>,
}

/// Who belongs to whom, drawn from what agencies recorded.
#[derive(Clone, Debug, Default)]
pub struct Kin {
    /// Couples.
    pub couples: Vec<Couple>,
    /// Children of whom only one parent is on the picture.
    pub single: BTreeMap<PersonId, Vec<PersonId>>,
    /// Generation of everybody, from 0 at the top.
    pub generation: BTreeMap<PersonId, usize>,
}

/// Reads kinship from the relations of people on the picture.
#[must_use]
pub fn kin(people: &BTreeMap<&PersonId, &Person>) -> Kin {
    let parents = parents(people);
    let mut bonds = bonds(people);
    for of_child in parents.values() {
        if let [a, b] = of_child.as_slice() {
            bonds.entry(pair(a, b)).or_insert(Bond::ParentsOnly);
        }
    }
    let mut couples: Vec<Couple> =
        bonds.into_iter().map(|((a, b), bond)| Couple { a, b, bond, children: Vec::new() }).collect();
    let mut single: BTreeMap<PersonId, Vec<PersonId>> = BTreeMap::new();
    let mut children: Vec<(&PersonId, &Vec<PersonId>)> =
        parents.iter().map(|(child, of)| (*child, of)).collect();
    children.sort_by_key(|(child, _)| birth_order(people.get(child).copied(), child));
    for (child, of) in children {
        match of.as_slice() {
            [a, b] => {
                let (a, b) = pair(a, b);
                if let Some(couple) = couples.iter_mut().find(|couple| couple.a == a && couple.b == b) {
                    couple.children.push(child.clone());
                }
            }
            [only] => single.entry(only.clone()).or_default().push(child.clone()),
            _ => {}
        }
    }
    let generation = generations(people, &couples, &parents);
    Kin { couples, single, generation }
}

fn pair(a: &PersonId, b: &PersonId) -> (PersonId, PersonId) {
    if a <= b { (a.clone(), b.clone()) } else { (b.clone(), a.clone()) }
}

/// Born first comes first; not yet born comes last.
pub(super) fn birth_order(person: Option<&Person>, id: &PersonId) -> (bool, Option<When>, PersonId) {
    let unborn = person.is_some_and(|p| p.stage == LifeStage::Unborn);
    (unborn, person.and_then(|p| p.born), id.clone())
}

/// The parents of each child: at most two, the best supported ones.
fn parents<'a>(people: &BTreeMap<&'a PersonId, &'a Person>) -> BTreeMap<&'a PersonId, Vec<PersonId>> {
    let mut support: BTreeMap<&PersonId, BTreeMap<&PersonId, usize>> = BTreeMap::new();
    for (id, person) in people {
        for relation in &person.relations {
            let Some((other, _)) = people.get_key_value(&relation.to) else { continue };
            let (child, parent) = match relation.is {
                RelationKind::Parent => (*other, *id),
                RelationKind::Child => (*id, *other),
                _ => continue,
            };
            if child != parent {
                *support.entry(child).or_default().entry(parent).or_default() +=
                    relation.sources.len().max(1);
            }
        }
    }
    support
        .into_iter()
        .map(|(child, parents)| {
            let mut best: Vec<(&PersonId, usize)> = parents.into_iter().collect();
            best.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
            (child, best.into_iter().take(2).map(|(parent, _)| parent.clone()).collect())
        })
        .collect()
}

/// Couples on somebody's word. Where agencies differ, the later word counts; on the same day, that they parted.
fn bonds(people: &BTreeMap<&PersonId, &Person>) -> BTreeMap<(PersonId, PersonId), Bond> {
    let mut latest: BTreeMap<(PersonId, PersonId), (Option<When>, Bond)> = BTreeMap::new();
    for (id, person) in people {
        for relation in &person.relations {
            if !people.contains_key(&relation.to) || **id == relation.to {
                continue;
            }
            let words = relation.words.to_lowercase();
            let married = ["marr", "wife", "husband", "spouse", "civil partner"]
                .iter()
                .any(|word| words.contains(word));
            let bond = match relation.is {
                RelationKind::Partner if married => Bond::Married,
                RelationKind::Partner => Bond::Together,
                RelationKind::FormerPartner => Bond::Parted,
                _ => continue,
            };
            let said = (relation.last.or(relation.first), bond);
            let known = latest.entry(pair(id, &relation.to)).or_insert(said);
            let better = match said.0.cmp(&known.0) {
                std::cmp::Ordering::Greater => true,
                std::cmp::Ordering::Less => false,
                std::cmp::Ordering::Equal => {
                    bond == Bond::Parted || bond == Bond::Married && known.1 == Bond::Together
                }
            };
            if better {
                *known = said;
            }
        }
    }
    latest.into_iter().map(|(pair, (_, bond))| (pair, bond)).collect()
}

/// Children stand one row below their parents, partners in one row. Contradictory records cannot push anybody
/// further down than five rows.
fn generations(
    people: &BTreeMap<&PersonId, &Person>,
    couples: &[Couple],
    parents: &BTreeMap<&PersonId, Vec<PersonId>>,
) -> BTreeMap<PersonId, usize> {
    const LOWEST: usize = 4;
    let adults = people.values().any(|p| !matches!(p.stage, LifeStage::Child | LifeStage::Unborn));
    let mut rows: BTreeMap<PersonId, usize> = people
        .iter()
        .map(|(id, p)| {
            let young = matches!(p.stage, LifeStage::Child | LifeStage::Unborn);
            ((*id).clone(), usize::from(young && adults))
        })
        .collect();
    for _ in 0..people.len().min(12) {
        let before = rows.clone();
        for (child, of) in parents {
            let lowest = of.iter().filter_map(|parent| rows.get(parent)).max().copied();
            if let (Some(lowest), Some(row)) = (lowest, rows.get_mut(*child)) {
                *row = (*row).max(lowest + 1).min(LOWEST);
            }
        }
        for couple in couples {
            let row =
                [&couple.a, &couple.b].iter().filter_map(|id| rows.get(*id)).max().copied().unwrap_or(0);
            for id in [&couple.a, &couple.b] {
                rows.insert(id.clone(), row);
            }
        }
        if rows == before {
            break;
        }
    }
    rows
}
