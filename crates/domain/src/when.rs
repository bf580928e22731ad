//! A time as people record it: to the minute, or only "summer of 2024". It is its own file because every
//! rule compares such times, and treating a year as 1 January has hidden risk before.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

/// How much of a [`When`] was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// Only the year.
    Year,
    /// Year and month.
    Month,
    /// A calendar day.
    Day,
    /// A day and a time, to the minute.
    Minute,
}

/// A local UK time with the precision it was recorded in.
///
/// Written `2024`, `2024-07`, `2024-07-19` or `2024-07-19T21:40`. Ordered by its earliest possible moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct When {
    start: DateTime,
    precision: Precision,
}

/// A text that is not a [`When`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a date; expected YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDTHH:MM")]
pub struct NotADate(pub String);

impl When {
    /// A whole day.
    #[must_use]
    pub fn day(date: Date) -> Self {
        Self { start: date.at(0, 0, 0, 0), precision: Precision::Day }
    }

    /// A moment, to the minute; seconds are dropped.
    #[must_use]
    pub fn minute(at: DateTime) -> Self {
        let start = at.date().at(at.hour(), at.minute(), 0, 0);
        Self { start, precision: Precision::Minute }
    }

    /// A month of a year; `None` when there is no such month.
    #[must_use]
    pub fn month(year: i16, month: i8) -> Option<Self> {
        let start = Date::new(year, month, 1).ok()?.at(0, 0, 0, 0);
        Some(Self { start, precision: Precision::Month })
    }

    /// A year; `None` outside the calendar.
    #[must_use]
    pub fn year(year: i16) -> Option<Self> {
        let start = Date::new(year, 1, 1).ok()?.at(0, 0, 0, 0);
        Some(Self { start, precision: Precision::Year })
    }

    /// The earliest moment it can mean.
    #[must_use]
    pub fn earliest(self) -> DateTime {
        self.start
    }

    /// The first day it can mean.
    #[must_use]
    pub fn first_day(self) -> Date {
        self.start.date()
    }

    /// The last day it can mean.
    #[must_use]
    pub fn last_day(self) -> Date {
        let first = self.first_day();
        match self.precision {
            Precision::Year => first.last_of_year(),
            Precision::Month => first.last_of_month(),
            Precision::Day | Precision::Minute => first,
        }
    }

    /// How much was recorded.
    #[must_use]
    pub fn precision(self) -> Precision {
        self.precision
    }
}

impl schemars::JsonSchema for When {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "When".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "Local UK time with the precision it was recorded in",
            "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2})?)?)?$",
        })
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let d = self.start;
        match self.precision {
            Precision::Year => write!(f, "{:04}", d.year()),
            Precision::Month => write!(f, "{:04}-{:02}", d.year(), d.month()),
            Precision::Day => write!(f, "{}", d.date()),
            Precision::Minute => write!(f, "{}T{:02}:{:02}", d.date(), d.hour(), d.minute()),
        }
    }
}

impl FromStr for When {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        let wrong = || NotADate(text.to_owned());
        match text.len() {
            4 => text.parse().ok().and_then(Self::year).ok_or_else(wrong),
            7 => {
                let (year, month) = text.split_once('-').ok_or_else(wrong)?;
                let (year, month) = (year.parse().map_err(|_| wrong())?, month.parse().map_err(|_| wrong())?);
                Self::month(year, month).ok_or_else(wrong)
            }
            10 => text.parse().map(Self::day).map_err(|_| wrong()),
            16 => text.parse().map(Self::minute).map_err(|_| wrong()),
            _ => Err(wrong()),
        }
    }
}

impl TryFrom<String> for When {
    type Error = NotADate;

    fn try_from(text: String) -> Result<Self, NotADate> {
        text.parse()
    }
}

impl From<When> for String {
    fn from(when: When) -> Self {
        when.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_precision_it_was_given() {
        for text in ["2024", "2024-07", "2024-07-19", "2024-07-19T21:40"] {
            assert_eq!(text.parse::<When>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_month_ends_on_its_last_day() {
        assert_eq!("2024-02".parse::<When>().unwrap().last_day(), Date::constant(2024, 2, 29));
    }

    #[test]
    fn refuses_what_is_not_a_date() {
        for text in ["", "2024-13", "2024-02-30", "31/12/2024", "20é4"] {
            assert!(text.parse::<When>().is_err(), "{text}");
        }
    }
}
