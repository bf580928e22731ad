//! Child: when did someone last see and listen to this child, and what is it like to be them? To be answered in 30
//! seconds.

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::{Deserialize, Serialize};
use throughline_domain::ids::{FamilyId, PersonId};
use throughline_domain::picture::Impact;
use throughline_domain::picture::shape::{Child, Entry, Freshness, Incident, Person};
use throughline_domain::record::{EventKind, Role};

use super::frame::{Frame, coverage};
use super::stage::{self, PageError};
use crate::web::figures::{self, contacts};
use crate::web::shown::{self, PersonLabel};

/// What the page is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChildPage {
    /// What stands around it.
    pub frame: Frame,
    /// What is known about being seen and heard.
    pub child: Child,
    /// Who they are.
    pub person: Person,
    /// Who others on the page are.
    pub labels: BTreeMap<PersonId, PersonLabel>,
    /// What families are called.
    pub families: BTreeMap<FamilyId, String>,
    /// Everything recorded about the child, seen from the frame's viewpoint.
    pub entries: Vec<Entry>,
    /// What living with abuse does to the child, by dimension.
    pub impact: Vec<Impact>,
    /// Incidents of the family.
    pub incidents: Vec<Incident>,
    /// Brothers and sisters, wherever they live.
    pub siblings: Vec<Child>,
    /// How fresh each agency's data is.
    pub freshness: Vec<Freshness>,
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &ChildPage) -> Result<String, PageError> {
    let today = model.frame.now.first_day();
    let label = shown::label(&model.person, today);
    let mut entries: Vec<&Entry> = model.entries.iter().collect();
    entries.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.seq)));
    let incidents: Vec<&Incident> = model.incidents.iter().collect();
    let contacts: Vec<&Entry> = entries.iter().copied().filter(|entry| entry.contact.is_some()).collect();
    let heard: Vec<&&Entry> =
        entries.iter().filter(|entry| tells_of_child(entry, &model.person.id)).collect();
    let life: Vec<&&Entry> = entries.iter().filter(|entry| tells_of_life(entry.kind)).collect();
    let present = incidents.iter().filter(|incident| {
        incident.involved.iter().any(|part| {
            part.person == model.person.id
                && part.roles.iter().any(|role| matches!(role, Role::ChildPresent | Role::Victim))
        })
    });
    let unnamed = incidents.iter().filter(|incident| incident.children_not_named.contains(&model.person.id));
    let (present, unnamed) = (present.count(), unnamed.count());
    let worked_out = context! {
        view_words => super::chronology::view_words(&model.frame.viewpoint),
        heading => label.name,
        caption => shown::sentence_case(&label.born),
        coverage => Value::from(Serde(coverage(&model.freshness, &model.person.records))),
        not_known => not_known(model),
        contacts => Value::from(Serde(contacts::draw("contacts", &contacts, &incidents, today))),
        lines => Value::from(Serde(figures::impact::draw("impact-lines", &model.impact, &incidents, today))),
        heard => Value::from(Serde(heard)),
        life => Value::from(Serde(life)),
        there => there(present, unnamed, incidents.len()),
    };
    stage::page("child.html", model, worked_out)
}

/// Records in which somebody wrote about this child from listening to them, or from watching them at school or on
/// a visit. What police wrote about an incident is not the child's voice.
fn tells_of_child(entry: &Entry, child: &PersonId) -> bool {
    let heard = entry.contact.as_ref().is_some_and(|contact| contact.spoken_to == Some(true));
    let about =
        entry.people.iter().any(|(id, role)| id == child && matches!(role, Role::Subject | Role::Victim));
    about
        && entry.text.is_some()
        && (heard || matches!(entry.kind, EventKind::Visit | EventKind::SchoolConcern))
}

fn tells_of_life(kind: EventKind) -> bool {
    use EventKind::{
        Attendance, ChildInNeedPlan, ChildProtectionPlan, Enrolment, SchoolContactAdded, Section47,
        SocialCareAssessment, SocialCareReferral,
    };
    matches!(
        kind,
        Attendance
            | ChildInNeedPlan
            | ChildProtectionPlan
            | Enrolment
            | SchoolContactAdded
            | Section47
            | SocialCareAssessment
            | SocialCareReferral
    )
}

fn not_known(model: &ChildPage) -> Vec<String> {
    let child = &model.child;
    let mut found = Vec::new();
    if !child.gap.is_empty() {
        found.push(child.gap.clone());
    }
    if !child.unborn {
        for (seen, words) in
            [(&child.last_seen, "seen"), (&child.last_alone, "seen alone"), (&child.last_spoken, "spoken to")]
        {
            if seen.is_none() {
                found.push(format!("No agency has recorded that this child was {words}."));
            }
        }
        if child.school.is_none() {
            found.push("No school, nursery or college is recorded.".to_owned());
        }
    }
    if model.person.residences.is_empty() {
        found.push("No agency has recorded where this child lives.".to_owned());
    }
    found
}

fn there(present: usize, unnamed: usize, all: usize) -> String {
    if all == 0 {
        return "No incident is recorded in this child’s family.".to_owned();
    }
    let mut words = format!(
        "Recorded as present or harmed at {present} of {}.",
        shown::count(all, "incident", "incidents")
    );
    if unnamed > 0 {
        words.push_str(&format!(" At {unnamed} the child lived there and the report does not name them."));
    }
    words
}
