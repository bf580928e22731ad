//! Who looked, at run time: everything that is opened registers with the [`Collector`] of its request, and no answer
//! leaves before its entries are on the disk ([`layer`]).

mod collector;
pub mod explained;
pub mod layer;
mod routes;
pub mod ties;
mod watch;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use throughline_domain::ids::PersonId;
use throughline_domain::looks::{
    Act, Entry, Glass, InInventedAreas, Look, Looker, Looking, LookingError, Pace, glass_open,
};
use throughline_domain::sharing::{AreaKind, Viewer};
use throughline_store::{Looks, NewEntry, Store, StoreError};

use super::{Opener, Tells, Told};
use crate::intake::Clock;

pub use collector::Collector;
pub use explained::Explained;
pub use layer::admit;
use watch::Watch;

/// A copy of the settings in the folder of an area is read in place of the built-in ones.
const OWN_SETTINGS: &str = "looking.toml";

/// Why who looked cannot be kept; without it nothing is shown.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The record.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The settings.
    #[error(transparent)]
    Settings(#[from] LookingError),
    /// The area's own settings.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
}

/// The record of who looked, the rules about it, and what they need to know of the day so far.
pub struct Audit {
    /// The record.
    pub looks: Looks,
    /// The rules' settings.
    pub settings: Looking,
    kind: AreaKind,
    watch: Mutex<Watch>,
}

impl Audit {
    /// Opens the record of an area with its settings.
    pub fn open(store: &Store, folder: &Path) -> Result<Self, AuditError> {
        let now = Clock::now().received;
        let (looks, settings) = (Looks::open(store, now)?, settings(folder)?);
        let watch = Mutex::new(Watch::load(&looks, &settings, now)?);
        Ok(Self { looks, settings, kind: store.area().kind, watch })
    }

    /// Writes entries. When this returns they are on the disk.
    pub fn append(&self, entries: Vec<Entry>) -> Result<u64, StoreError> {
        let new = entries.iter().cloned().map(|entry| self.new_entry(entry)).collect();
        let last = self.looks.append(new)?;
        let first = (last + 1).saturating_sub(entries.len() as u64);
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        for (seq, entry) in (first..).zip(&entries) {
            watch.note(seq, entry, &self.settings);
        }
        Ok(last)
    }

    fn new_entry(&self, entry: Entry) -> NewEntry {
        let (loose, counted) = match &entry {
            Entry::Look(look) => {
                (look.is_loose(&self.settings), self.settings.scraping.counts.contains(&look.act))
            }
            _ => (false, false),
        };
        NewEntry { entry, loose, counted }
    }

    /// How fast somebody may go on.
    pub fn pace(&self, by: &Looker, now: Timestamp) -> Result<Pace, StoreError> {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.turn(&self.looks, &self.settings, now)?;
        let stops =
            self.kind == AreaKind::Real || self.settings.scraping.in_invented_areas == InInventedAreas::Stop;
        Ok(if stops { watch.pace(by, now, &self.settings) } else { Pace::Free })
    }

    /// The alarm that a look would raise, if it takes its viewer beyond the limit of the day.
    pub fn alarm(&self, look: &Look) -> Option<Entry> {
        let counts = self.settings.scraping.counts.contains(&look.act);
        let watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        counts.then(|| watch.alarm(look, &self.settings)).flatten().map(Entry::Alarm)
    }

    /// Glass that somebody broke and that is still open.
    fn open_glass(&self, by: &Looker, now: Timestamp) -> Vec<Glass> {
        let watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = watch
            .glasses()
            .iter()
            .filter(|glass| glass_open(now, std::iter::once(*glass), by, &glass.person, false).is_some());
        mine.cloned().collect()
    }

    /// Whether somebody sees one of these people through glass that they broke.
    pub fn behind_glass(&self, by: &Looker, people: &BTreeSet<PersonId>, now: Timestamp) -> bool {
        let open = self.open_glass(by, now);
        open.iter()
            .any(|glass| people.contains(&glass.person) || glass.with.iter().any(|one| people.contains(one)))
    }

    /// The people for whom somebody broke glass that is still open. Bars are looked at elsewhere, and win.
    pub fn glass_of(&self, by: &Looker, now: Timestamp) -> BTreeSet<PersonId> {
        self.open_glass(by, now).into_iter().map(|glass| glass.person).collect()
    }
}

impl Tells for Audit {
    /// Signing in, and every change of who may do what, stands in the record before whoever did it goes on.
    fn tell(&self, told: Told, whose: &Looker, by: &Looker, at: Timestamp) -> Result<(), StoreError> {
        // Who tried in vain is only named if there is such a user: people type passwords into the wrong field.
        let by = if told == Told::Refused { whose } else { by };
        let act = match told {
            Told::SignedIn => Act::SignedIn,
            Told::Refused | Told::SlowedDown => Act::SignedInFailed,
            Told::SignedOut | Told::SignedOutEverywhere => Act::SignedOut,
            Told::SteppedUp => Act::SteppedUp,
            Told::RecoveryUsed
            | Told::PasswordChanged
            | Told::CodesChanged
            | Told::PasskeysChanged
            | Told::Added
            | Told::Changed
            | Told::Allocated
            | Told::Barred => Act::AccountChanged,
        };
        let account = if whose.user == by.user { String::new() } else { whose.user.clone() };
        let page = told.word().to_owned();
        self.append(vec![Entry::Look(Look { at, by: by.clone(), act, page, account, ..Look::default() })])?;
        Ok(())
    }
}

fn settings(folder: &Path) -> Result<Looking, AuditError> {
    let own = folder.join(OWN_SETTINGS);
    match std::fs::read_to_string(&own) {
        Ok(text) => Ok(Looking::read(&own.display().to_string(), &text)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Looking::built_in()?),
        Err(error) => Err(AuditError::File(own.display().to_string(), error)),
    }
}

/// Writes down what the command line is about to hand out. What was not written down is not handed out.
pub fn exported(store: &Store, opener: &Opener, what: &str, rows: usize) -> Result<(), StoreError> {
    let now = Clock::now().received;
    let gathered = opener.collector().close();
    let look = Look {
        at: now,
        by: Looker::from(opener.viewer()),
        act: Act::Exported,
        purpose: gathered.purpose,
        page: what.to_owned(),
        // A whole list: naming everybody in it would say no more than its name.
        named_beyond: rows as u64,
        ..Look::default()
    };
    let looks = Looks::open(store, now)?;
    looks.append(vec![NewEntry { entry: Entry::Look(look), loose: false, counted: false }])?;
    Ok(())
}

/// Who may review looks of other agencies' staff.
pub fn may_review(viewer: &Viewer) -> bool {
    viewer.rights.reviews_access
}

/// Who oversees the work of their agency, and so is told of broken glass and lets somebody go on who read in bulk.
pub fn oversees(viewer: &Viewer) -> bool {
    viewer.rights.oversees
}
