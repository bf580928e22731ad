//! The same person causing harm with another family: what is recorded of one family must reach the next, and a match that
//! nobody has confirmed must reach nobody as a fact.

use serde::Serialize;

use crate::assess::Pattern;
use crate::control::{Control, Domains};
use crate::label::Label;
use crate::moment::Moment;
use crate::report::{HardFlags, Harm, Source};
use crate::settings::MovedSettings;

/// What ties the person causing harm to a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// An incident.
    Incident,
    /// A recorded link: an address, a tenancy, a contact named in a record.
    Record,
}

/// A record that ties the person causing harm to a family.
#[derive(Clone, Debug, PartialEq)]
pub struct FamilyRecord<'a> {
    /// The caller's number for the family.
    pub family: u64,
    /// When the record says so from.
    pub at: Moment,
    /// What it is.
    pub tie: Tie,
    /// Which agency.
    pub source: Source,
    /// How likely each match is that the record's person and the family's are who they are taken for.
    pub matches: &'a [f64],
    /// What somebody decided: right, wrong, or nobody has yet.
    pub confirmed: Option<bool>,
}

/// What is carried from one family to the next, as history elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Carried {
    /// The label there.
    pub label: Label,
    /// The gravest harm there.
    pub harm: Harm,
    /// Hard flags there.
    pub flags: HardFlags,
    /// Kinds of control seen there.
    pub control: Domains,
}

impl Carried {
    /// What the pattern and the control recorded with the earlier family carry on.
    pub fn of(pattern: &Pattern, control: Option<&Control>) -> Self {
        let harm = pattern.points.iter().map(|point| point.episode.harm).max();
        Self {
            label: pattern.reading.label,
            harm: harm.unwrap_or_default(),
            flags: pattern.flags,
            control: control.map_or_else(Domains::default, |control| control.seen),
        }
    }
}

/// A family after another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Moved {
    /// The earlier family.
    pub from: u64,
    /// The later one.
    pub to: u64,
    /// First record there.
    pub first_seen: Moment,
    /// What it was.
    pub tie: Tie,
    /// Which agency recorded it.
    pub source: Source,
    /// Product of the match probabilities.
    pub probability: f64,
    /// Whether somebody confirmed it. Until then it is a question for one worker and is shown to nobody else.
    pub confirmed: bool,
}

/// Families that came after the first one with an incident. For each the first record, and of several the likeliest; what
/// somebody decided counts before any probability, and what was rejected is not told at all.
pub fn moved(records: &[FamilyRecord<'_>], until: Moment, by: &MovedSettings) -> Vec<Moved> {
    let mut records: Vec<&FamilyRecord<'_>> = records.iter().filter(|record| record.at <= until).collect();
    records.sort_by_key(|record| (record.at, record.tie, record.family, record.source));
    let incidents =
        || records.iter().filter(|record| record.tie == Tie::Incident && record.confirmed != Some(false));
    let Some(first) = incidents().next() else { return Vec::new() };
    let mut found: Vec<Moved> = Vec::new();
    for record in &records {
        let known_before = records.iter().any(|r| r.family == record.family && r.at <= first.at);
        if known_before || record.confirmed == Some(false) {
            continue;
        }
        let from =
            incidents().rev().find(|earlier| earlier.at <= record.at && earlier.family != record.family);
        let probability = match record.confirmed {
            Some(_) => 1.0,
            None => record.matches.iter().map(|p| p.clamp(0.0, 1.0)).product(),
        };
        let confirmed = record.confirmed == Some(true);
        match found.iter_mut().find(|moved| moved.to == record.family) {
            Some(known) => {
                known.probability = known.probability.max(probability);
                known.confirmed |= confirmed;
            }
            None => found.push(Moved {
                from: from.map_or(first.family, |earlier| earlier.family),
                to: record.family,
                first_seen: record.at,
                tie: record.tie,
                source: record.source,
                probability,
                confirmed,
            }),
        }
    }
    found.retain(|moved| moved.confirmed || moved.probability >= by.least_probability);
    found
}
