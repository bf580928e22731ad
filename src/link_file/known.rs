//! What labels say about a result: how good it is, at which threshold it would be better, and whether its
//! probabilities mean what they say.

use std::collections::HashMap;

use serde::Serialize;
use throughline_linkage::{Edge, Why};

use super::labels::Judged;
use super::measure::{Share, UNKNOWN, f1};
use super::sample::{STRATA, can_be_judged, stratum};

/// Precision and recall had links below a weight not been used.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AtThreshold {
    /// The least weight used.
    pub weight: f64,
    /// Of the pairs joined, the share that is right.
    pub precision: Share,
    /// Of the pairs that are one person, the share joined.
    pub recall: Share,
    /// Harmonic mean.
    pub f1: f64,
}

/// Of pairs given a probability, how many are one person.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// Least probability.
    pub from: f64,
    /// Highest probability.
    pub to: f64,
    /// Pairs of which the answer is known.
    pub pairs: u64,
    /// Mean probability they were given.
    pub said: f64,
    /// The share that is one person.
    pub found: Share,
}

/// Ends of the bins of probability.
const ENDS: [f64; 10] = [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0];

/// People growing together as weaker links are let in; counts pairs as it goes.
struct Growing<'a> {
    parent: Vec<u32>,
    held: Vec<Vec<(u32, u32)>>,
    truth: &'a [u32],
    found: f64,
    right: f64,
}

impl<'a> Growing<'a> {
    fn new(truth: &'a [u32]) -> Self {
        let held = truth.iter().map(|t| if *t == UNKNOWN { Vec::new() } else { vec![(*t, 1)] }).collect();
        let parent = (0..u32::try_from(truth.len()).unwrap_or(UNKNOWN)).collect();
        Self { parent, held, truth, found: 0.0, right: 0.0 }
    }

    fn root(&mut self, mut record: u32) -> u32 {
        while let Some(up) = self.parent.get(record as usize).copied().filter(|up| *up != record) {
            let above = self.parent.get(up as usize).copied().unwrap_or(up);
            if let Some(slot) = self.parent.get_mut(record as usize) {
                *slot = above;
            }
            record = above;
        }
        record
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        if a == b || a as usize >= self.truth.len() || b as usize >= self.truth.len() {
            return;
        }
        let take = |held: &mut Vec<Vec<(u32, u32)>>, of: u32| {
            held.get_mut(of as usize).map(std::mem::take).unwrap_or_default()
        };
        let (mut ours, theirs) = (take(&mut self.held, a), take(&mut self.held, b));
        let size = |held: &[(u32, u32)]| held.iter().map(|(_, n)| f64::from(*n)).sum::<f64>();
        self.found += size(&ours) * size(&theirs);
        for (person, count) in theirs {
            match ours.iter_mut().find(|(held, _)| *held == person) {
                Some((_, held)) => {
                    self.right += f64::from(*held) * f64::from(count);
                    *held += count;
                }
                None => ours.push((person, count)),
            }
        }
        if let Some(slot) = self.held.get_mut(a as usize) {
            *slot = ours;
        }
        if let Some(up) = self.parent.get_mut(b as usize) {
            *up = a;
        }
    }
}

/// Pairs of records that are one person.
fn true_pairs(truth: &[u32]) -> f64 {
    let mut sizes: HashMap<u32, f64> = HashMap::new();
    truth.iter().filter(|t| **t != UNKNOWN).for_each(|t| *sizes.entry(*t).or_default() += 1.0);
    let mut pairs: Vec<f64> = sizes.into_values().map(|n| n * (n - 1.0) / 2.0).collect();
    pairs.sort_by(f64::total_cmp);
    pairs.iter().sum()
}

/// Precision and recall by threshold, over all true pairs, from the links that hold people together.
pub fn by_threshold(edges: &[Edge], truth: &[u32]) -> Vec<AtThreshold> {
    let mut links: Vec<&Edge> = edges.iter().filter(|edge| edge.why != Why::Doubtful).collect();
    links.sort_by(|x, y| y.weight.total_cmp(&x.weight).then_with(|| (x.a, x.b).cmp(&(y.a, y.b))));
    let all = true_pairs(truth);
    let mut growing = Growing::new(truth);
    let mut links = links.into_iter().peekable();
    let Some(strongest) = links.peek().map(|edge| edge.weight) else { return Vec::new() };
    let mut points = Vec::new();
    let mut threshold = strongest.min(30.0).floor();
    while links.peek().is_some() && threshold > -60.0 {
        while let Some(edge) = links.next_if(|edge| edge.weight >= threshold) {
            growing.join(edge.a, edge.b);
        }
        let (precision, recall) = (Share::of(growing.right, growing.found), Share::of(growing.right, all));
        points.push(AtThreshold {
            weight: threshold,
            precision,
            recall,
            f1: f1(precision.value, recall.value),
        });
        threshold -= 1.0;
    }
    points
}

/// Bins of probability with the share that is one person. `answers`: probability given, whether one person.
pub fn calibration(answers: impl Iterator<Item = (f64, bool)>) -> Vec<Bin> {
    let mut sums = [(0u64, 0.0, 0u64); ENDS.len() - 1];
    for (said, same) in answers {
        let bin = ENDS.iter().skip(1).position(|end| said < *end).unwrap_or(sums.len() - 1);
        if let Some((pairs, sum, yes)) = sums.get_mut(bin) {
            *pairs += 1;
            *sum += said;
            *yes += u64::from(same);
        }
    }
    let bins = ENDS.iter().zip(ENDS.iter().skip(1)).zip(sums);
    bins.filter(|(_, (pairs, ..))| *pairs > 0)
        .map(|((from, to), (pairs, sum, yes))| {
            let whole = count(pairs);
            Bin { from: *from, to: *to, pairs, said: sum / whole, found: Share::of(count(yes), whole) }
        })
        .collect()
}

/// Pairs resting on evidence whose answer the truth knows.
pub fn answers_from_people<'a>(
    edges: &'a [Edge],
    truth: &'a [u32],
) -> impl Iterator<Item = (f64, bool)> + 'a {
    edges.iter().filter(|edge| can_be_judged(edge)).filter_map(|edge| {
        let (a, b) = (truth.get(edge.a as usize)?, truth.get(edge.b as usize)?);
        (*a != UNKNOWN && *b != UNKNOWN).then_some((edge.probability, a == b))
    })
}

/// What a judged sample says of one stratum of weights.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Stratum {
    /// Least weight; none for the lowest.
    pub from: Option<f64>,
    /// Pairs of the whole result.
    pub pairs: u64,
    /// Pairs judged.
    pub judged: u64,
    /// Of those, the share that is one person.
    pub same: Share,
}

/// What a judged sample says of the whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// By weight, lowest first.
    pub strata: Vec<Stratum>,
    /// Share of the links made that are right.
    pub precision: f64,
    /// Of the pairs looked at that are one person, the share that was joined.
    pub recall: f64,
    /// Judged pairs that are among the pairs of this result.
    pub used: u64,
}

/// Takes a judged sample for the whole: every pair stands for those of its stratum, joined and doubtful apart.
pub fn estimate(edges: &[Edge], judged: &[Judged]) -> (Estimate, Vec<(f64, bool)>) {
    let by_pair: HashMap<(u32, u32), &Edge> = edges
        .iter()
        .filter(|edge| can_be_judged(edge))
        .map(|edge| ((edge.a.min(edge.b), edge.a.max(edge.b)), edge))
        .collect();
    let cell = |edge: &Edge| stratum(edge.weight) * 2 + usize::from(edge.why == Why::Doubtful);
    let mut pairs = vec![0u64; STRATA.len() * 2];
    for edge in by_pair.values() {
        if let Some(count) = pairs.get_mut(cell(edge)) {
            *count += 1;
        }
    }
    let mut answered = vec![(0u64, 0u64); STRATA.len() * 2];
    let mut answers = Vec::new();
    for pair in judged {
        let Some(edge) = by_pair.get(&(pair.a.min(pair.b), pair.a.max(pair.b))) else { continue };
        if let Some((all, yes)) = answered.get_mut(cell(edge)) {
            *all += 1;
            *yes += u64::from(pair.same);
        }
        answers.push((edge.probability, pair.same));
    }
    let (mut joined, mut right, mut missed) = (0.0, 0.0, 0.0);
    for (place, (pairs, (all, yes))) in pairs.iter().zip(&answered).enumerate() {
        if *all == 0 {
            continue;
        }
        let truly = count(*pairs) * count(*yes) / count(*all);
        if place % 2 == 0 {
            joined += count(*pairs);
            right += truly;
        } else {
            missed += truly;
        }
    }
    let strata = pairs.chunks(2).zip(answered.chunks(2)).zip(STRATA).map(|((pairs, answered), from)| {
        let (judged, same) = answered.iter().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        Stratum {
            from: from.is_finite().then_some(from),
            pairs: pairs.iter().sum(),
            judged,
            same: Share::of(count(same), count(judged)),
        }
    });
    let part = |of: f64, whole: f64| if whole > 0.0 { of / whole } else { 1.0 };
    let estimate = Estimate {
        strata: strata.collect(),
        precision: part(right, joined),
        recall: part(right, right + missed),
        used: answers.len() as u64,
    };
    (estimate, answers)
}

#[expect(clippy::cast_precision_loss, reason = "pairs are far fewer than 2^53")]
fn count(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link_file::measure::quality;

    fn edge(a: u32, b: u32, weight: f64, why: Why) -> Edge {
        Edge { a, b, weight, probability: 1.0 / (1.0 + (-weight).exp2()), why }
    }

    #[test]
    fn the_last_threshold_is_the_result_itself() {
        let truth = [0, 0, 0, 1, 1, UNKNOWN];
        let edges = [
            edge(0, 1, 12.0, Why::Evidence),
            edge(3, 4, 8.0, Why::Evidence),
            edge(2, 3, 4.0, Why::Evidence),
            edge(1, 5, 3.5, Why::Evidence),
            edge(0, 2, 1.0, Why::Doubtful),
        ];
        let points = by_threshold(&edges, &truth);
        assert_eq!(
            points.first().map(|p| (p.weight, p.precision.value, p.recall.value)),
            Some((12.0, 1.0, 0.25))
        );
        let last = points.last().unwrap();
        let whole = quality(&[0, 0, 2, 2, 2, 0], &truth);
        assert_eq!((last.weight, last.precision, last.recall), (3.0, whole.precision, whole.recall));
    }

    #[test]
    fn a_sample_stands_for_its_strata() {
        let mut edges: Vec<Edge> = (0..100).map(|i| edge(2 * i, 2 * i + 1, 20.0, Why::Evidence)).collect();
        edges.extend((100..150).map(|i| edge(2 * i, 2 * i + 1, 1.0, Why::Doubtful)));
        let judged: Vec<Judged> = [(0, true), (1, true), (2, true), (3, false), (100, true), (101, false)]
            .map(|(i, same)| Judged { a: 2 * i + 1, b: 2 * i, same })
            .to_vec();
        let (estimate, answers) = estimate(&edges, &judged);
        assert_eq!((estimate.precision, estimate.recall, estimate.used), (0.75, 0.75, 6));
        assert_eq!(estimate.strata.iter().map(|s| s.pairs).sum::<u64>(), 150);
        let bins = calibration(answers.into_iter());
        assert_eq!(bins.iter().map(|bin| bin.pairs).sum::<u64>(), 6);
        assert!(bins.iter().all(|bin| bin.from <= bin.said && bin.said <= bin.to));
    }
}
