//! What a partnership may change about the picture: harm classes, words, numbers. Read from TOML documents and
//! checked at once, because a wrong threshold found at night is found too late.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::control::settings::ControlSettings;
use super::critical::settings::CriticalSettings;
use super::doubt::Costs;
use super::impact::settings::ImpactSettings;
use super::reported::EpisodeSettings;
use crate::record::EventKind;
use crate::request::Calendar;

/// One document of settings: its name, for errors, and its text.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// Name as people know it: `area/scales/harm.toml`.
    pub name: &'a str,
    /// TOML.
    pub text: &'a str,
}

/// The documents the picture is drawn by.
#[derive(Clone, Copy, Debug)]
pub struct Documents<'a> {
    /// Harm classes of offence codes and what must not wait.
    pub harm: Document<'a>,
    /// Numbers: ages, days, counts; phrases of contacts.
    pub picture: Document<'a>,
    /// How addresses are brought to one form.
    pub places: Document<'a>,
    /// Pet forms of names.
    pub names: Document<'a>,
    /// What a wrong answer about a doubtful link costs.
    pub doubt: Document<'a>,
    /// Critical points: kinds, clocks, words.
    pub critical: Document<'a>,
    /// Signs of coercive control.
    pub control: Document<'a>,
    /// Episodes that other agencies than the police write down.
    pub episodes: Document<'a>,
    /// What living with abuse does to a child, by dimension.
    pub impact: Document<'a>,
    /// How a pattern of episodes is told.
    pub pattern: Document<'a>,
    /// Days on which offices do not work.
    pub calendar: Document<'a>,
}

impl Documents<'static> {
    /// The documents that come with the program.
    #[must_use]
    pub fn built_in() -> Self {
        Self {
            harm: Document {
                name: "area/scales/harm.toml",
                text: include_str!("../../../../area/scales/harm.toml"),
            },
            picture: Document {
                name: "area/thresholds/picture.toml",
                text: include_str!("../../../../area/thresholds/picture.toml"),
            },
            places: Document {
                name: "area/thresholds/places.toml",
                text: include_str!("../../../../area/thresholds/places.toml"),
            },
            names: Document {
                name: "area/thresholds/names.toml",
                text: include_str!("../../../../area/thresholds/names.toml"),
            },
            doubt: Document {
                name: "area/thresholds/doubt.toml",
                text: include_str!("../../../../area/thresholds/doubt.toml"),
            },
            critical: Document {
                name: "area/thresholds/critical_points.toml",
                text: include_str!("../../../../area/thresholds/critical_points.toml"),
            },
            control: Document {
                name: "area/phrases/control.toml",
                text: include_str!("../../../../area/phrases/control.toml"),
            },
            episodes: Document {
                name: "area/phrases/episodes.toml",
                text: include_str!("../../../../area/phrases/episodes.toml"),
            },
            impact: Document {
                name: "area/phrases/impact.toml",
                text: include_str!("../../../../area/phrases/impact.toml"),
            },
            pattern: Document {
                name: "area/thresholds/pattern.toml",
                text: throughline_pattern::Settings::DOCUMENT,
            },
            calendar: Document {
                name: "area/requests.toml",
                text: include_str!("../../../../area/requests.toml"),
            },
        }
    }
}

/// Why settings were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {field}: {reason}")]
pub struct SettingsError {
    /// The document.
    pub file: String,
    /// Line, from 1; 0 where the fault is in no one line.
    pub line: usize,
    /// The setting.
    pub field: String,
    /// What was found, what was expected.
    pub reason: String,
}

/// Settings of the picture, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    pub(crate) harm: HarmScale,
    pub(crate) numbers: Numbers,
    pub(crate) places: PlaceWords,
    pub(crate) doubt: Costs,
    pub(crate) critical: CriticalSettings,
    pub(crate) control: ControlSettings,
    pub(crate) episodes: EpisodeSettings,
    pub(crate) impact: ImpactSettings,
    pub(crate) pattern: throughline_pattern::Engine,
    pub(crate) calendar: Calendar,
    name_circles: BTreeMap<String, BTreeSet<String>>,
}

/// Harm classes by offence code.
#[derive(Clone, Debug)]
pub(crate) struct HarmScale {
    exact: BTreeMap<String, u8>,
    family: BTreeMap<String, u8>,
    otherwise: u8,
    domestic: BTreeSet<String>,
    pub(crate) hard: Vec<HardSign>,
}

/// Something that must not wait, told by codes or by words.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HardSign {
    /// Short name.
    pub(crate) name: String,
    /// What to say when a code tells it.
    pub(crate) says: String,
    /// What to say when only the officer's words tell it.
    pub(crate) reads: String,
    codes: Vec<String>,
    words: Vec<String>,
}

impl HardSign {
    /// Whether this code is one of its codes.
    pub(crate) fn has_code(&self, code: &str) -> bool {
        self.codes.iter().any(|known| code_matches(known, code))
    }

    /// Whether this text, in lower case, holds one of its words.
    pub(crate) fn has_words(&self, lower: &str) -> bool {
        self.words.iter().any(|word| lower.contains(word.as_str()))
    }
}

fn code_matches(known: &str, code: &str) -> bool {
    known.strip_suffix('*').map_or(known == code, |stem| code.starts_with(stem))
}

impl HarmScale {
    /// Whether this code is only used between partners or relatives.
    pub(crate) fn always_domestic(&self, code: &str) -> bool {
        self.domestic.contains(code)
    }

    /// Harm class 0–4 of an offence code in its normal form.
    pub(crate) fn class(&self, code: &str) -> u8 {
        let stem = code.split_once('/').map_or(code, |(stem, _)| stem);
        self.exact.get(code).or_else(|| self.family.get(stem)).copied().unwrap_or(self.otherwise)
    }
}

/// Numbers and phrases.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Numbers {
    #[serde(rename = "version")]
    _version: u32,
    pub(crate) children: ChildNumbers,
    pub(crate) connected: ConnectedWords,
    pub(crate) custody: CustodyWords,
    pub(crate) next_family: NextFamilyNumbers,
    pub(crate) today: TodayNumbers,
    pub(crate) short_term: ShortTermNumbers,
    pub(crate) no_lead: NoLeadNumbers,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShortTermNumbers {
    pub(crate) incidents: u32,
    pub(crate) within_days: i64,
    pub(crate) span_days: i64,
    pub(crate) lasting: Vec<EventKind>,
    pub(crate) running: Vec<EventKind>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoLeadNumbers {
    pub(crate) open_days: i64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChildNumbers {
    pub(crate) adult_at: u8,
    pub(crate) too_young_to_speak: u8,
    pub(crate) listed_without_birth_years: u8,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConnectedWords {
    pub(crate) words: Vec<String>,
    pub(crate) not_words: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustodyWords {
    pub(crate) places: Vec<String>,
    pub(crate) outcomes: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NextFamilyNumbers {
    pub(crate) show_from: f64,
    pub(crate) together_days: i64,
    pub(crate) ask_again_days: i64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TodayNumbers {
    pub(crate) hard_days: i64,
    pub(crate) release_days: i64,
    pub(crate) breach_days: i64,
    pub(crate) next_family_days: i64,
    pub(crate) critical_days: i64,
    pub(crate) critical_ahead_days: i64,
    pub(crate) repeat_incidents: u32,
    pub(crate) repeat_days: i64,
    pub(crate) gap_days: i64,
    pub(crate) since_days: i64,
}

/// How addresses are written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceWords {
    #[serde(rename = "version")]
    _version: u32,
    pub(crate) dwelling: BTreeSet<String>,
    pub(crate) no_address: BTreeSet<String>,
    pub(crate) street: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HarmDocument {
    #[serde(rename = "version")]
    _version: u32,
    otherwise: u8,
    domestic: BTreeSet<String>,
    class: BTreeMap<String, Vec<String>>,
    hard: Vec<HardSign>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamesDocument {
    #[serde(rename = "version")]
    _version: u32,
    circles: Vec<Vec<String>>,
}

impl Settings {
    /// Days after which somebody who could not tell whether a next family is one is asked again.
    #[must_use]
    pub fn ask_again_days(&self) -> i64 {
        self.numbers.next_family.ask_again_days
    }

    /// The settings that come with the program.
    ///
    /// # Errors
    /// Never, as long as the documents of the program are right; a test holds them to it.
    pub fn built_in() -> Result<Self, SettingsError> {
        Self::from_documents(&Documents::built_in())
    }

    /// Reads and checks the documents.
    ///
    /// # Errors
    /// The first fault, with the document, its line and the setting.
    pub fn from_documents(documents: &Documents<'_>) -> Result<Self, SettingsError> {
        let numbers: Numbers = read(documents.picture)?;
        check_numbers(documents.picture, &numbers)?;
        let doubt: Costs = read(documents.doubt)?;
        doubt.check().map_err(|(field, reason)| wrong(documents.doubt, field, reason))?;
        let critical = CriticalSettings::read(documents.critical.text, unread(documents.critical))
            .map_err(|(field, reason)| wrong(documents.critical, &field, reason))?;
        let control = ControlSettings::read(documents.control.text, unread(documents.control))
            .map_err(|(field, reason)| wrong(documents.control, &field, reason))?;
        let episodes = EpisodeSettings::read(documents.episodes.text, unread(documents.episodes))
            .map_err(|(field, reason)| wrong(documents.episodes, &field, reason))?;
        let impact = ImpactSettings::read(documents.impact.text, unread(documents.impact))
            .map_err(|(field, reason)| wrong(documents.impact, &field, reason))?;
        let pattern = throughline_pattern::Settings::read(documents.pattern.name, documents.pattern.text)
            .map_err(|fault| wrong(documents.pattern, "", fault.to_string()))?;
        let usual = throughline_pattern::Population::usual(&pattern);
        let calendar = Calendar::from_toml(documents.calendar.name, documents.calendar.text)
            .map_err(|fault| wrong(documents.calendar, "", fault.to_string()))?;
        Ok(Self {
            harm: read_harm(documents.harm)?,
            critical,
            control,
            episodes,
            impact,
            pattern: throughline_pattern::Engine::new(pattern, usual),
            calendar,
            numbers,
            places: read(documents.places)?,
            doubt,
            name_circles: read_names(documents.names)?,
        })
    }

    /// Every name in one circle with this one, itself left out. `name` in lower case.
    pub(crate) fn pet_names(&self, name: &str) -> impl Iterator<Item = &str> {
        self.name_circles.get(name).into_iter().flatten().map(String::as_str)
    }

    /// Whether an address is a prison or approved premises by its words.
    pub(crate) fn is_custody_place(&self, lines: &str) -> bool {
        let words = plain(lines);
        let words = format!(" {words} ");
        self.numbers.custody.places.iter().any(|place| words.contains(&format!(" {} ", plain(place))))
    }
}

/// Lower case, without marks, single spaces: the form in which words are compared.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_alphanumeric() {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.extend(c.to_lowercase());
        } else if c != '\'' && c != '’' {
            gap = true;
        }
    }
    out
}

fn wrong(document: Document<'_>, field: &str, reason: impl Into<String>) -> SettingsError {
    let key = field.rsplit('.').next().unwrap_or(field);
    let line = document.text.lines().position(|line| line.contains(key)).map_or(0, |at| at + 1);
    SettingsError { file: document.name.to_owned(), line, field: field.to_owned(), reason: reason.into() }
}

/// A document that could not be read: the setting at fault and why.
fn unread(document: Document<'_>) -> impl Fn(toml::de::Error) -> (String, String) {
    move |fault| {
        let start = fault.span().map_or(0, |span| span.start);
        let before = document.text.get(..start).unwrap_or_default();
        let line = before.lines().count().max(1);
        let text = document.text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        let field = text.split('=').next().unwrap_or_default().trim();
        (field.to_owned(), format!("line {line}: {}", fault.message()))
    }
}

fn read<T: DeserializeOwned>(document: Document<'_>) -> Result<T, SettingsError> {
    toml::from_str(document.text).map_err(|fault: toml::de::Error| {
        let start = fault.span().map_or(0, |span| span.start);
        let line = document.text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
        let text = document.text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        let field = text.split('=').next().unwrap_or_default().trim();
        SettingsError {
            file: document.name.to_owned(),
            line,
            field: field.to_owned(),
            reason: fault.message().to_owned(),
        }
    })
}

fn read_harm(document: Document<'_>) -> Result<HarmScale, SettingsError> {
    let HarmDocument { otherwise, domestic, class, hard, .. } = read(document)?;
    if otherwise > 4 {
        return Err(wrong(document, "otherwise", format!("found {otherwise}, expected a class from 0 to 4")));
    }
    let (mut exact, mut family) = (BTreeMap::new(), BTreeMap::new());
    for (name, codes) in class {
        let number: u8 = name.parse().ok().filter(|number| *number <= 4).ok_or_else(|| {
            wrong(document, &name, format!("found class `{name}`, expected one from 0 to 4"))
        })?;
        for code in codes {
            let before = match code.strip_suffix("/*") {
                Some(stem) => family.insert(stem.to_owned(), number),
                None => exact.insert(code.clone(), number),
            };
            if before.is_some_and(|other| other != number) {
                return Err(wrong(document, &code, "this code stands in two classes; leave it in one"));
            }
        }
    }
    for sign in &hard {
        if sign.says.is_empty() || sign.reads.is_empty() || sign.codes.is_empty() {
            return Err(wrong(document, &sign.name, "`says`, `reads` and `codes` must not be empty"));
        }
        check_lower(document, &sign.name, &sign.words)?;
    }
    Ok(HarmScale { exact, family, otherwise, domestic, hard })
}

fn read_names(document: Document<'_>) -> Result<BTreeMap<String, BTreeSet<String>>, SettingsError> {
    let NamesDocument { circles, .. } = read(document)?;
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for circle in circles {
        if circle.len() < 2 {
            return Err(wrong(
                document,
                "circles",
                "found a circle of fewer than two names, expected two or more",
            ));
        }
        check_lower(document, "circles", &circle)?;
        for name in &circle {
            let others = circle.iter().filter(|other| *other != name).cloned();
            known.entry(name.clone()).or_default().extend(others);
        }
    }
    Ok(known)
}

fn check_lower(document: Document<'_>, field: &str, words: &[String]) -> Result<(), SettingsError> {
    match words.iter().find(|word| word.trim().is_empty() || **word != word.to_lowercase()) {
        Some(word) => Err(wrong(document, field, format!("found `{word}`, expected a word in lower case"))),
        None => Ok(()),
    }
}

fn check_numbers(document: Document<'_>, numbers: &Numbers) -> Result<(), SettingsError> {
    let children = &numbers.children;
    if !(10..=25).contains(&children.adult_at) {
        let found = format!("found {}, expected an age from 10 to 25", children.adult_at);
        return Err(wrong(document, "children.adult_at", found));
    }
    if children.too_young_to_speak >= children.adult_at {
        return Err(wrong(document, "children.too_young_to_speak", "expected less than `adult_at`"));
    }
    if !(0.0..=1.0).contains(&numbers.next_family.show_from) {
        return Err(wrong(document, "next_family.show_from", "expected a probability from 0 to 1"));
    }
    let today = &numbers.today;
    let days = [
        ("next_family.together_days", numbers.next_family.together_days),
        ("next_family.ask_again_days", numbers.next_family.ask_again_days),
        ("today.hard_days", today.hard_days),
        ("today.release_days", today.release_days),
        ("today.breach_days", today.breach_days),
        ("today.next_family_days", today.next_family_days),
        ("today.critical_days", today.critical_days),
        ("today.critical_ahead_days", today.critical_ahead_days),
        ("today.repeat_days", today.repeat_days),
        ("today.gap_days", today.gap_days),
        ("today.since_days", today.since_days),
        ("short_term.within_days", numbers.short_term.within_days),
        ("short_term.span_days", numbers.short_term.span_days),
        ("no_lead.open_days", numbers.no_lead.open_days),
    ];
    for (field, found) in days {
        if !(1..=36_500).contains(&found) {
            return Err(wrong(document, field, format!("found {found}, expected a number of days from 1")));
        }
    }
    if today.repeat_incidents < 2 {
        return Err(wrong(document, "today.repeat_incidents", "expected 2 or more"));
    }
    if numbers.short_term.incidents < 2 {
        return Err(wrong(document, "short_term.incidents", "expected 2 or more"));
    }
    let lasts = |kind: &&EventKind| !numbers.short_term.lasting.contains(kind);
    if let Some(kind) = numbers.short_term.running.iter().find(lasts) {
        let found = format!("found `{}`, which is not in `lasting`", kind.label());
        return Err(wrong(document, "short_term.running", found));
    }
    for (field, words) in [
        ("connected.words", &numbers.connected.words),
        ("connected.not_words", &numbers.connected.not_words),
        ("custody.outcomes", &numbers.custody.outcomes),
    ] {
        check_lower(document, field, words)?;
    }
    Ok(())
}

/// An offence code in its normal form: `10501` and `105/1` are `105/01`, `NC62` is `NC/62`.
#[must_use]
pub fn offence_code(written: &str) -> String {
    let code: String = written.trim().to_uppercase();
    if let Some((class, sub)) = code.split_once('/') {
        let (class, sub) = (class.trim(), sub.trim());
        if class.bytes().all(|b| b.is_ascii_digit()) && sub.bytes().all(|b| b.is_ascii_digit()) {
            return format!("{class:0>3}/{sub:0>2}");
        }
        return format!("{class}/{sub}");
    }
    let digits = code.bytes().all(|b| b.is_ascii_digit());
    if digits && code.len() == 5 {
        let (class, sub) = code.split_at(3);
        return format!("{class}/{sub}");
    }
    match code.strip_prefix("NC") {
        Some(rest) if !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()) => format!("NC/{rest}"),
        _ => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<'a>(change: impl FnOnce(&mut Documents<'a>)) -> Result<Settings, SettingsError> {
        let mut documents = Documents::built_in();
        change(&mut documents);
        Settings::from_documents(&documents)
    }

    #[test]
    fn the_documents_of_the_program_are_right() {
        let settings = Settings::built_in().unwrap();
        assert_eq!(settings.harm.class("008/77"), 3);
        assert_eq!(settings.harm.class("105/01"), 2);
        assert_eq!(settings.harm.class("NC/62"), 0);
        assert_eq!(settings.harm.class("999/99"), 1);
    }

    #[test]
    fn offence_codes_lose_their_slips() {
        for (written, normal) in [
            ("10501", "105/01"),
            ("8/6", "008/06"),
            ("nc62", "NC/62"),
            (" NC/62 ", "NC/62"),
            ("WELF", "WELF"),
        ] {
            assert_eq!(offence_code(written), normal);
        }
    }

    #[test]
    fn a_fault_names_its_document_line_and_setting() {
        let text = Documents::built_in().picture.text.replace("hard_days = 28", "hard_days = 0");
        let fault = with(|d| d.picture.text = &text).unwrap_err();
        assert_eq!(fault.field, "today.hard_days");
        let line = text.lines().position(|line| line.contains("hard_days")).unwrap() + 1;
        assert_eq!((fault.file.as_str(), fault.line), ("area/thresholds/picture.toml", line));

        let text = Documents::built_in().picture.text.replace("hard_days = 28", "hard_dayz = 28");
        let fault = with(|d| d.picture.text = &text).unwrap_err();
        assert_eq!((fault.field.as_str(), fault.line), ("hard_dayz", line));
    }

    #[test]
    fn a_code_in_two_classes_is_refused() {
        let text = Documents::built_in().harm.text.replace("\"0\" = [", "\"0\" = [\"008/77\", ");
        assert!(with(|d| d.harm.text = &text).unwrap_err().reason.contains("two classes"));
    }

    #[test]
    fn prisons_are_no_homes() {
        let settings = Settings::built_in().unwrap();
        assert!(settings.is_custody_place("HMP Harrowdale, Prison Lane"));
        assert!(settings.is_custody_place("Calder Lodge Approved Premises, 62 Oak Court"));
        assert!(!settings.is_custody_place("62 Oak Court, Netherlow"));
    }
}
