//! Break-glass: somebody is in danger now, and the record is not open to whoever could help. One person and their family,
//! for an hour, told at once to two who can ask about it, never past a bar.

pub mod find;

use axum::Form;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::ids::PersonId;
use throughline_domain::looks::{Entry, Glass, GlassRefused, Looker, break_glass, says_why};
use throughline_domain::picture::{Family, Person};
use throughline_domain::sharing::Door;

use super::asking::{Sent, aside};
use super::{Asking, Problem};
use crate::intake::Clock;
use crate::shelf;
use crate::web::pages::frame::Nav;
use crate::web::pages::glass::{self, GlassPage};

/// Why glass is broken.
#[derive(Deserialize, JsonSchema)]
pub struct Given {
    /// In words.
    #[serde(default)]
    pub reason: String,
}

/// Glass that was broken.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Broken {
    /// For whom.
    pub person: PersonId,
    /// When it closes.
    #[schemars(with = "String")]
    pub until: Timestamp,
}

/// Breaks glass. It is written, and so told, before the answer leaves.
pub fn broken(asking: &Asking, id: &str, reason: &str) -> Result<Broken, Problem> {
    match breaking(asking, id, reason)? {
        Ok(glass) => Ok(Broken { person: glass.person, until: glass.until }),
        Err(say) => Err(Problem::Asked(say)),
    }
}

fn breaking(asking: &Asking, id: &str, reason: &str) -> Result<Result<Glass, String>, Problem> {
    let no_reason = || "Say in a few words who is in danger and what you need to know".to_owned();
    if !says_why(reason, &asking.app.audit.settings) {
        return Ok(Err(no_reason()));
    }
    let (person, with) = concerned(asking, id)?;
    let by = Looker::from(asking.opener.viewer());
    let settings = &asking.app.audit.settings;
    let barred = asking.sight.barred.contains(&person);
    match break_glass(Clock::now().received, by, person, with, reason, barred, settings) {
        Ok(glass) => {
            asking.opener.collector().also(Entry::Glass(glass.clone()));
            Ok(Ok(glass))
        }
        Err(GlassRefused::Barred) => Err(Problem::NotFound),
        Err(GlassRefused::NoReason) => Ok(Err(no_reason())),
    }
}

/// The person and who is needed with them: their families, as the viewer's audience knows them. Read for the rule, not
/// shown. Somebody whom the viewer's agency does not know, or from whom the viewer is barred, is absent.
fn concerned(asking: &Asking, id: &str) -> Result<(PersonId, Vec<PersonId>), Problem> {
    let (store, sight) = (&asking.app.store, &asking.sight);
    let shelf = |name: &str| shelf::of_audience(name, &sight.audience);
    let sealed = shelf::get::<Person>(store, &shelf(shelf::PERSON), id)?.ok_or(Problem::NotFound)?;
    let person = Door::open_to_derive(sealed);
    if sight.barred.contains(&person.id) {
        return Err(Problem::NotFound);
    }
    let keys: Vec<String> = person.families.iter().map(ToString::to_string).collect();
    let mut with: Vec<PersonId> = shelf::get_many::<Family>(store, &shelf(shelf::FAMILY), &keys)?
        .into_iter()
        .flat_map(|(_, sealed)| Door::open_to_derive(sealed).members)
        .map(|member| member.person)
        .filter(|member| *member != person.id && !sight.barred.contains(member))
        .collect();
    with.sort_unstable();
    with.dedup();
    Ok((person.id, with))
}

/// The page: the same whoever is meant and whether or not there is such a person.
pub async fn page(asking: Asking, Path(id): Path<String>) -> Result<Html<String>, Problem> {
    aside(move || drawn(&asking, &id, None)).await
}

fn drawn(asking: &Asking, id: &str, error: Option<String>) -> Result<Html<String>, Problem> {
    let (person, minutes) = (PersonId::from(id), asking.app.audit.settings.glass.minutes);
    Ok(Html(glass::render(&GlassPage { frame: asking.frame(Nav::None), person, minutes, error })?))
}

/// Breaks glass and leads to the person.
pub async fn send(
    asking: Asking,
    Path(id): Path<String>,
    Form(sent): Form<Sent<Given>>,
) -> Result<Response, Problem> {
    aside(move || {
        let given = sent.form(&asking)?;
        asking.stepped_up()?;
        Ok(match breaking(&asking, &id, &given.reason)? {
            Ok(glass) => Redirect::to(&format!("/person/{}", glass.person)).into_response(),
            Err(say) => drawn(&asking, &id, Some(say))?.into_response(),
        })
    })
    .await
}
