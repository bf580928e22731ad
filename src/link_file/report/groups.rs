//! Whether the result is as good for every group: a wrong link and a missed one must not fall on some people more.

use super::chart::{Bar, dots};
use super::html::{figure, good, head, p, percent, warn, whole};
use crate::link_file::run::{OfGroup, Outcome};
use crate::web::figures::Figure;

/// Groups with fewer true pairs than this say too little.
const FEWEST: f64 = 30.0;
/// No group may be further than this below the best.
const MOST_BELOW: f64 = 0.02;

pub fn section(outcome: &Outcome) -> String {
    if outcome.groups.is_empty() {
        return p(
            "Groups were not given. Give --labels with record_id,person_id, and --groups with a column of naming groups, and this page will say for whom the result is worse.",
        );
    }
    let mut groups: Vec<&OfGroup> = outcome.groups.iter().collect();
    groups.sort_by(|x, y| x.quality.recall.value.total_cmp(&y.quality.recall.value));
    let big: Vec<&&OfGroup> = groups.iter().filter(|of| of.quality.true_pairs >= FEWEST).collect();
    let mut out = String::new();
    if let (Some(worst), Some(best)) = (big.first(), big.last()) {
        let gap = best.quality.recall.value - worst.quality.recall.value;
        let words = format!(
            "Links of '{}' people are missed most: {} of their pairs were joined, {} of those of '{}' ({:.1} points apart; at most {:.0} is the aim).",
            worst.group,
            percent(worst.quality.recall.value),
            percent(best.quality.recall.value),
            best.group,
            gap * 100.0,
            MOST_BELOW * 100.0
        );
        out += &if gap > MOST_BELOW { warn(&words) } else { good(&words) };
        let apart = worst.quality.recall.high < best.quality.recall.low;
        if gap > MOST_BELOW && !apart {
            out += &p("Their intervals overlap: more records may show a smaller gap.");
        }
        if let Some(wrong) =
            big.iter().min_by(|x, y| x.quality.precision.value.total_cmp(&y.quality.precision.value))
        {
            out += &p(&format!(
                "Wrong links fall most on '{}' people: {} of the pairs joined for them are right.",
                wrong.group,
                percent(wrong.quality.precision.value)
            ));
        }
    }
    out + &figure(&recall(&groups)) + &figure(&precision(&groups))
}

fn recall(groups: &[&OfGroup]) -> Figure {
    draw("recall-by-group", "How many pairs that are one person were joined, by group", groups, |of| {
        (of.quality.recall.value, of.quality.recall.low, of.quality.recall.high, of.quality.true_pairs)
    })
}

fn precision(groups: &[&OfGroup]) -> Figure {
    draw("precision-by-group", "How many pairs joined are right, by group", groups, |of| {
        (
            of.quality.precision.value,
            of.quality.precision.low,
            of.quality.precision.high,
            of.quality.found_pairs,
        )
    })
}

fn draw(id: &str, title: &str, groups: &[&OfGroup], pick: fn(&OfGroup) -> (f64, f64, f64, f64)) -> Figure {
    let drawn: Vec<Bar> = groups
        .iter()
        .map(|of| {
            let (value, low, high, _) = pick(of);
            Bar {
                name: of.group.clone(),
                value,
                interval: Some((low, high)),
                words: percent(value),
                heading: None,
            }
        })
        .collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of pairs")]
    let rows = groups.iter().map(|of| {
        let (value, low, high, pairs) = pick(of);
        let share = |value: f64| format!("{value:.4}");
        let records = whole(of.quality.records);
        vec![of.group.clone(), records, whole(pairs.round() as u64), share(value), share(low), share(high)]
    });
    Figure {
        id: id.to_owned(),
        title: title.to_owned(),
        svg: dots(id, title, &drawn),
        head: head(["group", "records", "pairs", "share", "from", "to"]),
        rows: rows.collect(),
    }
}
