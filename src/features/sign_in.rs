//! Sign in: for now a choice of demonstration users, in invented areas only.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use throughline_domain::sharing::AreaKind;

use super::asking::session;
use super::{App, Problem};
use crate::access::{self, COOKIE};
use crate::web;

/// Who wants in.
#[derive(Deserialize)]
pub struct Chosen {
    user: String,
}

/// The page.
pub async fn page(State(app): State<Arc<App>>) -> Result<Html<String>, Problem> {
    let area = app.store.area();
    let users = match area.kind {
        AreaKind::Invented => access::demonstration_users(),
        AreaKind::Real => Vec::new(),
    };
    Ok(Html(web::pages::sign_in::render(&area.name, &users)?))
}

/// Begins a session.
pub async fn begin(State(app): State<Arc<App>>, Form(chosen): Form<Chosen>) -> Result<Response, Problem> {
    if app.store.area().kind != AreaKind::Invented {
        return Err(Problem::NotFound);
    }
    let user = access::demonstration_users().into_iter().find(|user| user.user == chosen.user);
    let viewer = user.ok_or_else(|| Problem::Asked("Choose one of the people on the list.".to_owned()))?;
    let session = app.sessions.begin(viewer);
    let secure = if app.secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={session}; Path=/; HttpOnly; SameSite=Strict{secure}");
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}

/// Ends a session.
pub async fn end(State(app): State<Arc<App>>, parts: Parts) -> Response {
    if let Some(session) = session(&parts) {
        app.sessions.end(&session);
    }
    let cookie = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    ([(SET_COOKIE, cookie)], Redirect::to("/sign-in")).into_response()
}
