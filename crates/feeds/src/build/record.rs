//! One row, from its cells to its record: fills the cells, runs the rules in the order of the mapping, and says
//! what was odd.

use std::borrow::Cow;

use sha2::{Digest, Sha256};
use throughline_domain::fact::{KeptPlace, Warning};
use throughline_domain::record::{Record, Who};

use super::cells::{Cells, Fault, note, shortened};
use crate::mapping::feed::{Choice, Column, ColumnSource, Feed, Shape, WhoRule};
use crate::mapping::spec::ColumnKind;
use crate::mapping::template::Template;
use crate::row::{GoodRow, ReadContext};
use crate::source::node::Node;
use crate::value::phrase::plain;

/// Builds one row.
pub(crate) struct Builder<'a> {
    pub(super) feed: &'a Feed,
    pub(super) shape: &'a Shape,
    pub(super) context: &'a ReadContext,
    pub(super) cells: Cells<'a>,
    pub(super) root: Option<&'a Node<'a>>,
    /// The node at hand of each group.
    pub(super) nodes: Vec<Option<&'a Node<'a>>>,
    pub(super) record: Record,
    pub(super) kept: Vec<KeptPlace>,
    pub(super) warnings: Vec<Warning>,
    pub(super) stamp: String,
    fault: Option<Fault>,
    content: Sha256,
}

/// A row that could not be built, with the key where it could be read.
pub(crate) struct Unreadable {
    pub key: String,
    pub fault: Fault,
}

impl<'a> Builder<'a> {
    pub fn new(feed: &'a Feed, shape: &'a Shape, context: &'a ReadContext) -> Self {
        Self {
            feed,
            shape,
            context,
            cells: Cells::new(shape.columns.len()),
            root: None,
            nodes: vec![None; shape.groups.len()],
            record: Record { feed: feed.id.clone(), ..Record::default() },
            kept: Vec::new(),
            warnings: Vec::new(),
            stamp: String::new(),
            fault: None,
            content: Sha256::new(),
        }
    }

    pub fn warn(&mut self, field: &str, reason: impl Into<String>) {
        note(&mut self.warnings, field, reason);
    }

    pub(super) fn put(&mut self, at: usize, column: &Column, text: Cow<'a, str>) {
        let put = self.cells.put(at, column, text, self.feed, self.context, &mut self.warnings);
        if let Err(fault) = put {
            self.fault.get_or_insert(fault);
        }
    }

    /// Builds a row of a table: `cell` gives each column's text, empty when the file lacks the column.
    pub fn table_row(mut self, cell: &dyn Fn(usize) -> &'a str) -> Result<GoodRow, Box<Unreadable>> {
        let shape = self.shape;
        for (at, column) in shape.columns.iter().enumerate() {
            if matches!(column.source, ColumnSource::Cell) {
                let text = cell(at);
                self.content.update(text.trim().as_bytes());
                self.content.update([31]);
                self.put(at, column, Cow::Borrowed(text));
            }
        }
        self.finish()
    }

    /// Builds a row of a tree; `head` holds what is told once for the whole file.
    pub fn tree_row(
        mut self,
        root: &'a Node<'a>,
        head: Option<&Node<'_>>,
    ) -> Result<GoodRow, Box<Unreadable>> {
        self.root = Some(root);
        root.digest(&mut self.content);
        let shape = self.shape;
        for (at, column) in shape.columns.iter().enumerate().filter(|(_, column)| column.group.is_none()) {
            let text = match &column.source {
                ColumnSource::Tree(path) => path.text(root, &column.join),
                ColumnSource::Head(path) => {
                    head.map(|head| path.text(head, &column.join)).unwrap_or_default()
                }
                _ => String::new(),
            };
            self.put(at, column, Cow::Owned(text));
        }
        self.finish()
    }

    fn finish(mut self) -> Result<GoodRow, Box<Unreadable>> {
        let shape = self.shape;
        let key = self.text(&shape.key, 1);
        if let Some(reason) = &shape.unexpected {
            self.warn("(row)", reason.clone());
        }
        if key.is_none() {
            let blank = shape.key.columns().find(|at| self.cells.text(*at).is_empty());
            let name = blank.and_then(|at| shape.columns.get(at)).map_or("(row)", |column| &column.name);
            let reason =
                "blank, but the row's key is made of it. Ask the agency for the row with its key.".to_owned();
            let fault = Fault { field: name.to_owned(), reason };
            let shown = |at| self.cells.text(at);
            let key = shape.key.whatever_is_there(&shown).unwrap_or_default();
            return Err(Box::new(Unreadable { key, fault }));
        }
        let key = key.unwrap_or_default();
        self.record.row_key.clone_from(&key);
        if let Some(moment) = shape.stamp.and_then(|at| self.cells.moment(at)) {
            self.stamp = moment.exact.to_string();
        }
        self.births_after();
        self.people();
        self.relations();
        self.residences();
        self.events();
        if let Some(fault) = self.fault {
            return Err(Box::new(Unreadable { key, fault }));
        }
        let happened = self.cells.first_when(&shape.happened);
        let recorded = self.cells.when(shape.recorded);
        Ok(GoodRow {
            line: 0,
            key,
            stamp: self.stamp,
            content: hex(&self.content.finalize()),
            happened,
            recorded,
            record: self.record,
            kept: self.kept,
            warnings: self.warnings,
            raw: String::new(),
        })
    }

    /// A birth later than the row's own dates is told; one later than the row itself is no birth.
    fn births_after(&mut self) {
        let shape = self.shape;
        for (at, column) in shape.columns.iter().enumerate().filter(|(_, c)| c.kind == ColumnKind::Birth) {
            let Some(born) = self.cells.when(Some(at)) else { continue };
            let later = |other: &usize| {
                self.cells.when(Some(*other)).is_some_and(|day| born.first_day() > day.last_day())
            };
            let impossible = column.dropped_after.iter().copied().find(later);
            let Some(other) = impossible.or_else(|| column.not_after.iter().copied().find(later)) else {
                continue;
            };
            let impossible = impossible.is_some();
            let other = shape.columns.get(other).map_or("", |column| &column.name);
            let ending = if impossible { "; left out, as the row was written before it" } else { "" };
            note(&mut self.warnings, &column.name, format!("a birth after {other}{ending}"));
            if impossible && let Some(cell) = self.cells.when.get_mut(at) {
                *cell = None;
            }
        }
    }

    /// A text whose columns are all filled.
    pub(super) fn text(&self, template: &Template, ordinal: usize) -> Option<String> {
        template.whole(ordinal, &|at| self.cells.text(at))
    }

    pub(super) fn optional_text(&self, template: Option<&Template>, ordinal: usize) -> Option<String> {
        self.text(template?, ordinal)
    }

    /// The first of several texts that is there.
    pub(super) fn first_text(&self, templates: &[Template], ordinal: usize) -> Option<String> {
        templates.iter().find_map(|template| self.text(template, ordinal))
    }

    /// One of our words. A code that is not in its table is told, not guessed.
    pub(super) fn choose<T: Copy>(
        &mut self,
        choice: &Choice<T>,
        words: fn(&crate::mapping::words::Words, &str) -> Option<T>,
    ) -> Option<T> {
        match choice {
            Choice::Fixed(word) => Some(*word),
            Choice::Words { column } => {
                let text = self.cells.text(*column);
                if text.is_empty() { None } else { words(&self.feed.words, text) }
            }
            Choice::Table { column, table } => {
                let text = self.cells.text(*column);
                if text.is_empty() {
                    return None;
                }
                if let Some(known) = table.get(&plain(text)).or_else(|| table.get("*")) {
                    return *known;
                }
                let name = self.shape.columns.get(*column).map_or("", |column| &column.name);
                let reason = format!("`{}` is not a code this mapping knows; left out", shortened(text));
                note(&mut self.warnings, name, reason);
                None
            }
        }
    }

    /// Who a rule means; nobody when the row does not name them.
    pub(super) fn who(&self, rule: &WhoRule, ordinal: usize) -> Option<Who> {
        match rule {
            WhoRule::Here(template) => {
                let sub = self.text(template, ordinal)?;
                self.record.people.iter().any(|mention| mention.sub == sub).then_some(Who::Here(sub))
            }
            WhoRule::Local(template) => Some(Who::Local(self.text(template, ordinal)?)),
            WhoRule::Group(template) => Some(Who::Group(self.text(template, ordinal)?)),
        }
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
