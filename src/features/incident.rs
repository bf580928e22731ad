//! Incident: what happened, who was there, what followed?

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::Path;
use axum::response::Html;
use jiff::ToSpan;
use schemars::JsonSchema;
use serde::Serialize;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::{self, Entry, Family, Freshness, Incident, Person, Viewpoint};

use super::asking::aside;
use super::known::records_of;
use super::{Asking, Problem};
use crate::shelf;
use crate::web::pages::frame::Nav;
use crate::web::pages::incident::{self, IncidentPage};
use crate::web::shown;

/// Everything about one incident.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IncidentView {
    /// The incident.
    pub incident: Incident,
    /// Every other incident of the same families, oldest first.
    pub others: Vec<Incident>,
    /// What any agency recorded in the six weeks after it, oldest first.
    pub followed: Vec<Entry>,
    /// Everybody whom the page names.
    pub people: BTreeMap<PersonId, Person>,
    /// Families of those involved.
    pub families: Vec<Family>,
    /// How fresh each agency's data is.
    pub freshness: Vec<Freshness>,
}

/// Reads one incident by the number of its fact: references never stand in an address.
pub fn view(asking: &Asking, seq: u64) -> Result<IncidentView, Problem> {
    let incident: Incident = asking
        .found::<Incident>(shelf::INCIDENT, &shelf::incident_term(seq), 1)?
        .into_iter()
        .next()
        .ok_or(Problem::NotFound)?;
    let families = families(asking, &incident)?;
    let keys: BTreeSet<String> = families
        .iter()
        .flat_map(|f| f.incidents.iter())
        .filter(|r| **r != incident.reference)
        .map(|r| r.as_str().to_owned())
        .collect();
    let others = asking.many::<Incident>(shelf::INCIDENT, &keys.into_iter().collect::<Vec<_>>())?;
    let mut others: Vec<Incident> = others.into_iter().map(|(_, i)| i).collect();
    others.sort_by(|a, b| (a.at, &a.reference).cmp(&(b.at, &b.reference)));
    let followed = followed(asking, &incident)?;
    let wanted: BTreeSet<&PersonId> = incident
        .involved
        .iter()
        .map(|i| &i.person)
        .chain(&incident.children_not_named)
        .chain(others.iter().flat_map(|i| i.involved.iter().map(|p| &p.person)))
        .chain(followed.iter().flat_map(|e| e.people.iter().map(|(p, _)| p)))
        .collect();
    let people = super::person::named(asking, wanted, &BTreeMap::new())?;
    let freshness = asking.freshness()?;
    Ok(IncidentView { incident, others, followed, people, families, freshness })
}

/// Six weeks: the time in which a referral, an assessment and a first visit should have followed.
const AFTER_DAYS: i32 = 42;

fn followed(asking: &Asking, incident: &Incident) -> Result<Vec<Entry>, Problem> {
    let about: BTreeSet<PersonId> = incident.involved.iter().map(|i| i.person.clone()).collect();
    let (records, kept) = (records_of(asking, &about)?, asking.app.kept()?);
    let all = picture::chronology(&records, &about, &Viewpoint::default(), &asking.app.settings, &kept);
    let day = incident.at.first_day();
    let last = day.checked_add(AFTER_DAYS.days()).unwrap_or(day);
    let soon = |entry: &Entry| entry.at > incident.at && entry.at.first_day() <= last;
    let mut soon: Vec<Entry> = all.into_iter().filter(soon).collect();
    soon.reverse();
    Ok(soon)
}

fn families(asking: &Asking, incident: &Incident) -> Result<Vec<Family>, Problem> {
    let mut families: BTreeMap<_, Family> = BTreeMap::new();
    for part in &incident.involved {
        for family in asking.found::<Family>(shelf::FAMILY, &format!("p:{}", part.person), 20)? {
            if family.incidents.contains(&incident.reference) {
                families.insert(family.id.clone(), family);
            }
        }
    }
    Ok(families.into_values().collect())
}

/// The page.
pub async fn page(asking: Asking, Path(seq): Path<u64>) -> Result<Html<String>, Problem> {
    aside(move || {
        let view = view(&asking, seq)?;
        let frame = asking.frame(Nav::None);
        Ok(Html(incident::render(&IncidentPage {
            labels: shown::labels(view.people.values(), frame.now.first_day()),
            families: super::person::family_names(&view.families),
            incident: view.incident,
            others: view.others,
            followed: view.followed,
            freshness: view.freshness,
            frame,
        })?))
    })
    .await
}
