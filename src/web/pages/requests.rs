//! Requests: what waits for us, what do they ask and may it go, and what did they let us have?

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::KnownRecord;

use super::fact::{event_fields, mention_fields, relations, residences};
use super::frame::Frame;
use super::stage::{self, PageError};
use crate::features::requests::answer::Deciding;
use crate::features::requests::{RequestView, RequestsView};
use crate::features::share::plain::{Choice, Choices, Tick};

/// What the list is made from.
#[derive(Clone, Debug, Serialize)]
pub struct RequestsPage {
    /// What stands around it.
    pub frame: Frame,
    /// The requests.
    pub view: RequestsView,
    /// What was done just now.
    pub done: String,
}

/// What the form for asking is made from.
#[derive(Clone, Debug, Serialize)]
pub struct AskPage {
    /// What stands around it.
    pub frame: Frame,
    /// Agencies that can be asked.
    pub agencies: Vec<Choice>,
    /// What can be chosen.
    pub choices: Choices,
    /// A box for each kind of data.
    pub boxes: Vec<Tick>,
    /// What was filled in.
    pub filled: BTreeMap<String, String>,
    /// The person it is about, where the reader can see them.
    pub person: Option<PersonId>,
    /// What was wrong, and with which field.
    pub error: Option<(&'static str, &'static str)>,
}

/// What the page of one request is made from.
#[derive(Clone, Debug, Serialize)]
pub struct RequestPage {
    /// What stands around it.
    pub frame: Frame,
    /// The request.
    pub view: RequestView,
    /// The rules by which it was answered, in plain words; for those who answered.
    pub rules: Vec<(String, String)>,
    /// What somebody who may answer has before them.
    pub deciding: Option<Deciding>,
    /// What was wrong with what the viewer sent, if anything.
    pub error: Option<String>,
}

/// What a copy is made from.
#[derive(Clone, Debug, Serialize)]
pub struct CopyPage {
    /// What stands around it.
    pub frame: Frame,
    /// The request it answers.
    pub view: RequestView,
    /// The records as they go; none before the receipt.
    #[serde(skip)]
    pub copy: Option<Vec<KnownRecord>>,
}

/// Makes the list.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &RequestsPage) -> Result<String, PageError> {
    let message = match model.done.as_str() {
        "asked" => "Your request is sent. You will see the answer here.",
        "answered" => "Your answer is recorded, with its reason.",
        "withdrawn" => "It is taken back. Nobody can open it any more.",
        _ => "",
    };
    stage::page("requests.html", model, context! { view_words => "", message })
}

/// Makes the form for asking.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_ask(model: &AskPage) -> Result<String, PageError> {
    stage::page("ask.html", model, context! { view_words => "" })
}

/// Makes the page of one request.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_one(model: &RequestPage) -> Result<String, PageError> {
    let preview = model.deciding.as_ref().and_then(|deciding| deciding.preview.as_deref()).map(entries);
    stage::page("request.html", model, context! { view_words => "", preview => Value::from(Serde(preview)) })
}

/// Makes a copy.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_copy(model: &CopyPage) -> Result<String, PageError> {
    stage::page("copy.html", model, context! { view_words => "", copy => laid_out(model.copy.as_deref()) })
}

/// Records of a copy as its template takes them; none before it may be shown.
pub fn laid_out(records: Option<&[KnownRecord]>) -> Value {
    Value::from(Serde(records.map(entries)))
}

/// One record of a copy, laid out.
#[derive(Clone, Debug, Serialize)]
struct Entry {
    events: Vec<Vec<(String, String)>>,
    people: Vec<Vec<(String, String)>>,
    relations: Vec<Vec<String>>,
    residences: Vec<Vec<String>>,
}

/// Records laid out, the latest first.
fn entries(records: &[KnownRecord]) -> Vec<Entry> {
    let mut records: Vec<&KnownRecord> = records.iter().collect();
    let latest = |known: &KnownRecord| known.record.events.iter().map(|event| event.at.first_day()).max();
    records.sort_by_key(|known| (std::cmp::Reverse(latest(known)), known.seq));
    records
        .into_iter()
        .map(|known| Entry {
            events: known.record.events.iter().map(event_fields).collect(),
            people: known
                .record
                .people
                .iter()
                .map(mention_fields)
                .filter(|fields| !fields.is_empty())
                .collect(),
            relations: relations(&known.record),
            residences: residences(&known.record),
        })
        .collect()
}
