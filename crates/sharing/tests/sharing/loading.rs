//! What a partnership may change, and what it is told when it changed it wrongly.

use serde_json::json;
use throughline_sharing::{Outcome, Policies, PolicyFile, Request};

use crate::day;

fn changed(name: &str, change: impl Fn(&str) -> String) -> Vec<PolicyFile> {
    let mut files = Policies::built_in_files();
    let file = files.iter_mut().find(|file| file.name == name).unwrap();
    let text = change(&file.text);
    assert_ne!(text, file.text, "nothing was changed in {name}");
    file.text = text;
    files
}

fn said(name: &str, from: &str, to: &str) -> String {
    Policies::load(&changed(name, |text| text.replacen(from, to, 1))).err().unwrap().to_string()
}

#[test]
fn the_policies_that_come_with_the_program_hold() {
    let policies = Policies::built_in().unwrap();
    assert_eq!(
        policies.rules().iter().filter(|r| r.id.starts_with("row_") && !r.id.ends_with("_not")).count(),
        70
    );
    assert_eq!(policies.breaches(), Vec::<String>::new());
    assert_eq!(policies.settings().figures.smallest_count, 6);
}

#[test]
fn a_mistake_is_told_with_its_place() {
    let word = said("health.cedar", "Role::\"midwife\"", "Role::\"midwif\"");
    assert!(word.contains("health.cedar:") && word.contains("row_11") && word.contains("midwif"), "{word}");
    let outcome = said("schools.cedar", "@outcome(\"ask\")", "@outcome(\"share\")");
    assert!(outcome.contains("policy row_03: found @outcome(\"share\") on a `forbid`"), "{outcome}");
    let fields = said("schools.cedar", "@fields(\"ID INC\")", "@fields(\"ID INC RISK\")");
    assert!(fields.contains("@fields names ID INC RISK, the condition tests ID INC"), "{fields}");
    let says = said("schools.cedar", "@says", "@tells");
    assert!(says.contains("the annotation @tells"), "{says}");
    let twice = said("schools.cedar", "@id(\"row_03\")", "@id(\"row_02\")");
    assert!(twice.contains("a second policy of this name (the first is in schools.cedar:"), "{twice}");
    for name in ["", "row 03"] {
        let told = said("schools.cedar", "@id(\"row_03\")", &format!("@id(\"{name}\")"));
        assert!(told.contains(&format!("a policy with the name `{name}`")), "{told}");
    }
    let broken = said("schools.cedar", "forbid (", "forbid {");
    assert!(broken.contains("schools.cedar:") && broken.contains("policy row_02_not"), "{broken}");
    let schema = said("schema.cedarschema", "\"police\",", "\"police\", \"wardens\",");
    assert!(schema.contains("schema.cedarschema: found another schema"), "{schema}");
    let box_ = said("settings.toml", "within = { minutes = 15 }", "within = { weeks = 15 }");
    assert!(box_.starts_with("settings.toml: found") && box_.contains("weeks"), "{box_}");
    let version = said("settings.toml", "version = 1", "version = 2");
    assert!(version.contains("version 2 was found"), "{version}");
}

#[test]
fn a_folder_that_only_lacks_the_hard_stops_is_found_out() {
    let files: Vec<_> =
        Policies::built_in_files().into_iter().filter(|file| file.name != "hard_stops.cedar").collect();
    let breaches = Policies::load(&files).unwrap().breaches();
    assert!(breaches.iter().any(|breach| breach.contains("a channel that others read")), "{breaches:?}");
}

#[test]
fn a_folder_without_hard_stops_is_well_formed_and_found_out() {
    let files: Vec<_> =
        Policies::built_in_files().into_iter().filter(|file| file.name != "hard_stops.cedar").collect();
    let files: Vec<_> = files
        .into_iter()
        .map(|file| match file.text.split_once("@id(\"row_37\")") {
            Some((before, row)) => {
                let row = row.replacen("ID INC CRIM", "ID LOC CRIM", 1).replacen(
                    "Category::\"INC\"",
                    "Category::\"LOC\"",
                    1,
                );
                PolicyFile { text: format!("{before}@id(\"row_37\"){row}"), ..file }
            }
            None => file,
        })
        .collect();
    let breaches = Policies::load(&files).unwrap().breaches();
    assert!(
        breaches.iter().any(|b| b.contains("LOC goes to person_causing_harm for subject_access by row_37")),
        "{breaches:?}"
    );
}

#[test]
fn time_boxes_and_the_duty_can_be_set() {
    let request =
        json!({"requester":{"agency":"community_body"},"categories":["ID"],"subject":"victim","risk":"high"});
    let request = Request::from_json(&request).unwrap();
    let decision = Policies::built_in().unwrap().decide(&request, day());
    assert_eq!(decision.decision, Outcome::Ask);
    assert_eq!(serde_json::to_value(&*decision).unwrap()["within"], "4 hours");
    assert!(!serde_json::to_string(&*decision).unwrap().contains("reason"));
    let slower = changed("settings.toml", |text| text.replace("{ hours = 4 }", "{ working_days = 2 }"));
    let decision = Policies::load(&slower).unwrap().decide(&request, day());
    assert_eq!(serde_json::to_value(&*decision).unwrap()["within"], "2 working days");

    let concern = json!({"requester":{"agency":"social_care"},"holder":"education","purpose":"concern_for_child",
        "categories":["EDU"],"subject":"child","consent":"refused"});
    let concern = Request::from_json(&concern).unwrap();
    let basis = |policies: &Policies, day| policies.decide(&concern, day).basis.join("; ");
    let built_in = Policies::built_in().unwrap();
    assert!(basis(&built_in, day()).contains("s.16LA"));
    let earlier = basis(&built_in, jiff::civil::date(2026, 9, 29));
    assert!(!earlier.contains("16LA") && earlier.contains("s.11"), "{earlier}");
    let off = changed("settings.toml", |text| text.replace("on = true", "on = false"));
    assert!(!basis(&Policies::load(&off).unwrap(), day()).contains("16LA"));
}

#[test]
fn the_true_reason_stands_only_in_the_file() {
    let request =
        json!({"requester":{"agency":"person_causing_harm"},"categories":["LOC"],"subject":"victim"});
    let decision = Policies::built_in().unwrap().decide(&Request::from_json(&request).unwrap(), day());
    assert_eq!(decision.explain, "This cannot be answered.");
    assert!(decision.reason.contains("new address of a victim"));
}

#[test]
fn a_permit_for_an_emergency_must_name_it() {
    let told = |head: &str, risk: &str| {
        let text = format!(
            "@id(\"opens\") @outcome(\"share\") @fields(\"INC\") @basis(\"none\") @conditions(\"none\") @says(\"It goes.\")\n\
             permit (principal, {head}, resource)\nwhen {{ resource == Category::\"INC\"{risk} }};"
        );
        let file = PolicyFile { name: "opens.cedar".to_owned(), text };
        Policies::load(&[file]).err().map(|problems| problems.to_string())
    };
    let heads = [
        "action == Action::\"avert_harm\"",
        "action in [Action::\"share\", Action::\"avert_harm\"]",
        "action",
    ];
    for head in heads {
        let said = told(head, "").unwrap();
        assert!(said.contains("does not name the risk"), "{said}");
        assert_eq!(told(head, " && context.risk == Risk::\"imminent\""), None);
    }
    assert_eq!(told("action == Action::\"share\"", ""), None);
}
