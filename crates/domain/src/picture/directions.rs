//! Who harms whom, pair by pair and in one direction each. Counter-allegations are never netted: both directions
//! stay, and history tells which of them an incident with two suspects belongs to.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::cases::Case;
use super::ground::{Ground, P};
use crate::record::{EventKind, RelationKind, Role};
use crate::when::When;

/// Harm from one person to another.
#[derive(Default)]
pub(crate) struct Pair {
    pub(crate) first: Option<When>,
    pub(crate) last: Option<When>,
    /// Police incidents in this direction, oldest first.
    pub(crate) cases: Vec<usize>,
    /// Other records that tell of it.
    pub(crate) recs: Vec<usize>,
    /// The first day any agency had recorded it.
    pub(crate) known: Option<Date>,
}

impl Pair {
    fn weight(&self) -> usize {
        self.cases.len() * 2 + self.recs.len()
    }

    fn saw(&mut self, at: When, known: Date) {
        self.first = Some(self.first.map_or(at, |first| first.min(at)));
        self.last = Some(self.last.map_or(at, |last| last.max(at)));
        self.known = Some(self.known.map_or(known, |first| first.min(known)));
    }
}

/// Every direction of harm on record.
pub(crate) struct Directions {
    pairs: BTreeMap<(P, P), Pair>,
    harmed_by: BTreeMap<P, Vec<P>>,
    harmers_of: BTreeMap<P, Vec<P>>,
    /// Whom probation registered for domestic abuse, since when.
    registered: BTreeMap<P, When>,
    /// For every incident, who harmed whom in it as far as history tells.
    sides: Vec<Vec<(P, P)>>,
}

impl Directions {
    pub(crate) fn new(ground: &Ground<'_>, cases: &[Case<'_>]) -> Self {
        let mut pairs: BTreeMap<(P, P), Pair> = BTreeMap::new();
        for (at, case) in cases.iter().enumerate().filter(|(_, case)| case.domestic) {
            for pair in recorded(case) {
                if !two_sided(case, pair) {
                    see_case(ground, pairs.entry(pair).or_default(), at, case);
                }
            }
        }
        tell_of_other_records(ground, &mut pairs);

        let weight =
            |pairs: &BTreeMap<(P, P), Pair>, (a, b): (P, P)| pairs.get(&(a, b)).map_or(0, Pair::weight);
        let mut sides: Vec<Vec<(P, P)>> = Vec::with_capacity(cases.len());
        let mut two_sided_cases: Vec<((P, P), usize)> = Vec::new();
        for (at, case) in cases.iter().enumerate() {
            let mut side = Vec::new();
            for (a, b) in recorded(case) {
                let (there, back) = (weight(&pairs, (a, b)), weight(&pairs, (b, a)));
                // Without any history the row that came first in the report stands.
                let first = || position(case, a) <= position(case, b);
                if !two_sided(case, (a, b)) || there > back || (there == back && first()) {
                    side.push((a, b));
                    if two_sided(case, (a, b)) && case.domestic {
                        two_sided_cases.push(((a, b), at));
                    }
                }
            }
            sides.push(side);
        }
        for (pair, at) in two_sided_cases {
            if let Some(case) = cases.get(at) {
                see_case(ground, pairs.entry(pair).or_default(), at, case);
            }
        }
        let mut harmed_by: BTreeMap<P, Vec<P>> = BTreeMap::new();
        let mut harmers_of: BTreeMap<P, Vec<P>> = BTreeMap::new();
        for (pair, found) in &mut pairs {
            found.cases.sort_unstable();
            found.cases.dedup();
            harmed_by.entry(pair.0).or_default().push(pair.1);
            harmers_of.entry(pair.1).or_default().push(pair.0);
        }
        Self { pairs, harmed_by, harmers_of, registered: registered(ground), sides }
    }

    /// Every pair, the one causing harm first.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (P, P, &Pair)> {
        self.pairs.iter().map(|(&(a, b), pair)| (a, b, pair))
    }

    pub(crate) fn pair(&self, a: P, b: P) -> Option<&Pair> {
        self.pairs.get(&(a, b))
    }

    /// Everybody recorded as causing harm, or registered for it.
    pub(crate) fn causing_harm(&self) -> Vec<P> {
        let mut persons: Vec<P> = self.harmed_by.keys().chain(self.registered.keys()).copied().collect();
        persons.sort_unstable();
        persons.dedup();
        persons
    }

    /// Since when probation has registered somebody for domestic abuse.
    pub(crate) fn registered(&self, person: P) -> Option<When> {
        self.registered.get(&person).copied()
    }

    /// Everybody harmed by one person.
    pub(crate) fn harmed_by(&self, person: P) -> &[P] {
        self.harmed_by.get(&person).map_or(&[], Vec::as_slice)
    }

    /// Everybody who harmed one person.
    pub(crate) fn harmers_of(&self, person: P) -> &[P] {
        self.harmers_of.get(&person).map_or(&[], Vec::as_slice)
    }

    /// Whether the record mostly shows harm from `a` to `b`, rather than the other way.
    pub(crate) fn mostly(&self, a: P, b: P) -> bool {
        let there = self.pair(a, b).map_or(0, Pair::weight);
        let back = self.pair(b, a).map_or(0, Pair::weight);
        there > back || (there == back && there > 0 && a < b)
    }

    /// Who harmed whom in an incident.
    pub(crate) fn sides(&self, case: usize) -> &[(P, P)] {
        self.sides.get(case).map_or(&[], Vec::as_slice)
    }
}

/// People with an order or licence on which domestic abuse is registered.
fn registered(ground: &Ground<'_>) -> BTreeMap<P, When> {
    let mut found: BTreeMap<P, When> = BTreeMap::new();
    for happened in ground.happened.iter().filter(|happened| happened.event.kind == EventKind::Supervision) {
        let mark = happened.event.details.get("da_registration");
        if mark.is_none_or(|mark| mark.trim().is_empty()) {
            continue;
        }
        for (person, _) in happened.people.iter().filter(|(_, role)| *role == Role::Subject) {
            let since = found.entry(*person).or_insert(happened.at);
            *since = happened.at.min(*since);
        }
    }
    found
}

fn see_case(ground: &Ground<'_>, pair: &mut Pair, at: usize, case: &Case<'_>) {
    pair.cases.push(at);
    let known = case.recs.iter().map(|rec| ground.known_on(*rec)).min();
    pair.saw(case.at, case.at.first_day().max(known.unwrap_or(ground.on).min(case.at.last_day())));
}

/// Pairs as recorded in an incident; both directions when both are recorded as both.
fn recorded(case: &Case<'_>) -> Vec<(P, P)> {
    case.with(Role::CausingHarm)
        .flat_map(|a| case.with(Role::Victim).filter(move |b| *b != a).map(move |b| (a, b)))
        .collect()
}

fn two_sided(case: &Case<'_>, (a, b): (P, P)) -> bool {
    let has = |person: P, role: Role| case.part(person).is_some_and(|part| part.roles.contains(&role));
    has(b, Role::CausingHarm) && has(a, Role::Victim)
}

fn position(case: &Case<'_>, person: P) -> usize {
    case.part(person).map_or(usize::MAX, |part| part.rec)
}

/// Referrals, questionnaires and relationships that name who causes harm.
fn tell_of_other_records(ground: &Ground<'_>, pairs: &mut BTreeMap<(P, P), Pair>) {
    let mut tell = |a: P, b: P, rec: usize, at: When| {
        if a != b {
            let pair = pairs.entry((a, b)).or_default();
            if pair.recs.last() != Some(&rec) {
                pair.recs.push(rec);
            }
            pair.saw(at, ground.known_on(rec));
        }
    };
    for happened in &ground.happened {
        if matches!(happened.event.kind, EventKind::Incident | EventKind::Involvement) {
            continue;
        }
        for (a, _) in happened.people.iter().filter(|(_, role)| *role == Role::CausingHarm) {
            for (b, role) in &happened.people {
                if matches!(role, Role::Victim | Role::Subject) {
                    tell(*a, *b, happened.rec, happened.at);
                }
            }
        }
    }
    for tie in ground.ties.iter().filter(|tie| tie.is == RelationKind::CausesHarmTo) {
        let event = ground.records.get(tie.rec).and_then(|record| record.record.events.first());
        let at = tie.since.or(event.map(|event| event.at));
        tell(tie.of, tie.to, tie.rec, at.unwrap_or_else(|| ground.recorded(tie.rec)));
    }
}
