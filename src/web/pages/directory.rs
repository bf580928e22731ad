//! Directory: which service could help this person, would it take them, and how does one reach it?

use minijinja::context;
use serde::{Deserialize, Serialize};

use super::frame::Frame;
use super::stage::{self, PageError};

/// What the page is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DirectoryPage {
    /// What stands around it.
    pub frame: Frame,
    /// The services, from the area's data file.
    pub services: Vec<Service>,
    /// Only services for this need (code).
    pub need: Option<String>,
}

/// One service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Short id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it does, in a sentence or two.
    pub does: String,
    /// Whom it takes.
    pub eligibility: String,
    /// Needs it answers, as codes: `refuge`, `counselling`, `perpetrator_programme`.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Languages spoken, interpreters, access.
    #[serde(default)]
    pub languages: String,
    /// Whether there is room now; empty when nobody has said.
    #[serde(default)]
    pub capacity: String,
    /// How long people wait; empty when nobody has said.
    #[serde(default)]
    pub waiting: String,
    /// When it is open.
    #[serde(default)]
    pub hours: String,
    /// Telephone.
    #[serde(default)]
    pub telephone: String,
    /// Secure electronic mail.
    #[serde(default)]
    pub email: String,
    /// The day somebody last checked all this, as text.
    #[serde(default)]
    pub checked: String,
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &DirectoryPage) -> Result<String, PageError> {
    let mut needs: Vec<&String> = model.services.iter().flat_map(|service| &service.needs).collect();
    needs.sort();
    needs.dedup();
    let lets = |service: &&Service| model.need.as_ref().is_none_or(|need| service.needs.contains(need));
    let shown_now: Vec<usize> =
        model.services.iter().enumerate().filter(|(_, service)| lets(service)).map(|(at, _)| at).collect();
    let choices: Vec<minijinja::Value> =
        std::iter::once(context! { value => "", text => "Every need" })
            .chain(needs.iter().map(
                |need| context! { value => need.as_str(), text => crate::web::shown::sentence_case(need) },
            ))
            .collect();
    stage::page("directory.html", model, context! { shown_now, choices, view_words => "" })
}
