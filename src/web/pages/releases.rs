//! Releases: what is to leave the partnership, and has a second person confirmed it?

use std::collections::BTreeMap;

use minijinja::context;
use serde::Serialize;
use throughline_domain::ids::PersonId;

use super::frame::Frame;
use super::stage::{self, PageError};
use crate::features::releases::{Filled, ReleaseView};
use crate::features::share::plain::Choice;
use crate::web::shown::PersonLabel;

/// What the list is made from.
#[derive(Clone, Debug, Serialize)]
pub struct ReleasesPage {
    /// What stands around it.
    pub frame: Frame,
    /// The releases, newest first.
    pub releases: Vec<ReleaseView>,
    /// What can be released.
    pub kinds: Vec<Choice>,
    /// What was filled in.
    pub filled: Filled,
    /// What was done just now.
    pub done: String,
    /// What was wrong, and with which field.
    pub error: Option<(&'static str, &'static str)>,
}

/// What the page of one release is made from.
#[derive(Clone, Debug, Serialize)]
pub struct ReleasePage {
    /// What stands around it.
    pub frame: Frame,
    /// The release.
    pub view: ReleaseView,
    /// Who the people are.
    pub labels: BTreeMap<PersonId, PersonLabel>,
    /// What was wrong with what the viewer sent, if anything.
    pub error: Option<String>,
}

/// Makes the list.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &ReleasesPage) -> Result<String, PageError> {
    let message = match model.done.as_str() {
        "proposed" => "Your proposal is recorded. Nothing is released until a second person confirms it.",
        "confirmed" => "The release is confirmed.",
        "refused" => "The release is refused. Nothing leaves.",
        _ => "",
    };
    stage::page("releases.html", model, context! { view_words => "", message })
}

/// Makes the page of one release.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_one(model: &ReleasePage) -> Result<String, PageError> {
    stage::page("release.html", model, context! { view_words => "" })
}
