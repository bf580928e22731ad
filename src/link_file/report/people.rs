//! People found: how many records they have, and which of them hang together by the least.

use std::collections::BTreeMap;

use throughline_linkage::{Edge, Why};

use super::chart::{Bar, bars};
use super::html::{figure, head, p, table, whole};
use crate::link_file::run::Findings;
use crate::web::figures::Figure;

/// Most doubtful people shown.
const SHOWN: usize = 25;
/// People of more records than this share a bar.
const BIG: u32 = 20;

pub fn section(findings: &Findings<'_>) -> String {
    figure(&sizes(findings)) + &doubtful(findings)
}

fn sizes(findings: &Findings<'_>) -> Figure {
    let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
    for size in findings.people.sizes.iter().filter(|size| **size > 0) {
        *counts.entry((*size).min(BIG + 1)).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(1);
    let single = counts.get(&1).copied().unwrap_or(0);
    let title = format!(
        "{} people have one record, {} have more; the biggest has {}",
        whole(single),
        whole(findings.people.count() - single),
        findings.outcome.biggest
    );
    let name = |size: u32| match size {
        1 => "1 record".to_owned(),
        size if size > BIG => format!("more than {BIG} records"),
        size => format!("{size} records"),
    };
    #[expect(clippy::cast_precision_loss, reason = "people are far fewer than 2^53")]
    let drawn: Vec<Bar> = counts
        .iter()
        .map(|(size, count)| Bar {
            name: name(*size),
            value: *count as f64 / most as f64,
            interval: None,
            words: whole(*count),
            heading: None,
        })
        .collect();
    Figure {
        id: "sizes".to_owned(),
        svg: bars("sizes", &title, &drawn, 0.0, 1.0),
        title,
        head: head(["records of a person", "people"]),
        rows: counts.iter().map(|(size, count)| vec![name(*size), whole(*count)]).collect(),
    }
}

/// The weakest link of each person that is held together by evidence, weakest first.
fn weakest<'a>(findings: &Findings<'a>) -> Vec<&'a Edge> {
    let mut held: BTreeMap<u32, &Edge> = BTreeMap::new();
    for edge in findings.linked.edges.iter().filter(|e| matches!(e.why, Why::Evidence | Why::Relations)) {
        let slot = held.entry(findings.people.name(edge.a)).or_insert(edge);
        if edge.weight < slot.weight {
            *slot = edge;
        }
    }
    let mut edges: Vec<&Edge> = held.into_values().collect();
    let ids = findings.ids;
    edges.sort_by(|x, y| {
        x.weight
            .total_cmp(&y.weight)
            .then_with(|| (ids.get(x.a), ids.get(x.b)).cmp(&(ids.get(y.a), ids.get(y.b))))
    });
    edges.truncate(SHOWN);
    edges
}

fn doubtful(findings: &Findings<'_>) -> String {
    let edges = weakest(findings);
    if edges.is_empty() {
        return p("No person is held together by evidence that could be doubted.");
    }
    let rows: Vec<Vec<String>> = edges
        .iter()
        .map(|edge| {
            vec![
                findings.ids.get(findings.people.name(edge.a)).to_owned(),
                findings.people.size(edge.a).to_string(),
                findings.ids.get(edge.a).to_owned(),
                findings.ids.get(edge.b).to_owned(),
                format!("{:.1}", edge.weight),
                format!("{:.3}", edge.probability),
            ]
        })
        .collect();
    let title = "The people most in doubt, each with its weakest place: without that link it falls in two";
    format!("<h3>Most doubtful people</h3>{}", p(&format!("{title}.")))
        + &table(
            title,
            &head(["person_id", "records", "record_a", "record_b", "weight", "probability"]),
            &rows,
        )
}
