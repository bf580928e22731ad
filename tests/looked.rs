//! Who reads who looked, and what they are shown: another agency's reviewers, whose families they are, whoever broke glass,
//! whoever reads in bulk. That nothing is shown unwritten stands in `looks.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

mod program;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use program::{Area, Reply, Server, files_below, run, throughline};
use serde_json::Value;

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// What the forms of this session send back.
fn form_token(server: &Server, cookie: &str) -> String {
    let page = server.page("/search", cookie).body;
    let at = page.find("name=\"form_token\" value=\"").unwrap() + 25;
    page[at..at + 32].to_owned()
}

fn as_user(server: &Server, user: &str, path: &str) -> Reply {
    server.send("GET", path, &[("Authorization", &format!("Bearer {user}"))], "")
}

/// Somebody causing harm whom each of these users may open.
fn known_to(server: &Server, users: &[&str]) -> String {
    let of = |user: &&str| -> BTreeSet<String> {
        let lines = as_user(server, user, "/api/people-causing-harm").json()["lines"].clone();
        let people = lines.as_array().unwrap().iter().map(|line| line["profile"]["person"].as_str().unwrap());
        people.map(str::to_owned).collect()
    };
    let all = users.iter().map(of).reduce(|one, other| &one & &other).unwrap();
    all.into_iter().next().expect("somebody whom all of them know")
}

#[test]
fn each_page_says_rightly_what_was_done_and_only_another_agency_reads_it() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let person = known_to(&server, &["head", "police", "probation"]);
    let as_user = |user: &str, path: &str| as_user(&server, user, path);
    assert_eq!(as_user("police", &format!("/api/people/{person}")).status, 200);
    assert_eq!(as_user("police", &format!("/api/people-causing-harm/{person}")).status, 200);
    assert_eq!(as_user("police", "/api/people/P0000000000000000").status, 404);
    let history = as_user("head", &format!("/api/looked/people/{person}")).json();
    let looks = history["looks"].as_array().unwrap();
    let opened = |look: &&Value| look["act"] == "detail_opened" && look["why"] != "";
    let of = |user: &str| looks.iter().filter(|look| look["by"]["user"] == user).filter(opened).count();
    assert_eq!(of("police"), 2, "{history}");
    assert_eq!(of("head"), 0, "nobody reviews their own agency");
    let worker = as_user("head", "/api/looked/workers/police").json();
    let acts: Vec<&str> =
        worker["looks"].as_array().unwrap().iter().map(|l| l["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["refused", "detail_opened", "detail_opened", "results_shown"]);
    assert_eq!(as_user("police", "/api/looked/workers/police").json()["looks"].as_array().unwrap().len(), 0);
    // Who oversees and does not review is told of broken glass, and reads nobody's looks.
    let history = as_user("housing", &format!("/api/looked/people/{person}")).json();
    assert_eq!((history["looks"].as_array().unwrap().len(), &history["people"]), (0, &serde_json::json!({})));
    assert_eq!(as_user("housing", "/api/looked").json()["items"].as_array().unwrap().len(), 0);
    assert_eq!(as_user("housing", "/api/looked/mine").status, 200);
    let cookie = server.sign_in("head");
    for page in [
        "/looked".to_owned(),
        format!("/looked/person/{person}"),
        "/looked/worker/police".to_owned(),
        "/looked/mine".to_owned(),
    ] {
        let reply = server.page(&page, &cookie);
        assert!(reply.status == 200 && reply.body.contains("<h1"), "{page}: {}", reply.status);
    }
    // Somebody new opened a family that the police worked with.
    let family = server.api(&format!("/people-causing-harm/{person}")).json()["profile"]["families"][0]
        .as_str()
        .unwrap()
        .to_owned();
    as_user("police", &format!("/api/families/{family}"));
    assert_eq!(as_user("head", &format!("/api/families/{family}")).status, 200);
    let mine = as_user("police", "/api/looked/mine").json();
    let new: Vec<&str> = mine["families"][0]["new"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["by"]["user"].as_str().unwrap())
        .collect();
    assert!(new.contains(&"head") && !new.contains(&"police"), "{mine}");
}

#[test]
fn that_a_case_was_theirs_long_ago_explains_no_look_of_those_who_oversee() {
    let area = Area::demonstration();
    let settings = include_str!("../area/thresholds/looking.toml");
    let soon = settings.replace("own_case_days = 365", "own_case_days = 1");
    assert_ne!(soon, settings);
    fs::write(format!("{}/looking.toml", area.db()), soon).unwrap();
    let server = Server::start(&area);
    let person = |line: &Value| line["profile"]["person"].as_str().unwrap().to_owned();
    let lines = server.api("/people-causing-harm").json()["lines"].as_array().unwrap().clone();
    let mut items = server.api("/today").json()["today"]["items"].as_array().unwrap().clone();
    // The lists of whom to look at first name everybody in a small area; they bring up nobody by themselves.
    let brings_up =
        |item: &Value| !["harm_expected", "change_seen", "audit"].contains(&item["group"].as_str().unwrap());
    items.retain(brings_up);
    let on_today = |of: &str| -> BTreeSet<String> {
        items.iter().filter_map(|item| item[of].as_str().map(str::to_owned)).collect()
    };
    let (people, families) = (on_today("person"), on_today("family"));
    let of_families = |line: &Value| {
        let mut of = line["profile"]["families"].as_array().unwrap().iter();
        of.any(|family| families.contains(family.as_str().unwrap()))
    };
    // Whoever is on Today is work; so is whose family is.
    let work = lines.iter().find(|line| of_families(line)).map(person).expect("somebody on Today");
    let beside = lines.iter().filter(|line| !of_families(line)).map(person);
    let old: Vec<String> = beside.filter(|person| !people.contains(person)).collect();
    for person in std::iter::once(&work).chain(&old) {
        assert_eq!(server.api(&format!("/people/{person}")).status, 200);
    }
    let ties: Vec<(String, String)> = bodies(&area)
        .iter()
        .filter(|body| {
            body["act"] == "detail_opened" && body["people"].as_array().is_some_and(|p| !p.is_empty())
        })
        .map(|body| {
            (body["people"][0].as_str().unwrap().to_owned(), body["tie"].as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(ties.first(), Some(&(work, "own_case".to_owned())));
    // Some of the others may live with a family that is on Today.
    assert!(ties.iter().any(|(person, tie)| old.contains(person) && tie == "none"), "{ties:?}");
}

#[test]
fn what_somebody_typed_stands_in_the_record_and_nowhere_else() {
    let area = Area::demonstration();
    let log = area.beside("log");
    let server = Server::start_by(|address| {
        let mut command = throughline(&["serve", "--db", area.db(), "--listen", address]);
        let out = File::create(&log).unwrap();
        command.stdout(out.try_clone().unwrap()).stderr(out);
        command
    });
    let json = [("Authorization", "Bearer head"), ("Content-Type", "application/json")];
    assert_eq!(server.send("POST", "/api/search", &json, "{\"q\":\"Zyxquill Moth\"}").status, 200);
    let holds = |path: &Path| fs::read(path).unwrap().windows(8).any(|bytes| bytes == b"Zyxquill");
    let found: Vec<_> = files_below(area.db().as_ref()).into_iter().filter(|path| holds(path)).collect();
    assert!(
        !found.is_empty() && found.iter().all(|path| path.to_string_lossy().contains("looks.db")),
        "{found:?}"
    );
    assert!(!holds(log.as_ref()));
}

#[test]
fn broken_glass_is_told_to_two_and_reviewed_by_another_agency() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let person = known_to(&server, &["head", "housing", "health"]);
    let cookie = server.sign_in("housing");
    let token = form_token(&server, &cookie);
    let path = format!("/person/{person}/break-glass");
    assert!(server.page(&path, &cookie).body.contains("Break glass"));
    let of_nobody = server.page("/person/P0000000000000000/break-glass", &cookie);
    assert_eq!(of_nobody.status, 200, "the page tells nothing, not even whether there is somebody");
    let send =
        |cookie: &str, path: &str, body: &str| server.send("POST", path, &[("Cookie", cookie), FORM], body);
    let refused = send(&cookie, &path, &format!("form_token={token}&reason=x"));
    assert!(refused.status == 200 && refused.body.contains("There is a problem"));
    let broken =
        send(&cookie, &path, &format!("form_token={token}&reason=She+rang+and+says+he+is+at+the+door"));
    assert_eq!((broken.status, broken.header("location")), (303, Some(format!("/person/{person}").as_str())));

    let head = server.sign_in("head");
    assert!(server.page("/", &head).body.contains("glass was broken"), "Today tells it");
    assert!(!server.page("/", &cookie).body.contains("glass was broken"), "not to who broke it");
    let seen = server.api("/looked").json();
    let glass = &seen["glass"][0];
    assert_eq!(
        (glass["glass"]["person"].as_str(), glass["open"].as_bool()),
        (Some(person.as_str()), Some(true))
    );
    let entry = glass["entry"].as_u64().unwrap();
    // Housing may not review its own, nor somebody whose role does not review.
    let own = send(
        &cookie,
        "/looked/review",
        &format!("form_token={token}&entries={entry}&verdict=explained&words=fine"),
    );
    assert_eq!(own.status, 403);
    let token = form_token(&server, &head);
    let nothing =
        send(&head, "/looked/review", &format!("form_token={token}&entries={entry}&verdict=&words="));
    assert!(nothing.body.contains("Choose what you found"));
    let review = format!("form_token={token}&entries={entry}&verdict=explained&words=Spoke+to+the+officer");
    assert_eq!(send(&head, "/looked/review", &review).status, 303);
    assert_eq!(server.api("/looked").json()["glass"].as_array().unwrap().len(), 0);
    let json = [("Authorization", "Bearer health"), ("Content-Type", "application/json")];
    let reply = server.send(
        "POST",
        &format!("/api/people/{person}/break-glass"),
        &json,
        "{\"reason\":\"The ward rang: he is on his way\"}",
    );
    assert!(reply.status == 200 && reply.json()["until"].is_string(), "{}", reply.body);
}

#[test]
fn who_reads_in_bulk_is_stopped_until_somebody_else_lets_them_and_glass_still_breaks() {
    let area = Area::demonstration();
    let settings =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("area/thresholds/looking.toml"))
            .unwrap();
    let own = settings
        .replace("least = 60", "least = 3")
        .replace("slowed_by_seconds = 3", "slowed_by_seconds = 0")
        .replace("blocked_after_minutes = 15", "blocked_after_minutes = 0")
        .replace("in_invented_areas = \"tell\"", "in_invented_areas = \"stop\"");
    fs::write(format!("{}/looking.toml", area.db()), own).unwrap();
    let server = Server::start(&area);
    let lines = as_user(&server, "police", "/api/children").json()["lines"].clone();
    let mut people: Vec<String> =
        lines.as_array().unwrap().iter().map(|l| l["child"]["person"].as_str().unwrap().to_owned()).collect();
    people.sort();
    people.dedup();
    let open = |id: &str| as_user(&server, "police", &format!("/api/people/{id}")).status;
    let statuses: Vec<u16> = people[..6].iter().map(|id| open(id)).collect();
    assert_eq!(
        statuses,
        [200, 200, 200, 200, 429, 429],
        "the fourth raises the alarm, what follows is stopped"
    );
    let json = [("Authorization", "Bearer police"), ("Content-Type", "application/json")];
    let glass = server.send(
        "POST",
        &format!("/api/people/{}/break-glass", people[5]),
        &json,
        "{\"reason\":\"He is outside her door now\"}",
    );
    assert_eq!(glass.status, 200, "{}", glass.body);
    let alarm = server.api("/looked").json()["alarms"][0].clone();
    assert_eq!(
        (alarm["alarm"]["by"]["user"].as_str(), alarm["may_lift"].as_bool()),
        (Some("police"), Some(true))
    );
    let cookie = server.sign_in("head");
    let body =
        format!("form_token={}&entry={}&reason=Moving+day", form_token(&server, &cookie), alarm["entry"]);
    assert_eq!(server.send("POST", "/looked/let-go-on", &[("Cookie", &cookie), FORM], &body).status, 303);
    assert_eq!(open(&people[4]), 200);
    drop(server);
    fs::write(format!("{}/looking.toml", area.db()), "version = 1\n").unwrap();
    let output = run(&["serve", "--db", area.db()], 3);
    assert!(String::from_utf8_lossy(&output.stderr).contains("looking.toml"), "the file is named");
}

/// Every entry as text, as it stands in the record.
fn bodies(area: &Area) -> Vec<Value> {
    let record = rusqlite::Connection::open(format!("{}/looks.db", area.db())).unwrap();
    let mut all = record.prepare("SELECT body FROM looks ORDER BY seq").unwrap();
    let rows = all.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    rows.map(|body| serde_json::from_slice(&body.unwrap()).unwrap()).collect()
}

/// Adds somebody from the command line.
fn add(area: &Area, user: &str, agency: &str, role: &str) {
    let words =
        ["user", "add", user, "--db", area.db(), "--name", "Ruth", "--agency", agency, "--role", role];
    let mut child = throughline(&words).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"correct horse battery\n").unwrap();
    assert!(child.wait().unwrap().success());
}

fn enter(server: &Server, user: &str, password: &str) -> Reply {
    let body = format!("name={user}&password={}", password.replace(' ', "+"));
    server.send("POST", "/sign-in/password", &[FORM], &body)
}

#[test]
fn signing_in_and_every_change_of_an_account_stand_in_the_record() {
    let area = Area::demonstration();
    add(&area, "ruth", "police", "response_officer");
    let server = Server::start(&area);
    assert_eq!(enter(&server, "ruth", "wrong").status, 403);
    assert_eq!(enter(&server, "correct horse battery", "ruth").status, 403);
    assert_eq!(enter(&server, "ruth", "correct horse battery").status, 303);
    let head = server.sign_in("head");
    let form = format!("form_token={}", form_token(&server, &head));
    let send = |path: &str, body: &str| server.send("POST", path, &[("Cookie", &head), FORM], body).status;
    assert_eq!(send("/staff/ruth", &format!("{form}&post=police/response_officer&title=Sergeant")), 303);
    assert_eq!(send("/sign-out", &form), 303);
    run(&["user", "disable", "ruth", "--db", area.db()], 0);
    let all = bodies(&area);
    let there = |user: &str, act: &str, page: &str, account: &str| {
        all.iter().any(|one| {
            one["by"]["user"] == user
                && one["act"] == act
                && one["page"] == page
                && one["account"].as_str().unwrap_or_default() == account
        })
    };
    for (user, act, page, account) in [
        ("operator", "account_changed", "account_added", "ruth"),
        ("ruth", "signed_in_failed", "sign_in_refused", ""),
        ("", "signed_in_failed", "sign_in_refused", ""),
        ("ruth", "signed_in", "signed_in", ""),
        ("head", "signed_in", "signed_in", ""),
        ("head", "account_changed", "account_changed", "ruth"),
        ("head", "signed_out", "signed_out", ""),
        ("operator", "account_changed", "account_changed", "ruth"),
    ] {
        let found = all.iter().filter(|one| one["by"]["user"] == user).collect::<Vec<_>>();
        assert!(there(user, act, page, account), "{user} {act} {page}: {found:?}");
    }
    let ruth = all.iter().find(|one| one["by"]["user"] == "ruth").unwrap();
    assert_eq!(ruth["by"]["agency"], "police");
    let text = all.iter().map(ToString::to_string).collect::<String>();
    assert!(!text.contains("correct horse"), "what was typed into the wrong field is kept nowhere");
}

#[test]
fn what_goes_to_another_agency_stands_there_as_told() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let (head, police, nurse) = (server.sign_in("head"), server.sign_in("police"), server.sign_in("health"));
    let tokens = (form_token(&server, &head), form_token(&server, &police));
    let send = |cookie: &str, token: &str, path: &str, body: &str| {
        let body = format!("form_token={token}&{}", body.replace(' ', "+"));
        let reply = server.send("POST", path, &[("Cookie", cookie), FORM], &body);
        assert_eq!(reply.status, 303, "{path}: {}", reply.body);
    };
    let both = |person: &Value| {
        ["police", "social_care", "health"].iter().all(|of| person["records"][of].as_u64().unwrap_or(0) > 0)
    };
    let lines = server.api("/children").json()["lines"].as_array().unwrap().clone();
    let people = lines.iter().map(|line| line["child"]["person"].as_str().unwrap().to_owned());
    let person = people.map(|id| server.api(&format!("/people/{id}")).json()["person"].clone()).find(both);
    let person = person.expect("somebody of both");
    let (id, name) = (person["id"].as_str().unwrap(), person["name"].as_str().unwrap());
    let asked = format!(
        "name={name}&to=police&purpose=check_section_47&cat-ID=yes&cat-INC=yes&reason=afraid&risk=standard"
    );
    send(&head, &tokens.0, &format!("/person/{id}/ask"), &asked);
    let request = server.api("/requests").json()["asked"][0]["seq"].to_string();
    let answer = format!("who-{id}=yes&give-ID=minimum&give-INC=minimum&step=do&reason=needed");
    send(&police, &tokens.1, &format!("/request/{request}"), &answer);
    let copy = format!("/request/{request}/copy");
    assert_eq!(server.page(&copy, &head).status, 200);
    let disclosed = |page: &str| {
        let all = bodies(&area).into_iter().filter(|one| one["act"] == "disclosed");
        all.filter(|one| one["page"] == page).collect::<Vec<_>>()
    };
    assert!(disclosed("/request/{seq}/copy").is_empty(), "the cover tells nothing");
    send(&head, &tokens.0, &copy, "");
    assert_eq!(server.page(&copy, &head).status, 200);
    let told = disclosed("/request/{seq}/copy");
    assert_eq!((told.len(), &told[0]["by"]["user"]), (1, &Value::from("head")), "{told:?}");
    assert!(told[0]["people"].as_array().unwrap().iter().any(|one| one == id), "{told:?}");
    assert!(told[0]["categories"].as_array().unwrap().iter().any(|one| one == "INC"), "{told:?}");
    assert!(!told[0]["rules"].as_array().unwrap().is_empty(), "{told:?}");
    let facts = told[0]["facts"].as_array().unwrap().iter().map(ToString::to_string);
    assert!(facts.collect::<Vec<_>>().contains(&request), "by which request it went: {told:?}");
    assert!(told[0].get("reason").is_none(), "why it was asked for stays between the two: {told:?}");

    let release = format!("what=bulk_export&list=children&words=one child&reason=report&person={id}");
    send(&head, &tokens.0, "/releases", &release);
    let list = server.page("/releases", &head).body;
    let at = list.find("/release/").unwrap() + 9;
    let path = format!("/release/{}", list[at..].split('"').next().unwrap());
    send(&nurse, &form_token(&server, &nurse), &path, "answer=confirm&reason=looked at every line");
    let told = disclosed("/release/{seq}");
    assert_eq!((told.len(), &told[0]["by"]["user"]), (1, &Value::from("health")), "{told:?}");
    assert!(told[0]["people"].as_array().unwrap().iter().any(|one| one == id), "{told:?}");

    run(&["export", "people", "--db", area.db(), "--out", &area.beside("people.csv")], 0);
    let exported = bodies(&area).into_iter().find(|one| one["act"] == "exported").expect("an entry");
    assert_eq!(
        (&exported["page"], exported["named_beyond"].as_u64() > Some(10)),
        (&"export people".into(), true)
    );
}

/// What the police know somebody by: name, year, month and day of birth.
fn born(server: &Server, person: &str) -> (String, [String; 3]) {
    let view = as_user(server, "police", &format!("/api/people/{person}")).json()["person"].clone();
    let born: Vec<String> = view["born"]
        .as_str()
        .unwrap()
        .split('-')
        .map(|part| part.trim_start_matches('0').to_owned())
        .collect();
    (view["name"].as_str().unwrap().to_owned(), [born[0].clone(), born[1].clone(), born[2].clone()])
}

#[test]
fn whoever_sees_only_what_is_theirs_finds_somebody_by_breaking_glass() {
    let area = Area::demonstration();
    add(&area, "ruth", "police", "response_officer");
    add(&area, "lead", "police", "police_safeguarding_lead");
    // The picture of a new role is drawn first.
    run(&["rebuild", "--db", area.db()], 0);
    let server = Server::start(&area);
    let person = known_to(&server, &["head", "police"]);
    let (name, [year, month, day]) = born(&server, &person);
    let entered = enter(&server, "ruth", "correct horse battery");
    let cookie = entered.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let page = server.page("/account/password", &cookie).body;
    let at = page.find("name=\"form_token\" value=\"").unwrap() + 25;
    let token = page[at..at + 32].to_owned();
    let body = format!(
        "form_token={token}&old=correct+horse+battery&new=staple+under+the+moon&again=staple+under+the+moon"
    );
    server.send("POST", "/account/password", &[("Cookie", &cookie), FORM], &body);
    let entered = enter(&server, "ruth", "staple under the moon");
    let cookie = entered.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let token = form_token(&server, &cookie);
    assert_eq!(server.page(&format!("/person/{person}"), &cookie).status, 404, "nothing is allocated to her");

    let send = |name: &str, year: &str| {
        let body = format!(
            "form_token={token}&name={}&born-day={day}&born-month={month}&born-year={year}&reason=She+is+at+the+desk+and+bleeding",
            name.replace(' ', "+")
        );
        server.send("POST", "/break-glass", &[("Cookie", &cookie), FORM], &body)
    };
    let nobody = send("Zebedee Nowhere", &year);
    assert!(nobody.status == 200 && nobody.body.contains("do not show one person"), "{}", nobody.body);
    assert!(send(&name, "1901").body.contains("do not show one person"));
    let found = send(&name, &year);
    assert_eq!(found.header("location"), Some(format!("/person/{person}").as_str()), "{}", found.body);
    assert_eq!(server.page(&format!("/person/{person}"), &cookie).status, 200, "it is open to her");
    let all = bodies(&area);
    let look = all.iter().rev().find(|one| one["act"] == "detail_opened").unwrap();
    assert_eq!((&look["by"]["user"], &look["tie"]), (&"ruth".into(), &"broken_glass".into()), "{look}");
    let glass = server.api("/looked").json()["glass"][0].clone();
    assert_eq!(glass["glass"]["person"], person.as_str(), "another agency is told");
}

#[test]
fn glass_is_never_broken_past_a_bar() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let person = known_to(&server, &["head", "housing"]);
    let path = format!("/api/people/{person}/break-glass");
    let json = [("Authorization", "Bearer housing"), ("Content-Type", "application/json")];
    let send =
        |path: &str| server.send("POST", path, &json, "{\"reason\":\"The neighbour rang about shouting\"}");
    let nobody = send("/api/people/P0000000000000000/break-glass");
    assert_eq!(nobody.status, 404);
    assert_eq!(send(&path).status, 200);
    assert_eq!(as_user(&server, "housing", &format!("/api/people/{person}")).status, 200);
    // The officer turns out to be somebody's brother, as the head of safeguarding says.
    let head = server.sign_in("head");
    let form = format!("form_token={}", form_token(&server, &head));
    let body = format!("{form}&person=/person/{person}&reason=brother");
    let barred = server.send("POST", "/staff/housing/bars", &[("Cookie", &head), FORM], &body);
    assert_eq!(barred.status, 303, "{}", barred.body);
    let refused = send(&path);
    assert_eq!((refused.status, &refused.body), (404, &nobody.body), "as if there were no such person");
    let page = as_user(&server, "housing", &format!("/api/people/{person}"));
    assert_eq!(page.status, 404, "open glass is closed by a bar");
}

#[test]
fn who_is_kept_from_a_mother_finds_no_child_of_hers() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    // A family that the school works with, too: a child with somebody who was harmed.
    let listed = |user: &str| -> Vec<(String, String)> {
        let lines = as_user(&server, user, "/api/children").json()["lines"].as_array().unwrap().clone();
        let of =
            |line: &serde_json::Value, key: &str| line["child"][key].as_str().unwrap_or_default().to_owned();
        lines.iter().map(|line| (of(line, "person"), of(line, "family"))).collect()
    };
    let harmed = |family: &str| {
        let view = server.api(&format!("/families/{family}")).json();
        let members = view["family"]["members"].as_array().cloned().unwrap_or_default();
        let harmed = members.iter().find(|member| member["part"] == "harmed").cloned()?;
        Some(harmed["person"].as_str().unwrap().to_owned())
    };
    let (child, mother) = listed("school")
        .into_iter()
        .find_map(|(child, family)| harmed(&family).map(|mother| (child, mother)))
        .expect("a child with an adult who was harmed");
    let head = server.sign_in("head");
    let form = format!("form_token={}", form_token(&server, &head));
    let body = format!("{form}&person=/person/{mother}&reason=sister");
    let barred = server.send("POST", "/staff/school/bars", &[("Cookie", &head), FORM], &body);
    assert_eq!(barred.status, 303, "{}", barred.body);
    assert!(listed("school").iter().all(|(person, _)| *person != child), "a list would tell of her");
    assert_eq!(as_user(&server, "school", &format!("/api/children/{child}")).status, 404);
    assert_eq!(as_user(&server, "school", &format!("/api/people/{child}")).status, 404);
    assert!(listed("head").iter().any(|(person, _)| *person == child), "others see as before");
}
