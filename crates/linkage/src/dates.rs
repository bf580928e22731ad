//! Compares dates of birth, ages and expected dates, knowing how dates go wrong when they are written down.

use serde::{Deserialize, Serialize};

use crate::levels::{NOTHING, born};

/// Days in a year, on average.
const YEAR: f64 = 365.25;
/// How far from the date expected a child may be born, in days.
const TERM: i32 = 30;

/// Years apart from which two namesakes are likelier parent and child than one person.
const GENERATION: i32 = 13;

/// A date of birth or an expected date; month or day 0 where not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Birth {
    pub(crate) year: i16,
    pub(crate) month: i8,
    pub(crate) day: i8,
    pub(crate) expected: bool,
}

/// Days since 1970 between which somebody was born.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Span {
    pub(crate) from: i32,
    pub(crate) to: i32,
}

impl Birth {
    /// From what a record says. `None` when it is not a date somebody living can have.
    pub(crate) fn read(born: crate::record::Born, expected: bool) -> Option<Self> {
        // 1 January 1900 is what a program writes where nobody knows.
        let unknown = born.year == 1900 && born.month.unwrap_or(1) == 1 && born.day.unwrap_or(1) == 1;
        if unknown || !(1870..=2200).contains(&born.year) {
            return None;
        }
        // A month 17 or a day 81 is a slip of the pen and can still agree but for one figure.
        let month = born.month.filter(|m| (1..=99).contains(m)).unwrap_or(0);
        let day = if month == 0 { 0 } else { born.day.filter(|d| (1..=99).contains(d)).unwrap_or(0) };
        Some(Self { year: born.year, month, day, expected })
    }

    pub(crate) fn whole(self) -> bool {
        self.month != 0 && self.day != 0
    }

    fn new_year(self) -> bool {
        self.month == 1 && self.day == 1
    }

    /// Days since 1970; the middle of what is not known.
    pub(crate) fn days(self) -> i32 {
        let month = if self.month == 0 { 7 } else { self.month };
        let day = if self.day == 0 { 15 } else { self.day };
        let (y, m) = (i32::from(self.year), i32::from(month));
        let y = if m <= 2 { y - 1 } else { y };
        let era = y.div_euclid(400);
        let of_era = y.rem_euclid(400);
        let of_year = (153 * ((m + 9) % 12) + 2) / 5 + i32::from(day) - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// How two dates compare.
    pub(crate) fn compare(self, other: Self) -> u8 {
        if self.expected || other.expected {
            return if (self.days() - other.days()).abs() <= TERM {
                born::EXPECTED
            } else {
                born::NOT_EXPECTED
            };
        }
        if self.whole() && other.whole() {
            return self.compare_whole(other);
        }
        let months_fit = self.month == 0 || other.month == 0 || self.month == other.month;
        match (i32::from(self.year) - i32::from(other.year)).abs() {
            0 if months_fit => born::YEAR,
            0 | 1 => born::NEAR,
            years if years >= GENERATION => born::GENERATION,
            _ => born::DIFFERENT,
        }
    }

    fn compare_whole(self, other: Self) -> u8 {
        if self == other {
            return if self.new_year() { born::NEW_YEAR } else { born::EXACT };
        }
        let years = (i32::from(self.year) - i32::from(other.year)).abs();
        if years == 0 && self.day == other.month && self.month == other.day {
            return born::SWAPPED;
        }
        if years == 0 && (self.new_year() || other.new_year()) {
            return born::YEAR;
        }
        // The day before or after, whatever the month: programs that keep a date as midnight in another time zone.
        if self.one_figure(other) || (years <= 1 && (self.days() - other.days()).abs() == 1) {
            return born::DIGIT;
        }
        // 1 January is what is written when only an age was guessed.
        let guessed = self.new_year() || other.new_year();
        match years {
            0 => born::YEAR,
            1 => born::NEAR,
            2 if guessed => born::NEAR,
            years if years >= GENERATION => born::GENERATION,
            _ => born::DIFFERENT,
        }
    }

    /// One of day, month and year differs, by one figure or two exchanged ones; or day or month by one.
    fn one_figure(self, other: Self) -> bool {
        let same_year = self.year == other.year;
        let same_month = self.month == other.month;
        let same_day = self.day == other.day;
        if same_year && same_month {
            return slip(i32::from(self.day), i32::from(other.day)) || (self.day - other.day).abs() == 1;
        }
        if same_year && same_day {
            return slip(i32::from(self.month), i32::from(other.month))
                || (self.month - other.month).abs() == 1;
        }
        same_month && same_day && slip(i32::from(self.year), i32::from(other.year))
    }
}

/// Whether two numbers of up to four figures differ in one figure or have two neighbours exchanged.
fn slip(a: i32, b: i32) -> bool {
    let figures = |n: i32| [n / 1000 % 10, n / 100 % 10, n / 10 % 10, n % 10];
    let (x, y) = (figures(a), figures(b));
    let different = x.iter().zip(&y).filter(|(p, q)| p != q).count();
    if different <= 1 {
        return true;
    }
    let swapped = x.windows(2).zip(y.windows(2)).any(|(p, q)| p.iter().eq(q.iter().rev()) && p != q);
    different == 2 && swapped
}

impl Span {
    /// Somebody of this age in years on a day.
    pub(crate) fn of_age(years: u8, day: i32) -> Self {
        let days = |years: f64| rounded(years * YEAR);
        Self { from: day - days(f64::from(years) + 1.0), to: day - days(f64::from(years)) }
    }

    /// Somebody under 18 (`child`) or not on a day.
    pub(crate) fn of_stage(child: bool, day: i32) -> Self {
        let grown = day - rounded(18.0 * YEAR);
        if child { Self { from: grown, to: day + 300 } } else { Self { from: grown - 50_000, to: grown } }
    }

    fn apart(self, other: Self) -> i32 {
        (self.from - other.to).max(other.from - self.to).max(0)
    }

    /// Compares ages with ages or dates of birth, told as spans.
    pub(crate) fn compare_age(self, other: Self) -> u8 {
        match self.apart(other) {
            0..=40 => born::AGE,
            41..=400 => born::AGE_NEAR,
            _ => born::AGE_DIFFERENT,
        }
    }

    /// Compares what is known of childhood and adulthood; two years either way prove nothing.
    pub(crate) fn compare_stage(self, other: Self) -> u8 {
        if self.apart(other) > 700 { born::STAGE_DIFFERENT } else { NOTHING }
    }
}

impl From<Birth> for Span {
    fn from(birth: Birth) -> Self {
        let days = birth.days();
        let slack = match (birth.month, birth.day) {
            (0, _) => 183,
            (_, 0) => 16,
            _ => 0,
        };
        Self { from: days - slack, to: days + slack }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a few hundred years in days fit")]
fn rounded(days: f64) -> i32 {
    days.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i16, month: i8, day: i8) -> Birth {
        Birth { year, month, day, expected: false }
    }

    #[test]
    fn the_ways_a_date_goes_wrong_are_told_apart() {
        let d = date(1994, 3, 12);
        for (other, level) in [
            (date(1994, 3, 12), born::EXACT),
            (date(1994, 12, 3), born::SWAPPED),
            (date(1994, 3, 21), born::DIGIT),
            (date(1949, 3, 12), born::DIGIT),
            (date(1984, 3, 12), born::DIGIT),
            (date(1994, 3, 13), born::DIGIT),
            (date(1994, 0, 0), born::YEAR),
            (date(1994, 1, 1), born::YEAR),
            (date(1995, 7, 2), born::NEAR),
            (date(1987, 7, 2), born::DIFFERENT),
            (date(1971, 7, 2), born::GENERATION),
        ] {
            assert_eq!(d.compare(other), level, "{other:?}");
            assert_eq!(other.compare(d), level, "{other:?}");
        }
        assert_eq!(date(1990, 1, 1).compare(date(1990, 1, 1)), born::NEW_YEAR);
        assert_eq!(date(1989, 12, 31).compare(date(1990, 1, 1)), born::DIGIT);
        assert_eq!(date(1994, 2, 28).compare(date(1994, 3, 1)), born::DIGIT);
    }

    #[test]
    fn a_child_born_about_when_expected_fits() {
        let expected = Birth { expected: true, ..date(2025, 3, 1) };
        assert_eq!(expected.compare(date(2025, 2, 17)), born::EXPECTED);
        assert_eq!(expected.compare(date(2024, 2, 17)), born::NOT_EXPECTED);
    }

    #[test]
    fn days_count_from_1970() {
        assert_eq!(date(1970, 1, 1).days(), 0);
        assert_eq!(date(2000, 3, 1).days(), 11_017);
    }

    #[test]
    fn ages_are_compared_with_dates() {
        let day = date(2025, 6, 1).days();
        assert_eq!(Span::of_age(13, day).compare_age(date(2012, 1, 20).into()), born::AGE);
        assert_eq!(Span::of_age(13, day).compare_age(date(2011, 1, 20).into()), born::AGE_NEAR);
        assert_eq!(Span::of_age(13, day).compare_age(date(2005, 1, 20).into()), born::AGE_DIFFERENT);
        assert_eq!(Span::of_stage(true, day).compare_stage(date(1980, 1, 1).into()), born::STAGE_DIFFERENT);
        assert_eq!(Span::of_stage(false, day).compare_stage(date(1980, 1, 1).into()), NOTHING);
    }
}
