//! What somebody may do with a line of Today.

use jiff::ToSpan;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::settings::Working;
use super::state::State;
use crate::ids::{FamilyId, PersonId};

/// A line of Today: its part, and whom it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// The part of Today.
    pub part: String,
    /// The family.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<FamilyId>,
    /// The person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
}

/// What is done with it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Somebody is given it, or takes it.
    #[default]
    Give,
    /// Whoever was given it says that they will do it.
    Accept,
    /// It goes to somebody else, with a reason.
    HandOver,
    /// It waits until a day, with a reason.
    PutOff,
    /// What had to be done is done, and what that was.
    Done,
}

impl Step {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Give, Self::Accept, Self::HandOver, Self::PutOff, Self::Done];

    /// As it is written in forms and facts.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Give => "give",
            Self::Accept => "accept",
            Self::HandOver => "hand_over",
            Self::PutOff => "put_off",
            Self::Done => "done",
        }
    }
}

/// One step, as a fact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WorkStep {
    /// Which line.
    pub line: Line,
    /// What was done with it.
    pub step: Step,
    /// To whom it goes, by the name they sign in with.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub to: String,
    /// Until when it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub until: Option<Date>,
    /// Why, or what was done.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Who did this.
    pub by: String,
}

/// Whoever wants to do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worker<'a> {
    /// The name they sign in with.
    pub user: &'a str,
    /// Whether they oversee the work of others.
    pub oversees: bool,
}

/// Why something cannot be done with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhyNot {
    /// It is somebody else's.
    #[error("Somebody else has this. Ask them, or whoever oversees the work")]
    NotYours,
    /// Nobody was named.
    #[error("Choose a colleague who may see this family")]
    Nobody,
    /// It is theirs already.
    #[error("They have it already")]
    Already,
    /// A reason is missing.
    #[error("{0}")]
    NoReason(&'static str),
    /// The day cannot be.
    #[error("Enter a day from tomorrow to {0}")]
    Day(Date),
}

/// Whether somebody may take a step. `colleague` says whether the person named can see the line.
///
/// # Errors
/// Why not.
pub fn check(
    step: &WorkStep,
    state: &State,
    who: Worker<'_>,
    colleague: bool,
    today: Date,
    settings: &Working,
) -> Result<(), WhyNot> {
    let theirs = state.whose.as_ref().is_some_and(|whose| whose.user == who.user);
    let free = state.whose.is_none() || state.lapsed(&step.line, settings, today);
    let reason = !step.reason.trim().is_empty();
    match step.step {
        Step::Give if step.to.is_empty() || !colleague => Err(WhyNot::Nobody),
        Step::HandOver if step.to.is_empty() || !colleague => Err(WhyNot::Nobody),
        Step::Give | Step::HandOver if state.whose.as_ref().is_some_and(|whose| whose.user == step.to) => {
            Err(WhyNot::Already)
        }
        // What nobody has, everybody may take for themselves; giving it to others is for those who oversee.
        Step::Give if who.oversees || (free && step.to == who.user) => Ok(()),
        Step::Accept if theirs => Ok(()),
        Step::Give | Step::Accept => Err(WhyNot::NotYours),
        Step::HandOver | Step::PutOff | Step::Done if !theirs && !who.oversees => Err(WhyNot::NotYours),
        Step::HandOver if !reason => {
            Err(WhyNot::NoReason("Say why you hand it over, and what they need to know"))
        }
        Step::PutOff if !reason => Err(WhyNot::NoReason("Say why it can wait")),
        Step::Done if !reason => Err(WhyNot::NoReason("Say what was done")),
        Step::PutOff => {
            let most = i64::from(settings.of(&step.line.part).put_off_days);
            let last = today.checked_add(most.days()).unwrap_or(today);
            match step.until {
                Some(until) if until > today && until <= last => Ok(()),
                _ => Err(WhyNot::Day(last)),
            }
        }
        Step::HandOver | Step::Done => Ok(()),
    }
}
