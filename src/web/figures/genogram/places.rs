//! Where everybody of a genogram stands: generations from top to bottom, partners side by side, children under
//! their parents from the oldest on the left to the youngest on the right.

use std::collections::{BTreeMap, BTreeSet};

use throughline_domain::ids::PersonId;
use throughline_domain::picture::shape::Person;

use super::kin::{Couple, Kin, birth_order};

/// Everybody's place: the middle of their symbol from left to right, by row.
#[must_use]
pub fn places(people: &BTreeMap<&PersonId, &Person>, kin: &Kin, gap: f64) -> BTreeMap<PersonId, f64> {
    let mut placed: BTreeMap<PersonId, f64> = BTreeMap::new();
    let last = kin.generation.values().max().copied().unwrap_or(0);
    for row in 0..=last {
        let members: Vec<&PersonId> =
            people.keys().copied().filter(|id| kin.generation.get(*id) == Some(&row)).collect();
        let order = ordered(&members, people, kin, &placed);
        let wanted: Vec<f64> = order.iter().map(|id| wanted(id, kin, &placed)).collect();
        let gaps: Vec<f64> = order.windows(2).map(|two| room(two, kin, gap)).collect();
        for (id, x) in order.iter().zip(spread(&wanted, &gaps)) {
            placed.insert((*id).clone(), x);
        }
    }
    let least = placed.values().copied().fold(f64::INFINITY, f64::min);
    if least.is_finite() {
        placed.values_mut().for_each(|x| *x -= least);
    }
    placed
}

/// Room between two neighbours: partners with many children stand further apart.
fn room(two: &[&PersonId], kin: &Kin, gap: f64) -> f64 {
    let children = |id: &PersonId| -> usize {
        let of_couples =
            kin.couples.iter().filter(|c| &c.a == id || &c.b == id).map(|c| c.children.len()).max();
        of_couples.unwrap_or(0).max(kin.single.get(id).map_or(0, Vec::len))
    };
    let most = two.iter().map(|id| children(id)).max().unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "a handful of children")]
    let needed = most as f64 * gap * 0.75;
    needed.clamp(gap, gap * 2.4)
}

/// Under the middle of the parents, or nowhere in particular.
fn wanted(id: &PersonId, kin: &Kin, placed: &BTreeMap<PersonId, f64>) -> f64 {
    for couple in &kin.couples {
        if couple.children.contains(id)
            && let (Some(a), Some(b)) = (placed.get(&couple.a), placed.get(&couple.b))
        {
            return f64::midpoint(*a, *b);
        }
    }
    let parent = kin.single.iter().find(|(_, children)| children.contains(id)).map(|(parent, _)| parent);
    parent.and_then(|parent| placed.get(parent)).copied().unwrap_or(f64::NAN)
}

/// One row from left to right: by where the parents stand, then by birth; partners next to each other.
fn ordered<'a>(
    members: &[&'a PersonId],
    people: &BTreeMap<&PersonId, &Person>,
    kin: &Kin,
    placed: &BTreeMap<PersonId, f64>,
) -> Vec<&'a PersonId> {
    let partners = |id: &PersonId| -> Vec<&'a PersonId> {
        let mut found: Vec<(&Couple, &'a PersonId)> = Vec::new();
        for couple in &kin.couples {
            let other = if &couple.a == id { &couple.b } else { &couple.a };
            if (&couple.a == id || &couple.b == id)
                && let Some(member) = members.iter().find(|member| **member == other)
            {
                found.push((couple, member));
            }
        }
        found.sort_by_key(|(couple, other)| (couple.children.is_empty(), (*other).clone()));
        found.into_iter().map(|(_, other)| other).collect()
    };
    let mut start: Vec<&'a PersonId> = members.to_vec();
    start.sort_by(|a, b| {
        let (at, bt) = (wanted(a, kin, placed), wanted(b, kin, placed));
        let by_parents =
            at.is_nan().cmp(&bt.is_nan()).then(at.partial_cmp(&bt).unwrap_or(std::cmp::Ordering::Equal));
        // Whoever has one partner begins a chain of partners; nobody with two stands at its end.
        let ends = |id: &PersonId| (partners(id).len() != 1, partners(id).is_empty());
        by_parents.then_with(|| ends(a).cmp(&ends(b))).then_with(|| {
            birth_order(people.get(*a).copied(), a).cmp(&birth_order(people.get(*b).copied(), b))
        })
    });
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    for first in start {
        let mut waiting = vec![first];
        while let Some(next) = waiting.pop() {
            if seen.insert(next) {
                order.push(next);
                waiting.extend(partners(next).into_iter().rev());
            }
        }
    }
    order
}

/// Places as near as possible to the wanted ones, in order and far enough apart.
fn spread(wanted: &[f64], gaps: &[f64]) -> Vec<f64> {
    let mut placed: Vec<f64> = Vec::with_capacity(wanted.len());
    // Those who hang from the same parents share one wish: they stand around it.
    let mut wishes: Vec<f64> = wanted.to_vec();
    let mut at = 0;
    while let Some(wish) = wanted.get(at).copied() {
        let same =
            wanted.iter().skip(at).take_while(|other| other.to_bits() == wish.to_bits()).count().max(1);
        if !wish.is_nan() {
            let inner: f64 = gaps.iter().skip(at).take(same - 1).sum();
            let mut x = wish - inner / 2.0;
            for step in 0..same {
                if let Some(slot) = wishes.get_mut(at + step) {
                    *slot = x;
                }
                x += gaps.get(at + step).copied().unwrap_or(0.0);
            }
        }
        at += same;
    }
    for (index, wish) in wishes.iter().enumerate() {
        let least = index.checked_sub(1).and_then(|before| Some(placed.get(before)? + gaps.get(before)?));
        placed.push(match (least, wish.is_nan()) {
            (None, true) => 0.0,
            (None, false) => *wish,
            (Some(least), true) => least,
            (Some(least), false) => wish.max(least),
        });
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nobody_stands_on_anybody(wishes in prop::collection::vec(prop::option::of(0.0_f64..900.0), 1..12)) {
            let wanted: Vec<f64> = wishes.iter().map(|wish| wish.unwrap_or(f64::NAN)).collect();
            let gaps = vec![90.0; wanted.len() - 1];
            let placed = spread(&wanted, &gaps);
            prop_assert_eq!(placed.len(), wanted.len());
            for two in placed.windows(2) {
                prop_assert!(two[1] - two[0] >= 89.9, "{:?}", placed);
            }
        }
    }

    #[test]
    fn brothers_and_sisters_stand_around_the_middle_of_their_parents() {
        assert_eq!(spread(&[100.0, 100.0, 100.0], &[50.0, 50.0]), [50.0, 100.0, 150.0]);
    }
}
