//! Families and children: who belongs, and which child nobody has seen or heard.

use crate::picture::shape::{Child, FamilyPart, Picture};
use crate::picture::testing::{Rows, when};
use crate::record::{Basis, EventKind, Involved, LifeStage, RelationKind, Role, Who};

fn part(picture: &Picture, person: &str) -> Option<FamilyPart> {
    let families = picture.families.values().flat_map(|family| &family.members);
    families.into_iter().find(|member| member.person == person.into()).map(|member| member.part)
}

fn child<'p>(picture: &'p Picture, person: &str) -> &'p Child {
    let mut rows = picture.children.iter().filter(|child| child.person == person.into());
    let found = rows.next().unwrap_or_else(|| panic!("{person} is not listed"));
    assert!(rows.next().is_none(), "{person} is listed twice");
    found
}

/// Noel Gray harmed Ada Finch; Kit is theirs.
fn family() -> Rows {
    let mut rows = Rows::default();
    rows.born("Kit Finch", "2016-01-01");
    rows.harm("71/1/24", "2024-03-01T21:00", "Noel Gray", "Ada Finch");
    rows.tie("schools", "Ada Finch", RelationKind::Parent, "Kit Finch", "2020-09-01");
    rows
}

#[test]
fn everybody_has_a_part_and_a_reason() {
    let mut rows = family();
    rows.born("Grown Finch", "2001-01-01");
    rows.tie("social_care", "Grown Finch", RelationKind::Child, "Ada Finch", "2024-01-01");
    rows.tie("social_care", "Gran Finch", RelationKind::Parent, "Ada Finch", "2024-01-01");
    rows.tie("social_care", "Old Love", RelationKind::FormerPartner, "Ada Finch", "2024-01-01");
    rows.tie("schools", "Noel Gray", RelationKind::Parent, "Visiting Gray", "2024-01-01");
    rows.born("Visiting Gray", "2015-01-01");
    let row = rows.row("health", "conditions", "2026-09-01", &[("unborn", "Baby Finch"), ("", "Ada Finch")]);
    row.record.people[0].stage = LifeStage::Unborn;
    row.record.people[0].expected = Some("2027-01-15".parse().unwrap());
    row.record.relations.push(crate::record::Relation {
        of: Who::Here("unborn".into()),
        is: RelationKind::Child,
        to: Who::Here(String::new()),
        words: "unborn child".into(),
        since: None,
    });
    let picture = rows.draw();
    assert_eq!(picture.families.len(), 1);
    for (person, expected) in [
        ("Noel Gray", FamilyPart::CausingHarm),
        ("Ada Finch", FamilyPart::Harmed),
        ("Kit Finch", FamilyPart::Child),
        ("Visiting Gray", FamilyPart::Child),
        ("Baby Finch", FamilyPart::Unborn),
        ("Old Love", FamilyPart::Partner),
        ("Gran Finch", FamilyPart::Relative),
        ("Grown Finch", FamilyPart::Relative),
    ] {
        assert_eq!(part(&picture, person), Some(expected), "{person}");
    }
    let family = picture.families.values().next().unwrap();
    assert!(family.members.iter().all(|member| member.because.ends_with('.')));
    assert_eq!(family.name, "Finch");
    assert!(child(&picture, "Baby Finch").unborn);
    assert_eq!(child(&picture, "Baby Finch").gap, "");
}

#[test]
fn a_family_needs_no_police() {
    let mut rows = Rows::default();
    let row = rows.row(
        "services",
        "referrals",
        "2025-01-01",
        &[("", "Ada Finch"), ("harm", "Noel Gray"), ("child1", "Kit Finch")],
    );
    row.record.people[2].stage = LifeStage::Child;
    let mut event = crate::picture::testing::event(EventKind::ServiceReferral, "2025-01-01");
    for (sub, role) in [("", Role::Victim), ("harm", Role::CausingHarm), ("child1", Role::ChildOfHousehold)] {
        event.involved.push(Involved { who: Who::Here(sub.into()), role });
    }
    row.record.events.push(event);
    row.record.relations.push(crate::record::Relation {
        of: Who::Here("child1".into()),
        is: RelationKind::Child,
        to: Who::Here(String::new()),
        words: "child".into(),
        since: None,
    });
    let picture = rows.draw();
    assert_eq!(part(&picture, "Noel Gray"), Some(FamilyPart::CausingHarm));
    assert_eq!(part(&picture, "Kit Finch"), Some(FamilyPart::Child));
    assert_eq!(picture.harm[&"Noel Gray".into()].victims.len(), 1);
}

#[test]
fn whom_nobody_named_as_causing_harm_is_said_to_be_not_known() {
    let mut rows = Rows::default();
    rows.happened("services", EventKind::ServiceReferral, "Ada Finch", "2025-01-01");
    let picture = rows.draw();
    let family = picture.families.values().next().unwrap();
    assert!(family.not_known.contains(&"Who causes harm is not known.".to_owned()));
}

#[test]
fn the_id_of_a_family_stays_when_records_are_added() {
    let mut rows = family();
    let before: Vec<_> = rows.draw().families.into_keys().collect();
    rows.harm("71/2/25", "2025-01-01", "Noel Gray", "Ada Finch");
    rows.harm("71/3/25", "2025-01-02", "Ada Finch", "Noel Gray");
    rows.tie("social_care", "Gran Finch", RelationKind::Parent, "Ada Finch", "2025-01-03");
    rows.harm("71/4/25", "2025-01-04", "Noel Gray", "Gran Finch");
    assert_eq!(rows.draw().families.into_keys().collect::<Vec<_>>(), before);
}

#[test]
fn one_person_may_cause_harm_in_two_families() {
    let mut rows = family();
    rows.harm("71/2/25", "2025-01-01", "Noel Gray", "Bea Moss");
    let picture = rows.draw();
    assert_eq!(picture.families.len(), 2);
    assert_eq!(picture.harm[&"Noel Gray".into()].families.len(), 2);
    assert_eq!(picture.harm[&"Noel Gray".into()].victims[0].person, "Bea Moss".into(), "the latest first");
}

#[test]
fn harm_to_a_child_makes_the_family_of_the_other_parent() {
    let mut rows = Rows::default();
    rows.born("Kit Finch", "2014-01-01");
    rows.tie("schools", "Ada Finch", RelationKind::Parent, "Kit Finch", "2020-09-01");
    rows.tie("schools", "Noel Gray", RelationKind::Parent, "Kit Finch", "2020-09-01");
    rows.incident("71/1/24", "2024-03-01", "011/03", "yes", "");
    rows.part("71/1/24", "Noel Gray", Role::CausingHarm, "parent");
    rows.part("71/1/24", "Kit Finch", Role::Victim, "child");
    let picture = rows.draw();
    assert_eq!(picture.families.len(), 1);
    assert_eq!(part(&picture, "Kit Finch"), Some(FamilyPart::Child));
    assert_eq!(part(&picture, "Ada Finch"), Some(FamilyPart::Harmed));
}

#[test]
fn roles_are_never_read_from_sex() {
    let draw = |sex_a, sex_b| {
        let mut rows = family();
        for (person, sex) in [("Noel Gray", sex_a), ("Ada Finch", sex_b)] {
            rows.born(person, "1990-01-01");
            rows.0.last_mut().unwrap().record.people[0].sex = Some(sex);
        }
        let picture = rows.draw();
        (part(&picture, "Noel Gray"), part(&picture, "Ada Finch"))
    };
    use crate::record::Sex::{Female, Male};
    assert_eq!(draw(Male, Female), draw(Female, Male));
    assert_eq!(draw(Male, Male), draw(Female, Female));
}

#[test]
fn a_child_nobody_spoke_to_has_a_gap_and_attendance_does_not_close_it() {
    let mut rows = family();
    rows.visit("Kit Finch", "2023-01-01T10:00", true, true, true);
    rows.happened("schools", EventKind::Attendance, "Kit Finch", "2025-01-01");
    let picture = rows.draw();
    let kit = child(&picture, "Kit Finch");
    assert_eq!(
        kit.gap,
        "No agency has recorded seeing Kit Finch alone or speaking to them since the first incident on 1 March 2024."
    );
    assert_eq!(kit.last_spoken.as_ref().unwrap().by, "Sam Duty (social care)");

    rows.visit("Kit Finch", "2025-01-01T10:00", true, false, false);
    assert!(child(&rows.draw(), "Kit Finch").gap.contains("was seen after the first incident"));
    rows.visit("Kit Finch", "2025-02-01T10:00", true, false, true);
    let picture = rows.draw();
    assert_eq!(child(&picture, "Kit Finch").gap, "");
    assert_eq!(child(&picture, "Kit Finch").last_seen.as_ref().unwrap().at, when("2025-02-01T10:00"));
}

#[test]
fn a_child_too_young_to_speak_counts_as_heard_when_seen() {
    let mut rows = family();
    rows.born("Baby Finch", "2025-11-15");
    rows.tie("health", "Ada Finch", RelationKind::Parent, "Baby Finch", "2025-12-01");
    assert!(
        child(&rows.draw(), "Baby Finch").gap.starts_with("No agency has recorded seeing Baby Finch since")
    );
    rows.visit("Baby Finch", "2026-02-01T10:00", true, false, false);
    assert_eq!(child(&rows.draw(), "Baby Finch").gap, "");
}

#[test]
fn every_child_is_listed_in_a_family_or_without_one() {
    let mut rows = family();
    rows.born("Far Away", "2015-01-01");
    rows.row("schools", "pupils", "2024-01-01", &[("", "No Birthday")]).record.people[0].stage =
        LifeStage::Child;
    rows.born("Grown Up", "2000-01-01");
    let row = rows.row("services", "referrals", "2020-10-31", &[("child1", "Age Told")]);
    row.record.people[0].age = Some(11);
    let picture = rows.draw();
    for name in ["Far Away", "No Birthday", "Age Told"] {
        assert_eq!(child(&picture, name).family.as_str(), "", "{name}");
    }
    assert_eq!(child(&picture, "Age Told").age, Some(17));
    assert!(picture.children.iter().all(|child| child.person != "Grown Up".into()));
}

#[test]
fn a_slip_in_the_year_of_birth_does_not_hide_a_pupil() {
    let mut rows = family();
    rows.born("Pupil Finch", "2008-02-20");
    rows.happened("schools", EventKind::Enrolment, "Pupil Finch", "2023-09-01");
    child(&rows.draw(), "Pupil Finch");
}

#[test]
fn a_roll_holds_who_is_on_it_that_day() {
    let mut rows = family();
    let mut enrolled = |name: &str, urn: &str, until: Option<&str>| {
        let event = rows.happened("schools", EventKind::Enrolment, name, "2023-09-01");
        event.details.insert("school_urn".to_owned(), urn.to_owned());
        event.until = until.map(|day| day.parse().unwrap());
    };
    enrolled("There Now", "199001", None);
    enrolled("Moved On", "199001", Some("2024-07-19"));
    enrolled("Moved On", "199002", None);
    enrolled("No School", " ", None);
    let roll =
        |urn: &str| rows.draw().on_roll.get(&("schools".into(), urn.into())).cloned().unwrap_or_default();
    assert_eq!(roll("199001"), ["There Now".into()].into());
    assert_eq!(roll("199002"), ["Moved On".into()].into());
    assert_eq!(rows.draw().on_roll.len(), 2);
}

#[test]
fn a_family_behind_the_same_door_keeps_its_own_children() {
    let mut rows = family();
    rows.born("Their Child", "2016-01-01");
    rows.tie("schools", "Their Parent", RelationKind::Parent, "Their Child", "2020-09-01");
    rows.born("Whose Child", "2016-01-01");
    for person in ["Ada Finch", "Their Child", "Their Parent", "Whose Child"] {
        rows.lives("health", person, "1 Elm Road", Basis::Registered, "2020-01-01");
    }
    let picture = rows.draw();
    assert_eq!(part(&picture, "Their Child"), None);
    assert_eq!(
        part(&picture, "Whose Child"),
        Some(FamilyPart::Child),
        "better one too many than one too few"
    );
}
