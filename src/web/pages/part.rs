//! Part this person: which records do not belong, and what would parting them change? The same pages choose the records of
//! an identity that must be kept by itself.

use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::frame::Frame;
use super::stage::{self, PageError};
use crate::features::links::part::{Aim, MentionListed, PartView, Together};
use crate::features::links::preview::Change;
use crate::web::shown::{self, PersonLabel};

/// What the page is made from.
#[derive(Clone, Debug, Serialize)]
pub struct PartPage {
    /// What stands around it.
    pub frame: Frame,
    /// Who it is about.
    pub label: PersonLabel,
    /// Their records.
    pub view: PartView,
    /// Records that are chosen already.
    pub chosen: Vec<String>,
    /// What was written already.
    pub reason: String,
    /// What was wrong with what the viewer sent, if anything.
    pub error: Option<String>,
}

/// What the page with the changes is made from.
#[derive(Clone, Debug, Serialize)]
pub struct PreviewPage {
    /// What stands around it.
    pub frame: Frame,
    /// Who it is about.
    pub label: PersonLabel,
    /// Their records.
    pub view: PartView,
    /// Records that would go.
    pub going: Vec<MentionListed>,
    /// What would change.
    pub change: Change,
    /// What was visible together.
    pub together: Together,
    /// Records that are chosen.
    pub chosen: Vec<String>,
    /// Why.
    pub reason: String,
}

/// The words that differ with the aim.
fn words(aim: Aim) -> Value {
    match aim {
        Aim::Part => context! {
            path => "part", title => "Part this person", legend => "Which records do not belong?",
            button => "Part them",
        },
        Aim::Protect => context! {
            path => "protect", title => "Keep an identity by itself",
            legend => "Which records are of the identity that is to be kept by itself?",
            button => "Propose to keep them by themselves",
        },
    }
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &PartPage) -> Result<String, PageError> {
    let groups: Vec<Value> = model
        .view
        .groups
        .iter()
        .zip(1..)
        .map(|(group, number)| {
            let items: Vec<Value> = group.mentions.iter().map(|one| item(one, &model.chosen)).collect();
            let held = group.held_by.map(|(_, probability)| shown::sure(probability));
            context! { number, items, held, count => group.mentions.len() }
        })
        .collect();
    stage::page("part.html", model, context! { view_words => "", words => words(model.view.aim), groups })
}

fn item(one: &MentionListed, chosen: &[String]) -> Value {
    let born = one.born.map(|born| format!(", born {}", shown::when_day(born))).unwrap_or_default();
    let recorded = one.recorded.map(|at| format!(", recorded {}", shown::when_day(at))).unwrap_or_default();
    let facts = match one.facts.as_slice() {
        [one] => format!("fact {one}"),
        many => shown::count(many.len(), "row", "rows"),
    };
    context! {
        name => one.id.as_str(),
        id => one.id.as_str(),
        value => "yes",
        text => format!("{}{born}", one.name),
        hint => context! { text => format!("{}{recorded}, {facts}", shown::agency(&one.agency)) },
        checked => chosen.contains(&one.id),
    }
}

/// Makes the page with the changes.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_preview(model: &PreviewPage) -> Result<String, PageError> {
    let since = model.together.since.map(|at| shown::day(shown::local(at).date()));
    let agencies = |counts: &std::collections::BTreeMap<throughline_domain::ids::AgencyId, u32>| {
        let each = counts.iter().map(|(agency, count)| {
            format!("{} ({})", shown::agency(agency), shown::count(*count as usize, "record", "records"))
        });
        each.collect::<Vec<_>>().join(", ")
    };
    let worked_out = context! {
        view_words => "",
        words => words(model.view.aim),
        since,
        agencies_going => agencies(&model.together.going),
        agencies_staying => agencies(&model.together.staying),
        decided => Value::from(Serde(model.together.decided)),
    };
    stage::page("part_preview.html", model, worked_out)
}
