//! A mapping made ready to use: names of columns have become places in the row, codes have become our words.

use std::collections::BTreeMap;
use std::sync::Arc;

use throughline_domain::ids::{AgencyId, FeedId};
use throughline_domain::record::{
    Basis, EventKind, IdentifierKind, LifeStage, NameKind, RelationKind, Role, Sex,
};

use super::path::Path;
use super::spec::{ColumnKind, Format, XmlSpec};
use super::template::Template;
use super::words::Words;
use crate::value::date::DatePattern;
use crate::value::name::Single;

/// One kind of file an agency sends.
#[derive(Debug)]
pub struct Feed {
    /// `police.involvements`.
    pub id: FeedId,
    /// `police`.
    pub agency: AgencyId,
    /// What people read.
    pub title: String,
    /// After how many days without a delivery the agency's picture is out of date.
    pub expected_every_days: u16,
    /// Confidential: its records are sealed and every place in it is kept.
    pub sealed: bool,
    pub(crate) names: Vec<String>,
    pub(crate) format: Format,
    pub(crate) delimiter: u8,
    pub(crate) dates: Vec<DatePattern>,
    pub(crate) xml: Option<XmlLayout>,
    pub(crate) shapes: Vec<Shape>,
    pub(crate) words: Arc<Words>,
}

#[derive(Debug)]
pub(crate) struct XmlLayout {
    pub spec: XmlSpec,
    pub proof: Option<(Path, String)>,
    /// Names of every element a row may hold.
    pub known: std::collections::BTreeSet<String>,
}

/// One kind of row.
#[derive(Debug)]
pub(crate) struct Shape {
    pub only: Option<(Path, String)>,
    pub unexpected: Option<String>,
    pub key: Template,
    pub stamp: Option<usize>,
    pub happened: Vec<usize>,
    pub recorded: Option<usize>,
    pub columns: Vec<Column>,
    pub groups: Vec<Group>,
    pub people: Vec<Person>,
    pub relations: Vec<RelationRule>,
    pub residences: Vec<ResidenceRule>,
    pub events: Vec<EventRule>,
}

#[derive(Debug)]
pub(crate) struct Column {
    pub name: String,
    pub required: bool,
    /// Headings in plain form, the column's own first.
    pub headings: Vec<String>,
    /// The same with their words brought to ours.
    pub alike: Vec<String>,
    pub kind: ColumnKind,
    pub source: ColumnSource,
    pub group: Option<usize>,
    pub join: String,
    pub after: Option<String>,
    pub not_after: Vec<usize>,
    pub dropped_after: Vec<usize>,
    pub refers_to: Option<String>,
    pub dates: Vec<DatePattern>,
}

#[derive(Clone, Debug)]
pub(crate) enum ColumnSource {
    /// A cell of a table.
    Cell,
    /// A place in a tree.
    Tree(Path),
    /// A place in the head of the file.
    Head(Path),
    /// A part of a split item, from 1.
    Part(usize),
    /// A named part of a listed person or a text pattern.
    Named(String),
}

#[derive(Debug)]
pub(crate) struct Group {
    pub within: Option<usize>,
    pub source: GroupSource,
}

#[derive(Debug)]
pub(crate) enum GroupSource {
    Tree(Path),
    Split { column: usize, between: String, parts: Option<String> },
    People { column: usize },
    Text { column: usize, patterns: Vec<Vec<TextPart>> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TextPart {
    Words(String),
    Find(String),
}

#[derive(Debug)]
pub(crate) struct Condition {
    pub column: usize,
    pub is: Vec<String>,
    pub not: Vec<String>,
    pub filled: Option<bool>,
    pub has: Vec<String>,
    pub lacks: Vec<String>,
}

/// A word of ours, fixed or looked up by a code.
#[derive(Debug)]
pub(crate) enum Choice<T> {
    Fixed(T),
    Table {
        column: usize,
        table: BTreeMap<String, Option<T>>,
    },
    /// By the words for relationships.
    Words {
        column: usize,
    },
}

#[derive(Debug)]
pub(crate) enum WhoRule {
    Here(Template),
    Local(Template),
    Group(Template),
}

#[derive(Debug)]
pub(crate) struct Person {
    pub each: Option<usize>,
    pub when: Vec<Condition>,
    pub sub: Template,
    pub link_key: Option<Template>,
    pub local_refs: Vec<Template>,
    pub groups: Vec<Template>,
    pub names: Vec<NameRule>,
    pub born: Option<usize>,
    pub expected_when_born_after: Option<usize>,
    pub age: Option<usize>,
    pub expected: Option<usize>,
    pub sex: Option<Choice<Sex>>,
    pub stage: Option<Choice<LifeStage>>,
    pub phones: Vec<usize>,
    pub identifiers: Vec<(IdentifierKind, usize)>,
    pub name_expected: bool,
}

#[derive(Debug)]
pub(crate) struct NameRule {
    pub each: Option<usize>,
    pub kind: Choice<NameKind>,
    pub cell: Option<usize>,
    pub single: Single,
    pub forenames: Option<Template>,
    pub middle: Option<Template>,
    pub surname: Option<Template>,
}

#[derive(Debug)]
pub(crate) struct RelationRule {
    pub each: Option<usize>,
    pub when: Vec<Condition>,
    pub of: WhoRule,
    pub to: WhoRule,
    pub words: Template,
    pub is: Option<Choice<RelationKind>>,
    pub since: Option<usize>,
}

#[derive(Debug)]
pub(crate) struct ResidenceRule {
    pub each: Option<usize>,
    pub when: Vec<Condition>,
    pub who: WhoRule,
    pub place: PlaceRule,
    pub from: Option<usize>,
    pub to: Option<usize>,
    pub told: Option<usize>,
    pub basis: Choice<Basis>,
}

#[derive(Debug)]
pub(crate) struct PlaceRule {
    pub address: Template,
    pub postcode: Option<usize>,
    pub uprn: Option<usize>,
    pub kept_when: Vec<Condition>,
    pub why: String,
}

#[derive(Debug)]
pub(crate) struct EventRule {
    pub each: Option<usize>,
    pub when: Vec<Condition>,
    pub kind: Choice<EventKind>,
    pub at: Vec<usize>,
    pub until: Option<usize>,
    pub reference: Option<Template>,
    pub title: Vec<Template>,
    pub text: Vec<Template>,
    pub by: Vec<Template>,
    pub place: Option<PlaceRule>,
    pub involved: Vec<InvolvedRule>,
    pub details: Vec<(String, Template)>,
    pub child_contact: Option<ContactRule>,
    pub relation_words: Option<usize>,
}

#[derive(Debug)]
pub(crate) struct InvolvedRule {
    pub each: Option<usize>,
    pub who: WhoRule,
    pub role: Choice<Role>,
}

#[derive(Debug, Default)]
pub(crate) struct ContactRule {
    pub when: Vec<Condition>,
    pub seen: Option<usize>,
    pub alone: Option<usize>,
    pub spoken_to: Option<usize>,
    pub code: Option<Template>,
    pub text: Option<Template>,
    pub says_not_seen: Vec<String>,
    pub says_seen: Vec<String>,
    pub says_alone: Vec<String>,
    pub says_not_alone: Vec<String>,
    pub says_spoken_to: Vec<String>,
    pub says_not_spoken_to: Vec<String>,
}

impl Feed {
    /// The columns a file of this kind must have, for people who send one without.
    pub(crate) fn required_columns(&self) -> String {
        let Some(shape) = self.shapes.first() else { return String::new() };
        let names: Vec<&str> = shape
            .columns
            .iter()
            .filter(|column| column.required)
            .map(|column| column.name.as_str())
            .collect();
        names.join(", ")
    }
}
