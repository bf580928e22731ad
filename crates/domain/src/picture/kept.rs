//! Places that must be kept from someone. An address that one agency marked may stand in another agency's rows
//! unmarked, and inside free text; wherever it stands, it is the same secret.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::address::Parts;
use super::settings::{Settings, plain};
use crate::fact::KeptPlace;
use crate::ids::KeptPlaceId;
use crate::record::Address;

/// What stands in a text where a kept address stood.
pub const HIDDEN: &str = "[address kept]";

/// The kept places of an area, so that their addresses are known wherever they turn up.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    pub(crate) doors: Vec<(Parts, KeptPlaceId)>,
    pub(crate) uprns: BTreeMap<String, KeptPlaceId>,
    /// Number of a house → places in `doors`.
    numbers: BTreeMap<String, Vec<usize>>,
    /// Number of a house → words of its street.
    streets: BTreeMap<String, Vec<Vec<String>>>,
    postcodes: BTreeMap<String, ()>,
}

impl Kept {
    /// An area that keeps no place.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The kept places that facts tell of.
    #[must_use]
    pub fn of<'a>(places: impl IntoIterator<Item = &'a KeptPlace>, settings: &Settings) -> Self {
        let mut kept = Self::default();
        for place in places {
            if let Some(uprn) = &place.address.uprn {
                kept.uprns.entry(uprn.clone()).or_insert_with(|| place.id.clone());
            }
            let Some(parts) = Parts::of(&place.address, &settings.places) else { continue };
            if !parts.postcode.is_empty() {
                kept.postcodes.insert(parts.postcode.to_lowercase().replace(' ', ""), ());
            }
            let street: Vec<String> = parts.street.split(' ').map(str::to_owned).collect();
            if street.iter().any(|word| !word.is_empty()) {
                kept.streets.entry(parts.number.clone()).or_default().push(street);
            }
            kept.doors.push((parts, place.id.clone()));
        }
        kept.doors.sort();
        kept.doors.dedup();
        for (at, (parts, _)) in kept.doors.iter().enumerate() {
            kept.numbers.entry(parts.number.clone()).or_default().push(at);
        }
        kept
    }

    /// Which kept place this address is, if it is one.
    #[must_use]
    pub fn is(&self, address: &Address, settings: &Settings) -> Option<KeptPlaceId> {
        if let Some(id) = address.uprn.as_ref().and_then(|uprn| self.uprns.get(uprn)) {
            return Some(id.clone());
        }
        self.door(&Parts::of(address, &settings.places)?)
    }

    /// Which kept place this door is, if it is one. Half a postcode, or none, is enough to be the same: an agency that
    /// marks an address often leaves the rest of it out. The same line in the same town is the same door whatever the
    /// postcode: one that was mistyped or changed must not undo the keeping.
    pub(crate) fn door(&self, parts: &Parts) -> Option<KeptPlaceId> {
        // A town with a figure in it is half a postcode that the feed left among the lines.
        let no_town = |town: &str| town.is_empty() || town.contains(|c: char| c.is_ascii_digit());
        let agrees = |a: &str, b: &str| no_town(a) || no_town(b) || a == b;
        let begins = |a: &str, b: &str| a.starts_with(b) || b.starts_with(a);
        let same = |door: &Parts| {
            let named = !door.street.is_empty() && !parts.street.is_empty();
            let place = match door.postcode == parts.postcode && !door.postcode.is_empty() {
                true => true,
                false if door.town == parts.town && !no_town(&door.town) => named,
                false => named && begins(&door.postcode, &parts.postcode) && agrees(&door.town, &parts.town),
            };
            place && door.same_door(parts)
        };
        let here = self.numbers.get(&parts.number)?.iter().filter_map(|at| self.doors.get(*at));
        here.into_iter().find(|(door, _)| same(door)).map(|(_, id)| id.clone())
    }

    /// The text with every kept address and postcode replaced.
    #[must_use]
    pub fn hush<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.doors.is_empty() {
            return Cow::Borrowed(text);
        }
        let words = words(text);
        let mut hidden: Vec<(usize, usize)> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let rest = words.get(at..).unwrap_or_default();
            if let Some(end) = self.street_at(rest).or_else(|| self.postcode_at(rest)) {
                hidden.push((word.start, end));
            }
        }
        if hidden.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for (start, end) in hidden {
            if start >= done {
                out.push_str(text.get(done..start).unwrap_or_default());
                out.push_str(HIDDEN);
            }
            done = done.max(end);
        }
        out.push_str(text.get(done..).unwrap_or_default());
        Cow::Owned(out)
    }

    /// Where a kept street address that begins with the first of these words ends.
    fn street_at(&self, words: &[Word]) -> Option<usize> {
        let first = words.first()?;
        let numbered = self.streets.get(first.plain.trim_start_matches('0')).filter(|_| first.numbered());
        let after = words.get(1..).unwrap_or_default();
        let named = numbered.into_iter().flatten().filter_map(|street| ends(street, after)).max();
        let unnumbered = self.streets.get("").into_iter().flatten();
        named.or_else(|| unnumbered.filter_map(|street| ends(street, words)).max())
    }

    fn postcode_at(&self, words: &[Word]) -> Option<usize> {
        let first = words.first()?;
        if self.postcodes.contains_key(&first.plain) {
            return Some(first.end);
        }
        let second = words.get(1)?;
        self.postcodes.contains_key(&format!("{}{}", first.plain, second.plain)).then_some(second.end)
    }
}

struct Word {
    plain: String,
    start: usize,
    end: usize,
}

impl Word {
    fn numbered(&self) -> bool {
        self.plain.starts_with(|c: char| c.is_ascii_digit())
    }
}

fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut start = None;
    let ends = text.char_indices().chain([(text.len(), ' ')]);
    for (at, c) in ends {
        match (start, c.is_alphanumeric() || c == '\'' || c == '’') {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                let plain = plain(text.get(from..at).unwrap_or_default());
                found.push(Word { plain, start: from, end: at });
                start = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    found
}

/// Where the words of a street end in these words; its last word ("Road") may be shortened or left out.
fn ends(street: &[String], words: &[Word]) -> Option<usize> {
    let name = if street.len() > 1 { street.get(..street.len() - 1)? } else { street };
    if words.len() < name.len() || !name.iter().zip(words).all(|(a, b)| *a == b.plain) {
        return None;
    }
    let end = words.get(name.len().checked_sub(1)?)?.end;
    let kind = street.get(name.len()).zip(words.get(name.len()));
    match kind {
        Some((kind, word)) if kind.starts_with(word.plain.get(..1).unwrap_or("?")) => Some(word.end),
        _ => Some(end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Address;

    fn kept() -> Kept {
        let address = Address {
            lines: "Flat 2, 40 Poplar Terrace, Penrose".into(),
            postcode: "CA77 9HD".into(),
            uprn: None,
        };
        let place = KeptPlace { id: "K1".into(), address, why: "refuge".into() };
        Kept::of([&place], &Settings::built_in().unwrap())
    }

    #[test]
    fn a_kept_address_is_hidden_in_text() {
        let kept = kept();
        for text in ["Called to 40 Poplar Terrace.", "Called to 40 POPLAR TCE.", "Called to 40 Poplar Ter."] {
            assert_eq!(kept.hush(text), format!("Called to {HIDDEN}."), "{text}");
        }
        assert_eq!(kept.hush("post to CA77 9HD, please"), format!("post to {HIDDEN}, please"));
        assert_eq!(kept.hush("post to ca779hd"), format!("post to {HIDDEN}"));
    }

    #[test]
    fn other_text_stays_as_it_is() {
        let kept = kept();
        for text in ["She is 40. Poplar trees.", "41 Poplar Terrace", "", "40", "é40 ü"] {
            let text = text.replace("40. Poplar trees", "40 and well");
            assert_eq!(kept.hush(&text), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn the_street_never_survives(before in "\\PC{0,12}", after in "\\PC{0,12}") {
            let text = format!("{before} 40 Poplar Terrace {after}");
            proptest::prop_assert!(!kept().hush(&text).contains("Poplar Terrace"));
        }
    }

    #[test]
    fn half_a_postcode_is_enough_and_another_town_is_not() {
        let settings = Settings::built_in().unwrap();
        let address = |lines: &str, postcode: &str| Address {
            lines: lines.to_owned(),
            postcode: postcode.to_owned(),
            uprn: None,
        };
        let place = KeptPlace {
            id: "kept-1".into(),
            address: address("16 Heron Cl, Wexby", ""),
            why: "marked restricted by social care".to_owned(),
        };
        let kept = Kept::of(&[place], &settings);
        assert!(kept.is(&address("16 Heron Close, Wexby", "ZX14 7WY"), &settings).is_some());
        assert!(kept.is(&address("16 Heron Close, Marrow", "ZX14 7WY"), &settings).is_none());
        let half = KeptPlace {
            id: "kept-2".into(),
            address: address("16 Heron Cl, Wexby, ZX14", ""),
            why: "marked restricted by social care".to_owned(),
        };
        let kept = Kept::of(&[half], &settings);
        assert!(kept.is(&address("16 Heron Close, Wexby", "ZX14 7WY"), &settings).is_some());
        assert!(kept.is(&address("17 Heron Close, Wexby", "ZX14 7WY"), &settings).is_none());
        let whole = KeptPlace {
            id: "kept-3".into(),
            address: address("16 Heron Cl, Wexby", "ZX14 7WY"),
            why: "marked restricted by social care".to_owned(),
        };
        let kept = Kept::of(&[whole], &settings);
        let mistyped = address("16 Heron Close, Wexby", "ZX41 7WY");
        assert!(kept.is(&mistyped, &settings).is_some(), "a slip in a postcode does not undo the keeping");
        assert!(kept.is(&address("16 Heron Close, Marrow", "ZX41 7WY"), &settings).is_none());
    }
}
