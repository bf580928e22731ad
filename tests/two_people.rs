//! What two people agreed on, carried out: an export in the name of whoever proposed it, and a partnership's own
//! policies in place of those that come with the program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "tests may fail loudly")]

mod program;

use std::collections::BTreeSet;
use std::fs;

use program::{Area, Hand, Server, run};
use serde_json::{Value, json};

/// Proposes a release as the head of safeguarding; gives its number.
fn proposed(head: &Hand<'_>, what: &str, words: &str) -> String {
    let form = [("what", what), ("list", "children"), ("words", words), ("reason", "agreed at the board")];
    head.done("/releases", &form, "/releases?done=proposed");
    let list = head.page("/releases").body;
    let at = list.find("/release/").unwrap() + 9;
    list[at..].split('"').next().unwrap().to_owned()
}

fn confirmed(server: &Server, number: &str) {
    let yes = [("answer", "confirm"), ("reason", "read every line")];
    Hand::of(server, "health").done(&format!("/release/{number}"), &yes, "/releases?done=confirmed");
}

/// Runs a command that must fail; what it says.
fn refused(words: &[&str]) -> String {
    String::from_utf8_lossy(&run(words, 3).stderr).into_owned()
}

#[test]
fn an_export_goes_out_in_the_name_of_whoever_proposed_it_once_it_is_confirmed() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let head = Hand::of(&server, "head");
    let number = proposed(&head, "bulk_export", "children of the area");
    let out = area.beside("agreed.csv");
    let export = ["export", "children", "--db", area.db(), "--out", &out, "--release", &number];
    assert!(refused(&export).contains("no second person has confirmed it"));
    confirmed(&server, &number);
    run(&export, 0);
    let children = |text: &str| -> BTreeSet<String> {
        text.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect()
    };
    let agreed = children(&fs::read_to_string(&out).unwrap());
    let person = |line: &Value| line["child"]["person"].as_str().unwrap().to_owned();
    let part = |from: usize| head.api(&format!("/children?from={from}")).json()["lines"].clone();
    let theirs =
        (0..10).flat_map(|at| part(at * 100).as_array().unwrap().iter().map(person).collect::<Vec<_>>());
    assert_eq!(agreed, theirs.collect(), "what their pages show");
    assert!(agreed.len() > 10 && agreed.len() < children(&area.export("children")).len());
    assert!(refused(&export).contains("it was carried out already"));
    let another = proposed(&head, "bulk_export", "children of the area");
    confirmed(&server, &another);
    let list =
        |which: &str| refused(&["export", which, "--db", area.db(), "--out", &out, "--release", &another]);
    assert!(list("links").contains("no release of one"));
    assert!(list("people").contains("two people agreed on the list \u{201c}children\u{201d}"));
    let other = proposed(&head, "policy_change", "other rules");
    confirmed(&server, &other);
    let export = ["export", "children", "--db", area.db(), "--out", &out, "--release", &other];
    assert!(refused(&export).contains("it is to \u{201c}Change the sharing policies\u{201d}"));
}

#[test]
fn policies_change_when_two_people_agree_and_everybody_sees_accordingly() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let (head, school) = (Hand::of(&server, "head"), Hand::of(&server, "school"));
    let asked = json!({"requester": {"agency": "education", "role": "safeguarding_lead"}, "holder": "police",
        "purpose": "encompass", "categories": ["ID", "INC"], "subject": "child", "channel": "shared_inbox"});
    let decided = || {
        let headers = [("Authorization", "Bearer head"), ("Content-Type", "application/json")];
        let reply = server.send("POST", "/api/share/decide", &headers, &asked.to_string());
        reply.json()["decision"].as_str().unwrap().to_owned()
    };
    let harming = || school.api("/people-causing-harm").json()["lines"].as_array().unwrap().len();
    assert_eq!(decided(), "ask");
    assert!(harming() > 0);

    let ours = area.beside("our-policies");
    run(&["share", "write", &ours], 0);
    assert!(String::from_utf8_lossy(&run(&["share", "write", &ours], 2).stderr).contains("is not empty"));
    let file = |name: &str| format!("{ours}/{name}");
    let change = |name: &str, change: &dyn Fn(&str) -> String| {
        let text = fs::read_to_string(file(name)).unwrap();
        assert_ne!(change(&text), text);
        fs::write(file(name), change(&text)).unwrap();
    };
    change("schools.cedar", &|text| text.replacen("@outcome(\"ask\")", "@outcome(\"refuse\")", 1));
    change("joint_working.cedar", &|text| {
        let kept = text.split("\n\n").filter(|one| !one.contains("@id(\"see_schools_"));
        kept.collect::<Vec<_>>().join("\n\n")
    });
    let checked: Value =
        serde_json::from_slice(&run(&["share", "check", "--policies", &ours, "--json"], 0).stdout).unwrap();
    let digest = checked["digest"].as_str().unwrap().to_owned();

    let number = proposed(&head, "policy_change", &format!("our own rules for schools, number {digest}"));
    let adopt = |code: i32| {
        let words = ["share", "adopt", "--policies", &ours, "--db", area.db(), "--release", &number];
        String::from_utf8_lossy(&run(&words, code).stderr).into_owned()
    };
    assert!(adopt(3).contains("no second person has confirmed it"));
    confirmed(&server, &number);
    let before = fs::read_to_string(file("schools.cedar")).unwrap();
    fs::write(file("schools.cedar"), format!("{before}\n// one word more\n")).unwrap();
    assert!(adopt(3).contains("two people agreed on other policies"));
    fs::write(file("schools.cedar"), &before).unwrap();
    assert_eq!(decided(), "ask", "nothing has changed yet");
    adopt(0);
    assert_eq!(decided(), "refuse", "a server that runs goes by them at once");
    assert_eq!(harming(), 0, "and every picture is drawn by them");

    let again = area.beside("in-force");
    run(&["share", "write", &again, "--db", area.db()], 0);
    assert_eq!(fs::read_to_string(format!("{again}/schools.cedar")).unwrap(), before);
    run(&["rebuild", "--check", "--db", area.db()], 0);
    run(&["verify", "--db", area.db()], 0);
}

/// Proposes papers about somebody; gives the number of the release.
fn papers(hand: &Hand<'_>, what: &str, person: &str) -> String {
    let form = [
        ("what", what),
        ("words", "their record"),
        ("to", "the person"),
        ("person", person),
        ("reason", "asked"),
    ];
    hand.done("/releases", &form, "/releases?done=proposed");
    let list = hand.page("/releases").body;
    let at = list.find("/release/").unwrap() + 9;
    list[at..].split('"').next().unwrap().to_owned()
}

#[test]
fn papers_are_made_for_whoever_proposed_them_once_they_are_confirmed() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let (head, nurse) = (Hand::of(&server, "head"), Hand::of(&server, "health"));
    let lines = head.api("/people-causing-harm").json()["lines"].as_array().unwrap().clone();
    let known: BTreeSet<String> = nurse.api("/people-causing-harm").json()["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["profile"]["person"].as_str().unwrap().to_owned())
        .collect();
    let both = |line: &&Value| known.contains(line["profile"]["person"].as_str().unwrap());
    let line = lines.iter().find(both).expect("somebody whom both know");
    let person = line["profile"]["person"].as_str().unwrap();
    let what = [("what", "subject_access"), ("words", "x"), ("reason", "y")];
    assert!(head.send("/releases", &what).body.contains("Enter the number of the person"));

    let number = papers(&head, "subject_access", person);
    let path = format!("/release/{number}/papers");
    assert_eq!(head.page(&path).status, 404, "nobody has confirmed it");
    assert_eq!(head.send(&path, &[]).status, 404);
    confirmed(&server, &number);
    assert_eq!(nurse.page(&path).status, 404, "they are for whoever proposed them");
    assert!(head.page(&format!("/release/{number}")).body.contains("Papers to read and give out"));
    assert!(head.page(&path).body.contains("Open the papers"), "nothing is shown before they are opened");
    head.done(&path, &[], &path);
    let page = head.page(&path).body;
    assert!(page.contains("could put somebody in danger"), "{page}");
    let harmed = line["profile"]["victims"][0]["person"].as_str().unwrap();
    let name = head.api(&format!("/people/{harmed}")).json()["person"]["name"].as_str().unwrap().to_owned();
    assert!(!name.is_empty() && !page.contains(&name), "whom he harmed is not named");
    // Opened again by the same person; carried out once.
    head.done(&path, &[], &path);
    let history = nurse.api(&format!("/looked/people/{person}")).json();
    let told = history["looks"].as_array().unwrap().iter().any(|look| look["act"] == "disclosed");
    assert!(told, "that they went out stands in the record: {history}");

    let number = papers(&head, "court_bundle", harmed);
    confirmed(&server, &number);
    let path = format!("/release/{number}/papers");
    head.done(&path, &[], &path);
    let page = head.page(&path).body;
    assert!(page.contains("Where people live") && page.contains("Names of workers"), "{page}");
    run(&["verify", "--db", area.db()], 0);
    run(&["rebuild", "--check", "--db", area.db()], 0);
}
