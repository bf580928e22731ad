//! The hash chain, as pure functions over stored bytes: any auditor can write them again from this page.
//!
//! `hash(fact) = SHA-256(hash before it ‖ number of cells ‖ each cell as type, length, bytes)`, one chain per
//! agency, and `whole(n) = SHA-256(whole(n-1) ‖ hash(fact n))` over all agencies, so that an agency's chain
//! cannot vanish and the order between agencies cannot change. Each chain begins with the area's name and
//! kind: a chain cannot be moved to another area, nor a real area be relabelled as invented.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use throughline_domain::sharing::AreaKind;

use crate::model::Area;

/// A SHA-256 hash, written as 64 hexadecimal digits.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash(pub(crate) [u8; 32]);

impl Hash {
    /// The hash in these bytes, if there are 32.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for Hash {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a SHA-256 hash; expected 64 hexadecimal digits");
        let mut hash = [0; 32];
        if text.len() != 64 {
            return Err(wrong());
        }
        for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| wrong())?;
            if !digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
                return Err(wrong());
            }
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Self(hash))
    }
}

/// One cell as the database holds it. The type is part of it: turning text into bytes of the same content is a change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a [u8]),
    Bytes(&'a [u8]),
}

impl<'a> Cell<'a> {
    pub(crate) fn text(text: &'a str) -> Self {
        Self::Text(text.as_bytes())
    }

    pub(crate) fn text_or_null(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::text)
    }
}

/// What the chain of `agency` begins with; the chain over all agencies begins with `agency` empty.
pub(crate) fn beginning(area: &Area, agency: &str) -> Hash {
    let kind = kind_word(area.kind);
    of_cells(
        Hash::default(),
        &[Cell::text("throughline chain 1"), Cell::text(&area.name), Cell::text(kind), Cell::text(agency)],
    )
}

/// The word under which an area's kind is stored.
pub(crate) fn kind_word(kind: AreaKind) -> &'static str {
    match kind {
        AreaKind::Invented => "invented",
        AreaKind::Real => "real",
    }
}

/// The hash of a row of cells that follows `before`.
pub(crate) fn of_cells(before: Hash, cells: &[Cell<'_>]) -> Hash {
    let mut sha = Sha256::new();
    sha.update(before.0);
    sha.update((cells.len() as u64).to_le_bytes());
    for cell in cells {
        let (kind, bytes): (u8, &[u8]) = match cell {
            Cell::Null => (0, &[]),
            Cell::Int(number) => (1, &number.to_le_bytes()),
            Cell::Real(number) => (2, &number.to_le_bytes()),
            Cell::Text(bytes) => (3, bytes),
            Cell::Bytes(bytes) => (4, bytes),
        };
        sha.update([kind]);
        sha.update((bytes.len() as u64).to_le_bytes());
        sha.update(bytes);
    }
    Hash(sha.finalize().into())
}

/// The chain over all agencies, one fact further.
pub(crate) fn of_whole(before: Hash, fact: Hash) -> Hash {
    let mut sha = Sha256::new();
    sha.update(before.0);
    sha.update(fact.0);
    Hash(sha.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn area(kind: AreaKind) -> Area {
        Area { name: "Calderwick".into(), kind }
    }

    #[test]
    fn a_relabelled_area_begins_another_chain() {
        assert_ne!(
            beginning(&area(AreaKind::Real), "police"),
            beginning(&area(AreaKind::Invented), "police")
        );
        assert_ne!(beginning(&area(AreaKind::Real), "police"), beginning(&area(AreaKind::Real), "health"));
    }

    #[test]
    fn the_chain_is_what_it_was_in_the_first_version() {
        // Computed apart from this program. A change here makes every existing area look damaged.
        let first = beginning(&area(AreaKind::Invented), "police");
        let hash = of_cells(first, &[Cell::Int(1), Cell::text("record"), Cell::Null, Cell::Bytes(b"{}")]);
        assert_eq!(hash.to_string(), "3cf802097485c7e48449941f983bfde9d42e1064fa1f9db1072531dae883435b");
    }

    #[test]
    fn text_and_bytes_of_the_same_content_differ() {
        let of = |cell| of_cells(Hash::default(), &[cell]);
        assert_ne!(of(Cell::Text(b"a")), of(Cell::Bytes(b"a")));
        assert_ne!(of(Cell::Null), of(Cell::Bytes(b"")));
    }

    proptest! {
        #[test]
        fn moving_bytes_between_cells_changes_the_hash(text in "[a-z]{2,40}", a in 0_usize..40, b in 0_usize..40) {
            let (a, b) = (a % text.len(), b % text.len());
            prop_assume!(a != b);
            let split = |at: usize| {
                let (left, right) = text.as_bytes().split_at(at);
                of_cells(Hash::default(), &[Cell::Bytes(left), Cell::Bytes(right)])
            };
            prop_assert_ne!(split(a), split(b));
        }

        #[test]
        fn a_hash_survives_being_written(bytes: [u8; 32]) {
            prop_assert_eq!(Hash::try_from(String::from(Hash(bytes))), Ok(Hash(bytes)));
        }

        #[test]
        fn what_is_no_hash_is_refused(text in ".{0,66}") {
            prop_assume!(!(text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())));
            prop_assert!(Hash::try_from(text).is_err());
        }
    }
}
