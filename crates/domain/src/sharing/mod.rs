//! The one door. What the store hands up is [`Sealed`]; only [`Door::open`] opens it, for a viewer, with a
//! purpose. What a viewer may have of it written policies decide before; in an area with real people nobody without a role
//! gets anything.

mod asking;
mod cut;
mod sieve;
mod situation;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use asking::{Ask, Audience, Consent, Grade, Permits, Risk, Situation, Stage, Subject};
pub use cut::Cut;
pub use sieve::{Reach, Sieve, cut_all};
pub use situation::situations;

use crate::ids::{AgencyId, RoleId, TeamId, UnitId};
use crate::staff::Rights;

/// Something that may not be read until the door has opened it.
///
/// No `Debug`, `Display`, `Serialize` or `Deref`: sealed things cannot reach a log or a page by accident.
pub struct Sealed<T>(T);

impl<T> Sealed<T> {
    /// Seals a value on its way up from storage.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// Reshapes the inside without opening it, where that can fail.
    ///
    /// # Errors
    /// Whatever `change` returns.
    pub fn try_map<U, E>(self, change: impl FnOnce(T) -> Result<U, E>) -> Result<Sealed<U>, E> {
        change(self.0).map(Sealed)
    }

    /// Reshapes the inside without opening it.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Sealed<U> {
        Sealed(change(self.0))
    }
}

/// Who wants to see something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Name to sign in with.
    pub user: String,
    /// What people read.
    pub name: String,
    /// The agency they work for.
    pub agency: AgencyId,
    /// What they do there.
    pub role: String,
    /// Their role, as `area/roles.toml` names it; empty for nobody's.
    #[serde(default)]
    pub role_id: RoleId,
    /// Teams they belong to.
    #[serde(default)]
    pub teams: Vec<TeamId>,
    /// Units of their agency they answer for; none where they answer for all of it.
    #[serde(default)]
    pub units: Vec<UnitId>,
    /// What their role lets them do.
    #[serde(default)]
    pub rights: Rights,
}

/// Why somebody wants to see something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Work with the family in front of the viewer.
    Safeguarding,
    /// Deciding what to do first.
    Triage,
    /// Mending what an agency sent.
    DataQuality,
    /// Deciding whether two records are one person.
    Linking,
    /// A file handed out.
    Export,
}

/// What kind of area this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaKind {
    /// Holds no real people.
    Invented,
    /// Holds real people.
    Real,
}

/// Why the door stayed shut.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this area holds real people: what is known of them is shown only to somebody who signed in, by their role; for a whole list name a release that two people agreed on (`--release`)"
)]
pub struct Refused;

/// The door of one area.
#[derive(Clone, Copy, Debug)]
pub struct Door {
    area: AreaKind,
}

impl Door {
    /// The door of an area of this kind.
    #[must_use]
    pub fn of(area: AreaKind) -> Self {
        Self { area }
    }

    /// Opens a sealed thing for a viewer, or says why not. Which things a viewer may have at all was decided by written
    /// policy before (see [`cut_all`]); in an area that holds real people nobody without a role gets anything, whoever
    /// runs the program on the command line included.
    ///
    /// # Errors
    /// [`Refused`] in an area that holds real people, for a viewer without a role.
    pub fn open<T>(&self, sealed: Sealed<T>, viewer: &Viewer, _purpose: Purpose) -> Result<T, Refused> {
        match self.area {
            AreaKind::Invented => Ok(sealed.0),
            AreaKind::Real if !viewer.role_id.as_str().is_empty() => Ok(sealed.0),
            AreaKind::Real => Err(Refused),
        }
    }

    /// Opens a sealed thing for the engine itself, to derive from it. What the engine derives is stored and
    /// sealed again; it is never shown from here.
    pub fn open_to_derive<T>(sealed: Sealed<T>) -> T {
        sealed.0
    }
}
