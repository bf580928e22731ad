//! Which pairs are compared at all: those that share a key. Keys that too many share are left to more precise ones.

use rayon::prelude::*;

use crate::profile::{Profile, Role};
use crate::score::Scorer;
use crate::settings::{BlockingKey, Part};
use crate::table::{Mix, number};

/// More values of one key than this say nothing about a person.
const MOST_VALUES: usize = 48;

/// Two people by their numbers, the lower one in the upper half.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pair(u64);

impl Pair {
    fn new(a: u32, b: u32) -> Self {
        Self((u64::from(a.min(b)) << 32) | u64::from(a.max(b)))
    }

    /// The two numbers.
    #[expect(clippy::cast_possible_truncation, reason = "each half of the packed pair is 32 bits")]
    pub(crate) fn both(self) -> (u32, u32) {
        ((self.0 >> 32) as u32, self.0 as u32)
    }

    /// A well spread number that only depends on the pair.
    pub(crate) fn mark(self) -> u64 {
        Mix::new(23).with(self.0).done()
    }
}

/// All pairs that share a key and of which `wanted` wants one, each once, in order.
pub(crate) fn pairs(
    profiles: &[Profile],
    keys: &[BlockingKey],
    scorer: &Scorer<'_>,
    wanted: &[bool],
) -> Vec<Pair> {
    let mut all: Vec<Pair> = Vec::new();
    for few in keys.chunks(4) {
        let found: Vec<Vec<Pair>> =
            few.par_iter().map(|key| pairs_of(profiles, key, scorer, wanted)).collect();
        found.into_iter().for_each(|more| all.extend(more));
        all.par_sort_unstable();
        all.dedup();
    }
    all
}

fn pairs_of(profiles: &[Profile], key: &BlockingKey, scorer: &Scorer<'_>, wanted: &[bool]) -> Vec<Pair> {
    let wants = |x: u32| wanted.get(x as usize).copied().unwrap_or(true);
    let mut entries: Vec<(u64, u32)> = Vec::new();
    for (i, profile) in profiles.iter().enumerate() {
        let mut values = values(profile, key, scorer);
        values.sort_unstable();
        values.dedup();
        if values.len() <= MOST_VALUES {
            entries.extend(values.into_iter().map(|value| (value, number(i))));
        }
    }
    entries.sort_unstable();
    let mut out = Vec::new();
    for group in entries.chunk_by(|x, y| x.0 == y.0) {
        if group.len() < 2 || group.len() > key.most as usize {
            continue;
        }
        for (i, (_, a)) in group.iter().enumerate() {
            let others = group.iter().skip(i + 1).filter(|(_, b)| wants(*a) || wants(*b));
            out.extend(others.map(|(_, b)| Pair::new(*a, *b)));
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// The values of a key for one person: every way of combining the values of its parts.
fn values(profile: &Profile, key: &BlockingKey, scorer: &Scorer<'_>) -> Vec<u64> {
    let mut out = vec![0u64];
    for part in &key.parts {
        let mut own = part_values(profile, *part, scorer);
        own.sort_unstable();
        own.dedup();
        if own.is_empty() {
            return Vec::new();
        }
        // Added, not mixed in order: forename and surname the other way round give the same key.
        out = out.iter().flat_map(|held| own.iter().map(|value| held.wrapping_add(*value))).collect();
        if out.len() > MOST_VALUES * 4 {
            return Vec::new();
        }
    }
    out
}

fn part_values(profile: &Profile, part: Part, scorer: &Scorer<'_>) -> Vec<u64> {
    let words = &scorer.tables.words;
    let mut out = Vec::new();
    let mut put = |tag: u64, value: u64| out.push(Mix::new(tag).with(value).done());
    match part {
        Part::Forename => {
            for word in profile.names.iter().flat_map(|name| name.fore).filter(|word| *word != 0) {
                let word = words.word(word);
                if word.length > 1 {
                    put(3, word.bones);
                    word.forename_groups.iter().filter(|g| **g != 0).for_each(|g| put(4, u64::from(*g)));
                }
            }
        }
        Part::Surname => {
            for name in &profile.names {
                for word in name.parts.iter().chain([&name.sur]).filter(|word| **word != 0) {
                    let word = words.word(*word);
                    if word.length > 1 {
                        put(3, word.bones);
                        word.surname_groups.iter().filter(|g| **g != 0).for_each(|g| put(5, u64::from(*g)));
                    }
                }
            }
        }
        Part::Initial => {
            for name in &profile.names {
                let first = words.text(name.first()).bytes().next();
                first.into_iter().for_each(|letter| put(6, u64::from(letter)));
            }
        }
        Part::Born | Part::Year | Part::Month | Part::Folded => births(profile, part, &mut put),
        Part::Postcode | Part::Sector | Part::Address => {
            for id in profile.addresses.iter().chain(&profile.implied).filter(|id| !scorer.busy_place(**id)) {
                let address = scorer.tables.places.address(*id);
                match part {
                    Part::Postcode if address.postcode != 0 => put(11, u64::from(address.postcode)),
                    Part::Sector if address.sector != 0 => put(12, u64::from(address.sector)),
                    Part::Address => {
                        let house = address.numbers.iter().rev().find(|n| **n != 0);
                        let street = address.words.first().copied().unwrap_or(0);
                        if let Some(house) = house.filter(|_| street != 0) {
                            put(13, (u64::from(*house) << 32) | u64::from(street));
                        }
                    }
                    _ => {}
                }
            }
        }
        Part::Phone => {
            profile
                .phones
                .iter()
                .filter(|id| !scorer.busy_phone(**id))
                .for_each(|id| put(14, u64::from(*id)));
        }
        Part::Circle => profile.circles.iter().for_each(|id| put(18, u64::from(*id))),
        Part::Number => profile.numbers.iter().for_each(|held| put(15, u64::from(held.value))),
        Part::Associate => {
            let close = profile.associates.iter().filter(|associate| associate.role != Role::Event);
            close.for_each(|associate| put(16, u64::from(associate.other)));
        }
        Part::Sex => {
            if profile.female != profile.male {
                put(17, u64::from(profile.female));
            }
        }
    }
    out
}

fn births(profile: &Profile, part: Part, put: &mut impl FnMut(u64, u64)) {
    let field = |value: i8| u64::from(value.unsigned_abs());
    for birth in &profile.births {
        let year = u64::from(birth.year.unsigned_abs());
        match part {
            Part::Year if !birth.expected => put(7, year),
            Part::Month if birth.month != 0 && !birth.expected => put(8, (year << 8) | field(birth.month)),
            Part::Born if birth.whole() && !birth.expected => {
                put(9, (year << 16) | (field(birth.month) << 8) | field(birth.day));
            }
            // Day and month in order of size, so that swapped ones meet.
            Part::Folded if birth.whole() && !birth.expected => {
                let (low, high) = (birth.month.min(birth.day), birth.month.max(birth.day));
                put(10, (year << 16) | (field(low) << 8) | field(high));
            }
            _ => {}
        }
    }
}
