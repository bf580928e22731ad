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

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use program::{Area, Reply, Server, files_below, run, throughline};

/// Addresses that show no case data; everything else that the routers have must write before it shows.
const NO_CASE_DATA: [&str; 15] = [
    "/search",
    "/directory",
    "/help",
    "/accessibility",
    "/privacy",
    "/cookies",
    "/about-the-api",
    "/sign-in",
    "/sign-out",
    "/assets/{*path}",
    "/health",
    "/api/openapi.json",
    "/api/directory",
    "/quarantine/retry",
    "/looked/review",
];

/// Every address that is read with GET, as the routers have it.
fn read_paths() -> Vec<String> {
    let mut paths = Vec::new();
    for (file, below) in [("src/features/mod.rs", ""), ("src/api/mod.rs", "/api")] {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        for rest in text.split(".route(\"").skip(1) {
            let (path, rest) = rest.split_once('"').unwrap();
            if rest.trim_start_matches([',', ' ', '\n']).starts_with("get(") {
                paths.push(format!("{below}{path}"));
            }
        }
    }
    paths.retain(|path| !NO_CASE_DATA.contains(&path.as_str()));
    assert!(paths.len() > 35, "{paths:?}");
    paths
}

/// Every read path with ids that are there.
fn addresses(server: &Server) -> Vec<String> {
    let harm = server.api("/people-causing-harm").json()["lines"][0]["profile"].clone();
    let child = server.api("/children").json()["lines"][0]["child"].clone();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let family = text(&harm["families"][0]);
    let view = server.api(&format!("/families/{family}")).json();
    let incident = view["incidents"][0]["sources"][0]["seq"].to_string();
    let link = server.api("/links").json()["links"][0]["id"].as_str().unwrap_or("L0").to_owned();
    let aside = server.api("/incoming/aside").json();
    let aside = aside
        .pointer("/asides/0/seq")
        .or_else(|| aside.pointer("/rows/0/seq"))
        .map_or("1".to_owned(), ToString::to_string);
    let of = |path: &str| {
        let id = match path {
            p if p.contains("child") => text(&child["person"]),
            p if p.contains("famil") => family.clone(),
            p if p.contains("links") => link.clone(),
            _ => text(&harm["person"]),
        };
        let seq = match path {
            p if p.contains("quarantine") => &aside,
            _ => &incident,
        };
        path.replace("{id}", &id).replace("{seq}", seq).replace("{user}", "police")
    };
    read_paths().iter().map(|path| of(path)).collect()
}

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// Asks for every read path, as a page and through the API, and for a search.
fn everything(server: &Server, addresses: &[String], cookie: &str) -> Vec<(String, Reply)> {
    let mut replies: Vec<(String, Reply)> =
        addresses.iter().map(|path| (path.clone(), server.page(path, cookie))).collect();
    let json = [("Authorization", "Bearer head"), ("Content-Type", "application/json")];
    replies.push(("POST /api/search".to_owned(), server.send("POST", "/api/search", &json, "{\"q\":\"a\"}")));
    replies
}

/// What left although nothing could be written.
fn leaks(replies: &[(String, Reply)]) -> Vec<String> {
    let held = |reply: &Reply| {
        reply.status == 503 && reply.body.contains("Nothing can be shown")
            || reply.status == 503 && !reply.body.contains("/person/") && !reply.body.contains("/family/")
    };
    replies
        .iter()
        .filter(|(_, reply)| !held(reply))
        .map(|(path, reply)| format!("{path}: {}", reply.status))
        .collect()
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
fn nothing_is_shown_at_any_address_while_the_record_is_locked_or_gone() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let cookie = server.sign_in("head");
    let addresses = addresses(&server);
    for (path, reply) in everything(&server, &addresses, &cookie) {
        assert!(matches!(reply.status, 200 | 404), "{path}: {}", reply.status);
    }
    // Gone.
    let (there, away) = (format!("{}/looks.db", area.db()), area.beside("looks.away"));
    fs::rename(&there, &away).unwrap();
    assert_eq!(leaks(&everything(&server, &addresses, &cookie)), [] as [String; 0]);
    let reply = server.page(&addresses[0], &cookie);
    assert_eq!(reply.header("retry-after"), Some("5"));
    let reply = server.api("/today");
    assert_eq!((reply.status, reply.header("content-type")), (503, Some("application/problem+json")));
    run(&["export", "people", "--db", area.db(), "--out", &area.beside("people.csv")], 3);
    assert!(!Path::new(&area.beside("people.csv")).exists(), "a file left without an entry");
    fs::rename(&away, &there).unwrap();
    assert_eq!(server.api("/today").status, 200, "it goes on when the record is back");
    // Locked. Each answer waits two seconds for the lock, so they are asked for side by side.
    let held = hold(&area);
    let replies: Vec<(String, Reply)> = std::thread::scope(|scope| {
        let each: Vec<_> =
            addresses.iter().map(|path| scope.spawn(|| (path.clone(), server.page(path, &cookie)))).collect();
        each.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(leaks(&replies), [] as [String; 0]);
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
    let allowed = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        eprintln!(
            "this machine does not allow a disk of one's own; the limit on file sizes is tested instead"
        );
        return;
    }
    let mut server = Server::start_by(|address| {
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-c", script, env!("CARGO_BIN_EXE_throughline"), area.db(), address]);
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
    let cookie = server.sign_in("head");
    let addresses = addresses(&server);
    say("fill");
    // What the log still has room for is written, and may be shown.
    let full = (0..200).any(|_| server.page("/", &cookie).status == 503);
    assert!(full, "the disk never filled");
    assert_eq!(leaks(&everything(&server, &addresses, &cookie)), [] as [String; 0]);
    say("free");
    assert_eq!(server.page("/", &cookie).status, 200, "it goes on when there is room");
    drop(to);
    server.child().wait().unwrap();
}

#[test]
fn nothing_is_shown_at_any_address_when_writing_fails() {
    let area = Area::demonstration();
    let addresses = addresses(&Server::start(&area));
    // Files may not grow beyond a size: the disk says no in the middle of an entry.
    let script = "trap '' XFSZ; ulimit -f 80; exec \"$0\" serve --db \"$1\" --listen \"$2\" >/dev/null";
    let server = Server::start_by(|address| {
        let mut command = Command::new("sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_throughline"), area.db(), address]);
        command
    });
    let failed = (0..200).any(|_| server.api("/today").status == 503);
    assert!(failed, "writing never failed");
    let bearer = |path: &String| server.send("GET", path, &[("Authorization", "Bearer head")], "");
    let replies: Vec<(String, Reply)> = addresses.iter().map(|path| (path.clone(), bearer(path))).collect();
    assert_eq!(leaks(&replies), [] as [String; 0]);
}

/// How many answers with case data began to arrive before the server was killed, and how many entries there are.
fn killed(area: &Area, pause: u64, fault: bool) -> (u64, u64) {
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
    let (arrived, over) = (AtomicU64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    let Ok(mut stream) = TcpStream::connect(&address) else { break };
                    let ask = "GET /api/people-causing-harm HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer head\r\nConnection: close\r\n\r\n";
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

#[test]
fn killed_at_any_moment_no_answer_is_without_its_entry() {
    let area = Area::demonstration();
    let mut all = 0;
    for pause in [120, 230, 310, 420, 530, 640] {
        let (arrived, written) = killed(&area, pause, false);
        assert!(arrived <= written, "{arrived} answers, {written} entries");
        all += arrived;
    }
    assert!(all > 0, "nothing was asked before the server was killed");
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "the fault is not in a program built for use")]
fn a_program_that_skips_the_record_is_found() {
    let area = Area::demonstration();
    let (arrived, written) = killed(&area, 700, true);
    assert!(
        arrived > written,
        "{arrived} answers, {written} entries: this test would not see a missing entry"
    );
    let server = Server::start_by(|address| {
        let mut command = throughline(&["serve", "--db", area.db(), "--listen", address]);
        command.env("THROUGHLINE_FAULT", "skip-audit").stdout(Stdio::null());
        command
    });
    let cookie = server.sign_in("head");
    let addresses = addresses(&server);
    fs::rename(format!("{}/looks.db", area.db()), area.beside("looks.away")).unwrap();
    let found = leaks(&everything(&server, &addresses, &cookie));
    assert!(found.len() + 3 > addresses.len(), "only {} of {} are found", found.len(), addresses.len());
}

#[test]
fn each_page_says_rightly_what_was_done_and_only_another_agency_reads_it() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let person = server.api("/people-causing-harm").json()["lines"][0]["profile"]["person"]
        .as_str()
        .unwrap()
        .to_owned();
    let as_user = |user: &str, path: &str| {
        server.send("GET", path, &[("Authorization", &format!("Bearer {user}"))], "")
    };
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
    let person = server.api("/people-causing-harm").json()["lines"][0]["profile"]["person"]
        .as_str()
        .unwrap()
        .to_owned();
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
    let lines = server.api("/children").json()["lines"].clone();
    let mut people: Vec<String> =
        lines.as_array().unwrap().iter().map(|l| l["child"]["person"].as_str().unwrap().to_owned()).collect();
    people.sort();
    people.dedup();
    let open = |id: &str| {
        server.send("GET", &format!("/api/people/{id}"), &[("Authorization", "Bearer housing")], "").status
    };
    let statuses: Vec<u16> = people[..6].iter().map(|id| open(id)).collect();
    assert_eq!(
        statuses,
        [200, 200, 200, 200, 429, 429],
        "the fourth raises the alarm, what follows is stopped"
    );
    let json = [("Authorization", "Bearer housing"), ("Content-Type", "application/json")];
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
        (Some("housing"), Some(true))
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
