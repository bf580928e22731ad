//! How good the result is, by labels or by a judged sample; without either, how to get one.

use super::chart::{Axes, Line, lines};
use super::html::{figure, head, p, percent, table, tiny, warn, whole};
use crate::link_file::known::{AtThreshold, Bin, Estimate};
use crate::link_file::measure::{Quality, Share};
use crate::link_file::run::Outcome;
use crate::web::figures::Figure;

pub fn section(outcome: &Outcome) -> String {
    let mut out = String::new();
    match (&outcome.quality, &outcome.estimate) {
        (Some(quality), _) => out += &measured(quality),
        (None, Some(estimate)) => out += &estimated(estimate),
        (None, None) => out += &unknown(),
    }
    if !outcome.thresholds.is_empty() {
        out += &figure(&thresholds(&outcome.thresholds));
    }
    if !outcome.calibration.is_empty() {
        out += &figure(&calibration(&outcome.calibration));
    }
    out
}

fn unknown() -> String {
    warn("Nothing is known of these records, so nobody can say how good the result is.")
        + &p(
            "Link again with --sample judge.csv: it writes about 200 pairs of every weight, both rows side by side and in no telling order. A person who knows the records writes yes or no under 'same'.",
        )
        + &p(
            "Then link once more with --labels judge.csv. This page will say how many of the links are right, how many true ones were passed over, and whether the probabilities mean what they say.",
        )
}

fn measured(quality: &Quality) -> String {
    let row = |name: &str, share: Share| {
        vec![
            name.to_owned(),
            format!("{:.4}", share.value),
            format!("{:.4}", share.low),
            format!("{:.4}", share.high),
        ]
    };
    let plain =
        |name: &str, value: f64| vec![name.to_owned(), format!("{value:.4}"), String::new(), String::new()];
    p(&format!(
        "Of {} records it is known whose they are. {} of the pairs joined are right, and {} of the pairs that are one person were joined.",
        whole(quality.records),
        percent(quality.precision.value),
        percent(quality.recall.value)
    )) + &table(
        "Precision and recall over all pairs of records, with 95 % intervals",
        &head(["measure", "value", "from", "to"]),
        &[
            row("pairwise precision", quality.precision),
            row("pairwise recall", quality.recall),
            plain("pairwise F1", quality.f1),
            plain("B-cubed precision", quality.b3_precision),
            plain("B-cubed recall", quality.b3_recall),
            plain("B-cubed F1", quality.b3_f1),
        ],
    )
}

fn estimated(estimate: &Estimate) -> String {
    let rows: Vec<Vec<String>> = estimate
        .strata
        .iter()
        .filter(|stratum| stratum.pairs > 0)
        .map(|stratum| {
            vec![
                stratum.from.map_or_else(|| "lowest".to_owned(), |from| format!("{from:.0} bits and more")),
                whole(stratum.pairs),
                whole(stratum.judged),
                if stratum.judged == 0 { String::new() } else { percent(stratum.same.value) },
                if stratum.judged == 0 { String::new() } else { percent(stratum.same.low) },
                if stratum.judged == 0 { String::new() } else { percent(stratum.same.high) },
            ]
        })
        .collect();
    p(&format!(
        "By {} judged pairs, each standing for those of its weight: about {} of the links made are right, and about {} of the pairs looked at that are one person were joined. Pairs that were never compared are not in this.",
        whole(estimate.used),
        percent(estimate.precision),
        percent(estimate.recall)
    )) + &table(
        "Judged pairs by weight",
        &head(["weight", "pairs", "judged", "one person", "from", "to"]),
        &rows,
    )
}

fn thresholds(points: &[AtThreshold]) -> Figure {
    let best = points.iter().max_by(|x, y| x.f1.total_cmp(&y.f1).then_with(|| y.weight.total_cmp(&x.weight)));
    let last = points.last();
    let title = match (best, last) {
        (Some(best), Some(last)) if best.f1 <= last.f1 => {
            format!("With all links F1 is {:.4}; leaving weak links out would not make it better", last.f1)
        }
        (Some(best), Some(last)) => format!(
            "With all links F1 is {:.4}; leaving out links below {:.0} bits would give {:.4}",
            last.f1, best.weight, best.f1
        ),
        _ => "Precision and recall by threshold".to_owned(),
    };
    let line = |name: &str, pick: fn(&AtThreshold) -> Share| Line {
        name: name.to_owned(),
        points: points.iter().map(|at| (at.weight, pick(at).value)).collect(),
        intervals: points.iter().map(|at| (pick(at).low, pick(at).high)).collect(),
    };
    let ends = |pick: fn(f64, f64) -> f64| points.iter().map(|at| at.weight).reduce(pick).unwrap_or(0.0);
    let low = points.iter().map(|at| at.precision.value.min(at.recall.value)).fold(1.0, f64::min);
    let axes = Axes {
        x: ("least weight of a link, in bits", ends(f64::min), ends(f64::max)),
        y: ("share", (low * 10.0).floor() / 10.0, 1.0),
        diagonal: false,
    };
    let drawn = [line("precision", |at| at.precision), line("recall", |at| at.recall)];
    let rows = points.iter().map(|at| {
        let share = |share: Share| format!("{:.4}", share.value);
        let ends = |share: Share| format!("{:.4} to {:.4}", share.low, share.high);
        vec![
            format!("{:.0}", at.weight),
            share(at.precision),
            ends(at.precision),
            share(at.recall),
            ends(at.recall),
            format!("{:.4}", at.f1),
        ]
    });
    Figure {
        id: "thresholds".to_owned(),
        svg: lines("thresholds", &title, &axes, &drawn),
        title,
        head: head(["least weight", "precision", "95 % interval", "recall", "95 % interval", "F1"]),
        rows: rows.collect(),
    }
}

fn calibration(bins: &[Bin]) -> Figure {
    let sure: Vec<&Bin> = bins.iter().filter(|bin| bin.from >= 0.9).collect();
    #[expect(clippy::cast_precision_loss, reason = "pairs are far fewer than 2^53")]
    let mean = |pick: fn(&Bin) -> f64| {
        let all: u64 = sure.iter().map(|bin| bin.pairs).sum();
        sure.iter().map(|bin| pick(bin) * bin.pairs as f64).sum::<f64>() / all.max(1) as f64
    };
    let title = if sure.is_empty() {
        "No pair of known answer was given 0.9 or more".to_owned()
    } else {
        format!(
            "Of pairs given 0.9 or more (on average {:.3}), {} are one person",
            mean(|bin| bin.said),
            percent(mean(|bin| bin.found.value))
        )
    };
    let line = Line {
        name: "pairs of known answer".to_owned(),
        points: bins.iter().map(|bin| (bin.said, bin.found.value)).collect(),
        intervals: bins.iter().map(|bin| (bin.found.low, bin.found.high)).collect(),
    };
    let axes = Axes {
        x: ("probability given", 0.0, 1.0),
        y: ("share that is one person", 0.0, 1.0),
        diagonal: true,
    };
    let rows = bins.iter().map(|bin| {
        vec![
            format!("{} to {}", bin.from, bin.to),
            whole(bin.pairs),
            format!("{:.4}", bin.said),
            format!("{:.4}", bin.found.value),
            format!("{} to {}", tiny(bin.found.low), tiny(bin.found.high)),
        ]
    });
    Figure {
        id: "calibration".to_owned(),
        svg: lines("calibration", &title, &axes, &[line]),
        title,
        head: head(["probability given", "pairs", "on average", "one person", "95 % interval"]),
        rows: rows.collect(),
    }
}
