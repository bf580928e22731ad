//! Incident: what happened, who was there, what followed?

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Html;
use schemars::JsonSchema;
use serde::Serialize;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::{Family, Freshness, Incident, Person};

use super::asking::aside;
use super::{App, Asking, Problem};
use crate::web::pages::frame::Nav;
use crate::{shelf, web};

/// Everything about one incident.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IncidentView {
    /// The incident.
    pub incident: Incident,
    /// The last three before it in the same families, newest first.
    pub before: Vec<Incident>,
    /// How many there were before it in all.
    pub before_in_all: usize,
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
    let mut before: Vec<Incident> = others.into_iter().map(|(_, i)| i).filter(|i| i.at < incident.at).collect();
    before.sort_by(|a, b| b.at.cmp(&a.at));
    let before_in_all = before.len();
    before.truncate(3);
    let wanted: BTreeSet<&PersonId> = incident
        .involved
        .iter()
        .map(|i| &i.person)
        .chain(&incident.children_not_named)
        .chain(before.iter().flat_map(|i| i.involved.iter().map(|p| &p.person)))
        .collect();
    let people = super::person::named(asking, wanted, &BTreeMap::new())?;
    let freshness = asking.maybe(shelf::META, "freshness")?.unwrap_or_default();
    Ok(IncidentView { incident, before, before_in_all, people, families, freshness })
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
pub async fn page(asking: Asking, State(_): State<Arc<App>>, Path(seq): Path<u64>) -> Result<Html<String>, Problem> {
    aside(move || Ok(Html(web::pages::incident::render(&asking.frame(Nav::None), &view(&asking, seq)?)?))).await
}
