//! The keys of a person: what of them must agree with somebody else's for the two to be compared.

use crate::numbers::Held;
use crate::places::Address;
use crate::profile::{Profile, Role, Tables};
use crate::settings::{BlockingKey, PARTS, Part};
use crate::table::Mix;

/// More values of one key than this say nothing about a person.
const MOST_VALUES: usize = 48;

/// Makes keys, with room that is used again.
pub(crate) struct Keys<'a> {
    tables: &'a Tables,
    keys: Vec<u64>,
    /// Values of each part, which several rules share.
    parts: [Vec<u64>; PARTS.len()],
    /// Which of them are those of the person in hand.
    made: [bool; PARTS.len()],
    mixed: Vec<u64>,
}

impl<'a> Keys<'a> {
    pub(crate) fn new(tables: &'a Tables) -> Self {
        let (parts, made) = Default::default();
        Self { tables, keys: Vec::new(), parts, made, mixed: Vec::new() }
    }

    /// Gives the keys of each rule for one person, each once.
    pub(crate) fn each<'r>(
        &mut self,
        profile: &Profile,
        rules: impl IntoIterator<Item = &'r BlockingKey>,
        mut give: impl FnMut(&'r BlockingKey, &[u64]),
    ) {
        self.made.fill(false);
        for rule in rules {
            give(rule, self.of(profile, rule));
        }
    }

    /// Makes the values of a part, each once and in order, unless they are made.
    fn make(&mut self, profile: &Profile, part: Part) {
        let own = part as usize;
        if let (Some(values), Some(made)) = (self.parts.get_mut(own), self.made.get_mut(own))
            && !std::mem::replace(made, true)
        {
            values.clear();
            part_values(profile, part, self.tables, values);
            each_once(values);
        }
    }

    /// The keys of a rule for the person in hand: every way of combining the values of its parts.
    fn of(&mut self, profile: &Profile, rule: &BlockingKey) -> &[u64] {
        self.keys.clear();
        self.keys.push(0);
        for part in &rule.parts {
            self.make(profile, *part);
            let values = self.parts.get(*part as usize).map_or(&[][..], Vec::as_slice);
            if values.is_empty() || values.len() * self.keys.len() > MOST_VALUES * 4 {
                self.keys.clear();
                return &self.keys;
            }
            self.mixed.clear();
            // Added, not mixed in order: forename and surname the other way round give the same key.
            let both = self.keys.iter().flat_map(|key| values.iter().map(|value| key.wrapping_add(*value)));
            self.mixed.extend(both);
            std::mem::swap(&mut self.keys, &mut self.mixed);
        }
        let own = rule.seed.with(profile.scope);
        self.keys.iter_mut().for_each(|key| *key = own.with(*key).done());
        each_once(&mut self.keys);
        if self.keys.len() > MOST_VALUES {
            self.keys.clear();
        }
        &self.keys
    }
}

/// Puts values in order, each once. Nearly everybody has one.
fn each_once(values: &mut Vec<u64>) {
    if values.len() > 1 {
        values.sort_unstable();
        values.dedup();
    }
}

fn part_values(profile: &Profile, part: Part, tables: &Tables, out: &mut Vec<u64>) {
    let words = &tables.words;
    let mut put = |tag: u64, value: u64| out.push(Mix::new(tag).with(value).done());
    match part {
        Part::Forename => {
            for word in profile.names.iter().flat_map(|name| name.fore).filter(|word| *word != 0) {
                let word = words.word(word);
                if word.length > 1 {
                    put(3, word.bones);
                    word.forename_keys().for_each(|group| put(4, u64::from(group)));
                }
            }
        }
        Part::Surname => {
            for name in &profile.names {
                for word in name.parts.iter().chain([&name.sur]).filter(|word| **word != 0) {
                    let word = words.word(*word);
                    if word.length > 1 {
                        put(3, word.bones);
                        word.surname_keys().for_each(|group| put(5, u64::from(group)));
                    }
                }
            }
        }
        Part::Initial => {
            let letters = profile.names.iter().map(|name| words.word(name.first()).initial);
            letters.filter(|letter| *letter != 0).for_each(|letter| put(6, u64::from(letter)));
        }
        Part::Born | Part::Year | Part::Month | Part::Folded => births(profile, part, &mut put),
        Part::Postcode | Part::Sector | Part::Address => {
            for address in profile.addresses.iter().chain(profile.implied()).filter(|a| !a.busy) {
                place(address, part, tables, &mut put);
            }
        }
        Part::Phone => profile.phones.iter().filter(|p| !p.busy).for_each(|p| put(14, p.figures)),
        Part::Circle => profile.circles().iter().for_each(|id| put(18, *id)),
        Part::Number => profile.numbers.iter().for_each(|held| put(15, held.mark())),
        Part::Half => profile.numbers.iter().flat_map(Held::halves).for_each(|half| put(21, half)),
        Part::Associate => {
            let close = profile.associates().iter().filter(|associate| associate.role != Role::Event);
            close.for_each(|associate| put(16, u64::from(associate.other)));
        }
        Part::Sex => {
            if profile.female != profile.male {
                put(17, u64::from(profile.female));
            }
        }
    }
}

fn births(profile: &Profile, part: Part, put: &mut impl FnMut(u64, u64)) {
    let field = |value: i8| u64::from(value.unsigned_abs());
    for birth in &profile.births {
        let year = u64::from(birth.year.unsigned_abs());
        match part {
            Part::Year if !birth.expected => put(7, year),
            Part::Month if birth.month != 0 && !birth.expected => put(8, (year << 8) | field(birth.month)),
            Part::Born if birth.whole() && !birth.expected => {
                put(9, (year << 16) | (field(birth.month) << 8) | field(birth.day));
            }
            // Day and month in order of size, so that swapped ones meet.
            Part::Folded if birth.whole() && !birth.expected => {
                let (low, high) = (birth.month.min(birth.day), birth.month.max(birth.day));
                put(10, (year << 16) | (field(low) << 8) | field(high));
            }
            _ => {}
        }
    }
}

/// Texts of places, not their numbers: keys must be the same in every set of records.
fn place(address: &Address, part: Part, tables: &Tables, put: &mut impl FnMut(u64, u64)) {
    let text = |id: u32| Mix::new(1).text(tables.places.text(id)).done();
    match part {
        Part::Postcode if address.coded() => put(11, u64::from_be_bytes(address.postcode)),
        Part::Sector if address.coded() => {
            let sector = address.sector().iter().fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
            put(12, sector);
        }
        Part::Address => {
            let house = address.numbers.iter().rev().find(|n| **n != 0);
            let street = address.words.first().copied().unwrap_or(0);
            if let Some(house) = house.filter(|_| street != 0) {
                put(13, text(*house).wrapping_mul(3).wrapping_add(text(street)));
            }
        }
        _ => {}
    }
}
