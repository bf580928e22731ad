//! Days and times as the agencies write them, without a clock or a time-zone database.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::{SpanRelativeTo, ToSpan, Unit};

/// `date` moved by `days`; stays put at the ends of the calendar.
pub(crate) fn plus(date: Date, days: i64) -> Date {
    date.saturating_add(days.clamp(-40_000, 40_000).days())
}

/// Days from `a` to `b`.
pub(crate) fn days(a: Date, b: Date) -> i64 {
    let span = b - a;
    span.total((Unit::Day, SpanRelativeTo::days_are_24_hours())).map_or(0, |days| days as i64)
}

/// `date` at so many minutes after midnight, which may run into the next days.
pub(crate) fn at(date: Date, minute: i64) -> DateTime {
    let day = plus(date, minute.div_euclid(1440));
    let minute = minute.rem_euclid(1440);
    day.at((minute / 60) as i8, (minute % 60) as i8, 0, 0)
}

/// `when` moved by minutes.
pub(crate) fn later(when: DateTime, minutes: i64) -> DateTime {
    at(when.date(), i64::from(when.hour()) * 60 + i64::from(when.minute()) + minutes)
}

/// Whole years of age on `day`.
pub(crate) fn age(born: Date, day: Date) -> i64 {
    let years = i64::from(day.year()) - i64::from(born.year());
    years - i64::from((day.month(), day.day()) < (born.month(), born.day()))
}

/// The first day of the school year in which `day` falls.
pub(crate) fn school_year(day: Date) -> Date {
    let year = if day.month() >= 9 { day.year() } else { day.year() - 1 };
    Date::new(year, 9, 3).unwrap_or(day)
}

/// `date` or the next working day after it.
pub(crate) fn working(date: Date) -> Date {
    match date.weekday() {
        Weekday::Saturday => plus(date, 2),
        Weekday::Sunday => plus(date, 1),
        _ => date,
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn month(date: Date) -> &'static str {
    MONTHS.get(usize::from(date.month().unsigned_abs()).saturating_sub(1)).copied().unwrap_or("Jan")
}

/// `04/11/2023`
pub(crate) fn slashes(d: Date) -> String {
    format!("{:02}/{:02}/{:04}", d.day(), d.month(), d.year())
}

/// `04/11/23`
pub(crate) fn slashes_short(d: Date) -> String {
    format!("{:02}/{:02}/{:02}", d.day(), d.month(), d.year().rem_euclid(100))
}

/// `04-11-2023`
pub(crate) fn dashes(d: Date) -> String {
    format!("{:02}-{:02}-{:04}", d.day(), d.month(), d.year())
}

/// `04-Nov-2023`
pub(crate) fn worded(d: Date) -> String {
    format!("{:02}-{}-{:04}", d.day(), month(d), d.year())
}

/// `04-Nov-23`
pub(crate) fn worded_short(d: Date) -> String {
    format!("{:02}-{}-{:02}", d.day(), month(d), d.year().rem_euclid(100))
}

/// `4 Nov 2023`
pub(crate) fn spaced(d: Date) -> String {
    format!("{} {} {:04}", d.day(), month(d), d.year())
}

/// `03:07`
pub(crate) fn clock(t: DateTime) -> String {
    format!("{:02}:{:02}", t.hour(), t.minute())
}

/// `2023-11-04T03:07:00+00:00`, with the offset of UK summer time where it applies.
pub(crate) fn iso_offset(t: DateTime) -> String {
    let offset = if summer_time(t) { "+01:00" } else { "+00:00" };
    format!("{}T{}:00{offset}", t.date(), clock(t))
}

/// Last Sunday of March 01:00 to last Sunday of October 02:00, local time.
fn summer_time(t: DateTime) -> bool {
    let last_sunday = |month: i8, hour: i8| {
        let last = Date::new(t.year(), month, 31).unwrap_or(t.date());
        plus(last, -i64::from(last.weekday().to_sunday_zero_offset())).at(hour, 0, 0, 0)
    };
    t >= last_sunday(3, 1) && t < last_sunday(10, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_days_and_years() {
        let a = Date::constant(2024, 2, 28);
        assert_eq!(plus(a, 2), Date::constant(2024, 3, 1));
        assert_eq!(days(a, Date::constant(2025, 2, 28)), 366);
        assert_eq!(age(Date::constant(2010, 6, 15), Date::constant(2024, 6, 14)), 13);
        assert_eq!(later(a.at(23, 50, 0, 0), 20), Date::constant(2024, 2, 29).at(0, 10, 0, 0));
    }

    #[test]
    fn knows_summer_time() {
        assert!(iso_offset(Date::constant(2024, 7, 1).at(12, 0, 0, 0)).ends_with("+01:00"));
        assert!(iso_offset(Date::constant(2024, 3, 31).at(0, 59, 0, 0)).ends_with("+00:00"));
        assert!(iso_offset(Date::constant(2024, 10, 27).at(3, 0, 0, 0)).ends_with("+00:00"));
    }

    #[test]
    fn writes_dates_as_each_agency_does() {
        let d = Date::constant(2023, 11, 4);
        assert_eq!(
            [slashes(d), slashes_short(d), dashes(d), worded(d), worded_short(d), spaced(d)],
            ["04/11/2023", "04/11/23", "04-11-2023", "04-Nov-2023", "04-Nov-23", "4 Nov 2023"]
        );
    }
}
