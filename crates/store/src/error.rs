//! What can go wrong in storage, each as one plain sentence that says what to do next. No message holds
//! anything an agency sent: keys, bodies and terms stay out.

use std::fmt;
use std::path::{Path, PathBuf};

use throughline_domain::ids::AgencyId;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder holds no area.
    #[error("no area at {0}; make one with `throughline init --db {0}`")]
    NotThere(PathBuf),
    /// Something is there already and is never overwritten.
    #[error("{0} is there already and is not overwritten; choose another place")]
    AlreadyThere(PathBuf),
    /// A journal lies there without its database.
    #[error(
        "{0} is left over from a database that is gone, and could hold its last changes; move it away before an area is made here"
    )]
    LeftOver(PathBuf),
    /// A database, but not one of ours.
    #[error("{0} is not an area of Throughline; check the folder given with --db")]
    NotOurs(PathBuf),
    /// A database beside the facts that belongs to another area.
    #[error("{0} belongs to another area than the facts beside it; put back the file that belongs there")]
    OtherArea(PathBuf),
    /// Written by a later version of the program.
    #[error(
        "this area has schema version {found}, and this program knows versions up to {known}; use the newer program"
    )]
    Newer {
        /// Schema version of the area.
        found: u64,
        /// Latest schema version this program knows.
        known: u64,
    },
    /// SQLite is older than the first version whose write-ahead log can be trusted.
    #[error("SQLite {0} has a known fault in its write-ahead log; build with 3.51.3 or later")]
    OldSqlite(String),
    /// Somebody else appended to the chain of this agency since its head was read.
    #[error("other facts of {0} arrived meanwhile; read the heads again and repeat")]
    Moved(AgencyId),
    /// A batch or a row that cannot be stored as it is.
    #[error("cannot store {0}")]
    Unfit(&'static str),
    /// Rows for a shelf that were not in strict order of their keys.
    #[error("the rows for shelf `{0}` are not in order of their keys, or one key came twice")]
    NotSorted(String),
    /// A sequence number that no fact has.
    #[error("there is no fact {0}; the page or row that named it is out of date: run `throughline rebuild`")]
    NoSuchFact(u64),
    /// Stored facts do not agree with their chain.
    #[error("{0}; restore from the latest good backup")]
    Damaged(Damage),
    /// A fact is whole but this program cannot read what it says.
    #[error(
        "fact {0} is of a kind or shape that this program cannot read; use the version that wrote it, or run `throughline verify`"
    )]
    Unreadable(u64),
    /// The record of who looked is not there, or is another one.
    #[error(
        "{0} is not the record of who looked that this area began; nothing is shown without it. Restore from the latest good backup"
    )]
    LooksGone(PathBuf),
    /// A file that is not a backup.
    #[error("{0} is not a backup made by `throughline backup`")]
    NotABackup(PathBuf),
    /// A backup that must not be used.
    #[error("the backup {file} is damaged: {what}; nothing was restored, use another backup")]
    BadBackup {
        /// The backup.
        file: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Another program held the area for too long.
    #[error(
        "another program has been writing to this area for more than 30 seconds; wait for it or stop it, then repeat"
    )]
    Busy,
    /// No room.
    #[error("the disk is full, nothing of this batch was stored; make room and repeat")]
    Full,
    /// The disk failed once while writing, so no later success could be trusted.
    #[error(
        "writing stopped because the disk failed; reading goes on. Check the disk, run `throughline verify`, then start again"
    )]
    Stopped,
    /// The disk failed.
    #[error("the disk failed ({0}); check the disk and run `throughline verify`")]
    Disk(String),
    /// The database refused.
    #[error("the database could not do this: {0}; run `throughline doctor`")]
    Database(String),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl StoreError {
    /// Names the file in an error of the system.
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::File { path: path.to_owned(), source }
    }

    /// The same error again, for each of several callers whose batches went into one transaction.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::Busy => Self::Busy,
            Self::Full => Self::Full,
            Self::Stopped => Self::Stopped,
            Self::Disk(what) => Self::Disk(what.clone()),
            other => Self::Database(other.to_string()),
        }
    }
}

/// The first thing found wrong with the stored facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Whose chain, where that can be told.
    pub agency: Option<String>,
    /// Which fact, where it is one.
    pub seq: Option<u64>,
    /// What is wrong, as a plain clause.
    pub what: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.seq, &self.agency) {
            (Some(seq), Some(agency)) => write!(f, "fact {seq} of {agency}: {}", self.what),
            (Some(seq), None) => write!(f, "fact {seq}: {}", self.what),
            (None, Some(agency)) => write!(f, "the chain of {agency}: {}", self.what),
            (None, None) => f.write_str(&self.what),
        }
    }
}
