//! What is answered when a request cannot be: a plain page, or a problem document (RFC 9457) for the API.
//! Nothing here tells whether something exists that the viewer may not know of: hidden and absent are the same.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{Html, IntoResponse, Redirect, Response};
use throughline_domain::sharing::Refused;
use throughline_store::StoreError;

use super::App;
use super::asking::frame;
use crate::access::DraftError;
use crate::derive::DeriveError;
use crate::shelf::ShelfError;
use crate::web;
use crate::web::pages::frame::Nav;
use crate::web::pages::plain::{self, Refusal};
use crate::web::pages::stage::PageError;

/// Why a request was not answered.
#[derive(Debug)]
pub enum Problem {
    /// Nobody is signed in.
    SignIn,
    /// The password or a code is asked for again before this can be done.
    StepUp,
    /// Something must be set up before anything else: a password, one-time codes.
    SetUp,
    /// It was sent from another site.
    Elsewhere,
    /// There is no such thing, or not for this viewer.
    NotFound,
    /// The request was not understood; the sentence says what to do.
    Asked(String),
    /// The viewer may see this, and may not do it; the sentence says whom to ask.
    NotYours(String),
    /// The door stayed shut.
    Refused(Refused),
    /// More people were opened today than work explains.
    TooMany,
    /// Who looked could not be written down, so nothing is shown.
    Unwritten,
    /// Something of ours failed. The sentence goes to the log of the machine, never to the reader.
    Broken(String),
}

impl Problem {
    /// In one sentence, for whoever is at the command line.
    pub fn in_words(&self) -> String {
        self.answer().2
    }

    fn answer(&self) -> (StatusCode, &'static str, String) {
        match self {
            Self::SignIn => {
                (StatusCode::UNAUTHORIZED, "Sign in first", "Sign in, then try again.".to_owned())
            }
            Self::StepUp => (
                StatusCode::FORBIDDEN,
                "Confirm it is you",
                "Give your password or a code again in the browser, then try again.".to_owned(),
            ),
            Self::SetUp => (
                StatusCode::FORBIDDEN,
                "Finish setting up",
                "Sign in with the browser and finish setting up your account.".to_owned(),
            ),
            Self::Elsewhere => (
                StatusCode::FORBIDDEN,
                "Sent from elsewhere",
                "This was not sent from a page of this program. Open the page here and send it again."
                    .to_owned(),
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "Page not found",
                "There is nothing at this address. Search for the person or reference instead.".to_owned(),
            ),
            Self::Asked(say) => {
                (StatusCode::BAD_REQUEST, "There is a problem with what was asked", say.clone())
            }
            Self::NotYours(say) => (StatusCode::FORBIDDEN, "You cannot do this", say.clone()),
            Self::Refused(refused) => (StatusCode::FORBIDDEN, "This cannot be shown", refused.to_string()),
            Self::TooMany => (
                StatusCode::TOO_MANY_REQUESTS,
                "You have opened many people’s records today",
                "Ask your supervisor to let you go on: they find you under “Who looked”. If somebody is in danger now, \
                 break glass on that person’s page: that always works."
                    .to_owned(),
            ),
            Self::Unwritten => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Nothing can be shown at the moment",
                "Who looks at what is written down first, and that is not possible now. Try again in a few minutes. \
                 Tell whoever runs the service."
                    .to_owned(),
            ),
            Self::Broken(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Sorry, there is a problem",
                "Try again in a few minutes. Nothing that agencies sent has been lost.".to_owned(),
            ),
        }
    }

    /// The problem as the API says it.
    pub fn document(&self) -> Response {
        let (status, title, detail) = self.answer();
        self.log();
        let kind = title.to_lowercase().replace([' ', ','], "-");
        web::problem::Problem::new(status, &kind, title, detail).answer()
    }

    fn log(&self) {
        if let Self::Broken(what) = self {
            crate::cli::log(what);
        }
    }
}

impl IntoResponse for Problem {
    /// The plain answer; [`shown`] makes a page of it, which needs to know the area.
    fn into_response(self) -> Response {
        let first = match self {
            Self::SignIn => Some("/sign-in"),
            Self::StepUp => Some("/account/confirm"),
            Self::SetUp => Some("/account/set-up"),
            _ => None,
        };
        if let Some(first) = first {
            let mut answer = Redirect::to(first).into_response();
            answer.extensions_mut().insert(Interrupted);
            return answer;
        }
        self.log();
        let (status, _, detail) = self.answer();
        let mut answer = (status, detail.clone()).into_response();
        answer.extensions_mut().insert(Said(detail));
        answer
    }
}

/// Marks an answer that asks for something else first: a form that was sent meanwhile must not be lost.
#[derive(Clone, Copy)]
pub struct Interrupted;

/// What a problem says, on its way to becoming a page.
#[derive(Clone)]
struct Said(String);

/// Makes a page of an answer that is a problem.
pub async fn shown(State(app): State<Arc<App>>, answer: Response) -> Response {
    let said = answer.extensions().get::<Said>().cloned();
    let Some(Said(detail)) = said.or_else(|| of_the_framework(&answer)) else { return answer };
    let refusal = match answer.status() {
        StatusCode::NOT_FOUND => Refusal::NotFound,
        StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS => Refusal::Forbidden,
        StatusCode::BAD_REQUEST => Refusal::BadRequest,
        StatusCode::SERVICE_UNAVAILABLE => Refusal::NotNow,
        _ => Refusal::Failed,
    };
    let worded = matches!(refusal, Refusal::NotFound | Refusal::Failed | Refusal::NotNow);
    let detail = if worded { "" } else { &detail };
    match plain::render_refusal(&frame(&app, Nav::None), refusal, detail) {
        Ok(page) => {
            let mut shown = (answer.status(), Html(page)).into_response();
            let later = answer.headers().get(RETRY_AFTER).cloned();
            shown.headers_mut().extend(later.map(|later| (RETRY_AFTER, later)));
            shown
        }
        Err(_) => answer,
    }
}

/// What the framework refuses before a page is asked: a number that is none, a form that is too long.
fn of_the_framework(answer: &Response) -> Option<Said> {
    let plain =
        answer.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let refused = answer.status().is_client_error() && plain;
    refused.then(|| Said("The address or what was sent is not in the form this page reads.".to_owned()))
}

/// Every address that is none.
pub async fn not_found() -> Problem {
    Problem::NotFound
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<DraftError> for Problem {
    fn from(error: DraftError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<ShelfError> for Problem {
    fn from(error: ShelfError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<DeriveError> for Problem {
    fn from(error: DeriveError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<PageError> for Problem {
    fn from(error: PageError) -> Self {
        Self::Broken(error.to_string())
    }
}
