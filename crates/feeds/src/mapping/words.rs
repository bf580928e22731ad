//! Words shared by all files (`words.toml`): titles, placeholders, prisons, relationships. They are data, so that
//! a partnership can teach the program how its offices write.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;
use throughline_domain::record::RelationKind;

use crate::value::phrase::{plain, spaced};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WordsFile {
    names: NamesFile,
    dates: DatesFile,
    addresses: AddressesFile,
    cells: CellsFile,
    lines: LinesFile,
    headers: HeadersFile,
    relations: BTreeMap<String, RelationKind>,
    relation_parts: Vec<RelationPart>,
    #[serde(default)]
    tables: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamesFile {
    titles: Vec<String>,
    particles: Vec<String>,
    unknown: Vec<String>,
    baby: Vec<String>,
    former: Vec<String>,
    known_as: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DatesFile {
    placeholder_births: Vec<Date>,
    oldest_birth: i16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressesFile {
    withheld: Vec<String>,
    none: Vec<String>,
    custody: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CellsFile {
    blank: Vec<String>,
    yes: Vec<String>,
    no: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinesFile {
    footers: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadersFile {
    same: Vec<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RelationPart {
    #[serde(default)]
    all: Vec<String>,
    #[serde(default)]
    any: Vec<String>,
    is: RelationKind,
}

/// The words, ready to look up.
#[derive(Debug)]
pub struct Words {
    titles: BTreeSet<String>,
    particles: BTreeSet<String>,
    unknown: BTreeSet<String>,
    baby: BTreeSet<String>,
    former: Vec<String>,
    known_as: Vec<String>,
    placeholder_births: BTreeSet<Date>,
    oldest_birth: i16,
    withheld: Vec<String>,
    no_address: BTreeSet<String>,
    custody: Vec<String>,
    blank: Vec<String>,
    yes: BTreeSet<String>,
    no: BTreeSet<String>,
    footers: Vec<String>,
    headers: Vec<(String, String)>,
    relations: BTreeMap<String, RelationKind>,
    relation_parts: Vec<Part>,
    pub(crate) tables: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Debug)]
struct Part {
    all: Vec<String>,
    any: Vec<String>,
    is: RelationKind,
}

/// Why a name is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAName {
    /// Nobody knew it.
    Unknown,
    /// The child has none yet.
    Baby,
}

fn set(words: &[String]) -> BTreeSet<String> {
    words.iter().map(|word| spaced(word)).collect()
}

fn list(words: &[String]) -> Vec<String> {
    words.iter().map(|word| spaced(word)).collect()
}

impl From<WordsFile> for Words {
    fn from(file: WordsFile) -> Self {
        let same = file.headers.same.iter().filter_map(|group| group.split_first());
        let mut headers: Vec<_> =
            same.flat_map(|(first, rest)| rest.iter().map(|word| (plain(word), plain(first)))).collect();
        headers.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        let part = |part: RelationPart| Part { all: list(&part.all), any: list(&part.any), is: part.is };
        Self {
            titles: set(&file.names.titles),
            particles: set(&file.names.particles),
            unknown: set(&file.names.unknown),
            baby: set(&file.names.baby),
            former: list(&file.names.former),
            known_as: list(&file.names.known_as),
            placeholder_births: file.dates.placeholder_births.into_iter().collect(),
            oldest_birth: file.dates.oldest_birth,
            withheld: list(&file.addresses.withheld),
            no_address: set(&file.addresses.none),
            custody: list(&file.addresses.custody),
            blank: file.cells.blank,
            yes: set(&file.cells.yes),
            no: set(&file.cells.no),
            footers: list(&file.lines.footers),
            headers,
            relations: file.relations.iter().map(|(word, kind)| (plain(word), *kind)).collect(),
            relation_parts: file.relation_parts.into_iter().map(part).collect(),
            tables: file.tables,
        }
    }
}

impl Words {
    /// A form of address.
    pub(crate) fn is_title(&self, word: &str) -> bool {
        self.titles.contains(&spaced(word))
    }

    /// A part of the surname that follows.
    pub(crate) fn is_particle(&self, word: &str) -> bool {
        self.particles.contains(&spaced(word))
    }

    /// A placeholder where a name should be, numbers behind it (`Twin 1`) not counted.
    pub(crate) fn not_a_name(&self, text: &str) -> Option<NotAName> {
        let phrase = spaced(text.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace()));
        if self.unknown.contains(&phrase) {
            Some(NotAName::Unknown)
        } else if self.baby.contains(&phrase) {
            Some(NotAName::Baby)
        } else {
            None
        }
    }

    /// The rest of a bracket such as `nee Jones`.
    pub(crate) fn after_former<'a>(&self, text: &'a str) -> Option<&'a str> {
        after(&self.former, text)
    }

    /// The rest of a bracket such as `known as Annie`.
    pub(crate) fn after_known_as<'a>(&self, text: &'a str) -> Option<&'a str> {
        after(&self.known_as, text)
    }

    /// A date that stands for "not known".
    pub(crate) fn is_placeholder_birth(&self, date: Date, short_year: bool) -> bool {
        let turn_of_century = short_year && date == Date::constant(2000, 1, 1);
        turn_of_century || self.placeholder_births.contains(&date) || date.year() < self.oldest_birth
    }

    /// Words that stand for an address somebody asked to be kept.
    pub(crate) fn is_withheld(&self, address: &str) -> bool {
        let phrase = spaced(address);
        self.withheld.iter().any(|words| phrase.contains(words))
    }

    /// Words that stand for no address.
    pub(crate) fn is_no_address(&self, address: &str) -> bool {
        self.no_address.contains(&spaced(address))
    }

    /// A prison or approved premises.
    pub(crate) fn is_custody(&self, address: &str) -> bool {
        let phrase = spaced(address);
        self.custody.iter().any(|words| phrase.contains(words))
    }

    /// A cell that holds nothing.
    pub(crate) fn is_blank(&self, cell: &str) -> bool {
        cell.is_empty()
            || (cell.len() <= 8 && self.blank.iter().any(|blank| blank.eq_ignore_ascii_case(cell)))
    }

    /// Yes, no, or neither.
    pub(crate) fn yes_no(&self, cell: &str) -> Option<bool> {
        let word = spaced(cell);
        if self.yes.contains(&word) {
            Some(true)
        } else if self.no.contains(&word) {
            Some(false)
        } else {
            None
        }
    }

    /// A line that ends a report.
    pub(crate) fn is_footer(&self, line: &str) -> bool {
        let phrase = spaced(line);
        self.footers.iter().any(|words| phrase.contains(words)) || phrase.trim().is_empty()
    }

    /// A heading with its words brought to the ones we use: `Member Date of Birth` and `MemberDOB` are one.
    pub(crate) fn heading(&self, text: &str) -> String {
        let mut heading = plain(text);
        for (word, stands_for) in &self.headers {
            if let Some(rest) = heading.strip_suffix(word.as_str()) {
                heading = format!("{rest}{stands_for}");
                break;
            }
        }
        heading
    }

    /// What a word for a relationship means.
    pub(crate) fn relation(&self, text: &str) -> Option<RelationKind> {
        let word = plain(text);
        if word.is_empty() {
            return None;
        }
        self.relations.get(&word).copied().or_else(|| {
            let phrase = spaced(text);
            let fits = |part: &&Part| {
                part.all.iter().all(|word| phrase.contains(word))
                    && (part.any.is_empty() || part.any.iter().any(|word| phrase.contains(word)))
            };
            self.relation_parts.iter().find(fits).map(|part| part.is)
        })
    }
}

fn after<'a>(starts: &[String], text: &'a str) -> Option<&'a str> {
    let text = text.trim();
    let phrase = spaced(text);
    let start =
        starts.iter().filter(|start| phrase.starts_with(start.as_str())).max_by_key(|start| start.len())?;
    let words = start.split_whitespace().count();
    let mut rest = text;
    for _ in 0..words {
        rest = rest.trim_start().split_once([' ', ':', '.']).map_or("", |(_, rest)| rest);
    }
    let rest = rest.trim();
    (!rest.is_empty()).then_some(rest)
}

#[cfg(test)]
pub(crate) fn built_in() -> Words {
    let file: WordsFile = toml::from_str(include_str!("../../../../area/feeds/words.toml")).unwrap();
    Words::from(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relationship_words_mean_what_people_mean() {
        let words = built_in();
        let table = [
            ("PARTNER", RelationKind::Partner),
            ("Ex Ptnr", RelationKind::FormerPartner),
            ("sep. husband", RelationKind::FormerPartner),
            ("estranged wife", RelationKind::FormerPartner),
            ("EX-PARTNER", RelationKind::FormerPartner),
            ("Mum's partner", RelationKind::PartnerOfParent),
            ("MOTHER'S PARTNER", RelationKind::PartnerOfParent),
            ("Mum's new boyfriend", RelationKind::PartnerOfParent),
            ("stepson", RelationKind::Child),
            ("STEP-DAUGHTER", RelationKind::Child),
            ("DAUGHTER-IN-LAW", RelationKind::Relative),
            ("father in law", RelationKind::Relative),
            ("HALF SIBLING", RelationKind::Sibling),
            ("Step Father", RelationKind::Parent),
            ("next door", RelationKind::Other),
        ];
        for (text, kind) in table {
            assert_eq!(words.relation(text), Some(kind), "{text}");
        }
        assert_eq!(words.relation("probation officer"), None);
    }

    #[test]
    fn placeholders_are_not_names() {
        let words = built_in();
        assert_eq!(words.not_a_name("Not Known"), Some(NotAName::Unknown));
        assert_eq!(words.not_a_name("Twin 1"), Some(NotAName::Baby));
        assert_eq!(words.not_a_name("Unity"), None);
    }

    #[test]
    fn prisons_and_withheld_addresses_are_told_apart() {
        let words = built_in();
        assert!(words.is_custody("HMP Stonecross, Stonecross"));
        assert!(words.is_custody("Calder Lodge Approved Premises, 62 Oak Court"));
        assert!(!words.is_custody("Prisoners Lane"));
        assert!(words.is_withheld("c/o Women's Aid"));
        assert!(!words.is_withheld("12 Women Street"));
    }

    #[test]
    fn renamed_headings_are_one() {
        let words = built_in();
        assert_eq!(words.heading("Member Date of Birth"), words.heading("MemberDOB"));
        assert_eq!(words.heading("INCIDENT_REFERENCE"), words.heading("Incident Ref"));
        assert_ne!(words.heading("OCCURRED_FROM"), words.heading("OCCURRED_TO"));
    }
}
