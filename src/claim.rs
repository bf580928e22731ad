//! One at a time. Three things must not be done by two at once, and each has its claim: deciding on facts, which is short;
//! taking files in, and drawing the picture, which can take minutes. Whoever takes files in or draws claims the facts only for
//! the moment in which it appends, so that people can go on deciding meanwhile. Reading needs no claim.
//!
//! Taken in this order, so that nobody waits for each other: files, picture, facts.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// What is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Taking files in.
    Files,
    /// Drawing the picture.
    Picture,
    /// Appending facts that were decided on what is known.
    Facts,
}

impl Of {
    fn file(self) -> &'static str {
        match self {
            Self::Files => "files.lock",
            Self::Picture => "picture.lock",
            Self::Facts => "claim.lock",
        }
    }
}

/// A claim on an area, given back when dropped or when the program ends in whatever way.
pub struct Claim(#[allow(dead_code, reason = "held for its lock, which ends with the file")] File);

impl Claim {
    /// Waits until nobody else holds it.
    pub fn wait(area: &Path, of: Of) -> io::Result<Self> {
        let file = open(area, of)?;
        file.lock()?;
        Ok(Self(file))
    }

    /// Takes it if nobody holds it.
    pub fn now(area: &Path, of: Of) -> io::Result<Option<Self>> {
        let file = open(area, of)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Takes it if nobody holds it, or once it is given back within this time.
    pub fn within(area: &Path, of: Of, patience: Duration) -> io::Result<Option<Self>> {
        const PAUSE: Duration = Duration::from_millis(20);
        let until = Instant::now() + patience;
        loop {
            match Self::now(area, of)? {
                None if Instant::now() < until => std::thread::sleep(PAUSE),
                found => return Ok(found),
            }
        }
    }
}

fn open(area: &Path, of: Of) -> io::Result<File> {
    File::options().create(true).append(true).open(area.join(of.file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_holds_it() {
        let area = tempfile::tempdir().unwrap();
        let first = Claim::wait(area.path(), Of::Facts).unwrap();
        assert!(Claim::now(area.path(), Of::Facts).unwrap().is_none());
        assert!(Claim::within(area.path(), Of::Facts, Duration::from_millis(30)).unwrap().is_none());
        assert!(
            Claim::now(area.path(), Of::Picture).unwrap().is_some(),
            "drawing keeps nobody from deciding"
        );
        drop(first);
        assert!(Claim::now(area.path(), Of::Facts).unwrap().is_some());
    }

    #[test]
    fn whoever_waits_has_it_when_it_is_given_back() {
        let area = tempfile::tempdir().unwrap();
        let first = Claim::wait(area.path(), Of::Facts).unwrap();
        std::thread::scope(|scope| {
            let path = area.path();
            let waits = scope.spawn(move || Claim::within(path, Of::Facts, Duration::from_secs(30)));
            drop(first);
            assert!(waits.join().unwrap().unwrap().is_some());
        });
    }
}
