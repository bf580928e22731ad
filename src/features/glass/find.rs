//! Broken glass for somebody whom the viewer knows by name and date of birth: the search finds only what is theirs, and whoever
//! comes to the door at night is not. One match opens; none and several say the same.

use axum::Form;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use throughline_domain::picture::{self, Person};
use throughline_domain::sharing::Door;
use throughline_domain::when::When;

use super::breaking;
use crate::features::asking::{Sent, aside};
use crate::features::{Asking, Problem};
use crate::shelf;
use crate::web::pages::frame::Nav;
use crate::web::pages::glass::{self, FindPage};

/// Candidates of one term that are compared.
const MOST: usize = 300;
/// What is said whether there is nobody or more than one, so that nobody learns which.
const NOT_ONE: &str = "Your agency’s records do not show one person with this name and date of birth. Check both; if they are right, call the agency that works with them";

/// What the form sends.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Filled {
    name: String,
    #[serde(rename = "born-day")]
    day: String,
    #[serde(rename = "born-month")]
    month: String,
    #[serde(rename = "born-year")]
    year: String,
    reason: String,
}

impl Filled {
    fn born(&self) -> Option<Date> {
        let [day, month, year] = [&self.day, &self.month, &self.year].map(|part| part.trim());
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    }
}

/// The page.
pub async fn page(asking: Asking) -> Result<Html<String>, Problem> {
    aside(move || drawn(&asking, Filled::default(), None)).await
}

fn drawn(
    asking: &Asking,
    filled: Filled,
    error: Option<(&'static str, String)>,
) -> Result<Html<String>, Problem> {
    let minutes = asking.app.audit.settings.glass.minutes;
    Ok(Html(glass::render_find(&FindPage { frame: asking.frame(Nav::None), minutes, filled, error })?))
}

/// Breaks glass for the one person who is meant, and leads to them.
pub async fn send(asking: Asking, Form(sent): Form<Sent<Filled>>) -> Result<Response, Problem> {
    aside(move || {
        let filled = sent.form(&asking)?;
        asking.stepped_up()?;
        asking.opener.collector().because(&filled.reason);
        let wrong = |field, says: &str| Some((field, says.to_owned()));
        let error = match (filled.name.trim(), filled.born()) {
            ("", _) => wrong("name", "Write their name"),
            (_, None) => wrong("born-day", "Enter a real date of birth, like 27 3 1985"),
            (name, Some(born)) => {
                asking.opener.collector().typed(&format!("{name}, {born}"));
                match the_one(&asking, name, born)? {
                    None => wrong("name", NOT_ONE),
                    Some(person) => match breaking(&asking, person.id.as_str(), &filled.reason)? {
                        Ok(glass) => {
                            asking.opener.collector().about([&glass.person]);
                            return Ok(Redirect::to(&format!("/person/{}", glass.person)).into_response());
                        }
                        Err(says) => Some(("reason", says)),
                    },
                }
            }
        };
        Ok(drawn(&asking, filled, error)?.into_response())
    })
    .await
}

/// The one person whom the viewer's agency knows by this name and date of birth, of those they are not barred from.
fn the_one(asking: &Asking, name: &str, born: Date) -> Result<Option<Person>, Problem> {
    let (store, sight) = (&asking.app.store, &asking.sight);
    let on = shelf::of_audience(shelf::PERSON, &sight.audience);
    let name: String = name.chars().take(200).collect();
    let query = picture::query_terms(&name, &asking.app.settings);
    let mut keys = Vec::new();
    for term in query.terms() {
        keys.extend(store.find(&on, &term, MOST)?);
    }
    keys.sort_unstable();
    keys.dedup();
    let mut found: Vec<Person> = shelf::get_many::<Person>(store, &on, &keys)?
        .into_iter()
        .map(|(_, sealed)| Door::open_to_derive(sealed))
        .filter(|person| person.born == Some(When::day(born)) && !sight.barred.contains(&person.id))
        .filter(|person| picture::rank(&query, person).is_some())
        .collect();
    let first = found.pop();
    Ok(first.filter(|_| found.is_empty()))
}
