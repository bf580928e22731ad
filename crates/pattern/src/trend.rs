//! Are episodes getting closer together? A log-linear trend of the rate on the operational clock, given how many later
//! episodes there are, as one prior and a grid of 321 points say (Cox and Lewis 1966, chapter 3; handbook 1.4, axis F).

use serde::Serialize;

/// Points of the grid, and its reach.
const POINTS: usize = 321;
const REACH: f64 = 4.0;
const APART: f64 = 2.0 * REACH / (POINTS as f64 - 1.0);
/// Weights of so many counts are kept ready.
const KEPT: usize = 64;

/// What is believed of the trend b, where e^b is the rate now ÷ the rate at the start.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TrendPosterior {
    /// P(b > ln of the least ratio).
    pub up: f64,
    /// P(b < −ln of the least ratio).
    pub down: f64,
    /// Mean of b.
    pub mean: f64,
    /// e^b: the middle of what is believed.
    pub ratio: f64,
    /// e^b: one in ten below.
    pub low80: f64,
    /// e^b: one in ten above.
    pub high80: f64,
}

/// The prior, and for each count of later episodes the weights of the grid.
#[derive(Clone, Debug)]
pub struct Trend {
    line: f64,
    /// ln prior at each point.
    prior: Vec<f64>,
    /// ln of (b/2) ÷ sinh(b/2) at each point.
    spread: Vec<f64>,
    /// Prior × spread^m at each point, for each m.
    kept: Vec<Vec<f64>>,
}

fn point(place: usize) -> f64 {
    -REACH + APART * place as f64
}

impl Trend {
    /// The trend with prior b ~ N(0, `prior_sd`²); change counts from `least_ratio` on.
    pub fn new(prior_sd: f64, least_ratio: f64) -> Self {
        let half = |b: f64| if b.abs() < 1e-12 { 0.0 } else { (b / 2.0 / (b / 2.0).sinh()).ln() };
        let prior: Vec<f64> = (0..POINTS).map(|i| -0.5 * (point(i) / prior_sd).powi(2)).collect();
        let spread: Vec<f64> = (0..POINTS).map(|i| half(point(i))).collect();
        let weights = |m: usize| {
            prior.iter().zip(&spread).map(move |(p, s)| (p + m as f64 * s).exp()).collect::<Vec<f64>>()
        };
        let kept = (0..=KEPT).map(weights).collect();
        Self { line: least_ratio.ln(), prior, spread, kept }
    }

    /// What is believed after `m` later episodes at clock positions in (0, 1] that sum to `sum`. These two are all that
    /// the likelihood exp(b·Σx)·[b ÷ (e^b − 1)]^m depends on.
    pub fn posterior(&self, m: usize, sum: f64) -> TrendPosterior {
        // About the middle, exp(b·(Σx − m/2))·[(b/2) ÷ sinh(b/2)]^m: the same, and far from overflow.
        let lean = (sum - m as f64 / 2.0).clamp(-(m as f64) / 2.0, m as f64 / 2.0);
        let mut weights = [0.0; POINTS];
        match self.kept.get(m) {
            Some(ready) => {
                let (mut lever, grow) = ((-REACH * lean).exp(), (APART * lean).exp());
                for (weight, ready) in weights.iter_mut().zip(ready) {
                    *weight = ready * lever;
                    lever *= grow;
                }
            }
            None => {
                let log = |i: usize, p: f64, s: f64| p + m as f64 * s + point(i) * lean;
                let each =
                    || self.prior.iter().zip(&self.spread).enumerate().map(|(i, (p, s))| log(i, *p, *s));
                let highest = each().fold(f64::NEG_INFINITY, f64::max);
                weights.iter_mut().zip(each()).for_each(|(weight, log)| *weight = (log - highest).exp());
            }
        }
        self.read(&weights)
    }

    fn read(&self, weights: &[f64; POINTS]) -> TrendPosterior {
        let (mut all, mut up, mut down, mut mean) = (0.0, 0.0, 0.0, 0.0);
        for (place, weight) in weights.iter().enumerate() {
            let b = point(place);
            all += weight;
            mean += weight * b;
            up += if b > self.line { *weight } else { 0.0 };
            down += if b < -self.line { *weight } else { 0.0 };
        }
        let mut marks = [0.1, 0.5, 0.9].into_iter().map(|share| share * all).peekable();
        let mut found = [REACH; 3];
        let mut slots = found.iter_mut();
        let mut below = 0.0;
        for (place, weight) in weights.iter().enumerate() {
            while let Some(mark) = marks.next_if(|mark| below + weight >= *mark && *weight > 0.0) {
                // The weight of a point lies evenly about it.
                let b = point(place) + APART * ((mark - below) / weight - 0.5);
                slots.next().into_iter().for_each(|slot| *slot = b);
            }
            below += weight;
        }
        let [low, middle, high] = found.map(f64::exp);
        TrendPosterior {
            up: up / all,
            down: down / all,
            mean: mean / all,
            ratio: middle,
            low80: low,
            high80: high,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_episodes_and_few_are_reckoned_alike() {
        let trend = Trend::new(1.2, 1.5);
        let mut slow = trend.clone();
        slow.kept.clear();
        for (m, sum) in [(0, 0.0), (3, 2.4), (8, 4.0), (64, 40.0), (64, 1.0)] {
            let (a, b) = (trend.posterior(m, sum), slow.posterior(m, sum));
            let apart =
                [a.up - b.up, a.down - b.down, a.mean - b.mean, a.low80 - b.low80, a.high80 - b.high80];
            assert!(apart.iter().all(|gap| gap.abs() < 1e-9), "{m} {sum}: {a:?} {b:?}");
        }
        let far = trend.posterior(5_000, 4_900.0);
        assert!(far.up > 0.999 && far.ratio.is_finite(), "{far:?}");
    }

    #[test]
    fn with_no_later_episode_the_prior_stands() {
        let prior = Trend::new(1.2, 1.5).posterior(0, 0.0);
        assert!((prior.up - prior.down).abs() < 1e-12 && prior.mean.abs() < 1e-12);
        assert!((prior.ratio - 1.0).abs() < 1e-9);
    }
}
