//! The mapping file as an analyst writes it. `area/feeds/README.md` explains every field with examples; this file
//! is its grammar. A field that is not here is refused at load, so that a typing mistake is never silently ignored.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One mapping file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedSpec {
    pub id: String,
    pub agency: String,
    pub title: String,
    pub expected_every_days: u16,
    /// Confidential: records are sealed, every place in it is kept.
    #[serde(default)]
    pub sealed: bool,
    pub file: FileSpec,
    pub row: Vec<RowSpec>,
}

/// How to know the file and take it apart.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileSpec {
    /// Name patterns with `*`, without the folder.
    pub names: Vec<String>,
    pub format: Format,
    #[serde(default = "comma")]
    pub delimiter: char,
    /// Date patterns, tried in order.
    pub dates: Vec<String>,
    /// XML only.
    pub xml: Option<XmlSpec>,
}

fn comma() -> char {
    ','
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// Delimited text, or a workbook with the same columns.
    Table,
    /// XML with one element per row.
    Xml,
    /// One JSON object per line.
    Ndjson,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct XmlSpec {
    /// The outermost element.
    pub root: String,
    /// The element with facts about the whole file.
    pub head: String,
    /// The element that is one row.
    pub row: String,
    /// Text that must stand at this path of the head: `{ path, is }`.
    pub proof: Option<ProofSpec>,
    /// Elements of a row that are known and not read.
    #[serde(default)]
    pub not_read: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProofSpec {
    pub path: String,
    pub is: String,
}

/// What one kind of row says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowSpec {
    /// Rows of a file with several kinds: only those with this text at this path.
    pub only: Option<ProofSpec>,
    /// Not agreed with the agency: accepted with this warning.
    pub unexpected: Option<String>,
    pub key: String,
    pub stamp: Option<String>,
    #[serde(default)]
    pub happened: Vec<String>,
    pub recorded: Option<String>,
    pub columns: BTreeMap<String, ColumnSpec>,
    #[serde(default)]
    pub groups: BTreeMap<String, GroupSpec>,
    #[serde(default)]
    pub tables: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    pub people: Vec<PersonSpec>,
    #[serde(default)]
    pub relations: Vec<RelationSpec>,
    #[serde(default)]
    pub residences: Vec<ResidenceSpec>,
    #[serde(default)]
    pub events: Vec<EventSpec>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ColumnSpec {
    /// The file is refused without it.
    pub required: bool,
    /// Other headings under which it may come.
    pub also: Vec<String>,
    pub is: ColumnKind,
    /// Where it is in a tree (XML, JSON); with `/` in front, in the head of the file.
    pub path: Option<String>,
    /// The group it belongs to.
    pub group: Option<String>,
    /// Which part of a split or listed item: `1`, `2`, `name`, `age`, `born`, `words`.
    pub part: Option<String>,
    /// Between several texts found at one path.
    pub join: Option<String>,
    /// Only what follows these words.
    pub after: Option<String>,
    /// A birth that is later than one of these dates is warned about.
    pub not_after: Vec<String>,
    /// A birth that is later than one of these dates is left out as well: the row was written before it.
    pub dropped_after: Vec<String>,
    /// A number of a row of this kind in the same file.
    pub refers_to: Option<String>,
    /// Date patterns of its own.
    pub dates: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ColumnKind {
    #[default]
    Text,
    /// When something happened: an impossible or future one keeps the row aside.
    EventDate,
    /// Any other date: an impossible one is left out with a warning.
    Date,
    /// A birth: placeholders and impossible ones are left out with a warning.
    Birth,
    /// Home Office class and sub-class, the slash perhaps missing.
    OffenceCode,
    /// Text with tags.
    Markup,
    /// A whole name: spaces at its ends tell which part is missing.
    Name,
}

/// Something that occurs several times in a row.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct GroupSpec {
    /// Repeated elements of a tree.
    pub path: Option<String>,
    /// The group it is inside of.
    pub within: Option<String>,
    /// A column with several items.
    pub split: Option<String>,
    /// Between items.
    pub between: Option<String>,
    /// Between the parts of an item.
    pub parts: Option<String>,
    /// A column with a list of people.
    pub people_in: Option<String>,
    /// A column with text, and what to find in it.
    pub text: Option<String>,
    pub patterns: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ConditionSpec {
    pub column: String,
    pub is: Vec<String>,
    pub not: Vec<String>,
    pub filled: Option<bool>,
    pub has: Vec<String>,
    pub lacks: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PersonSpec {
    pub each: Option<String>,
    pub when: Vec<ConditionSpec>,
    pub sub: String,
    pub link_key: Option<String>,
    pub local_refs: Vec<String>,
    pub groups: Vec<String>,
    pub names: Vec<NameSpec>,
    pub born: Option<String>,
    /// A child's birth later than this date is the day the child was expected, when the row was written.
    pub expected_when_born_after: Option<String>,
    pub age: Option<String>,
    pub expected: Option<String>,
    pub sex: Option<String>,
    pub stage: Option<String>,
    pub phones: Vec<String>,
    pub identifiers: BTreeMap<String, String>,
    /// A row that names this person without a forename is warned about.
    pub name_expected: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NameSpec {
    pub each: Option<String>,
    pub kind: Option<String>,
    /// The whole name in one cell.
    pub cell: Option<String>,
    /// What one word alone is.
    pub single: SingleSpec,
    pub forenames: Option<String>,
    /// Further forenames, which never stand in for a missing first one.
    pub middle: Option<String>,
    pub surname: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SingleSpec {
    #[default]
    Surname,
    Forename,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RelationSpec {
    pub each: Option<String>,
    #[serde(default)]
    pub when: Vec<ConditionSpec>,
    pub of: String,
    pub to: String,
    pub words: String,
    pub is: Option<String>,
    pub since: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResidenceSpec {
    pub each: Option<String>,
    #[serde(default)]
    pub when: Vec<ConditionSpec>,
    pub who: String,
    pub place: PlaceSpec,
    pub from: Option<String>,
    pub to: Option<String>,
    pub told: Option<String>,
    pub basis: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PlaceSpec {
    pub address: String,
    pub postcode: Option<String>,
    pub uprn: Option<String>,
    /// The place is kept when this holds.
    pub kept_when: Vec<ConditionSpec>,
    pub why: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventSpec {
    pub each: Option<String>,
    #[serde(default)]
    pub when: Vec<ConditionSpec>,
    pub kind: String,
    pub at: Vec<String>,
    pub until: Option<String>,
    pub reference: Option<String>,
    #[serde(default)]
    pub title: Vec<String>,
    #[serde(default)]
    pub text: Vec<String>,
    #[serde(default)]
    pub by: Vec<String>,
    pub place: Option<PlaceSpec>,
    #[serde(default)]
    pub involved: Vec<InvolvedSpec>,
    #[serde(default)]
    pub details: BTreeMap<String, String>,
    pub child_contact: Option<ContactSpec>,
    /// A column with words for a relationship, put into the details as words and as ours.
    pub relation_words: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvolvedSpec {
    pub each: Option<String>,
    pub who: String,
    pub role: String,
}

/// Whether a child was seen, alone, spoken to.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ContactSpec {
    pub when: Vec<ConditionSpec>,
    /// Columns with yes or no.
    pub seen: Option<String>,
    pub alone: Option<String>,
    pub spoken_to: Option<String>,
    /// A code with its table: values such as `seen, not alone, spoken to`.
    pub code: Option<String>,
    /// Words in a text.
    pub text: Option<String>,
    pub says_not_seen: Vec<String>,
    pub says_seen: Vec<String>,
    pub says_alone: Vec<String>,
    pub says_not_alone: Vec<String>,
    pub says_spoken_to: Vec<String>,
    pub says_not_spoken_to: Vec<String>,
}
