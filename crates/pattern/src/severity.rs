//! Are the later episodes more serious? A line through the ranks of harm, with a prior and in closed form (handbook 1.4,
//! axis S), and the step: a last episode worse than any before.

use serde::Serialize;

use crate::normal;
use crate::report::Harm;

/// Priors of the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Spread of one episode about the line.
    pub noise_sd: f64,
    /// Spread of the rise over the whole time that is thought possible.
    pub prior_sd: f64,
    /// A smaller rise is no change worth a word.
    pub least_rise: f64,
}

/// What is believed of the rise c over the whole time, in spreads of harm in the area.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SeverityPosterior {
    /// P(c > the least rise).
    pub up: f64,
    /// P(c < −the least rise).
    pub down: f64,
    /// Mean of c.
    pub mean: f64,
    /// Standard deviation of c.
    pub sd: f64,
}

/// Sums that the posterior depends on, taken up episode by episode.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    n: f64,
    x: f64,
    xx: f64,
    z: f64,
    xz: f64,
}

impl Sums {
    /// Takes up an episode at `x` of the clock, with `z` the normal score of its harm.
    pub fn add(&mut self, x: f64, z: f64) {
        self.n += 1.0;
        self.x += x;
        self.xx += x * x;
        self.z += z;
        self.xz += x * z;
    }

    /// The posterior of c in z = α + c·(x − x̄) + ε, ε ~ N(0, noise²), c ~ N(0, prior²). About x̄ the level α has no say.
    pub fn posterior(&self, line: &Line) -> SeverityPosterior {
        let centred = |xy: f64, y: f64| if self.n > 0.0 { xy - self.x * y / self.n } else { 0.0 };
        let noise = line.noise_sd.powi(2);
        let precision = centred(self.xx, self.x).max(0.0) / noise + line.prior_sd.powi(-2);
        let mean = centred(self.xz, self.z) / noise / precision;
        let sd = precision.powf(-0.5);
        SeverityPosterior {
            up: normal::above((line.least_rise - mean) / sd),
            down: normal::above((line.least_rise + mean) / sd),
            mean,
            sd,
        }
    }
}

/// Whether the last is worse than any before, by `classes` or more above their median. Among n episodes in no order that
/// happens with a chance of at most 1 in n, which must be said beside it.
pub fn is_step(harms: &[Harm], classes: u8) -> bool {
    let Some((last, before)) = harms.split_last() else { return false };
    let mut before: Vec<u8> = before.iter().map(|harm| harm.class()).collect();
    before.sort_unstable();
    let (Some(most), Some(middle)) = (before.last(), before.get(before.len() / 2)) else { return false };
    last.class() > *most && last.class() >= middle.saturating_add(classes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn harms(classes: &[u8]) -> Vec<Harm> {
        classes.iter().map(|class| Harm::new(*class).unwrap()).collect()
    }

    #[test]
    fn a_step_is_a_new_worst_far_above_the_usual() {
        assert!(is_step(&harms(&[1, 0, 1, 2, 4]), 2));
        assert!(is_step(&harms(&[0, 0, 2]), 2));
        assert!(!is_step(&harms(&[1, 0, 1, 2, 2]), 2), "no new worst");
        assert!(!is_step(&harms(&[2, 2, 3]), 2), "one class above");
        assert!(!is_step(&harms(&[4]), 2) && !is_step(&[], 2));
    }

    #[test]
    fn the_posterior_is_that_of_the_normal_line() {
        let mut sums = Sums::default();
        for (x, z) in [(0.0, -1.0), (0.25, -0.5), (0.5, 0.0), (0.75, 0.5), (1.0, 1.0)] {
            sums.add(x, z);
        }
        let line = Line { noise_sd: 0.85, prior_sd: 1.5, least_rise: 0.4 };
        let found = sums.posterior(&line);
        let precision = 0.625 / 0.7225 + 1.0 / 2.25;
        assert!((found.mean - 1.25 / 0.7225 / precision).abs() < 1e-12);
        assert!((found.sd - precision.powf(-0.5)).abs() < 1e-12);
        let none = Sums::default().posterior(&line);
        assert!((none.sd - 1.5).abs() < 1e-12 && none.mean == 0.0);
    }
}
