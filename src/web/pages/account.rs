//! Pages about one's own account: the code at sign-in, setting up, my account, declaring a conflict, what was being
//! written when a session ended, and a page that shows nothing.

use jiff::Timestamp;
use jiff::civil::Date;
use minijinja::context;
use serde::{Deserialize, Serialize};

use super::frame::Frame;
use super::stage::{self, PageError};
use crate::access::Offer;

/// A field and what is wrong with it.
pub type Fault = Option<(String, String)>;

macro_rules! pages {
    ($($(#[$doc:meta])* $render:ident($page:ident) = $template:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// [`PageError`] when the template and the model do not fit.
        pub fn $render(model: &$page) -> Result<String, PageError> {
            stage::page($template, model, context! { view_words => "" })
        }
    )*};
}

pages! {
    /// Makes the page that asks for a one-time code.
    render_code(CodePage) = "sign_in_code.html";
    /// Makes the page that says what must be set up first.
    render_set_up(SetUpPage) = "set_up.html";
    /// Makes the page of one's own account.
    render_account(AccountPage) = "account.html";
    /// Makes the page for a new password.
    render_password(PasswordPage) = "password.html";
    /// Makes the page that sets up one-time codes, or shows recovery codes once.
    render_codes(CodesPage) = "codes.html";
    /// Makes the page that asks for the password or a code again.
    render_confirm(ConfirmPage) = "confirm.html";
    /// Makes the page for one's own details, or for declaring a conflict.
    render_details(DetailsPage) = "details.html";
    /// Makes the page of what was kept when a session ended.
    render_draft(DraftPage) = "draft.html";
}

/// Asks for a one-time code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CodePage {
    /// What stands around it.
    pub frame: Frame,
    /// A passkey in its place, for who has one.
    pub offer: Option<Offer>,
    /// What was wrong, if anything.
    pub error: Option<String>,
}

/// What must be set up before anything else.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SetUpPage {
    /// What stands around it.
    pub frame: Frame,
    /// Another password.
    pub password: bool,
    /// One-time codes.
    pub codes: bool,
}

/// One's own account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountPage {
    /// What stands around it.
    pub frame: Frame,
    /// Name to sign in with.
    pub user: String,
    /// Teams.
    pub teams: Vec<String>,
    /// Sessions open.
    pub sessions: u64,
    /// Whether one-time codes are set up.
    pub has_codes: bool,
    /// How many passkeys; none where the server has no address that they could be for.
    pub passkeys: Option<usize>,
    /// Recovery codes left.
    pub recovery_left: u64,
    /// A demonstration user, who has neither password nor codes.
    pub demonstration: bool,
}

/// A new password.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PasswordPage {
    /// What stands around it.
    pub frame: Frame,
    /// What was wrong, if anything.
    pub error: Fault,
}

/// Setting up one-time codes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CodesPage {
    /// What stands around it.
    pub frame: Frame,
    /// The secret as text; empty once it is set up.
    pub secret: String,
    /// Recovery codes, shown this once.
    pub recovery: Vec<String>,
    /// Where to go then.
    pub next: String,
    /// What was wrong, if anything.
    pub error: Option<String>,
}

/// The password or a code again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConfirmPage {
    /// What stands around it.
    pub frame: Frame,
    /// A demonstration user confirms with a click.
    pub demonstration: bool,
    /// Whether codes are set up.
    pub has_codes: bool,
    /// A passkey in their place, for who has one.
    pub offer: Option<Offer>,
    /// What was wrong, if anything.
    pub error: Option<String>,
}

/// What somebody is found by: oneself, or somebody a conflict is declared about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DetailsPage {
    /// What stands around it.
    pub frame: Frame,
    /// Whether it is about somebody else.
    pub declares: bool,
    /// What is known: surnames, date of birth, how many addresses and telephone numbers.
    pub known: Option<(String, Option<Date>, usize, usize)>,
    /// What was declared before.
    pub declared: Vec<DeclaredLine>,
    /// What was wrong, if anything.
    pub error: Fault,
}

/// A conflict that was declared.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeclaredLine {
    /// What the person is to them.
    pub relationship: String,
    /// The person, as they wrote.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
}

/// What was being written when a session ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DraftPage {
    /// What stands around it.
    pub frame: Frame,
    /// Where it goes: a path of this program.
    pub path: String,
    /// Its fields.
    pub fields: Vec<(String, String)>,
}

/// Makes the page that shows nothing. It names neither the program nor the area.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_hidden(frame: &Frame) -> Result<String, PageError> {
    stage::page("hidden.html", &context! { frame => minijinja::value::Serde(frame) }, context! {})
}
