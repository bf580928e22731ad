//! Family: who is in this, what has happened, who is doing what about him?

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, Query};
use axum::response::Html;
use schemars::JsonSchema;
use serde::Serialize;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::{
    self, Child, Control, CriticalPoint, Entry, Family, FamilyPart, Freshness, HarmProfile, Household,
    Incident, NextFamily, Person, Picture, RecordedPattern, ReportedHarm, Reporting, Viewpoint,
};

use super::asking::aside;
use super::known::records_of;
use super::looking::Looking;
use super::{Asking, Problem};
use crate::intake::Clock;
use crate::shelf;
use crate::web::pages::family::{self, FamilyPage};
use crate::web::pages::frame::{Frame, Nav};

/// Everything about one family.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FamilyView {
    /// The family.
    pub family: Family,
    /// Everybody whom the page names.
    pub people: BTreeMap<PersonId, Person>,
    /// Its children.
    pub children: Vec<Child>,
    /// Those causing harm in it.
    pub harm: Vec<HarmProfile>,
    /// Incidents, newest first.
    pub incidents: Vec<Incident>,
    /// One chronology across agencies, newest first.
    pub chronology: Vec<Entry>,
    /// Homes of its members.
    pub households: Vec<Household>,
    /// Signs that somebody of it has joined another family, or joined this one from another.
    pub next: Vec<NextFamily>,
    /// What suggests that somebody causing harm in it has joined another, where it is the reader's to confirm.
    pub asked: Vec<NextFamily>,
    /// What must lead to a fresh look at the risk, newest first.
    pub critical: Vec<CriticalPoint>,
    /// What recorded episodes in this family show over time.
    pub pattern: Option<RecordedPattern>,
    /// How fresh each agency's data is.
    pub freshness: Vec<Freshness>,
    /// From which point of view.
    pub viewpoint: Viewpoint,
}

/// Reads one family.
pub fn view(asking: &Asking, id: &str, viewpoint: Viewpoint) -> Result<FamilyView, Problem> {
    let today: Family = asking.one(shelf::FAMILY, id)?;
    let members: BTreeSet<PersonId> = today.members.iter().map(|m| m.person.clone()).collect();
    let records = records_of(asking, &members)?;
    let freshness = asking.freshness()?;
    let kept = asking.app.kept()?;
    let settings = &asking.app.settings;
    let chronology = picture::chronology(&records, &members, &viewpoint, settings, &kept);
    let looked_back = viewpoint != Viewpoint::default();
    let parts = if looked_back {
        let known: Vec<_> = picture::as_known(&records, &viewpoint).into_iter().cloned().collect();
        let on = viewpoint.as_known_on.unwrap_or_else(|| Clock::now().today);
        let answers = super::next_family::answers(asking, viewpoint.as_known_on)?;
        let joined = picture::Joined::Confirmed(&answers);
        as_known(picture::draw_with(&known, settings, &kept, joined, on), today)
    } else {
        stored(asking, today, &members)?
    };
    let people = named(asking, &parts, &chronology)?;
    let pattern = pattern(asking, &parts, &viewpoint)?;
    let Parts { family, children, harm, incidents, households, next, asked, critical, .. } = parts;
    Ok(FamilyView {
        family,
        people,
        children,
        harm,
        incidents,
        chronology,
        households,
        next,
        asked,
        critical,
        pattern,
        freshness,
        viewpoint,
    })
}

/// The parts of the picture that belong to one family.
struct Parts {
    family: Family,
    people: BTreeMap<PersonId, Person>,
    children: Vec<Child>,
    harm: Vec<HarmProfile>,
    incidents: Vec<Incident>,
    households: Vec<Household>,
    next: Vec<NextFamily>,
    asked: Vec<NextFamily>,
    critical: Vec<CriticalPoint>,
    reported: Vec<ReportedHarm>,
    control: Vec<Control>,
}

/// What recorded episodes towards the people of the family show, by those who are in it as causing harm.
fn pattern(
    asking: &Asking,
    parts: &Parts,
    viewpoint: &Viewpoint,
) -> Result<Option<RecordedPattern>, Problem> {
    let members: BTreeSet<PersonId> = parts.family.members.iter().map(|m| m.person.clone()).collect();
    let control: Vec<&Control> = parts.control.iter().collect();
    let reporting: Reporting = asking.maybe(shelf::TODAY, "reporting")?.unwrap_or_default();
    let on = viewpoint.as_known_on.map_or_else(|| asking.drawn_on(), Ok)?;
    let settings = &asking.app.settings;
    Ok(picture::family_pattern(&parts.reported, &members, &control, &reporting, settings, on))
}

fn stored(asking: &Asking, family: Family, members: &BTreeSet<PersonId>) -> Result<Parts, Problem> {
    const MOST: usize = 200;
    let mut households: BTreeMap<_, Household> = BTreeMap::new();
    let mut next: BTreeMap<String, NextFamily> = BTreeMap::new();
    for member in members {
        let term = format!("p:{member}");
        for household in asking.found::<Household>(shelf::HOUSEHOLD, &term, MOST)? {
            households.insert(household.id.clone(), household);
        }
        for sign in asking.found::<NextFamily>(shelf::NEXT, &term, MOST)? {
            next.insert(shelf::next_key(&sign), sign);
        }
    }
    let incident_keys: Vec<String> = family.incidents.iter().map(|r| r.as_str().to_owned()).collect();
    let harming = family.members.iter().filter(|m| m.part == FamilyPart::CausingHarm);
    let asked = super::next_family::open_about(asking, harming.clone().map(|m| &m.person))?;
    let harm_keys: Vec<String> = harming.map(|m| m.person.as_str().to_owned()).collect();
    let child_keys: Vec<String> = members.iter().map(|p| p.as_str().to_owned()).collect();
    let children = asking.many::<Vec<Child>>(shelf::CHILD, &child_keys)?;
    let mut incidents: Vec<Incident> =
        asking.many(shelf::INCIDENT, &incident_keys)?.into_iter().map(|(_, i)| i).collect();
    incidents.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.reference.cmp(&b.reference)));
    let mut critical: Vec<CriticalPoint> =
        asking.found(shelf::CRITICAL, &format!("f:{}", family.id), MOST)?;
    critical.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.id.cmp(&b.id)));
    Ok(Parts {
        critical,
        reported: asking.many(shelf::REPORTED, &harm_keys)?.into_iter().map(|(_, told)| told).collect(),
        control: asking.many(shelf::CONTROL, &harm_keys)?.into_iter().map(|(_, control)| control).collect(),
        children: children.into_iter().flat_map(|(_, c)| c).filter(|c| c.family == family.id).collect(),
        harm: asking.many(shelf::HARM, &harm_keys)?.into_iter().map(|(_, h)| h).collect(),
        incidents,
        households: households.into_values().collect(),
        next: next.into_values().collect(),
        asked,
        people: BTreeMap::new(),
        family,
    })
}

/// The same family in a picture drawn from what was known: the one that shares most members with today's.
fn as_known(drawn: Picture, today: Family) -> Parts {
    let members: BTreeSet<&PersonId> = today.members.iter().map(|m| &m.person).collect();
    let shared = |family: &Family| family.members.iter().filter(|m| members.contains(&m.person)).count();
    let then = drawn.families.values().max_by_key(|family| (family.id == today.id, shared(family))).cloned();
    let family = then.unwrap_or_else(|| Family {
        members: Vec::new(),
        incidents: Vec::new(),
        last_event: None,
        lasting: None,
        records: BTreeMap::new(),
        not_known: vec!["Nothing had been recorded about this family then.".to_owned()],
        ..today.clone()
    });
    let here: BTreeSet<&PersonId> = family.members.iter().map(|m| &m.person).collect();
    let harming = |p: &&HarmProfile| here.contains(&p.person) && p.families.contains(&family.id);
    let lived = |h: &&Household| h.stays.iter().any(|stay| here.contains(&stay.person));
    let mut incidents: Vec<Incident> =
        family.incidents.iter().filter_map(|r| drawn.incidents.get(r)).cloned().collect();
    incidents.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.reference.cmp(&b.reference)));
    let harm: Vec<HarmProfile> = drawn.harm.values().filter(harming).cloned().collect();
    let told = || harm.iter().map(|profile| &profile.person);
    Parts {
        reported: told().filter_map(|person| drawn.reported.get(person)).cloned().collect(),
        control: told().filter_map(|person| drawn.control.get(person)).cloned().collect(),
        children: drawn.children.iter().filter(|c| c.family == family.id).cloned().collect(),
        harm,
        incidents,
        households: drawn.households.values().filter(lived).cloned().collect(),
        critical: drawn.critical.iter().filter(|c| c.family.as_ref() == Some(&family.id)).cloned().collect(),
        // Whoever looks back is asked nothing.
        asked: Vec::new(),
        next: drawn.next_families.iter().filter(|n| here.contains(&n.person)).cloned().collect(),
        people: drawn.people.clone(),
        family: family.clone(),
    }
}

fn named(
    asking: &Asking,
    parts: &Parts,
    chronology: &[Entry],
) -> Result<BTreeMap<PersonId, Person>, Problem> {
    let members = parts.family.members.iter().map(|m| &m.person);
    let stays = parts.households.iter().flat_map(|h| h.stays.iter().map(|s| &s.person));
    let involved = parts.incidents.iter().flat_map(|i| i.involved.iter().map(|p| &p.person));
    let entries = chronology.iter().flat_map(|e| e.people.iter().map(|(p, _)| p));
    let near = parts.harm.iter().flat_map(|h| {
        h.near_now.iter().map(|n| &n.person).chain(h.victims.iter().map(|v| &v.person)).chain(&h.children)
    });
    let next = parts
        .next
        .iter()
        .chain(&parts.asked)
        .flat_map(|n| [&n.person].into_iter().chain(&n.new_partner).chain(&n.children));
    let wanted: BTreeSet<&PersonId> =
        members.chain(stays).chain(involved).chain(entries).chain(near).chain(next).collect();
    super::person::named(asking, wanted, &parts.people)
}

/// The page.
pub async fn page(
    asking: Asking,
    Path(id): Path<String>,
    Query(looking): Query<Looking>,
) -> Result<Html<String>, Problem> {
    aside(move || {
        let filters = looking.filters()?;
        let view = view(&asking, &id, looking.viewpoint()?)?;
        let frame = Frame { viewpoint: view.viewpoint, ..asking.frame(Nav::None) };
        Ok(Html(family::render(&FamilyPage {
            frame,
            family: view.family,
            people: view.people,
            children: view.children,
            harm: view.harm,
            incidents: view.incidents,
            chronology: view.chronology,
            households: view.households,
            next: view.next,
            asked: view.asked,
            critical: view.critical,
            pattern: view.pattern,
            freshness: view.freshness,
            filters,
        })?))
    })
    .await
}
