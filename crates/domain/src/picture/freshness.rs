//! How fresh each agency's data is, so that silence is never read as "not involved".

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::shape::{Freshness, KnownRecord};
use crate::ids::AgencyId;
use crate::risk::is_own_entry;
use crate::when::When;

/// A file that arrived from an agency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Whose file.
    pub agency: AgencyId,
    /// When it was received.
    pub received: Timestamp,
}

/// One line for every agency of the area, those that sent nothing too.
///
/// `agencies` are all that should send; `put_aside` counts rows still put aside. Days after `on` are slips of a
/// keyboard and say nothing about how fresh the data is.
#[must_use]
pub fn freshness<'r>(
    agencies: &[AgencyId],
    arrivals: &[Arrival],
    put_aside: &BTreeMap<AgencyId, u32>,
    records: impl IntoIterator<Item = &'r KnownRecord>,
    on: Date,
) -> Vec<Freshness> {
    let mut lines: BTreeMap<AgencyId, Freshness> = BTreeMap::new();
    let blank = |agency: &AgencyId| Freshness {
        agency: agency.clone(),
        received: None,
        latest_event: None,
        deliveries: 0,
        put_aside: put_aside.get(agency).copied().unwrap_or(0),
    };
    for agency in agencies.iter().chain(put_aside.keys()) {
        lines.entry(agency.clone()).or_insert_with(|| blank(agency));
    }
    for arrival in arrivals {
        let line = lines.entry(arrival.agency.clone()).or_insert_with(|| blank(&arrival.agency));
        line.deliveries += 1;
        line.received = line.received.max(Some(arrival.received));
    }
    let mut latest: BTreeMap<&AgencyId, When> = BTreeMap::new();
    for record in records.into_iter().filter(|record| !record.sealed && !is_own_entry(&record.record)) {
        let days = record.record.events.iter().map(|event| event.at).chain(record.recorded);
        if let Some(day) = days.filter(|day| day.last_day() <= on).max() {
            let known = latest.entry(&record.agency).or_insert(day);
            *known = day.max(*known);
        }
    }
    for (agency, day) in latest {
        lines.entry(agency.clone()).or_insert_with(|| blank(agency)).latest_event = Some(day);
    }
    lines.into_values().collect()
}
