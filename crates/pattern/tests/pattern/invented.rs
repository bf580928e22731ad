//! Invented courses whose truth is known: three years, more than half of what happens recorded, custody, a reporting step,
//! duplicates by several agencies. The figures that count come from another program; these are for the tests here.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Beta, Distribution, Gamma, Normal, Poisson, Uniform};
use throughline_pattern::{Away, AwayKind, Course, DAY, Harm, Moment, Report, Source, Step};

/// Days of a course.
pub const DAYS: f64 = 1_096.0;
const CUTS: [f64; 4] = [-0.9, 0.2, 1.1, 1.9];

/// What is true of a course.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truth {
    /// Rate at the end ÷ rate at the beginning.
    pub ratio: f64,
    /// Rise of harm over the whole time.
    pub rise: f64,
    /// Whether the area begins to report more.
    pub step: bool,
    /// Whether there is a time in custody.
    pub custody: bool,
    /// How many times as much of this group is recorded.
    pub looked_at: f64,
}

impl Truth {
    /// Nothing changes, nothing is in the way.
    pub const STEADY: Self = Self { ratio: 1.0, rise: 0.0, step: false, custody: false, looked_at: 1.0 };
}

/// A course.
#[derive(Clone, Debug, Default)]
pub struct Invented {
    /// Reports.
    pub reports: Vec<Report>,
    /// Times away.
    pub away: Vec<Away>,
    /// The reporting index.
    pub steps: Vec<Step>,
    /// Episodes recorded.
    pub episodes: usize,
}

impl Invented {
    /// As the engine takes it.
    pub fn course(&self) -> Course<'_> {
        Course { reports: &self.reports, away: &self.away, reporting: &self.steps, until: at(DAYS) }
    }
}

fn at(days: f64) -> Moment {
    Moment((days * DAY as f64) as i64)
}

/// Chance, by a seed.
pub struct Inventor(pub ChaCha8Rng);

impl Inventor {
    /// With a seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// An even number below 1.
    pub fn even(&mut self) -> f64 {
        Uniform::new(0.0, 1.0).unwrap().sample(&mut self.0)
    }

    /// A normal number.
    pub fn normal(&mut self, sd: f64) -> f64 {
        Normal::new(0.0, sd).unwrap().sample(&mut self.0)
    }

    /// A gamma number.
    pub fn gamma(&mut self, shape: f64, scale: f64) -> f64 {
        Gamma::new(shape, scale).unwrap().sample(&mut self.0)
    }

    /// How many.
    pub fn poisson(&mut self, mean: f64) -> usize {
        if mean <= 0.0 { 0 } else { Poisson::new(mean).unwrap().sample(&mut self.0) as usize }
    }

    /// The harm class of a hidden level.
    pub fn class(level: f64) -> u8 {
        CUTS.iter().filter(|cut| level > **cut).count() as u8
    }

    /// A course of which this is true.
    pub fn course(&mut self, truth: Truth) -> Invented {
        let mut out = Invented::default();
        let yearly = (self.gamma(2.8, 1.0 / 2.8) * 12.0).max(0.8);
        let recorded = (Beta::new(4.0, 3.0).unwrap().sample(&mut self.0) * truth.looked_at).min(1.0);
        let b = truth.ratio.ln();
        let mean = if b == 0.0 { 1.0 } else { (b.exp() - 1.0) / b };
        let highest = yearly / 365.0 * b.exp().max(1.0) / mean;
        let step_at = truth.step.then(|| [0.38, 0.47, 0.55, 0.62][(self.even() * 4.0) as usize] * DAYS);
        if let Some(step_at) = step_at {
            out.steps.push(Step { from: at(step_at), index: 1.6 });
        }
        let gone = truth.custody.then(|| {
            let from = (0.1 + 0.6 * self.even()) * DAYS;
            (from, (from + 90.0 + 275.0 * self.even()).min(DAYS))
        });
        out.away.extend(gone.map(|(from, to)| Away { from: at(from), to: at(to), kind: AwayKind::Custody }));
        let level = self.normal(0.5);
        for _ in 0..self.poisson(highest * 1.6 * DAYS) {
            let day = self.even() * DAYS;
            let rate = yearly / 365.0 * (b * day / DAYS).exp() / mean;
            let index = if step_at.is_some_and(|step| day > step) { 1.6 } else { 1.0 };
            let kept = self.even() < (rate * index * recorded / (highest * 1.6)).min(1.0);
            if !kept || gone.is_some_and(|(from, to)| from <= day && day <= to) {
                continue;
            }
            out.episodes += 1;
            let class = Self::class(level + truth.rise * (day / DAYS - 0.5) + self.normal(0.9));
            self.report(&mut out, day, class);
            for _ in 0..self.poisson(0.35) {
                let (later, milder) = (2.9 * self.even(), u8::from(self.even() < 0.5));
                self.report(&mut out, (day + later).min(DAYS), class.saturating_sub(milder));
            }
        }
        out
    }

    fn report(&mut self, out: &mut Invented, day: f64, class: u8) {
        let source = Source((self.even() * 6.0) as u8);
        out.reports.push(Report {
            at: at(day),
            harm: Harm::new(class).unwrap(),
            source,
            ..Report::default()
        });
    }
}

/// How often a number of the one kind is above one of the other: the area under the curve.
pub fn auc(yes: &[f64], no: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> =
        yes.iter().map(|x| (*x, true)).chain(no.iter().map(|x| (*x, false))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut before, mut won) = (0.0, 0.0);
    for same in all.chunk_by(|a, b| a.0 == b.0) {
        let yes = same.iter().filter(|x| x.1).count() as f64;
        let no = same.len() as f64 - yes;
        won += yes * (before + no / 2.0);
        before += no;
    }
    won / (yes.len() * no.len()) as f64
}
