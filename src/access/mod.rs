//! Who is asking, and the door they must pass. Until people sign in with accounts there is a list of
//! demonstration users, good for invented areas only.

mod permits;
mod sessions;
mod sight;
mod watch;

use throughline_domain::sharing::{Door, Purpose, Refused, Sealed, Viewer};
use throughline_store::Store;

pub use sessions::{COOKIE, Sessions};
pub use sight::{Named, Sight};
pub use watch::{Watch, watch};

use crate::cli::Failure;

/// A viewer with a purpose, before the door of one area.
#[derive(Clone)]
pub struct Opener {
    door: Door,
    viewer: Viewer,
    purpose: Purpose,
}

impl Opener {
    /// Somebody who signed in.
    pub fn new(store: &Store, viewer: Viewer, purpose: Purpose) -> Self {
        Self { door: Door::of(store.area().kind), viewer, purpose }
    }

    /// Whoever runs the program on the command line.
    pub fn operator(store: &Store, purpose: Purpose) -> Self {
        let viewer = Viewer {
            user: "operator".to_owned(),
            name: "Operator".to_owned(),
            agency: "operator".into(),
            role: "operator".to_owned(),
        };
        Self::new(store, viewer, purpose)
    }

    /// Opens one sealed thing, or says why not.
    pub fn open<T>(&self, sealed: Sealed<T>) -> Result<T, Refused> {
        self.door.open(sealed, &self.viewer, self.purpose)
    }

    /// Opens what may be absent.
    pub fn open_some<T>(&self, sealed: Option<Sealed<T>>) -> Result<Option<T>, Refused> {
        sealed.map(|sealed| self.open(sealed)).transpose()
    }

    /// Opens a list with its keys.
    pub fn open_all<T>(&self, sealed: Vec<(String, Sealed<T>)>) -> Result<Vec<(String, T)>, Refused> {
        sealed.into_iter().map(|(key, thing)| self.open(thing).map(|thing| (key, thing))).collect()
    }

    /// Who is asking.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }
}

/// A refusal on the command line.
pub fn refused(refusal: Refused) -> Failure {
    Failure::Cannot(refusal.to_string())
}

/// Who may decide whether records are one person; everybody else may look. Until people have accounts with rights of
/// their own, these are roles of the demonstration users.
pub fn may_decide_links(viewer: &Viewer) -> bool {
    ["head", "police", "health"].contains(&viewer.user.as_str())
}

/// Who may be the second person for what leaves the partnership. Until people have accounts with rights of their own,
/// these are demonstration users.
pub fn may_confirm_releases(viewer: &Viewer) -> bool {
    ["head", "police", "health"].contains(&viewer.user.as_str())
}

/// People who may sign in to an invented area, one of each kind of agency.
pub fn demonstration_users() -> Vec<Viewer> {
    [
        ("head", "Head of safeguarding", "social_care", "Head of safeguarding"),
        ("police", "Detective sergeant", "police", "Domestic abuse unit"),
        ("health", "Named nurse", "health", "Safeguarding nurse"),
        ("school", "Safeguarding lead", "schools", "Designated safeguarding lead"),
        ("probation", "Probation practitioner", "probation", "Offender manager"),
        ("housing", "Housing officer", "housing", "Tenancy officer"),
        ("services", "Domestic abuse adviser", "services", "Independent adviser"),
    ]
    .into_iter()
    .map(|(user, name, agency, role)| Viewer {
        user: user.to_owned(),
        name: name.to_owned(),
        agency: agency.into(),
        role: role.to_owned(),
    })
    .collect()
}
