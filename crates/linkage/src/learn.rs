//! Learns a model from the records themselves, without labels: how common names are, how often strangers agree by
//! chance, and, round by round, how often records of one person agree.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::commonness::{self, narrow, real};
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
    let mut words = WordCounts::default();
    profiles.iter().for_each(|profile| words.add(profile));
    Model {
        names: commonness::names(profiles, tables),
        middles_by_surname: commonness::middles(profiles, tables),
        years: commonness::years(profiles),
        days: commonness::days(profiles),
        busy: busy(profiles, tables, settings.busy_surnames as usize),
        ..words.model(profiles.len(), tables, settings)
    }
}

/// How many people have each word as a forename, a surname or a middle name.
#[derive(Debug, Default)]
pub(crate) struct WordCounts {
    forenames: Tally,
    surnames: Tally,
    middles: Tally,
}

impl WordCounts {
    /// Counts somebody.
    pub(crate) fn add(&mut self, p: &Profile) {
        self.forenames.add(p.names.iter().flat_map(|name| name.fore));
        self.surnames.add(p.names.iter().map(|name| name.sur));
        self.middles.add(p.names.iter().flat_map(|name| name.fore.into_iter().skip(1)));
    }

    /// A model of starting values with the shares of words.
    pub(crate) fn model(&self, count: usize, tables: &Tables, settings: &Settings) -> Model {
        let people = count.max(2);
        let expected = (settings.prior.records_per_person - 1.0).max(0.05);
        Model {
            version: 1,
            people: number(count),
            prior: settings.prior.chance.unwrap_or((expected / (real(people) - 1.0)).min(0.3)),
            household_ratio: settings.prior.household_ratio,
            names_most: (real(people) / settings.prior.namesakes).log2().max(1.0),
            comparisons: Chances::starting(settings).learned(),
            forenames: self.forenames.shares(tables, 0.004),
            surnames: self.surnames.shares(tables, 0.001),
            middles: self.middles.shares(tables, 0.004),
            ..Model::default()
        }
    }
}

/// How many people have each word.
#[derive(Debug, Default)]
struct Tally {
    counts: Vec<u32>,
    named: usize,
    seen: BTreeSet<u32>,
}

impl Tally {
    fn add(&mut self, words: impl Iterator<Item = u32>) {
        self.seen.clear();
        self.seen.extend(words);
        self.seen.remove(&0);
        self.named += usize::from(!self.seen.is_empty());
        for word in &self.seen {
            if self.counts.len() <= *word as usize {
                self.counts.resize(*word as usize + 1, 0);
            }
            if let Some(count) = self.counts.get_mut(*word as usize) {
                *count += 1;
            }
        }
    }

    /// Shares of people who have each word, drawn towards `usual` where there are few people.
    fn shares(&self, tables: &Tables, usual: f64) -> BTreeMap<String, f32> {
        let all = real(self.named) + BACKGROUND_PEOPLE;
        let words = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        words
            .map(|(id, count)| {
                let share = (f64::from(*count) + BACKGROUND_PEOPLE * usual) / all;
                (tables.words.text(number(id)).to_string(), narrow(share))
            })
            .collect()
    }
}

/// Marks of addresses and telephone numbers that people of many surnames share.
fn busy(profiles: &[Profile], tables: &Tables, limit: usize) -> BTreeSet<u64> {
    let mut shared: Vec<(u64, u64)> =
        profiles.par_iter().flat_map_iter(|profile| places_of(profile, tables)).collect();
    shared.par_sort_unstable();
    shared.dedup();
    shared_by_many(&shared, limit).collect()
}

/// Marks of somebody's addresses and telephone numbers, each with the surname.
pub(crate) fn places_of<'a>(
    profile: &'a Profile,
    tables: &'a Tables,
) -> impl Iterator<Item = (u64, u64)> + 'a {
    let mut surnames = profile.names.iter().map(|name| tables.words.word(name.sur).bones);
    let surname = surnames.find(|bones| *bones != 0);
    let places = profile.addresses.iter().map(|address| address.mark(&tables.places));
    let all = places.chain(profile.phones.iter().map(|phone| phone.mark()));
    all.filter_map(move |mark| Some((mark, surname?)))
}

/// Marks that stand with so many surnames; each pair of both is given once, in order.
pub(crate) fn shared_by_many(shared: &[(u64, u64)], limit: usize) -> impl Iterator<Item = u64> {
    let places = shared.chunk_by(|x, y| x.0 == y.0).filter(move |names| names.len() >= limit);
    places.filter_map(|names| names.first()).map(|(mark, _)| *mark)
}

/// What a model is learned from.
pub(crate) struct Evidence<'a> {
    /// People of whom pairs are taken.
    pub(crate) profiles: &'a [Profile],
    /// How many of them, from the first, were taken at random: strangers are looked for among these.
    pub(crate) random: usize,
    /// Pairs that share a key, one in `thinned` of all that do.
    pub(crate) sample: &'a [(u32, u32)],
    /// How many pairs each of the sample stands for.
    pub(crate) thinned: f64,
    /// People of whom these are some.
    pub(crate) people: usize,
    /// How many of all people have a number of each kind of agency number.
    pub(crate) spaces: &'a [u32],
}

/// How many people have a number of each kind of agency number.
pub(crate) fn count_spaces<'a>(profiles: impl Iterator<Item = &'a Profile>, counts: &mut [u32]) {
    for space in profiles.flat_map(|profile| &*profile.spaces) {
        if let Some(count) = counts.get_mut(*space as usize) {
            *count += 1;
        }
    }
}

/// Learns from pairs.
pub(crate) fn learn(model: &mut Model, evidence: &Evidence<'_>, tables: &Tables, settings: &Settings) {
    let Evidence { profiles, sample, thinned, .. } = *evidence;
    if profiles.len() < 2 {
        return;
    }
    let mut scorer = Scorer::new(tables, model);
    let starting = scorer.chances.clone();
    learn_strangers(&mut scorer, profiles.get(..evidence.random).unwrap_or(profiles), settings);
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
    let all_pairs = real(evidence.people) * (real(evidence.people) - 1.0) / 2.0;
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
        agency_numbers(model, &sums, evidence, tables, settings.learning.starting_pairs);
    }
    model.prior = scorer.prior.exp2();
    model.household_ratio = (-scorer.household_prior).exp2();
    model.comparisons = scorer.chances.learned();
}

/// How often strangers come out at each level: random pairs, leaving out those that look like one person or household.
fn learn_strangers(scorer: &mut Scorer<'_>, profiles: &[Profile], settings: &Settings) {
    let people = profiles.len() as u64;
    if people < 2 {
        return;
    }
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
fn agency_numbers(model: &mut Model, sums: &Sums, evidence: &Evidence<'_>, tables: &Tables, weight: f64) {
    for (id, count) in evidence.spaces.iter().enumerate().filter(|(_, count)| **count > 1) {
        let share = f64::from(*count) / real(evidence.people);
        let strangers = share * share;
        let seen = sums.spaces.get(id).copied().unwrap_or(0.0);
        let same = (seen + weight * strangers) / (sums.people + weight);
        model
            .agency_numbers
            .insert(tables.spaces.text(number(id)).to_string(), (same / strangers).log2().clamp(-6.0, 0.0));
    }
}
