//! Families around adults who are harmed: they, their children, those who harm them, partners, parents and
//! relatives. A family exists as soon as any agency tells of harm, with or without police.

use std::collections::{BTreeMap, BTreeSet};

use super::centres::{Area, Centres};
use super::ground::{Ground, P, SOURCES};
use super::homes::fingerprint;
use super::next_family::{Joining, Withheld};
use super::shape::{Family, FamilyMember, FamilyPart};
use crate::ids::{AgencyId, FamilyId, IncidentRef};
use crate::record::{LifeStage, RelationKind, Role};
use crate::when::When;

/// A family under construction.
#[derive(Default)]
pub(crate) struct Draft {
    pub(crate) founder: P,
    pub(crate) members: BTreeMap<P, Membership>,
    /// Its incidents, oldest first.
    pub(crate) cases: BTreeSet<usize>,
}

/// Why somebody is in a family.
pub(crate) struct Membership {
    pub(crate) part: FamilyPart,
    because: String,
    recs: Vec<usize>,
}

/// The id of the family that an adult founded.
pub(crate) fn family_id(ground: &Ground<'_>, founder: P) -> FamilyId {
    FamilyId::from(format!("F{:016x}", fingerprint(ground.id(founder).as_str())))
}

impl Draft {
    /// Adds somebody unless they already have a part; the first part given stands.
    fn add(&mut self, person: P, part: FamilyPart, because: impl FnOnce() -> String, recs: &[usize]) {
        self.members
            .entry(person)
            .or_insert_with(|| Membership { part, because: because(), recs: Vec::new() })
            .recs
            .extend(recs);
    }

    pub(crate) fn with(&self, part: FamilyPart) -> impl Iterator<Item = P> {
        self.members.iter().filter(move |(_, member)| member.part == part).map(|(person, _)| *person)
    }

    /// Children, born or not.
    pub(crate) fn children(&self) -> impl Iterator<Item = P> {
        let child = |part: FamilyPart| matches!(part, FamilyPart::Child | FamilyPart::Unborn);
        self.members.iter().filter(move |(_, member)| child(member.part)).map(|(person, _)| *person)
    }
}

/// Draws every family, by founder.
pub(crate) fn draw(
    area: Area<'_, '_>,
    centres: &Centres,
    joinings: &[Joining],
    withheld: &Withheld,
) -> BTreeMap<P, Draft> {
    let mut drafts: BTreeMap<P, Draft> = BTreeMap::new();
    for (founder, harmed) in centres.families() {
        let draft = drafts.entry(founder).or_insert_with(|| Draft { founder, ..Draft::default() });
        for &adult in harmed {
            draft.add(adult, FamilyPart::Harmed, || why_harmed(area, adult), &proof_of_harm(area, adult));
        }
    }
    add_incidents(area, centres, &mut drafts);
    add_those_causing_harm(area, centres, &mut drafts);
    add_next_families(area, joinings, &mut drafts);
    for draft in drafts.values_mut() {
        add_around_adults(area, draft);
    }
    add_children_of_those_causing_harm(area, centres, withheld, &mut drafts);
    for draft in drafts.values_mut() {
        add_parents(area, draft);
    }
    drafts
}

fn why_harmed(area: Area<'_, '_>, adult: P) -> String {
    let name = area.bios.name(adult);
    let by: Vec<&str> = area
        .directions
        .harmers_of(adult)
        .iter()
        .filter(|by| area.directions.mostly(**by, adult))
        .map(|by| area.bios.name(*by))
        .collect();
    if by.is_empty() {
        format!("{name} is recorded as harmed; who causes it is not known.")
    } else {
        format!("{name} is recorded as harmed by {}.", by.join(" and "))
    }
}

/// The newest rows that tell of harm to somebody.
fn proof_of_harm(area: Area<'_, '_>, adult: P) -> Vec<usize> {
    let mut recs: Vec<usize> = Vec::new();
    for by in area.directions.harmers_of(adult) {
        let Some(pair) = area.directions.pair(*by, adult) else { continue };
        recs.extend(&pair.recs);
        let cases = pair.cases.iter().rev().filter_map(|at| area.cases.get(*at));
        recs.extend(cases.filter_map(|case| case.part(adult)).map(|part| part.rec));
    }
    recs.truncate(SOURCES);
    recs
}

fn add_incidents(area: Area<'_, '_>, centres: &Centres, drafts: &mut BTreeMap<P, Draft>) {
    for (at, case) in area.cases.iter().enumerate().filter(|(_, case)| case.domestic) {
        let sides = area.directions.sides(at).iter().copied();
        let alone = case.with(Role::Victim).map(|victim| (victim, victim));
        let pairs: Vec<(P, P)> =
            if area.directions.sides(at).is_empty() { alone.collect() } else { sides.collect() };
        for (a, b) in pairs {
            let Some(draft) = centres.of_harm(area, a, b).and_then(|founder| drafts.get_mut(&founder)) else {
                continue;
            };
            draft.cases.insert(at);
            for part in &case.people {
                let there = part.roles.contains(&Role::ChildPresent);
                let child = there || part.roles.contains(&Role::ChildOfHousehold);
                let day = case.at.first_day();
                if child || (area.bios.is_child(part.person, day) && part.person != a) {
                    let name = area.bios.name(part.person);
                    let how = if there { "was there at" } else { "is named in" };
                    let because = || format!("{name} {how} the incident on {}.", words_for(case.at));
                    let part_in = child_part(area, part.person);
                    if let Some(part_in) = part_in {
                        draft.add(part.person, part_in, because, &[part.rec]);
                    }
                }
            }
        }
    }
}

/// Child or unborn on the day of the picture; `None` for somebody who has grown up since.
fn child_part(area: Area<'_, '_>, person: P) -> Option<FamilyPart> {
    match area.bios.stage(person, area.ground.on) {
        LifeStage::Unborn => Some(FamilyPart::Unborn),
        LifeStage::Adult => None,
        LifeStage::Child | LifeStage::Unknown => Some(FamilyPart::Child),
    }
}

fn add_those_causing_harm(area: Area<'_, '_>, centres: &Centres, drafts: &mut BTreeMap<P, Draft>) {
    for (a, b, pair) in area.directions.pairs() {
        let Some(draft) = centres.of_harm(area, a, b).and_then(|founder| drafts.get_mut(&founder)) else {
            continue;
        };
        let cases = pair.cases.iter().filter_map(|at| area.cases.get(*at));
        let recs: Vec<usize> = pair
            .recs
            .iter()
            .copied()
            .chain(cases.flat_map(|case| case.recs.iter().copied()))
            .take(8)
            .collect();
        let (by, harmed) = (area.bios.name(a), area.bios.name(b));
        let because = || {
            let incidents = match pair.cases.len() {
                0 => "no police incident".to_owned(),
                1 => "1 police incident".to_owned(),
                many => format!("{many} police incidents"),
            };
            let mut text = format!("{by} is recorded as causing harm to {harmed} ({incidents}).");
            if area.directions.pair(b, a).is_some() {
                text.push_str(" Records in the other direction exist too.");
            }
            text
        };
        draft.add(a, FamilyPart::CausingHarm, because, &recs);
        if let Some(part) = child_part(area, b).filter(|_| area.bios.is_child(b, area.ground.on)) {
            draft.add(b, part, || format!("{harmed} is recorded as harmed by {by}."), &recs);
        }
    }
}

/// Where somebody who caused harm has joined a household with no harm on record yet, that is a family too.
fn add_next_families(area: Area<'_, '_>, joinings: &[Joining], drafts: &mut BTreeMap<P, Draft>) {
    for joining in joinings {
        let Some(founder) = joining.founder else { continue };
        let draft = drafts.entry(founder).or_insert_with(|| Draft { founder, ..Draft::default() });
        let (who, with) = (area.bios.name(joining.person), area.bios.name(founder));
        let recs = joining.recs();
        let because = || {
            format!("Records show {who}, who caused harm before, with {with}. No harm to {with} is recorded.")
        };
        draft.add(founder, FamilyPart::Partner, because, &recs);
        let because =
            || format!("{who} is recorded as causing harm in another family and appears in this one.");
        draft.add(joining.person, FamilyPart::CausingHarm, because, &recs);
        for &child in &joining.children {
            if let Some(part) = child_part(area, child) {
                let name = area.bios.name(child);
                draft.add(
                    child,
                    part,
                    || format!("{name} is a child of the household {who} has joined."),
                    &recs,
                );
            }
        }
    }
}

/// Children, partners and relatives of the adults who are harmed or newly joined.
fn add_around_adults(area: Area<'_, '_>, draft: &mut Draft) {
    let adults: Vec<P> = draft.with(FamilyPart::Harmed).chain([draft.founder]).collect();
    let mut late: Vec<(P, FamilyPart, String, usize)> = Vec::new();
    for &adult in &adults {
        let name = area.bios.name(adult);
        for tie in area.ground.ties_of(adult) {
            let (other, is) = Ground::other_is(tie, adult);
            let whose = area.bios.name(other);
            let child = child_part(area, other);
            match (is, child) {
                (RelationKind::Child, Some(part)) => {
                    draft.add(other, part, || format!("{whose} is a child of {name}."), &[tie.rec]);
                }
                (RelationKind::Partner, _) => {
                    let because = format!("{whose} is recorded as partner of {name}.");
                    late.push((other, FamilyPart::Partner, because, tie.rec));
                }
                (RelationKind::FormerPartner, _) => {
                    let because = format!("{whose} is recorded as former partner of {name}.");
                    late.push((other, FamilyPart::Partner, because, tie.rec));
                }
                (
                    RelationKind::Child
                    | RelationKind::Parent
                    | RelationKind::Sibling
                    | RelationKind::Relative,
                    _,
                ) if !area.bios.is_child(other, area.ground.on) => {
                    let because = format!("{whose} is recorded as a relative of {name}.");
                    late.push((other, FamilyPart::Relative, because, tie.rec));
                }
                _ => {}
            }
        }
    }
    for (person, part, because, rec) in late {
        draft.add(person, part, || because, &[rec]);
    }
    add_children_of_the_home(area, draft, &adults);
}

/// Children who lived with the adults. A child whose parents are known and all outside the family is left out: two
/// families may share a door.
fn add_children_of_the_home(area: Area<'_, '_>, draft: &mut Draft, adults: &[P]) {
    let days = area.ground.settings.numbers.next_family.together_days;
    for &adult in adults {
        for (mine, other) in area.homes.lived_with(adult, days) {
            let child = other.person;
            let known = draft.members.contains_key(&child);
            if known || !area.bios.is_child(child, area.ground.on) || !has_room_for(area, draft, child) {
                continue;
            }
            if let Some(part) = child_part(area, child) {
                let (name, with) = (area.bios.name(child), area.bios.name(adult));
                let recs: Vec<usize> = mine
                    .told
                    .iter()
                    .chain(&other.told)
                    .filter_map(|&at| area.ground.told.get(at as usize))
                    .map(|told| told.rec)
                    .take(8)
                    .collect();
                draft.add(child, part, || format!("{name} is recorded at one address with {with}."), &recs);
            }
        }
    }
}

/// Whether none of a child's parents is known, or one of them belongs to the family.
fn has_room_for(area: Area<'_, '_>, draft: &Draft, child: P) -> bool {
    let mut parents = parents(area, child).peekable();
    parents.peek().is_none() || parents.any(|(parent, _)| draft.members.contains_key(&parent))
}

/// Parents of somebody, on whose word.
fn parents<'g>(area: Area<'g, '_>, child: P) -> impl Iterator<Item = (P, usize)> + 'g {
    area.ground.ties_of(child).filter_map(move |tie| {
        let (other, is) = Ground::other_is(tie, child);
        (is == RelationKind::Parent).then_some((other, tie.rec))
    })
}

/// A child of somebody causing harm who is in no family yet belongs to the first one they harmed: such a child
/// visits, or will.
fn add_children_of_those_causing_harm(
    area: Area<'_, '_>,
    centres: &Centres,
    withheld: &Withheld,
    drafts: &mut BTreeMap<P, Draft>,
) {
    let placed: BTreeSet<P> =
        drafts.values().flat_map(|draft| draft.children().collect::<Vec<P>>()).collect();
    let mut first: BTreeMap<P, (When, P)> = BTreeMap::new();
    for (a, b, pair) in area.directions.pairs() {
        let at = pair.first.unwrap_or_else(|| When::day(area.ground.on));
        if let Some(founder) = centres.of_harm(area, a, b) {
            let known = first.entry(a).or_insert((at, founder));
            *known = (*known).min((at, founder));
        }
    }
    for (person, (_, founder)) in first {
        add_children_at_home(area, drafts, (&placed, withheld), person, founder);
        for tie in area.ground.ties_of(person) {
            let (child, is) = Ground::other_is(tie, person);
            if is != RelationKind::Child || placed.contains(&child) || withheld.holds(person, child) {
                continue;
            }
            if let (Some(part), Some(draft)) = (child_part(area, child), drafts.get_mut(&founder)) {
                let (name, by) = (area.bios.name(child), area.bios.name(person));
                draft.add(child, part, || format!("{name} is a child of {by}."), &[tie.rec]);
            }
        }
    }
}

/// Children without known parents who live where somebody causing harm lives.
fn add_children_at_home(
    area: Area<'_, '_>,
    drafts: &mut BTreeMap<P, Draft>,
    (placed, withheld): (&BTreeSet<P>, &Withheld),
    person: P,
    founder: P,
) {
    let days = area.ground.settings.numbers.next_family.together_days;
    let Some(draft) = drafts.get_mut(&founder) else { return };
    for (_, other) in area.homes.lived_with(person, days) {
        let child = other.person;
        let alone = parents(area, child).next().is_none();
        let elsewhere = placed.contains(&child) || withheld.holds(person, child);
        if elsewhere || !alone || !area.bios.is_child(child, area.ground.on) {
            continue;
        }
        if let Some(part) = child_part(area, child) {
            let (name, by) = (area.bios.name(child), area.bios.name(person));
            draft.add(child, part, || format!("{name} is recorded at one address with {by}."), &[]);
        }
    }
}

fn add_parents(area: Area<'_, '_>, draft: &mut Draft) {
    let children: Vec<P> = draft.children().collect();
    for child in children {
        let found: Vec<(P, usize)> = parents(area, child).collect();
        for (parent, rec) in found {
            if !area.bios.is_child(parent, area.ground.on) {
                let (name, whose) = (area.bios.name(parent), area.bios.name(child));
                draft.add(parent, FamilyPart::Parent, || format!("{name} is a parent of {whose}."), &[rec]);
            }
        }
    }
}

/// The families of the picture.
pub(crate) fn families(area: Area<'_, '_>, drafts: &BTreeMap<P, Draft>) -> BTreeMap<FamilyId, Family> {
    drafts.values().map(|draft| family(area, draft)).map(|family| (family.id.clone(), family)).collect()
}

fn family(area: Area<'_, '_>, draft: &Draft) -> Family {
    let ground = area.ground;
    let mut members: Vec<FamilyMember> = draft
        .members
        .iter()
        .map(|(person, member)| FamilyMember {
            person: ground.id(*person),
            part: member.part,
            because: member.because.clone(),
            sources: ground.sources(member.recs.iter().copied()),
        })
        .collect();
    members.sort_by(|a, b| a.part.cmp(&b.part).then_with(|| a.person.cmp(&b.person)));
    let incidents = draft.cases.iter().rev().filter_map(|at| area.cases.get(*at));
    let mut recs: Vec<usize> = Vec::new();
    let mut last_event: Option<When> = None;
    for &person in draft.members.keys() {
        recs.extend(ground.said_of(person).map(|said| said.rec));
        for happened in ground.happened_to(person) {
            recs.push(happened.rec);
            if happened.at.first_day() <= ground.on {
                last_event = last_event.max(Some(happened.at));
            }
        }
    }
    recs.sort_unstable();
    let records = ground.by_agency(&recs);
    let surname = &area.bios.of(draft.founder).surname;
    Family {
        id: family_id(ground, draft.founder),
        name: if surname.is_empty() { "Name not known".to_owned() } else { surname.clone() },
        members,
        incidents: incidents.map(|case| IncidentRef::from(case.reference)).collect(),
        last_event,
        lasting: super::triage::lasting(area, draft),
        not_known: not_known(area, draft, &records),
        records,
    }
}

fn not_known(area: Area<'_, '_>, draft: &Draft, records: &BTreeMap<AgencyId, u32>) -> Vec<String> {
    let mut out = Vec::new();
    if draft.with(FamilyPart::CausingHarm).next().is_none() {
        out.push("Who causes harm is not known.".to_owned());
    }
    for (person, member) in &draft.members {
        let name = area.bios.name(*person);
        let shown = matches!(member.part, FamilyPart::CausingHarm | FamilyPart::Child);
        if shown && area.bios.of(*person).born.is_none() {
            out.push(format!("The date of birth of {name} is not known."));
        }
        let adult = matches!(member.part, FamilyPart::CausingHarm | FamilyPart::Harmed);
        if adult && area.homes.now(*person, area.ground.on).next().is_none() {
            out.push(format!("Where {name} lives now is not known."));
        }
    }
    for agency in area.ground.agencies().iter().filter(|agency| !records.contains_key(**agency)) {
        out.push(format!("Nothing from {} names anybody in this family.", agency.as_str().replace('_', " ")));
    }
    out
}

/// A time in a sentence: "3 May 2025", "May 2025", "2025".
pub(crate) fn words_for(when: When) -> String {
    use crate::when::Precision;
    let day = when.first_day();
    let month = match day.month() {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    };
    match when.precision() {
        Precision::Year => format!("{}", day.year()),
        Precision::Month => format!("{month} {}", day.year()),
        Precision::Day | Precision::Minute => format!("{} {month} {}", day.day(), day.year()),
    }
}
