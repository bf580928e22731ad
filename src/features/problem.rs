//! What is answered when a request cannot be: a plain page, or a problem document (RFC 9457) for the API.
//! Nothing here tells whether something exists that the viewer may not know of: hidden and absent are the same.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use throughline_domain::sharing::Refused;
use throughline_store::StoreError;

use crate::derive::DeriveError;
use crate::shelf::ShelfError;
use crate::web;
use crate::web::pages::PageError;

/// Why a request was not answered.
#[derive(Debug)]
pub enum Problem {
    /// Nobody is signed in.
    SignIn,
    /// There is no such thing, or not for this viewer.
    NotFound,
    /// The request was not understood; the sentence says what to do.
    Asked(String),
    /// The door stayed shut.
    Refused(Refused),
    /// Something of ours failed. The sentence goes to the log of the machine, never to the reader.
    Broken(String),
}

impl Problem {
    fn answer(&self) -> (StatusCode, &'static str, String) {
        match self {
            Self::SignIn => (StatusCode::UNAUTHORIZED, "Sign in first", "Sign in, then try again.".to_owned()),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "Page not found",
                "There is nothing at this address. Search for the person or reference instead.".to_owned(),
            ),
            Self::Asked(say) => (StatusCode::BAD_REQUEST, "There is a problem with what was asked", say.clone()),
            Self::Refused(refused) => (StatusCode::FORBIDDEN, "This cannot be shown", refused.to_string()),
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
            eprintln!("throughline: {what}");
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if matches!(self, Self::SignIn) {
            return Redirect::to("/sign-in").into_response();
        }
        self.log();
        let (status, title, detail) = self.answer();
        let page = web::pages::problem::render(title, &detail).unwrap_or_else(|_| title.to_owned());
        (status, Html(page)).into_response()
    }
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
