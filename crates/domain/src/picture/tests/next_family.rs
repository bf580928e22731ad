//! Next families: each sign alone, and each trap that must not be taken for one.

use crate::ids::{FamilyId, MentionKey};
use crate::next_family::{Answer, Answers, NextFamilyAnswered, Verdict};
use crate::picture::shape::{AskedFamily, Child, Confirmation, NextFamily, Picture};
use crate::picture::testing::{Rows, here, place, when};
use crate::record::{Basis, EventKind, RelationKind, Residence, Role, Who};

const OLD: &str = "12 Meadow Road, Thornmere";
const NEW: &str = "3 Orchard Close, Thornmere";

/// Noel Gray harmed Ada Finch, with whom he lived; Bea Moss lives elsewhere with her child Kit.
fn known() -> Rows {
    let mut rows = Rows::default();
    rows.born("Noel Gray", "1988-02-03");
    rows.born("Ada Finch", "1990-05-06");
    rows.born("Bea Moss", "1991-07-08");
    rows.born("Kit Moss", "2017-09-10");
    rows.harm("71/1/24", "2024-03-01T21:00", "Noel Gray", "Ada Finch");
    rows.lives("health", "Ada Finch", OLD, Basis::Registered, "2020-01-05");
    rows.lives("health", "Noel Gray", OLD, Basis::Registered, "2020-01-05");
    rows.lives("health", "Bea Moss", NEW, Basis::Registered, "2019-01-05");
    rows.lives("schools", "Kit Moss", NEW, Basis::Registered, "2021-09-05");
    rows.tie("social_care", "Bea Moss", RelationKind::Parent, "Kit Moss", "2021-09-05");
    rows
}

fn only(picture: &Picture) -> &NextFamily {
    assert_eq!(picture.next_families.len(), 1, "{:#?}", picture.next_families);
    &picture.next_families[0]
}

fn none(rows: &Rows) {
    let picture = rows.draw();
    assert!(picture.next_families.is_empty(), "{:#?}", picture.next_families);
}

#[test]
fn nothing_new_is_no_next_family() {
    none(&known());
}

#[test]
fn a_landlord_told_of_a_new_member_shows_it_from_the_day_it_was_told() {
    let mut rows = known();
    rows.tenancy("T1", "Bea Moss", NEW, "2019-01-05", "2019-01-05");
    rows.tenancy("T1", "Noel Gray", NEW, "2025-02-01", "2025-04-20");
    let picture = rows.draw();
    let next = only(&picture);
    assert_eq!(next.first_seen, when("2025-04-20"), "the day it was told, not the day he moved in");
    assert_eq!(next.source_feed, "housing.addresses");
    assert_eq!(next.new_partner, Some("Bea Moss".into()));
    assert_eq!(next.children, ["Kit Moss".into()]);
    assert!(next.probability >= 0.75);
    assert!(next.earlier_family.is_some() && next.earlier_household.is_some());
}

#[test]
fn a_contact_added_at_a_school_shows_it() {
    for (is, words) in [
        (RelationKind::PartnerOfParent, "Mum's partner"),
        (RelationKind::Partner, "Boyfriend"),
        (RelationKind::Parent, "Step Father"),
        (RelationKind::Other, "Other contact"),
    ] {
        let mut rows = known();
        rows.contact("Kit Moss", "Noel Gray", is, words, "2025-05-06");
        let picture = rows.draw();
        let next = only(&picture);
        assert_eq!(next.first_seen, when("2025-05-06"), "{words}");
        assert_eq!(next.new_partner, Some("Bea Moss".into()), "{words}");
    }
}

#[test]
fn a_partner_named_to_a_midwife_shows_it() {
    let mut rows = known();
    rows.tie("health", "Noel Gray", RelationKind::Partner, "Bea Moss", "2025-06-07");
    assert_eq!(only(&rows.draw()).first_seen, when("2025-06-07"));
}

#[test]
fn an_address_proposed_to_probation_shows_it() {
    let mut rows = known();
    let row = rows.row("probation", "cases", "2024-09-01", &[("", "Noel Gray")]);
    row.record.people[0].local_refs.push("crn:X1".into());
    let row = rows.row("probation", "events", "2025-07-09", &[]);
    row.record.residences.push(Residence {
        who: Who::Local("crn:X1".into()),
        place: place(NEW, "HD18 3BE"),
        from: None,
        to: None,
        told: Some(when("2025-07-08")),
        basis: Basis::Proposed,
    });
    assert_eq!(only(&rows.draw()).first_seen, when("2025-07-08"));
}

#[test]
fn a_registered_address_shows_it_and_two_agencies_are_surer_than_one() {
    let mut rows = known();
    rows.lives("health", "Noel Gray", NEW, Basis::Registered, "2025-08-09");
    let one = only(&rows.draw()).probability;
    rows.lives("social_care", "Noel Gray", NEW, Basis::Registered, "2025-09-09");
    let picture = rows.draw();
    assert!(only(&picture).probability > one);
    assert_eq!(only(&picture).first_seen, when("2025-08-09"));
}

#[test]
fn an_address_given_once_at_an_incident_is_not_enough_alone() {
    let mut rows = known();
    rows.harm("71/2/25", "2025-10-01T22:00", "Noel Gray", "Ada Finch");
    let row = rows.part("71/2/25", "Noel Gray", Role::CausingHarm, "former_partner");
    row.record.residences.push(Residence {
        who: here(),
        place: place(NEW, "HD18 3BE"),
        from: None,
        to: None,
        told: Some(when("2025-10-20")),
        basis: Basis::GivenAtIncident,
    });
    none(&rows);
    rows.lives("health", "Noel Gray", NEW, Basis::Registered, "2025-12-09");
    let picture = rows.draw();
    assert_eq!(
        only(&picture).first_seen,
        when("2025-10-01T22:00"),
        "it was said on the night, not when the row changed"
    );
}

#[test]
fn an_incident_with_somebody_of_another_family_shows_it() {
    let mut rows = known();
    rows.harm("71/2/25", "2025-10-01T22:00", "Noel Gray", "Bea Moss");
    let picture = rows.draw();
    let next = only(&picture);
    assert_eq!(next.first_incident, Some(when("2025-10-01T22:00")));
    assert_eq!(picture.families.len(), 2);
}

#[test]
fn a_new_partner_harmed_by_somebody_else_before_is_still_a_next_family() {
    let mut rows = known();
    rows.harm("71/9/23", "2023-01-01T22:00", "Rex Holt", "Bea Moss");
    rows.tie("health", "Noel Gray", RelationKind::Partner, "Bea Moss", "2025-06-07");
    let picture = rows.draw();
    assert_eq!(only(&picture).person, "Noel Gray".into());
    assert_eq!(picture.families.len(), 2, "her family is one, with both of them");
}

#[test]
fn a_family_that_moves_together_is_no_next_family() {
    let mut rows = known();
    for person in ["Noel Gray", "Ada Finch"] {
        rows.lives("health", person, "8 Canal Street, Thornmere", Basis::Registered, "2025-01-05");
        rows.tenancy("T2", person, "8 Canal Street, Thornmere", "2025-01-05", "2025-01-06");
    }
    none(&rows);
}

#[test]
fn moving_back_to_parents_or_relatives_is_no_next_family() {
    let mut rows = known();
    rows.lives("health", "Una Gray", "5 Hill Road, Thornmere", Basis::Registered, "2010-01-05");
    rows.lives("health", "Ivor Pike", "6 Hill Road, Thornmere", Basis::Registered, "2010-01-05");
    rows.tie("social_care", "Ivor Pike", RelationKind::Parent, "Noel Gray", "2019-01-01");
    for home in ["5 Hill Road, Thornmere", "6 Hill Road, Thornmere"] {
        rows.lives("health", "Noel Gray", home, Basis::Registered, "2025-01-05");
        rows.lives("social_care", "Noel Gray", home, Basis::Registered, "2025-01-05");
    }
    none(&rows);
}

#[test]
fn living_alone_or_in_prison_is_no_next_family() {
    let mut rows = known();
    rows.tenancy("T5", "Noel Gray", "9 Hill Road, Thornmere", "2025-01-05", "2025-01-05");
    for person in ["Noel Gray", "Rex Holt"] {
        rows.lives(
            "probation",
            person,
            "HMP Harrowdale, Prison Lane, Netherlow",
            Basis::Registered,
            "2025-03-01",
        );
        rows.lives("probation", person, "4 Licence House, Hostel Row", Basis::Approved, "2025-06-01");
    }
    none(&rows);
}

#[test]
fn ones_own_tenancy_behind_a_shared_door_is_no_next_family() {
    let mut rows = known();
    rows.tenancy("T6", "Noel Gray", NEW, "2025-01-05", "2025-01-05");
    none(&rows);
}

#[test]
fn the_new_address_of_the_person_harmed_is_no_next_family() {
    let mut rows = known();
    rows.lives("health", "Ada Finch", "4 Safe Street, Thornmere", Basis::Registered, "2025-01-05");
    rows.lives("health", "Gran Finch", "4 Safe Street, Thornmere", Basis::Registered, "2015-01-05");
    rows.lives("health", "Noel Gray", "4 Safe Street, Thornmere", Basis::Registered, "2025-03-05");
    rows.lives("social_care", "Noel Gray", "4 Safe Street, Thornmere", Basis::Registered, "2025-03-05");
    none(&rows);
}

#[test]
fn a_first_address_on_record_tells_of_no_move() {
    let mut rows = Rows::default();
    rows.harm("71/1/24", "2024-03-01T21:00", "Noel Gray", "Ada Finch");
    rows.lives("health", "Bea Moss", NEW, Basis::Registered, "2019-01-05");
    rows.lives("health", "Noel Gray", NEW, Basis::Registered, "2025-01-05");
    rows.lives("social_care", "Noel Gray", NEW, Basis::Registered, "2025-01-05");
    none(&rows);
}

#[test]
fn what_was_before_the_harm_is_not_next() {
    let mut rows = known();
    rows.tie("health", "Noel Gray", RelationKind::Partner, "Bea Moss", "2023-06-07");
    none(&rows);
}

#[test]
fn somebody_only_recorded_in_return_raises_no_next_family() {
    let mut rows = known();
    rows.incident("71/3/24", "2024-05-01T21:00", "105/01", "yes", "");
    for person in ["Noel Gray", "Ada Finch"] {
        rows.part("71/3/24", person, Role::CausingHarm, "partner");
        rows.part("71/3/24", person, Role::Victim, "partner");
    }
    rows.tie("health", "Ada Finch", RelationKind::Partner, "Bea Moss", "2025-06-07");
    none(&rows);
}

#[test]
fn the_new_household_becomes_a_family_before_any_incident() {
    let mut rows = known();
    rows.tie("health", "Noel Gray", RelationKind::Partner, "Bea Moss", "2025-06-07");
    let picture = rows.draw();
    let family = picture.families.values().find(|family| family.incidents.is_empty()).unwrap();
    let parts: Vec<(&str, String)> =
        family.members.iter().map(|member| (member.person.as_str(), format!("{:?}", member.part))).collect();
    assert_eq!(
        parts,
        [("Noel Gray", "CausingHarm".into()), ("Kit Moss", "Child".into()), ("Bea Moss", "Partner".into())]
    );
    assert!(picture.people[&"Kit Moss".into()].families.contains(&family.id));
}

#[test]
fn whom_probation_registered_is_known_without_an_incident() {
    let mut rows = Rows::default();
    let supervision = rows.happened("probation", EventKind::Supervision, "Noel Gray", "2024-01-01");
    supervision.details.insert("da_registration".into(), "ADVP 28-06-2023".into());
    rows.lives("health", "Noel Gray", OLD, Basis::Registered, "2020-01-05");
    rows.lives("health", "Bea Moss", NEW, Basis::Registered, "2019-01-05");
    rows.lives("health", "Noel Gray", NEW, Basis::Registered, "2025-01-05");
    none(&rows);
    rows.tie("health", "Noel Gray", RelationKind::Partner, "Bea Moss", "2025-06-07");
    let picture = rows.draw();
    let next = only(&picture);
    assert_eq!(
        next.because,
        "Noel Gray, registered by probation for domestic abuse, now appears with Bea Moss."
    );
    assert!(picture.harm.contains_key(&"Noel Gray".into()));
}

/// An answer of an agency to what a picture asks.
fn answer(seq: u64, agency: &str, asked: &AskedFamily, verdict: Verdict) -> Answer {
    Answer {
        seq,
        agency: agency.into(),
        at: "2026-10-20T09:00:00Z".parse().unwrap(),
        person: asked.next.person.clone(),
        said: NextFamilyAnswered {
            person: MentionKey::default(),
            rows: asked.rows.iter().cloned().collect(),
            verdict,
            by: "head".into(),
            reason: "Met there".into(),
        },
    }
}

/// Whether anything but the question tells of the new household.
fn tells(picture: &Picture) -> bool {
    let noel = picture.harm.get(&"Noel Gray".into()).unwrap();
    let critical = picture.critical.iter().any(|point| point.kind == "new_partner");
    let members = picture.families.values().flat_map(|family| &family.members);
    let there = members.filter(|member| member.person == "Bea Moss".into()).count() > 0;
    // Every child whom a record names is listed; only in a family do they stand for something else than themselves.
    let placed = |child: &&Child| child.person == "Kit Moss".into() && child.family != FamilyId::default();
    let child = picture.children.iter().any(|child| placed(&child));
    let affected = noel.children.contains(&"Kit Moss".into());
    let told = !picture.next_families.is_empty()
        || critical
        || there
        || child
        || affected
        || noel.families.len() > 1;
    let parts = [!picture.next_families.is_empty(), there, child, affected];
    let all = parts.iter().all(|part| *part);
    assert_eq!(told, all, "all of it or nothing: {parts:?}, {critical}, {} families", noel.families.len());
    told
}

#[test]
fn a_suspicion_shapes_nothing_until_somebody_confirms_it() {
    let mut rows = known();
    rows.contact("Kit Moss", "Noel Gray", RelationKind::PartnerOfParent, "Mum's partner", "2025-05-06");
    assert!(tells(&rows.draw()), "whoever has the whole area has it");
    let picture = rows.draw_confirmed(&Answers::default());
    assert!(!tells(&picture));
    let asked = &picture.asked[0];
    assert_eq!((picture.asked.len(), asked.next.confirmation), (1, Confirmation::NotAsked));
    assert!(asked.known_to.contains(&"police".into()) && !asked.known_to.contains(&"housing".into()));
    let no = Answers::new([answer(1, "police", asked, Verdict::No)]);
    assert!(!tells(&rows.draw_confirmed(&no)));
    assert_eq!(
        rows.draw_confirmed(&no).asked[0].next.confirmation,
        Confirmation::NotAsked,
        "told to nobody else"
    );
    let yes = Answers::new([answer(1, "police", asked, Verdict::Yes)]);
    let confirmed = rows.draw_confirmed(&yes);
    assert!(tells(&confirmed));
    assert_eq!(confirmed.next_families[0].confirmation, Confirmation::Yes);
    assert_eq!(confirmed.next_families[0].confirmed_on, Some(jiff::civil::date(2026, 10, 20)));
    let back = [answer(1, "police", asked, Verdict::Yes), answer(2, "police", asked, Verdict::CannotTell)];
    assert!(!tells(&rows.draw_confirmed(&Answers::new(back))), "taken back");
}

#[test]
fn a_yes_that_rests_on_records_somebody_may_not_see_tells_them_nothing() {
    let mut rows = known();
    rows.tie("health", "Noel Gray", RelationKind::Partner, "Bea Moss", "2025-06-07");
    let yes =
        Answers::new([answer(1, "health", &rows.draw_confirmed(&Answers::default()).asked[0], Verdict::Yes)]);
    assert!(tells(&rows.draw_confirmed(&yes)));
    let mut others = known();
    others.contact("Kit Moss", "Noel Gray", RelationKind::PartnerOfParent, "Mum's partner", "2025-05-06");
    let picture = others.draw_confirmed(&yes);
    assert!(!tells(&picture));
    assert_eq!(picture.asked.len(), 1, "their own records still ask");
}

#[test]
fn harm_on_record_needs_nobody_to_confirm_it() {
    let mut rows = known();
    rows.harm("71/2/25", "2025-10-01T22:00", "Noel Gray", "Bea Moss");
    let picture = rows.draw_confirmed(&Answers::default());
    assert_eq!(only(&picture).confirmation, Confirmation::HarmRecorded);
    assert!(picture.asked.is_empty());
}
