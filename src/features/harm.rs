//! Person causing harm: what is his pattern, whom is he near now, what has been tried?

use axum::extract::{Path, Query};
use axum::response::Html;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use throughline_domain::ids::PersonId;
use throughline_domain::picture::{
    self, Child, Control, Family, Freshness, HarmProfile, Household, Incident, NextFamily, Person,
    RecordedPattern, ReportedHarm, Reporting, Viewpoint,
};

use super::asking::aside;
use super::known::records_of;
use super::looking::Looking;
use super::person::family_names;
use super::{Asking, Problem};
use crate::shelf;
use crate::web::pages::frame::{Frame, Nav};
use crate::web::pages::harm::{self, HarmListPage, HarmPage};
use crate::web::shown;

/// Everything about one person causing harm.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HarmView {
    /// The person.
    pub person: Person,
    /// What is known of them as a person causing harm.
    pub profile: HarmProfile,
    /// Everybody whom the page names.
    pub people: BTreeMap<PersonId, Person>,
    /// Families, latest first.
    pub families: Vec<Family>,
    /// Children near them or harmed.
    pub children: Vec<Child>,
    /// Incidents, newest first.
    pub incidents: Vec<Incident>,
    /// Homes over time.
    pub households: Vec<Household>,
    /// Other families they have joined: confirmed by a person, or with harm recorded there.
    pub next: Vec<NextFamily>,
    /// What suggests that they have joined another, where it is the reader's to confirm.
    pub asked: Vec<NextFamily>,
    /// What agencies recorded of control.
    pub control: Option<Control>,
    /// What recorded episodes show over time: towards anybody, and towards each person harmed.
    pub patterns: Patterns,
    /// How fresh each agency's data is.
    pub freshness: Vec<Freshness>,
}

/// What recorded episodes of one person show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Patterns {
    /// Towards anybody.
    pub all: Option<RecordedPattern>,
    /// Towards each person harmed, the most episodes first.
    pub pairs: Vec<RecordedPattern>,
}

/// One line of the list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HarmLine {
    /// Name.
    pub name: String,
    /// What is known of them as a person causing harm.
    pub profile: HarmProfile,
    /// Whether there is a sign of a next family.
    pub next_family: bool,
}

/// The list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HarmList {
    /// Lines: most families first, then most incidents.
    pub lines: Vec<HarmLine>,
}

/// Reads one person causing harm.
pub fn view(asking: &Asking, id: &str, viewpoint: &Viewpoint) -> Result<HarmView, Problem> {
    const MOST: usize = 200;
    let person: Person = asking.one(shelf::PERSON, id)?;
    let profile: HarmProfile = asking.one(shelf::HARM, id)?;
    let term = format!("p:{id}");
    let keys = |ids: &mut dyn Iterator<Item = &str>| ids.map(str::to_owned).collect::<Vec<_>>();
    let family_keys = keys(&mut profile.families.iter().map(|f| f.as_str()));
    let incident_keys = keys(&mut profile.incidents.iter().chain(&profile.counter).map(|r| r.as_str()));
    let child_keys = keys(&mut profile.children.iter().map(|p| p.as_str()));
    let families: Vec<Family> =
        asking.many(shelf::FAMILY, &family_keys)?.into_iter().map(|(_, f)| f).collect();
    let children = asking.many::<Vec<Child>>(shelf::CHILD, &child_keys)?;
    let children: Vec<Child> = children.into_iter().flat_map(|(_, lines)| lines).collect();
    let mut incidents: Vec<Incident> =
        asking.many(shelf::INCIDENT, &incident_keys)?.into_iter().map(|(_, i)| i).collect();
    incidents.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.reference.cmp(&b.reference)));
    let households: Vec<Household> = asking.found(shelf::HOUSEHOLD, &term, MOST)?;
    let next: Vec<NextFamily> = asking
        .found::<NextFamily>(shelf::NEXT, &term, MOST)?
        .into_iter()
        .filter(|n| n.person == person.id)
        .collect();
    let asked = super::next_family::open_about(asking, [&person.id])?;
    let control: Option<Control> = asking.maybe(shelf::CONTROL, id)?;
    let patterns = patterns(asking, &profile, control.as_ref(), viewpoint)?;
    let wanted: BTreeSet<&PersonId> = families
        .iter()
        .flat_map(|f| f.members.iter().map(|m| &m.person))
        .chain(profile.near_now.iter().map(|n| &n.person))
        .chain(profile.victims.iter().map(|v| &v.person))
        .chain(&profile.children)
        .chain(next.iter().chain(&asked).flat_map(|n| n.new_partner.iter().chain(&n.children)))
        .chain(households.iter().flat_map(|h| h.stays.iter().map(|s| &s.person)))
        .chain(incidents.iter().flat_map(|i| i.involved.iter().map(|p| &p.person)))
        .chain(patterns.all.iter().flat_map(|pattern| &pattern.harmed))
        .chain([&person.id])
        .collect();
    let people = super::person::named(asking, wanted, &BTreeMap::new())?;
    let freshness = asking.freshness()?;
    Ok(HarmView {
        person,
        profile,
        people,
        families,
        children,
        incidents,
        households,
        next,
        asked,
        control,
        patterns,
        freshness,
    })
}

/// What recorded episodes show, as known from the point of view given. Looking back, the picture is drawn from what was known
/// then of everybody it is about.
fn patterns(
    asking: &Asking,
    profile: &HarmProfile,
    control: Option<&Control>,
    viewpoint: &Viewpoint,
) -> Result<Patterns, Problem> {
    let (settings, person) = (&asking.app.settings, &profile.person);
    let reporting: Reporting = asking.maybe(shelf::TODAY, "reporting")?.unwrap_or_default();
    let told: Option<ReportedHarm> = asking.maybe(shelf::REPORTED, person.as_str())?;
    let on = viewpoint.as_known_on.map_or_else(|| asking.drawn_on(), Ok)?;
    let (told, control) = match *viewpoint == Viewpoint::default() {
        true => (told, control.cloned()),
        false => {
            let about = profile.victims.iter().map(|harmed| &harmed.person).chain(&profile.children);
            let harmed = told.iter().flat_map(|told| told.reports.iter().map(|report| &report.harmed));
            let about: BTreeSet<PersonId> = about.chain(harmed).chain([person]).cloned().collect();
            let records = records_of(asking, &about)?;
            let known: Vec<_> = picture::as_known(&records, viewpoint).into_iter().cloned().collect();
            let kept = asking.app.kept()?;
            let answers = super::next_family::answers(asking, viewpoint.as_known_on)?;
            let joined = picture::Joined::Confirmed(&answers);
            let mut drawn = picture::draw_with(&known, settings, &kept, joined, on);
            (drawn.reported.remove(person), drawn.control.remove(person))
        }
    };
    let Some(told) = told else { return Ok(Patterns::default()) };
    Ok(Patterns {
        all: picture::person_pattern(&told, control.as_ref(), &reporting, settings, on),
        pairs: picture::pair_patterns(&told, &reporting, settings, on),
    })
}

/// Reads the list.
pub fn list(asking: &Asking) -> Result<HarmList, Problem> {
    let profiles = asking.all::<HarmProfile>(shelf::HARM)?;
    let keys: Vec<String> = profiles.iter().map(|(key, _)| key.clone()).collect();
    let people: BTreeMap<String, Person> = asking.many(shelf::PERSON, &keys)?.into_iter().collect();
    let next: BTreeSet<PersonId> =
        asking.all::<NextFamily>(shelf::NEXT)?.into_iter().map(|(_, next)| next.person).collect();
    let mut lines: Vec<HarmLine> = profiles
        .into_iter()
        .map(|(key, profile)| HarmLine {
            name: people.get(&key).map(|p| p.name.clone()).unwrap_or_default(),
            next_family: next.contains(&profile.person),
            profile,
        })
        .collect();
    lines.sort_by(|a, b| {
        let weight = |l: &HarmLine| (l.next_family, l.profile.families.len(), l.profile.incidents.len());
        weight(b).cmp(&weight(a)).then_with(|| a.profile.person.cmp(&b.profile.person))
    });
    Ok(HarmList { lines })
}

/// The page of one.
pub async fn page(
    asking: Asking,
    Path(id): Path<String>,
    Query(looking): Query<Looking>,
) -> Result<Html<String>, Problem> {
    aside(move || {
        let (filters, viewpoint) = (looking.filters()?, looking.viewpoint()?);
        let view = view(&asking, &id, &viewpoint)?;
        let about = [view.person.id.clone()].into();
        let (records, kept) = (records_of(&asking, &about)?, asking.app.kept()?);
        let chronology = picture::chronology(&records, &about, &viewpoint, &asking.app.settings, &kept);
        let entries = chronology.iter().flat_map(|entry| entry.people.iter().map(|(p, _)| p));
        let people =
            super::person::named(&asking, entries.chain(view.people.keys()).collect(), &view.people)?;
        Ok(Html(harm::render(&HarmPage {
            frame: Frame { viewpoint, ..asking.frame(Nav::Harm) },
            families: family_names(&view.families),
            person: view.person,
            profile: view.profile,
            people,
            children: view.children,
            incidents: view.incidents,
            households: view.households,
            next: view.next,
            asked: view.asked,
            control: view.control,
            patterns: view.patterns,
            chronology,
            freshness: view.freshness,
            filters,
        })?))
    })
    .await
}

/// The page of all.
pub async fn list_page(asking: Asking, Query(looking): Query<Looking>) -> Result<Html<String>, Problem> {
    aside(move || {
        let list = list(&asking)?;
        let frame = asking.frame(Nav::Harm);
        let profiles: Vec<HarmProfile> = list.lines.into_iter().map(|line| line.profile).collect();
        let ids: BTreeSet<&PersonId> = profiles.iter().map(|p| &p.person).collect();
        let people = super::person::named(&asking, ids, &BTreeMap::new())?;
        let keys: Vec<String> =
            profiles.iter().flat_map(|p| &p.families).map(|f| f.as_str().to_owned()).collect();
        let families: Vec<Family> = asking.many(shelf::FAMILY, &keys)?.into_iter().map(|(_, f)| f).collect();
        Ok(Html(harm::render_list(&HarmListPage {
            labels: shown::labels(people.values(), frame.now.first_day()),
            families: family_names(&families),
            page: looking.page.parse().unwrap_or(1),
            profiles,
            frame,
        })?))
    })
    .await
}
