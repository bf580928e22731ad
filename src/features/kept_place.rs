//! A place that is kept private: where is it, for whom may it be told, and how is it safe to make contact? Shown one at a
//! time, to whom the policies let have it, after proving again who asks and saying why; never in a list, a search or a
//! file, and not to programs.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Form;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use throughline_domain::fact::{FactBody, KeptPlace};
use throughline_domain::ids::{AgencyId, KeptPlaceId};
use throughline_domain::looks::Act;
use throughline_domain::picture::{Person, Stay};
use throughline_domain::record::{Address, LifeStage, Place};
use throughline_domain::sharing::Door;
use throughline_domain::when::When;
use throughline_sharing::words::{Agency, Category, Channel, Purpose, Relation, Risk, Role, Subject};
use throughline_sharing::{Categories, Decision, Request};

use super::asking::{Sent, aside};
use super::known::records_of;
use super::share::plain;
use super::{Asking, Problem, glass};
use crate::access;
use crate::intake::Clock;
use crate::shelf;
use crate::web::pages::frame::Nav;
use crate::web::pages::kept_place::{self as page_of, KeptPlacePage};
use crate::web::shown;

/// What a kept place may be needed for. For anything else there is a request to the agency that holds it.
const PURPOSES: &[Purpose] = &[
    Purpose::ImminentThreat,
    Purpose::ChildSafety,
    Purpose::CheckSection47,
    Purpose::CheckSection17,
    Purpose::DirectCare,
    Purpose::SupportVictim,
    Purpose::Rehousing,
    Purpose::CourtOrder,
];
/// Longest reason.
const LONGEST: usize = 2000;
/// The field in which agencies record how it is safe to make contact.
const SAFE_CONTACT: &str = "safe_contact";

/// What the form sends.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Filled {
    /// Which of the kept places, from 1.
    place: String,
    /// What for.
    purpose: String,
    /// How grave.
    risk: String,
    /// Why, in words.
    reason: String,
}

/// A kept place, told apart without telling where it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptStay {
    /// From 1, as the person's page orders them.
    pub number: usize,
    /// First day.
    pub from: Option<When>,
    /// Last day.
    pub to: Option<When>,
    /// Who holds it.
    pub agencies: BTreeSet<AgencyId>,
}

/// A place that is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Told {
    /// Where.
    pub lines: String,
    /// Why it is kept, as the agency recorded it.
    pub why: String,
    /// What must be kept to.
    pub conditions: Vec<String>,
    /// How it is safe to make contact, with the day and the agency; none that is live means: make no contact.
    pub contact: Option<(String, When, AgencyId)>,
}

/// What somebody is answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Answer {
    /// The place.
    Told(Told),
    /// One sentence why not, and whether a person can be asked.
    Not(String, bool),
}

fn stays(person: &Person) -> Vec<(KeptPlaceId, &Stay)> {
    let kept = |stay: &'_ Stay| match &stay.place {
        Place::Kept(id) => Some(id.clone()),
        Place::Known(_) => None,
    };
    person.residences.iter().filter_map(|stay| kept(stay).map(|id| (id, stay))).collect()
}

fn listed(stays: &[(KeptPlaceId, &Stay)]) -> Vec<KeptStay> {
    let one = |(at, (_, stay)): (usize, &(KeptPlaceId, &Stay))| KeptStay {
        number: at + 1,
        from: stay.from,
        to: stay.to,
        agencies: stay.sources.iter().map(|source| source.agency.clone()).collect(),
    };
    stays.iter().enumerate().map(one).collect()
}

/// The person, if there is a kept place of theirs in the reader's picture and the reader's role can be told of any.
fn person(asking: &Asking, id: &str) -> Result<Person, Problem> {
    let person: Person = asking.one(shelf::PERSON, id)?;
    match access::may_be_told_places(asking.opener.viewer()) && !stays(&person).is_empty() {
        true => Ok(person),
        false => Err(Problem::NotFound),
    }
}

/// The form.
pub async fn page(asking: Asking, Path(id): Path<String>) -> Result<Html<String>, Problem> {
    aside(move || {
        let person = person(&asking, &id)?;
        drawn(&asking, &person, Filled::default(), None, None)
    })
    .await
}

/// Tells one place, or says why not.
pub async fn tell(
    asking: Asking,
    Path(id): Path<String>,
    Form(sent): Form<Sent<Filled>>,
) -> Result<Response, Problem> {
    aside(move || {
        let mut filled = sent.form(&asking)?;
        filled.reason = filled.reason.trim().chars().take(LONGEST).collect();
        let person = person(&asking, &id)?;
        asking.stepped_up()?;
        let stays = stays(&person);
        let wanted = filled.place.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let chosen = wanted.and_then(|at| stays.get(at));
        let purpose = Purpose::parse(&filled.purpose).ok().filter(|purpose| PURPOSES.contains(purpose));
        let (Some((place, stay)), Some(purpose), Ok(risk)) = (chosen, purpose, Risk::parse(&filled.risk))
        else {
            let error = match (chosen, purpose) {
                (None, _) => ("Choose which place", "place"),
                (_, None) => ("Choose what it is for", "purpose"),
                _ => ("Choose how urgent it is", "risk"),
            };
            return Ok(drawn(&asking, &person, filled, None, Some(error))?.into_response());
        };
        if filled.reason.is_empty() {
            let error = ("Say why you need to know where this is", "reason");
            return Ok(drawn(&asking, &person, filled, None, Some(error))?.into_response());
        }
        asking.opener.collector().because(&filled.reason);
        let answer = answer(&asking, &person, place, stay, (purpose, risk, &filled.reason))?;
        Ok(drawn(&asking, &person, filled, Some(answer), None)?.into_response())
    })
    .await
}

fn answer(
    asking: &Asking,
    person: &Person,
    place: &KeptPlaceId,
    stay: &Stay,
    (purpose, risk, reason): (Purpose, Risk, &str),
) -> Result<Answer, Problem> {
    let viewer = asking.opener.viewer();
    let today = Clock::now().today;
    let Some(sent) = sent(asking, place)? else {
        return Ok(Answer::Not(
            "The agency that marked this place did not send where it is.".to_owned(),
            true,
        ));
    };
    let own = stay.sources.iter().any(|source| source.agency == viewer.agency);
    let conditions = if own {
        asking.opener.collector().decided(["own_record".to_owned()], [Category::Loc.to_string()]);
        Vec::new()
    } else {
        let Some(holder) = stay.sources.first().map(|source| &source.agency) else {
            return Err(Problem::NotFound);
        };
        let decision = decided(asking, person, holder, purpose, risk, today)?;
        asking.opener.collector().decided(decision.rules.clone(), [Category::Loc.to_string()]);
        if !decision.fields.contains(&Category::Loc) {
            return Ok(Answer::Not(decision.explain.clone(), decision.within.is_some()));
        }
        // To avert a threat to life is breaking glass: two are told before anything is shown, and another agency asks.
        if purpose == Purpose::ImminentThreat {
            glass::broken(asking, person.id.as_str(), reason)?;
        }
        decision.conditions.iter().map(|words| shown::sentence_case(words)).collect()
    };
    let Some((address, why)) = opened(asking, sent)? else { return Err(Problem::NotFound) };
    Ok(Answer::Told(Told {
        lines: shown::place(&Place::Known(address)),
        why,
        conditions,
        contact: contact(asking, person, today)?,
    }))
}

/// The newest fact that says where a kept place is.
fn sent(asking: &Asking, place: &KeptPlaceId) -> Result<Option<u64>, Problem> {
    let mut newest = None;
    for sealed in asking.app.store.facts_of_kind(&["kept_place"], ..)? {
        let fact = Door::open_to_derive(sealed?);
        let says = |kept: &KeptPlace| kept.id == *place && !kept.address.lines.trim().is_empty();
        if matches!(&fact.body, FactBody::KeptPlace(kept) if says(kept)) {
            newest = Some(fact.seq);
        }
    }
    Ok(newest)
}

/// Opens this one fact, and no other.
fn opened(asking: &Asking, seq: u64) -> Result<Option<(Address, String)>, Problem> {
    let Some(sealed) = asking.app.store.facts_by_seq(&[seq])?.into_iter().next() else { return Ok(None) };
    match asking.opener.open(sealed)?.body {
        FactBody::KeptPlace(kept) => {
            asking.opener.collector().did(Act::LocationRevealed);
            Ok(Some((kept.address, kept.why)))
        }
        _ => Ok(None),
    }
}

/// What the policies say about this place, for this purpose, now.
fn decided(
    asking: &Asking,
    person: &Person,
    holder: &AgencyId,
    purpose: Purpose,
    risk: Risk,
    today: Date,
) -> Result<Arc<Decision>, Problem> {
    let viewer = asking.opener.viewer();
    let words = asking.app.accounts.roles.words(&viewer.role_id, &viewer.agency);
    let (agency, role) = words.ok_or(Problem::NotFound)?;
    // Somebody asked for this place to be kept: whatever else is recorded about them, it is kept as a victim's is.
    let subject = match person.stage {
        LifeStage::Child => Subject::Child,
        LifeStage::Unborn => Subject::Unborn,
        LifeStage::Adult | LifeStage::Unknown => Subject::Victim,
    };
    let request = Request {
        agency: Agency::parse(agency).ok(),
        role: Role::parse(role).ok(),
        relation: Some(Relation::OwnCase),
        holder: access::agency_word(holder.as_str()),
        purpose: Some(purpose),
        subject: Some(subject),
        risk: Some(risk),
        channel: Some(Channel::Portal),
        categories: Categories::of(&[Category::Loc]),
        ..Request::default()
    };
    Ok(asking.app.policies()?.decide(&request, today))
}

/// The newest instruction for safe contact, if it is recent enough to rely on.
fn contact(
    asking: &Asking,
    person: &Person,
    today: Date,
) -> Result<Option<(String, When, AgencyId)>, Problem> {
    let days = asking.app.watch()?.reach.safe_contact_days;
    let from = today.checked_sub(days.days()).unwrap_or(today);
    let mut newest: Option<(String, When, AgencyId)> = None;
    for known in records_of(asking, &BTreeSet::from([person.id.clone()]))? {
        let told = known.record.events.iter().find_map(|event| event.details.get(SAFE_CONTACT));
        let (Some(words), Some(when)) = (told, known.recorded) else { continue };
        let named = known.persons.contains(&person.id);
        let later = newest.as_ref().is_none_or(|(_, before, _)| when.last_day() > before.last_day());
        if named && later && when.last_day() >= from && !words.trim().is_empty() {
            newest = Some((words.trim().to_owned(), when, known.agency.clone()));
        }
    }
    Ok(newest)
}

fn drawn(
    asking: &Asking,
    person: &Person,
    filled: Filled,
    answer: Option<Answer>,
    error: Option<(&'static str, &'static str)>,
) -> Result<Html<String>, Problem> {
    let choice = |value: &str, text: String| plain::Choice { value: value.to_owned(), text };
    let choose = || choice("", "Choose".to_owned());
    let purposes = PURPOSES.iter().map(|word| choice(word.as_str(), plain::word_label(word.as_str())));
    let risks = Risk::ALL.iter().map(|word| choice(word.as_str(), plain::word_label(word.as_str())));
    let frame = asking.frame(Nav::None);
    Ok(Html(page_of::render(&KeptPlacePage {
        label: shown::label(person, frame.now.first_day()),
        person: person.id.clone(),
        stays: listed(&stays(person)),
        purposes: std::iter::once(choose()).chain(purposes).collect(),
        risks: std::iter::once(choose()).chain(risks).collect(),
        frame,
        filled,
        answer,
        error,
    })?))
}
