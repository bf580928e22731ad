//! How somebody of the staff stands to people: theirs to work with, not involved, or in conflict. A conflict goes
//! before everything: whoever is barred finds nothing, as if nobody were there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::conflict::Reason;
use crate::ids::{AgencyId, MentionKey, PersonId, TeamId};

/// Who works with somebody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Worker {
    /// One person, by the name they sign in with.
    User(String),
    /// Everybody in a team.
    Team(TeamId),
}

/// Somebody is given to a worker. Named by mentions, because people are derived and mentions stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// Its number.
    pub id: u64,
    /// To whom.
    pub to: Worker,
    /// Mentions of the person, as they were when it was made.
    pub mentions: Vec<MentionKey>,
    /// Who made it.
    pub by: String,
    /// When.
    pub from: Timestamp,
    /// When it ended.
    pub until: Option<Timestamp>,
}

/// Who is kept from somebody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Barred {
    /// One person, by the name they sign in with.
    User(String),
    /// Everybody of an agency: "not my husband's force".
    Agency(AgencyId),
}

/// A bar that people set. Those that are found are worked out from details each time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// Its number.
    pub id: u64,
    /// Who must not see.
    pub who: Barred,
    /// Mentions of those they must not see, as they were when it was set.
    pub mentions: Vec<MentionKey>,
    /// Why, in words.
    pub reason: String,
    /// Who set it.
    pub by: String,
    /// When.
    pub from: Timestamp,
    /// When it ended.
    pub until: Option<Timestamp>,
}

/// Why somebody is barred.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Found from details.
    Found(Reason),
    /// Set by a person, with the number of the bar.
    Set(u64),
}

/// How somebody stands to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Theirs to work with.
    OwnCase,
    /// Not involved.
    NotInvolved,
    /// In conflict: these people must be absent for them.
    Conflict,
}

/// Everything about people that depends on who looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Who must be absent, and why.
    pub bars: BTreeMap<PersonId, BTreeSet<Why>>,
    /// Who is allocated to them or their teams.
    pub allocated: BTreeSet<PersonId>,
    /// Whether their role sees every family their agency works with.
    pub oversees: bool,
}

impl Standing {
    /// How they stand to people who are looked at together. `works_with` says whether their agency has recorded any
    /// of them.
    #[must_use]
    pub fn relation(&self, people: &[PersonId], works_with: bool) -> Relation {
        if people.iter().any(|person| self.bars.contains_key(person)) {
            return Relation::Conflict;
        }
        let own = people.iter().any(|person| self.allocated.contains(person));
        match own || (self.oversees && works_with && !people.is_empty()) {
            true => Relation::OwnCase,
            false => Relation::NotInvolved,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn people(ids: &[&str]) -> Vec<PersonId> {
        ids.iter().map(|id| PersonId::from(*id)).collect()
    }

    #[test]
    fn oversight_reaches_as_far_as_the_agency_does() {
        let standing = Standing { oversees: true, ..Standing::default() };
        assert_eq!(standing.relation(&people(&["P1"]), true), Relation::OwnCase);
        assert_eq!(standing.relation(&people(&["P1"]), false), Relation::NotInvolved);
        assert_eq!(standing.relation(&[], true), Relation::NotInvolved);
        let worker = Standing { allocated: people(&["P1"]).into_iter().collect(), ..Standing::default() };
        assert_eq!(worker.relation(&people(&["P2", "P1"]), false), Relation::OwnCase);
        assert_eq!(worker.relation(&people(&["P2"]), true), Relation::NotInvolved);
    }

    proptest! {
        /// Nothing outweighs a bar, and more people never make one go away.
        #[test]
        fn a_bar_goes_before_everything(
            barred in prop::collection::btree_set(0_u8..20, 1..5),
            allocated in prop::collection::btree_set(0_u8..20, 0..20),
            looked_at in prop::collection::vec(0_u8..20, 0..8),
            oversees: bool,
            works_with: bool,
        ) {
            let id = |n: &u8| PersonId::from(format!("P{n}"));
            let standing = Standing {
                bars: barred.iter().map(|n| (id(n), BTreeSet::from([Why::Set(1)]))).collect(),
                allocated: allocated.iter().map(id).collect(),
                oversees,
            };
            let people: Vec<PersonId> = looked_at.iter().map(id).collect();
            let conflict = looked_at.iter().any(|n| barred.contains(n));
            prop_assert_eq!(standing.relation(&people, works_with) == Relation::Conflict, conflict);
        }
    }
}
