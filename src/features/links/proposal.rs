//! A decision that waits for a second person: what is proposed, by whom and why, what it would change, and the answer.

use std::collections::BTreeSet;

use axum::Form;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::fact::{DecisionProposed, LinkVerdict};
use throughline_domain::ids::PersonId;
use throughline_domain::sharing::Purpose;

use super::around::{Around, Keys};
use super::deciding;
use super::part::{MentionListed, listed};
use super::preview::{self, Change};
use super::user;
use crate::features::asking::{Sent, aside};
use crate::features::{Asking, Problem, became};
use crate::web::pages::frame::Nav;
use crate::web::pages::proposal::{self as page_of, ProposalPage};

/// A proposal.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ProposalView {
    /// Its fact.
    pub seq: u64,
    /// What it is about.
    pub what: String,
    /// Who proposed it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// Records of the one side.
    pub ones: Vec<MentionListed>,
    /// Records of the other.
    pub others: Vec<MentionListed>,
    /// What it would change; nothing once it was answered.
    pub change: Change,
    /// What was answered, by whom and why.
    pub answered: Option<Answered>,
    /// Whether the reader may answer: somebody else than who proposed it.
    pub may_answer: bool,
    /// Whether the reader proposed it.
    pub own: bool,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Answered {
    /// Whether it was confirmed.
    pub confirmed: bool,
    /// Who answered.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// What a proposal is about, in words.
pub fn what(proposed: &DecisionProposed) -> &'static str {
    if !proposed.protections.is_empty() {
        return "Keep an identity by itself";
    }
    match proposed.links.first().map(|link| link.verdict) {
        Some(LinkVerdict::Same) => "Say that they are one person",
        Some(LinkVerdict::NotSame) => "Say that they are not one person",
        Some(LinkVerdict::CannotTell) | None => "Say that nobody can tell",
    }
}

/// Reads one proposal.
pub fn view(asking: &Asking, seq: u64) -> Result<ProposalView, Problem> {
    let asking = asking.with(Purpose::Linking);
    let proposal = deciding::one(&asking, seq)?;
    let proposed = &proposal.proposed;
    let mut concerned: BTreeSet<PersonId> = BTreeSet::new();
    for person in &proposed.about {
        concerned.extend(became::present(&asking, person)?);
    }
    let around = Around::of(&asking, concerned)?;
    let (mut ones, mut others) = (Keys::new(), Keys::new());
    for link in &proposed.links {
        ones.extend(std::iter::once(&link.a).chain(&link.with_a).cloned());
        others.extend(std::iter::once(&link.b).chain(&link.with_b).cloned());
    }
    for protection in &proposed.protections {
        ones.extend(protection.mentions.iter().cloned());
        others.extend(protection.apart_from.iter().cloned());
    }
    let today = asking.frame(Nav::Links).now.first_day();
    let change = match proposal.answered {
        Some(_) => Change::default(),
        None => preview::change(&around, &proposed.links, &proposed.protections, &asking, today),
    };
    let own = proposed.by == asking.opener.viewer().user;
    Ok(ProposalView {
        seq,
        what: what(proposed).to_owned(),
        by: user(&asking, &proposed.by),
        at: proposal.at,
        reason: proposed.reason.clone(),
        ones: listed(&around, &ones),
        others: listed(&around, &others),
        change,
        may_answer: proposal.answered.is_none() && !own && deciding::may(&asking),
        answered: proposal.answered.as_ref().map(|answer| Answered {
            confirmed: answer.confirmed,
            by: user(&asking, &answer.by),
            reason: answer.reason.clone(),
        }),
        own,
    })
}

/// The page.
pub async fn page(asking: Asking, Path(seq): Path<u64>) -> Result<Html<String>, Problem> {
    aside(move || drawn(&asking, seq, None)).await
}

fn drawn(asking: &Asking, seq: u64, error: Option<String>) -> Result<Html<String>, Problem> {
    let view = view(asking, seq)?;
    Ok(Html(page_of::render(&ProposalPage { frame: asking.frame(Nav::Links), view, error })?))
}

/// What the second person says.
#[derive(Deserialize)]
pub struct Answer {
    #[serde(default)]
    answer: String,
    #[serde(default)]
    reason: String,
}

/// Confirms or refuses.
pub async fn answer(
    asking: Asking,
    Path(seq): Path<u64>,
    Form(sent): Form<Sent<Answer>>,
) -> Result<Response, Problem> {
    aside(move || {
        let form = sent.form(&asking)?;
        deciding::must_be_allowed(&asking)?;
        let reason = form.reason.trim();
        let confirmed = match form.answer.as_str() {
            "confirm" => true,
            "refuse" => false,
            _ => return Ok(drawn(&asking, seq, Some("Choose an answer".to_owned()))?.into_response()),
        };
        if reason.is_empty() {
            return Ok(drawn(&asking, seq, Some("Say why".to_owned()))?.into_response());
        }
        deciding::answer(&asking, seq, confirmed, reason)?;
        let done = if confirmed { "confirmed" } else { "refused" };
        Ok(Redirect::to(&format!("/links?done={done}")).into_response())
    })
    .await
}
