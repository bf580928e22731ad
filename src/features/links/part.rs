//! Part this person: its records by the links that hold them, the weakest place first; what parting some of them would
//! change, shown before it is done, and what was visible together until now. The same choice of records keeps a protected
//! identity by itself.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::fact::{LinkDecision, LinkVerdict, Protection};
use throughline_domain::ids::{AgencyId, MentionKey};
use throughline_domain::picture::Person;
use throughline_domain::record::Mention;
use throughline_domain::sharing::Purpose;
use throughline_domain::when::When;
use throughline_linkage::Why;

use super::around::{Around, Keys, decision};
use super::deciding::{self, Taken, Wanted};
use super::{hundredth, preview, tenth};
use crate::derive;
use crate::digest;
use crate::features::asking::{Sent, aside};
use crate::features::{Asking, Problem};
use crate::shelf;
use crate::web::pages::frame::Nav;
use crate::web::pages::part::{self as page_of, PartPage, PreviewPage};
use crate::web::shown;

/// What the choice of records is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// They are somebody else's.
    Part,
    /// They are of an identity that must not be joined with the other.
    Protect,
}

/// The records of one person, by what holds them together.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PartView {
    /// The person.
    pub person: Person,
    /// What the choice is for.
    pub aim: Aim,
    /// Groups of records that only weak links hold to the others, the weakest first.
    pub groups: Vec<Group>,
    /// Records on the smaller side of the weakest link.
    pub proposed: Vec<String>,
    /// Whether two people must decide.
    pub needs_two: bool,
    /// Whether the reader may decide.
    pub may_decide: bool,
}

/// Records that belong together for certain: one number of one agency, or a person's decision.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Group {
    /// Its records.
    pub mentions: Vec<MentionListed>,
    /// The weakest link that holds them to the others: bits, and how sure.
    pub held_by: Option<(f64, f64)>,
}

/// A mention in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MentionListed {
    /// What the form sends for it; says nothing.
    pub id: String,
    /// Facts that hold it.
    pub facts: Vec<u64>,
    /// Whose record.
    pub agency: AgencyId,
    /// When the agency recorded it last.
    pub recorded: Option<When>,
    /// Name as recorded.
    pub name: String,
    /// Date of birth as recorded.
    pub born: Option<When>,
}

/// What was visible together because records were held to be one person.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Together {
    /// At the latest since when, where records tell.
    pub since: Option<Timestamp>,
    /// Whether a person had decided so.
    pub decided: bool,
    /// Agencies whose records would go, with how many.
    pub going: BTreeMap<AgencyId, u32>,
    /// Agencies whose records would stay, with how many.
    pub staying: BTreeMap<AgencyId, u32>,
}

/// What the form sends for a mention.
fn mark(key: &MentionKey) -> String {
    format!("m{}", digest::short(&derive::key_text(key)))
}

/// Mentions as they are listed, one for each key.
pub fn listed(around: &Around, keys: &Keys) -> Vec<MentionListed> {
    let mut found: BTreeMap<MentionKey, MentionListed> = BTreeMap::new();
    for (known, mention, _) in around.mentions() {
        let key = derive::key_of(known, mention);
        if !keys.contains(&key) {
            continue;
        }
        let listed = found.entry(key.clone()).or_insert_with(|| MentionListed {
            id: mark(&key),
            facts: Vec::new(),
            agency: known.agency.clone(),
            recorded: None,
            name: name(mention),
            born: mention.born,
        });
        listed.facts.push(known.seq);
        listed.recorded = listed.recorded.max(known.recorded);
    }
    let mut all: Vec<MentionListed> = found.into_values().collect();
    all.sort_by(|a, b| (&a.agency, a.recorded, &a.id).cmp(&(&b.agency, b.recorded, &b.id)));
    all
}

fn name(mention: &Mention) -> String {
    let full = mention.names.first().map(|name| format!("{} {}", name.forenames.join(" "), name.surname));
    let full = full.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    full.unwrap_or_else(|| "not named".to_owned())
}

/// Reads one person's records.
pub fn view(asking: &Asking, id: &str, aim: Aim) -> Result<PartView, Problem> {
    let (around, person) = read(asking, id)?;
    Ok(viewed(asking, &around, person, aim))
}

fn read(asking: &Asking, id: &str) -> Result<(Around, Person), Problem> {
    let asking = asking.with(Purpose::Linking);
    let person: Person = asking.one(shelf::PERSON, id)?;
    Ok((Around::of(&asking, [person.id.clone()].into())?, person))
}

fn viewed(asking: &Asking, around: &Around, person: Person, aim: Aim) -> PartView {
    let by_evidence = |link: &shelf::LinkReason| matches!(link.why, Why::Evidence | Why::Relations);
    let mut groups: Vec<Group> = around
        .groups(by_evidence)
        .iter()
        .map(|keys| {
            let inside = |seq, sub: &str| around.key_at(seq, sub).is_some_and(|key| keys.contains(&key));
            let holds =
                |link: &&shelf::LinkReason| inside(link.a, &link.a_sub) != inside(link.b, &link.b_sub);
            let weakest = around.holding.iter().filter(holds).min_by(|a, b| a.weight.total_cmp(&b.weight));
            Group {
                mentions: listed(around, keys),
                held_by: weakest.map(|link| (tenth(link.weight), hundredth(link.probability))),
            }
        })
        .collect();
    let order = |group: &Group| group.held_by.map_or(f64::INFINITY, |(weight, _)| weight);
    groups.sort_by(|a, b| order(a).total_cmp(&order(b)).then(a.mentions.len().cmp(&b.mentions.len())));
    let weakest = around.holding.iter().filter(|link| by_evidence(link));
    let weakest = weakest.min_by(|a, b| a.weight.total_cmp(&b.weight)).cloned();
    let sides = weakest.map(|weakest| around.groups(|link| *link == weakest)).unwrap_or_default();
    PartView {
        proposed: sides.get(1).into_iter().flatten().map(mark).collect(),
        needs_two: around.restricted || aim == Aim::Protect,
        may_decide: deciding::may(asking),
        groups,
        person,
        aim,
    }
}

/// What was visible together because two sides were one person.
fn together(asking: &Asking, around: &Around, going: &Keys) -> Result<Together, Problem> {
    let person_keys: Keys = around.concerned.iter().flat_map(|person| around.keys_of(person)).collect();
    let staying: Keys = person_keys.difference(going).cloned().collect();
    let count = |keys: &Keys| {
        let mut counts: BTreeMap<AgencyId, u32> = BTreeMap::new();
        for mention in listed(around, keys) {
            *counts.entry(mention.agency).or_default() += mention.facts.len() as u32;
        }
        counts
    };
    let received = |key: &MentionKey| {
        let all = around.mentions().filter(|(known, mention, _)| derive::key_of(known, mention) == *key);
        all.map(|(known, _, _)| known.received).min()
    };
    let crossing = around.holding.iter().filter_map(|link| {
        let (a, b) = (around.key_at(link.a, &link.a_sub)?, around.key_at(link.b, &link.b_sub)?);
        (going.contains(&a) != going.contains(&b)).then(|| received(&a).max(received(&b)))?
    });
    let mut since = crossing.min();
    let joined: Vec<u64> = around
        .decisions
        .iter()
        .filter(|(_, decision)| decision.verdict == LinkVerdict::Same)
        .filter(|(_, decision)| decision.pairs().any(|(a, b)| going.contains(a) != going.contains(b)))
        .map(|(seq, _)| *seq)
        .collect();
    let decided = !joined.is_empty();
    for sealed in asking.app.store.facts_by_seq(&joined)? {
        let at = asking.opener.read(sealed)?.received;
        since = Some(since.map_or(at, |since| since.min(at)));
    }
    Ok(Together { since, decided, going: count(going), staying: count(&staying) })
}

/// Which records to begin with.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Begin {
    proposed: String,
}

/// The page for parting.
pub async fn page(
    asking: Asking,
    Path(id): Path<String>,
    Query(begin): Query<Begin>,
) -> Result<Html<String>, Problem> {
    aside(move || {
        let view = view(&asking, &id, Aim::Part)?;
        let chosen = if begin.proposed.is_empty() { Vec::new() } else { view.proposed.clone() };
        drawn(&asking, view, chosen, String::new(), None)
    })
    .await
}

/// The page for keeping an identity by itself.
pub async fn protect_page(asking: Asking, Path(id): Path<String>) -> Result<Html<String>, Problem> {
    aside(move || drawn(&asking, view(&asking, &id, Aim::Protect)?, Vec::new(), String::new(), None)).await
}

fn drawn(
    asking: &Asking,
    view: PartView,
    chosen: Vec<String>,
    reason: String,
    error: Option<String>,
) -> Result<Html<String>, Problem> {
    let frame = asking.frame(Nav::None);
    let label = shown::label(&view.person, frame.now.first_day());
    Ok(Html(page_of::render(&PartPage { frame, label, view, chosen, reason, error })?))
}

/// Which records, why, and whether it is to be shown or done.
#[derive(Default, Deserialize)]
pub struct Chosen {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    step: String,
    #[serde(flatten)]
    marks: BTreeMap<String, String>,
}

/// Shows what parting would change, or parts.
pub async fn send(
    asking: Asking,
    Path(id): Path<String>,
    Form(sent): Form<Sent<Chosen>>,
) -> Result<Response, Problem> {
    aside(move || taken(&asking, &id, sent.form(&asking)?, Aim::Part)).await
}

/// Shows what keeping an identity by itself would change, or proposes it.
pub async fn protect(
    asking: Asking,
    Path(id): Path<String>,
    Form(sent): Form<Sent<Chosen>>,
) -> Result<Response, Problem> {
    aside(move || taken(&asking, &id, sent.form(&asking)?, Aim::Protect)).await
}

fn taken(asking: &Asking, id: &str, form: Chosen, aim: Aim) -> Result<Response, Problem> {
    deciding::must_be_allowed(asking)?;
    let (around, person) = read(asking, id)?;
    let (all, about) = (around.keys_of(&person.id), person.id.clone());
    let going: Keys = all.iter().filter(|key| form.marks.contains_key(&mark(key))).cloned().collect();
    let staying: Keys = all.difference(&going).cloned().collect();
    let reason = form.reason.trim().to_owned();
    let problem = if going.is_empty() {
        Some("Choose the records that do not belong")
    } else if staying.is_empty() {
        Some("Leave at least one record: it tells who the others are not")
    } else if reason.is_empty() {
        Some("Say how you know")
    } else {
        None
    };
    let chosen: Vec<String> = going.iter().map(mark).collect();
    let view = viewed(asking, &around, person, aim);
    if let Some(problem) = problem {
        return Ok(drawn(asking, view, chosen, form.reason, Some(problem.to_owned()))?.into_response());
    }
    let by = asking.opener.viewer().user.clone();
    let (links, protections) = match aim {
        Aim::Part => {
            let staying = there_before(&around, &going, &staying);
            (parted(&going, &staying, &by, &reason), Vec::new())
        }
        Aim::Protect => (Vec::new(), vec![protected(&going, &staying, &by, &reason)]),
    };
    if form.step != "do" {
        let frame = asking.frame(Nav::None);
        let today = frame.now.first_day();
        let change = preview::change(&around, &links, &protections, asking, today);
        return Ok(Html(page_of::render_preview(&PreviewPage {
            label: shown::label(&view.person, today),
            together: together(asking, &around, &going)?,
            going: listed(&around, &going),
            view,
            change,
            chosen,
            reason,
            frame,
        })?)
        .into_response());
    }
    let needs_two = view.needs_two;
    let wanted = Wanted { links, protections, about: vec![about], doubt: String::new(), reason };
    let done = match deciding::take(asking, wanted, needs_two)? {
        Taken::Decided => "parted",
        Taken::Proposed => "proposed",
    };
    Ok(Redirect::to(&format!("/links?done={done}")).into_response())
}

/// Of the records that would stay, those that the parting holds for. Where somebody had joined the two sides, these are
/// the records of the other side as it was then: what came only after the joining is left to the evidence, so that
/// parting gives back what was before.
fn there_before(around: &Around, going: &Keys, staying: &Keys) -> Keys {
    let crosses = |(a, b): (&MentionKey, &MentionKey)| going.contains(a) != going.contains(b);
    let decisions = around.decisions.iter().map(|(_, decision)| decision);
    let joined: Vec<&LinkDecision> = decisions
        .filter(|decision| decision.verdict == LinkVerdict::Same && decision.pairs().any(crosses))
        .collect();
    let then: Keys =
        staying.iter().filter(|key| joined.iter().any(|decision| decision.names(key))).cloned().collect();
    if then.is_empty() { staying.clone() } else { then }
}

fn parted(going: &Keys, staying: &Keys, by: &str, reason: &str) -> Vec<LinkDecision> {
    decision((going, None), (staying, None), LinkVerdict::NotSame, by, reason).into_iter().collect()
}

/// The word for the scope says nothing: it is made from the first record's key, which is not shown with it.
fn protected(going: &Keys, staying: &Keys, by: &str, reason: &str) -> Protection {
    let first = going.first().map(derive::key_text).unwrap_or_default();
    Protection {
        mentions: going.iter().cloned().collect(),
        apart_from: staying.iter().cloned().collect(),
        scope: format!("s{}", digest::short(&format!("scope {first}"))),
        reason: reason.to_owned(),
        proposed_by: by.to_owned(),
        confirmed_by: String::new(),
    }
}
