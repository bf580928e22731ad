//! Risk from a person causing harm: who is at risk, what do professionals judge and why, and what was never asked?

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::shape::Person;
use throughline_domain::risk::{Answer, Group, Level, Standing, Told};

use super::chronology;
use super::frame::Frame;
use super::stage::{self, PageError};
use crate::features::share::plain::Choice;
use crate::web::shown::{self, PersonLabel};

/// What the page is made from.
#[derive(Clone, Debug, Serialize)]
pub struct RiskPage {
    /// What stands around it.
    pub frame: Frame,
    /// The person causing harm.
    pub person: Person,
    /// Judgements and answers.
    pub standing: Standing,
    /// The levels.
    pub scale: Vec<Level>,
    /// Who the people are.
    pub labels: BTreeMap<PersonId, PersonLabel>,
    /// Those who can be chosen as at risk.
    pub whom: Vec<Choice>,
    /// What can be asked.
    pub form: Vec<FormGroup>,
    /// Its version, kept with what is answered.
    pub form_version: u32,
    /// What was filled in.
    pub filled: BTreeMap<String, String>,
    /// What was done just now.
    pub done: String,
    /// What was wrong, and the field.
    pub error: Option<(&'static str, &'static str)>,
}

/// A part of the form.
#[derive(Clone, Debug, Serialize)]
pub struct FormGroup {
    label: String,
    /// The name of each field with what it asks.
    items: Vec<(String, String)>,
}

impl FormGroup {
    /// A part of the catalogue as fields of a form.
    #[must_use]
    pub fn of(group: &Group) -> Self {
        let items = group.items.iter().map(|item| (format!("item-{}", item.id), item.text.clone()));
        Self { label: group.label.clone(), items: items.collect() }
    }
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &RiskPage) -> Result<String, PageError> {
    let message = match model.done.as_str() {
        "assessed" => "Your assessment is recorded. It shows here as soon as the picture is drawn again.",
        "asked" => "What was asked is recorded. It shows here as soon as the picture is drawn again.",
        _ => "",
    };
    let told: Vec<Choice> = Told::ALL.iter().map(|told| choice(told.word(), told.label())).collect();
    let answers: Vec<Choice> =
        Answer::ALL.iter().map(|answer| choice(answer.word(), answer.label())).collect();
    let said: BTreeMap<&str, &str> = Told::ALL.iter().map(|told| (told.word(), told.label())).collect();
    let level_choices: Vec<Choice> = model
        .scale
        .iter()
        .map(|level| choice(&level.id, &format!("{}: {}", level.label, level.means)))
        .collect();
    let levels: Vec<[String; 3]> = model
        .scale
        .iter()
        .map(|level| {
            let days = shown::count(level.look_again_days as usize, "day", "days");
            [level.label.clone(), level.means.clone(), days]
        })
        .collect();
    let never: usize = model.standing.groups.iter().map(|group| group.never_asked).sum();
    let all: usize = model.standing.groups.iter().map(|group| group.items.len()).sum();
    let worked_out = context! {
        view_words => chronology::view_words(&model.frame.viewpoint),
        told => Value::from(Serde(told)),
        answers => Value::from(Serde(answers)),
        level_choices => Value::from(Serde(level_choices)),
        message, said, never, all, levels,
    };
    stage::page("risk.html", model, worked_out)
}

fn choice(value: &str, text: &str) -> Choice {
    Choice { value: value.to_owned(), text: text.to_owned() }
}
