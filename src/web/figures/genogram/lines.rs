//! The lines of a genogram: couples, children, and recorded harm with its arrow.

use throughline_domain::ids::PersonId;

use super::super::svg::{Drawing, INK};
use super::HALF;
use super::kin::{Bond, Couple};
use super::plan::{Plan, rail};
use super::symbols::bond_words;

const HARM: &str = "#801650";

/// Draws the line of a couple and hangs their children from it.
pub(super) fn draw_couple(drawing: &mut Drawing, plan: &Plan<'_>, couple: &Couple) {
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

/// Hangs children of whom one parent is on the picture.
pub(super) fn draw_single(drawing: &mut Drawing, plan: &Plan<'_>, parent: &PersonId, children: &[PersonId]) {
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

/// Draws recorded harm, from the person causing it.
pub(super) fn draw_harm(
    drawing: &mut Drawing,
    plan: &Plan<'_>,
    from: &PersonId,
    to: &PersonId,
    both_ways: bool,
) {
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

/// Draws the line of violence.
pub(super) fn zigzag(drawing: &mut Drawing, from: (f64, f64), to: (f64, f64)) {
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

/// Draws the head of an arrow.
pub(super) fn arrow(drawing: &mut Drawing, from: (f64, f64), tip: (f64, f64)) {
    let (dx, dy) = (tip.0 - from.0, tip.1 - from.1);
    let length = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    let back = (tip.0 - ux * 13.0, tip.1 - uy * 13.0);
    let points = [tip, (back.0 - uy * 7.0, back.1 + ux * 7.0), (back.0 + uy * 7.0, back.1 - ux * 7.0)];
    drawing.path(&points, true).set("fill", HARM).draw();
}
