//! The picture: people, incidents, households, families, children, and each person causing harm, drawn from
//! records and from who is who. The same drawing serves the whole area and one family as known on a date:
//! what goes in decides what comes out.
//!
//! [`draw`] is the way in. The shapes it fills are in `shape.rs`, `courses.rs` and `suspicions.rs`.

mod address;
mod attention;
mod bios;
mod cases;
mod centres;
mod children;
mod chronology;
mod closeness;
mod control;
mod courses;
mod critical;
mod directions;
mod doubt;
mod families;
mod freshness;
mod ground;
mod harm;
mod homes;
mod households;
mod impact;
mod incidents;
mod kept;
mod next_family;
mod patterns;
mod people;
mod phrases;
mod relations;
mod reported;
mod search;
mod settings;
pub mod shape;
mod signs;
mod sounds;
mod suspicions;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod today;
mod triage;
mod units;
mod viewpoint;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use address::address_key;
pub use attention::{Attended, attention, attention_of, joined, seed};
pub use chronology::chronology;
pub use doubt::{Doubtful, Drawn, Side, Stake, Worry, side, stake};
pub use freshness::{Arrival, freshness};
pub use harm::custody;
pub use impact::{Impact, ImpactSign, impact};
pub use incidents::{Parties, primary_parties};
pub use kept::{HIDDEN, Kept};
pub use next_family::Joined;
pub use patterns::{
    Reporting, course, end_of, family_pattern, moment, pair_patterns, person_pattern, reporting,
};
pub use search::{Match, Part, Query, household_terms, incident_terms, query_terms, rank, search_terms};
pub use settings::{Document, Documents, Settings, SettingsError, offence_code};
pub use shape::*;
pub use today::{to_confirm, today};
pub use triage::{OpenFamily, no_lead, open_families};
pub use viewpoint::as_known;

use crate::ids::FamilyId;
use crate::next_family::Answers;
use centres::{Area, Centres};
use ground::{Ground, P};
pub(crate) use settings::plain;

/// Draws the picture of everything these records tell, for one day.
///
/// Sealed records shape nothing. An address in `kept` is kept wherever else it is written. The order of the records
/// does not matter; each row should be there in one version only (see [`as_known`]).
#[must_use]
pub fn draw(records: &[KnownRecord], settings: &Settings, kept: &Kept, on: Date) -> Picture {
    draw_with(records, settings, kept, Joined::All(&Answers::default()), on)
}

/// The same, with what people said about next families.
#[must_use]
pub fn draw_with(
    records: &[KnownRecord],
    settings: &Settings,
    kept: &Kept,
    joined: Joined<'_>,
    on: Date,
) -> Picture {
    let mut ground = Ground::new(records, settings, on);
    let bios = bios::Bios::new(&ground);
    let homes = households::Homes::new(&ground, kept);
    let mut cases = cases::gather(&ground);
    let ties = cases::ties(&cases);
    ground.add_ties(ties);
    cases::judge(&ground, &bios, &homes, &mut cases);
    let directions = directions::Directions::new(&ground, &cases);
    let area = Area { ground: &ground, bios: &bios, homes: &homes, cases: &cases, directions: &directions };
    let centres = Centres::new(area);
    let mut joinings = next_family::find(area, &centres);
    let (asked, withheld) = next_family::ask(area, &mut joinings, joined);
    let drafts = families::draw(area, &centres, &joinings, &withheld);

    let controls = control::Controls::new(area);

    let mut of_person: BTreeMap<P, Vec<FamilyId>> = BTreeMap::new();
    for draft in drafts.values() {
        for person in draft.members.keys() {
            of_person.entry(*person).or_default().push(families::family_id(&ground, draft.founder));
        }
    }
    let harm = harm::profiles(area, &centres, (&drafts, &withheld), kept);
    let critical = critical::find(area, &centres, &drafts, &joinings, &controls);
    Picture {
        people: people::people(area, &of_person),
        incidents: incidents::incidents(area, kept),
        households: households::households(&ground, &homes),
        families: families::families(area, &drafts),
        children: children::children(area, &drafts),
        reported: reported::find(area, kept, &harm, &critical),
        harm,
        next_families: next_family::next_families(area, &joinings, joined),
        asked,
        control: controls
            .controlling()
            .into_iter()
            .filter_map(|person| Some((ground.id(person), controls.of(area, person)?)))
            .collect(),
        critical,
        on_roll: units::on_roll(&ground),
    }
}
