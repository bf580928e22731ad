//! Draws the pairs and people a model is learned from out of those that pass by, never keeping more than it needs, and
//! learns from them.

use crate::learn::{self, Evidence};
use crate::model::Model;
use crate::parted::{Person, Words};
use crate::settings::Settings;
use crate::table::Mix;

/// People drawn at random, of whom strangers are looked for.
const DRAWN: u64 = 100_000;

/// How many times out of two somebody is drawn, told from nothing but the person: 0 always, 1 one in two, 2 one in four.
fn depth(person: &Person) -> u8 {
    u8::try_from(Mix::new(23).with(person.rank).done().trailing_zeros()).unwrap_or(u8::MAX)
}

/// Whether somebody of so many people is one of those drawn at random.
#[must_use]
pub fn at_random(person: &Person, people: usize) -> bool {
    let every = (people as u64).div_ceil(DRAWN).max(1);
    Mix::new(24).with(person.rank).done().is_multiple_of(every)
}

/// Pairs that share a key, drawn by one of the two: which ones depends neither on their order nor on when they pass by.
#[derive(Debug, Default)]
pub struct PairSample {
    /// Who draws and the other, and how deep the first is drawn.
    pairs: Vec<(u32, u32, u8)>,
    least: u8,
    most: usize,
    full: usize,
}

/// The pairs drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawn {
    /// Pairs by the numbers they passed by with.
    pub pairs: Vec<(u32, u32)>,
    /// How many pairs each stands for.
    pub thinned: f64,
}

impl PairSample {
    /// An empty sample.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let most = settings.learning.sampled_pairs as usize;
        Self { most, full: most * 4, ..Self::default() }
    }

    /// How deep somebody is drawn, to be told for each pair.
    #[must_use]
    pub fn depth(person: &Person) -> u8 {
        depth(person)
    }

    /// A pair passes by: each with how deep it is drawn. The same pair may pass more than once.
    pub fn pass(&mut self, a: (u32, u8), b: (u32, u8)) {
        for ((x, deep), (y, _)) in [(a, b), (b, a)] {
            if deep >= self.least {
                self.pairs.push((x, y, deep));
            }
        }
        if self.pairs.len() >= self.full {
            self.thin();
            self.full = self.pairs.len() + self.most * 2;
        }
    }

    fn thin(&mut self) {
        self.pairs.sort_unstable();
        self.pairs.dedup();
        while self.pairs.len() > self.most * 2 && self.least < 60 {
            self.least += 1;
            self.pairs.retain(|(_, _, deep)| *deep >= self.least);
        }
    }

    /// The pairs drawn. Each pair could be drawn by either of its two.
    #[must_use]
    pub fn done(mut self) -> Drawn {
        self.thin();
        let thinned = f64::from(self.least).exp2() / 2.0;
        Drawn { pairs: self.pairs.into_iter().map(|(a, b, _)| (a, b)).collect(), thinned }
    }
}

/// Learns from drawn people and pairs, which go by the people's numbers. `people` is how many there are in all, and
/// `spaces` how many of them have a number of each kind of agency number.
pub fn learn(
    model: &mut Model,
    drawn: &Drawn,
    mut found: Vec<(u32, Person)>,
    (people, spaces): (usize, &[u32]),
    words: &Words,
    settings: &Settings,
) {
    // In an order of their own, those at random first.
    found.sort_unstable_by_key(|(number, person)| (!at_random(person, people), person.rank, *number));
    let random = found.partition_point(|(_, person)| at_random(person, people));
    let mut place: Vec<(u32, u32)> =
        (0u32..).zip(&found).map(|(place, (number, _))| (*number, place)).collect();
    place.sort_unstable();
    let of = |number: u32| {
        let at = place.binary_search_by_key(&number, |(number, _)| *number).ok();
        at.and_then(|at| place.get(at)).map(|(_, place)| *place)
    };
    let mut sample: Vec<(u32, u32)> =
        drawn.pairs.iter().filter_map(|(a, b)| Some((of(*a)?, of(*b)?))).collect();
    sample.sort_unstable();
    let profiles: Vec<_> = found.into_iter().map(|(_, person)| person.profile).collect();
    let thinned = drawn.thinned;
    let evidence =
        Evidence { profiles: &profiles, random, sample: &sample, labels: &[], thinned, people, spaces };
    learn::learn(model, &evidence, &words.tables, settings);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(pairs: &[(u32, u32)], most: usize) -> Drawn {
        let depth = |x: u32| depth(&Person { rank: u64::from(x), ..Person::default() });
        let mut sample = PairSample { most, full: most * 4, ..PairSample::default() };
        pairs.iter().for_each(|(a, b)| sample.pass((*a, depth(*a)), (*b, depth(*b))));
        sample.done()
    }

    #[test]
    fn the_sample_depends_neither_on_order_nor_on_repeats_and_stands_for_all() {
        let mut pairs: Vec<(u32, u32)> =
            (0..4000u32).flat_map(|a| (1..6).map(move |step| (a, a + step * 7))).collect();
        let once = passed(&pairs, 500);
        pairs.extend(pairs.clone());
        pairs.reverse();
        assert_eq!(passed(&pairs, 500), once);
        assert!(once.pairs.len() <= 1000);
        let stands_for = once.thinned * f64::from(u32::try_from(once.pairs.len()).unwrap());
        assert!((14_000.0..26_000.0).contains(&stands_for), "{stands_for}");
        let all = passed(&[(1, 2), (2, 3)], 500);
        assert_eq!((all.pairs.len(), all.thinned), (4, 0.5));
    }
}
