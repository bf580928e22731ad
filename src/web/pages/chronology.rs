//! The chronology that family, person and person causing harm share: what to show, filters, pages.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use throughline_domain::ids::{AgencyId, PersonId};
use throughline_domain::picture::shape::{Entry, Viewpoint};
use throughline_domain::record::EventKind;

use super::frame::Frame;
use super::pager::{Pager, pager, part};
use crate::web::shown::{self, PersonLabel};

/// Lines on one page.
const SIZE: usize = 60;

/// What somebody chose to see. Read from the address: ids, codes and dates only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filters {
    /// Only what concerns this person.
    pub person: Option<PersonId>,
    /// Only what this agency recorded.
    pub agency: Option<AgencyId>,
    /// Only this kind of event.
    pub kind: Option<EventKind>,
    /// Which page, from 1; 0 is 1.
    pub page: usize,
}

impl Filters {
    fn any(&self) -> bool {
        self.person.is_some() || self.agency.is_some() || self.kind.is_some()
    }

    fn lets(&self, entry: &Entry) -> bool {
        self.person.as_ref().is_none_or(|person| entry.people.iter().any(|(one, _)| one == person))
            && self.agency.as_ref().is_none_or(|agency| &entry.agency == agency)
            && self.kind.is_none_or(|kind| entry.kind == kind)
    }
}

/// One choice in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Choice {
    value: String,
    text: String,
}

/// What the template shows.
#[derive(Clone, Debug, Serialize)]
pub struct Chronology<'a> {
    action: String,
    people: Vec<Choice>,
    agencies: Vec<Choice>,
    kinds: Vec<Choice>,
    viewers: Vec<Choice>,
    person: String,
    agency: String,
    kind: String,
    as_known_on: String,
    known_to: String,
    filtered: bool,
    summary: String,
    none: String,
    entries: Vec<&'a Entry>,
    pages: Option<Pager>,
}

/// Works out what to show of `all` (any order, already seen from the frame's viewpoint).
#[must_use]
pub fn chronology<'a>(
    frame: &Frame,
    action: &str,
    all: &'a [Entry],
    filters: &Filters,
    labels: &BTreeMap<PersonId, PersonLabel>,
    agencies: &BTreeSet<AgencyId>,
) -> Chronology<'a> {
    let mut entries: Vec<&Entry> = all.iter().filter(|entry| filters.lets(entry)).collect();
    entries.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.seq)));
    let found = entries.len();
    let (shown_part, page) = part(&entries, filters.page, SIZE);
    let shown_part = shown_part.to_vec();
    let address =
        |page: usize| format!("{action}?{}page={page}#chronology", query(filters, &frame.viewpoint));
    let pages = pager(found, page, SIZE, address);
    let named: BTreeSet<&PersonId> =
        all.iter().flat_map(|entry| entry.people.iter().map(|(id, _)| id)).collect();
    let people =
        named.into_iter().filter_map(|id| labels.get(id).map(|label| choice(id.as_str(), &label.name)));
    let senders: BTreeSet<&AgencyId> = agencies.iter().chain(all.iter().map(|entry| &entry.agency)).collect();
    let kinds: BTreeSet<EventKind> = all.iter().map(|entry| entry.kind).chain(filters.kind).collect();
    let agency_choices = |first: &str| {
        let rest = senders.iter().map(|id| choice(id.as_str(), &shown::agency(id)));
        std::iter::once(choice("", first)).chain(rest).collect::<Vec<_>>()
    };
    Chronology {
        action: action.to_owned(),
        people: with_first("Everybody", people.collect()),
        agencies: agency_choices("Every agency"),
        kinds: with_first(
            "Everything",
            kinds.into_iter().map(|kind| choice(&code(kind), kind.label())).collect(),
        ),
        viewers: agency_choices("All agencies together"),
        person: filters.person.as_ref().map(ToString::to_string).unwrap_or_default(),
        agency: filters.agency.as_ref().map(ToString::to_string).unwrap_or_default(),
        kind: filters.kind.map(code).unwrap_or_default(),
        as_known_on: frame.viewpoint.as_known_on.map(|day| day.to_string()).unwrap_or_default(),
        known_to: frame.viewpoint.known_to.as_ref().map(ToString::to_string).unwrap_or_default(),
        filtered: filters.any() || frame.viewpoint != Viewpoint::default(),
        summary: summary(found, all.len(), shown_part.len(), page),
        none: none(all, filters),
        entries: shown_part,
        pages,
    }
}

fn with_first(first: &str, rest: Vec<Choice>) -> Vec<Choice> {
    std::iter::once(choice("", first)).chain(rest).collect()
}

fn choice(value: &str, text: &str) -> Choice {
    Choice { value: value.to_owned(), text: text.to_owned() }
}

/// The code of a kind, as it stands in an address.
#[must_use]
pub fn code(kind: EventKind) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

fn query(filters: &Filters, viewpoint: &Viewpoint) -> String {
    let parts = [
        ("person", filters.person.as_ref().map(ToString::to_string)),
        ("agency", filters.agency.as_ref().map(ToString::to_string)),
        ("kind", filters.kind.map(code)),
        ("as_known_on", viewpoint.as_known_on.map(|day| day.to_string())),
        ("known_to", viewpoint.known_to.as_ref().map(ToString::to_string)),
    ];
    let chosen = parts.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
    chosen.map(|(name, value)| format!("{name}={}&", super::stage::path(&value))).collect()
}

fn summary(found: usize, all: usize, shown_now: usize, page: usize) -> String {
    let entries = shown::count(found, "entry", "entries");
    let of = if found < all { format!(" of {all}") } else { String::new() };
    if shown_now < found {
        let first = (page - 1) * SIZE + 1;
        return format!(
            "{first} to {} of {entries}{}.",
            first + shown_now - 1,
            if found < all { " found" } else { "" }
        );
    }
    format!("{entries}{of}.")
}

fn none(all: &[Entry], filters: &Filters) -> String {
    if all.is_empty() {
        return "No agency has sent anything about this yet.".to_owned();
    }
    match &filters.agency {
        Some(agency) => {
            format!("Nothing from {} matches. They may hold more than they have sent.", shown::agency(agency))
        }
        None => "Nothing matches. Choose fewer filters.".to_owned(),
    }
}

/// The sentence that says from which point of view a page is made.
#[must_use]
pub fn view_words(viewpoint: &Viewpoint) -> String {
    let on = viewpoint.as_known_on.map(|day| format!(" by the end of {}", shown::day(day)));
    let to = viewpoint.known_to.as_ref().map(|agency| format!(" by {}", shown::agency(agency)));
    format!(
        "You see only what had been recorded{}{}. More may be known now.",
        to.unwrap_or_default(),
        on.unwrap_or_default()
    )
}
