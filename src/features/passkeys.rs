//! Passkeys: adding and removing one's own, and the three places where one may be given: to sign in without a password,
//! in place of a one-time code, and to confirm that it is you.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Form;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde::Deserialize;
use throughline_store::Stage;

use super::account::{Own, confirm_again, confirmed, own};
use super::asking::{Entering, Sent, aside, cookie, frame};
use super::sign_in::{self, WRONG};
use super::{App, Asking, Problem};
use crate::access::{Answer, Entered, Site, Told};
use crate::web::pages::frame::Nav;
use crate::web::pages::passkeys::{self, PasskeyLine, PasskeysPage, SignInPage};

const NOT_TAKEN: &str = "The passkey was not taken. Try again, or sign in another way";

fn site(app: &App) -> Result<&Site, Problem> {
    app.site.as_ref().ok_or(Problem::NotFound)
}

/// The page that signs in with a passkey alone.
pub async fn sign_in_page(State(app): State<Arc<App>>) -> Result<Html<String>, Problem> {
    aside(move || sign_in_again(&app, None)).await
}

fn sign_in_again(app: &App, error: Option<String>) -> Result<Html<String>, Problem> {
    let offer = app.accounts.ask_anybody(site(app)?)?;
    Ok(Html(passkeys::render_sign_in(&SignInPage { frame: frame(app, Nav::None), offer, error })?))
}

/// Signs in with a passkey alone.
pub async fn sign_in(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(answer): Form<Answer>,
) -> Result<Response, Problem> {
    let from = sign_in::address(&app, peer, &headers);
    let line = answer.line();
    if let Some(wait) = sign_in::wait_for_a_turn(&app, &line, from).await {
        let page = aside(move || sign_in_again(&app, Some(sign_in::too_fast(wait)))).await?;
        return Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response());
    }
    aside(move || {
        let before = cookie(&headers, app.secure);
        match app.accounts.enter_by_passkey(site(&app)?, &answer, before.as_deref())? {
            Entered::Refused => {
                let page = sign_in_again(&app, Some(NOT_TAKEN.to_owned()))?;
                Ok((StatusCode::FORBIDDEN, page).into_response())
            }
            Entered::On(stage, held) => {
                app.accounts.guessing.succeed(&line, from);
                sign_in::entered(&app, stage, &held)
            }
        }
    })
    .await
}

/// A passkey in place of a one-time code.
pub async fn second(
    Entering(asking): Entering,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(answer): Form<Answer>,
) -> Result<Response, Problem> {
    let app = Arc::clone(&asking.app);
    let session = asking.session().filter(|session| session.stage == Stage::Code).cloned();
    let session = session.ok_or(Problem::SignIn)?;
    let user = session.viewer.user.clone();
    let from = sign_in::address(&app, peer, &headers);
    if let Some(wait) = sign_in::wait_for_a_turn(&app, &user, from).await {
        let page = aside(move || sign_in::code_again(&app, &session, Some(sign_in::too_fast(wait)))).await?;
        return Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response());
    }
    aside(move || match app.accounts.enter_passkey(site(&app)?, &user, &session.cookie, &answer)? {
        Entered::Refused => {
            let page = sign_in::code_again(&app, &session, Some(WRONG.to_owned()))?;
            Ok((StatusCode::FORBIDDEN, page).into_response())
        }
        Entered::On(stage, held) => {
            app.accounts.guessing.succeed(&user, from);
            sign_in::entered(&app, stage, &held)
        }
    })
    .await
}

/// Confirms with a passkey that it is still the same person.
pub async fn confirm(
    asking: Asking,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(sent): Form<Sent<Answer>>,
) -> Result<Response, Problem> {
    let own = own(asking)?;
    let answer = sent.form(&own.asking)?;
    let from = sign_in::address(&own.asking.app, peer, &headers);
    if let Some(wait) = sign_in::wait_for_a_turn(&own.asking.app, &own.user, from).await {
        let page = aside(move || confirm_again(&own, Some(sign_in::too_fast(wait)))).await?;
        return Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response());
    }
    aside(move || {
        let app = &own.asking.app;
        if app.accounts.passkey_is_right(site(app)?, &own.user, &own.cookie, &answer)? {
            return confirmed(&own, from);
        }
        app.accounts.tell(Told::Refused, &own.user, &own.user)?;
        Ok((StatusCode::FORBIDDEN, confirm_again(&own, Some(NOT_TAKEN.to_owned()))?).into_response())
    })
    .await
}

/// One's own passkeys.
pub async fn page(asking: Asking) -> Result<Html<String>, Problem> {
    aside(move || again(&changing(asking)?, None)).await
}

/// Passkeys are ways in: only somebody who just proved who they are adds or removes one.
fn changing(asking: Asking) -> Result<Own, Problem> {
    let own = own(asking)?;
    site(&own.asking.app)?;
    if own.demonstration {
        return Err(Problem::NotFound);
    }
    own.asking.stepped_up()?;
    Ok(own)
}

fn again(own: &Own, error: Option<(&str, &str)>) -> Result<Html<String>, Problem> {
    let (app, site) = (&own.asking.app, site(&own.asking.app)?);
    let account = app.accounts.staff.account(&own.user)?.ok_or(Problem::NotFound)?;
    let lines = app.accounts.staff.passkeys(&own.user)?.into_iter().map(|one| PasskeyLine {
        id: HEXLOWER.encode(&one.id),
        label: one.label,
        made: moment(one.made),
        used: one.used.map(moment),
    });
    let page = PasskeysPage {
        frame: own.asking.frame(Nav::None),
        lines: lines.collect(),
        offer: app.accounts.ask_for_new_passkey(site, &account, &own.cookie)?,
        address: site.origin(),
        error: error.map(|(field, says)| (field.to_owned(), says.to_owned())),
    };
    Ok(Html(passkeys::render_passkeys(&page)?))
}

fn moment(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or_default()
}

/// A new passkey with what its owner calls it.
#[derive(Deserialize)]
pub struct New {
    #[serde(default)]
    label: String,
    #[serde(flatten)]
    answer: Answer,
}

/// Adds a passkey.
pub async fn add(asking: Asking, Form(sent): Form<Sent<New>>) -> Result<Response, Problem> {
    aside(move || {
        let own = changing(asking)?;
        let form = sent.form(&own.asking)?;
        let wrong = |field, says| -> Result<Response, Problem> {
            Ok((StatusCode::BAD_REQUEST, again(&own, Some((field, says)))?).into_response())
        };
        let label = form.label.split_whitespace().collect::<Vec<_>>().join(" ");
        if label.is_empty() || label.chars().count() > 60 {
            return wrong("label", "Say on which device it is, in 60 characters or fewer");
        }
        let app = &own.asking.app;
        match app.accounts.add_passkey(site(app)?, (&own.user, &own.cookie), &label, &form.answer)? {
            true => Ok(Redirect::to("/account/passkeys").into_response()),
            false => wrong("label", "The passkey was not added. Try again"),
        }
    })
    .await
}

/// Which passkey.
#[derive(Deserialize)]
pub struct Which {
    #[serde(default)]
    id: String,
}

/// Removes a passkey. Whoever loses a device also signs out there.
pub async fn remove(asking: Asking, Form(sent): Form<Sent<Which>>) -> Result<Response, Problem> {
    aside(move || {
        let own = changing(asking)?;
        let form = sent.form(&own.asking)?;
        let id = HEXLOWER.decode(form.id.as_bytes()).map_err(|_| Problem::NotFound)?;
        let accounts = &own.asking.app.accounts;
        match accounts.remove_passkey(&own.user, &id)? {
            true => Ok(Redirect::to("/account/passkeys").into_response()),
            false => Err(Problem::NotFound),
        }
    })
    .await
}
