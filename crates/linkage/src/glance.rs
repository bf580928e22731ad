//! What of a person is enough to let most pairs go at a glance, in one line of memory: people who share a key lie all
//! over memory, and going there for everything about each of them takes longer than comparing them.

use crate::bound::ROUNDING;
use crate::compare::{one_birth, sex_level};
use crate::dates::Birth;
use crate::levels::{NOTHING, NUMBER, NUMBER_KINDS, PLACE, place};
use crate::names::{Agreement, Name};
use crate::numbers::{Far, Traces};
use crate::places::{self, Nearness, Postcode};
use crate::profile::Profile;
use crate::score::Scorer;

/// One person at a glance.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub(crate) struct Glance {
    /// There is more than a glance holds: several names or addresses, an institution's telephone.
    much: bool,
    female: bool,
    male: bool,
    numbers: Traces,
    more: bool,
    addressed: bool,
    name: Name,
    birth: Option<Birth>,
    postcode: Postcode,
    /// The house number, or 0.
    house: u32,
    /// What tells most telephone numbers apart, or 0.
    phone: u32,
}

/// What a glance at two people leaves.
pub(crate) enum Seen {
    /// They cannot weigh enough.
    Hopeless,
    /// They may, going by how their names and births compare.
    Open(Agreement, (u8, Option<Birth>)),
    /// A glance is not enough.
    Unclear,
}

impl Glance {
    /// What a glance at somebody shows.
    pub(crate) fn of(profile: &Profile) -> Self {
        let ([name], [] | [_], [] | [_], [] | [_]) =
            (&*profile.names, &*profile.births, &*profile.addresses, &*profile.phones)
        else {
            return Self { much: true, ..Self::default() };
        };
        let address = profile.addresses.first();
        let phone = profile.phones.first();
        let busy = address.is_some_and(|address| address.busy) || phone.is_some_and(|phone| phone.busy);
        let birth = profile.births.first().copied();
        // Ages and stages of life stand in for births.
        let aged = birth.is_none() && (!profile.ages().is_empty() || profile.stage().is_some());
        Self {
            much: busy || aged || !profile.implied().is_empty(),
            female: profile.female,
            male: profile.male,
            numbers: Traces::of(&profile.numbers),
            more: profile.more.is_some(),
            addressed: address.is_some(),
            name: *name,
            birth,
            postcode: address.map(|address| address.postcode).unwrap_or_default(),
            house: address.map_or(0, |address| address.house()),
            phone: phone.map_or(0, |phone| phone.short_mark()),
        }
    }
}

impl Scorer<'_> {
    /// Looks at two people: whether they can weigh more than `floor`. Never wrong about a no.
    pub(crate) fn glance(&self, floor: f64, a: &Glance, b: &Glance) -> Seen {
        if a.much || b.much {
            return Seen::Unclear;
        }
        let born = match (a.birth, b.birth) {
            (Some(x), Some(y)) => one_birth(x, y),
            _ => (NOTHING, None),
        };
        // Names last: to compare them takes longer than all the rest.
        let words = || a.name.compare(&b.name, &self.tables.words);
        let Some(numbers) = self.most_of_numbers(&a.numbers, &b.numbers) else {
            return Seen::Open(words(), born);
        };
        let sex = sex_level((a.female, a.male), (b.female, b.male));
        let rest = self.prior
            + numbers
            + self.most_of_birth(born)
            + self.most_of_sex_and_more(sex, a.more || b.more)
            + self.most_of_place(a, b);
        let hopeless = floor - ROUNDING;
        if rest + self.most_of_words(&a.name, &b.name) <= hopeless {
            return Seen::Hopeless;
        }
        let names = words();
        if rest + self.most_of_names(&names) <= hopeless {
            return Seen::Hopeless;
        }
        Seen::Open(names, born)
    }

    /// The most that two people's numbers say. `None` where they would have to be read.
    fn most_of_numbers(&self, a: &Traces, b: &Traces) -> Option<f64> {
        let mut sum = 0.0;
        for (own, far) in a.compare(b)?.into_iter().enumerate() {
            sum += match far {
                None => 0.0,
                Some(Far::Perhaps) => self.logs.most(NUMBER + own),
                Some(Far::Apart(level)) if own < NUMBER_KINDS.len() => self.level(NUMBER + own, level),
                // They may be of two kinds, which are not compared.
                Some(Far::Apart(level)) => self.level(NUMBER + own, level).max(0.0),
            };
        }
        Some(sum)
    }

    /// The most that two places say. Street and town would have to be read to know whether two of one house number are
    /// one.
    fn most_of_place(&self, a: &Glance, b: &Glance) -> f64 {
        let phones = a.phone != 0 && b.phone != 0;
        let addresses = a.addressed && b.addressed;
        let otherwise = match places::of_postcodes(&a.postcode, &b.postcode) {
            _ if !addresses && phones => place::PHONE_DIFFERENT,
            _ if !addresses => NOTHING,
            Nearness::Same | Nearness::Postcode => place::POSTCODE,
            Nearness::Near => place::NEAR,
            Nearness::Different if phones => place::BOTH_DIFFERENT,
            Nearness::Different => place::DIFFERENT,
        };
        let one_phone = phones && a.phone == b.phone;
        let one_house = addresses && a.house == b.house;
        let perhaps = [
            (one_phone, place::PHONE),
            (one_house, place::ADDRESS),
            (one_phone && one_house, place::PHONE_ADDRESS),
        ];
        let says = |level: u8| self.level(PLACE, level);
        let levels = perhaps.into_iter().filter(|(may_be, _)| *may_be).map(|(_, level)| level);
        levels.map(says).fold(says(otherwise), f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Batch;
    use crate::model::Chances;
    use crate::profile::Tables;
    use crate::record::{Born, PersonAddress, PersonName, PersonNumber, Record, Sex};
    use crate::settings::Settings;
    use crate::{Model, families::Families, writing::Writing};
    use proptest::prelude::*;

    const FORE: [&str; 8] = ["Ruth", "Ruth Ann", "R", "Penn", "Ann", "Roth", "Grace", ""];
    const SUR: [&str; 6] = ["Marlow", "Penn", "Marlow-Penn", "Marlo", "Ruth", ""];
    const HOMES: [(&str, &str); 6] = [
        ("72 Forge Drive", "HX12 9UQ"),
        ("72 Forge Dr", "HX12 9UP"),
        ("74 Forge Drive", "HX12 9UQ"),
        ("Forge House", ""),
        ("9 Mill Lane", "LS1 4AA"),
        ("", ""),
    ];
    const PHONES: [&str; 3] = ["01632 960001", "01632 960002", ""];
    const NUMBERS: [&str; 4] = ["9434765919", "9434765991", "9000000009", ""];

    /// A record of what is chosen from each list.
    fn record(chosen: [usize; 7]) -> Record {
        let [fore, sur, home, phone, number, born, sex] = chosen;
        let text = |list: &[&str], which: usize| list[which % list.len()].to_owned();
        let filled = |text: String| Some(text).filter(|text| !text.is_empty());
        let (lines, postcode) = HOMES[home % HOMES.len()];
        let forenames = text(&FORE, fore).split_whitespace().map(Into::into).collect();
        let name = PersonName { forenames, surname: text(&SUR, sur), ..PersonName::default() };
        let day = i8::try_from(born % 4).unwrap();
        let born =
            Born { year: 1990 + i16::from(day), month: (day < 3).then_some(1 + day), day: Some(1 + day) };
        Record {
            names: vec![name],
            addresses: vec![PersonAddress { lines: lines.into(), postcode: postcode.into() }],
            phones: filled(text(&PHONES, phone)).into_iter().collect(),
            identifiers: filled(text(&NUMBERS, number))
                .map(|value| PersonNumber { kind: "nhs".into(), value, valid: true })
                .into_iter()
                .collect(),
            born: (day > 0).then_some(born),
            age: (sex % 5 == 4).then_some((33, 20_000)),
            sex: [None, Some(Sex::Female), Some(Sex::Male)][sex % 3],
            ..Record::default()
        }
    }

    proptest! {
        #[test]
        fn a_glance_says_nothing_that_a_longer_look_does_not(
            chosen in prop::collection::vec(prop::array::uniform7(0usize..24), 12),
            floor in -12.0..20.0,
        ) {
            let settings = Settings::built_in().unwrap();
            let records: Vec<Record> = chosen.into_iter().map(record).collect();
            let batch = Batch::of(&records, &settings);
            let tables = Tables::new(batch.texts, &settings.lexicon);
            let model = Model {
                prior: 1e-4,
                household_ratio: 3.0,
                names_most: 20.0,
                people: 1000,
                writing: Writing::default(),
                families: Families::default(),
                comparisons: Chances::starting(&settings).learned(),
                ..Model::default()
            };
            let scorer = Scorer::new(&tables, &model);
            for a in &batch.profiles {
                for b in &batch.profiles {
                    let found = scorer.score_above(floor, a, b, (0, 1));
                    match scorer.glance(floor, &Glance::of(a), &Glance::of(b)) {
                        Seen::Unclear => {}
                        Seen::Hopeless => prop_assert_eq!(found, None),
                        Seen::Open(names, born) => {
                            prop_assert_eq!(Some(names), scorer.names(a, b));
                            prop_assert_eq!(born, scorer.born_level(a, b));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn it_fits_into_one_line_of_memory() {
        assert_eq!(size_of::<Glance>(), 64);
    }
}
