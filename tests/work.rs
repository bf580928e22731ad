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

/// Adds somebody who signs in with the password that [`Server::sign_in`] knows for added people.
fn add(area: &Area, user: &str, name: &str, role: &str) {
    let words = ["user", "add", user, "--db", area.db(), "--name", name, "--agency", "social_care"];
    let mut child = throughline(&words)
        .args(["--role", role])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"correct horse battery\n").unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn giving_work_to_a_colleague_does_not_tell_of_a_bar() {
    let area = Area::demonstration();
    for (user, name) in [("one.head", "One Head"), ("two.head", "Two Head")] {
        add(&area, user, name, "head_of_safeguarding");
    }
    let server = Server::start(&area);
    let head = Hand::of(&server, "head");
    let items = head.api("/today").json()["today"]["items"].as_array().unwrap().clone();
    let about = items.iter().find(|item| item["group"] == "child_not_spoken_to").unwrap();
    let person = format!("/person/{}", about["person"].as_str().unwrap());
    head.done("/staff/two.head/bars", &[("person", &person), ("reason", "brother")], "/staff/two.head");
    let (href, _) = line(&head, "child_not_spoken_to");
    let given = |to: &str| {
        let reply = head.send(&href, &[("step", "give"), ("to", to)]);
        (reply.status, reply.header("location").map(str::to_owned), reply.body)
    };
    // Somebody else in between, so that it is not theirs already.
    let (unbarred, _) = (given("one.head"), given("head"));
    assert_eq!(unbarred.0, 303);
    assert_eq!(given("two.head"), unbarred, "whoever gives it cannot tell that one of them is barred");
}

/// A postcode that must be kept, as somebody is told it who may be; nothing, where nobody is told one.
fn told_postcode(hand: &Hand<'_>) -> Option<String> {
    let list = |path: &str| hand.api(path).json()["lines"].as_array().cloned().unwrap_or_default();
    let harming = list("/people-causing-harm");
    let harmed = harming.iter().filter_map(|line| line["profile"]["victims"].as_array());
    let mut people: Vec<Value> = harmed.flatten().map(|victim| victim["person"].clone()).collect();
    people.extend(list("/children").iter().map(|line| line["child"]["person"].clone()));
    let words =
        [("place", "1"), ("purpose", "imminent_threat"), ("risk", "imminent"), ("reason", "must be fetched")];
    let postcode = |page: &str| -> Option<String> {
        let told = &page[page.find("id=\"told\"")?..];
        let words: Vec<&str> = told.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        let inward = |word: &str| {
            word.len() == 3
                && word.starts_with(|c: char| c.is_ascii_digit())
                && word[1..].chars().all(|c| c.is_ascii_uppercase())
        };
        let pair = words.windows(2).find(|pair| {
            inward(pair[1]) && pair[0].starts_with(|c: char| c.is_ascii_uppercase()) && pair[0].len() <= 4
        })?;
        Some(format!("{} {}", pair[0], pair[1]))
    };
    people
        .iter()
        .filter_map(Value::as_str)
        .find_map(|person| postcode(&hand.send(&format!("/person/{person}/kept-place"), &words).body))
}

#[test]
fn an_address_that_must_be_kept_is_not_told_in_a_reason() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let told = ["head", "police", "health", "services"].iter().find_map(|user| {
        let hand = Hand::of(&server, user);
        told_postcode(&hand).map(|kept| (hand, kept))
    });
    let (hand, kept) = told.expect("somebody's place is kept");
    let (href, _) = line(&hand, "child_not_spoken_to");
    hand.done(&href, &[("step", "give")], &format!("{href}&done=give"));
    let reason = format!("Seen at {kept}, and well");
    hand.done(&href, &[("step", "done"), ("reason", &reason)], &format!("{href}&done=done"));
    let page = hand.page(&href).body;
    assert!(page.contains("Seen at") && !page.contains(&kept), "{page}");
}

#[test]
fn a_line_of_today_becomes_somebodys_and_stays_within_the_agency() {
    let area = Area::demonstration();
    add(&area, "s.worker", "Sam Worker", "social_worker");
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

    // What is known ahead has a page of its own, month by month.
    let months: Vec<Value> = head.api("/calendar").json()["months"].as_array().unwrap().clone();
    assert_eq!(months.len(), 4);
    let days = months.iter().flat_map(|month| {
        let view = head.api(&format!("/calendar?month={}", month.as_str().unwrap())).json();
        assert_eq!(&view["month"], month);
        view["days"].as_array().unwrap().clone()
    });
    let points: Vec<Value> = days.flat_map(|day| day["points"].as_array().unwrap().clone()).collect();
    assert!(!points.is_empty() && points.iter().all(|point| point["ahead"] == true), "{points:?}");
    let page = head.page("/calendar?month=1999-01");
    assert!(page.status == 200 && page.body.contains("What is known ahead"), "another month is this one");

    // The other agency's Today knows nothing of it.
    let other = police.api("/today").json();
    assert!(other["work"].as_array().unwrap().iter().all(|one| one["whose"] == ""));
    assert!(police.api("/work").json()["load"].as_array().unwrap().is_empty());
    assert_eq!(police.page("/whose-is-it?part=hard_flag&family=F0&person=P0").status, 404);

    // Papers do not change the picture, and everything derived still agrees with the facts.
    run(&["rebuild", "--check", "--db", area.db()], 0);
    run(&["verify", "--db", area.db()], 0);
}
