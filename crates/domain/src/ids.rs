//! Names of things as types, so that a person's id can never be handed where a family's is wanted.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether it names nothing.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl<T: Into<String>> From<T> for $name {
            fn from(text: T) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// An agency that sends or sees records: `police`, `social_care`, `health`, `schools`, `probation`, `housing`, `services`.
    AgencyId,
    /// A kind of file an agency sends, named in `area/feeds/*.toml`: `police.involvements`.
    FeedId,
    /// A person: a set of mentions that linkage holds together. Stays when records come, change or go, and is never given
    /// to somebody else.
    PersonId,
    /// A family: the adults, their children and relatives around one or more adult victims.
    FamilyId,
    /// A home over time; says nothing about where it is.
    HouseholdId,
    /// An incident, by the reference its agency gave it.
    IncidentRef,
    /// A place that must be kept from someone; says nothing about where it is.
    KeptPlaceId,
    /// What somebody does at work, as `area/roles.toml` names it.
    RoleId,
    /// A team that families are allocated to.
    TeamId,
    /// A unit of an agency that answers for its own: a school by its number (URN).
    UnitId,
}

/// One mention of a person in one row of one feed: what linkage joins and people decide about.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct MentionKey {
    /// The kind of file.
    pub feed: FeedId,
    /// The row's key with `#contact1`, `#harm`, `#child2` or `#unborn` where the row names several people.
    pub row_key: String,
}
