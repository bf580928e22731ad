//! What a partnership may change about linkage: thresholds, keys, starting values, words. One TOML document, checked when read.

use serde::Deserialize;

use crate::families::Families;
use crate::levels::{COMPARISONS, LEVELS, SHAPES};
use crate::lexicon::Lexicon;
use crate::table::Mix;
use crate::writing::Writing;

/// A settings document that cannot be used: which file, which field, what was found, what was expected.
#[derive(Debug, thiserror::Error)]
#[error("{file}{line}: {field}: {problem}", line = .line.map(|l| format!(", line {l}")).unwrap_or_default())]
pub struct SettingsError {
    file: String,
    line: Option<usize>,
    field: String,
    problem: String,
}

impl SettingsError {
    pub(crate) fn new(file: &str, field: &str, problem: &str) -> Self {
        Self { file: file.into(), line: None, field: field.into(), problem: problem.into() }
    }

    pub(crate) fn toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map(|before| before.bytes().filter(|b| *b == b'\n').count() + 1);
        Self { file: file.into(), line, field: "document".into(), problem: error.message().into() }
    }
}

/// Settings of linkage. Made from a document with [`Settings::read`] or built in with [`Settings::built_in`].
#[derive(Clone, Debug)]
pub struct Settings {
    pub(crate) thresholds: Thresholds,
    pub(crate) prior: Prior,
    pub(crate) learning: Learning,
    pub(crate) relation_rounds: u32,
    pub(crate) families: Families,
    pub(crate) busy_surnames: u32,
    pub(crate) writing: Writing,
    pub(crate) blocking: Vec<BlockingKey>,
    pub(crate) start: Vec<Vec<StartingLevel>>,
    pub(crate) lexicon: Lexicon,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Thresholds {
    pub(crate) join: f64,
    pub(crate) join_average: f64,
    pub(crate) lead: f64,
    pub(crate) join_weak: f64,
    pub(crate) join_other_forename: f64,
    pub(crate) join_other_number: f64,
    pub(crate) join_both_other: f64,
    pub(crate) floor: f64,
    pub(crate) doubtful: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prior {
    pub(crate) records_per_person: f64,
    pub(crate) household_ratio: f64,
    pub(crate) namesakes: f64,
    /// Chance that two records taken at random are one person, where it is known; else from records per person.
    #[serde(default)]
    pub(crate) chance: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Learning {
    pub(crate) rounds: u32,
    pub(crate) starting_pairs: f64,
    pub(crate) random_pairs: u32,
    pub(crate) sampled_pairs: u32,
}

/// Records that agree on all parts are compared, unless more than `most` do.
#[derive(Clone, Debug)]
pub(crate) struct BlockingKey {
    /// As the settings write it.
    pub(crate) name: String,
    /// A beginning that tells its keys from those of other rules.
    pub(crate) seed: Mix,
    pub(crate) parts: Vec<Part>,
    pub(crate) most: u32,
}

impl BlockingKey {
    pub(crate) fn new(name: &str, parts: Vec<Part>, most: u32) -> Self {
        let mark = Mix::new(20).text(name).done();
        Self { name: name.into(), seed: Mix::new(19).with(mark), parts, most }
    }
}

/// Part of a blocking key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Forename,
    Initial,
    Surname,
    Born,
    Year,
    Month,
    Folded,
    Postcode,
    Sector,
    Address,
    Phone,
    Number,
    Associate,
    Sex,
    Circle,
    Half,
}

pub(crate) const PARTS: [(&str, Part); 16] = [
    ("forename", Part::Forename),
    ("initial", Part::Initial),
    ("surname", Part::Surname),
    ("born", Part::Born),
    ("year", Part::Year),
    ("month", Part::Month),
    ("folded", Part::Folded),
    ("postcode", Part::Postcode),
    ("sector", Part::Sector),
    ("address", Part::Address),
    ("phone", Part::Phone),
    ("number", Part::Number),
    ("associate", Part::Associate),
    ("sex", Part::Sex),
    ("circle", Part::Circle),
    ("half", Part::Half),
];

/// Starting values of a level and the words for it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StartingLevel {
    pub(crate) name: String,
    pub(crate) m: f64,
    pub(crate) h: f64,
    pub(crate) u: f64,
    pub(crate) words: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    thresholds: Thresholds,
    prior: Prior,
    learning: Learning,
    relations: Relations,
    families: Families,
    places: Places,
    writing: Writing,
    blocking: Vec<KeyText>,
    comparison: Vec<ComparisonText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Relations {
    rounds: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Places {
    busy_surnames: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyText {
    key: String,
    most: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ComparisonText {
    name: String,
    level: Vec<StartingLevel>,
}

impl Settings {
    /// The document built into the program, which is also the one to copy and change.
    pub const DEFAULT_DOCUMENT: &'static str = include_str!("../settings/default.toml");

    /// The built-in settings.
    ///
    /// # Errors
    /// When the built-in documents do not have the form described in them; a test keeps that from happening.
    pub fn built_in() -> Result<Self, SettingsError> {
        Self::read("default.toml", Self::DEFAULT_DOCUMENT)
    }

    /// Reads a settings document; `file` is only for the words of an error.
    ///
    /// # Errors
    /// When the document is not TOML, misses or adds a field, or holds a value out of range: the error names it.
    pub fn read(file: &str, text: &str) -> Result<Self, SettingsError> {
        let document: Document = toml::from_str(text).map_err(|e| SettingsError::toml(file, text, &e))?;
        if document.version != 1 {
            let problem = format!("found {}, this program reads version 1", document.version);
            return Err(SettingsError::new(file, "version", &problem));
        }
        check_numbers(file, &document)?;
        let blocking =
            document.blocking.iter().map(|key| blocking_key(file, key)).collect::<Result<_, _>>()?;
        let start = starting_levels(file, document.comparison)?;
        Ok(Self {
            thresholds: document.thresholds,
            prior: document.prior,
            learning: document.learning,
            relation_rounds: document.relations.rounds,
            families: document.families,
            busy_surnames: document.places.busy_surnames,
            writing: document.writing.check(file)?,
            blocking,
            start,
            lexicon: Lexicon::built_in()?,
        })
    }

    /// The same settings with another lexicon.
    #[must_use]
    pub fn with_lexicon(mut self, lexicon: Lexicon) -> Self {
        self.lexicon = lexicon;
        self
    }
}

fn check_numbers(file: &str, document: &Document) -> Result<(), SettingsError> {
    let within = |field: &str, value: f64, low: f64, high: f64| {
        if value.is_finite() && value >= low && value <= high {
            Ok(())
        } else {
            Err(SettingsError::new(
                file,
                field,
                &format!("found {value}, expected a number from {low} to {high}"),
            ))
        }
    };
    within("thresholds.join", document.thresholds.join, -20.0, 60.0)?;
    within("thresholds.join_average", document.thresholds.join_average, -60.0, 60.0)?;
    within("thresholds.lead", document.thresholds.lead, 0.0, 60.0)?;
    within("thresholds.join_weak", document.thresholds.join_weak, -20.0, 60.0)?;
    for (field, value) in [
        ("thresholds.join_other_forename", document.thresholds.join_other_forename),
        ("thresholds.join_other_number", document.thresholds.join_other_number),
        ("thresholds.join_both_other", document.thresholds.join_both_other),
    ] {
        within(field, value, -60.0, 60.0)?;
    }
    let families = &document.families;
    for (field, value, low, high) in [
        ("families.forename_twice", families.forename_twice, 0.0, 100.0),
        ("families.named_after", families.named_after, 0.0, 1.0),
        ("families.child_until", families.child_until, 0.0, 150.0),
        ("families.twins", families.twins, 0.001, 50.0),
        ("families.half_leave", families.half_leave, 0.1, 1000.0),
        ("families.grown", families.grown, 0.001, 50.0),
    ] {
        within(field, value, low, high)?;
    }
    within("thresholds.floor", document.thresholds.floor, -60.0, document.thresholds.join)?;
    within("thresholds.doubtful", document.thresholds.doubtful, 0.0001, 1.0)?;
    within("prior.records_per_person", document.prior.records_per_person, 1.0, 1000.0)?;
    within("prior.household_ratio", document.prior.household_ratio, 0.001, 1000.0)?;
    within("prior.chance", document.prior.chance.unwrap_or(0.5), 1e-12, 0.5)?;
    within("prior.namesakes", document.prior.namesakes, 1e-6, 1e6)?;
    within("learning.rounds", f64::from(document.learning.rounds), 0.0, 50.0)?;
    within("learning.starting_pairs", document.learning.starting_pairs, 1.0, 1e9)?;
    within("learning.random_pairs", f64::from(document.learning.random_pairs), 0.0, 1e8)?;
    within("learning.sampled_pairs", f64::from(document.learning.sampled_pairs), 0.0, 1e8)?;
    within("relations.rounds", f64::from(document.relations.rounds), 0.0, 20.0)?;
    within("places.busy_surnames", f64::from(document.places.busy_surnames), 2.0, 1e6)
}

fn blocking_key(file: &str, text: &KeyText) -> Result<BlockingKey, SettingsError> {
    let mut parts = Vec::new();
    for word in text.key.split('+').map(str::trim) {
        let Some((_, part)) = PARTS.iter().find(|(name, _)| *name == word) else {
            let known: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
            let problem =
                format!("found part '{word}' in '{}', expected one of: {}", text.key, known.join(" "));
            return Err(SettingsError::new(file, "blocking.key", &problem));
        };
        parts.push(*part);
    }
    if !(2..=10_000).contains(&text.most) {
        let problem = format!("found {} for '{}', expected 2 to 10000", text.most, text.key);
        return Err(SettingsError::new(file, "blocking.most", &problem));
    }
    Ok(BlockingKey::new(&text.key, parts, text.most))
}

fn starting_levels(file: &str, given: Vec<ComparisonText>) -> Result<Vec<Vec<StartingLevel>>, SettingsError> {
    let field = |name: &str| format!("comparison.{name}");
    for comparison in &given {
        if !SHAPES.iter().any(|shape| shape.name == comparison.name) {
            return Err(SettingsError::new(
                file,
                &field(&comparison.name),
                "there is no such comparison; remove it",
            ));
        }
    }
    let mut out = Vec::with_capacity(COMPARISONS);
    for shape in &SHAPES {
        let mut found = given.iter().filter(|comparison| comparison.name == shape.name);
        let (Some(comparison), None) = (found.next(), found.next()) else {
            return Err(SettingsError::new(file, &field(shape.name), "expected exactly once"));
        };
        let names: Vec<&str> = comparison.level.iter().map(|level| level.name.as_str()).collect();
        let expected: Vec<&str> = shape.levels.iter().map(|(name, _)| *name).collect();
        if names != expected || expected.len() > LEVELS {
            let problem = format!("found levels {}, expected {}", names.join(" "), expected.join(" "));
            return Err(SettingsError::new(file, &field(shape.name), &problem));
        }
        for level in &comparison.level {
            for (what, value) in [("m", level.m), ("h", level.h), ("u", level.u)] {
                if !(value > 0.0 && value <= 1.0) {
                    let place = format!("comparison.{}.{}.{what}", shape.name, level.name);
                    return Err(SettingsError::new(
                        file,
                        &place,
                        &format!("found {value}, expected above 0, at most 1"),
                    ));
                }
            }
        }
        out.push(comparison.level.clone());
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(from: &str, to: &str) -> String {
        assert!(Settings::DEFAULT_DOCUMENT.contains(from), "{from}");
        Settings::read("mine.toml", &Settings::DEFAULT_DOCUMENT.replacen(from, to, 1))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn the_built_in_settings_can_be_read() {
        let settings = Settings::built_in().unwrap();
        assert_eq!(settings.start.len(), COMPARISONS);
    }

    #[test]
    fn an_error_names_file_field_and_what_was_expected() {
        assert!(with("version = 1", "version = 9").contains("mine.toml: version: found 9"));
        assert!(
            with("m = 0.82, h = 0.005", "m = 1.82, h = 0.005")
                .contains("comparison.forename.exact.m: found 1.82")
        );
        assert!(with("slips = 200.0", "slips = 0.0").contains("mine.toml: writing.slips: found 0"));
        assert!(
            with("given_new_year = 0.4", "given_new_year = 7").contains("writing.given_new_year: found 7")
        );
        assert!(with("half_leave = 4.0", "half_leave = 0.0").contains("families.half_leave: found 0"));
        assert!(
            with("join_both_other = 10.0", "join_both_other = 99.0").contains("join_both_other: found 99")
        );
        assert!(with("born+initial", "born+shoe").contains("found part 'shoe'"));
        assert!(with("lead = 2.5", "lead = 2.5\ncolour = 1").contains("line"));
        assert!(with("name = \"middle\"", "name = \"muddle\"").contains("comparison.muddle"));
        assert!(with("\"variant\"", "\"varied\"").contains("expected exact variant"));
    }
}
