//! One household is many people: who joins across agencies, and who must not.

use throughline_linkage::{Record, Sex, Stage, TieKind};

use crate::invented::{Town, With, record};

const HOME: (&str, &str) = ("14 Larkrise Close, Ostwick", "QX44 7BD");

#[test]
fn strangers_stay_strangers_and_each_is_found_in_both_agencies() {
    let town = Town::with(Vec::new());
    let people: std::collections::BTreeSet<u32> = town.linked.cluster.iter().copied().collect();
    assert_eq!(people.len(), 600);
    assert!(town.one("town-health-0007", "town-police-0007"));
}

#[test]
fn one_person_is_found_under_short_names_married_names_and_typing_slips() {
    let town = Town::with(vec![
        record("gp", "health")
            .named("Elizabeth Ann", "Marchbank")
            .born(1990, 4, 23)
            .sex(Sex::Female)
            .living(HOME.0, HOME.1),
        record("police", "police")
            .named("Liz", "MARCHBANK")
            .born(1990, 4, 23)
            .living("14 LARKRISE CL", "qx447bd"),
        record("housing", "housing").named("E", "Marchbank").born(1990, 4, 23).living(HOME.0, HOME.1),
        record("married", "schools")
            .named("Elizabeth", "Marchbank-Sorrel")
            .born(1990, 4, 23)
            .living(HOME.0, HOME.1),
    ]);
    for other in ["police", "housing", "married"] {
        assert!(town.one("gp", other), "{other}");
    }
}

#[test]
fn twins_and_namesakes_of_one_household_stay_apart() {
    let at_home = |id: &str, source: &str| record(id, source).living(HOME.0, HOME.1).phone("07700900123");
    let town = Town::with(vec![
        at_home("twin-a", "health").named("Imogen", "Marchbank").born(2016, 2, 9).sex(Sex::Female),
        at_home("twin-b", "health").named("Clarissa", "Marchbank").born(2016, 2, 9).sex(Sex::Female),
        at_home("twin-b-school", "schools").named("Clarissa", "Marchbank").born(2016, 2, 9).sex(Sex::Female),
        at_home("father", "health").named("Rufus", "Marchbank").born(1985, 6, 1).sex(Sex::Male),
        at_home("son", "health").named("Rufus", "Marchbank").born(2012, 9, 30).sex(Sex::Male),
    ]);
    assert!(!town.one("twin-a", "twin-b") && !town.one("father", "son"));
    assert!(town.one("twin-b", "twin-b-school"));
}

/// Twins whose names look alike, a father and son of one name with middle name, and brothers called by a name that both
/// have: every pair of them two people, in whatever agency.
#[test]
fn hardly_anybody_is_taken_for_a_brother_a_sister_or_a_father() {
    let surnames =
        ["Marchbank", "Sorrel", "Quince", "Aldermoor", "Fennimore", "Tolliver", "Wexcombe", "Yarrow"];
    let mut records = Vec::new();
    let mut apart: Vec<(String, String)> = Vec::new();
    for (i, surname) in surnames.into_iter().enumerate() {
        let day = i8::try_from(i + 3).unwrap();
        let home = format!("{} Larkrise Close, Ostwick", 10 + i);
        let postcode = format!("QX4{i} 7BD");
        let mut seen = |who: &str, fore: &str, born: (i16, i8, i8), nhs: &str| {
            let id = |source: &str| format!("{surname}-{who}-{source}");
            let one = |source: &str, fore: &str| {
                record(&id(source), source)
                    .named(fore, surname)
                    .born(born.0, born.1, born.2)
                    .living(&home, &postcode)
            };
            records.push(one("health", fore).number("nhs", &format!("{nhs}{i:02}")).phone("07700900123"));
            records.push(one("schools", fore.split(' ').next().unwrap_or_default()));
            records.push(one("housing", fore).phone("07700900123"));
            id("health")
        };
        let people = [
            seen("molly", "Molly Ann", (2016, 2, day), "94347659"),
            seen("holly", "Holly Ann", (2016, 2, day), "90012345"),
            seen("father", "Rufus Ansel", (1985, 6, day), "91122334"),
            seen("son", "Rufus Ansel", (2012, 9, day), "95566778"),
            seen("brother", "Otto", (2014, 6, day), "97788990"),
        ];
        for (j, one) in people.iter().enumerate() {
            apart.extend(people.iter().skip(j + 1).map(|other| (one.clone(), other.clone())));
        }
    }
    let town = Town::with(records);
    for (one, other) in &apart {
        assert!(!town.one(one, other), "{one} {other}");
    }
    for surname in surnames {
        for who in ["molly", "holly", "father", "son", "brother"] {
            let at = |source: &str| format!("{surname}-{who}-{source}");
            assert!(town.one(&at("health"), &at("housing")), "{surname} {who}");
        }
    }
}

#[test]
fn a_grown_man_with_a_police_number_is_not_the_boy_of_the_same_name() {
    let at_home = |id: &str, source: &str| record(id, source).living(HOME.0, HOME.1).phone("07700900123");
    let town = |number: &str| {
        Town::with(vec![
            at_home("boy", "schools").named("Rufus", "Marchbank").born(2012, 9, 30).sex(Sex::Male),
            at_home("offence", "police").named("Rufus", "Marchbank").sex(Sex::Male).number("pnc", number),
        ])
    };
    assert!(!town("2001/0123456X").one("boy", "offence"));
    assert!(town("2025/0123456X").one("boy", "offence"));
}

#[test]
fn a_record_without_forename_is_neither_of_two_twins() {
    let at_home = |id: &str, source: &str| record(id, source).living(HOME.0, HOME.1).born(2016, 2, 9);
    let town = Town::with(vec![
        at_home("imogen", "health").named("Imogen", "Marchbank").number("nhs", "9434765919"),
        at_home("clarissa", "health").named("Clarissa", "Marchbank").number("nhs", "9000000009"),
        at_home("unnamed", "police").named("", "Marchbank"),
    ]);
    assert!(!town.one("unnamed", "imogen") && !town.one("unnamed", "clarissa"));
}

#[test]
fn a_mention_is_placed_although_the_person_is_still_seen_twice() {
    let at_home = |id: &str, source: &str| record(id, source).living(HOME.0, HOME.1);
    let town = Town::with(vec![
        at_home("whole", "health").named("Zerin", "Tamvar").born(1990, 4, 23).phone("07700900123"),
        at_home("mention", "housing").named("Zerin", "Tamvar").phone("07700900123"),
    ]);
    assert!(town.one("whole", "mention"));
}

#[test]
fn fathers_names_in_a_row_are_one_name_in_any_order() {
    let at_home = |id: &str, source: &str| record(id, source).living(HOME.0, HOME.1);
    let town = Town::with(vec![
        at_home("whole", "health").named("Zerin Oskel", "Tamvar").born(1990, 4, 23),
        at_home("two", "housing").named("Zerin", "Oskel").born(1990, 4, 23),
        at_home("turned", "police").named("Zerin Tamvar", "Oskel").born(1990, 4, 23),
    ]);
    assert!(town.one("whole", "two") && town.one("whole", "turned"));
}

#[test]
fn a_stranger_with_the_same_name_stays_a_stranger() {
    let town = Town::with(vec![
        record("here", "health")
            .named("Rufus", "Marchbank")
            .born(1985, 6, 1)
            .living(HOME.0, HOME.1)
            .phone("07700900123"),
        record("there", "police")
            .named("Rufus", "Marchbank")
            .born(1987, 6, 1)
            .living("3 Tarn Walk", "QX61 2ZZ")
            .phone("07700900555"),
    ]);
    assert!(!town.one("here", "there"));
}

#[test]
fn a_first_name_is_enough_where_the_same_person_names_it() {
    let town = Town::with(vec![
        record("client", "services").named("Imogen", "Marchbank").born(1991, 2, 3).phone("07700900123"),
        record("client#harm", "services")
            .named("Rufus", "")
            .tied(TieKind::CausesHarmTo, 0)
            .tied(TieKind::Partner, 0),
        record("client#child1", "services").named("Otto", "").tied(TieKind::Child, 0),
        record("mother", "social_care").named("Imogen", "Marchbank").born(1991, 2, 3).living(HOME.0, HOME.1),
        record("partner", "social_care").named("Rufus", "Sorrel").born(1988, 8, 17).tied(TieKind::Partner, 3),
        record("child", "social_care").named("Otto", "Sorrel").born(2015, 5, 5).tied(TieKind::Child, 3),
        record("sister", "social_care").named("Maud", "Sorrel").born(2018, 1, 8).tied(TieKind::Child, 3),
    ]);
    assert!(town.one("client", "mother"));
    assert!(town.one("client#harm", "partner") && town.one("client#child1", "child"));
    assert!(!town.one("client#child1", "sister"));
}

#[test]
fn a_mention_that_fits_two_people_is_left_alone() {
    let town = Town::with(vec![
        record("client", "services").named("Imogen", "Marchbank").born(1991, 2, 3).phone("07700900123"),
        record("client#child1", "services").named("O", "").tied(TieKind::Child, 0),
        record("mother", "social_care").named("Imogen", "Marchbank").born(1991, 2, 3).phone("07700900123"),
        record("otto", "social_care").named("Otto", "Sorrel").born(2015, 5, 5).tied(TieKind::Child, 2),
        record("olga", "social_care").named("Olga", "Sorrel").born(2018, 1, 8).tied(TieKind::Child, 2),
    ]);
    assert!(!town.one("client#child1", "otto") && !town.one("client#child1", "olga"));
}

#[test]
fn a_child_expected_is_the_child_born_to_that_mother_about_then() {
    let unborn = |mother: u32| {
        let mut child = record("unborn", "health").born(2025, 3, 1).tied(TieKind::Child, mother);
        child.stage = Stage::Unborn;
        child
    };
    let town = Town::with(vec![
        record("mother", "health").named("Imogen", "Marchbank").born(1991, 2, 3).number("nhs", "9434765919"),
        unborn(0),
        record("mother-sc", "social_care")
            .named("Imogen", "Marchbank")
            .born(1991, 2, 3)
            .number("nhs", "9434765919"),
        record("born", "social_care").named("Otto", "Sorrel").born(2025, 2, 20).tied(TieKind::Child, 2),
        record("older", "social_care").named("Maud", "Sorrel").born(2021, 2, 20).tied(TieKind::Child, 2),
    ]);
    assert!(town.one("unborn", "born") && !town.one("unborn", "older"));
}

#[test]
fn people_of_one_row_are_never_one() {
    let same = |id: &str| {
        record(id, "schools").named("Rufus", "Marchbank").phone("07700900123").living(HOME.0, HOME.1)
    };
    let town = Town::with(vec![same("contact1"), same("contact2").tied(TieKind::SameRow, 0)]);
    assert!(!town.one("contact1", "contact2"));
}

#[test]
fn an_agency_number_joins_what_has_no_name() {
    let town = Town::with(vec![
        record("person", "social_care").known_as("person:7").named("Otto", "Sorrel").born(2015, 5, 5),
        record("visit", "social_care").known_as("person:7"),
        record("other", "police").known_as("person:7").named("Maud", "Quince").born(1970, 1, 9),
    ]);
    assert!(town.one("person", "visit") && !town.one("person", "other"));
}

/// A child known to health and school, with numbers of its own.
fn child(who: &str, fore: &str, nhs: &str, upn: &str) -> Vec<Record> {
    let at_home = |source: &str| {
        let record = record(&format!("{who}-{source}"), source).named(fore, "Marchbank").born(2016, 2, 9);
        record.sex(Sex::Female).living(HOME.0, HOME.1).phone("07700900123")
    };
    vec![at_home("health").number("nhs", nhs), at_home("schools").number("upn", upn)]
}

#[test]
fn twins_and_triplets_with_full_records_stay_apart_and_whole() {
    let names = ["Imogen", "Clarissa", "Imelda"];
    let numbers =
        [("9434765919", "A123456789012"), ("9000000009", "B998877665544"), ("9111111118", "C555566667777")];
    let all = names.iter().zip(numbers).flat_map(|(fore, (nhs, upn))| child(fore, fore, nhs, upn));
    let town = Town::with(all.collect());
    for one in names {
        assert!(town.one(&format!("{one}-health"), &format!("{one}-schools")), "{one}");
        for other in names.into_iter().filter(|other| *other != one) {
            assert!(!town.one(&format!("{one}-health"), &format!("{other}-schools")), "{one} {other}");
        }
    }
}

#[test]
fn newborn_twins_without_names_are_told_apart_by_number() {
    let newborn = |id: &str, source: &str, fore: &str| {
        record(id, source).named(fore, "Marchbank").born(2016, 2, 9).living(HOME.0, HOME.1)
    };
    let mut all = child("imogen", "Imogen", "9434765919", "A123456789012");
    all.extend(child("clarissa", "Clarissa", "9000000009", "B998877665544"));
    all.push(newborn("baby", "maternity", "Baby").number("nhs", "9434765919"));
    all.push(newborn("twin", "social_care", "Twin 1"));
    let town = Town::with(all);
    assert!(town.one("baby", "imogen-health") && !town.one("baby", "clarissa-health"));
    assert!(!town.one("twin", "imogen-health") && !town.one("twin", "clarissa-health"));
}

#[test]
fn a_record_without_forename_is_neither_of_two_twins_although_it_has_a_number() {
    let mut all = child("imogen", "Imogen", "9434765919", "A123456789012");
    all.extend(child("clarissa", "Clarissa", "9000000009", "B998877665544"));
    let unnamed = record("unnamed", "police").named("", "Marchbank").born(2016, 2, 9).living(HOME.0, HOME.1);
    all.push(unnamed.number("pnc", "2025/0123456X"));
    let town = Town::with(all);
    assert!(!town.one("unnamed", "imogen-health") && !town.one("unnamed", "clarissa-health"));
}

#[test]
fn a_tenancy_without_date_of_birth_is_neither_father_nor_son() {
    let at_home =
        |id: &str, source: &str| record(id, source).named("Rufus", "Marchbank").living(HOME.0, HOME.1);
    let town = Town::with(vec![
        at_home("father", "health").born(1985, 6, 1).number("nhs", "9434765919"),
        at_home("son", "health").born(2012, 9, 30).number("nhs", "9000000009"),
        at_home("son-school", "schools").born(2012, 9, 30),
        at_home("tenancy", "housing"),
    ]);
    assert!(town.one("son", "son-school"));
    assert!(!town.one("tenancy", "father") && !town.one("tenancy", "son"));
}
