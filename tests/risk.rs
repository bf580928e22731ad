//! What somebody writes about risk, end to end: it becomes a record of their agency, stands on the page, is known on a date,
//! goes to others as the policies say, opens nobody to anybody, and is written while the picture is being drawn.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "tests may fail loudly")]

mod program;

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use program::{Area, Hand, Server, run};
use serde_json::Value;

/// Somebody causing harm with somebody at risk from them, as the head sees it.
fn causing_harm(head: &Hand<'_>) -> (String, String) {
    let list = head.api("/people-causing-harm").json();
    let profile = list["lines"].as_array().unwrap().iter().map(|line| &line["profile"]);
    let mut harmed = profile.filter(|profile| !profile["victims"].as_array().unwrap().is_empty());
    let profile = harmed.next().unwrap();
    let id = |value: &Value| value.as_str().unwrap().to_owned();
    (id(&profile["person"]), id(&profile["victims"][0]["person"]))
}

/// How risk stands once what was written is in the picture.
fn standing(hand: &Hand<'_>, harm: &str, ready: impl Fn(&Value) -> bool) -> Value {
    let until = Instant::now() + Duration::from_secs(120);
    loop {
        let reply = hand.api(&format!("/people-causing-harm/{harm}/risk"));
        let view = if reply.status == 200 { reply.json() } else { Value::Null };
        if ready(&view["standing"]) {
            return view["standing"].clone();
        }
        assert!(Instant::now() < until, "what was written does not show: {view}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// What is judged for one person at risk.
fn judged(standing: &Value, person: &str) -> Vec<Value> {
    let lines = standing["at_risk"].as_array().into_iter().flatten();
    let line = lines.into_iter().find(|line| line["person"] == person);
    line.map(|line| line["judged"].as_array().unwrap().clone()).unwrap_or_default()
}

#[test]
fn what_is_asked_and_what_is_judged_stay_two_records() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let head = Hand::of(&server, "head");
    let (harm, at_risk) = causing_harm(&head);
    let page = format!("/harm/{harm}/risk");
    let shown = head.page(&page).body;
    assert!(shown.contains("Nobody has assessed the risk to this person"));
    let refused = |form: &[(&str, &str)]| head.send(&page, form).body;
    let judging = [("what", "assessment"), ("for", at_risk.as_str()), ("level", "high")];
    assert!(refused(&judging).contains("a level without reasons is no assessment"));
    assert!(
        refused(&[("what", "indicators"), ("for", &at_risk), ("told", "child"), ("version", "1")])
            .contains("Answer at least one item")
    );
    assert!(
        refused(&[("what", "assessment"), ("for", "P0"), ("level", "high"), ("reasons", "x")])
            .contains("Choose who is at risk")
    );

    // Drawing the picture takes minutes in a large area; nobody's form waits for it.
    let drawing =
        File::options().create(true).append(true).open(Path::new(area.db()).join("picture.lock")).unwrap();
    drawing.lock().unwrap();
    let first = [&judging[..], &[("reasons", "He has found the new address"), ("would_change", "A release")]]
        .concat();
    head.done(&page, &first, &format!("{page}?done=assessed"));
    let asked = [
        ("what", "indicators"),
        ("for", at_risk.as_str()),
        ("told", "person_at_risk"),
        ("version", "1"),
        ("item-neck", "yes"),
        ("item-money", "not_known"),
        ("words", "He put his hands round my neck"),
    ];
    head.done(&page, &asked, &format!("{page}?done=asked"));
    drop(drawing);

    let now = standing(&head, &harm, |now| {
        judged(now, &at_risk).len() == 1 && now["groups"].to_string().contains("person_at_risk")
    });
    let one = &judged(&now, &at_risk)[0];
    assert_eq!((one["level"].as_str(), one["agency"].as_str()), (Some("High"), Some("social_care")));
    assert!(one["reasons"].as_str().unwrap().contains("found the new address"));
    let items =
        || now["groups"].as_array().unwrap().iter().flat_map(|group| group["items"].as_array().unwrap());
    let answer = |text: &str| {
        items().find(|item| item["text"].as_str().unwrap().contains(text)).unwrap()["answer"].clone()
    };
    assert_eq!((answer("on the neck"), answer("their money")), ("yes".into(), "not_known".into()));
    assert_eq!(answer("a weapon or an object"), "not_asked");

    // A second judgement stands beside the first and does not take its place.
    let second =
        [("what", "assessment"), ("for", &at_risk), ("level", "medium"), ("reasons", "He is in custody")];
    head.done(&page, &second, &format!("{page}?done=assessed"));
    let now = standing(&head, &harm, |now| judged(now, &at_risk).len() == 2);
    assert!(judged(&now, &at_risk).iter().any(|one| one["level"] == "High"));
    let before = head.api(&format!("/people-causing-harm/{harm}/risk?as_known_on=2020-01-01")).json();
    assert!(judged(&before["standing"], &at_risk).is_empty(), "as known on a day before it was written");

    let body = head.page(&page).body;
    assert!(body.contains("Earlier assessments (1)"));
    assert!(
        head.page(&format!("/harm/{harm}")).body.contains("Assessment of risk"),
        "it stands in the chronology"
    );

    // It is still the same two people, the same facts, and the same picture when all is derived again.
    assert_eq!(head.page(&format!("/person/{at_risk}")).status, 200);
    run(&["rebuild", "--check", "--db", area.db()], 0);
    run(&["verify", "--db", area.db()], 0);
    let links = area.export("links");
    assert!(
        links.contains(&format!("#p1,{harm}")) && links.contains(&format!("#p2,{at_risk}")),
        "{}",
        &links[..400]
    );
}
