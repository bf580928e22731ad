//! Weighs pairs of people and joins those who are connected, looking at nobody else.

use crate::cluster::{self, Judge, Rules, Said, Scored};
use crate::model::Model;
use crate::parted::{Person, Words};
use crate::score::Scorer;
use crate::settings::Settings;

/// A weighed pair of people, by their numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pair {
    /// One.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// Base-2 logarithm of the odds that they are one person.
    pub weight: f64,
}

/// A model made ready to weigh people who share words.
pub struct Weigher<'a> {
    scorer: Scorer<'a>,
    settings: &'a Settings,
}

impl<'a> Weigher<'a> {
    /// Of a model.
    #[must_use]
    pub fn new(words: &'a Words, model: &Model, settings: &'a Settings) -> Self {
        Self { scorer: Scorer::new(&words.tables, model), settings }
    }

    /// Rounds of weighing and joining after the first.
    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.settings.relation_rounds
    }

    /// The weight of a pair; `None` when it is not worth keeping.
    #[must_use]
    pub fn weigh(&self, a: &Person, b: &Person) -> Option<f64> {
        self.scorer.score_above(self.settings.thresholds.floor, &a.profile, &b.profile, (0, 1))
    }

    /// Whether a pair of this weight has a say in who is joined.
    #[must_use]
    pub fn has_say(&self, weight: f64) -> bool {
        weight >= self.settings.thresholds.least()
    }

    /// Whether a pair of this weight, not joined, is one for a person to look at.
    #[must_use]
    pub fn doubtful(&self, weight: f64) -> bool {
        crate::score::probability(weight) >= self.settings.thresholds.doubtful
    }

    /// Joins people: gives the pairs that join two groups. Everybody whom pairs with a say connect must be among
    /// `people`, and each such pair among `pairs`, which go by the places in `people`.
    #[must_use]
    pub fn join(&self, people: &[Person], pairs: &[Pair], round: u32) -> Vec<Pair> {
        let weak: Vec<bool> = people.iter().map(|person| person.profile.weak()).collect();
        let ranks: Vec<u64> = people.iter().map(|person| person.rank).collect();
        let rules = Rules {
            thresholds: &self.settings.thresholds,
            apart: &[],
            weak: &weak,
            ranks: &ranks,
            judge: &Known { people, scorer: &self.scorer },
            place_weak: round > 0,
        };
        let pairs: Vec<Scored> =
            pairs.iter().map(|pair| Scored { a: pair.a, b: pair.b, weight: pair.weight }).collect();
        let joined = cluster::join(&pairs, people.len(), &rules);
        joined.into_iter().map(|pair| Pair { a: pair.a, b: pair.b, weight: pair.weight }).collect()
    }
}

/// Judges people by what is known of each.
struct Known<'a> {
    people: &'a [Person],
    scorer: &'a Scorer<'a>,
}

impl Judge for Known<'_> {
    fn say(&self, a: u32, b: u32) -> Said {
        match (self.people.get(a as usize), self.people.get(b as usize)) {
            (Some(p), Some(q)) => self.scorer.say(&p.profile, &q.profile, (a, b)),
            _ => Said::default(),
        }
    }
}
