//! Everything known of one person so far, made comparable: from one record, or from all records already joined.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::dates::{Birth, Span};
use crate::few::Few;
use crate::lexicon::Lexicon;
use crate::live::NewTexts;
use crate::model::Model;
use crate::names::{self, Name};
use crate::numbers::Held;
use crate::places::Address;
use crate::record::{Record, Sex, Stage};
use crate::table::{Mix, at, number};
use crate::vocabulary::{Interner, Vocabulary};

/// The texts behind the numbers in profiles, as they are collected.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    pub(crate) words: Interner,
    pub(crate) places: Interner,
    /// Agencies' own kinds of number: `police nominal`.
    pub(crate) spaces: Interner,
}

/// The numbers that texts have in other tables.
pub(crate) struct Renumbered {
    words: Vec<u32>,
    places: Vec<u32>,
    spaces: Vec<u32>,
}

impl Texts {
    /// Takes over the texts of others.
    pub(crate) fn absorb(&mut self, other: &Self) -> Renumbered {
        Renumbered {
            words: self.words.absorb(&other.words),
            places: self.places.absorb(&other.places),
            spaces: self.spaces.absorb(&other.spaces),
        }
    }
}

/// The tables behind the numbers in profiles, with what is known of each word.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) words: Vocabulary,
    pub(crate) places: Interner,
    pub(crate) spaces: Interner,
}

impl Tables {
    pub(crate) fn new(texts: Texts, lexicon: &Lexicon) -> Self {
        Self { words: Vocabulary::new(texts.words, lexicon), places: texts.places, spaces: texts.spaces }
    }
}

impl Tables {
    /// Takes over more texts; `new` is told of those that were not there.
    pub(crate) fn absorb(&mut self, texts: &Texts, lexicon: &Lexicon, new: &mut NewTexts) -> Renumbered {
        let note = |before: usize, held: &Interner, list: &mut Vec<String>| {
            list.extend((before..held.len()).map(|id| held.text(number(id)).to_owned()));
        };
        let (words, places, spaces) = (self.words.len(), self.places.len(), self.spaces.len());
        let out = Renumbered {
            words: self.words.absorb(&texts.words, lexicon),
            places: self.places.absorb(&texts.places),
            spaces: self.spaces.absorb(&texts.spaces),
        };
        note(words.max(1), self.words.texts(), &mut new.words);
        note(places, &self.places, &mut new.places);
        note(spaces, &self.spaces, &mut new.spaces);
        out
    }
}

/// What somebody is to another person, as far as relations help to tell who is who.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Associate {
    pub(crate) other: u32,
    pub(crate) role: Role,
}

/// A telephone number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Phone {
    /// Its figures, with a 1 before them so that leading noughts count.
    pub(crate) figures: u64,
    /// Whether many people share it.
    pub(crate) busy: bool,
}

/// What is known of one person. Laid out so that what most records hold stands in one piece of memory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Profile {
    pub(crate) names: Few<Name>,
    pub(crate) births: Few<Birth>,
    pub(crate) addresses: Few<Address>,
    pub(crate) phones: Few<Phone>,
    pub(crate) numbers: Few<Held>,
    pub(crate) spaces: Few<u32>,
    /// Mark of a protected identity, 0 where there is none; only people of one scope are compared.
    pub(crate) scope: u64,
    pub(crate) female: bool,
    pub(crate) male: bool,
    pub(crate) more: Option<Box<More>>,
}

/// Age of criminal responsibility in England and Wales, in years.
const RESPONSIBLE: i16 = 10;
/// Days that nobody lives longer than.
const LONG_LIFE: i32 = 40_000;

/// What few records hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct More {
    /// Ages told, as spans of birth.
    pub(crate) ages: Vec<Span>,
    /// Childhood or adulthood, as a span of birth.
    pub(crate) stage: Option<Span>,
    /// Addresses of people named with this one, where no own address is known.
    pub(crate) implied: Vec<Address>,
    /// Marks of schools and other groups.
    pub(crate) circles: Vec<u64>,
    pub(crate) associates: Vec<Associate>,
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
    addresses: Vec<Address>,
    phones: Vec<Phone>,
    numbers: Vec<Held>,
    spaces: Vec<u32>,
    circles: Vec<u64>,
    scope: u64,
}

impl Builder {
    /// Adds what a record says.
    pub(crate) fn add(&mut self, record: &Record, texts: &mut Texts, lexicon: &Lexicon) {
        for name in &record.names {
            self.names.extend(names::read(name, &mut texts.words, lexicon));
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
            self.addresses.extend(Address::read(address, &mut texts.places, lexicon));
        }
        self.phones.extend(record.phones.iter().filter_map(|phone| Phone::read(phone)));
        for held in &record.identifiers {
            if held.kind == "pnc" && held.valid {
                self.narrow(old_enough(&held.value));
            }
            self.numbers.extend(Held::new(&held.kind, &held.value, held.valid));
        }
        self.circles.extend(record.circles.iter().map(|circle| Mix::new(33).text(circle).done()));
        for reference in &record.refs {
            let kind = reference.split_once(':').map_or("", |(kind, _)| kind);
            self.spaces.push(texts.spaces.put(&format!("{} {kind}", record.source)));
        }
        if let Some(scope) = &record.scope {
            self.scope = Mix::new(34).text(scope).done();
        }
    }

    /// Adds what another profile holds.
    pub(crate) fn join(&mut self, profile: &Profile) {
        self.names.extend(&profile.names);
        self.births.extend(&profile.births);
        self.ages.extend(profile.ages());
        self.narrow(profile.stage());
        self.female |= profile.female;
        self.male |= profile.male;
        self.addresses.extend(&profile.addresses);
        self.phones.extend(&profile.phones);
        self.numbers.extend(&profile.numbers);
        self.spaces.extend(&profile.spaces);
        self.circles.extend(profile.circles());
        self.scope = self.scope.max(profile.scope);
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
        let more = More {
            ages: tidy_list(self.ages),
            stage: self.stage,
            circles: tidy_list(self.circles),
            ..More::default()
        };
        Profile {
            names: tidy_list(self.names).into(),
            births: births.into(),
            addresses: tidy_list(self.addresses).into(),
            phones: tidy_list(self.phones).into(),
            numbers: tidy_list(self.numbers).into(),
            spaces: known(self.spaces).into(),
            scope: self.scope,
            female: self.female,
            male: self.male,
            more: (more != More::default()).then(|| Box::new(more)),
        }
    }
}

/// When somebody with a police number was born at the latest: it begins with the year it was given in, and children
/// under the age of criminal responsibility are given none.
fn old_enough(number: &str) -> Option<Span> {
    let (year, _) = number.trim().split_once('/')?;
    let year: i16 = year.parse().ok().filter(|given| year.len() == 4 && (1900..2200).contains(given))?;
    let latest = Birth { year: year - RESPONSIBLE, month: 12, day: 31, expected: false }.days();
    Some(Span { from: latest - LONG_LIFE, to: latest })
}

impl Phone {
    fn read(text: &str) -> Option<Self> {
        let tidy = tidy_phone(text);
        let figures = tidy.bytes().take(18).fold(1u64, |sum, byte| sum * 10 + u64::from(byte & 15));
        (!tidy.is_empty()).then_some(Self { figures, busy: false })
    }

    /// A number by which the telephone is known in every set of records.
    pub(crate) fn mark(self) -> u64 {
        Mix::new(32).with(self.figures).done()
    }

    /// A short one that tells most apart; never 0.
    pub(crate) fn short_mark(self) -> u32 {
        u32::try_from(self.mark() >> 32).unwrap_or(0).max(1)
    }
}

impl Profile {
    pub(crate) fn ages(&self) -> &[Span] {
        self.more.as_ref().map_or(&[], |more| &more.ages)
    }

    pub(crate) fn stage(&self) -> Option<Span> {
        self.more.as_ref().and_then(|more| more.stage)
    }

    pub(crate) fn implied(&self) -> &[Address] {
        self.more.as_ref().map_or(&[], |more| &more.implied)
    }

    pub(crate) fn circles(&self) -> &[u64] {
        self.more.as_ref().map_or(&[], |more| &more.circles)
    }

    pub(crate) fn associates(&self) -> &[Associate] {
        self.more.as_ref().map_or(&[], |more| &more.associates)
    }

    /// Whether there is too little of its own to go by: no date of birth and no shared number.
    pub(crate) fn weak(&self) -> bool {
        let born = self.births.iter().any(|birth| birth.whole() && !birth.expected);
        let called = self.names.iter().any(|name| name.first() != 0);
        !(born && called)
    }

    /// Birth as a span of days, from date or age.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let mut out: Vec<Span> =
            self.births.iter().filter(|birth| !birth.expected).map(|birth| Span::from(*birth)).collect();
        out.extend(self.ages());
        out
    }

    /// As bytes, small enough to keep beside a record.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).unwrap_or_default()
    }

    /// From bytes; `None` when they were not written by this version of the program.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }

    /// Takes over the numbers of other tables.
    pub(crate) fn renumber(&mut self, tables: &Renumbered) {
        self.names.iter_mut().for_each(|name| *name = name.renumbered(&tables.words));
        self.addresses.iter_mut().for_each(|address| *address = address.renumbered(&tables.places));
        self.spaces.iter_mut().for_each(|space| *space = at(&tables.spaces, *space));
    }
}

/// Marks in every profile the addresses and telephone numbers that the model knows as institutions'.
pub(crate) fn mark_busy(profiles: &mut [Profile], tables: &Tables, model: &Model) {
    if model.busy.is_empty() {
        return;
    }
    profiles.par_iter_mut().for_each(|profile| mark_busy_one(profile, tables, model));
}

/// The same in one profile.
pub(crate) fn mark_busy_one(profile: &mut Profile, tables: &Tables, model: &Model) {
    for address in profile.addresses.iter_mut() {
        address.busy = model.busy.contains(&address.mark(&tables.places));
    }
    for phone in profile.phones.iter_mut() {
        phone.busy = model.busy.contains(&phone.mark());
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

    #[test]
    fn bytes_give_back_what_was_written() {
        let phones = ["01632 960001", "01632 960002"].map(|text| Phone::read(text).unwrap()).to_vec();
        let more = More { circles: vec![7], ..More::default() };
        let profile =
            Profile { phones: phones.into(), female: true, more: Some(Box::new(more)), ..Profile::default() };
        assert_eq!(Profile::from_bytes(&profile.to_bytes()), Some(profile));
        assert_eq!(Profile::from_bytes(&[9]), None);
    }

    #[test]
    fn most_records_fit_into_three_lines_of_memory() {
        assert!(size_of::<Profile>() <= 192, "{}", size_of::<Profile>());
    }
}
