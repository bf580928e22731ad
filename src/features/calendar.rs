//! The calendar: what is known ahead after which the risk must be looked at afresh? Apart from Today, which tells what is due
//! now: a release, a hearing or a birth is planned for while there is time.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::Query;
use axum::response::Html;
use jiff::ToSpan;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::ids::PersonId;
use throughline_domain::picture::{CriticalPoint, Family, Person};
use throughline_domain::sharing::Purpose;

use super::asking::aside;
use super::person::{family_names, named};
use super::{Asking, Problem};
use crate::intake::Clock;
use crate::shelf;
use crate::web::pages::calendar::{self as page_of, CalendarPage};
use crate::web::pages::frame::Nav;
use crate::web::shown;

/// Most points of one month.
const MOST: usize = 1_000;
/// Months that can be turned to: what is known ahead reaches three months.
const MONTHS: i32 = 4;

/// One day and what it brings.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CalendarDay {
    /// The day.
    #[schemars(with = "String")]
    pub day: Date,
    /// What is known to come on it.
    pub points: Vec<CriticalPoint>,
}

/// A month as somebody sees it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CalendarView {
    /// The month, as `2026-12`.
    pub month: String,
    /// The months that can be shown.
    pub months: Vec<String>,
    /// Its days that bring something, in order; of this month those that are still to come.
    pub days: Vec<CalendarDay>,
    /// More is known than is shown.
    pub more: bool,
    /// Everybody who is named.
    pub people: BTreeMap<PersonId, Person>,
    /// The families it is about.
    pub families: Vec<Family>,
}

/// Which month.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    /// As `2026-12`; this month where it is none that can be shown.
    pub month: String,
}

fn month_of(day: Date) -> String {
    day.strftime("%Y-%m").to_string()
}

/// Reads a month.
pub fn view(asking: &Asking, which: &Which) -> Result<CalendarView, Problem> {
    let today = Clock::now().today;
    let months: Vec<String> = (0..MONTHS)
        .filter_map(|n| today.first_of_month().checked_add(n.months()).ok())
        .map(month_of)
        .collect();
    let this = month_of(today);
    let month = months.iter().find(|month| **month == which.month).cloned().unwrap_or(this);
    let asking = asking.with(Purpose::Triage);
    let found: Vec<CriticalPoint> = asking.found(shelf::CRITICAL, &shelf::ahead_term(&month), MOST + 1)?;
    let more = found.len() > MOST;
    let mut days: BTreeMap<Date, Vec<CriticalPoint>> = BTreeMap::new();
    for point in found.into_iter().take(MOST).filter(|point| point.at.first_day() >= today) {
        days.entry(point.at.first_day()).or_default().push(point);
    }
    let mut wanted: BTreeSet<&PersonId> = BTreeSet::new();
    let mut families: BTreeSet<String> = BTreeSet::new();
    for point in days.values_mut().flat_map(|points| {
        points.sort_by(|a, b| (a.number, &a.kind, &a.id).cmp(&(b.number, &b.kind, &b.id)));
        points.iter()
    }) {
        wanted.extend(point.causing_harm.iter().chain(&point.harmed));
        families.extend(point.family.iter().map(ToString::to_string));
    }
    let people = named(&asking, wanted, &BTreeMap::new())?;
    let families = asking.many::<Family>(shelf::FAMILY, &families.into_iter().collect::<Vec<_>>())?;
    Ok(CalendarView {
        month,
        months,
        days: days.into_iter().map(|(day, points)| CalendarDay { day, points }).collect(),
        more,
        people,
        families: families.into_iter().map(|(_, family)| family).collect(),
    })
}

/// The page.
pub async fn page(asking: Asking, Query(which): Query<Which>) -> Result<Html<String>, Problem> {
    aside(move || {
        let view = view(&asking, &which)?;
        let frame = asking.frame(Nav::Today);
        let labels = shown::labels(view.people.values(), frame.now.first_day());
        let names = family_names(&view.families);
        Ok(Html(page_of::render(&CalendarPage { frame, view, labels, families: names })?))
    })
    .await
}
