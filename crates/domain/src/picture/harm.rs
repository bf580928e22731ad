//! Each person causing harm: whom they harmed, whom they are near now, and what courts, prison and probation did. It
//! brings together what is spread over families, because responsibility is theirs.

use std::collections::{BTreeMap, BTreeSet};

use super::centres::{Area, Centres};
use super::families::{Draft, family_id, words_for};
use super::ground::{Ground, P, days_between};
use super::kept::Kept;
use super::next_family::Withheld;
use super::settings::Settings;
use super::shape::{Flag, HarmProfile, Harmed, JusticeEntry, NearNow};
use crate::ids::{FamilyId, IncidentRef, PersonId};
use crate::record::{EventKind, Role};
use crate::when::When;

/// A profile for everyone who is recorded as causing harm and not only in return.
pub(crate) fn profiles(
    area: Area<'_, '_>,
    centres: &Centres,
    (drafts, withheld): (&BTreeMap<P, Draft>, &Withheld),
    kept: &Kept,
) -> BTreeMap<PersonId, HarmProfile> {
    let mut near: BTreeMap<P, Vec<(Option<When>, &Draft)>> = BTreeMap::new();
    for draft in drafts.values() {
        let last = draft.cases.last().and_then(|at| area.cases.get(*at)).map(|case| case.at);
        for person in draft.with(super::shape::FamilyPart::CausingHarm) {
            near.entry(person).or_default().push((last, draft));
        }
    }
    area.directions
        .causing_harm()
        .into_iter()
        .filter(|person| {
            let harmed = area.directions.harmed_by(*person);
            let registered = area.directions.registered(*person).is_some();
            registered
                || harmed.iter().any(|other| {
                    let two_sided_only = area.directions.pair(*other, *person).is_some();
                    area.directions.mostly(*person, *other) || !two_sided_only
                })
        })
        .map(|person| {
            let families = near.remove(&person).unwrap_or_default();
            (area.ground.id(person), profile(area, centres, person, (families, withheld), kept))
        })
        .collect()
}

fn profile(
    area: Area<'_, '_>,
    centres: &Centres,
    person: P,
    (mut families, withheld): (Vec<(Option<When>, &Draft)>, &Withheld),
    kept: &Kept,
) -> HarmProfile {
    let ground = area.ground;
    families.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.founder.cmp(&b.1.founder)));
    let mut cases: BTreeSet<usize> = BTreeSet::new();
    let mut counter: BTreeSet<usize> = BTreeSet::new();
    let mut victims: Vec<Harmed> = Vec::new();
    for &other in area.directions.harmed_by(person) {
        let Some(pair) = area.directions.pair(person, other) else { continue };
        cases.extend(&pair.cases);
        counter.extend(area.directions.pair(other, person).iter().flat_map(|back| &back.cases));
        victims.push(Harmed {
            person: ground.id(other),
            first: pair.first,
            last: pair.last,
            incidents: u32::try_from(pair.cases.len()).unwrap_or(u32::MAX),
        });
    }
    victims.sort_by(|a, b| b.last.cmp(&a.last).then_with(|| a.person.cmp(&b.person)));
    for &at in &cases {
        let both = area.cases.get(at).and_then(|case| case.part(person));
        if both.is_some_and(|part| part.roles.contains(&Role::Victim)) {
            counter.insert(at);
        }
    }
    let justice = justice(area, person, kept);
    let in_custody_since = in_custody(area, person, &justice);
    let mut profile = HarmProfile {
        person: ground.id(person),
        families: families.iter().map(|(_, draft)| family_id(ground, draft.founder)).collect(),
        victims,
        children: children(area, person, &families, withheld),
        near_now: near_now(area, person),
        incidents: references(area, cases.iter().rev()),
        counter: references(area, counter.iter().rev()),
        justice,
        in_custody_since,
        flags: Vec::new(),
        not_known: Vec::new(),
    };
    if profile.families.is_empty() {
        profile.families = fallback_families(area, centres, person);
    }
    profile.flags = flags(area, person, &profile, &cases);
    profile.not_known = not_known(area, person, &profile);
    profile
}

fn references<'c>(area: Area<'_, '_>, cases: impl Iterator<Item = &'c usize>) -> Vec<IncidentRef> {
    cases.filter_map(|at| area.cases.get(*at)).map(|case| IncidentRef::from(case.reference)).collect()
}

/// Somebody harmed who also appears as harming keeps the family in which that is recorded.
fn fallback_families(area: Area<'_, '_>, centres: &Centres, person: P) -> Vec<FamilyId> {
    let harmed = area.directions.harmed_by(person).iter();
    let founders: BTreeSet<P> = harmed.filter_map(|other| centres.of_harm(area, person, *other)).collect();
    founders.into_iter().map(|founder| family_id(area.ground, founder)).collect()
}

fn children(
    area: Area<'_, '_>,
    person: P,
    families: &[(Option<When>, &Draft)],
    withheld: &Withheld,
) -> Vec<PersonId> {
    let mut found: BTreeSet<P> = families.iter().flat_map(|(_, draft)| draft.children()).collect();
    let days = area.ground.settings.numbers.next_family.together_days;
    found.extend(
        area.homes
            .lived_with(person, days)
            .map(|(_, other)| other.person)
            .filter(|other| area.bios.is_child(*other, area.ground.on)),
    );
    for tie in area.ground.ties_of(person) {
        let (other, is) = Ground::other_is(tie, person);
        if is == crate::record::RelationKind::Child && area.bios.is_child(other, area.ground.on) {
            found.insert(other);
        }
    }
    found.remove(&person);
    found.retain(|child| !withheld.holds(person, *child));
    found.into_iter().map(|child| area.ground.id(child)).collect()
}

/// Whom they live with now, as far as recorded.
fn near_now(area: Area<'_, '_>, person: P) -> Vec<NearNow> {
    let on = area.ground.on;
    let mut found: BTreeMap<(P, u32), (usize, String)> = BTreeMap::new();
    for mine in area.homes.now(person, on) {
        for other in area.homes.of_home(mine.home) {
            if other.person == person || !other.lives() || !other.covers(on) {
                continue;
            }
            let last = mine.told.iter().rev().find_map(|&at| area.ground.told.get(at as usize));
            let Some(last) = last else { continue };
            let since = words_for(mine.from.max(other.from));
            let because = format!("Both are recorded at one address since {since}.");
            found.entry((other.person, mine.home)).or_insert((last.rec, because));
        }
    }
    found
        .into_iter()
        .map(|((other, home), (rec, because))| NearNow {
            person: area.ground.id(other),
            household: area.homes.doors.id(home),
            because,
            source: area.ground.source(rec),
        })
        .collect()
}

/// What courts, prison and probation recorded, oldest first.
fn justice(area: Area<'_, '_>, person: P, kept: &Kept) -> Vec<JusticeEntry> {
    let mut entries: Vec<JusticeEntry> = area
        .ground
        .happened_to(person)
        .filter(|happened| {
            use EventKind as K;
            let kind = happened.event.kind;
            matches!(
                kind,
                K::Supervision
                    | K::Sentence
                    | K::Release
                    | K::Recall
                    | K::ProtectiveOrder
                    | K::Breach
                    | K::ProgrammeSession
                    | K::ProbationOther
            )
        })
        .filter(|happened| {
            let subject =
                |(who, role): &(P, Role)| *who == person && matches!(role, Role::Subject | Role::CausingHarm);
            happened.people.iter().any(subject)
        })
        .map(|happened| JusticeEntry {
            kind: happened.event.kind,
            at: happened.at,
            until: happened.event.until,
            title: kept.hush(&happened.event.title).into_owned(),
            text: happened.event.text.as_ref().map(|text| kept.hush(text).into_owned()),
            outcome: happened.event.details.get("outcome").cloned().filter(|outcome| !outcome.is_empty()),
            source: area.ground.source(happened.rec),
        })
        .collect();
    entries.sort_by(|a, b| a.at.cmp(&b.at).then(a.kind.cmp(&b.kind)).then(a.source.cmp(&b.source)));
    entries
}

/// Whether they went to prison and nobody recorded that they left it.
fn in_custody(area: Area<'_, '_>, person: P, justice: &[JusticeEntry]) -> Option<When> {
    let outcomes = &area.ground.settings.numbers.custody.outcomes;
    let on = area.ground.on;
    let mut since = None;
    for entry in justice.iter().filter(|entry| entry.at.first_day() <= on) {
        let outcome = entry.outcome.as_deref().unwrap_or_default().to_lowercase();
        let inside = outcomes.iter().any(|word| outcome.contains(word.as_str()));
        match entry.kind {
            EventKind::Sentence if inside => since = Some(entry.at),
            EventKind::Recall => since = Some(entry.at),
            EventKind::Release => since = None,
            _ => {}
        }
    }
    // A home recorded after that day speaks against it.
    let lives_since = area.homes.of_person(person).any(|spell| {
        spell.lives()
            && since.is_some_and(|since| spell.from.first_day() > since.first_day())
            && spell.covers(on)
    });
    since.filter(|_| !lives_since)
}

/// When somebody was in prison as far as recorded, oldest first; without an end while nobody recorded one.
#[must_use]
pub fn custody(profile: &HarmProfile, settings: &Settings) -> Vec<(When, Option<When>)> {
    let outcomes = &settings.numbers.custody.outcomes;
    let mut spells: Vec<(When, Option<When>)> = Vec::new();
    for entry in &profile.justice {
        let outcome = entry.outcome.as_deref().unwrap_or_default().to_lowercase();
        let inside = outcomes.iter().any(|word| outcome.contains(word.as_str()));
        let open = spells.last_mut().filter(|spell| spell.1.is_none());
        match (entry.kind, open) {
            (EventKind::Sentence, None) if inside => spells.push((entry.at, None)),
            (EventKind::Recall, None) => spells.push((entry.at, None)),
            (EventKind::Release, Some(spell)) => spell.1 = Some(entry.at),
            _ => {}
        }
    }
    spells
}

fn flags(area: Area<'_, '_>, person: P, profile: &HarmProfile, cases: &BTreeSet<usize>) -> Vec<Flag> {
    let name = area.bios.name(person);
    let mut flags = Vec::new();
    if let Some(since) = profile.in_custody_since {
        let text = format!("{name} is in custody since {}, as far as recorded.", words_for(since));
        flags.push(Flag { text, at: Some(since), sources: Vec::new() });
    }
    if let Some(since) = area.directions.registered(person) {
        let text = format!("Registered by probation for domestic abuse since {}.", words_for(since));
        flags.push(Flag { text, at: Some(since), sources: Vec::new() });
    }
    let released = profile.justice.iter().rev().find(|entry| entry.kind == EventKind::Release);
    if let Some(entry) = released.filter(|_| profile.in_custody_since.is_none()) {
        let text = format!("Released from prison on {}.", words_for(entry.at));
        flags.push(Flag { text, at: Some(entry.at), sources: vec![entry.source.clone()] });
    }
    for sign in &area.ground.settings.harm.hard {
        let found: Vec<usize> = cases
            .iter()
            .copied()
            .filter(|at| area.cases.get(*at).is_some_and(|case| sign.has_code(&case.code)))
            .collect();
        let Some(case) = found.last().and_then(|at| area.cases.get(*at)) else { continue };
        let times = match found.len() {
            1 => String::new(),
            many => format!(", {many} times"),
        };
        let mut says = sign.says.clone();
        if let Some(first) = says.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let text = format!("{says}{times}, last on {}.", words_for(case.at));
        flags.push(Flag { text, at: Some(case.at), sources: area.ground.sources(case.recs.iter().copied()) });
    }
    let breaches: Vec<&JusticeEntry> =
        profile.justice.iter().filter(|entry| entry.kind == EventKind::Breach).collect();
    if let Some(last) = breaches.last() {
        let text = format!(
            "{} recorded by probation, last on {}.",
            count(breaches.len(), "breach", "breaches"),
            words_for(last.at)
        );
        flags.push(Flag { text, at: Some(last.at), sources: vec![last.source.clone()] });
    }
    flags.extend(households_flag(area, person));
    if profile.victims.len() > 1 {
        let text = format!("{} people are recorded as harmed by {name}.", profile.victims.len());
        flags.push(Flag { text, at: None, sources: Vec::new() });
    }
    if !profile.counter.is_empty() {
        let text = format!(
            "In {} {name} is also recorded as victim of somebody they are recorded as harming. Who is mostly harmed must be looked at before anything is decided.",
            count(profile.counter.len(), "incident", "incidents")
        );
        flags.push(Flag { text, at: None, sources: Vec::new() });
    }
    flags
}

fn households_flag(area: Area<'_, '_>, person: P) -> Option<Flag> {
    let years = 3 * 366;
    let lived: Vec<_> = area
        .homes
        .of_person(person)
        .filter(|spell| spell.lives() && days_between(spell.from.first_day(), area.ground.on) <= years)
        .collect();
    let first = lived.first()?;
    (lived.len() >= 3).then(|| Flag {
        text: format!("{} addresses since {}.", lived.len(), first.from.first_day().year()),
        at: Some(first.from),
        sources: Vec::new(),
    })
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn not_known(area: Area<'_, '_>, person: P, profile: &HarmProfile) -> Vec<String> {
    let mut out = Vec::new();
    if area.bios.of(person).born.is_none() {
        out.push("Date of birth is not known.".to_owned());
    }
    if area.homes.now(person, area.ground.on).next().is_none() && profile.in_custody_since.is_none() {
        out.push("Where they live now is not known.".to_owned());
    }
    if profile.justice.is_empty() {
        out.push("No probation record names them. That does not mean that there is no order.".to_owned());
    }
    out
}
