//! Columns of the three files that `pattern` reads, and what is wrong with a field: what was found, what was expected and
//! what to do.

use std::path::Path;

use csv::ByteRecord;
use serde::Serialize;
use throughline_pattern::{DAY, Moment};

use crate::link_file::{Fault, rows, table};

/// A row that was put aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Aside {
    /// The file, by its name.
    pub file: String,
    /// Line on which the row begins.
    pub line: u64,
    /// Its series, where it says one.
    pub series_id: String,
    /// The field.
    pub field: &'static str,
    /// What stands there.
    pub found: String,
    /// What should.
    pub expected: &'static str,
    /// What to do.
    pub todo: &'static str,
}

/// What is wrong with a field.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrong {
    field: &'static str,
    found: String,
    expected: &'static str,
    todo: &'static str,
}

impl Wrong {
    /// What a field holds, what was expected instead, and what to do.
    pub fn new(field: &'static str, found: &str, expected: &'static str, todo: &'static str) -> Self {
        // Enough to find it by; a field that swallowed half a file is not repeated.
        Self { field, found: found.chars().take(40).collect(), expected, todo }
    }

    /// In a row of a file.
    pub fn at(self, file: &Path, line: u64, series_id: &str) -> Aside {
        let file = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Self { field, found, expected, todo } = self;
        Aside { file, line, series_id: series_id.to_owned(), field, found, expected, todo }
    }
}

/// Where the columns asked for stand.
#[derive(Clone, Debug)]
pub struct Columns<const N: usize> {
    at: [Option<usize>; N],
    width: usize,
}

impl<const N: usize> Columns<N> {
    /// Finds columns; the first `needed` must be there.
    pub fn find(file: &Path, header: &ByteRecord, known: [&str; N], needed: usize) -> Result<Self, Fault> {
        let names = table::names(header);
        let at = known.map(|name| names.iter().position(|found| found == name));
        let missing: Vec<&str> = known
            .iter()
            .zip(&at)
            .take(needed)
            .filter(|(_, at)| at.is_none())
            .map(|(name, _)| *name)
            .collect();
        if missing.is_empty() {
            return Ok(Self { at, width: names.len() });
        }
        // Without one known name this may be a row of data, which must not be repeated.
        let found = match at.iter().any(Option::is_some) {
            true => format!("found {}", names.join(", ")),
            false => "the first row names none of them; is the header missing".to_owned(),
        };
        let problem =
            format!("has no column {}: {found}; expected {}", missing.join(" and no "), known.join(", "));
        Err(Fault::file(file, problem))
    }

    /// A field as text; empty where the file does not have it.
    pub fn text<'a>(&self, row: &'a ByteRecord, which: usize) -> std::borrow::Cow<'a, str> {
        match self.at.get(which).copied().flatten() {
            Some(place) => rows::text(row, Some(place)),
            None => std::borrow::Cow::Borrowed(""),
        }
    }

    /// Whether a row has as many fields as the header.
    pub fn check_width(&self, row: &ByteRecord) -> Result<(), Wrong> {
        if row.len() == self.width {
            return Ok(());
        }
        Err(Wrong::new(
            "row",
            &format!("{} fields", row.len()),
            "as many fields as the header",
            "look for a comma or a quotation mark out of place",
        ))
    }
}

/// A date, or a date and time.
pub fn moment(field: &'static str, text: &str) -> Result<Moment, Wrong> {
    if let Some(moment) = usual(text) {
        return Ok(moment);
    }
    text.parse().map(Moment::of).map_err(|_| {
        Wrong::new(
            field,
            text,
            "a day as 2026-05-04 or a time as 2026-05-04T21:30",
            "correct the row and run again",
        )
    })
}

/// The two forms that nearly every row has, read at once; whatever else there is goes to the library.
fn usual(text: &str) -> Option<Moment> {
    let (day, time) = text.as_bytes().split_at_checked(10)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = day else { return None };
    let number = |figures: &[&u8]| {
        figures.iter().try_fold(0i16, |sum, figure| {
            figure.is_ascii_digit().then(|| sum * 10 + i16::from(*figure - b'0'))
        })
    };
    let two = |a, b| number(&[a, b]).and_then(|number| i8::try_from(number).ok());
    let date = jiff::civil::Date::new(number(&[y1, y2, y3, y4])?, two(m1, m2)?, two(d1, d2)?).ok()?;
    let (hour, minute) = match time {
        [] => (0, 0),
        [b'T' | b' ', h1, h2, b':', m1, m2] => (two(h1, h2)?, two(m1, m2)?),
        _ => return None,
    };
    let within = hour < 24 && minute < 60;
    within.then(|| Moment(Moment::start_of(date).0 + i64::from(hour) * 60 + i64::from(minute)))
}

/// The last minute of a day, or the very time where one is given.
pub fn end(text: &str) -> Option<Moment> {
    let moment = text.parse().map(Moment::of).ok()?;
    Some(if text.contains([':', 'T']) { moment } else { Moment(moment.0 + DAY - 1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_with_its_last_minute_and_a_time_is_that_time() {
        assert_eq!(end("1970-01-01"), Some(Moment(DAY - 1)));
        assert_eq!(end("1970-01-01T10:00"), Some(Moment(600)));
        assert_eq!(end("soon"), None);
    }

    #[test]
    fn the_usual_forms_are_read_as_the_library_reads_them() {
        for text in ["2024-02-29", "2026-05-04T21:30", "2026-05-04 00:00", "1969-12-31T23:59"] {
            assert_eq!(usual(text), text.parse().map(Moment::of).ok(), "{text}");
        }
        for text in
            ["2023-02-29", "2026-05-04T24:00", "2026-05-04T21:60", "2026-5-4", "04/05/2026", "", "2026-05-0x"]
        {
            assert_eq!(usual(text), None, "{text}");
            assert!(moment("occurred_at", text).is_err(), "{text}");
        }
        assert!(moment("occurred_at", "2026-05-04T21:30:15").is_ok());
    }

    #[test]
    fn a_header_without_a_column_says_what_was_found() {
        let known = ["series_id", "from", "to"];
        let told = |header: &[&str]| {
            let header = ByteRecord::from(header.to_vec());
            Columns::find(Path::new("away.csv"), &header, known, 3).unwrap_err().to_string()
        };
        let said = told(&["series_id", "start", "to"]);
        assert!(
            said.contains("no column from: found series_id, start, to; expected series_id, from, to"),
            "{said}"
        );
        let data = told(&["S1", "2026-01-01", "2026-02-01"]);
        assert!(data.contains("is the header missing") && !data.contains("S1"), "{data}");
    }
}
