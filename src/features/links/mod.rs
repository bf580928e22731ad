//! Links to decide: which records may be one person, or may not, and where would a wrong answer cost most? Here the queue;
//! one pair, parting, protecting and confirming stand beside it.

pub mod around;
pub(super) mod deciding;
pub mod pair;
pub mod part;
pub mod preview;
pub mod proposal;

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::Query;
use axum::response::Html;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::ids::PersonId;
use throughline_domain::picture::{Person, Worry};
use throughline_domain::sharing::Purpose;

use super::asking::aside;
use super::known::visible;
use super::person::named;
use super::{Asking, Problem};
use crate::access;
use crate::shelf::{self, Derived, Doubt};
use crate::web::pages::frame::Nav;
use crate::web::pages::links as page_of;
use crate::web::shown::{self, PersonLabel};

/// The queue.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LinksView {
    /// Links in doubt, what matters most first.
    pub entries: Vec<Entry>,
    /// Proposals about people that answer no entry, waiting for a second person.
    pub proposals: Vec<Waits>,
    /// Everybody who is named.
    pub people: BTreeMap<PersonId, Person>,
    /// How many links are in doubt in all.
    pub all: u64,
    /// Whether facts have come that are not in the picture yet.
    pub being_drawn: bool,
    /// Whether the reader may decide.
    pub may_decide: bool,
}

/// One link in doubt.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// The two people, or the one person it is about.
    pub people: Vec<PersonId>,
    /// Whether it holds one person together now.
    pub joined: bool,
    /// Strength of the evidence in bits.
    pub weight: f64,
    /// How likely both are one person, 0 to 1.
    pub probability: f64,
    /// Why it matters, in one sentence.
    pub because: String,
    /// Whether two people must decide.
    pub needs_two: bool,
    /// The proposal that waits for a second person, by its fact.
    pub proposal: Option<u64>,
}

/// A proposal that waits.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Waits {
    /// Its fact.
    pub seq: u64,
    /// What it is about.
    pub what: String,
    /// The people it is about.
    pub people: Vec<PersonId>,
    /// Who proposed it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Reads the queue.
pub fn view(asking: &Asking) -> Result<LinksView, Problem> {
    let asking = asking.with(Purpose::Linking);
    let derived: Derived = asking.maybe(shelf::META, "derived")?.unwrap_or_default();
    let decided = deciding::since(&asking, derived.seq)?;
    let open: Vec<deciding::Proposal> =
        deciding::proposals(&asking)?.into_iter().filter(|proposal| proposal.answered.is_none()).collect();
    let mut doubts: Vec<Doubt> = asking.all(shelf::DOUBT)?.into_iter().map(|(_, doubt)| doubt).collect();
    let ends: Vec<u64> = doubts.iter().flat_map(|doubt| doubt.ends.iter().map(|end| end.seq)).collect();
    let visible = visible(&asking, &ends)?;
    doubts.retain(|doubt| doubt.ends.iter().all(|end| visible.contains(&end.seq)));
    doubts.retain(|doubt: &Doubt| {
        let [a, b] = &doubt.ends;
        !decided.iter().any(|decision| decision.names(&a.key) && decision.names(&b.key))
    });
    let entries: Vec<Entry> = doubts
        .into_iter()
        .map(|doubt| Entry {
            proposal: open.iter().find(|p| p.proposed.doubt == doubt.id).map(|p| p.seq),
            people: people_of(&doubt),
            because: doubt.worries.first().copied().unwrap_or(Worry::Mixed).words().to_owned(),
            joined: doubt.joined,
            weight: tenth(doubt.weight),
            probability: hundredth(doubt.probability),
            needs_two: doubt.needs_two,
            id: doubt.id,
        })
        .collect();
    let listed: BTreeSet<u64> = entries.iter().filter_map(|entry| entry.proposal).collect();
    let proposals: Vec<Waits> = open
        .into_iter()
        .filter(|proposal| !listed.contains(&proposal.seq))
        .map(|proposal| Waits {
            seq: proposal.seq,
            what: proposal::what(&proposal.proposed).to_owned(),
            by: user(&proposal.proposed.by),
            people: proposal.proposed.about,
            at: proposal.at,
        })
        .collect();
    let wanted = entries.iter().flat_map(|e| &e.people).chain(proposals.iter().flat_map(|p| &p.people));
    Ok(LinksView {
        people: named(&asking, wanted.collect(), &BTreeMap::new())?,
        all: entries.len() as u64,
        entries,
        proposals,
        being_drawn: being_drawn(&asking)?,
        may_decide: deciding::may(&asking),
    })
}

/// The people a link in doubt is about.
fn people_of(doubt: &Doubt) -> Vec<PersonId> {
    let mut people: Vec<PersonId> = doubt.ends.iter().map(|end| end.person.clone()).collect();
    people.dedup();
    people
}

/// Whether facts have come that are not in the picture yet.
pub fn being_drawn(asking: &Asking) -> Result<bool, Problem> {
    let derived: Derived = asking.maybe(shelf::META, "derived")?.unwrap_or_default();
    Ok(derived.seq < asking.app.store.heads()?.last_seq())
}

/// What people call somebody who signed in.
pub(super) fn user(name: &str) -> String {
    let users = access::demonstration_accounts();
    let known = users.into_iter().find(|user| user.user == name);
    known.map_or_else(|| name.to_owned(), |user| format!("{} ({})", user.name, shown::agency(&user.agency)))
}

/// Labels of people who may be named.
fn labels(people: &BTreeMap<PersonId, Person>, asking: &Asking) -> BTreeMap<PersonId, PersonLabel> {
    shown::labels(people.values(), asking.frame(Nav::Links).now.first_day())
}

/// Which part to show, and what was done just now.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Part {
    page: String,
    done: String,
}

/// The page.
pub async fn page(asking: Asking, Query(part): Query<Part>) -> Result<Html<String>, Problem> {
    aside(move || {
        let view = view(&asking)?;
        Ok(Html(page_of::render(&page_of::LinksPage {
            labels: labels(&view.people, &asking),
            view,
            page: part.page.parse().unwrap_or(1),
            done: part.done,
            frame: asking.frame(Nav::Links),
        })?))
    })
    .await
}

/// A weight as it is told. Weights are learned from every record of the area: more digits would tell of records that the
/// reader may not know of.
pub fn tenth(weight: f64) -> f64 {
    (weight * 10.0).round() / 10.0
}

/// A probability as it is told, for the same reason.
pub fn hundredth(probability: f64) -> f64 {
    (probability * 100.0).round() / 100.0
}
