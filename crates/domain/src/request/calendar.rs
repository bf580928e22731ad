//! When a time box runs out: minutes and hours by the clock, days by the days on which offices work.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How long something may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// Minutes by the clock.
    Minutes(u32),
    /// Hours by the clock, nights included.
    Hours(u32),
    /// Days on which offices work: until the same time of day.
    WorkingDays(u32),
}

impl Default for Within {
    fn default() -> Self {
        Self::WorkingDays(1)
    }
}

impl std::fmt::Display for Within {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (count, unit) = match self {
            Self::Minutes(n) => (n, "minute"),
            Self::Hours(n) => (n, "hour"),
            Self::WorkingDays(n) => (n, "working day"),
        };
        write!(f, "{count} {unit}{}", if *count == 1 { "" } else { "s" })
    }
}

/// Why a calendar could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct CalendarError {
    file: String,
    reason: String,
}

/// The days on which offices do not work besides weekends, and how long a copy may be opened. What a partnership sets.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    version: u32,
    copy_days: u32,
    bank_holidays: BTreeSet<String>,
    #[serde(skip)]
    closed: BTreeSet<Date>,
}

impl Calendar {
    /// The calendar that is built in.
    ///
    /// # Errors
    /// [`CalendarError`] where it cannot be read.
    pub fn built_in() -> Result<Self, CalendarError> {
        Self::from_toml("area/requests.toml", include_str!("../../../../area/requests.toml"))
    }

    /// Reads a calendar.
    ///
    /// # Errors
    /// [`CalendarError`] says which setting, what was found and what was expected.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, CalendarError> {
        let wrong = |reason: String| CalendarError { file: file.to_owned(), reason };
        let mut calendar: Self = toml::from_str(text).map_err(|e| wrong(e.to_string()))?;
        if calendar.version != 1 {
            return Err(wrong(format!("version: {} was found, 1 was expected", calendar.version)));
        }
        if !(1..=366).contains(&calendar.copy_days) {
            return Err(wrong(format!(
                "copy_days: {} was found, a number of days from 1 to 366 was expected",
                calendar.copy_days
            )));
        }
        for day in &calendar.bank_holidays {
            let day = day.parse().map_err(|_| {
                wrong(format!("bank_holidays: `{day}` was found, a day as \"2026-12-25\" was expected"))
            })?;
            calendar.closed.insert(day);
        }
        Ok(calendar)
    }

    /// When a time box that began then is over.
    #[must_use]
    pub fn over(&self, from: Timestamp, within: Within) -> Timestamp {
        match within {
            Within::Minutes(n) => later(from, i64::from(n) * 60),
            Within::Hours(n) => later(from, i64::from(n) * 60 * 60),
            Within::WorkingDays(n) => self.working_days_after(from, n),
        }
    }

    /// Until when a copy may be opened that was granted then.
    #[must_use]
    pub fn copy_until(&self, from: Timestamp) -> Timestamp {
        later(from, i64::from(self.copy_days) * 24 * 60 * 60)
    }

    /// The day that is so many working days later.
    #[must_use]
    pub fn working_day_after(&self, from: Date, days: u32) -> Date {
        let noon = from.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).map(|at| at.timestamp());
        noon.map_or(from, |noon| local(self.working_days_after(noon, days)).date())
    }

    /// The same time of day, so many working days later.
    fn working_days_after(&self, from: Timestamp, days: u32) -> Timestamp {
        // No run of days without work is longer than this; a calendar that closes every day ends nothing for ever.
        const LONGEST_BREAK: u32 = 14;
        let began = local(from);
        let mut day = began.clone();
        let (mut left, mut steps) = (days, 0);
        while left > 0 && steps < days.saturating_add(1).saturating_mul(LONGEST_BREAK) {
            let Ok(next) = day.checked_add(1.day()) else { return Timestamp::MAX };
            day = next;
            steps += 1;
            if self.is_working_day(day.date()) {
                left -= 1;
            }
        }
        day.timestamp()
    }

    fn is_working_day(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.closed.contains(&day)
    }
}

fn later(from: Timestamp, seconds: i64) -> Timestamp {
    from.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// A moment in the United Kingdom. The rule of summer time is written out, so no files of time zones are needed.
#[must_use]
pub fn local(at: Timestamp) -> Zoned {
    at.to_zoned(TimeZone::posix("GMT0BST,M3.5.0/1,M10.5.0").unwrap_or(TimeZone::UTC))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(from: &str, within: Within) -> String {
        Calendar::built_in().unwrap().over(from.parse().unwrap(), within).to_string()
    }

    #[test]
    fn minutes_and_hours_go_by_the_clock() {
        assert_eq!(over("2026-11-21T23:50:00Z", Within::Minutes(15)), "2026-11-22T00:05:00Z");
        assert_eq!(over("2026-11-21T22:00:00Z", Within::Hours(4)), "2026-11-22T02:00:00Z");
    }

    #[test]
    fn a_working_day_passes_over_weekends_and_bank_holidays() {
        for (from, to) in [
            ("2026-11-19T14:00:00Z", "2026-11-20T14:00:00Z"),
            ("2026-11-20T14:00:00Z", "2026-11-23T14:00:00Z"),
            ("2026-11-21T09:30:00Z", "2026-11-23T09:30:00Z"),
            // Christmas Day is a Friday, the day for Boxing Day a Monday.
            ("2026-12-24T16:00:00Z", "2026-12-29T16:00:00Z"),
            // The clocks go back on 25 October 2026: still the same time of day.
            ("2026-10-23T13:00:00Z", "2026-10-26T14:00:00Z"),
        ] {
            assert_eq!(over(from, Within::WorkingDays(1)), to, "{from}");
        }
    }

    #[test]
    fn a_calendar_that_closes_every_day_still_ends() {
        let mut calendar = Calendar::built_in().unwrap();
        let first: Date = "2026-11-01".parse().unwrap();
        calendar.closed = first.series(1.day()).take(400).collect();
        let from = "2026-11-02T09:00:00Z".parse().unwrap();
        assert!(calendar.over(from, Within::WorkingDays(1)) > from);
    }

    #[test]
    fn a_wrong_calendar_says_where_and_what() {
        let said = |text: &str| Calendar::from_toml("x.toml", text).unwrap_err().to_string();
        assert!(said("version = 1\ncopy_days = 0\nbank_holidays = []").contains("copy_days: 0 was found"));
        assert!(said("version = 1\ncopy_days = 9\nbank_holidays = [\"May\"]").contains("`May` was found"));
        assert!(said("version = 2\ncopy_days = 9\nbank_holidays = []").contains("version: 2"));
        assert!(said("versio = 1").contains("x.toml"));
    }
}
