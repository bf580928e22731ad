//! Child: when did someone last see and listen to this child? And the list in which no child is missed.

use axum::extract::{Path, Query};
use axum::response::Html;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use throughline_domain::ids::PersonId;
use throughline_domain::picture::{self, Child, Entry, Family, Impact, Person, Viewpoint};

use super::asking::aside;
use super::person::PersonView;
use super::{Asking, Problem};
use crate::shelf;
use crate::web::pages::child::{self, ChildPage};
use crate::web::pages::children::{self, ChildrenPage, Which};
use crate::web::pages::frame::Nav;
use crate::web::shown;

/// Everything about one child.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ChildView {
    /// The child as a person.
    pub person: PersonView,
    /// When somebody saw them or tried to, newest first.
    pub contacts: Vec<Entry>,
    /// What they said, in the words of whoever wrote it down, newest first.
    pub words: Vec<Entry>,
    /// What living with abuse does to them: each dimension, with the records that tell of it.
    pub impact: Vec<Impact>,
    /// Brothers and sisters, half and full, elsewhere too.
    pub siblings: Vec<Child>,
}

/// The list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ChildList {
    /// Children, those with a gap first.
    pub lines: Vec<ChildLine>,
    /// How many there are in all.
    pub total: usize,
    /// How many have a gap.
    pub with_gap: usize,
    /// What the reader asked to see.
    pub filters: ListFilters,
    /// Where the next page begins.
    pub next: Option<usize>,
}

/// One line of the list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ChildLine {
    /// Name.
    pub name: String,
    /// The line.
    pub child: Child,
}

/// What the reader asked to see.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct ListFilters {
    /// `gap`: only children with a gap; `one_agency`: only those of whom one agency alone has records.
    #[serde(default)]
    pub show: String,
    /// Where the page begins.
    #[serde(default)]
    pub from: usize,
}

/// Lines on a page of the list.
const PAGE: usize = 100;

/// Reads one child.
pub fn view(asking: &Asking, id: &str) -> Result<ChildView, Problem> {
    let mut person = super::person::view(asking, id, Viewpoint::default())?;
    if person.child.is_empty() {
        return Err(Problem::NotFound);
    }
    let about = &person.person.id;
    let contacts: Vec<Entry> =
        person.chronology.iter().filter(|e| e.contact.is_some() && names(e, about)).cloned().collect();
    let spoke =
        |e: &&Entry| e.contact.as_ref().is_some_and(|c| c.spoken_to == Some(true)) && e.text.is_some();
    let words = contacts.iter().filter(spoke).cloned().collect();
    let impact = picture::impact(about, &person.chronology, &asking.app.settings);
    let kin = throughline_domain::record::RelationKind::Sibling;
    let keys: Vec<String> = person
        .families
        .iter()
        .flat_map(|f| f.members.iter().map(|m| m.person.as_str()))
        .chain(person.person.relations.iter().filter(|r| r.is == kin).map(|r| r.to.as_str()))
        .filter(|other| *other != id)
        .map(str::to_owned)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let mut siblings: BTreeMap<PersonId, Child> = BTreeMap::new();
    for (_, lines) in asking.many::<Vec<Child>>(shelf::CHILD, &keys)? {
        siblings.extend(lines.into_iter().map(|line| (line.person.clone(), line)));
    }
    let missing: BTreeSet<&PersonId> = siblings.keys().collect();
    let known = super::person::named(asking, missing, &person.people)?;
    person.people.extend(known);
    Ok(ChildView { person, contacts, words, impact, siblings: siblings.into_values().collect() })
}

fn names(entry: &Entry, person: &PersonId) -> bool {
    entry.people.iter().any(|(p, _)| p == person)
}

/// Every child, those with a gap and the latest incident first.
fn everyone(asking: &Asking) -> Result<Vec<Child>, Problem> {
    let all = asking.all::<Vec<Child>>(shelf::CHILD)?;
    let mut lines: Vec<Child> = all.into_iter().flat_map(|(_, lines)| lines).collect();
    lines.sort_by(|a, b| {
        let urgency = |c: &Child| (c.gap.is_empty(), std::cmp::Reverse(c.last_incident));
        urgency(a).cmp(&urgency(b)).then_with(|| (&a.person, &a.family).cmp(&(&b.person, &b.family)))
    });
    Ok(lines)
}

/// Reads the list.
pub fn list(asking: &Asking, filters: ListFilters) -> Result<ChildList, Problem> {
    let mut lines = everyone(asking)?;
    let total = lines.len();
    let with_gap = lines.iter().filter(|line| !line.gap.is_empty()).count();
    match filters.show.as_str() {
        "gap" => lines.retain(|line| !line.gap.is_empty()),
        "one_agency" => lines.retain(Child::one_agency_only),
        _ => {}
    }
    let next = Some(filters.from.saturating_add(PAGE)).filter(|next| *next < lines.len());
    let shown: Vec<Child> = lines.into_iter().skip(filters.from).take(PAGE).collect();
    let wanted = shown.iter().map(|line| &line.person).collect();
    let people: BTreeMap<PersonId, Person> = super::person::named(asking, wanted, &BTreeMap::new())?;
    let lines = shown
        .into_iter()
        .map(|child| ChildLine {
            name: people.get(&child.person).map(|p| p.name.clone()).unwrap_or_default(),
            child,
        })
        .collect();
    Ok(ChildList { lines, total, with_gap, filters, next })
}

/// The page of one.
pub async fn page(asking: Asking, Path(id): Path<String>) -> Result<Html<String>, Problem> {
    aside(move || {
        let view = view(&asking, &id)?;
        let frame = asking.frame(Nav::Children);
        let about = view.person;
        let child = about.child.into_iter().next().ok_or(Problem::NotFound)?;
        let keys: Vec<String> =
            about.families.iter().flat_map(|f| &f.incidents).map(|r| r.as_str().to_owned()).collect();
        let incidents = asking.many(shelf::INCIDENT, &keys)?.into_iter().map(|(_, i)| i).collect();
        Ok(Html(child::render(&ChildPage {
            labels: shown::labels(about.people.values(), frame.now.first_day()),
            families: super::person::family_names(&about.families),
            child,
            person: about.person,
            entries: about.chronology,
            impact: view.impact,
            incidents,
            siblings: view.siblings,
            freshness: about.freshness,
            frame,
        })?))
    })
    .await
}

/// Which part of the list to show.
#[derive(Deserialize)]
pub struct Part {
    #[serde(default)]
    which: Which,
    #[serde(default)]
    page: usize,
}

/// The page of all.
pub async fn list_page(asking: Asking, Query(part): Query<Part>) -> Result<Html<String>, Problem> {
    aside(move || {
        let children: Vec<Child> = everyone(&asking)?;
        let people =
            super::person::named(&asking, children.iter().map(|c| &c.person).collect(), &BTreeMap::new())?;
        let keys: BTreeSet<&str> =
            children.iter().map(|c| c.family.as_str()).filter(|f| !f.is_empty()).collect();
        let keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
        let families: Vec<Family> = asking.many(shelf::FAMILY, &keys)?.into_iter().map(|(_, f)| f).collect();
        let frame = asking.frame(Nav::Children);
        Ok(Html(children::render(&ChildrenPage {
            labels: shown::labels(people.values(), frame.now.first_day()),
            families: super::person::family_names(&families),
            children,
            which: part.which,
            page: part.page.max(1),
            frame,
        })?))
    })
    .await
}
