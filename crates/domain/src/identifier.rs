//! The numbers agencies share, checked with their real algorithms (handbook `domain.md` 6.1), so that a mistyped
//! number is seen as one before it joins two people.
//!
//! Written here rather than taken from a crate: each check is a dozen lines, one crate per number would be five
//! dependencies, and every check must give the same four verdicts and one normal form.

use crate::record::{Identifier, IdentifierKind, Verdict};

/// Letters of the unique pupil number, in the order of its remainders.
const UPN_LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";
/// Letters of PNC and CRO numbers, in the order of their remainders.
const PNC_LETTERS: &[u8; 23] = b"ZABCDEFGHJKLMNPQRTUVWXY";

/// Checks a number of a kind and brings it into its normal form. `this_year` places two-digit years of PNC and
/// CRO numbers. `None` when there is nothing to check.
#[must_use]
pub fn check(kind: IdentifierKind, text: &str, this_year: i16) -> Option<Identifier> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let (value, verdict) = match kind {
        IdentifierKind::Nhs => nhs(text),
        IdentifierKind::Upn => upn(text),
        IdentifierKind::Pnc => pnc(text, this_year),
        IdentifierKind::Noms => noms(text),
        IdentifierKind::Cro => cro(text),
    };
    Some(Identifier { kind, value, verdict })
}

/// Letters and digits only, upper case.
fn compact(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

fn as_written(text: &str) -> (String, Verdict) {
    (text.to_owned(), Verdict::BadFormat)
}

fn verdict(right: bool) -> Verdict {
    if right { Verdict::Valid } else { Verdict::BadCheck }
}

fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|c| c.to_digit(10)).collect()
}

/// Ten digits; the weighted sum of all ten (10 … 1) is a multiple of 11.
fn nhs(text: &str) -> (String, Verdict) {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    match digits(&plain) {
        // Ten zeros pass the sum, and are what offices type when they have no number.
        Some(all) if all.len() == 10 && all.iter().any(|digit| *digit != 0) => {
            let sum: u32 = all.iter().zip((1..=10).rev()).map(|(digit, weight)| digit * weight).sum();
            (plain, verdict(sum.is_multiple_of(11)))
        }
        _ => as_written(text),
    }
}

/// Thirteen characters: check letter, then twelve digits, the last of which is a letter in a temporary number.
fn upn(text: &str) -> (String, Verdict) {
    let plain = compact(text);
    let bytes = plain.as_bytes();
    let [check, body @ .., last] = bytes else { return as_written(text) };
    let letter =
        |byte: u8| UPN_LETTERS.iter().position(|known| *known == byte).and_then(|at| u32::try_from(at).ok());
    if bytes.len() != 13 || letter(*check).is_none() || !body.iter().all(u8::is_ascii_digit) {
        return as_written(text);
    }
    let temporary = !last.is_ascii_digit();
    let value = if temporary { letter(*last) } else { Some(u32::from(last - b'0')) };
    let Some(value) = value else { return as_written(text) };
    let authority = body.iter().take(3).fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    if !(201..=999).contains(&authority) {
        return as_written(text);
    }
    let values = body.iter().map(|digit| u32::from(digit - b'0')).chain([value]);
    let sum: u32 = values.zip(2..).map(|(value, weight)| value * weight).sum();
    let right = letter(*check) == Some(sum % 23);
    let verdict = if right && temporary { Verdict::Temporary } else { verdict(right) };
    (plain, verdict)
}

fn pnc_letter(year: u64, serial: u64, width: u32) -> Option<u8> {
    let key = year * 10_u64.pow(width) + serial;
    PNC_LETTERS.get(usize::try_from(key % 23).ok()?).copied()
}

/// `YYYY/NNNNNNNL` or the short form `YY/N…L`, with or without the slash.
fn pnc(text: &str, this_year: i16) -> (String, Verdict) {
    let tight: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let Some((year, serial, letter)) = pnc_parts(&tight) else { return as_written(text) };
    let full = match year {
        0..=99 => {
            let this = u64::try_from(this_year).unwrap_or(2000);
            if 2000 + year <= this { 2000 + year } else { 1900 + year }
        }
        1900..=2099 => year,
        _ => return as_written(text),
    };
    let right = pnc_letter(full % 100, serial, 7) == Some(letter);
    (format!("{full:04}/{serial:07}{}", char::from(letter)), verdict(right))
}

fn pnc_parts(tight: &str) -> Option<(u64, u64, u8)> {
    let letter = tight.bytes().last().filter(u8::is_ascii_uppercase)?;
    let body = tight.get(..tight.len() - 1)?;
    let (year, serial) = match body.split_once('/') {
        Some(parts) => parts,
        // Without a slash the long form has four digits of year, the short one two.
        None if body.len() == 11 => body.split_at_checked(4)?,
        None => body.split_at_checked(2)?,
    };
    let right_size = (year.len() == 2 || year.len() == 4) && (1..=7).contains(&serial.len());
    let numeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !right_size || !numeric(year) || !numeric(serial) || !PNC_LETTERS.contains(&letter) {
        return None;
    }
    Some((year.parse().ok()?, serial.parse().ok()?, letter))
}

/// `NNNNNN/YYL`, or the file form `SFYY/NNNNNNL` whose serial is not padded.
fn cro(text: &str) -> (String, Verdict) {
    let tight: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    match cro_parts(&tight) {
        Some((year, serial, letter, file)) => {
            let serial_digits = serial.trim_start_matches('0');
            let width = if file { u32::try_from(serial.len()).unwrap_or(6) } else { 6 };
            let number = serial_digits.parse().unwrap_or(0);
            let right = pnc_letter(year, number, width) == Some(letter);
            let letter = char::from(letter);
            let value = if file {
                format!("SF{year:02}/{serial}{letter}")
            } else {
                format!("{number:06}/{year:02}{letter}")
            };
            (value, verdict(right))
        }
        None => as_written(text),
    }
}

fn cro_parts(tight: &str) -> Option<(u64, &str, u8, bool)> {
    let letter = tight.bytes().last().filter(|letter| PNC_LETTERS.contains(letter))?;
    let (left, right) = tight.get(..tight.len() - 1)?.split_once('/')?;
    let (year, serial, file) = match left.strip_prefix("SF") {
        Some(year) => (year, right, true),
        None => (right, left, false),
    };
    let numeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if year.len() != 2 || !(1..=6).contains(&serial.len()) || !numeric(year) || !numeric(serial) {
        return None;
    }
    Some((year.parse().ok()?, serial, letter, file))
}

/// `A1234BC`: no check digit.
fn noms(text: &str) -> (String, Verdict) {
    let plain = compact(text);
    let right = plain.len() == 7
        && plain.bytes().enumerate().all(|(at, byte)| {
            if (1..=4).contains(&at) { byte.is_ascii_digit() } else { byte.is_ascii_uppercase() }
        });
    if right { (plain, Verdict::Valid) } else { as_written(text) }
}

/// A postcode in its normal form (`HD18 3BE`); `None` when the text is not one.
#[must_use]
pub fn postcode(text: &str) -> Option<String> {
    let plain = compact(text);
    if !(5..=7).contains(&plain.len()) || plain.len() < text.chars().filter(|c| c.is_alphanumeric()).count() {
        return None;
    }
    let (outward, inward) = plain.split_at_checked(plain.len() - 3)?;
    (is_inward(inward.as_bytes()) && is_outward(outward.as_bytes())).then(|| format!("{outward} {inward}"))
}

fn is_inward(inward: &[u8]) -> bool {
    let unit = |byte: u8| byte.is_ascii_uppercase() && !b"CIKMOV".contains(&byte);
    matches!(inward, [sector, a, b] if sector.is_ascii_digit() && unit(*a) && unit(*b))
}

fn is_outward(outward: &[u8]) -> bool {
    let first = |byte: u8| byte.is_ascii_uppercase() && !b"QVX".contains(&byte);
    let second = |byte: u8| byte.is_ascii_uppercase() && !b"IJZ".contains(&byte);
    let digit = |byte: u8| byte.is_ascii_digit();
    match *outward {
        [b'G', b'I', b'R'] => true,
        [a, d] => first(a) && digit(d),
        [a, d, e] if digit(d) => first(a) && (digit(e) || b"ABCDEFGHJKPSTUW".contains(&e)),
        [a, b, d] => first(a) && second(b) && digit(d),
        [a, b, d, e] => first(a) && second(b) && digit(d) && (digit(e) || b"ABEHMNPRVWXY".contains(&e)),
        _ => false,
    }
}

/// A telephone number as digits with `+44` written as `0`; `None` when it is no number or a placeholder.
#[must_use]
pub fn phone(text: &str) -> Option<String> {
    let mut digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if text.chars().filter(|c| c.is_alphabetic()).count() > 3 {
        return None;
    }
    let international = text.trim_start().starts_with('+') || digits.starts_with("0044");
    if let Some(rest) =
        digits.strip_prefix("0044").or_else(|| international.then(|| digits.strip_prefix("44"))?)
    {
        digits = format!("0{}", rest.trim_start_matches('0'));
    } else if digits.len() == 12 && digits.starts_with("447") {
        digits = format!("0{}", digits.get(2..).unwrap_or_default());
    } else if digits.len() == 10 && !digits.starts_with('0') {
        // A spreadsheet took the leading zero.
        digits = format!("0{digits}");
    }
    let distinct = digits.bytes().skip(1).collect::<std::collections::BTreeSet<_>>().len();
    ((10..=13).contains(&digits.len()) && distinct > 2).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use IdentifierKind::{Cro, Nhs, Noms, Pnc, Upn};
    use Verdict::{BadCheck, BadFormat, Temporary, Valid};

    #[track_caller]
    fn expect(kind: IdentifierKind, text: &str, value: &str, verdict: Verdict) {
        let found = check(kind, text, 2026).unwrap();
        assert_eq!((found.value.as_str(), found.verdict), (value, verdict), "{text}");
    }

    #[test]
    fn nhs_numbers_of_the_handbook() {
        expect(Nhs, "943 476 5870", "9434765870", Valid);
        expect(Nhs, "943 476 5871", "9434765871", BadCheck);
        for text in ["4857773457", "4010232137", "9900000005", "9999999999"] {
            expect(Nhs, text, text, Valid);
        }
        for last in 0..=9 {
            let text = format!("123456789{last}");
            expect(Nhs, &text, &text, BadCheck);
        }
        expect(Nhs, "94347658", "94347658", BadFormat);
        expect(Nhs, "0000000000", "0000000000", BadFormat);
    }

    #[test]
    fn pupil_numbers_of_the_handbook() {
        expect(Upn, "B801200005001", "B801200005001", Valid);
        expect(Upn, " b801200005001", "B801200005001", Valid);
        expect(Upn, "A801200005001", "A801200005001", BadCheck);
        expect(Upn, "E000200005001", "E000200005001", BadFormat);
        expect(Upn, "A80120000501A", "A80120000501A", Temporary);
        expect(Upn, "UN1", "UN1", BadFormat);
    }

    #[test]
    fn pnc_ids_of_the_handbook() {
        expect(Pnc, "1979/0163001B", "1979/0163001B", Valid);
        expect(Pnc, "2002/0073319Z", "2002/0073319Z", Valid);
        expect(Pnc, "81/34U", "1981/0000034U", Valid);
        expect(Pnc, "00/223R", "2000/0000223R", Valid);
        expect(Pnc, "033Y", "2003/0000003Y", Valid);
        expect(Pnc, "67/9893091D", "1967/9893091D", Valid);
        expect(Pnc, "2001/0171310S", "2001/0171310S", BadFormat);
        expect(Pnc, "20120052494O", "20120052494O", BadFormat);
        expect(Pnc, "1979/0163001C", "1979/0163001C", BadCheck);
    }

    #[test]
    fn cro_numbers_of_the_handbook() {
        expect(Cro, "065656/91H", "065656/91H", Valid);
        expect(Cro, "SF05/482703J", "SF05/482703J", Valid);
        expect(Cro, "SF83/50058Z", "SF83/50058Z", Valid);
        expect(Cro, "85227/65G", "085227/65G", BadCheck);
    }

    #[test]
    fn prison_numbers_have_a_shape_and_no_check() {
        expect(Noms, "a1234bc", "A1234BC", Valid);
        expect(Noms, "A12345B", "A12345B", BadFormat);
    }

    #[test]
    fn postcodes_of_the_handbook() {
        let right = ["EC1A 1BB", "W1A 0AX", "M1 1AE", "DN55 1PT", "N1C 4AG", "GIR 0AA", "HD18 3BE"];
        for text in right {
            assert_eq!(postcode(&text.replace(' ', "").to_lowercase()).as_deref(), Some(text));
        }
        for text in ["QA1 1AA", "M1 1CE", "", "Z99", "12 High Street", "HD18 3BE, Millbeck"] {
            assert_eq!(postcode(text), None, "{text}");
        }
    }

    #[test]
    fn phones_have_one_form() {
        for text in [
            "+44 7465 507859",
            "00447465507859",
            "07465 507859",
            "447465507859",
            "7465507859",
            "+44(0)7465507859",
        ] {
            assert_eq!(phone(text).as_deref(), Some("07465507859"), "{text}");
        }
        for text in ["", "n/a", "00000000000", "07777777777", "12345", "ask mum 07465507859"] {
            assert_eq!(phone(text), None, "{text}");
        }
    }

    #[test]
    fn nothing_panics_on_odd_text() {
        for kind in [Nhs, Upn, Pnc, Cro, Noms] {
            for text in ["é", "É/É", "/", "SF/Z", "0", "ß1234567890é", "１２３４５６７８９０"]
            {
                assert!(check(kind, text, 2026).is_some());
            }
        }
        assert_eq!(postcode("ÀB1 1AA"), None);
    }
}
