//! Everything known of one person so far, made comparable: from one record, or from all records already joined.

use crate::dates::{Birth, Span};
use crate::few::Few;
use crate::names::{self, Name};
use crate::numbers::{Held, comparison_of, tidy};
use crate::places::Gazetteer;
use crate::record::{Record, Sex, Stage};
use crate::settings::Settings;
use crate::table::number;
use crate::vocabulary::{Interner, Vocabulary};

/// The tables behind the numbers in profiles.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) words: Vocabulary,
    pub(crate) places: Gazetteer,
    pub(crate) phones: Interner,
    pub(crate) numbers: Interner,
    pub(crate) kinds: Interner,
    /// For each kind of number the comparison it belongs to.
    pub(crate) kind_comparison: Vec<usize>,
    /// Agencies' own kinds of number: `police nominal`.
    pub(crate) spaces: Interner,
    /// Schools and other groups.
    pub(crate) circles: Interner,
}

/// What somebody is to another person, as far as relations help to tell who is who.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Role {
    Partner,
    FormerPartner,
    Parent,
    Child,
    Sibling,
    Harms,
    Household,
    #[default]
    Other,
    Event,
}

/// This person is `role` of the person with profile `other`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Associate {
    pub(crate) other: u32,
    pub(crate) role: Role,
}

/// What is known of one person.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Profile {
    pub(crate) names: Few<Name>,
    pub(crate) births: Few<Birth>,
    /// Ages told, as spans of birth.
    pub(crate) ages: Box<[Span]>,
    /// Childhood or adulthood, as a span of birth.
    pub(crate) stage: Option<Span>,
    pub(crate) female: bool,
    pub(crate) male: bool,
    pub(crate) addresses: Few<u32>,
    /// Addresses of people named with this one, where no own address is known.
    pub(crate) implied: Box<[u32]>,
    pub(crate) phones: Few<u32>,
    pub(crate) numbers: Few<Held>,
    pub(crate) spaces: Box<[u32]>,
    pub(crate) circles: Box<[u32]>,
    pub(crate) associates: Box<[Associate]>,
}

/// Collects a profile.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    names: Vec<Name>,
    births: Vec<Birth>,
    ages: Vec<Span>,
    stage: Option<Span>,
    female: bool,
    male: bool,
    addresses: Vec<u32>,
    phones: Vec<u32>,
    numbers: Vec<Held>,
    spaces: Vec<u32>,
    circles: Vec<u32>,
}

impl Builder {
    /// Adds what a record says.
    pub(crate) fn add(&mut self, record: &Record, tables: &mut Tables, settings: &Settings) {
        let lexicon = &settings.lexicon;
        for name in &record.names {
            self.names.extend(names::read(name, &mut tables.words, lexicon));
        }
        let unborn = record.stage == Stage::Unborn;
        self.births.extend(record.born.and_then(|born| Birth::read(born, unborn)));
        self.ages.extend(record.age.map(|(years, day)| Span::of_age(years, day)));
        if let Some(day) = record.recorded {
            match record.stage {
                Stage::Child => self.narrow(Some(Span::of_stage(true, day))),
                Stage::Adult => self.narrow(Some(Span::of_stage(false, day))),
                Stage::Unborn | Stage::Unknown => {}
            }
        }
        match record.sex {
            Some(Sex::Female) => self.female = true,
            Some(Sex::Male) => self.male = true,
            None => {}
        }
        for address in &record.addresses {
            self.addresses.push(tables.places.put(address, lexicon));
        }
        for phone in &record.phones {
            self.phones.push(tables.phones.put(&tidy_phone(phone)));
        }
        for held in &record.identifiers {
            let kind = tables.kinds.put(&held.kind);
            while tables.kind_comparison.len() <= kind as usize {
                let next = number(tables.kind_comparison.len());
                tables.kind_comparison.push(comparison_of(tables.kinds.text(next)));
            }
            self.numbers.push(Held {
                kind,
                value: tables.numbers.put(&tidy(&held.value)),
                valid: held.valid,
            });
        }
        for circle in &record.circles {
            self.circles.push(tables.circles.put(circle));
        }
        for reference in &record.refs {
            let kind = reference.split_once(':').map_or("", |(kind, _)| kind);
            self.spaces.push(tables.spaces.put(&format!("{} {kind}", record.source)));
        }
    }

    /// Adds what another profile holds.
    pub(crate) fn join(&mut self, profile: &Profile) {
        self.names.extend(&profile.names);
        self.births.extend(&profile.births);
        self.ages.extend(&profile.ages);
        self.narrow(profile.stage);
        self.female |= profile.female;
        self.male |= profile.male;
        self.addresses.extend(&profile.addresses);
        self.phones.extend(&profile.phones);
        self.numbers.extend(&profile.numbers);
        self.spaces.extend(&profile.spaces);
        self.circles.extend(&profile.circles);
    }

    fn narrow(&mut self, span: Option<Span>) {
        self.stage = match (self.stage, span) {
            (Some(old), Some(new)) => {
                let both = Span { from: old.from.max(new.from), to: old.to.min(new.to) };
                if both.from <= both.to { Some(both) } else { Some(old) }
            }
            (old, new) => old.or(new),
        };
    }

    /// The finished profile.
    pub(crate) fn done(self) -> Profile {
        let mut births = tidy_list(self.births);
        if births.iter().any(|birth| !birth.expected) {
            births.retain(|birth| !birth.expected);
        }
        if births.iter().any(|birth| birth.whole()) {
            births.retain(|birth| birth.whole());
        }
        Profile {
            names: tidy_list(self.names).into(),
            births: births.into(),
            ages: tidy_list(self.ages).into(),
            stage: self.stage,
            female: self.female,
            male: self.male,
            addresses: known(self.addresses).into(),
            implied: Box::default(),
            phones: known(self.phones).into(),
            numbers: {
                let mut numbers = tidy_list(self.numbers);
                numbers.retain(|held| held.value != 0);
                numbers.into()
            },
            spaces: known(self.spaces).into(),
            circles: known(self.circles).into(),
            associates: Box::default(),
        }
    }
}

impl Profile {
    /// Whether there is too little of its own to go by: no date of birth and no shared number.
    pub(crate) fn weak(&self) -> bool {
        self.numbers.is_empty() && !self.births.iter().any(|birth| birth.whole() && !birth.expected)
    }

    /// Birth as a span of days, from date or age.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let mut out: Vec<Span> =
            self.births.iter().filter(|birth| !birth.expected).map(|birth| Span::from(*birth)).collect();
        out.extend(&self.ages);
        out
    }
}

fn tidy_list<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort_unstable();
    list.dedup();
    list
}

fn known(mut list: Vec<u32>) -> Vec<u32> {
    list.retain(|id| *id != 0);
    tidy_list(list)
}

/// Figures only, the British country code written as 0; empty for what is too short to be a number.
pub(crate) fn tidy_phone(text: &str) -> String {
    let figures: String = text.chars().filter(char::is_ascii_digit).collect();
    let national = figures
        .strip_prefix("0044")
        .or_else(|| figures.strip_prefix("44").filter(|rest| rest.len() == 10))
        .map_or_else(|| figures.clone(), |rest| format!("0{}", rest.trim_start_matches('0')));
    let first = national.chars().nth(1);
    let all_one = national.chars().skip(1).all(|c| Some(c) == first);
    if national.len() < 6 || all_one { String::new() } else { national }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_telephone_number_is_written_one_way() {
        for text in ["+44 7361 573 661", "07361573661", "0044 07361 573661"] {
            assert_eq!(tidy_phone(text), "07361573661", "{text}");
        }
        assert!(tidy_phone("n/a").is_empty() && tidy_phone("00000000000").is_empty());
    }
}
