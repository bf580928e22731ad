//! Who is asking, and the door they must pass.

mod accounts;
pub mod codes;
mod drafts;
mod guessing;
pub mod keys;
pub mod looks;
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

use std::any::Any;
use std::sync::Arc;

use throughline_domain::sharing::{Door, Purpose, Refused, Sealed, Viewer};
use throughline_store::Store;

pub use accounts::{Accounts, Entered};
pub use drafts::{DraftError, Kept};
pub use openid::{Agencies, AwayError, Provider, Returned};
pub use passkeys::{Answer, Offer};
pub use permits::agency_word;
pub use sessions::{Found, Session, cookie_name, drop_cookie, set_cookie, slip_cookie, slip_name};
pub use sight::{Named, Sight};
pub use site::{NotASite, Site};
pub use standing::{Standings, people as people_of};
pub use tells::{Tells, Told};
pub use watch::{
    VIEWING, VIEWING_FILE, Watch, adopted, adopted_since, audience_of, audiences, own_rules, watch, watch_of,
};

use crate::cli::Failure;

use looks::Collector;

/// A viewer with a purpose, before the door of one area.
#[derive(Clone)]
pub struct Opener {
    door: Door,
    viewer: Viewer,
    purpose: Purpose,
    /// Everything that is opened is written down.
    looks: Arc<Collector>,
}

impl Opener {
    /// Somebody who signed in.
    pub fn new(store: &Store, viewer: Viewer, purpose: Purpose, looks: Arc<Collector>) -> Self {
        Self { door: Door::of(store.area().kind), viewer, purpose, looks }
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
        Self::new(store, viewer, purpose, Arc::default())
    }

    /// Opens one sealed thing, or says why not.
    pub fn open<T: Any>(&self, sealed: Sealed<T>) -> Result<T, Refused> {
        let opened = self.door.open(sealed, &self.viewer, self.purpose)?;
        self.looks.opened(&opened, self.purpose)?;
        Ok(opened)
    }

    /// Opens one sealed thing of which not everything may be seen: `seen` takes out what may not, and says whether any
    /// of it may. Only what is left is told of.
    pub fn open_seen<T: Any>(
        &self,
        sealed: Sealed<T>,
        seen: impl FnOnce(&mut T) -> bool,
    ) -> Result<Option<T>, Refused> {
        let mut opened = self.door.open(sealed, &self.viewer, self.purpose)?;
        if !seen(&mut opened) {
            return Ok(None);
        }
        self.looks.opened(&opened, self.purpose)?;
        Ok(Some(opened))
    }

    /// Opens something that the program decides by and does not show: it is counted, and nobody is named.
    pub fn read<T>(&self, sealed: Sealed<T>) -> Result<T, Refused> {
        let opened = self.door.open(sealed, &self.viewer, self.purpose)?;
        self.looks.read(self.purpose)?;
        Ok(opened)
    }

    /// Opens a list with its keys.
    pub fn open_all<T: Any>(&self, sealed: Vec<(String, Sealed<T>)>) -> Result<Vec<(String, T)>, Refused> {
        sealed.into_iter().map(|(key, thing)| self.open(thing).map(|thing| (key, thing))).collect()
    }

    /// Where everything that is opened is written down.
    pub fn collector(&self) -> &Arc<Collector> {
        &self.looks
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

/// Who may be told where a kept place is, if the policies let them.
pub fn may_be_told_places(viewer: &Viewer) -> bool {
    viewer.rights.told_places
}

/// Random bytes of the system.
fn chance<const N: usize>() -> Result<[u8; N], passwords::HashingError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|why| passwords::HashingError::no_chance(&why))?;
    Ok(bytes)
}
