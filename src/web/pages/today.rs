//! Today: what must not wait until tomorrow, and whose is it? To be answered in 30 seconds.

use std::collections::BTreeMap;

use jiff::Unit;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::{Deserialize, Serialize};
use throughline_domain::ids::{FamilyId, PersonId};
use throughline_domain::picture::shape::{Freshness, TodayItem};

use super::frame::Frame;
pub use super::looked::Notice;
use super::pager::{self, Pager};
use super::stage::{self, PageError};
use crate::features::work::WorkSeen;
use crate::web::shown::{self, PersonLabel};

/// What the page is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TodayPage {
    /// What stands around it.
    pub frame: Frame,
    /// The queue, first things first within each group.
    pub items: Vec<TodayItem>,
    /// Lines of each part, shown here or not.
    #[serde(default)]
    pub counts: BTreeMap<String, u32>,
    /// The part that is shown whole; empty on the first page.
    #[serde(default)]
    pub part: String,
    /// Which page of it, from 1.
    #[serde(default)]
    pub page: usize,
    /// Whose each line is, in the same order.
    #[serde(default)]
    pub work: Vec<WorkSeen>,
    /// Who the people of the queue are.
    pub people_labels: BTreeMap<PersonId, PersonLabel>,
    /// What its families are called.
    pub families: BTreeMap<FamilyId, String>,
    /// How fresh each agency's data is.
    pub freshness: Vec<Freshness>,
    /// What the reader must be told about who looked, the most urgent first.
    #[serde(default)]
    pub notices: Vec<Notice>,
}

/// Whether the page has such a part.
#[must_use]
pub fn is_part(id: &str) -> bool {
    GROUPS.iter().any(|(known, _, _)| *known == id)
}

/// Lines of each part on the first page, and of one part on a page of its own.
const FIRST: usize = 10;
const SIZE: usize = 50;

/// The lines to show: what waits or is done stands behind what does not.
#[must_use]
pub fn shown_lines(
    mut lines: Vec<(TodayItem, WorkSeen)>,
    part: &str,
    page: usize,
) -> Vec<(TodayItem, WorkSeen)> {
    let later = |work: &WorkSeen| work.done || work.waits_until.is_some();
    lines.sort_by_key(|(_, work)| later(work));
    if !part.is_empty() {
        return pager::part(&lines, page, SIZE).0.to_vec();
    }
    let mut of: BTreeMap<String, usize> = BTreeMap::new();
    lines.retain(|(item, _)| {
        let count = of.entry(item.group.clone()).or_default();
        *count += 1;
        *count <= FIRST
    });
    lines
}

#[derive(Serialize)]
struct Group<'a> {
    id: String,
    heading: String,
    none: String,
    rule: String,
    items: Vec<Shown<'a>>,
    /// All its lines.
    count: usize,
}

/// A line with whose it is.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    item: &'a TodayItem,
    work: Option<&'a WorkSeen>,
}

/// The parts of the page in their order, and what an empty one says.
const GROUPS: &[(&str, &str, &str)] = &[
    ("since_yesterday", "New since yesterday", "No domestic incident was reported today or yesterday."),
    ("hard_flag", "Must not wait", "Nothing in what agencies sent says that somebody must act today."),
    (
        "child_not_spoken_to",
        "Children nobody has spoken to",
        "Every child listed has been seen and spoken to since the latest incident.",
    ),
    (
        "next_family_to_confirm",
        "May have joined another family: is it so?",
        "Nothing suggests that somebody you work with has joined another family and is still to be confirmed.",
    ),
    (
        "next_family",
        "Has joined another family",
        "Nobody has confirmed that a person causing harm joined another family, and no harm there is recorded.",
    ),
    (
        "critical_point",
        "The risk must be looked at afresh",
        "Every critical point that is due has been looked at since.",
    ),
    (
        "change_seen",
        "Change seen",
        "Nothing in what agencies recorded is changing with enough certainty to be listed.",
    ),
    ("harm_expected", "Harm expected", "No episode of harm is recorded."),
    (
        "short_term_only",
        "Only short-term responses",
        "No family with repeat incidents is without a plan, assessment or programme in the records that you may see.",
    ),
    (
        "no_lead",
        "Nobody leads",
        "Every open family that your agency has records about is allocated to one of your colleagues.",
    ),
    ("audit", "Chosen at random", "Everybody of whom an episode is recorded stands on one of the two lists."),
    ("repeat_incidents", "Repeat incidents", "No family has repeat incidents in the period looked at."),
];

/// An agency that sent nothing for so many days is named.
const LATE_AFTER_DAYS: i32 = 7;

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &TodayPage) -> Result<String, PageError> {
    let late = late(model);
    let groups = groups(model);
    let all = groups.first().filter(|_| !model.part.is_empty()).map_or(0, |group| group.count);
    let address = |page| format!("/?part={}&page={page}", model.part);
    let pages: Option<Pager> = pager::pager(all, model.page.max(1), SIZE, address);
    let worked_out = context! {
        groups => Value::from(Serde(groups)),
        pages => Value::from(Serde(pages)),
        late,
    };
    stage::page("today.html", model, worked_out)
}

fn groups(model: &TodayPage) -> Vec<Group<'_>> {
    let mut found: Vec<Group<'_>> = GROUPS
        .iter()
        .map(|(id, heading, none)| Group {
            id: (*id).to_owned(),
            heading: (*heading).to_owned(),
            none: (*none).to_owned(),
            rule: String::new(),
            items: Vec::new(),
            count: model.counts.get(*id).map_or(0, |count| *count as usize),
        })
        .filter(|group| model.part.is_empty() || group.id == model.part)
        .collect();
    for (at_all, item) in model.items.iter().enumerate() {
        let at = found.iter().position(|group| group.id == item.group).unwrap_or_else(|| {
            let heading = shown::sentence_case(&item.group);
            found.push(Group {
                id: item.group.clone(),
                heading,
                none: String::new(),
                rule: String::new(),
                items: Vec::new(),
                count: 0,
            });
            found.len() - 1
        });
        if let Some(group) = found.get_mut(at) {
            if group.rule.is_empty() {
                group.rule.clone_from(&item.rule);
            }
            group.items.push(Shown { item, work: model.work.get(at_all) });
        }
    }
    for group in &mut found {
        group.count = group.count.max(group.items.len());
    }
    found
}

/// Agencies that are silent, in sentences.
fn late(model: &TodayPage) -> Vec<String> {
    let today = model.frame.now.first_day();
    let mut lines = Vec::new();
    for fresh in &model.freshness {
        let agency = shown::agency(&fresh.agency);
        match fresh.received.map(|at| shown::local(at).date()) {
            None => lines.push(format!(
                "{agency}: nothing has been received yet. What they know is missing from every page."
            )),
            Some(day) => {
                let days = day.until((Unit::Day, today)).map_or(0, |span| span.get_days());
                if days >= LATE_AFTER_DAYS {
                    lines.push(format!("{agency}: nothing since {}, {days} days ago.", shown::day(day)));
                }
            }
        }
        if fresh.put_aside > 0 {
            let rows = shown::count(fresh.put_aside as usize, "row", "rows");
            lines.push(format!("{agency}: {rows} kept aside because they could not be read safely."));
        }
    }
    lines
}
