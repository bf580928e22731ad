//! Break-glass: is somebody in danger now? An interruption that says what follows before anything is shown.

use minijinja::context;
use serde::Serialize;
use throughline_domain::ids::PersonId;

use super::frame::Frame;
use super::stage::{self, PageError};
use crate::features::glass::find::Filled;

/// What the page is made from.
#[derive(Clone, Debug, Serialize)]
pub struct GlassPage {
    /// What stands around it.
    pub frame: Frame,
    /// For whom.
    pub person: PersonId,
    /// How long it stays open.
    pub minutes: u32,
    /// What was wrong with what the viewer sent.
    pub error: Option<String>,
}

/// What the page is made from where the person is known by name.
#[derive(Clone, Debug, Serialize)]
pub struct FindPage {
    /// What stands around it.
    pub frame: Frame,
    /// How long it stays open.
    pub minutes: u32,
    /// What was filled in.
    pub filled: Filled,
    /// What was wrong with what the viewer sent: the field and the sentence.
    pub error: Option<(&'static str, String)>,
}

/// Makes the page that asks for a name.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_find(model: &FindPage) -> Result<String, PageError> {
    stage::page("glass_find.html", model, context! { view_words => "" })
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &GlassPage) -> Result<String, PageError> {
    stage::page("glass.html", model, context! { view_words => "" })
}
