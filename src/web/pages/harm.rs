//! Person causing harm: what is the pattern, whom are they near now, what has been tried? To be answered in 60
//! seconds. Also the list of everybody with such a page.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::{Deserialize, Serialize};
use throughline_domain::ids::{FamilyId, PersonId};
use throughline_domain::picture::shape::{
    Child, Control, Entry, Freshness, HarmProfile, Household, Incident, JusticeEntry, NextFamily, Person,
    RecordedPattern, Stay,
};
use throughline_domain::record::EventKind;

use super::chronology::{self, Filters};
use super::frame::{Frame, coverage};
use super::pager::{Pager, pager, part};
use super::stage::{self, PageError};
use crate::features::harm::Patterns;
use crate::web::figures::{Figure, homes};
use crate::web::shown::{self, PersonLabel};

/// What the page is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HarmPage {
    /// What stands around it.
    pub frame: Frame,
    /// The person.
    pub person: Person,
    /// What is known about the harm.
    pub profile: HarmProfile,
    /// Everybody who may be named on the page.
    pub people: BTreeMap<PersonId, Person>,
    /// What their families are called.
    pub families: BTreeMap<FamilyId, String>,
    /// The children of the profile.
    pub children: Vec<Child>,
    /// The incidents of the profile.
    pub incidents: Vec<Incident>,
    /// Homes of the person, of adults harmed and of the children.
    pub households: Vec<Household>,
    /// Signs of joining another family.
    pub next: Vec<NextFamily>,
    /// Families they may have joined, which the reader is to confirm.
    pub asked: Vec<NextFamily>,
    /// What agencies recorded of control.
    #[serde(default)]
    pub control: Option<Control>,
    /// What recorded episodes show, seen from the frame's viewpoint.
    #[serde(default)]
    pub patterns: Patterns,
    /// The chronology, seen from the frame's viewpoint, not yet filtered.
    pub chronology: Vec<Entry>,
    /// How fresh each agency's data is.
    pub freshness: Vec<Freshness>,
    /// What somebody chose to see of the chronology.
    pub filters: Filters,
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &HarmPage) -> Result<String, PageError> {
    let today = model.frame.now.first_day();
    let label = shown::label(&model.person, today);
    let mut labels = shown::labels(model.people.values(), today);
    labels.insert(model.person.id.clone(), label.clone());
    let agencies: BTreeSet<_> = model.freshness.iter().map(|fresh| fresh.agency.clone()).collect();
    let action = format!("/harm/{}", stage::path(model.person.id.as_str()));
    let chrono =
        chronology::chronology(&model.frame, &action, &model.chronology, &model.filters, &labels, &agencies);
    let own: Vec<&Incident> =
        model.incidents.iter().filter(|one| model.profile.incidents.contains(&one.reference)).collect();
    let counter: Vec<&Incident> =
        model.incidents.iter().filter(|one| model.profile.counter.contains(&one.reference)).collect();
    let justice: Vec<&JusticeEntry> = model.profile.justice.iter().collect();
    let of_kind = |kinds: &[EventKind]| {
        let mut found: Vec<&JusticeEntry> =
            model.profile.justice.iter().filter(|entry| kinds.contains(&entry.kind)).collect();
        found.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        Value::from(Serde(found))
    };
    let engagement = [EventKind::Appointment, EventKind::ProgrammeSession];
    let courts: Vec<EventKind> =
        EventKind::ALL.iter().copied().filter(|kind| !engagement.contains(kind)).collect();
    let worked_out = context! {
        view_words => chronology::view_words(&model.frame.viewpoint),
        heading => label.name,
        caption => format!("{} · {}", shown::sentence_case(&label.born), shown::count(own.len(), "incident as the person causing harm", "incidents as the person causing harm")),
        labels => Value::from(Serde(&labels)),
        coverage => Value::from(Serde(coverage(&model.freshness, &model.person.records))),
        chrono => Value::from(Serde(chrono)),
        doing => Value::from(Serde(super::family::doing(&model.profile, today))),
        pattern => super::pattern::shown("episodes", model.patterns.all.as_ref(), &justice),
        pairs => Value::from(Serde(several(&model.patterns.pairs))),
        lanes => Value::from(Serde(lanes(model, &labels, today))),
        courts => of_kind(&courts),
        engagement => of_kind(&engagement),
        attended => attended(&model.profile),
        counter => Value::from(Serde(counter)),
        own_incidents => Value::from(Serde(newest(own))),
    };
    stage::page("harm.html", model, worked_out)
}

/// Patterns towards each person, where there are several.
fn several(pairs: &[RecordedPattern]) -> &[RecordedPattern] {
    if pairs.len() > 1 { pairs } else { &[] }
}

fn newest(mut incidents: Vec<&Incident>) -> Vec<&Incident> {
    incidents.sort_by(|a, b| (b.at, &b.reference).cmp(&(a.at, &a.reference)));
    incidents
}

/// How appointments and sessions went, in a sentence made of the agency's own outcomes.
fn attended(profile: &HarmProfile) -> String {
    let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    let kept =
        |entry: &&JusticeEntry| matches!(entry.kind, EventKind::Appointment | EventKind::ProgrammeSession);
    for entry in profile.justice.iter().filter(kept) {
        *outcomes.entry(entry.outcome.as_deref().unwrap_or("outcome not recorded")).or_default() += 1;
    }
    let mut listed: Vec<_> = outcomes.into_iter().collect();
    listed.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let words: Vec<String> = listed.iter().map(|(outcome, count)| format!("{count} × {outcome}")).collect();
    words.join(", ")
}

/// The person, the adults harmed and the children as lanes: who shared a home with whom, and when.
fn lanes(model: &HarmPage, labels: &BTreeMap<PersonId, PersonLabel>, today: Date) -> Figure {
    let mut order = vec![&model.person.id];
    order.extend(model.profile.victims.iter().map(|victim| &victim.person));
    order.extend(model.profile.near_now.iter().map(|near| &near.person));
    order.extend(&model.profile.children);
    let mut seen = BTreeSet::new();
    let people: Vec<(PersonId, String)> = order
        .into_iter()
        .filter(|id| seen.insert(*id))
        .filter_map(|id| labels.get(id).map(|label| (id.clone(), label.name.clone())))
        .collect();
    let mut stays: Vec<Stay> = model.households.iter().flat_map(|home| home.stays.iter().cloned()).collect();
    if stays.is_empty() {
        stays = model
            .people
            .values()
            .chain([&model.person])
            .flat_map(|person| person.residences.iter().cloned())
            .collect();
    }
    let marks = homes::marks(&model.incidents, [&model.profile]);
    homes::draw("lanes", &homes::Homes { people: &people, stays: &stays, marks: &marks, today })
}

/// The list of people causing harm.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HarmListPage {
    /// What stands around it.
    pub frame: Frame,
    /// Their profiles, in the order to show.
    pub profiles: Vec<HarmProfile>,
    /// Who people are.
    pub labels: BTreeMap<PersonId, PersonLabel>,
    /// What families are called.
    pub families: BTreeMap<FamilyId, String>,
    /// Which page of the list, from 1.
    pub page: usize,
}

/// Lines on one page of the list.
const SIZE: usize = 50;

/// Makes the list.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_list(model: &HarmListPage) -> Result<String, PageError> {
    let (shown_now, page) = part(&model.profiles, model.page, SIZE);
    let pages: Option<Pager> = pager(model.profiles.len(), page, SIZE, |page| format!("/harm?page={page}"));
    let worked_out = context! {
        shown_now => Value::from(Serde(shown_now)),
        total => model.profiles.len(),
        pages => Value::from(Serde(pages)),
        view_words => "",
    };
    // Only the part that is shown goes to the template: an area may list thousands.
    let near = |profile: &'_ HarmProfile| {
        profile.near_now.iter().map(|near| near.person.clone()).collect::<Vec<_>>()
    };
    let named: Vec<PersonId> = shown_now
        .iter()
        .flat_map(|profile| near(profile).into_iter().chain([profile.person.clone()]))
        .collect();
    let lean = HarmListPage {
        frame: model.frame.clone(),
        profiles: Vec::new(),
        labels: shown::only(&model.labels, &named),
        families: shown::only(&model.families, shown_now.iter().flat_map(|profile| &profile.families)),
        page,
    };
    stage::page("harm_list.html", &lean, worked_out)
}
