//! The family as professionals draw it: symbols and lines of the field's genogram, with an arrow from the person
//! causing harm. Drawn from records only, with a key, because authors vary.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::shape::{HarmProfile, Person};
use throughline_domain::record::{LifeStage, RelationKind, Sex};

use super::Figure;
use super::layout::{Bond, Couple, Kin, kin, places};
use super::svg::{Drawing, INK, PALETTE, cut};
use crate::web::shown;

const GAP: f64 = 128.0;
const SIZE: f64 = 46.0;
const HALF: f64 = SIZE / 2.0;
const MARGIN: f64 = 80.0;
const RAIL: f64 = 9.0;
const HARM: &str = "#801650";

/// Everything drawn.
pub struct Genogram<'a> {
    /// Everybody on the picture.
    pub people: Vec<&'a Person>,
    /// Harm between them: who caused it, whom it harmed.
    pub harm: Vec<(PersonId, PersonId)>,
    /// Groups of people who live together now, as far as recorded.
    pub homes: Vec<BTreeSet<PersonId>>,
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

/// Groups of two or more who live together on a day, as far as recorded.
#[must_use]
pub fn homes_on<'a>(people: impl IntoIterator<Item = &'a Person>, today: Date) -> Vec<BTreeSet<PersonId>> {
    let mut groups = BTreeMap::new();
    for person in people {
        for stay in &person.residences {
            let since = stay.from.is_none_or(|from| from.first_day() <= today);
            let still = stay.to.is_none_or(|to| to.last_day() >= today);
            if since && still && !shown::is_weak(stay.basis) {
                groups.entry(&stay.household).or_insert_with(BTreeSet::new).insert(person.id.clone());
            }
        }
    }
    let together: BTreeSet<BTreeSet<PersonId>> =
        groups.into_values().filter(|group| group.len() > 1).collect();
    together.into_iter().collect()
}

struct Plan<'a> {
    people: BTreeMap<&'a PersonId, &'a Person>,
    kin: Kin,
    x: BTreeMap<PersonId, f64>,
    y: BTreeMap<usize, f64>,
    bottom: f64,
    arcs: BTreeMap<(PersonId, PersonId), f64>,
    depth: BTreeMap<(PersonId, PersonId), usize>,
    deepest: BTreeMap<usize, f64>,
}

impl Plan<'_> {
    fn at(&self, id: &PersonId) -> Option<(f64, f64)> {
        let row = self.kin.generation.get(id)?;
        Some((*self.x.get(id)?, *self.y.get(row)?))
    }

    fn has_row_below(&self, id: &PersonId) -> bool {
        self.kin.couples.iter().any(|couple| &couple.a == id || &couple.b == id)
            || self.kin.single.contains_key(id)
    }
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
    for group in &family.homes {
        together(&mut drawing, &plan, group);
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

fn plan<'a>(family: &Genogram<'a>) -> Plan<'a> {
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

impl Plan<'_> {
    fn at_row(&self, id: &PersonId) -> Option<(f64, usize)> {
        Some((*self.x.get(id)?, *self.kin.generation.get(id)?))
    }
}

fn draw_couple(drawing: &mut Drawing, plan: &Plan<'_>, couple: &Couple) {
    let (Some(a), Some(b)) = (plan.at(&couple.a), plan.at(&couple.b)) else { return };
    let (left, right) = if a.0 <= b.0 { (a, b) } else { (b, a) };
    let depth = plan.depth.get(&(couple.a.clone(), couple.b.clone())).copied().unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "a handful of couples")]
    let step = depth as f64;
    // Lines of several partners leave a symbol side by side, the deeper ones further out.
    let inset = 12.0 - 5.0 * step.min(4.0);
    let y = left.1 + HALF + 18.0 + step * 22.0;
    let (lx, rx) = (left.0 + inset, right.0 - inset);
    drawing.open(bond_words(couple.bond));
    let shape = drawing.path(&[(lx, left.1 + HALF), (lx, y), (rx, y), (rx, right.1 + HALF)], false);
    let shape = shape.set("fill", "none").set("stroke", INK).set("stroke-width", "2");
    match couple.bond {
        Bond::Married | Bond::Parted => shape.draw(),
        Bond::Together => shape.set("stroke-dasharray", "8 4").draw(),
        Bond::ParentsOnly => shape.set("stroke-dasharray", "2 4").draw(),
    }
    let middle = f64::midpoint(lx, rx);
    if couple.bond == Bond::Parted {
        let x = f64::midpoint(lx, middle);
        drawing.line((x - 5.0, y + 9.0), (x + 5.0, y - 9.0)).set("stroke-width", "2.5").draw();
    }
    drawing.close();
    hang(drawing, plan, (middle, y), &couple.children, rail(plan, &couple.a, middle));
}

/// How far down the line along the children of a couple runs: below every couple's line of its row, and each
/// couple's on its own height, so that no child seems to hang from two couples.
fn rail(plan: &Plan<'_>, parent: &PersonId, x: f64) -> f64 {
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

fn draw_single(drawing: &mut Drawing, plan: &Plan<'_>, parent: &PersonId, children: &[PersonId]) {
    if let Some((x, y)) = plan.at(parent) {
        // Beside the lines of couples, which leave the symbol on the side of the partner.
        let partners = plan.kin.couples.iter().filter(|couple| &couple.a == parent || &couple.b == parent);
        let sides: Vec<bool> = partners
            .filter_map(|couple| plan.at(if &couple.a == parent { &couple.b } else { &couple.a }))
            .map(|(other, _)| other > x)
            .collect();
        let aside = match (sides.contains(&true), sides.contains(&false)) {
            (true, false) => -15.0,
            (false, true) => 15.0,
            _ => 0.0,
        };
        let edge = if aside == 0.0 { HALF } else { HALF * 0.75 };
        hang(drawing, plan, (x + aside, y + edge), children, rail(plan, parent, x));
    }
}

/// Hangs children from a point: down, along, down again.
fn hang(drawing: &mut Drawing, plan: &Plan<'_>, (x, y): (f64, f64), children: &[PersonId], rail: f64) {
    let places: Vec<(f64, f64)> = children.iter().filter_map(|child| plan.at(child)).collect();
    let top = places.iter().map(|(_, child_y)| child_y - HALF).fold(f64::INFINITY, f64::min);
    if !top.is_finite() {
        return;
    }
    let rail = rail.max(y).min(top - 6.0);
    for (child_x, child_y) in places {
        let line = [(x, y), (x, rail), (child_x, rail), (child_x, child_y - HALF)];
        drawing.path(&line, false).set("fill", "none").set("stroke", INK).set("stroke-width", "1.5").draw();
    }
}

fn draw_person(drawing: &mut Drawing, plan: &Plan<'_>, person: &Person, today: Date) {
    let Some((x, y)) = plan.at(&person.id) else { return };
    let label = shown::label(person, today);
    drawing.open(&format!("{}, {}, {}", label.name, sex_words(person), label.born));
    symbol(drawing, person, x, y, HALF);
    let inside = match person.stage {
        LifeStage::Unborn => String::new(),
        _ => match person.born {
            Some(born) => shown::age(born, today).map_or_else(|| about(born, today), |age| age.to_string()),
            None => "?".to_owned(),
        },
    };
    drawing.text(x, y + 5.0, 15.0, &inside).set("text-anchor", "middle").set("font-weight", "bold").draw();
    let (first, last) = halves(&label.name);
    let lines: Vec<&str> =
        [first.as_str(), last.as_str()].into_iter().filter(|line| !line.is_empty()).collect();
    #[expect(clippy::cast_precision_loss, reason = "one or two lines")]
    let above = y - HALF - 8.0 - (lines.len().saturating_sub(1)) as f64 * 14.0;
    let mut line_y = if plan.has_row_below(&person.id) { above } else { y + HALF + 16.0 };
    for line in lines {
        let words = drawing.text(x, line_y, 13.0, &cut(line, 16)).set("text-anchor", "middle");
        // A white edge keeps the name readable where a line passes behind it.
        words.set("stroke", "#FFFFFF").set("stroke-width", "4").set("paint-order", "stroke").draw();
        line_y += 14.0;
    }
    drawing.close();
}

/// An age that is known to about a year.
fn about(born: throughline_domain::when::When, today: Date) -> String {
    format!("~{}", today.year() - born.first_day().year())
}

fn symbol(drawing: &mut Drawing, person: &Person, x: f64, y: f64, half: f64) {
    let points = if person.stage == LifeStage::Unborn {
        Some(vec![(x, y - half), (x + half, y + half), (x - half, y + half)])
    } else {
        match person.sex {
            Some(Sex::Male) => Some(vec![
                (x - half, y - half),
                (x + half, y - half),
                (x + half, y + half),
                (x - half, y + half),
            ]),
            Some(Sex::Female) => None,
            None => Some(vec![(x, y - half), (x + half, y), (x, y + half), (x - half, y)]),
        }
    };
    let shape = match points {
        Some(points) => drawing.path(&points, true),
        None => drawing.shape("circle").at("cx", x).at("cy", y).at("r", half),
    };
    shape.set("fill", "#FFFFFF").set("stroke", INK).set("stroke-width", "2.5").draw();
}

/// Forenames and surname on two lines.
fn halves(name: &str) -> (String, String) {
    match name.trim().rsplit_once(' ') {
        Some((first, last)) => (first.to_owned(), last.to_owned()),
        None => (name.trim().to_owned(), String::new()),
    }
}

fn draw_harm(drawing: &mut Drawing, plan: &Plan<'_>, from: &PersonId, to: &PersonId, both_ways: bool) {
    let (Some(a), Some(b)) = (plan.at(from), plan.at(to)) else { return };
    let side = if a.0 <= b.0 { 1.0 } else { -1.0 };
    let name = |id: &PersonId| plan.people.get(id).map_or("?", |person| person.name.as_str());
    drawing.open(&format!("{} is recorded as causing harm to {}", name(from), name(to)));
    if let Some(arc) = plan.arcs.get(&(from.clone(), to.clone())) {
        let (start, end) = ((a.0 + side * 56.0, *arc), (b.0 - side * 56.0, *arc));
        let lead = [(a.0 + side * HALF, a.1 - 12.0), (start.0, a.1 - 12.0), start];
        drawing.path(&lead, false).set("fill", "none").set("stroke", HARM).set("stroke-width", "2.5").draw();
        zigzag(drawing, start, end);
        let down = [end, (end.0, b.1 - 12.0), (b.0 - side * (HALF + 10.0), b.1 - 12.0)];
        drawing.path(&down, false).set("fill", "none").set("stroke", HARM).set("stroke-width", "2.5").draw();
        arrow(drawing, (end.0, b.1 - 12.0), (b.0 - side * HALF, b.1 - 12.0));
    } else {
        let lift = match (both_ways, from < to) {
            (true, true) => -9.0,
            (true, false) => 9.0,
            _ => 0.0,
        };
        let (start, end) = edges(a, b);
        let (start, end) = ((start.0, start.1 + lift), (end.0, end.1 + lift));
        let (dx, dy) = (end.0 - start.0, end.1 - start.1);
        let length = dx.hypot(dy).max(1.0);
        let before = (end.0 - dx / length * 10.0, end.1 - dy / length * 10.0);
        zigzag(drawing, start, before);
        arrow(drawing, before, end);
    }
    drawing.close();
}

/// Where a straight line between two symbols leaves the one and meets the other.
fn edges(a: (f64, f64), b: (f64, f64)) -> ((f64, f64), (f64, f64)) {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / length * (HALF + 3.0), dy / length * (HALF + 3.0));
    ((a.0 + ux, a.1 + uy), (b.0 - ux, b.1 - uy))
}

fn zigzag(drawing: &mut Drawing, from: (f64, f64), to: (f64, f64)) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    let steps = (length / 7.0).floor().clamp(2.0, 400.0);
    let mut points = vec![from];
    let mut step = 1.0;
    while step < steps {
        let side = if step % 2.0 < 0.5 { 5.0 } else { -5.0 };
        let along = length * step / steps;
        points.push((from.0 + ux * along - uy * side, from.1 + uy * along + ux * side));
        step += 1.0;
    }
    points.push(to);
    let shape = drawing.path(&points, false).set("fill", "none").set("stroke", HARM);
    shape.set("stroke-width", "2.5").set("stroke-linejoin", "round").draw();
}

fn arrow(drawing: &mut Drawing, from: (f64, f64), tip: (f64, f64)) {
    let (dx, dy) = (tip.0 - from.0, tip.1 - from.1);
    let length = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    let back = (tip.0 - ux * 13.0, tip.1 - uy * 13.0);
    let points = [tip, (back.0 - uy * 7.0, back.1 + ux * 7.0), (back.0 + uy * 7.0, back.1 - ux * 7.0)];
    drawing.path(&points, true).set("fill", HARM).draw();
}

/// Draws the dotted line around people who live together. Where it would take in somebody who lives elsewhere,
/// each of them gets one of their own instead: a picture must not say what no record says.
fn together(drawing: &mut Drawing, plan: &Plan<'_>, group: &BTreeSet<PersonId>) {
    let corners = |id: &PersonId| {
        // The name belongs inside: above those with somebody below them, below the others.
        let (above, below) = if plan.has_row_below(id) { (46.0, 10.0) } else { (10.0, 40.0) };
        let (side, top, bottom) = (HALF + 28.0, HALF + above, HALF + below);
        plan.at(id).map(|(x, y)| {
            [(x - side, y - top), (x + side, y - top), (x + side, y + bottom), (x - side, y + bottom)]
        })
    };
    let hull = hull(group.iter().filter_map(corners).flatten().collect());
    let others = plan.people.keys().filter(|id| !group.contains(**id)).filter_map(|id| plan.at(id));
    let crosses = others.into_iter().any(|(x, y)| {
        [(x, y), (x - HALF, y), (x + HALF, y), (x, y - HALF), (x, y + HALF)]
            .iter()
            .any(|point| inside(&hull, *point))
    });
    let loops = if crosses { group.iter().filter_map(corners).map(Vec::from).collect() } else { vec![hull] };
    drawing.open("Live together now, as far as recorded");
    for points in loops {
        let shape = drawing.path(&points, true).set("fill", "none").set("stroke", PALETTE[0]);
        shape.set("stroke-width", "2").set("stroke-dasharray", "1 6").set("stroke-linecap", "round").draw();
    }
    drawing.close();
}

/// The convex hull of points, from left to right below and back above.
fn hull(mut points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let half = |points: &mut dyn Iterator<Item = (f64, f64)>| {
        let mut line: Vec<(f64, f64)> = Vec::new();
        for point in points {
            while let [.., a, b] = line.as_slice() {
                if (b.0 - a.0) * (point.1 - a.1) - (b.1 - a.1) * (point.0 - a.0) > 0.0 {
                    break;
                }
                line.pop();
            }
            line.push(point);
        }
        line.pop();
        line
    };
    let mut around = half(&mut points.iter().copied());
    around.extend(half(&mut points.iter().rev().copied()));
    around
}

fn inside(hull: &[(f64, f64)], point: (f64, f64)) -> bool {
    let next = hull.iter().cycle().skip(1);
    let turns =
        hull.iter().zip(next).map(|(a, b)| (b.0 - a.0) * (point.1 - a.1) - (b.1 - a.1) * (point.0 - a.0));
    let (mut left, mut right) = (false, false);
    for turn in turns {
        left |= turn > 0.0;
        right |= turn < 0.0;
    }
    !hull.is_empty() && !(left && right)
}

fn bond_words(bond: Bond) -> &'static str {
    match bond {
        Bond::Married => "married",
        Bond::Together => "partners",
        Bond::Parted => "former partners",
        Bond::ParentsOnly => "parents of the same child; no relationship recorded",
    }
}

fn sex_words(person: &Person) -> &'static str {
    match (person.stage, person.sex) {
        (LifeStage::Unborn, _) => "not yet born",
        (_, Some(Sex::Male)) => "recorded as male",
        (_, Some(Sex::Female)) => "recorded as female",
        (_, None) => "sex not recorded",
    }
}

fn key(drawing: &mut Drawing, top: f64, family: &Genogram<'_>, plan: &Plan<'_>) {
    let mut y = top + 26.0;
    drawing.text(20.0, y, 13.0, "Key").set("font-weight", "bold").draw();
    y += 24.0;
    let mut x = 20.0;
    let kinds: [(&str, LifeStage, Option<Sex>); 4] = [
        ("male", LifeStage::Adult, Some(Sex::Male)),
        ("female", LifeStage::Adult, Some(Sex::Female)),
        ("sex not recorded", LifeStage::Adult, None),
        ("not yet born", LifeStage::Unborn, None),
    ];
    for (words, stage, sex) in kinds {
        let sample = Person { stage, sex, ..nobody() };
        symbol(drawing, &sample, x + 9.0, y - 4.0, 9.0);
        drawing.text(x + 26.0, y, 12.0, words).draw();
        x += 60.0 + 7.0 * words.len() as f64;
    }
    drawing.text(x, y, 12.0, "number: age in years, ~ about").draw();
    y += 26.0;
    x = 20.0;
    for bond in [Bond::Married, Bond::Together, Bond::Parted, Bond::ParentsOnly] {
        if !plan.kin.couples.iter().any(|couple| couple.bond == bond) {
            continue;
        }
        let line = drawing.line((x, y - 4.0), (x + 34.0, y - 4.0)).set("stroke-width", "2");
        match bond {
            Bond::Married | Bond::Parted => line.draw(),
            Bond::Together => line.set("stroke-dasharray", "8 4").draw(),
            Bond::ParentsOnly => line.set("stroke-dasharray", "2 4").draw(),
        }
        if bond == Bond::Parted {
            drawing.line((x + 12.0, y + 5.0), (x + 22.0, y - 13.0)).set("stroke-width", "2.5").draw();
        }
        let words = bond_words(bond);
        drawing.text(x + 42.0, y, 12.0, words).draw();
        x += 64.0 + 6.4 * words.len() as f64;
    }
    y += 26.0;
    x = 20.0;
    if !family.harm.is_empty() {
        zigzag(drawing, (x, y - 4.0), (x + 30.0, y - 4.0));
        arrow(drawing, (x + 30.0, y - 4.0), (x + 42.0, y - 4.0));
        drawing.text(x + 50.0, y, 12.0, "recorded as causing harm to").draw();
        x += 250.0;
    }
    if !family.homes.is_empty() {
        let shape = drawing.rect(x, y - 14.0, 30.0, 18.0).set("fill", "none").set("stroke", PALETTE[0]);
        shape.set("stroke-width", "2").set("stroke-dasharray", "1 6").set("stroke-linecap", "round").draw();
        drawing.text(x + 40.0, y, 12.0, "live together now, as far as recorded").draw();
    }
    drawing.grow(0.0, y + 16.0);
}

fn nobody() -> Person {
    Person {
        id: PersonId::default(),
        name: String::new(),
        names: Vec::new(),
        born: None,
        born_otherwise: Vec::new(),
        expected: None,
        sex: None,
        stage: LifeStage::Unknown,
        residences: Vec::new(),
        phones: Vec::new(),
        identifiers: Vec::new(),
        relations: Vec::new(),
        families: Vec::new(),
        records: BTreeMap::new(),
    }
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
