//! Everything that is derived: who is who, the picture, and the shelves that pages read. One way from facts
//! to shelves, used after taking files in, by `rebuild`, and to check that both agree.

mod grounds;
mod linking;
mod load;
mod shelves;

use jiff::civil::Date;
use throughline_domain::sharing::Door;
use throughline_store::{ShelfContents, Store, StoreError};

pub use linking::{key_of, linkage_records, settings as linkage_settings};

use crate::shelf::{self, Derived, ShelfError};

/// Why deriving stopped.
#[derive(Debug, thiserror::Error)]
pub enum DeriveError {
    /// The store refused.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    /// A rule's settings are not right.
    #[error("{0}")]
    Settings(String),
}

impl From<StoreError> for DeriveError {
    fn from(error: StoreError) -> Self {
        Self::Shelf(error.into())
    }
}

impl From<serde_json::Error> for DeriveError {
    fn from(error: serde_json::Error) -> Self {
        Self::Shelf(error.into())
    }
}

/// Derives everything when there are facts that are not yet in it, or when the day has changed.
pub fn bring_up_to_date(store: &Store, on: Date) -> Result<Derived, DeriveError> {
    let done = derived(store)?;
    if done.seq == store.heads()?.last_seq() && done.on == Some(on) {
        return Ok(done);
    }
    derive(store, on)
}

/// Derives everything again, whatever is there.
pub fn derive(store: &Store, on: Date) -> Result<Derived, DeriveError> {
    let (contents, derived) = contents(store, on)?;
    store.replace_shelves(contents)?;
    Ok(derived)
}

/// How far derivation has come.
pub fn derived(store: &Store) -> Result<Derived, ShelfError> {
    let sealed = shelf::get::<Derived>(store, shelf::META, "derived")?;
    Ok(sealed.map(Door::open_to_derive).unwrap_or_default())
}

/// Derives everything again beside what is there and names the first difference.
pub fn check(store: &Store) -> Result<Option<String>, DeriveError> {
    let there = derived(store)?;
    let Some(on) = there.on else {
        return Ok((store.heads()?.last_seq() > 0).then(|| "nothing has been derived yet".to_owned()));
    };
    let (contents, _) = contents(store, on)?;
    let first = store.compare_shelves(contents)?.first;
    Ok(first.map(|d| format!("`{}` entry `{}`: {}", d.shelf, d.key.replace('\u{1f}', " "), d.what)))
}

fn contents(store: &Store, on: Date) -> Result<(Vec<ShelfContents>, Derived), DeriveError> {
    let mut loaded = load::load(store)?;
    let links = linking::link(&mut loaded)?;
    shelves::write(loaded, &links, on)
}
