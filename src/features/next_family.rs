//! Has somebody who causes harm joined another family? A suspicion is shown to whoever works with them, and to nobody else until
//! one of those says that it is so. What they say is a fact with a reason; it is taken back by answering again.

use std::collections::{BTreeMap, BTreeSet};

use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::fact::FactBody;
use throughline_domain::ids::PersonId;
use throughline_domain::next_family::{Answer, Answers, NextFamilyAnswered, Verdict, must_ask, rests_on};
use throughline_domain::picture::{self, AskedFamily, Confirmation, NextFamily, Person, TodayItem};

use super::asking::{Sent, aside};
use super::known::mention_of;
use super::links::{deciding, user};
use super::{Asking, Problem};
use crate::intake::Clock;
use crate::shelf::{self, TodayFront};
use crate::web::pages::frame::Nav;
use crate::web::pages::next_family::{self as page_of, NextFamilyPage};
use crate::web::shown;
use crate::{access, derive, digest};

/// Most suspicions about one person.
const MOST: usize = 200;
/// Longest reason.
const LONGEST: usize = 2_000;

/// The suspicions about one person that are the reader's to answer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NextFamilyView {
    /// The person causing harm.
    pub person: Person,
    /// The suspicions, first sign first.
    pub lines: Vec<Suspicion>,
    /// Everybody whom the page names.
    pub people: BTreeMap<PersonId, Person>,
}

/// One suspicion, and what was said about it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Suspicion {
    /// By what a form names it. Changes when other records tell of it.
    pub id: String,
    /// What records suggest.
    pub next: NextFamily,
    /// What the reader's agency says now: `yes`, `no`, `cannot_tell`; nothing where it must (again) be asked.
    pub said: Option<Verdict>,
    /// Whether something has come, or time has passed, since the last answer of the reader's agency.
    pub again: bool,
    /// What people of the reader's agency said, newest first.
    pub history: Vec<Said>,
}

/// One answer as people read it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Said {
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
}

/// What people said by the end of a day, or until now.
pub fn answers(asking: &Asking, by: Option<Date>) -> Result<Answers, Problem> {
    let store = &asking.app.store;
    let mut found = Vec::new();
    for sealed in store.facts_of_kind(&["next_family_answered"], ..)? {
        let fact = asking.opener.read(sealed?)?;
        let FactBody::NextFamilyAnswered(said) = fact.body else { continue };
        if by.is_some_and(|day| shown::local(fact.received).date() > day) {
            continue;
        }
        let who = access::people_of(store, std::slice::from_ref(&said.person))?;
        let of = |person| Answer {
            seq: fact.seq,
            agency: fact.agency.clone(),
            at: fact.received,
            person,
            said: said.clone(),
        };
        found.extend(who.into_iter().map(of));
    }
    Ok(Answers::new(found))
}

/// What is suspected of some people and not confirmed, for whoever it is to confirm, unless their agency says that it is not so.
pub fn open_about<'a>(
    asking: &Asking,
    people: impl IntoIterator<Item = &'a PersonId>,
) -> Result<Vec<NextFamily>, Problem> {
    let mut all: Vec<AskedFamily> = Vec::new();
    for person in people {
        all.extend(asking.found::<AskedFamily>(shelf::ASKED, &format!("p:{person}"), MOST)?);
    }
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let answers = answers(asking, None)?;
    let open = all.into_iter().filter(|asked| {
        let said = suspicion(asking, asked, &answers).said;
        asked.next.confirmation != Confirmation::Yes && said != Some(Verdict::No)
    });
    Ok(open.map(|asked| asked.next).collect())
}

/// The lines of Today that ask the reader: all of them.
pub fn items(asking: &Asking) -> Result<Vec<TodayItem>, Problem> {
    let all = asking.all::<AskedFamily>(shelf::ASKED)?;
    lines(asking, all.iter().map(|(_, asked)| asked))
}

/// The first of them, with how many there are. Whoever oversees the work of an agency reads what was laid out with the picture, and
/// of those that are theirs otherwise each one.
pub fn front(asking: &Asking) -> Result<TodayFront, Problem> {
    if !asking.sees_all(shelf::TODAY)? {
        return Ok(TodayFront::of(items(asking)?));
    }
    let mut front: TodayFront = asking.maybe(shelf::TODAY, "asked")?.unwrap_or_default();
    let mut own: Vec<AskedFamily> = Vec::new();
    for person in &asking.sight.own {
        own.extend(asking.found::<AskedFamily>(shelf::ASKED, &format!("p:{person}"), MOST)?);
    }
    let agency = &asking.sight.audience.agency;
    let more = lines(asking, own.iter().filter(|asked| !asked.known_to.contains(agency)))?;
    for item in more {
        *front.counts.entry(item.group.clone()).or_default() += 1;
        front.items.push(item);
    }
    Ok(front)
}

fn lines<'a>(
    asking: &Asking,
    all: impl IntoIterator<Item = &'a AskedFamily>,
) -> Result<Vec<TodayItem>, Problem> {
    let mut all = all.into_iter().peekable();
    if all.peek().is_none() {
        return Ok(Vec::new());
    }
    let (answers, settings, on) = (answers(asking, None)?, &asking.app.settings, asking.drawn_on()?);
    let open = derive::to_ask(all, &asking.sight.audience.agency, &answers, settings, on);
    Ok(picture::to_confirm(open, settings, on))
}

fn suspicion(asking: &Asking, asked: &AskedFamily, answers: &Answers) -> Suspicion {
    let (agency, person) = (&asking.sight.audience.agency, &asked.next.person);
    let own = answers.of_agency(agency, person, &asked.rows);
    let again = must_ask(own, &asked.rows, Clock::now().today, asking.app.settings.ask_again_days());
    let history = answers.to(person, &asked.rows).rev().filter(|answer| answer.agency == *agency);
    Suspicion {
        id: digest::short(&shelf::next_key(&asked.next)),
        next: asked.next.clone(),
        said: own.filter(|_| !again).map(|answer| answer.said.verdict),
        again: again && own.is_some(),
        history: history
            .map(|answer| Said {
                at: answer.at,
                by: user(asking, &answer.said.by),
                verdict: answer.said.verdict,
                reason: answer.said.reason.clone(),
            })
            .collect(),
    }
}

/// What is suspected of one person, with the rows behind each, for whoever may answer.
fn asked_of(asking: &Asking, person: &PersonId) -> Result<Vec<AskedFamily>, Problem> {
    let mut asked = asking.found::<AskedFamily>(shelf::ASKED, &format!("p:{person}"), MOST)?;
    asked.sort_by_key(|asked| asked.next.first_seen);
    Ok(asked)
}

/// Reads what is suspected of one person.
pub fn view(asking: &Asking, id: &str) -> Result<NextFamilyView, Problem> {
    let person: Person = asking.one(shelf::PERSON, id)?;
    let asked = asked_of(asking, &person.id)?;
    let (answers, kept) = (answers(asking, None)?, asking.app.kept()?);
    let mut lines: Vec<Suspicion> = asked.iter().map(|asked| suspicion(asking, asked, &answers)).collect();
    for said in lines.iter_mut().flat_map(|line| &mut line.history) {
        said.reason = kept.hush(&said.reason).into_owned();
    }
    let named = lines.iter().flat_map(|line| line.next.new_partner.iter().chain(&line.next.children));
    let wanted: BTreeSet<&PersonId> = named.chain([&person.id]).collect();
    let people = super::person::named(asking, wanted, &BTreeMap::new())?;
    Ok(NextFamilyView { person, lines, people })
}

/// What was done just now.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: String,
}

/// What somebody says.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Filled {
    which: String,
    verdict: String,
    reason: String,
}

/// The page, with the forms to answer.
pub async fn page(
    asking: Asking,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Html<String>, Problem> {
    aside(move || drawn(&asking, &id, Filled::default(), None, &done.done)).await
}

fn drawn(
    asking: &Asking,
    id: &str,
    filled: Filled,
    error: Option<(&'static str, &'static str)>,
    done: &str,
) -> Result<Html<String>, Problem> {
    let view = view(asking, id)?;
    let frame = asking.frame(Nav::Harm);
    Ok(Html(page_of::render(&NextFamilyPage {
        labels: shown::labels(view.people.values(), frame.now.first_day()),
        done: done.to_owned(),
        filled,
        error,
        view,
        frame,
    })?))
}

/// Takes an answer.
pub async fn send(
    asking: Asking,
    Path(id): Path<String>,
    Form(sent): Form<Sent<Filled>>,
) -> Result<Response, Problem> {
    aside(move || {
        let filled = sent.form(&asking)?;
        let person: Person = asking.one(shelf::PERSON, &id)?;
        let again = |filled: Filled, field, say| {
            Ok(drawn(&asking, &id, filled, Some((field, say)), "")?.into_response())
        };
        let all = asked_of(&asking, &person.id)?;
        let Some(asked) =
            all.iter().find(|asked| digest::short(&shelf::next_key(&asked.next)) == filled.which)
        else {
            return again(filled, "asked", "Records have changed since this page was shown. Read it again");
        };
        let Some(verdict) = Verdict::parse(&filled.verdict) else {
            return again(filled, "verdict", "Choose whether it is so");
        };
        let reason: String = filled.reason.trim().chars().take(LONGEST).collect();
        if reason.is_empty() {
            return again(filled, "reason", "Say how you know, or what you did to find out");
        }
        asking.opener.collector().about(person_and_named(&asked.next));
        let _claim = deciding::claim(&asking)?;
        let viewer = asking.opener.viewer();
        let answers = answers(&asking, None)?;
        let said = NextFamilyAnswered {
            person: mention_of(&asking, &person.id)?,
            rows: rests_on(&answers, &viewer.agency, &person.id, &asked.rows),
            verdict,
            by: viewer.user.clone(),
            reason,
        };
        deciding::append(&asking, vec![FactBody::NextFamilyAnswered(said)])?;
        let to = format!("/harm/{}/next-family?done={}", person.id, verdict.word());
        Ok(Redirect::to(&to).into_response())
    })
    .await
}

fn person_and_named(next: &NextFamily) -> Vec<&PersonId> {
    [&next.person].into_iter().chain(&next.new_partner).chain(&next.children).collect()
}
