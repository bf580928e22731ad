//! XML with one element per row. The file is read twice: once to be sure that it is whole and harmless, once for its
//! rows, so that nothing of a file cut short enters.

use std::io::{self, BufRead, Read, SeekFrom};

use quick_xml::Reader;
use quick_xml::events::Event;

use super::node::Node;
use super::table::Sink;
use super::{LONGEST_ROW, Source};
use crate::build::cells::note;
use crate::build::record::Builder;
use crate::mapping::feed::{Feed, XmlLayout};
use crate::row::{BadRow, ReadContext, Refusal, Row, Summary};

/// How deep elements may lie in each other.
const DEEPEST: usize = 24;

/// Why an XML file cannot be used.
enum Trouble {
    /// Refused as a whole: dangerous or not this kind of file.
    Refuse(String),
    /// Damaged: kept aside as a whole.
    Damaged(String),
}

/// Counts lines, and stops a row that grows beyond every measure.
struct Counted<'s> {
    source: &'s mut dyn BufRead,
    line: u64,
    since: usize,
    copy: Option<Vec<u8>>,
}

impl Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(into.len());
        if let (Some(to), Some(from)) = (into.get_mut(..length), available.get(..length)) {
            to.copy_from_slice(from);
        }
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Counted<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since > LONGEST_ROW {
            return Err(io::Error::other("one element is longer than a row may be (1 MiB)"));
        }
        self.source.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if let Ok(available) = self.source.fill_buf() {
            let eaten = available.get(..amount).unwrap_or(available);
            self.line += eaten.iter().filter(|byte| **byte == b'\n').count() as u64;
            if let Some(copy) = &mut self.copy {
                copy.extend_from_slice(eaten);
            }
        }
        self.since += amount;
        self.source.consume(amount);
    }
}

/// Reads an XML file.
pub(crate) fn read(
    feed: &Feed,
    source: &mut dyn Source,
    context: &ReadContext,
    sink: &mut Sink<'_>,
) -> Result<Summary, Refusal> {
    let refuse = |reason: String| Refusal::new(&context.file, reason);
    let Some(layout) = &feed.xml else { return Err(refuse("this mapping has no [file.xml]".to_owned())) };
    let start = |source: &mut dyn Source| {
        source.seek(SeekFrom::Start(0)).map_err(|error| refuse(format!("could not be read: {error}")))
    };
    start(source)?;
    match walk(layout, source, &mut |_, _, _| true) {
        Ok(_) => {}
        Err(Trouble::Refuse(reason)) => return Err(refuse(reason)),
        Err(Trouble::Damaged(reason)) => {
            let row = BadRow {
                line: 1,
                key: "(file)".to_owned(),
                field: "(file)".to_owned(),
                reason: format!("{reason}. Nothing of this file was used. Ask the agency to send it again."),
                raw: String::new(),
                header: String::new(),
            };
            let _ = sink(Row::Bad(Box::new(row)));
            return Ok(Summary { rows: 1, ..Summary::default() });
        }
    }
    start(source)?;
    let mut summary = Summary::default();
    let walked = walk(layout, source, &mut |head, element, place| {
        summary.rows += 1;
        let mut row = one(feed, layout, head, element, context);
        match &mut row {
            Row::Good(good) => {
                good.line = place.line;
                place.text.clone_into(&mut good.raw);
            }
            Row::Bad(bad) => {
                bad.line = place.line;
                place.text.clone_into(&mut bad.raw);
            }
        }
        sink(row).is_continue()
    });
    match walked {
        Ok(()) => Ok(summary),
        Err(Trouble::Refuse(reason) | Trouble::Damaged(reason)) => Err(refuse(reason)),
    }
}

/// Where a row stands and how it was written.
struct Place<'t> {
    line: u64,
    text: &'t str,
}

/// Reads one element again. The head of its file is not kept, so that what was told there stays blank.
pub(crate) fn read_again(feed: &Feed, header: &str, raw: &str, context: &ReadContext) -> Vec<Row> {
    let Some(layout) = &feed.xml else { return Vec::new() };
    let spec = &layout.spec;
    let whole = format!("<{0}>{header}<rows>{raw}</rows></{0}>", spec.root);
    let mut bytes = io::Cursor::new(whole.into_bytes());
    let mut rows = Vec::new();
    let walked = walk(layout, &mut bytes, &mut |head, element, place| {
        let mut row = one(feed, layout, head, element, context);
        match &mut row {
            Row::Good(good) => place.text.clone_into(&mut good.raw),
            Row::Bad(bad) => place.text.clone_into(&mut bad.raw),
        }
        rows.push(row);
        true
    });
    if let Err(Trouble::Refuse(reason) | Trouble::Damaged(reason)) = walked {
        let row = BadRow {
            line: 1,
            key: String::new(),
            field: "(row)".to_owned(),
            reason,
            raw: raw.to_owned(),
            header: header.to_owned(),
        };
        return vec![Row::Bad(Box::new(row))];
    }
    rows
}

fn one(feed: &Feed, layout: &XmlLayout, head: &Node<'_>, element: &Node<'_>, context: &ReadContext) -> Row {
    let chosen = feed
        .shapes
        .iter()
        .find(|shape| shape.only.as_ref().is_none_or(|(path, value)| path.is(element, value)));
    let header = write(head);
    let bad = |key: String, field: String, reason: String| {
        Row::Bad(Box::new(BadRow { line: 1, key, field, reason, raw: String::new(), header: header.clone() }))
    };
    let Some(shape) = chosen else {
        return bad(String::new(), "(row)".to_owned(), "a kind of row this mapping does not know".to_owned());
    };
    match Builder::new(feed, shape, context).tree_row(element, Some(head)) {
        Ok(mut good) => {
            unknown(layout, element, &mut |name| {
                let reason =
                    "an element this mapping does not know; not read. Add it to the mapping if it matters.";
                note(&mut good.warnings, name, reason);
            });
            Row::Good(Box::new(good))
        }
        Err(unreadable) => bad(unreadable.key, unreadable.fault.field, unreadable.fault.reason),
    }
}

/// Names of elements that are not in the mapping; what lies inside them is not looked at.
fn unknown(layout: &XmlLayout, node: &Node<'_>, found: &mut dyn FnMut(&str)) {
    for child in &node.children {
        if layout.known.contains(child.name.as_ref()) {
            unknown(layout, child, found);
        } else {
            found(&child.name);
        }
    }
}

/// The head as text again, so that a row kept aside can be read with it.
fn write(node: &Node<'_>) -> String {
    let escaped = node.text.trim().replace('&', "&amp;").replace('<', "&lt;");
    let inside: String = node.children.iter().map(write).collect();
    if node.name.is_empty() { inside } else { format!("<{0}>{escaped}{inside}</{0}>", node.name) }
}

type OnRow<'r> = dyn FnMut(&Node<'_>, &Node<'_>, Place<'_>) -> bool + 'r;

/// Walks through a file and hands out its rows; ends early when `row` says so.
fn walk(layout: &XmlLayout, source: &mut dyn BufRead, row: &mut OnRow<'_>) -> Result<(), Trouble> {
    let mut reader = Reader::from_reader(Counted { source, line: 1, since: 0, copy: None });
    let spec = &layout.spec;
    let mut head = Node::default();
    // Open elements: with their nodes while inside the head or a row, else only counted.
    let mut open: Vec<Node<'static>> = Vec::new();
    let mut depth = 0_usize;
    let mut began = 0;
    let mut rooted = false;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        if open.is_empty() {
            reader.get_mut().since = 0;
        }
        let event = reader.read_event_into(&mut buffer).map_err(damaged)?;
        match event {
            Event::DocType(_) => {
                return Err(Trouble::Refuse("it has a document type declaration, which no census file needs and which can be used to attack. Ask the agency for a file without it".to_owned()));
            }
            Event::Start(tag) => {
                let name = tag.local_name().as_ref().to_owned();
                depth += 1;
                if depth > DEEPEST {
                    return Err(Trouble::Refuse(format!(
                        "elements lie more than {DEEPEST} deep in each other"
                    )));
                }
                rooted = check_root(layout, depth, rooted, &name)?;
                if !open.is_empty() || name == spec.row || (name == spec.head && depth == 2) {
                    if open.is_empty() {
                        let counted = reader.get_mut();
                        began = counted.line;
                        counted.copy = (name == spec.row).then(|| format!("<{name}>").into_bytes());
                    }
                    open.push(Node { name: name.into(), ..Node::default() });
                }
            }
            Event::Empty(tag) => {
                let name = tag.local_name().as_ref().to_owned();
                rooted = check_root(layout, depth + 1, rooted, &name)?;
                if let Some(parent) = open.last_mut() {
                    parent.children.push(Node { name: name.into(), ..Node::default() });
                }
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                let Some(node) = open.pop() else { continue };
                match open.last_mut() {
                    Some(parent) => parent.children.push(node),
                    None if node.name == spec.head.as_str() => {
                        head.children.push(node);
                        check_proof(layout, &head)?;
                    }
                    None => {
                        let copy = reader.get_mut().copy.take().unwrap_or_default();
                        if !row(&head, &node, Place { line: began, text: &text_of(&copy) }) {
                            return Ok(());
                        }
                    }
                }
            }
            Event::Text(text) => append(open.last_mut(), text.as_ref()),
            Event::CData(text) => append(open.last_mut(), text.as_ref()),
            Event::GeneralRef(name) => append(open.last_mut(), &entity(name.as_ref())?),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    if !rooted || depth > 0 {
        return Err(Trouble::Damaged(
            "the file is cut short: elements are opened and never closed".to_owned(),
        ));
    }
    Ok(())
}

fn damaged(error: quick_xml::Error) -> Trouble {
    Trouble::Damaged(format!("not well-formed XML ({error})"))
}

fn check_root(layout: &XmlLayout, depth: usize, rooted: bool, name: &str) -> Result<bool, Trouble> {
    if depth == 1 && name != layout.spec.root {
        let reason = format!("its outermost element is `{name}`; expected `{}`", layout.spec.root);
        return Err(Trouble::Refuse(reason));
    }
    Ok(rooted || depth == 1)
}

fn check_proof(layout: &XmlLayout, head: &Node<'_>) -> Result<(), Trouble> {
    match &layout.proof {
        Some((path, value)) if !path.is(head, value) => Err(Trouble::Refuse(format!(
            "its head does not say `{value}` where this kind of file does; expected that"
        ))),
        _ => Ok(()),
    }
}

fn append(node: Option<&mut Node<'_>>, text: &str) {
    if let Some(node) = node
        && !(node.text.is_empty() && text.trim().is_empty())
    {
        node.text.to_mut().push_str(text);
    }
}

fn text_of(bytes: &[u8]) -> String {
    super::lines::Encoding::Utf8.decode(bytes).0.into_owned()
}

/// The five entities of XML and characters by number. Others can only come from a declaration, which is refused.
fn entity(name: &str) -> Result<String, Trouble> {
    let by_number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    let found = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => match name.strip_prefix('#') {
            Some(number) => match number.strip_prefix(['x', 'X']) {
                Some(digits) => by_number(digits, 16),
                None => by_number(number, 10),
            },
            None => None,
        },
    };
    found
        .map(String::from)
        .ok_or_else(|| Trouble::Refuse(format!("it uses the entity `&{name};`, which XML does not have")))
}
