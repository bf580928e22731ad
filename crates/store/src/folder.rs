//! An area is a folder with the database inside. New ones are built under another name and moved into place
//! whole, so that no moment of interruption leaves half an area, and nothing there is ever overwritten.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::StoreError;
use crate::side::SIDES;

const DATABASE: &str = "throughline.db";
const UNFINISHED: &str = ".unfinished-";

/// The database of the area in `folder`.
pub(crate) fn database(folder: &Path) -> PathBuf {
    folder.join(DATABASE)
}

/// Makes the folder if need be, and says no when an area or the remains of one are inside.
pub(crate) fn prepare_for_new(folder: &Path) -> Result<(), StoreError> {
    let path = database(folder);
    if exists(&path)? {
        return Err(StoreError::AlreadyThere(folder.to_owned()));
    }
    let sides = SIDES.iter().map(|side| side.path(folder));
    let databases = std::iter::once(path).chain(sides);
    for rest in databases.flat_map(|path| ["", "-wal", "-journal"].map(|end| beside(&path, end))) {
        if exists(&rest)? {
            return Err(StoreError::LeftOver(rest));
        }
    }
    make_private(folder)
}

/// A file under construction, with what the database puts beside it. Gone when dropped.
pub(crate) struct UnderConstruction(PathBuf);

impl UnderConstruction {
    /// An empty file, readable by its owner only, in the folder of `wanted`.
    pub(crate) fn beside(wanted: &Path) -> Result<Self, StoreError> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = beside(wanted, &format!("{UNFINISHED}{}-{count}", std::process::id()));
        // One of the same name can only be left by a process that was killed and had our number.
        let made = Self(path);
        made.remove();
        private_file(&made.0)?;
        Ok(made)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Gives the finished file its name, unless there is a file of that name.
    pub(crate) fn finish(self, name: &Path) -> Result<(), StoreError> {
        self.sync()?;
        match fs::hard_link(&self.0, name) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(StoreError::AlreadyThere(name.to_owned()));
            }
            // Some file systems have no second names. Claiming the name first keeps it from being overwritten.
            Err(_) => {
                private_file(name)?;
                fs::rename(&self.0, name).map_err(StoreError::file(name))?;
            }
        }
        sync_folder_of(name)
    }

    /// Gives the finished file its name, in place of the file that had it.
    pub(crate) fn finish_over(self, name: &Path) -> Result<(), StoreError> {
        self.sync()?;
        fs::rename(&self.0, name).map_err(StoreError::file(name))?;
        sync_folder_of(name)
    }

    fn sync(&self) -> Result<(), StoreError> {
        File::open(&self.0).and_then(|file| file.sync_all()).map_err(StoreError::file(&self.0))
    }

    fn remove(&self) {
        for end in ["", "-wal", "-shm", "-journal"] {
            // Nothing can be done about a rest that cannot be removed; it is never mistaken for an area.
            drop(fs::remove_file(beside(&self.0, end)));
        }
    }
}

impl Drop for UnderConstruction {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Files that an interruption left in the folder of `database`. They may hold what an area holds.
pub(crate) fn left_over(database: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let Some(folder) = database.parent() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(StoreError::file(folder))? {
        let entry = entry.map_err(StoreError::file(folder))?;
        if entry.file_name().to_string_lossy().contains(UNFINISHED) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

pub(crate) fn exists(path: &Path) -> Result<bool, StoreError> {
    path.try_exists().map_err(StoreError::file(path))
}

/// The path with `end` added to its last name.
pub(crate) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

pub(crate) fn private_file(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(StoreError::AlreadyThere(path.to_owned()))
        }
        Err(source) => Err(StoreError::File { path: path.to_owned(), source }),
    }
}

pub(crate) fn make_private(folder: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(StoreError::file(folder))
}

fn sync_folder_of(path: &Path) -> Result<(), StoreError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Only Unix opens folders; elsewhere the rename itself is all there is.
    #[cfg(unix)]
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(StoreError::file(folder))?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finished_file_never_replaces_another() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("kept");
        fs::write(&name, "old").unwrap();
        let new = UnderConstruction::beside(&name).unwrap();
        assert!(matches!(new.finish(&name), Err(StoreError::AlreadyThere(_))));
        assert_eq!(fs::read_to_string(&name).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left lying about");
    }

    #[test]
    fn a_log_without_its_database_is_not_built_over() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("throughline.db-wal"), "x").unwrap();
        assert!(matches!(prepare_for_new(folder.path()), Err(StoreError::LeftOver(_))));
    }
}
