//! Weighs compared pairs: one person, against two of one household and against two strangers.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;
use std::ops::{Deref, DerefMut};

use rayon::prelude::*;

use crate::bound::Logs;
use crate::cluster::{FACTS, Facts, Said};
use crate::commonness::{mark, narrow, word_mark};
use crate::compare::Compared;
use crate::families::{self, Families};
use crate::learn;
use crate::levels::{
    BORN, COMPARISONS, FORENAME, LEVELS, MIDDLE, NOTHING, NUMBER, NUMBER_KINDS, PLACE, SURNAME, born,
    forename, number as numbers,
};
use crate::model::{Chances, Model, Shares, share};
use crate::profile::{Profile, Tables};
use crate::table::{Mix, at, number};
use crate::vocabulary::Marked;
use crate::writing::Writing;

/// Comparisons of what belongs to a person for life, in the order of [`Facts`].
const FOR_LIFE: [usize; FACTS] = [NUMBER, NUMBER + 1, NUMBER + 2, BORN, MIDDLE, FORENAME];

fn is_number(comparison: usize) -> bool {
    (NUMBER..=NUMBER + NUMBER_KINDS.len()).contains(&comparison)
}

/// Bits from which a number with one figure different is taken for the same number.
const NEARLY_SURE: f64 = 3.0;

fn at_level(compared: &Compared, comparison: usize) -> u8 {
    compared.levels.get(comparison).copied().unwrap_or(NOTHING)
}

/// The years in which people are born whose records are linked.
const FIRST_YEAR: i16 = 1850;
const YEARS: i16 = 400;
/// Share of people born in a year of which nothing is known.
const UNUSUAL: f32 = 1.0 / 80.0;

fn day_mark(day: i32) -> u64 {
    Mix::new(35).with(u64::from(day.cast_unsigned())).done()
}

/// Weights of a pair, as base-2 logarithms of odds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weighed {
    /// One person against two strangers.
    pub(crate) strangers: f64,
    /// One person against two of one household.
    pub(crate) household: f64,
    /// One person against anything else.
    pub(crate) weight: f64,
}

impl Weighed {
    /// Chances of the three explanations: one person, one household.
    pub(crate) fn chances(&self) -> (f64, f64) {
        let (strangers, household) = ((-self.strangers).exp2(), (-self.household).exp2());
        let all = 1.0 + strangers + household;
        if all.is_finite() {
            (1.0 / all, household / all)
        } else {
            (0.0, f64::from(u8::from(household > strangers)))
        }
    }
}

/// Compares and weighs by one model the profiles of one set of tables.
pub(crate) struct Scorer<'a> {
    pub(crate) tables: &'a Tables,
    weights: Cow<'a, Weights>,
}

impl Deref for Scorer<'_> {
    type Target = Weights;

    fn deref(&self) -> &Weights {
        &self.weights
    }
}

impl DerefMut for Scorer<'_> {
    fn deref_mut(&mut self) -> &mut Weights {
        self.weights.to_mut()
    }
}

/// A model made ready for one set of tables.
#[derive(Clone, Debug)]
pub(crate) struct Weights {
    pub(crate) chances: Chances,
    pub(crate) prior: f64,
    pub(crate) household_prior: f64,
    names_most: f64,
    /// Logarithms of same to strangers, and of same to household.
    pub(crate) against_strangers: Shares,
    against_household: Shares,
    pub(crate) forenames: Vec<f32>,
    pub(crate) surnames: Vec<f32>,
    pub(crate) middles: Vec<f32>,
    /// Marks of words, and how common two of them are together.
    marks: Vec<u64>,
    names: HashMap<u64, f32, BuildHasherDefault<Marked>>,
    middles_by_surname: HashMap<u64, f32, BuildHasherDefault<Marked>>,
    /// Shares of people born in each year from 1850 on, and on days that many share.
    years: Vec<f32>,
    days: HashMap<u64, f32, BuildHasherDefault<Marked>>,
    /// For each of these years, how likely two of a household share a day of birth.
    same_days: Vec<f32>,
    /// The first year in which children are born who live with their family.
    children_from: f64,
    families: Families,
    /// Share of the year that somebody taken at random is born in.
    pub(crate) usual_year: f64,
    /// Share of a word that only one person may have.
    pub(crate) seldom: f64,
    pub(crate) spaces: Vec<f64>,
    pub(crate) writing: Writing,
    /// The same in logarithms, for bounds.
    pub(crate) logs: Logs,
    year_logs: Vec<f64>,
    usual_year_log: f64,
}

impl Weights {
    pub(crate) fn new(tables: &Tables, model: &Model) -> Self {
        let mut out = Self {
            chances: Chances::of(model),
            against_strangers: [[0.0; LEVELS]; COMPARISONS],
            against_household: [[0.0; LEVELS]; COMPARISONS],
            prior: model.prior.log2(),
            household_prior: -model.household_ratio.log2(),
            names_most: model.names_most,
            forenames: Vec::new(),
            surnames: Vec::new(),
            middles: Vec::new(),
            marks: Vec::new(),
            names: model.names.iter().map(|(mark, share)| (*mark, *share)).collect(),
            middles_by_surname: model
                .middles_by_surname
                .iter()
                .map(|(mark, share)| (*mark, *share))
                .collect(),
            years: (0..YEARS)
                .map(|year| model.years.get(&(FIRST_YEAR + year)).copied().unwrap_or(UNUSUAL))
                .collect(),
            same_days: Vec::new(),
            children_from: f64::INFINITY,
            families: model.families,
            days: model.days.iter().map(|(day, share)| (day_mark(*day), *share)).collect(),
            usual_year: model.years.values().map(|share| f64::from(*share).powi(2)).sum::<f64>().max(1e-6),
            seldom: 5.0 / f64::from(model.people.max(1)),
            spaces: Vec::new(),
            writing: model.writing,
            logs: Logs::default(),
            year_logs: Vec::new(),
            usual_year_log: 0.0,
        };
        out.year_logs = out.years.iter().map(|share| f64::from(*share).log2()).collect();
        out.usual_year_log = out.usual_year.log2();
        if let Some(youngest) = families::youngest(&model.years) {
            let same_day = |year: i16| narrow(model.families.same_day(FIRST_YEAR + year, youngest));
            out.same_days = (0..YEARS).map(same_day).collect();
            out.children_from = model.families.children_from(youngest);
        }
        out.extend(tables, model);
        out.refresh();
        out
    }

    /// Takes up words that came to the tables since. A name nobody had when the model was learned is as rare as one
    /// that one person had.
    pub(crate) fn extend(&mut self, tables: &Tables, model: &Model) {
        let words = self.marks.len()..tables.words.len();
        let shares = |held: &BTreeMap<String, f32>, usual: f64| -> Vec<f32> {
            let unseen = learn::share_of(1, f64::from(model.people), usual);
            words
                .clone()
                .into_par_iter()
                .map(|id| held.get(tables.words.text(number(id))).copied().unwrap_or(unseen))
                .collect()
        };
        self.forenames.extend(shares(&model.forenames, learn::USUAL_FORENAME));
        self.surnames.extend(shares(&model.surnames, learn::USUAL_SURNAME));
        self.middles.extend(shares(&model.middles, learn::USUAL_FORENAME));
        self.logs.extend(&self.forenames, &self.surnames, &self.middles);
        self.marks.extend(words.map(|word| word_mark(tables, number(word))));
        self.spaces.extend(
            (self.spaces.len()..tables.spaces.len())
                .map(|id| model.agency_numbers.get(tables.spaces.text(number(id))).copied().unwrap_or(0.0)),
        );
    }

    /// Takes up changed chances.
    pub(crate) fn refresh(&mut self) {
        let logs = |others: &Shares| {
            let mut out = self.chances.same;
            for (row, other) in out.iter_mut().zip(others) {
                for (cell, value) in row.iter_mut().zip(other) {
                    *cell = (*cell / value).log2();
                }
            }
            out
        };
        self.against_strangers = logs(&self.chances.strangers);
        self.against_household = logs(&self.chances.household);
        // Living in one place or answering one telephone never tells one person from two of a household.
        if let Some(places) = self.against_household.get_mut(PLACE) {
            places.iter_mut().for_each(|says| *says = says.min(0.0));
        }
        self.logs.refresh(&self.chances, &self.against_strangers);
    }
}

impl<'a> Scorer<'a> {
    pub(crate) fn new(tables: &'a Tables, model: &Model) -> Self {
        Self { tables, weights: Cow::Owned(Weights::new(tables, model)) }
    }

    /// With weights made before.
    pub(crate) fn with(tables: &'a Tables, weights: &'a Weights) -> Self {
        Self { tables, weights: Cow::Borrowed(weights) }
    }

    /// Share of people with this forename and surname, where it is known to be more than chance.
    pub(crate) fn together(&self, fore: u32, sur: u32) -> f64 {
        self.pair_share(&self.names, fore, sur)
    }

    /// The same for a middle name among people of one surname.
    pub(crate) fn middle_with(&self, middle: u32, sur: u32) -> f64 {
        self.pair_share(&self.middles_by_surname, middle, sur)
    }

    fn pair_share(&self, table: &HashMap<u64, f32, BuildHasherDefault<Marked>>, one: u32, other: u32) -> f64 {
        let mark = mark(at(&self.marks, one), at(&self.marks, other));
        table.get(&mark).copied().map_or(0.0, f64::from)
    }

    /// Share of people born in a year.
    pub(crate) fn born_in(&self, year: i16) -> f64 {
        let place = usize::try_from(year.saturating_sub(FIRST_YEAR)).ok();
        place.and_then(|place| self.years.get(place)).copied().unwrap_or(UNUSUAL).into()
    }

    /// The logarithm of that, for bounds.
    pub(crate) fn year_log(&self, year: i16) -> f64 {
        let place = usize::try_from(year.saturating_sub(FIRST_YEAR)).ok();
        place
            .and_then(|place| self.year_logs.get(place))
            .copied()
            .unwrap_or_else(|| f64::from(UNUSUAL).log2())
    }

    pub(crate) fn usual_year_log(&self) -> f64 {
        self.usual_year_log
    }

    /// How likely two of a household share a day of birth in a year, against all years together.
    pub(crate) fn twins_in(&self, year: i16) -> f64 {
        let place = usize::try_from(year.saturating_sub(FIRST_YEAR)).ok();
        place.and_then(|place| self.same_days.get(place)).copied().unwrap_or(1.0).into()
    }

    /// Whether somebody was a child while records were made.
    fn child(&self, profile: &Profile) -> bool {
        profile.births.iter().any(|birth| f64::from(birth.year) >= self.children_from)
    }

    /// Share of people born on a day, where it is known to be more than its year makes it.
    pub(crate) fn born_on(&self, day: i32) -> f64 {
        self.days.get(&day_mark(day)).copied().map_or(0.0, f64::from)
    }

    /// How often strangers come out at a level, whatever the value.
    pub(crate) fn plain_chance(&self, comparison: usize, level: u8) -> f64 {
        share(&self.chances.strangers, comparison, level)
    }

    /// Weight of a level against strangers, without regard to how common a value is.
    pub(crate) fn plain(&self, comparison: usize, level: u8) -> f64 {
        if level == NOTHING {
            return 0.0;
        }
        (share(&self.chances.same, comparison, level) / share(&self.chances.strangers, comparison, level))
            .log2()
    }

    /// The least that a level says, against strangers or against two of one household; 0 for nothing.
    pub(crate) fn least(&self, comparison: usize, level: u8) -> f64 {
        if level == NOTHING {
            return 0.0;
        }
        share(&self.against_strangers, comparison, level).min(share(
            &self.against_household,
            comparison,
            level,
        ))
    }

    /// What each comparison says: one person against strangers, and against two of one household.
    pub(crate) fn says(&self, compared: &Compared) -> [(f64, f64); COMPARISONS] {
        let mut out = [(0.0, 0.0); COMPARISONS];
        let level = |comparison: usize| compared.levels.get(comparison).copied().unwrap_or(NOTHING);
        let apart = two_dates(level(BORN));
        for (i, (slot, level)) in out.iter_mut().zip(compared.levels).enumerate() {
            *slot = match compared.chance_of(i) {
                _ if level == NOTHING => continue,
                None => (share(&self.against_strangers, i, level), share(&self.against_household, i, level)),
                Some(chance) => {
                    let m = share(&self.chances.same, i, level);
                    let h = share(&self.chances.household, i, level);
                    let h = match i {
                        FORENAME if apart => {
                            h + chance * self.families.forename_twice + self.families.named_after
                        }
                        FORENAME => h + chance * self.families.forename_twice,
                        BORN => h * compared.twins,
                        MIDDLE => h + chance,
                        _ => h,
                    };
                    ((m / chance.max(1e-7)).log2(), (m / h).log2())
                }
            };
        }
        // A family that gives a forename twice gives the middle name with it.
        let namesakes = apart && level(FORENAME) <= forename::INITIAL;
        if let Some(middle) = out.get_mut(MIDDLE).filter(|_| namesakes) {
            middle.1 = middle.1.min(0.0);
        }
        // Rare names prove less together than each alone: families and peoples give them together.
        let names =
            out.get(FORENAME).map_or(0.0, |says| says.0) + out.get(SURNAME).map_or(0.0, |says| says.0);
        if let Some(surname) = out.get_mut(SURNAME) {
            surname.0 -= (names - self.names_most).max(0.0);
        }
        out
    }

    /// One person against two strangers, nothing else considered: never below the whole weight.
    pub(crate) fn against_strangers(&self, compared: &Compared) -> f64 {
        let mut sum = self.prior + compared.agency;
        for (i, level) in compared.levels.iter().enumerate().filter(|(_, level)| **level != NOTHING) {
            sum += match compared.chance_of(i) {
                None => share(&self.against_strangers, i, *level),
                Some(chance) => (share(&self.chances.same, i, *level) / chance.max(1e-7)).log2(),
            };
        }
        sum
    }

    /// Weighs a compared pair.
    pub(crate) fn weigh(&self, compared: &Compared) -> Weighed {
        let says = self.says(compared);
        let sum = |start: f64, pick: fn(&(f64, f64)) -> f64| {
            says.iter().map(pick).fold(start + compared.agency, |a, b| a + b)
        };
        let strangers = sum(self.prior, |says| says.0);
        let household = sum(self.household_prior, |says| says.1);
        Weighed { strangers, household, weight: against_both(strangers, household) }
    }

    /// Compares two people and says what they have to do with each other.
    pub(crate) fn say(&self, a: &Profile, b: &Profile, ids: (u32, u32)) -> Said {
        let compared = self.compare(a, b, ids);
        let children = self.child(a) && self.child(b);
        let says = |comparison: usize, level: u8| self.least(comparison, level);
        let mut facts = Facts::default();
        for (slot, comparison) in facts.iter_mut().zip(FOR_LIFE) {
            let level = match at_level(&compared, comparison) {
                NOTHING if comparison == MIDDLE && children => self.middles_of_all(a, b),
                // A number that is not valid is a slip of the hand, no other number.
                numbers::UNCHECKED if is_number(comparison) => NOTHING,
                level => level,
            };
            *slot = says(comparison, level);
        }
        let one_number = (NUMBER..=NUMBER + NUMBER_KINDS.len()).any(|kind| match at_level(&compared, kind) {
            numbers::SAME => true,
            near @ numbers::NEAR => says(kind, near) > NEARLY_SURE,
            _ => false,
        });
        let one_forename = at_level(&compared, FORENAME) == forename::EXACT;
        Said { weight: self.weigh(&compared).weight, facts, one_number, one_forename, children }
    }

    /// The best level of the middle names over all names of two people: those that agree best may have none.
    fn middles_of_all(&self, a: &Profile, b: &Profile) -> u8 {
        let pairs = a.names.iter().flat_map(|x| b.names.iter().map(move |y| (x, y)));
        let both = pairs.filter(|(x, y)| x.middles().next().is_some() && y.middles().next().is_some());
        both.map(|(x, y)| x.compare(y, &self.tables.words).middle).min().unwrap_or(NOTHING)
    }

    /// Compares and weighs in one.
    pub(crate) fn score(&self, a: &Profile, b: &Profile, ids: (u32, u32)) -> f64 {
        self.weigh(&self.compare(a, b, ids)).weight
    }
}

/// Whether births came out so far apart that they are hardly one date written in two ways.
fn two_dates(level: u8) -> bool {
    matches!(
        level,
        born::NEAR | born::DIFFERENT | born::AGE_DIFFERENT | born::STAGE_DIFFERENT | born::GENERATION
    )
}

/// Odds against both other explanations together.
fn against_both(strangers: f64, household: f64) -> f64 {
    let (low, high) = if strangers < household { (strangers, household) } else { (household, strangers) };
    low - (1.0 + (low - high).exp2()).log2()
}

/// The probability of a weight.
#[must_use]
pub(crate) fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + (-weight).exp2())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_explanation_alone_is_enough_to_doubt() {
        assert!((against_both(20.0, -3.0) - -3.0).abs() < 0.01);
        assert!((against_both(5.0, 5.0) - 4.0).abs() < 0.01);
        assert!((probability(0.0) - 0.5).abs() < 1e-12);
    }
}
