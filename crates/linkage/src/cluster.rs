//! Joins pairs into people, the surest first, and refuses what the whole of both groups speaks against.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::groups::{Groups, Union};
use crate::settings::Thresholds;
use crate::table::{at, number};

/// A weighed pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scored {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) weight: f64,
}

/// How many facts belong to a person for life.
pub(crate) const FACTS: usize = 6;
/// What each of them says of a pair; 0 where one of the two does not have it.
pub(crate) type Facts = [f64; FACTS];
/// Which of them are the numbers that every child has one of, the middle name and the forename.
const NUMBERS: [usize; 2] = [0, 1];
const MIDDLE: usize = 4;
const FORENAME: usize = 5;

/// What is known of a pair.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Said {
    /// What speaks for one person, less what speaks against.
    pub(crate) weight: f64,
    /// What of it belongs to a person for life.
    pub(crate) facts: Facts,
    /// Whether both hold one number.
    pub(crate) one_number: bool,
    /// Whether both have one forename.
    pub(crate) one_forename: bool,
    /// Whether both were children while records were made.
    pub(crate) children: bool,
}

/// How far one pair can speak for or against two groups.
const MOST_SAID: f64 = 14.0;
/// Members of a group that are asked when two groups would join.
const ASKED: usize = 16;

/// What joining asks for besides the pairs.
pub(crate) struct Rules<'a, J> {
    pub(crate) thresholds: &'a Thresholds,
    /// Pairs of people that must not meet, both ways round, sorted.
    pub(crate) apart: &'a [(u32, u32)],
    /// Who has little of their own.
    pub(crate) weak: &'a [bool],
    /// By what equal weights are settled.
    pub(crate) ranks: &'a [u64],
    /// Weighs any pair.
    pub(crate) judge: &'a J,
    /// Whether mentions with little of their own are placed now. They wait until people are known by the rest, so that
    /// everything known of each stands beside them.
    pub(crate) place_weak: bool,
}

/// Says what speaks for and against any two being one person.
pub(crate) trait Judge: Sync {
    fn say(&self, a: u32, b: u32) -> Said;
}

/// A judge of some people, by their numbers among them.
struct Among<'a, J> {
    judge: &'a J,
    people: &'a [u32],
}

impl<J: Judge> Judge for Among<'_, J> {
    fn say(&self, a: u32, b: u32) -> Said {
        self.judge.say(at(self.people, a), at(self.people, b))
    }
}

impl Thresholds {
    /// Pairs below this have no say in who is joined.
    pub(crate) fn least(&self) -> f64 {
        self.join.min(self.join_weak) - self.lead
    }
}

/// Joins pairs into people. Everybody who is connected by pairs that have a say is decided together and without
/// regard to all others. Returns the pairs that joined two groups.
pub(crate) fn join<J: Judge>(pairs: &[Scored], people: usize, rules: &Rules<'_, J>) -> Vec<Scored> {
    let least = rules.thresholds.least();
    let mut groups = Union::new(people);
    let mut say: Vec<(u32, Scored)> =
        pairs.iter().filter(|pair| pair.weight >= least).map(|pair| (0, *pair)).collect();
    for (_, pair) in &say {
        groups.join(pair.a, pair.b);
    }
    for (root, pair) in &mut say {
        *root = groups.find(pair.a);
    }
    say.par_sort_unstable_by_key(|(root, pair)| (*root, pair.a, pair.b));
    let parts: Vec<&[(u32, Scored)]> = say.chunk_by(|x, y| x.0 == y.0).collect();
    parts.par_iter().with_min_len(64).flat_map_iter(|part| together(part, rules)).collect()
}

/// Decides about people who are connected: takes the surest pair first, and refuses what the whole of both groups
/// speaks against.
fn together<J: Judge>(part: &[(u32, Scored)], rules: &Rules<'_, J>) -> Vec<Scored> {
    let rank = |x: u32| (at(rules.ranks, x), x);
    let mut people: Vec<u32> = part.iter().flat_map(|(_, pair)| [pair.a, pair.b]).collect();
    people.sort_unstable_by_key(|x| rank(*x));
    people.dedup();
    let own = |x: u32| people.binary_search_by_key(&rank(x), |y| rank(*y)).map_or(u32::MAX, number);
    let mut pairs: Vec<Scored> = part
        .iter()
        .map(|(_, pair)| {
            let (a, b) = (own(pair.a), own(pair.b));
            Scored { a: a.min(b), b: a.max(b), weight: pair.weight }
        })
        .collect();
    pairs.sort_unstable_by(|x, y| y.weight.total_cmp(&x.weight).then_with(|| (x.a, x.b).cmp(&(y.a, y.b))));
    let mut apart = Vec::new();
    for (x, person) in people.iter().enumerate() {
        let from = rules.apart.partition_point(|(a, _)| a < person);
        let enemies = rules.apart.get(from..).unwrap_or_default().iter().take_while(|(a, _)| a == person);
        let here = enemies.map(|(_, b)| own(*b)).filter(|y| *y != u32::MAX && *y > number(x));
        apart.extend(here.map(|y| (number(x), y)));
    }
    let weak: Vec<bool> = people.iter().map(|x| at(rules.weak, *x)).collect();
    let judge = Among { judge: rules.judge, people: &people };
    let mut groups = Groups::new(people.len(), &apart);
    let joined = best_first(&mut groups, &pairs, &weak, &judge, rules.thresholds, rules.place_weak);
    joined.into_iter().map(|pair| Scored { a: at(&people, pair.a), b: at(&people, pair.b), ..pair }).collect()
}

/// Joins by the pairs given, which come best first. `weak` marks those with little of their own.
fn best_first(
    groups: &mut Groups,
    pairs: &[Scored],
    weak: &[bool],
    judge: &impl Judge,
    thresholds: &Thresholds,
    place_weak: bool,
) -> Vec<Scored> {
    let is_weak = |x: u32| at(weak, x);
    let mut rivals: HashMap<u32, Vec<(u32, f64)>> = HashMap::new();
    for pair in pairs {
        for (x, y) in [(pair.a, pair.b), (pair.b, pair.a)] {
            if is_weak(x) {
                rivals.entry(x).or_default().push((y, pair.weight));
            }
        }
    }
    let mut joined = Vec::new();
    for pair in pairs.iter().copied() {
        let either_weak = (is_weak(pair.a) || is_weak(pair.b)) && !judge.say(pair.a, pair.b).one_number;
        if either_weak && !place_weak {
            continue;
        }
        if pair.weight < if either_weak { thresholds.join_weak } else { thresholds.join } {
            continue;
        }
        let (a, b) = (groups.find(pair.a), groups.find(pair.b));
        if a == b || groups.apart(a, b) {
            continue;
        }
        let contested = [(pair.a, b), (pair.b, a)].iter().any(|(x, to)| {
            either_weak
                && is_weak(*x)
                && rivals
                    .get(x)
                    .is_some_and(|list| rival(groups, list, (*x, *to), pair.weight, judge, thresholds))
        });
        if contested || !enough(&whole(groups, a, b, judge), thresholds) {
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
    judge: &impl Judge,
    thresholds: &Thresholds,
) -> bool {
    let own = groups.find(x);
    let near = weight - thresholds.lead;
    let two = |root: u32, other: f64| {
        let same = whole(groups, root, to, judge).weight;
        same < thresholds.join && other - doubt_of_two(same) > near
    };
    list.iter().take_while(|(_, other)| *other > near).any(|(y, other)| {
        let root = groups.find(*y);
        root != to && root != own && !groups.apart(root, own) && (groups.apart(root, to) || two(root, *other))
    })
}

/// How much less a rival counts that may well be the same person: where it is, joining either is right.
fn doubt_of_two(weight: f64) -> f64 {
    (1.0 + weight.exp2()).log2()
}

/// Whether all that is known of two groups is enough to join them. Children who share a home and a day of birth may be
/// twins, who share everything but names and numbers: where these differ, more is asked.
fn enough(said: &Said, thresholds: &Thresholds) -> bool {
    let differs = |fact: &usize| said.facts.get(*fact).is_some_and(|says| *says < 0.0);
    let mut least = thresholds.join_average;
    if said.children && !said.one_number {
        let numbers = NUMBERS.iter().filter(|fact| differs(fact)).count();
        let names = [FORENAME, MIDDLE].iter().filter(|fact| differs(fact)).count();
        if differs(&FORENAME) {
            least = least.max(thresholds.join_other_forename);
        }
        if numbers > 0 && (!said.one_forename || names > 0) {
            least = least.max(thresholds.join_other_number);
        }
        if numbers > 0 && numbers + names > 1 {
            least = least.max(thresholds.join_both_other);
        }
    }
    said.weight >= least
}

/// What is known of two groups: the mean weight of the pairs between them, and the best that each fact says. What
/// belongs to a person for life, as a number, a date of birth or a name, holds for all of a group: where no two agree, a
/// difference counts for the pairs in which one is not written too.
fn whole(groups: &Groups, a: u32, b: u32, judge: &impl Judge) -> Said {
    let (ours, theirs) = (groups.members(a), groups.members(b));
    let mut sum = 0.0;
    let mut count = 0.0;
    let (mut one_number, mut one_forename, mut children) = (false, false, false);
    let mut said = [(0.0, f64::NEG_INFINITY); FACTS];
    for x in ours.iter().take(ASKED) {
        for y in theirs.iter().take(ASKED) {
            let pair = judge.say(*x, *y);
            sum += pair.weight.clamp(-MOST_SAID, MOST_SAID);
            count += 1.0;
            one_number |= pair.one_number;
            one_forename |= pair.one_forename;
            children |= pair.children;
            for ((known, best), fact) in said.iter_mut().zip(pair.facts) {
                if fact != 0.0 {
                    *known += 1.0;
                    *best = f64::max(*best, fact);
                }
            }
        }
    }
    let unsaid = said.iter().filter(|(_, best)| best.is_finite() && *best < 0.0);
    let sum = sum + unsaid.map(|(known, best)| best * (count - known)).sum::<f64>();
    let facts = said.map(|(_, best)| if best.is_finite() { best } else { 0.0 });
    Said { weight: sum / f64::max(count, 1.0), facts, one_number, one_forename, children }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thresholds() -> Thresholds {
        Thresholds {
            join: 3.0,
            join_average: 0.0,
            lead: 3.0,
            join_weak: 4.0,
            join_other_forename: 0.0,
            join_other_number: 0.0,
            join_both_other: 0.0,
            floor: -5.0,
            doubtful: 0.1,
        }
    }

    struct Told<'a>(&'a [(u32, u32, f64)]);

    impl Judge for Told<'_> {
        fn say(&self, a: u32, b: u32) -> Said {
            let found = self.0.iter().find(|(x, y, _)| (*x, *y) == (a.min(b), a.max(b)));
            Said { weight: found.map_or(-10.0, |(_, _, weight)| *weight), ..Said::default() }
        }
    }

    fn run(weights: &[(u32, u32, f64)], weak: &[bool], apart: &[(u32, u32)]) -> Vec<u32> {
        let pairs: Vec<Scored> =
            weights.iter().map(|(a, b, weight)| Scored { a: *a, b: *b, weight: *weight }).collect();
        let both: Vec<(u32, u32)> = apart.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]).collect();
        let rules = Rules {
            thresholds: &thresholds(),
            apart: &both,
            weak,
            ranks: &[],
            judge: &Told(weights),
            place_weak: true,
        };
        let mut union = Union::new(weak.len());
        for pair in join(&pairs, weak.len(), &rules) {
            union.join(pair.a, pair.b);
        }
        union.lowest()
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
    fn a_rival_who_may_be_the_same_person_holds_a_mention_back_less() {
        let fits =
            |between: f64| run(&[(0, 2, 8.0), (1, 2, 6.0), (0, 1, between)], &[false, false, true], &[]);
        assert_eq!(fits(2.5), [0, 0, 0]);
        assert_eq!(fits(-5.0), [0, 1, 2]);
    }

    #[test]
    fn a_mention_waits_until_the_rest_is_joined() {
        let told = [(0, 1, 9.0), (1, 2, 8.0)];
        let pairs: Vec<Scored> =
            told.iter().map(|(a, b, weight)| Scored { a: *a, b: *b, weight: *weight }).collect();
        let joined = |place_weak: bool| {
            let (thresholds, weak, judge) = (thresholds(), [false, false, true], Told(&told));
            let rules = Rules {
                thresholds: &thresholds,
                apart: &[],
                weak: &weak,
                ranks: &[],
                judge: &judge,
                place_weak,
            };
            join(&pairs, 3, &rules).len()
        };
        assert_eq!((joined(false), joined(true)), (1, 1));
    }

    #[test]
    fn more_is_asked_of_children_whose_names_or_numbers_differ() {
        let asks = Thresholds {
            join_other_forename: 5.0,
            join_other_number: 6.0,
            join_both_other: 10.0,
            ..thresholds()
        };
        fn least(said: Said, asks: &Thresholds) -> Option<u8> {
            (0..20).find(|weight: &u8| {
                let mut said = said;
                said.weight = f64::from(*weight);
                enough(&said, asks)
            })
        }
        let twins = Said { children: true, ..Said::default() };
        let differ = |facts: &[usize]| {
            let mut out = Facts::default();
            facts.iter().for_each(|fact| out[*fact] = -4.0);
            out
        };
        assert_eq!(least(twins, &asks), Some(0));
        assert_eq!(least(Said { facts: differ(&[FORENAME]), ..twins }, &asks), Some(5));
        assert_eq!(least(Said { facts: differ(&[0]), ..twins }, &asks), Some(6));
        assert_eq!(least(Said { facts: differ(&[0]), one_forename: true, ..twins }, &asks), Some(0));
        assert_eq!(least(Said { facts: differ(&[0, 1]), one_forename: true, ..twins }, &asks), Some(10));
        assert_eq!(least(Said { facts: differ(&[0, FORENAME]), one_number: true, ..twins }, &asks), Some(0));
        assert_eq!(least(Said { facts: differ(&[FORENAME]), ..Said::default() }, &asks), Some(0));
    }

    #[test]
    fn a_decision_that_two_are_apart_binds() {
        assert_eq!(run(&[(0, 1, 30.0)], &[false, false], &[(0, 1)]), [0, 1]);
    }
}
