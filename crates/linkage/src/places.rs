//! Compares addresses written by hand: house numbers, street words and postcode, with the slips people make in each.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::lexicon::Lexicon;
use crate::likeness::likeness;
use crate::record::PersonAddress;
use crate::spelling::plain;
use crate::table::{Mix, at};
use crate::vocabulary::{Interner, one_slip};

/// An address taken apart, its words as numbers of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Address {
    pub(crate) postcode: Postcode,
    /// House and flat numbers, in order.
    pub(crate) numbers: [u32; 3],
    /// Words of street and town, in order.
    pub(crate) words: [u32; 4],
    /// Whether many people share it, an institution's most likely.
    pub(crate) busy: bool,
}

/// How far two addresses agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Nearness {
    Different,
    Near,
    Postcode,
    Same,
}

/// A postcode as it is written, in place so that comparing two of them needs no table; nothing but noughts for none.
pub(crate) type Postcode = [u8; 8];

/// The letters of a postcode.
fn letters(postcode: &Postcode) -> &[u8] {
    let end = postcode.iter().position(|byte| *byte == 0).unwrap_or(postcode.len());
    postcode.get(..end).unwrap_or_default()
}

/// All of them but the last two.
fn sector(postcode: &Postcode) -> &[u8] {
    let all = letters(postcode);
    all.get(..all.len().saturating_sub(2)).unwrap_or_default()
}

impl Address {
    /// The postcode without its last two letters.
    pub(crate) fn sector(&self) -> &[u8] {
        sector(&self.postcode)
    }

    /// Whether there is a postcode.
    pub(crate) fn coded(&self) -> bool {
        self.postcode != Postcode::default()
    }

    /// Takes an address apart. `None` when nothing of it can be used.
    pub(crate) fn read(address: &PersonAddress, texts: &mut Interner, lexicon: &Lexicon) -> Option<Self> {
        let mut out = Address::default();
        let postcode = tidy_postcode(&address.postcode);
        if postcode.starts_with("ZZ99") {
            return None;
        }
        out.postcode.iter_mut().zip(postcode.bytes()).for_each(|(slot, byte)| *slot = byte);
        let lines = plain(&address.lines);
        let mut words = out.words.iter_mut();
        let mut numbers = out.numbers.iter_mut();
        for word in lines.split(|c: char| !c.is_alphanumeric() && c != '\'') {
            let word: Cow<'_, str> = match word.contains('\'') {
                true => word.replace('\'', "").into(),
                false => word.into(),
            };
            if word.is_empty() || lexicon.unit_words.contains(&*word) {
                continue;
            }
            let word = lexicon.street_words.get(&*word).map_or(&*word, String::as_str);
            let slot =
                if word.starts_with(|c: char| c.is_ascii_digit()) { numbers.next() } else { words.next() };
            if let Some(slot) = slot {
                *slot = texts.put(word);
            }
        }
        (out != Self::default()).then_some(out)
    }

    /// The same address in the numbers of other tables.
    pub(crate) fn renumbered(mut self, texts: &[u32]) -> Self {
        for word in self.numbers.iter_mut().chain(&mut self.words) {
            *word = at(texts, *word);
        }
        self
    }

    /// A number by which the address is known in every set of records.
    pub(crate) fn mark(&self, texts: &Interner) -> u64 {
        let mut mix = Mix::new(31).with(u64::from_be_bytes(self.postcode));
        for word in self.numbers.iter().chain(&self.words) {
            mix = mix.text(texts.text(*word));
        }
        mix.done()
    }

    /// How far two addresses agree.
    pub(crate) fn compare(&self, other: &Self, texts: &Interner) -> Nearness {
        let (a, b) = (self, other);
        if a == b {
            return Nearness::Same;
        }
        let known = a.coded() && b.coded();
        let postcodes = of_postcodes(&a.postcode, &b.postcode);
        let same_postcode = postcodes == Nearness::Postcode;
        let close_postcode = postcodes >= Nearness::Near;
        if numbers_fit(&a.numbers, &b.numbers) {
            let words = shared_words(a, b, texts);
            let enough = match (same_postcode, close_postcode || !known) {
                (true, _) => 1,
                (_, true) => 2,
                _ => 3,
            };
            if words >= enough {
                return Nearness::Same;
            }
        }
        postcodes
    }

    /// The number of the house, which is the last one; 0 where there is none.
    pub(crate) fn house(&self) -> u32 {
        self.numbers.iter().rev().copied().find(|number| *number != 0).unwrap_or(0)
    }
}

/// How far two addresses agree that have these postcodes, going by nothing else.
pub(crate) fn of_postcodes(a: &Postcode, b: &Postcode) -> Nearness {
    if *a == Postcode::default() || *b == Postcode::default() {
        Nearness::Different
    } else if a == b {
        Nearness::Postcode
    } else if few_differ(a, b) && (sector(a) == sector(b) || one_slip(letters(a), letters(b))) {
        Nearness::Near
    } else {
        Nearness::Different
    }
}

/// Whether two postcodes, if they are of one length, differ in two letters at most, as they do by a slip or within one
/// sector. Sooner said of all letters together than found out one by one.
fn few_differ(a: &Postcode, b: &Postcode) -> bool {
    const LOW: u64 = u64::from_le_bytes([0x7f; 8]);
    let (a, b) = (u64::from_le_bytes(*a), u64::from_le_bytes(*b));
    let apart = a ^ b;
    // The high bit of each byte is set where the byte is not nought.
    let bytes = (((apart & LOW) + LOW) | apart) & !LOW;
    a.leading_zeros() / 8 != b.leading_zeros() / 8 || bytes.count_ones() <= 2
}

fn shared_words(a: &Address, b: &Address, texts: &Interner) -> usize {
    let like = |x: u32, y: u32| {
        x == y || {
            let (x, y) = (texts.text(x), texts.text(y));
            x.len() > 3 && y.len() > 3 && (one_slip(x, y) || likeness(x, y) >= 0.92)
        }
    };
    a.words
        .iter()
        .copied()
        .filter(|x| *x != 0 && b.words.iter().copied().any(|y| y != 0 && like(*x, y)))
        .count()
}

/// The house number (the last one) agrees, and flat numbers do not contradict.
fn numbers_fit(a: &[u32; 3], b: &[u32; 3]) -> bool {
    let own = |list: &[u32; 3]| {
        (list.iter().filter(|n| **n != 0).count(), list.iter().rev().copied().find(|n| *n != 0))
    };
    match (own(a), own(b)) {
        ((_, None), _) | (_, (_, None)) => false,
        ((ours, _), (theirs, _)) if ours == theirs => a == b,
        ((_, last), (_, other)) => last == other,
    }
}

/// Upper case without spaces, with letters and figures that look alike put right where the British form shows which.
pub(crate) fn tidy_postcode(text: &str) -> String {
    let mut code: Vec<u8> =
        text.bytes().filter(u8::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    if (5..=7).contains(&code.len()) && code.iter().any(u8::is_ascii_alphabetic) {
        let length = code.len();
        for (i, c) in code.iter_mut().enumerate() {
            let from_end = length - i;
            *c = match (from_end, *c) {
                (3, b'O') => b'0',
                (3, b'I' | b'L') => b'1',
                (3, b'S') => b'5',
                (1 | 2, b'0') => b'O',
                (1 | 2, b'1') => b'I',
                (1 | 2, b'5') => b'S',
                (_, c) if i == 0 && c == b'0' => b'O',
                (_, c) => c,
            };
        }
    }
    String::from_utf8(code).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearness(a: (&str, &str), b: (&str, &str)) -> Nearness {
        let lexicon = Lexicon::built_in().unwrap();
        let mut texts = Interner::default();
        let mut put = |(lines, postcode): (&str, &str)| {
            let address = PersonAddress { lines: lines.into(), postcode: postcode.into() };
            Address::read(&address, &mut texts, &lexicon).unwrap()
        };
        let (a, b) = (put(a), put(b));
        a.compare(&b, &texts)
    }

    #[test]
    fn one_address_written_in_several_ways_is_one() {
        let home = ("72 Forge Drive, Hollinsett", "HX12 9UQ");
        assert_eq!(nearness(home, ("72 FOGE DR, HOLLINSETT", "hx129uq")), Nearness::Same);
        assert_eq!(nearness(home, ("72 Forge Drive", "")), Nearness::Same);
        assert_eq!(
            nearness(("Flat 11, 22 Park Avenue", "HX11 9XF"), ("11/22 Park Ave", "HX11 9XF")),
            Nearness::Same
        );
        assert_eq!(nearness(home, ("74 Forge Drive, Hollinsett", "HX12 9UQ")), Nearness::Postcode);
        assert_eq!(nearness(home, ("9 Mill Lane, Hollinsett", "HX12 9AA")), Nearness::Near);
        assert_eq!(nearness(home, ("72 Mill Lane", "LS1 4AA")), Nearness::Different);
    }

    #[test]
    fn no_fixed_abode_is_no_address() {
        let lexicon = Lexicon::built_in().unwrap();
        let address = PersonAddress { lines: "No fixed abode".into(), postcode: "ZZ99 3VZ".into() };
        assert_eq!(Address::read(&address, &mut Interner::default(), &lexicon), None);
    }
}
