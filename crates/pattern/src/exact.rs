//! Checks of the trend that need no prior: Laplace's statistic, and its exact law for few episodes.

/// Laplace's statistic (Σx − m/2) ÷ √(m/12): standard normal where the rate is steady.
pub fn laplace(m: usize, sum: f64) -> Option<f64> {
    (m > 0).then(|| (sum - m as f64 / 2.0) / (m as f64 / 12.0).sqrt())
}

/// Up to so many the alternating sum is exact enough.
const MOST: usize = 12;

/// P(a sum of `m` even draws from (0, 1] ≥ `sum`), by Irwin and Hall: how often a steady rate puts episodes as late as
/// these. From 13 on by Laplace's statistic.
pub fn as_late_by_chance(m: usize, sum: f64) -> Option<f64> {
    if m == 0 {
        return None;
    }
    if m > MOST {
        return laplace(m, sum).map(crate::normal::above);
    }
    // The law is the same from both ends; the smaller tail loses no digits.
    let size = m as f64;
    let (rest, other_end) = if sum > size / 2.0 { (size - sum, false) } else { (sum, true) };
    let rest = rest.clamp(0.0, size);
    let (mut ways, mut tail) = (1.0, 0.0);
    for k in 0..=m {
        let over = rest - k as f64;
        if over <= 0.0 {
            break;
        }
        tail += if k % 2 == 0 { ways } else { -ways } * over.powi(m as i32);
        ways *= (size - k as f64) / (k as f64 + 1.0);
    }
    let orders: f64 = (1..=m).map(|k| k as f64).product();
    let tail = (tail / orders).clamp(0.0, 1.0);
    Some(if other_end { 1.0 - tail } else { tail })
}
