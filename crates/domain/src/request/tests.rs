//! Asking and answering: who may, what goes, and what nobody sees.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::fact::{Fact, FactBody, KeptPlace};
use crate::ids::PersonId;
use crate::picture::testing::{Rows, place};
use crate::picture::{Kept, KnownRecord, Settings};
use crate::record::{Address, Basis, EventKind, Name, Place, Role};

const ALL: [&str; 6] = ["ID", "INC", "HLTH", "LOC", "RISK", "SOC"];

fn now() -> Timestamp {
    "2026-11-20T09:00:00Z".parse().unwrap()
}

fn later(hours: i64) -> Timestamp {
    now() + SignedDuration::from_hours(hours)
}

fn calendar() -> Calendar {
    Calendar::built_in().unwrap()
}

fn asked(categories: &[&str], within: Within) -> InformationRequested {
    InformationRequested {
        by: "school".into(),
        to: "police".into(),
        words: InWords { name: "Lil Finch".into(), ..InWords::default() },
        purpose: "pupil_support".into(),
        categories: categories.iter().map(|&category| category.into()).collect(),
        reason: "She is tired and afraid.".into(),
        risk: "standard".into(),
        channel: "portal".into(),
        within,
        ..InformationRequested::default()
    }
}

fn fact(seq: u64, agency: &str, at: Timestamp, body: FactBody) -> Fact {
    let (id, happened, recorded) = (String::new(), None, None);
    Fact { seq, agency: agency.into(), id, happened, recorded, received: at, body }
}

fn request(categories: &[&str], within: Within) -> Fact {
    fact(1, "schools", now(), FactBody::InformationRequested(asked(categories, within)))
}

fn told(facts: &[Fact]) -> Told {
    tell(facts).pop().unwrap()
}

fn hand(user: &str, agency: &str) -> Hand {
    Hand { user: user.into(), agency: agency.into(), ..Hand::default() }
}

fn proposal(each: &[(&str, Outcome)]) -> Proposal {
    Proposal {
        decision: each.iter().map(|(_, outcome)| *outcome).max().unwrap_or(Outcome::Ask),
        each: each.iter().map(|(category, outcome)| ((*category).to_owned(), *outcome)).collect(),
        basis: Vec::new(),
        rules: Vec::new(),
        conditions: Vec::new(),
        explain: String::new(),
        on: "2026-11-20".parse().unwrap(),
    }
}

fn choice(granted: &[(&str, Part)]) -> Choice {
    let granted =
        granted.iter().map(|(category, part)| Granted { category: (*category).into(), part: *part });
    Choice {
        about: vec!["Lil Finch".into()],
        granted: granted.collect(),
        rows: Vec::new(),
        reason: "It helps the school to look after her.".into(),
    }
}

fn open() -> Told {
    told(&[request(&["ID", "INC"], Within::WorkingDays(1))])
}

fn answered(granted: &[(&str, Part)]) -> Vec<Fact> {
    let asked = request(&["ID", "INC"], Within::WorkingDays(1));
    let all = proposal(&[("ID", Outcome::Share), ("INC", Outcome::Share)]);
    let by = hand("sergeant", "police");
    let fact_of =
        answer(&told(std::slice::from_ref(&asked)), &by, choice(granted), all, later(1), &calendar());
    vec![asked, fact(2, "police", later(1), FactBody::InformationAnswered(fact_of.unwrap()))]
}

#[test]
fn what_is_not_answered_in_time_rises_and_is_never_refused() {
    let told = told(&[request(&["ID"], Within::Hours(4))]);
    assert_eq!(told.state(later(3), &calendar()), State::Open);
    assert_eq!(told.state(later(4), &calendar()), State::Escalated);
    assert_eq!(told.state(later(24 * 365 * 9), &calendar()), State::Escalated);
    assert_eq!(may_answer(&told, &hand("sergeant", "police"), later(99_999), &calendar()), Ok(()));
}

#[test]
fn somebody_else_of_the_agency_that_was_asked_answers() {
    let told = open();
    let may = |hand: Hand| may_answer(&told, &hand, later(1), &calendar());
    assert_eq!(may(hand("sergeant", "police")), Ok(()));
    assert_eq!(may(hand("nurse", "health")), Err(WhyNot::OtherAgency));
    assert_eq!(may(hand("school", "police")), Err(WhyNot::Asker), "whoever asked, also at the other agency");
    assert_eq!(may(Hand { barred: true, ..hand("sergeant", "police") }), Err(WhyNot::Absent));
}

#[test]
fn a_person_decides_within_what_the_policies_let_go() {
    let says = |proposed: Outcome, part: Part, supervises: bool| {
        let hand = Hand { supervises, ..hand("sergeant", "police") };
        let proposed = proposal(&[("INC", proposed)]);
        answer(&open(), &hand, choice(&[("INC", part)]), proposed, later(1), &calendar()).map(|_| ())
    };
    assert_eq!(says(Outcome::Share, Part::All, false), Ok(()));
    assert_eq!(says(Outcome::ShareMinimum, Part::Minimum, false), Ok(()));
    assert_eq!(says(Outcome::ShareMinimum, Part::All, true), Err(WhyNot::OnlyMinimum("INC".into())));
    assert_eq!(says(Outcome::Ask, Part::Minimum, false), Err(WhyNot::Supervisor("INC".into())));
    assert_eq!(says(Outcome::Ask, Part::All, true), Ok(()));
    assert_eq!(says(Outcome::Refuse, Part::Minimum, true), Err(WhyNot::Refused("INC".into())));
}

#[test]
fn every_answer_has_a_reason_and_a_share_has_somebody_it_is_about() {
    let by = hand("sergeant", "police");
    let all = || proposal(&[("ID", Outcome::Share), ("INC", Outcome::Share)]);
    let try_ = |choice: Choice| answer(&open(), &by, choice, all(), later(1), &calendar()).map(|_| ());
    let silent = Choice { reason: " \n".into(), ..choice(&[]) };
    assert_eq!(try_(silent), Err(WhyNot::NoReason), "a refusal too");
    let nobody = Choice { about: Vec::new(), ..choice(&[("ID", Part::All)]) };
    assert_eq!(try_(nobody), Err(WhyNot::Nobody));
    assert_eq!(try_(Choice { about: Vec::new(), ..choice(&[]) }), Ok(()), "not known to us");
    assert_eq!(try_(choice(&[("HLTH", Part::All)])), Err(WhyNot::NotAsked("HLTH".into())));
    let twice = choice(&[("ID", Part::All), ("ID", Part::Minimum)]);
    assert_eq!(try_(twice), Err(WhyNot::Twice("ID".into())));
}

#[test]
fn an_answer_is_a_share_the_minimum_or_a_refusal() {
    let verdict = |granted: &[(&str, Part)]| told(&answered(granted)).verdict().unwrap();
    assert_eq!(verdict(&[("ID", Part::All), ("INC", Part::All)]), Verdict::Share);
    assert_eq!(verdict(&[("ID", Part::All), ("INC", Part::Minimum)]), Verdict::ShareMinimum);
    assert_eq!(verdict(&[("INC", Part::All)]), Verdict::ShareMinimum);
    assert_eq!(verdict(&[]), Verdict::Refuse);
}

#[test]
fn a_copy_is_open_until_it_expires_or_is_withdrawn() {
    let mut facts = answered(&[("ID", Part::All)]);
    assert!(open_copy(&told(&facts), later(2), &calendar()).is_some());
    let asker = hand("school", "schools");
    let receipt = receive(&told(&facts), &asker, later(2), &calendar()).unwrap();
    facts.push(fact(3, "schools", later(2), FactBody::DisclosureReceived(receipt)));
    assert_eq!(told(&facts).received.unwrap().1.by, "school");

    let over = 1 + 30 * 24;
    assert_eq!(told(&facts).state(later(over), &calendar()), State::Expired);
    assert!(open_copy(&told(&facts), later(over), &calendar()).is_none());
    assert_eq!(receive(&told(&facts), &asker, later(over), &calendar()), Err(WhyNot::NoCopy));

    let by = hand("inspector", "police");
    let back = withdraw(&told(&facts), &by, "sent in error", later(3), &calendar()).unwrap();
    facts.push(fact(4, "police", later(3), FactBody::InformationWithdrawn(back)));
    assert_eq!(told(&facts).state(later(4), &calendar()), State::Withdrawn);
    assert!(open_copy(&told(&facts), later(4), &calendar()).is_none());
    assert_eq!(receive(&told(&facts), &asker, later(4), &calendar()), Err(WhyNot::NoCopy));
}

#[test]
fn a_refusal_leaves_nothing_to_open_and_does_not_expire() {
    let facts = answered(&[]);
    assert_eq!(told(&facts).state(later(24 * 400), &calendar()), State::Answered);
    assert!(open_copy(&told(&facts), later(2), &calendar()).is_none());
}

#[test]
fn those_who_asked_take_back_what_waits_and_those_who_shared_what_they_shared() {
    let waits = open();
    let (asker, holder) = (hand("colleague", "schools"), hand("sergeant", "police"));
    assert!(withdraw(&waits, &asker, "we know now", later(1), &calendar()).is_ok());
    assert_eq!(withdraw(&waits, &asker, " ", later(1), &calendar()), Err(WhyNot::NoReason));
    assert_eq!(withdraw(&waits, &holder, "no", later(1), &calendar()), Err(WhyNot::Settled));
    let shared = told(&answered(&[("ID", Part::All)]));
    assert_eq!(withdraw(&shared, &asker, "no", later(2), &calendar()), Err(WhyNot::Settled));
    assert_eq!(
        withdraw(&shared, &hand("nurse", "health"), "no", later(2), &calendar()),
        Err(WhyNot::OtherAgency)
    );
    let barred = Hand { barred: true, ..holder };
    assert_eq!(withdraw(&shared, &barred, "no", later(2), &calendar()), Err(WhyNot::Absent));
}

/// A family of two houses: he harms her; a neighbour saw it.
fn rows() -> Rows {
    let mut rows = Rows::default();
    rows.harm("P1", "2026-09-01T20:00", "Ray Stone", "Ada Finch");
    rows.part("P1", "Nan Field", Role::Witness, "");
    for row in &mut rows.0 {
        for event in &mut row.record.events {
            event.text = Some("He broke the kitchen door.".into());
            event.by = Some("PC Holt".into());
        }
    }
    rows.tenancy("T1", "Ada Finch", "4 Elm Row", "2025-01-01", "2025-01-02");
    rows.happened("health", EventKind::RoutineEnquiry, "Ada Finch", "2026-09-05");
    rows
}

fn copy_of(rows: &Rows, person: &str, holder: &str, granted: &[(&str, Part)]) -> Vec<KnownRecord> {
    copy_with(rows, person, holder, granted, &Kept::none())
}

fn copy_with(
    rows: &Rows,
    person: &str,
    holder: &str,
    granted: &[(&str, Part)],
    kept: &Kept,
) -> Vec<KnownRecord> {
    let answer = answer_about(rows, person, granted);
    disclosed(&rows.0, &answer, &holder.into(), kept, &Settings::built_in().unwrap())
}

fn answer_about(rows: &Rows, person: &str, granted: &[(&str, Part)]) -> InformationAnswered {
    let who = PersonId::from(person);
    let covered = rows.0.iter().map(|known| {
        let people = known.record.people.iter().zip(&known.persons);
        let subs = people.filter(|(_, person)| **person == who).map(|(mention, _)| mention.sub.clone());
        let (feed, row_key) = (known.record.feed.clone(), known.record.row_key.clone());
        RowGranted { feed, row_key, subs: subs.collect() }
    });
    InformationAnswered {
        request: 1,
        by: "sergeant".into(),
        name: String::new(),
        about: vec![PersonId::from(person)],
        granted: choice(granted).granted,
        rows: covered.collect(),
        reason: "x".into(),
        proposal: proposal(&[]),
        until: later(1),
    }
}

#[test]
fn what_turned_out_to_be_somebody_elses_is_in_no_copy() {
    let mut rows = Rows::default();
    for day in ["2026-09-01", "2026-09-02", "2026-09-03"] {
        rows.happened("police", EventKind::Incident, "Ada Finch", day);
    }
    let answer = answer_about(&rows, "Ada Finch", &[("ID", Part::All)]);
    let now =
        |rows: &Rows| people_now(&rows.0, &answer).into_iter().map(|p| p.to_string()).collect::<Vec<_>>();
    assert_eq!(now(&rows), ["Ada Finch"]);
    rows.0[2].persons = vec!["Eve Finch".into()];
    assert_eq!(now(&rows), ["Ada Finch"], "parted: those that stayed");
    rows.0.iter_mut().for_each(|known| known.persons = vec!["Ada Old".into()]);
    assert_eq!(now(&rows), ["Ada Old"], "joined with somebody else: all of them are one person still");
    rows.0[2].persons = vec!["Eve Finch".into()];
    assert!(now(&rows).is_empty(), "nobody can tell");
}

fn text(copy: &[KnownRecord]) -> String {
    format!("{copy:?}")
}

#[test]
fn a_copy_holds_the_holders_records_only_and_only_what_was_granted() {
    let rows = rows();
    let all = text(&copy_of(&rows, "Ada Finch", "police", &[("ID", Part::All), ("INC", Part::All)]));
    assert!(all.contains("kitchen door") && all.contains("Finch"));
    assert!(!all.contains("RoutineEnquiry") && !all.contains("Elm Row"), "nothing of other agencies");
    assert!(!all.contains("PC Holt"), "no worker is named");
    assert!(!all.contains("Nan"), "no witness is named");
    let least = text(&copy_of(&rows, "Ada Finch", "police", &[("INC", Part::Minimum)]));
    assert!(least.contains("Incident") && !least.contains("kitchen") && !least.contains("Stone"), "{least}");
    assert!(copy_of(&rows, "Ada Finch", "police", &[("HLTH", Part::All)]).is_empty());
    assert!(copy_of(&rows, "Ada Finch", "police", &[]).is_empty());
}

#[test]
fn others_are_named_only_where_their_data_were_granted_too() {
    let rows = rows();
    let both = [("ID", Part::All), ("INC", Part::All), ("THIRD", Part::All), ("PROF", Part::All)];
    let all = text(&copy_of(&rows, "Nan Field", "police", &both));
    assert!(all.contains("Field") && all.contains("PC Holt"));
    let his = text(&copy_of(&rows, "Ray Stone", "police", &[("ID", Part::All), ("INC", Part::All)]));
    assert!(his.contains("Stone") && !his.contains("Ada"), "whom he harmed is not named");
}

#[test]
fn who_does_not_go_is_not_named_in_the_words_of_those_who_do() {
    let mut rows = rows();
    let row = rows.row("services", "referrals", "2026-09-06", &[("", "Ada Finch"), ("child1", "Lil Finch")]);
    for (mention, forename) in row.record.people.iter_mut().zip(["Ada", "Lil"]) {
        let name = Name { forenames: vec![forename.into()], surname: "Finch".into(), ..Name::default() };
        mention.names.push(name);
    }
    let event = rows.happened("services", EventKind::ServiceReferral, "Ada Finch", "2026-09-06");
    event.title = "Referral from a neighbour".into();
    event.text = Some("Ada wishes to be telephoned.".into());
    let details = [("source", "a neighbour"), ("children", "LIL (8)"), ("stage", "open")];
    event.details.extend(details.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let event = rows.0.pop().unwrap().record.events.remove(0);
    rows.0.last_mut().unwrap().record.events.push(event);
    let granted = [("ID", Part::All), ("DISC", Part::All), ("PROF", Part::All)];
    let copy = text(&copy_of(&rows, "Ada Finch", "services", &granted));
    assert!(copy.contains("telephoned") && copy.contains("open"), "{copy}");
    assert!(!copy.to_lowercase().contains("lil") && !copy.contains("neighbour"), "{copy}");
    let all = [granted.as_slice(), &[("THIRD", Part::All)]].concat();
    let copy = text(&copy_of(&rows, "Ada Finch", "services", &all));
    assert!(copy.contains("LIL (8)") && copy.contains("neighbour"), "{copy}");
}

#[test]
fn a_place_that_is_kept_is_nowhere_in_a_copy() {
    let mut rows = rows();
    let address = match place("4 Elm Row", "HD18 3BE") {
        Place::Known(address) => address,
        Place::Kept(_) => Address::default(),
    };
    rows.lives("police", "Ada Finch", "4 Elm Row", Basis::GivenAtIncident, "2026-09-01");
    rows.0[0].record.events[0].text = Some("She has moved to 4 Elm Row HD18 3BE.".into());
    let kept = KeptPlace { id: "K1".into(), address, why: "refuge".into() };
    let kept = Kept::of(&[kept], &Settings::built_in().unwrap());
    let granted = ALL.map(|category| (category, Part::All));
    let copy = text(&copy_with(&rows, "Ada Finch", "police", &granted, &kept));
    assert!(!copy.contains("Elm") && !copy.contains("K1") && !copy.contains("kept"), "{copy}");
}

#[test]
fn words_that_may_mean_somebody_are_kept_from_whoever_is_barred_from_them() {
    let mut rows = rows();
    rows.born("Ada Finch", "1990-02-03");
    let ada = rows.draw().people[&PersonId::from("Ada Finch")].clone();
    let means = |name: &str, born: &str| {
        InWords { name: name.into(), born: born.into(), also: String::new() }.may_mean(&ada)
    };
    assert!(means("FINCH, Ada", "") && means("Ada Finch", "2001-01-01") && means("Ada Stone", "1990-02-03"));
    assert!(means("Finch", "2 March"), "what cannot be told apart may be her");
    assert!(!means("Una Reed", "1990-02-03") && !means("Ada Stone", "1970-05-05"));
}

#[test]
fn a_confidential_row_is_in_no_copy() {
    let mut rows = rows();
    rows.0.iter_mut().for_each(|known| known.sealed = true);
    assert!(copy_of(&rows, "Ada Finch", "police", &ALL.map(|category| (category, Part::All))).is_empty());
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![Just(Outcome::Share), Just(Outcome::ShareMinimum), Just(Outcome::Ask), Just(Outcome::Refuse)]
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![Just(Part::Minimum), Just(Part::All)]
}

/// Anything that somebody may write down about the first request, allowed or not.
fn written() -> impl Strategy<Value = (String, String, u8, i64)> {
    let user = prop_oneof!["school", "sergeant", "nurse"].prop_map(String::from);
    let agency = prop_oneof!["schools", "police", "health"].prop_map(String::from);
    (user, agency, 0_u8..3, 0_i64..2000)
}

fn body(user: &str, what: u8, granted: &[(&str, Part)]) -> FactBody {
    let (by, reason) = (user.to_owned(), "x".to_owned());
    match what {
        0 => FactBody::InformationAnswered(InformationAnswered {
            request: 1,
            by,
            name: String::new(),
            about: Vec::new(),
            granted: choice(granted).granted,
            rows: Vec::new(),
            reason,
            proposal: proposal(&[]),
            until: later(900),
        }),
        1 => FactBody::InformationWithdrawn(InformationWithdrawn { request: 1, by, reason }),
        _ => FactBody::DisclosureReceived(DisclosureReceived { request: 1, by, name: String::new() }),
    }
}

proptest! {
    /// Whatever anybody writes down: an answer is somebody else's, of the agency that was asked; a request without an
    /// answer that was not taken back waits or rises; what was taken back or has expired opens for nobody.
    #[test]
    fn no_request_is_refused_by_waiting_or_answered_by_whoever_asked(
        all in prop::collection::vec(written(), 0..6), shares: bool, hours in 0_i64..5000,
    ) {
        let mut facts = vec![request(&["ID"], Within::Hours(4))];
        let granted: &[(&str, Part)] = if shares { &[("ID", Part::All)] } else { &[] };
        for (at, (user, agency, what, after)) in all.iter().enumerate() {
            facts.push(fact(at as u64 + 2, agency, later(*after), body(user, *what, granted)));
        }
        let told = told(&facts);
        let state = told.state(later(hours), &calendar());
        if let Some(answered) = &told.answered {
            prop_assert!(answered.answer.by != told.asked.by);
        }
        if told.answered.is_none() && told.ended.is_none() {
            prop_assert_eq!(state, if hours >= 4 { State::Escalated } else { State::Open });
        }
        let opens = open_copy(&told, later(hours), &calendar()).is_some();
        prop_assert_eq!(opens, state == State::Answered && shares);
        let by = hand("school", "schools");
        prop_assert_eq!(receive(&told, &by, later(hours), &calendar()).is_ok(), opens);
    }

    /// What goes is what was asked for, chosen by a person, and no more than the policies let go.
    #[test]
    fn what_goes_was_asked_for_and_may_go(
        asked in prop::sample::subsequence(ALL.to_vec(), 0..ALL.len()),
        proposed in prop::collection::btree_map(prop::sample::select(ALL.to_vec()), outcome(), 0..6),
        chosen in prop::collection::btree_map(prop::sample::select(ALL.to_vec()), part(), 0..6),
        supervises: bool,
    ) {
        let told = told(&[request(&asked, Within::WorkingDays(1))]);
        let by = Hand { supervises, ..hand("sergeant", "police") };
        let each: Vec<(&str, Outcome)> = proposed.clone().into_iter().collect();
        let wanted: Vec<(&str, Part)> = chosen.clone().into_iter().collect();
        let made = answer(&told, &by, choice(&wanted), proposal(&each), later(1), &calendar());
        if let Ok(fact) = made {
            for given in &fact.granted {
                prop_assert!(asked.contains(&given.category.as_str()));
                prop_assert_eq!(chosen.get(given.category.as_str()), Some(&given.part));
                let most = proposed.get(given.category.as_str()).copied().unwrap_or(Outcome::Ask);
                prop_assert!(most.at_most(supervises) >= Some(given.part));
            }
        } else {
            prop_assert!(!chosen.is_empty(), "a refusal with a reason is always taken");
        }
    }

    /// A copy with less granted never shows more rows, and never a person whose data were not granted.
    #[test]
    fn less_granted_never_shows_more(
        granted in prop::collection::btree_map(prop::sample::select(ALL.to_vec()), part(), 0..6),
        gone in prop::sample::select(ALL.to_vec()),
    ) {
        let rows = rows();
        let seqs = |granted: &BTreeMap<&str, Part>| -> BTreeSet<u64> {
            let granted: Vec<(&str, Part)> = granted.iter().map(|(c, p)| (*c, *p)).collect();
            copy_of(&rows, "Ada Finch", "police", &granted).into_iter().map(|known| known.seq).collect()
        };
        let mut less = granted.clone();
        less.remove(gone);
        prop_assert!(seqs(&less).is_subset(&seqs(&granted)));
    }
}
