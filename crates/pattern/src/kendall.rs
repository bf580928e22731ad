//! Mann and Kendall's check of the severity trend: exact, ties included, so that it may stand beside a label drawn from a
//! handful of episodes.

use crate::normal;

/// Are later values higher?
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kendall {
    /// Pairs that rise less pairs that fall.
    pub s: i64,
    /// Kendall's tau-b: 1 where every pair rises.
    pub tau_b: f64,
    /// How often chance orders these values so that S is as high, or higher.
    pub as_high_by_chance: f64,
}

/// From so many values on the law of S is taken as normal.
const EXACT_UP_TO: usize = 40;

/// Checks values in the order of time. `None` below two values, or where all are alike.
pub fn check(values: &[u8]) -> Option<Kendall> {
    let n = values.len() as i64;
    let mut s = 0;
    for (place, earlier) in values.iter().enumerate() {
        for later in values.iter().skip(place + 1) {
            s += i64::from(later > earlier) - i64::from(later < earlier);
        }
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let ties: Vec<usize> = sorted.chunk_by(|a, b| a == b).map(<[u8]>::len).collect();
    let pairs = n * (n - 1) / 2;
    let tied: i64 = ties.iter().map(|t| *t as i64 * (*t as i64 - 1) / 2).sum();
    let untied = pairs - tied;
    if untied <= 0 {
        return None;
    }
    let tau_b = s as f64 / ((pairs as f64) * (untied as f64)).sqrt();
    let by_chance =
        if values.len() <= EXACT_UP_TO { exact(s, untied, &ties) } else { normal_law(s, n, &ties) };
    Some(Kendall { s, tau_b, as_high_by_chance: by_chance })
}

/// S = untied pairs − 2 × inversions, and the inversions of all orders of a multiset are counted by the Gaussian
/// multinomial coefficient (MacMahon 1915), a product of Gaussian binomials.
fn exact(s: i64, untied: i64, ties: &[usize]) -> f64 {
    let most = usize::try_from((untied - s) / 2).unwrap_or(0);
    let mut ways = vec![1.0];
    let mut taken = 0;
    for size in ties {
        taken += size;
        ways = product(&ways, &gaussian_binomial(taken, *size));
    }
    let all: f64 = ways.iter().sum();
    let few: f64 = ways.iter().take(most + 1).sum();
    (few / all).clamp(0.0, 1.0)
}

fn product(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; (a.len() + b.len()).saturating_sub(1)];
    for (i, a) in a.iter().enumerate() {
        for (slot, b) in out.iter_mut().skip(i).zip(b) {
            *slot += a * b;
        }
    }
    out
}

/// Coefficients of [n choose k]_q by Pascal's rule [n, k] = [n−1, k−1] + q^k·[n−1, k].
fn gaussian_binomial(n: usize, k: usize) -> Vec<f64> {
    let mut row: Vec<Vec<f64>> = vec![vec![1.0]];
    for size in 1..=n {
        let mut next: Vec<Vec<f64>> = Vec::with_capacity(k + 1);
        for chosen in 0..=k.min(size) {
            let mut sum = vec![0.0; chosen * (size - chosen) + 1];
            if let Some(before) = chosen.checked_sub(1).and_then(|less| row.get(less)) {
                sum.iter_mut().zip(before).for_each(|(slot, ways)| *slot += ways);
            }
            if chosen < size
                && let Some(before) = row.get(chosen)
            {
                sum.iter_mut().skip(chosen).zip(before).for_each(|(slot, ways)| *slot += ways);
            }
            next.push(sum);
        }
        row = next;
    }
    row.pop().unwrap_or_default()
}

fn normal_law(s: i64, n: i64, ties: &[usize]) -> f64 {
    let part = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let tied: f64 = ties.iter().map(|t| part(*t as f64)).sum();
    let sd = ((part(n as f64) - tied) / 18.0).sqrt();
    // A step of S is 2: half of it towards the middle.
    normal::above((s as f64 - 1.0) / sd)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every order of the values, one by one.
    fn by_counting(values: &[u8]) -> f64 {
        fn orders(left: &mut Vec<u8>, done: &mut Vec<u8>, seen: &mut Vec<i64>) {
            if left.is_empty() {
                seen.push(check(done).map_or(0, |found| found.s));
            }
            for place in 0..left.len() {
                let value = left.remove(place);
                done.push(value);
                orders(left, done, seen);
                done.pop();
                left.insert(place, value);
            }
        }
        let s = check(values).unwrap().s;
        let mut seen = Vec::new();
        orders(&mut values.to_vec(), &mut Vec::new(), &mut seen);
        seen.iter().filter(|other| **other >= s).count() as f64 / seen.len() as f64
    }

    #[test]
    fn the_exact_chance_is_that_of_all_orders() {
        for values in [&[0, 1, 1, 2, 4][..], &[3, 1, 1, 2], &[4, 0], &[0, 0, 1, 1, 0, 2], &[1, 2, 3, 0, 4, 4]]
        {
            let found = check(values).unwrap().as_high_by_chance;
            assert!((found - by_counting(values)).abs() < 1e-12, "{values:?}: {found}");
        }
        assert!(check(&[2, 2, 2]).is_none() && check(&[1]).is_none() && check(&[]).is_none());
    }

    #[test]
    fn the_exact_law_meets_the_normal_one() {
        let values: Vec<u8> = (0..40).map(|i: u32| ((i * 7 + i / 9) % 5) as u8).collect();
        let exact = check(&values).unwrap();
        let mut more = values.clone();
        more.push(2);
        let normal = check(&more).unwrap();
        assert!((exact.as_high_by_chance - normal.as_high_by_chance).abs() < 0.05, "{exact:?} {normal:?}");
    }
}
