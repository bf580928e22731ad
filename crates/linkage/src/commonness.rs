//! How common names are together and days of birth are: peoples give forename, middle name and surname together, more
//! children are born in some years, and 1 January stands for many a day that nobody knows.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use crate::names::Name;
use crate::profile::{Profile, Tables};
use crate::table::Mix;

/// Fewer people than this who share something may all be one person.
const FEWEST: usize = 5;
/// Of those, so many may be one person whose date of birth or name is written in several ways.
const WRITTEN_WRONG: f64 = 2.0;
/// Days of a year.
pub(crate) const DAYS: f64 = 365.25;

/// The mark by which a model remembers two words that go together.
pub(crate) fn mark(one: u64, other: u64) -> u64 {
    Mix::new(33).with(one).with(other).done()
}

/// The mark of one word.
pub(crate) fn word_mark(tables: &Tables, word: u32) -> u64 {
    Mix::new(34).text(tables.words.text(word)).done()
}

/// Share of people with each forename and surname.
pub(crate) fn names(profiles: &[Profile], tables: &Tables) -> BTreeMap<u64, f32> {
    let mut people: Vec<Bearer> = profiles.par_iter().flat_map_iter(first_names).collect();
    distinct(&mut people);
    let all = real(people.len());
    shared(&people, tables).map(|(mark, _, count)| (mark, narrow(count / all))).collect()
}

/// Somebody of two words of a name, with the day of birth.
pub(crate) type Bearer = (u32, u32, i32);

/// Forename and surname of each name of somebody.
pub(crate) fn first_names(profile: &Profile) -> Vec<Bearer> {
    bearers(profile, |name, put| put(name.first(), name.sur))
}

/// Middle names and surname of each name of somebody.
pub(crate) fn middle_names(profile: &Profile) -> Vec<Bearer> {
    bearers(profile, |name, put| name.middles().for_each(|middle| put(middle, name.sur)))
}

/// Share with each middle name among people of each surname who have one.
pub(crate) fn middles(profiles: &[Profile], tables: &Tables) -> BTreeMap<u64, f32> {
    let mut people: Vec<Bearer> = profiles.par_iter().flat_map_iter(middle_names).collect();
    distinct(&mut people);
    middles_among(&people, tables)
}

/// The same for bearers of some surnames, everybody of each, each once and in order.
pub(crate) fn middles_among(people: &[Bearer], tables: &Tables) -> BTreeMap<u64, f32> {
    let mut of_surname: HashMap<u32, f64> = HashMap::new();
    for (_, sur, _) in people {
        *of_surname.entry(*sur).or_default() += 1.0;
    }
    let among = |sur: u32| of_surname.get(&sur).copied().unwrap_or(1.0);
    shared(people, tables).map(|(mark, sur, count)| (mark, narrow(count / among(sur)))).collect()
}

/// Pairs of words of a name with the day of birth of their bearer.
fn bearers(profile: &Profile, words: impl Fn(&Name, &mut dyn FnMut(u32, u32))) -> Vec<Bearer> {
    let mut out = Vec::new();
    let Some(birth) = known_birth(profile) else { return out };
    for name in &profile.names {
        words(name, &mut |word, sur| {
            if word != 0 && sur != 0 {
                out.push((word, sur, birth.days()));
            }
        });
    }
    out
}

/// Each person once, as near as can be told.
fn distinct(people: &mut Vec<Bearer>) {
    people.par_sort_unstable();
    people.dedup();
}

/// The mark of two words that many have together, the second word, and how many people that are.
pub(crate) fn shared(people: &[Bearer], tables: &Tables) -> impl Iterator<Item = (u64, u32, f64)> {
    let groups = people.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1));
    groups.filter(|group| group.len() >= FEWEST).filter_map(|group| {
        let (word, sur, _) = group.first()?;
        let mark = mark(word_mark(tables, *word), word_mark(tables, *sur));
        Some((mark, *sur, real(group.len()) - WRITTEN_WRONG))
    })
}

/// Share of people born in each year.
pub(crate) fn years(profiles: &[Profile]) -> BTreeMap<i16, f32> {
    let mut counts: BTreeMap<i16, f64> = BTreeMap::new();
    for birth in profiles.iter().filter_map(known_birth) {
        *counts.entry(birth.year).or_default() += 1.0;
    }
    shares_of_years(counts)
}

/// The same from how many were born in each.
pub(crate) fn shares_of_years(counts: BTreeMap<i16, f64>) -> BTreeMap<i16, f32> {
    let all: f64 = counts.values().sum::<f64>() + 100.0;
    counts.into_iter().map(|(year, count)| (year, narrow((count + 1.0) / all))).collect()
}

/// Share of people born on each day on which more are born than others of its year.
pub(crate) fn days(profiles: &[Profile]) -> BTreeMap<i32, f32> {
    let mut people: Vec<BornOn> = profiles.par_iter().filter_map(born_on).collect();
    people.par_sort_unstable();
    people.dedup();
    let all = real(people.len());
    uneven_days(&people).map(|(day, count)| (day, narrow(count / all))).collect()
}

/// The year and day somebody was born, and the forename.
pub(crate) type BornOn = (i16, i32, u32);

pub(crate) fn born_on(profile: &Profile) -> Option<BornOn> {
    let (birth, name) = (known_birth(profile)?, profile.names.first()?);
    Some((birth.year, birth.days(), name.first()))
}

/// Days on which more are born than on others of the year, and how many. `people` are all of each year, each once and
/// in order.
pub(crate) fn uneven_days(people: &[BornOn]) -> impl Iterator<Item = (i32, f64)> {
    people.chunk_by(|x, y| x.0 == y.0).flat_map(|year| {
        let usual = real(year.len()) / DAYS;
        let days = year.chunk_by(|x, y| x.1 == y.1).filter(|day| day.len() >= FEWEST);
        days.filter_map(move |day| {
            let count = real(day.len()) - WRITTEN_WRONG;
            day.first().filter(|_| count > 2.0 * usual).map(|(_, at, _)| (*at, count))
        })
    })
}

pub(crate) fn known_birth(profile: &Profile) -> Option<crate::dates::Birth> {
    profile.births.iter().copied().find(|birth| birth.whole() && !birth.expected)
}

#[expect(clippy::cast_possible_truncation, reason = "a share needs no more than single precision")]
pub(crate) fn narrow(share: f64) -> f32 {
    share as f32
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub(crate) fn real(count: usize) -> f64 {
    count as f64
}
