//! Person causing harm: what is his pattern, whom is he near now, what has been tried?

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Html;
use schemars::JsonSchema;
use serde::Serialize;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::{
    Child, Family, Freshness, HarmProfile, Household, Incident, NextFamily, Person,
};

use super::asking::aside;
use super::{App, Asking, Problem};
use crate::{shelf, web};

/// Everything about one person causing harm.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HarmView {
    /// The person.
    pub person: Person,
    /// What is known of them as a person causing harm.
    pub profile: HarmProfile,
    /// Everybody whom the page names.
    pub people: BTreeMap<PersonId, Person>,
    /// Families, latest first.
    pub families: Vec<Family>,
    /// Children near them or harmed.
    pub children: Vec<Child>,
    /// Incidents, newest first.
    pub incidents: Vec<Incident>,
    /// Homes over time.
    pub households: Vec<Household>,
    /// Signs that they have joined another family.
    pub next: Vec<NextFamily>,
    /// How fresh each agency's data is.
    pub freshness: Vec<Freshness>,
}

/// One line of the list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HarmLine {
    /// The person.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// How many families.
    pub families: usize,
    /// How many adults harmed.
    pub victims: usize,
    /// How many children.
    pub children: usize,
    /// How many incidents.
    pub incidents: usize,
    /// The latest incident.
    pub last: Option<throughline_domain::when::When>,
    /// In custody since.
    pub in_custody_since: Option<throughline_domain::when::When>,
    /// Whether there is a sign of a next family.
    pub next_family: bool,
}

/// The list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HarmList {
    /// Lines: most families first, then most incidents.
    pub lines: Vec<HarmLine>,
}

/// Reads one person causing harm.
pub fn view(asking: &Asking, id: &str) -> Result<HarmView, Problem> {
    const MOST: usize = 200;
    let person: Person = asking.one(shelf::PERSON, id)?;
    let profile: HarmProfile = asking.one(shelf::HARM, id)?;
    let term = format!("p:{id}");
    let keys = |ids: &mut dyn Iterator<Item = &str>| ids.map(str::to_owned).collect::<Vec<_>>();
    let family_keys = keys(&mut profile.families.iter().map(|f| f.as_str()));
    let incident_keys = keys(&mut profile.incidents.iter().chain(&profile.counter).map(|r| r.as_str()));
    let child_keys = keys(&mut profile.children.iter().map(|p| p.as_str()));
    let families: Vec<Family> = asking.many(shelf::FAMILY, &family_keys)?.into_iter().map(|(_, f)| f).collect();
    let children = asking.many::<Vec<Child>>(shelf::CHILD, &child_keys)?;
    let children: Vec<Child> = children.into_iter().flat_map(|(_, lines)| lines).collect();
    let mut incidents: Vec<Incident> =
        asking.many(shelf::INCIDENT, &incident_keys)?.into_iter().map(|(_, i)| i).collect();
    incidents.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.reference.cmp(&b.reference)));
    let households: Vec<Household> = asking.found(shelf::HOUSEHOLD, &term, MOST)?;
    let next: Vec<NextFamily> =
        asking.found::<NextFamily>(shelf::NEXT, &term, MOST)?.into_iter().filter(|n| n.person == person.id).collect();
    let wanted: BTreeSet<&PersonId> = families
        .iter()
        .flat_map(|f| f.members.iter().map(|m| &m.person))
        .chain(profile.near_now.iter().map(|n| &n.person))
        .chain(profile.victims.iter().map(|v| &v.person))
        .chain(&profile.children)
        .chain(next.iter().flat_map(|n| n.new_partner.iter().chain(&n.children)))
        .chain(households.iter().flat_map(|h| h.stays.iter().map(|s| &s.person)))
        .chain(incidents.iter().flat_map(|i| i.involved.iter().map(|p| &p.person)))
        .chain([&person.id])
        .collect();
    let people = super::person::named(asking, wanted, &BTreeMap::new())?;
    let freshness = asking.maybe(shelf::META, "freshness")?.unwrap_or_default();
    Ok(HarmView { person, profile, people, families, children, incidents, households, next, freshness })
}

/// Reads the list.
pub fn list(asking: &Asking) -> Result<HarmList, Problem> {
    let profiles = asking.all::<HarmProfile>(shelf::HARM)?;
    let keys: Vec<String> = profiles.iter().map(|(key, _)| key.clone()).collect();
    let people: BTreeMap<String, Person> = asking.many(shelf::PERSON, &keys)?.into_iter().collect();
    let next: BTreeSet<PersonId> =
        asking.all::<NextFamily>(shelf::NEXT)?.into_iter().map(|(_, next)| next.person).collect();
    let mut lines: Vec<HarmLine> = profiles
        .into_iter()
        .map(|(key, profile)| HarmLine {
            name: people.get(&key).map(|p| p.name.clone()).unwrap_or_default(),
            families: profile.families.len(),
            victims: profile.victims.len(),
            children: profile.children.len(),
            incidents: profile.incidents.len(),
            last: profile.victims.iter().filter_map(|v| v.last).max(),
            in_custody_since: profile.in_custody_since,
            next_family: next.contains(&profile.person),
            person: profile.person,
        })
        .collect();
    lines.sort_by(|a, b| {
        let weight = |l: &HarmLine| (l.next_family, l.families, l.incidents);
        weight(b).cmp(&weight(a)).then_with(|| a.person.cmp(&b.person))
    });
    Ok(HarmList { lines })
}

/// The page of one.
pub async fn page(asking: Asking, State(_): State<Arc<App>>, Path(id): Path<String>) -> Result<Html<String>, Problem> {
    aside(move || {
        let view = view(&asking, &id)?;
        Ok(Html(web::pages::harm::render(&asking.frame(), &view)?))
    })
    .await
}

/// The page of all.
pub async fn list_page(asking: Asking, State(_): State<Arc<App>>) -> Result<Html<String>, Problem> {
    aside(move || Ok(Html(web::pages::harm_list::render(&asking.frame(), &list(&asking)?)?))).await
}
