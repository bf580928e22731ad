//! Signs as a partnership writes them: phrases looked for in some fields of some kinds of event.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{LexiconBuilder, ListId, Reader};
use crate::picture::shape::Entry;
use crate::record::{Event, EventKind};

/// A sign as it stands in a document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignText {
    events: Vec<EventKind>,
    fields: Vec<String>,
    phrases: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
}

/// Phrases that tell of one thing, looked for in some fields.
#[derive(Clone, Debug)]
pub(crate) struct SignRule {
    of: usize,
    fields: Vec<String>,
    list: ListId,
}

/// What is looked for in each kind of event.
pub(crate) type SignsByEvent = BTreeMap<EventKind, Vec<SignRule>>;

impl SignText {
    /// Takes a sign of the thing with this number up.
    pub(crate) fn take_up(
        self,
        of: usize,
        builder: &mut LexiconBuilder,
        by_event: &mut SignsByEvent,
    ) -> Result<(), String> {
        if self.events.is_empty() || self.fields.is_empty() || self.phrases.is_empty() {
            let reason = "found a sign without `events`, `fields` or `phrases`, expected all three";
            return Err(reason.to_owned());
        }
        let list = builder.list(&self.phrases, &self.unless)?;
        for event in self.events {
            let rule = SignRule { of, fields: self.fields.clone(), list };
            by_event.entry(event).or_default().push(rule);
        }
        Ok(())
    }
}

/// What signs are looked for in: a record as it was sent, or its line in a chronology.
pub(crate) struct Told<'a> {
    kind: EventKind,
    title: &'a str,
    text: Option<&'a str>,
    details: &'a BTreeMap<String, String>,
}

impl<'a> From<&'a Event> for Told<'a> {
    fn from(event: &'a Event) -> Self {
        let Event { kind, title, text, details, .. } = event;
        Self { kind: *kind, title, text: text.as_deref(), details }
    }
}

impl<'a> From<&'a Entry> for Told<'a> {
    fn from(entry: &'a Entry) -> Self {
        let Entry { kind, title, text, details, .. } = entry;
        Self { kind: *kind, title, text: text.as_deref(), details }
    }
}

/// The numbers of the things that a record tells of.
pub(crate) fn told_of<'a>(
    told: impl Into<Told<'a>>,
    by_event: &SignsByEvent,
    reader: &mut Reader<'_>,
) -> BTreeSet<usize> {
    let (told, mut found) = (told.into(), BTreeSet::new());
    for rule in by_event.get(&told.kind).into_iter().flatten() {
        let text = |field: &String| match field.as_str() {
            "text" => told.text,
            "title" => Some(told.title),
            other => told.details.get(other).map(String::as_str),
        };
        if rule.fields.iter().filter_map(text).any(|text| reader.lists(text).contains(&rule.list)) {
            found.insert(rule.of);
        }
    }
    found
}
