//! Writes a copy of the area, as of one moment and while it is served, into one file with a manifest. The copy
//! is verified before the file gets its name: a backup that could not be restored is none.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write, sink};
use std::path::{Path, PathBuf};

use crate::chain::Hash;
use crate::error::StoreError;
use crate::folder::{self, UnderConstruction};
use crate::manifest::{self, Beside, Manifest};
use crate::meta;
use crate::model::Heads;
use crate::side;
use crate::sqlite::Link;
use crate::store::Store;
use crate::verify::verify;

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
        // Who looked is copied after what they looked at, so that no look at the facts' copy is missing.
        let mut copies = vec![copy];
        for side in side::present(&self.folder())? {
            let copy = UnderConstruction::beside(out)?;
            Link::reader(&side.path(&self.folder()))?.copy_to(copy.path())?;
            let head = side.examine(copy.path(), &manifest.area)?.sound()?;
            let (bytes, sha256) = measure(copy.path())?;
            manifest.beside.push(Beside { file: side.file.to_owned(), bytes, sha256, head });
            copies.push(copy);
        }
        let finished = UnderConstruction::beside(out)?;
        let bytes = write(&manifest, &copies, finished.path())?;
        drop(copies);
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
    let (bytes, sha256) = measure(copy)?;
    Ok(Manifest { schema, area, heads: verdict.heads, bytes, sha256, beside: Vec::new() })
}

fn measure(copy: &Path) -> Result<(u64, Hash), StoreError> {
    let mut file = File::open(copy).map_err(StoreError::file(copy))?;
    manifest::copy(&mut file, &mut sink()).map_err(StoreError::file(copy))
}

fn write(manifest: &Manifest, copies: &[UnderConstruction], to: &Path) -> Result<u64, StoreError> {
    let file = OpenOptions::new().write(true).open(to).map_err(StoreError::file(to))?;
    let mut out = BufWriter::new(file);
    manifest.write(&mut out).map_err(StoreError::file(to))?;
    let beside = manifest.beside.iter().map(|beside| (beside.bytes, beside.sha256));
    for (copy, expected) in
        copies.iter().zip(std::iter::once((manifest.bytes, manifest.sha256)).chain(beside))
    {
        let mut database = File::open(copy.path()).map_err(StoreError::file(copy.path()))?;
        if manifest::copy(&mut database, &mut out).map_err(StoreError::file(to))? != expected {
            let what = "the copy changed on the disk while it was saved".to_owned();
            return Err(StoreError::BadBackup { file: to.to_owned(), what });
        }
    }
    out.flush().map_err(StoreError::file(to))?;
    std::fs::metadata(to).map(|found| found.len()).map_err(StoreError::file(to))
}
