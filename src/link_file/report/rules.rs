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
    if !rules.is_empty() {
        out += &figure(&costs(rules));
    }
    out
}

#[expect(clippy::cast_precision_loss, reason = "pairs are far fewer than 2^53")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn costs(rules: &[RuleCost]) -> Figure {
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
        vec![rule.key.clone(), whole(rule.groups), whole(rule.crowded), whole(rule.pairs), whole(rule.alone)]
    });
    Figure {
        id: "rules".to_owned(),
        svg: bars("rules", &title, &drawn, 0.0, 1.0),
        title,
        head: head(["rule", "keys shared", "crowded", "pairs", "pairs no other rule gave"]),
        rows: rows.collect(),
    }
}
