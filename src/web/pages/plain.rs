//! Pages of words: signing in, errors, help, accessibility, privacy, cookies, and where the API is described.

use minijinja::context;
use serde::{Deserialize, Serialize};
use throughline_domain::sharing::Viewer;

use super::frame::Frame;
use super::stage::{self, PageError};

/// Signing in: with name and password, or as one of the demonstration users.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignInPage {
    /// What stands around it.
    pub frame: Frame,
    /// Who may sign in.
    pub users: Vec<Viewer>,
    /// Agencies that sign their people in themselves: name in addresses, name people read.
    pub agencies: Vec<(String, String)>,
    /// Whether a passkey may be given.
    pub passkeys: bool,
    /// Whether nobody at all may sign in yet.
    pub nobody: bool,
    /// What was wrong with the choice of a demonstration user.
    pub choice: Option<String>,
    /// What was wrong with name and password.
    pub error: Option<String>,
}

/// On the way back from one's agency, or signed out with a way to sign out there too.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AgencyPage {
    /// What stands around it.
    pub frame: Frame,
    /// Where to go on to.
    pub next: String,
    /// Who signs people in, and where they sign out there.
    pub out: Option<(String, Option<String>)>,
}

/// Makes the page between an agency's sign-in and here.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_agency(model: &AgencyPage) -> Result<String, PageError> {
    stage::page("agency.html", model, context! { view_words => "" })
}

/// Makes the page for signing in.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_sign_in(model: &SignInPage) -> Result<String, PageError> {
    let items: Vec<minijinja::Value> = model
        .users
        .iter()
        .map(|user| {
            let hint = format!("{}, {}", user.role, crate::web::shown::agency(&user.agency));
            context! { value => user.user.as_str(), text => user.name.as_str(), hint => context! { text => hint } }
        })
        .collect();
    stage::page("sign_in.html", model, context! { items, view_words => "" })
}

/// Why a page cannot be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such page or thing.
    NotFound,
    /// The viewer may not see it.
    Forbidden,
    /// What was sent could not be used.
    BadRequest,
    /// Something went wrong here.
    Failed,
    /// Who looks cannot be written down now, so nothing is shown.
    NotNow,
}

impl Refusal {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotFound => (
                "There is no such page",
                "The address may be mistyped or old. Records are joined and parted as agencies send more, so a person may now have another page: search for them.",
            ),
            Self::Forbidden => (
                "You cannot see this",
                "It is not shared with you for this purpose. If you need it to keep somebody safe now, telephone the agency that holds it. Do not wait for this page.",
            ),
            Self::NotNow => (
                "Nothing can be shown at the moment",
                "Who looks at what is written down first, and that is not possible now. Try again in a few minutes, and tell whoever runs the service. If somebody is in danger now, telephone the agency that works with them.",
            ),
            Self::BadRequest => {
                ("That could not be used", "Go back, look at what you entered, and send it again.")
            }
            Self::Failed => (
                "Sorry, something went wrong here",
                "Nothing that agencies sent is lost. Try again in a few minutes. If somebody may be in danger, telephone the agency or 999.",
            ),
        }
    }
}

/// Makes the page that says why another cannot be shown. `detail` is what was found and what to do next, in a
/// sentence without names; empty when there is nothing to add.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_refusal(frame: &Frame, refusal: Refusal, detail: &str) -> Result<String, PageError> {
    let (heading, words) = refusal.words();
    let model = Worded { frame: frame.clone() };
    stage::page("refusal.html", &model, context! { heading, words, detail, view_words => "" })
}

#[derive(Serialize)]
struct Worded {
    frame: Frame,
}

/// Pages that hold only words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// Help and what words mean.
    Help,
    /// Accessibility statement.
    Accessibility,
    /// Privacy.
    Privacy,
    /// Cookies.
    Cookies,
    /// Where the API is described.
    Api,
}

/// Makes a page of words.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_words(frame: &Frame, words: Words) -> Result<String, PageError> {
    let name = match words {
        Words::Help => "help.html",
        Words::Accessibility => "accessibility.html",
        Words::Privacy => "privacy.html",
        Words::Cookies => "cookies.html",
        Words::Api => "api.html",
    };
    stage::page(name, &Worded { frame: frame.clone() }, context! { view_words => "" })
}
