//! Pages about passkeys: signing in with one alone, and one's own list of them.

use jiff::Timestamp;
use minijinja::context;
use serde::{Deserialize, Serialize};

use super::account::Fault;
use super::frame::Frame;
use super::stage::{self, PageError};
use crate::access::Offer;

/// Signing in with a passkey alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignInPage {
    /// What stands around it.
    pub frame: Frame,
    /// What the browser is asked.
    pub offer: Offer,
    /// What was wrong, if anything.
    pub error: Option<String>,
}

/// One's own passkeys.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PasskeysPage {
    /// What stands around it.
    pub frame: Frame,
    /// Those there are.
    pub lines: Vec<PasskeyLine>,
    /// What the browser is asked for another; none when there are enough.
    pub offer: Option<Offer>,
    /// The address at which passkeys work.
    pub address: String,
    /// What was wrong, if anything.
    pub error: Fault,
}

/// A passkey.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PasskeyLine {
    /// By what it is known here.
    pub id: String,
    /// What its owner calls it.
    pub label: String,
    /// When it was added.
    pub made: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

/// Makes the page that signs in with a passkey alone.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_sign_in(model: &SignInPage) -> Result<String, PageError> {
    stage::page("sign_in_passkey.html", model, context! { view_words => "" })
}

/// Makes the page of one's own passkeys.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_passkeys(model: &PasskeysPage) -> Result<String, PageError> {
    stage::page("passkeys.html", model, context! { view_words => "" })
}
