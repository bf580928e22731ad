//! Search: do we know this person, place or reference? What is typed never stands in an address.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::response::Html;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::picture::{self, Freshness, Incident, Person};

use super::asking::aside;
use super::{App, Asking, Problem};
use crate::web::pages::frame::Nav;
use crate::{shelf, web};

/// What was found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SearchView {
    /// What was typed.
    pub text: String,
    /// People, best first.
    pub people: Vec<FoundPerson>,
    /// Incidents by reference.
    pub incidents: Vec<Incident>,
    /// How many more people there are.
    pub more: usize,
    /// How fresh each agency's data is: what was searched.
    pub freshness: Vec<Freshness>,
}

/// A person that was found, with the facts that tell people apart.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FoundPerson {
    /// The person.
    pub person: Person,
    /// Why they were found.
    pub why: String,
    /// How well they fit; for ordering only.
    pub score: f64,
}

/// What the form sends.
#[derive(Deserialize, JsonSchema)]
pub struct Asked {
    /// What was typed.
    #[serde(default)]
    pub q: String,
}

/// People shown.
const SHOWN: usize = 25;
/// Candidates looked at for one term; a commoner term tells too little to go by alone.
const PER_TERM: usize = 400;
/// Candidates compared in full.
const CANDIDATES: usize = 300;

/// Looks for people and references.
pub fn view(asking: &Asking, text: &str) -> Result<SearchView, Problem> {
    let text: String = text.trim().chars().take(200).collect();
    let query = picture::query_terms(&text, &asking.app.settings);
    let mut hits: BTreeMap<String, usize> = BTreeMap::new();
    for term in query.terms() {
        for key in asking.app.store.find(shelf::PERSON, &term, PER_TERM)? {
            *hits.entry(key).or_default() += 1;
        }
    }
    let mut order: Vec<(String, usize)> = hits.into_iter().collect();
    order.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let keys: Vec<String> = order.into_iter().take(CANDIDATES).map(|(key, _)| key).collect();
    let mut people: Vec<FoundPerson> = asking
        .many::<Person>(shelf::PERSON, &keys)?
        .into_iter()
        .filter_map(|(_, person)| {
            picture::rank(&query, &person).map(|m| FoundPerson { person, why: m.why, score: m.score })
        })
        .collect();
    people.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.person.id.cmp(&b.person.id)));
    let more = people.len().saturating_sub(SHOWN);
    people.truncate(SHOWN);
    let mut incidents = Vec::new();
    for term in query.terms().iter().filter(|term| term.starts_with("r:")) {
        incidents.extend(asking.found::<Incident>(shelf::INCIDENT, term, 10)?);
    }
    incidents.sort_by(|a, b| a.reference.cmp(&b.reference));
    incidents.dedup_by(|a, b| a.reference == b.reference);
    let freshness = asking.maybe(shelf::META, "freshness")?.unwrap_or_default();
    Ok(SearchView { text, people, incidents, more, freshness })
}

/// The empty page.
pub async fn page(asking: Asking, State(_): State<Arc<App>>) -> Result<Html<String>, Problem> {
    aside(move || Ok(Html(web::pages::search::render(&asking.frame(Nav::Search), None::<&SearchView>)?))).await
}

/// The page with what was found.
pub async fn results(
    asking: Asking,
    State(_): State<Arc<App>>,
    Form(asked): Form<Asked>,
) -> Result<Html<String>, Problem> {
    aside(move || {
        let view = view(&asking, &asked.q)?;
        Ok(Html(web::pages::search::render(&asking.frame(Nav::Search), Some(&view))?))
    })
    .await
}
