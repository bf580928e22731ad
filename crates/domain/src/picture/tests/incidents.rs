//! Incidents: domestic or not, roles, counter-allegations, children whom nobody named, households.

use crate::fact::KeptPlace;
use crate::picture::shape::Incident;
use crate::picture::testing::{Rows, place, when};
use crate::picture::{Kept, Picture, Settings, primary_parties};
use crate::record::{Address, Basis, Place, RelationKind, Role};

fn incident<'p>(picture: &'p Picture, reference: &str) -> &'p Incident {
    &picture.incidents[&reference.into()]
}

fn two(rows: &mut Rows, reference: &str, flag: &str, kind: &str, text: &str) {
    rows.incident(reference, "2025-01-02T20:00", "105/01", flag, text);
    rows.part(reference, "Noel Gray", Role::CausingHarm, kind);
    rows.part(reference, "Ada Finch", Role::Victim, kind);
}

#[test]
fn a_flag_alone_makes_it_domestic() {
    let mut rows = Rows::default();
    two(&mut rows, "71/1/25", "yes", "", "");
    assert!(incident(&rows.draw(), "71/1/25").domestic);
}

#[test]
fn a_missing_flag_is_mended_by_what_connects_the_people() {
    let mut rows = Rows::default();
    two(&mut rows, "71/1/25", "no", "former_partner", "");
    let picture = rows.draw();
    let found = incident(&picture, "71/1/25");
    assert!(found.domestic);
    assert_eq!(
        found.domestic_because,
        "Police did not flag it; the people are recorded in it as “former partner”."
    );

    let mut rows = Rows::default();
    two(&mut rows, "71/1/25", "", "", "");
    assert!(!incident(&rows.draw(), "71/1/25").domestic);
    rows.tie("social_care", "Noel Gray", RelationKind::Parent, "Kit Gray", "2020-01-01");
    rows.tie("schools", "Ada Finch", RelationKind::Parent, "Kit Gray", "2020-01-01");
    let picture = rows.draw();
    assert!(incident(&picture, "71/1/25").domestic_because.contains("a child in common, Kit Gray"));

    let mut rows = Rows::default();
    two(&mut rows, "71/1/25", "no", "", "");
    rows.lives("health", "Noel Gray", "1 Elm Road", Basis::Registered, "2020-01-01");
    rows.lives("health", "Ada Finch", "1 ELM RD, Thornmere", Basis::Registered, "2020-01-01");
    assert!(incident(&rows.draw(), "71/1/25").domestic_because.contains("lived at one address"));
}

#[test]
fn the_officers_words_count_only_where_the_flag_was_left_empty() {
    let text = "Suspect is her estranged husband.";
    for (flag, domestic) in [("", true), ("no", false)] {
        let mut rows = Rows::default();
        two(&mut rows, "71/1/25", flag, "", text);
        assert_eq!(incident(&rows.draw(), "71/1/25").domestic, domestic, "{flag}");
    }
}

#[test]
fn neighbours_and_drink_driving_are_not_domestic() {
    let mut rows = Rows::default();
    two(&mut rows, "71/1/25", "yes", "other", "");
    rows.incident("71/2/25", "2025-01-03T20:00", "802/00", "no", "Driver stopped on Mill Road.");
    rows.part("71/2/25", "Noel Gray", Role::CausingHarm, "");
    let picture = rows.draw();
    assert!(!incident(&picture, "71/1/25").domestic);
    assert!(!incident(&picture, "71/2/25").domestic);
    assert!(picture.families.is_empty() && picture.harm.is_empty());
}

#[test]
fn a_counter_allegation_keeps_both_roles_and_history_tells_the_main_one() {
    let mut rows = Rows::default();
    rows.harm("71/1/24", "2024-01-02T20:00", "Noel Gray", "Ada Finch");
    rows.incident("71/2/24", "2024-02-02T20:00", "105/01", "yes", "");
    for person in ["Ada Finch", "Noel Gray"] {
        rows.part("71/2/24", person, Role::CausingHarm, "partner");
        rows.part("71/2/24", person, Role::Victim, "partner");
    }
    let picture = rows.draw();
    let found = incident(&picture, "71/2/24");
    for part in &found.involved {
        assert_eq!(part.roles, [Role::CausingHarm, Role::Victim], "nothing is netted");
    }
    let parties = primary_parties(found, &picture);
    assert_eq!((parties.causing_harm, parties.harmed), (vec!["Noel Gray".into()], vec!["Ada Finch".into()]));
    assert_eq!(picture.families.len(), 1);
    let profile = &picture.harm[&"Noel Gray".into()];
    assert_eq!(profile.counter, ["71/2/24".into()]);
    assert!(!picture.harm.contains_key(&"Ada Finch".into()));
}

#[test]
fn children_of_the_home_whom_nobody_named_are_listed() {
    let mut rows = Rows::default();
    rows.born("Kit Finch", "2018-01-01");
    rows.born("Old Finch", "1950-01-01");
    rows.harm("71/1/24", "2024-01-02T20:00", "Noel Gray", "Ada Finch");
    for person in ["Ada Finch", "Kit Finch", "Old Finch"] {
        rows.lives("health", person, "1 Elm Road", Basis::Registered, "2020-01-01");
    }
    assert_eq!(incident(&rows.draw(), "71/1/24").children_not_named, ["Kit Finch".into()]);
}

#[test]
fn an_incident_whose_report_did_not_arrive_is_still_one() {
    let mut rows = Rows::default();
    rows.part("71/1/24", "Noel Gray", Role::CausingHarm, "partner");
    rows.part("71/1/24", "Ada Finch", Role::Victim, "partner");
    let picture = rows.draw();
    assert_eq!(incident(&picture, "71/1/24").involved.len(), 2);
    assert_eq!(picture.families.len(), 1);
}

#[test]
fn slips_in_an_address_make_no_second_household_and_neighbours_stay_apart() {
    let mut rows = Rows::default();
    for lines in ["46 Gladstone Way, Thornmere", "46 GLADSTON WY", "46 gladstone way"] {
        rows.lives("health", "Ada Finch", lines, Basis::Registered, "2020-01-01");
    }
    // The same person one figure apart is a slip; a neighbour is not.
    rows.lives("police", "Ada Finch", "06 Gladstone Way", Basis::GivenAtIncident, "2021-01-01");
    rows.lives("health", "Bea Moss", "48 Gladstone Way", Basis::Registered, "2020-01-01");
    // The postcode left out.
    let row =
        rows.lives("health", "Ada Finch", "46 Gladstone Way, Thornmere", Basis::Registered, "2020-01-01");
    row.record.residences[0].place = place("46 Gladstone Way, Thornmere", "");
    let picture = rows.draw();
    assert_eq!(picture.households.len(), 2, "{:#?}", picture.households);
    assert_eq!(picture.people[&"Ada Finch".into()].residences.len(), 1);
}

#[test]
fn prisons_are_stays_but_no_households() {
    let mut rows = Rows::default();
    rows.lives("probation", "Noel Gray", "HMP Harrowdale", Basis::Registered, "2020-01-01");
    rows.lives(
        "probation",
        "Noel Gray",
        "HMP Harrowdale, Prison Lane, Netherlow",
        Basis::Registered,
        "2020-01-01",
    );
    let picture = rows.draw();
    assert!(picture.households.is_empty());
    assert!(picture.people[&"Noel Gray".into()].residences.iter().all(|stay| stay.basis == Basis::Custody));
}

#[test]
fn whoever_is_recorded_in_a_later_home_has_left_the_earlier_one() {
    let mut rows = Rows::default();
    rows.lives("health", "Ada Finch", "1 Elm Road", Basis::Registered, "2020-01-01");
    rows.lives("schools", "Ada Finch", "2 Oak Road", Basis::Registered, "2022-01-01");
    let picture = rows.draw();
    let stays = &picture.people[&"Ada Finch".into()].residences;
    assert_eq!(stays[0].to, Some(when("2022-01-01")));
    assert_eq!(stays[1].to, None);
}

#[test]
fn a_kept_place_is_one_household_however_it_is_written() {
    let address =
        Address { lines: "40 Poplar Terrace, Penrose".into(), postcode: "HD18 3BE".into(), uprn: None };
    let secret = KeptPlace { id: "kept-1".into(), address, why: "refuge".into() };
    let kept = Kept::of([&secret], &Settings::built_in().unwrap());
    let mut rows = Rows::default();
    rows.lives("health", "Ada Finch", "x", Basis::Registered, "2024-01-01").record.residences[0].place =
        Place::Kept("kept-1".into());
    // Another agency did not know that it is to be kept, and mistyped it.
    rows.lives("police", "Ada Finch", "40 POPLER TCE", Basis::GivenAtIncident, "2024-02-01");
    rows.harm("71/1/24", "2024-02-01", "Noel Gray", "Ada Finch");
    rows.0[2].record.events[0].place = Some(place("40 Poplar Terrace", "HD18 3BE"));
    let picture = rows.draw_keeping(&kept);
    assert_eq!(picture.households.len(), 1);
    assert_eq!(picture.people[&"Ada Finch".into()].residences[0].place, Place::Kept("kept-1".into()));
    assert_eq!(incident(&picture, "71/1/24").place, Some(Place::Kept("kept-1".into())));
}
