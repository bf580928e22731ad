//! The key that seals secrets in `staff.db`. It is a file of its own, kept outside the area's folder, so that whoever
//! gets a copy of the folder or a backup has the locks and not the key.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::passwords::HashingError;

/// Names another place for the key than beside the area's folder.
const ELSEWHERE: &str = "THROUGHLINE_KEY_FILE";
/// What the file begins with.
const HEAD: &str = "throughline-key-1 ";
/// First byte of what is sealed.
const FORMAT: u8 = 1;
/// Bytes by which a key is known in what it sealed.
const NAME: usize = 8;
const NONCE: usize = 24;

/// Why the key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It is not there.
    #[error(
        "the key {0} is not there, and one-time codes cannot be checked without it; bring it back from where you keep its copy, or name its place with {ELSEWHERE}. If it is lost, `throughline user reset` takes the codes of one person away; once nobody has codes, a new key is made"
    )]
    Missing(PathBuf),
    /// It is the key of something else.
    #[error(
        "{0} is not the key that sealed the one-time codes of this area; bring the right one back, or name its place with {ELSEWHERE}"
    )]
    Another(PathBuf),
    /// Others on the machine can read it.
    #[error("{0} can be read by others on this machine; take their rights away with `chmod 600`")]
    Open(PathBuf),
    /// It is no key.
    #[error("{0} is not a key; expected one line that begins with `{HEAD}`")]
    Odd(PathBuf),
    /// It cannot be read or made.
    #[error("cannot read or make the key {0}: {1}")]
    File(PathBuf, std::io::Error),
    /// What was sealed was changed, or belongs to somebody else.
    #[error("a sealed secret in staff.db was changed; `throughline user reset` takes it away")]
    Broken,
    /// Chance did not come.
    #[error(transparent)]
    Chance(#[from] HashingError),
}

/// Where the key of an area lies.
#[derive(Clone, Debug)]
pub struct KeyFile(PathBuf);

impl KeyFile {
    /// Beside the folder, with its name and `.key`; or where the environment says.
    pub fn of(folder: &Path) -> Result<Self, KeyError> {
        if let Some(path) = std::env::var_os(ELSEWHERE).filter(|path| !path.is_empty()) {
            return Ok(Self(path.into()));
        }
        let folder = folder.canonicalize().map_err(|why| KeyError::File(folder.to_owned(), why))?;
        let mut path = folder.into_os_string();
        path.push(".key");
        Ok(Self(path.into()))
    }

    /// Its place.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Reads it.
    pub fn read(&self) -> Result<Key, KeyError> {
        let text = fs::read_to_string(&self.0).map_err(|why| match why.kind() {
            ErrorKind::NotFound => KeyError::Missing(self.0.clone()),
            _ => KeyError::File(self.0.clone(), why),
        })?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let rights = fs::metadata(&self.0).map_err(|why| KeyError::File(self.0.clone(), why))?;
            if rights.permissions().mode() & 0o077 != 0 {
                return Err(KeyError::Open(self.0.clone()));
            }
        }
        let bytes = text.trim_end().strip_prefix(HEAD).and_then(|text| BASE64.decode(text.as_bytes()).ok());
        let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        Ok(Key { bytes: bytes.ok_or_else(|| KeyError::Odd(self.0.clone()))?, file: self.0.clone() })
    }

    /// Makes a new one. One that is there stays: whoever was quicker made it.
    pub fn make(&self) -> Result<Key, KeyError> {
        let bytes: [u8; 32] = super::chance()?;
        let wrong = |why| KeyError::File(self.0.clone(), why);
        // Whole under another name first: nobody ever reads half a key.
        let mut unfinished = self.0.clone().into_os_string();
        unfinished.push(format!(".{}", std::process::id()));
        let unfinished = PathBuf::from(unfinished);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&unfinished).and_then(|mut file| {
            file.write_all(format!("{HEAD}{}\n", BASE64.encode(&bytes)).as_bytes())?;
            file.sync_all()
        });
        let placed = written.and_then(|()| fs::hard_link(&unfinished, &self.0));
        let removed = fs::remove_file(&unfinished);
        match placed {
            Ok(()) => removed.map_err(wrong)?,
            Err(why) if why.kind() == ErrorKind::AlreadyExists && self.0.exists() => {}
            Err(why) => return Err(wrong(why)),
        }
        self.read()
    }
}

/// A key that was read.
pub struct Key {
    bytes: [u8; 32],
    file: PathBuf,
}

impl Key {
    /// Seals a secret for one person: nobody else's row can be given it.
    pub fn seal(&self, user: &str, secret: &[u8]) -> Result<Vec<u8>, KeyError> {
        let nonce: [u8; NONCE] = super::chance()?;
        let payload = Payload { msg: secret, aad: user.as_bytes() };
        let hidden = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| KeyError::Broken)?;
        Ok([FORMAT].into_iter().chain(self.name()).chain(nonce).chain(hidden).collect())
    }

    /// Opens what was sealed for this person.
    pub fn open(&self, user: &str, sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
        let rest = sealed.strip_prefix(&[FORMAT]).ok_or(KeyError::Broken)?;
        let (name, rest) = rest.split_first_chunk::<NAME>().ok_or(KeyError::Broken)?;
        if *name != self.name() {
            return Err(KeyError::Another(self.file.clone()));
        }
        let (nonce, hidden) = rest.split_first_chunk::<NONCE>().ok_or(KeyError::Broken)?;
        let payload = Payload { msg: hidden, aad: user.as_bytes() };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| KeyError::Broken)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.for_use("codes").into())
    }

    /// By what a key is known in what it sealed.
    fn name(&self) -> [u8; NAME] {
        self.for_use("name").first_chunk().copied().unwrap_or_default()
    }

    /// A key for one use: what is learned of one says nothing about another.
    fn for_use(&self, what: &str) -> [u8; 32] {
        let digest = Sha256::new_with_prefix(self.bytes);
        digest.chain_update(format!("throughline {what} 1")).finalize().into()
    }
}

/// Whether a secret was stored before secrets were sealed: those were 20 bytes as they are.
pub fn is_plain(stored: &[u8]) -> bool {
    stored.len() == 20
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area() -> (tempfile::TempDir, KeyFile) {
        let folder = tempfile::tempdir().unwrap();
        let area = folder.path().join("calder.wick");
        fs::create_dir(&area).unwrap();
        let file = KeyFile::of(&area).unwrap();
        assert_eq!(file.path(), folder.path().canonicalize().unwrap().join("calder.wick.key"));
        (folder, file)
    }

    #[test]
    fn only_the_key_and_the_person_open_it() {
        let (_folder, file) = area();
        assert!(matches!(file.read(), Err(KeyError::Missing(_))));
        let key = file.make().unwrap();
        let sealed = key.seal("ruth", &[7; 20]).unwrap();
        assert!(!is_plain(&sealed) && is_plain(&[7; 20]));
        assert!(!sealed.windows(4).any(|some| some == [7; 4]));
        assert_eq!(file.read().unwrap().open("ruth", &sealed).unwrap(), [7; 20]);
        assert!(matches!(key.open("sam", &sealed), Err(KeyError::Broken)));
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(key.open("ruth", &changed).is_err(), "{place}");
            assert!(key.open("ruth", &sealed[..place]).is_err(), "{place}");
        }
        fs::remove_file(file.path()).unwrap();
        let other = file.make().unwrap();
        assert!(matches!(other.open("ruth", &sealed), Err(KeyError::Another(_))));
    }

    #[test]
    fn one_that_is_there_stays() {
        let (_folder, file) = area();
        let sealed = file.make().unwrap().seal("ruth", b"x").unwrap();
        assert_eq!(file.make().unwrap().open("ruth", &sealed).unwrap(), b"x");
    }

    #[cfg(unix)]
    #[test]
    fn one_that_others_can_read_or_that_is_none_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, file) = area();
        file.make().unwrap();
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(file.read(), Err(KeyError::Open(_))));
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o600)).unwrap();
        for odd in ["", "throughline-key-1 abc", "throughline-key-1 AAAA\n", "\0"] {
            fs::write(file.path(), odd).unwrap();
            assert!(matches!(file.read(), Err(KeyError::Odd(_))), "{odd}");
        }
    }
}
