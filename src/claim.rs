//! One at a time: whoever takes files in or derives holds the area's claim, so that a server never begins to
//! derive while another program is still taking files in. Reading and small writes need no claim.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// The claim on an area, given back when dropped or when the program ends in whatever way.
pub struct Claim(#[allow(dead_code, reason = "held for its lock, which ends with the file")] File);

impl Claim {
    /// Waits until nobody else holds it.
    pub fn wait(area: &Path) -> io::Result<Self> {
        let file = open(area)?;
        file.lock()?;
        Ok(Self(file))
    }

    /// Takes it if nobody holds it.
    pub fn now(area: &Path) -> io::Result<Option<Self>> {
        let file = open(area)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

fn open(area: &Path) -> io::Result<File> {
    File::options().create(true).append(true).open(area.join("claim.lock"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_holds_it() {
        let area = tempfile::tempdir().unwrap();
        let first = Claim::wait(area.path()).unwrap();
        assert!(Claim::now(area.path()).unwrap().is_none());
        drop(first);
        assert!(Claim::now(area.path()).unwrap().is_some());
    }
}
