//! What holds for every set of records: the order does not matter, sealed rows shape nothing, and a kept address is
//! nowhere in the picture.

use proptest::prelude::*;

use crate::fact::KeptPlace;
use crate::picture::testing::{Rows, TODAY, place};
use crate::picture::{
    Kept, Settings, Viewpoint, chronology, household_terms, incident_terms, search_terms, today,
};
use crate::record::{Address, Basis, EventKind, RelationKind, Role};

const PEOPLE: [&str; 8] =
    ["Noel Gray", "Ada Finch", "Bea Moss", "Kit Moss", "Una Gray", "Rex Holt", "Sol Finch", "Kim Gray-Moss"];
const HOMES: [&str; 4] =
    ["1 Elm Road, Thornmere", "1 ELM RD", "3 Orchard Close", "Flat 2, 40 Poplar Terrace"];
const KEPT: &str = "Poplar Terrace";

fn one_row(rows: &mut Rows, (kind, a, b, c): (u8, usize, usize, u32)) {
    let (a, b) = (PEOPLE[a], PEOPLE[b]);
    let day = format!("{}-{:02}-{:02}", 2023 + c % 4, 1 + c / 4 % 12, 1 + c / 48 % 28);
    let home = HOMES[c as usize % HOMES.len()];
    match kind {
        0 | 1 => rows.harm(&format!("71/{c}"), &day, a, b),
        2 => {
            rows.lives("health", a, home, Basis::Registered, &day);
        }
        3 => {
            rows.tenancy(&format!("T{}", c % 3), a, home, &day, &day);
        }
        4 => rows.contact(a, b, RelationKind::PartnerOfParent, "Mum's partner", &day),
        5 => rows.visit(a, &day, true, c % 2 == 0, c % 3 == 0),
        6 => {
            let kinds =
                [RelationKind::Parent, RelationKind::Partner, RelationKind::Child, RelationKind::Sibling];
            rows.tie("social_care", a, kinds[c as usize % 4], b, &day);
        }
        7 => rows.born(a, &format!("{}-01-01", 1980 + c % 45)),
        8 => {
            rows.happened("probation", EventKind::ALL[c as usize % EventKind::ALL.len()], a, &day).text =
                Some(format!("Seen at 40 poplar terrace near {home}."));
        }
        _ => {
            rows.incident(
                &format!("71/{c}"),
                &day,
                "NC/62",
                "",
                "Called to Flat 2, 40 Poplar Terrace, HD18 3BE.",
            );
            let event = rows.0.last_mut().unwrap();
            event.record.events[0].place = Some(place(home, "HD18 3BE"));
            rows.part(&format!("71/{c}"), a, Role::Victim, "partner");
            rows.part(&format!("71/{c}"), b, Role::Victim, "");
        }
    }
}

fn rows() -> impl Strategy<Value = Rows> {
    let row = (0_u8..10, 0..PEOPLE.len(), 0..PEOPLE.len(), 0_u32..1000);
    proptest::collection::vec(row, 1..40).prop_map(|steps| {
        let mut rows = Rows::default();
        steps.into_iter().for_each(|step| one_row(&mut rows, step));
        rows
    })
}

fn kept() -> Kept {
    let address = Address { lines: HOMES[3].into(), postcode: "HD18 3BE".into(), uprn: None };
    Kept::of(
        [&KeptPlace { id: "kept-1".into(), address, why: "refuge".into() }],
        &Settings::built_in().unwrap(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_records_does_not_matter((rows, shuffled) in rows().prop_flat_map(|rows| {
        let shuffled = Just(rows.0.clone()).prop_shuffle();
        (Just(rows), shuffled)
    })) {
        let drawn = format!("{:?}", rows.draw());
        prop_assert_eq!(drawn, format!("{:?}", Rows(shuffled).draw()));
    }

    #[test]
    fn sealed_records_shape_nothing((open, secret) in (rows(), rows())) {
        let before = open.draw();
        let mut all = open.clone();
        let last = open.0.len() as u64;
        all.0.extend(secret.0.into_iter().map(|mut record| {
            record.seq += last;
            record.sealed = true;
            record
        }));
        prop_assert_eq!(format!("{before:?}"), format!("{:?}", all.draw()));
        let about = before.people.keys().cloned().collect();
        let settings = Settings::built_in().unwrap();
        let story = |rows: &Rows| chronology(&rows.0, &about, &Viewpoint::default(), &settings, &Kept::none());
        prop_assert_eq!(story(&open), story(&all));
    }

    #[test]
    fn a_kept_address_is_nowhere(rows in rows()) {
        let (settings, kept) = (Settings::built_in().unwrap(), kept());
        let picture = rows.draw_keeping(&kept);
        let about = picture.people.keys().cloned().collect();
        let story = chronology(&rows.0, &about, &Viewpoint::default(), &settings, &kept);
        let mut terms: Vec<String> = picture.people.values().flat_map(search_terms).collect();
        terms.extend(picture.households.values().flat_map(household_terms));
        terms.extend(picture.incidents.values().flat_map(incident_terms));
        let queue = today(&picture, &settings, TODAY);
        let json = serde_json::to_string(&(
            picture.people.values().collect::<Vec<_>>(),
            picture.households.values().collect::<Vec<_>>(),
            &story,
            &queue,
        ))
        .unwrap();
        let all = format!("{picture:?} {json} {terms:?}").to_lowercase();
        prop_assert!(!all.contains(&KEPT.to_lowercase()), "{}", all);
        prop_assert!(!all.contains("a:poplar"));
    }

    #[test]
    fn every_child_has_one_row_for_each_family(rows in rows()) {
        let picture = rows.draw();
        let mut listed: Vec<_> = picture.children.iter().map(|child| (&child.person, &child.family)).collect();
        let before = listed.len();
        listed.sort();
        listed.dedup();
        prop_assert_eq!(listed.len(), before);
        for (id, person) in &picture.people {
            if matches!(person.stage, crate::record::LifeStage::Child | crate::record::LifeStage::Unborn) {
                prop_assert!(picture.children.iter().any(|child| child.person == *id), "{}", id);
            }
        }
    }
}
