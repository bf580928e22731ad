//! Which facts speak of whom: those that name a person, those that mean them by an agency's own number, and
//! every row of an incident they were part of. It is what lets a page read one family's facts and no others.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use throughline_domain::ids::{AgencyId, PersonId};
use throughline_domain::picture::KnownRecord;
use throughline_domain::record::Who;

use super::load::LocalRefs;

/// The rows of one incident and everybody in it.
#[derive(Default)]
struct Part {
    rows: BTreeSet<u64>,
    people: BTreeSet<PersonId>,
}

/// Facts by person, in order. Sealed records are left out: no page may be led to them.
pub fn facts_by_person(records: &[KnownRecord]) -> BTreeMap<PersonId, BTreeSet<u64>> {
    let refs = LocalRefs::of(records);
    let mut facts: BTreeMap<PersonId, BTreeSet<u64>> = BTreeMap::new();
    let mut incidents: BTreeMap<(&AgencyId, &str), Part> = BTreeMap::new();
    for known in records.iter().filter(|known| !known.sealed) {
        let people = people_of(known, &refs);
        for reference in known.record.events.iter().filter_map(|event| event.reference.as_deref()) {
            let Part { rows, people: parts } = incidents.entry((&known.agency, reference)).or_default();
            rows.insert(known.seq);
            parts.extend(people.iter().cloned());
        }
        for person in people {
            facts.entry(person).or_default().insert(known.seq);
        }
    }
    for Part { rows, people: parts } in incidents.into_values() {
        for person in parts {
            facts.entry(person).or_default().extend(&rows);
        }
    }
    facts
}

/// The latest day that each fact tells of, with its agency. Days after `on` are slips of a keyboard.
pub fn latest_days(records: &[KnownRecord], on: Date) -> HashMap<u64, (&AgencyId, Date)> {
    let latest = |known: &KnownRecord| {
        let days = known.record.events.iter().map(|event| event.at).chain(known.recorded);
        days.filter(|day| day.first_day() <= on).map(|day| day.last_day().min(on)).max()
    };
    records.iter().filter_map(|known| Some((known.seq, (&known.agency, latest(known)?)))).collect()
}

/// Everybody a record speaks of.
fn people_of(known: &KnownRecord, refs: &LocalRefs) -> BTreeSet<PersonId> {
    let record = &known.record;
    let relations = record.relations.iter().flat_map(|relation| [&relation.of, &relation.to]);
    let residences = record.residences.iter().map(|residence| &residence.who);
    let involved = record.events.iter().flat_map(|event| event.involved.iter().map(|i| &i.who));
    let meant: BTreeSet<&Who> = relations.chain(residences).chain(involved).collect();
    let mut people: BTreeSet<PersonId> = known.persons.iter().cloned().collect();
    people.extend(meant.into_iter().flat_map(|who| refs.people(known, who)));
    people
}
