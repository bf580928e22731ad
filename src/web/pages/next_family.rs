//! Has this person joined another family? What records suggest, from when and how surely, what colleagues said, and the answer.

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;
use throughline_domain::ids::PersonId;
use throughline_domain::next_family::Verdict;

use super::frame::Frame;
use super::stage::{self, PageError};
use crate::features::next_family::{Filled, NextFamilyView};
use crate::features::share::plain::Choice;
use crate::web::shown::PersonLabel;

/// What the page is made from.
#[derive(Clone, Debug, Serialize)]
pub struct NextFamilyPage {
    /// What stands around it.
    pub frame: Frame,
    /// What is suspected, and what was said.
    pub view: NextFamilyView,
    /// Who the people are.
    pub labels: BTreeMap<PersonId, PersonLabel>,
    /// What was filled in.
    pub filled: Filled,
    /// What was done just now.
    pub done: String,
    /// The field that was wrong, and what to do.
    pub error: Option<(&'static str, &'static str)>,
}

/// What an answer says, in the words of the form.
fn label(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "Yes, this person is part of that household",
        Verdict::No => "No, they are not",
        Verdict::CannotTell => "Nobody can tell yet",
    }
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &NextFamilyPage) -> Result<String, PageError> {
    let message = match model.done.as_str() {
        "yes" => "Your answer is recorded. Others see it as soon as the picture is drawn again.",
        "no" => "Your answer is recorded. Your agency is asked again when another record tells of it.",
        "cannot_tell" => {
            "Your answer is recorded. You are asked again later, or when another record tells of it."
        }
        _ => "",
    };
    let choices: Vec<Choice> = Verdict::ALL
        .iter()
        .map(|verdict| Choice { value: verdict.word().to_owned(), text: label(*verdict).to_owned() })
        .collect();
    let said: BTreeMap<&str, &str> =
        Verdict::ALL.iter().map(|verdict| (verdict.word(), label(*verdict))).collect();
    stage::page("next_family.html", model, context! { choices => Value::from(Serde(choices)), said, message })
}
