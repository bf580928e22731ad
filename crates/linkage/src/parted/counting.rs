//! Counts what is common and which places are busy, person by person: what needs many people side by side comes out as
//! clues, which are brought together by their group and counted group by group.

use std::collections::BTreeMap;

use crate::commonness::{self, narrow, real};
use crate::learn::{WordCounts, count_spaces, places_of, shared_by_many};
use crate::model::Model;
use crate::parted::{Person, Words};
use crate::settings::Settings;
use crate::table::Mix;

/// What a clue is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// An address or telephone number and a surname.
    Place,
    /// A forename and surname and a day of birth.
    Name,
    /// A middle name and surname and a day of birth.
    Middle,
    /// A day of birth and a forename.
    Day,
}

impl Sort {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Place, Self::Name, Self::Middle, Self::Day];
}

/// One thing two people may have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clue {
    /// What it is about.
    pub sort: Sort,
    /// Clues of one sort and group must be counted together.
    pub group: u64,
    /// The clue itself: the same for people who have it in common.
    pub value: (u64, u64),
}

/// What was counted.
#[derive(Debug, Default)]
pub struct Counting {
    people: usize,
    words: WordCounts,
    years: BTreeMap<i16, f64>,
    spaces: Vec<u32>,
    /// For each forename and surname that go together how many have them, and how many have any.
    names: Vec<(u64, f64)>,
    named: usize,
    days: Vec<(i32, f64)>,
    dated: usize,
    model: Model,
}

impl Counting {
    /// Counts somebody and gives the clues.
    pub fn add(&mut self, person: &Person, words: &Words, put: &mut impl FnMut(Clue)) {
        let profile = &person.profile;
        self.people += 1;
        self.words.add(profile);
        self.spaces.resize(words.tables.spaces.len(), 0);
        count_spaces(std::iter::once(profile), &mut self.spaces);
        if let Some(birth) = commonness::known_birth(profile) {
            *self.years.entry(birth.year).or_default() += 1.0;
        }
        for (mark, surname) in places_of(profile, &words.tables) {
            put(Clue { sort: Sort::Place, group: mark, value: (mark, surname) });
        }
        for (word, surname, day) in commonness::first_names(profile) {
            let value = (both(surname, word), u64::from(day.cast_unsigned()));
            put(Clue { sort: Sort::Name, group: Mix::new(61).with(value.0).done(), value });
        }
        for (word, surname, day) in commonness::middle_names(profile) {
            let value = (both(surname, word), u64::from(day.cast_unsigned()));
            put(Clue { sort: Sort::Middle, group: Mix::new(62).with(u64::from(surname)).done(), value });
        }
        if let Some((year, day, word)) = commonness::born_on(profile) {
            let value = (both(u32::from(year.cast_unsigned()), day.cast_unsigned()), u64::from(word));
            put(Clue {
                sort: Sort::Day,
                group: Mix::new(63).with(u64::from(year.cast_unsigned())).done(),
                value,
            });
        }
    }

    /// Counts clues of one sort: all of every group that is among them.
    pub fn groups(&mut self, sort: Sort, mut clues: Vec<(u64, u64)>, words: &Words, settings: &Settings) {
        clues.sort_unstable();
        clues.dedup();
        let bearers = || -> Vec<(u32, u32, i32)> {
            let apart = clues.iter().map(|(names, day)| (low(*names), high(*names), low(*day).cast_signed()));
            let mut list: Vec<_> = apart.collect();
            list.sort_unstable();
            list
        };
        match sort {
            Sort::Place => {
                self.model.busy.extend(shared_by_many(&clues, settings.busy_surnames as usize));
            }
            Sort::Name => {
                self.named += clues.len();
                let shared = bearers();
                let shared = commonness::shared(&shared, &words.tables);
                self.names.extend(shared.map(|(mark, _, count)| (mark, count)));
            }
            Sort::Middle => {
                let found = commonness::middles_among(&bearers(), &words.tables);
                self.model.middles_by_surname.extend(found);
            }
            Sort::Day => {
                self.dated += clues.len();
                let year = |value: u64| u16::try_from(high(value)).unwrap_or_default().cast_signed();
                let apart = clues.iter().map(|(day, word)| (year(*day), low(*day).cast_signed(), low(*word)));
                let mut list: Vec<_> = apart.collect();
                list.sort_unstable();
                self.days.extend(commonness::uneven_days(&list));
            }
        }
    }

    /// The model of starting values, and how many people have a number of each kind of agency number.
    #[must_use]
    pub fn done(self, words: &Words, settings: &Settings) -> (Model, Vec<u32>) {
        let (named, dated) = (real(self.named), real(self.dated));
        let model = Model {
            names: self.names.into_iter().map(|(mark, count)| (mark, narrow(count / named))).collect(),
            middles_by_surname: self.model.middles_by_surname,
            years: commonness::shares_of_years(self.years),
            days: self.days.into_iter().map(|(day, count)| (day, narrow(count / dated))).collect(),
            busy: self.model.busy,
            ..self.words.model(self.people, &words.tables, settings)
        };
        (model, self.spaces)
    }
}

fn both(high: u32, low: u32) -> u64 {
    (u64::from(high) << 32) | u64::from(low)
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
fn low(value: u64) -> u32 {
    value as u32
}

fn high(value: u64) -> u32 {
    low(value >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Batch;
    use crate::learn;
    use crate::parted::Intake;
    use crate::record::{Born, PersonAddress, PersonName, Record};

    #[test]
    fn counting_in_parts_gives_the_model_that_counting_at_once_gives() {
        let settings = Settings::built_in().unwrap();
        let records: Vec<Record> = (0..900u64)
            .map(|own| {
                let i = u16::try_from(Mix::new(1).with(own).done() % 9000).unwrap();
                let pick = |list: &[&str], step: u16| list[usize::from(i / step) % list.len()].to_owned();
                Record {
                    id: format!("R{own}"),
                    names: vec![PersonName {
                        forenames: vec![
                            pick(
                                &["Ines", "Jakub", "Carys", "Bogdan", "Esme", "Faisal", "Greta", "Hamish"],
                                1,
                            ),
                            pick(&["Rose", "Ivo"], 5),
                        ],
                        surname: pick(
                            &[
                                "Ashgrove", "Birtwell", "Cranwick", "Inkpen", "Jessop", "Dunmore",
                                "Eastlake", "Galloway", "Hexworth",
                            ],
                            3,
                        ),
                        ..PersonName::default()
                    }],
                    born: Some(Born {
                        year: 1980 + (i % 3).cast_signed(),
                        month: Some(1 + i8::try_from(i / 9 % 4).unwrap()),
                        day: Some(if i / 27 % 2 == 0 { 1 } else { 1 + i8::try_from(i % 25).unwrap() }),
                    }),
                    addresses: vec![PersonAddress {
                        lines: format!("{} Mill Lane", 1 + i % 40),
                        postcode: "TS1 1AB".into(),
                    }],
                    ..Record::default()
                }
            })
            .collect();
        let mut intake = Intake::default();
        let people: Vec<Person> =
            intake.take(Batch::of(&records, &settings)).into_iter().map(|taken| taken.person).collect();
        let words = Words::read(&intake.to_bytes(), &settings).unwrap();
        let profiles: Vec<_> = people.iter().map(|person| person.profile.clone()).collect();
        let whole = learn::start(&profiles, &words.tables, &settings);
        assert!(!whole.busy.is_empty() && !whole.names.is_empty() && !whole.days.is_empty());
        assert!(!whole.middles_by_surname.is_empty());
        let mut counting = Counting::default();
        let mut parts: BTreeMap<(Sort, u64), Vec<(u64, u64)>> = BTreeMap::new();
        for person in &people {
            counting.add(person, &words, &mut |clue| {
                parts.entry((clue.sort, clue.group % 5)).or_default().push(clue.value);
            });
        }
        for ((sort, _), clues) in parts {
            counting.groups(sort, clues, &words, &settings);
        }
        assert_eq!(counting.done(&words, &settings).0, whole);
    }
}
