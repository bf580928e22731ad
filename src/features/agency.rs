//! Signing in through one's own agency: going there, coming back, and signing out there too. The agency says who
//! somebody is; only an account that was made here before comes in.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};

use super::asking::{aside, cookie, cookie_named, frame};
use super::sign_in::{self, next_after};
use super::{App, Problem};
use crate::access::{AwayError, Entered, Provider, Returned, Site, set_cookie, slip_cookie, slip_name};
use crate::web::pages::frame::Nav;
use crate::web::pages::plain::{self, AgencyPage};

const UNREACHABLE: &str =
    "Your agency’s sign-in does not answer just now. Try again in a minute, or sign in with your password";
const NOT_KNOWN: &str = "Your agency’s sign-in did not say who you are here. Try again, sign in with your password, or ask whoever adds people here";

fn provider<'a>(app: &'a App, id: &str) -> Result<(&'a Provider, &'a Site), Problem> {
    let provider = app.agencies.get(id).ok_or(Problem::NotFound)?;
    Ok((provider, app.site.as_ref().ok_or(Problem::NotFound)?))
}

/// Leads to the agency.
pub async fn leave(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    aside(move || {
        let (provider, site) = provider(&app, &id)?;
        let before = cookie(&headers, app.secure);
        match app.agencies.leave(provider, site, before.as_deref(), app.accounts.now()) {
            Ok(leaving) => {
                let kept = [(SET_COOKIE, slip_cookie(app.secure, &leaving.slip))];
                Ok((kept, Redirect::to(&leaving.to)).into_response())
            }
            Err(AwayError::Unreachable) => refused(&app, StatusCode::SERVICE_UNAVAILABLE, UNREACHABLE),
            Err(AwayError::Ours(why)) => Err(why.into()),
        }
    })
    .await
}

fn refused(app: &App, status: StatusCode, says: &str) -> Result<Response, Problem> {
    let page = sign_in::sign_in_page(app, None, Some(says.to_owned()))?;
    Ok((status, page).into_response())
}

/// Comes back. The cookie of a session does not come with what another site leads to, and would not be sent on if this
/// page led on by itself: so it is a page of our own that does.
pub async fn back(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(returned): Query<Returned>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let from = sign_in::address(&app, peer, &headers);
    // What they bring back is theirs alone, so only the line of the address counts.
    if let Some(wait) = sign_in::wait_for_a_turn(&app, &format!("back {}", returned.state), from).await {
        let says = sign_in::too_fast(wait);
        return aside(move || refused(&app, StatusCode::TOO_MANY_REQUESTS, &says)).await;
    }
    aside(move || {
        let (_, site) = provider(&app, &id)?;
        let slip = cookie_named(&headers, slip_name(app.secure)).unwrap_or_default();
        let proof = app.agencies.come_back(&id, &returned, &slip, site, app.accounts.now());
        let entered = match &proof {
            Some(proof) => app.accounts.enter_from_agency(proof)?,
            None => Entered::Refused,
        };
        let over = (SET_COOKIE, slip_cookie(app.secure, ""));
        match entered {
            Entered::Refused => {
                let answer = refused(&app, StatusCode::FORBIDDEN, NOT_KNOWN)?;
                Ok((AppendHeaders([over]), answer).into_response())
            }
            Entered::On(stage, held) => {
                let next = next_after(&app, stage, &held)?;
                let page = AgencyPage { frame: frame(&app, Nav::None), next: next.to_owned(), out: None };
                let cookies = AppendHeaders([over, (SET_COOKIE, set_cookie(app.secure, &held))]);
                Ok((cookies, Html(plain::render_agency(&page)?)).into_response())
            }
        }
    })
    .await
}

/// After signing out here: the way to sign out at the agency too.
pub async fn out(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Html<String>, Problem> {
    aside(move || {
        let (provider, site) = provider(&app, &id)?;
        let way = app.agencies.way_out(provider, site, app.accounts.now());
        let page = AgencyPage {
            frame: frame(&app, Nav::None),
            next: String::new(),
            out: Some((provider.label.clone(), way)),
        };
        Ok(Html(plain::render_agency(&page)?))
    })
    .await
}
