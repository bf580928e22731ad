//! Sign in: for now a choice of demonstration users, in invented areas only.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;
use throughline_domain::looks::{Act, Looker};
use throughline_domain::sharing::AreaKind;

use super::asking::{Nothing, Sent, aside, frame, session};
use super::{App, Asking, Problem};
use crate::access::looks::Collector;
use crate::access::{self, COOKIE};
use crate::intake::Clock;
use crate::web::pages::frame::{Frame, Nav};
use crate::web::pages::plain::{self, SignInPage};

/// Who wants in.
#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    user: String,
}

/// The page.
pub async fn page(State(app): State<Arc<App>>) -> Result<Html<String>, Problem> {
    aside(move || sign_in_page(&app, None)).await
}

fn sign_in_page(app: &App, error: Option<String>) -> Result<Html<String>, Problem> {
    let users = match app.store.area().kind {
        AreaKind::Invented => access::demonstration_users(),
        AreaKind::Real => Vec::new(),
    };
    let page =
        SignInPage { frame: Frame { viewer: None, ..frame(app, Nav::None) }, users, back: None, error };
    Ok(Html(plain::render_sign_in(&page)?))
}

/// Begins a session.
pub async fn begin(
    State(app): State<Arc<App>>,
    Extension(looks): Extension<Arc<Collector>>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Problem> {
    if app.store.area().kind != AreaKind::Invented {
        return Err(Problem::NotFound);
    }
    let user = access::demonstration_users().into_iter().find(|user| user.user == chosen.user);
    let Some(viewer) = user else {
        looks.signing(Looker::default(), Act::SignedInFailed, Clock::now().received);
        let page = sign_in_page(&app, Some("Choose who you are".to_owned()))?;
        return Ok((StatusCode::BAD_REQUEST, page).into_response());
    };
    looks.signing(Looker::from(&viewer), Act::SignedIn, Clock::now().received);
    let session = app.sessions.begin(viewer);
    let secure = if app.secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={session}; Path=/; HttpOnly; SameSite=Strict{secure}");
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}

/// Ends a session.
pub async fn end(
    asking: Asking,
    headers: HeaderMap,
    Form(sent): Form<Sent<Nothing>>,
) -> Result<Response, Problem> {
    sent.form(&asking)?;
    let by = Looker::from(asking.opener.viewer());
    asking.opener.collector().signing(by, Act::SignedOut, Clock::now().received);
    if let Some(session) = session(&headers) {
        asking.app.sessions.end(&session);
    }
    let cookie = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/sign-in")).into_response())
}
