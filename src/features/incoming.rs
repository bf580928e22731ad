//! Incoming: did everything arrive, and what was put aside?

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::ids::{AgencyId, FeedId};
use throughline_domain::picture::Freshness;
use throughline_domain::sharing::Purpose;

use super::asking::{Nothing, Sent, aside};
use super::{App, Asking, Problem};
use crate::claim::Claim;
use crate::intake::{self, Clock};
use crate::shelf::{self, Arrived, Aside};
use crate::web::pages::frame::Nav;
use crate::web::pages::incoming::{self, AsidePage, Feed, IncomingPage, QuarantinePage};

/// What arrived.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IncomingView {
    /// Per agency.
    pub freshness: Vec<Freshness>,
    /// Per kind of file.
    pub feeds: Vec<Feed>,
    /// Files of the reader's own agency, newest first.
    pub deliveries: Vec<Arrived>,
}

/// Rows put aside.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AsidesView {
    /// Those nobody has settled, in the order of their files.
    pub open: Vec<Aside>,
    /// Settled ones, newest first.
    pub settled: Vec<Aside>,
}

/// Reads what arrived.
pub fn view(asking: &Asking) -> Result<IncomingView, Problem> {
    let asking = asking.with(Purpose::DataQuality);
    let freshness: Vec<Freshness> = asking.freshness()?;
    let mut deliveries: Vec<Arrived> = asking.all(shelf::DELIVERY)?.into_iter().map(|(_, d)| d).collect();
    deliveries.reverse();
    let mut aside: BTreeMap<FeedId, u64> = BTreeMap::new();
    for open in asides(&asking)?.open {
        *aside.entry(open.aside.feed).or_default() += 1;
    }
    let own = &asking.opener.viewer().agency;
    let feeds = feeds(&asking.app, own, &deliveries, &freshness, &aside);
    deliveries.retain(|arrived| arrived.agency == *own);
    Ok(IncomingView { freshness, feeds, deliveries })
}

fn feeds(
    app: &App,
    own: &AgencyId,
    deliveries: &[Arrived],
    freshness: &[Freshness],
    aside: &BTreeMap<FeedId, u64>,
) -> Vec<Feed> {
    let now = Clock::now().received;
    let lines = app.book.feeds().iter().map(|feed| {
        let arrived: Vec<&Arrived> = deliveries.iter().filter(|a| a.delivery.feed == feed.id).collect();
        let last = arrived.iter().map(|a| a.received).max();
        let days = u32::from(feed.expected_every_days);
        let late = last.is_some_and(|last| now.duration_since(last).as_hours() > i64::from(days) * 24);
        let empty = feed.agency == *own
            && arrived.first().is_some_and(|a| a.delivery.accepted + a.delivery.duplicate == 0);
        let concern = match (last, late, empty) {
            (None, _, _) => "No file of this kind has ever arrived.".to_owned(),
            (_, true, _) => format!("Expected {}, and nothing has come since.", every(days)),
            (_, _, true) => "The last file held no row that could be read.".to_owned(),
            _ => String::new(),
        };
        Feed {
            feed: feed.id.clone(),
            agency: feed.agency.clone(),
            last,
            latest_event: freshness.iter().find(|f| f.agency == feed.agency).and_then(|f| f.latest_event),
            expected: Some(every(days)),
            rows: (feed.agency == *own).then(|| arrived.iter().map(|a| a.delivery.rows).sum()),
            put_aside: (feed.agency == *own).then(|| aside.get(&feed.id).copied().unwrap_or(0)),
            concern,
        }
    });
    lines.collect()
}

fn every(days: u32) -> String {
    match days {
        1 => "every day".to_owned(),
        7 => "every week".to_owned(),
        days => format!("every {days} days"),
    }
}

/// Reads the rows of the viewer's own agency that were put aside.
pub fn asides(asking: &Asking) -> Result<AsidesView, Problem> {
    let asking = asking.with(Purpose::DataQuality);
    let kept = asking.app.kept()?;
    let all = asking.all::<Aside>(shelf::ASIDE)?.into_iter().filter(|(_, row)| own(&asking, row));
    let all = all.map(|(_, aside)| intake::fit_to_show(aside, &asking.app.book, &kept).0);
    let (open, mut settled): (Vec<Aside>, Vec<Aside>) = all.partition(|aside| aside.settled.is_none());
    settled.reverse();
    Ok(AsidesView { open, settled })
}

fn one_aside(asking: &Asking, seq: u64) -> Result<Aside, Problem> {
    let row: Aside = asking.with(Purpose::DataQuality).one(shelf::ASIDE, &shelf::seq_key(seq))?;
    own(asking, &row).then_some(row).ok_or(Problem::NotFound)
}

/// Nobody has read a row that was put aside, so no policy can tell what is in it: only those of its own agency may who mend
/// rows, and who answers for certain schools only where the row has the number of one.
fn own(asking: &Asking, row: &Aside) -> bool {
    let viewer = asking.opener.viewer();
    let mut cells = row.aside.raw.split(|c: char| !c.is_alphanumeric());
    let theirs =
        viewer.units.is_empty() || cells.any(|cell| viewer.units.iter().any(|unit| unit.as_str() == cell));
    row.agency == viewer.agency && viewer.rights.mends_data && theirs
}

/// The page.
pub async fn page(asking: Asking) -> Result<Html<String>, Problem> {
    aside(move || {
        let view = view(&asking)?;
        let frame = asking.frame(Nav::Incoming);
        let page = IncomingPage { frame, feeds: view.feeds, deliveries: view.deliveries };
        Ok(Html(incoming::render(&page)?))
    })
    .await
}

/// Which rows to show.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Part {
    feed: String,
    page: String,
}

/// The page of rows put aside.
pub async fn asides_page(asking: Asking, Query(part): Query<Part>) -> Result<Html<String>, Problem> {
    aside(move || rows_page(&asking, &part, None)).await
}

fn rows_page(asking: &Asking, part: &Part, message: Option<String>) -> Result<Html<String>, Problem> {
    let AsidesView { mut open, settled } = asides(asking)?;
    open.extend(settled);
    let feed = (!part.feed.is_empty()).then(|| FeedId::from(part.feed.clone()));
    let (frame, page) = (asking.frame(Nav::Incoming), part.page.parse().unwrap_or(1));
    Ok(Html(incoming::render_quarantine(&QuarantinePage { frame, rows: open, feed, page, message })?))
}

/// The page of one row put aside.
pub async fn aside_page(asking: Asking, Path(seq): Path<u64>) -> Result<Html<String>, Problem> {
    aside(move || row_page(&asking, one_aside(&asking, seq)?, None, None)).await
}

fn row_page(
    asking: &Asking,
    row: Aside,
    typed: Option<String>,
    error: Option<String>,
) -> Result<Html<String>, Problem> {
    let (row, may_correct) = intake::fit_to_show(row, &asking.app.book, &*asking.app.kept()?);
    let page = AsidePage { frame: asking.frame(Nav::Incoming), row, typed, error, may_correct };
    Ok(Html(incoming::render_aside(&page)?))
}

/// What a person does about one row.
#[derive(Deserialize)]
pub struct Correction {
    #[serde(default)]
    text: String,
    #[serde(default)]
    why: String,
    #[serde(default)]
    how: String,
}

/// Takes a correction, reads the row again or sets it aside for good; a text that still cannot be read comes
/// back with what is wrong.
pub async fn settle(
    asking: Asking,
    State(app): State<Arc<App>>,
    Path(seq): Path<u64>,
    Form(sent): Form<Sent<Correction>>,
) -> Result<Response, Problem> {
    aside(move || {
        let form = sent.form(&asking)?;
        let row = one_aside(&asking, seq)?;
        if row.settled.is_some() {
            return Err(Problem::Asked("This row has been settled already.".to_owned()));
        }
        let by = [asking.opener.viewer().user.as_str(), form.why.trim()].join(": ");
        let by = by.trim_end_matches([':', ' ']);
        let (_claim, clock) = (claim(&app)?, Clock::now());
        let done = match form.how.as_str() {
            "set_aside_for_good" if form.why.trim().is_empty() => {
                Err("Say why this row can be set aside for good.".to_owned())
            }
            "set_aside_for_good" => {
                intake::set_aside(&app.store, &clock, &row, by)?;
                Ok(())
            }
            "read_again" => intake::read_again(&app.store, &app.book, &clock, &row, by)?,
            _ if !intake::fit_to_show(row.clone(), &app.book, &*app.kept()?).1 => {
                Err("This row holds an address that must be kept. Ask the agency to send it again."
                    .to_owned())
            }
            _ => intake::correct(&app.store, &app.book, &clock, &row, &form.text, by)?,
        };
        match done {
            Ok(()) => {
                app.changed.notify_one();
                Ok(Redirect::to("/quarantine").into_response())
            }
            Err(problem) => Ok(row_page(&asking, row, Some(form.text), Some(problem))?.into_response()),
        }
    })
    .await
}

/// Facts are numbered as they are decided, so only one program at a time decides.
pub fn claim(app: &App) -> Result<Claim, Problem> {
    let claim = Claim::now(&app.folder).map_err(|e| Problem::Broken(e.to_string()))?;
    claim
        .ok_or_else(|| Problem::Asked("Files are being taken in just now. Try again in a minute.".to_owned()))
}

/// Reads every open row again.
pub async fn retry(
    asking: Asking,
    State(app): State<Arc<App>>,
    Form(sent): Form<Sent<Nothing>>,
) -> Result<Html<String>, Problem> {
    aside(move || {
        sent.form(&asking)?;
        let settled = {
            let _claim = claim(&app)?;
            intake::retry(&app.store, &app.book, &Clock::now())?
        };
        app.changed.notify_one();
        let still = settled.still_aside;
        let message = format!(
            "{} rows were read again: {} could be read, {still} stay aside.",
            settled.tried, settled.read
        );
        rows_page(&asking, &Part::default(), Some(message))
    })
    .await
}
