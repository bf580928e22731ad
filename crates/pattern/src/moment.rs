//! When something happened: minutes as the clock on the wall counts them, so that ten million reports fit in memory.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

/// Minutes since 1 January 1970, 00:00, local time. Records of agencies name no time zone, and none is added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Moment(pub i64);

/// Minutes of a day.
pub const DAY: i64 = 24 * 60;

impl Moment {
    /// The moment of a date and time as written; seconds are dropped.
    pub fn of(written: DateTime) -> Self {
        let days = written.date().day_number();
        Self(days * DAY + i64::from(written.hour()) * 60 + i64::from(written.minute()))
    }

    /// Midnight at the beginning of a day.
    pub fn start_of(day: Date) -> Self {
        Self(day.day_number() * DAY)
    }

    /// So many days later.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(DAY)))
    }

    /// Days from `earlier` to this moment; negative when it is before.
    pub fn days_since(self, earlier: Self) -> f64 {
        self.0.saturating_sub(earlier.0) as f64 / DAY as f64
    }

    /// The day, where the calendar has one.
    pub fn day(self) -> Option<Date> {
        let days = i32::try_from(self.0.div_euclid(DAY)).ok()?;
        EPOCH.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
    }
}

const EPOCH: Date = Date::constant(1970, 1, 1);

trait DayNumber {
    fn day_number(self) -> i64;
}

impl DayNumber for Date {
    /// Days since 1 January 1970, by the rule of the Gregorian calendar (after H. Hinnant, "chrono-compatible low-level
    /// date algorithms"): counted without a span, because ten million of them are.
    fn day_number(self) -> i64 {
        let (year, month, day) = (i64::from(self.year()), i64::from(self.month()), i64::from(self.day()));
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (text, days) in
            [("1970-01-01", 0), ("1969-12-31", -1), ("2000-03-01", 11_017), ("2026-10-31", 20_757)]
        {
            let date: Date = text.parse().unwrap();
            assert_eq!(Moment::start_of(date).0, days * DAY, "{text}");
            assert_eq!(Moment::start_of(date).day(), Some(date));
        }
        let written: DateTime = "2026-10-31T23:59:59".parse().unwrap();
        assert_eq!(Moment::of(written).0, 20_757 * DAY + 23 * 60 + 59);
        assert_eq!(Moment::of(written).day(), Some(written.date()));
    }
}
