//! Became: what stood at an old address stands in several places now; which of them is wanted?

use minijinja::context;
use serde::{Deserialize, Serialize};

use super::frame::Frame;
use super::stage::{self, PageError};

/// What the page is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BecamePage {
    /// What stands around it.
    pub frame: Frame,
    /// Whether it was a family's address, else a person's.
    pub family: bool,
    /// Where to go.
    pub choices: Vec<Choice>,
}

/// One of the places.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Choice {
    /// Its address.
    pub to: String,
    /// Whose it is, in words.
    pub label: String,
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &BecamePage) -> Result<String, PageError> {
    stage::page("became.html", model, context! { view_words => "" })
}
