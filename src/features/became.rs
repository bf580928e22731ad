//! What became of people: what their page tells of joining and parting, and old addresses that lead on to the present one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::fact::FactBody;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::{Family, Person};
use throughline_domain::sharing::Purpose;

use super::asking::aside;
use super::links::user;
use super::{App, Asking, Problem};
use crate::shelf::{self, History, Turn};
use crate::web;
use crate::web::pages::became::{self, BecamePage, Choice};
use crate::web::pages::frame::Nav;
use crate::web::shown;

/// Something that happened to a person's records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// When it was seen.
    pub at: Timestamp,
    /// What.
    pub what: Turn,
    /// The id that the other person had then.
    pub was: Option<PersonId>,
    /// Whose page the other's records stand on now, where it is another one.
    pub now: Vec<PersonId>,
    /// How many mentions in records it was about.
    pub mentions: u32,
    /// Who decided it; nothing where it follows from records.
    pub by: Option<String>,
    /// Why they decided so.
    pub reason: Option<String>,
}

/// What happened to a person's records, oldest first.
pub fn history(asking: &Asking, person: &PersonId) -> Result<Vec<Change>, Problem> {
    let asking = asking.with(Purpose::Linking);
    let mut history: History = asking.maybe(shelf::HISTORY, person.as_str())?.unwrap_or_default();
    let mut seen = Vec::new();
    for event in std::mem::take(&mut history.events) {
        if !asking.hides(&event.other.iter().cloned().collect::<Vec<_>>())? {
            seen.push(event);
        }
    }
    history.events = seen;
    let seqs: BTreeSet<u64> = history.events.iter().filter_map(|event| event.decision).collect();
    let mut decided: BTreeMap<u64, (String, String)> = BTreeMap::new();
    for sealed in asking.app.store.facts_by_seq(&seqs.into_iter().collect::<Vec<_>>())? {
        let fact = asking.opener.open(sealed)?;
        if let FactBody::LinkDecision(decision) = fact.body {
            decided.insert(fact.seq, (user(&decision.by), decision.reason));
        }
    }
    let changes = history.events.into_iter().map(|event| {
        let now = match &event.other {
            Some(other) => present(&asking, other)?.into_iter().filter(|other| other != person).collect(),
            None => Vec::new(),
        };
        let (by, reason) = event.decision.and_then(|seq| decided.get(&seq).cloned()).unzip();
        Ok(Change {
            at: event.at,
            what: event.what,
            was: event.other,
            now,
            mentions: event.mentions,
            by,
            reason,
        })
    });
    changes.collect()
}

/// The people whom an id means today: the one who has it, or those who have the records that were known by it.
pub fn present(asking: &Asking, id: &PersonId) -> Result<Vec<PersonId>, Problem> {
    if let Some(person) = asking.maybe::<Person>(shelf::PERSON, id.as_str())? {
        return Ok(vec![person.id]);
    }
    let history: Option<History> = asking.maybe(shelf::HISTORY, id.as_str())?;
    let became = history.map(|history| history.became).unwrap_or_default();
    Ok(asking.many::<Person>(shelf::PERSON, &became)?.into_iter().map(|(_, person)| person.id).collect())
}

/// A kind of address with an id in it.
struct Room {
    /// What comes before the id.
    before: &'static str,
    /// The shelf of what it shows.
    shelf: &'static str,
    /// Where to look instead when the present person has no such page.
    instead: &'static str,
}

const ROOMS: &[Room] = &[
    Room { before: "/person/", shelf: shelf::PERSON, instead: "/person/" },
    Room { before: "/child/", shelf: shelf::CHILD, instead: "/person/" },
    Room { before: "/harm/", shelf: shelf::HARM, instead: "/person/" },
    Room { before: "/family/", shelf: shelf::FAMILY, instead: "/family/" },
    Room { before: "/api/people/", shelf: shelf::PERSON, instead: "/api/people/" },
    Room { before: "/api/children/", shelf: shelf::CHILD, instead: "/api/people/" },
    Room { before: "/api/people-causing-harm/", shelf: shelf::HARM, instead: "/api/people/" },
    Room { before: "/api/families/", shelf: shelf::FAMILY, instead: "/api/families/" },
];

/// Leads an address on whose id nobody has any more.
pub async fn lead_on(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let asked = (parts.method == Method::GET).then(|| parts.clone());
    let answer = next.run(Request::from_parts(parts, body)).await;
    let Some(asked) = asked.filter(|_| answer.status() == StatusCode::NOT_FOUND) else { return answer };
    match led_on(asked, &app).await {
        Ok(Some(instead)) => instead,
        Ok(None) | Err(_) => answer,
    }
}

async fn led_on(mut asked: Parts, app: &Arc<App>) -> Result<Option<Response>, Problem> {
    let path = asked.uri.path().to_owned();
    let query = asked.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let Some((room, rest)) = ROOMS.iter().find_map(|room| Some((room, path.strip_prefix(room.before)?)))
    else {
        return Ok(None);
    };
    let (id, below) =
        rest.split_once('/').map_or((rest, String::new()), |(id, below)| (id, format!("/{below}")));
    let asking = Asking::from_request_parts(&mut asked, app).await?;
    let id = id.to_owned();
    aside(move || {
        let history: Option<History> = asking.maybe(shelf::HISTORY, &id)?;
        let became = history.map(|history| history.became).unwrap_or_default();
        let there = asking.there(room.shelf, &became)?;
        let address = |id: &str| match there.contains(id) {
            true => format!("{}{id}{below}{query}", room.before),
            false => format!("{}{id}", room.instead),
        };
        let choices = choices(&asking, &became, room)?;
        let choices: Vec<Choice> =
            choices.into_iter().map(|(id, label)| Choice { to: address(&id), label }).collect();
        Ok(match choices.as_slice() {
            [] => None,
            [one] => Some(Redirect::temporary(&one.to).into_response()),
            several if room.before.starts_with("/api/") => {
                let to: Vec<&str> = several.iter().map(|choice| choice.to.as_str()).collect();
                let detail =
                    format!("What stood here stands in several places now. Ask for {}.", to.join(" or "));
                let title = "These records were parted";
                let problem =
                    web::problem::Problem::new(StatusCode::MULTIPLE_CHOICES, "records-parted", title, detail);
                Some(problem.answer().into_response())
            }
            _ => {
                let page = BecamePage {
                    frame: asking.frame(Nav::None),
                    family: room.shelf == shelf::FAMILY,
                    choices,
                };
                Some(Html(became::render(&page)?).into_response())
            }
        })
    })
    .await
}

/// Those of some ids that there are, with what they are called.
fn choices(asking: &Asking, became: &[String], room: &Room) -> Result<Vec<(String, String)>, Problem> {
    if room.shelf == shelf::FAMILY {
        let families = asking.many::<Family>(shelf::FAMILY, became)?.into_iter();
        return Ok(families.map(|(id, family)| (id, format!("The {} family", family.name))).collect());
    }
    let today = asking.frame(Nav::None).now.first_day();
    let people = asking.many::<Person>(shelf::PERSON, became)?.into_iter();
    let labelled = people.map(|(id, person)| {
        let label = shown::label(&person, today);
        (id, format!("{}, {}", label.name, label.born))
    });
    Ok(labelled.collect())
}
