//! Pregnancy and birth of somebody who is harmed, and the day a baby is due.

use super::super::ground::Ground;
use super::concerns::Concerns;
use super::settings::Of;
use super::{Raw, days, known};
use crate::record::{EventKind, RelationKind, Role};
use crate::when::When;

/// Pregnancies on health records, from the day they were noted.
pub(crate) fn pregnancies(concerns: &Concerns<'_, '_>) -> Vec<Raw> {
    let mut found = Vec::new();
    for happened in concerns.area.ground.happened.iter().filter(|h| h.event.kind == EventKind::Pregnancy) {
        let noted = happened.event.details.get("noted").and_then(|noted| noted.parse::<When>().ok());
        let at = noted.unwrap_or(happened.at);
        for (person, _) in happened.people.iter().filter(|(_, role)| *role == Role::Subject) {
            if let Some(concern) = concerns.around(*person, at.first_day(), Of::Harmed) {
                found.push(Raw { kind: 0, concern, at, seen: at.last_day(), rec: happened.rec });
            }
        }
    }
    found
}

/// Babies due from today on.
pub(crate) fn due(concerns: &Concerns<'_, '_>) -> Vec<Raw> {
    let area = concerns.area;
    let numbers = &area.ground.settings.critical.numbers;
    let mut found = Vec::new();
    for happened in area.ground.happened.iter().filter(|h| h.event.kind == EventKind::Pregnancy) {
        let due = happened.event.details.get("due").and_then(|due| due.parse::<When>().ok());
        let Some(at) = due.filter(|_| happened.event.until.is_none()) else { continue };
        if !(0..=numbers.ahead_days).contains(&days(area.ground.on, at.first_day())) {
            continue;
        }
        for (person, _) in happened.people.iter().filter(|(_, role)| *role == Role::Subject) {
            if let Some(concern) = concerns.around(*person, at.first_day(), Of::Harmed) {
                let seen = known(area, happened.rec);
                found.push(Raw { kind: 0, concern, at, seen, rec: happened.rec });
            }
        }
    }
    found
}

/// Children born to somebody harmed, where an agency recorded it not long after.
pub(crate) fn births(concerns: &Concerns<'_, '_>) -> Vec<Raw> {
    let area = concerns.area;
    let numbers = &area.ground.settings.critical.numbers;
    let mut found = Vec::new();
    for harmed in concerns.all_harmed() {
        for tie in area.ground.ties_of(harmed) {
            let (child, is) = Ground::other_is(tie, harmed);
            if is != RelationKind::Child {
                continue;
            }
            let Some(born) = area.bios.of(child).born else { continue };
            if born.first_day() != born.last_day() || born.first_day() > area.ground.on {
                continue;
            }
            let recs = area.ground.said_of(child).map(|said| said.rec);
            let Some((seen, rec)) = recs.map(|rec| (known(area, rec).max(born.first_day()), rec)).min()
            else {
                continue;
            };
            if days(born.first_day(), seen) <= numbers.told_within_days
                && let Some(concern) = concerns.harmed(harmed, born.first_day())
            {
                found.push(Raw { kind: 0, concern, at: born, seen, rec });
            }
        }
    }
    found
}
