//! Holds a result against what is known: pairwise and B-cubed precision and recall, for everybody and by group, with
//! the doubt that small numbers leave. Counts are by record, so no list of pairs is ever made.

use std::collections::HashMap;

use serde::Serialize;

/// Marks a record of which nothing is known.
pub const UNKNOWN: u32 = u32::MAX;

/// A share with its 95 % interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Share {
    /// The share; 1 of nothing.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Share {
    /// `part` of `whole`, with Wilson's interval.
    pub fn of(part: f64, whole: f64) -> Self {
        if whole <= 0.0 {
            return Self { value: 1.0, low: 0.0, high: 1.0 };
        }
        const Z: f64 = 1.959_964;
        let p = (part / whole).clamp(0.0, 1.0);
        let spread = Z * Z / whole;
        let middle = (p + spread / 2.0) / (1.0 + spread);
        let half = Z * (p * (1.0 - p) / whole + spread / (4.0 * whole)).sqrt() / (1.0 + spread);
        Self { value: p, low: (middle - half).clamp(0.0, p), high: (middle + half).clamp(p, 1.0) }
    }
}

/// How good a result is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Quality {
    /// Records of which it is known whose they are.
    pub records: u64,
    /// Pairs of records that are one person.
    pub true_pairs: f64,
    /// Pairs of records that were joined.
    pub found_pairs: f64,
    /// Pairs that were joined and are one person.
    pub right_pairs: f64,
    /// Of the pairs joined, the share that is right.
    pub precision: Share,
    /// Of the pairs that are one person, the share that was joined.
    pub recall: Share,
    /// Harmonic mean of both.
    pub f1: f64,
    /// The same three by record.
    pub b3_precision: f64,
    /// B-cubed recall.
    pub b3_recall: f64,
    /// B-cubed F1.
    pub b3_f1: f64,
}

/// Harmonic mean.
pub fn f1(precision: f64, recall: f64) -> f64 {
    if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
}

/// Records of each person found, of each true person, and of each overlap of both.
struct Counts {
    found: HashMap<u32, u32>,
    truth: HashMap<u32, u32>,
    both: HashMap<(u32, u32), u32>,
}

impl Counts {
    fn of(found: &[u32], truth: &[u32]) -> Self {
        let mut counts = Self { found: HashMap::new(), truth: HashMap::new(), both: HashMap::new() };
        for (f, t) in known(found, truth) {
            *counts.found.entry(f).or_default() += 1;
            *counts.truth.entry(t).or_default() += 1;
            *counts.both.entry((f, t)).or_default() += 1;
        }
        counts
    }

    /// Sizes around one record: its person found, its true person, the overlap.
    fn around(&self, found: u32, truth: u32) -> (f64, f64, f64) {
        let of = |count: Option<&u32>| f64::from(count.copied().unwrap_or(1));
        (of(self.found.get(&found)), of(self.truth.get(&truth)), of(self.both.get(&(found, truth))))
    }
}

fn known<'a>(found: &'a [u32], truth: &'a [u32]) -> impl Iterator<Item = (u32, u32)> + 'a {
    found.iter().copied().zip(truth.iter().copied()).filter(|(_, t)| *t != UNKNOWN)
}

/// Sums over records.
#[derive(Clone, Copy, Default)]
struct Sums {
    records: u64,
    truth: f64,
    found: f64,
    right: f64,
    b3_precision: f64,
    b3_recall: f64,
}

impl Sums {
    fn add(&mut self, (found, truth, both): (f64, f64, f64)) {
        self.records += 1;
        // Each record holds half of every pair it is in.
        self.truth += (truth - 1.0) / 2.0;
        self.found += (found - 1.0) / 2.0;
        self.right += (both - 1.0) / 2.0;
        self.b3_precision += both / found;
        self.b3_recall += both / truth;
    }

    fn quality(&self) -> Quality {
        let (precision, recall) = (Share::of(self.right, self.found), Share::of(self.right, self.truth));
        #[expect(clippy::cast_precision_loss, reason = "records are far fewer than 2^53")]
        let each = |sum: f64| if self.records == 0 { 1.0 } else { sum / self.records as f64 };
        let (b3_precision, b3_recall) = (each(self.b3_precision), each(self.b3_recall));
        Quality {
            records: self.records,
            true_pairs: self.truth,
            found_pairs: self.found,
            right_pairs: self.right,
            precision,
            recall,
            f1: f1(precision.value, recall.value),
            b3_precision,
            b3_recall,
            b3_f1: f1(b3_precision, b3_recall),
        }
    }
}

/// Quality over all records of which it is known whose they are. Both name each record's person by a number.
pub fn quality(found: &[u32], truth: &[u32]) -> Quality {
    let counts = Counts::of(found, truth);
    let mut sums = Sums::default();
    known(found, truth).for_each(|(f, t)| sums.add(counts.around(f, t)));
    sums.quality()
}

/// Quality by group: a pair counts half for the group of each of its records.
pub fn by_group(found: &[u32], truth: &[u32], group: &[u32], groups: usize) -> Vec<Quality> {
    let counts = Counts::of(found, truth);
    let mut sums = vec![Sums::default(); groups];
    for ((f, t), g) in found.iter().zip(truth).zip(group).filter(|((_, t), _)| **t != UNKNOWN) {
        if let Some(sum) = sums.get_mut(*g as usize) {
            sum.add(counts.around(*f, *t));
        }
    }
    sums.iter().map(Sums::quality).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_split_costs_recall_and_a_wrong_join_precision() {
        let truth = [1, 1, 1, 2, 2, UNKNOWN];
        let split = quality(&[0, 0, 2, 3, 3, 0], &truth);
        assert_eq!((split.true_pairs, split.found_pairs, split.right_pairs), (4.0, 2.0, 2.0));
        assert_eq!((split.precision.value, split.recall.value, split.records), (1.0, 0.5, 5));
        let joined = quality(&[0, 0, 0, 0, 0, 0], &truth);
        assert_eq!((joined.found_pairs, joined.precision.value, joined.recall.value), (10.0, 0.4, 1.0));
        assert!((joined.b3_precision - (9.0 + 4.0) / 25.0).abs() < 1e-12);
    }

    #[test]
    fn intervals_hold_the_share_and_narrow() {
        let (few, many) = (Share::of(9.0, 10.0), Share::of(900.0, 1000.0));
        assert!(few.low < many.low && many.high < few.high && (few.low - 0.596).abs() < 0.001);
        assert_eq!(Share::of(0.0, 0.0).value, 1.0);
    }

    proptest! {
        #[test]
        fn groups_add_up_and_shares_are_shares(rows in prop::collection::vec((0u32..6, 0u32..6, 0u32..3), 1..60)) {
            let found: Vec<u32> = rows.iter().map(|r| r.0).collect();
            let truth: Vec<u32> = rows.iter().map(|r| r.1).collect();
            let group: Vec<u32> = rows.iter().map(|r| r.2).collect();
            let all = quality(&found, &truth);
            let parts = by_group(&found, &truth, &group, 3);
            prop_assert!((parts.iter().map(|p| p.right_pairs).sum::<f64>() - all.right_pairs).abs() < 1e-9);
            prop_assert!((parts.iter().map(|p| p.true_pairs).sum::<f64>() - all.true_pairs).abs() < 1e-9);
            for q in parts.iter().chain([&all]) {
                for share in [q.precision, q.recall] {
                    prop_assert!(0.0 <= share.low && share.low <= share.value);
                    prop_assert!(share.value <= share.high && share.high <= 1.0);
                }
            }
            let perfect = quality(&truth, &truth);
            prop_assert_eq!((perfect.f1, perfect.b3_f1), (1.0, 1.0));
        }
    }
}
