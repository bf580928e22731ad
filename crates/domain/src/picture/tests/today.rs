//! The day's queue and each person causing harm.

use crate::picture::testing::{Rows, TODAY, when};
use crate::picture::{Settings, Today, no_lead, open_families, today};
use crate::record::{EventKind, RelationKind};

fn queue(rows: &Rows) -> Today {
    today(&rows.draw(), &Settings::built_in().unwrap(), TODAY)
}

fn lines(queue: &Today, group: &str) -> Vec<String> {
    queue.items.iter().filter(|item| item.group == group).map(|item| item.because.clone()).collect()
}

#[test]
fn serious_and_recent_comes_first_with_reason_rule_and_proof() {
    let mut rows = Rows::default();
    rows.harm("71/1/26", "2026-10-20T20:00", "Noel Gray", "Ada Finch");
    rows.0[0].record.events[0].details.insert("offence_code".into(), "008/77".into());
    rows.happened("probation", EventKind::Release, "Noel Gray", "2026-10-10");
    rows.harm("71/2/26", "2026-10-25T20:00", "Rex Holt", "Bea Moss");
    rows.0[4].record.events[0].text = Some("He said he was going to kill her.".into());
    rows.harm("71/3/25", "2025-10-25T20:00", "Old Case", "Una Reed");
    rows.0[7].record.events[0].details.insert("offence_code".into(), "008/77".into());
    let queue = queue(&rows);
    assert_eq!(
        lines(&queue, "hard_flag"),
        [
            "Noel Gray: strangulation is recorded (20 October 2026); released from prison on 10 October 2026.",
            "Rex Holt: the report speaks of a threat to kill (25 October 2026).",
        ]
    );
    let mut last = ("", 0);
    for item in &queue.items {
        assert!(!item.rule.is_empty() && !item.sources.is_empty() && item.person.is_some(), "{item:#?}");
        let rank = if item.group == last.0 { last.1 + 1 } else { 1 };
        assert_eq!(item.rank, rank, "ranks run from 1 in each group");
        last = (&item.group, rank);
    }
}

#[test]
fn what_was_reported_since_yesterday_is_told_family_by_family() {
    let mut rows = Rows::default();
    let yesterday = TODAY.yesterday().unwrap();
    rows.harm("71/1/26", &format!("{yesterday}T20:00"), "Noel Gray", "Ada Finch");
    rows.harm("71/2/26", &format!("{TODAY}T02:00"), "Noel Gray", "Ada Finch");
    rows.harm("71/3/26", &format!("{}T20:00", yesterday.yesterday().unwrap()), "Rex Holt", "Bea Moss");
    let queue = queue(&rows);
    let told = lines(&queue, "since_yesterday");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("Finch: 2 incidents were reported, the last on"), "{told:?}");
    assert!(queue.items[0].group == "since_yesterday" && queue.items[0].sources.len() == 2);
}

#[test]
fn children_with_a_gap_next_families_and_repeats_have_their_parts() {
    let mut rows = Rows::default();
    rows.born("Kit Finch", "2016-01-01");
    rows.tie("schools", "Ada Finch", RelationKind::Parent, "Kit Finch", "2020-09-01");
    for day in ["2026-10-05", "2026-10-12", "2026-10-19"] {
        rows.harm(&format!("71/{day}"), day, "Noel Gray", "Ada Finch");
    }
    rows.tie("health", "Noel Gray", RelationKind::Partner, "Bea Moss", "2026-10-25");
    let queue = queue(&rows);
    assert_eq!(lines(&queue, "child_not_spoken_to").len(), 1);
    assert_eq!(
        lines(&queue, "next_family"),
        ["Noel Gray, recorded as causing harm to Ada Finch, now appears with Bea Moss."]
    );
    assert_eq!(
        lines(&queue, "repeat_incidents"),
        ["Finch: 3 incidents in 30 days, the last on 19 October 2026."]
    );
}

#[test]
fn nothing_pressing_is_an_empty_queue() {
    let mut rows = Rows::default();
    rows.harm("71/1/24", "2024-01-02T20:00", "Noel Gray", "Ada Finch");
    assert!(queue(&rows).items.is_empty());
}

#[test]
fn courts_and_prison_are_told_oldest_first_and_custody_ends_with_release() {
    let mut rows = Rows::default();
    rows.harm("71/1/24", "2024-01-02T20:00", "Noel Gray", "Ada Finch");
    rows.happened("probation", EventKind::Sentence, "Noel Gray", "2024-05-01")
        .details
        .insert("outcome".into(), "Immediate custody".into());
    let profile = |rows: &Rows| rows.draw().harm[&"Noel Gray".into()].clone();
    assert_eq!(profile(&rows).in_custody_since, Some(when("2024-05-01")));
    rows.happened("probation", EventKind::Release, "Noel Gray", "2024-09-01");
    rows.happened("probation", EventKind::Appointment, "Noel Gray", "2024-09-10");
    let kinds: Vec<EventKind> = profile(&rows).justice.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [EventKind::Sentence, EventKind::Release]);
    assert_eq!(profile(&rows).in_custody_since, None);
    assert!(profile(&rows).flags.iter().any(|flag| flag.text == "Released from prison on 1 September 2024."));
}

#[test]
fn no_probation_record_is_said_and_not_read_as_no_order() {
    let mut rows = Rows::default();
    rows.harm("71/1/24", "2024-01-02T20:00", "Noel Gray", "Ada Finch");
    let picture = rows.draw();
    let profile = &picture.harm[&"Noel Gray".into()];
    assert!(profile.not_known.iter().any(|line| line.contains("does not mean that there is no order")));
}

#[test]
fn a_family_whose_incidents_were_each_answered_by_themselves_is_listed_until_something_lasts() {
    let mut rows = Rows::default();
    for (reference, at) in [("71/1/26", "2026-03-01"), ("71/2/26", "2026-05-01"), ("71/3/26", "2026-09-01")] {
        rows.harm(reference, &format!("{at}T20:00"), "Noel Gray", "Ada Finch");
    }
    rows.happened("social_care", EventKind::SocialCareAssessment, "Ada Finch", "2026-02-01");
    let told = lines(&queue(&rows), "short_term_only");
    assert_eq!(told.len(), 1, "an assessment before the first of them does not count: {told:?}");
    assert!(told[0].starts_with("Finch: 3 incidents since 1 March 2026"), "{told:?}");
    let mut running = rows.clone();
    running.happened("social_care", EventKind::ChildInNeedPlan, "Ada Finch", "2026-01-01");
    assert!(lines(&queue(&running), "short_term_only").is_empty(), "a plan that has no end goes on");
    rows.happened("probation", EventKind::ProgrammeSession, "Noel Gray", "2026-10-01");
    assert!(lines(&queue(&rows), "short_term_only").is_empty(), "a programme lasts");
    let mut one_weekend = Rows::default();
    for reference in ["71/1/26", "71/2/26", "71/3/26"] {
        one_weekend.harm(reference, "2026-10-03T20:00", "Noel Gray", "Ada Finch");
    }
    assert!(lines(&queue(&one_weekend), "short_term_only").is_empty());
}

#[test]
fn an_open_family_stands_as_nobodys_until_somebody_is_allocated_to_one_of_it() {
    let mut rows = Rows::default();
    rows.harm("71/1/26", "2026-10-01T20:00", "Noel Gray", "Ada Finch");
    rows.harm("71/2/25", "2025-10-01T20:00", "Rex Holt", "Bea Moss");
    let (picture, settings) = (rows.draw(), Settings::built_in().unwrap());
    let open = |agency: &str| open_families(&picture, &agency.into(), &settings, TODAY);
    assert!(
        open("housing").is_empty(),
        "of families that an agency has recorded nothing about it is told nothing"
    );
    let police = open("police");
    assert_eq!(police.len(), 1, "the other is not open any more: {police:#?}");
    assert!(police[0].members.len() == 2 && !police[0].through.contains(&"Noel Gray".into()));
    let nobody = no_lead(police.clone(), &[].into(), &settings);
    assert!(nobody[0].because.starts_with("Finch: 1 incident") && nobody[0].group == "no_lead", "{nobody:?}");
    assert!(no_lead(police, &["Ada Finch".into()].into(), &settings).is_empty());
}
