//! Who looked: what must be reviewed, who looked at a person, what a worker looked at, who is new to one's families.

use std::collections::BTreeMap;

use minijinja::context;
use serde::{Deserialize, Serialize};
use throughline_domain::ids::{FamilyId, PersonId};

use super::frame::Frame;
use super::stage::{self, PageError};
use crate::features::looked::LookedView;
use crate::features::looked::lists::ListView;
use crate::features::looked::mine::MineView;
use crate::web::shown::PersonLabel;

/// A line on Today about who looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// In one sentence.
    pub text: String,
    /// Where to go.
    pub href: String,
    /// Whether it cannot wait.
    pub urgent: bool,
}

/// What must be reviewed.
#[derive(Clone, Debug, Serialize)]
pub struct LookedPage {
    /// What stands around it.
    pub frame: Frame,
    /// What must be reviewed.
    pub view: LookedView,
    /// Who people are.
    pub labels: BTreeMap<PersonId, PersonLabel>,
    /// What was just done.
    pub message: Option<String>,
    /// What was wrong with what the viewer sent.
    pub error: Option<String>,
}

/// Who looked at a person, or what a worker looked at.
#[derive(Clone, Debug, Serialize)]
pub struct ListPage {
    /// What stands around it.
    pub frame: Frame,
    /// The list.
    pub view: ListView,
    /// Who people are.
    pub labels: BTreeMap<PersonId, PersonLabel>,
}

/// Who is new to one's families.
#[derive(Clone, Debug, Serialize)]
pub struct MinePage {
    /// What stands around it.
    pub frame: Frame,
    /// The families.
    pub view: MineView,
    /// What they are called.
    pub families: BTreeMap<FamilyId, String>,
}

/// Makes the page of what must be reviewed.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &LookedPage) -> Result<String, PageError> {
    stage::page("looked.html", model, context! { view_words => "" })
}

/// Makes the page of a person or a worker.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_list(model: &ListPage) -> Result<String, PageError> {
    stage::page("looked_list.html", model, context! { view_words => "" })
}

/// Makes the page of one's families.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_mine(model: &MinePage) -> Result<String, PageError> {
    stage::page("looked_mine.html", model, context! { view_words => "" })
}
