//! A request with somebody behind it: who asks, for what, and reading through the door on their behalf.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::Viewpoint;
use throughline_domain::sharing::{AreaKind, Purpose, Sealed, Viewer};
use throughline_domain::when::When;
use throughline_store::Stage;

use super::{App, Problem};
use crate::access::{Found, Named, Opener, Session, Sight, cookie_name};
use crate::intake::Clock;
use crate::shelf;
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
        let opener = Opener::new(&self.app.store, self.opener.viewer().clone(), purpose);
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
    pub fn one<T: DeserializeOwned + Named>(&self, shelf: &str, key: &str) -> Result<T, Problem> {
        self.maybe(shelf, key)?.ok_or(Problem::NotFound)
    }

    /// One thing from a shelf that may be absent.
    pub fn maybe<T: DeserializeOwned + Named>(&self, shelf: &str, key: &str) -> Result<Option<T>, Problem> {
        let thing = self.opener.open_some(shelf::get::<T>(&self.app.store, &self.shelf(shelf), key)?)?;
        let seen = thing.filter(|thing| self.sight.may_open(thing));
        Ok(seen.map(|mut thing| {
            thing.trim(&self.sight);
            thing
        }))
    }

    /// Several things from a shelf.
    pub fn many<T: DeserializeOwned + Named>(
        &self,
        shelf: &str,
        keys: &[String],
    ) -> Result<Vec<(String, T)>, Problem> {
        self.seen(shelf::get_many(&self.app.store, &self.shelf(shelf), keys)?)
    }

    /// A whole shelf.
    pub fn all<T: DeserializeOwned + Named>(&self, shelf: &str) -> Result<Vec<(String, T)>, Problem> {
        self.seen(shelf::all(&self.app.store, &self.shelf(shelf))?)
    }

    fn seen<T: Named>(&self, things: Vec<(String, Sealed<T>)>) -> Result<Vec<(String, T)>, Problem> {
        let mut things = self.opener.open_all(things)?;
        things.retain(|(_, thing)| self.sight.may(thing));
        things.iter_mut().for_each(|(_, thing)| thing.trim(&self.sight));
        Ok(things)
    }

    /// Things that carry an index term.
    pub fn found<T: DeserializeOwned + Named>(
        &self,
        shelf: &str,
        term: &str,
        most: usize,
    ) -> Result<Vec<T>, Problem> {
        let keys = self.keys(shelf, term, most)?;
        Ok(self.many(shelf, &keys)?.into_iter().map(|(_, thing)| thing).collect())
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
            Some(session) if session.stage == Stage::In => Self::of(app, *session).await,
            Some(session) if session.stage == Stage::SettingUp => Err(Problem::SetUp),
            Some(_) => Err(Problem::SignIn),
            None => {
                let viewer = by_bearer(&parts.headers, app)?.ok_or(Problem::SignIn)?;
                Self::seeing(app, viewer, String::new(), None).await
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
        Ok(Self(Asking::of(app, *session).await?))
    }
}

impl Asking {
    async fn of(app: &Arc<App>, session: Session) -> Result<Self, Problem> {
        let (viewer, token) = (session.viewer.clone(), session.token.clone());
        Self::seeing(app, viewer, token, Some(Arc::new(session))).await
    }

    async fn seeing(
        app: &Arc<App>,
        viewer: Viewer,
        token: String,
        session: Option<Arc<Session>>,
    ) -> Result<Self, Problem> {
        let opener = Opener::new(&app.store, viewer.clone(), Purpose::Safeguarding);
        let of = Arc::clone(app);
        let sight = aside(move || of.sight(&viewer)).await?;
        Ok(Self { app: Arc::clone(app), opener, sight: Arc::new(sight), token, session })
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
