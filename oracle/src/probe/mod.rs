//! Asks everything as everybody and holds what came back against what may come back.

pub mod exports;
pub mod look;
pub mod papers;
mod refused;
pub mod report;
pub mod routes;
mod visit;

use std::collections::{BTreeMap, BTreeSet};

use crate::text::cedar::Policies;
use crate::text::known::{Id, Known, Linked, Standing};
use crate::text::roles::{Audience, Roles};

pub use report::{Finding, Kind, Report};
pub use visit::{Depth, catalogue, stranger, visit};

/// What does not change from one viewer to the next.
pub struct Setting<'a> {
    /// The world and who its rows are about.
    pub linked: &'a Linked<'a>,
    /// Who works here.
    pub roles: &'a Roles,
    /// The sharing policies.
    pub policies: &'a Policies,
    /// For how many months an agency works with somebody after its last record of them.
    pub months: i32,
}

/// Somebody who looks.
pub struct Eyes {
    /// Their audience.
    pub audience: Audience,
    /// The name they sign in with.
    pub user: String,
    /// What they may read.
    pub known: Known,
    /// What they may read below some addresses besides.
    pub below: papers::Below,
    /// People who must be absent for them, and people whose records were allocated to them.
    pub standing: Standing,
}

impl Eyes {
    /// The eyes of somebody of an audience.
    #[must_use]
    pub fn of(setting: &Setting<'_>, audience: &Audience, user: &str, standing: &Standing) -> Self {
        let mut known =
            setting.linked.known(audience, setting.roles, setting.policies, setting.months, standing);
        // Rows put aside are seen by the agency that sent them.
        let own = setting.linked.world.asides.iter().filter(|aside| aside.agency == audience.agency);
        known.may.extend(own.map(|aside| aside.word.to_lowercase()));
        let (audience, standing) = (audience.clone(), standing.clone());
        Self { audience, user: user.to_owned(), known, below: Vec::new(), standing }
    }

    /// Their audience in words.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}", self.audience.agency, self.audience.role)
    }
}

/// Ids there are, learned from those who may see them.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// Everybody.
    pub people: BTreeSet<Id>,
    /// Families and who is in them.
    pub families: BTreeMap<Id, BTreeSet<Id>>,
    /// Facts: number to the record it is, by its place in the world.
    pub facts: BTreeMap<u64, Option<usize>>,
    /// Links to decide.
    pub links: BTreeSet<Id>,
    /// What agencies asked of each other, and releases.
    pub papers: papers::Papers,
}
