//! Pairs by weight: how many are sure, how many hang in between.

use std::collections::BTreeMap;

use throughline_linkage::Why;

use super::chart::{Bar, bars};
use super::html::{figure, head, p, whole};
use crate::link_file::run::Findings;
use crate::link_file::sample::can_be_judged;
use crate::web::figures::Figure;

/// Bits of one bar.
const STEP: i32 = 2;
/// Heavier pairs share a bar, as do lighter ones.
const ENDS: (i32, i32) = (-6, 40);

pub fn section(findings: &Findings<'_>) -> String {
    let edges = &findings.linked.edges;
    let outright = edges.iter().filter(|edge| !can_be_judged(edge)).count() as u64;
    let mut counts: BTreeMap<i32, (u64, u64)> = BTreeMap::new();
    for edge in edges.iter().filter(|edge| can_be_judged(edge)) {
        #[expect(clippy::cast_possible_truncation, reason = "clamped to a small range")]
        let step = (edge.weight.clamp(f64::from(ENDS.0), f64::from(ENDS.1)) as i32).div_euclid(STEP) * STEP;
        let (joined, doubtful) = counts.entry(step).or_default();
        *(if edge.why == Why::Doubtful { doubtful } else { joined }) += 1;
    }
    p(&format!(
        "{} more links rest on an agency's own number or a person's decision and were not weighed.",
        whole(outright)
    )) + &figure(&histogram(&counts))
}

fn histogram(counts: &BTreeMap<i32, (u64, u64)>) -> Figure {
    let total = |pick: fn(&(u64, u64)) -> u64| counts.values().map(pick).sum::<u64>();
    let between: u64 = counts.range(0..8).map(|(_, (joined, doubtful))| joined + doubtful).sum();
    let title = format!(
        "{} pairs were joined and {} left in doubt; {} lie between 0 and 8 bits, where a person's eye helps most",
        whole(total(|c| c.0)),
        whole(total(|c| c.1)),
        whole(between)
    );
    let name = |step: i32| format!("{step} to {} bits", step + STEP);
    let most = counts.values().map(|(a, b)| (*a).max(*b)).max().unwrap_or(1).max(1);
    #[expect(clippy::cast_precision_loss, reason = "pairs are far fewer than 2^53")]
    let bar = |name: String, count: u64, side: f64, heading: Option<&str>| Bar {
        name,
        value: side * count as f64 / most as f64,
        interval: None,
        words: whole(count),
        heading: heading.map(ToOwned::to_owned),
    };
    let part = |heading: &'static str, side: f64, pick: fn(&(u64, u64)) -> u64| {
        let some: Vec<(i32, u64)> =
            counts.iter().map(|(step, both)| (*step, pick(both))).filter(|(_, count)| *count > 0).collect();
        some.into_iter()
            .enumerate()
            .map(move |(place, (step, count))| bar(name(step), count, side, (place == 0).then_some(heading)))
            .collect::<Vec<_>>()
    };
    let mut drawn = part("Joined", 1.0, |both| both.0);
    drawn.extend(part("In doubt", 1.0, |both| both.1));
    Figure {
        id: "histogram".to_owned(),
        svg: bars("histogram", &title, &drawn, 0.0, 1.0),
        title,
        head: head(["weight", "joined", "in doubt"]),
        rows: counts
            .iter()
            .map(|(step, (joined, doubtful))| vec![name(*step), whole(*joined), whole(*doubtful)])
            .collect(),
    }
}
