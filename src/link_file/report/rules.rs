//! Which pairs were compared at all: what each blocking rule cost, and what it alone found.

use throughline_linkage::RuleCost;

use super::chart::{Bar, bars};
use super::html::{figure, head, p, percent, whole};
use crate::link_file::run::Findings;
use crate::web::figures::Figure;

pub fn section(findings: &Findings<'_>) -> String {
    let compared = findings.linked.compared;
    let rules = &findings.linked.rules;
    let mut out = p(&format!(
        "{} pairs of people shared a key and were compared, {:.1} for each record. A key that too many people share is crowded: they are left to the other rules.",
        whole(compared),
        ratio(compared, findings.outcome.records)
    ));
    let asked = findings.linked.asked;
    if asked.pairs > 0 {
        out += &p(&format!(
            "Of {} pairs that the labels say are one person, {} were compared at all; the last column says by which rules.",
            whole(asked.pairs),
            percent(ratio(asked.found, asked.pairs))
        ));
    }
    if !rules.is_empty() {
        out += &figure(&costs(rules, asked.pairs));
    }
    out
}

#[expect(clippy::cast_precision_loss, reason = "pairs are far fewer than 2^53")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn costs(rules: &[RuleCost], asked: u64) -> Figure {
    let dearest = rules.iter().max_by_key(|rule| rule.pairs);
    let title = dearest.map_or_else(String::new, |rule| {
        format!(
            "The rule '{}' gave the most pairs to compare ({}); {} of them no other rule gave",
            rule.key,
            whole(rule.pairs),
            percent(ratio(rule.alone, rule.pairs))
        )
    });
    let most = rules.iter().map(|rule| rule.pairs).max().unwrap_or(1);
    let drawn: Vec<Bar> = rules
        .iter()
        .map(|rule| Bar {
            name: rule.key.clone(),
            value: ratio(rule.pairs, most),
            interval: None,
            words: whole(rule.pairs),
            heading: None,
        })
        .collect();
    let rows = rules.iter().map(|rule| {
        let found = if asked > 0 { percent(ratio(rule.found, asked)) } else { "not known".to_owned() };
        let counts = [rule.groups, rule.crowded, rule.pairs, rule.alone].map(whole);
        [rule.key.clone()].into_iter().chain(counts).chain([found]).collect()
    });
    Figure {
        id: "rules".to_owned(),
        svg: bars("rules", &title, &drawn, 0.0, 1.0),
        title,
        head: head([
            "rule",
            "keys shared",
            "crowded",
            "pairs",
            "pairs no other rule gave",
            "of true pairs, put forward",
        ]),
        rows: rows.collect(),
    }
}
