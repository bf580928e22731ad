//! Words as small numbers, each with what is known about it, so that comparing a pair of people touches little text.

use std::collections::HashMap;

use crate::lexicon::Lexicon;
use crate::spelling::{bones, sound};
use crate::table::{Mix, number};

/// Text as numbers from 1; 0 stands for "none".
#[derive(Debug)]
pub(crate) struct Interner {
    numbers: HashMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
}

impl Default for Interner {
    fn default() -> Self {
        Self { numbers: HashMap::new(), texts: vec!["".into()] }
    }
}

impl Interner {
    pub(crate) fn put(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if let Some(found) = self.numbers.get(text) {
            return *found;
        }
        let id = number(self.texts.len());
        self.texts.push(text.into());
        self.numbers.insert(text.into(), id);
        id
    }

    pub(crate) fn text(&self, id: u32) -> &str {
        self.texts.get(id as usize).map_or("", |text| text)
    }

    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }
}

/// What is known about a word used as a name.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Word {
    pub(crate) sound: u64,
    pub(crate) bones: u64,
    /// Sound with the ending of the surname brought to one form.
    pub(crate) ending: u64,
    pub(crate) forename_groups: [u16; 4],
    pub(crate) surname_groups: [u16; 3],
    pub(crate) length: u8,
}

/// Words used as names.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    texts: Interner,
    words: Vec<Word>,
}

impl Vocabulary {
    pub(crate) fn put(&mut self, text: &str, lexicon: &Lexicon) -> u32 {
        let id = self.texts.put(text);
        if self.words.is_empty() {
            self.words.push(Word::default());
        }
        if id as usize == self.words.len() {
            self.words.push(Word {
                sound: Mix::new(1).text(&sound(text)).done(),
                bones: Mix::new(2).text(&bones(text)).done(),
                ending: lexicon.one_ending(text).map_or(0, |common| Mix::new(1).text(&sound(&common)).done()),
                forename_groups: first(lexicon.forename_groups(text)),
                surname_groups: first(lexicon.surname_groups(text)),
                length: u8::try_from(text.chars().count()).unwrap_or(u8::MAX),
            });
        }
        id
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

fn first<const N: usize>(groups: &[u16]) -> [u16; N] {
    let mut out = [0; N];
    for (slot, group) in out.iter_mut().zip(groups) {
        *slot = *group;
    }
    out
}

/// Whether two lists of groups share one.
pub(crate) fn share(a: &[u16], b: &[u16]) -> bool {
    a.iter().any(|group| *group != 0 && b.contains(group))
}

/// Whether two texts are one slip of the hand apart: a letter changed, left out, added, or two exchanged.
pub(crate) fn one_slip(a: &str, b: &str) -> bool {
    let (short, long) =
        if a.len() <= b.len() { (a.as_bytes(), b.as_bytes()) } else { (b.as_bytes(), a.as_bytes()) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let (short, long) = (short.get(same..).unwrap_or_default(), long.get(same..).unwrap_or_default());
    if short.len() < long.len() {
        return long.get(1..) == Some(short);
    }
    let after = |list: &[u8], n: usize| -> Vec<u8> { list.get(n..).unwrap_or_default().to_vec() };
    match (short, long) {
        ([], []) => true,
        ([_, s @ ..], [_, l @ ..]) if s == l => true,
        ([s1, s2, ..], [l1, l2, ..]) => s1 == l2 && s2 == l1 && after(short, 2) == after(long, 2),
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
