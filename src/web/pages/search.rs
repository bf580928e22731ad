//! Search: do we know this person, place or reference? To be answered in 10 seconds. What is looked for is sent in
//! the body of the request, so that no name stands in an address.

use minijinja::context;
use serde::{Deserialize, Serialize};
use throughline_domain::ids::{FamilyId, PersonId};
use throughline_domain::picture::shape::Freshness;

use super::frame::{Frame, coverage};
use super::stage::{self, PageError};
use crate::web::shown;

/// What the page is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SearchPage {
    /// What stands around it.
    pub frame: Frame,
    /// What was looked for, as typed.
    pub query: String,
    /// What was found; `None` before anything was looked for.
    pub found: Option<Found>,
    /// How fresh each agency's data is.
    pub freshness: Vec<Freshness>,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// People, the most likely first.
    pub people: Vec<PersonHit>,
    /// Places, the most likely first.
    pub places: Vec<PlaceHit>,
    /// References.
    pub references: Vec<ReferenceHit>,
    /// What was searched, in words: "names, nicknames and sound-alikes", "postcodes".
    pub searched: Vec<String>,
    /// Whether there were more than are shown.
    pub more: bool,
}

/// One person found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonHit {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The two or three facts that tell people apart: birth, place, family.
    pub facts: Vec<String>,
    /// Why they match: "sounds like Catherine".
    pub why: String,
    /// Their families, with what these are called.
    pub families: Vec<(FamilyId, String)>,
}

/// One place found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceHit {
    /// The place.
    pub place: String,
    /// Who lives or lived there: id, name, when in words.
    pub people: Vec<(PersonId, String, String)>,
}

/// One reference found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceHit {
    /// What it refers to: "Police incident".
    pub label: String,
    /// The fact that holds it.
    pub seq: u64,
    /// In a line: day and kind.
    pub line: String,
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &SearchPage) -> Result<String, PageError> {
    let none = std::collections::BTreeMap::new();
    let freshness: Vec<String> = coverage(&model.freshness, &none)
        .into_iter()
        .zip(&model.freshness)
        .map(|(_, fresh)| match (fresh.received, fresh.latest_event) {
            (None, _) => format!("{}: nothing received", shown::agency(&fresh.agency)),
            (Some(_), Some(day)) => {
                format!("{}: up to {}", shown::agency(&fresh.agency), shown::when_day(day))
            }
            (Some(at), None) => {
                format!("{}: last file {}", shown::agency(&fresh.agency), shown::day(shown::local(at).date()))
            }
        })
        .collect();
    let summary = model.found.as_ref().map(|found| {
        let parts = [
            (found.people.len(), "person", "people"),
            (found.places.len(), "place", "places"),
            (found.references.len(), "reference", "references"),
        ];
        let words: Vec<String> = parts
            .iter()
            .filter(|part| part.0 > 0)
            .map(|(count, one, many)| shown::count(*count, one, many))
            .collect();
        let first = if found.more { "The first " } else { "" };
        if words.is_empty() {
            "Nothing found.".to_owned()
        } else {
            format!("{first}{} found.", words.join(", "))
        }
    });
    stage::page("search.html", model, context! { summary, fresh_lines => freshness, view_words => "" })
}
