//! Search by plain rules: what a person, place or reference can be found by, what a typed question looks for, and
//! why a found person matched. Knows no store: the terms are words that any index can hold.
//!
//! | prefix | term |
//! |---|---|
//! | `n:` | a whole name, lower case, letters only |
//! | `s:` | how a name sounds |
//! | `f:` `e:` | first three, last three letters of a name, for slips |
//! | `d:` `m:` `y:` | day, month and day, year of birth |
//! | `p:` | postcode; its first half ends in `*` |
//! | `a:` | a word of a street or town, a number of a house |
//! | `r:` | a number or reference, letters and figures only |

use std::collections::BTreeSet;

use super::bios::show;
use super::closeness::edits;
use super::settings::{Settings, plain};
use super::shape::{Household, Incident, Person};
use super::sounds::{letters, sound};
use crate::record::{Address, Name, NameKind, Place};
use crate::when::{Precision, When};

/// What somebody typed, read as names, dates, postcodes, words of places and references.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The parts, in the order typed.
    pub parts: Vec<Part>,
}

/// One thing somebody typed and all it may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// As typed.
    pub typed: String,
    /// Terms of which any one makes a candidate of a person.
    pub terms: Vec<String>,
    sense: Sense,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Sense {
    /// A name, or a word of an address.
    Word {
        word: String,
        pets: BTreeSet<String>,
    },
    /// A date, or a part of one.
    Date(DateTyped),
    Postcode(String),
    /// A reference, number or telephone number.
    Reference(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct DateTyped {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
}

impl Query {
    /// Every term to look up. A good candidate has terms of many parts.
    #[must_use]
    pub fn terms(&self) -> Vec<String> {
        let terms: BTreeSet<&String> = self.parts.iter().flat_map(|part| &part.terms).collect();
        terms.into_iter().cloned().collect()
    }
}

/// How well a person matches, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// From 0 to 100; only for the order of a list.
    pub score: f64,
    /// In words: "surname sounds like “Rogers”; born 31 October 1988".
    pub why: String,
}

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

fn words_of(name: &Name) -> Vec<String> {
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
fn fold(word: &str) -> String {
    let folded: String = letters(word).into_iter().collect::<String>().to_lowercase();
    if folded.is_empty() { plain(word).replace(' ', "") } else { folded }
}

fn name_terms(word: &str, terms: &mut BTreeSet<String>) {
    terms.insert(format!("n:{word}"));
    if word.chars().count() > 1 {
        let sound = sound(word);
        if !sound.is_empty() {
            terms.insert(format!("s:{sound}"));
        }
    }
    if let Some((first, last)) = ends(word) {
        terms.insert(format!("f:{first}"));
        terms.insert(format!("e:{last}"));
    }
}

/// First and last three letters of a word long enough to have both.
fn ends(word: &str) -> Option<(String, String)> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < 5 {
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

fn normal_reference(text: &str) -> String {
    let normal: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let normal = normal.to_uppercase();
    match normal.strip_prefix("44") {
        Some(rest) if text.trim().starts_with('+') => format!("0{rest}"),
        _ => normal,
    }
}

/// Reads what somebody typed.
#[must_use]
pub fn query_terms(text: &str, settings: &Settings) -> Query {
    let mut query = Query::default();
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
        .filter(|word| !word.is_empty())
        .collect();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        // "31 October 1988" and "HD18 3BE" are several words but one thing.
        let longest = (1..=3).rev().find_map(|count| {
            let words = words.get(at..at + count)?;
            let joined = words.join(" ");
            let sense = if count == 1 { sense_of(&joined, settings) } else { sense_of_several(&joined) }?;
            Some((count, joined, sense))
        });
        match longest {
            Some((count, typed, sense)) => {
                let terms = terms_of(&sense);
                query.parts.push(Part { typed, terms, sense });
                at += count;
            }
            None => {
                let _ = word;
                at += 1;
            }
        }
    }
    query
}

fn sense_of_several(text: &str) -> Option<Sense> {
    if let Some(postcode) = postcode(text) {
        return Some(Sense::Postcode(postcode));
    }
    if let Some(date) = date_in_words(text) {
        return Some(Sense::Date(date));
    }
    let figures = text.chars().filter(char::is_ascii_digit).count();
    let only_figures = text.chars().all(|c| c.is_ascii_digit() || c == ' ' || c == '+');
    // "916 293 5216" and "07541 707713" are numbers typed in groups.
    (only_figures && (9..=13).contains(&figures)).then(|| Sense::Reference(normal_reference(text)))
}

fn sense_of(word: &str, settings: &Settings) -> Option<Sense> {
    if let Some(postcode) = postcode(word) {
        return Some(Sense::Postcode(postcode));
    }
    if let Some(date) = date_in_figures(word) {
        return Some(Sense::Date(date));
    }
    let has_figure = word.chars().any(|c| c.is_ascii_digit());
    if has_figure && normal_reference(word).chars().count() >= 4 {
        return Some(Sense::Reference(normal_reference(word)));
    }
    let folded = if has_figure { plain(word) } else { fold(word) };
    if folded.is_empty() {
        return None;
    }
    let pets = settings.pet_names(&folded).map(str::to_owned).collect();
    Some(Sense::Word { word: folded, pets })
}

fn terms_of(sense: &Sense) -> Vec<String> {
    let mut terms = BTreeSet::new();
    match sense {
        Sense::Word { word, pets } => {
            name_terms(word, &mut terms);
            terms.extend(pets.iter().map(|pet| format!("n:{pet}")));
            terms.insert(format!("a:{word}"));
        }
        Sense::Date(date) => match *date {
            DateTyped { year: Some(year), month: Some(month), day: Some(day) } => {
                terms.insert(format!("d:{year:04}-{month:02}-{day:02}"));
                // Day and month change places in a hurry.
                terms.insert(format!("d:{year:04}-{day:02}-{month:02}"));
                terms.insert(format!("m:{month:02}-{day:02}"));
            }
            DateTyped { year: None, month: Some(month), day: Some(day) } => {
                terms.insert(format!("m:{month:02}-{day:02}"));
            }
            DateTyped { year: Some(year), .. } => {
                terms.insert(format!("y:{year:04}"));
            }
            DateTyped { .. } => {}
        },
        Sense::Postcode(postcode) => {
            terms.insert(format!("p:{postcode}"));
        }
        Sense::Reference(reference) => {
            terms.insert(format!("r:{reference}"));
            terms.insert(format!("a:{}", reference.to_lowercase()));
        }
    }
    terms.into_iter().collect()
}

/// A postcode in its normal form, or its first half with `*`.
fn postcode(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
    if !text.is_ascii() || !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let outward = |text: &str| {
        let figures = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let area = text.len() - figures.len();
        let mut rest = figures.chars();
        let starts = rest.next().is_some_and(|c| c.is_ascii_digit());
        (1..=2).contains(&area) && starts && figures.len() <= 2 && rest.all(|c| c.is_ascii_alphanumeric())
    };
    let split = text.len().checked_sub(3)?;
    let (first, last) = (text.get(..split)?, text.get(split..)?);
    let mut inward = last.chars();
    let figure = inward.next().is_some_and(|c| c.is_ascii_digit());
    if figure && inward.all(|c| c.is_ascii_alphabetic()) && outward(first) {
        return Some(format!("{first} {last}"));
    }
    outward(&text).then(|| format!("{text}*"))
}

/// "31/10/1988", "1988-10-31", "31.10.88", "10/1988", "1988".
fn date_in_figures(text: &str) -> Option<DateTyped> {
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    let number = |at: usize| parts.get(at).and_then(|part| part.parse::<i16>().ok());
    let len = |at: usize| parts.get(at).map_or(0, |part| part.len());
    let (year, month, day) = match parts.len() {
        1 if len(0) == 4 => (number(0)?, None, None),
        2 if len(1) == 4 => (number(1)?, Some(number(0)?), None),
        2 if len(0) == 4 => (number(0)?, Some(number(1)?), None),
        2 if len(0) <= 2 && len(1) <= 2 => return day_month(number(0)?, number(1)?),
        3 if len(0) == 4 => (number(0)?, Some(number(1)?), Some(number(2)?)),
        3 => (full_year(number(2)?, len(2)), Some(number(1)?), Some(number(0)?)),
        _ => return None,
    };
    checked(year, month, day)
}

fn day_month(day: i16, month: i16) -> Option<DateTyped> {
    let typed = checked(2000, Some(month), Some(day))?;
    Some(DateTyped { year: None, ..typed })
}

fn full_year(year: i16, figures: usize) -> i16 {
    match year {
        _ if figures > 2 => year,
        0..=30 => 2000 + year,
        _ => 1900 + year,
    }
}

fn checked(year: i16, month: Option<i16>, day: Option<i16>) -> Option<DateTyped> {
    let month = month.map(i8::try_from).transpose().ok()?;
    let day = day.map(i8::try_from).transpose().ok()?;
    let known = (1900..=2100).contains(&year) && month.is_none_or(|month| (1..=12).contains(&month));
    let known = known && day.is_none_or(|day| (1..=31).contains(&day));
    known.then_some(DateTyped { year: Some(year), month, day })
}

/// "31 October 1988", "Oct 1988", "31 October".
fn date_in_words(text: &str) -> Option<DateTyped> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split(' ').collect();
    let month = |word: &str| {
        let at = MONTHS.iter().position(|month| word.starts_with(month))?;
        i16::try_from(at + 1).ok()
    };
    let number = |word: &str| word.trim_end_matches(char::is_alphabetic).parse::<i16>().ok();
    match words.as_slice() {
        [day, name, year] => {
            checked(full_year(number(year)?, year.len()), Some(month(name)?), Some(number(day)?))
        }
        [name, year] if year.len() == 4 => checked(number(year)?, Some(month(name)?), None),
        [day, name] => day_month(number(day)?, month(name)?),
        _ => None,
    }
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
        (points, format!("{how} {}", super::families::words_for(born)))
    })
}
