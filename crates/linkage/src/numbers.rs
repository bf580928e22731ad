//! Compares the numbers that several agencies share. The same number is strong, a different one is not proof.

use serde::{Deserialize, Serialize};

use crate::levels::{NOTHING, NUMBER_KINDS, number};
use crate::table::Mix;
use crate::vocabulary::one_slip;

/// The most characters of a number that are kept; no number in use is longer.
const LONGEST: usize = 14;

/// Halves of a shorter number would say next to nothing.
const SHORTEST_HALVED: usize = 6;

/// A number somebody holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Held {
    /// Mark of its kind; only numbers of one kind are compared.
    kind: u16,
    /// The comparison it belongs to, among those of numbers.
    slot: u8,
    valid: bool,
    text: [u8; LONGEST],
}

impl Held {
    /// `None` for what cannot be a number.
    pub(crate) fn new(kind: &str, value: &str, valid: bool) -> Option<Self> {
        let mut value = tidy(value);
        if kind == "pnc" {
            value = short_pnc(&value).unwrap_or(value);
        }
        let mut text = [0; LONGEST];
        text.iter_mut().zip(value.bytes()).for_each(|(slot, byte)| *slot = byte);
        let slot = u8::try_from(comparison_of(kind)).unwrap_or(u8::MAX);
        let kind = (Mix::new(24).text(kind).done() & 0xffff) as u16;
        (!value.is_empty()).then_some(Self { kind, slot, valid, text })
    }

    fn text(&self) -> &[u8] {
        let end = self.text.iter().position(|byte| *byte == 0).unwrap_or(LONGEST);
        self.text.get(..end).unwrap_or_default()
    }

    /// Marks of its first and second half: a number with one slip in it keeps one of them. None of a short number.
    pub(crate) fn halves(&self) -> impl Iterator<Item = u64> + use<> {
        let text = self.text();
        let (first, second) = text.split_at_checked(text.len() / 2).unwrap_or_default();
        let long = text.len() >= SHORTEST_HALVED;
        let mark = |half: &[u8], which: u64| {
            let whole = half.iter().fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
            Mix::new(u64::from(self.kind)).with(which).with(whole).done()
        };
        [(mark(first, 1)), (mark(second, 2))].into_iter().filter(move |_| long)
    }

    /// A well spread number that depends on kind and value.
    pub(crate) fn mark(&self) -> u64 {
        let (high, low) = self.text.split_at(LONGEST / 2);
        let whole = |part: &[u8]| part.iter().fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
        Mix::new(u64::from(self.kind)).with(whole(high)).with(whole(low)).done()
    }
}

/// Which comparison a kind of number belongs to: its own, or the last one.
fn comparison_of(kind: &str) -> usize {
    NUMBER_KINDS.iter().position(|known| *known == kind).unwrap_or(NUMBER_KINDS.len())
}

/// A police number as forms write it short, `2021/0583479K` as `21/583479K`: systems print either.
fn short_pnc(value: &str) -> Option<String> {
    let (year, serial) = value.split_once('/')?;
    let year = year.get(year.len().checked_sub(2)?..)?;
    Some(format!("{year}/{}", serial.trim_start_matches('0')))
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

/// A note of somebody's numbers, one for each comparison: in little room enough to see of most that they differ by more
/// than a slip.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Traces {
    /// Which characters stand in the number an odd number of times, whether it is valid, and that there is one.
    notes: [u16; NUMBER_KINDS.len() + 1],
    /// There are several of one comparison.
    more: bool,
}

const THERE: u16 = 1 << 15;
const VALID: u16 = 1 << 14;

impl Traces {
    pub(crate) fn of(numbers: &[Held]) -> Self {
        let mut out = Self::default();
        for held in numbers {
            let Some(note) = out.notes.get_mut(usize::from(held.slot)) else { continue };
            out.more |= *note != 0;
            let odd = held.text().iter().fold(0u16, |odd, byte| odd ^ (1 << (byte % 14)));
            *note = THERE | odd | if held.valid { VALID } else { 0 };
        }
        out
    }

    /// The levels that each comparison of numbers can come out at, going by their notes. `None` where they say nothing.
    pub(crate) fn compare(&self, other: &Self) -> Option<[Option<Far>; NUMBER_KINDS.len() + 1]> {
        let any = |traces: &Self| traces.notes.iter().any(|note| *note != 0);
        if (self.more || other.more) && any(self) && any(other) {
            return None;
        }
        let mut out = [None; NUMBER_KINDS.len() + 1];
        for (slot, (a, b)) in out.iter_mut().zip(self.notes.iter().zip(&other.notes)) {
            if a & b & THERE != 0 {
                // A slip changes one character for another, or exchanges two, or loses one.
                let slip = ((a ^ b) & (VALID - 1)).count_ones() <= 2;
                *slot = Some(match a & b & VALID != 0 {
                    _ if slip => Far::Perhaps,
                    true => Far::Apart(number::DIFFERENT),
                    false => Far::Apart(number::UNCHECKED),
                });
            }
        }
        Some(out)
    }
}

/// How far apart two numbers are, going by notes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Far {
    /// They may be one.
    Perhaps,
    /// If they are of one kind, they come out at this level.
    Apart(u8),
}

/// How the numbers of two people agree, for each comparison of numbers.
pub(crate) fn compare(a: &[Held], b: &[Held]) -> [u8; NUMBER_KINDS.len() + 1] {
    let mut best = [NOTHING; NUMBER_KINDS.len() + 1];
    for x in a {
        for y in b.iter().filter(|y| y.kind == x.kind) {
            let level = if x.text == y.text {
                number::SAME
            } else if one_slip(x.text(), y.text()) {
                number::NEAR
            } else if x.valid && y.valid {
                number::DIFFERENT
            } else {
                number::UNCHECKED
            };
            if let Some(best) = best.get_mut(usize::from(x.slot)) {
                *best = level.min(*best);
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_agree_nearly_agree_or_differ() {
        let held = |value: &str, valid| [Held::new("nhs", value, valid).unwrap()];
        let (a, b, c, d) = (
            held("9434765919", true),
            held("9434765991", false),
            held("9000000009", true),
            held("1234", false),
        );
        assert_eq!(compare(&a, &a)[0], number::SAME);
        assert_eq!(compare(&a, &b)[0], number::NEAR);
        assert_eq!(compare(&a, &c)[0], number::DIFFERENT);
        assert_eq!(compare(&a, &d)[0], number::UNCHECKED);
        assert_eq!(compare(&a, &[])[0], NOTHING);
    }

    #[test]
    fn a_number_with_a_slip_keeps_one_of_its_halves() {
        let halves = |value: &str| Held::new("nhs", value, true).unwrap().halves().collect::<Vec<_>>();
        let whole = halves("9434765919");
        for other in ["9434765991", "9434756919", "4934765919"] {
            assert!(halves(other).iter().any(|half| whole.contains(half)), "{other}");
        }
        assert!(!halves("5919394347").iter().any(|half| whole.contains(half)));
        assert!(halves("12345").is_empty());
    }

    #[test]
    fn a_police_number_is_one_however_long_its_year_is_written() {
        let of = |value: &str| [Held::new("pnc", value, true).unwrap()];
        assert_eq!(compare(&of("2021/0583479K"), &of("21/583479K"))[2], number::SAME);
        assert_eq!(compare(&of("2021/0583479K"), &of("22/583479K"))[2], number::NEAR);
        assert_eq!(short_pnc("üa/1"), None);
    }

    #[test]
    fn what_cannot_be_a_number_is_left_out() {
        assert_eq!(tidy(" 943 476 5919 "), "9434765919");
        assert!(tidy("unknown").is_empty() && tidy("0000000000").is_empty());
    }
}
