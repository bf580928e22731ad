//! The most that a pair can weigh, reckoned from little: most pairs that share a key are two people, and are let go
//! before everything about them is compared. Never wrong about a no; the weight itself is reckoned in `score`.

use crate::commonness::DAYS;
use crate::compare::compare_sex;
use crate::dates::Birth;
use crate::levels::{
    ASSOCIATES, BORN, CIRCLE, COMPARISONS, FORENAME, LEVELS, MIDDLE, NOTHING, NUMBER, PLACE, SEX, SURNAME,
    born, forename, middle, surname,
};
use crate::model::{Chances, Shares, share};
use crate::names::{Agreement, Name};
use crate::numbers;
use crate::profile::Profile;
use crate::score::Scorer;
use crate::table::at;

/// So much a reckoning may be off by rounding.
pub(crate) const ROUNDING: f64 = 1e-3;

/// Logarithms that bounds are reckoned with, so that no pair waits for one.
#[derive(Clone, Debug)]
pub(crate) struct Logs {
    /// Of the chance of one person to come out at each level.
    same: Shares,
    /// The most that each comparison says against strangers, going by levels alone.
    most: [f64; COMPARISONS],
    /// The same where it is not one value that agrees, nor forename and surname the other way round.
    otherwise: [f64; COMPARISONS],
    /// How much it says that somebody has each word, at most.
    forenames: Vec<f32>,
    surnames: Vec<f32>,
    middles: Vec<f32>,
}

impl Default for Logs {
    fn default() -> Self {
        Self {
            same: [[0.0; LEVELS]; COMPARISONS],
            most: [0.0; COMPARISONS],
            otherwise: [0.0; COMPARISONS],
            forenames: Vec::new(),
            surnames: Vec::new(),
            middles: Vec::new(),
        }
    }
}

impl Logs {
    /// Takes up the shares of words that came since.
    pub(crate) fn extend(&mut self, forenames: &[f32], surnames: &[f32], middles: &[f32]) {
        let lists =
            [(&mut self.forenames, forenames), (&mut self.surnames, surnames), (&mut self.middles, middles)];
        for (logs, shares) in lists {
            let new = shares.get(logs.len()..).unwrap_or_default();
            logs.extend(new.iter().map(|share| -share.max(1e-7).log2()));
        }
    }

    /// Takes up changed chances.
    pub(crate) fn refresh(&mut self, chances: &Chances, against_strangers: &Shares) {
        self.same = chances.same;
        self.same.iter_mut().flatten().for_each(|cell| *cell = cell.log2());
        for (most, row) in self.most.iter_mut().zip(against_strangers) {
            *most = row.iter().copied().fold(0.0, f64::max);
        }
        for (i, (most, row)) in self.otherwise.iter_mut().zip(against_strangers).enumerate() {
            let counts =
                |level: usize| level > 0 && !(i == FORENAME && level == usize::from(forename::SWAPPED));
            let levels = row.iter().enumerate().filter(|(level, _)| counts(*level));
            *most = levels.map(|(_, says)| *says).fold(0.0, f64::max);
        }
    }

    fn otherwise(&self, comparison: usize) -> f64 {
        self.otherwise.get(comparison).copied().unwrap_or(0.0)
    }

    pub(crate) fn most(&self, comparison: usize) -> f64 {
        self.most.get(comparison).copied().unwrap_or(0.0)
    }

    /// What an agreement on a word says at most.
    fn word(&self, comparison: usize, words: &[f32], word: u32) -> f64 {
        share(&self.same, comparison, 0) + f64::from(at(words, word))
    }
}

impl Scorer<'_> {
    /// The weight of a pair, if it is above `floor`.
    pub(crate) fn score_above(&self, floor: f64, a: &Profile, b: &Profile, ids: (u32, u32)) -> Option<f64> {
        self.score_further(floor, a, b, ids, (self.names(a, b), self.born_level(a, b)))
    }

    /// The same, given how names and births came out.
    pub(crate) fn score_further(
        &self,
        floor: f64,
        a: &Profile,
        b: &Profile,
        ids: (u32, u32),
        (names, born): (Option<Agreement>, (u8, Option<Birth>)),
    ) -> Option<f64> {
        let hopeless = floor - ROUNDING;
        let most = self.prior
            + names.as_ref().map_or(0.0, |names| self.most_of_names(names))
            + self.most_of_birth(born)
            + self.most_of_rest(a, b);
        if most + self.logs.most(PLACE) <= hopeless {
            return None;
        }
        let place = self.place(a, b);
        if most + self.level(PLACE, place) <= hopeless {
            return None;
        }
        let mut compared = self.compare_rest(a, b, ids, born, place);
        self.put_names(names.as_ref(), &mut compared);
        if self.against_strangers(&compared) <= floor {
            return None;
        }
        Some(self.weigh(&compared).weight).filter(|weight| *weight > floor)
    }

    /// What a level says against strangers.
    pub(crate) fn level(&self, comparison: usize, level: u8) -> f64 {
        if level == NOTHING { 0.0 } else { share(&self.against_strangers, comparison, level) }
    }

    /// The most that names which came out like this say. A value is never less common than its word is.
    pub(crate) fn most_of_names(&self, names: &Agreement) -> f64 {
        let logs = &self.logs;
        let fore = match names.fore {
            forename::EXACT => logs.word(FORENAME, &logs.forenames, names.fore_word),
            forename::SWAPPED => self.most_of_swapped(),
            level => self.level(FORENAME, level),
        };
        let middle = match names.middle {
            middle::EXACT => logs.word(MIDDLE, &logs.middles, names.middle_word),
            level => self.level(MIDDLE, level),
        };
        let sur = match names.sur {
            surname::EXACT => logs.word(SURNAME, &logs.surnames, names.sur_word),
            level => self.level(SURNAME, level),
        };
        fore + middle + sur
    }

    /// The most that two names can say, going by no more than whether their words are the same ones.
    pub(crate) fn most_of_words(&self, a: &Name, b: &Name) -> f64 {
        if [a.first(), b.first(), a.sur, b.sur].contains(&0)
            || a.middles().any(|x| b.middles().any(|y| x == y))
        {
            return f64::INFINITY;
        }
        let logs = &self.logs;
        let one = |comparison: usize, words: &[f32], x: u32, y: u32| match x == y {
            true => logs.word(comparison, words, x).max(logs.otherwise(comparison)),
            false => logs.otherwise(comparison),
        };
        let fore = one(FORENAME, &logs.forenames, a.first(), b.first());
        let sur = one(SURNAME, &logs.surnames, a.sur, b.sur);
        let straight = fore + sur + logs.otherwise(MIDDLE);
        if a.sur == b.sur { straight } else { straight.max(self.most_of_swapped()) }
    }

    /// The most that forename and surname the other way round say.
    fn most_of_swapped(&self) -> f64 {
        share(&self.logs.same, FORENAME, forename::SWAPPED) - 1e-7f64.log2()
    }

    pub(crate) fn most_of_birth(&self, (level, birth): (u8, Option<Birth>)) -> f64 {
        let Some(birth) = birth else { return self.level(BORN, level) };
        let year = self.year_log(birth.year);
        let same = share(&self.logs.same, BORN, level);
        match level {
            born::EXACT | born::SWAPPED => same - year + DAYS.log2(),
            born::NEW_YEAR => {
                share(&self.logs.same, BORN, born::EXACT) - year - self.writing.given_new_year.log2()
            }
            born::DIGIT | born::YEAR => (self.level(BORN, level) - year + self.usual_year_log()).max(same),
            level => self.level(BORN, level),
        }
    }

    /// The most that everything but names, birth and place says.
    fn most_of_rest(&self, a: &Profile, b: &Profile) -> f64 {
        let mut sum = self.most_of_sex_and_more(compare_sex(a, b), a.more.is_some() || b.more.is_some());
        if !a.numbers.is_empty() && !b.numbers.is_empty() {
            for (own, level) in numbers::compare(&a.numbers, &b.numbers).into_iter().enumerate() {
                sum += self.level(NUMBER + own, level);
            }
        }
        sum
    }

    /// The most that sex says, and what few records hold if one of the two does.
    pub(crate) fn most_of_sex_and_more(&self, sex: u8, more: bool) -> f64 {
        let rest = if more { self.logs.most(ASSOCIATES) + self.logs.most(CIRCLE) } else { 0.0 };
        self.level(SEX, sex) + rest
    }
}
