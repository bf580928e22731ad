//! Agencies ask each other and answer; a copy is opened by those who asked and by nobody else; asking tells nothing; what
//! leaves the partnership needs two people.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

mod program;

use program::{Area, Hand, Server, run};
use serde_json::{Value, json};

/// The list of requests as somebody finds it.
fn requests(hand: &Hand<'_>) -> Value {
    hand.api("/requests").json()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A child about whom both agencies hold records, with their name.
fn child(server: &Server, agencies: [&str; 2]) -> (String, String) {
    let lines = server.api("/children").json()["lines"].as_array().unwrap().clone();
    let people = lines.iter().map(|line| text(&line["child"]["person"]).to_owned());
    let mut views = people.map(|id| server.api(&format!("/people/{id}")).json());
    let view = views
        .find(|view| {
            agencies.iter().all(|agency| view["person"]["records"][agency].as_u64().unwrap_or(0) > 0)
        })
        .expect("a child of both");
    (text(&view["person"]["id"]).to_owned(), text(&view["person"]["name"]).to_owned())
}

const ASKED: &str = "/requests?done=asked";

fn ask<'f>(name: &'f str, to: &'f str) -> Vec<(&'f str, &'f str)> {
    vec![
        ("name", name),
        ("to", to),
        ("purpose", "encompass"),
        ("cat-ID", "yes"),
        ("cat-INC", "yes"),
        ("reason", "tired and afraid since Monday"),
        ("risk", "standard"),
    ]
}

#[test]
fn an_agency_asks_and_another_answers_with_a_copy_for_those_who_asked() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let (school, police, health) =
        (Hand::of(&server, "school"), Hand::of(&server, "police"), Hand::of(&server, "health"));
    let (id, name) = child(&server, ["police", "schools"]);
    let form = format!("/person/{id}/ask");
    let page = school.page(&form).body;
    assert!(page.contains("Ask another agency") && page.contains("What happened, as police wrote it down"));
    assert!(!page.contains("value=\"schools\""), "nobody asks themselves");
    let wrong = school.send(&form, &[("name", &name), ("to", "police")]);
    assert!(wrong.status == 200 && wrong.body.contains("Choose what it is for"), "{}", wrong.body);
    assert_eq!(school.post(&form, "name=x&to=police").status, 400, "a form of another site");
    school.done(&form, &ask(&name, "police"), ASKED);

    let asked = requests(&school)["asked"][0].clone();
    assert_eq!((text(&asked["state"]), text(&asked["side"])), ("open", "asks"));
    let seq = &asked["seq"];
    let (path, api) = (format!("/request/{seq}"), format!("/requests/{seq}"));
    let copy = format!("{path}/copy");
    assert_eq!(requests(&police)["to_answer"][0]["seq"], *seq);
    assert_eq!((health.api(&api).status, health.page(&path).status), (404, 404), "absent for everybody else");
    for hand in [&school, &police, &health] {
        assert_eq!(hand.page(&copy).status, 404, "there is nothing to open yet");
    }

    let mark = format!("who-{id}");
    let page = police.page(&path).body;
    assert!(
        page.contains(&mark) && page.contains("give-INC") && page.contains("Record the answer"),
        "{page}"
    );
    assert!(!school.page(&path).body.contains("Record the answer"));
    let least = [(mark.as_str(), "yes"), ("give-ID", "minimum"), ("give-INC", "minimum"), ("step", "show")];
    let preview = police.send(&path, &least).body;
    assert!(preview.contains("Nothing has been recorded yet"), "{preview}");
    let mut do_it = least.to_vec();
    do_it[3] = ("step", "do");
    let silent = police.send(&path, &do_it);
    assert!(silent.status == 200 && silent.body.contains("Say why"), "a reason is asked for");
    do_it.push(("reason", "secretreason helps the school"));
    assert_eq!(school.send(&path, &do_it).status, 403, "whoever asked cannot answer");
    assert_eq!(health.send(&path, &do_it).status, 404);
    police.done(&path, &do_it, "/requests?done=answered");
    assert_eq!(police.send(&path, &do_it).status, 400, "it is answered once");

    let told = school.api(&api);
    assert_eq!(told.json()["answer"]["verdict"], "share_minimum");
    assert!(!told.body.contains("secretreason") && !school.page(&path).body.contains("secretreason"));
    let own = police.api(&api).json();
    assert_eq!(own["answer"]["reason"], "secretreason helps the school");
    assert!(!own["answer"]["proposal"]["rules"].as_array().unwrap().is_empty(), "{own}");
    assert_eq!(
        (police.page(&copy).status, health.page(&copy).status),
        (404, 404),
        "the copy is for the school"
    );

    let cover = school.page(&copy);
    assert!(cover.status == 200 && cover.body.contains("Opening it is recorded"), "{}", cover.body);
    assert!(!cover.body.contains("Incident<") && police.api(&api).json()["received"].is_null());
    school.done(&copy, &[], &copy);
    let opened = school.page(&copy).body;
    assert!(opened.contains("What happened") || opened.contains("ncident"), "{opened}");
    assert!(opened.contains("Made for") && opened.contains("Safeguarding lead"));
    assert!(!opened.contains("The agency’s own number"), "numbers of the holder stay there");
    assert_eq!(police.api(&api).json()["received"][1], "Safeguarding lead");

    assert_eq!(
        school.send(&format!("{path}/withdraw"), &[("reason", "x")]).status,
        400,
        "not theirs to take back"
    );
    police.done(&format!("{path}/withdraw"), &[("reason", "wrong child")], "/requests?done=withdrawn");
    assert_eq!(school.page(&copy).status, 404, "what was taken back opens for nobody");
    assert_eq!(school.send(&copy, &[]).status, 404);
    assert_eq!(text(&school.api(&api).json()["state"]), "withdrawn");
    drop(server);
    run(&["rebuild", "--db", area.db(), "--check"], 0);
    run(&["verify", "--db", area.db()], 0);
}

#[test]
fn asking_by_name_tells_nothing_and_neither_does_a_refusal() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let (school, health) = (Hand::of(&server, "school"), Hand::of(&server, "health"));
    let (id, name) = child(&server, ["health", "schools"]);
    for name in [name.as_str(), "Zebedee Nowhere"] {
        school.done("/requests/ask", &ask(name, "health"), ASKED);
    }
    let asked = requests(&school)["asked"].as_array().unwrap().clone();
    let mut answers = Vec::new();
    for (request, known) in asked.iter().zip([true, false]) {
        let path = format!("/request/{}", request["seq"]);
        let page = health.page(&path).body;
        assert_eq!(page.contains(&format!("who-{id}")), known, "{page}");
        assert!(!page.contains("value=\"yes\" checked"), "nobody is chosen by name alone");
        let nobody = health.send(&path, &[("give-ID", "all"), ("reason", "x"), ("step", "do")]);
        assert_eq!(nobody.status, 200, "nothing goes about nobody");
        let reason = if known { "may not go" } else { "not known to us" };
        health.done(&path, &[("reason", reason), ("step", "do")], "/requests?done=answered");
        let mut told = school.api(&format!("/requests/{}", request["seq"])).json();
        for own in ["seq", "words", "at", "due"] {
            told[own] = Value::Null;
        }
        for own in ["at", "until"] {
            told["answer"][own] = Value::Null;
        }
        answers.push(told);
    }
    assert_eq!(answers[0], answers[1], "whether they are known or not");
    assert_eq!(answers[0]["answer"]["verdict"], "refuse");
}

#[test]
fn what_waits_can_be_taken_back_by_those_who_asked() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let (school, police) = (Hand::of(&server, "school"), Hand::of(&server, "police"));
    school.done("/requests/ask", &ask("Zebedee Nowhere", "police"), ASKED);
    let path = format!("/request/{}", requests(&school)["asked"][0]["seq"]);
    let back = format!("{path}/withdraw");
    assert_eq!(police.send(&back, &[("reason", "x")]).status, 400);
    assert!(school.send(&back, &[("reason", " ")]).body.contains("Say why"));
    school.done(&back, &[("reason", "found out")], "/requests?done=withdrawn");
    assert_eq!(police.send(&path, &[("reason", "x"), ("step", "do")]).status, 400);
    assert!(requests(&police)["to_answer"].as_array().unwrap().is_empty());
}

#[test]
fn can_i_share_this_is_answered_without_a_case() {
    let area = Area::empty();
    let server = Server::start(&area);
    let housing = Hand::of(&server, "housing");
    assert!(housing.page("/").body.contains("href=\"/can-i-share\""), "anybody finds it");
    let nothing = housing.send("/can-i-share", &[]);
    assert!(nothing.status == 200 && nothing.body.contains("Choose who asks"));
    let his = [
        ("agency", "person_causing_harm"),
        ("purpose", "family_enquiry"),
        ("cat-LOC", "yes"),
        ("subject", "victim"),
    ];
    let answer = housing.send("/can-i-share", &his);
    let heading = "id=\"answer\">No<";
    assert!(answer.status == 200 && answer.body.contains(heading), "{}", answer.body);
    assert!(answer.body.contains("must not go") && answer.body.contains("What to record"));

    let asked = json!({"id": "r1", "requester": {"agency": "person_causing_harm"}, "categories": ["LOC"],
        "subject": "victim", "on": "2026-11-20"});
    let decide = |body: &str, bearer: &str| {
        let headers = [("Authorization", bearer), ("Content-Type", "application/json")];
        server.send("POST", "/api/share/decide", &headers, body)
    };
    let decided = decide(&asked.to_string(), "Bearer housing").json();
    assert_eq!((text(&decided["id"]), text(&decided["decision"])), ("r1", "refuse"));
    assert_eq!(decided["fields"], json!([]));
    let unknown = decide(r#"{"risk":"huge"}"#, "Bearer housing");
    assert!(unknown.status == 400 && unknown.body.contains("`huge`"), "{}", unknown.body);
    assert_eq!(decide(&asked.to_string(), "Bearer nobody").status, 401);
}

#[test]
fn what_leaves_the_partnership_needs_two_people() {
    let area = Area::empty();
    let server = Server::start(&area);
    let (head, nurse, housing) =
        (Hand::of(&server, "head"), Hand::of(&server, "health"), Hand::of(&server, "housing"));
    let what = [
        ("what", "bulk_export"),
        ("list", "incidents"),
        ("words", "incidents of October"),
        ("reason", "the annual report"),
    ];
    assert!(head.send("/releases", &what[..1]).body.contains("Choose which list is to be exported"));
    assert!(head.send("/releases", &what[..2]).body.contains("Say what exactly"));
    head.done("/releases", &what, "/releases?done=proposed");
    let list = head.page("/releases").body;
    let at = list.find("/release/").unwrap() + 9;
    let path = format!("/release/{}", list[at..].split('"').next().unwrap());
    let yes = [("answer", "confirm"), ("reason", "checked every column")];
    assert_eq!(head.send(&path, &yes).status, 403, "who proposed it cannot confirm it");
    assert_eq!(housing.send(&path, &yes).status, 404, "another agency without the right finds none");
    assert!(head.page(&path).body.contains("Somebody else must confirm"));
    let unsaid = nurse.send(&path, &[("answer", "confirm"), ("reason", " ")]);
    assert!(unsaid.body.contains("Say why"), "{}", unsaid.body);
    nurse.done(&path, &yes, "/releases?done=confirmed");
    assert_eq!(nurse.send(&path, &yes).status, 400, "it is answered once");
    assert!(head.page(&path).body.contains("Confirmed by Named nurse"));
}
