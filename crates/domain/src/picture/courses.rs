//! Reports of harm over time and the pattern they tell: apart from the other shapes, because the reports are laid out with the
//! picture and the pattern is read from them when somebody opens a page.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shape::Source;
use crate::ids::{AgencyId, PersonId};
use crate::when::When;

/// What agencies reported of one person's harm to others: what a pattern is read from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedHarm {
    /// Who causes harm.
    pub person: PersonId,
    /// Every report, oldest first.
    pub reports: Vec<HarmReport>,
    /// When they could not have been there.
    pub away: Vec<TimeAway>,
    /// Who parted from them, and when that was recorded to happen.
    pub parted: Vec<PartedFrom>,
}

/// One report of one agency about one act.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HarmReport {
    /// When it happened; where the agency says only when it was told, that day.
    pub at: When,
    /// Who was harmed.
    pub harmed: PersonId,
    /// Harm class 0–4 of the area's scale.
    pub harm_class: u8,
    /// What it is recorded as.
    pub what: String,
    /// Whether it is a police incident, which has a page of its own.
    pub incident: bool,
    /// What must be looked at whatever the numbers say, by its name in the area's scale.
    pub flags: Vec<String>,
    /// Proof.
    pub source: Source,
}

/// A time in which somebody could not have been there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TimeAway {
    /// Since when.
    pub from: When,
    /// Until when; `None` while it lasts.
    pub to: Option<When>,
}

/// Somebody parted from whoever causes them harm.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct PartedFrom {
    /// When.
    pub at: When,
    /// Who parted.
    pub harmed: PersonId,
}

/// What recorded episodes of harm show over time, with its doubt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecordedPattern {
    /// Whose acts.
    pub by: Vec<PersonId>,
    /// Towards whom.
    pub harmed: Vec<PersonId>,
    /// What may be said of it: `isolated`, `too_few`, `escalating_both`, `escalating_frequency`, `escalating_severity`,
    /// `quiet`, `steady`, `unclear`.
    pub label: String,
    /// The same, as people read it.
    pub label_words: String,
    /// The whole in plain words.
    pub sentence: String,
    /// The sentence in its parts: what it is about, and the words.
    pub parts: Vec<PatternPart>,
    /// Every episode, oldest first.
    pub episodes: Vec<EpisodeSeen>,
    /// Reports behind them.
    pub reports: u32,
    /// Days since the first episode: by the calendar, at liberty, and by the clock.
    pub elapsed: ClockTime,
    /// How often now, compared with the beginning; none where there are too few to tell.
    pub frequency: Option<FrequencySeen>,
    /// How likely harm has risen, and fallen; none where there are too few to tell.
    pub severity: Option<SeveritySeen>,
    /// Chance of so long a silence had nothing changed; none where there are too few to tell.
    pub silence: Option<f64>,
    /// What was allowed for: times in custody.
    pub away: Vec<TimeAway>,
    /// What was allowed for: from when on more agencies report.
    pub reporting: Vec<ReportingStep>,
    /// Kinds of control that nobody is recorded as having asked about.
    pub not_asked: Vec<String>,
    /// Until when it is told.
    pub until: Date,
    /// Name of the settings it is told by.
    pub settings: String,
}

/// A part of a pattern's sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PatternPart {
    /// What it is about: `hard_flags`, `records`, `frequency`, `severity`, `silence`, `allowed_for`, `separation`,
    /// `not_asked`.
    pub about: String,
    /// The words.
    pub text: String,
}

/// What happened within 72 hours, as one or several reports tell of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EpisodeSeen {
    /// When it began.
    pub at: When,
    /// The gravest that any report says, 0–4.
    pub harm_class: u8,
    /// Where it stands on the clock.
    pub elapsed: ClockTime,
    /// Whether it was recorded of a time in custody.
    pub while_away: bool,
    /// Every report of it.
    pub reports: Vec<HarmReport>,
}

/// Time since the first episode, in days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClockTime {
    /// By the calendar.
    pub calendar: f64,
    /// At liberty.
    pub liberty: f64,
    /// At liberty, faster while more agencies report.
    pub clock: f64,
}

/// The rate of episodes now ÷ at the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FrequencySeen {
    /// The middle of what is believed.
    pub ratio: f64,
    /// One in ten below.
    pub low80: f64,
    /// One in ten above.
    pub high80: f64,
    /// How likely it rose.
    pub up: f64,
    /// How likely it fell.
    pub down: f64,
}

/// Whether later episodes are more serious.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SeveritySeen {
    /// How likely harm rose markedly.
    pub up: f64,
    /// How likely it fell.
    pub down: f64,
}

/// From when on so much is reported, 1 being what was reported at first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportingStep {
    /// The first day.
    pub from: Date,
    /// Reports expected where there was one at first.
    pub index: f64,
    /// Agencies that began to report then.
    pub agencies: Vec<AgencyId>,
}
