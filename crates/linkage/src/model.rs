//! What linkage has learned: how often each level is seen among pairs that are one person, one household, or strangers,
//! and how common names are. It can be kept as a file and used again.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::families::Families;
use crate::levels::{COMPARISONS, LEVELS, SHAPES};
use crate::settings::Settings;
use crate::writing::Writing;

/// Learned parameters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Model {
    /// Version of this form.
    pub version: u32,
    /// People (as agencies know them) it was learned from.
    pub people: u32,
    /// Chance that two taken at random are one person.
    pub prior: f64,
    /// Pairs within a household for each pair that is one person.
    pub household_ratio: f64,
    /// The most that an agreeing forename and surname can say, in bits.
    pub names_most: f64,
    /// How names and dates are written down.
    #[serde(default)]
    pub writing: Writing,
    /// What families are like.
    #[serde(default)]
    pub families: Families,
    /// For each comparison and level the three shares.
    pub comparisons: Vec<LearnedComparison>,
    /// Share of people with a forename.
    pub forenames: BTreeMap<String, f32>,
    /// Share of people with a surname.
    pub surnames: BTreeMap<String, f32>,
    /// Share of people with a middle name, among those who have any.
    #[serde(default)]
    pub middles: BTreeMap<String, f32>,
    /// Share of people with a forename and surname, by the mark of both, where more common than each alone makes it.
    #[serde(default)]
    pub names: BTreeMap<u64, f32>,
    /// Share with a middle name among people of a surname, by the mark of both, where more common than elsewhere.
    #[serde(default)]
    pub middles_by_surname: BTreeMap<u64, f32>,
    /// Share of people born in each year.
    #[serde(default)]
    pub years: BTreeMap<i16, f32>,
    /// Share of people born on a day, counted from 1970, where more common than its year makes it.
    #[serde(default)]
    pub days: BTreeMap<i32, f32>,
    /// For each kind of agency number, the weight of two people both having one (and different ones).
    pub agency_numbers: BTreeMap<String, f64>,
    /// Marks of addresses and telephone numbers that belong to institutions.
    pub busy: BTreeSet<u64>,
    /// Marks of keys that too many share, in order.
    pub crowded: Vec<u64>,
}

/// What was learned of one comparison.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LearnedComparison {
    /// Its name.
    pub name: String,
    /// Its levels in order.
    pub levels: Vec<LearnedLevel>,
}

/// What was learned of one level.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LearnedLevel {
    /// Its name.
    pub name: String,
    /// Share among pairs that are one person.
    pub same: f64,
    /// Share among pairs of two people of one household.
    pub household: f64,
    /// Share among strangers.
    pub strangers: f64,
}

/// A share for each comparison and level.
pub(crate) type Shares = [[f64; LEVELS]; COMPARISONS];

/// The share of a level; 1 where there is nothing to compare.
pub(crate) fn share(table: &Shares, comparison: usize, level: u8) -> f64 {
    table.get(comparison).and_then(|levels| levels.get(level as usize)).copied().unwrap_or(1.0)
}

/// The three tables of a model, ready for arithmetic.
#[derive(Clone, Debug)]
pub(crate) struct Chances {
    pub(crate) same: Shares,
    pub(crate) household: Shares,
    pub(crate) strangers: Shares,
}

impl Chances {
    /// The starting values of the settings.
    pub(crate) fn starting(settings: &Settings) -> Self {
        let table = |pick: fn(&crate::settings::StartingLevel) -> f64| {
            let mut out = [[1.0; LEVELS]; COMPARISONS];
            for (row, levels) in out.iter_mut().zip(&settings.start) {
                for (cell, level) in row.iter_mut().zip(levels) {
                    *cell = pick(level);
                }
            }
            out
        };
        Self { same: table(|l| l.m), household: table(|l| l.h), strangers: table(|l| l.u) }
    }

    /// The values of a model.
    pub(crate) fn of(model: &Model) -> Self {
        let mut out = Self {
            same: [[1.0; LEVELS]; COMPARISONS],
            household: [[1.0; LEVELS]; COMPARISONS],
            strangers: [[1.0; LEVELS]; COMPARISONS],
        };
        for (i, comparison) in model.comparisons.iter().enumerate().take(COMPARISONS) {
            for (j, level) in comparison.levels.iter().enumerate().take(LEVELS) {
                set(&mut out.same, i, j, level.same);
                set(&mut out.household, i, j, level.household);
                set(&mut out.strangers, i, j, level.strangers);
            }
        }
        out
    }

    /// Written out with names.
    pub(crate) fn learned(&self) -> Vec<LearnedComparison> {
        SHAPES
            .iter()
            .enumerate()
            .map(|(i, shape)| LearnedComparison {
                name: shape.name.into(),
                levels: shape
                    .levels
                    .iter()
                    .enumerate()
                    .map(|(j, (name, _))| {
                        let level = u8::try_from(j).unwrap_or(u8::MAX);
                        LearnedLevel {
                            name: (*name).into(),
                            same: share(&self.same, i, level),
                            household: share(&self.household, i, level),
                            strangers: share(&self.strangers, i, level),
                        }
                    })
                    .collect(),
            })
            .collect()
    }
}

/// Sets a cell; nothing happens outside the table.
pub(crate) fn set(table: &mut Shares, comparison: usize, level: usize, value: f64) {
    if let Some(cell) = table.get_mut(comparison).and_then(|row| row.get_mut(level)) {
        *cell = value;
    }
}
