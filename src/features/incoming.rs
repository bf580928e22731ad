//! Incoming: did everything arrive, and what was put aside?

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::fact::Delivery;
use throughline_domain::picture::Freshness;
use throughline_domain::sharing::Purpose;

use super::asking::aside;
use super::{App, Asking, Problem};
use crate::claim::Claim;
use crate::intake::{self, Clock, Settled};
use crate::shelf::{self, Aside};
use crate::web;

/// What arrived.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IncomingView {
    /// Per agency.
    pub freshness: Vec<Freshness>,
    /// Per kind of file.
    pub feeds: Vec<FeedLine>,
    /// Files, newest first.
    pub deliveries: Vec<Arrived>,
    /// Rows put aside that nobody has settled.
    pub open_asides: usize,
    /// What came of trying again, right after it was tried.
    pub settled: Option<Settled>,
}

/// One kind of file.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FeedLine {
    /// Its id.
    pub feed: String,
    /// What people call it.
    pub title: String,
    /// Whose it is.
    pub agency: String,
    /// How often it is expected, in days.
    pub expected_every_days: u16,
    /// Last time one arrived.
    pub last: Option<Timestamp>,
    /// Rows that counted in all.
    pub accepted: u64,
    /// Rows put aside in all.
    pub quarantined: u64,
    /// Whether it is later than expected, or never came.
    pub late: bool,
}

/// A file that arrived.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Arrived {
    /// When.
    pub received: Timestamp,
    /// What.
    pub delivery: Delivery,
}

/// Rows put aside.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AsidesView {
    /// Open ones, oldest first.
    pub open: Vec<Aside>,
    /// Settled ones, newest first.
    pub settled: Vec<Aside>,
}

/// One row put aside.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AsideView {
    /// The row.
    pub aside: Aside,
    /// What the reader wrote, when it could not be read either.
    pub tried: Option<String>,
    /// What is still wrong with it.
    pub problem: Option<String>,
}

/// Reads what arrived.
pub fn view(asking: &Asking) -> Result<IncomingView, Problem> {
    let asking = asking.with(Purpose::DataQuality);
    let freshness: Vec<Freshness> = asking.maybe(shelf::META, "freshness")?.unwrap_or_default();
    let mut deliveries = Vec::new();
    for (key, delivery) in asking.all::<Delivery>(shelf::DELIVERY)? {
        let seq = key.parse().unwrap_or(0);
        let fact = asking.app.store.facts_by_seq(&[seq])?.into_iter().next();
        let received = fact.map(|f| asking.opener.open(f)).transpose()?.map(|f| f.received);
        deliveries.push(Arrived { received: received.unwrap_or(Timestamp::UNIX_EPOCH), delivery });
    }
    deliveries.reverse();
    let feeds = feed_lines(&asking.app, &deliveries);
    let open_asides = asking.app.store.find(shelf::ASIDE, "open", 10_000)?.len();
    Ok(IncomingView { freshness, feeds, deliveries, open_asides, settled: None })
}

fn feed_lines(app: &App, deliveries: &[Arrived]) -> Vec<FeedLine> {
    let mut by_feed: BTreeMap<&str, Vec<&Arrived>> = BTreeMap::new();
    for arrived in deliveries {
        by_feed.entry(arrived.delivery.feed.as_str()).or_default().push(arrived);
    }
    let now = Clock::now().received;
    let lines = app.book.feeds().iter().map(|feed| {
        let arrived = by_feed.remove(feed.id.as_str()).unwrap_or_default();
        let last = arrived.iter().map(|a| a.received).max();
        let hours = i64::from(feed.expected_every_days) * 24;
        let late = last.is_none_or(|last| now.duration_since(last).as_hours() > hours);
        FeedLine {
            feed: feed.id.to_string(),
            title: feed.title.clone(),
            agency: feed.agency.to_string(),
            expected_every_days: feed.expected_every_days,
            last,
            accepted: arrived.iter().map(|a| a.delivery.accepted).sum(),
            quarantined: arrived.iter().map(|a| a.delivery.quarantined).sum(),
            late,
        }
    });
    lines.collect()
}

/// Reads the rows put aside.
pub fn asides(asking: &Asking) -> Result<AsidesView, Problem> {
    let asking = asking.with(Purpose::DataQuality);
    let all = asking.all::<Aside>(shelf::ASIDE)?.into_iter().map(|(_, aside)| aside);
    let (open, mut settled): (Vec<Aside>, Vec<Aside>) = all.partition(|aside| aside.settled.is_empty());
    settled.reverse();
    Ok(AsidesView { open, settled })
}

fn one_aside(asking: &Asking, seq: u64) -> Result<Aside, Problem> {
    asking.with(Purpose::DataQuality).one(shelf::ASIDE, &shelf::seq_key(seq))
}

/// The page.
pub async fn page(asking: Asking, State(_): State<Arc<App>>) -> Result<Html<String>, Problem> {
    aside(move || Ok(Html(web::pages::incoming::render(&asking.frame(), &view(&asking)?)?))).await
}

/// The page of rows put aside.
pub async fn asides_page(asking: Asking, State(_): State<Arc<App>>) -> Result<Html<String>, Problem> {
    aside(move || Ok(Html(web::pages::asides::render(&asking.frame(), &asides(&asking)?)?))).await
}

/// The page of one row put aside.
pub async fn aside_page(
    asking: Asking,
    State(_): State<Arc<App>>,
    Path(seq): Path<u64>,
) -> Result<Html<String>, Problem> {
    aside(move || {
        let view = AsideView { aside: one_aside(&asking, seq)?, tried: None, problem: None };
        Ok(Html(web::pages::aside::render(&asking.frame(), &view)?))
    })
    .await
}

/// A person's correction.
#[derive(Deserialize)]
pub struct Correction {
    text: String,
}

/// Takes a correction; a text that still cannot be read comes back with what is wrong.
pub async fn correct(
    asking: Asking,
    State(app): State<Arc<App>>,
    Path(seq): Path<u64>,
    Form(form): Form<Correction>,
) -> Result<Response, Problem> {
    aside(move || {
        let aside = one_aside(&asking, seq)?;
        if !aside.settled.is_empty() {
            return Err(Problem::Asked("This row has been settled already.".to_owned()));
        }
        let _claim = claim(&app)?;
        let clock = Clock::now();
        let by = asking.opener.viewer().user.clone();
        match intake::correct(&app.store, &app.book, &clock, &aside, &form.text, &by)? {
            Ok(()) => {
                app.changed.notify_one();
                Ok(Redirect::to("/incoming/aside").into_response())
            }
            Err(problem) => {
                let view = AsideView { aside, tried: Some(form.text), problem: Some(problem) };
                Ok(Html(web::pages::aside::render(&asking.frame(), &view)?).into_response())
            }
        }
    })
    .await
}

/// Facts are numbered as they are decided, so only one program at a time decides.
fn claim(app: &App) -> Result<Claim, Problem> {
    let claim = Claim::now(&app.folder).map_err(|e| Problem::Broken(e.to_string()))?;
    claim.ok_or_else(|| Problem::Asked("Files are being taken in just now. Try again in a minute.".to_owned()))
}

/// Reads every open row again.
pub async fn retry(asking: Asking, State(app): State<Arc<App>>) -> Result<Html<String>, Problem> {
    aside(move || {
        let _claim = claim(&app)?;
        let clock = Clock::now();
        let settled = intake::retry(&app.store, &app.book, &clock)?;
        app.changed.notify_one();
        let view = IncomingView { settled: Some(settled), ..view(&asking)? };
        Ok(Html(web::pages::incoming::render(&asking.frame(), &view)?))
    })
    .await
}
