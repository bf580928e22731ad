//! Incident: what happened, who was there, what followed? Never shown alone: what came before stands above it. To be
//! answered in 20 seconds.

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::{Deserialize, Serialize};
use throughline_domain::ids::{FamilyId, PersonId};
use throughline_domain::picture::shape::{Entry, Freshness, Incident};
use throughline_domain::record::Role;

use super::frame::{Frame, coverage};
use super::stage::{self, PageError};
use crate::web::figures::episodes;
use crate::web::shown::{self, PersonLabel};

/// What the page is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IncidentPage {
    /// What stands around it.
    pub frame: Frame,
    /// The incident.
    pub incident: Incident,
    /// Who people are.
    pub labels: BTreeMap<PersonId, PersonLabel>,
    /// Families it belongs to.
    pub families: BTreeMap<FamilyId, String>,
    /// Every other incident of these people, any order.
    pub others: Vec<Incident>,
    /// What any agency recorded within weeks after it, oldest first.
    pub followed: Vec<Entry>,
    /// How fresh each agency's data is.
    pub freshness: Vec<Freshness>,
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &IncidentPage) -> Result<String, PageError> {
    let today = model.frame.now.first_day();
    let mut before: Vec<&Incident> =
        model.others.iter().filter(|other| other.at < model.incident.at).collect();
    before.sort_by(|a, b| (b.at, &b.reference).cmp(&(a.at, &a.reference)));
    let all: Vec<&Incident> = model.others.iter().chain([&model.incident]).collect();
    let count_before = before.len();
    before.truncate(3);
    let records =
        BTreeMap::from([("police".into(), u32::try_from(model.incident.sources.len()).unwrap_or(u32::MAX))]);
    let worked_out = context! {
        view_words => super::chronology::view_words(&model.frame.viewpoint),
        heading => model.incident.offence.as_str(),
        caption => format!("Incident, {}", shown::when(model.incident.at)),
        coverage => Value::from(Serde(coverage(&model.freshness, &records))),
        not_known => not_known(&model.incident),
        before => Value::from(Serde(before)),
        count_before,
        both => both_ways(&model.incident),
        pattern => Value::from(Serde(episodes::draw("episodes", &all, &[], today))),
    };
    stage::page("incident.html", model, worked_out)
}

fn not_known(incident: &Incident) -> Vec<String> {
    let mut found = Vec::new();
    if !incident.children_not_named.is_empty() {
        let children = shown::count(incident.children_not_named.len(), "child", "children");
        found.push(format!("{children} of the household on that day: not named in the report."));
    }
    if incident.narrative.is_none() {
        found.push("No account of what happened was sent.".to_owned());
    }
    if incident.outcome.is_none() {
        found.push("No outcome was sent.".to_owned());
    }
    if incident.grade.is_none() {
        found.push("No risk grade was sent.".to_owned());
    }
    if !incident.involved.iter().any(|part| part.roles.contains(&Role::CausingHarm)) {
        found.push("Nobody is recorded as causing harm.".to_owned());
    }
    found
}

/// Whether somebody is recorded both as causing harm and as victim.
fn both_ways(incident: &Incident) -> bool {
    incident
        .involved
        .iter()
        .any(|part| part.roles.contains(&Role::CausingHarm) && part.roles.contains(&Role::Victim))
}
