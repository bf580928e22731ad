//! Comparing words as people type them: case, spaces and punctuation say nothing.

/// Letters and digits only, lower case: `Ex-Husband`, `ex husband` and `EX HUSBAND` are one word.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Lower case with single spaces between words and nothing else, one space at each end, so that a whole phrase
/// can be looked for with `contains`.
#[must_use]
pub fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(' ');
    for c in text.chars() {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if c != '\'' && c != '’' && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

/// Spaces trimmed and doubled ones made single; line breaks and no-break spaces count as spaces.
#[must_use]
pub fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_what_people_mean() {
        assert_eq!(plain("Ex-Husband "), plain("EX HUSBAND"));
        assert_eq!(spaced("Mother's  partner."), " mothers partner ");
        assert_eq!(tidy("  12  High\u{a0}Street\r\n"), "12 High Street");
    }
}
