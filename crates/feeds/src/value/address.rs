//! Addresses as written: tidied, the postcode in its one form, words that stand for an address recognised.

use throughline_domain::identifier::postcode;
use throughline_domain::record::Address;

use crate::mapping::words::Words;
use crate::value::phrase::tidy;

/// What a row says about where somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// An address.
    Address(Address),
    /// Words that stand for an address somebody asked to be kept.
    Withheld(Address),
    /// Nothing.
    Nothing,
}

/// Reads an address and a postcode.
#[must_use]
pub fn read(lines: &str, code: &str, uprn: &str, words: &Words) -> Written {
    let mut lines = tidy_lines(lines);
    let mut normal = postcode(code).unwrap_or_default();
    if normal.is_empty() && !code.is_empty() && !words.is_no_address(code) && !words.is_withheld(code) {
        // Not a postcode, but it may be all that was told of the place.
        lines = tidy_lines(&format!("{lines}, {code}"));
    }
    if normal.is_empty()
        && let Some((rest, found)) = postcode_at_end(&lines)
    {
        (lines, normal) = (rest, found);
    }
    if words.is_withheld(&lines) || (lines.is_empty() && words.is_withheld(code)) {
        return Written::Withheld(Address { lines, postcode: normal, uprn: None });
    }
    if words.is_no_address(&lines) {
        lines.clear();
    }
    let digits = uprn.trim().trim_start_matches('0');
    let uprn = (!digits.is_empty() && digits.len() <= 12 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| digits.to_owned());
    if lines.is_empty() && normal.is_empty() && uprn.is_none() {
        return Written::Nothing;
    }
    Written::Address(Address { lines, postcode: normal, uprn })
}

fn tidy_lines(text: &str) -> String {
    let parts: Vec<String> = text.split([',', '\n']).map(tidy).filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

fn postcode_at_end(lines: &str) -> Option<(String, String)> {
    let words: Vec<&str> = lines.split(' ').collect();
    [2, 1].into_iter().find_map(|count| {
        let (rest, last) = words.split_at_checked(words.len().checked_sub(count)?)?;
        let found = postcode(&last.concat())?;
        Some((rest.join(" ").trim_end_matches([',', ' ']).to_owned(), found))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::words::built_in;

    fn plain(lines: &str, code: &str) -> (String, String) {
        match read(lines, code, "", &built_in()) {
            Written::Address(address) => (address.lines, address.postcode),
            other => (format!("{other:?}"), String::new()),
        }
    }

    #[test]
    fn tidies_and_finds_the_postcode() {
        let whole = ("12 Forge Drive, Hollinsett".to_owned(), "HX12 9UQ".to_owned());
        assert_eq!(plain(" 12  Forge Drive ,Hollinsett,", "hx129uq"), whole);
        assert_eq!(plain("12 Forge Drive, Hollinsett, HX12 9UQ", ""), whole);
        assert_eq!(plain("12 Forge Drive, Hollinsett HX129UQ", ""), whole);
        assert_eq!(plain("12 Forge Drive", "HX12"), ("12 Forge Drive, HX12".to_owned(), String::new()));
    }

    #[test]
    fn tells_withheld_from_nothing() {
        let words = built_in();
        assert!(matches!(read("c/o Women's Aid", "", "", &words), Written::Withheld(_)));
        assert!(matches!(read("ADDRESS WITHHELD", "", "", &words), Written::Withheld(_)));
        assert_eq!(read("NFA", "", "", &words), Written::Nothing);
        assert_eq!(read("", "", "abc", &words), Written::Nothing);
    }

    #[test]
    fn keeps_the_property_number_without_leading_zeros() {
        let Written::Address(address) = read("", "", "000100088688637", &built_in()) else { panic!() };
        assert_eq!(address.uprn.as_deref(), Some("100088688637"));
    }
}
