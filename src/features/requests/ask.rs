//! Ask another agency: who, what for, what, why, how urgent. The same page follows whether or not anybody there knows the
//! person: asking tells nothing.

use std::collections::BTreeSet;

use axum::Form;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Redirect, Response};
use throughline_domain::fact::FactBody;
use throughline_domain::ids::{AgencyId, PersonId};
use throughline_domain::picture::Person;
use throughline_domain::request::{InWords, InformationRequested};
use throughline_sharing::words::{Agency, Consent, Purpose, Risk, Stage};

use crate::derive;
use crate::features::asking::{Sent, aside};
use crate::features::known::records_of;
use crate::features::links::deciding;
use crate::features::share::{self, Filled, plain};
use crate::features::{Asking, Problem};
use crate::shelf;
use crate::web::pages::frame::Nav;
use crate::web::pages::requests::{self as page_of, AskPage};
use crate::web::shown;

/// Longest text that a field takes: enough for any reason, too short to keep papers in.
const LONGEST: usize = 2000;

/// Somebody the reader can see, with their own agency's words for them.
struct About {
    person: PersonId,
    words: InWords,
    mentions: Vec<throughline_domain::ids::MentionKey>,
}

/// Reads whom a request would be about. Only what the reader's own agency recorded goes into its words.
fn about(asking: &Asking, id: &str) -> Result<About, Problem> {
    let person: Person = asking.one(shelf::PERSON, id)?;
    let own = &asking.opener.viewer().agency;
    let records = records_of(asking, &BTreeSet::from([person.id.clone()]))?;
    let mut words = InWords::default();
    let mut mentions = Vec::new();
    for known in records.iter().filter(|known| known.agency == *own) {
        let people = known.record.people.iter().zip(&known.persons);
        for (mention, _) in people.filter(|(_, of)| **of == person.id) {
            mentions.push(derive::key_of(known, mention));
            if let (true, Some(name)) = (words.name.is_empty(), mention.names.first()) {
                words.name = [name.forenames.join(" "), name.surname.clone()].join(" ").trim().to_owned();
            }
            if let (true, Some(born)) = (words.born.is_empty(), mention.born) {
                words.born = shown::when_day(born);
            }
        }
    }
    Ok(About { person: person.id, words, mentions })
}

/// The form about somebody the reader can see.
pub async fn person_page(asking: Asking, Path(id): Path<String>) -> Result<Html<String>, Problem> {
    aside(move || {
        let about = about(&asking, &id)?;
        let filled = Filled::of([("name", about.words.name), ("born", about.words.born)]);
        drawn(&asking, Some(about.person), filled, None)
    })
    .await
}

/// The form about somebody whom the reader knows by name only.
pub async fn words_page(asking: Asking) -> Result<Html<String>, Problem> {
    aside(move || drawn(&asking, None, Filled::default(), None)).await
}

/// Asks about somebody the reader can see.
pub async fn person(
    asking: Asking,
    Path(id): Path<String>,
    Form(sent): Form<Sent<Filled>>,
) -> Result<Response, Problem> {
    aside(move || {
        let filled = sent.form(&asking)?;
        let about = about(&asking, &id)?;
        asked(&asking, filled, Some(about))
    })
    .await
}

/// Asks about somebody by name.
pub async fn words(asking: Asking, Form(sent): Form<Sent<Filled>>) -> Result<Response, Problem> {
    aside(move || {
        let filled = sent.form(&asking)?;
        asked(&asking, filled, None)
    })
    .await
}

type Wrong = (&'static str, &'static str);

fn asked(asking: &Asking, filled: Filled, about: Option<About>) -> Result<Response, Problem> {
    match request(asking, &filled, about.as_ref())? {
        Ok(request) => {
            let _claim = deciding::claim(asking)?;
            deciding::append(asking, vec![FactBody::InformationRequested(request)])?;
            Ok(Redirect::to("/requests?done=asked").into_response())
        }
        Err(wrong) => {
            let person = about.map(|about| about.person);
            Ok(drawn(asking, person, filled, Some(wrong))?.into_response())
        }
    }
}

/// The request as a fact, or what is wrong with the form and where.
fn request(
    asking: &Asking,
    filled: &Filled,
    about: Option<&About>,
) -> Result<Result<InformationRequested, Wrong>, Problem> {
    let viewer = asking.opener.viewer();
    let typed = |name: &str| filled.word(name).trim().chars().take(LONGEST).collect::<String>();
    let to = agencies(asking)?.into_iter().find(|agency| agency.as_str() == filled.word("to"));
    let said = |name: &str, known: bool| if known { filled.word(name).to_owned() } else { String::new() };
    let (Some(to), Ok(purpose), Ok(risk)) =
        (to, Purpose::parse(filled.word("purpose")), Risk::parse(filled.word("risk")))
    else {
        return Ok(Err(match (filled.word("to"), filled.word("purpose")) {
            ("", _) => ("Choose whom you ask", "to"),
            (_, "") => ("Choose what it is for", "purpose"),
            _ if filled.word("risk").is_empty() => ("Choose how urgent it is", "risk"),
            _ => ("Choose whom you ask, what for and how urgent it is from the lists", "to"),
        }));
    };
    let wrong = if typed("name").is_empty() {
        Some(("Write the name of the person you ask about", "name"))
    } else if filled.categories().is_empty() {
        Some(("Choose what you need", "categories"))
    } else if typed("reason").is_empty() {
        Some(("Say why you need it", "reason"))
    } else {
        None
    };
    if let Some(wrong) = wrong {
        return Ok(Err(wrong));
    }
    let policies = asking.app.policies()?;
    let time_box = policies.settings().ask.of(Some(risk));
    Ok(Ok(InformationRequested {
        by: viewer.user.clone(),
        name: viewer.name.clone(),
        role: viewer.role.clone(),
        role_word: {
            let words = asking.app.accounts.roles.words(&viewer.role_id, &viewer.agency);
            words.map_or_else(String::new, |(_, role)| role.to_owned())
        },
        to,
        words: InWords { name: typed("name"), born: typed("born"), also: typed("also") },
        about: about.map(|about| about.person.clone()).into_iter().collect(),
        mentions: about.map(|about| about.mentions.clone()).unwrap_or_default(),
        purpose: purpose.as_str().to_owned(),
        categories: filled.categories().iter().map(|category| category.as_str().to_owned()).collect(),
        reason: typed("reason"),
        risk: risk.as_str().to_owned(),
        stage: said("stage", Stage::parse(filled.word("stage")).is_ok()),
        consent: said("consent", Consent::parse(filled.word("consent")).is_ok()),
        channel: "portal".to_owned(),
        within: share::within(time_box.within),
        escalates_to: time_box.escalates_to.clone(),
    }))
}

/// The agencies that can be asked: everybody else who works here.
fn agencies(asking: &Asking) -> Result<Vec<AgencyId>, Problem> {
    let own = &asking.opener.viewer().agency;
    let all: BTreeSet<AgencyId> =
        asking.app.watch()?.audiences.iter().map(|watching| watching.audience.agency.clone()).collect();
    let asked = |agency: &AgencyId| agency != own && Agency::parse(plain::agency_word(agency)).is_ok();
    Ok(all.into_iter().filter(asked).collect())
}

fn drawn(
    asking: &Asking,
    person: Option<PersonId>,
    filled: Filled,
    error: Option<Wrong>,
) -> Result<Html<String>, Problem> {
    let agencies = agencies(asking)?;
    Ok(Html(page_of::render_ask(&AskPage {
        frame: asking.frame(Nav::Requests),
        agencies: agencies
            .iter()
            .map(|agency| plain::Choice { value: agency.as_str().to_owned(), text: shown::agency(agency) })
            .collect(),
        choices: plain::Choices::all(),
        boxes: plain::categories(&filled.categories()),
        filled: filled.all().clone(),
        person,
        error,
    })?))
}
