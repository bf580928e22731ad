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
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use program::{Area, Reply, Server, files_below, run, throughline};
use serde_json::Value;

/// Addresses that show no case data; everything else that the routers have must write before it answers.
const NO_CASE_DATA: [&str; 36] = [
    "GET /search",
    "GET /break-glass",
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
    "query=a&name=a&what=bulk_export&user=police&step=show&which=all&entries=1&entry=1&note=x";

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
    let words = "to=police&purpose=safeguarding_enquiry&cat-ID=yes&cat-INC=yes&reason=afraid&risk=standard";
    let asked = head.post(&format!("/person/{id}/ask"), &format!("name={name}&{words}"));
    assert_eq!(asked.header("location"), Some("/requests?done=asked"));
    let request = server.api("/requests").json()["asked"][0]["seq"].to_string();
    let answer = format!("who-{id}=yes&give-ID=minimum&give-INC=minimum&step=do&reason=needed");
    police.post(&format!("/request/{request}"), &answer);
    head.post(&format!("/request/{request}/copy"), "");
    head.post("/releases", &format!("what=bulk_export&words=one child&reason=report&person={id}"));
    let list = server.page("/releases", &head.cookie).body;
    let at = list.find("/release/").unwrap() + 9;
    (request, list[at..].split('"').next().unwrap().to_owned())
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
    let of = |verb: &'static str, route: &str| {
        let id = match route {
            p if p.contains("child") => text(&child["person"]),
            p if p.contains("famil") => family.clone(),
            p if p.contains("links") => link.clone(),
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
        let held = reply.status == 503 && reply.body.contains("Nothing can be shown");
        tells(ask, reply, marks) || (ask.shows_case_data() && !held)
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
    for user in ["head", "police", "housing"] {
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
    assert_eq!(reply.header("retry-after"), Some("5"));
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
    let of = |user: &str| looks.iter().filter(|look| look["by"]["user"] == user).count();
    assert_eq!(of("police"), 2, "{history}");
    assert_eq!(of("head"), 0, "nobody reviews their own agency");
    assert!(looks.iter().all(|look| look["act"] == "detail_opened" && look["why"] != ""));
    let worker = as_user("head", "/api/looked/workers/police").json();
    let acts: Vec<&str> =
        worker["looks"].as_array().unwrap().iter().map(|l| l["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["refused", "detail_opened", "detail_opened"]);
    assert_eq!(as_user("police", "/api/looked/workers/police").json()["looks"].as_array().unwrap().len(), 0);
    for path in ["/api/looked".to_owned(), format!("/api/looked/people/{person}")] {
        assert_eq!(as_user("housing", &path).status, 403, "{path}");
    }
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
    as_user("probation", &format!("/api/families/{family}"));
    let mine = as_user("police", "/api/looked/mine").json();
    let new: Vec<&str> = mine["families"][0]["new"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["by"]["user"].as_str().unwrap())
        .collect();
    assert!(new.contains(&"probation") && !new.contains(&"police"), "{mine}");
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

/// What the forms of this session send back.
fn form_token(server: &Server, cookie: &str) -> String {
    let page = server.page("/search", cookie).body;
    let at = page.find("name=\"form_token\" value=\"").unwrap() + 25;
    page[at..at + 32].to_owned()
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
    assert_eq!(server.page("/person/P0000000000000000/break-glass", &cookie).status, 404);
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
