//! Ranges hold what they say: under its own prior the 80% range covers the truth in about 80 of 100.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Normal, Uniform};
use throughline_pattern::{Line, Sums, Trend};

/// A place in (0, 1) where the density is proportional to exp(b·x).
fn place(b: f64, even: f64) -> f64 {
    if b.abs() < 1e-9 { even } else { ((1.0 + even * (b.exp() - 1.0)).ln() / b).clamp(0.0, 1.0) }
}

#[test]
fn the_range_of_the_trend_covers_eighty_in_a_hundred() {
    let trend = Trend::new(1.2, 1.5);
    let mut chance = ChaCha8Rng::seed_from_u64(41);
    let (prior, even) = (Normal::new(0.0, 1.2).unwrap(), Uniform::new(0.0, 1.0).unwrap());
    for m in [3, 6, 12, 30] {
        let mut within = 0;
        const TRIES: usize = 20_000;
        for _ in 0..TRIES {
            let b: f64 = prior.sample(&mut chance);
            let sum: f64 = (0..m).map(|_| place(b, even.sample(&mut chance))).sum();
            let found = trend.posterior(m, sum);
            within += usize::from((found.low80..=found.high80).contains(&b.exp()));
        }
        let share = within as f64 / TRIES as f64;
        assert!((0.78..=0.82).contains(&share), "{m} later episodes: {share}");
    }
}

#[test]
fn the_range_of_the_rise_of_harm_covers_eighty_in_a_hundred() {
    let line = Line { noise_sd: 0.85, prior_sd: 1.5, least_rise: 0.7 };
    let mut chance = ChaCha8Rng::seed_from_u64(42);
    let law = |sd: f64| Normal::new(0.0, sd).unwrap();
    let (rise, level, noise, even) = (law(1.5), law(1.0), law(0.85), Uniform::new(0.0, 1.0).unwrap());
    let mut within = 0;
    const TRIES: usize = 20_000;
    for _ in 0..TRIES {
        let (c, a): (f64, f64) = (rise.sample(&mut chance), level.sample(&mut chance));
        let mut sums = Sums::default();
        for _ in 0..7 {
            let x: f64 = even.sample(&mut chance);
            sums.add(x, a + c * x + noise.sample(&mut chance));
        }
        let found = sums.posterior(&line);
        within += usize::from((found.mean - c).abs() <= 1.281_551_6 * found.sd);
    }
    let share = within as f64 / TRIES as f64;
    assert!((0.78..=0.82).contains(&share), "{share}");
}
