//! Learns a model from the records themselves, without labels: how common names are, how often strangers agree by
//! chance, and, round by round, how often records of one person agree.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::commonness;
use crate::compare::Compared;
use crate::levels::{COMPARISONS, LEVELS, NOTHING, SHAPES};
use crate::model::{Chances, Model, Shares, set, share};
use crate::profile::{Profile, Tables};
use crate::score::Scorer;
use crate::settings::Settings;
use crate::table::{Mix, number};

/// Names are taken to be at least this common, in people, so that few records prove little.
const BACKGROUND_PEOPLE: f64 = 400.0;

/// A model of starting values: name frequencies, busy places and the prior, nothing learned from pairs yet.
pub(crate) fn start(profiles: &[Profile], tables: &Tables, settings: &Settings) -> Model {
    let people = profiles.len().max(2);
    let chances = Chances::starting(settings);
    let expected = (settings.prior.records_per_person - 1.0).max(0.05);
    Model {
        version: 1,
        people: number(profiles.len()),
        prior: settings.prior.chance.unwrap_or((expected / (real(people) - 1.0)).min(0.3)),
        household_ratio: settings.prior.household_ratio,
        names_most: (real(people) / settings.prior.namesakes).log2().max(1.0),
        comparisons: chances.learned(),
        forenames: shares(profiles, tables, 0.004, |p, seen| {
            seen.extend(p.names.iter().flat_map(|name| name.fore));
        }),
        surnames: shares(profiles, tables, 0.001, |p, seen| seen.extend(p.names.iter().map(|name| name.sur))),
        middles: shares(profiles, tables, 0.004, |p, seen| {
            seen.extend(p.names.iter().flat_map(|name| name.fore.into_iter().skip(1)));
        }),
        names: commonness::names(profiles, tables),
        middles_by_surname: commonness::middles(profiles, tables),
        years: commonness::years(profiles),
        days: commonness::days(profiles),
        agency_numbers: BTreeMap::new(),
        busy: busy(profiles, tables, settings.busy_surnames as usize),
        crowded: Vec::new(),
    }
}

/// Shares of people who have each word, drawn towards `usual` where there are few people.
fn shares(
    profiles: &[Profile],
    tables: &Tables,
    usual: f64,
    words: impl Fn(&Profile, &mut BTreeSet<u32>),
) -> BTreeMap<String, f32> {
    let mut counts = vec![0u32; tables.words.len()];
    let mut named = 0usize;
    let mut seen = BTreeSet::new();
    for profile in profiles {
        seen.clear();
        words(profile, &mut seen);
        seen.remove(&0);
        named += usize::from(!seen.is_empty());
        for word in &seen {
            if let Some(count) = counts.get_mut(*word as usize) {
                *count += 1;
            }
        }
    }
    let all = real(named) + BACKGROUND_PEOPLE;
    counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(id, count)| {
            let share = (f64::from(*count) + BACKGROUND_PEOPLE * usual) / all;
            (tables.words.text(number(id)).to_string(), narrow(share))
        })
        .collect()
}

/// Marks of addresses and telephone numbers that people of many surnames share.
fn busy(profiles: &[Profile], tables: &Tables, limit: usize) -> BTreeSet<u64> {
    let mut shared: Vec<(u64, u64)> = profiles
        .par_iter()
        .flat_map_iter(|profile| {
            let mut surnames = profile.names.iter().map(|name| tables.words.word(name.sur).bones);
            let surname = surnames.find(|bones| *bones != 0);
            let places = profile.addresses.iter().map(|address| address.mark(&tables.places));
            let all = places.chain(profile.phones.iter().map(|phone| phone.mark()));
            all.filter_map(move |mark| Some((mark, surname?)))
        })
        .collect();
    shared.par_sort_unstable();
    shared.dedup();
    let places = shared.chunk_by(|x, y| x.0 == y.0).filter(|names| names.len() >= limit);
    places.filter_map(|names| names.first()).map(|(mark, _)| *mark).collect()
}

/// Learns from pairs. `sample` are pairs that share a key, one in `thinned` of all that do.
pub(crate) fn learn(
    model: &mut Model,
    profiles: &[Profile],
    sample: &[(u32, u32)],
    thinned: f64,
    tables: &Tables,
    settings: &Settings,
) {
    if profiles.len() < 2 {
        return;
    }
    let mut scorer = Scorer::new(tables, model);
    let starting = scorer.chances.clone();
    learn_strangers(&mut scorer, profiles, settings);
    let compared: Vec<(Compared, Vec<u32>)> = sample
        .par_iter()
        .filter_map(|pair| {
            let (a, b) = *pair;
            let (p, q) = (profiles.get(a as usize)?, profiles.get(b as usize)?);
            let shared: Vec<u32> =
                p.spaces.iter().copied().filter(|space| q.spaces.contains(space)).collect();
            Some((scorer.compare(p, q, (a, b)), shared))
        })
        .collect();
    let all_pairs = real(profiles.len()) * (real(profiles.len()) - 1.0) / 2.0;
    for _ in 0..settings.learning.rounds {
        let sums = compared
            .par_chunks(4096)
            .map(|chunk| Sums::of(chunk, &scorer, tables.spaces.len()))
            .collect::<Vec<_>>()
            .into_iter()
            .fold(Sums::new(tables.spaces.len()), Sums::add);
        sums.write_shares(&mut scorer.chances.same, &starting.same, settings.learning.starting_pairs);
        scorer.refresh();
        let expected = (sums.people * thinned).max(0.5);
        scorer.prior = (expected / all_pairs).clamp(1e-12, 0.5).log2();
        let weight = settings.learning.starting_pairs;
        let ratio = (sums.households + weight * settings.prior.household_ratio) / (sums.people + weight);
        scorer.household_prior = -ratio.clamp(0.01, 100.0).log2();
        agency_numbers(model, &sums, profiles, tables, settings.learning.starting_pairs);
    }
    model.prior = scorer.prior.exp2();
    model.household_ratio = (-scorer.household_prior).exp2();
    model.comparisons = scorer.chances.learned();
}

/// How often strangers come out at each level: random pairs, leaving out those that look like one person or household.
fn learn_strangers(scorer: &mut Scorer<'_>, profiles: &[Profile], settings: &Settings) {
    let people = profiles.len() as u64;
    let wanted = u64::from(settings.learning.random_pairs).min(people * (people - 1) / 2);
    let pair = |i: u64| {
        let a = Mix::new(21).with(i).done() % people;
        let b = (a + 1 + Mix::new(22).with(i).done() % (people - 1)) % people;
        (number(usize::try_from(a).unwrap_or(0)), number(usize::try_from(b).unwrap_or(0)))
    };
    let levels: Vec<_> = (0..wanted)
        .into_par_iter()
        .filter_map(|i| {
            let (a, b) = pair(i);
            let (p, q) = (profiles.get(a as usize)?, profiles.get(b as usize)?);
            let compared = scorer.compare(p, q, (a, b));
            (scorer.weigh(&compared).strangers < 0.0).then_some(compared.levels)
        })
        .collect();
    let mut counts = [[0.0f64; LEVELS]; COMPARISONS];
    for levels in &levels {
        for (i, level) in levels.iter().enumerate().filter(|(_, level)| **level != NOTHING) {
            let old = share(&counts, i, *level);
            set(&mut counts, i, usize::from(*level), old + 1.0);
        }
    }
    // A level rarer than the sample can show keeps its starting value.
    let begun = scorer.chances.strangers;
    each_group(|comparison, group| {
        let total: f64 = group.iter().map(|level| share(&counts, comparison, *level)).sum();
        for level in group {
            let seen = share(&counts, comparison, *level);
            let u0 = share(&begun, comparison, *level);
            if total * u0 >= 20.0 || seen >= 50.0 {
                set(
                    &mut scorer.chances.strangers,
                    comparison,
                    usize::from(*level),
                    (seen + 1.0 + 200.0 * u0) / (total + 200.0),
                );
            }
        }
    });
}

/// Calls once for each comparison and group of levels whose shares sum to one.
fn each_group(mut call: impl FnMut(usize, &[u8])) {
    for (i, shape) in SHAPES.iter().enumerate() {
        for group in 0..8u8 {
            let levels: Vec<u8> = shape
                .levels
                .iter()
                .enumerate()
                .filter(|(_, (_, of))| *of == group)
                .filter_map(|(j, _)| u8::try_from(j).ok())
                .collect();
            if levels.len() > 1 {
                call(i, &levels);
            }
        }
    }
}

/// What one round adds up.
struct Sums {
    levels: Shares,
    people: f64,
    households: f64,
    spaces: Vec<f64>,
}

impl Sums {
    fn new(spaces: usize) -> Self {
        Self { levels: [[0.0; LEVELS]; COMPARISONS], people: 0.0, households: 0.0, spaces: vec![0.0; spaces] }
    }

    /// Adds up the chance of each pair to be one person, for every level it came out at.
    fn of(chunk: &[(Compared, Vec<u32>)], scorer: &Scorer<'_>, spaces: usize) -> Self {
        let mut out = Self::new(spaces);
        for (compared, shared) in chunk {
            let (all, household) = scorer.weigh(compared).chances();
            out.people += all;
            out.households += household;
            for space in shared {
                if let Some(sum) = out.spaces.get_mut(*space as usize) {
                    *sum += all;
                }
            }
            for (i, level) in compared.levels.iter().enumerate().filter(|(_, level)| **level != NOTHING) {
                let old = share(&out.levels, i, *level);
                set(&mut out.levels, i, usize::from(*level), old + all);
            }
        }
        out
    }

    fn add(mut self, other: Self) -> Self {
        for (row, more) in self.levels.iter_mut().zip(&other.levels) {
            for (cell, value) in row.iter_mut().zip(more) {
                *cell += value;
            }
        }
        for (cell, value) in self.spaces.iter_mut().zip(&other.spaces) {
            *cell += value;
        }
        self.people += other.people;
        self.households += other.households;
        self
    }

    fn write_shares(&self, table: &mut Shares, starting: &Shares, weight: f64) {
        each_group(|comparison, group| {
            let total: f64 = group.iter().map(|level| share(&self.levels, comparison, *level)).sum();
            for level in group {
                let seen = share(&self.levels, comparison, *level);
                let begun = share(starting, comparison, *level);
                set(
                    table,
                    comparison,
                    usize::from(*level),
                    ((seen + weight * begun) / (total + weight)).max(1e-5),
                );
            }
        });
    }
}

/// How much it speaks against one person that both have (different) numbers of one kind from one agency.
fn agency_numbers(model: &mut Model, sums: &Sums, profiles: &[Profile], tables: &Tables, weight: f64) {
    let mut counts = vec![0u32; tables.spaces.len()];
    for profile in profiles {
        for space in &*profile.spaces {
            if let Some(count) = counts.get_mut(*space as usize) {
                *count += 1;
            }
        }
    }
    for (id, count) in counts.iter().enumerate().filter(|(_, count)| **count > 1) {
        let share = f64::from(*count) / real(profiles.len());
        let strangers = share * share;
        let seen = sums.spaces.get(id).copied().unwrap_or(0.0);
        let same = (seen + weight * strangers) / (sums.people + weight);
        model
            .agency_numbers
            .insert(tables.spaces.text(number(id)).to_string(), (same / strangers).log2().clamp(-6.0, 0.0));
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn real(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a share needs no more than single precision")]
fn narrow(share: f64) -> f32 {
    share as f32
}
