//! My account: who I am here, my password and one-time codes, what I declare about myself, and signing out everywhere.

use std::net::{IpAddr, SocketAddr};

use axum::Form;
use axum::extract::ConnectInfo;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::record::Address;
use throughline_domain::staff::{Details, Rights, Word};
use throughline_store::Stage;

use super::asking::{Entering, Nothing, Sent, aside};
use super::{Asking, Problem, draft, sign_in};
use crate::access::{Told, codes};
use crate::intake::Clock;
use crate::web::pages::account::{
    self, AccountPage, CodesPage, ConfirmPage, DeclaredLine, DetailsPage, PasswordPage, SetUpPage,
};
use crate::web::pages::frame::Nav;

/// Who is signed in, as the API says it.
#[derive(Serialize, JsonSchema)]
pub struct SessionView {
    /// Name to sign in with.
    user: String,
    /// What people read.
    name: String,
    /// The agency they work for.
    agency: String,
    /// Their role, as `area/roles.toml` names it.
    role: String,
    /// What they do there.
    title: String,
    /// Teams they belong to.
    teams: Vec<String>,
    /// What sharing requests call agency and role.
    words: (String, String),
    /// What their role lets them do.
    #[schemars(with = "std::collections::BTreeMap<String, bool>")]
    rights: Rights,
    /// Whether the password or a code was given in the last minutes.
    stepped_up: bool,
}

/// Who is signed in.
pub fn view(asking: &Asking) -> Result<SessionView, Problem> {
    let viewer = asking.opener.viewer();
    let words = asking.app.accounts.roles.words(&viewer.role_id, &viewer.agency).unwrap_or_default();
    Ok(SessionView {
        user: viewer.user.clone(),
        name: viewer.name.clone(),
        agency: viewer.agency.to_string(),
        role: viewer.role_id.to_string(),
        title: viewer.role.clone(),
        teams: viewer.teams.iter().map(ToString::to_string).collect(),
        words: (words.0.to_owned(), words.1.to_owned()),
        rights: viewer.rights,
        stepped_up: asking.stepped_up().is_ok(),
    })
}

/// Somebody with a session in the browser, with what is needed on every page here.
pub struct Own {
    /// Their request.
    pub asking: Asking,
    /// Name to sign in with.
    pub user: String,
    /// What their browser holds.
    pub cookie: String,
    stage: Stage,
    /// Whether they are a demonstration user.
    pub demonstration: bool,
}

/// Somebody whose password was right and whose code, if they have one, was too.
pub fn own(asking: Asking) -> Result<Own, Problem> {
    let session = asking.session().ok_or(Problem::SignIn)?;
    if session.stage == Stage::Code {
        return Err(Problem::SignIn);
    }
    let (user, cookie) = (session.viewer.user.clone(), session.cookie.clone());
    let (stage, demonstration) = (session.stage, session.demonstration);
    Ok(Own { asking, user, cookie, stage, demonstration })
}

/// The page.
pub async fn page(asking: Asking) -> Result<Html<String>, Problem> {
    aside(move || {
        let own = own(asking)?;
        let accounts = &own.asking.app.accounts;
        let page = AccountPage {
            frame: own.asking.frame(Nav::None),
            user: own.user.clone(),
            teams: own.asking.opener.viewer().teams.iter().map(ToString::to_string).collect(),
            sessions: accounts.open_sessions(&own.user)?,
            has_codes: accounts.staff.secrets(&own.user)?.code.is_some(),
            passkeys: match own.asking.app.site {
                Some(_) => Some(accounts.staff.passkeys(&own.user)?.len()),
                None => None,
            },
            recovery_left: accounts.staff.recovery_left(&own.user)?,
            demonstration: own.demonstration,
        };
        Ok(Html(account::render_account(&page)?))
    })
    .await
}

/// What must be set up before anything else.
pub async fn set_up(Entering(asking): Entering) -> Result<Response, Problem> {
    aside(move || {
        let own = own(asking)?;
        let (password, codes) = own.asking.app.accounts.to_set_up(&own.user)?;
        if own.stage == Stage::SettingUp && !password && !codes {
            return Ok(Redirect::to("/sign-in").into_response());
        }
        if !password && !codes {
            return Ok(Redirect::to("/").into_response());
        }
        let page = SetUpPage { frame: bare(&own), password, codes };
        Ok(Html(account::render_set_up(&page)?).into_response())
    })
    .await
}

/// The frame of somebody who cannot go anywhere else yet: with their token, without the navigation.
fn bare(own: &Own) -> crate::web::pages::frame::Frame {
    let frame = own.asking.frame(Nav::None);
    match own.stage {
        Stage::In => frame,
        Stage::Code | Stage::SettingUp => crate::web::pages::frame::Frame { viewer: None, ..frame },
    }
}

/// A new password.
#[derive(Deserialize)]
pub struct NewPassword {
    #[serde(default)]
    old: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

/// The page for a new password.
pub async fn password_page(Entering(asking): Entering) -> Result<Html<String>, Problem> {
    aside(move || password_again(&own(asking)?, None)).await
}

fn password_again(own: &Own, error: Option<(&str, &str)>) -> Result<Html<String>, Problem> {
    if own.demonstration {
        return Err(Problem::NotFound);
    }
    let error = error.map(|(field, says)| (field.to_owned(), says.to_owned()));
    Ok(Html(account::render_password(&PasswordPage { frame: bare(own), error })?))
}

/// Takes a new password.
pub async fn password(
    Entering(asking): Entering,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(sent): Form<Sent<NewPassword>>,
) -> Result<Response, Problem> {
    let own = own(asking)?;
    let form = sent.form(&own.asking)?;
    let from = sign_in::address(&own.asking.app, peer, &headers);
    if let Some(wait) = sign_in::wait_for_a_turn(&own.asking.app, &own.user, from).await {
        let says = sign_in::too_fast(wait);
        return Ok(
            (StatusCode::TOO_MANY_REQUESTS, password_again(&own, Some(("old", &says)))?).into_response()
        );
    }
    aside(move || {
        let accounts = &own.asking.app.accounts;
        let again = |field: &str, says: &str| -> Result<Response, Problem> {
            Ok((StatusCode::BAD_REQUEST, password_again(&own, Some((field, says)))?).into_response())
        };
        if !accounts.password_is_right(&own.user, &form.old)? {
            return again("old", "Enter the password you have now");
        }
        accounts.guessing.succeed(&own.user, from);
        if let Some(says) = Word::of(&form.new, &own.user).says() {
            return again("new", says);
        }
        if form.new == form.old {
            return again("new", "Enter a password that is not the one you have now");
        }
        if form.new != form.again {
            return again("again", "Enter the same password twice");
        }
        accounts.tell(Told::PasswordChanged, &own.user, &own.user)?;
        accounts.change_password(&own.user, &form.new, false, Some(&own.cookie))?;
        further(&own)
    })
    .await
}

/// Leads on after something was set up: into the program once nothing is missing, with a new session.
fn further(own: &Own) -> Result<Response, Problem> {
    let app = &own.asking.app;
    if own.stage == Stage::In {
        return Ok(Redirect::to("/account").into_response());
    }
    let (password, codes) = app.accounts.to_set_up(&own.user)?;
    if password || codes {
        return Ok(Redirect::to("/account/set-up").into_response());
    }
    let held = app.accounts.begin(&own.user, Stage::In, Some(&own.cookie))?;
    let next = draft::next(app, &held, &own.user)?;
    Ok(sign_in::go_on(app, &held, next))
}

/// A one-time code, or a password.
#[derive(Deserialize)]
pub struct Proof {
    #[serde(default)]
    code: String,
    #[serde(default)]
    password: String,
}

/// The page that sets up one-time codes.
pub async fn codes_page(Entering(asking): Entering) -> Result<Html<String>, Problem> {
    aside(move || {
        let own = own(asking)?;
        may_set_up(&own)?;
        codes_again(&own, None)
    })
    .await
}

/// Codes that are there already are only replaced by somebody who just proved who they are.
fn may_set_up(own: &Own) -> Result<(), Problem> {
    if own.demonstration {
        return Err(Problem::NotFound);
    }
    match own.stage {
        Stage::In => own.asking.stepped_up(),
        Stage::Code | Stage::SettingUp => Ok(()),
    }
}

fn codes_again(own: &Own, error: Option<String>) -> Result<Html<String>, Problem> {
    let secret = own.asking.app.accounts.secret_to_set_up(&own.cookie)?;
    let page = CodesPage {
        frame: bare(own),
        secret: codes::as_text(&secret),
        recovery: Vec::new(),
        next: String::new(),
        error,
    };
    Ok(Html(account::render_codes(&page)?))
}

/// The picture that an authenticator app reads.
pub async fn picture(Entering(asking): Entering) -> Result<Response, Problem> {
    aside(move || {
        let own = own(asking)?;
        may_set_up(&own)?;
        let app = &own.asking.app;
        let secret = app.accounts.secret_to_set_up(&own.cookie)?;
        let picture = codes::picture(&secret, &app.store.area().name, &own.user).ok_or(Problem::NotFound)?;
        Ok(([(CONTENT_TYPE, "image/svg+xml")], picture).into_response())
    })
    .await
}

/// Sets one-time codes up, once one of them was typed, and shows the recovery codes this one time.
pub async fn codes(Entering(asking): Entering, Form(sent): Form<Sent<Proof>>) -> Result<Response, Problem> {
    aside(move || {
        let own = own(asking)?;
        may_set_up(&own)?;
        let form = sent.form(&own.asking)?;
        let app = &own.asking.app;
        let Some(recovery) = app.accounts.set_up_codes(&own.user, &own.cookie, &form.code)? else {
            let says = "Enter the 6 digits your app shows now".to_owned();
            return Ok((StatusCode::BAD_REQUEST, codes_again(&own, Some(says))?).into_response());
        };
        let next = if own.stage == Stage::In { "/account" } else { "/account/ready" };
        let page = CodesPage {
            frame: bare(&own),
            secret: String::new(),
            recovery,
            next: next.to_owned(),
            error: None,
        };
        Ok(Html(account::render_codes(&page)?).into_response())
    })
    .await
}

/// After setting up: into the program.
pub async fn ready(Entering(asking): Entering) -> Result<Response, Problem> {
    aside(move || further(&own(asking)?)).await
}

/// The page that asks for the password or a code again.
pub async fn confirm_page(asking: Asking) -> Result<Html<String>, Problem> {
    aside(move || confirm_again(&own(asking)?, None)).await
}

/// The page that asks again, with what was wrong.
pub fn confirm_again(own: &Own, error: Option<String>) -> Result<Html<String>, Problem> {
    let app = &own.asking.app;
    let has_codes = app.accounts.staff.secrets(&own.user)?.code.is_some();
    let site = app.site.as_ref();
    let offer = site.map(|site| app.accounts.ask_for_passkey(site, &own.user, &own.cookie)).transpose()?;
    let page = ConfirmPage {
        frame: own.asking.frame(Nav::None),
        demonstration: own.demonstration,
        has_codes,
        offer: offer.flatten(),
        error,
    };
    Ok(Html(account::render_confirm(&page)?))
}

/// Takes the password or a code again; demonstration users have neither and confirm with a click.
pub async fn confirm(
    asking: Asking,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(sent): Form<Sent<Proof>>,
) -> Result<Response, Problem> {
    let own = own(asking)?;
    let form = sent.form(&own.asking)?;
    let from = sign_in::address(&own.asking.app, peer, &headers);
    if !own.demonstration
        && let Some(wait) = sign_in::wait_for_a_turn(&own.asking.app, &own.user, from).await
    {
        let page = confirm_again(&own, Some(sign_in::too_fast(wait)))?;
        return Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response());
    }
    aside(move || {
        let app = &own.asking.app;
        let right = own.demonstration
            || match form.code.trim() {
                "" => app.accounts.password_is_right(&own.user, &form.password)?,
                code => app.accounts.code_is_right(&own.user, code)?,
            };
        if !right {
            app.accounts.tell(Told::Refused, &own.user, &own.user)?;
            let says = "What you entered is not right. Try again".to_owned();
            return Ok((StatusCode::FORBIDDEN, confirm_again(&own, Some(says))?).into_response());
        }
        confirmed(&own, from)
    })
    .await
}

/// Leads on after somebody proved again who they are.
pub fn confirmed(own: &Own, from: IpAddr) -> Result<Response, Problem> {
    let accounts = &own.asking.app.accounts;
    accounts.guessing.succeed(&own.user, from);
    accounts.tell(Told::SteppedUp, &own.user, &own.user)?;
    accounts.step_up(&own.cookie)?;
    Ok(Redirect::to(draft::next(&own.asking.app, &own.cookie, &own.user)?).into_response())
}

/// Signs out on every device.
pub async fn end_all(asking: Asking, Form(sent): Form<Sent<Nothing>>) -> Result<Response, Problem> {
    aside(move || {
        let own = own(asking)?;
        sent.form(&own.asking)?;
        let accounts = &own.asking.app.accounts;
        accounts.staff.end_all(&own.user)?;
        accounts.tell(Told::SignedOutEverywhere, &own.user, &own.user)?;
        Ok(sign_in::out(&own.asking.app))
    })
    .await
}

/// What somebody is found by, as typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Described {
    relationship: String,
    forenames: String,
    surnames: String,
    #[serde(rename = "born-day")]
    day: String,
    #[serde(rename = "born-month")]
    month: String,
    #[serde(rename = "born-year")]
    year: String,
    address: String,
    postcode: String,
    phone: String,
}

impl Described {
    /// What it means, or what is wrong with it.
    fn details(&self) -> Result<Details, (&'static str, &'static str)> {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let parts = [&self.day, &self.month, &self.year].map(|part| part.trim());
        let born = match parts {
            ["", "", ""] => None,
            [day, month, year] => {
                let date = || Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
                let date = date().filter(|date| (1900..=Clock::now().today.year()).contains(&date.year()));
                Some(date.ok_or(("born-day", "Enter a real date of birth, like 27 3 1985"))?)
            }
        };
        let split = |text: &str| text.split(',').map(words).filter(|one| !one.is_empty()).collect::<Vec<_>>();
        let lines = words(&self.address);
        let address = Address { lines, postcode: words(&self.postcode).to_uppercase(), uprn: None };
        let details = Details {
            forenames: words(&self.forenames),
            surnames: split(&self.surnames),
            born,
            addresses: (!address.lines.is_empty()).then_some(address).into_iter().collect(),
            phones: split(&self.phone),
        };
        match details.is_empty() {
            true => {
                Err(("surnames", "Enter a surname with the date of birth, an address or a telephone number"))
            }
            false => Ok(details),
        }
    }
}

/// The page for one's own details.
pub async fn details_page(asking: Asking) -> Result<Html<String>, Problem> {
    aside(move || {
        let own = own(asking)?;
        let account = own.asking.app.accounts.staff.account(&own.user)?.ok_or(Problem::NotFound)?;
        details_again(&own, account.details, None)
    })
    .await
}

fn details_again(own: &Own, details: Details, error: Option<(&str, &str)>) -> Result<Html<String>, Problem> {
    let error = error.map(|(field, says)| (field.to_owned(), says.to_owned()));
    let Details { surnames, born, addresses, phones, .. } = &details;
    let known = (surnames.join(", "), *born, addresses.len(), phones.len());
    let page = DetailsPage {
        frame: own.asking.frame(Nav::None),
        declares: false,
        known: (details != Details::default()).then_some(known),
        declared: Vec::new(),
        error,
    };
    Ok(Html(account::render_details(&page)?))
}

/// Takes one's own details.
pub async fn details(asking: Asking, Form(sent): Form<Sent<Described>>) -> Result<Response, Problem> {
    aside(move || {
        let own = own(asking)?;
        let form = sent.form(&own.asking)?;
        match form.details() {
            Ok(details) => {
                let accounts = &own.asking.app.accounts;
                accounts.tell(Told::Changed, &own.user, &own.user)?;
                accounts.staff.change(&own.user, |account| add(&mut account.details, details))?;
                Ok(Redirect::to("/account").into_response())
            }
            Err(wrong) => {
                let page = details_again(&own, Details::default(), Some(wrong))?;
                Ok((StatusCode::BAD_REQUEST, page).into_response())
            }
        }
    })
    .await
}

/// Adds to what is known: a former address or number still tells, and nobody shall slip out of a bar by changing it.
fn add(known: &mut Details, more: Details) {
    let Details { forenames, surnames, born, addresses, phones } = more;
    if !forenames.is_empty() {
        known.forenames = forenames;
    }
    known.born = born.or(known.born);
    fn new<T: PartialEq>(known: &mut Vec<T>, more: Vec<T>) {
        for one in more {
            if !known.contains(&one) {
                known.push(one);
            }
        }
    }
    new(&mut known.surnames, surnames);
    new(&mut known.addresses, addresses);
    new(&mut known.phones, phones);
}

/// The page for declaring a conflict.
pub async fn conflicts_page(asking: Asking) -> Result<Html<String>, Problem> {
    aside(move || conflicts_again(&own(asking)?, None)).await
}

fn conflicts_again(own: &Own, error: Option<(&str, &str)>) -> Result<Html<String>, Problem> {
    let declared = own.asking.app.accounts.staff.declared(&own.user)?.into_iter();
    let declared = declared.map(|one| DeclaredLine {
        relationship: one.relationship,
        name: format!("{} {}", one.about.forenames, one.about.surnames.join(", ")).trim().to_owned(),
        at: one.at,
        ended: one.ended,
    });
    let error = error.map(|(field, says)| (field.to_owned(), says.to_owned()));
    let page = DetailsPage {
        frame: own.asking.frame(Nav::None),
        declares: true,
        known: None,
        declared: declared.collect(),
        error,
    };
    Ok(Html(account::render_details(&page)?))
}

/// Takes a declaration. The answer is the same whether or not the person is in the area.
pub async fn declare(asking: Asking, Form(sent): Form<Sent<Described>>) -> Result<Response, Problem> {
    aside(move || {
        let own = own(asking)?;
        let form = sent.form(&own.asking)?;
        let told = match form.relationship.trim() {
            "" => Err(("relationship", "Say what this person is to you")),
            relationship => form.details().map(|about| (relationship.to_owned(), about)),
        };
        match told {
            Ok((relationship, about)) => {
                let accounts = &own.asking.app.accounts;
                accounts.tell(Told::Barred, &own.user, &own.user)?;
                accounts.staff.declare(&own.user, &relationship, &about, Clock::now().received)?;
                Ok(Redirect::to("/account/conflicts").into_response())
            }
            Err(wrong) => Ok((StatusCode::BAD_REQUEST, conflicts_again(&own, Some(wrong))?).into_response()),
        }
    })
    .await
}
