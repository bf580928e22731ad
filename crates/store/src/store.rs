//! The store itself: making and opening an area.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use throughline_domain::sharing::AreaKind;

use crate::append::Written;
use crate::chain::Hash;
use crate::error::StoreError;
use crate::folder::{self, UnderConstruction};
use crate::model::{Area, Receipt};
use crate::pool::Pool;
use crate::queue::Queue;
use crate::sqlite::Link;
use crate::{meta, migrate, statements};

/// An open area. Cheap to clone; clones share its connections. Threads may use it at the same time, and so may
/// other processes.
#[derive(Clone)]
pub struct Store(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) pool: Pool,
    pub(crate) area: Area,
    naming_key: String,
    /// Batches waiting for the next transaction.
    pub(crate) queue: Queue<Written, Receipt>,
}

impl Store {
    /// Makes an empty area in `folder`, which is made too if need be.
    ///
    /// # Errors
    /// When an area is there already, or the folder cannot be written.
    pub fn create(folder: &Path, area: &Area) -> Result<Self, StoreError> {
        if area.name.trim().is_empty() {
            return Err(StoreError::Unfit("an area without a name"));
        }
        folder::prepare_for_new(folder)?;
        let path = folder::database(folder);
        let unfinished = UnderConstruction::beside(&path)?;
        let link = Link::make(unfinished.path())?;
        link.write(|| {
            link.define(statements::CREATE_META)?;
            meta::describe(&link, area)?;
            if area.kind == AreaKind::Real {
                meta::put(&link, meta::NAMING_KEY, &naming_key()?)?;
            }
            Ok(())
        })?;
        migrate::migrate(&link, statements::MIGRATIONS)?;
        link.settle()?;
        drop(link);
        unfinished.finish(&path)?;
        Self::open(folder)
    }

    /// Opens the area in `folder`, bringing its tables to this program's version if they are older.
    ///
    /// # Errors
    /// When there is no area, it is not ours, it is newer than this program, or its own description was changed.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder::database(folder);
        if !folder::exists(&path)? {
            return Err(StoreError::NotThere(folder.to_owned()));
        }
        let link = Link::writer(&path)?;
        migrate::migrate(&link, statements::MIGRATIONS)?;
        let area = meta::area(&link)?;
        let naming_key = meta::get(&link, meta::NAMING_KEY)?.unwrap_or_default();
        let pool = Pool::new(&path, link);
        Ok(Self(Arc::new(Inner { pool, area, naming_key, queue: Queue::default() })))
    }

    /// The folder of the area.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.0.pool.path().parent().map(Path::to_owned).unwrap_or_default()
    }

    /// What goes into every id that is made from a record, so that nobody can try out which record an id was made from.
    /// Empty in an invented area, where the same files shall always give the same ids.
    #[must_use]
    pub fn naming_key(&self) -> &str {
        &self.0.naming_key
    }

    /// What the area is.
    #[must_use]
    pub fn area(&self) -> Area {
        self.0.area.clone()
    }
}

/// 256 random bits as hex.
fn naming_key() -> Result<String, StoreError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|_| StoreError::Unfit("this machine, which gives no random bytes"))?;
    Ok(Hash(bytes).to_string())
}
