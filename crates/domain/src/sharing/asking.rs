//! The question that stands behind every line somebody sees: may this audience have this kind of data, held by that
//! agency, about somebody in that part? Written policies answer it ([`Permits`]); the rules here only ask.

use serde::{Deserialize, Serialize};

use crate::ids::AgencyId;

/// Who sees the same picture: one role of one agency.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Audience {
    /// The agency.
    pub agency: AgencyId,
    /// The role, as in `area/roles.toml`.
    pub role: String,
}

/// How much of something may be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Nothing: it looks as if it were not there.
    #[default]
    Absent,
    /// The minimum: that it happened, when, and to whom the audience knows already; no text, no place.
    Brief,
    /// All of it.
    Full,
}

/// In which part somebody stands in a record. Of the record, never of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// An adult who is or may be harmed. Whoever cannot be told apart counts as one: the part that is kept closest.
    Victim,
    /// A child.
    Child,
    /// A child not yet born.
    Unborn,
    /// Recorded as the one causing harm.
    PersonCausingHarm,
}

/// Whether the person agreed to their data being shared, as the holder recorded it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// They agreed.
    Given,
    /// They said no.
    Refused,
    /// Nobody asked, or it was not safe to ask.
    #[default]
    NotSought,
}

/// How grave, as professionals graded it. Never worked out by us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Standard, or not graded.
    #[default]
    Standard,
    /// Medium.
    Medium,
    /// High.
    High,
}

/// How far the work with a family has come, as agencies recorded it: rows of the handbook's table 5.5b.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing is open.
    #[default]
    None,
    /// An incident was reported lately.
    IncidentNotification,
    /// A referral is being looked at.
    FrontDoorChecks,
    /// A child in need assessment or plan is open.
    Section17,
    /// A child protection enquiry is open.
    Section47,
    /// A child protection plan is open.
    ChildProtectionPlan,
}

/// How things stand for the people of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Situation {
    /// The gravest grade of the last year.
    pub risk: Risk,
    /// The furthest stage that is open.
    pub stage: Stage,
}

impl Situation {
    /// The graver and the further of two.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        Self { risk: self.risk.max(other.risk), stage: self.stage.max(other.stage) }
    }
}

/// One question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ask<'a> {
    /// Whose record it is.
    pub holder: &'a AgencyId,
    /// Which kind of data, by the handbook's word (`INC`, `LOC` …).
    pub category: &'static str,
    /// About whom.
    pub subject: Subject,
    /// Whether they agreed.
    pub consent: Consent,
    /// How things stand.
    pub situation: Situation,
}

/// What answers for one audience. The answer must be the same whenever the question is.
pub trait Permits: Sync {
    /// How much this audience may have.
    fn grade(&self, ask: &Ask<'_>) -> Grade;
}
