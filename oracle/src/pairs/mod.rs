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
use crate::text::roles::Roles;
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
    /// Every second audience looks at one sort of facts and the others at the next, not each at all.
    pub halves: bool,
    /// So many families of each area are allocated to those who see only what is allocated.
    pub allocated: usize,
}

impl Plan {
    /// As much as a test has time for.
    #[must_use]
    pub const fn quick(pairs: usize, seed: u64) -> Self {
        Self { pairs, seed, lookers: 1, halves: true, allocated: 8 }
    }
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
    let roles = Ground::new(rules, 1, plan.seed)?.roles;
    let parts: Vec<(Roles, Area)> = parts(&roles, plan.halves)
        .into_iter()
        .map(|roles| {
            let ready = Area::empty(program, &roles)?;
            for user in users() {
                ready.run(&["user", "teams", user, side::TEAM])?;
            }
            Ok((roles, ready))
        })
        .collect::<Outcome<_>>()?;
    let mut told = Told::default();
    let (mut left, mut seed) = (plan.pairs, plan.seed);
    while left > 0 {
        let round = left.min(OF_ONE_ROUND);
        left = left.saturating_sub(round);
        for (sort, part, families) in shares(round, parts.len()) {
            let Some((roles, ready)) = parts.get(part) else { continue };
            let ground = |other| -> Outcome<Ground> {
                let ground = Ground::of(rules, families, seed, sort, other)?;
                Ok(Ground { roles: roles.clone(), ..ground })
            };
            let both = [ground(false)?, ground(true)?];
            let began = std::time::Instant::now();
            compare::run(ready, [&both[0], &both[1]], plan, &mut told)?;
            eprintln!("{sort:?}, {families} families: {} pairs so far, {:?}", told.pairs, began.elapsed());
        }
        seed = seed.wrapping_add(1);
    }
    told.differ.truncate(TOLD);
    Ok(told)
}

/// All audiences, or every second of them and the others.
fn parts(roles: &Roles, halves: bool) -> Vec<Roles> {
    if !halves {
        return vec![roles.clone()];
    }
    let half = |odd: usize| {
        let all = roles.audiences.iter().enumerate();
        roles.only(all.filter(|(at, _)| at % 2 == odd).map(|(_, audience)| audience.clone()).collect())
    };
    vec![half(0), half(1)]
}

/// How many families of each sort a round has, and which part of the audiences looks at them. What is told of families that
/// some are kept from is told to all of them.
fn shares(pairs: usize, parts: usize) -> Vec<(Sort, usize, usize)> {
    // A conflict of interest makes each change of an account cost a look at everybody, so that these are few.
    let families = pairs.div_ceil(100);
    let records = pairs.saturating_mul(2).checked_div(5).unwrap_or_default();
    let last = parts.saturating_sub(1);
    let mut all = Vec::new();
    let mut left = families;
    for part in 0..parts {
        // Every second family is there in both worlds, so that those who are kept out of the others see something.
        let some = if part == last { left } else { left.div_ceil(2) };
        left = left.saturating_sub(some);
        all.push((Sort::Families, part, some.saturating_mul(2)));
    }
    all.push((Sort::Contents, 0, pairs.saturating_sub(families).saturating_sub(records)));
    all.push((Sort::Records, last, records));
    all.into_iter().filter(|(_, _, families)| *families > 0).collect()
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
            for parts in [1, 2] {
                let all = shares(pairs, parts).into_iter().map(|(sort, _, families)| match sort {
                    Sort::Contents | Sort::Records => families,
                    Sort::Families => families / 2,
                });
                assert_eq!(all.sum::<usize>(), pairs);
            }
        }
    }
}
