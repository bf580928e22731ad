//! Files of entries in the work folder: written part by part, read a part at a time, and never trusted to be whole.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::super::fault::Fault;

/// What the names of all our files in the work folder begin with; nothing else in it is touched.
const OURS: &str = "spill-";
/// Bytes kept back for each part before they are written.
const HELD_BACK: usize = 1 << 16;

/// The folder in which a run keeps what does not fit into memory.
#[derive(Clone, Debug)]
pub struct Work {
    folder: PathBuf,
}

impl Work {
    /// Opens the folder, which is made where it is not there.
    pub fn open(folder: &Path) -> Result<Self, Fault> {
        std::fs::create_dir_all(folder)
            .map_err(|e| Fault::file(folder, format!("cannot be used as work folder: {e}")))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// A file of the folder that is not a spill file.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The file of one part.
    pub fn part(&self, name: &str, part: u32) -> PathBuf {
        self.folder.join(format!("{OURS}{name}.{part:05}"))
    }

    /// Everything of one part; nothing when nothing was written to it.
    pub fn read(&self, name: &str, part: u32) -> Result<Vec<u8>, Fault> {
        let file = self.part(name, part);
        match std::fs::read(&file) {
            Ok(bytes) => Ok(bytes),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(e) => {
                Err(Fault::file(&file, format!("cannot be read: {e}; try again or begin again with --fresh")))
            }
        }
    }

    /// Writes one part whole.
    pub fn write(&self, name: &str, part: u32, bytes: &[u8]) -> Result<(), Fault> {
        let file = self.part(name, part);
        std::fs::write(&file, bytes).map_err(|e| unwritten(&file, &e))
    }

    /// Says that a part is not what was written.
    pub fn damaged(&self, name: &str, part: u32) -> Fault {
        Fault::file(&self.part(name, part), "is damaged; begin again with --fresh")
    }

    /// Our files that are there, by name, with their lengths.
    pub fn files(&self) -> Result<Vec<(String, u64)>, Fault> {
        let unlisted = |e: std::io::Error| Fault::file(&self.folder, format!("cannot be listed: {e}"));
        let mut out = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(unlisted)? {
            let entry = entry.map_err(unlisted)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(OURS) {
                out.push((name, entry.metadata().map_err(unlisted)?.len()));
            }
        }
        out.sort();
        Ok(out)
    }

    /// Removes our files that `keep` does not name.
    pub fn remove_but(&self, keep: impl Fn(&str) -> bool) -> Result<(), Fault> {
        for (name, _) in self.files()?.into_iter().filter(|(name, _)| !keep(name)) {
            let file = self.folder.join(name);
            std::fs::remove_file(&file).map_err(|e| Fault::file(&file, format!("cannot be removed: {e}")))?;
        }
        Ok(())
    }

    /// Removes the spill files of these names.
    pub fn remove(&self, names: &[&str]) -> Result<(), Fault> {
        let ours = |file: &str| {
            let name = file.strip_prefix(OURS).and_then(|rest| rest.rsplit_once('.')).map(|(name, _)| name);
            name.is_some_and(|name| names.contains(&name))
        };
        self.remove_but(|file| !ours(file))
    }
}

/// Writes entries to the parts of one name.
pub struct Parts {
    work: Work,
    name: String,
    parts: Vec<(Vec<u8>, Option<File>)>,
}

impl Parts {
    /// Nothing written yet.
    pub fn new(work: &Work, name: &str) -> Self {
        Self { work: work.clone(), name: name.to_owned(), parts: Vec::new() }
    }

    /// Adds bytes to a part.
    pub fn put(&mut self, part: u32, bytes: &[u8]) -> Result<(), Fault> {
        let at = part as usize;
        if self.parts.len() <= at {
            self.parts.resize_with(at + 1, Default::default);
        }
        if let Some((held, _)) = self.parts.get_mut(at) {
            held.extend_from_slice(bytes);
            if held.len() >= HELD_BACK {
                return self.flush(part);
            }
        }
        Ok(())
    }

    /// Adds an entry that says how long it is.
    pub fn frame(&mut self, part: u32, bytes: &[u8]) -> Result<(), Fault> {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.put(part, &length.to_le_bytes())?;
        self.put(part, bytes)
    }

    fn flush(&mut self, part: u32) -> Result<(), Fault> {
        let Some((held, file)) = self.parts.get_mut(part as usize) else { return Ok(()) };
        if held.is_empty() {
            return Ok(());
        }
        let path = self.work.part(&self.name, part);
        let mut open = match file.take() {
            Some(open) => open,
            None => File::create(&path).map_err(|e| unwritten(&path, &e))?,
        };
        open.write_all(held).map_err(|e| unwritten(&path, &e))?;
        *file = Some(open);
        held.clear();
        Ok(())
    }

    /// Writes what was held back.
    pub fn finish(mut self) -> Result<(), Fault> {
        (0..u32::try_from(self.parts.len()).unwrap_or(u32::MAX)).try_for_each(|part| self.flush(part))
    }
}

fn unwritten(file: &Path, error: &std::io::Error) -> Fault {
    let advice = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "make room or copy the work folder where there is room, then run the same command: it goes on where it was"
        }
        _ => "put it right and run the same command: it goes on where it was",
    };
    Fault::file(file, format!("cannot be written: {error}; {advice}"))
}

/// Entries that say how long they are; `None` when they do not end where they should.
pub fn frames(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut out = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk()?;
        let (frame, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        out.push(frame);
        bytes = rest;
    }
    Some(out)
}

/// A number at the front of an entry, and the rest.
pub fn first_u32(bytes: &[u8]) -> Option<(u32, &[u8])> {
    bytes.split_first_chunk().map(|(number, rest)| (u32::from_le_bytes(*number), rest))
}

/// A wide number at the front of an entry, and the rest.
pub fn first_u64(bytes: &[u8]) -> Option<(u64, &[u8])> {
    bytes.split_first_chunk().map(|(number, rest)| (u64::from_le_bytes(*number), rest))
}

/// A mark at the front of an entry, and the rest.
pub fn first_u128(bytes: &[u8]) -> Option<(u128, &[u8])> {
    bytes.split_first_chunk().map(|(number, rest)| (u128::from_le_bytes(*number), rest))
}

impl Work {
    /// Entries of one length, each read by `entry`.
    pub fn entries<T>(
        &self,
        name: &str,
        part: u32,
        length: usize,
        entry: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>, Fault> {
        let bytes = self.read(name, part)?;
        let whole = bytes.len().is_multiple_of(length.max(1));
        let found: Option<Vec<T>> = bytes.chunks(length.max(1)).map(entry).collect();
        found.filter(|_| whole).ok_or_else(|| self.damaged(name, part))
    }

    /// Numbers written one after another.
    pub fn numbers(&self, name: &str) -> Result<Vec<u32>, Fault> {
        self.entries(name, 0, 4, |bytes| first_u32(bytes).map(|(number, _)| number))
    }

    /// Writes numbers one after another.
    pub fn write_numbers(&self, name: &str, numbers: &[u32]) -> Result<(), Fault> {
        let mut parts = Parts::new(self, name);
        numbers.iter().try_for_each(|number| parts.put(0, &number.to_le_bytes()))?;
        parts.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_as_written_and_cut_ones_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let work = Work::open(folder.path()).unwrap();
        let mut parts = Parts::new(&work, "things");
        for i in 0..50_000u32 {
            parts.frame(i % 3, format!("entry {i}").as_bytes()).unwrap();
        }
        parts.finish().unwrap();
        let bytes = work.read("things", 2).unwrap();
        let found = frames(&bytes).unwrap();
        assert_eq!(found.last().unwrap(), b"entry 49997");
        assert!(frames(&bytes[..bytes.len() - 1]).is_none());
        work.write_numbers("numbers", &[3, 1, 2]).unwrap();
        assert_eq!(work.numbers("numbers").unwrap(), [3, 1, 2]);
        work.remove(&["things"]).unwrap();
        assert_eq!(work.files().unwrap(), [("spill-numbers.00000".to_owned(), 12)]);
        std::fs::write(work.part("numbers", 0), [1, 2, 3]).unwrap();
        assert!(work.numbers("numbers").unwrap_err().to_string().contains("--fresh"));
    }
}
