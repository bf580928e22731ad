//! Who looked is written down before anything is shown, or nothing is shown: through the real program, at every address
//! the routers have, with the record made to fail in every way that can be made here. The same checks find the fault
//! when a program that skips the record is put before them.
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
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use program::{Area, Reply, Server, run, throughline};
use serde_json::Value;

/// Addresses that show no case data; everything else that the routers have must write before it answers.
const NO_CASE_DATA: [&str; 47] = [
    "GET /search",
    "GET /break-glass",
    "GET /person/{id}/break-glass",
    "GET /can-i-share",
    "POST /can-i-share",
    "GET /directory",
    "GET /help",
    "GET /accessibility",
    "GET /privacy",
    "GET /cookies",
    "GET /about-the-api",
    "GET /sign-in",
    "POST /sign-in",
    "POST /sign-in/password",
    "GET /sign-in/code",
    "POST /sign-in/code",
    "GET /hidden",
    "POST /draft",
    "GET /account",
    "GET /account/set-up",
    "GET /account/password",
    "POST /account/password",
    "GET /account/codes",
    "POST /account/codes",
    "GET /account/codes/picture",
    "GET /account/ready",
    "GET /account/confirm",
    "POST /account/confirm",
    "GET /account/details",
    "POST /account/details",
    "GET /account/passkeys",
    "POST /account/passkeys",
    "POST /account/passkeys/remove",
    "POST /account/confirm/passkey",
    "POST /sign-in/code/passkey",
    "GET /sign-in/passkey",
    "POST /sign-in/passkey",
    "GET /sign-in/agency/{id}",
    "GET /sign-in/agency/{id}/back",
    "GET /sign-in/agency/{id}/out",
    "GET /staff",
    "GET /staff/new",
    "POST /staff/new",
    "POST /staff/{user}/password",
    "GET /health",
    "GET /assets/{*path}",
    "GET /api/openapi.json",
];
/// The same through the API, and what ends the session that asks.
const NOR_THESE: [&str; 5] = [
    "GET /api/session",
    "POST /api/share/decide",
    "GET /api/directory",
    "POST /sign-out",
    "POST /account/sign-out-everywhere",
];

/// One thing to ask for.
struct Ask {
    /// As the routers have it, with its verb.
    route: String,
    verb: &'static str,
    path: String,
    body: String,
}

impl Ask {
    fn shows_case_data(&self) -> bool {
        !NO_CASE_DATA.contains(&self.route.as_str()) && !NOR_THESE.contains(&self.route.as_str())
    }
}

/// Every address with its verbs, as the routers have it.
fn routes() -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    for (file, below) in [("src/features/mod.rs", ""), ("src/api/mod.rs", "/api")] {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let text = text.split(".fallback(").next().unwrap().to_owned();
        for rest in text.split(".route(\"").skip(1) {
            let (path, rest) = rest.split_once('"').unwrap();
            let verbs = [("GET", "get("), ("POST", "post(")].into_iter();
            let there: Vec<_> = verbs.filter(|(_, word)| rest.contains(word)).collect();
            assert!(!there.is_empty(), "{path} has no verb that this test knows");
            all.extend(there.into_iter().map(|(verb, _)| (verb, format!("{below}{path}"))));
        }
    }
    assert!(all.len() > 100, "{}", all.len());
    all
}

/// Somebody signed in, with what their forms send back.
struct Hand<'s> {
    server: &'s Server,
    user: &'static str,
    cookie: String,
    token: String,
}

impl<'s> Hand<'s> {
    fn of(server: &'s Server, user: &'static str) -> Self {
        let cookie = server.sign_in(user);
        let token = form_token(server, &cookie);
        Self { server, user, cookie, token }
    }

    fn ask(&self, ask: &Ask) -> Reply {
        let bearer = format!("Bearer {}", self.user);
        let (server, body) = (self.server, format!("form_token={}&{}", self.token, ask.body));
        match (ask.path.starts_with("/api/"), ask.verb) {
            (true, "POST") => {
                let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
                server.send("POST", &ask.path, &headers, &ask.body)
            }
            (true, verb) => server.send(verb, &ask.path, &[("Authorization", &bearer)], ""),
            // Signing in ends the session that the browser holds.
            (false, "POST") if ask.path.starts_with("/sign-in") => {
                server.send("POST", &ask.path, &[FORM], &body)
            }
            (false, "POST") => server.send("POST", &ask.path, &[("Cookie", &self.cookie), FORM], &body),
            (false, verb) => server.send(verb, &ask.path, &[("Cookie", &self.cookie)], ""),
        }
    }

    fn post(&self, path: &str, body: &str) -> Reply {
        let (path, body) = (path.to_owned(), body.replace(' ', "+"));
        let reply = self.ask(&Ask { route: String::new(), verb: "POST", path, body });
        assert_eq!(reply.status, 303, "{}", reply.body);
        reply
    }
}

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// What every form is sent: enough to be answered with a page, too little to be done.
const FILLED: &str =
    "query=a&name=a&what=bulk_export&list=children&user=police&step=show&which=all&entries=1&entry=1&note=x";

/// Somebody of whom both agencies hold records.
fn of_both(server: &Server, agencies: [&str; 2]) -> (String, String) {
    let lines = server.api("/children").json()["lines"].as_array().unwrap().clone();
    let people = lines.iter().map(|line| line["child"]["person"].as_str().unwrap().to_owned());
    let mut views = people.map(|id| server.api(&format!("/people/{id}")).json()["person"].clone());
    let both = |person: &Value| agencies.iter().all(|of| person["records"][of].as_u64().unwrap_or(0) > 0);
    let person = views.find(both).expect("somebody of both");
    (person["id"].as_str().unwrap().to_owned(), person["name"].as_str().unwrap().to_owned())
}

/// A request that was answered with a copy and opened, and a release that waits: what they are called.
fn asked_and_answered(server: &Server) -> (String, String) {
    let (head, police) = (Hand::of(server, "head"), Hand::of(server, "police"));
    let (id, name) = of_both(server, ["police", "social_care"]);
    let words = "to=police&purpose=check_section_47&cat-ID=yes&cat-INC=yes&reason=afraid&risk=standard";
    let asked = head.post(&format!("/person/{id}/ask"), &format!("name={name}&{words}"));
    assert_eq!(asked.header("location"), Some("/requests?done=asked"));
    let request = server.api("/requests").json()["asked"][0]["seq"].to_string();
    let answer = format!("who-{id}=yes&give-ID=minimum&give-INC=minimum&step=do&reason=needed");
    police.post(&format!("/request/{request}"), &answer);
    head.post(&format!("/request/{request}/copy"), "");
    head.post(
        "/releases",
        &format!("what=bulk_export&list=children&words=one child&reason=report&person={id}"),
    );
    let list = server.page("/releases", &head.cookie).body;
    let at = list.find("/release/").unwrap() + 9;
    (request, list[at..].split('"').next().unwrap().to_owned())
}

/// A child with a place that is kept, where the area has one.
fn with_a_kept_place(server: &Server) -> Option<String> {
    let lines = server.api("/children").json()["lines"].as_array().unwrap().clone();
    let mut people = lines.iter().map(|line| line["child"]["person"].as_str().unwrap().to_owned());
    people.find(|id| {
        let person = server.api(&format!("/people/{id}")).json()["person"].clone();
        let mut homes = person["residences"].as_array().unwrap().iter();
        homes.any(|home| home["place"].get("kept").is_some())
    })
}

/// Every address of the routers with ids that are there.
fn everything(server: &Server) -> Vec<Ask> {
    let harm = server.api("/people-causing-harm").json()["lines"][0]["profile"].clone();
    let child = server.api("/children").json()["lines"][0]["child"].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let family = text(&harm["families"][0]);
    let view = server.api(&format!("/families/{family}")).json();
    let incident = view["incidents"][0]["sources"][0]["seq"].to_string();
    let link = server.api("/links").json()["links"][0]["id"].as_str().unwrap_or("L0").to_owned();
    let aside = server.api("/incoming/aside").json();
    let aside = aside
        .pointer("/asides/0/seq")
        .or_else(|| aside.pointer("/rows/0/seq"))
        .map_or("1".to_owned(), ToString::to_string);
    let (request, release) = asked_and_answered(server);
    let kept = with_a_kept_place(server).unwrap_or_else(|| text(&harm["person"]));
    let of = |verb: &'static str, route: &str| {
        let id = match route {
            p if p.contains("child") => text(&child["person"]),
            p if p.contains("famil") => family.clone(),
            p if p.contains("links") => link.clone(),
            p if p.contains("kept-place") => kept.clone(),
            _ => text(&harm["person"]),
        };
        let seq = match route {
            p if p.contains("quarantine") => &aside,
            p if p.contains("/request") => &request,
            p if p.contains("/release") => &release,
            _ => &incident,
        };
        let body = match route {
            "/api/search" => "{\"q\":\"a\"}",
            "/api/share/decide" => "{}",
            p if p.starts_with("/api/") => "{\"reason\":\"She rang and says he is at the door\"}",
            p if p.ends_with("/kept-place") => {
                "place=1&purpose=imminent_threat&risk=imminent&reason=he+knows+the+street"
            }
            _ => FILLED,
        };
        let path = route.replace("{id}", &id).replace("{seq}", seq).replace("{user}", "police");
        let path = path.replace("{*path}", "none.css");
        Ask { route: format!("{verb} {route}"), verb, path, body: body.to_owned() }
    };
    let mut all: Vec<Ask> = routes().iter().map(|(verb, route)| of(verb, route)).collect();
    all.retain(|ask| !ask.route.ends_with("/sign-out") && !ask.route.ends_with("/sign-out-everywhere"));
    for named in NO_CASE_DATA.iter().chain(&NOR_THESE[..3]) {
        assert!(all.iter().any(|ask| ask.route == *named), "there is no {named}");
    }
    all
}

/// Names and ids of people of the area: what must not leave without an entry.
fn marks(server: &Server) -> BTreeSet<String> {
    fn gather(value: &Value, marks: &mut BTreeSet<String>) {
        match value {
            Value::Array(all) => all.iter().for_each(|one| gather(one, marks)),
            Value::Object(all) => all.values().for_each(|one| gather(one, marks)),
            Value::String(text) => {
                let is_id = text.len() == 17 && text.starts_with(['P', 'F']);
                if is_id && text[1..].bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    marks.insert(text.clone());
                }
            }
            _ => {}
        }
    }
    let mut marks = BTreeSet::new();
    for path in ["/people-causing-harm", "/children", "/today"] {
        gather(&server.api(path).json(), &mut marks);
    }
    for line in server.api("/people-causing-harm").json()["lines"].as_array().unwrap() {
        let person = line["profile"]["person"].as_str().unwrap();
        marks.insert(
            server.api(&format!("/people/{person}")).json()["person"]["name"].as_str().unwrap().into(),
        );
    }
    assert!(marks.len() > 20, "{marks:?}");
    marks
}

/// Whether an answer says anything of anybody, beyond what the address asked for says itself.
fn tells(ask: &Ask, reply: &Reply, marks: &BTreeSet<String>) -> bool {
    let head: String = reply.headers.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("\n");
    let mut said = marks.iter().filter(|mark| !ask.path.contains(mark.as_str()));
    said.any(|mark| reply.body.contains(mark) || head.contains(mark))
}

/// What left although nothing could be written, each as one line.
fn leaks<'a>(replies: impl IntoIterator<Item = (&'a Ask, Reply)>, marks: &BTreeSet<String>) -> Vec<String> {
    let leaked = |(ask, reply): &(&Ask, Reply)| {
        // Where the disk fails, the session may be what cannot be noted first: that shows nothing either.
        tells(ask, reply, marks) || (ask.shows_case_data() && reply.status < 500)
    };
    replies
        .into_iter()
        .filter(leaked)
        .map(|(ask, reply)| format!("{}: {}", ask.route, reply.status))
        .collect()
}

/// Asks for everything, one after another.
fn walk<'a>(hand: &Hand<'_>, all: &'a [Ask]) -> Vec<(&'a Ask, Reply)> {
    all.iter().map(|ask| (ask, hand.ask(ask))).collect()
}

/// Asks for everything side by side.
fn walk_at_once<'a>(hand: &Hand<'_>, all: &'a [Ask]) -> Vec<(&'a Ask, Reply)> {
    std::thread::scope(|scope| {
        let each: Vec<_> = all.iter().map(|ask| (ask, scope.spawn(move || hand.ask(ask)))).collect();
        each.into_iter().map(|(ask, one)| (ask, one.join().unwrap())).collect()
    })
}

/// A connection to the record beside the program's.
fn beside(area: &Area) -> rusqlite::Connection {
    rusqlite::Connection::open(format!("{}/looks.db", area.db())).unwrap()
}

/// Entries that are on the disk at this moment.
fn written(record: &rusqlite::Connection) -> i64 {
    record.query_row("SELECT COUNT(*) FROM looks", [], |row| row.get(0)).unwrap()
}

/// Holds the record as another program does that writes for long.
fn hold(area: &Area) -> rusqlite::Connection {
    let held = rusqlite::Connection::open(format!("{}/looks.db", area.db())).unwrap();
    held.execute_batch("BEGIN EXCLUSIVE").unwrap();
    held
}

fn entries(area: &Area) -> u64 {
    let said = String::from_utf8(run(&["verify", "--db", area.db()], 0).stdout).unwrap();
    let line = said.lines().find(|line| line.contains("who looked")).unwrap();
    line.split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn whatever_tells_of_anybody_has_its_entry_on_the_disk() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let (all, marks, record) = (everything(&server), marks(&server), beside(&area));
    let mut telling = 0;
    for user in ["head", "police", "housing", "health"] {
        let hand = Hand::of(&server, user);
        for ask in &all {
            let before = written(&record);
            let reply = hand.ask(ask);
            assert_ne!(reply.status, 503, "{user}: {}: {}", ask.route, reply.body);
            if tells(ask, &reply, &marks) {
                assert!(ask.shows_case_data(), "{user}: {} tells of somebody", ask.route);
                assert!(written(&record) > before, "{user}: {} has no entry", ask.route);
                telling += 1;
            }
        }
    }
    assert!(telling > 80, "only {telling} answers told of anybody: this test sees too little");
    run(&["verify", "--db", area.db()], 0);
}

#[test]
fn nothing_is_shown_at_any_address_while_the_record_cannot_be_written() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let (all, marks) = (everything(&server), marks(&server));
    let nothing = [] as [String; 0];
    let (head, housing) = (Hand::of(&server, "head"), Hand::of(&server, "housing"));
    // Gone.
    let (there, away) = (format!("{}/looks.db", area.db()), area.beside("looks.away"));
    fs::rename(&there, &away).unwrap();
    assert_eq!(leaks(walk(&head, &all), &marks), nothing, "gone");
    assert_eq!(leaks(walk(&housing, &all), &marks), nothing, "gone");
    let reply = server.page("/", &head.cookie);
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("5")));
    assert!(reply.body.contains("Nothing can be shown"), "{}", reply.body);
    let reply = server.api("/today");
    assert_eq!((reply.status, reply.header("content-type")), (503, Some("application/problem+json")));
    run(&["export", "people", "--db", area.db(), "--out", &area.beside("people.csv")], 3);
    assert!(!Path::new(&area.beside("people.csv")).exists(), "a file left without an entry");
    fs::rename(&away, &there).unwrap();
    assert_eq!(server.api("/today").status, 200, "it goes on when the record is back");
    // The database says no to each entry, and its end does not agree with its chain: neither is written past.
    for (broken, mended) in [
        ("CREATE TRIGGER no BEFORE INSERT ON looks BEGIN SELECT RAISE(ABORT, 'no'); END", "DROP TRIGGER no"),
        ("UPDATE looks_head SET length = length + 1", "UPDATE looks_head SET length = length - 1"),
    ] {
        beside(&area).execute_batch(broken).unwrap();
        assert_eq!(leaks(walk(&head, &all), &marks), nothing, "{broken}");
        beside(&area).execute_batch(mended).unwrap();
        assert_eq!(server.api("/today").status, 200, "{mended}");
    }
    // Locked. Each answer waits two seconds for the lock, so they are asked for side by side.
    let held = hold(&area);
    assert_eq!(leaks(walk_at_once(&head, &all), &marks), nothing, "locked");
    drop(held);
    assert_eq!(server.api("/today").status, 200);
    run(&["verify", "--db", area.db()], 0);
}

#[test]
fn nothing_is_shown_at_any_address_when_the_disk_is_full() {
    let area = Area::demonstration();
    // A small disk of its own, which goes with the process.
    let script = "mkdir \"$1.small\" && mount -t tmpfs -o size=300m tmpfs \"$1.small\" && cp -r \"$1\"/. \"$1.small\" || exit 9
        \"$0\" serve --db \"$1.small\" --listen \"$2\" >/dev/null &
        while read word; do
            case $word in
                fill) dd if=/dev/zero of=\"$1.small/filler\" bs=4096 2>/dev/null ;;
                free) rm \"$1.small/filler\" ;;
            esac
            echo done
        done
        kill $!";
    let allowed =
        Command::new("unshare").args(["-rmp", "--fork", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        eprintln!(
            "this machine does not allow a disk of one's own; the limit on file sizes is tested instead"
        );
        return;
    }
    let mut server = Server::start_by(|address| {
        let mut command = Command::new("unshare");
        command.args([
            "-rmp",
            "--fork",
            "--kill-child",
            "sh",
            "-c",
            script,
            env!("CARGO_BIN_EXE_throughline"),
            area.db(),
            address,
        ]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command
    });
    let mut to = server.child().stdin.take().unwrap();
    let mut from = BufReader::new(server.child().stdout.take().unwrap());
    let mut say = |word: &str| {
        writeln!(to, "{word}").unwrap();
        let mut line = String::new();
        from.read_line(&mut line).unwrap();
        assert_eq!(line, "done\n");
    };
    let (all, marks, head) = (everything(&server), marks(&server), Hand::of(&server, "head"));
    let cookie = head.cookie.clone();
    say("fill");
    // What the log still has room for is written, and may be shown.
    let full = (0..200).any(|_| server.page("/", &cookie).status == 503);
    assert!(full, "the disk never filled");
    assert_eq!(leaks(walk(&head, &all), &marks), [] as [String; 0]);
    say("free");
    assert_eq!(server.page("/", &cookie).status, 200, "it goes on when there is room");
    drop(to);
    server.child().wait().unwrap();
}

#[test]
fn nothing_is_shown_at_any_address_when_writing_fails() {
    let area = Area::demonstration();
    let first = Server::start(&area);
    let (mut all, marks, token) = (everything(&first), marks(&first), Hand::of(&first, "head"));
    let (cookie, token) = (token.cookie.clone(), token.token.clone());
    drop(first);
    // Files may not grow beyond a size: the disk says no in the middle of an entry.
    let script = "trap '' XFSZ; ulimit -f 80; exec \"$0\" serve --db \"$1\" --listen \"$2\" >/dev/null";
    let server = Server::start_by(|address| {
        let mut command = Command::new("sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_throughline"), area.db(), address]);
        command
    });
    let failed = (0..200).any(|_| server.api("/today").status == 503);
    assert!(failed, "writing never failed");
    // The other databases cannot grow either: what is done there fails in its own way, and shows nothing.
    all.retain(|ask| ask.verb == "GET");
    let head = Hand { server: &server, user: "head", cookie, token };
    assert_eq!(leaks(walk(&head, &all), &marks), [] as [String; 0]);
}

/// How many answers with case data began to arrive before the server was killed, and how many entries there are.
fn killed(area: &Area, paths: &[String], pause: u64, fault: bool) -> (u64, u64) {
    let before = entries(area);
    let mut server = Server::start_by(|address| {
        let mut command = throughline(&["serve", "--db", area.db(), "--listen", address]);
        if fault {
            command.env("THROUGHLINE_FAULT", "skip-audit");
        }
        command.stdout(Stdio::null());
        command
    });
    let address = server.url().trim_start_matches("http://").to_owned();
    let (arrived, over, next) = (AtomicU64::new(0), AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    let Ok(mut stream) = TcpStream::connect(&address) else { break };
                    let path = &paths[next.fetch_add(1, Ordering::Relaxed) % paths.len()];
                    let ask = format!(
                        "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer head\r\nConnection: close\r\n\r\n"
                    );
                    let mut bytes = Vec::new();
                    if stream.write_all(ask.as_bytes()).is_err() {
                        break;
                    }
                    drop(stream.read_to_end(&mut bytes));
                    arrived.fetch_add(u64::from(bytes.starts_with(b"HTTP/1.1 200")), Ordering::Relaxed);
                }
            });
        }
        std::thread::sleep(Duration::from_millis(pause));
        server.child().kill().unwrap();
        over.store(true, Ordering::Relaxed);
    });
    drop(server);
    (arrived.into_inner(), entries(area) - before)
}

/// Every address that is read and tells of somebody, for the head of safeguarding.
fn telling(area: &Area) -> Vec<String> {
    let server = Server::start(area);
    let (all, marks, head) = (everything(&server), marks(&server), Hand::of(&server, "head"));
    let read = all.iter().filter(|ask| ask.verb == "GET" && ask.shows_case_data());
    let telling = read.filter(|ask| {
        let bearer = [("Authorization", "Bearer head")];
        let reply = head.server.send("GET", &ask.path, &bearer, "");
        reply.status == 200 && tells(ask, &reply, &marks)
    });
    let paths: Vec<String> = telling.map(|ask| ask.path.clone()).collect();
    assert!(paths.len() > 25, "{paths:?}");
    paths
}

#[test]
fn killed_at_any_moment_no_answer_is_without_its_entry() {
    let area = Area::demonstration();
    let paths = telling(&area);
    let mut all = 0;
    for pause in [120, 230, 310, 420, 530, 640, 910] {
        let (arrived, written) = killed(&area, &paths, pause, false);
        assert!(arrived <= written, "{arrived} answers, {written} entries");
        all += arrived;
    }
    assert!(all > 0, "nothing was asked before the server was killed");
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "the fault is not in a program built for use")]
fn a_program_that_skips_the_record_is_found() {
    let area = Area::demonstration();
    let paths = telling(&area);
    let (arrived, written) = killed(&area, &paths, 900, true);
    assert!(
        arrived > written,
        "{arrived} answers, {written} entries: this test would not see a missing entry"
    );
    let server = Server::start_by(|address| {
        let mut command = throughline(&["serve", "--db", area.db(), "--listen", address]);
        command.env("THROUGHLINE_FAULT", "skip-audit").stdout(Stdio::null());
        command
    });
    let (all, marks, head) = (everything(&server), marks(&server), Hand::of(&server, "head"));
    fs::rename(format!("{}/looks.db", area.db()), area.beside("looks.away")).unwrap();
    let found = leaks(walk(&head, &all), &marks);
    let expected = all.iter().filter(|ask| ask.shows_case_data() && ask.verb == "GET").count();
    assert!(found.len() >= expected - 3, "only {} of {expected} are found: {found:?}", found.len());
}

/// What the forms of this session send back.
fn form_token(server: &Server, cookie: &str) -> String {
    let page = server.page("/search", cookie).body;
    let at = page.find("name=\"form_token\" value=\"").unwrap() + 25;
    page[at..at + 32].to_owned()
}
