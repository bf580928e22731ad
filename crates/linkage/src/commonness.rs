//! How common names are together and days of birth are: peoples give forename, middle name and surname together, more
//! children are born in some years, and 1 January stands for many a day that nobody knows.

use std::collections::{BTreeMap, HashMap};

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
    let people = distinct(profiles, |name, put| put(name.first(), name.sur));
    let all = real(people.len());
    shared(&people, tables, |_| all)
}

/// Share with each middle name among people of each surname who have one.
pub(crate) fn middles(profiles: &[Profile], tables: &Tables) -> BTreeMap<u64, f32> {
    let people = distinct(profiles, |name, put| name.middles().for_each(|middle| put(middle, name.sur)));
    let mut of_surname: HashMap<u32, f64> = HashMap::new();
    for (_, sur, _) in &people {
        *of_surname.entry(*sur).or_default() += 1.0;
    }
    shared(&people, tables, |sur| of_surname.get(&sur).copied().unwrap_or(1.0))
}

/// Pairs of words of a name with the day of birth of their bearer: as near as can be told, each person once.
fn distinct(profiles: &[Profile], words: impl Fn(&Name, &mut dyn FnMut(u32, u32))) -> Vec<(u32, u32, i32)> {
    let mut out = Vec::new();
    for profile in profiles {
        let Some(birth) = known_birth(profile) else { continue };
        for name in &profile.names {
            words(name, &mut |word, sur| {
                if word != 0 && sur != 0 {
                    out.push((word, sur, birth.days()));
                }
            });
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

fn shared(people: &[(u32, u32, i32)], tables: &Tables, among: impl Fn(u32) -> f64) -> BTreeMap<u64, f32> {
    let groups = people.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1));
    groups
        .filter(|group| group.len() >= FEWEST)
        .filter_map(|group| {
            let (word, sur, _) = group.first()?;
            let share = (real(group.len()) - WRITTEN_WRONG) / among(*sur);
            Some((mark(word_mark(tables, *word), word_mark(tables, *sur)), narrow(share)))
        })
        .collect()
}

/// Share of people born in each year.
pub(crate) fn years(profiles: &[Profile]) -> BTreeMap<i16, f32> {
    let mut counts: BTreeMap<i16, f64> = BTreeMap::new();
    for birth in profiles.iter().filter_map(known_birth) {
        *counts.entry(birth.year).or_default() += 1.0;
    }
    let all: f64 = counts.values().sum::<f64>() + 100.0;
    counts.into_iter().map(|(year, count)| (year, narrow((count + 1.0) / all))).collect()
}

/// Share of people born on each day on which more are born than others of its year.
pub(crate) fn days(profiles: &[Profile]) -> BTreeMap<i32, f32> {
    let mut people: Vec<(i16, i32, u32)> = profiles
        .iter()
        .filter_map(|profile| Some((known_birth(profile)?, profile.names.first()?)))
        .map(|(birth, name)| (birth.year, birth.days(), name.first()))
        .collect();
    people.sort_unstable();
    people.dedup();
    let all = real(people.len());
    let mut out = BTreeMap::new();
    for year in people.chunk_by(|x, y| x.0 == y.0) {
        let usual = real(year.len()) / DAYS;
        for day in year.chunk_by(|x, y| x.1 == y.1).filter(|day| day.len() >= FEWEST) {
            let count = real(day.len()) - WRITTEN_WRONG;
            if let Some((_, at, _)) = day.first().filter(|_| count > 2.0 * usual) {
                out.insert(*at, narrow(count / all));
            }
        }
    }
    out
}

fn known_birth(profile: &Profile) -> Option<crate::dates::Birth> {
    profile.births.iter().copied().find(|birth| birth.whole() && !birth.expected)
}

#[expect(clippy::cast_possible_truncation, reason = "a share needs no more than single precision")]
fn narrow(share: f64) -> f32 {
    share as f32
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn real(count: usize) -> f64 {
    count as f64
}
