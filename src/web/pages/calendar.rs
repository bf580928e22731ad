//! The calendar: what is known ahead after which the risk must be looked at afresh?

use std::collections::BTreeMap;

use jiff::civil::Date;
use minijinja::context;
use serde::Serialize;
use throughline_domain::ids::{FamilyId, PersonId};

use super::frame::Frame;
use super::stage::{self, PageError};
use crate::features::calendar::CalendarView;
use crate::web::shown::PersonLabel;

/// What the page is made from.
#[derive(Clone, Debug, Serialize)]
pub struct CalendarPage {
    /// What stands around it.
    pub frame: Frame,
    /// The month.
    pub view: CalendarView,
    /// Who the people are.
    pub labels: BTreeMap<PersonId, PersonLabel>,
    /// What the families are called.
    pub families: BTreeMap<FamilyId, String>,
}

/// `December 2026` for `2026-12`.
fn month_words(month: &str) -> String {
    let first: Option<Date> = format!("{month}-01").parse().ok();
    first.map_or_else(|| month.to_owned(), |day| day.strftime("%B %Y").to_string())
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &CalendarPage) -> Result<String, PageError> {
    let months: Vec<(String, String)> =
        model.view.months.iter().map(|month| (month.clone(), month_words(month))).collect();
    let month = month_words(&model.view.month);
    stage::page("calendar.html", model, context! { view_words => "", months, month })
}
