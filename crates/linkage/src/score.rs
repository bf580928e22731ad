//! Compares two profiles level by level and weighs them: one person, against two of one household or two strangers.

use crate::levels::{
    ASSOCIATES, BORN, CIRCLE, COMPARISONS, FORENAME, LEVELS, Levels, MIDDLE, NOTHING, NUMBER, NUMBER_KINDS,
    PLACE, SEX, SURNAME, associates, circle, forename, place, sex, surname,
};
use crate::model::{Chances, Model, Shares, share};
use crate::names::Agreement;
use crate::numbers;
use crate::places::Nearness;
use crate::profile::{Profile, Role, Tables};
use crate::table::{Mix, at};

/// Families give one forename twice less often than chance would.
const NAMESAKES: f64 = 0.3;

/// Two profiles compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compared {
    pub(crate) levels: Levels,
    /// Chance that a stranger has the agreeing forename, where one agrees.
    pub(crate) fore_chance: Option<f64>,
    /// The same for the surname.
    pub(crate) sur_chance: Option<f64>,
    /// Weight of both having numbers of one kind from one agency.
    pub(crate) agency: f64,
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

/// A model made ready for one set of tables.
pub(crate) struct Scorer<'a> {
    pub(crate) tables: &'a Tables,
    pub(crate) chances: Chances,
    pub(crate) prior: f64,
    pub(crate) household_prior: f64,
    names_most: f64,
    /// Logarithms of same to strangers, and of same to household.
    against_strangers: Shares,
    against_household: Shares,
    forenames: Vec<f32>,
    surnames: Vec<f32>,
    busy_place: Vec<bool>,
    busy_phone: Vec<bool>,
    spaces: Vec<f64>,
}

/// The mark by which a model remembers a busy address or number without holding it.
pub(crate) fn place_mark(tables: &Tables, id: u32) -> u64 {
    let address = tables.places.address(id);
    let mut mix = Mix::new(31).text(&tables.places.text(address.postcode));
    for word in address.numbers.iter().chain(&address.words) {
        mix = mix.text(&tables.places.text(*word));
    }
    mix.done()
}

/// The same for a telephone number.
pub(crate) fn phone_mark(tables: &Tables, id: u32) -> u64 {
    Mix::new(32).text(tables.phones.text(id)).done()
}

impl<'a> Scorer<'a> {
    pub(crate) fn new(tables: &'a Tables, model: &Model) -> Self {
        let words = |shares: &std::collections::BTreeMap<String, f32>| -> Vec<f32> {
            (0..tables.words.len())
                .map(|id| shares.get(tables.words.text(crate::table::number(id))).copied().unwrap_or(0.0))
                .collect()
        };
        let ids = |len: usize| (0..len).map(crate::table::number);
        let mut out = Self {
            tables,
            chances: Chances::of(model),
            against_strangers: [[0.0; LEVELS]; COMPARISONS],
            against_household: [[0.0; LEVELS]; COMPARISONS],
            prior: model.prior.log2(),
            household_prior: -model.household_ratio.log2(),
            names_most: model.names_most,
            forenames: words(&model.forenames),
            surnames: words(&model.surnames),
            busy_place: ids(tables.places.len())
                .map(|id| id != 0 && model.busy.contains(&place_mark(tables, id)))
                .collect(),
            busy_phone: ids(tables.phones.len())
                .map(|id| id != 0 && model.busy.contains(&phone_mark(tables, id)))
                .collect(),
            spaces: ids(tables.spaces.len())
                .map(|id| model.agency_numbers.get(tables.spaces.text(id)).copied().unwrap_or(0.0))
                .collect(),
        };
        out.refresh();
        out
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
    }

    /// Whether an address is an institution's.
    pub(crate) fn busy_place(&self, id: u32) -> bool {
        at(&self.busy_place, id)
    }

    /// Whether a telephone number is an institution's.
    pub(crate) fn busy_phone(&self, id: u32) -> bool {
        at(&self.busy_phone, id)
    }

    /// Compares two profiles. `ids` are their own numbers among the profiles, for their relations.
    pub(crate) fn compare(&self, a: &Profile, b: &Profile, ids: (u32, u32)) -> Compared {
        let mut out = self.compare_but_names(a, b, ids);
        self.compare_names(a, b, &mut out);
        out
    }

    fn compare_but_names(&self, a: &Profile, b: &Profile, ids: (u32, u32)) -> Compared {
        let mut levels = [NOTHING; COMPARISONS];
        let mut put = |comparison: usize, level: u8| {
            if let Some(slot) = levels.get_mut(comparison) {
                *slot = level;
            }
        };
        put(BORN, self.born(a, b));
        put(SEX, compare_sex(a, b));
        put(PLACE, self.place(a, b));
        if !a.numbers.is_empty() && !b.numbers.is_empty() {
            for own in 0..=NUMBER_KINDS.len() {
                let counts = |kind: u32| self.tables.kind_comparison.get(kind as usize) == Some(&own);
                put(NUMBER + own, numbers::compare(&a.numbers, &b.numbers, &self.tables.numbers, counts));
            }
        }
        put(ASSOCIATES, self.associates(a, b, ids));
        put(CIRCLE, compare_circles(a, b));
        let shared = a.spaces.iter().filter(|space| b.spaces.contains(space));
        let agency = shared.map(|space| at(&self.spaces, *space)).fold(0.0, f64::min);
        Compared { levels, fore_chance: None, sur_chance: None, agency }
    }

    fn compare_names(&self, a: &Profile, b: &Profile, out: &mut Compared) {
        let Some(names) = self.names(a, b) else { return };
        for (comparison, level) in [(FORENAME, names.fore), (MIDDLE, names.middle), (SURNAME, names.sur)] {
            if let Some(slot) = out.levels.get_mut(comparison) {
                *slot = level;
            }
        }
        out.fore_chance = self.fore_chance(&names);
        out.sur_chance = (names.sur == surname::EXACT).then(|| f64::from(at(&self.surnames, names.sur_word)));
    }

    /// The most that names can say for one person, against strangers, for anybody with the names of this profile.
    pub(crate) fn name_ceiling(&self, profile: &Profile) -> f64 {
        let common = |shares: &[f32], word: u32| f64::from(at(shares, word)).max(1e-7);
        let best = |comparison: usize, exact: f64| {
            let levels = self.against_strangers.get(comparison).map_or(&[][..], |row| row.as_slice());
            levels.iter().skip(1).copied().fold(exact, f64::max).max(0.0)
        };
        let exact = |comparison: usize, chance: f64| (share(&self.chances.same, comparison, 0) / chance).log2();
        let middle = best(MIDDLE, share(&self.against_strangers, MIDDLE, 0));
        let ceiling = |name: &crate::names::Name| {
            let rarest = name.fore.iter().chain([&name.sur]).chain(&name.parts).filter(|word| **word != 0);
            let fore = rarest.map(|word| common(&self.forenames, *word)).fold(1.0, f64::min);
            let sur = name.fore.iter().chain([&name.sur]).filter(|word| **word != 0);
            let sur = sur.map(|word| common(&self.surnames, *word)).fold(1.0, f64::min);
            (best(FORENAME, exact(FORENAME, fore)) + best(SURNAME, exact(SURNAME, sur))).min(self.names_most) + middle
        };
        profile.names.iter().map(ceiling).fold(0.0, f64::max)
    }

    /// The weight of a pair, if it is above `floor`. Names, the dearest to compare, are left out where even the
    /// best could not lift it there.
    pub(crate) fn score_above(&self, floor: f64, a: &Profile, b: &Profile, ids: (u32, u32), ceiling: f64) -> Option<f64> {
        let mut compared = self.compare_but_names(a, b, ids);
        if self.weigh(&compared).strangers + ceiling <= floor {
            return None;
        }
        self.compare_names(a, b, &mut compared);
        Some(self.weigh(&compared).weight).filter(|weight| *weight > floor)
    }

    fn fore_chance(&self, names: &Agreement) -> Option<f64> {
        let fore = f64::from(at(&self.forenames, names.fore_word));
        match names.fore {
            forename::EXACT => Some(fore),
            forename::SWAPPED => Some((fore * f64::from(at(&self.surnames, names.sur_word))).max(1e-7)),
            _ => None,
        }
    }

    /// The pair of names that speaks most for one person.
    fn names(&self, a: &Profile, b: &Profile) -> Option<Agreement> {
        let mut best: Option<(f64, Agreement)> = None;
        for x in &a.names {
            for y in &b.names {
                let agreement = x.compare(y, &self.tables.words);
                if a.names.len() == 1 && b.names.len() == 1 {
                    return Some(agreement);
                }
                let weight = self.name_weight(&agreement);
                if best.is_none_or(|(held, _)| weight > held) {
                    best = Some((weight, agreement));
                }
            }
        }
        best.map(|(_, agreement)| agreement)
    }

    fn name_weight(&self, names: &Agreement) -> f64 {
        let plain = |comparison, level| self.plain(comparison, level);
        let fore = match self.fore_chance(names) {
            Some(chance) => (share(&self.chances.same, FORENAME, names.fore) / chance).log2(),
            None => plain(FORENAME, names.fore),
        };
        let sur = match names.sur {
            surname::EXACT => (share(&self.chances.same, SURNAME, names.sur)
                / f64::from(at(&self.surnames, names.sur_word)).max(1e-7))
            .log2(),
            level => plain(SURNAME, level),
        };
        fore + plain(MIDDLE, names.middle) + sur
    }

    /// Weight of a level against strangers, without regard to how common a value is.
    pub(crate) fn plain(&self, comparison: usize, level: u8) -> f64 {
        if level == NOTHING {
            return 0.0;
        }
        (share(&self.chances.same, comparison, level) / share(&self.chances.strangers, comparison, level))
            .log2()
    }

    fn best(&self, comparison: usize, levels: impl Iterator<Item = u8>) -> u8 {
        let mut best: Option<(f64, u8)> = None;
        for level in levels.filter(|level| *level != NOTHING) {
            let weight = self.plain(comparison, level);
            if best.is_none_or(|(held, _)| weight > held) {
                best = Some((weight, level));
            }
        }
        best.map_or(NOTHING, |(_, level)| level)
    }

    fn born(&self, a: &Profile, b: &Profile) -> u8 {
        if !a.births.is_empty() && !b.births.is_empty() {
            return self.best(BORN, a.births.iter().flat_map(|x| b.births.iter().map(|y| x.compare(*y))));
        }
        if a.births.is_empty() && b.births.is_empty() && a.ages.is_empty() && b.ages.is_empty() {
            return match (a.stage, b.stage) {
                (Some(x), Some(y)) => x.compare_stage(y),
                _ => NOTHING,
            };
        }
        let (ours, theirs) = (a.spans(), b.spans());
        if !ours.is_empty() && !theirs.is_empty() {
            return self.best(BORN, ours.iter().flat_map(|x| theirs.iter().map(|y| x.compare_age(*y))));
        }
        let stage = |spans: &[crate::dates::Span], p: &Profile| spans.first().copied().or(p.stage);
        match (stage(&ours, a), stage(&theirs, b)) {
            (Some(x), Some(y)) => x.compare_stage(y),
            _ => NOTHING,
        }
    }

    fn place(&self, a: &Profile, b: &Profile) -> u8 {
        let mut phone = false;
        let mut busy = false;
        for id in a.phones.iter().filter(|id| b.phones.contains(id)) {
            if self.busy_phone(*id) { busy = true } else { phone = true }
        }
        let phones_differ = !phone && !a.phones.is_empty() && !b.phones.is_empty();
        let nearest = self.nearest(&a.addresses, &b.addresses, &mut busy);
        match nearest {
            Some(Nearness::Same) if phone => place::PHONE_ADDRESS,
            _ if phone => place::PHONE,
            Some(Nearness::Same) => place::ADDRESS,
            _ if busy => place::BUSY,
            Some(Nearness::Postcode) => place::POSTCODE,
            Some(Nearness::Near) => place::NEAR,
            Some(Nearness::Different) if phones_differ => place::BOTH_DIFFERENT,
            Some(Nearness::Different) => place::DIFFERENT,
            None => match self.implied(a, b) {
                NOTHING if phones_differ => place::PHONE_DIFFERENT,
                level => level,
            },
        }
    }

    fn implied(&self, a: &Profile, b: &Profile) -> u8 {
        if a.implied.is_empty() && b.implied.is_empty() {
            return NOTHING;
        }
        let all = |p: &Profile| -> Vec<u32> { p.addresses.iter().chain(&p.implied).copied().collect() };
        let mut busy = false;
        match self.nearest(&all(a), &all(b), &mut busy) {
            Some(Nearness::Same) => place::IMPLIED,
            _ => NOTHING,
        }
    }

    fn nearest(&self, a: &[u32], b: &[u32], busy: &mut bool) -> Option<Nearness> {
        let mut nearest = None;
        for x in a {
            for y in b {
                let mut found = self.tables.places.compare(*x, *y);
                if found == Nearness::Same && (self.busy_place(*x) || self.busy_place(*y)) {
                    *busy = true;
                    found = Nearness::Near;
                }
                nearest = nearest.max(Some(found));
                if nearest == Some(Nearness::Same) {
                    return nearest;
                }
            }
        }
        nearest
    }

    fn associates(&self, a: &Profile, b: &Profile, (ia, ib): (u32, u32)) -> u8 {
        let direct =
            |p: &Profile, other: u32| p.associates.iter().any(|s| s.other == other && s.role != Role::Event);
        if direct(a, ib) || direct(b, ia) {
            return associates::DIRECT;
        }
        let shared = a.associates.iter().flat_map(|x| {
            let from = b.associates.partition_point(|y| y.other < x.other);
            b.associates
                .get(from..)
                .unwrap_or_default()
                .iter()
                .take_while(|y| y.other == x.other)
                .map(|y| fit(x.role, y.role))
        });
        let mut conflict = false;
        let level = self.best(
            ASSOCIATES,
            shared
                .inspect(|level| conflict |= *level == associates::CONFLICT)
                .filter(|level| *level != associates::CONFLICT),
        );
        if conflict && (level == NOTHING || level >= associates::OTHER) {
            associates::CONFLICT
        } else {
            level
        }
    }

    /// What each comparison says: one person against strangers, and against two of one household.
    pub(crate) fn says(&self, compared: &Compared) -> [(f64, f64); COMPARISONS] {
        let mut out = [(0.0, 0.0); COMPARISONS];
        for (i, (slot, level)) in out.iter_mut().zip(compared.levels).enumerate() {
            *slot = match compared.chance_of(i) {
                _ if level == NOTHING => continue,
                None => (share(&self.against_strangers, i, level), share(&self.against_household, i, level)),
                Some(chance) => {
                    let m = share(&self.chances.same, i, level);
                    let h = share(&self.chances.household, i, level);
                    let h = if i == FORENAME { h + chance * NAMESAKES } else { h };
                    ((m / chance.max(1e-7)).log2(), (m / h).log2())
                }
            };
        }
        // Rare names prove less together than each alone: families and peoples give them together.
        let names = out.get(FORENAME).map_or(0.0, |says| says.0) + out.get(SURNAME).map_or(0.0, |says| says.0);
        if let Some(surname) = out.get_mut(SURNAME) {
            surname.0 -= (names - self.names_most).max(0.0);
        }
        out
    }

    /// Weighs a compared pair.
    pub(crate) fn weigh(&self, compared: &Compared) -> Weighed {
        let says = self.says(compared);
        let sum = |start: f64, pick: fn(&(f64, f64)) -> f64| says.iter().map(pick).fold(start + compared.agency, |a, b| a + b);
        let strangers = sum(self.prior, |says| says.0);
        let household = sum(self.household_prior, |says| says.1);
        Weighed { strangers, household, weight: against_both(strangers, household) }
    }

    /// Compares and weighs in one.
    pub(crate) fn score(&self, a: &Profile, b: &Profile, ids: (u32, u32)) -> f64 {
        self.weigh(&self.compare(a, b, ids)).weight
    }
}

impl Compared {
    /// Chance of the agreeing value among strangers, where it is known.
    pub(crate) fn chance_of(&self, comparison: usize) -> Option<f64> {
        match comparison {
            FORENAME => self.fore_chance,
            SURNAME => self.sur_chance,
            _ => None,
        }
    }
}

/// Odds against both other explanations together.
fn against_both(strangers: f64, household: f64) -> f64 {
    let (low, high) = if strangers < household { (strangers, household) } else { (household, strangers) };
    low - (1.0 + (low - high).exp2()).log2()
}

fn compare_sex(a: &Profile, b: &Profile) -> u8 {
    let both = |p: &Profile| p.female == p.male;
    if both(a) || both(b) {
        NOTHING
    } else if a.female == b.female {
        sex::SAME
    } else {
        sex::DIFFERENT
    }
}

fn compare_circles(a: &Profile, b: &Profile) -> u8 {
    if a.circles.is_empty() || b.circles.is_empty() {
        NOTHING
    } else if a.circles.iter().any(|own| b.circles.contains(own)) {
        circle::SAME
    } else {
        circle::DIFFERENT
    }
}

/// What two roles towards one person say.
fn fit(a: Role, b: Role) -> u8 {
    use Role::{Child, Event, FormerPartner, Harms, Household, Other, Parent, Partner, Sibling};
    match (a, b) {
        (Event, Event) => associates::EVENT,
        (Event | Household | Other | Harms, _) | (_, Event | Household | Other | Harms) => associates::OTHER,
        (Partner | FormerPartner, Partner | FormerPartner) => associates::PARTNER,
        (Parent, Parent) => associates::PARENT,
        (Child, Child) => associates::CHILD,
        (Sibling, Sibling) => associates::OTHER,
        _ => associates::CONFLICT,
    }
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

    #[test]
    fn a_partner_and_a_child_of_one_person_do_not_fit() {
        assert_eq!(fit(Role::Partner, Role::Child), associates::CONFLICT);
        assert_eq!(fit(Role::Partner, Role::FormerPartner), associates::PARTNER);
        assert_eq!(fit(Role::Partner, Role::Event), associates::OTHER);
    }
}
