//! Every address there is to ask, and some that there are not. The API's come from its own OpenAPI document too, so that
//! a new one is asked without a change here; pages are listed here.

use serde_json::Value;

/// What stands in the place of `{}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Nothing.
    Nothing,
    /// Somebody.
    Person,
    /// A family.
    Family,
    /// A fact.
    Fact,
    /// A link to decide.
    Link,
    /// A request between agencies.
    Request,
    /// What needs two people to leave.
    Release,
    /// Somebody's account.
    User,
}

/// One address.
#[derive(Clone, Debug)]
pub struct Route {
    /// Its path with `{}`.
    pub path: String,
    /// What `{}` is.
    pub of: Of,
    /// Whether it is the API's.
    pub api: bool,
}

const PAGES: &[(&str, Of)] = &[
    ("/", Of::Nothing),
    ("/search", Of::Nothing),
    ("/work", Of::Nothing),
    ("/calendar", Of::Nothing),
    ("/whose-is-it", Of::Nothing),
    ("/links", Of::Nothing),
    ("/can-i-share", Of::Nothing),
    ("/requests", Of::Nothing),
    ("/requests/ask", Of::Nothing),
    ("/releases", Of::Nothing),
    ("/harm", Of::Nothing),
    ("/children", Of::Nothing),
    ("/children?show=gap", Of::Nothing),
    ("/incoming", Of::Nothing),
    ("/quarantine", Of::Nothing),
    ("/directory", Of::Nothing),
    ("/account", Of::Nothing),
    ("/account/details", Of::Nothing),
    ("/account/conflicts", Of::Nothing),
    ("/staff", Of::Nothing),
    ("/staff/new", Of::Nothing),
    ("/draft", Of::Nothing),
    ("/help", Of::Nothing),
    ("/privacy", Of::Nothing),
    ("/about-the-api", Of::Nothing),
    ("/hidden", Of::Nothing),
    ("/suggest?q=zq", Of::Nothing),
    ("/autocomplete?q=zq", Of::Nothing),
    ("/export/people.csv", Of::Nothing),
    ("/figures", Of::Nothing),
    ("/people", Of::Nothing),
    ("/.well-known/security.txt", Of::Nothing),
    ("/person/{}", Of::Person),
    ("/person/{}/why", Of::Person),
    ("/person/{}/part", Of::Person),
    ("/person/{}/protect", Of::Person),
    ("/person/{}/ask", Of::Person),
    ("/person/{}/looks", Of::Person),
    ("/person/{}/export", Of::Person),
    ("/harm/{}", Of::Person),
    ("/harm/{}/risk", Of::Person),
    ("/harm/{}/next-family", Of::Person),
    ("/child/{}", Of::Person),
    ("/family/{}", Of::Family),
    ("/family/{}?as_known_on=2026-06-01", Of::Family),
    ("/family/{}?known_to=police", Of::Family),
    ("/family/{}/figures", Of::Family),
    ("/incident/{}", Of::Fact),
    ("/fact/{}", Of::Fact),
    ("/quarantine/{}", Of::Fact),
    ("/request/{}", Of::Request),
    ("/request/{}/copy", Of::Request),
    ("/request/{}/withdraw", Of::Request),
    ("/release/{}", Of::Release),
    ("/release/{}/papers", Of::Release),
    ("/links/proposal/{}", Of::Fact),
    ("/links/{}", Of::Link),
    ("/staff/{}", Of::User),
];

const UNLISTED: &[(&str, Of)] = &[
    ("/api/openapi.json", Of::Nothing),
    ("/api/export/people", Of::Nothing),
    ("/api/suggest?q=zq", Of::Nothing),
    ("/api/people", Of::Nothing),
    ("/api/families", Of::Nothing),
    ("/api/figures", Of::Nothing),
    ("/api/children?show=gap", Of::Nothing),
    ("/api/people/{}/records", Of::Person),
    ("/api/families/{}?as_known_on=2026-06-01", Of::Family),
    ("/api/families/{}?known_to=police", Of::Family),
];

/// All addresses, with those that the server's own document adds.
#[must_use]
pub fn all(document: &Value) -> Vec<Route> {
    let page = |&(path, of): &(&str, Of)| Route { path: path.to_owned(), of, api: false };
    let api = |&(path, of): &(&str, Of)| Route { path: path.to_owned(), of, api: true };
    let mut routes: Vec<Route> = PAGES.iter().map(page).chain(UNLISTED.iter().map(api)).collect();
    for path in document.get("paths").and_then(Value::as_object).into_iter().flat_map(|paths| paths.keys()) {
        let of = match path.as_str() {
            path if path.contains("/links/{id}") => Of::Link,
            path if path.contains("/families/") => Of::Family,
            path if path.contains("/requests/{") => Of::Request,
            path if path.contains("{seq}") => Of::Fact,
            path if path.contains('{') => Of::Person,
            _ => Of::Nothing,
        };
        let path = path.replace("{id}", "{}").replace("{seq}", "{}");
        routes.push(Route { path, of, api: true });
    }
    routes
}

/// Verbs that a server may be asked with.
pub const VERBS: &[&str] = &["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];
