//! What people, places and references can be found by. Kept places give nothing.

use std::collections::BTreeSet;

use super::super::settings::plain;
use super::super::shape::{Household, Incident, Person};
use super::super::sounds::{letters, sound};
use crate::record::{Address, Name, Place};
use crate::when::{Precision, When};

/// Terms by which a person is found. Kept places give none.
#[must_use]
pub fn search_terms(person: &Person) -> Vec<String> {
    let mut terms = BTreeSet::new();
    for name in person.names.iter().flat_map(|seen| words_of(&seen.name)) {
        name_terms(&name, &mut terms);
    }
    for born in person.born.iter().chain(&person.born_otherwise) {
        birth_terms(*born, &mut terms);
    }
    if let Some(expected) = person.expected {
        birth_terms(When::day(expected), &mut terms);
    }
    for stay in &person.residences {
        place_terms(&stay.place, &mut terms);
    }
    for number in person.identifiers.iter().map(|number| &number.value) {
        reference_term(number, &mut terms);
    }
    for phone in &person.phones {
        reference_term(&phone.text, &mut terms);
    }
    terms.into_iter().collect()
}

/// Terms by which a home is found; none for a kept one.
#[must_use]
pub fn household_terms(household: &Household) -> Vec<String> {
    let mut terms = BTreeSet::new();
    place_terms(&household.place, &mut terms);
    terms.into_iter().collect()
}

/// Terms by which an incident is found: its reference, and its place unless kept.
#[must_use]
pub fn incident_terms(incident: &Incident) -> Vec<String> {
    let mut terms = BTreeSet::new();
    reference_term(incident.reference.as_str(), &mut terms);
    if let Some(place) = &incident.place {
        place_terms(place, &mut terms);
    }
    terms.into_iter().collect()
}

pub(super) fn words_of(name: &Name) -> Vec<String> {
    let parts = name.forenames.iter().chain([&name.surname]);
    let mut words: Vec<String> = Vec::new();
    for part in parts {
        let split: Vec<String> = part.split([' ', '-']).map(fold).filter(|word| !word.is_empty()).collect();
        if split.len() > 1 {
            words.push(split.concat());
        }
        words.extend(split);
    }
    words
}

/// A name in lower case without marks, letters only.
pub(super) fn fold(word: &str) -> String {
    let folded: String = letters(word).into_iter().collect::<String>().to_lowercase();
    if folded.is_empty() { plain(word).replace(' ', "") } else { folded }
}

pub(super) fn name_terms(word: &str, terms: &mut BTreeSet<String>) {
    terms.insert(format!("n:{word}"));
    if word.chars().count() > 1 {
        let sound = sound(word);
        if !sound.is_empty() {
            terms.insert(format!("s:{sound}"));
        }
    }
    if word.chars().count() > 2 {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        terms.insert(format!("k:{}", letters.into_iter().collect::<String>()));
    }
    if let Some((first, last)) = ends(word) {
        terms.insert(format!("f:{first}"));
        terms.insert(format!("e:{last}"));
    }
}

/// First and last three letters of a word long enough to have both.
fn ends(word: &str) -> Option<(String, String)> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < 4 {
        return None;
    }
    let last = letters.iter().skip(letters.len() - 3).collect();
    Some((letters.iter().take(3).collect(), last))
}

fn birth_terms(born: When, terms: &mut BTreeSet<String>) {
    let day = born.first_day();
    terms.insert(format!("y:{:04}", day.year()));
    if matches!(born.precision(), Precision::Day | Precision::Minute) {
        terms.insert(format!("d:{day}"));
        terms.insert(format!("m:{:02}-{:02}", day.month(), day.day()));
    }
}

fn place_terms(place: &Place, terms: &mut BTreeSet<String>) {
    let Place::Known(Address { lines, postcode, .. }) = place else { return };
    if !postcode.is_empty() {
        let postcode = postcode.to_uppercase();
        if let Some((outward, _)) = postcode.split_once(' ') {
            terms.insert(format!("p:{outward}*"));
        }
        terms.insert(format!("p:{postcode}"));
    }
    for word in plain(lines).split(' ').filter(|word| !word.is_empty()) {
        terms.insert(format!("a:{word}"));
    }
}

fn reference_term(number: &str, terms: &mut BTreeSet<String>) {
    let normal = normal_reference(number);
    if normal.chars().count() >= 4 {
        terms.insert(format!("r:{normal}"));
    }
}

pub(super) fn normal_reference(text: &str) -> String {
    let normal: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let normal = normal.to_uppercase();
    match normal.strip_prefix("44") {
        Some(rest) if text.trim().starts_with('+') => format!("0{rest}"),
        _ => normal,
    }
}
