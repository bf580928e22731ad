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

/// Everyone who is signed in.
#[derive(Default)]
pub struct Sessions {
    open: Mutex<HashMap<String, (Viewer, Instant)>>,
}

impl Sessions {
    /// Signs somebody in and names the session. 122 random bits: not to be guessed.
    pub fn begin(&self, viewer: Viewer) -> String {
        let name = Uuid::new_v4().simple().to_string();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, (_, used)| used.elapsed() < IDLE);
        open.insert(name.clone(), (viewer, Instant::now()));
        name
    }

    /// Who a session belongs to.
    pub fn viewer(&self, name: &str) -> Option<Viewer> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (viewer, used) = open.get_mut(name)?;
        if used.elapsed() >= IDLE {
            open.remove(name);
            return None;
        }
        *used = Instant::now();
        Some(viewer.clone())
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
        assert_eq!(sessions.viewer(&name), Some(viewer));
        sessions.end(&name);
        assert_eq!(sessions.viewer(&name), None);
    }
}
