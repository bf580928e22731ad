//! Papers that two people agreed on, as they are printed.

use minijinja::{Value, context};
use serde::Serialize;
use throughline_domain::ids::AgencyId;
use throughline_domain::picture::KnownRecord;

use super::frame::Frame;
use super::requests::laid_out;
use super::stage::{self, PageError};

/// What the papers are made from.
#[derive(Clone, Debug, Serialize)]
pub struct PapersPage {
    /// What stands around them.
    pub frame: Frame,
    /// The release.
    pub seq: u64,
    /// What kind of release, as people say it.
    pub what: String,
    /// What exactly was agreed.
    pub words: String,
    /// Who receives them.
    pub to: String,
    /// Whose records they are.
    pub agency: AgencyId,
    /// Whether they are for a court.
    pub court: bool,
    /// Kinds of data that go, and how much of each.
    pub goes: Vec<(String, String)>,
    /// Whether they are cut because records say that whoever asks causes harm.
    pub causes_harm: bool,
    /// The records; none before they were opened.
    #[serde(skip)]
    pub records: Option<Vec<KnownRecord>>,
}

/// Makes the papers.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &PapersPage) -> Result<String, PageError> {
    let records: Value = laid_out(model.records.as_deref());
    stage::page("papers.html", model, context! { view_words => "", records })
}
