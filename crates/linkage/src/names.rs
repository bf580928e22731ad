//! Takes names apart and says how two of them compare, forename, middle name and surname together.

use serde::{Deserialize, Serialize};

use crate::levels::{NOTHING, forename, middle, surname};
use crate::lexicon::Lexicon;
use crate::likeness::{can_be, likeness};
use crate::record::PersonName;
use crate::spelling::plain;
use crate::table::at;
use crate::vocabulary::{Interner, Vocabulary, one_slip, share};

/// A name as numbers of words; 0 where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Name {
    /// Forenames in order.
    pub(crate) fore: [u32; 4],
    /// The whole surname without spaces, hyphens and apostrophes.
    pub(crate) sur: u32,
    /// The parts of a surname of several, particles left out.
    pub(crate) parts: [u32; 2],
}

/// How two names compare, and how common the agreeing parts are (0 where that does not matter).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Agreement {
    pub(crate) fore: u8,
    pub(crate) middle: u8,
    pub(crate) sur: u8,
    /// Word whose frequency tells how much an agreeing forename says.
    pub(crate) fore_word: u32,
    /// The same for the surname.
    pub(crate) sur_word: u32,
    /// The same for the middle name.
    pub(crate) middle_word: u32,
    /// The first names and the surnames compared.
    pub(crate) firsts: [u32; 2],
    pub(crate) surs: [u32; 2],
}

/// Takes a name apart. `None` when nothing of it is a name.
pub(crate) fn read(name: &PersonName, texts: &mut Interner, lexicon: &Lexicon) -> Option<Name> {
    let mut out = Name::default();
    let mut fore = name.forenames.join(" ");
    let small = |text: &str| text.chars().any(char::is_lowercase);
    if lexicon.placeholders_in_capitals.contains(fore.trim()) && small(&name.surname) {
        fore.clear();
    }
    for (slot, word) in out.fore.iter_mut().zip(words(&fore, lexicon).split_whitespace()) {
        *slot = texts.put(word);
    }
    let sur = words(&name.surname, lexicon);
    out.sur = if sur.contains(' ') { texts.put(&sur.replace(' ', "")) } else { texts.put(&sur) };
    let own = sur.split_whitespace().filter(|word| word.len() > 1 && !lexicon.particles.contains(*word));
    for (slot, part) in out.parts.iter_mut().zip(own) {
        *slot = texts.put(part);
    }
    (out != Name::default()).then_some(out)
}

/// The words of a text that can be names, with a space between them: plain letters, without titles, placeholders and
/// figures.
fn words(text: &str, lexicon: &Lexicon) -> String {
    let mut out = String::with_capacity(text.len());
    if text.is_empty() {
        return out;
    }
    for word in plain(text)
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | ',' | '.' | '/' | '(' | ')' | '"'))
        .filter(|word| !word.is_empty())
    {
        let before = out.len();
        if before > 0 {
            out.push(' ');
        }
        let begins = out.len();
        if word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            out.push_str(word);
        } else {
            out.extend(word.chars().filter(|c| c.is_alphabetic()));
        }
        if out.get(begins..).is_none_or(|word| word.is_empty() || lexicon.titles.contains(word)) {
            out.truncate(before);
        }
    }
    if lexicon.placeholders.contains(&out) {
        out.clear();
    }
    out
}

impl Name {
    /// The same name in the numbers of other tables.
    pub(crate) fn renumbered(mut self, words: &[u32]) -> Self {
        for word in self.fore.iter_mut().chain([&mut self.sur]).chain(&mut self.parts) {
            *word = at(words, *word);
        }
        self
    }

    pub(crate) fn first(&self) -> u32 {
        self.fore.first().copied().unwrap_or(0)
    }

    pub(crate) fn middles(&self) -> impl Iterator<Item = u32> + '_ {
        self.fore.iter().skip(1).copied().filter(|word| *word != 0)
    }

    /// How this name compares with another.
    pub(crate) fn compare(&self, other: &Self, vocabulary: &Vocabulary) -> Agreement {
        let (fore, fore_word) = forenames(self, other, vocabulary);
        let (sur, sur_word) = match surnames(self, other, vocabulary) {
            poor @ (surname::SIMILAR | surname::DIFFERENT) => surname_in_forenames(self, other, vocabulary)
                .map_or((poor, self.sur), |word| (surname::MIDDLE, word)),
            level => (level, self.sur),
        };
        let (middle, middle_word) = middles(self, other, vocabulary);
        let mut out = Agreement {
            fore,
            middle,
            sur,
            fore_word,
            sur_word,
            middle_word,
            firsts: [self.first(), other.first()],
            surs: [self.sur, other.sur],
        };
        let poor = |level: u8| level == NOTHING || level >= forename::INITIAL;
        if poor(out.fore) && (out.sur == NOTHING || out.sur >= surname::SIMILAR) {
            crossed(self, other, vocabulary, &mut out);
        }
        // A middle name that stands elsewhere in the other name is no other middle name.
        let moved = out.fore == forename::OTHER || out.sur == surname::MIDDLE;
        if moved && out.middle != middle::EXACT {
            out.middle = NOTHING;
        }
        // Called by a middle name that the other record gives only as an initial.
        let only_initial = |name: &Self, first: u32| {
            name.middles().any(|m| vocabulary.length(m) == 1 && same_letter(m, first, vocabulary))
        };
        if matches!(out.fore, forename::DIFFERENT | forename::TWO_NAMES)
            && out.middle == NOTHING
            && (only_initial(self, other.first()) || only_initial(other, self.first()))
        {
            out.middle = middle::INITIAL;
        }
        out
    }
}

/// A surname that the other has among the forenames: fathers' names where they follow one another, a name kept
/// from before a marriage, or the second of two surnames.
fn surname_in_forenames(a: &Name, b: &Name, vocabulary: &Vocabulary) -> Option<u32> {
    let held = |word: u32, name: &Name| {
        vocabulary.length(word) > 2
            && name
                .fore
                .iter()
                .any(|other| *other != 0 && forename_words(word, *other, vocabulary) <= forename::VARIANT)
    };
    [(a.sur, b), (b.sur, a)].into_iter().filter(|(word, name)| held(*word, name)).map(|(word, _)| word).min()
}

/// Looks for forename and surname the other way round, or for a single name put in the other field.
fn crossed(a: &Name, b: &Name, vocabulary: &Vocabulary, out: &mut Agreement) {
    let alike = |x: u32, y: u32| x != 0 && y != 0 && (x == y || near_word(x, y, vocabulary));
    let surname_of =
        |word: u32, name: &Name| alike(word, name.sur) || name.parts.iter().any(|part| alike(word, *part));
    let there = surname_of(a.first(), b);
    let back = surname_of(b.first(), a);
    if there && back {
        *out = Agreement { fore: forename::SWAPPED, middle: NOTHING, sur: NOTHING, ..*out };
        return;
    }
    // A single name that the other has in the other field counts where the other has it.
    let surname = [(there && a.sur == 0, b.sur), (back && b.sur == 0, a.sur)];
    let forename = [(there && b.first() == 0, a.first()), (back && a.first() == 0, b.first())];
    let word = |found: [(bool, u32); 2]| found.into_iter().find(|(is, _)| *is).map(|(_, word)| word);
    if let Some(sur_word) = word(surname) {
        *out =
            Agreement { fore: NOTHING, middle: NOTHING, sur: surname::EXACT, fore_word: 0, sur_word, ..*out };
    } else if let Some(fore_word) = word(forename) {
        *out = Agreement {
            fore: forename::EXACT,
            middle: NOTHING,
            sur: NOTHING,
            fore_word,
            sur_word: 0,
            ..*out
        };
    }
}

fn near_word(a: u32, b: u32, vocabulary: &Vocabulary) -> bool {
    vocabulary.near.of(a, b, || u8::from(near_word_afresh(a, b, vocabulary))) != 0
}

fn near_word_afresh(a: u32, b: u32, vocabulary: &Vocabulary) -> bool {
    let (wa, wb) = (vocabulary.word(a), vocabulary.word(b));
    wa.length > 2
        && wb.length > 2
        && (wa.sound == wb.sound
            || (wa.length > 3 && wb.length > 3 && one_slip(vocabulary.text(a), vocabulary.text(b))))
}

/// The level of the forenames, and the word that agrees.
fn forenames(a: &Name, b: &Name, vocabulary: &Vocabulary) -> (u8, u32) {
    let (x, y) = (a.first(), b.first());
    if x == 0 || y == 0 {
        return (NOTHING, 0);
    }
    let level = forename_words(x, y, vocabulary);
    let named = |first: u32, name: &Name| {
        vocabulary.length(first) > 1
            && name.middles().any(|middle| {
                vocabulary.length(middle) > 1
                    && forename_words(first, middle, vocabulary) <= forename::VARIANT
            })
    };
    if level >= forename::INITIAL {
        let other = [(x, b), (y, a)].into_iter().filter(|(first, name)| named(*first, name));
        if let Some(word) = other.map(|(word, _)| word).min() {
            return (forename::OTHER, word);
        }
    }
    if level == forename::INITIAL_DIFFERENT && (initial_of(x, b, vocabulary) || initial_of(y, a, vocabulary))
    {
        return (forename::INITIAL, x);
    }
    (level, x)
}

/// Whether a single letter begins one of the middle names.
fn initial_of(letter: u32, name: &Name, vocabulary: &Vocabulary) -> bool {
    vocabulary.length(letter) == 1 && name.middles().any(|middle| same_letter(letter, middle, vocabulary))
}

fn same_letter(a: u32, b: u32, vocabulary: &Vocabulary) -> bool {
    vocabulary.text(a).chars().next() == vocabulary.text(b).chars().next()
}

fn forename_words(x: u32, y: u32, vocabulary: &Vocabulary) -> u8 {
    if x == y {
        return if vocabulary.length(x) == 1 { forename::INITIAL } else { forename::EXACT };
    }
    vocabulary.forenames.of(x, y, || forename_words_afresh(x, y, vocabulary))
}

fn forename_words_afresh(x: u32, y: u32, vocabulary: &Vocabulary) -> u8 {
    let (wx, wy) = (vocabulary.word(x), vocabulary.word(y));
    let (tx, ty) = (vocabulary.text(x), vocabulary.text(y));
    if wx.length == 1 || wy.length == 1 {
        return if tx.chars().next() == ty.chars().next() {
            forename::INITIAL
        } else {
            forename::INITIAL_DIFFERENT
        };
    }
    if share(&wx.forename_groups, &wy.forename_groups)
        || (wx.sound == wy.sound && wx.length > 2 && wy.length > 2)
    {
        return forename::VARIANT;
    }
    // Molly is not a slip for Holly: two names that are known and do not belong together are two names.
    let two_names = wx.well_known && wy.well_known;
    if two_names && one_slip(tx, ty) {
        return forename::TWO_NAMES;
    }
    if wx.length.min(wy.length) > 2 && wx.length.max(wy.length) > 3 && one_slip(tx, ty) {
        return forename::CLOSE;
    }
    let shorter = wx.length.min(wy.length);
    if shorter > 2 && (tx.starts_with(ty) || ty.starts_with(tx)) {
        return forename::SHORT;
    }
    let different = if two_names { forename::TWO_NAMES } else { forename::DIFFERENT };
    if !can_be(0.82, wx, wy) {
        return different;
    }
    match likeness(tx, ty) {
        alike if alike >= 0.92 => forename::CLOSE,
        alike if alike >= 0.82 => forename::SIMILAR,
        _ => different,
    }
}

/// The level of the middle names, and the word that agrees.
fn middles(a: &Name, b: &Name, vocabulary: &Vocabulary) -> (u8, u32) {
    let mut best = (NOTHING, 0);
    for x in a.middles() {
        for y in b.middles() {
            let level = match forename_words(x, y, vocabulary) {
                forename::EXACT => middle::EXACT,
                forename::VARIANT | forename::SHORT | forename::CLOSE => middle::CLOSE,
                forename::INITIAL => middle::INITIAL,
                forename::INITIAL_DIFFERENT => middle::INITIAL_DIFFERENT,
                _ => middle::DIFFERENT,
            };
            best = best.min((level, x));
        }
    }
    best
}

fn surnames(a: &Name, b: &Name, vocabulary: &Vocabulary) -> u8 {
    let (x, y) = (a.sur, b.sur);
    if x == 0 || y == 0 {
        return NOTHING;
    }
    if x == y {
        return surname::EXACT;
    }
    let level = vocabulary.surnames.of(x, y, || surname_words(x, y, vocabulary));
    if matches!(level, NOTHING | surname::VARIANT) {
        return level;
    }
    let single = |n: &Name| {
        if n.parts.get(1).is_some_and(|second| *second == 0) { n.parts.first().copied() } else { None }
    };
    let same_but_particles = single(a).is_some_and(|part| part != 0 && single(b) == Some(part));
    if same_but_particles {
        return surname::VARIANT;
    }
    let in_parts = |whole: &Name, parts: &Name| {
        parts.parts.get(1).is_some_and(|second| *second != 0)
            && parts.parts.iter().any(|part| {
                *part != 0
                    && (whole.sur == *part
                        || whole.parts.contains(part)
                        || share(
                            &vocabulary.word(*part).surname_groups,
                            &vocabulary.word(whole.sur).surname_groups,
                        )
                        || vocabulary.word(*part).sound == vocabulary.word(whole.sur).sound)
            })
    };
    if in_parts(a, b) || in_parts(b, a) { surname::PART } else { level }
}

/// The level of two different surnames by themselves, their parts left out.
fn surname_words(x: u32, y: u32, vocabulary: &Vocabulary) -> u8 {
    let (wx, wy) = (vocabulary.word(x), vocabulary.word(y));
    if wx.length < 2 || wy.length < 2 {
        return NOTHING;
    }
    let ending = |w: crate::vocabulary::Word| if w.ending == 0 { w.sound } else { w.ending };
    if share(&wx.surname_groups, &wy.surname_groups)
        || (wx.length > 2 && wy.length > 2 && ending(wx) == ending(wy))
    {
        return surname::VARIANT;
    }
    let (tx, ty) = (vocabulary.text(x), vocabulary.text(y));
    if wx.length > 3 && wy.length > 3 && one_slip(tx, ty) {
        return surname::CLOSE;
    }
    if !can_be(0.82, wx, wy) {
        return surname::DIFFERENT;
    }
    match likeness(tx, ty) {
        alike if alike >= 0.92 => surname::CLOSE,
        alike if alike >= 0.82 => surname::SIMILAR,
        _ => surname::DIFFERENT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::NameKind;

    fn compare(a: (&str, &str), b: (&str, &str)) -> Agreement {
        let lexicon = Lexicon::built_in().unwrap();
        let mut texts = Interner::default();
        let mut make = |(fore, sur): (&str, &str)| {
            let name = PersonName {
                kind: NameKind::Official,
                forenames: fore.split_whitespace().map(Into::into).collect(),
                surname: sur.into(),
            };
            read(&name, &mut texts, &lexicon).unwrap()
        };
        let (a, b) = (make(a), make(b));
        a.compare(&b, &Vocabulary::new(texts, &lexicon))
    }

    #[test]
    fn short_forms_typing_slips_and_middle_names_are_seen() {
        assert_eq!(compare(("Liz", "Marlow"), ("Elizabeth Ann", "MARLOW")).fore, forename::VARIANT);
        assert_eq!(compare(("Eimly", "Marlow"), ("Emily", "Marlow")).fore, forename::CLOSE);
        assert_eq!(compare(("Ann", "Marlow"), ("Ruth Ann", "Marlow")).fore, forename::OTHER);
        assert_eq!(compare(("R", "Marlow"), ("Ruth", "Marlow")).fore, forename::INITIAL);
        assert_eq!(compare(("Ruth", "Marlow"), ("Grace", "Marlow")).fore, forename::TWO_NAMES);
        assert_eq!(compare(("Ruth", "Marlow"), ("Zerol", "Marlow")).fore, forename::DIFFERENT);
    }

    #[test]
    fn surnames_join_by_part_ending_and_particle() {
        assert_eq!(compare(("Ruth", "Marlow-Penn"), ("Ruth", "Penn")).sur, surname::PART);
        assert_eq!(compare(("Ewa", "Kowalska"), ("Jan", "Kowalski")).sur, surname::VARIANT);
        assert_eq!(compare(("Omar", "Al-Najim"), ("Omar", "Najim")).sur, surname::VARIANT);
        assert_eq!(compare(("Sean", "O'Malley"), ("Sean", "OMalley")).sur, surname::EXACT);
    }

    #[test]
    fn names_the_other_way_round_are_seen_once() {
        let swapped = compare(("Marlow", "Ruth"), ("Ruth", "Marlow"));
        assert_eq!((swapped.fore, swapped.sur), (forename::SWAPPED, NOTHING));
        let single = compare(("", "Ruth"), ("Ruth", "Marlow"));
        assert_eq!((single.fore, single.sur), (forename::EXACT, NOTHING));
        let seen_from_there = compare(("Ruth", "Marlow"), ("", "Ruth"));
        assert_eq!((seen_from_there.fore, seen_from_there.sur), (forename::EXACT, NOTHING));
    }

    #[test]
    fn titles_and_placeholders_are_not_names() {
        let lexicon = Lexicon::built_in().unwrap();
        assert_eq!(words("Mrs Ruth", &lexicon), "ruth");
        assert_eq!(compare(("Na", "Chen"), ("NA", "CHEN")).fore, forename::EXACT);
        assert_eq!(compare(("NA", "Chen"), ("Ruth", "Chen")).fore, NOTHING);
        assert!(words("Baby Girl", &lexicon).is_empty() && words("UNKNOWN", &lexicon).is_empty());
    }
}
