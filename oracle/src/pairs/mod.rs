//! Two worlds that differ in one protected fact of each family must be the same to everybody from whom it is protected.
//! One area of many families that have nothing to do with each other is many pairs: each family differs in one fact, and
//! whatever could be told of it to a viewer would stand in the pages of that family, in a list, or in a search.
//!
//! From whom a fact is protected is worked out from the rules (`text::known`): from every audience that may know the same of
//! the family in both worlds.

mod compare;
mod own;
mod side;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use crate::Outcome;
use crate::program::{Area, users};
use crate::run::Ground;
use crate::world::{Secret, Sort};

/// How much is compared.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many pairs.
    pub pairs: usize,
    /// Seed of the invented areas.
    pub seed: u64,
    /// Each family is shown to so many audiences that see all families of their agency.
    pub lookers: usize,
    /// So many families of each area are allocated to those who see only what is allocated.
    pub allocated: usize,
}

/// One kind of protected fact in numbers.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct OfKind {
    /// Pairs: families that differ in it.
    pub pairs: usize,
    /// How often an audience from whom it is protected was shown such a family.
    pub looks: usize,
    /// The fewest audiences that were shown one.
    pub fewest: usize,
}

/// What came of it.
#[derive(Debug, Default, Serialize)]
pub struct Told {
    /// Pairs: families that differ in one protected fact.
    pub pairs: usize,
    /// Of which kind.
    pub kinds: BTreeMap<String, OfKind>,
    /// How many families were compared for each audience.
    pub audiences: BTreeMap<String, usize>,
    /// How often all lists of an audience were compared, and how often not, because it may see some of what differs.
    pub lists: (usize, usize),
    /// Answers that were compared.
    pub compared: usize,
    /// Answers that differ: audience, address, where.
    pub differ: Vec<String>,
}

/// Pairs of one area at most: what an area costs grows faster than its families.
const OF_ONE_ROUND: usize = 1_000;
const TOLD: usize = 50;

/// Compares worlds until there were so many pairs.
pub fn run(rules: &Path, program: &Path, plan: Plan) -> Outcome<Told> {
    let ground = Ground::new(rules, 1, plan.seed)?;
    let ready = Area::empty(program, &ground.roles)?;
    for user in users() {
        ready.run(&["user", "teams", user, side::TEAM])?;
    }
    let mut told = Told::default();
    let (mut left, mut seed) = (plan.pairs, plan.seed);
    while left > 0 {
        let round = left.min(OF_ONE_ROUND);
        left = left.saturating_sub(round);
        for (sort, families) in shares(round) {
            let ground = |other| Ground::of(rules, families, seed, sort, other);
            let both = [ground(false)?, ground(true)?];
            compare::run(&ready, [&both[0], &both[1]], plan, &mut told)?;
        }
        seed = seed.wrapping_add(1);
    }
    told.differ.truncate(TOLD);
    Ok(told)
}

/// How many families of each sort a round has.
fn shares(pairs: usize) -> Vec<(Sort, usize)> {
    let families = pairs.div_ceil(25);
    let records = pairs.saturating_mul(2).checked_div(5).unwrap_or_default();
    let contents = pairs.saturating_sub(families).saturating_sub(records);
    // Every second family is there in both worlds, so that those who are kept out of the others see something.
    let all =
        [(Sort::Contents, contents), (Sort::Records, records), (Sort::Families, families.saturating_mul(2))];
    all.into_iter().filter(|(_, families)| *families > 0).collect()
}

impl Told {
    fn pair(&mut self, secret: Secret, looks: usize) {
        self.pairs = self.pairs.saturating_add(1);
        let kind = self.kinds.entry(format!("{secret:?}")).or_default();
        kind.fewest = if kind.pairs == 0 { looks } else { kind.fewest.min(looks) };
        kind.pairs = kind.pairs.saturating_add(1);
        kind.looks = kind.looks.saturating_add(looks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_has_as_many_pairs_as_were_asked_for() {
        for pairs in [1, 3, 24, 999, 1_000] {
            let all = shares(pairs).into_iter().map(|(sort, families)| match sort {
                Sort::Contents | Sort::Records => families,
                Sort::Families => families / 2,
            });
            assert_eq!(all.sum::<usize>(), pairs);
        }
    }
}
