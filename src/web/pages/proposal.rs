//! A decision that waits for a second person: confirm or refuse?

use minijinja::context;
use serde::Serialize;

use super::frame::Frame;
use super::stage::{self, PageError};
use crate::features::links::proposal::ProposalView;

/// What the page is made from.
#[derive(Clone, Debug, Serialize)]
pub struct ProposalPage {
    /// What stands around it.
    pub frame: Frame,
    /// The proposal.
    pub view: ProposalView,
    /// What was wrong with what the viewer sent, if anything.
    pub error: Option<String>,
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &ProposalPage) -> Result<String, PageError> {
    stage::page("proposal.html", model, context! { view_words => "" })
}
