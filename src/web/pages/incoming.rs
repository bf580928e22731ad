//! Incoming: did everything arrive, and what was put aside? To be answered in 20 seconds. Also the rows kept
//! aside, each beside its raw text and its reason, to be mended and read again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use minijinja::context;
use minijinja::value::{Serde, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::ids::{AgencyId, FeedId};
use throughline_domain::when::When;

use super::frame::Frame;
use super::pager::{pager, part};
use super::stage::{self, PageError};
use crate::shelf::{Arrived, Aside};
use crate::web::shown;

/// What the page is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IncomingPage {
    /// What stands around it.
    pub frame: Frame,
    /// Every feed that is expected.
    pub feeds: Vec<Feed>,
    /// Files that arrived, newest first.
    pub deliveries: Vec<Arrived>,
}

/// One kind of file that an agency sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Feed {
    /// Its name: `police.involvements`.
    pub feed: FeedId,
    /// Who sends it.
    pub agency: AgencyId,
    /// When a file last arrived.
    pub last: Option<Timestamp>,
    /// The latest day its records speak of.
    pub latest_event: Option<When>,
    /// How often it is expected, in words ("every day"), where the area says so.
    pub expected: Option<String>,
    /// Rows received in all; told to the agency that sent them.
    pub rows: Option<u64>,
    /// Rows still kept aside; told to the agency that sent them.
    pub put_aside: Option<u64>,
    /// Why somebody should ask the agency, in one sentence; empty when nothing is wrong.
    pub concern: String,
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &IncomingPage) -> Result<String, PageError> {
    let aside: u64 = model.feeds.iter().filter_map(|feed| feed.put_aside).sum();
    let silent = model.feeds.iter().filter(|feed| feed.last.is_none()).count();
    let concerns = model.feeds.iter().filter(|feed| !feed.concern.is_empty()).count();
    let summary = match (concerns + silent, aside) {
        (0, 0) => "Everything expected has arrived, and every row could be read.".to_owned(),
        (0, rows) => format!("Everything expected has arrived. {} kept aside.", plural(rows)),
        (some, rows) => format!(
            "{} need somebody to ask. {} kept aside.",
            shown::count(some, "feed", "feeds"),
            plural(rows)
        ),
    };
    stage::page("incoming.html", model, context! { summary, aside, view_words => "" })
}

fn plural(rows: u64) -> String {
    if rows == 1 { "1 row is".to_owned() } else { format!("{rows} rows are") }
}

/// Rows kept aside.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct QuarantinePage {
    /// What stands around it.
    pub frame: Frame,
    /// The rows, in the order to show.
    pub rows: Vec<Aside>,
    /// Only of this feed.
    pub feed: Option<FeedId>,
    /// Which page of the list, from 1.
    pub page: usize,
    /// What reading again brought, right after it.
    pub message: Option<String>,
}

/// Lines on one page.
const SIZE: usize = 40;

/// Makes the list of rows kept aside.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_quarantine(model: &QuarantinePage) -> Result<String, PageError> {
    let mut feeds: BTreeMap<FeedId, usize> = BTreeMap::new();
    for row in &model.rows {
        *feeds.entry(row.aside.feed.clone()).or_default() += 1;
    }
    let lets = |row: &&Aside| model.feed.as_ref().is_none_or(|feed| &row.aside.feed == feed);
    let found: Vec<&Aside> = model.rows.iter().filter(lets).collect();
    let (shown_now, page) = part(&found, model.page, SIZE);
    let chosen =
        model.feed.as_ref().map_or(String::new(), |feed| format!("feed={}&", stage::path(feed.as_str())));
    let mut reasons: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for row in &found {
        *reasons.entry((row.aside.file.as_str(), row.aside.field.as_str())).or_default() += 1;
    }
    let mut causes: Vec<_> = reasons.into_iter().collect();
    causes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let causes: Vec<Value> =
        causes.into_iter().map(|((file, field), count)| context! { file, field, count }).collect();
    let choices = std::iter::once(context! { value => "", text => "Every file" }).chain(
        feeds
            .iter()
            .map(|(feed, count)| context! { value => feed.as_str(), text => format!("{feed} ({count})") }),
    );
    let worked_out = context! {
        shown_now => Value::from(Serde(shown_now)),
        total => found.len(),
        causes,
        choices => choices.collect::<Vec<_>>(),
        pages => Value::from(Serde(pager(found.len(), page, SIZE, |page| format!("/quarantine?{chosen}page={page}")))),
        view_words => "",
    };
    let lean = QuarantinePage {
        frame: model.frame.clone(),
        rows: Vec::new(),
        feed: model.feed.clone(),
        page,
        message: model.message.clone(),
    };
    stage::page("quarantine.html", &lean, worked_out)
}

/// One row kept aside, to be mended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AsidePage {
    /// What stands around it.
    pub frame: Frame,
    /// The row.
    pub row: Aside,
    /// The text as somebody corrected it, when it is shown again because something is still wrong.
    pub typed: Option<String>,
    /// What is still wrong.
    pub error: Option<String>,
    /// Whether the viewer may correct it.
    pub may_correct: bool,
}

/// Makes the page of one row kept aside.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_aside(model: &AsidePage) -> Result<String, PageError> {
    let lines = model.row.aside.raw.lines().count().clamp(3, 14);
    stage::page("aside.html", model, context! { lines, view_words => "" })
}
