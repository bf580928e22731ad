//! Passwords as hashes: argon2id, slow and large on purpose. At most two are computed at once, so that signing in
//! cannot stop the machine, and a name that nobody has takes as long as any other.

use std::sync::{Condvar, Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use data_encoding::BASE64_NOPAD;
use subtle::ConstantTimeEq;

/// Rounds, memory in KiB, lanes.
const ROUNDS: u32 = 3;
const MEMORY: u32 = 64 * 1024;
const LANES: u32 = 1;
/// How many are computed at the same time.
const AT_ONCE: u32 = 2;
const SALT: usize = 16;
const LENGTH: usize = 32;

/// Chance did not come, or the cost is wrong: a fault of this machine or program, not of what was typed.
#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed: {0}")]
pub struct HashingError(String);

impl HashingError {
    pub(super) fn no_chance(why: &dyn std::fmt::Display) -> Self {
        Self(format!("the system gave no random numbers ({why})"))
    }
}

/// Computes hashes, two at a time.
#[derive(Default)]
pub struct Hashing {
    running: Mutex<u32>,
    free: Condvar,
}

impl Hashing {
    /// The hash of a new password with its salt and cost, as text.
    pub fn hash(&self, password: &str) -> Result<String, HashingError> {
        let salt: [u8; SALT] = super::chance()?;
        let hash = self.compute(password, &salt, (MEMORY, ROUNDS, LANES))?;
        let (salt, hash) = (BASE64_NOPAD.encode(&salt), BASE64_NOPAD.encode(&hash));
        Ok(format!("$argon2id$v=19$m={MEMORY},t={ROUNDS},p={LANES}${salt}${hash}"))
    }

    /// Whether a password is the one of a hash. Without a hash one is computed all the same, and it is not.
    pub fn is(&self, password: &str, stored: Option<&str>) -> Result<bool, HashingError> {
        let Some(stored) = stored else {
            self.compute(password, &[0; SALT], (MEMORY, ROUNDS, LANES))?;
            return Ok(false);
        };
        let (salt, hash, cost) = read(stored).ok_or_else(|| HashingError("its form is not known".into()))?;
        let found = self.compute(password, &salt, cost)?;
        Ok(found.ct_eq(&hash).into())
    }

    fn compute(
        &self,
        password: &str,
        salt: &[u8],
        (memory, rounds, lanes): (u32, u32, u32),
    ) -> Result<[u8; LENGTH], HashingError> {
        let wrong = |why: argon2::Error| HashingError(why.to_string());
        let params = Params::new(memory, rounds, lanes, Some(LENGTH)).map_err(wrong)?;
        let _place = self.take_place();
        let mut blocks = vec![Block::new(); params.block_count()];
        let mut out = [0; LENGTH];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(password.as_bytes(), salt, &mut out, &mut blocks)
            .map_err(wrong)?;
        Ok(out)
    }

    fn take_place(&self) -> Place<'_> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.free.wait_while(running, |running| *running >= AT_ONCE);
        *waited.unwrap_or_else(PoisonError::into_inner) += 1;
        Place(self)
    }
}

/// One of the places for computing; free again when dropped.
struct Place<'a>(&'a Hashing);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut running = self.0.running.lock().unwrap_or_else(PoisonError::into_inner);
        *running = running.saturating_sub(1);
        self.0.free.notify_one();
    }
}

type Stored = (Vec<u8>, Vec<u8>, (u32, u32, u32));

fn read(stored: &str) -> Option<Stored> {
    let mut parts = stored.strip_prefix("$argon2id$v=19$")?.split('$');
    let (cost, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
    let mut numbers = cost.split(',').filter_map(|part| part.split_once('=')?.1.parse().ok());
    let cost = (numbers.next()?, numbers.next()?, numbers.next()?);
    Some((BASE64_NOPAD.decode(salt.as_bytes()).ok()?, BASE64_NOPAD.decode(hash.as_bytes()).ok()?, cost))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_is_right() {
        let hashing = Hashing::default();
        let stored = hashing.hash("correct horse battery").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{stored}");
        assert!(hashing.is("correct horse battery", Some(&stored)).unwrap());
        assert!(!hashing.is("correct horse batterz", Some(&stored)).unwrap());
        assert!(!hashing.is("", None).unwrap());
        assert!(hashing.is("x", Some("$1$odd")).is_err());
    }

    #[test]
    fn nobody_is_told_apart_from_somebody_by_time() {
        let hashing = Hashing::default();
        let stored = hashing.hash("correct horse battery").unwrap();
        let took = |stored: Option<&str>| {
            let once = |_| {
                let start = std::time::Instant::now();
                hashing.is("wrong horse battery", stored).unwrap();
                start.elapsed()
            };
            // The quickest of some: the machine may be busy.
            (0..5).map(once).min().unwrap().as_secs_f64()
        };
        let (somebody, nobody) = (took(Some(&stored)), took(None));
        let ratio = nobody / somebody;
        assert!((0.5..2.0).contains(&ratio), "{ratio}");
    }
}
