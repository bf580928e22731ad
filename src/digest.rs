//! SHA-256 as hex: of files, of rows put aside, and for ids that must say nothing about what they name.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

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
