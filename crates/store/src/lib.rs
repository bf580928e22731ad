//! The one seam to a database: facts appended once and never changed, chained with SHA-256, and derived rows
//! ("shelves") that can be thrown away and made again.
//!
//! An area is a folder; today SQLite is inside. What agencies sent, and who looked at it, is handed up [`Sealed`]. All
//! SQL is in `statements.rs` (people who sign in: `staff/statements.rs`, who looked: `looks/sql.rs`), all that only
//! SQLite does is in `sqlite.rs`.
//!
//! ```
//! use throughline_domain::sharing::AreaKind;
//! use throughline_store::{Area, Batch, RowChange, Store};
//!
//! let folder = tempfile::tempdir()?;
//! let store = Store::create(folder.path(), &Area { name: "Calderwick".into(), kind: AreaKind::Invented })?;
//! store.append(Batch { rows: vec![RowChange::put("people", "p1", b"{}", ["okafor"])], ..Batch::default() })?;
//! assert_eq!(store.find("people", "okafor", 10)?, ["p1"]);
//! assert!(store.verify()?.is_sound());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Sealed`]: throughline_domain::sharing::Sealed

mod append;
mod backup;
mod chain;
mod check;
mod error;
mod folder;
mod link_index;
mod looks;
mod manifest;
mod meta;
mod migrate;
mod model;
mod pool;
mod queue;
mod read;
mod replace;
mod restore;
mod shelves;
mod side;
mod sqlite;
mod staff;
mod statements;
mod store;
mod stream;
mod verify;

pub use backup::BackupReport;
pub use chain::Hash;
pub use check::Diagnosis;
pub use error::{Damage, StoreError};
pub use link_index::{LinkChanges, LinkIndex, TEXT_KINDS};
pub use looks::{Looks, LooksState, LooksVerdict, NewEntry, SealedEntries, Tally};
pub use model::{Area, Batch, Head, Heads, NewFact, Receipt, Row, RowChange, ShelfContents};
pub use replace::{Changed, Comparison, Difference};
pub use restore::RestoreReport;
pub use shelves::{SealedRows, ShelfState};
pub use staff::{Declared, Draft, End, OpenSession, Secrets, SessionHash, Staff, Stage, StoredPasskey};
pub use store::Store;
pub use stream::Facts;
pub use verify::Verdict;
