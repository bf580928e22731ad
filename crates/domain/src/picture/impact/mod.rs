//! What living with abuse does to a child, over time: health, development, learning, behaviour, fear, guilt, anger, feeling
//! responsible, despair, as the documents name them. Read from what agencies wrote about this child, each sign with its record;
//! of a dimension nobody wrote about that is said. A sign is a record to read, not a measure, and no sign says why.

pub(crate) mod settings;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::phrases::{Reader, told_of};
use super::settings::Settings;
use super::shape::Entry;
use crate::ids::{AgencyId, PersonId};
use crate::record::{EventKind, Role};
use crate::when::When;

/// What agencies wrote of one dimension of a child's life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Impact {
    /// Short name, as in `area/phrases/impact.toml`.
    pub name: String,
    /// Name in words.
    pub label: String,
    /// What somebody may ask or look for.
    pub ask: String,
    /// Records that tell of it, newest first; none where nobody wrote of it.
    pub signs: Vec<ImpactSign>,
}

/// One record that tells of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ImpactSign {
    /// When.
    pub at: When,
    /// Until when, where it is about a time.
    pub until: Option<When>,
    /// Whose record.
    pub agency: AgencyId,
    /// Who wrote it.
    pub by: Option<String>,
    /// What they wrote.
    pub text: String,
    /// Sequence number of its fact.
    pub seq: u64,
}

/// Every dimension, in the order of the partnership's document, from the lines of a chronology that are about this child.
#[must_use]
pub fn impact(child: &PersonId, chronology: &[Entry], settings: &Settings) -> Vec<Impact> {
    let settings = &settings.impact;
    let mut reader = Reader::new(&settings.lexicon);
    let mut found: Vec<Impact> = settings
        .dimensions
        .iter()
        .map(|dimension| Impact {
            name: dimension.name.clone(),
            label: dimension.label.clone(),
            ask: dimension.ask.clone(),
            signs: Vec::new(),
        })
        .collect();
    for entry in chronology.iter().filter(|entry| is_about(entry, child)) {
        let mut told: BTreeSet<usize> = told_of(entry, &settings.by_event, &mut reader);
        let (below, learning) = settings.attendance;
        if attended(entry).is_some_and(|share| share < below) {
            told.insert(learning);
        }
        for dimension in told {
            found.get_mut(dimension).into_iter().for_each(|dimension| dimension.signs.push(sign(entry)));
        }
    }
    for dimension in &mut found {
        dimension.signs.sort_by_key(|sign| std::cmp::Reverse((sign.at, sign.seq)));
    }
    found
}

/// Whether a record is about the child, and does not only name them.
fn is_about(entry: &Entry, child: &PersonId) -> bool {
    entry.people.iter().any(|(id, role)| id == child && matches!(role, Role::Subject | Role::Victim))
}

/// The share of sessions attended in a school year that has any.
fn attended(entry: &Entry) -> Option<f64> {
    let number = |name: &str| entry.details.get(name)?.parse::<f64>().ok();
    let possible = number("possible").filter(|possible| *possible > 0.0)?;
    (entry.kind == EventKind::Attendance).then_some(number("attended")? / possible)
}

fn sign(entry: &Entry) -> ImpactSign {
    ImpactSign {
        at: entry.at,
        until: entry.until,
        agency: entry.agency.clone(),
        by: entry.by.clone(),
        text: entry.text.clone().unwrap_or_else(|| entry.title.clone()),
        seq: entry.seq,
    }
}
