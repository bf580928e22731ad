//! A request with somebody behind it: who asks, for what, and reading through the door on their behalf.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::{Freshness, Viewpoint};
use throughline_domain::sharing::{AreaKind, Purpose, Sealed, Viewer};
use throughline_domain::when::When;
use throughline_store::Stage;

use super::{App, Problem};
use crate::access::looks::admit;
use crate::access::{Found, Named, Opener, Session, Sight, cookie_name};
use crate::intake::Clock;
use crate::shelf::{self, Derived};
use crate::web::pages::frame::{Frame, Nav, SignedIn};
use crate::web::shown;

/// Somebody who is signed in, before the door.
#[derive(Clone)]
pub struct Asking {
    /// What they can reach.
    pub app: Arc<App>,
    /// The door, for them.
    pub opener: Opener,
    /// What they may see of the picture.
    pub sight: Arc<Sight>,
    /// What every form of theirs sends back, so that no other site can send one.
    token: String,
    /// Their session; none for a demonstration user through the API.
    session: Option<Arc<Session>>,
}

impl Asking {
    /// The same person with another purpose.
    pub fn with(&self, purpose: Purpose) -> Self {
        let looks = Arc::clone(self.opener.collector());
        let opener = Opener::new(&self.app.store, self.opener.viewer().clone(), purpose, looks);
        Self {
            app: Arc::clone(&self.app),
            opener,
            sight: Arc::clone(&self.sight),
            token: self.token.clone(),
            session: self.session.clone(),
        }
    }

    /// Their session; none for a demonstration user through the API.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_deref()
    }

    /// Goes on only if the password or a code was given in the last five minutes; otherwise they are asked for it
    /// first, and what they sent is kept.
    pub fn stepped_up(&self) -> Result<(), Problem> {
        match &self.session {
            Some(session) if !self.app.accounts.stepped_up(&session.life) => Err(Problem::StepUp),
            _ => Ok(()),
        }
    }

    /// What stands around a page for them.
    pub fn frame(&self, nav: Nav) -> Frame {
        let viewer = self.opener.viewer();
        Frame {
            viewer: Some(SignedIn {
                name: viewer.name.clone(),
                agency: viewer.agency.clone(),
                role: viewer.role.clone(),
                administers: viewer.rights.administers,
            }),
            form_token: Some(self.token.clone()),
            ..frame(&self.app, nav)
        }
    }

    /// The shelf this viewer reads where this one is meant: their audience's own, where the picture is concerned.
    fn shelf(&self, shelf: &str) -> String {
        shelf::of_audience(shelf, &self.sight.audience)
    }

    /// One thing from a shelf, opened; a thing that is not there, or not for this viewer, is `not found`.
    pub fn one<T: DeserializeOwned + Named + 'static>(&self, shelf: &str, key: &str) -> Result<T, Problem> {
        self.maybe(shelf, key)?.ok_or(Problem::NotFound)
    }

    /// One thing from a shelf that may be absent.
    pub fn maybe<T: DeserializeOwned + Named + 'static>(
        &self,
        shelf: &str,
        key: &str,
    ) -> Result<Option<T>, Problem> {
        let thing = shelf::get::<T>(&self.app.store, &self.shelf(shelf), key)?;
        let seen = thing.map(|thing| {
            self.opener.open_seen(thing, |thing| {
                let may = self.sight.may_open(thing);
                thing.trim(&self.sight);
                may
            })
        });
        Ok(seen.transpose()?.flatten())
    }

    /// Several things from a shelf.
    pub fn many<T: DeserializeOwned + Named + 'static>(
        &self,
        shelf: &str,
        keys: &[String],
    ) -> Result<Vec<(String, T)>, Problem> {
        self.seen(shelf::get_many(&self.app.store, &self.shelf(shelf), keys)?)
    }

    /// A whole shelf.
    pub fn all<T: DeserializeOwned + Named + 'static>(
        &self,
        shelf: &str,
    ) -> Result<Vec<(String, T)>, Problem> {
        self.seen(shelf::all(&self.app.store, &self.shelf(shelf))?)
    }

    fn seen<T: Named + 'static>(
        &self,
        things: Vec<(String, Sealed<T>)>,
    ) -> Result<Vec<(String, T)>, Problem> {
        let mut seen = Vec::with_capacity(things.len());
        for (key, sealed) in things {
            let thing = self.opener.open_seen(sealed, |thing| {
                let may = self.sight.may(thing);
                thing.trim(&self.sight);
                may
            })?;
            seen.extend(thing.map(|thing| (key, thing)));
        }
        Ok(seen)
    }

    /// Things that carry an index term.
    pub fn found<T: DeserializeOwned + Named + 'static>(
        &self,
        shelf: &str,
        term: &str,
        most: usize,
    ) -> Result<Vec<T>, Problem> {
        let keys = self.keys(shelf, term, most)?;
        Ok(self.many(shelf, &keys)?.into_iter().map(|(_, thing)| thing).collect())
    }

    /// How fresh each agency's data is. Of other agencies only when they last sent a file: the latest event that their
    /// records speak of, and how many rows there are, would tell of records the viewer may not know of.
    pub fn freshness(&self) -> Result<Vec<Freshness>, Problem> {
        let all: Vec<Freshness> = self.maybe(shelf::META, "freshness")?.unwrap_or_default();
        let own = &self.opener.viewer().agency;
        let told = |fresh: Freshness| match fresh.agency == *own {
            true => fresh,
            false => Freshness { latest_event: None, deliveries: 0, put_aside: 0, ..fresh },
        };
        Ok(all.into_iter().map(told).collect())
    }

    /// Whether the reader sees everybody whom a shelf of their audience's picture names by an index term.
    pub fn sees_all(&self, shelf: &str) -> Result<bool, Problem> {
        if self.sight.only.is_some() {
            return Ok(false);
        }
        for person in &self.sight.barred {
            if !self.keys(shelf, &format!("p:{person}"), 1)?.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The day the picture was drawn for.
    pub fn drawn_on(&self) -> Result<Date, Problem> {
        let derived: Derived = self.maybe(shelf::META, "derived")?.unwrap_or_default();
        Ok(derived.on.unwrap_or_else(|| Clock::now().today))
    }

    /// Which of these keys there are on the shelf this viewer reads.
    pub fn there(&self, shelf: &str, keys: &[String]) -> Result<BTreeSet<String>, Problem> {
        let there = self.app.store.get_many(&self.shelf(shelf), keys)?;
        Ok(there.into_iter().map(|(key, _)| key).collect())
    }

    /// Whether any of these people are in the picture of the area and not in the one this viewer sees.
    pub fn hides(&self, people: &[PersonId]) -> Result<bool, Problem> {
        let keys = |seen: &dyn Fn(&&PersonId) -> bool| -> Vec<String> {
            people.iter().filter(seen).map(|person| person.as_str().to_owned()).collect()
        };
        let whole = self.app.store.get_many(shelf::PERSON, &keys(&|_| true))?.len();
        let named = keys(&|person| self.sight.may_name(person));
        Ok(whole > self.app.store.get_many(&self.shelf(shelf::PERSON), &named)?.len())
    }

    /// Keys of things that carry an index term.
    pub fn keys(&self, shelf: &str, term: &str, most: usize) -> Result<Vec<String>, Problem> {
        let mut keys = self.app.store.find(&self.shelf(shelf), term, most)?;
        if shelf == shelf::PERSON {
            keys.retain(|key| self.sight.may_name(&PersonId::from(key.as_str())));
        }
        Ok(keys)
    }
}

/// What stands around a page for somebody who is not signed in.
pub fn frame(app: &App, nav: Nav) -> Frame {
    let area = app.store.area();
    Frame {
        area: area.name,
        invented: area.kind == AreaKind::Invented,
        viewer: None,
        nav,
        now: When::minute(shown::local(Clock::now().received)),
        viewpoint: Viewpoint::default(),
        form_token: None,
    }
}

/// Runs reading and drawing away from the threads that answer.
pub async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Problem::Broken("the work for this page stopped".to_owned()))?
}

impl FromRequestParts<Arc<App>> for Asking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        match by_session(parts, app).await? {
            Some(session) if session.stage == Stage::In => Self::of(parts, app, *session).await,
            Some(session) if session.stage == Stage::SettingUp => Err(Problem::SetUp),
            Some(_) => Err(Problem::SignIn),
            None => {
                let viewer = by_bearer(&parts.headers, app)?.ok_or(Problem::SignIn)?;
                Self::seeing(parts, app, viewer, String::new(), None).await
            }
        }
    }
}

/// Somebody on their way in, or who must first set something up: may see their own account and nothing else.
pub struct Entering(pub Asking);

impl FromRequestParts<Arc<App>> for Entering {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let session = by_session(parts, app).await?.ok_or(Problem::SignIn)?;
        Ok(Self(Asking::of(parts, app, *session).await?))
    }
}

impl Asking {
    async fn of(parts: &Parts, app: &Arc<App>, session: Session) -> Result<Self, Problem> {
        let (viewer, token) = (session.viewer.clone(), session.token.clone());
        Self::seeing(parts, app, viewer, token, Some(Arc::new(session))).await
    }

    async fn seeing(
        parts: &Parts,
        app: &Arc<App>,
        viewer: Viewer,
        token: String,
        session: Option<Arc<Session>>,
    ) -> Result<Self, Problem> {
        let looks = admit(parts, app, &viewer).await?;
        let opener = Opener::new(&app.store, viewer.clone(), Purpose::Safeguarding, Arc::clone(&looks));
        let of = Arc::clone(app);
        let sight = Arc::new(aside(move || of.sight(&viewer)).await?);
        looks.sees(Arc::clone(&sight));
        Ok(Self { app: Arc::clone(app), opener, sight, token, session })
    }
}

/// The session of the cookie, if it holds.
async fn by_session(parts: &Parts, app: &Arc<App>) -> Result<Option<Box<Session>>, Problem> {
    let Some(cookie) = cookie(&parts.headers, app.secure) else { return Ok(None) };
    let app = Arc::clone(app);
    let found = aside(move || Ok(app.accounts.find(&cookie)?)).await?;
    Ok(match found {
        Found::Holds(session) => Some(session),
        Found::Over(_) | Found::Unknown => None,
    })
}

/// For the API of an invented area, the demonstration user of a bearer token.
fn by_bearer(headers: &HeaderMap, app: &App) -> Result<Option<Viewer>, Problem> {
    let said = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(user) = said.and_then(|said| said.strip_prefix("Bearer ")) else { return Ok(None) };
    Ok(app.accounts.demonstration(user)?)
}

/// What a browser holds of its session.
pub fn cookie(headers: &HeaderMap, secure: bool) -> Option<String> {
    cookie_named(headers, cookie_name(secure))
}

/// A cookie by its name.
pub fn cookie_named(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|all| all.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
}

/// A form that was sent from one of our own pages.
#[derive(Deserialize)]
pub struct Sent<T> {
    /// What the page was given to send back.
    #[serde(default)]
    form_token: String,
    /// What was filled in.
    #[serde(flatten)]
    form: T,
}

impl<T> Sent<T> {
    /// The form, if it came from a page of this very session.
    pub fn form(self, asking: &Asking) -> Result<T, Problem> {
        match !asking.token.is_empty() && self.form_token == asking.token {
            true => Ok(self.form),
            false => Err(Problem::Asked(
                "This form is out of date. Go back, load the page again and repeat.".to_owned(),
            )),
        }
    }
}

/// A form that holds nothing but the token.
#[derive(Deserialize)]
pub struct Nothing {}
