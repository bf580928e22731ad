//! The first lines of a backup: what it is and what is inside, readable with any pager, each part with its digest.
//!
//! ```text
//! THROUGHLINE BACKUP 2
//! {"schema":1,"area":{…},"heads":{…},"bytes":81920,"sha256":"…","beside":[{"file":"staff.db","bytes":…,"sha256":"…"}]}
//! <SHA-256 of the line above>
//! <the database, `bytes` long><each database beside it>
//! ```
//!
//! Backups of version 1 have nothing beside the facts, and are read too.

use std::io::{BufRead, Read, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::chain::Hash;
use crate::model::{Area, Head, Heads};

const MAGIC: &str = "THROUGHLINE BACKUP 2\n";
const EARLIER: &str = "THROUGHLINE BACKUP 1\n";
/// Longer than any manifest can be; a file without line ends must not be read whole.
const LONGEST_LINE: u64 = 1024 * 1024;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// Version of the tables inside.
    pub schema: u64,
    /// Which area.
    pub area: Area,
    /// Where its chains stood.
    pub heads: Heads,
    /// Length of the database.
    pub bytes: u64,
    /// Digest of the database.
    pub sha256: Hash,
    /// What follows it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<Beside>,
}

/// A database beside the facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Beside {
    /// Its file.
    pub file: String,
    /// Its length.
    pub bytes: u64,
    /// Its digest.
    pub sha256: Hash,
    /// Where its chain stands, if it is chained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Head>,
}

/// Why the beginning of a file is not that of a sound backup.
pub(crate) enum NoManifest {
    /// It is some other file.
    Foreign,
    /// It is a backup, and damaged.
    Damaged(&'static str),
    /// It cannot be read.
    Io(std::io::Error),
}

impl Manifest {
    pub(crate) fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        let line = serde_json::to_string(self)?;
        write!(out, "{MAGIC}{line}\n{}\n", digest(line.as_bytes()))
    }

    pub(crate) fn read(from: &mut impl BufRead) -> Result<Self, NoManifest> {
        if !is_backup(from).map_err(NoManifest::Io)? {
            return Err(NoManifest::Foreign);
        }
        let line = read_line(from)?;
        let Ok(expected) = Hash::try_from(read_line(from)?) else {
            return Err(NoManifest::Damaged("its manifest has no digest"));
        };
        if digest(line.as_bytes()) != expected {
            return Err(NoManifest::Damaged("its manifest does not agree with its digest"));
        }
        serde_json::from_str(&line)
            .map_err(|_| NoManifest::Damaged("its manifest is not one that this program can read"))
    }
}

/// Whether what follows begins like a backup.
pub(crate) fn is_backup(from: &mut impl Read) -> std::io::Result<bool> {
    let mut magic = Vec::new();
    from.take(MAGIC.len() as u64).read_to_end(&mut magic)?;
    Ok([MAGIC, EARLIER].iter().any(|known| magic == known.as_bytes()))
}

pub(crate) fn digest(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

fn read_line(from: &mut impl BufRead) -> Result<String, NoManifest> {
    let mut line = Vec::new();
    from.take(LONGEST_LINE).read_until(b'\n', &mut line).map_err(NoManifest::Io)?;
    if line.pop() != Some(b'\n') {
        return Err(NoManifest::Damaged("it ends within its manifest"));
    }
    String::from_utf8(line).map_err(|_| NoManifest::Damaged("its manifest is not text"))
}

/// Copies all of `from` and says how long it was and what its digest is.
pub(crate) fn copy(from: &mut impl Read, to: &mut impl Write) -> std::io::Result<(u64, Hash)> {
    let (mut sha, mut length, mut buffer) = (Sha256::new(), 0, vec![0; 256 * 1024]);
    loop {
        let read = from.read(&mut buffer)?;
        let Some(some) = buffer.get(..read).filter(|some| !some.is_empty()) else { break };
        sha.update(some);
        to.write_all(some)?;
        length += some.len() as u64;
    }
    Ok((length, Hash(sha.finalize().into())))
}
