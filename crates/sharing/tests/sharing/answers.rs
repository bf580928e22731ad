//! What is said beside a decision: in which order, on which basis, under which conditions, until when and in whose words. Held
//! against a handful of policies made for it, so that every word expected is known.

use jiff::civil::{Date, date};
use serde_json::{Value, json};
use throughline_sharing::words::Category;
use throughline_sharing::{Decision, Outcome, Policies, PolicyFile, Request};

use crate::day;

/// One policy for each outcome, each about one category. Nothing speaks of HOUS.
const FEW: &str = r#"
@id("goes") @outcome("share") @fields("RISK") @basis("basis of goes; basis of all") @duty("the duty")
@conditions("condition of goes; condition of all") @says("It goes.")
permit (principal, action == Action::"share", resource) when { resource == Category::"RISK" };

@id("minimum") @outcome("share_minimum") @fields("INC") @basis("basis of minimum; basis of all")
@conditions("condition of all") @says("The minimum goes.")
permit (principal, action == Action::"share", resource) when { resource == Category::"INC" };

@id("asked") @outcome("ask") @fields("ID") @basis("basis of asked") @duty("no duty goes with a question")
@conditions("condition of asked") @says("A person looks.")
forbid (principal, action == Action::"share", resource) when { resource == Category::"ID" };

@id("kept") @outcome("refuse") @fields("EDU") @basis("basis of kept")
@conditions("condition of kept") @says("It stays.")
forbid (principal, action == Action::"share", resource) when { resource == Category::"EDU" };
"#;

fn few() -> Policies {
    let file = PolicyFile { name: "few.cedar".to_owned(), text: FEW.to_owned() };
    Policies::load(&[file]).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Decides a request for these categories with the words given beside; the same afresh as remembered.
fn on(policies: &Policies, categories: &[&str], beside: &Value, on: Date) -> Decision {
    let mut request = json!({"requester": {"agency": "police"}, "categories": categories});
    for (name, value) in beside.as_object().unwrap() {
        request[name] = value.clone();
    }
    let request = Request::from_json(&request).unwrap();
    let decision = policies.decide_afresh(&request, on);
    assert_eq!(*policies.decide(&request, on), decision);
    decision
}

fn decide(categories: &[&str], beside: &Value) -> Decision {
    on(&few(), categories, beside, day())
}

fn press() -> Value {
    json!({"requester": {"agency": "press"}})
}

#[test]
fn what_goes_speaks_first_then_what_is_asked_then_what_stays() {
    let decision = decide(&["ID", "RISK", "INC", "EDU", "HOUS"], &json!({"holder": "housing"}));
    assert_eq!(decision.decision, Outcome::ShareMinimum);
    assert_eq!(decision.fields, [Category::Risk, Category::Inc]);
    assert_eq!(decision.rules, ["goes", "minimum", "asked", "no_policy", "kept"]);
    let no_policy = "Handbook 5.5: where no row matches, ask";
    assert_eq!(
        decision.basis,
        ["basis of goes", "basis of all", "basis of minimum", "basis of asked", no_policy, "basis of kept"]
    );
    assert_eq!(
        decision.conditions,
        [
            "condition of goes",
            "condition of all",
            "condition of asked",
            "Write down what was decided and why",
            "condition of kept"
        ]
    );
    assert_eq!(decision.explain, "It goes. A person decides about ID, HOUS. Not shared: EDU.");
    assert_eq!(
        decision.reason,
        "It goes. The minimum goes. A person looks. No policy says whether this may go, so a person decides. It stays. \
         [ID ask, RISK share, INC share_minimum, EDU refuse, HOUS ask]"
    );
    let each: Vec<(Category, Outcome)> = decision.by_category.into_iter().collect();
    assert_eq!(
        each,
        [
            (Category::Id, Outcome::Ask),
            (Category::Risk, Outcome::Share),
            (Category::Inc, Outcome::ShareMinimum),
            (Category::Edu, Outcome::Refuse),
            (Category::Hous, Outcome::Ask)
        ]
    );
}

#[test]
fn the_whole_is_what_its_parts_are() {
    let outcome = |categories: &[&str]| decide(categories, &json!({})).decision;
    assert_eq!(outcome(&["RISK"]), Outcome::Share);
    assert_eq!(outcome(&["INC"]), Outcome::ShareMinimum);
    assert_eq!(outcome(&["RISK", "EDU"]), Outcome::ShareMinimum);
    assert_eq!(outcome(&["RISK", "ID"]), Outcome::ShareMinimum);
    assert_eq!(outcome(&["ID", "EDU"]), Outcome::Ask);
    assert_eq!(outcome(&["EDU"]), Outcome::Refuse);
    assert_eq!(outcome(&["HOUS"]), Outcome::Ask);
    assert_eq!(outcome(&[]), Outcome::Ask);
}

#[test]
fn a_person_has_a_time_by_the_risk_and_only_where_one_is_asked() {
    let waits = |categories: &[&str], risk: Value| {
        let decision = decide(categories, &json!({"risk": risk}));
        let within = decision.within.map(|within| within.to_string());
        within.map(|within| format!("{within}, then {}", decision.escalates_to.unwrap()))
    };
    let manager = "the duty safeguarding manager";
    assert_eq!(
        waits(&["RISK", "ID"], json!("imminent")),
        Some(format!("15 minutes, then {manager}, then the on-call head of service"))
    );
    assert_eq!(waits(&["ID"], json!("high")), Some(format!("4 hours, then {manager}")));
    for risk in [json!("medium"), json!("standard"), Value::Null] {
        let expected = "1 working day, then the information-governance lead".to_owned();
        assert_eq!(waits(&["ID", "EDU"], risk), Some(expected));
    }
    assert_eq!(waits(&["RISK", "EDU", "INC"], json!("high")), None);
}

#[test]
fn the_duty_is_told_where_it_binds_both_sides_and_something_goes() {
    let policies = few();
    let told = |beside: Value, day: Date| {
        let decision = on(&policies, &["RISK", "ID"], &beside, day);
        let says = |text: &str| decision.conditions.iter().any(|condition| condition.starts_with(text));
        let duty = decision.basis.iter().any(|basis| basis == "the duty");
        assert_eq!(duty, says("Write down why it is relevant"), "{decision:?}");
        assert!(!decision.basis.iter().any(|basis| basis.starts_with("no duty")), "{decision:?}");
        duty
    };
    assert!(told(json!({"holder": "social_care"}), day()));
    assert!(told(json!({}), day()));
    assert!(told(json!({}), date(2026, 9, 30)));
    assert!(!told(json!({}), date(2026, 9, 29)));
    assert!(!told(json!({"holder": "housing"}), day()));
    assert!(!told(json!({"requester": {"agency": "housing"}, "holder": "police"}), day()));
    assert!(!told(json!({"requester": {"role": "officer"}, "holder": "police"}), day()));
}

#[test]
fn what_goes_without_consent_says_why_in_writing() {
    let asks_why = |categories: &[&str], consent: Value| {
        let decision = decide(categories, &json!({"consent": consent}));
        decision.conditions.iter().any(|condition| condition.starts_with("Write down why consent"))
    };
    for consent in ["refused", "not_sought"] {
        assert!(
            asks_why(&["RISK"], json!(consent)) && asks_why(&["INC", "EDU"], json!(consent)),
            "{consent}"
        );
        assert!(!asks_why(&["ID"], json!(consent)) && !asks_why(&["EDU"], json!(consent)), "{consent}");
    }
    for consent in [json!("given"), json!("not_applicable"), Value::Null] {
        assert!(!asks_why(&["RISK"], consent));
    }
}

#[test]
fn words_reveal_nothing_to_those_who_may_pass_them_on() {
    let nothing = "This cannot be answered.";
    let conflict = json!({"requester": {"agency": "police", "relation": "conflict"}});
    for beside in [press(), conflict] {
        let words = |categories: &[&str]| decide(categories, &beside).explain;
        assert_eq!(words(&["ID"]), nothing);
        assert_eq!(words(&["EDU"]), nothing);
        assert_eq!(words(&["RISK", "EDU"]), "This is what can be answered.");
        assert_eq!(words(&["INC"]), "This is what can be answered.");
        assert_eq!(words(&["RISK"]), "It goes.");
    }
    let words = |categories: &[&str]| decide(categories, &json!({})).explain;
    assert_eq!(words(&["ID"]), "A person looks.");
    assert_eq!(words(&["EDU"]), "It stays.");
    assert_eq!(words(&["ID", "EDU"]), "A person looks.");
}
