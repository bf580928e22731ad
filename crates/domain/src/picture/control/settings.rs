//! Which words of agencies are signs of coercive control, domain by domain. Read from the partnership's document and checked
//! at once.

use serde::Deserialize;

use super::super::critical::settings::Denials;
use super::super::phrases::{Lexicon, LexiconBuilder, SignText, SignsByEvent};
use crate::record::EventKind;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    asked_by: Vec<EventKind>,
    denials: Denials,
    pattern: Numbers,
    leading: Numbers,
    sustained: Numbers,
    domain: Vec<DomainText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DomainText {
    name: String,
    label: String,
    sign: Vec<SignText>,
}

/// From how much a pattern is recorded.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Numbers {
    pub(crate) domains: usize,
    pub(crate) dates: usize,
    pub(crate) within_days: i64,
    /// Kinds of record that are not counted.
    #[serde(default)]
    pub(crate) not_counted: Vec<EventKind>,
}

/// A way in which control shows.
#[derive(Clone, Debug)]
pub(crate) struct Domain {
    pub(crate) name: String,
    pub(crate) label: String,
}

/// Everything a partnership says about signs of control.
#[derive(Clone, Debug)]
pub(crate) struct ControlSettings {
    pub(crate) domains: Vec<Domain>,
    pub(crate) by_event: SignsByEvent,
    pub(crate) lexicon: Lexicon,
    pub(crate) asked_by: Vec<EventKind>,
    /// From when it is called a pattern.
    pub(crate) pattern: Numbers,
    /// From when it leads, where incidents are fewer.
    pub(crate) leading: Numbers,
    /// From when it is called a sustained one.
    pub(crate) sustained: Numbers,
}

impl ControlSettings {
    /// Reads and checks the document.
    pub(crate) fn read(
        text: &str,
        parse: impl Fn(toml::de::Error) -> (String, String),
    ) -> Result<Self, (String, String)> {
        let document: Document = toml::from_str(text).map_err(parse)?;
        let wrong = |field: &str, reason: String| (field.to_owned(), reason);
        if document.version != 1 {
            return Err(wrong("version", format!("found {}, expected 1", document.version)));
        }
        for numbers in [&document.pattern, &document.leading, &document.sustained] {
            if numbers.domains == 0 || numbers.domains > document.domain.len() {
                let reason = format!("found {}, expected 1 to the number of domains", numbers.domains);
                return Err(wrong("domains", reason));
            }
            if numbers.dates == 0 || !(1..=3_660).contains(&numbers.within_days) {
                return Err(wrong("within_days", "expected dates from 1 and days from 1 to 3660".to_owned()));
            }
        }
        let mut builder = LexiconBuilder::default();
        builder
            .denials(&document.denials.near, &document.denials.far)
            .map_err(|reason| wrong("denials", reason))?;
        let (mut domains, mut by_event): (Vec<Domain>, SignsByEvent) = Default::default();
        for text in document.domain {
            let at = domains.len();
            if text.sign.is_empty() || text.label.is_empty() {
                return Err(wrong(&text.name, "expected a `label` and at least one `sign`".to_owned()));
            }
            if domains.iter().any(|known: &Domain| known.name == text.name) {
                return Err(wrong(&text.name, "found this name twice, expected each domain once".to_owned()));
            }
            for sign in text.sign {
                sign.take_up(at, &mut builder, &mut by_event).map_err(|reason| wrong(&text.name, reason))?;
            }
            domains.push(Domain { name: text.name, label: text.label });
        }
        Ok(Self {
            domains,
            by_event,
            lexicon: builder.build(),
            asked_by: document.asked_by,
            pattern: document.pattern,
            leading: document.leading,
            sustained: document.sustained,
        })
    }
}
