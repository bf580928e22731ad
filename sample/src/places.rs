//! Addresses that do not exist, and the ways in which agencies write one address.

use crate::dice::Dice;
use crate::names::slip;
use crate::words::Words;

/// A true address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) flat: Option<u32>,
    pub(crate) number: u32,
    pub(crate) street: String,
    pub(crate) kind: String,
    pub(crate) town: String,
    pub(crate) postcode: String,
    pub(crate) uprn: String,
    /// A place with a name of its own (a prison); the other parts are then empty.
    pub(crate) named: Option<String>,
}

impl Address {
    /// A prison or approved premises.
    pub(crate) fn named(name: &str, postcode: &str) -> Self {
        Self { named: Some(name.to_owned()), postcode: postcode.to_owned(), ..Self::default() }
    }

    /// As it is.
    pub(crate) fn line(&self) -> String {
        self.named.clone().unwrap_or_else(|| self.compose(&self.street, &self.kind, "Flat "))
    }

    fn compose(&self, street: &str, kind: &str, flat: &str) -> String {
        let number = self.number;
        match self.flat {
            Some(door) if flat == "/" => format!("{door}/{number} {street} {kind}, {}", self.town),
            Some(door) => format!("{flat}{door}, {number} {street} {kind}, {}", self.town),
            None => format!("{number} {street} {kind}, {}", self.town),
        }
    }

    /// As somebody typed it.
    pub(crate) fn typed(&self, dice: &mut Dice) -> String {
        if let Some(name) = &self.named {
            return name.clone();
        }
        let kind = if dice.chance(18) { short_kind(&self.kind) } else { &self.kind };
        let street = if dice.per_mille(25) { slip(&self.street, dice) } else { self.street.clone() };
        let flat = if dice.chance(15) { "/" } else { "Flat " };
        let line = self.compose(&street, kind, flat);
        if dice.chance(12) { line.to_uppercase() } else { line }
    }

    /// The postcode as somebody typed it.
    pub(crate) fn typed_postcode(&self, dice: &mut Dice) -> String {
        match dice.below(100) {
            0..=8 => self.postcode.replace(' ', ""),
            9..=11 => self.postcode.to_lowercase(),
            12..=13 => String::new(),
            _ => self.postcode.clone(),
        }
    }
}

fn short_kind(kind: &str) -> &str {
    match kind {
        "Street" => "St",
        "Road" => "Rd",
        "Avenue" => "Ave",
        "Lane" => "Ln",
        "Close" => "Cl",
        "Drive" => "Dr",
        "Court" => "Ct",
        "Terrace" => "Terr",
        "Crescent" => "Cres",
        "Grove" => "Gr",
        other => other,
    }
}

/// An address inside the area, or outside it.
pub(crate) fn address(words: &Words, outside: bool, dice: &mut Dice) -> Address {
    let places = &words.places;
    let towns: Vec<_> = places.town.iter().filter(|town| town.outside == outside).collect();
    let town = dice.pick(&towns);
    let district = town.and_then(|town| dice.pick(&town.districts)).copied().unwrap_or(1);
    let street = dice.word(&places.streets).to_owned();
    let kind = dice.word(&places.number_types).to_owned();
    let number = dice.between(1, 128) as u32;
    // A street lies in one sector: neighbours share the start of their postcode, as they do.
    let sector = (street.len() + kind.len() + district as usize) % 9 + 1;
    let unit = |dice: &mut Dice| {
        dice.of(&["A", "B", "D", "E", "F", "G", "H", "J", "L", "N", "P", "R", "S", "T", "W"])
    };
    let area = if outside { "ZY" } else { "ZX" };
    let postcode = format!("{area}{district} {sector}{}{}", unit(dice), unit(dice));
    let flat = dice.chance(14).then(|| dice.between(1, 24) as u32);
    let uprn = format!("9900{:08}", dice.below(100_000_000));
    let town = town.map(|town| town.name.clone()).unwrap_or_default();
    Address { flat, number, street, kind, town, postcode, uprn, named: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Stream;

    #[test]
    fn postcodes_have_the_form_of_a_postcode_and_an_area_never_issued() {
        let words = Words::load().unwrap();
        let mut dice = Dice::new(1, Stream::Family, 0);
        for n in 0..500 {
            let a = address(&words, n % 5 == 0, &mut dice);
            let (outward, inward) = a.postcode.split_once(' ').unwrap();
            assert!(outward.starts_with("ZX") || outward.starts_with("ZY"), "{}", a.postcode);
            assert!(outward.split_at(2).1.parse::<u32>().is_ok_and(|d| (1..30).contains(&d)));
            assert!(inward.len() == 3 && !inward.contains(['C', 'I', 'K', 'M', 'O', 'V']), "{inward}");
            assert!(a.line().contains(&a.town));
        }
    }
}
