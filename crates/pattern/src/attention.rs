//! Whom to look at first: harm expected in the next year, with the range of the rank, beside a list of what has changed and
//! some chosen at random, so that an area can learn what its lists miss (handbook 1.4).

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Gamma};
use serde::Serialize;

use crate::assess::Pattern;
use crate::population::Population;
use crate::report::{CLASSES, HardFlags};
use crate::settings::AttentionSettings;

const YEAR: f64 = 365.25;

/// One person causing harm as the lists see them. Nothing of who they are goes in: only what is recorded that they did.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// The caller's number for the person causing harm.
    pub person: u64,
    /// Later episodes, those long ago weighing less.
    pub weight: f64,
    /// Clock days behind them, discounted alike.
    pub days: f64,
    /// Episodes by harm class. How grave somebody's acts are is known from so few that none is let go of.
    pub harm: [f64; CLASSES],
    /// People who are affected now: those harmed and their children.
    pub affected: u32,
    /// What has changed.
    pub change: Change,
    /// What must be looked at whatever the numbers say. Whoever has one stands before everybody who has none: the caller says
    /// how far back one counts.
    pub flags: HardFlags,
}

/// Probabilities that something has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Change {
    /// Frequency rose.
    pub frequency: f64,
    /// Severity rose.
    pub severity: f64,
    /// More often since a separation that is still watched.
    pub separation: f64,
    /// With another family, confirmed or not.
    pub moved: f64,
}

impl Change {
    /// The likeliest change of the four.
    pub fn most(&self) -> f64 {
        self.frequency.max(self.severity).max(self.separation).max(self.moved)
    }
}

impl Standing {
    /// A person as their pattern says. `separation` and `moved` are the probabilities of those overlays.
    pub fn of(
        person: u64,
        pattern: &Pattern,
        affected: u32,
        (separation, moved): (f64, f64),
        by: &AttentionSettings,
    ) -> Self {
        let now = pattern.reading.elapsed.clock;
        let discount = |age: f64| (-age.max(0.0) / by.discount_days).exp();
        let mut standing = Self {
            person,
            weight: 0.0,
            days: by.discount_days * (1.0 - discount(now)),
            harm: [0.0; CLASSES],
            affected,
            change: Change {
                frequency: pattern.reading.frequency.map_or(0.0, |trend| trend.up),
                severity: pattern.reading.severity.map_or(0.0, |rise| rise.up),
                separation,
                moved,
            },
            flags: pattern.flags,
        };
        for (place, point) in pattern.points.iter().enumerate() {
            let weight = discount(now - point.elapsed.clock);
            if let Some(slot) = standing.harm.get_mut(usize::from(point.episode.harm.class())) {
                *slot += 1.0;
            }
            // The first starts the clock.
            standing.weight += if place > 0 { weight } else { 0.0 };
        }
        standing
    }

    fn rate(&self, population: &Population) -> (f64, f64) {
        (population.rates.shape + self.weight, population.rates.days + self.days)
    }

    fn classes(&self, population: &Population, by: &AttentionSettings) -> [f64; CLASSES] {
        let mut shares = population.shares;
        shares.iter_mut().zip(self.harm).for_each(|(slot, own)| *slot = *slot * by.harm_prior + own);
        shares
    }

    /// Harm expected in the next year at liberty, in days as sentencing guidelines count, times the people affected:
    /// `E[λ]·Σ pₖ·hₖ`.
    pub fn expected(&self, population: &Population, by: &AttentionSettings) -> f64 {
        let (shape, days) = self.rate(population);
        shape / days * YEAR * self.scale(&self.classes(population, by), by)
    }

    fn scale(&self, classes: &[f64; CLASSES], by: &AttentionSettings) -> f64 {
        let all: f64 = classes.iter().sum();
        let harm: f64 = classes.iter().zip(by.harm_days).map(|(share, days)| share * days).sum();
        harm / all * f64::from(self.affected.max(1))
    }

    /// One reading of what is not known: a rate and a mix of harm as they may be.
    fn drawn(&self, population: &Population, by: &AttentionSettings, chance: &mut ChaCha8Rng) -> f64 {
        let mut gamma = |shape: f64| Gamma::new(shape, 1.0).map_or(0.0, |law| law.sample(chance));
        let (shape, days) = self.rate(population);
        let rate = gamma(shape) / days * YEAR;
        let drawn = self.classes(population, by).map(gamma);
        rate * self.scale(&drawn, by)
    }
}

/// A place on the list of harm.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ranked {
    /// Who.
    pub person: u64,
    /// From 1 on.
    pub rank: usize,
    /// One reading in twenty ranks them higher than this.
    pub rank_low90: usize,
    /// One in twenty lower.
    pub rank_high90: usize,
    /// P(among the first `capacity`).
    pub in_top: f64,
    /// Harm expected in the next year.
    pub expected: f64,
}

/// The three lists. Whoever has a hard flag stands first; these lists never decide that somebody is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Lists {
    /// By harm expected.
    pub harm: Vec<Ranked>,
    /// By what has changed, the likeliest change first.
    pub change: Vec<(u64, Change)>,
    /// Chosen at random among everybody else.
    pub audit: Vec<u64>,
}

/// How many times the capacity has its place read again and again; who stands below hardly ever comes into question.
const LEADING: usize = 10;
/// And never fewer than so many.
const AT_LEAST: usize = 500;

/// Draws the lists for so many places each. `seed` makes them the same again: the area's and the day's.
pub fn lists(
    people: &[Standing],
    capacity: usize,
    seed: u64,
    population: &Population,
    by: &AttentionSettings,
) -> Lists {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<(f64, &Standing)> =
        people.iter().map(|person| (person.expected(population, by), person)).collect();
    order.sort_by(|a, b| {
        let flags = a.1.flags.is_empty().cmp(&b.1.flags.is_empty());
        flags.then(b.0.total_cmp(&a.0)).then(a.1.person.cmp(&b.1.person))
    });
    order.truncate(AT_LEAST.max(capacity.saturating_mul(LEADING)));
    let mut ranks: Vec<Vec<u32>> = vec![Vec::with_capacity(by.draws); order.len()];
    let mut drawn: Vec<(bool, f64, usize)> = Vec::with_capacity(order.len());
    for _ in 0..by.draws {
        drawn.clear();
        let each = order.iter().enumerate();
        drawn.extend(each.map(|(place, (_, person))| {
            (person.flags.is_empty(), person.drawn(population, by, &mut chance), place)
        }));
        drawn.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
        for (rank, (_, _, place)) in (1u32..).zip(&drawn) {
            ranks.get_mut(*place).into_iter().for_each(|seen| seen.push(rank));
        }
    }
    let harm: Vec<Ranked> = order
        .iter()
        .zip(&mut ranks)
        .take(capacity)
        .enumerate()
        .map(|(place, ((expected, person), seen))| {
            seen.sort_unstable();
            let at = |share: f64| {
                let place = (share * seen.len() as f64) as usize;
                seen.get(place.min(seen.len().saturating_sub(1))).map_or(place + 1, |rank| *rank as usize)
            };
            let within = seen.partition_point(|rank| *rank as usize <= capacity);
            Ranked {
                person: person.person,
                rank: place + 1,
                // The range holds the place the list gives, too.
                rank_low90: at(0.05).min(place + 1),
                rank_high90: at(0.95).max(place + 1),
                in_top: within as f64 / seen.len().max(1) as f64,
                expected: *expected,
            }
        })
        .collect();
    let change = changed(people, capacity, by);
    let audit = audit(people, &harm, &change, capacity, by, &mut chance);
    Lists { harm, change, audit }
}

fn changed(people: &[Standing], capacity: usize, by: &AttentionSettings) -> Vec<(u64, Change)> {
    let mut changed: Vec<&Standing> =
        people.iter().filter(|person| person.change.most() >= by.change_from).collect();
    changed.sort_by(|a, b| {
        let flags = a.flags.is_empty().cmp(&b.flags.is_empty());
        flags.then(b.change.most().total_cmp(&a.change.most())).then(a.person.cmp(&b.person))
    });
    changed.truncate(capacity);
    changed.into_iter().map(|person| (person.person, person.change)).collect()
}

/// The least share chosen at random, whatever settings say.
const LEAST_AUDIT: f64 = 0.02;

fn audit(
    people: &[Standing],
    harm: &[Ranked],
    change: &[(u64, Change)],
    capacity: usize,
    by: &AttentionSettings,
    chance: &mut ChaCha8Rng,
) -> Vec<u64> {
    let mut listed: Vec<u64> = harm.iter().map(|r| r.person).chain(change.iter().map(|c| c.0)).collect();
    listed.sort_unstable();
    let mut others: Vec<u64> = people.iter().map(|person| person.person).collect();
    others.retain(|person| listed.binary_search(person).is_err());
    others.sort_unstable();
    let places = (capacity as f64 * by.audit_share.max(LEAST_AUDIT)).ceil() as usize;
    let mut chosen = Vec::with_capacity(places);
    while chosen.len() < places && !others.is_empty() {
        let even = rand_distr::Uniform::new(0, others.len());
        let Ok(place) = even.map(|law| law.sample(chance)) else { break };
        chosen.push(others.swap_remove(place));
    }
    chosen
}
