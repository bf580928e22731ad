//! How people are called and how agencies write it: nicknames, slips of the keyboard, lost accents, half names.

use jiff::civil::Date;

use crate::dice::Dice;
use crate::export::Fault;
use crate::people::{Person, Sex};
use crate::words::{Culture, Words};

/// A culture by its share of the area.
pub(crate) fn culture(words: &Words, dice: &mut Dice) -> usize {
    dice.weighted(words.names.culture.iter().map(|culture| culture.share))
}

/// A forename of that culture and sex.
pub(crate) fn forename(words: &Words, culture: usize, sex: Sex, dice: &mut Dice) -> String {
    let Some(culture) = words.names.culture.get(culture) else { return String::new() };
    let list = if sex == Sex::Female { &culture.female } else { &culture.male };
    dice.word(list).to_owned()
}

/// A surname of that culture; Polish ones agree with the sex.
pub(crate) fn surname(words: &Words, culture: usize, sex: Sex, dice: &mut Dice) -> String {
    let Some(culture) = words.names.culture.get(culture) else { return String::new() };
    let base = if !culture.first.is_empty() && dice.chance(65) {
        format!("{}{}", dice.word(&culture.first), dice.word(&culture.last))
    } else {
        dice.word(&culture.surname).to_owned()
    };
    gendered(culture, &base, sex)
}

/// `Nowicki` and `Nowicka`.
fn gendered(culture: &Culture, surname: &str, sex: Sex) -> String {
    match surname.strip_suffix("ki") {
        Some(stem) if culture.name == "polish" && sex == Sex::Female => format!("{stem}ka"),
        _ => surname.to_owned(),
    }
}

/// The same surname as a child or spouse of the other sex bears it.
pub(crate) fn surname_for(words: &Words, culture: usize, surname: &str, sex: Sex) -> String {
    let polish = words.names.culture.get(culture).is_some_and(|c| c.name == "polish");
    match (polish, sex) {
        (true, Sex::Female) => surname.strip_suffix("ki").map(|stem| format!("{stem}ka")),
        (true, Sex::Male) => surname.strip_suffix("ka").map(|stem| format!("{stem}ki")),
        _ => None,
    }
    .unwrap_or_else(|| surname.to_owned())
}

/// What friends say, where there is such a word.
pub(crate) fn nickname(words: &Words, forename: &str, dice: &mut Dice) -> Option<String> {
    words.names.nicknames.get(forename).map(|list| dice.word(list).to_owned())
}

/// A name and a birth date as one row has them.
pub(crate) struct Written {
    pub(crate) forename: String,
    pub(crate) middle: String,
    pub(crate) surname: String,
    pub(crate) born: Born,
}

/// A birth date as one row has it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Born {
    Missing,
    Placeholder,
    Year(i16),
    Day(Date),
}

impl Born {
    /// In the agency's way of writing; only a year becomes what the agency makes of it.
    pub(crate) fn text(self, day: fn(Date) -> String, year_as_day: bool) -> String {
        let first = |year| Date::new(year, 1, 1).unwrap_or(Date::constant(1900, 1, 1));
        match self {
            Self::Missing => String::new(),
            Self::Placeholder => day(first(1900)),
            Self::Year(year) if year_as_day => day(first(year)),
            Self::Year(year) => year.to_string(),
            Self::Day(date) => day(date),
        }
    }
}

/// How carefully an agency writes.
#[derive(Clone, Copy)]
pub(crate) struct Care {
    /// Slips of the keyboard, of 1,000.
    pub(crate) slip: u32,
    /// Birth dates left out, of 1,000.
    pub(crate) no_birth: u32,
    /// Nicknames in place of the official name, of 1,000.
    pub(crate) nick: u32,
    /// Former surnames still in use, of 1,000 for those who have one.
    pub(crate) former: u32,
}

/// Police, at night, on a pad.
pub(crate) const HURRIED: Care = Care { slip: 45, no_birth: 60, nick: 40, former: 250 };
/// An office with the person in front of it.
pub(crate) const OFFICE: Care = Care { slip: 25, no_birth: 25, nick: 50, former: 300 };
/// A national register behind the form.
pub(crate) const CHECKED: Care = Care { slip: 10, no_birth: 4, nick: 10, former: 350 };

/// How this row writes the person. Faults that a reader should notice are added to `faults`.
pub(crate) fn written(p: &Person, care: Care, on: Date, dice: &mut Dice, faults: &mut Vec<Fault>) -> Written {
    let mut forename = p.forename.clone();
    if let Some(nick) = p.known_as.as_ref().filter(|_| dice.per_mille(care.nick)) {
        forename = nick.clone();
    }
    let mut surname = p.surname.clone();
    if dice.per_mille(care.former)
        && let Some(former) = p.former.first()
    {
        surname = former.clone();
    }
    let mut middle = if dice.chance(55) { p.middle.clone() } else { String::new() };
    if !middle.is_empty() && dice.chance(30) {
        middle = middle.chars().take(1).collect();
    }
    if dice.per_mille(care.slip) {
        forename = slip(&forename, dice);
    }
    if dice.per_mille(care.slip) {
        surname = slip(&surname, dice);
    }
    if dice.per_mille(care.slip * 8) {
        forename = plain(&forename);
        surname = plain(&surname);
    }
    if surname.contains('-') && dice.chance(20) {
        surname = surname.replace('-', " ");
    }
    Written { forename, middle, surname, born: birth(p, care, on, dice, faults) }
}

fn birth(p: &Person, care: Care, on: Date, dice: &mut Dice, faults: &mut Vec<Fault>) -> Born {
    let born = p.born;
    if p.unborn_on(on) || dice.per_mille(care.no_birth) {
        return Born::Missing;
    }
    if dice.per_mille(care.no_birth / 8 + 1) {
        faults.push(Fault::keying("placeholder_dob", "01/01/1900"));
        return Born::Placeholder;
    }
    if dice.per_mille(care.no_birth / 8 + 1) && born.year() < on.year() {
        return Born::Year(born.year());
    }
    let turned = Date::new(born.year(), born.day(), born.month()).unwrap_or(born);
    if dice.per_mille(care.slip / 2) && turned < on {
        return Born::Day(turned);
    }
    let near = Date::new(born.year(), born.month(), (born.day() + 1).min(28)).unwrap_or(born);
    if dice.per_mille(care.slip / 3) && near < on { Born::Day(near) } else { Born::Day(born) }
}

/// One slip of the keyboard: two letters swapped, one lost, one doubled.
pub(crate) fn slip(word: &str, dice: &mut Dice) -> String {
    let mut chars: Vec<char> = word.chars().collect();
    if chars.len() < 4 {
        return word.to_owned();
    }
    let at = 1 + dice.below(chars.len() - 2);
    match dice.below(3) {
        0 => {
            chars.remove(at);
        }
        1 => {
            if let Some(c) = chars.get(at).copied() {
                chars.insert(at, c);
            }
        }
        _ => chars.swap(at, at + 1),
    }
    chars.into_iter().collect()
}

/// Letters without their marks, as old systems keep them.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(plain_letter).collect()
}

/// One letter without its mark.
pub(crate) fn plain_letter(c: char) -> char {
    match c {
        'ą' | 'ă' | 'â' | 'á' => 'a',
        'ć' => 'c',
        'ę' | 'é' => 'e',
        'ł' => 'l',
        'Ł' => 'L',
        'ń' => 'n',
        'ó' => 'o',
        'í' => 'i',
        'ś' | 'ș' => 's',
        'Ș' | 'Ś' => 'S',
        'ț' => 't',
        'ź' | 'ż' => 'z',
        'Ż' | 'Ź' => 'Z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Stream;

    #[test]
    fn a_slip_changes_a_long_word_and_keeps_its_first_letter() {
        let mut dice = Dice::new(3, Stream::Family, 0);
        for _ in 0..200 {
            let slipped = slip("Hargreaves", &mut dice);
            assert!(slipped.starts_with('H'));
            assert!((9..=11).contains(&slipped.chars().count()));
        }
        assert_eq!(slip("Bo", &mut dice), "Bo");
    }

    #[test]
    fn accents_can_be_lost() {
        assert_eq!(plain("Małgorzata Żak"), "Malgorzata Zak");
    }

    #[test]
    fn polish_surnames_agree() {
        let words = Words::load().unwrap();
        let polish = words.names.culture.iter().position(|c| c.name == "polish").unwrap();
        assert_eq!(surname_for(&words, polish, "Nowicki", Sex::Female), "Nowicka");
        assert_eq!(surname_for(&words, polish, "Nowicka", Sex::Male), "Nowicki");
        assert_eq!(surname_for(&words, polish, "Lis", Sex::Female), "Lis");
    }
}
