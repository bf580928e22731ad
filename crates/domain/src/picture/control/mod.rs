//! Coercive control as its own axis: signs that any agency wrote down, by domain, about who controls whom. Control and not
//! earlier violence is what most often stands before a killing, and most of it is no crime by itself: so it is never netted
//! with harm classes, and what nobody asked about is said.

mod couples;
pub(crate) mod settings;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::centres::Area;
use super::ground::{Happened, P, days_between};
use super::phrases::{Reader, told_of};
use super::shape::{Control, ControlDomain, Sign};
use crate::record::{EventKind, Role};
use crate::when::When;
pub(crate) use couples::Couples;

/// One record's sign of control.
#[derive(Clone, Debug)]
struct Seen {
    at: When,
    domain: usize,
    rec: usize,
    kind: EventKind,
}

/// What is recorded of who controls whom.
#[derive(Default)]
pub(crate) struct Controls {
    pairs: BTreeMap<(P, P), Vec<Seen>>,
}

impl Controls {
    /// Reads every record for signs.
    pub(crate) fn new(area: Area<'_, '_>) -> Self {
        let settings = &area.ground.settings.control;
        let couples = Couples::new(area);
        let mut reader = Reader::new(&settings.lexicon);
        let mut controls = Self::default();
        let mut of_children: Vec<(BTreeSet<P>, Seen)> = Vec::new();
        for (at, case) in area.cases.iter().enumerate().filter(|(_, case)| case.domestic) {
            let Some((rec, event)) = case.report else { continue };
            for domain in told_of(event, &settings.by_event, &mut reader) {
                for pair in area.directions.sides(at) {
                    controls.add(*pair, Seen { at: case.at, domain, rec, kind: EventKind::Incident });
                }
            }
        }
        for happened in &area.ground.happened {
            if happened.event.kind == EventKind::Incident {
                continue;
            }
            let found = told_of(happened.event, &settings.by_event, &mut reader);
            if found.is_empty() {
                continue;
            }
            let day = happened.at.first_day();
            let (pairs, children) = whose(area, &couples, happened, day);
            for domain in found {
                let seen = Seen { at: happened.at, domain, rec: happened.rec, kind: happened.event.kind };
                for pair in &pairs {
                    controls.add(*pair, seen.clone());
                }
                if pairs.is_empty() && !children.is_empty() {
                    of_children.push((children.clone(), seen));
                }
            }
        }
        controls.add_of_children(area, of_children);
        for seen in controls.pairs.values_mut() {
            seen.sort_by(|a, b| a.at.cmp(&b.at).then(a.domain.cmp(&b.domain)).then(a.rec.cmp(&b.rec)));
        }
        controls
    }

    fn add(&mut self, pair: (P, P), seen: Seen) {
        self.pairs.entry(pair).or_default().push(seen);
    }

    /// What a child's record tells is about the two adults around the child: which of them controls the other is told by
    /// harm on record, else by what other agencies saw.
    fn add_of_children(&mut self, area: Area<'_, '_>, told: Vec<(BTreeSet<P>, Seen)>) {
        for (adults, seen) in told {
            let pairs =
                || adults.iter().flat_map(|a| adults.iter().map(move |b| (*a, *b))).filter(|(a, b)| a != b);
            let harmed = pairs().find(|(a, b)| area.directions.mostly(*a, *b));
            let known = harmed.or_else(|| {
                pairs()
                    .filter(|pair| self.pairs.contains_key(pair))
                    .max_by_key(|pair| (self.pairs.get(pair).map_or(0, Vec::len), std::cmp::Reverse(*pair)))
            });
            if let Some(pair) = known {
                self.add(pair, seen);
            }
        }
    }

    /// Pairs in which a pattern is recorded, with the day from which it was.
    pub(crate) fn patterns(&self, area: Area<'_, '_>) -> impl Iterator<Item = (P, P, When)> {
        let numbers = &area.ground.settings.control.pattern;
        self.pairs.iter().filter_map(|((by, harmed), seen)| Some((*by, *harmed, since(seen, numbers)?)))
    }

    /// Everybody of whom a sign is recorded.
    pub(crate) fn controlling(&self) -> BTreeSet<P> {
        self.pairs.keys().map(|(by, _)| *by).collect()
    }

    /// What is recorded of one person, over everybody they control.
    pub(crate) fn of(&self, area: Area<'_, '_>, person: P) -> Option<Control> {
        let settings = &area.ground.settings.control;
        let theirs: Vec<(P, &Vec<Seen>)> = self
            .pairs
            .range((person, 0)..=(person, P::MAX))
            .map(|((_, harmed), seen)| (*harmed, seen))
            .collect();
        if theirs.is_empty() {
            return None;
        }
        let pattern = theirs.iter().filter_map(|(_, seen)| since(seen, &settings.pattern)).min();
        let sustained = theirs.iter().filter_map(|(_, seen)| since(seen, &settings.sustained)).min();
        let leading = theirs.iter().filter_map(|(_, seen)| since(seen, &settings.leading)).min();
        let leading = leading.filter(|_| more_days_than_incidents(area, person, &theirs));
        let asked = asked(area, &theirs);
        let mut domains = Vec::new();
        for (at, domain) in settings.domains.iter().enumerate() {
            let mut signs: Vec<&Seen> =
                theirs.iter().flat_map(|(_, seen)| seen.iter()).filter(|seen| seen.domain == at).collect();
            signs.sort_by(|a, b| a.at.cmp(&b.at).then(a.rec.cmp(&b.rec)));
            signs.dedup_by(|a, b| a.rec == b.rec);
            let told = |seen: &&Seen| {
                let source = area.ground.source(seen.rec);
                Sign { at: seen.at, text: domain.label.clone(), source }
            };
            domains.push(ControlDomain {
                name: domain.name.clone(),
                label: domain.label.clone(),
                times: u32::try_from(signs.len()).unwrap_or(u32::MAX),
                asked,
                first: signs.first().map(|seen| seen.at),
                last: signs.last().map(|seen| seen.at),
                signs: signs.iter().take(super::ground::SOURCES).map(told).collect(),
            });
        }
        let to = theirs.iter().map(|(harmed, _)| area.ground.id(*harmed)).collect();
        Some(Control {
            person: area.ground.id(person),
            over: to,
            domains,
            pattern_since: pattern,
            leading_since: leading,
            sustained_since: sustained,
        })
    }
}

/// Who harms or controls whom by a record; for a child's record the adults around the child.
pub(crate) fn whose(
    area: Area<'_, '_>,
    couples: &Couples<'_, '_>,
    happened: &Happened<'_>,
    day: Date,
) -> (BTreeSet<(P, P)>, BTreeSet<P>) {
    let with = |role: Role| happened.people.iter().filter(move |(_, is)| *is == role).map(|(who, _)| *who);
    let (mut pairs, mut children) = (BTreeSet::new(), BTreeSet::new());
    for by in with(Role::CausingHarm) {
        for harmed in with(Role::Victim).chain(with(Role::Subject)) {
            let nameless = area.bios.of(by).surname.is_empty();
            let named = couples.partner(harmed, day).filter(|_| nameless);
            pairs.insert((named.unwrap_or(by), harmed));
        }
    }
    if !pairs.is_empty() {
        return (pairs, children);
    }
    let subjects: BTreeSet<P> = with(Role::Subject).chain(with(Role::Victim)).collect();
    // A young person with a partner stands for themself.
    let grown = |person: &P| !area.bios.is_child(*person, day) || couples.has_partner(*person);
    let adults: Vec<P> = subjects.iter().copied().filter(grown).collect();
    // Of a household, whoever is harmed by another of it; a landlord's note does not say which of them it is about.
    let several = adults.len() > 1;
    for &person in &adults {
        let harmer = couples.partner(person, day);
        let harmed_here = harmer.is_some_and(|by| area.directions.mostly(by, person));
        let harms = !area.directions.harmed_by(person).is_empty() && !harmed_here;
        match harmer {
            Some(by) if harmed_here || (!several && !harms) => {
                pairs.insert((by, person));
            }
            _ => {}
        }
    }
    if pairs.is_empty() {
        children.extend(adults.iter().copied());
        children.extend(adults.iter().filter_map(|person| couples.partner(*person, day)));
        children.extend(subjects.iter().filter(|s| !grown(s)).flat_map(|s| couples.parents(*s)));
    }
    (pairs, children)
}

/// Whether control by somebody was seen on more days than incidents were reported.
fn more_days_than_incidents(area: Area<'_, '_>, person: P, theirs: &[(P, &Vec<Seen>)]) -> bool {
    let not_counted = &area.ground.settings.control.leading.not_counted;
    let seen = theirs.iter().flat_map(|(_, seen)| seen.iter());
    let days: BTreeSet<Date> =
        seen.filter(|seen| !not_counted.contains(&seen.kind)).map(|seen| seen.at.first_day()).collect();
    let harmed = area.directions.harmed_by(person).iter();
    let cases =
        harmed.filter_map(|harmed| area.directions.pair(person, *harmed)).flat_map(|pair| &pair.cases);
    days.len() > cases.collect::<BTreeSet<_>>().len()
}

/// Whether somebody was asked about every domain.
fn asked(area: Area<'_, '_>, theirs: &[(P, &Vec<Seen>)]) -> bool {
    let kinds = &area.ground.settings.control.asked_by;
    theirs.iter().any(|(harmed, _)| {
        area.ground.happened_to(*harmed).any(|happened| kinds.contains(&happened.event.kind))
    })
}

/// From when enough domains had been seen on enough days in the time agreed.
fn since(seen: &[Seen], numbers: &settings::Numbers) -> Option<When> {
    let seen: Vec<&Seen> = seen.iter().filter(|seen| !numbers.not_counted.contains(&seen.kind)).collect();
    for (at, last) in seen.iter().enumerate() {
        let window = seen.get(..=at).unwrap_or_default().iter().rev();
        let window = window
            .take_while(|one| days_between(one.at.first_day(), last.at.first_day()) <= numbers.within_days);
        let (mut domains, mut dates) = (BTreeSet::new(), BTreeSet::new());
        for one in window {
            domains.insert(one.domain);
            dates.insert(one.at.first_day());
        }
        if domains.len() >= numbers.domains && dates.len() >= numbers.dates {
            return Some(last.at);
        }
    }
    None
}
