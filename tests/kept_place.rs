//! A place kept private is told one at a time, to those who may be told, with a reason that is written down; everywhere
//! else it stays unsaid. Apart from the other journeys because it is the one way by which such a place leaves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

mod program;

use program::{Area, Hand, Server};
use serde_json::Value;

fn api(server: &Server, user: &str, path: &str) -> Value {
    let bearer = format!("Bearer {user}");
    let reply = server.send("GET", &format!("/api{path}"), &[("Authorization", bearer.as_str())], "");
    if reply.status == 200 { reply.json() } else { Value::Null }
}

/// Everybody the user's lists lead to who has a kept place in the user's picture.
fn with_kept_places(server: &Server, user: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for (list, id) in [("/people-causing-harm", "/profile/victims/0/person"), ("/children", "/child/person")]
    {
        let list = api(server, user, list);
        let lines = list["lines"].as_array().cloned().unwrap_or_default();
        ids.extend(lines.iter().filter_map(|line| line.pointer(id)?.as_str().map(str::to_owned)));
    }
    ids.sort();
    ids.dedup();
    ids.retain(|id| {
        let person = api(server, user, &format!("/people/{id}"));
        let stays = person["person"]["residences"].as_array().cloned().unwrap_or_default();
        stays.iter().any(|stay| stay["place"].get("kept").is_some())
    });
    ids
}

#[test]
fn a_kept_place_is_told_one_at_a_time_for_a_reason_that_is_written_down() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let users = ["head", "police", "health", "school", "services"];
    let (user, person) = users
        .iter()
        .find_map(|user| with_kept_places(&server, user).first().map(|person| (*user, person.clone())))
        .expect("the demonstration has a kept place");
    let hand = Hand::of(&server, user);
    let path = format!("/person/{person}/kept-place");
    let page = server.page(&path, &hand.cookie);
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(!page.body.contains("id=\"told\""));

    let whole = [
        ("place", "1"),
        ("purpose", "imminent_threat"),
        ("risk", "imminent"),
        ("reason", "the child must be fetched at once"),
    ];
    for missing in ["place", "purpose", "risk", "reason"] {
        let some: Vec<(&str, &str)> = whole.iter().filter(|(name, _)| *name != missing).copied().collect();
        let reply = hand.send(&path, &some);
        assert!(reply.status == 200 && reply.body.contains("There is a problem"), "without {missing}");
        assert!(!reply.body.contains("id=\"told\""), "nothing is told without {missing}");
    }
    // Some agencies mark a place without sending where it is: the page says so. One of the others is told.
    let places = page.body.matches("name=\"place\"").count();
    let asked = (1..=places).map(|number| {
        let number = number.to_string();
        hand.send(&path, &[("place", &number), whole[1], whole[2], whole[3]])
    });
    let told = asked
        .inspect(|reply| assert!(reply.status == 200 && reply.body.contains("id=\"told\""), "{}", reply.body))
        .find(|reply| reply.body.contains("How to make contact"))
        .expect("one of the places is told");
    assert!(told.body.contains("tl-no-print\" id=\"told\""), "a kept place is never on paper");
    assert_eq!(told.header("cache-control"), Some("no-store"));
    let other = [("place", "1"), ("purpose", "curiosity"), ("risk", "high"), ("reason", "a look")];
    assert!(hand.send(&path, &other).body.contains("Choose what it is for"), "there is a list of purposes");
    assert!(
        hand.send(&path, &[("place", "99"), whole[1], whole[2], whole[3]])
            .body
            .contains("Choose which place")
    );

    // Who was told, and why, is found by whoever reviews.
    let nurse = server.sign_in(if user == "health" { "head" } else { "health" });
    let looks = server.page(&format!("/looked/person/{person}"), &nurse);
    assert!(
        looks.status == 200 && looks.body.contains("the child must be fetched at once"),
        "{}",
        looks.body
    );
    assert!(looks.body.contains("kept address"), "{}", looks.body);

    // A role that may not be told finds no such page, and neither do programs.
    let housing = server.sign_in("housing");
    assert_eq!(server.page(&path, &housing).status, 404);
    assert_eq!(server.api(&format!("/people/{person}/kept-place")).status, 404);
}
