//! A next family, end to end: a suspicion is told to whoever works with the person causing harm and to nobody else; it shapes
//! nothing until one of them says that it is so, and nothing again once that is taken back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "tests may fail loudly")]

mod program;

use std::time::{Duration, Instant};

use program::{Area, Hand, Server, run};
use serde_json::Value;

const USERS: [&str; 7] = ["head", "police", "health", "school", "probation", "housing", "services"];

/// What somebody is asked about one person.
fn asked(hand: &Hand<'_>, person: &str) -> Vec<Value> {
    let reply = hand.api(&format!("/people-causing-harm/{person}/next-families"));
    match reply.status {
        200 => reply.json()["lines"].as_array().unwrap().clone(),
        _ => Vec::new(),
    }
}

/// Other families of one person that somebody is shown.
fn shown(hand: &Hand<'_>, person: &str) -> Vec<Value> {
    let reply = hand.api(&format!("/people-causing-harm/{person}"));
    match reply.status {
        200 => reply.json()["next"].as_array().unwrap().clone(),
        _ => Vec::new(),
    }
}

fn on_today(hand: &Hand<'_>, part: &str) -> Vec<String> {
    let today = hand.api("/today").json();
    let items = today["today"]["items"].as_array().unwrap().iter().filter(|item| item["group"] == part);
    items.map(|item| item["person"].as_str().unwrap().to_owned()).collect()
}

/// Waits until the picture has been drawn again.
fn until(what: &str, ready: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(120);
    while !ready() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// A suspicion with one who is asked: about somebody of whom no other family is shown.
fn suspicion<'s>(hands: &'s [Hand<'s>]) -> (&'s Hand<'s>, String) {
    let all = hands.iter().flat_map(|hand| {
        on_today(hand, "next_family_to_confirm").into_iter().map(move |person| (hand, person))
    });
    let mut alone =
        all.filter(|(hand, person)| asked(hand, person).len() == 1 && shown(hand, person).is_empty());
    alone.next().expect("the invented area has a suspicion")
}

#[test]
fn a_suspicion_is_asked_about_confirmed_and_taken_back() {
    let area = Area::demonstration();
    let before = area.export("next-family");
    assert!(before.lines().count() > 1 && before.lines().next().unwrap().ends_with("confirmed,confirmed_on"));
    assert!(!before.contains(",yes,"), "nobody has answered yet");
    let server = Server::start(&area);
    let hands: Vec<Hand<'_>> = USERS.iter().map(|user| Hand::of(&server, user)).collect();
    let (worker, person) = suspicion(&hands);
    let page = format!("/harm/{person}/next-family");
    let line = asked(worker, &person).remove(0);
    let which = line["id"].as_str().unwrap().to_owned();
    assert_eq!((line["next"]["confirmation"].as_str(), line["said"].is_null()), (Some("not_asked"), true));
    assert!(line["next"]["probability"].as_f64().unwrap() >= 0.5);
    // Some may be shown a family of his already, by a record of harm there that the worker may not know of.
    let shown_before: Vec<usize> = hands.iter().map(|hand| shown(hand, &person).len()).collect();
    assert!(!on_today(worker, "next_family").contains(&person));

    assert!(worker.page(&page).body.contains("Nobody has confirmed it"));
    let refused = |fields: &[(&str, &str)]| worker.send(&page, fields).body;
    assert!(refused(&[("which", &which), ("reason", "x")]).contains("Choose whether it is so"));
    assert!(refused(&[("which", &which), ("verdict", "yes"), ("reason", " ")]).contains("Say how you know"));
    assert!(
        refused(&[("which", "gone"), ("verdict", "yes"), ("reason", "x")]).contains("Records have changed")
    );

    let say = |verdict: &str, reason: &str| {
        let id = asked(worker, &person)[0]["id"].as_str().unwrap().to_owned();
        let fields = [("which", id.as_str()), ("verdict", verdict), ("reason", reason)];
        worker.done(&page, &fields, &format!("{page}?done={verdict}"));
    };
    say("yes", "His offender manager met him there");
    until("a yes is drawn", || !shown(worker, &person).is_empty());
    let told = shown(worker, &person).remove(0);
    assert_eq!(told["confirmation"], "yes");
    assert!(told["confirmed_on"].is_string());
    assert!(on_today(worker, "next_family").contains(&person));
    assert!(!on_today(worker, "next_family_to_confirm").contains(&person));
    assert!(worker.page(&page).body.contains("His offender manager met him there"));
    for (hand, before) in hands.iter().zip(&shown_before) {
        if shown(hand, &person).len() == *before {
            continue;
        }
        let body = hand.page(&format!("/harm/{person}")).body;
        assert!(body.contains("Confirmed by somebody who works with this person"), "{}", hand.user);
        let own = std::ptr::eq(hand, worker);
        let reason = hand.page(&page).body.contains("His offender manager met him there");
        assert_eq!(reason, own, "what one agency said is not told to another");
    }

    say("no", "It was his brother");
    until("what was taken back is gone", || shown(worker, &person).is_empty());
    for (hand, before) in hands.iter().zip(&shown_before) {
        assert_eq!(shown(hand, &person).len(), *before, "{} is shown what was before", hand.user);
    }
    assert!(!on_today(worker, "next_family").contains(&person));
    assert!(!on_today(worker, "next_family_to_confirm").contains(&person), "answered, and nothing new");
    let line = asked(worker, &person).remove(0);
    let said: Vec<&str> =
        line["history"].as_array().unwrap().iter().map(|said| said["verdict"].as_str().unwrap()).collect();
    assert_eq!((line["said"].as_str(), said.as_slice()), (Some("no"), ["no", "yes"].as_slice()));

    drop(hands);
    drop(server);
    let after = area.export("next-family");
    assert_eq!(after.lines().count(), before.lines().count(), "whoever has the whole area has all of them");
    assert!(after.contains(",no,"));
    run(&["rebuild", "--check", "--db", area.db()], 0);
    run(&["verify", "--db", area.db()], 0);
}

#[test]
fn only_whoever_works_with_the_person_is_asked() {
    let area = Area::nowhere();
    run(&["demo", "--no-serve", "--families", "60", "--seed", "7", "--db", area.db()], 0);
    let server = Server::start(&area);
    let hands: Vec<Hand<'_>> = USERS.iter().map(|user| Hand::of(&server, user)).collect();
    let mut kept_from = 0;
    for hand in &hands {
        for person in on_today(hand, "next_family_to_confirm") {
            let of = hand.api(&format!("/people/{person}")).json();
            let agency = hand.api("/session").json()["agency"].as_str().unwrap().to_owned();
            assert!(of["person"]["records"][&agency].as_u64() > Some(0), "their agency has recorded him");
        }
    }
    let everybody: Vec<String> =
        hands.iter().flat_map(|hand| on_today(hand, "next_family_to_confirm")).collect();
    for hand in &hands {
        for person in &everybody {
            let page = hand.api(&format!("/people/{person}"));
            let agency = hand.api("/session").json()["agency"].as_str().unwrap().to_owned();
            let recorded = page.status == 200 && page.json()["person"]["records"][&agency].is_u64();
            if !recorded {
                assert!(asked(hand, person).is_empty(), "{} is not asked about {person}", hand.user);
                kept_from += 1;
            }
        }
    }
    assert!(kept_from > 0, "somebody does not work with one of them");
}
