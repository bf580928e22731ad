//! A home or a school that changed: the moment at which somebody may follow, and at which agencies lose sight.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::super::centres::Area;
use super::super::ground::P;
use super::super::homes::H;
use super::concerns::Concerns;
use super::settings::Of;
use super::{Raw, days, known};
use crate::record::{Basis, EventKind, Role};
use crate::when::When;

/// A tenancy as a landlord recorded it for one person.
pub(crate) struct Tenancy {
    pub(crate) home: H,
    pub(crate) from: When,
    pub(crate) to: Option<When>,
    pub(crate) seen: Date,
    pub(crate) rec: usize,
}

/// Somebody's tenancies whose beginning a landlord recorded.
pub(crate) fn tenancies(area: Area<'_, '_>, person: P) -> Vec<Tenancy> {
    let told = area.ground.told_of.of(person).iter().filter_map(|&at| area.ground.told.get(at as usize));
    let tenancy = told.filter(|told| told.residence.basis == Basis::Tenancy);
    let found = tenancy.filter_map(|told| {
        let (from, to) = (told.residence.from?, told.residence.to);
        let home = area.homes.doors.of(&told.residence.place)?;
        Some(Tenancy { home, from, to, seen: known(area, told.rec), rec: told.rec })
    });
    found.collect()
}

/// Somebody harmed took another home.
pub(crate) fn moved(concerns: &Concerns<'_, '_>) -> Vec<Raw> {
    let area = concerns.area;
    let numbers = &area.ground.settings.critical.numbers;
    let mut found = Vec::new();
    for harmed in concerns.all_harmed() {
        for one in tenancies(area, harmed) {
            let (at, seen) = (one.from, one.seen.max(one.from.first_day()));
            if days(at.first_day(), seen) <= numbers.told_within_days
                && let Some(concern) = concerns.harmed(harmed, at.first_day())
            {
                found.push(Raw { kind: 0, concern, at, seen, rec: one.rec });
            }
        }
    }
    found
}

/// A child of a family went to another school, other than at the usual ages.
pub(crate) fn school_changed(concerns: &Concerns<'_, '_>) -> Vec<Raw> {
    let area = concerns.area;
    let mut enrolled: BTreeMap<u32, Vec<_>> = BTreeMap::new();
    for happened in area.ground.happened.iter().filter(|h| h.event.kind == EventKind::Enrolment) {
        for (pupil, _) in happened.people.iter().filter(|(_, role)| *role == Role::Subject) {
            enrolled.entry(*pupil).or_default().push(happened);
        }
    }
    let mut found = Vec::new();
    for (pupil, mut schools) in enrolled {
        schools.sort_by_key(|happened| (happened.at, happened.rec));
        for (before, after) in schools.iter().zip(schools.iter().skip(1)) {
            let school = |happened: &&super::super::ground::Happened<'_>| {
                happened.event.details.get("school_urn").cloned()
            };
            // In September classes move on together.
            let usual = after.at.first_day().month() == 9;
            if usual || school(before) == school(after) {
                continue;
            }
            if let Some(concern) = concerns.around(pupil, after.at.first_day(), Of::Harmed) {
                let (at, rec) = (after.at, after.rec);
                found.push(Raw { kind: 0, concern, at, seen: at.last_day(), rec });
            }
        }
    }
    found
}
