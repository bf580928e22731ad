//! All mappings of an area, and which of them a file belongs to: by its name and by what is in it, never by one alone.

use std::path::Path as FilePath;
use std::sync::Arc;

use crate::mapping::check::{feed, read_toml};
use crate::mapping::error::MappingError;
use crate::mapping::feed::Feed;
use crate::mapping::spec::Format;
use crate::mapping::words::{Words, WordsFile};
use crate::row::Refusal;
use crate::source::delimited::split;
use crate::source::header::{Missing, find};
use crate::source::lines::{BOM, Encoding, Looks, not_text};
use crate::source::workbook;

/// The name of the file with the words all mappings share.
const WORDS: &str = "words.toml";

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../area/feeds/", $name)))),*]
    };
}

/// The mappings that come with the program.
const BUILT_IN: &[(&str, &str)] = built_in![
    "words.toml",
    "police_incidents.toml",
    "police_involvements.toml",
    "social_care_people.toml",
    "social_care_visits.toml",
    "social_care_census.toml",
    "health_fhir.toml",
    "schools_pupils.toml",
    "schools_concerns.toml",
    "schools_attendance.toml",
    "probation_cases.toml",
    "probation_events.toml",
    "housing_tenancies.toml",
    "housing_contacts.toml",
    "services_referrals.toml",
    "services_refuge.toml",
];

/// All mappings of an area.
#[derive(Debug)]
pub struct FeedBook {
    feeds: Vec<Feed>,
}

impl FeedBook {
    /// The mappings that come with the program.
    ///
    /// # Errors
    /// [`MappingError`] when one of them is wrong, which a test prevents.
    pub fn built_in() -> Result<Self, MappingError> {
        let files: Vec<(String, String)> =
            BUILT_IN.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Self::from_files(&files)
    }

    /// The mappings of a folder: every `*.toml` in it. Without a `words.toml` the words that come with the program hold.
    ///
    /// # Errors
    /// [`MappingError`] naming file, table and field, what stands there and what could.
    pub fn load(folder: &FilePath) -> Result<Self, MappingError> {
        let wrong = |file: String, found: String| MappingError {
            file,
            place: "the folder".to_owned(),
            found,
            expected: "a folder of mapping files that can be read".to_owned(),
        };
        let shown = folder.display().to_string();
        let entries = std::fs::read_dir(folder).map_err(|error| wrong(shown.clone(), error.to_string()))?;
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| wrong(shown.clone(), error.to_string()))?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                let name =
                    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                let text =
                    std::fs::read_to_string(&path).map_err(|error| wrong(name.clone(), error.to_string()))?;
                files.push((name, text));
            }
        }
        files.sort();
        if !files.iter().any(|(name, _)| name == WORDS) {
            let built_in = BUILT_IN.iter().filter(|(name, _)| *name == WORDS);
            files.extend(built_in.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        }
        Self::from_files(&files)
    }

    fn from_files(files: &[(String, String)]) -> Result<Self, MappingError> {
        let words =
            files.iter().find(|(name, _)| name == WORDS).map(|(_, text)| text.as_str()).unwrap_or_default();
        let words: WordsFile = read_toml(WORDS, words)?;
        let words = Arc::new(Words::from(words));
        let mut feeds: Vec<Feed> = Vec::new();
        for (name, text) in files.iter().filter(|(name, _)| name != WORDS) {
            let feed = feed(name, text, &words)?;
            if feeds.iter().any(|known| known.id == feed.id) {
                return Err(MappingError {
                    file: name.clone(),
                    place: "id".to_owned(),
                    found: format!("`{}` again", feed.id),
                    expected: "an id that no other mapping has".to_owned(),
                });
            }
            feeds.push(feed);
        }
        Ok(Self { feeds })
    }

    /// Every kind of file, in the order of their mappings' names.
    #[must_use]
    pub fn feeds(&self) -> &[Feed] {
        &self.feeds
    }

    /// The kind of file with this id.
    #[must_use]
    pub fn feed(&self, id: &str) -> Option<&Feed> {
        self.feeds.iter().find(|feed| feed.id.as_str() == id)
    }

    /// Which kind of file this is, by its name and its first bytes (64 KiB will do).
    ///
    /// # Errors
    /// [`Refusal`] saying what the name or the content lacks.
    pub fn identify(&self, name: &str, head: &[u8]) -> Result<&Feed, Refusal> {
        let named: Vec<&Feed> = self.feeds.iter().filter(|feed| feed.is_named(name)).collect();
        if named.is_empty() {
            let patterns: Vec<&str> =
                self.feeds.iter().flat_map(|feed| feed.names.iter().map(String::as_str)).collect();
            let reason = format!(
                "no mapping knows a file of this name; expected one of {}. Rename the file, or add its name to a mapping.",
                patterns.join(", ")
            );
            return Err(Refusal::new(name, reason));
        }
        if head.strip_prefix(BOM).unwrap_or(head).trim_ascii().is_empty() {
            return self.one(name, &named, "it is empty, and its name fits several mappings");
        }
        if workbook::is_one(head) {
            let tables: Vec<&Feed> =
                named.iter().copied().filter(|feed| feed.format == Format::Table).collect();
            return self.one(name, &tables, "it is a workbook, and its name fits no or several tables");
        }
        match not_text(head) {
            Some(Looks::Utf16) => return Err(Refusal::new(name, UTF16)),
            Some(_) => return Err(Refusal::new(name, BINARY)),
            None => {}
        }
        let mut fitting = Vec::new();
        let mut reasons = Vec::new();
        for feed in named {
            match feed.fits(head) {
                Ok(()) => fitting.push(feed),
                Err(reason) => reasons.push(format!("as {}: {reason}", feed.id)),
            }
        }
        match fitting.as_slice() {
            [] => Err(Refusal::new(name, reasons.join(" "))),
            several => self.one(name, several, "it fits several mappings"),
        }
    }

    fn one<'f>(&self, name: &str, feeds: &[&'f Feed], trouble: &str) -> Result<&'f Feed, Refusal> {
        // The folder decides between mappings that a name alone does not tell apart.
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder).to_lowercase();
        let inside = |feed: &&&Feed| folder.rsplit('/').next() == Some(feed.agency.as_str());
        match feeds {
            [feed] => Ok(feed),
            _ => match feeds.iter().filter(inside).collect::<Vec<_>>().as_slice() {
                [feed] => Ok(feed),
                _ => {
                    let ids: Vec<&str> = feeds.iter().map(|feed| feed.id.as_str()).collect();
                    let reason =
                        format!("{trouble} ({}). Put it into the folder of its agency.", ids.join(", "));
                    Err(Refusal::new(name, reason))
                }
            },
        }
    }
}

pub(crate) const UTF16: &str =
    "it is UTF-16 text; expected UTF-8 or Windows-1252. Ask the agency to export it as `CSV UTF-8`.";
pub(crate) const BINARY: &str = "it is not text and no workbook. Ask the agency what it is.";

impl Feed {
    /// Whether the file's own name, without folder, fits one of the patterns.
    fn is_named(&self, name: &str) -> bool {
        let base = name.rsplit(['/', '\\']).next().unwrap_or(name).to_lowercase();
        self.names.iter().any(|pattern| fits(pattern, &base))
    }

    /// Whether the first bytes of a file are those of this kind.
    fn fits(&self, head: &[u8]) -> Result<(), String> {
        let head = head.strip_prefix(BOM).unwrap_or(head);
        match self.format {
            Format::Table => self.fits_table(head),
            Format::Ndjson => {
                let (text, _) = Encoding::Utf8.decode(head);
                let names = self.shapes.iter().filter_map(|shape| shape.only.as_ref()?.0.names().next());
                let told = names.into_iter().all(|name| text.contains(&format!("\"{name}\"")));
                if text.trim_start().starts_with('{') && told {
                    Ok(())
                } else {
                    Err("expected one JSON resource per line.".to_owned())
                }
            }
            Format::Xml => {
                let root = self.xml.as_ref().map_or("", |layout| layout.spec.root.as_str());
                let (text, _) = Encoding::Utf8.decode(head);
                let found = text.contains(&format!("<{root}")) && text.trim_start().starts_with('<');
                if found { Ok(()) } else { Err(format!("expected XML with the outermost element `{root}`.")) }
            }
        }
    }

    fn fits_table(&self, head: &[u8]) -> Result<(), String> {
        let Some(shape) = self.shapes.first() else { return Err("this mapping has no row".to_owned()) };
        let mut fewest: Option<Vec<String>> = None;
        for line in head.split(|byte| *byte == b'\n').take(12) {
            let (text, _) = Encoding::Utf8.decode(line);
            let cells = split(text.trim_end_matches('\r'), self.delimiter);
            match find(shape, &self.words, cells.iter().map(AsRef::as_ref)) {
                Ok(_) => return Ok(()),
                Err(Missing(missing)) if fewest.as_ref().is_none_or(|known| missing.len() < known.len()) => {
                    fewest = Some(missing);
                }
                Err(_) => {}
            }
        }
        let missing = fewest.unwrap_or_default().join(", ");
        Err(format!(
            "no heading with {missing}. If the agency renamed columns, add the new names to the mapping."
        ))
    }
}

/// A pattern with `*` for any characters.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(middle) = last.replace(part) {
            match rest.split_once(middle) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
    }
    match last {
        Some(end) => rest.ends_with(end),
        None => rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mappings_that_come_with_the_program_are_right() {
        let book = FeedBook::built_in().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(book.feeds().len(), BUILT_IN.len() - 1);
    }

    #[test]
    fn patterns_match_whole_names() {
        assert!(fits("tenancies*.csv", "tenancies_20261015.csv"));
        assert!(fits("tenancies*.csv", "tenancies.csv"));
        assert!(fits("*cin*census*.xml", "2026_cin_census_resend.xml"));
        assert!(!fits("tenancies*.csv", "old_tenancies.csv"));
        assert!(!fits("tenancies.csv", "tenancies.csv.bak"));
    }
}
