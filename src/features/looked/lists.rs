//! Who looked, per person and per worker: what justifies each look, unexplained ones first.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, Query};
use axum::response::Html;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use throughline_domain::ids::PersonId;
use throughline_domain::looks::{Act, Entry, Looker, Looking, Tie, may_review};
use throughline_domain::picture::Person;
use throughline_store::SealedEntries;

use super::{Part, is_barred, must_be_allowed, opened};
use crate::access::looks as rights;
use crate::features::asking::aside;
use crate::features::{Asking, Problem};
use crate::web::pages::frame::Nav;
use crate::web::pages::looked::{self as page_of, ListPage};
use crate::web::shown;

/// Entries on one part of a list.
const PART: usize = 200;

/// One line of a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LookSeen {
    /// Its entry.
    pub entry: u64,
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Who.
    pub by: Looker,
    /// What they did.
    pub act: Act,
    /// In plain words.
    pub did: String,
    /// What justifies it, in plain words.
    pub why: String,
    /// Nothing that is recorded explains it.
    pub unexplained: bool,
    /// What they said why.
    pub reason: String,
    /// Whom it was about.
    pub people: Vec<PersonId>,
}

/// A list of who looked.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ListView {
    /// The person it is about, where it is about one.
    pub person: Option<PersonId>,
    /// The worker it is about, where it is about one.
    pub worker: Option<String>,
    /// Unexplained looks first, then the newest.
    pub looks: Vec<LookSeen>,
    /// Where the next part begins.
    pub next: Option<u64>,
    /// People named, where the reader may know them.
    pub people: BTreeMap<PersonId, Person>,
}

/// An entry as a line, where it is one that lists show.
pub fn line(entry: u64, of: Entry, settings: &Looking) -> Option<LookSeen> {
    let line = |at, by, act: Act, tie: Tie, unexplained, reason, people| LookSeen {
        entry,
        at,
        by,
        act,
        did: act.words().to_owned(),
        why: tie.words().to_owned(),
        unexplained,
        reason,
        people,
    };
    match of {
        Entry::Look(look) => {
            let mut loose = line(
                look.at,
                look.by.clone(),
                look.act,
                look.tie,
                look.is_loose(settings),
                look.reason.clone(),
                look.people.clone(),
            );
            if !settings.ties.needed_for.contains(&look.act) {
                loose.why.clear();
            }
            Some(loose)
        }
        Entry::Glass(glass) => {
            let people = vec![glass.person];
            Some(line(glass.at, glass.by, Act::BrokeGlass, Tie::BrokenGlass, false, glass.reason, people))
        }
        Entry::Review(_) | Entry::Alarm(_) | Entry::Lift(_) => None,
    }
}

/// Reads who looked at a person.
pub fn person(asking: &Asking, id: &str, before: Option<u64>) -> Result<ListView, Problem> {
    must_be_allowed(asking)?;
    // Whoever may not review this person is told no more than of somebody there never was.
    let hidden = is_barred(asking, &[id.into()]);
    let looks = &asking.app.audit.looks;
    let view = listed(asking, hidden, before, |before| Ok(looks.about(id, before, PART)?))?;
    Ok(ListView { person: Some(id.into()), ..view })
}

/// Reads what a worker looked at.
pub fn worker(asking: &Asking, user: &str, before: Option<u64>) -> Result<ListView, Problem> {
    must_be_allowed(asking)?;
    let looks = &asking.app.audit.looks;
    let view = listed(asking, false, before, |before| Ok(looks.of_worker(user, before, PART)?))?;
    Ok(ListView { worker: Some(user.to_owned()), ..view })
}

/// A part of the lines that the reader may review: of other agencies' staff, and only by somebody who reviews. Entries
/// that they may not review are passed over before the part is cut, so that there is a further part only where it
/// would show something.
fn listed(
    asking: &Asking,
    hidden: bool,
    mut before: Option<u64>,
    read: impl Fn(Option<u64>) -> Result<SealedEntries, Problem>,
) -> Result<ListView, Problem> {
    let viewer = asking.opener.viewer();
    let me = Looker::from(viewer);
    let mut looks: Vec<LookSeen> = Vec::new();
    while rights::may_review(viewer) && !hidden && looks.len() <= PART {
        let found = read(before)?;
        let read_all = found.len() < PART;
        before = found.last().map(|(entry, _)| *entry);
        let lines = opened(found).filter_map(|(entry, of)| line(entry, of, &asking.app.audit.settings));
        looks.extend(lines.filter(|line| may_review(&me, &line.by) && !is_barred(asking, &line.people)));
        if read_all {
            break;
        }
    }
    let more = looks.len() > PART;
    looks.truncate(PART);
    let next = looks.last().map(|line| line.entry).filter(|_| more);
    looks.sort_by_key(|line| (!line.unexplained, std::cmp::Reverse(line.entry)));
    let wanted: BTreeSet<&PersonId> = looks.iter().flat_map(|line| &line.people).collect();
    let people = crate::features::person::named(asking, wanted, &BTreeMap::new())?;
    Ok(ListView { person: None, worker: None, looks, next, people })
}

/// The page of a person.
pub async fn person_page(
    asking: Asking,
    Path(id): Path<String>,
    Query(part): Query<Part>,
) -> Result<Html<String>, Problem> {
    aside(move || drawn(&asking, person(&asking, &id, part.before)?)).await
}

/// The page of a worker.
pub async fn worker_page(
    asking: Asking,
    Path(user): Path<String>,
    Query(part): Query<Part>,
) -> Result<Html<String>, Problem> {
    aside(move || drawn(&asking, worker(&asking, &user, part.before)?)).await
}

fn drawn(asking: &Asking, view: ListView) -> Result<Html<String>, Problem> {
    let frame = asking.frame(Nav::None);
    let labels = shown::labels(view.people.values(), frame.now.first_day());
    Ok(Html(page_of::render_list(&ListPage { frame, view, labels })?))
}
