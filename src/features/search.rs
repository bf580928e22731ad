//! Search: do we know this person, place or reference? What is typed never stands in an address.

use std::collections::{BTreeMap, BTreeSet};

use axum::Form;
use axum::response::Html;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::ids::FamilyId;
use throughline_domain::picture::{self, Family, Freshness, Household, Incident, Person, Query};
use throughline_domain::record::Place;
use throughline_domain::when::When;

use super::asking::{Sent, aside};
use super::{Asking, Problem};
use crate::shelf;
use crate::web::pages::frame::Nav;
use crate::web::pages::search::{self, Found, PersonHit, PlaceHit, ReferenceHit, SearchPage};
use crate::web::shown;

/// What was found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SearchView {
    /// What was typed.
    pub text: String,
    /// People, best first.
    pub people: Vec<FoundPerson>,
    /// Incidents by reference.
    pub incidents: Vec<Incident>,
    /// Places, by postcode or street; never a kept one.
    pub places: Vec<Household>,
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
const PER_TERM: usize = 300;
/// Candidates compared in full.
const CANDIDATES: usize = 120;

/// Looks for people and references because somebody typed this: it stands in the record with what was found.
pub fn asked(asking: &Asking, text: &str) -> Result<SearchView, Problem> {
    let view = view(asking, text)?;
    let at_places = view.places.iter().flat_map(|home| home.stays.iter().map(|stay| &stay.person));
    let at_incidents = view.incidents.iter().flat_map(|one| one.involved.iter().map(|part| &part.person));
    let people = view.people.iter().map(|hit| &hit.person.id);
    let looks = asking.opener.collector();
    looks.shown(people.chain(at_places).chain(at_incidents));
    looks.typed(&view.text);
    Ok(view)
}

/// Looks for people and references.
pub fn view(asking: &Asking, text: &str) -> Result<SearchView, Problem> {
    let text: String = text.trim().chars().take(200).collect();
    let query = picture::query_terms(&text, &asking.app.settings);
    let mut hits: BTreeMap<String, usize> = BTreeMap::new();
    for term in query.terms() {
        for key in asking.keys(shelf::PERSON, &term, PER_TERM)? {
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
    let places = places(asking, &query)?;
    let freshness = asking.freshness()?;
    Ok(SearchView { text, people, incidents, places, more, freshness })
}

/// Homes whose postcode was typed.
fn places(asking: &Asking, query: &Query) -> Result<Vec<Household>, Problem> {
    let mut homes: BTreeMap<_, Household> = BTreeMap::new();
    for term in query.terms().iter().filter(|term| term.starts_with("p:")) {
        for home in asking.found::<Household>(shelf::HOUSEHOLD, term, SHOWN)? {
            homes.insert(home.id.clone(), home);
        }
    }
    Ok(homes.into_values().filter(|home| matches!(home.place, Place::Known(_))).take(SHOWN).collect())
}

/// What was searched, in words.
const SEARCHED: [&str; 5] = [
    "names, nicknames and sound-alikes",
    "dates and years of birth",
    "postcodes and streets",
    "numbers and telephones",
    "references of incidents",
];

/// The empty page.
pub async fn page(asking: Asking) -> Result<Html<String>, Problem> {
    aside(move || {
        let freshness = asking.freshness()?;
        let frame = asking.frame(Nav::Search);
        Ok(Html(search::render(&SearchPage { frame, query: String::new(), found: None, freshness })?))
    })
    .await
}

/// What the form of the page sends.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    query: String,
}

/// The page with what was found.
pub async fn results(asking: Asking, Form(sent): Form<Sent<Typed>>) -> Result<Html<String>, Problem> {
    aside(move || {
        let view = asked(&asking, &sent.form(&asking)?.query)?;
        let frame = asking.frame(Nav::Search);
        let today = frame.now.first_day();
        let keys: BTreeSet<&str> =
            view.people.iter().flat_map(|hit| &hit.person.families).map(|f| f.as_str()).collect();
        let keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
        let families: Vec<Family> = asking.many(shelf::FAMILY, &keys)?.into_iter().map(|(_, f)| f).collect();
        let names = super::person::family_names(&families);
        let found = Found {
            people: view.people.into_iter().map(|hit| person_hit(hit, &names, today)).collect(),
            places: place_hits(&asking, &view.places)?,
            references: view.incidents.iter().map(reference_hit).collect(),
            searched: SEARCHED.map(str::to_owned).to_vec(),
            more: view.more > 0,
        };
        let page = SearchPage { frame, query: view.text, found: Some(found), freshness: view.freshness };
        Ok(Html(search::render(&page)?))
    })
    .await
}

/// The facts that tell people apart: birth, sex, the last place that may be shown, how many records.
fn person_hit(hit: FoundPerson, names: &BTreeMap<FamilyId, String>, today: Date) -> PersonHit {
    let person = hit.person;
    let mut facts = vec![shown::label(&person, today).born];
    let lived = person.residences.iter().rev().find_map(|stay| match &stay.place {
        Place::Known(_) => Some(shown::place(&stay.place)),
        Place::Kept(_) => None,
    });
    facts.extend(lived);
    let records = person.records.values().sum::<u32>() as usize;
    facts.push(shown::count(records, "record", "records"));
    let families = person.families.iter();
    PersonHit {
        families: families.map(|id| (id.clone(), names.get(id).cloned().unwrap_or_default())).collect(),
        facts: facts.into_iter().filter(|fact| !fact.is_empty()).collect(),
        why: hit.why,
        name: person.name,
        person: person.id,
    }
}

fn place_hits(asking: &Asking, places: &[Household]) -> Result<Vec<PlaceHit>, Problem> {
    let wanted: BTreeSet<_> =
        places.iter().flat_map(|home| home.stays.iter().map(|stay| &stay.person)).collect();
    let people = super::person::named(asking, wanted, &BTreeMap::new())?;
    let hits = places.iter().map(|home| PlaceHit {
        place: shown::place(&home.place),
        people: home
            .stays
            .iter()
            .map(|stay| {
                let name = people.get(&stay.person).map(|p| p.name.clone()).unwrap_or_default();
                let day = |at: Option<When>| at.map(shown::when_day);
                let from = day(stay.from).unwrap_or_else(|| "not known".to_owned());
                let to = day(stay.to).unwrap_or_else(|| "no end recorded".to_owned());
                (stay.person.clone(), name, format!("{from} to {to}"))
            })
            .collect(),
    });
    Ok(hits.collect())
}

fn reference_hit(incident: &Incident) -> ReferenceHit {
    ReferenceHit {
        label: "Incident reported to police".to_owned(),
        seq: incident.sources.first().map_or(0, |source| source.seq),
        line: format!("{}: {}", shown::when(incident.at), incident.offence),
    }
}
