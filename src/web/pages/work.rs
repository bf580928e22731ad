//! Whose it is: what have I to do, who has how much, and what was decided about one line of Today?

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use minijinja::context;
use serde::Serialize;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::shape::TodayItem;
use throughline_domain::work::Step;

use super::frame::Frame;
use super::stage::{self, PageError};
use crate::features::share::plain::Choice;
use crate::features::work::{Filled, WorkSeen, WorkView};
use crate::web::shown::PersonLabel;

/// What the page of all work is made from.
#[derive(Clone, Debug, Serialize)]
pub struct WorkPage {
    /// What stands around it.
    pub frame: Frame,
    /// The work.
    pub view: WorkView,
    /// Who the people are.
    pub labels: BTreeMap<PersonId, PersonLabel>,
}

/// What the page of one line is made from.
#[derive(Clone, Debug, Serialize)]
pub struct LinePage {
    /// What stands around it.
    pub frame: Frame,
    /// The line.
    pub item: TodayItem,
    /// Who the person is.
    pub labels: BTreeMap<PersonId, PersonLabel>,
    /// The family: id and name.
    pub family: Option<(String, String)>,
    /// How it stands.
    pub seen: WorkSeen,
    /// Whether the reader may give it to others.
    pub may_give: bool,
    /// What was decided, newest first.
    pub told: Vec<ToldLine>,
    /// Colleagues it can go to.
    pub colleagues: Vec<Choice>,
    /// What was filled in.
    pub filled: Filled,
    /// What was done just now.
    pub done: String,
    /// What was wrong, and the field.
    pub error: Option<(String, &'static str)>,
}

/// One step as people read it.
#[derive(Clone, Debug, Serialize)]
pub struct ToldLine {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub by: String,
    /// To whom it went.
    pub to: Option<String>,
    /// What.
    pub step: Step,
    /// Until when it waits.
    pub until: Option<Date>,
    /// Why.
    pub reason: String,
}

/// Makes the page of all work.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &WorkPage) -> Result<String, PageError> {
    stage::page("work.html", model, context! { view_words => "" })
}

/// Makes the page of one line.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_line(model: &LinePage) -> Result<String, PageError> {
    let message = match model.done.as_str() {
        "give" => "It is given. Whoever has it sees it under “Work”.",
        "accept" => "You have taken it on.",
        "hand_over" => "It is handed over.",
        "put_off" => "It waits until that day, or until something new happens.",
        "done" => "It is done. It comes back when something new happens.",
        _ => "",
    };
    stage::page("work_line.html", model, context! { view_words => "", message })
}
