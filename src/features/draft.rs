//! What was sent when a session had ended, or had to be confirmed first, is not lost: one place keeps every form, and
//! offers it again afterwards.

use std::sync::Arc;

use axum::Form;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::asking::{Nothing, Sent, aside, cookie};
use super::problem::Interrupted;
use super::{App, Asking, Problem};
use crate::access::{Found, Kept};
use crate::web::pages::account::{self, DraftPage};
use crate::web::pages::frame::Nav;

/// A form may be as long as this.
const LONGEST: usize = 1024 * 1024;
/// Forms that hold secrets are never kept.
const NEVER: [&str; 5] = ["/sign-in", "/sign-out", "/account", "/api", "/draft"];

/// Fields that are never kept, whatever form they stand in.
const SECRET: [&str; 3] = ["form_token", "password", "code"];

/// Keeps a form that was not taken because of its session.
pub async fn kept(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let secret = NEVER.iter().any(|never| path.starts_with(never)) || path.ends_with("/password");
    let form = request
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let held = cookie(request.headers(), app.secure);
    let (Some(held), true, false, true) = (held, request.method() == Method::POST, secret, form) else {
        return next.run(request).await;
    };
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST).await else {
        return Problem::Asked("The form is too long. Shorten it and send it again.".to_owned())
            .into_response();
    };
    let answer = next.run(Request::from_parts(parts, Body::from(body.clone()))).await;
    if answer.extensions().get::<Interrupted>().is_some() {
        let done = keep(app, held, path, body).await;
        if let Err(Problem::Broken(why)) = done {
            crate::cli::log(&why);
        }
    }
    answer
}

async fn keep(app: Arc<App>, cookie: String, path: String, body: Bytes) -> Result<(), Problem> {
    let form = Request::post("/").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let form = form.body(Body::from(body)).map_err(|e| Problem::Broken(e.to_string()))?;
    let Ok(Form(mut fields)) = Form::<Vec<(String, String)>>::from_request(form, &()).await else {
        return Ok(());
    };
    fields.retain(|(name, value)| !SECRET.contains(&name.as_str()) && !value.is_empty());
    aside(move || {
        let user = match app.accounts.find(&cookie)? {
            Found::Holds(session) => session.viewer.user,
            Found::Over(user) => user,
            Found::Unknown => return Ok(()),
        };
        Ok(app.accounts.keep_draft(&cookie, &user, &Kept { path, fields })?)
    })
    .await
}

/// Where to go after signing in or confirming: to what was being written, if anything was.
pub fn next(app: &App, cookie: &str, user: &str) -> Result<&'static str, Problem> {
    Ok(if app.accounts.draft(cookie, user)?.is_some() { "/draft" } else { "/" })
}

/// What was kept, to be sent again or thrown away.
pub async fn page(asking: Asking) -> Result<Html<String>, Problem> {
    aside(move || {
        let session = asking.session().ok_or(Problem::NotFound)?;
        let kept =
            asking.app.accounts.draft(&session.cookie, &session.viewer.user)?.ok_or(Problem::NotFound)?;
        let page = DraftPage { frame: asking.frame(Nav::None), path: kept.path, fields: kept.fields };
        Ok(Html(account::render_draft(&page)?))
    })
    .await
}

/// Throws it away.
pub async fn drop(asking: Asking, Form(sent): Form<Sent<Nothing>>) -> Result<Redirect, Problem> {
    aside(move || {
        sent.form(&asking)?;
        if let Some(session) = asking.session() {
            asking.app.accounts.drop_draft(&session.cookie)?;
        }
        Ok(Redirect::to("/"))
    })
    .await
}
