//! Person: who is this, as all records together tell, and what has each agency recorded?

use std::collections::{BTreeMap, BTreeSet};

use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::{Deserialize, Serialize};
use throughline_domain::ids::{FamilyId, PersonId};
use throughline_domain::picture::shape::{Entry, Freshness, Person, Stay};
use throughline_domain::record::{LifeStage, NameKind, Place, Verdict};

use super::chronology::{self, Filters};
use super::frame::{Frame, coverage};
use super::stage::{self, PageError};
use crate::features::became::Change;
use crate::features::person::{DecisionSeen, InvolvedSeen};
use crate::shelf::Turn;
use crate::web::figures::homes;
use crate::web::shown::{self, PersonLabel};

/// What the page is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PersonPage {
    /// What stands around it.
    pub frame: Frame,
    /// Who it is about.
    pub person: Person,
    /// Who others on the page are.
    pub labels: BTreeMap<PersonId, PersonLabel>,
    /// What their families are called.
    pub families: BTreeMap<FamilyId, String>,
    /// Their chronology, seen from the frame's viewpoint, not yet filtered.
    pub chronology: Vec<Entry>,
    /// How fresh each agency's data is.
    pub freshness: Vec<Freshness>,
    /// Whether there is a page about harm they caused.
    pub causes_harm: bool,
    /// Whether there is a page about them as a child.
    pub is_child: bool,
    /// Whether the reader may ask where a kept place is.
    pub told_places: bool,
    /// How many mentions in records were joined into this person.
    pub mentions: u32,
    /// Agencies of whose records nothing is shown, and whom to ask there.
    pub involved: Vec<InvolvedSeen>,
    /// When people joined or parted records of theirs.
    pub decisions: Vec<DecisionSeen>,
    /// When their page was joined with another or parted.
    pub history: Vec<Change>,
    /// What somebody chose to see of the chronology.
    pub filters: Filters,
}

#[derive(Serialize)]
struct Home<'a> {
    #[serde(flatten)]
    stay: &'a Stay,
    kept: Option<String>,
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &PersonPage) -> Result<String, PageError> {
    let today = model.frame.now.first_day();
    let label = shown::label(&model.person, today);
    let agencies: BTreeSet<_> = model.freshness.iter().map(|fresh| fresh.agency.clone()).collect();
    let action = format!("/person/{}", stage::path(model.person.id.as_str()));
    let chrono = chronology::chronology(
        &model.frame,
        &action,
        &model.chronology,
        &model.filters,
        &model.labels,
        &agencies,
    );
    let lane = [(model.person.id.clone(), label.name.clone())];
    let residences = &model.person.residences;
    let figure =
        homes::draw("homes-picture", &homes::Homes { people: &lane, stays: residences, marks: &[], today });
    let worked_out = context! {
        view_words => chronology::view_words(&model.frame.viewpoint),
        caption => caption(model, &label),
        heading => label.name,
        coverage => Value::from(Serde(coverage(&model.freshness, &model.person.records))),
        not_known => not_known(model),
        chrono => Value::from(Serde(chrono)),
        homes => Value::from(Serde(figure)),
        stays => Value::from(Serde(homes_listed(residences))),
        names => names(&model.person),
        changes => changes(&model.history),
        numbers => numbers(&model.person),
    };
    stage::page("person.html", model, worked_out)
}

fn caption(model: &PersonPage, label: &PersonLabel) -> String {
    let sex = match model.person.sex {
        Some(sex) => format!(
            "recorded as {}",
            if sex == throughline_domain::record::Sex::Female { "female" } else { "male" }
        ),
        None => "sex not recorded".to_owned(),
    };
    let stage = match model.person.stage {
        LifeStage::Child => "Child, ",
        LifeStage::Unborn | LifeStage::Adult | LifeStage::Unknown => "",
    };
    shown::sentence_case(&format!("{stage}{} · {sex}", label.born))
}

/// What no record tells about a person, in sentences.
#[must_use]
pub fn not_known(model: &PersonPage) -> Vec<String> {
    let person = &model.person;
    let mut found = Vec::new();
    if person.name.trim().is_empty() {
        found.push("No name is recorded.".to_owned());
    }
    if person.born.is_none() && person.expected.is_none() {
        found.push("No date of birth is recorded.".to_owned());
    }
    if !person.born_otherwise.is_empty() {
        let others: Vec<String> = person.born_otherwise.iter().map(|born| shown::when_day(*born)).collect();
        found.push(format!("Agencies differ about the date of birth; also recorded: {}.", others.join(", ")));
    }
    if person.residences.is_empty() {
        found.push("No agency has recorded where they live.".to_owned());
    }
    if person.relations.is_empty() {
        found.push("No relationship to anybody is recorded.".to_owned());
    }
    found
}

fn homes_listed(stays: &[Stay]) -> Vec<Home<'_>> {
    let mut order: Vec<&Stay> = stays.iter().collect();
    order.sort_by_key(|stay| std::cmp::Reverse((stay.to.is_none(), stay.from)));
    let kept = |stay: &Stay| if let Place::Kept(id) = &stay.place { Some(id.to_string()) } else { None };
    order.into_iter().map(|stay| Home { stay, kept: kept(stay) }).collect()
}

fn names(person: &Person) -> Vec<Value> {
    let kind = |kind| match kind {
        NameKind::Official => "name",
        NameKind::KnownAs => "known as",
        NameKind::Former => "former name",
    };
    let named = person.names.iter().map(|seen| {
        let full = [seen.name.forenames.join(" "), seen.name.surname.clone()].join(" ");
        context! {
            name => full.trim(),
            kind => kind(seen.name.kind),
            count => seen.count,
            first => Value::from(Serde(seen.first)),
            last => Value::from(Serde(seen.last)),
            sources => Value::from(Serde(&seen.sources)),
        }
    });
    named.collect()
}

/// What happened to the page, in sentences.
fn changes(history: &[Change]) -> Vec<Value> {
    let said = |change: &Change| {
        let mentions = shown::count(change.mentions as usize, "mention", "mentions");
        let (one, was) = match change.mentions {
            1 => ("it stands", "was"),
            _ => ("they stand", "were"),
        };
        match change.what {
            Turn::Joined => format!("Another page with {mentions} in records was joined with this one."),
            Turn::JoinedTo => "This page was joined with another.".to_owned(),
            Turn::PartedFrom => {
                format!("{mentions} in records {was} parted from another page; {one} here now.")
            }
            Turn::Parted => format!("{mentions} in records {was} parted from this page."),
            Turn::Came => format!("{mentions} in records came here from another page."),
            Turn::Went => format!("{mentions} in records went from here to another page."),
            Turn::Gone => "No record was left.".to_owned(),
        }
    };
    let told = history.iter().map(|change| {
        context! {
            at => Value::from(Serde(&change.at)),
            words => said(change),
            now => Value::from(Serde(&change.now)),
            by => change.by.as_deref(),
            reason => change.reason.as_deref(),
        }
    });
    told.collect()
}

fn numbers(person: &Person) -> Vec<Value> {
    let said = |verdict| match verdict {
        Verdict::Valid => "",
        Verdict::BadCheck => "its check digit is wrong",
        Verdict::BadFormat => "not in the usual form",
        Verdict::Temporary => "temporary",
    };
    let listed = person.identifiers.iter().map(|seen| {
        context! { label => seen.label.as_str(), value => seen.value.as_str(), verdict => said(seen.verdict), sources => Value::from(Serde(&seen.sources)) }
    });
    listed.collect()
}
