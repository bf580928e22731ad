//! Checks a mapping and makes it ready to use. Every mistake is told with its file, table and field, with what
//! stands there and what could stand there.

mod columns;
mod rules;
mod terms;

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::error::MappingError;
use super::feed::{Feed, Shape, XmlLayout};
use super::path::Path;
use super::spec::{ColumnSpec, FeedSpec, Format, GroupSpec, ProofSpec, RowSpec, XmlSpec};
use super::words::Words;
use crate::value::date::DatePattern;

/// What goes wrong inside one file: place, found, expected.
struct Wrong {
    place: String,
    found: String,
    expected: String,
}

type Checked<T> = Result<T, Wrong>;

fn wrong(place: impl Into<String>, found: impl Into<String>, expected: impl Into<String>) -> Wrong {
    Wrong { place: place.into(), found: found.into(), expected: expected.into() }
}

/// Reads one mapping file.
pub(crate) fn feed(file: &str, text: &str, words: &Arc<Words>) -> Result<Feed, MappingError> {
    let spec: FeedSpec = read_toml(file, text)?;
    checked(spec, words).map_err(|Wrong { place, found, expected }| MappingError {
        file: file.to_owned(),
        place,
        found,
        expected,
    })
}

/// Reads TOML with the line of a mistake.
pub(crate) fn read_toml<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, MappingError> {
    toml::from_str(text).map_err(|error| {
        let line =
            error.span().map(|span| 1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count());
        MappingError {
            file: file.to_owned(),
            place: line.map_or_else(|| "the file".to_owned(), |line| format!("line {line}")),
            found: error.message().to_owned(),
            expected: "a mapping as area/feeds/README.md explains it".to_owned(),
        }
    })
}

fn checked(spec: FeedSpec, words: &Arc<Words>) -> Checked<Feed> {
    if !spec.id.contains('.') {
        return Err(wrong("id", format!("`{}`", spec.id), "agency and file, as in `police.incidents`"));
    }
    if spec.file.names.is_empty() {
        return Err(wrong("file.names", "no pattern", "at least one, as in `incidents*.csv`"));
    }
    if spec.file.names.iter().any(|name| name.contains('/')) {
        return Err(wrong("file.names", "a folder", "file names without their folder"));
    }
    let delimiter = u8::try_from(spec.file.delimiter)
        .ok()
        .filter(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\n\r".contains(byte))
        .ok_or_else(|| {
            wrong("file.delimiter", format!("`{}`", spec.file.delimiter), "a comma, semicolon, tab or bar")
        })?;
    if spec.row.is_empty() {
        return Err(wrong("row", "no row", "at least one [[row]]"));
    }
    let shapes = spec
        .row
        .iter()
        .enumerate()
        .map(|(at, row)| {
            let shape = ShapeCheck::new(row, spec.file.format, words)?.shape();
            shape.map_err(|error| Wrong { place: format!("row {}, {}", at + 1, error.place), ..error })
        })
        .collect::<Checked<Vec<_>>>()?;
    if spec.file.format == Format::Table && shapes.len() > 1 {
        return Err(wrong(
            "row",
            format!("{} kinds of row", shapes.len()),
            "one: a table has one kind of row",
        ));
    }
    let xml = match (spec.file.format, spec.file.xml) {
        (Format::Xml, Some(xml)) => Some(xml_layout(xml, &spec.row)?),
        (Format::Xml, None) => return Err(wrong("file.xml", "nothing", "the elements root, head and row")),
        (_, Some(_)) => return Err(wrong("file.xml", "a table", "nothing, as the format is not xml")),
        (_, None) => None,
    };
    Ok(Feed {
        id: spec.id.into(),
        agency: spec.agency.into(),
        title: spec.title,
        expected_every_days: spec.expected_every_days,
        sealed: spec.sealed,
        names: spec.file.names.iter().map(|name| name.to_lowercase()).collect(),
        format: spec.file.format,
        delimiter,
        dates: date_patterns("file.dates", &spec.file.dates)?
            .into_iter()
            .chain(unmistakable_dates())
            .collect(),
        xml,
        shapes,
        words: Arc::clone(words),
    })
}

fn date_patterns(place: &str, patterns: &[String]) -> Checked<Vec<DatePattern>> {
    let read = |pattern: &String| {
        DatePattern::parse(pattern).ok_or_else(|| {
            wrong(place, format!("`{pattern}`"), "a pattern with a year, as in `DD/MM/YYYY hh:mm`")
        })
    };
    patterns.iter().map(read).collect()
}

/// Ways of writing a date that nobody can misread, and that workbooks come in. Any file may use them.
fn unmistakable_dates() -> impl Iterator<Item = DatePattern> {
    ["YYYY-MM-DD", "YYYY-MM-DD hh:mm", "YYYY-MM-DD hh:mm:ss", "YYYY-MM-DDThh:mm:sszz", "YYYY-MM-DDThh:mmzz"]
        .into_iter()
        .filter_map(DatePattern::parse)
}

fn proof(place: &str, spec: &ProofSpec) -> Checked<(Path, String)> {
    Ok((path(place, &spec.path)?, spec.is.clone()))
}

fn path(place: &str, text: &str) -> Checked<Path> {
    Path::parse(text)
        .ok_or_else(|| wrong(place, format!("`{text}`"), "a path, as in `name[use=official].family`"))
}

fn xml_layout(spec: XmlSpec, rows: &[RowSpec]) -> Checked<XmlLayout> {
    let mut known: std::collections::BTreeSet<String> = spec.not_read.iter().cloned().collect();
    let columns =
        rows.iter().flat_map(|row| row.columns.values()).filter_map(|column| column.path.as_deref());
    let groups = rows.iter().flat_map(|row| row.groups.values()).filter_map(|group| group.path.as_deref());
    for text in columns.chain(groups) {
        if let Some(path) = Path::parse(text.trim_start_matches('/')) {
            known.extend(path.names().map(str::to_owned));
        }
    }
    let proof = spec.proof.as_ref().map(|spec| proof("file.xml.proof", spec)).transpose()?;
    Ok(XmlLayout { spec, proof, known })
}

/// One row being checked, with its names of columns and groups.
struct ShapeCheck<'a> {
    row: &'a RowSpec,
    words: &'a Words,
    columns: Vec<(&'a str, &'a ColumnSpec)>,
    groups: Vec<(&'a str, &'a GroupSpec)>,
    table: bool,
}

impl<'a> ShapeCheck<'a> {
    fn new(row: &'a RowSpec, format: Format, words: &'a Words) -> Checked<Self> {
        Ok(Self {
            row,
            words,
            columns: row.columns.iter().map(|(name, spec)| (name.as_str(), spec)).collect(),
            groups: row.groups.iter().map(|(name, spec)| (name.as_str(), spec)).collect(),
            table: format == Format::Table,
        })
    }

    fn shape(&self) -> Checked<Shape> {
        let columns = self
            .columns
            .iter()
            .map(|(name, spec)| self.column_rule(name, spec))
            .collect::<Checked<Vec<_>>>()?;
        self.headings_differ(&columns)?;
        let groups = self
            .groups
            .iter()
            .map(|(name, spec)| self.group_rule(name, spec))
            .collect::<Checked<Vec<_>>>()?;
        let row = self.row;
        Ok(Shape {
            only: row.only.as_ref().map(|spec| proof("only", spec)).transpose()?,
            unexpected: row.unexpected.clone(),
            key: self.template("key", &row.key)?,
            stamp: self.date_column("stamp", row.stamp.as_deref())?,
            happened: self.date_columns("happened", &row.happened)?,
            recorded: self.date_column("recorded", row.recorded.as_deref())?,
            columns,
            groups,
            people: numbered("people", &row.people, |at, spec| self.person(at, spec))?,
            relations: numbered("relations", &row.relations, |at, spec| self.relation(at, spec))?,
            residences: numbered("residences", &row.residences, |at, spec| self.residence(at, spec))?,
            events: numbered("events", &row.events, |at, spec| self.event(at, spec))?,
        })
    }
}

fn numbered<S, T>(place: &str, specs: &[S], read: impl Fn(&str, &S) -> Checked<T>) -> Checked<Vec<T>> {
    specs.iter().enumerate().map(|(at, spec)| read(&format!("{place} {}", at + 1), spec)).collect()
}
