//! The dotted line around people who live together.

use std::collections::BTreeSet;

use throughline_domain::ids::PersonId;

use super::super::svg::{Drawing, PALETTE};
use super::HALF;
use super::plan::Plan;

/// Draws the dotted line around people who live together. Where it would take in somebody who lives elsewhere,
/// each of them gets one of their own instead: a picture must not say what no record says.
pub(super) fn together(drawing: &mut Drawing, plan: &Plan<'_>, letter: &str, group: &BTreeSet<PersonId>) {
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
    drawing.open(&format!("Live together now in home {letter}, as far as recorded"));
    for points in loops {
        let top_left = points.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.total_cmp(&b.0)));
        if let Some((x, y)) = top_left {
            drawing.text_with(x + 5.0, y + 14.0, 13.0, PALETTE[0], letter).set("font-weight", "bold").draw();
        }
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
    let surrounds = !(left && right);
    surrounds && !hull.is_empty()
}
