//! Risk from a person causing harm: what was asked, and what professionals judge. Two records that never become one number.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, Query};
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::fact::{FactBody, LinkDecision, LinkVerdict};
use throughline_domain::ids::{MentionKey, PersonId};
use throughline_domain::picture::{self, HarmProfile, Person, Viewpoint};
use throughline_domain::record::Event;
use throughline_domain::risk::{
    self, Answer, Assessment, Form, Identification, Level, Party, Scale, Standing,
};
use uuid::Uuid;

use super::asking::{Sent, aside};
use super::known::{mention_of, records_of};
use super::links::deciding;
use super::looking::Looking;
use super::share::Filled;
use super::share::plain::Choice;
use super::{Asking, Problem};
use crate::config::own_copy;
use crate::derive;
use crate::intake::{self, Clock};
use crate::shelf;
use crate::web::pages::frame::{Frame, Nav};
use crate::web::pages::risk::{self as page_of, RiskPage};
use crate::web::shown;

/// What is asked, and what can be judged: a partnership's own files in the folder of its area, else those built in.
pub struct Rules {
    /// The catalogue of indicators.
    pub form: Form,
    /// The levels.
    pub scale: Scale,
}

impl Rules {
    /// Reads `indicators.toml` and `risk.toml`, where the folder of an area has them.
    pub fn open(folder: &std::path::Path) -> Result<Self, String> {
        let form = own_copy(folder, "indicators.toml")?
            .map_or_else(Form::built_in, |(file, text)| Form::read(&file, &text));
        let scale = own_copy(folder, "risk.toml")?
            .map_or_else(Scale::built_in, |(file, text)| Scale::read(&file, &text));
        Ok(Self { form: form.map_err(|e| e.to_string())?, scale: scale.map_err(|e| e.to_string())? })
    }
}

/// How risk from one person stands.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RiskView {
    /// The person causing harm.
    pub person: Person,
    /// Judgements for each person at risk, and what was asked.
    pub standing: Standing,
    /// The levels that can be judged, with what they stand for.
    pub scale: Vec<Level>,
    /// Everybody whom the page names.
    pub people: BTreeMap<PersonId, Person>,
}

/// Reads how risk stands, as known then.
pub fn view(asking: &Asking, id: &str, viewpoint: &Viewpoint) -> Result<RiskView, Problem> {
    let person: Person = asking.one(shelf::PERSON, id)?;
    let profile: HarmProfile = asking.one(shelf::HARM, id)?;
    let about = BTreeSet::from([person.id.clone()]);
    let (records, kept) = (records_of(asking, &about)?, asking.app.kept()?);
    let chronology = picture::chronology(&records, &about, viewpoint, &asking.app.settings, &kept);
    let (form, scale) = (&asking.app.risk.form, &asking.app.risk.scale);
    let at_risk = at_risk(&profile);
    let today = viewpoint.as_known_on.unwrap_or_else(|| Clock::now().today);
    let standing = Standing::of(&chronology, &person.id, &at_risk, (form, scale), today);
    let wanted: BTreeSet<&PersonId> =
        standing.at_risk.iter().map(|line| &line.person).chain([&person.id]).collect();
    let people = super::person::named(asking, wanted, &BTreeMap::new())?;
    Ok(RiskView { person, standing, scale: scale.levels.clone(), people })
}

/// Everybody at risk from somebody, as far as the reader may know: adults harmed, whom they are near, children.
fn at_risk(profile: &HarmProfile) -> Vec<PersonId> {
    let harmed = profile.victims.iter().map(|victim| &victim.person);
    let near = profile.near_now.iter().map(|near| &near.person);
    let all: BTreeSet<&PersonId> =
        harmed.chain(near).chain(&profile.children).filter(|person| **person != profile.person).collect();
    all.into_iter().cloned().collect()
}

/// What was done just now.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: String,
}

/// The page, with the forms to write.
pub async fn page(
    asking: Asking,
    Path(id): Path<String>,
    Query(looking): Query<Looking>,
    Query(done): Query<Done>,
) -> Result<Html<String>, Problem> {
    aside(move || drawn(&asking, &id, looking.viewpoint()?, Filled::default(), None, &done.done)).await
}

/// The field, and what to do about it.
type Wrong = (&'static str, &'static str);

fn drawn(
    asking: &Asking,
    id: &str,
    viewpoint: Viewpoint,
    filled: Filled,
    error: Option<Wrong>,
    done: &str,
) -> Result<Html<String>, Problem> {
    let view = view(asking, id, &viewpoint)?;
    let frame = Frame { viewpoint, ..asking.frame(Nav::Harm) };
    let today = frame.now.first_day();
    let labels = shown::labels(view.people.values(), today);
    let name = |person: &PersonId| labels.get(person).map(|label| format!("{}, {}", label.name, label.born));
    let whom = view.standing.at_risk.iter().filter_map(|line| {
        Some(Choice { value: line.person.as_str().to_owned(), text: name(&line.person)? })
    });
    let whom = whom.collect();
    Ok(Html(page_of::render(&RiskPage {
        whom,
        form_version: asking.app.risk.form.version,
        form: asking.app.risk.form.groups.iter().map(page_of::FormGroup::of).collect(),
        scale: view.scale,
        standing: view.standing,
        person: view.person,
        labels,
        filled: filled.all().clone(),
        done: done.to_owned(),
        error: error.map(|(field, say)| (say, field)),
        frame,
    })?))
}

/// Writes what was asked, or a judgement.
pub async fn send(
    asking: Asking,
    Path(id): Path<String>,
    axum::Form(sent): axum::Form<Sent<Filled>>,
) -> Result<Response, Problem> {
    aside(move || {
        let filled = sent.form(&asking)?;
        let profile: HarmProfile = asking.one(shelf::HARM, &id)?;
        let today = Clock::now().today;
        let event = event(&asking, &filled, today);
        let whom = at_risk(&profile).into_iter().find(|person| person.as_str() == filled.word("for"));
        match (event, whom) {
            (Ok(event), Some(whom)) => {
                written(&asking, &profile, &whom, event)?;
                let what = if filled.word("what") == "assessment" { "assessed" } else { "asked" };
                Ok(Redirect::to(&format!("/harm/{}/risk?done={what}", profile.person)).into_response())
            }
            (Err(wrong), _) => again(&asking, &id, filled, wrong),
            (_, None) => again(&asking, &id, filled, ("for", "Choose who is at risk")),
        }
    })
    .await
}

fn again(asking: &Asking, id: &str, filled: Filled, wrong: Wrong) -> Result<Response, Problem> {
    Ok(drawn(asking, id, Viewpoint::default(), filled, Some(wrong), "")?.into_response())
}

/// The event that a form stands for, or what is wrong with it and where.
fn event(asking: &Asking, filled: &Filled, today: Date) -> Result<Event, Wrong> {
    let (form, scale) = (&asking.app.risk.form, &asking.app.risk.scale);
    let on = day(filled, today).ok_or(("on-day", "Enter a real day, like 27 3 2026"))?;
    let words = |name: &str| filled.word(name).trim().to_owned();
    let wrong = |wrong: risk::WrongEntry| match wrong.field {
        "on" => ("on-day", wrong.say),
        field => (field, wrong.say),
    };
    match filled.word("what") {
        "assessment" => Assessment {
            level: words("level"),
            reasons: words("reasons"),
            would_change: words("would_change"),
            on,
        }
        .event(scale, today)
        .map_err(wrong),
        "indicators" => {
            let told = risk::Told::parse(filled.word("told")).ok_or(("told", "Choose who said so"))?;
            let answer = |id: &str| {
                let word = filled.word(&format!("item-{id}"));
                Answer::ALL.iter().copied().find(|answer| answer.word() == word).unwrap_or_default()
            };
            let answers = form.items().map(|(_, item)| (item.id.clone(), answer(&item.id)));
            let version = filled.word("version").parse().unwrap_or_default();
            Identification {
                form: form.id.clone(),
                version,
                told,
                on,
                answers: answers.collect(),
                words: words("words"),
            }
            .event(form, today)
            .map_err(wrong)
        }
        _ => Err(("assess", "Choose what you want to write")),
    }
}

/// The day that was typed; today where none was.
fn day(filled: &Filled, today: Date) -> Option<Date> {
    match ["on-day", "on-month", "on-year"].map(|part| filled.word(part).trim()) {
        ["", "", ""] => Some(today),
        [day, month, year] => Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok(),
    }
}

/// Appends the entry as a record of the writer's agency. Who it is about is told by decisions on its mentions: it holds no name.
fn written(asking: &Asking, profile: &HarmProfile, whom: &PersonId, event: Event) -> Result<(), Problem> {
    let viewer = asking.opener.viewer();
    let party = if profile.children.contains(whom) { Party::Child } else { Party::Adult };
    let key = Uuid::now_v7().to_string();
    let record =
        risk::record(&key, &[Party::CausingHarm, party], &format!("{}, {}", viewer.name, viewer.role), event);
    let mut links = Vec::new();
    for (mention, person) in record.people.iter().zip([&profile.person, whom]) {
        let a = MentionKey { feed: record.feed.clone(), row_key: derive::mention_key(&key, mention) };
        links.push(FactBody::LinkDecision(LinkDecision {
            a,
            b: mention_of(asking, person)?,
            with_a: Vec::new(),
            with_b: Vec::new(),
            verdict: LinkVerdict::Same,
            by: viewer.user.clone(),
            confirmed_by: String::new(),
            reason: "Written on this person’s page.".to_owned(),
        }));
    }
    asking.opener.collector().about([&profile.person, whom]);
    let _claim = deciding::claim(asking)?;
    intake::append_entry(&asking.app.store, &viewer.agency, &Clock::now(), record, links)?;
    asking.app.changed.notify_one();
    Ok(())
}
