//! Whose it is, end to end: a line of Today is given, taken on, put off and done; nobody else's agency is told, and nobody is
//! given what they may not see.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "tests may fail loudly")]

mod program;

use std::io::Write as _;
use std::process::Stdio;

use program::{Area, Hand, Server, run, throughline};
use serde_json::Value;

/// A line of Today of this part, as somebody sees it: its place and how it stands.
fn line(hand: &Hand<'_>, part: &str) -> (String, Value) {
    let today = hand.api("/today").json();
    let items = today["today"]["items"].as_array().unwrap();
    let at = items.iter().position(|item| item["group"] == part).unwrap();
    let seen = today["work"][at].clone();
    (seen["href"].as_str().unwrap().to_owned(), seen)
}

#[test]
fn a_line_of_today_becomes_somebodys_and_stays_within_the_agency() {
    let area = Area::demonstration();
    let words =
        ["user", "add", "s.worker", "--db", area.db(), "--name", "Sam Worker", "--agency", "social_care"];
    let mut child = throughline(&words)
        .args(["--role", "social_worker"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"correct horse battery\n").unwrap();
    assert!(child.wait().unwrap().success());
    let server = Server::start(&area);
    let (head, police) = (Hand::of(&server, "head"), Hand::of(&server, "police"));
    let (href, seen) = line(&head, "child_not_spoken_to");
    assert_eq!(seen["whose"], "");
    assert!(head.page("/").body.contains("Nobody has it."));
    assert!(!href.contains(' ') && head.page(&href).body.contains("Take it yourself"));

    let said = |form: &[(&str, &str)]| head.send(&href, form).body;
    assert!(
        said(&[("step", "give"), ("to", "s.worker")]).contains("Choose a colleague who may see this family")
    );
    assert!(said(&[("step", "sing")]).contains("Choose what you want to do"));
    head.done(&href, &[("step", "give")], &format!("{href}&done=give"));
    let (_, seen) = line(&head, "child_not_spoken_to");
    assert_eq!((seen["mine"].as_bool(), seen["accepted"].as_bool()), (Some(true), Some(true)));
    assert_eq!(head.api("/work").json()["mine"].as_array().unwrap().len(), 1);
    assert!(head.page("/work").body.contains("Decide about this"));

    assert!(said(&[("step", "put_off")]).contains("Say why it can wait"));
    let late = [
        ("until-day", "1"),
        ("until-month", "1"),
        ("until-year", "2090"),
        ("reason", "Waiting for the school"),
    ];
    assert!(said(&[&[("step", "put_off")][..], &late].concat()).contains("Enter a day from tomorrow to"));
    assert!(said(&[("step", "done")]).contains("Say what was done"));
    let done = [("step", "done"), ("reason", "The health visitor saw and spoke to the child alone")];
    head.done(&href, &done, &format!("{href}&done=done"));
    let found = (1..20)
        .any(|page| head.page(&format!("/?part=child_not_spoken_to&page={page}")).body.contains("Done."));
    assert!(found, "what is done stands behind what is not");
    assert!(head.page(&href).body.contains("The health visitor saw and spoke to the child alone"));

    // The other agency's Today knows nothing of it.
    let other = police.api("/today").json();
    assert!(other["work"].as_array().unwrap().iter().all(|one| one["whose"] == ""));
    assert!(police.api("/work").json()["load"].as_array().unwrap().is_empty());
    assert_eq!(police.page("/whose-is-it?part=hard_flag&family=F0&person=P0").status, 404);

    // Papers do not change the picture, and everything derived still agrees with the facts.
    run(&["rebuild", "--check", "--db", area.db()], 0);
    run(&["verify", "--db", area.db()], 0);
}
