//! How well a found person matches what was typed, and why, in words.

use std::collections::BTreeSet;

use super::super::bios::show;
use super::super::closeness::edits;
use super::super::families::words_for;
use super::super::settings::plain;
use super::super::shape::Person;
use super::super::sounds::sound;
use super::query::{DateTyped, Part, Query, Sense};
use super::terms::{normal_reference, words_of};
use crate::record::{Address, NameKind, Place};
use crate::when::{Precision, When};

/// How well a person matches, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// From 0 to 100; only for the order of a list.
    pub score: f64,
    /// In words: "surname sounds like “Rogers”; born 31 October 1988".
    pub why: String,
}

/// How well a person matches what was typed; `None` when a part of it matches nothing about them.
///
/// One word of a longer question may go without a match, so that a wrong detail does not hide a person.
#[must_use]
pub fn rank(query: &Query, person: &Person) -> Option<Match> {
    let mut score = 0.0;
    let mut why: Vec<String> = Vec::new();
    let mut missed = 0;
    for part in &query.parts {
        match part_match(&part.sense, person) {
            Some((points, reason)) => {
                score += points;
                if !why.contains(&reason) {
                    why.push(reason);
                }
            }
            None => missed += 1,
        }
    }
    let parts = query.parts.len();
    // A letter alone fits half the area.
    let letter = |part: &Part| matches!(&part.sense, Sense::Word { word, .. } if word.chars().count() < 2);
    if query.parts.iter().all(letter) {
        return None;
    }
    if parts == 0 || missed == parts || (missed > 0 && parts < 3) || missed > 1 {
        return None;
    }
    let most = f64::from(u32::try_from(parts).unwrap_or(u32::MAX));
    Some(Match { score: (score / most * 100.0).round(), why: why.join("; ") })
}

fn part_match(sense: &Sense, person: &Person) -> Option<(f64, String)> {
    match sense {
        Sense::Word { word, pets } => {
            let name = name_match(word, pets, person);
            let place = address_words(person).find(|known| known == word);
            let place = place.map(|_| (0.6, format!("address has “{word}”")));
            best(name, place)
        }
        Sense::Date(date) => date_match(*date, person),
        Sense::Postcode(postcode) => {
            let half = postcode.strip_suffix('*');
            known_addresses(person).find_map(|address| {
                let theirs = address.postcode.to_uppercase();
                let whole = theirs == *postcode;
                let part = half.is_some_and(|half| theirs.split(' ').next() == Some(half));
                match (whole, part) {
                    (true, _) => Some((1.0, format!("lives or lived in {postcode}"))),
                    (_, true) => Some((0.5, format!("lives or lived in {}", half.unwrap_or_default()))),
                    _ => None,
                }
            })
        }
        Sense::Reference(reference) => {
            let number =
                person.identifiers.iter().find(|number| normal_reference(&number.value) == *reference);
            if let Some(number) = number {
                return Some((1.0, format!("{} is {}", number.label, number.value)));
            }
            if person.phones.iter().any(|phone| normal_reference(&phone.text) == *reference) {
                return Some((1.0, "telephone number".to_owned()));
            }
            let word = reference.to_lowercase();
            address_words(person).find(|known| *known == word).map(|_| (0.5, format!("address has “{word}”")))
        }
    }
}

fn best(a: Option<(f64, String)>, b: Option<(f64, String)>) -> Option<(f64, String)> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.0 > a.0 { b } else { a }),
        (a, b) => a.or(b),
    }
}

fn known_addresses(person: &Person) -> impl Iterator<Item = &Address> {
    person.residences.iter().filter_map(|stay| match &stay.place {
        Place::Known(address) => Some(address),
        Place::Kept(_) => None,
    })
}

fn address_words(person: &Person) -> impl Iterator<Item = String> {
    let words = known_addresses(person).map(|address| plain(&address.lines));
    words.flat_map(|lines| lines.split(' ').map(str::to_owned).collect::<Vec<String>>())
}

/// The best way in which a word is one of a person's names.
fn name_match(word: &str, pets: &BTreeSet<String>, person: &Person) -> Option<(f64, String)> {
    let mut found: Option<(f64, String)> = None;
    for seen in &person.names {
        let shown = show(&seen.name);
        let kind = match seen.name.kind {
            NameKind::Official => 1.0,
            NameKind::KnownAs => 0.97,
            NameKind::Former => 0.95,
        };
        let called = match seen.name.kind {
            NameKind::Official => "name",
            NameKind::KnownAs => "known as",
            NameKind::Former => "former name",
        };
        for name in words_of(&seen.name) {
            if let Some((points, how)) = word_match(word, pets, &name) {
                found = best(found, Some((points * kind, format!("{called} {how}“{shown}”"))));
            }
        }
    }
    found
}

fn word_match(word: &str, pets: &BTreeSet<String>, name: &str) -> Option<(f64, &'static str)> {
    if word == name {
        return Some((1.0, ""));
    }
    if pets.contains(name) {
        return Some((0.85, "is another form: "));
    }
    let count = word.chars().count().min(name.chars().count());
    if count == 1 && (word.starts_with(name) || name.starts_with(word)) {
        return Some((0.4, "has the initial: "));
    }
    let most = match count {
        0..=3 => 0,
        4..=6 => 1,
        _ => 2,
    };
    let slips = edits(word, name, most);
    let alike = count > 1 && sound(word) == sound(name);
    match (slips, alike) {
        (Some(1), _) => Some((0.8, "is nearly the same: ")),
        (Some(_), true) => Some((0.75, "sounds the same: ")),
        (None, true) => Some((0.65, "sounds the same: ")),
        (Some(_), false) => Some((0.6, "is nearly the same: ")),
        (None, false) if count >= 3 && name.starts_with(word) => Some((0.6, "begins so: ")),
        (None, false) => None,
    }
}

fn date_match(date: DateTyped, person: &Person) -> Option<(f64, String)> {
    let expected = person.expected.map(When::day);
    let births = person.born.into_iter().chain(person.born_otherwise.iter().copied()).chain(expected);
    let points = |born: When| {
        let day = born.first_day();
        let whole = matches!(born.precision(), Precision::Day | Precision::Minute);
        let same_year = date.year.is_none_or(|year| year == day.year());
        let same_month = date.month.is_none_or(|month| month == day.month());
        let same_day = date.day.is_none_or(|told| told == day.day());
        let turned = date.month == Some(day.day()) && date.day == Some(day.month());
        match (same_year, same_month, same_day) {
            (true, true, true) if whole || date.month.is_none() => {
                Some(if date.day.is_some() { 1.0_f64 } else { 0.7 })
            }
            (true, _, _) if !whole => Some(0.5),
            (true, _, _) if turned => Some(0.8),
            (true, true, false) | (true, false, true) if date.day.is_some() => Some(0.5),
            (false, true, true) if date.year.is_some() && whole && date.day.is_some() => Some(0.6),
            _ => None,
        }
    };
    let best = births.filter_map(|born| Some((points(born)?, born))).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(points, born)| {
        let how = if points >= 0.99 { "born" } else { "born about then:" };
        (points, format!("{how} {}", words_for(born)))
    })
}
