//! Sessions: a random number in one cookie, known to the server by its hash only, over when nobody used it, when it is
//! old, when somebody ended it, and when the account changed.

use std::sync::PoisonError;

use sha2::{Digest, Sha256};
use throughline_domain::sharing::Viewer;
use throughline_domain::staff::{Life, over};
use throughline_store::{SessionHash, Stage, StoreError};

use super::Accounts;
use super::drafts::DraftError;

/// Name of the one cookie where browsers reach us over TLS: they then keep it to this host and to TLS themselves.
const SECURE: &str = "__Host-throughline";
/// Its name on loopback without TLS.
const PLAIN: &str = "throughline_session";
/// A session counts as used again after so long, in milliseconds: not every page needs a write.
const EVERY: i64 = 15_000;

/// The name of the cookie.
pub fn cookie_name(secure: bool) -> &'static str {
    if secure { SECURE } else { PLAIN }
}

/// What sets the cookie.
pub fn set_cookie(secure: bool, value: &str) -> String {
    let end = if secure { "; Secure" } else { "" };
    format!("{}={value}; Path=/; HttpOnly; SameSite=Strict{end}", cookie_name(secure))
}

/// What takes it away.
pub fn drop_cookie(secure: bool) -> String {
    format!("{}; Max-Age=0", set_cookie(secure, ""))
}

/// The name of the cookie of somebody who is at their agency.
pub fn slip_name(secure: bool) -> &'static str {
    if secure { "__Host-throughline-agency" } else { "throughline_agency" }
}

/// What sets it. It comes back from another site, so it cannot be as strict as the other; it opens nothing.
pub fn slip_cookie(secure: bool, value: &str) -> String {
    let end = if secure { "; Secure" } else { "" };
    let age = if value.is_empty() { 0 } else { 300 };
    format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{end}", slip_name(secure))
}

/// The hash by which a session is known here.
pub(super) fn hash_of(cookie: &str) -> SessionHash {
    Sha256::digest(cookie).into()
}

/// Somebody with a session.
#[derive(Clone, Debug)]
pub struct Session {
    /// Who, as they are now.
    pub viewer: Viewer,
    /// What their forms send back.
    pub token: String,
    /// How far they have come.
    pub stage: Stage,
    /// A demonstration user: has no password.
    pub demonstration: bool,
    /// Its moments.
    pub life: Life,
    /// What the browser holds.
    pub cookie: String,
}

/// What became of a session that a browser names.
pub enum Found {
    /// It holds.
    Holds(Box<Session>),
    /// It is over; whose it was.
    Over(String),
    /// There is none such.
    Unknown,
}

impl Accounts {
    /// Begins a session and gives what the browser shall hold. What was being written in `before` goes with it, and
    /// `before` ends.
    pub fn begin(&self, user: &str, stage: Stage, before: Option<&str>) -> Result<String, DraftError> {
        let secret: [u8; 32] = super::chance()?;
        let cookie = data_encoding::BASE64URL_NOPAD.encode(&secret);
        let token: [u8; 16] = super::chance()?;
        let token = data_encoding::HEXLOWER.encode(&token);
        let now = self.now();
        self.staff.sweep(now - super::drafts::KEPT_FOR)?;
        self.staff.begin(&hash_of(&cookie), user, now, stage, &token)?;
        if let Some(before) = before {
            self.hand_on(before, &cookie, user)?;
            self.staff.end(&hash_of(before))?;
            if let Some(provider) = self.came_through(before) {
                self.note_way(&cookie, &provider);
            }
        }
        Ok(cookie)
    }

    /// The session of a cookie.
    pub fn find(&self, cookie: &str) -> Result<Found, StoreError> {
        let hash = hash_of(cookie);
        let Some(open) = self.staff.session(&hash)? else { return Ok(Found::Unknown) };
        let now = self.now();
        if open.ended || open.account.disabled || over(&open.life, now, &self.limits) {
            return Ok(Found::Over(open.account.user));
        }
        let Some(viewer) = self.viewer(&open.account) else { return Ok(Found::Over(open.account.user)) };
        if now - open.life.used >= EVERY {
            self.staff.used(&hash, now)?;
        }
        Ok(Found::Holds(Box::new(Session {
            viewer,
            token: open.token,
            stage: open.stage,
            demonstration: open.account.demonstration,
            life: open.life,
            cookie: cookie.to_owned(),
        })))
    }

    /// Whether the password or a code was given in the last minutes.
    pub fn stepped_up(&self, life: &Life) -> bool {
        life.stepped_up(self.now(), &self.limits)
    }

    /// Notes that the password or a code was given again.
    pub fn step_up(&self, cookie: &str) -> Result<(), StoreError> {
        self.staff.stepped(&hash_of(cookie), self.now())
    }

    /// Signs out.
    pub fn end(&self, cookie: &str) -> Result<(), StoreError> {
        self.staff.end(&hash_of(cookie))
    }

    /// Through which agency's sign-in a session came, once: whoever signs out is shown the way out there too. Kept in
    /// memory only, as it is no more than a courtesy.
    pub fn came_through(&self, cookie: &str) -> Option<String> {
        self.ways.lock().unwrap_or_else(PoisonError::into_inner).remove(&hash_of(cookie))
    }

    pub(super) fn note_way(&self, cookie: &str, provider: &str) {
        let mut ways = self.ways.lock().unwrap_or_else(PoisonError::into_inner);
        if ways.len() > 10_000 {
            ways.clear();
        }
        ways.insert(hash_of(cookie), provider.to_owned());
    }

    /// How many sessions somebody has open.
    pub fn open_sessions(&self, user: &str) -> Result<u64, StoreError> {
        let now = self.now();
        let ago = |seconds: u32| now - i64::from(seconds) * 1000;
        self.staff.sessions_of(user, ago(self.limits.idle), ago(self.limits.absolute))
    }

    /// Sets a password; every other session of theirs ends.
    pub fn change_password(
        &self,
        user: &str,
        password: &str,
        must_change: bool,
        but: Option<&str>,
    ) -> Result<(), DraftError> {
        let hash = self.hashing.hash(password)?;
        Ok(self.staff.set_password(user, &hash, must_change, but.map(hash_of).as_ref())?)
    }
}
