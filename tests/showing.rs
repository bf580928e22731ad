//! What may be seen: nobody without signing in, nothing of an area with real people, no kept place anywhere.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

mod program;

use program::{Area, Server, run, throughline};

const PAGES: [&str; 9] =
    ["/", "/search", "/harm", "/children", "/links", "/incoming", "/quarantine", "/directory", "/fact/1"];
const API: [&str; 8] = [
    "/today",
    "/people-causing-harm",
    "/children",
    "/links",
    "/incoming",
    "/incoming/aside",
    "/directory",
    "/facts/1",
];

#[test]
fn nobody_sees_anything_without_signing_in() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    for page in PAGES {
        let reply = server.send("GET", page, &[], "");
        assert_eq!((reply.status, reply.header("location")), (303, Some("/sign-in")), "{page}");
        assert!(reply.body.is_empty());
    }
    for address in API {
        let reply = server.send("GET", &format!("/api{address}"), &[], "");
        assert_eq!(reply.status, 401, "{address}");
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    }
    assert_eq!(server.send("GET", "/health", &[], "").status, 200);
}

#[test]
fn every_page_and_every_view_answers_and_carries_its_headers() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let cookie = server.sign_in("head");
    for page in PAGES {
        let reply = server.page(page, &cookie);
        assert!(reply.status == 200 || page == "/fact/1", "{page}: {}", reply.status);
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{page}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    }
    for address in API.iter().filter(|a| **a != "/facts/1") {
        assert_eq!(server.api(address).status, 200, "{address}");
    }
    let person = &server.api("/people-causing-harm").json()["lines"][0]["profile"]["person"];
    let id = person.as_str().unwrap();
    for address in
        [format!("/people/{id}"), format!("/people/{id}/why"), format!("/people-causing-harm/{id}")]
    {
        assert_eq!(server.api(&address).status, 200, "{address}");
    }
    assert_eq!(server.api("/people/P0000000000000000").status, 404);
    assert_eq!(server.page("/person/P0000000000000000", &cookie).status, 404);
}

/// Ids of a list of the API.
fn ids(server: &Server, path: &str, lines: &str, id: &str) -> Vec<String> {
    let list = server.api(path).json();
    list[lines]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l.pointer(id).unwrap().as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_page_of_everybody_answers() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let cookie = server.sign_in("head");
    let answers = |path: &str| {
        let reply = server.page(path, &cookie);
        assert_eq!(reply.status, 200, "{path}");
    };
    for person in ids(&server, "/people-causing-harm", "lines", "/profile/person") {
        answers(&format!("/harm/{person}"));
        answers(&format!("/person/{person}"));
        answers(&format!("/person/{person}/why"));
    }
    for child in ids(&server, "/children", "lines", "/child/person") {
        answers(&format!("/child/{child}"));
        answers(&format!("/person/{child}"));
    }
    let mut families = ids(&server, "/children", "lines", "/child/family");
    families.sort();
    families.dedup();
    for family in families.iter().filter(|f| !f.is_empty()) {
        answers(&format!("/family/{family}"));
        answers(&format!("/family/{family}?as_known_on=2026-01-01&known_to=police&person=&kind="));
        for incident in server.api(&format!("/families/{family}")).json()["incidents"].as_array().unwrap() {
            answers(&format!("/incident/{}", incident["sources"][0]["seq"]));
        }
    }
    for seq in (1..2_000).step_by(17) {
        let status = server.page(&format!("/fact/{seq}"), &cookie).status;
        assert!(matches!(status, 200 | 404), "fact {seq}: {status}");
    }
    for words in ["/help", "/accessibility", "/privacy", "/cookies", "/about-the-api"] {
        answers(words);
    }
    assert_eq!(server.page("/family/Fnone?as_known_on=yesterday", &cookie).status, 400);
    assert_eq!(server.page("/fact/999999999", &cookie).status, 404);
    let odd = server.page("/fact/abc", &cookie);
    assert!(odd.status == 400 && odd.body.contains("<h1"), "{}", odd.body);
    let odd = server.api("/facts/abc");
    assert_eq!((odd.status, odd.header("content-type")), (400, Some("application/problem+json")));
}

#[test]
fn a_form_from_elsewhere_is_refused() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let cookie = server.sign_in("head");
    let form = [("Cookie", cookie.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
    for (path, body) in
        [("/search", "query=Vole"), ("/quarantine/retry", ""), ("/sign-out", "form_token=guessed")]
    {
        assert_eq!(server.send("POST", path, &form, body).status, 400, "{path}");
    }
}

/// What the forms of this session send back.
fn form_token(server: &Server, cookie: &str) -> String {
    let page = server.page("/search", cookie).body;
    let at = page.find("name=\"form_token\" value=\"").unwrap() + 25;
    page[at..at + 32].to_owned()
}

#[test]
fn the_api_describes_itself() {
    let area = Area::empty();
    let server = Server::start(&area);
    let document = server.send("GET", "/api/openapi.json", &[], "").json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for address in API {
        let path = format!("/api{}", address.replace("/facts/1", "/facts/{seq}"));
        assert!(document["paths"][&path]["get"].is_object(), "{path} is not described");
    }
}

#[test]
fn an_area_with_real_people_shows_and_exports_nothing() {
    let area = Area::nowhere();
    run(&["init", "--db", area.db(), "--area", "Somewhere"], 0);
    let exports = area.sample(3, 1);
    area.ingest(&exports);
    for what in [
        "links",
        "people",
        "households",
        "incidents",
        "next-family",
        "critical-points",
        "patterns",
        "children",
    ] {
        let out = area.beside("out.csv");
        run(&["export", what, "--db", area.db(), "--out", &out], 3);
        assert!(!std::path::Path::new(&out).exists());
    }
    run(&["quarantine", "list", "--db", area.db(), "--json"], 3);
    let server = Server::start(&area);
    assert_eq!(server.api("/today").status, 401, "demonstration users are for invented areas");
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    assert_eq!(server.send("POST", "/sign-in", &form, "user=head").status, 404);
}

#[test]
fn the_server_stays_on_this_machine() {
    let area = Area::empty();
    let output = throughline(&["serve", "--db", area.db(), "--listen", "0.0.0.0:0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--behind-proxy"));
}

/// Every address of a refuge and every move-on address of the invented area, as written in its export.
fn kept_addresses(exports: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_path(format!("{exports}/services/refuge.csv")).unwrap();
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|h| h == name).unwrap();
    let (refuge, next) = (column("RefugeAddress"), column("MoveOnAddress"));
    let mut all: Vec<String> = reader
        .records()
        .filter_map(Result::ok)
        .flat_map(|row| [row.get(refuge).map(str::to_owned), row.get(next).map(str::to_owned)])
        .flatten()
        .filter(|address| address.len() > 8)
        .collect();
    all.sort();
    all.dedup();
    all
}

#[test]
fn no_kept_address_is_in_any_list_search_page_or_export() {
    let area = Area::empty();
    let exports = area.sample(40, 9);
    area.ingest(&exports);
    let kept = kept_addresses(&exports);
    assert!(!kept.is_empty());
    let mut seen = String::new();
    for what in [
        "links",
        "people",
        "households",
        "incidents",
        "next-family",
        "critical-points",
        "patterns",
        "children",
    ] {
        seen.push_str(&area.export(what));
    }
    assert!(!seen.contains("services/refuge.csv"), "the refuge's export is in no list");
    let server = Server::start(&area);
    let cookie = server.sign_in("head");
    for page in PAGES {
        seen.push_str(&server.page(page, &cookie).body);
    }
    for address in &kept {
        let typed = address.replace(' ', "+").replace(',', "%2C");
        let body = format!("form_token={}&query={typed}", form_token(&server, &cookie));
        let form = [("Cookie", cookie.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
        let found = server.send("POST", "/search", &form, &body).body;
        // The box shows what was typed; everything else must not.
        seen.push_str(&found.replacen(address, "", 2));
    }
    for entry in server.api("/links").json()["entries"].as_array().unwrap() {
        seen.push_str(&server.page(&format!("/links/{}", entry["id"].as_str().unwrap()), &cookie).body);
    }
    for line in server.api("/children").json()["lines"].as_array().unwrap() {
        let person = line["child"]["person"].as_str().unwrap();
        seen.push_str(&server.page(&format!("/person/{person}/part"), &cookie).body);
        seen.push_str(&server.api(&format!("/people/{person}")).body);
        if let Some(family) = line["child"]["family"].as_str().filter(|f| !f.is_empty()) {
            seen.push_str(&server.api(&format!("/families/{family}")).body);
            seen.push_str(&server.page(&format!("/family/{family}"), &cookie).body);
        }
    }
    for address in &kept {
        assert!(!seen.contains(address.as_str()), "a kept address can be seen");
        let street = address.split(',').next().unwrap();
        assert!(
            !seen.to_lowercase().contains(&street.to_lowercase()),
            "the street of a kept address can be seen"
        );
    }
}
