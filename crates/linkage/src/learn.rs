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
/// Share of people with a forename, as long as nothing is known of it.
pub(crate) const USUAL_FORENAME: f64 = 0.004;
/// The same for a surname.
pub(crate) const USUAL_SURNAME: f64 = 0.001;

/// The share of people with a word that so many of them have, drawn towards `usual` where there are few people.
pub(crate) fn share_of(count: u32, people: f64, usual: f64) -> f32 {
    narrow((f64::from(count) + BACKGROUND_PEOPLE * usual) / (people + BACKGROUND_PEOPLE))
}

/// A model of starting values: name frequencies, busy places and the prior, nothing learned from pairs yet.
pub(crate) fn start(profiles: &[Profile], tables: &Tables, settings: &Settings) -> Model {
    let counted = || {
        let mut words = WordCounts::default();
        profiles.iter().for_each(|profile| words.add(profile));
        words
    };
    let (words, (names, (middles_by_surname, (busy, (years, days))))) = rayon::join(counted, || {
        rayon::join(
            || commonness::names(profiles, tables),
            || {
                rayon::join(
                    || commonness::middles(profiles, tables),
                    || {
                        let busy = busy(profiles, tables, settings.busy_surnames as usize);
                        (busy, (commonness::years(profiles), commonness::days(profiles)))
                    },
                )
            },
        )
    });
    Model { names, middles_by_surname, years, days, busy, ..words.model(profiles.len(), tables, settings) }
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
            writing: settings.writing,
            families: settings.families,
            names_most: (real(people) / settings.prior.namesakes).log2().max(1.0),
            comparisons: Chances::starting(settings).learned(),
            forenames: self.forenames.shares(tables, USUAL_FORENAME),
            surnames: self.surnames.shares(tables, USUAL_SURNAME),
            middles: self.middles.shares(tables, USUAL_FORENAME),
            ..Model::default()
        }
    }
}

/// How many people have each word.
#[derive(Debug, Default)]
struct Tally {
    counts: Vec<u32>,
    named: usize,
    seen: Vec<u32>,
}

impl Tally {
    fn add(&mut self, words: impl Iterator<Item = u32>) {
        self.seen.clear();
        self.seen.extend(words.filter(|word| *word != 0));
        self.seen.sort_unstable();
        self.seen.dedup();
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
        let words = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        words
            .map(|(id, count)| {
                let share = share_of(*count, real(self.named), usual);
                (tables.words.text(number(id)).to_string(), share)
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
    /// Pairs that people know to be one person, or not.
    pub(crate) labels: &'a [(u32, u32, bool)],
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
    let Evidence { profiles, sample, labels, .. } = *evidence;
    if profiles.len() < 2 {
        return;
    }
    let mut scorer = Scorer::new(tables, model);
    learn_strangers(&mut scorer, profiles.get(..evidence.random).unwrap_or(profiles), settings);
    let see = |a: u32, b: u32, known: Option<bool>| {
        let (p, q) = (profiles.get(a as usize)?, profiles.get(b as usize)?);
        let spaces = p.spaces.iter().copied().filter(|space| q.spaces.contains(space)).collect();
        Some(Seen { compared: scorer.compare(p, q, (a, b)), spaces, known })
    };
    let known: BTreeSet<(u32, u32)> = labels.iter().map(|(a, b, _)| (*a.min(b), *a.max(b))).collect();
    let mut seen: Vec<Seen> = sample
        .par_iter()
        .copied()
        .filter(|pair| !known.contains(pair))
        .filter_map(|(a, b)| see(a, b, None))
        .collect();
    seen.extend(labels.iter().filter_map(|(a, b, same)| see(*a, *b, Some(*same))));
    let all_pairs = real(evidence.people) * (real(evidence.people) - 1.0) / 2.0;
    let sums = fit(&mut scorer, &seen, (all_pairs, evidence.thinned), tables.spaces.len(), settings);
    agency_numbers(model, &sums, evidence, tables, settings.learning.starting_pairs);
    model.prior = scorer.prior.exp2();
    model.household_ratio = (-scorer.household_prior).exp2();
    model.comparisons = scorer.chances.learned();
}

/// A compared pair to learn from.
struct Seen {
    compared: Compared,
    /// Kinds of agency number that both have.
    spaces: Vec<u32>,
    /// What people know of it.
    known: Option<bool>,
}

/// Fits the shares of pairs of one person and the prior to the pairs seen, round by round (EM). `all` is how many
/// pairs there are, `thinned` how many each unlabelled one stands for. Gives what the last round added up.
fn fit(
    scorer: &mut Scorer<'_>,
    seen: &[Seen],
    (all, thinned): (f64, f64),
    spaces: usize,
    settings: &Settings,
) -> Sums {
    let known = real(seen.iter().filter(|pair| pair.known == Some(true)).count());
    let starting = scorer.chances.same;
    let weight = settings.learning.starting_pairs;
    let mut sums = Sums::new(spaces);
    for _ in 0..settings.learning.rounds {
        let parts: Vec<Sums> = seen.par_chunks(4096).map(|chunk| Sums::of(chunk, scorer, spaces)).collect();
        sums = parts.into_iter().fold(Sums::new(spaces), Sums::add);
        sums.write_shares(&mut scorer.chances.same, &starting, weight);
        scorer.refresh();
        let people = (sums.people - known).max(0.0) * thinned + known;
        scorer.prior = (people.max(0.5) / all).clamp(1e-12, 0.5).log2();
        let ratio = (sums.households + weight * settings.prior.household_ratio) / (sums.people + weight);
        scorer.household_prior = -ratio.clamp(0.01, 100.0).log2();
    }
    sums
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
    fn of(chunk: &[Seen], scorer: &Scorer<'_>, spaces: usize) -> Self {
        let mut out = Self::new(spaces);
        for Seen { compared, spaces: shared, known } in chunk {
            let (guessed, household) = scorer.weigh(compared).chances();
            let all = known.map_or(guessed, |same| f64::from(u8::from(same)));
            // Known to be two people: what is left is one household or strangers.
            let household =
                if known.is_some() { (1.0 - all) * household / (1.0 - guessed).max(1e-9) } else { household };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::levels::{BORN, FORENAME, SURNAME};

    const LEVELS_OF: [(usize, &[f64], &[f64]); 3] = [
        (FORENAME, &[0.70, 0.12, 0.05, 0.13], &[0.01, 0.004, 0.002, 0.984]),
        (SURNAME, &[0.80, 0.05, 0.05, 0.10], &[0.005, 0.002, 0.003, 0.99]),
        (BORN, &[0.75, 0.05, 0.15, 0.05], &[0.0005, 0.0001, 0.01, 0.9894]),
    ];
    /// The levels that stand for the four shares, in each comparison.
    const USED: [[u8; 4]; 3] = [[0, 1, 3, 8], [0, 1, 3, 5], [0, 2, 3, 6]];

    /// Pairs with levels drawn from known shares; one in `every` is one person.
    fn drawn(pairs: u64, every: u64) -> Vec<Seen> {
        let draw = |seed: u64, shares: &[f64]| {
            let mut left = real(usize::try_from(Mix::new(seed).done() % 1_000_000).unwrap()) / 1e6;
            shares.iter().position(|share| {
                left -= share;
                left < 0.0
            })
        };
        (0..pairs)
            .map(|i| {
                let mut compared = Compared::default();
                for (k, (comparison, same, strangers)) in LEVELS_OF.iter().enumerate() {
                    let shares = if i % every == 0 { same } else { strangers };
                    let level = draw(i * 3 + k as u64, shares).unwrap_or(3);
                    compared.levels[*comparison] = USED[k][level];
                }
                Seen { compared, spaces: Vec::new(), known: None }
            })
            .collect()
    }

    /// A scorer that knows how strangers agree, and holds starting values for the rest.
    fn scorer<'a>(tables: &'a Tables, settings: &Settings) -> Scorer<'a> {
        let model = Model {
            prior: 0.01,
            household_ratio: 0.01,
            names_most: 40.0,
            comparisons: Chances::starting(settings).learned(),
            ..Model::default()
        };
        let mut scorer = Scorer::new(tables, &model);
        for (k, (comparison, _, strangers)) in LEVELS_OF.iter().enumerate() {
            for (level, share) in USED[k].iter().zip(*strangers) {
                set(&mut scorer.chances.strangers, *comparison, usize::from(*level), *share);
            }
        }
        scorer.refresh();
        scorer
    }

    #[test]
    fn shares_and_prior_are_recovered_from_pairs_drawn_from_known_ones() {
        let mut settings = Settings::built_in().unwrap();
        settings.learning.rounds = 12;
        settings.prior.household_ratio = 0.01;
        let tables = Tables::default();
        let mut scorer = scorer(&tables, &settings);
        let seen = drawn(200_000, 20);
        fit(&mut scorer, &seen, (200_000.0, 1.0), 0, &settings);
        for (k, (comparison, same, _)) in LEVELS_OF.iter().enumerate() {
            for (level, expected) in USED[k].iter().zip(*same) {
                let learned = share(&scorer.chances.same, *comparison, *level);
                assert!((learned - expected).abs() < 0.02, "{comparison} {level}: {learned} for {expected}");
            }
        }
        assert!((scorer.prior.exp2() - 0.05).abs() < 0.005, "{}", scorer.prior.exp2());
    }

    #[test]
    fn what_people_know_of_a_pair_outweighs_what_it_looks_like() {
        let settings = Settings::built_in().unwrap();
        let tables = Tables::default();
        let other = crate::levels::forename::DIFFERENT;
        let learned = |known: Option<bool>| {
            let mut seen = drawn(20_000, 20);
            seen.extend((0..2000).map(|_| {
                let mut compared = Compared::default();
                compared.levels[FORENAME] = other;
                Seen { compared, spaces: Vec::new(), known }
            }));
            let mut scorer = scorer(&tables, &settings);
            fit(&mut scorer, &seen, (22_000.0, 1.0), 0, &settings);
            share(&scorer.chances.same, FORENAME, other)
        };
        let (unknown, same, apart) = (learned(None), learned(Some(true)), learned(Some(false)));
        assert!(same > unknown + 0.3 && apart <= unknown, "{unknown} {same} {apart}");
    }
}
