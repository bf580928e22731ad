//! Can I share this? May I give this to them, for this, now? To be answered in 30 seconds.

use std::collections::BTreeMap;

use jiff::civil::Date;
use minijinja::context;
use serde::Serialize;

use super::frame::Frame;
use super::stage::{self, PageError};
use crate::features::share::Shown;
use crate::features::share::plain::{Choices, Tick};

/// What the page is made from.
#[derive(Clone, Debug, Serialize)]
pub struct SharePage {
    /// What stands around it.
    pub frame: Frame,
    /// What can be chosen.
    pub choices: Choices,
    /// What was chosen.
    pub filled: BTreeMap<String, String>,
    /// A box for each kind of data.
    pub boxes: Vec<Tick>,
    /// The answer.
    pub answer: Option<Shown>,
    /// What was wrong, and with which field.
    pub error: Option<(&'static str, &'static str)>,
    /// The day the rules are read for.
    pub on: Date,
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &SharePage) -> Result<String, PageError> {
    stage::page("share.html", model, context! { view_words => "" })
}
