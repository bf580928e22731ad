//! What must be remembered while somebody is away – at their device, at their agency – goes to their browser and comes
//! back, sealed with a key that lives as long as this process. So a page that nobody answers costs no memory, and what
//! comes back is what was given, to the same browser, not too long ago and only once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::BASE64URL_NOPAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::drafts::DraftError;
use super::passwords::HashingError;

/// How long a slip counts, in milliseconds.
const COUNTS_FOR: i64 = 5 * 60 * 1000;

/// Seals and opens them.
pub struct Slips {
    seal: XChaCha20Poly1305,
    /// Those that were used, until when they would count.
    spent: Mutex<HashMap<[u8; 16], i64>>,
}

/// A slip that came back.
#[derive(Serialize, Deserialize)]
pub struct Slip<T> {
    id: [u8; 16],
    until: i64,
    /// What was to be remembered.
    pub holds: T,
}

impl Slips {
    /// With a key of its own.
    pub fn new() -> Result<Self, HashingError> {
        let key: [u8; 32] = super::chance()?;
        Ok(Self { seal: XChaCha20Poly1305::new(&key.into()), spent: Mutex::default() })
    }

    /// Seals a slip; it only counts with the same `bound`.
    pub fn seal<T: Serialize>(&self, holds: T, bound: &str, now: i64) -> Result<String, DraftError> {
        let slip = Slip { id: super::chance()?, until: now + COUNTS_FOR, holds };
        let text = serde_json::to_vec(&slip).map_err(|_| DraftError::Cipher)?;
        let nonce: [u8; 24] = super::chance()?;
        let payload = Payload { msg: &text, aad: bound.as_bytes() };
        let hidden = self.seal.encrypt(&XNonce::from(nonce), payload).map_err(|_| DraftError::Cipher)?;
        let all: Vec<u8> = nonce.into_iter().chain(hidden).collect();
        Ok(BASE64URL_NOPAD.encode(&all))
    }

    /// Opens a slip, if it is one of ours with this `bound` that still counts.
    pub fn open<T: DeserializeOwned>(&self, sealed: &str, bound: &str, now: i64) -> Option<Slip<T>> {
        let all = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        let (nonce, hidden) = all.split_first_chunk::<24>()?;
        let payload = Payload { msg: hidden, aad: bound.as_bytes() };
        let text = self.seal.decrypt(&XNonce::from(*nonce), payload).ok()?;
        let slip: Slip<T> = serde_json::from_slice(&text).ok()?;
        (now < slip.until && !self.spent().contains_key(&slip.id)).then_some(slip)
    }

    /// Uses a slip up; `false` when it was before.
    pub fn spend<T>(&self, slip: &Slip<T>, now: i64) -> bool {
        let mut spent = self.spent();
        spent.retain(|_, until| now < *until);
        spent.insert(slip.id, slip.until).is_none()
    }

    fn spent(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 16], i64>> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_counts_once_for_the_same_browser_and_not_for_long() {
        let slips = Slips::new().unwrap();
        let sealed = slips.seal("what was asked", "ruth", 1_000).unwrap();
        assert!(!sealed.contains("asked"));
        let open = |sealed: &str, bound: &str, now| slips.open::<String>(sealed, bound, now);
        assert!(open(&sealed, "sam", 2_000).is_none());
        assert!(open(&sealed, "ruth", 1_000 + COUNTS_FOR).is_none());
        assert!(Slips::new().unwrap().open::<String>(&sealed, "ruth", 2_000).is_none());
        for odd in ["", "x", sealed.get(1..).unwrap(), &format!("{sealed}A")] {
            assert!(open(odd, "ruth", 2_000).is_none(), "{odd}");
        }
        let slip = open(&sealed, "ruth", 2_000).unwrap();
        assert_eq!(slip.holds, "what was asked");
        assert!(slips.spend(&slip, 2_000) && !slips.spend(&slip, 2_000));
        assert!(open(&sealed, "ruth", 2_000).is_none());
    }
}
