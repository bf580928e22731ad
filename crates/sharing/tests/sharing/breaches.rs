//! What `share check` finds in a partnership's policies: each way in which what must stay shut could open, however narrow.

use throughline_sharing::{Policies, PolicyFile};

/// What a folder with this one permit for `share` opens.
fn found(agency: &str, category: &str, conditions: &[(&str, &str, &str)]) -> Vec<String> {
    let conditions: Vec<String> = conditions
        .iter()
        .map(|(field, kind, word)| format!("context.{field} == {kind}::\"{word}\""))
        .collect();
    let text = format!(
        "@id(\"opens\") @outcome(\"share\") @fields(\"{category}\") @basis(\"none\") @conditions(\"none\") @says(\"It goes.\")\n\
         permit (principal == Agency::\"{agency}\", action == Action::\"share\", resource)\n\
         when {{ resource == Category::\"{category}\" && {} }};",
        conditions.join(" && ")
    );
    let file = PolicyFile { name: "opens.cedar".to_owned(), text };
    let policies = Policies::load(&[file]).unwrap_or_else(|problems| panic!("{problems}"));
    policies.breaches()
}

/// Exactly this is found, with the request that shows it.
fn finds(what: &str, goes: &str, agency: &str, category: &str, conditions: &[(&str, &str, &str)]) {
    let found = found(agency, category, conditions);
    let [one] = &found[..] else { panic!("{what}: {found:?}") };
    assert!(one.starts_with(&format!("{what}: {category} goes to {agency} for {goes} by opens")), "{one}");
}

#[test]
fn the_person_causing_harm_gets_nothing_that_must_stay_shut() {
    for category in ["LOC", "SAFE", "DISC", "THIRD", "RISK", "MIN"] {
        finds(
            "a hard-stop opens to the person causing harm",
            "court_order",
            "person_causing_harm",
            category,
            &[
                ("purpose", "Purpose", "court_order"),
                ("subject", "Subject", "relative"),
                ("relation", "Relation", "parental_responsibility"),
                ("consent", "Consent", "given"),
                ("risk", "Risk", "imminent"),
            ],
        );
    }
}

#[test]
fn nor_do_those_who_may_act_for_him() {
    for agency in ["family_member", "legal_representative", "employer"] {
        finds(
            "a location opens to those who may act for the person causing harm",
            "visit",
            agency,
            "LOC",
            &[
                ("purpose", "Purpose", "visit"),
                ("subject", "Subject", "child"),
                ("consent", "Consent", "given"),
                ("risk", "Risk", "not_said"),
            ],
        );
    }
}

#[test]
fn a_conflict_of_interest_opens_nothing() {
    for category in ["ID", "LOC", "INC"] {
        for risk in ["not_said", "imminent"] {
            finds(
                "a conflict of interest does not bar",
                "curiosity",
                "police",
                category,
                &[
                    ("purpose", "Purpose", "curiosity"),
                    ("subject", "Subject", "victim"),
                    ("relation", "Relation", "conflict"),
                    ("channel", "Channel", "not_said"),
                    ("risk", "Risk", risk),
                ],
            );
        }
    }
}

#[test]
fn a_channel_that_others_read_carries_nothing_that_must_stay_shut() {
    for (channel, risk) in [("shared_inbox", "high"), ("joint_document", "imminent")] {
        for category in ["LOC", "SAFE", "DISC", "THIRD", "RISK", "MIN"] {
            finds(
                "a hard-stop opens into a channel that others read",
                "marac",
                "health",
                category,
                &[
                    ("purpose", "Purpose", "marac"),
                    ("subject", "Subject", "victim"),
                    ("channel", "Channel", channel),
                    ("relation", "Relation", "not_said"),
                    ("risk", "Risk", risk),
                ],
            );
        }
    }
}

#[test]
fn those_who_work_with_him_are_not_told_where_she_is() {
    for agency in ["probation", "prison", "perpetrator_programme"] {
        for risk in ["not_said", "imminent"] {
            finds(
                "a location opens to those who work with the person causing harm",
                "sentence_plan",
                agency,
                "LOC",
                &[
                    ("purpose", "Purpose", "sentence_plan"),
                    ("subject", "Subject", "victim"),
                    ("consent", "Consent", "given"),
                    ("relation", "Relation", "own_case"),
                    ("risk", "Risk", risk),
                ],
            );
        }
    }
}

#[test]
fn figures_hold_no_location() {
    for purpose in ["statistics", "evaluation", "pattern_detection", "fault"] {
        finds(
            "a location stands in figures",
            purpose,
            "research",
            "LOC",
            &[
                ("purpose", "Purpose", purpose),
                ("subject", "Subject", "victim"),
                ("relation", "Relation", "not_said"),
                ("channel", "Channel", "not_said"),
                ("consent", "Consent", "not_said"),
            ],
        );
    }
}

#[test]
fn what_may_go_is_no_finding() {
    let conditions = [("purpose", "Purpose", "visit"), ("subject", "Subject", "victim")];
    assert_eq!(found("housing", "HOUS", &conditions), Vec::<String>::new());
}
