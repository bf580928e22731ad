//! Whom a critical point concerns: the one causing harm, the one harmed and their family. Worked out from roles in incidents
//! and from history, never from what somebody is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::super::centres::{Area, Centres, adult_behind};
use super::super::control::Controls;
use super::super::families::Draft;
use super::super::ground::{Ground, Happened, P};
use super::super::next_family::Joining;
use super::super::shape::FamilyPart;
use super::settings::Of;
use crate::record::{RelationKind, Role};
use crate::when::When;

/// Who causes harm to whom, and whose family that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Concern {
    pub(crate) by: Option<P>,
    pub(crate) harmed: Option<P>,
    /// The founder of the family.
    pub(crate) founder: Option<P>,
}

/// What is asked for every record, worked out once.
pub(crate) struct Concerns<'g, 'a> {
    pub(crate) area: Area<'g, 'a>,
    centres: &'g Centres,
    drafts: &'g BTreeMap<P, Draft>,
    /// Pairs mostly harmed in this direction, by each end, with their first and last time.
    by: BTreeMap<P, Vec<Bond>>,
    harmed: BTreeMap<P, Vec<Bond>>,
    child_of: BTreeMap<P, Vec<P>>,
}

#[derive(Clone, Copy)]
struct Bond {
    by: P,
    harmed: P,
    first: Option<When>,
    last: Option<When>,
}

impl<'g, 'a> Concerns<'g, 'a> {
    pub(crate) fn new(
        area: Area<'g, 'a>,
        centres: &'g Centres,
        drafts: &'g BTreeMap<P, Draft>,
        joinings: &[Joining],
        controls: &Controls,
    ) -> Self {
        let (mut by, mut harmed): (BTreeMap<P, Vec<Bond>>, BTreeMap<P, Vec<Bond>>) = Default::default();
        for (a, b, pair) in area.directions.pairs().filter(|(a, b, _)| area.directions.mostly(*a, *b)) {
            let adult = adult_behind(area, a, b);
            let bond = Bond { by: a, harmed: adult, first: pair.first, last: pair.last };
            by.entry(a).or_default().push(bond);
            harmed.entry(adult).or_default().push(bond);
        }
        // Whom somebody who caused harm has joined is at risk before any harm is recorded there.
        for joining in joinings {
            let (Some(partner), Some((first, _))) = (joining.partner(), joining.first_sign()) else {
                continue;
            };
            if area.directions.pair(joining.person, partner).is_none() {
                let last = Some(When::day(area.ground.on));
                let bond = Bond { by: joining.person, harmed: partner, first: Some(first), last };
                harmed.entry(partner).or_default().push(bond);
            }
        }
        // Control is harm, whether or not an incident was ever reported.
        for (person, over, since) in controls.patterns(area) {
            if area.directions.pair(person, over).is_none() && !area.directions.mostly(over, person) {
                let bond = Bond {
                    by: person,
                    harmed: over,
                    first: Some(since),
                    last: Some(When::day(area.ground.on)),
                };
                by.entry(person).or_default().push(bond);
                harmed.entry(over).or_default().push(bond);
            }
        }
        let mut child_of: BTreeMap<P, Vec<P>> = BTreeMap::new();
        for (founder, draft) in drafts {
            for child in draft.children() {
                child_of.entry(child).or_default().push(*founder);
            }
        }
        Self { area, centres, drafts, by, harmed, child_of }
    }

    /// Who is harmed by whom in an incident; each family once.
    pub(crate) fn of_case(&self, at: usize) -> Vec<Concern> {
        let sides = self.area.directions.sides(at);
        let found: BTreeSet<Concern> = sides.iter().map(|(a, b)| self.between(*a, *b)).collect();
        if !found.is_empty() {
            return one_of_each(found);
        }
        let Some(case) = self.area.cases.get(at) else { return Vec::new() };
        let harmed = case.with(Role::Victim).filter_map(|person| self.harmed(person, case.at.first_day()));
        one_of_each(harmed.collect())
    }

    /// Whom a record of another kind concerns.
    pub(crate) fn of(&self, happened: &Happened<'_>, of: Of) -> Vec<Concern> {
        let day = happened.at.first_day();
        let with =
            |role: Role| happened.people.iter().filter(move |(_, is)| *is == role).map(|(who, _)| *who);
        let mut found: BTreeSet<Concern> = BTreeSet::new();
        for by in with(Role::CausingHarm) {
            found
                .extend(with(Role::Victim).chain(with(Role::Subject)).map(|harmed| self.between(by, harmed)));
        }
        if found.is_empty() {
            for person in with(Role::Subject).chain(with(Role::Victim)) {
                found.extend(self.around(person, day, of));
            }
        }
        one_of_each(found)
    }

    /// What is known around one person on a day.
    pub(crate) fn around(&self, person: P, day: Date, of: Of) -> Option<Concern> {
        let harmed = || self.harmed(person, day).or_else(|| self.child(person, day));
        let causing = || self.causing(person, day);
        match of {
            Of::Harmed => harmed(),
            Of::CausingHarm => causing(),
            Of::Either => harmed().or_else(causing),
        }
    }

    /// The concern of a pair.
    pub(crate) fn between(&self, by: P, harmed: P) -> Concern {
        let adult = adult_behind(self.area, by, harmed);
        let founder = self.centres.of_harm(self.area, by, harmed);
        let founder = founder.or_else(|| self.drafts.contains_key(&adult).then_some(adult));
        Concern { by: Some(by), harmed: Some(adult), founder }
    }

    /// Somebody harmed, and who mostly harmed them around that day.
    pub(crate) fn harmed(&self, person: P, day: Date) -> Option<Concern> {
        if let Some(bond) = nearest(self.harmed.get(&person), day) {
            return Some(self.between(bond.by, bond.harmed));
        }
        let founder = self.centres.founder(person)?;
        Some(Concern { by: None, harmed: Some(person), founder: Some(founder) })
    }

    /// Somebody who causes harm, and whom they mostly harmed around that day.
    pub(crate) fn causing(&self, person: P, day: Date) -> Option<Concern> {
        if let Some(bond) = nearest(self.by.get(&person), day) {
            return Some(self.between(bond.by, bond.harmed));
        }
        self.area.directions.registered(person)?;
        Some(Concern { by: Some(person), harmed: None, founder: None })
    }

    /// A child: the concern of the adult they belong to.
    fn child(&self, person: P, day: Date) -> Option<Concern> {
        let founders = self.child_of.get(&person)?;
        founders.iter().find_map(|founder| {
            let draft = self.drafts.get(founder)?;
            let adults: Vec<P> = draft.with(FamilyPart::Harmed).collect();
            let parent = adults.iter().copied().find(|adult| {
                self.area
                    .ground
                    .ties_of(person)
                    .any(|tie| Ground::other_is(tie, person) == (*adult, RelationKind::Parent))
            });
            self.harmed(parent.or_else(|| adults.first().copied())?, day)
        })
    }

    /// Everybody a fresh look at this concern may be about.
    pub(crate) fn people(&self, concern: &Concern) -> BTreeSet<P> {
        let mut people: BTreeSet<P> = concern.by.into_iter().chain(concern.harmed).collect();
        if let Some(draft) = concern.founder.and_then(|founder| self.drafts.get(&founder)) {
            people.extend(draft.children());
            people.extend(draft.with(FamilyPart::Harmed));
        }
        people
    }

    /// Pairs that are mostly harmed in this direction.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (P, P)> + '_ {
        self.by.values().flatten().map(|bond| (bond.by, bond.harmed))
    }

    /// Everybody harmed, each once.
    pub(crate) fn all_harmed(&self) -> BTreeSet<P> {
        let drawn = self.drafts.values().flat_map(|draft| draft.with(FamilyPart::Harmed));
        self.harmed.keys().copied().chain(drawn).collect()
    }
}

/// The bond that was there on that day, else the one nearest to it.
fn nearest(bonds: Option<&Vec<Bond>>, day: Date) -> Option<Bond> {
    let distance = |bond: &&Bond| {
        let (first, last) = (bond.first.map(When::first_day), bond.last.map(When::last_day));
        let before = first.map_or(0, |first| super::days(day, first).max(0));
        let after = last.map_or(0, |last| super::days(last, day).max(0));
        // Of two that were there, the newer one.
        (before.max(after), std::cmp::Reverse(bond.first), bond.by, bond.harmed)
    };
    bonds?.iter().min_by_key(distance).copied()
}

/// One concern for each who causes harm in each family.
fn one_of_each(found: BTreeSet<Concern>) -> Vec<Concern> {
    let mut seen = BTreeSet::new();
    found.into_iter().filter(|concern| seen.insert((concern.by, concern.founder))).collect()
}
