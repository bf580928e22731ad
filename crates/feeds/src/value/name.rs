//! Names as offices write them, taken apart: `SURNAME, Forename Middle`, `Mrs A SMITH`, `Miss Ann Smith`.

use throughline_domain::record::{Name, NameKind};

use crate::mapping::words::{NotAName, Words};
use crate::value::phrase::tidy;

/// How a cell holds a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Single {
    /// One word alone is a forename ("Lina", "Ashton").
    Forename,
    /// One word alone is a surname ("Mr Henderson", "Henderson").
    Surname,
}

/// Names found in one cell or pair of cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// The name itself, then others given in brackets.
    pub names: Vec<Name>,
    /// A placeholder stood where the name or a part of it should be.
    pub placeholder: Option<NotAName>,
}

/// A name in one cell: with a comma the surname comes first, else last.
#[must_use]
pub fn in_one_cell(text: &str, single: Single, words: &Words) -> Names {
    let gap = gap(text, words);
    let (text, bracket) = without_bracket(text);
    if let Some(placeholder) = words.not_a_name(&text) {
        return Names { names: Vec::new(), placeholder: Some(placeholder) };
    }
    let (forenames, surname) = match text.split_once(',') {
        // "Ann Moss," is a whole name in the wrong cell.
        Some((whole, none)) if none.trim().is_empty() && whole.trim().contains(' ') => {
            split_free(whole.trim(), None, single, words)
        }
        Some((surname, forenames)) => (forenames.replace(',', " "), surname.to_owned()),
        None => split_free(&text, gap, single, words),
    };
    let mut found = in_two_cells(&forenames, "", &surname, words);
    add_bracket(&mut found, bracket.as_deref(), words);
    found
}

/// Which part of a name of one word is there: offices that put a title, a forename and a surname together leave a
/// space where one was blank ("Ann " has no surname, "Miss  Moss" no forename).
fn gap(text: &str, words: &Words) -> Option<Single> {
    let text = text.trim_end_matches(['\r', '\n']);
    if text.ends_with(' ') && !text.ends_with("  ") {
        return Some(Single::Forename);
    }
    let title = text.split(' ').next().is_some_and(|word| words.is_title(word));
    let doubled = text.split_once("  ").is_some_and(|(before, _)| title && !before.contains(' '));
    (doubled || (text.starts_with(' ') && !text.starts_with("  "))).then_some(Single::Surname)
}

/// A name in several cells. Middle names never stand in for a missing forename.
#[must_use]
pub fn in_two_cells(forenames: &str, middle: &str, surname: &str, words: &Words) -> Names {
    let first = tidy(forenames);
    let forenames = if first.is_empty() { first } else { format!("{first} {middle}") };
    let forenames = tidy(&forenames);
    let surname = tidy(surname);
    let mut placeholder = words.not_a_name(&surname);
    let surname = if placeholder.is_some() { String::new() } else { recase_all(&surname, words) };
    let mut given: Vec<&str> = forenames.split(' ').filter(|word| !word.is_empty()).collect();
    while given.len() > 1 && given.first().is_some_and(|word| words.is_title(word)) {
        given.remove(0);
    }
    if given.len() == 1 && given.first().is_some_and(|word| words.is_title(word)) {
        given.clear();
    }
    // "Not Known Jack": what follows a placeholder is a middle name, which must not pass for the first.
    let longest = (1..=given.len().min(3)).rev();
    let starts = longest.filter_map(|n| given.get(..n)).find_map(|start| words.not_a_name(&start.join(" ")));
    if let Some(found) = starts {
        // "Baby Ethan" is called Ethan.
        let called = (found == NotAName::Baby).then(|| given.get(1..)).flatten();
        let called = called.filter(|rest| !rest.is_empty() && words.not_a_name(&given.join(" ")).is_none());
        given = called.map(<[&str]>::to_vec).unwrap_or_default();
        given.retain(|word| words.not_a_name(word).is_none());
        if given.is_empty() {
            placeholder = Some(found);
        }
    }
    let forenames: Vec<String> =
        given.iter().map(|word| recase(word.trim_end_matches('.'))).filter(|word| !word.is_empty()).collect();
    let empty = forenames.is_empty() && surname.is_empty();
    let name = Name { kind: NameKind::Official, forenames, surname };
    Names { names: if empty { Vec::new() } else { vec![name] }, placeholder }
}

fn without_bracket(text: &str) -> (String, Option<String>) {
    let inside = text.split_once('(').and_then(|(before, rest)| {
        let (inside, after) = rest.split_once(')').unwrap_or((rest, ""));
        Some((tidy(&format!("{before} {after}")), tidy(inside))).filter(|(outside, _)| !outside.is_empty())
    });
    match inside {
        Some((outside, inside)) => (outside, Some(inside)),
        None => (tidy(text), None),
    }
}

fn add_bracket(found: &mut Names, bracket: Option<&str>, words: &Words) {
    let Some(first) = found.names.first().cloned() else { return };
    let Some(bracket) = bracket else { return };
    if let Some(surname) = words.after_former(bracket) {
        let name = Name { kind: NameKind::Former, surname: recase_all(surname, words), ..first };
        found.names.push(name);
    } else if let Some(forename) = words.after_known_as(bracket) {
        let forenames = forename.split(' ').map(recase).collect();
        found.names.push(Name { kind: NameKind::KnownAs, forenames, surname: first.surname });
    }
}

/// Forenames and surname of a name written in its spoken order.
fn split_free(text: &str, single: Option<Single>, or: Single, words: &Words) -> (String, String) {
    let mut parts: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let titled = parts.len() > 1 && parts.first().is_some_and(|word| words.is_title(word));
    while parts.len() > 1 && parts.first().is_some_and(|word| words.is_title(word)) {
        parts.remove(0);
    }
    if parts.len() == 1 {
        let only = parts.concat();
        let surname = single.unwrap_or(if titled { Single::Surname } else { or }) == Single::Surname;
        return if surname { (String::new(), only) } else { (only, String::new()) };
    }
    let mut at = parts.len().saturating_sub(1);
    while at > 1 && parts.get(at - 1).is_some_and(|word| words.is_particle(word)) {
        at -= 1;
    }
    let (forenames, surname) = parts.split_at(at.min(parts.len()));
    (forenames.join(" "), surname.join(" "))
}

fn recase_all(text: &str, words: &Words) -> String {
    let cased: Vec<String> = text
        .split(' ')
        .filter(|word| !(word.is_empty() || text.contains(' ') && words.is_title(word)))
        .map(recase)
        .collect();
    cased.join(" ")
}

/// `SMITH-O'NEIL` and `smith-o'neil` become `Smith-O'Neil`; a word in mixed case is left as somebody wrote it.
fn recase(word: &str) -> String {
    let has = |test: fn(char) -> bool| word.chars().any(test);
    if word.chars().count() < 2 || (has(char::is_lowercase) && has(char::is_uppercase)) {
        return if word.chars().count() == 1 { word.to_uppercase() } else { word.to_owned() };
    }
    let mut out = String::with_capacity(word.len());
    let mut start = true;
    for c in word.chars() {
        if start {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
        start = matches!(c, '-' | '\'' | '’') || (out == "Mc" && word.chars().count() > 4);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::words::built_in;

    #[track_caller]
    fn one(text: &str, single: Single) -> (String, String) {
        let found = in_one_cell(text, single, &built_in());
        let name = found.names.first().cloned().unwrap_or_default();
        (name.forenames.join(" "), name.surname)
    }

    fn pair(forenames: &str, surname: &str) -> (String, String) {
        (forenames.to_owned(), surname.to_owned())
    }

    #[test]
    fn every_style_gives_the_same_parts() {
        for text in [
            "SMITH, Ann Marie",
            "Smith, Ann Marie",
            "Miss Ann Marie SMITH",
            " ann  marie smith ",
            "Ann Marie Smith",
        ] {
            assert_eq!(one(text, Single::Surname), pair("Ann Marie", "Smith"), "{text}");
        }
        assert_eq!(one("Mrs A SMITH", Single::Surname), pair("A", "Smith"));
        assert_eq!(one("Mr Henderson", Single::Forename), pair("", "Henderson"));
        assert_eq!(one("Henderson", Single::Surname), pair("", "Henderson"));
        assert_eq!(one("Ashton", Single::Forename), pair("Ashton", ""));
    }

    #[test]
    fn a_space_where_a_part_was_blank_tells_which() {
        assert_eq!(one("Sonny ", Single::Surname), pair("Sonny", ""));
        assert_eq!(one("Mr Denver ", Single::Surname), pair("Denver", ""));
        assert_eq!(one("Miss  PICKHAM", Single::Forename), pair("", "Pickham"));
        assert_eq!(one(" Smith", Single::Forename), pair("", "Smith"));
        assert_eq!(one("Ashton Lewis,", Single::Surname), pair("Ashton", "Lewis"));
        assert_eq!(one(", Akosua", Single::Surname), pair("Akosua", ""));
    }

    #[test]
    fn a_middle_name_is_no_forename() {
        let found = in_two_cells("", "Matthew", "Moss", &built_in());
        assert_eq!(found.names.first().map(|name| name.forenames.len()), Some(0));
    }

    #[test]
    fn surnames_keep_their_parts() {
        assert_eq!(one("Mohammed Al Khatib", Single::Surname), pair("Mohammed", "Al Khatib"));
        assert_eq!(one("Ann van der Berg", Single::Surname), pair("Ann", "Van Der Berg"));
        assert_eq!(one("O'DONNELL, Sinead", Single::Surname), pair("Sinead", "O'Donnell"));
        assert_eq!(one("YOUNIS-SHAH, M", Single::Surname), pair("M", "Younis-Shah"));
        assert_eq!(one("MCCABE, gemma", Single::Surname), pair("Gemma", "McCabe"));
        assert_eq!(one("Freya-Marie Ramsgate\u{a0}", Single::Surname), pair("Freya-Marie", "Ramsgate"));
    }

    #[test]
    fn placeholders_are_left_out_and_told() {
        let words = built_in();
        for (text, surname) in
            [("BAILEY, Not Known Jack", "Bailey"), ("HAZEL, TBC", "Hazel"), ("Mr UNK Stan", "Stan")]
        {
            let found = in_one_cell(text, Single::Surname, &words);
            assert_eq!(found.placeholder, Some(NotAName::Unknown), "{text}");
            assert_eq!(
                found.names.first().map(|name| (name.forenames.len(), name.surname.as_str())),
                Some((0, surname))
            );
        }
        assert_eq!(in_one_cell("UNKNOWN", Single::Surname, &words).names, []);
        assert_eq!(in_one_cell("Stan, Baby Girl", Single::Surname, &words).placeholder, Some(NotAName::Baby));
        assert_eq!(in_two_cells("Twin 1", "", "Stan", &words).placeholder, Some(NotAName::Baby));
        assert_eq!(one("Baby Ethan Moss", Single::Surname), pair("Ethan", "Moss"));
    }

    #[test]
    fn brackets_give_other_names() {
        let found = in_one_cell("SMITH (nee JONES), Ann", Single::Surname, &built_in());
        let other = found.names.get(1).unwrap();
        assert_eq!((other.kind, other.surname.as_str()), (NameKind::Former, "Jones"));
        let found = in_one_cell("Ann Smith (known as Annie)", Single::Surname, &built_in());
        let other = found.names.get(1).unwrap();
        assert_eq!(
            (other.kind, other.forenames.join(" ").as_str(), other.surname.as_str()),
            (NameKind::KnownAs, "Annie", "Smith")
        );
    }
}
