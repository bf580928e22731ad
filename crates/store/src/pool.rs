//! One writer and as many readers as are needed at the same time. Readers never wait for the writer.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::StoreError;
use crate::sqlite::Link;

/// Idle readers kept open; more are opened while more are needed.
const IDLE_READERS: usize = 8;

pub(crate) struct Pool {
    path: PathBuf,
    writer: Mutex<Link>,
    readers: Mutex<Vec<Link>>,
    stopped: AtomicBool,
    /// Readers wait two seconds for others instead of thirty, as the writer does that was handed in.
    hurried: bool,
}

impl Pool {
    pub(crate) fn new(path: &Path, writer: Link) -> Self {
        Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::default(),
            stopped: AtomicBool::new(false),
            hurried: false,
        }
    }

    /// A pool where somebody waits for each answer.
    pub(crate) fn hurried(path: &Path, writer: Link) -> Result<Self, StoreError> {
        Ok(Self { hurried: true, ..Self::new(path, writer.hurried()?) })
    }

    /// The database file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads on a connection of its own.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Link) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle = hold(&self.readers).pop();
        let link = match idle {
            Some(link) => link,
            None if self.hurried => Link::reader(&self.path)?.hurried()?,
            None => Link::reader(&self.path)?,
        };
        let done = work(&link);
        let mut idle = hold(&self.readers);
        // After an error a fresh connection is worth more than a kept one.
        if done.is_ok() && idle.len() < IDLE_READERS {
            idle.push(link);
        }
        done
    }

    /// Waits for the writer.
    pub(crate) fn writer(&self) -> MutexGuard<'_, Link> {
        hold(&self.writer)
    }

    /// Writes one transaction on the writer. Once the disk has failed, nothing more is written: after a failed
    /// flush the system may report later ones as done though data is lost.
    pub(crate) fn write<T>(
        &self,
        writer: &Link,
        work: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.stopped.load(Ordering::Acquire) {
            return Err(StoreError::Stopped);
        }
        let done = writer.write(work);
        if matches!(done, Err(StoreError::Disk(_))) {
            self.stopped.store(true, Ordering::Release);
        }
        done
    }
}

/// Locks, also after another thread came to grief while it held the lock: transactions keep the data whole.
pub(crate) fn hold<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Cell;

    fn pool() -> (tempfile::TempDir, Pool) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        std::fs::File::create(&path).unwrap();
        let link = Link::make(&path).unwrap();
        link.define("CREATE TABLE t (a {bytes})").unwrap();
        (folder, Pool::new(&path, link))
    }

    fn count(pool: &Pool) -> u64 {
        pool.read(|link| link.one("SELECT COUNT(*) FROM t", &[], |row| row.number(0))).unwrap().unwrap()
    }

    #[test]
    fn after_the_disk_failed_nothing_is_written_and_reading_goes_on() {
        let (_folder, pool) = pool();
        let writer = pool.writer();
        let failed: Result<(), _> = pool.write(&writer, || Err(StoreError::Disk("flush".into())));
        assert!(matches!(failed, Err(StoreError::Disk(_))));
        assert!(matches!(pool.write(&writer, || Ok(())), Err(StoreError::Stopped)));
        assert_eq!(count(&pool), 0);
    }

    #[test]
    fn a_full_disk_undoes_the_transaction_and_writing_resumes_with_room() {
        let (_folder, pool) = pool();
        let writer = pool.writer();
        let write = |bytes: usize| {
            let part = || writer.run("INSERT INTO t (a) VALUES ($1)", &[Cell::Bytes(&vec![7; bytes])]);
            pool.write(&writer, || writer.part(part).and_then(|_| writer.part(part)))
        };
        writer.allow_pages(20).unwrap();
        assert!(matches!(write(200_000), Err(StoreError::Full)));
        assert_eq!(count(&pool), 0);
        write(10).unwrap();
        writer.allow_pages(1_000).unwrap();
        write(200_000).unwrap();
        assert_eq!(count(&pool), 4);
    }
}
