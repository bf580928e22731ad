//! Who is on the roll of which school: what a safeguarding lead who answers for one school oversees.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::ground::Ground;
use crate::ids::{AgencyId, PersonId, UnitId};
use crate::record::{Event, EventKind};

/// Where a record of the roll says which school it is.
const SCHOOL: &str = "school_urn";

/// Whether an event has somebody on a roll on this day.
pub(crate) fn is_on_roll(event: &Event, on: Date) -> bool {
    let from_then = event.at.first_day() <= on && event.until.is_none_or(|until| until.last_day() >= on);
    event.kind == EventKind::Enrolment && from_then
}

/// Pupils by the school that has them on its roll.
pub(crate) fn on_roll(ground: &Ground<'_>) -> BTreeMap<(AgencyId, UnitId), BTreeSet<PersonId>> {
    let mut rolls: BTreeMap<(AgencyId, UnitId), BTreeSet<PersonId>> = BTreeMap::new();
    for happened in ground.happened.iter().filter(|happened| is_on_roll(happened.event, ground.on)) {
        let Some(school) = happened.event.details.get(SCHOOL).map(|school| school.trim()) else { continue };
        let Some(record) = ground.records.get(happened.rec).filter(|_| !school.is_empty()) else { continue };
        let roll = rolls.entry((record.agency.clone(), school.into())).or_default();
        roll.extend(happened.people.iter().map(|(person, _)| ground.id(*person)));
    }
    rolls
}
