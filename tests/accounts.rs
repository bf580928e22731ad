//! People who sign in, through the real program: the first account, password and code, what a closed account can do,
//! what was being written when a session ended, and the headers of every answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

mod program;

use std::io::Write;
use std::process::Stdio;

use program::{Area, Hand, Reply, Server, run, throughline};
use sha2::Digest;
use throughline_domain::sharing::AreaKind;
use throughline_store::{Staff, Stage};
use totp_rs::Builder;

const PASSWORD: &str = "correct horse battery";
const BETTER: &str = "staple under the moon";

/// Chooses a password and sets codes up: the cookie, the secret and the recovery code.
fn set_up(server: &Server, user: &str) -> (String, String, String) {
    let held = cookie(&enter(server, user, PASSWORD));
    let token = token(&server.page("/account/password", &held));
    let (old, new) = (PASSWORD.replace(' ', "+"), BETTER.replace(' ', "+"));
    let body = format!("form_token={token}&old={old}&new={new}&again={new}");
    post(server, "/account/password", &held, &body);
    let page = server.page("/account/codes", &held);
    let secret =
        page.body.split("class=\"tl-secret\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let body = format!("form_token={token}&code={}", code(&secret));
    let done = post(server, "/account/codes", &held, &body);
    let recovery = done.body.split("<li><code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    (cookie(&server.page("/account/ready", &held)), secret, recovery)
}

/// Adds somebody from the command line, with a password on standard input.
fn add(area: &Area, user: &str, agency: &str, role: &str) {
    let words =
        ["user", "add", user, "--db", area.db(), "--name", "Ruth", "--agency", agency, "--role", role];
    let mut child = throughline(&words).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn post(server: &Server, path: &str, cookie: &str, body: &str) -> Reply {
    server.send("POST", path, &[FORM, ("Cookie", cookie)], body)
}

fn cookie(reply: &Reply) -> String {
    reply
        .header("set-cookie")
        .unwrap_or_else(|| panic!("{}", reply.body))
        .split(';')
        .next()
        .unwrap()
        .to_owned()
}

fn enter(server: &Server, user: &str, password: &str) -> Reply {
    let password = password.replace(' ', "+");
    server.send("POST", "/sign-in/password", &[FORM], &format!("name={user}&password={password}"))
}

/// What the forms of a page send back.
fn token(page: &Reply) -> String {
    let at = page.body.find("name=\"form_token\" value=\"").unwrap_or_else(|| panic!("{}", page.body)) + 25;
    page.body[at..at + 32].to_owned()
}

fn code(secret: &str) -> String {
    let secret = data_encoding::BASE32_NOPAD.decode(secret.replace(' ', "").as_bytes()).unwrap();
    let secret = <[u8; 20]>::try_from(secret).unwrap();
    let totp = Builder::new().with_digits(6).with_skew(1).with_step_duration(30).with_secret(secret).build();
    totp.unwrap().generate(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()).to_string()
}

#[test]
fn the_first_person_of_a_real_area_chooses_a_password_and_sets_codes_up() {
    let area = Area::nowhere();
    run(&["init", "--db", area.db(), "--area", "Somewhere"], 0);
    add(&area, "ruth", "social_care", "head_of_safeguarding");
    let server = Server::start(&area);
    let first = enter(&server, "ruth", PASSWORD);
    assert_eq!(first.header("location"), Some("/account/set-up"), "{}", first.body);
    let held = cookie(&first);
    for page in ["/", "/search", "/account", "/staff", "/links"] {
        assert_eq!(server.page(page, &held).header("location"), Some("/account/set-up"), "{page}");
    }
    assert_eq!(server.send("GET", "/api/session", &[("Cookie", &held)], "").status, 403);

    let token = token(&server.page("/account/password", &held));
    let new = BETTER.replace(' ', "+");
    let old = PASSWORD.replace(' ', "+");
    let body = format!("form_token={token}&old={old}&new={new}&again={new}");
    assert_eq!(post(&server, "/account/password", &held, &body).header("location"), Some("/account/set-up"));

    let page = server.page("/account/codes", &held);
    let secret =
        page.body.split("class=\"tl-secret\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let picture = server.page("/account/codes/picture", &held);
    assert_eq!(picture.header("content-type"), Some("image/svg+xml"));
    assert!(picture.body.contains("<svg"));
    let wrong = post(&server, "/account/codes", &held, &format!("form_token={token}&code=12"));
    assert_eq!(wrong.status, 400);
    let used = code(&secret);
    let done = post(&server, "/account/codes", &held, &format!("form_token={token}&code={used}"));
    assert_eq!(done.status, 200, "{}", done.body);
    let recovery = done.body.split("<li><code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let ready = server.page("/account/ready", &held);
    assert_eq!(ready.header("location"), Some("/"));
    let held = cookie(&ready);
    assert_eq!(server.page("/account", &held).status, 200);
    let session = server.send("GET", "/api/session", &[("Cookie", &held)], "").json();
    assert_eq!(session["words"], serde_json::json!(["social_care", "safeguarding_lead"]));
    assert_eq!(
        (&session["rights"]["administers"], &session["rights"]["legal"]),
        (&true.into(), &false.into())
    );

    // From now on a code is asked for, and none counts twice.
    let next = enter(&server, "ruth", BETTER);
    assert_eq!(next.header("location"), Some("/sign-in/code"));
    let half = cookie(&next);
    assert_eq!(server.page("/account", &half).header("location"), Some("/sign-in"));
    assert_eq!(server.page("/account/codes", &half).header("location"), Some("/sign-in"));
    let again = post(&server, "/sign-in/code", &half, &format!("code={used}"));
    assert_eq!(again.status, 403);
    let lost = post(&server, "/sign-in/code", &half, &format!("code={recovery}"));
    assert_eq!(lost.header("location"), Some("/"), "{}", lost.body);
    assert_eq!(
        server.page("/account", &half).header("location"),
        Some("/sign-in"),
        "the half session is over"
    );
    assert_eq!(server.page("/account", &cookie(&lost)).status, 200);
}

#[test]
fn secrets_of_codes_are_sealed_with_a_key_outside_the_folder_of_the_area() {
    let area = Area::nowhere();
    run(&["init", "--db", area.db(), "--area", "Somewhere"], 0);
    add(&area, "ruth", "social_care", "head_of_safeguarding");
    let server = Server::start(&area);
    let (_, secret, _) = set_up(&server, "ruth");
    let secret = data_encoding::BASE32_NOPAD.decode(secret.replace(' ', "").as_bytes()).unwrap();
    run(&["backup", "--db", area.db(), "--out", &area.beside("copy")], 0);
    for file in ["area/staff.db", "area/staff.db-wal", "copy"] {
        let stored = std::fs::read(area.beside(file)).unwrap_or_default();
        assert!(!stored.windows(20).any(|some| some == secret), "{file}");
    }
    drop(server);

    // Restored elsewhere without its key nothing is served, and it is said what to do; with it, codes count as before.
    let again = area.beside("again");
    run(&["restore", &area.beside("copy"), "--db", &again], 0);
    let words = ["serve", "--db", again.as_str(), "--listen", "127.0.0.1:0"];
    let missing = run(&words, 3);
    let said = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(said.contains("again.key is not there") && said.contains("user reset"), "{said}");
    run(&["doctor", "--db", &again], 1);
    std::fs::copy(area.beside("area.key"), area.beside("again.key")).unwrap();
    run(&["doctor", "--db", &again], 0);
    std::fs::remove_file(area.beside("again.key")).unwrap();
    run(&["init", "--db", &area.beside("other"), "--area", "Other"], 0);
    std::fs::copy(area.beside("other.key"), area.beside("again.key")).unwrap();
    let another = run(&words, 3);
    assert!(String::from_utf8_lossy(&another.stderr).contains("is not the key that sealed"));
}

/// A page without the minute it was made in.
fn without_time(page: &str) -> String {
    page.lines().filter(|line| !line.trim_start().starts_with("Printed")).collect()
}

#[test]
fn whatever_is_wrong_the_answer_is_the_same() {
    let area = Area::empty();
    add(&area, "ruth", "police", "response_officer");
    add(&area, "closed", "police", "response_officer");
    run(&["user", "disable", "closed", "--db", area.db()], 0);
    let server = Server::start(&area);
    let answers: Vec<Reply> =
        [("ruth", "wrong"), ("nobody", PASSWORD), ("closed", PASSWORD), ("head", ""), ("'", "x")]
            .iter()
            .map(|(user, password)| enter(&server, user, password))
            .collect();
    for answer in &answers {
        assert_eq!(answer.status, 403);
        assert_eq!(without_time(&answer.body), without_time(&answers[0].body));
        assert!(answer.header("set-cookie").is_none());
    }
    // Too many tries are slowed down, and never locked out.
    let slow = (0..6).map(|_| enter(&server, "ruth", "x")).collect::<Vec<_>>();
    let last = slow.last().unwrap();
    assert_eq!(last.status, 429, "{}", last.body);
    let said = last.body.split("too many tries. Wait ").nth(1).unwrap().split(' ').next().unwrap();
    std::thread::sleep(std::time::Duration::from_secs(said.parse().unwrap()));
    assert_eq!(enter(&server, "ruth", PASSWORD).status, 303, "whoever waits as told comes in");
}

#[test]
fn a_passkey_that_was_not_asked_for_signs_nobody_in() {
    let area = Area::empty();
    add(&area, "ruth", "police", "response_officer");
    let server = Server::start(&area);
    let page = server.page("/sign-in/passkey", "");
    let field = |page: &Reply, name: &str| {
        let rest = page.body.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap().to_owned();
        rest.split('"').next().unwrap().to_owned()
    };
    let state = field(&page, "state");
    assert!(
        page.body.contains("data-origin=\"http://localhost:") && !page.body.contains("allowCredentials\":[{")
    );
    let invented = "%7B%22id%22%3A%22AAAA%22%2C%22rawId%22%3A%22AAAA%22%2C%22type%22%3A%22public-key%22%2C%22response%22%3A%7B\
                    %22authenticatorData%22%3A%22AAAA%22%2C%22clientDataJSON%22%3A%22e30%22%2C%22signature%22%3A%22AAAA%22%2C\
                    %22userHandle%22%3A%22AAAAAAAAAAAAAAAAAAAAAA%22%7D%7D";
    for body in ["".to_owned(), format!("state={state}"), format!("state={state}&answer={invented}")] {
        let reply = post(&server, "/sign-in/passkey", "", &body);
        assert_eq!(reply.status, 403, "{body}");
        assert!(reply.header("set-cookie").is_none());
    }
    // Guessing is slowed down here as well, and for whoever guesses alone.
    let slow = (0..6).map(|_| post(&server, "/sign-in/passkey", "", "answer=x").status).collect::<Vec<_>>();
    assert_eq!(slow.last(), Some(&429), "{slow:?}");
    let held = enter(&server, "ruth", PASSWORD);
    assert_eq!(held.status, 303, "{}", held.body);

    // Demonstration users have none, whoever has not chosen a password yet may not add one, and codes are not skipped.
    let head = server.sign_in("head");
    assert_eq!(server.page("/account/passkeys", &head).status, 404);
    let page = server.page("/account/passkeys", &cookie(&held));
    assert_eq!(page.header("location"), Some("/account/set-up"));
    let skipped =
        post(&server, "/sign-in/code/passkey", &cookie(&held), &format!("state={state}&answer={invented}"));
    assert_eq!(skipped.header("location"), Some("/sign-in"));
    drop(server);

    // Behind a proxy passkeys need the address that browsers use.
    let server = Server::start_with(&area, &["--behind-proxy"]);
    assert_eq!(server.page("/sign-in/passkey", "").status, 404);
    assert!(!server.page("/sign-in", "").body.contains("passkey"));
    drop(server);
    let server = Server::start_with(&area, &["--behind-proxy", "--address", "https://throughline.example"]);
    assert!(server.page("/sign-in/passkey", "").body.contains("data-origin=\"https://throughline.example\""));
    let words = ["serve", "--db", area.db(), "--address", "http://throughline.example"];
    let wrong = run(&words, 2);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("expected one like https://"));
}

#[test]
fn a_closed_account_and_another_role_end_every_session_at_once() {
    let area = Area::empty();
    add(&area, "ruth", "police", "response_officer");
    let server = Server::start(&area);
    let held = cookie(&enter(&server, "ruth", PASSWORD));
    let token = token(&server.page("/account/password", &held));
    let (old, new) = (PASSWORD.replace(' ', "+"), BETTER.replace(' ', "+"));
    let changed = post(
        &server,
        "/account/password",
        &held,
        &format!("form_token={token}&old={old}&new={new}&again={new}"),
    );
    assert_eq!(changed.header("location"), Some("/"), "{}", changed.body);
    let held = cookie(&changed);
    assert_eq!(server.page("/search", &held).status, 200);
    run(&["user", "role", "ruth", "police_researcher", "--db", area.db()], 0);
    assert_eq!(server.page("/search", &held).header("location"), Some("/sign-in"));
    let held = cookie(&enter(&server, "ruth", BETTER));
    let other = cookie(&enter(&server, "ruth", BETTER));
    assert_eq!(server.page("/search", &other).status, 200);
    run(&["user", "disable", "ruth", "--db", area.db()], 0);
    assert_eq!(server.page("/search", &held).header("location"), Some("/sign-in"));
    assert_eq!(server.send("GET", "/api/today", &[("Cookie", &held)], "").status, 401);
    run(&["user", "enable", "ruth", "--db", area.db()], 0);
    assert_eq!(server.page("/search", &held).header("location"), Some("/sign-in"), "what ended stays ended");
    run(&["user", "role", "ruth", "midwife", "--db", area.db()], 2);
}

#[test]
fn signing_out_everywhere_ends_every_session_and_clears_the_browser() {
    let area = Area::empty();
    let server = Server::start(&area);
    let (one, two) = (server.sign_in("head"), server.sign_in("head"));
    let token = token(&server.page("/account", &one));
    let out = post(&server, "/account/sign-out-everywhere", &one, &format!("form_token={token}"));
    assert_eq!(out.header("clear-site-data"), Some("\"cache\", \"cookies\", \"storage\""));
    for held in [&one, &two] {
        assert_eq!(server.page("/", held).header("location"), Some("/sign-in"));
    }
}

#[test]
fn what_was_sent_after_the_session_ended_is_kept_for_the_same_person() {
    let area = Area::empty();
    let server = Server::start(&area);
    let held = server.sign_in("head");
    let body = "form_token=old&query=Mill+Lane+14";
    run(&["user", "disable", "head", "--db", area.db()], 0);
    assert_eq!(post(&server, "/search", &held, body).header("location"), Some("/sign-in"));
    run(&["user", "enable", "head", "--db", area.db()], 0);
    let database = std::fs::read(format!("{}/staff.db", area.db())).unwrap();
    let log = std::fs::read(format!("{}/staff.db-wal", area.db())).unwrap_or_default();
    for stored in [database, log] {
        assert!(
            !String::from_utf8_lossy(&stored).contains("Mill Lane"),
            "a draft can be read in the database"
        );
    }
    let somebody = post(&server, "/sign-in", &held, "user=police");
    assert_eq!(somebody.header("location"), Some("/"), "nobody else sees it");
    assert_eq!(server.page("/draft", &cookie(&somebody)).status, 404);

    let held = server.sign_in("head");
    run(&["user", "disable", "head", "--db", area.db()], 0);
    post(&server, "/search", &held, body);
    run(&["user", "enable", "head", "--db", area.db()], 0);
    let back = post(&server, "/sign-in", &held, "user=head");
    assert_eq!(back.header("location"), Some("/draft"));
    let page = server.page("/draft", &cookie(&back));
    assert!(page.body.contains("Mill Lane 14") && page.body.contains("action=\"/search\""), "{}", page.body);
    let dropped = post(&server, "/draft", &cookie(&back), &format!("form_token={}", token(&page)));
    assert_eq!(dropped.status, 303);
    assert_eq!(server.page("/draft", &cookie(&back)).status, 404);
}

#[test]
fn a_session_that_timed_out_keeps_what_was_written_in_it() {
    let area = Area::empty();
    let named = throughline_store::Area { name: "Testshire".into(), kind: AreaKind::Invented };
    let staff = Staff::open(std::path::Path::new(area.db()), &named).unwrap();
    let now = i64::try_from(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let begin = |cookie: &str, minutes: i64, used: i64| {
        let hash = sha2::Sha256::digest(cookie).into();
        staff.begin(&hash, "head", now - minutes * 60_000, Stage::In, "token").unwrap();
        staff.used(&hash, now - used * 60_000).unwrap();
    };
    // Nobody used it for an hour; it began twelve hours ago; neither.
    begin("idle", 62, 61);
    begin("old", 12 * 60 + 1, 1);
    begin("fresh", 11 * 60, 58);
    drop(staff);
    let server = Server::start(&area);
    assert_eq!(server.page("/search", "throughline_session=fresh").status, 200);
    for cookie in ["throughline_session=idle", "throughline_session=old"] {
        let sent = post(&server, "/search", cookie, "form_token=token&query=Mill+Lane+14");
        assert_eq!(sent.header("location"), Some("/sign-in"), "{cookie}");
        let back = post(&server, "/sign-in", cookie, "user=head");
        assert_eq!(back.header("location"), Some("/draft"), "{cookie}");
        assert!(server.page("/draft", &self::cookie(&back)).body.contains("Mill Lane 14"));
    }
}

#[test]
fn administrators_add_people_and_nobody_else_does() {
    let area = Area::empty();
    let server = Server::start(&area);
    let head = server.sign_in("head");
    let token_of_head = token(&server.page("/staff/new", &head));
    let body = |token: &str, user: &str| {
        let password = PASSWORD.replace(' ', "+");
        format!("form_token={token}&user={user}&name=Sam&post=health%2Fgp&teams=North&password={password}")
    };
    let added = post(&server, "/staff/new", &head, &body(&token_of_head, "sam"));
    assert_eq!(added.header("location"), Some("/staff/sam"), "{}", added.body);
    assert_eq!(post(&server, "/staff/new", &head, &body(&token_of_head, "sam")).status, 400);
    let own = post(
        &server,
        "/staff/head",
        &head,
        &format!("form_token={token_of_head}&post=police%2Fresponse_officer"),
    );
    assert_eq!(own.status, 403, "nobody changes their own role");

    let police = server.sign_in("police");
    for page in ["/staff", "/staff/new", "/staff/sam"] {
        assert_eq!(server.page(page, &police).status, 403, "{page}");
    }
    let theirs = token(&server.page("/search", &police));
    for path in
        ["/staff/new", "/staff/sam", "/staff/sam/password", "/staff/sam/allocations", "/staff/sam/bars"]
    {
        assert_eq!(post(&server, path, &police, &body(&theirs, "eve")).status, 403, "{path}");
    }
    let listed = run(&["user", "list", "--db", area.db(), "--json"], 0);
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    let sam = listed.as_array().unwrap().iter().find(|one| one["user"] == "sam").unwrap();
    assert_eq!((&sam["role"], &sam["teams"][0]), (&"gp".into(), &"north".into()));
    assert!(listed.as_array().unwrap().iter().all(|one| one["user"] != "eve"));
}

#[test]
fn declaring_a_conflict_says_nothing_about_who_is_there() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let held = server.sign_in("police");
    let token = token(&server.page("/account/conflicts", &held));
    let someone = server.api("/people-causing-harm").json()["lines"][0]["profile"]["person"]
        .as_str()
        .unwrap()
        .to_owned();
    let person = server.api(&format!("/people/{someone}")).json()["person"].clone();
    let surname = person["names"][0]["name"]["surname"].as_str().unwrap().to_owned();
    let declare = |surname: &str, day: &str| {
        let body = format!(
            "form_token={token}&relationship=my+brother&surnames={surname}&born-day={day}&born-month=3&born-year=1985"
        );
        post(&server, "/account/conflicts", &held, &body)
    };
    let (there, not_there) = (declare(&surname, "1"), declare("Nobodythere", "1"));
    assert_eq!((there.status, &there.body), (not_there.status, &not_there.body));
    assert_eq!(declare("Pike", "31").header("location"), Some("/account/conflicts"));
    assert_eq!(declare("Pike", "32").status, 400);
}

#[test]
fn a_declared_conflict_is_ended_by_somebody_else_with_a_reason_that_stays() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let (head, police) = (server.sign_in("head"), server.sign_in("police"));
    let seen = |held: &str, id: &str| {
        server.send("GET", &format!("/api/people/{id}"), &[("Cookie", held)], "").status
    };
    let lines = server.api("/people-causing-harm").json()["lines"].as_array().unwrap().clone();
    let of = |line: &serde_json::Value| line["profile"]["person"].as_str().unwrap().to_owned();
    let about = |id: &str| server.api(&format!("/people/{id}")).json()["person"].clone();
    let born = |id: &str| about(id)["born"].as_str().map(str::to_owned).filter(|born| born.len() == 10);
    let found = lines.iter().map(of).find(|id| born(id).is_some() && seen(&police, id) == 200).unwrap();
    let surname = about(&found)["names"][0]["name"]["surname"].as_str().unwrap().to_owned();
    let born = born(&found).unwrap();
    let seen = |held: &str| seen(held, &found);
    let (year, rest) = born.split_once('-').unwrap();
    let (month, day) = rest.split_once('-').unwrap();
    assert_eq!(seen(&police), 200);
    let theirs = token(&server.page("/account/conflicts", &police));
    let body = format!(
        "form_token={theirs}&relationship=my+brother&surnames={surname}&born-day={day}&born-month={month}&born-year={year}"
    );
    assert_eq!(post(&server, "/account/conflicts", &police, &body).status, 303);
    assert_eq!(seen(&police), 404, "the conflict holds");

    let page = server.page("/staff/police", &head);
    assert!(page.body.contains("my brother") && !page.body.contains(&surname), "{}", page.body);
    let id = page.body.split("name=\"end\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let token_of_head = token(&page);
    let end = |held: &str, token: &str, whose: &str, reason: &str| {
        let body = format!("form_token={token}&end={id}&reason={reason}");
        post(&server, &format!("/staff/{whose}/conflicts"), held, &body).status
    };
    assert_eq!(end(&police, &theirs, "police", "mine"), 403, "nobody without the right");
    assert_eq!(end(&head, &token_of_head, "police", "+"), 400, "not without a reason");
    assert_eq!(end(&head, &token_of_head, "health", "x"), 404, "not somebody else's");
    assert_eq!(seen(&police), 404);
    assert_eq!(end(&head, &token_of_head, "police", "a+namesake"), 303);
    assert_eq!(seen(&police), 404, "one person is not enough");
    let release = |held: &str| {
        let page = server.page("/releases", held);
        page.body.split("/release/").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned())
    };
    assert_eq!(release(&police), None, "whom it keeps away is not told of it");
    let number = release(&head).unwrap();
    assert_eq!(end(&head, &token_of_head, "police", "again"), 303, "it is proposed once");
    assert_eq!(release(&head).unwrap(), number);
    let confirm = |held: &str| {
        let token = token(&server.page("/releases", held));
        let body = format!("form_token={token}&answer=confirm&reason=checked+the+birth+dates");
        post(&server, &format!("/release/{number}"), held, &body).status
    };
    assert_eq!(confirm(&police), 404);
    assert_eq!(confirm(&head), 403, "not whoever proposed it");
    assert_eq!(confirm(&server.sign_in("health")), 303);
    assert_eq!(end(&head, &token_of_head, "police", "again"), 404);
    assert_eq!(seen(&police), 200);
    let page = server.page("/staff/police", &head);
    assert!(page.body.contains("a namesake (ended by head)"), "{}", page.body);

    // One's own is for somebody else to end.
    let body = format!(
        "form_token={token_of_head}&relationship=my+brother&surnames=Pike&born-day=1&born-month=3&born-year=1985"
    );
    assert_eq!(post(&server, "/account/conflicts", &head, &body).status, 303);
    let own = server.page("/staff/head", &head);
    assert!(own.body.contains("Only another administrator can end it"));
    assert_eq!(end(&head, &token_of_head, "head", "x"), 403);
}

/// Every address the program answers to, as its table of contents lists them.
fn routes() -> Vec<String> {
    let of = |source: &str, before: &str| {
        let parts = source.split(".route(\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        parts.map(|path| format!("{before}{path}")).collect::<Vec<_>>()
    };
    let mut all = of(include_str!("../src/features/mod.rs"), "");
    all.extend(of(include_str!("../src/api/mod.rs"), "/api"));
    assert!(all.len() > 60, "{}", all.len());
    all.iter()
        .map(|path| path.replace("{id}", "P0000000000000000").replace("{seq}", "1").replace("{user}", "head"))
        .map(|path| path.replace("{*path}", "0/app.css"))
        .collect()
}

const HEADERS: [(&str, &str); 12] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("x-frame-options", "DENY"),
    ("x-permitted-cross-domain-policies", "none"),
    ("x-robots-tag", "noindex, nofollow"),
    ("x-dns-prefetch-control", "off"),
    ("cache-control", "no-store"),
    (
        "permissions-policy",
        "accelerometer=(), bluetooth=(), camera=(), display-capture=(), fullscreen=(), geolocation=(), gyroscope=(), \
         hid=(), magnetometer=(), microphone=(), midi=(), payment=(), screen-wake-lock=(), serial=(), usb=(), \
         web-share=(), xr-spatial-tracking=()",
    ),
];

#[test]
fn every_answer_of_every_address_carries_the_same_headers() {
    let area = Area::empty();
    let server = Server::start(&area);
    let held = server.sign_in("head");
    let mut routes = routes();
    routes.extend(["/nowhere", "/api/nowhere", "/%00", "/assets/", "/person/a%2Fb"].map(str::to_owned));
    // The rest of an answer may only be one of these.
    let others = [
        "content-type",
        "content-length",
        "date",
        "location",
        "allow",
        "vary",
        "set-cookie",
        "clear-site-data",
    ];
    let mut answers = 0;
    for path in &routes {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
            for signed_in in [false, true] {
                let mut headers = vec![FORM];
                if signed_in {
                    headers.push(("Cookie", held.as_str()));
                }
                let reply = server.send(method, path, &headers, "");
                let at = format!("{method} {path}, signed in: {signed_in}, {}", reply.status);
                assert!(reply.status < 500, "{at}");
                for (name, value) in HEADERS {
                    assert_eq!(reply.header(name), Some(value), "{name} of {at}");
                }
                for (name, _) in &reply.headers {
                    let known =
                        HEADERS.iter().any(|(known, _)| known == name) || others.contains(&name.as_str());
                    assert!(known || name == "connection", "{name} of {at}");
                }
                answers += 1;
            }
        }
    }
    assert!(answers > 1_000);
    let style = server.send("GET", "/sign-in", &[], "").body;
    let style = style.split("href=\"").find(|rest| rest.starts_with("/assets/") && rest.contains("app.css"));
    let style = server.send("GET", style.unwrap().split('"').next().unwrap(), &[], "");
    assert_eq!((style.status, style.header("content-security-policy")), (200, Some(HEADERS[0].1)));
    assert!(style.header("cache-control").unwrap().contains("immutable"));
}

#[test]
fn what_another_site_sends_is_refused_everywhere() {
    let area = Area::empty();
    let server = Server::start(&area);
    let held = server.sign_in("head");
    for path in routes() {
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            for from in [
                ("Sec-Fetch-Site", "cross-site"),
                ("Origin", "https://elsewhere.example"),
                ("Origin", "null"),
            ] {
                let reply = server.send(method, &path, &[FORM, ("Cookie", &held), from], "user=head");
                assert_eq!(reply.status, 403, "{method} {path} {from:?}");
                assert!(reply.header("set-cookie").is_none());
            }
        }
    }
}

#[test]
fn behind_a_proxy_the_cookie_is_bound_to_this_host_and_to_tls() {
    let area = Area::empty();
    let server = Server::start_with(&area, &["--behind-proxy"]);
    let reply = server.send("POST", "/sign-in", &[FORM], "user=head");
    let set = reply.header("set-cookie").unwrap();
    assert!(set.starts_with("__Host-throughline="), "{set}");
    for must in ["; Path=/", "; HttpOnly", "; SameSite=Strict", "; Secure"] {
        assert!(set.contains(must), "{set}");
    }
    assert!(!set.contains("Domain"));
    assert_eq!(reply.header("strict-transport-security"), Some("max-age=31536000; includeSubDomains"));
}

#[test]
fn a_safeguarding_lead_of_one_school_sees_the_families_of_its_pupils() {
    let area = Area::empty();
    let exports = area.sample(24, 7);
    area.ingest(&exports);
    let rolls = std::fs::read_dir(format!("{exports}/schools")).unwrap().map(|entry| entry.unwrap().path());
    let rolls = rolls.filter(|path| path.to_string_lossy().contains("pupils"));
    let texts: Vec<String> = rolls.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let rows = texts.iter().flat_map(|text| text.lines().skip(1));
    let mut pupils: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    rows.filter_map(|row| row.split(',').next()).for_each(|urn| *pupils.entry(urn).or_default() += 1);
    let (urn, _) =
        pupils.into_iter().filter(|(urn, _)| urn.len() == 6).max_by_key(|(_, many)| *many).unwrap();
    let server = Server::start(&area);
    let seen = |hand: &Hand<'_>| -> Vec<String> {
        let lines = hand.api("/children").json()["lines"].clone();
        let person = |line: &serde_json::Value| line["child"]["person"].as_str().unwrap().to_owned();
        lines.as_array().unwrap().iter().map(person).collect()
    };
    let before = seen(&Hand::of(&server, "school"));
    run(&["user", "units", "school", urn, "--db", area.db()], 0);
    let lead = Hand::of(&server, "school");
    let after = seen(&lead);
    assert!(!after.is_empty() && after.len() < before.len(), "{} of {}", after.len(), before.len());
    assert!(after.iter().all(|child| before.contains(child)));
    let elsewhere = before.iter().find(|child| !after.contains(child)).unwrap();
    assert_eq!(lead.page(&format!("/child/{elsewhere}")).status, 404);
    assert_eq!(lead.page(&format!("/person/{elsewhere}")).status, 404);
    let opened = after.iter().filter(|child| lead.page(&format!("/child/{child}")).status == 200);
    assert!(opened.count() > 0, "those on the roll are theirs");
    run(&["user", "units", "school", "--db", area.db()], 0);
    assert_eq!(seen(&Hand::of(&server, "school")), before, "none: they answer for the whole agency");

    let real = Area::nowhere();
    run(&["init", "--db", real.db(), "--area", "Realshire"], 0);
    let add = [
        "user",
        "add",
        "dsl",
        "--db",
        real.db(),
        "--name",
        "Tom Iqbal",
        "--agency",
        "schools",
        "--role",
        "designated_safeguarding_lead",
    ];
    let said = run(&add, 2);
    assert!(String::from_utf8_lossy(&said.stderr).contains("answers for schools"), "{said:?}");
}
