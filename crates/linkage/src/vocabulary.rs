//! Words as small numbers, each with what is known about it, so that comparing a pair of people touches little text.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use rayon::prelude::*;

use crate::lexicon::{Group, Lexicon};
use crate::memo::Memo;
use crate::spelling::{bones, sound};
use crate::table::{Mix, at, number};

/// Text as numbers from 1; 0 stands for "none". All text lies in one piece, found again by its mark.
#[derive(Debug)]
pub(crate) struct Interner {
    numbers: HashMap<u64, u32, BuildHasherDefault<Marked>>,
    texts: String,
    /// Where each text ends.
    ends: Vec<u32>,
}

impl Default for Interner {
    fn default() -> Self {
        Self { numbers: HashMap::default(), texts: String::new(), ends: vec![0] }
    }
}

impl Interner {
    pub(crate) fn put(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let mut mark = Mix::new(51).text(text).done();
        while let Some(found) = self.numbers.get(&mark) {
            if self.text(*found) == text {
                return *found;
            }
            mark = mark.wrapping_add(1);
        }
        let id = number(self.ends.len());
        self.texts.push_str(text);
        self.ends.push(number(self.texts.len()));
        self.numbers.insert(mark, id);
        id
    }

    pub(crate) fn text(&self, id: u32) -> &str {
        let end = |id: usize| self.ends.get(id).map(|end| *end as usize);
        let range = (id as usize).checked_sub(1).and_then(end).zip(end(id as usize));
        range.and_then(|(from, to)| self.texts.get(from..to)).unwrap_or_default()
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Takes over all texts of another; gives for each of its numbers the one here.
    pub(crate) fn absorb(&mut self, other: &Self) -> Vec<u32> {
        (0..other.len()).map(|id| self.put(other.text(number(id)))).collect()
    }
}

/// Takes a number that is already well mixed as its own hash.
#[derive(Debug, Default)]
pub(crate) struct Marked(u64);

impl Hasher for Marked {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |held, byte| Mix::new(held).with(u64::from(*byte)).done());
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// The most groups of a word that make keys: a short form of ten names would meet half of everybody.
const MOST_KEYS: usize = 3;

/// What is known about a word used as a name.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Word {
    pub(crate) sound: u64,
    pub(crate) bones: u64,
    /// Sound with the ending of the surname brought to one form.
    pub(crate) ending: u64,
    pub(crate) forename_groups: [u16; 8],
    pub(crate) surname_groups: [u16; 4],
    pub(crate) length: u8,
    /// The first byte of it.
    pub(crate) initial: u8,
    /// Whether many have it as a forename.
    pub(crate) well_known: bool,
    /// Which groups join words of other bones, one bit each: forenames, surnames.
    keyed: [u8; 2],
    /// Which letters it is written with, one bit each; all bits when not all are plain.
    pub(crate) letters: u32,
}

/// Words used as names.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    texts: Interner,
    words: Vec<Word>,
    /// How long each word is, once more in little room: asked more often than anything else.
    lengths: Vec<u8>,
    /// What pairs of words came out at as forenames, as surnames, and as nearly one word.
    pub(crate) forenames: Memo,
    pub(crate) surnames: Memo,
    pub(crate) near: Memo,
}

impl Vocabulary {
    /// Works out what there is to know about each word.
    pub(crate) fn new(texts: Interner, lexicon: &Lexicon) -> Self {
        let words = (0..texts.len()).into_par_iter().map(|id| Word::of(texts.text(number(id)), lexicon));
        let words: Vec<Word> = words.collect();
        let memo = || Memo::new(words.len());
        let lengths = words.iter().map(|word| word.length).collect();
        Self { forenames: memo(), surnames: memo(), near: memo(), words, lengths, texts }
    }

    #[cfg(test)]
    pub(crate) fn of_texts(texts: &[&str]) -> Self {
        let mut interner = Interner::default();
        texts.iter().for_each(|text| _ = interner.put(text));
        Self::new(interner, &Lexicon::default())
    }

    /// Takes over all texts of another; gives for each of its numbers the one here.
    pub(crate) fn absorb(&mut self, other: &Interner, lexicon: &Lexicon) -> Vec<u32> {
        let out = self.texts.absorb(other);
        let new =
            (self.words.len()..self.texts.len()).map(|id| Word::of(self.texts.text(number(id)), lexicon));
        self.words.extend(new);
        self.lengths.extend(self.words.iter().skip(self.lengths.len()).map(|word| word.length));
        out
    }

    /// How many letters a word has.
    pub(crate) fn length(&self, id: u32) -> u8 {
        at(&self.lengths, id)
    }

    pub(crate) fn texts(&self) -> &Interner {
        &self.texts
    }

    pub(crate) fn word(&self, id: u32) -> Word {
        self.words.get(id as usize).copied().unwrap_or_default()
    }

    pub(crate) fn text(&self, id: u32) -> &str {
        self.texts.text(id)
    }

    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }
}

impl Word {
    fn of(text: &str, lexicon: &Lexicon) -> Self {
        if text.is_empty() {
            return Self::default();
        }
        Self {
            sound: Mix::new(1).text(&sound(text)).done(),
            bones: Mix::new(2).text(&bones(text)).done(),
            ending: lexicon.one_ending(text).map_or(0, |common| Mix::new(1).text(&sound(&common)).done()),
            forename_groups: first(lexicon.forename_groups(text)),
            surname_groups: first(lexicon.surname_groups(text)),
            well_known: lexicon.well_known(text),
            keyed: [keyed(lexicon.forename_groups(text)), keyed(lexicon.surname_groups(text))],
            length: u8::try_from(text.chars().count()).unwrap_or(u8::MAX),
            initial: text.bytes().next().unwrap_or(0),
            letters: letters(text),
        }
    }
}

impl Word {
    /// Groups of forenames by which the word meets others that it would not meet by its bones.
    pub(crate) fn forename_keys(&self) -> impl Iterator<Item = u16> {
        chosen(&self.forename_groups, self.keyed[0])
    }

    /// The same for surnames.
    pub(crate) fn surname_keys(&self) -> impl Iterator<Item = u16> {
        chosen(&self.surname_groups, self.keyed[1])
    }
}

fn chosen(groups: &[u16], bits: u8) -> impl Iterator<Item = u16> {
    groups
        .iter()
        .enumerate()
        .filter(move |(i, _)| bits & (1 << i) != 0)
        .map(|(_, group)| *group)
        .take(MOST_KEYS)
}

fn keyed(groups: &[Group]) -> u8 {
    groups
        .iter()
        .take(8)
        .enumerate()
        .filter(|(_, group)| !group.one_sound)
        .fold(0, |bits, (i, _)| bits | 1 << i)
}

fn letters(text: &str) -> u32 {
    let bit = |byte: u8| if byte.is_ascii_lowercase() { 1 << (byte - b'a') } else { u32::MAX };
    text.bytes().fold(0, |all, byte| all | bit(byte))
}

fn first<const N: usize>(groups: &[Group]) -> [u16; N] {
    let mut out = [0; N];
    for (slot, group) in out.iter_mut().zip(groups) {
        *slot = group.number;
    }
    out
}

/// Whether two lists of groups share one.
pub(crate) fn share(a: &[u16], b: &[u16]) -> bool {
    a.iter().take_while(|group| **group != 0).any(|group| b.contains(group))
}

/// Whether two texts are one slip of the hand apart: a letter changed, left out, added, or two exchanged.
pub(crate) fn one_slip(a: impl AsRef<[u8]>, b: impl AsRef<[u8]>) -> bool {
    let (a, b) = (a.as_ref(), b.as_ref());
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let (short, long) = (short.get(same..).unwrap_or_default(), long.get(same..).unwrap_or_default());
    if short.len() < long.len() {
        return long.get(1..) == Some(short);
    }
    match (short, long) {
        ([], []) => true,
        ([_, s @ ..], [_, l @ ..]) if s == l => true,
        ([s1, s2, s @ ..], [l1, l2, l @ ..]) => s1 == l2 && s2 == l1 && s == l,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_one_letter_or_an_exchange() {
        for (a, b) in
            [("emily", "eimly"), ("jack", "jcak"), ("anna", "ana"), ("smith", "smyth"), ("lee", "lee")]
        {
            assert!(one_slip(a, b) && one_slip(b, a), "{a} {b}");
        }
        assert!(!one_slip("anna", "hanah") && !one_slip("abc", "cba") && !one_slip("ab", "abcd"));
    }
}
