//! What `doctor` asks of storage: is this installation fit to keep people's records?

use std::path::{Path, PathBuf};

use crate::error::StoreError;
use crate::folder;
use crate::meta;
use crate::model::{Area, Heads};
use crate::read::read_heads;
use crate::shelves::ShelfState;
use crate::side;
use crate::sqlite;
use crate::store::Store;

/// Below this much free disk `doctor` warns.
const LITTLE_ROOM: u64 = 1024 * 1024 * 1024;

/// How storage stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// Version of SQLite inside this program.
    pub sqlite: String,
    /// `wal` as it should be.
    pub journal_mode: String,
    /// `full` as it should be.
    pub synchronous: String,
    /// Version of the area's tables.
    pub schema: u64,
    /// What the area is.
    pub area: Area,
    /// Where the chains stand.
    pub heads: Heads,
    /// The shelves and their rows.
    pub shelves: Vec<ShelfState>,
    /// Size of the database file.
    pub database_bytes: u64,
    /// Size of the write-ahead log.
    pub log_bytes: u64,
    /// Free room on the disk for this user, where the system tells.
    pub free_bytes: Option<u64>,
    /// Files in the area's folder that an interrupted `init`, `backup` or `restore` left behind, unless one is
    /// running now.
    pub left_over: Vec<PathBuf>,
    /// Whether others than the owner may read a database of the area; `None` where the system has no such notion.
    pub readable_by_others: Option<bool>,
}

impl Diagnosis {
    /// What should be mended, in plain sentences. Empty when all is well.
    #[must_use]
    pub fn findings(&self) -> Vec<String> {
        let mut findings = Vec::new();
        if self.journal_mode != "wal" {
            findings.push(format!(
                "The database keeps its journal as `{}`; expected `wal`. Put it on a local disk.",
                self.journal_mode
            ));
        }
        if self.synchronous != "full" {
            findings.push(format!(
                "Writes are flushed as `{}`; expected `full`. A power cut could lose facts.",
                self.synchronous
            ));
        }
        // A backup or a rebuild needs about as much room again.
        let needed = LITTLE_ROOM.max(self.database_bytes);
        if let Some(free) = self.free_bytes.filter(|free| *free < needed) {
            let mib = 1024 * 1024;
            findings.push(format!(
                "Only {} MiB of disk are free; expected at least {} MiB. Make room.",
                free / mib,
                needed / mib
            ));
        }
        if self.readable_by_others == Some(true) {
            findings.push(
                "Others on this computer may read the database. Take their rights away: `chmod -R go= DB`."
                    .into(),
            );
        }
        for file in &self.left_over {
            let file = file.display();
            findings.push(format!("{file} is left over from an interruption and may hold people's records. Delete it, unless a backup or restore is running now."));
        }
        for state in self.shelves.iter().filter(|state| state.unfinished) {
            findings
                .push(format!("Making `{}` again was interrupted. Run `throughline rebuild`.", state.shelf));
        }
        findings
    }
}

impl Store {
    /// How storage stands. Reads settings and sizes only; [`Store::verify`] reads the facts.
    ///
    /// # Errors
    /// When the database or its folder cannot be read.
    pub fn check(&self) -> Result<Diagnosis, StoreError> {
        let path = self.0.pool.path();
        let (journal_mode, synchronous) = {
            // Of the writer: that is whose flushes count.
            let writer = self.0.pool.writer();
            (writer.pragma_value("journal_mode")?, writer.pragma_value("synchronous")?)
        };
        let synchronous = match synchronous.as_str() {
            "0" => "off",
            "1" => "normal",
            "2" => "full",
            "3" => "extra",
            other => other,
        };
        let (schema, heads) = self.0.pool.read(|link| Ok((meta::schema(link)?, read_heads(link)?)))?;
        Ok(Diagnosis {
            sqlite: sqlite::version().to_owned(),
            journal_mode,
            synchronous: synchronous.to_owned(),
            schema,
            area: self.area(),
            heads,
            shelves: self.shelves()?,
            database_bytes: size(path)?,
            log_bytes: size(&folder::beside(path, "-wal"))?,
            free_bytes: free_room(path),
            left_over: folder::left_over(path)?,
            readable_by_others: self.readable()?,
        })
    }
}

impl Store {
    /// Whether others may read any database of the area.
    fn readable(&self) -> Result<Option<bool>, StoreError> {
        let mut found = readable_by_others(self.0.pool.path())?;
        for side in side::present(&self.folder())? {
            let this = readable_by_others(&side.path(&self.folder()))?;
            found = found.zip(this).map(|(one, other)| one || other);
        }
        Ok(found)
    }
}

fn size(path: &Path) -> Result<u64, StoreError> {
    if !folder::exists(path)? {
        return Ok(0);
    }
    std::fs::metadata(path).map(|found| found.len()).map_err(StoreError::file(path))
}

#[cfg(unix)]
fn free_room(path: &Path) -> Option<u64> {
    let room = rustix::fs::statvfs(path).ok()?;
    room.f_bavail.checked_mul(room.f_frsize)
}

#[cfg(not(unix))]
fn free_room(_: &Path) -> Option<u64> {
    None
}

#[cfg(unix)]
fn readable_by_others(path: &Path) -> Result<Option<bool>, StoreError> {
    let found = std::fs::metadata(path).map_err(StoreError::file(path))?;
    Ok(Some(std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o077 != 0))
}

#[cfg(not(unix))]
fn readable_by_others(_: &Path) -> Result<Option<bool>, StoreError> {
    Ok(None)
}
