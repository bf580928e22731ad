//! Makes an area from a backup: checked byte by byte and chain by chain under another name first, then moved
//! into place whole. An area that is there is never touched.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use crate::chain::Hash;
use crate::error::StoreError;
use crate::folder::{self, UnderConstruction};
use crate::manifest::{self, Manifest, NoManifest};
use crate::model::{Area, Heads};
use crate::sqlite::Link;
use crate::store::Store;
use crate::verify::verify;
use crate::{looks, meta, statements};

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
        if manifest.beside.iter().any(|beside| beside.name != folder::LOOKS) {
            return Err(bad("it holds a part that this program does not know"));
        }
        folder::prepare_for_new(folder)?;
        let path = folder::database(folder);
        let unfinished = unpack(&mut from, &path, manifest.bytes, manifest.sha256, &bad)?;
        let mut beside = Vec::new();
        for part in &manifest.beside {
            let name = folder.join(&part.name);
            beside.push((unpack(&mut from, &name, part.bytes, part.sha256, &bad)?, name));
        }
        if from.read(&mut [0]).map_err(StoreError::file(file))? > 0 {
            return Err(bad("something follows its end"));
        }
        let to = unfinished.path();
        let (area, heads) = check(to, &bad)?;
        if area != manifest.area || heads != manifest.heads {
            return Err(bad("what is inside is not what its manifest says"));
        }
        for ((unpacked, _), part) in beside.iter().zip(&manifest.beside) {
            let head = looks::verify_copy(unpacked.path(), &area).map_err(|error| bad(&error.to_string()))?;
            if head != part.head {
                return Err(bad("what is inside is not what its manifest says"));
            }
        }
        // The facts get their name last: without them there is no area.
        for (unpacked, name) in beside {
            unpacked.finish(&name)?;
        }
        unfinished.finish(&path)?;
        Ok(RestoreReport { area, heads })
    }
}

/// Takes the next part out of a backup, byte by byte as its manifest says.
fn unpack(
    from: &mut impl Read,
    name: &Path,
    bytes: u64,
    sha256: Hash,
    bad: &impl Fn(&str) -> StoreError,
) -> Result<UnderConstruction, StoreError> {
    let unfinished = UnderConstruction::beside(name)?;
    let to = unfinished.path();
    let out = OpenOptions::new().write(true).open(to).map_err(StoreError::file(to))?;
    let mut out = BufWriter::new(out);
    let found = manifest::copy(&mut from.take(bytes), &mut out).map_err(StoreError::file(to))?;
    out.flush().map_err(StoreError::file(to))?;
    drop(out);
    match found {
        (length, _) if length < bytes => Err(bad("its end is missing")),
        (_, digest) if digest != sha256 => Err(bad("its content does not agree with its digest")),
        _ => Ok(unfinished),
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
