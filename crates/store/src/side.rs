//! Databases beside an area's facts: who signs in. Files of their own, so that taking in what agencies send never
//! makes a page wait for the one writer. Same durability, same migrations, same copy as the facts.

use std::path::{Path, PathBuf};

use crate::error::{Damage, StoreError};
use crate::folder::{self, UnderConstruction};
use crate::model::Area;
use crate::pool::Pool;
use crate::sqlite::Link;
use crate::{meta, migrate, statements};

/// A database beside the facts: its file and its migrations.
pub(crate) struct Side {
    pub(crate) file: &'static str,
    pub(crate) migrations: &'static [&'static [&'static str]],
}

/// Every one there is: backup, restore, verify and doctor take those that exist.
pub(crate) const SIDES: &[&Side] = &[&crate::staff::SIDE];

impl Side {
    /// The side of this file name.
    pub(crate) fn named(file: &str) -> Option<&'static Side> {
        SIDES.iter().copied().find(|side| side.file == file)
    }

    pub(crate) fn path(&self, folder: &Path) -> PathBuf {
        folder.join(self.file)
    }

    /// Opens it, and makes it first where it is not there yet. It must belong to the same area.
    pub(crate) fn open(&self, folder: &Path, area: &Area) -> Result<Pool, StoreError> {
        let path = self.path(folder);
        if !folder::exists(&path)? {
            self.make(&path, area)?;
        }
        let link = Link::writer(&path)?;
        migrate::migrate(&link, self.migrations)?;
        if meta::area(&link)? != *area {
            return Err(StoreError::OtherArea(path));
        }
        Ok(Pool::new(&path, link))
    }

    fn make(&self, path: &Path, area: &Area) -> Result<(), StoreError> {
        let unfinished = UnderConstruction::beside(path)?;
        let link = Link::make(unfinished.path())?;
        link.write(|| {
            link.define(statements::CREATE_META)?;
            meta::describe(&link, area)
        })?;
        migrate::migrate(&link, self.migrations)?;
        link.settle()?;
        drop(link);
        match unfinished.finish(path) {
            // Another process was quicker, and made the same.
            Err(StoreError::AlreadyThere(_)) => Ok(()),
            other => other,
        }
    }

    /// What is wrong with the file at `path`, if anything.
    pub(crate) fn damage(&self, path: &Path, area: &Area) -> Result<Option<Damage>, StoreError> {
        let damaged =
            |what: String| Damage { agency: None, seq: None, what: format!("{}: {what}", self.file) };
        let looked = Link::reader(path).and_then(|link| {
            let found = link.integrity()?;
            Ok((found, meta::area(&link)?, meta::schema(&link)?))
        });
        let known = self.migrations.len() as u64;
        match looked {
            Ok((Some(what), ..)) => Ok(Some(damaged(what))),
            Ok((None, found, _)) if found != *area => Ok(Some(damaged("it belongs to another area".into()))),
            Ok((None, _, found)) if found > known => Err(StoreError::Newer { found, known }),
            Ok(_) => Ok(None),
            Err(StoreError::Damaged(damage)) => Ok(Some(damaged(damage.what))),
            Err(StoreError::NotOurs(_)) => Ok(Some(damaged("it is not a database of ours".into()))),
            Err(other) => Err(other),
        }
    }
}

/// Those that are in the folder.
pub(crate) fn present(folder: &Path) -> Result<Vec<&'static Side>, StoreError> {
    let mut found = Vec::new();
    for side in SIDES {
        if folder::exists(&side.path(folder))? {
            found.push(*side);
        }
    }
    Ok(found)
}
