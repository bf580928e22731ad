//! Sessions of demonstration users: kept in memory, named by a random cookie, gone when the server stops.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use throughline_domain::sharing::Viewer;
use uuid::Uuid;

/// Name of the one cookie.
pub const COOKIE: &str = "throughline_session";
/// A session that nobody used for this long is over.
const IDLE: Duration = Duration::from_secs(60 * 60);

/// One person signed in.
struct Session {
    viewer: Viewer,
    /// What every form of theirs sends back.
    token: String,
    used: Instant,
}

/// Everyone who is signed in.
#[derive(Default)]
pub struct Sessions {
    open: Mutex<HashMap<String, Session>>,
}

impl Sessions {
    /// Signs somebody in and names the session. 122 random bits: not to be guessed.
    pub fn begin(&self, viewer: Viewer) -> String {
        let secret = || Uuid::new_v4().simple().to_string();
        let (name, token) = (secret(), secret());
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, session| session.used.elapsed() < IDLE);
        open.insert(name.clone(), Session { viewer, token, used: Instant::now() });
        name
    }

    /// Who a session belongs to, and what their forms send back.
    pub fn viewer(&self, name: &str) -> Option<(Viewer, String)> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let session = open.get_mut(name)?;
        if session.used.elapsed() >= IDLE {
            open.remove(name);
            return None;
        }
        session.used = Instant::now();
        Some((session.viewer.clone(), session.token.clone()))
    }

    /// Signs out.
    pub fn end(&self, name: &str) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_lasts_until_it_is_ended() {
        let sessions = Sessions::default();
        let viewer = crate::access::demonstration_users().remove(0);
        let name = sessions.begin(viewer.clone());
        assert_eq!(sessions.viewer(&name).map(|(viewer, _)| viewer), Some(viewer));
        sessions.end(&name);
        assert!(sessions.viewer(&name).is_none());
    }
}
