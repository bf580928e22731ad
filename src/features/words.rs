//! Pages that hold only words: help, accessibility, privacy, cookies, and where the API is described. Anybody may
//! read them.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;

use super::asking::frame;
use super::{App, Problem};
use crate::web::pages::frame::Nav;
use crate::web::pages::plain::{self, Words};

fn page(app: &App, words: Words) -> Result<Html<String>, Problem> {
    Ok(Html(plain::render_words(&frame(app, Nav::None), words)?))
}

/// Help and what words mean.
pub async fn help(State(app): State<Arc<App>>) -> Result<Html<String>, Problem> {
    page(&app, Words::Help)
}

/// Accessibility statement.
pub async fn accessibility(State(app): State<Arc<App>>) -> Result<Html<String>, Problem> {
    page(&app, Words::Accessibility)
}

/// Privacy.
pub async fn privacy(State(app): State<Arc<App>>) -> Result<Html<String>, Problem> {
    page(&app, Words::Privacy)
}

/// Cookies.
pub async fn cookies(State(app): State<Arc<App>>) -> Result<Html<String>, Problem> {
    page(&app, Words::Cookies)
}

/// Where the API is described.
pub async fn api(State(app): State<Arc<App>>) -> Result<Html<String>, Problem> {
    page(&app, Words::Api)
}
