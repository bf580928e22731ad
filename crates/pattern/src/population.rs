//! What is usual in an area: how grave its episodes are and how often they come. Everybody is held against it, so it is
//! counted once, kept with its date, and given in.

use serde::{Deserialize, Serialize};

use crate::normal;
use crate::report::{CLASSES, Harm};
use crate::settings::Settings;
use crate::silence::Rates;

/// Counts of an area, taken up person by person and in any order; two of them can be joined.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Episodes of each harm class.
    pub harm: [u64; CLASSES],
    /// People with an episode.
    pub people: u64,
    later: f64,
    days: f64,
    later_squared: f64,
    days_squared: f64,
    later_days: f64,
}

impl Counts {
    /// Takes up an episode.
    pub fn episode(&mut self, harm: Harm) {
        if let Some(slot) = self.harm.get_mut(usize::from(harm.class())) {
            *slot += 1;
        }
    }

    /// Takes up a person: episodes after the first, and days of the clock since the first.
    pub fn person(&mut self, later: usize, clock_days: f64) {
        let later = later as f64;
        self.people += 1;
        self.later += later;
        self.days += clock_days;
        self.later_squared += later * later;
        self.days_squared += clock_days * clock_days;
        self.later_days += later * clock_days;
    }

    /// Both together.
    pub fn join(&mut self, other: &Self) {
        self.harm.iter_mut().zip(other.harm).for_each(|(a, b)| *a += b);
        self.people += other.people;
        self.later += other.later;
        self.days += other.days;
        self.later_squared += other.later_squared;
        self.days_squared += other.days_squared;
        self.later_days += other.later_days;
    }

    /// Shape and scale of the rates by their first two moments: what counts vary beyond chance is what people differ.
    fn rates(&self) -> Option<Rates> {
        let mean = self.later / self.days;
        let varied = self.later_squared - 2.0 * mean * self.later_days + mean * mean * self.days_squared;
        let beyond = varied - self.later;
        let shape = mean * mean * self.days_squared / beyond;
        let usable = mean.is_finite() && mean > 0.0;
        // Where counts vary no more than chance does, people hardly differ: the shape is large.
        let shape = if beyond <= 0.0 { 20.0 } else { shape.clamp(0.2, 20.0) };
        usable.then_some(Rates { shape, days: shape / mean })
    }
}

/// What is usual, ready to hold people against.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// Share of episodes in each harm class.
    pub shares: [f64; CLASSES],
    /// The normal score of each class's middle rank: z = Φ⁻¹(mid-rank).
    pub scores: [f64; CLASSES],
    /// How often episodes come.
    pub rates: Rates,
}

const YEAR: f64 = 365.25;

impl Population {
    /// What the settings take as usual.
    pub fn usual(settings: &Settings) -> Self {
        Self::of(settings, &Counts::default())
    }

    /// What an area's counts say, mixed with what the settings take as usual.
    pub fn of(settings: &Settings, counts: &Counts) -> Self {
        let usual = &settings.population;
        let counted: u64 = counts.harm.iter().sum();
        let given: f64 = usual.harm_shares.iter().sum();
        let whole = usual.harm_weight + counted as f64;
        let mut shares = [0.0; CLASSES];
        for ((slot, given_share), counted) in shares.iter_mut().zip(usual.harm_shares).zip(counts.harm) {
            *slot = (given_share / given * usual.harm_weight + counted as f64) / whole;
        }
        let mut below = 0.0;
        let scores = shares.map(|share| {
            let middle = below + share / 2.0;
            below += share;
            normal::with_below(middle.clamp(1e-9, 1.0 - 1e-9))
        });
        let given_rates =
            Rates { shape: usual.rate_shape, days: usual.rate_shape / usual.rate_per_year * YEAR };
        let own = (counts.people >= usual.rates_from_people).then(|| counts.rates()).flatten();
        Self { shares, scores, rates: own.unwrap_or(given_rates) }
    }

    /// The normal score of a class.
    pub fn score(&self, harm: Harm) -> f64 {
        self.scores.get(usize::from(harm.class())).copied().unwrap_or(0.0)
    }
}
