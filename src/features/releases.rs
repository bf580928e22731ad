//! Releases that need two people: what leaves the partnership or opens what was closed is proposed by one person and
//! confirmed or refused by another, as decisions on links are.

use std::collections::{BTreeMap, BTreeSet};

use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::fact::{Fact, FactBody};
use throughline_domain::ids::{AgencyId, PersonId};
use throughline_domain::looks::Act;
use throughline_domain::picture::Person;
use throughline_domain::release::{
    self, Hand, Release, ReleaseProposed, Restriction, RestrictionKind, Told, WhyNot,
};
use throughline_domain::sharing::Viewer;
use throughline_store::End;

use super::asking::{Sent, aside};
use super::links::deciding;
use super::person::named;
use super::share::plain::Choice;
use super::{Asking, Problem};
use crate::access;
use crate::export::List;
use crate::intake::Clock;
use crate::shelf;
use crate::web::pages::frame::Nav;
use crate::web::pages::releases::{self as page_of, ReleasePage, ReleasesPage};
use crate::web::shown;

/// One release as the reader may know of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReleaseView {
    /// Its fact.
    pub seq: u64,
    /// What it is, as people say it.
    pub what: String,
    /// What exactly.
    pub words: String,
    /// Which list it exports, as people say it; empty for everything else.
    pub list: String,
    /// Who receives it.
    pub to: String,
    /// The people it is about.
    pub about: Vec<PersonId>,
    /// Who proposed it.
    pub by: String,
    /// Their agency.
    pub agency: AgencyId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// What the second person said: confirmed or not, who, why.
    pub answered: Option<(bool, String, String)>,
    /// Whether the reader may answer.
    pub may_answer: bool,
    /// Why not, in words.
    pub why_not: String,
    /// Whether the reader may open its papers now.
    pub papers: bool,
}

/// Every release there is, in order.
fn all(asking: &Asking) -> Result<Vec<Told>, Problem> {
    let mut facts: Vec<Fact> = Vec::new();
    for sealed in asking.app.store.facts_of_kind(&["release_proposed", "proposal_answered"], ..)? {
        facts.push(asking.opener.read(sealed?)?);
    }
    facts.sort_by_key(|fact| fact.seq);
    Ok(release::tell(&facts))
}

/// Every release that the reader may know of, the newest first.
fn known(asking: &Asking) -> Result<Vec<Told>, Problem> {
    let viewer = asking.opener.viewer();
    let mut known = Vec::new();
    for told in all(asking)? {
        // A lifting tells from whom somebody is kept: that is for those who administer and for whoever confirms.
        let inside = told.proposed.lifts.is_none() || viewer.rights.administers;
        let theirs = (told.agency == viewer.agency && inside) || access::may_confirm_releases(viewer);
        let kept = told.is_kept_from(&viewer.user, &viewer.agency);
        if theirs && !kept && !asking.hides(&told.proposed.about)? {
            known.push(told);
        }
    }
    known.reverse();
    Ok(known)
}

/// Somebody as the rule of two people sees them.
fn hand_of(asking: &Asking, viewer: &Viewer, about: &[PersonId]) -> Result<Hand, Problem> {
    let sight = asking.app.sight(viewer)?;
    Ok(Hand {
        user: viewer.user.clone(),
        agency: viewer.agency.clone(),
        // One name in two agencies may be two people; then a third confirms.
        marks: vec![viewer.name.trim().to_lowercase()],
        confirms: access::may_confirm_releases(viewer),
        barred: about.iter().any(|person| sight.barred.contains(person)),
    })
}

/// Who proposed a release, as they are now.
fn proposer(asking: &Asking, told: &Told) -> Result<Viewer, Problem> {
    let accounts = &asking.app.accounts;
    let account = accounts.staff.account(&told.proposed.by)?;
    let now = account.and_then(|account| accounts.viewer(&account));
    Ok(now.unwrap_or_else(|| Viewer {
        user: told.proposed.by.clone(),
        agency: told.agency.clone(),
        ..Viewer::default()
    }))
}

/// What the rule says to the reader.
fn answered(
    asking: &Asking,
    told: &Told,
    confirmed: bool,
    reason: &str,
) -> Result<Result<FactBody, WhyNot>, Problem> {
    let about = &told.proposed.about;
    let first = hand_of(asking, &proposer(asking, told)?, about)?;
    let second = hand_of(asking, asking.opener.viewer(), about)?;
    Ok(release::answer(told, &first, &second, confirmed, reason).map(FactBody::ProposalAnswered))
}

fn viewed(asking: &Asking, told: &Told) -> Result<ReleaseView, Problem> {
    let may = answered(asking, told, false, "asked")?;
    let name = |user: &str| super::links::user(asking, user);
    Ok(ReleaseView {
        seq: told.seq,
        what: told.proposed.what.label().to_owned(),
        words: told.proposed.words.clone(),
        list: exported(&told.proposed.list).map_or("", List::label).to_owned(),
        to: told.proposed.to.clone(),
        about: told.proposed.about.clone(),
        by: name(&told.proposed.by),
        agency: told.agency.clone(),
        at: told.at,
        reason: told.proposed.reason.clone(),
        answered: told.answered.as_ref().map(|said| (said.confirmed, name(&said.by), said.reason.clone())),
        may_answer: may.is_ok(),
        why_not: may.err().map(|why| why.to_string()).unwrap_or_default(),
        papers: super::papers::may_open(asking, told),
    })
}

fn exported(list: &str) -> Option<List> {
    List::RELEASED.iter().copied().find(|one| one.word() == list)
}

/// All releases that the reader may know of.
pub fn view(asking: &Asking) -> Result<Vec<ReleaseView>, Problem> {
    known(asking)?.iter().map(|told| viewed(asking, told)).collect()
}

pub(super) fn one(asking: &Asking, seq: u64) -> Result<Told, Problem> {
    let told = known(asking)?.into_iter().find(|told| told.seq == seq).ok_or(Problem::NotFound)?;
    asking.opener.collector().about(&told.proposed.about);
    asking.opener.collector().facts([seq]);
    Ok(told)
}

/// What was done just now.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: String,
}

/// The list, with the form to propose one.
pub async fn page(asking: Asking, Query(done): Query<Done>) -> Result<Html<String>, Problem> {
    aside(move || drawn(&asking, Filled::default(), done.done, None)).await
}

/// What is to be released.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Filled {
    what: String,
    list: String,
    words: String,
    to: String,
    person: String,
    reason: String,
}

fn drawn(
    asking: &Asking,
    filled: Filled,
    done: String,
    error: Option<(&'static str, &'static str)>,
) -> Result<Html<String>, Problem> {
    let kinds = Release::proposed_in_words()
        .map(|kind| Choice { value: kind.word().to_owned(), text: kind.label().to_owned() });
    Ok(Html(page_of::render(&ReleasesPage {
        frame: asking.frame(Nav::None),
        releases: view(asking)?,
        kinds: kinds.collect(),
        lists: List::RELEASED
            .iter()
            .map(|list| Choice { value: list.word().to_owned(), text: list.label().to_owned() })
            .collect(),
        filled,
        done,
        error,
    })?))
}

/// Proposes a release.
pub async fn propose(asking: Asking, Form(sent): Form<Sent<Filled>>) -> Result<Response, Problem> {
    aside(move || {
        let filled = sent.form(&asking)?;
        let kind = Release::proposed_in_words().find(|kind| kind.word() == filled.what);
        let person = filled.person.trim();
        let about = match person {
            "" => Some(Vec::new()),
            id => asking.maybe::<Person>(shelf::PERSON, id)?.map(|person| vec![person.id]),
        };
        let (kind, about) = match (kind, about) {
            (None, _) => return wrong(&asking, filled, ("Choose what is to be released", "what")),
            (_, None) => {
                return wrong(&asking, filled, ("Nobody with this number is in your picture", "person"));
            }
            (Some(kind), Some(about)) => (kind, about),
        };
        if matches!(kind, Release::SubjectAccess | Release::CourtBundle) && about.is_empty() {
            return wrong(
                &asking,
                filled,
                ("Enter the number of the person whose records they are", "person"),
            );
        }
        let list = exported(&filled.list).filter(|_| kind == Release::BulkExport);
        if kind == Release::BulkExport && list.is_none() {
            return wrong(&asking, filled, ("Choose which list is to be exported", "list"));
        }
        if filled.words.trim().is_empty() {
            return wrong(&asking, filled, ("Say what exactly is to be released", "words"));
        }
        if filled.reason.trim().is_empty() {
            return wrong(&asking, filled, ("Say why", "reason"));
        }
        let _claim = deciding::claim(&asking)?;
        let proposed = ReleaseProposed {
            what: kind,
            list: list.map_or("", List::word).to_owned(),
            words: filled.words.trim().to_owned(),
            to: filled.to.trim().to_owned(),
            about,
            lifts: None,
            by: asking.opener.viewer().user.clone(),
            role: asking.opener.viewer().role_id.to_string(),
            reason: filled.reason.trim().to_owned(),
        };
        deciding::append(&asking, vec![FactBody::ReleaseProposed(proposed)])?;
        Ok(Redirect::to("/releases?done=proposed").into_response())
    })
    .await
}

fn wrong(asking: &Asking, filled: Filled, error: (&'static str, &'static str)) -> Result<Response, Problem> {
    Ok(drawn(asking, filled, String::new(), Some(error))?.into_response())
}

/// One release.
pub async fn one_page(asking: Asking, Path(seq): Path<u64>) -> Result<Html<String>, Problem> {
    aside(move || one_drawn(&asking, seq, None)).await
}

fn one_drawn(asking: &Asking, seq: u64, error: Option<String>) -> Result<Html<String>, Problem> {
    let view = viewed(asking, &one(asking, seq)?)?;
    let frame = asking.frame(Nav::None);
    let people = named(asking, view.about.iter().collect(), &BTreeMap::new())?;
    let labels = shown::labels(people.values(), frame.now.first_day());
    Ok(Html(page_of::render_one(&ReleasePage { frame, view, labels, error })?))
}

/// What the second person says.
#[derive(Deserialize)]
pub struct Said {
    #[serde(default)]
    answer: String,
    #[serde(default)]
    reason: String,
}

/// Confirms or refuses.
pub async fn answer(
    asking: Asking,
    Path(seq): Path<u64>,
    Form(sent): Form<Sent<Said>>,
) -> Result<Response, Problem> {
    aside(move || {
        let form = sent.form(&asking)?;
        let confirmed = match form.answer.as_str() {
            "confirm" => true,
            "refuse" => false,
            _ => return Ok(one_drawn(&asking, seq, Some("Choose an answer".to_owned()))?.into_response()),
        };
        let _claim = deciding::claim(&asking)?;
        let told = one(&asking, seq)?;
        match answered(&asking, &told, confirmed, &form.reason)? {
            Ok(fact) => {
                if confirmed {
                    asking.opener.collector().did(Act::Disclosed);
                    asking.opener.collector().because(&form.reason);
                }
                deciding::append(&asking, vec![fact])?;
                if let Some(lifts) = told.proposed.lifts.as_ref().filter(|_| confirmed) {
                    lift(&asking, lifts, &told.proposed)?;
                }
                let done = if confirmed { "confirmed" } else { "refused" };
                Ok(Redirect::to(&format!("/releases?done={done}")).into_response())
            }
            Err(why @ WhyNot::NoReason) => {
                Ok(one_drawn(&asking, seq, Some(why.to_string()))?.into_response())
            }
            Err(WhyNot::Absent) => Err(Problem::NotFound),
            Err(why @ WhyNot::Answered) => Err(Problem::Asked(why.to_string())),
            Err(why) => Err(Problem::NotYours(why.to_string())),
        }
    })
    .await
}

/// Ends a restriction on a member of staff or an agency if a second person has agreed to it, and otherwise proposes that.
/// Nobody is named: a restriction is known by its number, and the page of the member of staff tells the rest.
pub fn end_restriction(asking: &Asking, lifts: Restriction, reason: &str) -> Result<Redirect, Problem> {
    let before = all(asking)?.into_iter().rev().find(|told| told.proposed.lifts.as_ref() == Some(&lifts));
    match before {
        // Confirmed, but the program stopped before it was carried out.
        Some(told) if told.stands() => {
            lift(asking, &lifts, &told.proposed)?;
            return Ok(Redirect::to("/releases?done=confirmed"));
        }
        Some(told) if told.answered.is_none() => {
            return Ok(Redirect::to(&format!("/release/{}", told.seq)));
        }
        _ => {}
    }
    let what = match lifts.kind {
        RestrictionKind::Bar => "bar",
        RestrictionKind::Declared => "declared conflict",
    };
    let whom =
        if lifts.user.is_empty() { format!("the agency {}", lifts.agency) } else { lifts.user.clone() };
    let proposed = ReleaseProposed {
        what: Release::LiftRestriction,
        words: format!("End the {what} number {} of {whom}", lifts.id),
        list: String::new(),
        to: String::new(),
        about: Vec::new(),
        lifts: Some(lifts),
        by: asking.opener.viewer().user.clone(),
        role: asking.opener.viewer().role_id.to_string(),
        reason: reason.to_owned(),
    };
    let _claim = deciding::claim(asking)?;
    deciding::append(asking, vec![FactBody::ReleaseProposed(proposed)])?;
    Ok(Redirect::to("/releases?done=proposed"))
}

/// Restrictions for which a release waits for its second person.
pub fn waiting_to_end(asking: &Asking) -> Result<BTreeSet<Restriction>, Problem> {
    let open = all(asking)?.into_iter().filter(|told| told.answered.is_none());
    Ok(open.filter_map(|told| told.proposed.lifts).collect())
}

fn lift(asking: &Asking, lifts: &Restriction, agreed: &ReleaseProposed) -> Result<(), Problem> {
    let (accounts, now) = (&asking.app.accounts, Clock::now().received);
    let by = asking.opener.viewer().user.as_str();
    accounts.tell(access::Told::Barred, &lifts.user, by)?;
    match lifts.kind {
        RestrictionKind::Bar => accounts.staff.end_bar(lifts.id, now)?,
        RestrictionKind::Declared => {
            let end = End { by: agreed.by.clone(), reason: agreed.reason.clone() };
            accounts.staff.end_declared(&lifts.user, lifts.id, &end, now)?
        }
    };
    Ok(())
}
