//! What somebody typed into the one box, and which terms it may be found under.

use std::collections::BTreeSet;

use super::super::settings::{Settings, plain};
use super::terms::{fold, name_terms, normal_reference};

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
    pub(super) sense: Sense,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sense {
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
pub(super) struct DateTyped {
    pub(super) year: Option<i16>,
    pub(super) month: Option<i8>,
    pub(super) day: Option<i8>,
}

impl Query {
    /// Every term to look up. A good candidate has terms of many parts.
    #[must_use]
    pub fn terms(&self) -> Vec<String> {
        let terms: BTreeSet<&String> = self.parts.iter().flat_map(|part| &part.terms).collect();
        terms.into_iter().cloned().collect()
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
            // Whoever types three letters wants the names that begin so.
            if word.chars().count() >= 3 {
                terms.insert(format!("f:{}", word.chars().take(3).collect::<String>()));
            }
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
