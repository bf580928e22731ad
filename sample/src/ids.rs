//! Numbers that look right and belong to nobody: reserved ranges, real check digits.

use std::collections::BTreeMap;

use jiff::civil::Date;

/// Gives out every kind of number once. Counters only go up, so a longer run extends a shorter one.
#[derive(Default)]
pub(crate) struct Numbers {
    persons: u32,
    households: u32,
    families: u32,
    points: u32,
    nhs: u32,
    upn: u32,
    pnc: u32,
    phones: u32,
    rows: u32,
    nominals: u32,
    social: u32,
    incidents: BTreeMap<Date, u32>,
}

macro_rules! counter {
    ($($(#[$doc:meta])* $name:ident: $field:ident, $start:expr, $step:expr);* $(;)?) => {
        $($(#[$doc])* pub(crate) fn $name(&mut self) -> u32 {
            self.$field += 1;
            $start + self.$field * $step
        })*
    };
}

impl Numbers {
    counter! {
        /// Truth: persons.
        person: persons, 0, 1;
        /// Truth: households.
        household: households, 0, 1;
        /// Truth: families.
        family: families, 0, 1;
        /// Truth: critical points.
        point: points, 0, 1;
        /// Any agency's own serial of a row; unique across files.
        row: rows, 1000, 1;
        /// Police person number.
        nominal: nominals, 7_200_000, 3;
        /// Social care person number.
        social: social, 840_000, 7;
    }

    /// A police reference: force, serial that grows through the year, year.
    pub(crate) fn incident(&mut self, force: &str, day: Date) -> String {
        let today = self.incidents.entry(day).or_default();
        *today += 1;
        let serial = u32::from(day.day_of_year().unsigned_abs()) * 2700
            + *today * 3
            + u32::from(day.day().unsigned_abs());
        format!("{force}/{serial:06}/{:02}", day.year().rem_euclid(100))
    }

    /// An NHS number from the range 999 000 0000 to 999 999 9999, kept for tests.
    pub(crate) fn nhs(&mut self) -> String {
        loop {
            self.nhs = (self.nhs + 1) % 1_000_000;
            // A multiplier prime to a million scatters neighbours without ever repeating.
            let nine = format!("999{:06}", u64::from(self.nhs) * 618_033 % 1_000_000);
            if let Some(check) = nhs_check(&nine) {
                return format!("{nine}{check}");
            }
        }
    }

    /// A unique pupil number of an establishment that no authority has (98xx), for a child who began school in `year`.
    pub(crate) fn upn(&mut self, year: i16) -> String {
        const AUTHORITIES: [u32; 6] = [815, 830, 845, 860, 878, 908];
        self.upn += 1;
        let authority = AUTHORITIES.get(self.upn as usize % AUTHORITIES.len()).copied().unwrap_or(830);
        let body = format!(
            "{authority}98{:02}{:02}{:03}",
            self.upn / 6 / 1000 % 100,
            year.rem_euclid(100),
            self.upn / 6 % 1000
        );
        upn_check(&body).map(|letter| format!("{letter}{body}")).unwrap_or(body)
    }

    /// A Police National Computer id with its check letter, in the long form.
    pub(crate) fn pnc(&mut self, year: i16) -> String {
        self.pnc += 1;
        let serial = 9_100_000 + self.pnc * 7 % 899_999;
        pnc_check(year, serial).map_or_else(String::new, |letter| format!("{year}/{serial:07}{letter}"))
    }

    /// A telephone number from the ranges kept for drama: mobiles first, then towns.
    pub(crate) fn phone(&mut self) -> String {
        const TOWNS: [&str; 14] = [
            "01134960", "01144960", "01154960", "01164960", "01174960", "01184960", "01214960", "01314960",
            "01414960", "01514960", "01614960", "01914980", "02079460", "01632960",
        ];
        let at = self.phones;
        self.phones += 1;
        let tail = u64::from(at % 1000) * 377 % 1000;
        let town = (at / 1000) as usize % (TOWNS.len() + 1);
        match town.checked_sub(1).and_then(|town| TOWNS.get(town)) {
            Some(start) => format!("{start}{tail:03}"),
            None => format!("07700900{tail:03}"),
        }
    }
}

/// The tenth digit, where the nine can have one.
pub(crate) fn nhs_check(nine: &str) -> Option<u32> {
    let sum: u32 = nine.chars().zip((2..=10).rev()).map(|(c, w)| c.to_digit(10).unwrap_or(0) * w).sum();
    match 11 - sum % 11 {
        11 => Some(0),
        10 => None,
        digit => Some(digit),
    }
}

/// The check letter before the twelve digits.
pub(crate) fn upn_check(twelve: &str) -> Option<char> {
    let sum: u32 = twelve.chars().zip(2..=13).map(|(c, w)| c.to_digit(10).unwrap_or(0) * w).sum();
    "ABCDEFGHJKLMNPQRTUVWXYZ".chars().nth(sum as usize % 23)
}

/// The check letter after year and serial.
pub(crate) fn pnc_check(year: i16, serial: u32) -> Option<char> {
    let number = u64::from(year.rem_euclid(100).unsigned_abs()) * 10_000_000 + u64::from(serial);
    usize::try_from(number % 23).ok().and_then(|at| "ZABCDEFGHJKLMNPQRTUVWXY".chars().nth(at))
}

/// The short form of a PNC id: `19/910034K`.
pub(crate) fn pnc_short(long: &str) -> String {
    let (year, rest) = long.split_once('/').unwrap_or(("", long));
    let year: String = year.chars().skip(2).collect();
    format!("{year}/{}", rest.trim_start_matches('0'))
}

/// `999 123 4567`
pub(crate) fn nhs_spaced(plain: &str) -> String {
    let mut out = String::with_capacity(12);
    for (at, c) in plain.chars().enumerate() {
        if at == 3 || at == 6 {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// The number with its last digit wrong, as a slip of the finger leaves it.
pub(crate) fn wrong_last_digit(number: &str) -> String {
    let mut chars: Vec<char> = number.chars().collect();
    if let Some(last) = chars.iter_mut().rev().find(|c| c.is_ascii_digit()) {
        *last = char::from_digit((last.to_digit(10).unwrap_or(0) + 3) % 10, 10).unwrap_or('0');
    }
    chars.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn check_characters_agree_with_published_examples() {
        assert_eq!(nhs_check("943476587"), Some(0));
        assert_eq!(nhs_check("401023213"), Some(7));
        assert_eq!(nhs_check("123456789"), None);
        assert_eq!(upn_check("801200005001"), Some('B'));
        assert_eq!(pnc_check(1979, 163_001), Some('B'));
        assert_eq!(pnc_check(2002, 73_319), Some('Z'));
        assert_eq!(pnc_check(1981, 34), Some('U'));
    }

    #[test]
    fn numbers_are_right_and_do_not_repeat() {
        let mut numbers = Numbers::default();
        let mut seen = BTreeSet::new();
        for _ in 0..20_000 {
            let nhs = numbers.nhs();
            assert!(nhs.starts_with("999") && nhs.len() == 10);
            let (nine, check) = nhs.split_at(9);
            assert_eq!(nhs_check(nine), check.parse().ok());
            assert!(seen.insert(nhs));
            let upn = numbers.upn(2019);
            let (letter, body) = upn.split_at(1);
            assert_eq!(upn_check(body), letter.chars().next());
            assert!(seen.insert(upn));
        }
    }

    #[test]
    fn a_wrong_digit_is_caught_by_the_check() {
        assert_ne!(
            nhs_check("943476587").map(|d| d.to_string()),
            wrong_last_digit("9434765870").chars().last().map(String::from)
        );
        assert_eq!(nhs_spaced("9434765870"), "943 476 5870");
        assert_eq!(pnc_short("2019/0174300V"), "19/174300V");
    }
}
