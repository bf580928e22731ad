//! SHA-256 as hex: of files, of rows put aside, and for ids that must say nothing about what they name.

use std::io::{self, Read};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use throughline_store::Store;

/// Of everything a reader gives.
pub fn of_reader(reader: &mut dyn Read) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = reader.read(&mut buffer)?;
        match buffer.get(..read) {
            None | Some([]) => return Ok(hex(&hasher.finalize())),
            Some(bytes) => hasher.update(bytes),
        }
    }
}

/// Of a text.
pub fn of_text(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// The first 16 digits of that of a text: among a million, two meet once in forty million areas.
pub fn short(text: &str) -> String {
    of_text(text).chars().take(16).collect()
}

/// Short digests that nobody can work out who does not have the area's key: an id made from a record must not tell which
/// record that was. Without a key, as in an invented area, they are plain.
#[derive(Clone, Default)]
pub struct Marks(String);

impl Marks {
    /// Those of an area.
    pub fn of(store: &Store) -> Self {
        Self(store.naming_key().to_owned())
    }

    /// The first 16 digits, as [`short`].
    pub fn short(&self, text: &str) -> String {
        if self.0.is_empty() {
            return short(text);
        }
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()) else { return short(text) };
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes()).chars().take(16).collect()
    }
}

/// Bytes as hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_published_vector() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(of_text("abc"), abc);
        assert_eq!(of_reader(&mut "abc".as_bytes()).unwrap(), abc);
    }
}
