//! Addresses brought to one form. The same door is written in a dozen ways; two families behind one door, or one
//! family behind two, would hide what matters.

use super::closeness::{edits, slip};
use super::settings::{PlaceWords, Settings, plain};
use crate::record::Address;

/// An address taken apart, in lower case and without short forms.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Parts {
    pub(crate) postcode: String,
    pub(crate) flat: String,
    pub(crate) number: String,
    pub(crate) street: String,
    pub(crate) town: String,
}

/// The one form of an address, by which two writings of it are compared. Empty when it names no door.
#[must_use]
pub fn address_key(address: &Address, settings: &Settings) -> String {
    Parts::of(address, &settings.places).map_or_else(String::new, |parts| parts.key())
}

impl Parts {
    /// `None` when the text names no door.
    pub(crate) fn of(address: &Address, words: &PlaceWords) -> Option<Self> {
        if words.no_address.contains(&plain(&address.lines)) {
            return None;
        }
        let mut parts = Self { postcode: address.postcode.trim().to_uppercase(), ..Self::default() };
        let mut nameless: Vec<String> = Vec::new();
        let mut towns: Vec<String> = Vec::new();
        for segment in address.lines.split([',', '\n', ';']) {
            if parts.number.is_empty() {
                parts.read_door(segment, words, &mut nameless);
            } else {
                let town = plain(segment);
                if parts.street.is_empty() {
                    parts.street = street(&town, words);
                } else if !town.is_empty() {
                    towns.push(town);
                }
            }
        }
        if parts.number.is_empty() {
            // "Rose Cottage, Church Lane, Netherlow": the house has a name instead of a number.
            if nameless.len() > 2 {
                towns = nameless.split_off(2);
            }
            parts.street = nameless.iter().map(|part| street(part, words)).collect::<Vec<_>>().join(" ");
            let told = parts.street.split(' ').filter(|word| !word.is_empty()).count();
            if told < 2 || (parts.postcode.is_empty() && told < 3) {
                return None;
            }
        } else if parts.street.is_empty() && parts.postcode.is_empty() {
            return None;
        }
        parts.town = towns.into_iter().next_back().unwrap_or_default();
        Some(parts)
    }

    fn read_door(&mut self, segment: &str, words: &PlaceWords, nameless: &mut Vec<String>) {
        let segment = segment.trim();
        // "16/50 Grange Road" is flat 16 of number 50.
        let spaced = segment.replace('/', " / ");
        let mut tokens: Vec<String> = Vec::new();
        for token in spaced.split_whitespace() {
            match plain(token) {
                word if word.is_empty() => tokens.extend((token == "/").then(|| "/".to_owned())),
                word => tokens.extend(word.split(' ').map(str::to_owned)),
            }
        }
        let mut rest = tokens.as_slice();
        if let [dwelling, flat, after @ ..] = rest
            && words.dwelling.contains(dwelling)
        {
            self.flat.clone_from(flat);
            rest = after;
        }
        if let [flat, slash, after @ ..] = rest
            && slash == "/"
            && starts_with_digit(flat)
        {
            self.flat.clone_from(flat);
            rest = after;
        }
        match rest {
            [number, after @ ..] if starts_with_digit(number) => {
                self.number = number.trim_start_matches('0').to_owned();
                self.street = street(&after.join(" "), words);
            }
            [] => {}
            named => nameless.push(named.join(" ")),
        }
    }

    /// The form by which two writings are equal.
    pub(crate) fn key(&self) -> String {
        let Self { postcode, flat, number, street, town } = self;
        if postcode.is_empty() {
            format!("|{flat}|{number}|{street}|{town}")
        } else {
            format!("{postcode}|{flat}|{number}|{street}")
        }
    }

    /// The same door but for a slip in the street's name.
    pub(crate) fn same_door(&self, other: &Self) -> bool {
        self.number == other.number && self.flat == other.flat && self.same_street(other)
    }

    /// The same street but for a slip, or one of them without its street or its last words.
    pub(crate) fn same_street(&self, other: &Self) -> bool {
        let begins = |long: &str, short: &str| {
            long.strip_prefix(short)
                .is_some_and(|rest| short.is_empty() || rest.is_empty() || rest.starts_with(' '))
        };
        begins(&self.street, &other.street)
            || begins(&other.street, &self.street)
            || slip(&self.street, &other.street)
    }

    /// One figure apart in number or flat, or the flat left out: a slip when the same person is at both.
    pub(crate) fn nearly_same_door(&self, other: &Self) -> bool {
        let (flat, number) = (self.flat == other.flat, self.number == other.number);
        let near = |a: &str, b: &str| edits(a, b, 1).is_some();
        let other_flat = || self.flat.is_empty() || other.flat.is_empty() || near(&self.flat, &other.flat);
        let nearly = match (flat, number) {
            (true, true) => true,
            (true, false) => near(&self.number, &other.number),
            (false, true) => other_flat(),
            (false, false) => false,
        };
        nearly && self.same_street(other)
    }

    /// First half of the postcode.
    pub(crate) fn outward(&self) -> &str {
        self.postcode.split(' ').next().unwrap_or_default()
    }
}

fn starts_with_digit(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

/// Spells out the last word of a street.
fn street(written: &str, words: &PlaceWords) -> String {
    match written.rsplit_once(' ') {
        Some((name, last)) => {
            let last = words.street.get(last).map_or(last, String::as_str);
            format!("{name} {last}")
        }
        None => written.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(lines: &str, postcode: &str) -> String {
        let settings = Settings::built_in().unwrap();
        address_key(&Address { lines: lines.into(), postcode: postcode.into(), uprn: None }, &settings)
    }

    #[test]
    fn one_door_has_one_key() {
        let door = key("Flat 16, 50 Grange Road, Hollinsett", "HX12 5SL");
        for lines in ["16/50 Grange Rd", "FLAT 16 50 GRANGE ROAD", "flat 16, 50 grange road, hollinsett"] {
            assert_eq!(key(lines, "HX12 5SL"), door, "{lines}");
        }
        assert_ne!(key("Flat 6, 50 Grange Road", "HX12 5SL"), door);
        assert_ne!(key("16 Grange Road", "HX12 5SL"), door);
    }

    #[test]
    fn a_house_with_a_name_has_a_key() {
        let named = key("Rose Cottage, Church Lane, Netherlow", "HD15 8DF");
        assert_eq!(key("ROSE COTTAGE, CHURCH LN", "HD15 8DF"), named);
        assert!(!named.is_empty());
    }

    #[test]
    fn no_address_has_no_key() {
        for lines in ["", "NFA", "No fixed abode", "Netherlow", "Not known"] {
            assert_eq!(key(lines, ""), "", "{lines}");
        }
    }

    #[test]
    fn saint_is_not_street() {
        assert!(key("4 St Mary Street", "HD15 8DF").ends_with("st mary street"));
    }

    proptest::proptest! {
        #[test]
        fn never_breaks(lines in "\\PC{0,40}", postcode in "\\PC{0,9}") {
            key(&lines, &postcode);
        }
    }
}
