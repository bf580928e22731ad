//! Writes a copy of the area, as of one moment and while it is served, into one file with a manifest. The copy
//! is verified before the file gets its name: a backup that could not be restored is none.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write, sink};
use std::path::{Path, PathBuf};

use crate::error::StoreError;
use crate::folder::{self, UnderConstruction};
use crate::manifest::{self, Beside, Manifest};
use crate::model::{Area, Heads};
use crate::sqlite::Link;
use crate::store::Store;
use crate::verify::verify;
use crate::{looks, meta};

/// What was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupReport {
    /// Where.
    pub file: PathBuf,
    /// Size of the file.
    pub bytes: u64,
    /// Where the chains stood. Kept elsewhere, they prove later that nothing was rolled back.
    pub heads: Heads,
}

impl Store {
    /// Saves the area into `out`. An earlier backup of that name is replaced once the new one is whole and
    /// verified; any other file is left alone.
    ///
    /// The file holds everything and is not encrypted; only its owner may read it.
    ///
    /// # Errors
    /// When the stored facts are damaged, another file has that name, or there is no room.
    pub fn backup(&self, out: &Path) -> Result<BackupReport, StoreError> {
        let replaces = folder::exists(out)?;
        if replaces {
            let mut there = File::open(out).map_err(StoreError::file(out))?;
            if !manifest::is_backup(&mut there).map_err(StoreError::file(out))? {
                return Err(StoreError::AlreadyThere(out.to_owned()));
            }
        }
        let copy = UnderConstruction::beside(out)?;
        self.0.pool.read(|link| link.copy_to(copy.path()))?;
        let mut manifest = describe(copy.path())?;
        // Who looked is copied after what they looked at, so that no look in the facts' copy is missing.
        let beside = UnderConstruction::beside(out)?;
        let mut parts = vec![copy.path()];
        if looks::copy_to(self, beside.path())? {
            manifest.beside.push(describe_looks(beside.path(), &manifest.area)?);
            parts.push(beside.path());
        }
        let finished = UnderConstruction::beside(out)?;
        let bytes = write(&manifest, &parts, finished.path())?;
        drop((copy, beside));
        if replaces {
            finished.finish_over(out)?
        } else {
            finished.finish(out)?
        }
        Ok(BackupReport { file: out.to_owned(), bytes, heads: manifest.heads })
    }
}

/// Verifies a copy and says what is inside.
fn describe(copy: &Path) -> Result<Manifest, StoreError> {
    let link = Link::reader(copy)?;
    let verdict = verify(&link)?;
    if let Some(damage) = verdict.damage {
        return Err(StoreError::Damaged(damage));
    }
    let (schema, area) = (meta::schema(&link)?, meta::area(&link)?);
    drop(link);
    let mut file = File::open(copy).map_err(StoreError::file(copy))?;
    let (bytes, sha256) = manifest::copy(&mut file, &mut sink()).map_err(StoreError::file(copy))?;
    Ok(Manifest { schema, area, heads: verdict.heads, bytes, sha256, beside: Vec::new() })
}

/// Verifies a copy of who looked and says what is inside.
fn describe_looks(copy: &Path, area: &Area) -> Result<Beside, StoreError> {
    let head = looks::verify_copy(copy, area)?;
    let mut file = File::open(copy).map_err(StoreError::file(copy))?;
    let (bytes, sha256) = manifest::copy(&mut file, &mut sink()).map_err(StoreError::file(copy))?;
    Ok(Beside { name: folder::LOOKS.to_owned(), bytes, sha256, head })
}

fn write(manifest: &Manifest, parts: &[&Path], to: &Path) -> Result<u64, StoreError> {
    let file = OpenOptions::new().write(true).open(to).map_err(StoreError::file(to))?;
    let mut out = BufWriter::new(file);
    manifest.write(&mut out).map_err(StoreError::file(to))?;
    let expected = std::iter::once((manifest.bytes, manifest.sha256))
        .chain(manifest.beside.iter().map(|beside| (beside.bytes, beside.sha256)));
    for (part, expected) in parts.iter().zip(expected) {
        let mut database = File::open(part).map_err(StoreError::file(part))?;
        if manifest::copy(&mut database, &mut out).map_err(StoreError::file(to))? != expected {
            let what = "the copy changed on the disk while it was saved".to_owned();
            return Err(StoreError::BadBackup { file: to.to_owned(), what });
        }
    }
    out.flush().map_err(StoreError::file(to))?;
    std::fs::metadata(to).map(|found| found.len()).map_err(StoreError::file(to))
}
