//! Databases beside an area's facts: who signs in, and who looked. Files of their own, so that taking in what agencies
//! send never makes a page wait for the one writer. Same durability, same migrations, same copy as the facts.

use std::path::{Path, PathBuf};

use crate::error::{Damage, StoreError};
use crate::folder::{self, UnderConstruction};
use crate::model::{Area, Head};
use crate::pool::Pool;
use crate::sqlite::Link;
use crate::{meta, migrate, statements};

/// A database beside the facts: its file and its migrations.
pub(crate) struct Side {
    pub(crate) file: &'static str,
    pub(crate) migrations: &'static [&'static [&'static str]],
    /// Recomputes its chain, where it has one.
    pub(crate) chain: Option<Recompute>,
}

/// Recomputes a chain from the stored bytes.
pub(crate) type Recompute = fn(&Link) -> Result<Examined, StoreError>;

/// What a closer look at one of them found.
#[derive(Debug, Default)]
pub(crate) struct Examined {
    pub(crate) damage: Option<Damage>,
    /// Where its chain stands, if it is chained.
    pub(crate) head: Option<Head>,
}

impl Examined {
    /// Where its chain stands; an error where anything is wrong.
    pub(crate) fn sound(self) -> Result<Option<Head>, StoreError> {
        self.damage.map_or(Ok(self.head), |damage| Err(StoreError::Damaged(damage)))
    }
}

/// Every one there is: backup, restore, verify and doctor take those that exist.
pub(crate) const SIDES: &[&Side] = &[&crate::staff::SIDE, &crate::looks::SIDE];

impl Side {
    /// The side of this file name.
    pub(crate) fn named(file: &str) -> Option<&'static Side> {
        SIDES.iter().copied().find(|side| side.file == file)
    }

    pub(crate) fn path(&self, folder: &Path) -> PathBuf {
        folder.join(self.file)
    }

    /// Opens it, and makes it first where it is not there yet.
    pub(crate) fn open(&self, folder: &Path, area: &Area) -> Result<Pool, StoreError> {
        let path = self.path(folder);
        if !folder::exists(&path)? {
            self.make(&path, area, |_| Ok(()))?;
        }
        Ok(Pool::new(&path, self.link(&path, area)?))
    }

    /// A writing connection to it, its tables as this program wants them. It must belong to the same area.
    pub(crate) fn link(&self, path: &Path, area: &Area) -> Result<Link, StoreError> {
        let link = Link::writer(path)?;
        migrate::migrate(&link, self.migrations)?;
        if meta::area(&link)? != *area {
            return Err(StoreError::OtherArea(path.to_owned()));
        }
        Ok(link)
    }

    /// Makes it, whole or not at all; `more` writes what it says about itself besides its area.
    pub(crate) fn make(
        &self,
        path: &Path,
        area: &Area,
        more: impl FnOnce(&Link) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let unfinished = UnderConstruction::beside(path)?;
        let link = Link::make(unfinished.path())?;
        link.write(|| {
            link.define(statements::CREATE_META)?;
            meta::describe(&link, area)?;
            more(&link)
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

    /// Verifies the file at `path`: that it is sound, of this area, and as it was written where it is chained.
    pub(crate) fn examine(&self, path: &Path, area: &Area) -> Result<Examined, StoreError> {
        let damaged = |what: String| Examined {
            damage: Some(Damage { agency: None, seq: None, what: format!("{}: {what}", self.file) }),
            head: None,
        };
        let looked = Link::reader(path).and_then(|link| {
            let (found, schema) = (meta::area(&link)?, meta::schema(&link)?);
            let known = self.migrations.len() as u64;
            if schema > known {
                return Err(StoreError::Newer { found: schema, known });
            }
            if found != *area {
                return Ok(damaged("it belongs to another area".to_owned()));
            }
            match self.chain {
                Some(chain) => chain(&link),
                None => Ok(link.integrity()?.map_or_else(Examined::default, damaged)),
            }
        });
        match looked {
            Err(StoreError::Damaged(damage)) => Ok(damaged(damage.what)),
            Err(StoreError::NotOurs(_)) => Ok(damaged("it is not a database of ours".to_owned())),
            other => other,
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
