//! One JSON object per line. A broken line costs only itself; its key is still read off where it can be.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::SeekFrom;

use super::Source;
use super::json;
use super::lines::{Encoding, Lines};
use super::node::Node;
use super::table::Sink;
use crate::build::cells::note;
use crate::build::record::Builder;
use crate::mapping::feed::{ColumnSource, Feed, Shape};
use crate::row::{BadRow, GoodRow, ReadContext, Refusal, Row, Summary};

/// Kinds and numbers of the rows in a file, to tell references that lead nowhere.
struct Present(HashSet<u64>);

impl Present {
    fn place(kind: &str, number: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        (kind, number).hash(&mut hasher);
        hasher.finish()
    }

    fn has(&self, kind: &str, number: &str) -> bool {
        self.0.contains(&Self::place(kind, number))
    }
}

/// Reads a file of JSON lines.
pub(crate) fn read(
    feed: &Feed,
    source: &mut dyn Source,
    encoding: Encoding,
    context: &ReadContext,
    sink: &mut Sink<'_>,
) -> Result<Summary, Refusal> {
    let unreadable =
        |error: std::io::Error| Refusal::new(&context.file, format!("could not be read: {error}"));
    let present = if refers(feed) {
        let found = present(feed, source, encoding).map_err(unreadable)?;
        source.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        Some(found)
    } else {
        None
    };
    let mut summary = Summary::default();
    let mut lines = Lines::new(source);
    while let Some(line) = lines.next().map_err(unreadable)? {
        let (text, other) = encoding.decode(&line.bytes);
        if text.trim().is_empty() {
            summary.other_lines += 1;
            continue;
        }
        summary.rows += 1;
        let mut row = if line.too_long {
            let reason = "longer than a row may be (1 MiB). Ask the agency what went wrong.".to_owned();
            bad(feed, &text, reason)
        } else {
            one(feed, &text, present.as_ref(), context)
        };
        match &mut row {
            Row::Good(good) => {
                good.line = line.number;
                if other {
                    note(
                        &mut good.warnings,
                        "(row)",
                        "written in another encoding than the rest of the file",
                    );
                }
            }
            Row::Bad(bad) => {
                bad.line = line.number;
                if !line.ended {
                    bad.reason.push_str(" The file ends here, perhaps too early.");
                }
            }
        }
        if sink(row).is_break() {
            break;
        }
    }
    Ok(summary)
}

/// Reads one line again.
pub(crate) fn read_again(feed: &Feed, raw: &str, context: &ReadContext) -> Vec<Row> {
    raw.lines().filter(|line| !line.trim().is_empty()).map(|line| one(feed, line, None, context)).collect()
}

fn one(feed: &Feed, text: &str, present: Option<&Present>, context: &ReadContext) -> Row {
    let node = match json::parse(text) {
        Ok(node) => node,
        Err(error) => {
            let what = if error.is_eof() { "the line is cut short" } else { "not one JSON object" };
            let place = error.column();
            let reason =
                format!("{what} (at character {place}). Ask the agency to send this resource again.");
            return bad(feed, text, reason);
        }
    };
    let Some(shape) = shape_of(feed, &node) else {
        let reason = "a kind of resource this mapping does not know. Add it to the mapping.".to_owned();
        return bad(feed, text, reason);
    };
    match Builder::new(feed, shape, context).tree_row(&node, None) {
        Ok(mut good) => {
            if let Some(present) = present {
                dangling(shape, &node, present, &mut good);
            }
            good.raw = text.to_owned();
            Row::Good(Box::new(good))
        }
        Err(unreadable) => Row::Bad(Box::new(BadRow {
            line: 1,
            key: unreadable.key,
            field: unreadable.fault.field,
            reason: unreadable.fault.reason,
            raw: text.to_owned(),
            header: String::new(),
        })),
    }
}

fn shape_of<'f>(feed: &'f Feed, node: &Node<'_>) -> Option<&'f Shape> {
    feed.shapes.iter().find(|shape| shape.only.as_ref().is_none_or(|(path, value)| path.is(node, value)))
}

fn bad(feed: &Feed, text: &str, reason: String) -> Row {
    Row::Bad(Box::new(BadRow {
        line: 1,
        key: key_of_broken(feed, text),
        field: "(row)".to_owned(),
        reason,
        raw: text.to_owned(),
        header: String::new(),
    }))
}

/// The key of a line that is no JSON, read off its text: each column of the key by its name.
fn key_of_broken(feed: &Feed, text: &str) -> String {
    let Some(shape) = feed.shapes.first() else { return String::new() };
    let mut values: Vec<String> = vec![String::new(); shape.columns.len()];
    for at in shape.key.columns() {
        let Some(column) = shape.columns.get(at) else { continue };
        let ColumnSource::Tree(path) = &column.source else { continue };
        let Some(name) = path.names().last() else { continue };
        if let (Some(value), Some(place)) = (string_after(text, name), values.get_mut(at)) {
            *place = value.to_owned();
        }
    }
    let cell = |at: usize| values.get(at).map_or("", String::as_str);
    shape.key.whole(1, &cell).unwrap_or_default()
}

/// The string that follows a name: `"id": "…"`.
fn string_after<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, after) = text.split_once(&format!("\"{name}\""))?;
    let value = after.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let (value, _) = value.split_once('"')?;
    (value.len() <= 200).then_some(value)
}

fn refers(feed: &Feed) -> bool {
    feed.shapes.iter().flat_map(|shape| &shape.columns).any(|column| column.refers_to.is_some())
}

/// Kinds and numbers of everything in the file.
fn present(feed: &Feed, source: &mut dyn Source, encoding: Encoding) -> std::io::Result<Present> {
    let mut found = HashSet::new();
    let mut kinds: Vec<&str> = Vec::new();
    for column in feed.shapes.iter().flat_map(|shape| &shape.columns) {
        if let Some(kind) = column.refers_to.as_deref()
            && !kinds.contains(&kind)
        {
            kinds.push(kind);
        }
    }
    let mut lines = Lines::new(source);
    while let Some(line) = lines.next()? {
        let (text, _) = encoding.decode(&line.bytes);
        let key = key_of_broken(feed, &text);
        let Some((kind, number)) = key.split_once('/') else { continue };
        if kinds.contains(&kind) {
            found.insert(Present::place(kind, number));
            found.insert(Present::place(kind, ""));
        }
    }
    Ok(Present(found))
}

fn dangling(shape: &Shape, node: &Node<'_>, present: &Present, good: &mut GoodRow) {
    for column in &shape.columns {
        let (Some(kind), ColumnSource::Tree(path)) = (&column.refers_to, &column.source) else { continue };
        let text = path.text(node, " ");
        let Some((_, number)) = text.rsplit_once('/') else { continue };
        // A file with none of them sends them elsewhere.
        if present.has(kind, "") && !present.has(kind, number) {
            note(&mut good.warnings, &column.name, format!("refers to a {kind} that is not in this file"));
        }
    }
}
