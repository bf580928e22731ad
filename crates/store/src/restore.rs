//! Makes an area from a backup: checked byte by byte and chain by chain under another name first, then moved
//! into place whole. An area that is there is never touched.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use crate::chain::Hash;
use crate::error::StoreError;
use crate::folder::{self, UnderConstruction};
use crate::manifest::{self, Manifest, NoManifest};
use crate::model::{Area, Heads};
use crate::side::Side;
use crate::sqlite::Link;
use crate::store::Store;
use crate::verify::verify;
use crate::{meta, statements};

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreReport {
    /// Which area.
    pub area: Area,
    /// Where its chains stand.
    pub heads: Heads,
}

impl Store {
    /// Makes the area in `folder` from a backup.
    ///
    /// # Errors
    /// When an area is there, the file is no backup, or any byte of it is not as it was written.
    pub fn restore(file: &Path, folder: &Path) -> Result<RestoreReport, StoreError> {
        let opened = File::open(file).map_err(StoreError::file(file))?;
        let mut from = BufReader::new(opened);
        let bad = |what: &str| StoreError::BadBackup { file: file.to_owned(), what: what.to_owned() };
        let manifest = Manifest::read(&mut from).map_err(|wrong| match wrong {
            NoManifest::Foreign => StoreError::NotABackup(file.to_owned()),
            NoManifest::Damaged(what) => bad(what),
            NoManifest::Io(source) => StoreError::file(file)(source),
        })?;
        let known = statements::MIGRATIONS.len() as u64;
        if manifest.schema > known {
            return Err(StoreError::Newer { found: manifest.schema, known });
        }
        folder::prepare_for_new(folder)?;
        let path = folder::database(folder);
        let unfinished = UnderConstruction::beside(&path)?;
        take(&mut from, unfinished.path(), (manifest.bytes, manifest.sha256), &bad)?;
        let mut beside = Vec::new();
        for part in &manifest.beside {
            let side = Side::named(&part.file).ok_or_else(|| {
                bad("it holds a database that this program does not know; use the newer program")
            })?;
            let copy = UnderConstruction::beside(&side.path(folder))?;
            take(&mut from, copy.path(), (part.bytes, part.sha256), &bad)?;
            let found = side.examine(copy.path(), &manifest.area)?;
            if let Some(damage) = found.damage {
                return Err(bad(&damage.to_string()));
            }
            if found.head != part.head {
                return Err(bad("what is inside is not what its manifest says"));
            }
            beside.push((side, copy));
        }
        if !from.fill_buf().map_err(StoreError::file(file))?.is_empty() {
            return Err(bad("something follows its end"));
        }
        let (area, heads) = check(unfinished.path(), &bad)?;
        if area != manifest.area || heads != manifest.heads {
            return Err(bad("what is inside is not what its manifest says"));
        }
        // The facts come last: an area is there once they are.
        for (side, copy) in beside {
            copy.finish(&side.path(folder))?;
        }
        unfinished.finish(&path)?;
        Ok(RestoreReport { area, heads })
    }
}

/// Takes the next part of a backup into the empty file at `to`.
fn take(
    from: &mut impl Read,
    to: &Path,
    (bytes, sha256): (u64, Hash),
    bad: &impl Fn(&str) -> StoreError,
) -> Result<(), StoreError> {
    let out = OpenOptions::new().write(true).open(to).map_err(StoreError::file(to))?;
    let mut out = BufWriter::new(out);
    let (read, found) = manifest::copy(&mut from.take(bytes), &mut out).map_err(StoreError::file(to))?;
    out.flush().map_err(StoreError::file(to))?;
    match (read == bytes, found == sha256) {
        (false, _) => Err(bad("its end is missing")),
        (true, false) => Err(bad("its content does not agree with its digest")),
        (true, true) => Ok(()),
    }
}

/// Verifies the restored database before anybody can open it as an area.
fn check(database: &Path, bad: &impl Fn(&str) -> StoreError) -> Result<(Area, Heads), StoreError> {
    let link = Link::reader(database).map_err(|_| bad("what is inside is not a database of ours"))?;
    let verdict = verify(&link)?;
    match verdict.damage {
        Some(damage) => Err(bad(&damage.to_string())),
        None => Ok((meta::area(&link)?, verdict.heads)),
    }
}
