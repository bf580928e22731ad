//! Today: what must not wait until tomorrow, and whose is it?

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::Query;
use axum::response::Html;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::ids::PersonId;
use throughline_domain::picture::{self, Family, Freshness, Person, Today, TodayItem};
use throughline_domain::sharing::Purpose;

use super::asking::aside;
use super::work::WorkSeen;
use super::{Asking, Problem};
use crate::shelf::{self, OpenFamilies, TodayFront};
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

/// The lines of one reader: what must not wait, and whom to look at first.
pub fn queue(asking: &Asking) -> Result<Today, Problem> {
    let mut today: Today = asking.maybe(shelf::TODAY, "items")?.unwrap_or_default();
    today.items.extend(super::next_family::items(asking)?);
    today.items.extend(no_lead(asking)?);
    today.items.extend(super::lists::items(asking)?);
    Ok(today)
}

/// The first lines of each part, and how many there are. Whoever sees everybody reads what was laid out with the picture; for
/// others all lines are read, because those that are not theirs must not be counted.
fn front(asking: &Asking) -> Result<TodayFront, Problem> {
    let mut front: TodayFront = match asking.sees_all(shelf::TODAY)? {
        true => asking.maybe(shelf::TODAY, "front")?.unwrap_or_default(),
        false => {
            let today: Today = asking.maybe(shelf::TODAY, "items")?.unwrap_or_default();
            TodayFront::of(today.items)
        }
    };
    let asked = super::next_family::front(asking)?;
    front.items.extend(asked.items);
    front.counts.extend(asked.counts);
    let no_lead = TodayFront::of(no_lead(asking)?);
    front.items.extend(no_lead.items);
    front.counts.extend(no_lead.counts);
    for item in super::lists::items(asking)? {
        *front.counts.entry(item.group.clone()).or_default() += 1;
        front.items.push(item);
    }
    Ok(front)
}

/// The lines of open families of which nobody in the reader's agency is the lead. Of other agencies nothing is told.
fn no_lead(asking: &Asking) -> Result<Vec<TodayItem>, Problem> {
    let open: OpenFamilies = asking.maybe(shelf::TODAY, "open")?.unwrap_or_default();
    if open.0.is_empty() {
        return Ok(Vec::new());
    }
    let app = &asking.app;
    let (kept, agency) = (app.kept()?, &asking.opener.viewer().agency);
    let led = app.standings.led_in(&app.store, &app.accounts.staff, (&app.settings, &kept), agency)?;
    Ok(picture::no_lead(open.0, &led, &app.settings))
}

/// Which part of the queue to show whole, and which page of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    part: String,
    page: String,
}

/// Reads the queue.
pub fn view(asking: &Asking) -> Result<TodayView, Problem> {
    let asking = asking.with(Purpose::Triage);
    let today = queue(&asking)?;
    let (people, families) = named(&asking, &today.items)?;
    Ok(TodayView {
        on: asking.drawn_on()?,
        freshness: asking.freshness()?,
        put_aside: super::incoming::asides(&asking)?.open.len(),
        work: super::work::of(&asking, &today.items)?,
        today,
        families,
        people,
    })
}

/// Everybody whom lines name, and their families.
fn named(asking: &Asking, items: &[TodayItem]) -> Result<(BTreeMap<PersonId, Person>, Vec<Family>), Problem> {
    let wanted: BTreeSet<&PersonId> = items.iter().filter_map(|item| item.person.as_ref()).collect();
    let people = super::person::named(asking, wanted, &BTreeMap::new())?;
    let keys: BTreeSet<&str> =
        items.iter().filter_map(|item| item.family.as_ref()).map(|family| family.as_str()).collect();
    let keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
    let families = asking.many(shelf::FAMILY, &keys)?.into_iter().map(|(_, family)| family).collect();
    Ok((people, families))
}

/// The page: the first lines of each part, or one part whole.
pub async fn page(asking: Asking, Query(which): Query<Which>) -> Result<Html<String>, Problem> {
    aside(move || {
        let triage = asking.with(Purpose::Triage);
        let front = match which.part.as_str() {
            "" => front(&triage)?,
            part if !today::is_part(part) => return Err(Problem::NotFound),
            part => {
                let mut items = queue(&triage)?.items;
                items.retain(|item| item.group == part);
                let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
                TodayFront { items, counts: [(part.to_owned(), count)].into() }
            }
        };
        let page = which.page.parse().unwrap_or(1);
        let states = super::work::of(&triage, &front.items)?;
        let lines = front.items.into_iter().zip(states).collect();
        let lines = today::shown_lines(lines, &which.part, page);
        let (items, work): (Vec<TodayItem>, Vec<WorkSeen>) = lines.into_iter().unzip();
        let (people, families) = named(&triage, &items)?;
        let frame = asking.frame(Nav::Today);
        Ok(Html(today::render(&TodayPage {
            people_labels: shown::labels(people.values(), frame.now.first_day()),
            families: super::person::family_names(&families),
            counts: front.counts,
            part: which.part,
            page,
            items,
            work,
            freshness: asking.freshness()?,
            notices: super::looked::notices::of(&asking)?,
            frame,
        })?))
    })
    .await
}
