//! Joins pairs into people, the surest first, and refuses what the whole of both groups speaks against.

use std::collections::HashMap;

use crate::groups::Groups;
use crate::settings::Thresholds;

/// A weighed pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scored {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) weight: f64,
}

/// How many facts belong to a person for life.
pub(crate) const FACTS: usize = 4;
/// What each of them says of a pair; 0 where one of the two does not have it.
pub(crate) type Facts = [f64; FACTS];

/// How far one pair can speak for or against two groups.
const MOST_SAID: f64 = 14.0;
/// Members of a group that are asked when two groups would join.
const ASKED: usize = 16;

/// Joins by the pairs given, best first. `score` weighs any pair; `weak` marks those with little of their own.
/// Returns the pairs that joined two groups.
pub(crate) fn join(
    groups: &mut Groups,
    pairs: &mut [Scored],
    weak: &[bool],
    score: &impl Fn(u32, u32) -> f64,
    facts: &impl Fn(u32, u32) -> Facts,
    thresholds: &Thresholds,
) -> Vec<Scored> {
    pairs.sort_unstable_by(|x, y| y.weight.total_cmp(&x.weight).then_with(|| (x.a, x.b).cmp(&(y.a, y.b))));
    let is_weak = |x: u32| weak.get(x as usize).copied().unwrap_or(false);
    let mut rivals: HashMap<u32, Vec<(u32, f64)>> = HashMap::new();
    for pair in pairs.iter() {
        for (x, y) in [(pair.a, pair.b), (pair.b, pair.a)] {
            if is_weak(x) {
                rivals.entry(x).or_default().push((y, pair.weight));
            }
        }
    }
    let mut joined = Vec::new();
    for pair in pairs.iter().copied() {
        let either_weak = is_weak(pair.a) || is_weak(pair.b);
        if pair.weight < if either_weak { thresholds.join_weak } else { thresholds.join } {
            continue;
        }
        let (a, b) = (groups.find(pair.a), groups.find(pair.b));
        if a == b || groups.apart(a, b) {
            continue;
        }
        let contested = [(pair.a, b), (pair.b, a)].iter().any(|(x, to)| {
            is_weak(*x)
                && rivals
                    .get(x)
                    .is_some_and(|list| rival(groups, list, (*x, *to), pair.weight, score, thresholds))
        });
        if contested || average(groups, a, b, score, facts) < thresholds.join_average {
            continue;
        }
        if groups.join(a, b) {
            joined.push(pair);
        }
    }
    joined
}

/// Whether somebody else, who is not the same person as `to`, is nearly as good a match for `x`.
fn rival(
    groups: &Groups,
    list: &[(u32, f64)],
    (x, to): (u32, u32),
    weight: f64,
    score: &impl Fn(u32, u32) -> f64,
    thresholds: &Thresholds,
) -> bool {
    let own = groups.find(x);
    list.iter().take_while(|(_, other)| *other > weight - thresholds.lead).any(|(y, _)| {
        let root = groups.find(*y);
        root != to
            && root != own
            && !groups.apart(root, own)
            && (groups.apart(root, to) || score(root, to) < thresholds.join)
    })
}

/// Mean weight over the pairs between two groups. What belongs to a person for life, as a number or a date of birth,
/// holds for all of a group: where no two agree, a difference counts for the pairs in which one is not written too.
fn average(
    groups: &Groups,
    a: u32,
    b: u32,
    score: &impl Fn(u32, u32) -> f64,
    facts: &impl Fn(u32, u32) -> Facts,
) -> f64 {
    let (ours, theirs) = (groups.members(a), groups.members(b));
    let mut sum = 0.0;
    let mut count = 0.0;
    let mut said = [(0.0, f64::NEG_INFINITY); FACTS];
    for x in ours.iter().take(ASKED) {
        for y in theirs.iter().take(ASKED) {
            sum += score(*x, *y).clamp(-MOST_SAID, MOST_SAID);
            count += 1.0;
            for ((known, best), fact) in said.iter_mut().zip(facts(*x, *y)) {
                if fact != 0.0 {
                    *known += 1.0;
                    *best = f64::max(*best, fact);
                }
            }
        }
    }
    let unsaid = said.iter().filter(|(_, best)| best.is_finite() && *best < 0.0);
    (sum + unsaid.map(|(known, best)| best * (count - known)).sum::<f64>()) / f64::max(count, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thresholds() -> Thresholds {
        Thresholds { join: 3.0, join_average: 0.0, lead: 3.0, join_weak: 4.0, floor: -5.0, doubtful: 0.1 }
    }

    fn run(weights: &[(u32, u32, f64)], weak: &[bool], apart: &[(u32, u32)]) -> Vec<u32> {
        let score = |a: u32, b: u32| {
            weights.iter().find(|(x, y, _)| (*x, *y) == (a.min(b), a.max(b))).map_or(-10.0, |(_, _, w)| *w)
        };
        let mut pairs: Vec<Scored> =
            weights.iter().map(|(a, b, weight)| Scored { a: *a, b: *b, weight: *weight }).collect();
        let mut groups = Groups::new(weak.len(), apart);
        join(&mut groups, &mut pairs, weak, &score, &|_, _| [0.0; FACTS], &thresholds());
        groups.lowest()
    }

    #[test]
    fn one_bad_link_does_not_chain_two_people() {
        let two = [(0, 1, 12.0), (2, 3, 12.0), (1, 2, 5.0)];
        assert_eq!(run(&two, &[false; 4], &[]), [0, 0, 2, 2]);
    }

    #[test]
    fn a_weak_mention_waits_when_two_people_fit() {
        assert_eq!(run(&[(0, 2, 8.0), (1, 2, 7.0)], &[false, false, true], &[]), [0, 1, 2]);
        assert_eq!(run(&[(0, 2, 8.0), (1, 2, 3.0)], &[false, false, true], &[]), [0, 1, 0]);
    }

    #[test]
    fn a_decision_that_two_are_apart_binds() {
        assert_eq!(run(&[(0, 1, 30.0)], &[false, false], &[(0, 1)]), [0, 1]);
    }
}
