//! Compares two profiles level by level: what each field of one says beside the same field of the other.

use crate::commonness::DAYS;
use crate::dates::Birth;
use crate::levels::{
    ASSOCIATES, BORN, CIRCLE, COMPARISONS, FORENAME, Levels, MIDDLE, NOTHING, NUMBER, PLACE, SEX, SURNAME,
    associates, born, circle, forename, middle, place, sex, surname,
};
use crate::model::share;
use crate::names::Agreement;
use crate::numbers;
use crate::places::{Address, Nearness};
use crate::profile::{Associate, Profile, Role};
use crate::score::Scorer;
use crate::table::at;

/// Two profiles compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compared {
    pub(crate) levels: Levels,
    /// Chance that a stranger has the agreeing forename, where one agrees.
    pub(crate) fore_chance: Option<f64>,
    /// The same for the middle name.
    pub(crate) middle_chance: Option<f64>,
    /// The same for the surname.
    pub(crate) sur_chance: Option<f64>,
    /// The same for the date of birth.
    pub(crate) born_chance: Option<f64>,
    /// How likely two of a household share the agreeing day of birth, against all days.
    pub(crate) twins: f64,
    /// Weight of both having numbers of one kind from one agency.
    pub(crate) agency: f64,
}

impl Default for Compared {
    fn default() -> Self {
        Self {
            levels: [NOTHING; COMPARISONS],
            fore_chance: None,
            middle_chance: None,
            sur_chance: None,
            born_chance: None,
            twins: 1.0,
            agency: 0.0,
        }
    }
}

impl Compared {
    /// Chance of the agreeing value among strangers, where it is known.
    pub(crate) fn chance_of(&self, comparison: usize) -> Option<f64> {
        match comparison {
            FORENAME => self.fore_chance,
            MIDDLE => self.middle_chance,
            SURNAME => self.sur_chance,
            BORN => self.born_chance,
            _ => None,
        }
    }
}

impl Scorer<'_> {
    /// Compares two profiles. `ids` are their own numbers among the profiles, for their relations.
    pub(crate) fn compare(&self, a: &Profile, b: &Profile, ids: (u32, u32)) -> Compared {
        let mut out = self.compare_rest(a, b, ids, self.born_level(a, b), self.place(a, b));
        self.put_names(self.names(a, b).as_ref(), &mut out);
        out
    }

    /// Compares everything but names, births and places, and puts down what the latter came out at.
    pub(crate) fn compare_rest(
        &self,
        a: &Profile,
        b: &Profile,
        ids: (u32, u32),
        (born, birth): (u8, Option<Birth>),
        place: u8,
    ) -> Compared {
        let mut out = Compared::default();
        let levels = &mut out.levels;
        let mut put = |comparison: usize, level: u8| {
            if let Some(slot) = levels.get_mut(comparison) {
                *slot = level;
            }
        };
        put(BORN, born);
        put(SEX, compare_sex(a, b));
        put(PLACE, place);
        if !a.numbers.is_empty() && !b.numbers.is_empty() {
            for (own, level) in numbers::compare(&a.numbers, &b.numbers).into_iter().enumerate() {
                put(NUMBER + own, level);
            }
        }
        put(ASSOCIATES, self.associates(a, b, ids));
        put(CIRCLE, compare_circles(a, b));
        let shared = a.spaces.iter().filter(|space| b.spaces.contains(space));
        let agency = shared.map(|space| at(&self.spaces, *space)).fold(0.0, f64::min);
        out.agency = agency;
        if let Some(birth) = birth {
            out.born_chance = self.born_chance(born, birth);
            if born == crate::levels::born::EXACT {
                out.twins = self.twins_in(birth.year);
            }
        }
        out
    }

    /// Puts down what names came out at.
    pub(crate) fn put_names(&self, names: Option<&Agreement>, out: &mut Compared) {
        let Some(names) = names else { return };
        for (comparison, level) in [(FORENAME, names.fore), (MIDDLE, names.middle), (SURNAME, names.sur)] {
            if let Some(slot) = out.levels.get_mut(comparison) {
                *slot = level;
            }
        }
        out.fore_chance = self.fore_chance(names);
        out.middle_chance = self.middle_chance(names);
        out.sur_chance = self.sur_chance(names);
    }

    /// How likely a stranger comes out at this level with these forenames. Peoples give forename and surname
    /// together, so that among namesakes by surname the forename is more common.
    fn fore_chance(&self, names: &Agreement) -> Option<f64> {
        let fore = f64::from(at(&self.forenames, names.fore_word));
        let sur = f64::from(at(&self.surnames, names.sur_word));
        match names.fore {
            forename::EXACT if names.sur == surname::EXACT => {
                Some((self.together(names.fore_word, names.sur_word) / sur).max(fore))
            }
            forename::EXACT => Some(fore),
            forename::SWAPPED => {
                let both = names.firsts.iter().zip(&names.surs);
                let chances = both.map(|(fore, sur)| at(&self.forenames, *fore) * at(&self.surnames, *sur));
                Some(f64::from(chances.fold(1e-7, f32::max)))
            }
            forename::OTHER => Some(fore.max(self.plain_chance(FORENAME, names.fore))),
            forename::CLOSE => Some(self.slip_chance(FORENAME, names.fore, names.firsts, &self.forenames)),
            _ => None,
        }
    }

    fn middle_chance(&self, names: &Agreement) -> Option<f64> {
        (names.middle == middle::EXACT).then(|| {
            let word = f64::from(at(&self.middles, names.middle_word));
            names.surs.iter().map(|sur| self.middle_with(names.middle_word, *sur)).fold(word, f64::max)
        })
    }

    fn sur_chance(&self, names: &Agreement) -> Option<f64> {
        match names.sur {
            surname::EXACT => Some(f64::from(at(&self.surnames, names.sur_word))),
            surname::MIDDLE => {
                let any = f64::from(at(&self.forenames, names.sur_word));
                Some(any.max(self.plain_chance(SURNAME, names.sur)))
            }
            surname::CLOSE => Some(self.slip_chance(SURNAME, names.sur, names.surs, &self.surnames)),
            _ => None,
        }
    }

    /// The chance of two words a slip apart. A slip seldom makes another name that many have, so two common
    /// words are likelier two names.
    fn slip_chance(&self, comparison: usize, level: u8, words: [u32; 2], shares: &[f32]) -> f64 {
        let rarer = words.iter().map(|word| f64::from(at(shares, *word))).fold(1.0, f64::min);
        ((rarer - self.seldom) * self.writing.slips).clamp(self.plain_chance(comparison, level), 0.5)
    }

    /// The pair of names that speaks most for one person.
    pub(crate) fn names(&self, a: &Profile, b: &Profile) -> Option<Agreement> {
        let mut best: Option<(f64, Agreement)> = None;
        for x in &a.names {
            for y in &b.names {
                let agreement = x.compare(y, &self.tables.words);
                if a.names.len() == 1 && b.names.len() == 1 {
                    return Some(agreement);
                }
                let weight = self.name_weight(&agreement);
                if best.is_none_or(|(held, other)| weight > held || (weight >= held && agreement < other)) {
                    best = Some((weight, agreement));
                }
            }
        }
        best.map(|(_, agreement)| agreement)
    }

    fn name_weight(&self, names: &Agreement) -> f64 {
        let plain = |comparison, level| self.plain(comparison, level);
        let with = |comparison: usize, level: u8, chance: Option<f64>| match chance {
            Some(chance) => (share(&self.chances.same, comparison, level) / chance.max(1e-7)).log2(),
            None => plain(comparison, level),
        };
        with(FORENAME, names.fore, self.fore_chance(names))
            + with(MIDDLE, names.middle, self.middle_chance(names))
            + with(SURNAME, names.sur, self.sur_chance(names))
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

    /// The level at which births agree, and the later one of the two that agree best.
    pub(crate) fn born_level(&self, a: &Profile, b: &Profile) -> (u8, Option<Birth>) {
        if let ([x], [y]) = (&*a.births, &*b.births) {
            return one_birth(*x, *y);
        }
        if a.births.is_empty() || b.births.is_empty() {
            return (self.aged(a, b), None);
        }
        let mut best: Option<(f64, u8, Birth)> = None;
        for x in &a.births {
            for y in &b.births {
                let level = x.compare(*y);
                let weight = self.plain(BORN, level);
                let birth = *x.max(y);
                if level != NOTHING
                    && best.is_none_or(|(held, _, other)| weight > held || (weight >= held && birth > other))
                {
                    best = Some((weight, level, birth));
                }
            }
        }
        best.map_or((NOTHING, None), |(_, level, birth)| (level, Some(birth)))
    }

    /// More children are born in some years, and more people have 1 January than any other day.
    fn born_chance(&self, level: u8, birth: Birth) -> Option<f64> {
        let year = self.born_in(birth.year);
        match level {
            // Who has 1 January has it again as surely as anybody the own day; but among those it is given to, as
            // names show, it is the day of many of a year.
            born::NEW_YEAR => {
                let as_any =
                    share(&self.chances.same, BORN, level) / share(&self.chances.same, BORN, born::EXACT);
                Some(year * self.writing.given_new_year * as_any)
            }
            born::EXACT => Some(self.born_on(birth.days()).max(year / DAYS)),
            born::SWAPPED => Some(year / DAYS),
            born::DIGIT | born::YEAR => {
                Some((self.plain_chance(BORN, level) * year / self.usual_year).min(1.0))
            }
            _ => None,
        }
    }

    fn aged(&self, a: &Profile, b: &Profile) -> u8 {
        if a.births.is_empty() && b.births.is_empty() && a.ages().is_empty() && b.ages().is_empty() {
            return match (a.stage(), b.stage()) {
                (Some(x), Some(y)) => x.compare_stage(y),
                _ => NOTHING,
            };
        }
        let (ours, theirs) = (a.spans(), b.spans());
        if !ours.is_empty() && !theirs.is_empty() {
            return self.best(BORN, ours.iter().flat_map(|x| theirs.iter().map(|y| x.compare_age(*y))));
        }
        let stage = |spans: &[crate::dates::Span], p: &Profile| spans.first().copied().or(p.stage());
        match (stage(&ours, a), stage(&theirs, b)) {
            (Some(x), Some(y)) => x.compare_stage(y),
            _ => NOTHING,
        }
    }

    pub(crate) fn place(&self, a: &Profile, b: &Profile) -> u8 {
        let mut phone = false;
        let mut busy = false;
        for x in &a.phones {
            for y in b.phones.iter().filter(|y| y.figures == x.figures) {
                if x.busy || y.busy { busy = true } else { phone = true }
            }
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
        if a.implied().is_empty() && b.implied().is_empty() {
            return NOTHING;
        }
        let all = |p: &Profile| -> Vec<Address> { p.addresses.iter().chain(p.implied()).copied().collect() };
        let mut busy = false;
        match self.nearest(&all(a), &all(b), &mut busy) {
            Some(Nearness::Same) => place::IMPLIED,
            _ => NOTHING,
        }
    }

    fn nearest(&self, a: &[Address], b: &[Address], busy: &mut bool) -> Option<Nearness> {
        let mut nearest = None;
        for x in a {
            for y in b {
                let mut found = x.compare(y, &self.tables.places);
                if found == Nearness::Same && (x.busy || y.busy) {
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
        let (ours, theirs) = (a.associates(), b.associates());
        if ours.is_empty() && theirs.is_empty() {
            return NOTHING;
        }
        let direct =
            |list: &[Associate], other: u32| list.iter().any(|s| s.other == other && s.role != Role::Event);
        if direct(ours, ib) || direct(theirs, ia) {
            return associates::DIRECT;
        }
        let shared = ours.iter().flat_map(|x| {
            let from = theirs.partition_point(|y| y.other < x.other);
            theirs
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
}

/// The level of two births, and the later one.
pub(crate) fn one_birth(x: Birth, y: Birth) -> (u8, Option<Birth>) {
    let level = x.compare(y);
    (level, Some(x.max(y)).filter(|_| level != NOTHING))
}

pub(crate) fn compare_sex(a: &Profile, b: &Profile) -> u8 {
    sex_level((a.female, a.male), (b.female, b.male))
}

/// The level of two sexes, each by whether somebody was recorded as female and as male.
pub(crate) fn sex_level(a: (bool, bool), b: (bool, bool)) -> u8 {
    let unclear = |(female, male): (bool, bool)| female == male;
    if unclear(a) || unclear(b) {
        NOTHING
    } else if a.0 == b.0 {
        sex::SAME
    } else {
        sex::DIFFERENT
    }
}

fn compare_circles(a: &Profile, b: &Profile) -> u8 {
    if a.circles().is_empty() || b.circles().is_empty() {
        NOTHING
    } else if a.circles().iter().any(|own| b.circles().contains(own)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partner_and_a_child_of_one_person_do_not_fit() {
        assert_eq!(fit(Role::Partner, Role::Child), associates::CONFLICT);
        assert_eq!(fit(Role::Partner, Role::FormerPartner), associates::PARTNER);
        assert_eq!(fit(Role::Partner, Role::Event), associates::OTHER);
    }

    use crate::profile::{Tables, Texts};
    use crate::record::{Born, PersonAddress, PersonName, PersonNumber, Record, Sex};
    use crate::register::profile;
    use crate::settings::Settings;
    use proptest::prelude::*;

    prop_compose! {
        fn any_record()(
            fore in prop::sample::select(vec!["", "ruth", "ruth ann", "ann", "r", "rthu", "marlow", "omar said", "said omar"]),
            sur in prop::sample::select(vec!["", "marlow", "ruth", "marlow-penn", "penn", "said", "omar", "marlo"]),
            born in prop::option::of((1960i16..1964, 1i8..4, 1i8..4)),
            sex in prop::option::of(prop::bool::ANY),
            place in prop::sample::select(vec![("", ""), ("4 mill lane", "QX1 2AB"), ("6 mill lane", "QX1 2AB"), ("4 Mil Ln", "QX1 2AC")]),
            phone in prop::sample::select(vec!["", "07700900123", "07700900124"]),
            number in prop::sample::select(vec!["", "9434765919", "9434765991", "9000000009"]),
            age in prop::option::of(55u8..70),
        ) -> Record {
            Record {
                source: "health".into(),
                names: vec![PersonName {
                    forenames: fore.split(' ').map(Into::into).collect(),
                    surname: sur.into(),
                    ..PersonName::default()
                }],
                born: born.map(|(year, month, day)| Born { year, month: Some(month), day: Some(day) }),
                age: age.map(|years| (years, 20_000)),
                sex: sex.map(|female| if female { Sex::Female } else { Sex::Male }),
                addresses: vec![PersonAddress { lines: place.0.into(), postcode: place.1.into() }],
                phones: vec![phone.into()],
                identifiers: vec![PersonNumber { kind: "nhs".into(), value: number.into(), valid: true }],
                refs: vec![format!("row:{number}")],
                ..Record::default()
            }
        }
    }

    proptest! {
        #[test]
        fn it_does_not_matter_which_of_two_people_comes_first(
            people in prop::collection::vec(prop::collection::vec(any_record(), 1..3), 2..12)
        ) {
            let settings = Settings::built_in().unwrap();
            let mut texts = Texts::default();
            let profiles: Vec<Profile> = people.iter().map(|records| {
                profile(&records.iter().collect::<Vec<_>>(), &mut texts, &settings.lexicon)
            }).collect();
            let tables = Tables::new(texts, &settings.lexicon);
            let model = crate::learn::start(&profiles, &tables, &settings);
            let scorer = Scorer::new(&tables, &model);
            for (i, a) in (0u32..).zip(&profiles) {
                for (j, b) in (0u32..).zip(&profiles).skip(1) {
                    let (there, back) = (scorer.score(a, b, (i, j)), scorer.score(b, a, (j, i)));
                    prop_assert!((there - back).abs() < 1e-9, "{there} {back}\n{a:?}\n{b:?}");
                    // Letting a pair go early never loses one that is above the floor.
                    for floor in [-40.0, -20.0, -8.0, -4.0, 0.0, 4.0] {
                        let kept = scorer.score_above(floor, a, b, (i, j));
                        prop_assert_eq!(kept, Some(there).filter(|weight| *weight > floor), "{:?}\n{:?}", a, b);
                    }
                }
            }
        }
    }
}
