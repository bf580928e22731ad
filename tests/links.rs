//! People stay in charge of who is who: decisions bind, parting undoes joining, a second person must confirm where
//! somebody must not be found, and what is sealed opens no question.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

mod program;

use std::collections::BTreeMap;

use program::{Area, Hand, Server, run};
use serde_json::Value;

fn entries(server: &Server) -> Vec<Value> {
    server.api("/links").json()["entries"].as_array().unwrap().clone()
}

/// Whether somebody other than the head of safeguarding finds this through the API.
fn finds(server: &Server, user: &str, path: &str) -> bool {
    let bearer = format!("Bearer {user}");
    server.send("GET", &format!("/api{path}"), &[("Authorization", bearer.as_str())], "").status == 200
}

fn has(server: &Server, id: &Value) -> bool {
    entries(server).iter().any(|entry| entry["id"] == *id)
}

fn redrawn(area: &Area) {
    run(&["rebuild", "--db", area.db()], 0);
    run(&["rebuild", "--db", area.db(), "--check"], 0);
    run(&["verify", "--db", area.db()], 0);
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// What forms send for the records of a person.
fn marks(server: &Server, person: &str) -> Vec<String> {
    let view = server.api(&format!("/people/{person}/part")).json();
    let groups = view["groups"].as_array().unwrap().iter();
    let mentions = groups.flat_map(|group| group["mentions"].as_array().unwrap());
    mentions.map(|mention| text(&mention["id"]).to_owned()).collect()
}

/// Two lists that must hold the same, told by the lines that differ.
fn same(now: &str, then: &str, why: &str) {
    let differ: Vec<(&str, &str)> = then.lines().zip(now.lines()).filter(|(a, b)| a != b).collect();
    assert!(differ.is_empty() && now.lines().count() == then.lines().count(), "{why}: {differ:#?}");
}

/// Everybody with a page about them, by the lists.
fn everybody(server: &Server) -> Vec<String> {
    let mut all = Vec::new();
    for (list, id) in [("/people-causing-harm", "/profile/person"), ("/children", "/child/person")] {
        for line in server.api(list).json()["lines"].as_array().unwrap() {
            all.push(text(line.pointer(id).unwrap()).to_owned());
        }
    }
    all.sort();
    all.dedup();
    all
}

#[test]
fn a_decision_binds_and_parting_undoes_it() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let head = Hand::of(&server, "head");
    let before = area.export("links");
    // Saying that two are not one tells more than was known before: somebody who was in doubt between them may then
    // find their place. So these two are in doubt with nobody else.
    let all = entries(&server);
    let asked = |person: &Value| {
        all.iter().filter(|entry| entry["people"].as_array().unwrap().contains(person)).count()
    };
    let entry = all
        .iter()
        .filter(|entry| entry["joined"] == false && entry["needs_two"] == false)
        .find(|entry| entry["people"].as_array().unwrap().iter().all(|person| asked(person) == 1))
        .unwrap()
        .clone();
    let path = format!("/links/{}", text(&entry["id"]));
    let pair = server.api(&path).json();
    let (one, other) = (text(&entry["people"][0]), text(&entry["people"][1]));
    assert_eq!(pair["sides"][0]["page"], *one);
    let after = pair["change"]["after"].as_array().unwrap();
    assert_eq!(after.len() + 1, pair["change"]["before"].as_array().unwrap().len(), "{}", pair["change"]);
    assert!(!pair["change"]["moved"].as_array().unwrap().is_empty());
    let marks_before: BTreeMap<&str, Vec<String>> =
        [one, other].into_iter().map(|person| (person, marks(&server, person))).collect();

    assert_eq!(
        head.send(&path, &[("verdict", "same"), ("reason", " ")]).status,
        200,
        "a reason is asked for"
    );
    assert_eq!(head.send(&path, &[("reason", "known")]).status, 200, "an answer is asked for");
    head.done(&path, &[("verdict", "same"), ("reason", "telephoned the school")], "/links?done=decided");
    assert!(!has(&server, &entry["id"]), "what is decided leaves the queue at once");
    redrawn(&area);
    let joined = area.export("links");
    let moved: Vec<&Value> = pair["change"]["moved"].as_array().unwrap().iter().map(|m| &m["to"]).collect();
    let stays = text(moved[0]);
    let gone = if stays == one { other } else { one };
    assert!(before.contains(gone) && !joined.contains(gone), "{gone} has become {stays}");
    let led = server.api(&format!("/people/{gone}"));
    assert_eq!((led.status, led.header("location")), (307, Some(format!("/api/people/{stays}").as_str())));
    let told = server.api(&format!("/people/{stays}")).json()["history"][0].clone();
    assert_eq!(
        (&told["what"], &told["reason"]),
        (&"joined".into(), &"telephoned the school".into()),
        "{told}"
    );
    assert!(!has(&server, &entry["id"]), "a decision binds when everything is derived again");
    let why = server.page(&format!("/person/{stays}/why"), &head.cookie).body;
    assert!(
        why.contains("Joined on") && why.contains("telephoned the school"),
        "the page tells who joined them"
    );

    // All records of the one whose page has gone do not belong.
    let marks: Vec<&str> = marks_before[gone].iter().map(String::as_str).collect();
    assert!(!marks.is_empty());
    let mut fields: Vec<(&str, &str)> = marks.iter().map(|mark| (*mark, "yes")).collect();
    fields.push(("reason", "they are two after all"));
    let page = format!("/person/{stays}/part");
    let preview = head.send(&page, &fields);
    assert_eq!(preview.status, 200);
    assert!(
        preview.body.contains("Nothing has been done yet")
            && preview.body.contains("when a person decided so")
    );
    same(&area.export("links"), &joined, "a preview changes nothing");
    fields.push(("step", "do"));
    head.done(&page, &fields, "/links?done=parted");
    redrawn(&area);
    same(&area.export("links"), &before, "parting gives back the same people");
    let told = server.api(&format!("/people/{gone}")).json()["history"].clone();
    assert_eq!(told[1]["what"], "parted_from", "{told}");
    assert_eq!((&told[1]["now"][0], &told[1]["reason"]), (&stays.into(), &"they are two after all".into()));
    let page = server.page(&format!("/person/{stays}"), &head.cookie).body;
    assert!(
        page.contains("parted from this page") && page.contains(&format!("/person/{gone}")),
        "both pages tell"
    );
    assert!(!has(&server, &entry["id"]), "the parting binds");
}

#[test]
fn nobody_can_tell_until_something_new_comes() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let head = Hand::of(&server, "head");
    let entry = entries(&server).into_iter().find(|entry| entry["needs_two"] == false).unwrap();
    let before = area.export("links");
    let path = format!("/links/{}", text(&entry["id"]));
    head.done(
        &path,
        &[("verdict", "cannot_tell"), ("reason", "nobody at the office")],
        "/links?done=decided",
    );
    redrawn(&area);
    assert!(!has(&server, &entry["id"]));
    same(&area.export("links"), &before, "it binds nothing");
}

#[test]
fn some_may_look_and_not_decide() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let adviser = Hand::of(&server, "services");
    let theirs = |entry: &Value| finds(&server, "services", &format!("/links/{}", text(&entry["id"])));
    let (theirs, others): (Vec<Value>, Vec<Value>) = entries(&server).into_iter().partition(theirs);
    let hidden = server.page(&format!("/links/{}", text(&others[0]["id"])), &adviser.cookie);
    assert_eq!(hidden.status, 404, "people the service does not work with are in no question of theirs");
    let entry = theirs[0].clone();
    let path = format!("/links/{}", text(&entry["id"]));
    let page = server.page(&path, &adviser.cookie);
    assert_eq!(page.status, 200);
    assert!(page.body.contains("not decide about them") && !page.body.contains("name=\"verdict\""));
    assert_eq!(adviser.send(&path, &[("verdict", "same"), ("reason", "seen")]).status, 403);
    let person = text(&entry["people"][0]);
    assert_eq!(
        adviser.send(&format!("/person/{person}/part"), &[("reason", "x"), ("step", "do")]).status,
        403
    );
    assert!(has(&server, &entry["id"]));
}

/// Somebody with more than one group of records, of whom two people must, or need not, decide; known to the second, too.
fn somebody(server: &Server, needs_two: bool, second: &str) -> (String, Value) {
    everybody(server)
        .into_iter()
        .filter(|person| finds(server, second, &format!("/people/{person}")))
        .map(|person| {
            let view = server.api(&format!("/people/{person}/part")).json();
            (person, view)
        })
        .find(|(_, view)| view["needs_two"] == needs_two && view["groups"].as_array().unwrap().len() > 1)
        .unwrap()
}

#[test]
fn where_somebody_must_not_be_found_a_second_person_confirms() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let (head, police, housing) =
        (Hand::of(&server, "head"), Hand::of(&server, "police"), Hand::of(&server, "housing"));
    let (person, view) = somebody(&server, true, "police");
    let before = area.export("links");
    let marks: Vec<&str> = view["proposed"].as_array().unwrap().iter().map(text).collect();
    let mut fields: Vec<(&str, &str)> = marks.iter().map(|mark| (*mark, "yes")).collect();
    fields.extend([("reason", "two sisters"), ("step", "do")]);
    head.done(&format!("/person/{person}/part"), &fields, "/links?done=proposed");
    let queue = server.api("/links").json();
    let proposal = queue["proposals"].as_array().unwrap()[0]["seq"].as_u64().unwrap();
    redrawn(&area);
    same(&area.export("links"), &before, "a proposal has no effect");
    let path = format!("/links/proposal/{proposal}");
    let yes = [("answer", "confirm"), ("reason", "checked with the nurse")];
    assert_eq!(head.send(&path, &yes).status, 403, "who proposed it cannot confirm it");
    assert_eq!(housing.send(&path, &yes).status, 403);
    assert!(!server.page(&path, &head.cookie).body.contains("name=\"answer\""));
    let page = server.page(&path, &police.cookie);
    assert!(page.status == 200 && page.body.contains("two sisters"), "{}", page.status);
    police.done(&path, &yes, "/links?done=confirmed");
    assert_eq!(police.send(&path, &yes).status, 400, "it is answered once");
    assert!(server.api("/links").json()["proposals"].as_array().unwrap().is_empty());
    redrawn(&area);
    assert!(area.export("links") != before, "now it binds");
}

#[test]
fn a_refused_proposal_changes_nothing() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let (head, police) = (Hand::of(&server, "head"), Hand::of(&server, "police"));
    let (person, view) = somebody(&server, true, "police");
    let before = area.export("links");
    let mark = text(&view["proposed"][0]);
    let fields = [(mark, "yes"), ("reason", "two sisters"), ("step", "do")];
    head.done(&format!("/person/{person}/part"), &fields, "/links?done=proposed");
    let queue = server.api("/links").json();
    let path = format!("/links/proposal/{}", queue["proposals"][0]["seq"]);
    police.done(&path, &[("answer", "refuse"), ("reason", "one woman, I know her")], "/links?done=refused");
    redrawn(&area);
    same(&area.export("links"), &before, "a refused proposal");
}

#[test]
fn a_protected_identity_is_never_joined_again() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let (head, health) = (Hand::of(&server, "head"), Hand::of(&server, "health"));
    let (person, view) = somebody(&server, false, "health");
    let marks: Vec<&str> = view["proposed"].as_array().unwrap().iter().map(text).collect();
    let mut fields: Vec<(&str, &str)> = marks.iter().map(|mark| (*mark, "yes")).collect();
    fields.extend([("reason", "asked for by the court"), ("step", "do")]);
    let before = area.export("links");
    head.done(&format!("/person/{person}/protect"), &fields, "/links?done=proposed");
    redrawn(&area);
    same(&area.export("links"), &before, "a proposal has no effect");
    let queue = server.api("/links").json();
    let path = format!("/links/proposal/{}", queue["proposals"][0]["seq"]);
    health.done(&path, &[("answer", "confirm"), ("reason", "seen the order")], "/links?done=confirmed");
    redrawn(&area);
    let after = area.export("links");
    assert!(after != before, "it binds");
    let left = server.api(&format!("/people/{person}/part")).json();
    assert_eq!(left["needs_two"], true, "from now on two people decide about them");
    let ids = self::marks(&server, &person);
    let together = marks.iter().filter(|mark| ids.iter().any(|id| id == *mark)).count();
    assert!(together == 0 || together == ids.len(), "both identities stand on one page");
}

/// Every number of a fact that an answer holds.
fn facts_in(value: &Value, found: &mut Vec<u64>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match (name.as_str(), field) {
                    ("seq", field) => found.extend(field.as_u64()),
                    ("facts", Value::Array(all)) => found.extend(all.iter().filter_map(Value::as_u64)),
                    _ => facts_in(field, found),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|one| facts_in(one, found)),
        _ => {}
    }
}

#[test]
fn what_is_sealed_is_in_no_queue_no_comparison_and_no_preview() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let mut seen = Vec::new();
    let mut told = String::new();
    for entry in entries(&server) {
        let pair = server.api(&format!("/links/{}", text(&entry["id"])));
        assert_eq!(pair.status, 200, "{entry}");
        facts_in(&pair.json(), &mut seen);
        told.push_str(&pair.body);
    }
    for person in everybody(&server) {
        let part = server.api(&format!("/people/{person}/part"));
        facts_in(&part.json(), &mut seen);
        told.push_str(&part.body);
    }
    seen.sort_unstable();
    seen.dedup();
    assert!(seen.len() > 100);
    for fact in seen {
        assert_eq!(server.api(&format!("/facts/{fact}")).status, 200, "fact {fact} cannot be shown");
    }
    assert!(!told.contains("refuge.csv") && !told.contains("services.refuge"));
}
