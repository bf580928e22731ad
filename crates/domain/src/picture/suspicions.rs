//! The shapes of next families: what signs suggest, whether a person has said that it is so, and who is to be asked.

use std::collections::BTreeSet;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shape::Sign;
use crate::ids::{AgencyId, FamilyId, HouseholdId, PersonId};
use crate::next_family::SignRow;
use crate::when::When;

/// A sign that somebody who caused harm has joined another family.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NextFamily {
    /// Who.
    pub person: PersonId,
    /// The family where harm is recorded.
    pub earlier_family: Option<FamilyId>,
    /// Where they lived with it.
    pub earlier_household: Option<HouseholdId>,
    /// The new household, where an address tells; else one named after the new partner.
    pub new_household: HouseholdId,
    /// The new partner, where a record names one.
    pub new_partner: Option<PersonId>,
    /// Children of the new household.
    pub children: Vec<PersonId>,
    /// When a record first showed it (the day the agency recorded it).
    pub first_seen: When,
    /// Which feed showed it.
    pub source_feed: String,
    /// How sure, 0 to 1.
    pub probability: f64,
    /// In one sentence.
    pub because: String,
    /// First police incident in the new family, if any.
    pub first_incident: Option<When>,
    /// Every sign, oldest first.
    pub signs: Vec<Sign>,
    /// Whether somebody said that it is so.
    #[serde(default)]
    pub confirmation: Confirmation,
    /// The day on which they did.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub confirmed_on: Option<Date>,
}

/// Whether a next family is more than a suspicion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// Harm to somebody there is recorded: nobody need be asked.
    HarmRecorded,
    /// Somebody who knows the person causing harm confirmed it.
    Yes,
    /// Everybody who answered last says that it is not so, as far as the whole area is concerned.
    No,
    /// Nobody can tell yet.
    CannotTell,
    /// Nobody has answered.
    #[default]
    NotAsked,
}

impl Confirmation {
    /// As it is written in lists.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::HarmRecorded => "harm_recorded",
            Self::Yes => "yes",
            Self::No => "no",
            Self::CannotTell => "cannot_tell",
            Self::NotAsked => "not_asked",
        }
    }
}

/// A suspicion, with what is needed to say whose it is to confirm. Only they are shown it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AskedFamily {
    /// The suspicion.
    pub next: NextFamily,
    /// The rows by which it arose.
    pub rows: BTreeSet<SignRow>,
    /// Agencies that have recorded the person causing harm.
    pub known_to: BTreeSet<AgencyId>,
}
