//! Everything that is derived: who is who, the picture, and the shelves that pages read. One way from facts
//! to shelves, used after taking files in, by `rebuild`, and to check that both agree.

mod decisions;
mod doubts;
mod grounds;
mod linking;
mod load;
mod queue;
mod shelves;

use std::time::Instant;

use jiff::civil::Date;
use throughline_domain::sharing::Door;
use throughline_store::{ShelfContents, Store, StoreError};

pub use decisions::{Settled, Told};
pub use linking::{key_of, key_text, linkage_records, person_id, relink, settings as linkage_settings};
pub use load::kept_places;

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
    let (contents, derived) = contents(store, on, Extent::DrawnOnly)?;
    store.replace_shelves(contents)?;
    Ok(derived)
}

/// How much to derive: intake writes the shelves of rows, files and rows put aside itself, fact by fact.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// What is linked and drawn.
    DrawnOnly,
    /// The shelves that intake writes as well.
    Everything,
}

/// Derives everything again, whatever is there.
pub fn derive(store: &Store, on: Date) -> Result<Derived, DeriveError> {
    let (contents, derived) = contents(store, on, Extent::Everything)?;
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
    let (contents, _) = contents(store, on, Extent::Everything)?;
    let first = store.compare_shelves(contents)?.first;
    Ok(first.map(|d| format!("`{}` entry `{}`: {}", d.shelf, d.key.replace('\u{1f}', " "), d.what)))
}

fn contents(store: &Store, on: Date, extent: Extent) -> Result<(Vec<ShelfContents>, Derived), DeriveError> {
    let began = Instant::now();
    let mut loaded = load::load(store)?;
    let links = linking::link(&mut loaded)?;
    let linked_in = began.elapsed().as_secs_f64();
    let mut contents = match extent {
        Extent::DrawnOnly => Vec::new(),
        Extent::Everything => shelves::of_intake(&loaded)?,
    };
    let (drawn, derived) = shelves::drawn(&loaded, &links, on)?;
    contents.extend(drawn);
    Ok((contents, Derived { linked_in, ..derived }))
}
