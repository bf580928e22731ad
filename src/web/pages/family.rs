//! Family: who is in this, what has happened, who is doing what about the person causing harm? To be answered
//! in 60 seconds.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::{Deserialize, Serialize};
use throughline_domain::ids::PersonId;
use throughline_domain::picture::shape::{
    Child, CriticalPoint, Entry, Family, FamilyMember, FamilyPart, Flag, Freshness, HarmProfile, Household,
    Incident, JusticeEntry, NearNow, NextFamily, Person, RecordedPattern, Source, Stay,
};
use throughline_domain::record::EventKind;

use super::chronology::{self, Filters};
use super::frame::{Frame, coverage};
use super::stage::{self, PageError};
use crate::web::figures::{Figure, genogram, homes};
use crate::web::shown::{self, PersonLabel};

/// What the page is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FamilyPage {
    /// What stands around it.
    pub frame: Frame,
    /// The family.
    pub family: Family,
    /// Everybody who may be named on the page: members, partners, people near.
    pub people: BTreeMap<PersonId, Person>,
    /// Its children.
    pub children: Vec<Child>,
    /// Profiles of its members who cause or caused harm.
    pub harm: Vec<HarmProfile>,
    /// Its incidents.
    pub incidents: Vec<Incident>,
    /// Its chronology, seen from the frame's viewpoint, not yet filtered.
    pub chronology: Vec<Entry>,
    /// Homes of its members.
    pub households: Vec<Household>,
    /// Signs that one of its members joined another family.
    pub next: Vec<NextFamily>,
    /// Families that one of its members may have joined, which the reader is to confirm.
    #[serde(default)]
    pub asked: Vec<NextFamily>,
    /// What must lead to a fresh look at the risk, newest first.
    #[serde(default)]
    pub critical: Vec<CriticalPoint>,
    /// What recorded episodes in the family show, seen from the frame's viewpoint.
    #[serde(default)]
    pub pattern: Option<RecordedPattern>,
    /// How fresh each agency's data is.
    pub freshness: Vec<Freshness>,
    /// What somebody chose to see of the chronology.
    pub filters: Filters,
}

#[derive(Serialize)]
struct Causing<'a> {
    person: &'a PersonId,
    label: PersonLabel,
    flags: &'a [Flag],
    near: Vec<&'a NearNow>,
    doing: Vec<Doing<'a>>,
    not_known: &'a [String],
}

/// Something being done about somebody's behaviour.
#[derive(Serialize)]
pub struct Doing<'a> {
    words: String,
    source: &'a Source,
}

#[derive(Serialize)]
struct Other<'a> {
    #[serde(flatten)]
    member: &'a FamilyMember,
    part_words: &'static str,
}

/// Critical points as the page parts them.
#[derive(Serialize)]
struct Critical<'a> {
    /// Nobody has looked since; overdue ones first, the longest waiting first.
    open: Vec<&'a CriticalPoint>,
    /// Known before they come, the next one first.
    ahead: Vec<&'a CriticalPoint>,
    /// Answered by an assessment, newest first.
    answered: Vec<&'a CriticalPoint>,
}

impl<'a> Critical<'a> {
    fn of(points: &'a [CriticalPoint]) -> Self {
        let (mut ahead, come): (Vec<_>, Vec<_>) = points.iter().partition(|point| point.ahead);
        ahead.sort_by_key(|point| point.at);
        let (answered, mut open): (Vec<_>, Vec<_>) =
            come.into_iter().partition(|point| point.answered.is_some());
        open.sort_by_key(|point| (!point.overdue, std::cmp::Reverse(point.due)));
        Self { open, ahead, answered }
    }
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &FamilyPage) -> Result<String, PageError> {
    let today = model.frame.now.first_day();
    let labels = shown::labels(model.people.values(), today);
    let agencies: BTreeSet<_> = model.freshness.iter().map(|fresh| fresh.agency.clone()).collect();
    let action = format!("/family/{}", stage::path(model.family.id.as_str()));
    let chrono =
        chronology::chronology(&model.frame, &action, &model.chronology, &model.filters, &labels, &agencies);
    let justice: Vec<&JusticeEntry> = model.harm.iter().flat_map(|profile| &profile.justice).collect();
    let worked_out = context! {
        view_words => chronology::view_words(&model.frame.viewpoint),
        family_caption => caption(model),
        coverage => Value::from(Serde(coverage(&model.freshness, &model.family.records))),
        causing => Value::from(Serde(causing(model, today))),
        others => Value::from(Serde(others(&model.family))),
        labels => Value::from(Serde(&labels)),
        chrono => Value::from(Serde(chrono)),
        pattern => super::pattern::shown("episodes", model.pattern.as_ref(), &justice),
        homes => Value::from(Serde(homes_figure(model, today))),
        genogram => Value::from(Serde(genogram_figure(model, today))),
        critical => Value::from(Serde(Critical::of(&model.critical))),
    };
    stage::page("family.html", model, worked_out)
}

fn caption(model: &FamilyPage) -> String {
    let count = |part: FamilyPart| model.family.members.iter().filter(|member| member.part == part).count();
    let (children, unborn) = (count(FamilyPart::Child), count(FamilyPart::Unborn));
    let mut words = shown::count(children, "child", "children");
    if unborn > 0 {
        words.push_str(&format!(" and {unborn} not yet born"));
    }
    let last = model
        .family
        .last_event
        .map_or("nothing recorded yet".to_owned(), |at| format!("last record {}", shown::when_day(at)));
    format!("{words} · {last}")
}

fn causing(model: &FamilyPage, today: Date) -> Vec<Causing<'_>> {
    let members: BTreeSet<&PersonId> = model.family.members.iter().map(|member| &member.person).collect();
    let by_part = model.family.members.iter().filter(|member| member.part == FamilyPart::CausingHarm);
    let order: BTreeMap<&PersonId, usize> =
        by_part.enumerate().map(|(at, member)| (&member.person, at)).collect();
    let mut profiles: Vec<&HarmProfile> = model.harm.iter().collect();
    profiles.sort_by_key(|profile| {
        (order.get(&profile.person).copied().unwrap_or(usize::MAX), profile.person.clone())
    });
    let of = |profile: &'_ HarmProfile| {
        model.people.get(&profile.person).map(|person| shown::label(person, today)).unwrap_or_default()
    };
    profiles
        .into_iter()
        .map(|profile| Causing {
            person: &profile.person,
            label: of(profile),
            flags: &profile.flags,
            near: profile.near_now.iter().filter(|near| members.contains(&near.person)).collect(),
            doing: doing(profile, today),
            not_known: &profile.not_known,
        })
        .collect()
}

/// What is in force or happening about somebody's behaviour, as far as recorded.
#[must_use]
pub fn doing(profile: &HarmProfile, today: Date) -> Vec<Doing<'_>> {
    let in_force = |entry: &&JusticeEntry| entry.until.is_none_or(|until| until.last_day() >= today);
    let mut found = Vec::new();
    for entry in profile.justice.iter().filter(in_force) {
        if !matches!(entry.kind, EventKind::Supervision | EventKind::ProtectiveOrder) {
            continue;
        }
        let until = entry
            .until
            .map_or(", no end recorded".to_owned(), |until| format!(" until {}", shown::when_day(until)));
        let words =
            format!("{} since {}{until}: {}", entry.kind.label(), shown::when_day(entry.at), entry.title);
        found.push(Doing { words, source: &entry.source });
    }
    if let Some(since) = profile.in_custody_since
        && let Some(entry) =
            profile.justice.iter().rev().find(|entry| entry.at <= since || entry.kind == EventKind::Recall)
    {
        found.insert(
            0,
            Doing { words: format!("In custody since {}.", shown::when_day(since)), source: &entry.source },
        );
    }
    let sessions: Vec<&JusticeEntry> =
        profile.justice.iter().filter(|entry| entry.kind == EventKind::ProgrammeSession).collect();
    if let Some(last) = sessions.iter().max_by_key(|entry| entry.at) {
        let outcome = last.outcome.as_deref().map_or(String::new(), |outcome| format!(" ({outcome})"));
        let number = shown::count(sessions.len(), "programme session", "programme sessions");
        let words = format!("{number} recorded, the latest on {}{outcome}.", shown::when_day(last.at));
        found.push(Doing { words, source: &last.source });
    }
    found
}

fn others(family: &Family) -> Vec<Other<'_>> {
    let rest = family.members.iter().filter(|member| {
        !matches!(member.part, FamilyPart::CausingHarm | FamilyPart::Child | FamilyPart::Unborn)
    });
    rest.map(|member| Other { member, part_words: part_words(member.part) }).collect()
}

/// A part in a family, for people to read.
#[must_use]
pub fn part_words(part: FamilyPart) -> &'static str {
    match part {
        FamilyPart::CausingHarm => "recorded as causing harm",
        FamilyPart::Harmed => "harmed, as recorded",
        FamilyPart::Child => "child",
        FamilyPart::Unborn => "child not yet born",
        FamilyPart::Partner => "former or new partner",
        FamilyPart::Parent => "parent",
        FamilyPart::Relative => "relative",
    }
}

fn members(model: &FamilyPage) -> Vec<&Person> {
    let mut seen = BTreeSet::new();
    let order = model.family.members.iter().map(|member| &member.person).filter(|id| seen.insert(*id));
    order.filter_map(|id| model.people.get(id)).collect()
}

fn homes_figure(model: &FamilyPage, today: Date) -> Figure {
    let people = members(model);
    let lanes: Vec<(PersonId, String)> =
        people.iter().map(|person| (person.id.clone(), shown::label(person, today).name)).collect();
    let stays = stays(model);
    let marks = homes::marks(&model.incidents, &model.harm);
    homes::draw("homes-picture", &homes::Homes { people: &lanes, stays: &stays, marks: &marks, today })
}

/// Stays of the members: from the homes, or from the people where no homes were given.
fn stays(model: &FamilyPage) -> Vec<Stay> {
    let members = members(model);
    let all: Vec<Stay> = match model.households.as_slice() {
        [] => members.iter().flat_map(|person| person.residences.iter().cloned()).collect(),
        homes => homes.iter().flat_map(|home| home.stays.iter().cloned()).collect(),
    };
    all.into_iter().filter(|stay| members.iter().any(|person| person.id == stay.person)).collect()
}

fn genogram_figure(model: &FamilyPage, today: Date) -> Figure {
    let people = members(model);
    let ids: BTreeSet<&PersonId> = people.iter().map(|person| &person.id).collect();
    let mut harm = genogram::harm(&model.harm, people.iter().copied());
    harm.retain(|(from, to)| ids.contains(from) && ids.contains(to));
    let homes = genogram::homes_on(people.iter().copied(), &homes::letters(&stays(model)), today);
    genogram::draw("genogram-picture", &genogram::Genogram { people, harm, homes, today })
}
