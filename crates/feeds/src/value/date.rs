//! Dates as agencies write them, read by patterns such as `DD/MM/YYYY hh:mm` that a mapping names. It tells an
//! impossible day from a text that is no date at all, and a spreadsheet's day number from both.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Span};
use throughline_domain::when::When;

/// One pattern, taken apart once when the mapping is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatePattern {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Day,
    Month,
    MonthName,
    Year,
    ShortYear,
    Hour,
    Minute,
    Second,
    Offset,
    Text(char),
}

/// What a cell turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A date.
    Is(Moment),
    /// In the form of a date, but no such day or time.
    Impossible,
    /// A spreadsheet's day number.
    Serial(Moment),
    /// Only the year.
    YearOnly(When),
    /// Not a date.
    Not,
}

/// A date with what a sortable stamp needs beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// UK local time, with the precision that was written.
    pub when: When,
    /// UK local time to the second.
    pub exact: DateTime,
    /// Written with two digits of year.
    pub short_year: bool,
}

/// How two digits of a year become four.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Century {
    /// A birth: never later than this day.
    Birth(Date),
    /// Anything else: up to twenty years after this day, else the century before.
    Event(Date),
}

impl DatePattern {
    /// Reads a pattern of `D`/`DD` `M`/`MM` `Mon` `YYYY` `YY` `hh` `mm` `ss` `zz` (offset) and literal text.
    /// `None` when it names no year.
    #[must_use]
    pub fn parse(pattern: &str) -> Option<Self> {
        let words: [(&str, Part); 11] = [
            ("YYYY", Part::Year),
            ("YY", Part::ShortYear),
            ("Mon", Part::MonthName),
            ("MM", Part::Month),
            ("DD", Part::Day),
            ("D", Part::Day),
            ("M", Part::Month),
            ("hh", Part::Hour),
            ("mm", Part::Minute),
            ("ss", Part::Second),
            ("zz", Part::Offset),
        ];
        let mut parts = Vec::new();
        let mut rest = pattern;
        while let Some(first) = rest.chars().next() {
            let found =
                words.iter().find_map(|(word, part)| rest.strip_prefix(word).map(|after| (part, after)));
            if let Some((part, after)) = found {
                parts.push(part.clone());
                rest = after;
            } else {
                parts.push(Part::Text(first));
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
        }
        let has_year = parts.iter().any(|part| matches!(part, Part::Year | Part::ShortYear));
        has_year.then_some(Self { parts })
    }

    /// Reads a text by this pattern.
    fn read(&self, text: &str, century: Century) -> Option<Result<Moment, ()>> {
        let mut rest = text;
        let mut found = Found::default();
        for part in &self.parts {
            rest = found.take(part, rest)?;
        }
        rest.trim().is_empty().then(|| found.finish(century).ok_or(()))
    }
}

#[derive(Default)]
struct Found {
    year: Option<i16>,
    short_year: bool,
    month: Option<i8>,
    day: Option<i8>,
    hour: Option<i8>,
    minute: i8,
    second: i8,
    offset: Option<i32>,
}

fn number(text: &str, least: usize, most: usize) -> Option<(i16, &str)> {
    let length = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if length < least {
        return None;
    }
    let (digits, rest) = text.split_at_checked(length)?;
    Some((digits.parse().ok()?, rest))
}

fn small(text: &str) -> Option<(i8, &str)> {
    let (value, rest) = number(text, 1, 2)?;
    Some((i8::try_from(value).ok()?, rest))
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn month_name(text: &str) -> Option<(i8, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (word, rest) = text.split_at_checked(length)?;
    let short = word.get(..3)?;
    let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(short))?;
    Some((i8::try_from(month + 1).ok()?, rest.strip_prefix('.').unwrap_or(rest)))
}

fn offset(text: &str) -> Option<(Option<i32>, &str)> {
    if let Some(rest) = text.strip_prefix(['Z', 'z']) {
        return Some((Some(0), rest));
    }
    let Some(sign) = text.chars().next().filter(|c| *c == '+' || *c == '-') else {
        return Some((None, text));
    };
    let (hours, rest) = number(text.get(1..)?, 2, 2)?;
    let (minutes, rest) = number(rest.strip_prefix(':').unwrap_or(rest), 2, 2)?;
    let minutes = i32::from(hours) * 60 + i32::from(minutes);
    Some((Some(if sign == '-' { -minutes } else { minutes }), rest))
}

impl Found {
    fn take<'a>(&mut self, part: &Part, text: &'a str) -> Option<&'a str> {
        Some(match part {
            Part::Day => {
                let (value, rest) = small(text)?;
                self.day = Some(value);
                rest
            }
            Part::Month => {
                let (value, rest) = small(text)?;
                self.month = Some(value);
                rest
            }
            Part::MonthName => {
                let (value, rest) = month_name(text)?;
                self.month = Some(value);
                rest
            }
            Part::Year => {
                let (value, rest) = number(text, 4, 4)?;
                self.year = Some(value);
                rest
            }
            Part::ShortYear => {
                let (value, rest) = number(text, 2, 2)?;
                self.year = Some(value);
                self.short_year = true;
                // Four digits are another pattern's business.
                rest.starts_with(|c: char| c.is_ascii_digit()).then_some(()).map_or(Some(rest), |()| None)?
            }
            Part::Hour => {
                let (value, rest) = small(text)?;
                self.hour = Some(value);
                rest
            }
            Part::Minute => {
                let (value, rest) = small(text)?;
                self.minute = value;
                rest
            }
            Part::Second => {
                let (value, rest) = small(text)?;
                self.second = value;
                // Fractions of a second say nothing here.
                rest.strip_prefix('.')
                    .map_or(rest, |more| more.trim_start_matches(|c: char| c.is_ascii_digit()))
            }
            Part::Offset => {
                let (value, rest) = offset(text)?;
                self.offset = value;
                rest
            }
            Part::Text(' ') => {
                let rest = text.trim_start();
                (rest.len() < text.len()).then_some(rest)?
            }
            Part::Text(expected) => text.strip_prefix(*expected)?,
        })
    }

    fn finish(self, century: Century) -> Option<Moment> {
        let year = self.year?;
        let (Some(month), Some(day)) = (self.month, self.day) else {
            let year = if self.short_year { in_century(year, 1, 1, century)?.year() } else { year };
            let when = match self.month {
                Some(month) => When::month(year, month)?,
                None => When::year(year)?,
            };
            return Some(Moment { when, exact: when.earliest(), short_year: self.short_year });
        };
        let date = if self.short_year {
            in_century(year, month, day, century)?
        } else {
            Date::new(year, month, day).ok()?
        };
        let Some(hour) = self.hour else {
            return Some(Moment {
                when: When::day(date),
                exact: date.at(0, 0, 0, 0),
                short_year: self.short_year,
            });
        };
        let time = jiff::civil::Time::new(hour, self.minute, self.second, 0).ok()?;
        let written = date.to_datetime(time);
        let exact = self.offset.map_or(Some(written), |minutes| uk_local(written, minutes))?;
        Some(Moment { when: When::minute(exact), exact, short_year: self.short_year })
    }
}

fn in_century(short: i16, month: i8, day: i8, century: Century) -> Option<Date> {
    let (this, last) = (Date::new(2000 + short, month, day).ok(), Date::new(1900 + short, month, day).ok());
    match (century, this) {
        (Century::Birth(today), Some(date)) if date <= today => Some(date),
        (Century::Event(today), Some(date)) if date.year() <= today.year().saturating_add(20) => Some(date),
        // 29 February may exist in one of the two centuries only.
        _ => last.or(this),
    }
}

/// A time with an offset from UTC (in minutes), as a clock in the UK showed it.
fn uk_local(written: DateTime, offset: i32) -> Option<DateTime> {
    let utc = written.checked_sub(SignedDuration::from_mins(i64::from(offset))).ok()?;
    let change = |month: i8| {
        let last = Date::new(utc.year(), month, 31).ok()?;
        let back = i64::from(last.weekday().to_sunday_zero_offset());
        Some(last.checked_sub(Span::new().days(back)).ok()?.at(1, 0, 0, 0))
    };
    let summer = utc >= change(3)? && utc < change(10)?;
    utc.checked_add(SignedDuration::from_hours(i64::from(summer))).ok()
}

/// Reads a cell by the patterns of its file, first match first.
#[must_use]
pub fn read(text: &str, patterns: &[DatePattern], century: Century) -> Reading {
    let text = text.trim();
    let mut impossible = false;
    for pattern in patterns {
        match pattern.read(text, century) {
            Some(Ok(moment)) => return Reading::Is(moment),
            Some(Err(())) => impossible = true,
            None => {}
        }
    }
    if impossible {
        return Reading::Impossible;
    }
    if text.len() == 4
        && let Some(year) = text.parse::<i16>().ok().filter(|year| (1850..2150).contains(year))
        && let Some(when) = When::year(year)
    {
        return Reading::YearOnly(when);
    }
    serial(text).map_or(Reading::Not, Reading::Serial)
}

/// A spreadsheet's number of days since 30 December 1899, perhaps with a fraction for the time.
fn serial(text: &str) -> Option<Moment> {
    let (days, fraction) = text.split_once('.').unwrap_or((text, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !(4..=5).contains(&days.len()) || !plain(days) || !plain(fraction) {
        return None;
    }
    let days: i64 = days.parse().ok()?;
    let date = Date::constant(1899, 12, 30).checked_add(Span::new().try_days(days).ok()?).ok()?;
    if fraction.is_empty() {
        return Some(Moment { when: When::day(date), exact: date.at(0, 0, 0, 0), short_year: false });
    }
    let part: f64 = format!("0.{fraction}").parse().ok()?;
    #[allow(clippy::cast_possible_truncation, reason = "less than 1441 minutes of a day")]
    let minutes = (part * 1440.0).round() as i64;
    let exact = date.at(0, 0, 0, 0).checked_add(SignedDuration::from_mins(minutes)).ok()?;
    Some(Moment { when: When::minute(exact), exact, short_year: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 21);

    fn one(pattern: &str, text: &str) -> String {
        let patterns: Vec<_> = pattern.split('|').map(|p| DatePattern::parse(p).unwrap()).collect();
        match read(text, &patterns, Century::Event(TODAY)) {
            Reading::Is(moment) => moment.when.to_string(),
            Reading::Serial(moment) => format!("serial {}", moment.when),
            Reading::YearOnly(when) => format!("year {when}"),
            Reading::Impossible => "impossible".into(),
            Reading::Not => "not".into(),
        }
    }

    #[test]
    fn reads_every_agencys_way_of_writing() {
        assert_eq!(one("DD/MM/YYYY hh:mm|DD/MM/YYYY", "04/11/2023 03:00"), "2023-11-04T03:00");
        assert_eq!(one("DD/MM/YYYY hh:mm|DD/MM/YYYY", "4/11/2023"), "2023-11-04");
        assert_eq!(one("DD-Mon-YYYY hh:mm", "26-Jul-2024 10:41"), "2024-07-26T10:41");
        assert_eq!(one("DD-Mon-YY hh:mm|DD-Mon-YY", "07-Nov-23 15:11"), "2023-11-07T15:11");
        assert_eq!(one("D Mon YYYY", "4 September 2023"), "2023-09-04");
        assert_eq!(one("YYYY-MM", "2023-11"), "2023-11");
        assert_eq!(one("YYYY-MM-DDThh:mm:sszz", "2024-07-01T09:00:00.123Z"), "2024-07-01T10:00");
        assert_eq!(one("YYYY-MM-DDThh:mm:sszz", "2023-11-21T15:06:00+00:00"), "2023-11-21T15:06");
        assert_eq!(one("YYYY-MM-DDThh:mm:sszz", "2023-10-03T12:00:00+01:00"), "2023-10-03T12:00");
    }

    #[test]
    fn tells_what_is_wrong() {
        assert_eq!(one("DD/MM/YYYY", "31/04/2025"), "impossible");
        assert_eq!(one("DD/MM/YYYY hh:mm", "30/04/2025 25:00"), "impossible");
        assert_eq!(one("DD/MM/YYYY", "12/25/1980"), "impossible");
        assert_eq!(one("DD/MM/YYYY", "soon"), "not");
        assert_eq!(one("DD/MM/YYYY", "1944"), "year 1944");
        assert_eq!(one("DD/MM/YYYY", "45428"), "serial 2024-05-16");
        assert_eq!(one("DD-Mon-YY", "45684.51448"), "serial 2025-01-27T12:21");
    }

    #[test]
    fn two_digits_of_year_never_put_a_birth_in_the_future() {
        let pattern = [DatePattern::parse("DD-Mon-YY").unwrap()];
        let born = |text| match read(text, &pattern, Century::Birth(TODAY)) {
            Reading::Is(moment) => moment.when.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(born("26-Apr-97"), "1997-04-26");
        assert_eq!(born("21-Nov-26"), "2026-11-21");
        assert_eq!(born("22-Nov-26"), "1926-11-22");
        assert_eq!(born("29-Feb-00"), "2000-02-29");
        assert_eq!(born("30-Feb-97"), "Impossible");
        assert_eq!(one("DD-Mon-YY", "20-Feb-34"), "2034-02-20");
        assert_eq!(one("DD-Mon-YY", "20-Feb-98"), "1998-02-20");
    }
}
