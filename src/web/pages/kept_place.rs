//! A place that is kept private: who may be told where it is, one place at a time, and how contact is safe.

use minijinja::context;
use serde::Serialize;
use throughline_domain::ids::PersonId;

use super::frame::Frame;
use super::stage::{self, PageError};
use crate::features::kept_place::{Answer, Filled, KeptStay};
use crate::features::share::plain::Choice;
use crate::web::shown::PersonLabel;

/// What the page is made from.
#[derive(Clone, Debug, Serialize)]
pub struct KeptPlacePage {
    /// What stands around it.
    pub frame: Frame,
    /// Whose.
    pub person: PersonId,
    /// As the page calls them.
    pub label: PersonLabel,
    /// The places to choose from.
    pub stays: Vec<KeptStay>,
    /// What it may be for.
    pub purposes: Vec<Choice>,
    /// How urgent it may be.
    pub risks: Vec<Choice>,
    /// What was sent.
    pub filled: Filled,
    /// The answer, once there is one.
    pub answer: Option<Answer>,
    /// What was wrong with what was sent, and in which field.
    pub error: Option<(&'static str, &'static str)>,
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &KeptPlacePage) -> Result<String, PageError> {
    stage::page("kept_place.html", model, context! { view_words => "" })
}
