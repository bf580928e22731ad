//! Everything that is derived: who is who, the picture, and the shelves that pages read. One way from facts
//! to shelves, used after taking files in, by `rebuild`, and to check that both agree.

mod audiences;
mod decisions;
mod doubts;
mod grounds;
mod history;
mod linking;
mod load;
mod naming;
mod queue;
mod shelves;
mod shown;

use std::time::Instant;

use throughline_domain::fact::FactBody;
use throughline_domain::sharing::Door;
use throughline_store::{Store, StoreError};

pub use decisions::{Settled, Told};
pub use linking::{key_of, key_text, linkage_records, relink, settings as linkage_settings};
pub use load::kept_places;
pub use naming::Remembered;

use crate::access;
use crate::intake::{self, Clock};
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

/// Derives everything when there are facts that are not yet in it, when the day has changed, or who is watching.
pub fn bring_up_to_date(store: &Store, clock: &Clock) -> Result<Derived, DeriveError> {
    let done = derived(store)?;
    let audiences = access::audiences(store).map_err(DeriveError::Settings)?;
    if done.seq == store.heads()?.last_seq() && done.on == Some(clock.today) && done.audiences == audiences {
        return Ok(done);
    }
    drawn_anew(store, clock, Extent::DrawnOnly)
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
pub fn derive(store: &Store, clock: &Clock) -> Result<Derived, DeriveError> {
    drawn_anew(store, clock, Extent::Everything)
}

/// Links and draws. Who has become somebody else for the reader of a page is told as facts first, so that what is laid out
/// then follows from the facts alone. The caller holds the claim.
fn drawn_anew(store: &Store, clock: &Clock, extent: Extent) -> Result<Derived, DeriveError> {
    let began = Instant::now();
    let mut loaded = load::load(store)?;
    let shown = shown::people(store, &loaded)?;
    let mut links = linking::link(&mut loaded, Some(&shown))?;
    let linked_in = began.elapsed().as_secs_f64();
    drop(shown);
    let whole = shelves::draw(&loaded, clock.today)?;
    let families = shown::families(store, &loaded, &whole.picture)?;
    let people = std::mem::take(&mut links.changes).into_iter().map(FactBody::PersonChanged);
    let told: Vec<FactBody> = people.chain(families.into_iter().map(FactBody::FamilyChanged)).collect();
    if !told.is_empty() {
        intake::append_all(store, &TELLER.into(), clock, told)?;
        load::go_on(&mut loaded, store)?;
    }
    let mut contents = match extent {
        Extent::DrawnOnly => Vec::new(),
        Extent::Everything => shelves::of_intake(&loaded)?,
    };
    let watch = access::watch(store).map_err(DeriveError::Settings)?;
    let (drawn, derived) = shelves::drawn(&loaded, &links, &whole, &watch, clock.today)?;
    contents.extend(drawn);
    store.replace_shelves(contents)?;
    Ok(Derived { linked_in, ..derived })
}

/// In whose chain the program tells what became of people.
const TELLER: &str = "throughline";

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
    let mut loaded = load::load(store)?;
    let links = linking::link(&mut loaded, None)?;
    let whole = shelves::draw(&loaded, on)?;
    let mut contents = shelves::of_intake(&loaded)?;
    let watch = access::watch_of(store, there.audiences).map_err(DeriveError::Settings)?;
    contents.extend(shelves::drawn(&loaded, &links, &whole, &watch, on)?.0);
    let first = store.compare_shelves(contents)?.first;
    Ok(first.map(|d| format!("`{}` entry `{}`: {}", d.shelf, d.key.replace('\u{1f}', " "), d.what)))
}
