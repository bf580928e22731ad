//! Links to decide: which of them first, and why? To be answered in 20 seconds.

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;
use throughline_domain::ids::PersonId;

use super::frame::Frame;
use super::pager::{pager, part};
use super::stage::{self, PageError};
use crate::features::links::{Entry, LinksView};
use crate::web::shown::PersonLabel;

/// What the page is made from.
#[derive(Clone, Debug, Serialize)]
pub struct LinksPage {
    /// What stands around it.
    pub frame: Frame,
    /// The queue.
    pub view: LinksView,
    /// Who the people are.
    pub labels: BTreeMap<PersonId, PersonLabel>,
    /// Which page of it, from 1.
    pub page: usize,
    /// What was done just now.
    pub done: String,
}

/// Entries on one page.
const SIZE: usize = 25;

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &LinksPage) -> Result<String, PageError> {
    let entries = &model.view.entries;
    let (shown_now, page): (&[Entry], usize) = part(entries, model.page, SIZE);
    let message = match model.done.as_str() {
        "decided" => "Your decision is recorded. It binds until somebody decides otherwise.",
        "parted" => "The records are parted. It binds until somebody decides otherwise.",
        "proposed" => "Your proposal is recorded. It has no effect until a second person confirms it.",
        "confirmed" => "The proposal is confirmed. It binds until somebody decides otherwise.",
        "refused" => "The proposal is refused. Nothing has changed.",
        _ => "",
    };
    let worked_out = context! {
        view_words => "",
        message,
        first => (page - 1) * SIZE + 1,
        listed => entries.len(),
        shown_now => Value::from(Serde(shown_now)),
        pages => Value::from(Serde(pager(entries.len(), page, SIZE, |n| format!("/links?page={n}")))),
    };
    stage::page("links.html", model, worked_out)
}
