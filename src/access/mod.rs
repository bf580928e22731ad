//! Who is asking, and the door they must pass.

mod accounts;
pub mod codes;
mod drafts;
mod guessing;
pub mod keys;
mod openid;
mod passkeys;
mod passwords;
mod permits;
mod sessions;
mod sight;
mod site;
mod slips;
mod standing;
mod tells;
mod watch;

use throughline_domain::sharing::{Door, Purpose, Refused, Sealed, Viewer};
use throughline_store::Store;

pub use accounts::{Accounts, Entered, demonstration_accounts};
pub use drafts::{DraftError, Kept};
pub use openid::{Agencies, AwayError, Provider, Returned};
pub use passkeys::{Answer, Offer};
pub use sessions::{Found, Session, cookie_name, drop_cookie, set_cookie, slip_cookie, slip_name};
pub use sight::{Named, Sight};
pub use site::{NotASite, Site};
pub use standing::Standings;
pub use tells::Told;
pub use watch::{Watch, audiences, watch, watch_of};

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
            ..Viewer::default()
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

/// Who may decide whether records are one person; everybody else may look.
pub fn may_decide_links(viewer: &Viewer) -> bool {
    viewer.rights.decides_links
}

/// Who may be the second person for what leaves the partnership.
pub fn may_confirm_releases(viewer: &Viewer) -> bool {
    viewer.rights.confirms_releases
}

/// Random bytes of the system.
fn chance<const N: usize>() -> Result<[u8; N], passwords::HashingError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|why| passwords::HashingError::no_chance(&why))?;
    Ok(bytes)
}
