//! What somebody was writing when their session ended: kept for a day, encrypted with a key that only their browser
//! can give back, so that neither the database nor an administrator can read it.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use throughline_store::{Draft, StoreError};

use super::Accounts;
use super::keys::KeyError;
use super::passkeys::PasskeyError;
use super::passwords::HashingError;
use super::sessions::hash_of;

/// How long a draft is kept, in milliseconds.
pub const KEPT_FOR: i64 = 24 * 60 * 60 * 1000;

/// A form as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Where it was sent to: a path of this program.
    pub path: String,
    /// Its fields, without the token.
    pub fields: Vec<(String, String)>,
}

/// Why a draft could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Chance.
    #[error(transparent)]
    Chance(#[from] HashingError),
    /// The key of the area.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Passkeys.
    #[error(transparent)]
    Passkey(#[from] PasskeyError),
    /// The cipher.
    #[error("a draft could not be encrypted")]
    Cipher,
}

impl Accounts {
    /// Keeps a form for whoever holds this cookie.
    pub fn keep_draft(&self, cookie: &str, user: &str, kept: &Kept) -> Result<(), DraftError> {
        let body = lock(cookie, user, kept)?;
        let draft = Draft { user: user.to_owned(), kept: self.now(), body };
        Ok(self.staff.keep_draft(&hash_of(cookie), &draft)?)
    }

    /// What is kept for this cookie and user, if it is not too old.
    pub fn draft(&self, cookie: &str, user: &str) -> Result<Option<Kept>, StoreError> {
        let draft = self.staff.draft(&hash_of(cookie))?;
        let fresh = |draft: &Draft| draft.user == user && self.now() - draft.kept < KEPT_FOR;
        Ok(draft.filter(fresh).and_then(|draft| unlock(cookie, user, &draft.body)))
    }

    /// Throws it away.
    pub fn drop_draft(&self, cookie: &str) -> Result<(), StoreError> {
        self.staff.drop_draft(&hash_of(cookie))
    }

    /// Hands a draft of an earlier session on to the next one of the same person.
    pub(super) fn hand_on(&self, from: &str, to: &str, user: &str) -> Result<(), DraftError> {
        if let Some(kept) = self.draft(from, user)? {
            self.keep_draft(to, user, &kept)?;
            self.drop_draft(from)?;
        }
        Ok(())
    }
}

fn cipher(cookie: &str) -> ChaCha20Poly1305 {
    let key: [u8; 32] = Sha256::digest(format!("throughline draft 1 {cookie}")).into();
    ChaCha20Poly1305::new(&Key::from(key))
}

fn lock(cookie: &str, user: &str, kept: &Kept) -> Result<Vec<u8>, DraftError> {
    let nonce: [u8; 12] = super::chance()?;
    let text = serde_json::to_vec(kept).map_err(|_| DraftError::Cipher)?;
    let payload = Payload { msg: &text, aad: user.as_bytes() };
    let hidden = cipher(cookie).encrypt(&Nonce::from(nonce), payload).map_err(|_| DraftError::Cipher)?;
    Ok(nonce.into_iter().chain(hidden).collect())
}

fn unlock(cookie: &str, user: &str, body: &[u8]) -> Option<Kept> {
    let (nonce, hidden) = body.split_first_chunk::<12>()?;
    let payload = Payload { msg: hidden, aad: user.as_bytes() };
    let text = cipher(cookie).decrypt(&Nonce::from(*nonce), payload).ok()?;
    serde_json::from_slice(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_browser_and_person_can_read_it() {
        let kept = Kept { path: "/links/L1".into(), fields: vec![("reason".into(), "seen by me".into())] };
        let body = lock("cookie", "ruth", &kept).unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("seen"));
        assert_eq!(unlock("cookie", "ruth", &body), Some(kept));
        assert_eq!(unlock("another", "ruth", &body), None);
        assert_eq!(unlock("cookie", "sam", &body), None);
        assert_eq!(unlock("cookie", "ruth", &body[..20]), None);
        assert_eq!(unlock("cookie", "ruth", &[]), None);
    }
}
