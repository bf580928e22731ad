//! The cells of one row by the places their columns have in the mapping, with every date read once.

use std::borrow::Cow;

use throughline_domain::fact::Warning;
use throughline_domain::when::When;

use crate::mapping::feed::{Column, Condition, Feed};
use crate::mapping::spec::ColumnKind;
use crate::row::ReadContext;
use crate::value::date::{Century, Moment, Reading, read};
use crate::value::phrase::{plain, spaced, tidy};

/// What makes a row unreadable: the column and the reason.
pub(crate) struct Fault {
    pub field: String,
    pub reason: String,
}

/// The cells of a row.
pub(crate) struct Cells<'a> {
    pub text: Vec<Cow<'a, str>>,
    pub when: Vec<Option<Moment>>,
}

impl<'a> Cells<'a> {
    pub fn new(columns: usize) -> Self {
        Self { text: vec![Cow::Borrowed(""); columns], when: vec![None; columns] }
    }

    /// A cell, empty when blank.
    pub fn text(&self, at: usize) -> &str {
        self.text.get(at).map_or("", |cell| cell.as_ref())
    }

    pub fn moment(&self, at: usize) -> Option<Moment> {
        self.when.get(at).copied().flatten()
    }

    pub fn when(&self, at: Option<usize>) -> Option<When> {
        Some(self.moment(at?)?.when)
    }

    pub fn first_when(&self, columns: &[usize]) -> Option<When> {
        columns.iter().find_map(|at| self.when(Some(*at)))
    }

    pub fn holds(&self, conditions: &[Condition]) -> bool {
        conditions.iter().all(|condition| {
            let text = self.text(condition.column);
            let among = |list: &[String]| list.contains(&plain(text));
            (condition.is.is_empty() || among(&condition.is))
                && (condition.not.is_empty() || !among(&condition.not))
                && condition.filled.is_none_or(|filled| filled != text.is_empty())
                && ((condition.has.is_empty() && condition.lacks.is_empty()) || {
                    let phrase = spaced(text);
                    let says = |words: &[String]| words.iter().any(|words| phrase.contains(words));
                    (condition.has.is_empty() || says(&condition.has)) && !says(&condition.lacks)
                })
        })
    }

    /// Puts a cell in its place, brought to the form its column has.
    pub fn put(
        &mut self,
        at: usize,
        column: &Column,
        text: Cow<'a, str>,
        feed: &Feed,
        context: &ReadContext,
        warnings: &mut Vec<Warning>,
    ) -> Result<(), Fault> {
        let text = match text {
            text if column.kind == ColumnKind::Name => text,
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        };
        let text = match (&column.after, column.kind) {
            (Some(marker), _) => Cow::Owned(after(&text, marker).to_owned()),
            (None, ColumnKind::Markup) => Cow::Owned(without_tags(&text)),
            (None, ColumnKind::OffenceCode) => Cow::Owned(offence_code(&text)),
            _ => text,
        };
        let blank = feed.words.is_blank(text.trim());
        let moment = if blank { Ok(None) } else { date(column, &text, feed, context, warnings) };
        if let Some(cell) = self.when.get_mut(at) {
            *cell = moment?;
        }
        if let Some(cell) = self.text.get_mut(at) {
            *cell = if blank { Cow::Borrowed("") } else { text };
        }
        Ok(())
    }
}

/// What follows a marker; a reference keeps only its first word.
fn after<'t>(text: &'t str, marker: &str) -> &'t str {
    text.split_once(marker).map_or("", |(_, rest)| rest.trim())
}

/// Text without tags, with the five entities of markup.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                out.push(' ');
            }
            _ if !inside => out.push(c),
            _ => {}
        }
    }
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&nbsp;", " ")];
    let plain = entities.iter().fold(out, |text, (entity, c)| text.replace(entity, c)).replace("&amp;", "&");
    tidy(&plain)
}

/// `10501` and `105/1` are `105/01`; `NC62` is `NC/62`. Words stay words.
fn offence_code(text: &str) -> String {
    let tight: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let digits = tight.bytes().filter(u8::is_ascii_digit).count();
    let (class, sub) = match tight.split_once(['/', '-', '.']) {
        Some(parts) => parts,
        None if digits >= 2 && (4..=6).contains(&tight.len()) => {
            tight.split_at_checked(tight.len() - 2).unwrap_or((&tight, ""))
        }
        None => return tight,
    };
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !numeric(sub) {
        return tight;
    }
    if numeric(class) { format!("{class:0>3}/{sub:0>2}") } else { format!("{class}/{sub:0>2}") }
}

fn date(
    column: &Column,
    text: &str,
    feed: &Feed,
    context: &ReadContext,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Moment>, Fault> {
    let century = match column.kind {
        ColumnKind::Birth => Century::Birth(context.today),
        ColumnKind::EventDate | ColumnKind::Date => Century::Event(context.today),
        ColumnKind::Text | ColumnKind::Name | ColumnKind::Markup | ColumnKind::OffenceCode => {
            return Ok(None);
        }
    };
    let patterns = if column.dates.is_empty() { &feed.dates } else { &column.dates };
    let reading = read(text, patterns, century);
    let mut warn = |reason: String| note(warnings, &column.name, reason);
    match (column.kind, reading) {
        (ColumnKind::Birth, reading) => Ok(birth(reading, feed, context, &mut warn)),
        (ColumnKind::EventDate, Reading::Is(moment)) if moment.when.first_day() > context.today => {
            Err(Fault {
                field: column.name.clone(),
                reason: format!(
                    "{} is after {}, the day this was read; expected a day that has been. Ask the agency for the right date.",
                    moment.when, context.today
                ),
            })
        }
        (ColumnKind::EventDate, Reading::Serial(moment)) if moment.when.first_day() <= context.today => {
            warn(serial(moment.when));
            Ok(Some(moment))
        }
        (_, Reading::Is(moment)) => Ok(Some(moment)),
        (ColumnKind::EventDate, Reading::YearOnly(when)) if when.first_day() <= context.today => {
            warn("only the year is given; expected a day".to_owned());
            Ok(Some(Moment { when, exact: when.earliest(), short_year: false }))
        }
        (ColumnKind::EventDate, _) => Err(Fault {
            field: column.name.clone(),
            reason: format!(
                "`{}` is {}; expected a date as this file writes it. Ask the agency for the right date.",
                shortened(text),
                if reading == Reading::Impossible { "no day of the calendar" } else { "no date" },
            ),
        }),
        (_, Reading::Serial(moment)) => {
            warn(serial(moment.when));
            Ok(Some(moment))
        }
        (_, Reading::YearOnly(when)) => {
            warn("only the year is given; expected a day".to_owned());
            Ok(Some(Moment { when, exact: when.earliest(), short_year: false }))
        }
        (_, Reading::Impossible) => {
            warn("no day of the calendar; left out".to_owned());
            Ok(None)
        }
        (_, Reading::Not) => {
            warn("not a date as this file writes it; left out".to_owned());
            Ok(None)
        }
    }
}

fn serial(when: When) -> String {
    format!("a spreadsheet's day number; read as {when}")
}

fn birth(
    reading: Reading,
    feed: &Feed,
    context: &ReadContext,
    warn: &mut dyn FnMut(String),
) -> Option<Moment> {
    let moment = match reading {
        Reading::Is(moment) => moment,
        Reading::Serial(moment) => {
            warn("a spreadsheet's day number instead of a date; read as one".to_owned());
            moment
        }
        Reading::YearOnly(when) => {
            warn("only the year of birth is given; expected the day".to_owned());
            Moment { when, exact: when.earliest(), short_year: false }
        }
        Reading::Impossible => {
            warn("no day of the calendar; left out".to_owned());
            return None;
        }
        Reading::Not => {
            warn("not a date as this file writes it; left out".to_owned());
            return None;
        }
    };
    let day = moment.when.first_day();
    if feed.words.is_placeholder_birth(day, moment.short_year) {
        warn("a date that stands for not known; left out".to_owned());
        return None;
    }
    if day > context.today {
        warn("a birth after the day this was read; left out".to_owned());
        return None;
    }
    Some(moment)
}

/// Adds a warning once.
pub(crate) fn note(warnings: &mut Vec<Warning>, field: &str, reason: impl Into<String>) {
    let warning = Warning { field: field.to_owned(), reason: reason.into() };
    if !warnings.contains(&warning) {
        warnings.push(warning);
    }
}

/// At most forty characters of a text.
pub(crate) fn shortened(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offence_codes_have_one_form() {
        for (text, code) in [
            ("105/01", "105/01"),
            ("10501", "105/01"),
            ("8/06", "008/06"),
            ("00806", "008/06"),
            ("NC62", "NC/62"),
            ("nc/62", "NC/62"),
            ("MISPER", "MISPER"),
            ("", ""),
        ] {
            assert_eq!(offence_code(text), code, "{text}");
        }
    }

    #[test]
    fn markup_becomes_text() {
        assert_eq!(
            without_tags("<div xmlns=\"x\">Seen &amp; well,<br/>says &lt;ok&gt;</div>"),
            "Seen & well, says <ok>"
        );
        assert_eq!(without_tags("a < b"), "a");
    }
}
