//! Today: what must not wait until tomorrow, and whose is it?

use std::collections::{BTreeMap, BTreeSet};

use axum::response::Html;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::{Family, Freshness, Person, Today};
use throughline_domain::sharing::Purpose;

use super::asking::aside;
use super::work::WorkSeen;
use super::{Asking, Problem};
use crate::shelf;
use crate::web::pages::frame::Nav;
use crate::web::pages::today::{self, TodayPage};
use crate::web::shown;

/// The queue of the area.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TodayView {
    /// The day.
    pub on: Date,
    /// The queue.
    pub today: Today,
    /// Everybody whom the page names.
    pub people: BTreeMap<PersonId, Person>,
    /// The families of the queue.
    pub families: Vec<Family>,
    /// How fresh each agency's data is.
    pub freshness: Vec<Freshness>,
    /// Rows put aside that nobody has settled.
    pub put_aside: usize,
    /// Whose each line is, in the order of the queue.
    pub work: Vec<WorkSeen>,
}

/// Reads the queue.
pub fn view(asking: &Asking) -> Result<TodayView, Problem> {
    let asking = asking.with(Purpose::Triage);
    let today: Today = asking.maybe(shelf::TODAY, "items")?.unwrap_or_default();
    let wanted: BTreeSet<&PersonId> = today.items.iter().filter_map(|item| item.person.as_ref()).collect();
    let people = super::person::named(&asking, wanted, &BTreeMap::new())?;
    let keys: BTreeSet<&str> =
        today.items.iter().filter_map(|item| item.family.as_ref()).map(|f| f.as_str()).collect();
    let keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
    let families = asking.many(shelf::FAMILY, &keys)?.into_iter().map(|(_, f)| f).collect();
    Ok(TodayView {
        on: asking.drawn_on()?,
        freshness: asking.freshness()?,
        put_aside: super::incoming::asides(&asking)?.open.len(),
        work: super::work::of(&asking, &today)?,
        today,
        families,
        people,
    })
}

/// The page.
pub async fn page(asking: Asking) -> Result<Html<String>, Problem> {
    aside(move || {
        let view = view(&asking)?;
        let frame = asking.frame(Nav::Today);
        Ok(Html(today::render(&TodayPage {
            people_labels: shown::labels(view.people.values(), frame.now.first_day()),
            families: super::person::family_names(&view.families),
            items: view.today.items,
            work: view.work,
            freshness: view.freshness,
            notices: super::looked::notices::of(&asking)?,
            frame,
        })?))
    })
    .await
}
