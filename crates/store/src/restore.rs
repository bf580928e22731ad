//! Makes an area from a backup: checked byte by byte and chain by chain under another name first, then moved
//! into place whole. An area that is there is never touched.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

use crate::error::StoreError;
use crate::folder::{self, UnderConstruction};
use crate::manifest::{self, Manifest, NoManifest};
use crate::meta;
use crate::model::{Area, Heads};
use crate::sqlite::Link;
use crate::statements;
use crate::store::Store;
use crate::verify::verify;

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
        let to = unfinished.path();
        let out = OpenOptions::new().write(true).open(to).map_err(StoreError::file(to))?;
        let mut out = BufWriter::new(out);
        let (bytes, sha256) = manifest::copy(&mut from, &mut out).map_err(StoreError::file(to))?;
        out.flush().map_err(StoreError::file(to))?;
        drop(out);
        if bytes != manifest.bytes {
            return Err(bad(if bytes < manifest.bytes {
                "its end is missing"
            } else {
                "something follows its end"
            }));
        }
        if sha256 != manifest.sha256 {
            return Err(bad("its content does not agree with its digest"));
        }
        let (area, heads) = check(to, &bad)?;
        if area != manifest.area || heads != manifest.heads {
            return Err(bad("what is inside is not what its manifest says"));
        }
        unfinished.finish(&path)?;
        Ok(RestoreReport { area, heads })
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
