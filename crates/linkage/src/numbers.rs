//! Compares the numbers that several agencies share. The same number is strong, a different one is not proof.

use crate::levels::{NOTHING, NUMBER_KINDS, number};
use crate::vocabulary::{Interner, one_slip};

/// A number somebody holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Held {
    /// Interned kind.
    pub(crate) kind: u32,
    /// Interned value.
    pub(crate) value: u32,
    pub(crate) valid: bool,
}

/// Which comparison a kind of number belongs to: its own, or the last one.
pub(crate) fn comparison_of(kind: &str) -> usize {
    NUMBER_KINDS.iter().position(|known| *known == kind).unwrap_or(NUMBER_KINDS.len())
}

/// Letters and figures only, upper case; empty for what cannot be a number.
pub(crate) fn tidy(value: &str) -> String {
    let out: String =
        value.chars().filter(|c| c.is_alphanumeric() || *c == '/').map(|c| c.to_ascii_uppercase()).collect();
    let mut figures = out.chars().filter(char::is_ascii_digit);
    let first = figures.next();
    let all_one = first.is_some() && figures.all(|c| Some(c) == first) && out.len() > 3;
    if first.is_none() || all_one { String::new() } else { out }
}

/// How the numbers of two people agree, among the kinds that count.
pub(crate) fn compare(a: &[Held], b: &[Held], values: &Interner, counts: impl Fn(u32) -> bool) -> u8 {
    let mut best = NOTHING;
    for x in a.iter().filter(|x| counts(x.kind)) {
        for y in b.iter().filter(|y| y.kind == x.kind) {
            let level = if x.value == y.value {
                number::SAME
            } else if one_slip(values.text(x.value), values.text(y.value)) {
                number::NEAR
            } else if x.valid && y.valid {
                number::DIFFERENT
            } else {
                number::UNCHECKED
            };
            best = best.min(level);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_agree_nearly_agree_or_differ() {
        let mut values = Interner::default();
        let mut held = |value: &str, valid| [Held { kind: 1, value: values.put(value), valid }];
        let (a, b, c, d) = (
            held("9434765919", true),
            held("9434765991", false),
            held("9000000009", true),
            held("1234", false),
        );
        assert_eq!(compare(&a, &a, &values, |_| true), number::SAME);
        assert_eq!(compare(&a, &b, &values, |_| true), number::NEAR);
        assert_eq!(compare(&a, &c, &values, |_| true), number::DIFFERENT);
        assert_eq!(compare(&a, &d, &values, |_| true), number::UNCHECKED);
        assert_eq!(compare(&a, &[], &values, |_| true), NOTHING);
    }

    #[test]
    fn what_cannot_be_a_number_is_left_out() {
        assert_eq!(tidy(" 943 476 5919 "), "9434765919");
        assert!(tidy("unknown").is_empty() && tidy("0000000000").is_empty());
    }
}
