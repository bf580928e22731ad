//! Everything that is derived: who is who, the picture, and the shelves that pages read. One way from facts
//! to shelves, used after taking files in, by `rebuild`, and to check that both agree.

mod audiences;
mod decisions;
mod doubts;
mod grounds;
mod history;
mod joined;
mod linking;
mod load;
mod naming;
mod queue;
mod shelves;
mod shown;

use std::time::Instant;

use throughline_domain::fact::FactBody;
use throughline_domain::sharing::Door;
use throughline_store::{Batch, Store, StoreError};

pub use decisions::{Settled, Told};
pub use linking::{key_of, key_text, linkage_records, mention_key, relink, settings as linkage_settings};
pub use load::kept_places;
pub use naming::Remembered;
pub use shelves::to_ask;

use crate::access;
use crate::claim::{Claim, Of};
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

/// Derives everything when there are facts that it hangs on and that are not yet in it, when the day has changed, or who is
/// watching. The caller claims the picture.
pub fn bring_up_to_date(store: &Store, clock: &Clock) -> Result<Derived, DeriveError> {
    let done = derived(store)?;
    let audiences = access::audiences(store).map_err(DeriveError::Settings)?;
    let last = store.heads()?.last_seq();
    if done.on != Some(clock.today) || done.audiences != audiences || drawn_from_since(store, done.seq)? {
        return drawn_anew(store, clock, Extent::DrawnOnly);
    }
    if done.seq == last {
        return Ok(done);
    }
    // Only papers have come: the picture stands, as of now.
    let done = Derived { seq: last, ..done };
    let row = shelf::put(shelf::META, shelf::row("derived".to_owned(), &done, Vec::new())?);
    store.append(Batch { expected: None, facts: Vec::new(), rows: vec![row] })?;
    Ok(done)
}

/// Whether facts have come after this one on which the picture hangs.
fn drawn_from_since(store: &Store, seq: u64) -> Result<bool, DeriveError> {
    for sealed in store.facts(seq.saturating_add(1)..)? {
        if Door::open_to_derive(sealed?).body.is_drawn_from() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// For the moment in which something is appended.
fn claim(store: &Store) -> Result<Claim, DeriveError> {
    let claim = Claim::wait(&store.folder(), Of::Facts);
    claim.map_err(|error| StoreError::Disk(error.to_string()).into())
}

/// How much to derive: intake writes the shelves of rows, files and rows put aside itself, fact by fact.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// What is linked and drawn.
    DrawnOnly,
    /// The shelves that intake writes as well.
    Everything,
}

/// Derives everything again, whatever is there. The caller claims the picture.
pub fn derive(store: &Store, clock: &Clock) -> Result<Derived, DeriveError> {
    drawn_anew(store, clock, Extent::Everything)
}

/// How often linking begins again because something came meanwhile. Then others wait: else a busy day would never be drawn.
const TRIES: u32 = 3;

/// Links and draws. Who has become somebody else for the reader of a page is told as facts first, so that what is laid out
/// then follows from the facts alone. That is the moment in which nobody else may append: nothing on which the picture hangs may
/// have come since it was read.
fn drawn_anew(store: &Store, clock: &Clock, extent: Extent) -> Result<Derived, DeriveError> {
    let began = Instant::now();
    let mut tries = 0;
    loop {
        tries += 1;
        let whole = extent == Extent::Everything || tries == TRIES;
        let held = whole.then(|| claim(store)).transpose()?;
        if let Some(derived) = drawn_once(store, clock, extent, held, began)? {
            return Ok(derived);
        }
    }
}

/// The same, once: nothing where something came meanwhile.
fn drawn_once(
    store: &Store,
    clock: &Clock,
    extent: Extent,
    held: Option<Claim>,
    began: Instant,
) -> Result<Option<Derived>, DeriveError> {
    let mut loaded = load::load(store)?;
    let shown = shown::people(store, &loaded)?;
    let mut links = linking::link(&mut loaded, Some(&shown))?;
    let linked_in = began.elapsed().as_secs_f64();
    drop(shown);
    let whole = shelves::draw(&loaded, clock.today)?;
    let families = shown::families(store, &loaded, &whole.picture)?;
    let people = std::mem::take(&mut links.changes).into_iter().map(FactBody::PersonChanged);
    let told: Vec<FactBody> = people.chain(families.into_iter().map(FactBody::FamilyChanged)).collect();
    let held = held.map_or_else(|| claim(store), Ok)?;
    if drawn_from_since(store, loaded.seq)? {
        return Ok(None);
    }
    if !told.is_empty() {
        intake::append_all(store, &TELLER.into(), clock, told)?;
    }
    load::go_on(&mut loaded, store)?;
    // Everything there is: also what whoever takes files in writes, so that nobody may do that meanwhile.
    let held = Some(held).filter(|_| extent == Extent::Everything);
    let mut lay = |contents| store.replace_shelves(contents).map(drop).map_err(DeriveError::from);
    if extent == Extent::Everything {
        lay(shelves::of_intake(&loaded)?)?;
    }
    let watch = access::watch(store).map_err(DeriveError::Settings)?;
    let derived = shelves::drawn(&loaded, &links, &whole, &watch, clock.today, &mut lay)?;
    drop(held);
    Ok(Some(Derived { linked_in, ..derived }))
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
    // Papers may have come since; the picture does not hang on them.
    if !drawn_from_since(store, there.seq)? {
        loaded.seq = there.seq;
    }
    let links = linking::link(&mut loaded, None)?;
    let whole = shelves::draw(&loaded, on)?;
    let mut first = None;
    let mut lay = |contents| {
        let found = store.compare_shelves(contents)?.first;
        first = first.take().or(found);
        Ok(())
    };
    lay(shelves::of_intake(&loaded)?)?;
    let watch = access::watch_of(store, there.audiences).map_err(DeriveError::Settings)?;
    shelves::drawn(&loaded, &links, &whole, &watch, on, &mut lay)?;
    Ok(first.map(|d| format!("`{}` entry `{}`: {}", d.shelf, d.key.replace('\u{1f}', " "), d.what)))
}
