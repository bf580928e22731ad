//! Sign in and out: name and password, then a one-time code; in invented areas also one click as a demonstration user.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Form;
use axum::extract::{ConnectInfo, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use throughline_domain::staff::Turn;
use throughline_store::Stage;

use super::asking::{Entering, Nothing, Sent, aside, cookie, frame};
use super::{App, Problem, draft};
use crate::access::{Entered, Found, Session, Told, drop_cookie, set_cookie};
use crate::web::headers::FORGET;
use crate::web::pages::account::{self, CodePage};
use crate::web::pages::frame::Nav;
use crate::web::pages::plain::{self, SignInPage};

/// What is said whatever was wrong, so that nobody learns which part it was.
pub const WRONG: &str = "What you entered is not right, or the account is closed. Check it and try again, or ask whoever adds people here";

/// Who wants in with one click.
#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    user: String,
}

/// Who wants in with a password.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

/// A one-time code.
#[derive(Deserialize)]
pub struct Code {
    #[serde(default)]
    code: String,
}

/// The page.
pub async fn page(State(app): State<Arc<App>>) -> Result<Html<String>, Problem> {
    aside(move || sign_in_page(&app, None, None)).await
}

/// The page for signing in, with what was wrong.
pub fn sign_in_page(
    app: &App,
    choice: Option<String>,
    error: Option<String>,
) -> Result<Html<String>, Problem> {
    let users = app.accounts.demonstration_users()?;
    let nobody = app.accounts.staff.accounts()?.is_empty();
    let agencies = app.agencies.all().iter().map(|one| (one.id.clone(), one.label.clone())).collect();
    let page = SignInPage {
        agencies,
        frame: frame(app, Nav::None),
        passkeys: app.site.is_some(),
        users,
        nobody,
        choice,
        error,
    };
    Ok(Html(plain::render_sign_in(&page)?))
}

/// Begins a session of a demonstration user.
pub async fn begin(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Problem> {
    aside(move || {
        if app.accounts.demonstration_users()?.is_empty() {
            return Err(Problem::NotFound);
        }
        let Some(viewer) = app.accounts.demonstration(&chosen.user)? else {
            let page = sign_in_page(&app, Some("Choose who you are".to_owned()), None)?;
            return Ok((StatusCode::BAD_REQUEST, page).into_response());
        };
        let before = cookie(&headers, app.secure);
        app.accounts.tell(Told::SignedIn, &viewer.user, &viewer.user)?;
        let held = app.accounts.begin(&viewer.user, Stage::In, before.as_deref())?;
        let next = draft::next(&app, &held, &viewer.user)?;
        Ok(go_on(&app, &held, next))
    })
    .await
}

/// The first step: name and password.
pub async fn password(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let from = address(&app, peer, &headers);
    if let Some(wait) = wait_for_a_turn(&app, &typed.name, from).await {
        let wait_for = too_fast(wait);
        let page = aside(move || sign_in_page(&app, None, Some(wait_for))).await?;
        return Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response());
    }
    aside(move || {
        let before = cookie(&headers, app.secure);
        match app.accounts.enter(&typed.name, &typed.password, before.as_deref())? {
            Entered::Refused => {
                let page = sign_in_page(&app, None, Some(WRONG.to_owned()))?;
                Ok((StatusCode::FORBIDDEN, page).into_response())
            }
            Entered::On(stage, held) => {
                if stage != Stage::Code {
                    app.accounts.guessing.succeed(&typed.name, from);
                }
                entered(&app, stage, &held)
            }
        }
    })
    .await
}

/// The page that asks for a code.
pub async fn code_page(Entering(asking): Entering) -> Result<Html<String>, Problem> {
    aside(move || {
        let session = asking.session().ok_or(Problem::SignIn)?;
        code_again(&asking.app, session, None)
    })
    .await
}

/// The page again, with what was wrong.
pub fn code_again(app: &App, session: &Session, error: Option<String>) -> Result<Html<String>, Problem> {
    let (site, user) = (app.site.as_ref(), &session.viewer.user);
    let offer = site.map(|site| app.accounts.ask_for_passkey(site, user, &session.cookie)).transpose()?;
    let page = CodePage { frame: frame(app, Nav::None), offer: offer.flatten(), error };
    Ok(Html(account::render_code(&page)?))
}

/// The second step: a one-time code.
pub async fn code(
    Entering(asking): Entering,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(code): Form<Code>,
) -> Result<Response, Problem> {
    let app = Arc::clone(&asking.app);
    let session = asking.session().filter(|session| session.stage == Stage::Code).cloned();
    let session = session.ok_or(Problem::SignIn)?;
    let user = session.viewer.user.clone();
    let from = address(&app, peer, &headers);
    if let Some(wait) = wait_for_a_turn(&app, &user, from).await {
        let page = aside(move || code_again(&app, &session, Some(too_fast(wait)))).await?;
        return Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response());
    }
    aside(move || match app.accounts.enter_code(&user, &code.code, &session.cookie)? {
        Entered::Refused => {
            Ok((StatusCode::FORBIDDEN, code_again(&app, &session, Some(WRONG.to_owned()))?).into_response())
        }
        Entered::On(stage, held) => {
            app.accounts.guessing.succeed(&user, from);
            entered(&app, stage, &held)
        }
    })
    .await
}

/// Leads on after a step of signing in.
pub fn entered(app: &App, stage: Stage, held: &str) -> Result<Response, Problem> {
    Ok(go_on(app, held, next_after(app, stage, held)?))
}

/// Where somebody goes after a step of signing in.
pub fn next_after(app: &App, stage: Stage, held: &str) -> Result<&'static str, Problem> {
    Ok(match stage {
        Stage::Code => "/sign-in/code",
        Stage::SettingUp => "/account/set-up",
        Stage::In => match app.accounts.find(held)? {
            Found::Holds(session) => draft::next(app, held, &session.viewer.user)?,
            Found::Over(_) | Found::Unknown => "/sign-in",
        },
    })
}

/// Gives the browser its cookie and leads on.
pub fn go_on(app: &App, held: &str, next: &str) -> Response {
    ([(SET_COOKIE, set_cookie(app.secure, held))], Redirect::to(next)).into_response()
}

/// Waits until it is this try's turn; or says after how many seconds to come back.
pub async fn wait_for_a_turn(app: &App, user: &str, from: IpAddr) -> Option<i64> {
    match app.accounts.guessing.take(user, from, app.accounts.now()) {
        Turn::After(wait) => {
            tokio::time::sleep(Duration::from_millis(u64::try_from(wait).unwrap_or(0))).await;
            None
        }
        Turn::ComeBack(wait) => {
            app.accounts.slowed_down();
            Some(wait.saturating_add(999) / 1000)
        }
    }
}

/// What is said to somebody who tries too fast.
pub fn too_fast(seconds: i64) -> String {
    format!("There were too many tries. Wait {seconds} seconds, then try again")
}

/// The address of who asks. Behind a proxy, the one that the proxy itself noted: the last.
pub fn address(app: &App, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
    let noted = headers.get_all("x-forwarded-for").into_iter().next_back();
    let noted = noted.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    noted.filter(|_| app.secure).unwrap_or_else(|| peer.ip())
}

/// Ends a session; the browser forgets everything of this site.
pub async fn end(Entering(asking): Entering, Form(sent): Form<Sent<Nothing>>) -> Result<Response, Problem> {
    aside(move || {
        sent.form(&asking)?;
        let Some(session) = asking.session() else { return Ok(out(&asking.app)) };
        let accounts = &asking.app.accounts;
        let way = accounts.came_through(&session.cookie);
        accounts.end(&session.cookie)?;
        accounts.tell(Told::SignedOut, &session.viewer.user, &session.viewer.user)?;
        let next = way.map(|provider| format!("/sign-in/agency/{provider}/out"));
        Ok(out_to(&asking.app, next.as_deref().unwrap_or("/sign-in")))
    })
    .await
}

/// Takes the cookie away and leads to the page for signing in.
pub fn out(app: &App) -> Response {
    out_to(app, "/sign-in")
}

fn out_to(app: &App, next: &str) -> Response {
    let (name, value) = FORGET;
    let headers = [(SET_COOKIE, drop_cookie(app.secure)), (HeaderName::from_static(name), value.to_owned())];
    (headers, Redirect::to(next)).into_response()
}

/// A page that says nothing, for when somebody comes up behind.
pub async fn hidden(State(app): State<Arc<App>>) -> Result<Html<String>, Problem> {
    Ok(Html(account::render_hidden(&frame(&app, Nav::None))?))
}
