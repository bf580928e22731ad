//! Where rows, lines and arrows of a genogram run, so that none hides another.

use std::collections::{BTreeMap, BTreeSet};

use throughline_domain::ids::PersonId;
use throughline_domain::picture::shape::Person;

use super::kin::{Kin, kin};
use super::places::places;
use super::{GAP, Genogram, HALF, MARGIN};

const RAIL: f64 = 9.0;

/// Where everything of the picture is.
pub(super) struct Plan<'a> {
    /// Everybody.
    pub(super) people: BTreeMap<&'a PersonId, &'a Person>,
    /// Who belongs to whom.
    pub(super) kin: Kin,
    /// Middle of each symbol from left to right.
    pub(super) x: BTreeMap<PersonId, f64>,
    /// Middle of each row.
    pub(super) y: BTreeMap<usize, f64>,
    /// Where the picture ends and its key begins.
    pub(super) bottom: f64,
    /// Height of harm arrows that pass over somebody.
    pub(super) arcs: BTreeMap<(PersonId, PersonId), f64>,
    /// Step of each couple’s line.
    pub(super) depth: BTreeMap<(PersonId, PersonId), usize>,
    /// Lowest line of couples in each row.
    pub(super) deepest: BTreeMap<usize, f64>,
}

impl Plan<'_> {
    /// The middle of somebody’s symbol.
    pub(super) fn at(&self, id: &PersonId) -> Option<(f64, f64)> {
        let row = self.kin.generation.get(id)?;
        Some((*self.x.get(id)?, *self.y.get(row)?))
    }

    /// Whether lines leave somebody downwards, so that their name stands above.
    pub(super) fn has_row_below(&self, id: &PersonId) -> bool {
        self.kin.couples.iter().any(|couple| &couple.a == id || &couple.b == id)
            || self.kin.single.contains_key(id)
    }

    /// Place and row of somebody.
    pub(super) fn at_row(&self, id: &PersonId) -> Option<(f64, usize)> {
        Some((*self.x.get(id)?, *self.kin.generation.get(id)?))
    }
}

/// Gives everybody a place and every line a height.
pub(super) fn plan<'a>(family: &Genogram<'a>) -> Plan<'a> {
    let people: BTreeMap<&PersonId, &Person> =
        family.people.iter().map(|person| (&person.id, *person)).collect();
    let kin = kin(&people);
    let mut x = places(&people, &kin, GAP);
    x.values_mut().for_each(|x| *x += MARGIN);
    let depth = depths(&kin, &x);
    let mut plan = Plan {
        people,
        kin,
        x,
        y: BTreeMap::new(),
        bottom: 0.0,
        arcs: BTreeMap::new(),
        depth,
        deepest: BTreeMap::new(),
    };
    let rows = plan.kin.generation.values().max().copied().unwrap_or(0);
    let mut y = 20.0;
    for row in 0..=rows {
        let in_row = |id: &PersonId| plan.kin.generation.get(id) == Some(&row);
        for pair in family.harm.iter().filter(|(from, to)| in_row(from) && in_row(to)) {
            if !neighbours(&plan, &pair.0, &pair.1)
                && plan.x.contains_key(&pair.0)
                && plan.x.contains_key(&pair.1)
            {
                plan.arcs.insert(pair.clone(), y);
                y += 20.0;
            }
        }
        y += 44.0 + HALF;
        plan.y.insert(row, y);
        let couples = plan.kin.couples.iter().filter(|couple| in_row(&couple.a));
        let deepest = couples
            .map(|couple| plan.depth.get(&(couple.a.clone(), couple.b.clone())).copied().unwrap_or(0))
            .max();
        #[expect(clippy::cast_precision_loss, reason = "a handful of couples")]
        let below = deepest.map_or(8.0, |deepest| (deepest + 1) as f64 * 22.0);
        plan.deepest.insert(row, y + HALF + below);
        let rails =
            plan.kin.couples.iter().filter(|couple| in_row(&couple.a) && !couple.children.is_empty()).count();
        let single = plan.kin.single.keys().filter(|id| in_row(id)).count();
        #[expect(clippy::cast_precision_loss, reason = "a handful of couples")]
        let rails = (rails + single) as f64 * RAIL;
        y += HALF + below + rails + if row < rows { 26.0 } else { 44.0 };
    }
    plan.bottom = y;
    plan
}

/// How deep the line of each couple hangs: lines that would cross hang one below the other.
fn depths(kin: &Kin, x: &BTreeMap<PersonId, f64>) -> BTreeMap<(PersonId, PersonId), usize> {
    let mut lines: Vec<(f64, f64, usize, (PersonId, PersonId))> = kin
        .couples
        .iter()
        .filter_map(|couple| {
            let (a, b) = (*x.get(&couple.a)?, *x.get(&couple.b)?);
            let row = *kin.generation.get(&couple.a)?;
            Some((a.min(b), a.max(b), row, (couple.a.clone(), couple.b.clone())))
        })
        .collect();
    lines.sort_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)).then_with(|| a.3.cmp(&b.3)));
    let mut placed: Vec<(f64, f64, usize, usize)> = Vec::new();
    let mut found = BTreeMap::new();
    for (left, right, row, pair) in lines {
        let taken: BTreeSet<usize> = placed
            .iter()
            .filter(|(l, r, other, _)| *other == row && *l <= right && left <= *r)
            .map(|(_, _, _, depth)| *depth)
            .collect();
        let depth = (0..).find(|depth| !taken.contains(depth)).unwrap_or(0);
        placed.push((left, right, row, depth));
        found.insert(pair, depth);
    }
    found
}

fn neighbours(plan: &Plan<'_>, a: &PersonId, b: &PersonId) -> bool {
    let (Some((ax, ay)), Some((bx, by))) = (plan.at_row(a), plan.at_row(b)) else { return false };
    let between = |x: f64| x > ax.min(bx) + 1.0 && x < ax.max(bx) - 1.0;
    ay == by
        && !plan
            .x
            .iter()
            .any(|(id, x)| plan.kin.generation.get(id) == Some(&ay) && id != a && id != b && between(*x))
}

/// How far down the line along the children of a couple runs: below every couple's line of its row, and each
/// couple's on its own height, so that no child seems to hang from two couples.
pub(super) fn rail(plan: &Plan<'_>, parent: &PersonId, x: f64) -> f64 {
    let row = plan.kin.generation.get(parent).copied().unwrap_or(0);
    let middles = plan.kin.couples.iter().filter(|couple| !couple.children.is_empty()).filter_map(|couple| {
        let (a, b) = (plan.at_row(&couple.a)?, plan.at_row(&couple.b)?);
        (a.1 == row).then_some(f64::midpoint(a.0, b.0))
    });
    let singles =
        plan.kin.single.keys().filter_map(|id| plan.at_row(id)).filter(|at| at.1 == row).map(|at| at.0);
    let before = middles.chain(singles).filter(|other| *other < x - 1.0).count();
    #[expect(clippy::cast_precision_loss, reason = "a handful of couples")]
    let step = before as f64 * RAIL;
    plan.deepest.get(&row).copied().unwrap_or(0.0) + 4.0 + step
}
