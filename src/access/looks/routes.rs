//! What each address shows, so that the record says rightly what somebody did. An address that is not here shows
//! nothing: its answers are refused until somebody says what it shows.

use axum::extract::{MatchedPath, Request};
use throughline_domain::ids::PersonId;
use throughline_domain::looks::Act;

/// Whom an address is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The person whose id it holds.
    Id,
    /// Everybody it opens.
    Opened,
    /// Those the feature says; it names others too.
    Said,
    /// Nobody: it is a list, in which people are named.
    List,
}

/// What an address shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// No case data: no entry, and nothing may be opened for it.
    Nothing,
    /// Case data.
    Case(Act, About),
    /// What was typed, and what was found.
    Search,
    /// Case data that must be reached however many others somebody opened: broken glass.
    Glass,
}

use About::{Id, List, Opened, Said};
use Act::{Decided, DetailOpened, ResultsShown, Reviewed, SummaryOpened};
use Shows::{Case, Glass, Nothing, Search};

/// Every address with its methods.
const ROUTES: &[(&str, &str, Shows)] = &[
    ("GET", "/", Case(ResultsShown, List)),
    ("GET", "/work", Case(ResultsShown, List)),
    ("GET", "/calendar", Case(ResultsShown, List)),
    ("GET", "/whose-is-it", Case(SummaryOpened, Opened)),
    ("POST", "/whose-is-it", Case(Decided, Said)),
    ("GET", "/search", Nothing),
    ("POST", "/search", Search),
    ("GET", "/person/{id}", Case(DetailOpened, Id)),
    ("GET", "/person/{id}/why", Case(DetailOpened, Id)),
    ("GET", "/person/{id}/kept-place", Case(SummaryOpened, Id)),
    ("POST", "/person/{id}/kept-place", Case(SummaryOpened, Id)),
    ("GET", "/person/{id}/part", Case(DetailOpened, Id)),
    ("POST", "/person/{id}/part", Case(Decided, Id)),
    ("GET", "/person/{id}/protect", Case(DetailOpened, Id)),
    ("POST", "/person/{id}/protect", Case(Decided, Id)),
    ("GET", "/break-glass", Nothing),
    ("POST", "/break-glass", Glass),
    ("GET", "/person/{id}/break-glass", Nothing),
    ("POST", "/person/{id}/break-glass", Glass),
    ("GET", "/links", Case(ResultsShown, List)),
    ("GET", "/links/{id}", Case(DetailOpened, Opened)),
    ("POST", "/links/{id}", Case(Decided, Opened)),
    ("GET", "/links/proposal/{seq}", Case(DetailOpened, Opened)),
    ("POST", "/links/proposal/{seq}", Case(Decided, Opened)),
    ("GET", "/can-i-share", Nothing),
    ("POST", "/can-i-share", Nothing),
    ("GET", "/requests", Case(ResultsShown, List)),
    ("GET", "/requests/ask", Case(SummaryOpened, List)),
    ("POST", "/requests/ask", Case(Decided, List)),
    ("GET", "/person/{id}/ask", Case(SummaryOpened, Id)),
    ("POST", "/person/{id}/ask", Case(Decided, Id)),
    ("GET", "/request/{seq}", Case(DetailOpened, Said)),
    ("POST", "/request/{seq}", Case(Decided, Said)),
    ("POST", "/request/{seq}/withdraw", Case(Decided, Said)),
    ("GET", "/request/{seq}/copy", Case(DetailOpened, Said)),
    ("POST", "/request/{seq}/copy", Case(Decided, Said)),
    ("GET", "/releases", Case(ResultsShown, List)),
    ("POST", "/releases", Case(Decided, Said)),
    ("GET", "/release/{seq}", Case(DetailOpened, Said)),
    ("POST", "/release/{seq}", Case(Decided, Said)),
    ("GET", "/release/{seq}/papers", Case(DetailOpened, Said)),
    ("POST", "/release/{seq}/papers", Case(Decided, Said)),
    ("GET", "/harm", Case(ResultsShown, List)),
    ("GET", "/harm/{id}", Case(DetailOpened, Id)),
    ("GET", "/harm/{id}/risk", Case(DetailOpened, Id)),
    ("POST", "/harm/{id}/risk", Case(Decided, Id)),
    ("GET", "/harm/{id}/next-family", Case(DetailOpened, Id)),
    ("POST", "/harm/{id}/next-family", Case(Decided, Id)),
    ("GET", "/family/{id}", Case(DetailOpened, Opened)),
    ("GET", "/incident/{seq}", Case(DetailOpened, Opened)),
    ("GET", "/children", Case(ResultsShown, List)),
    ("GET", "/child/{id}", Case(DetailOpened, Id)),
    ("GET", "/fact/{seq}", Case(DetailOpened, Opened)),
    ("GET", "/incoming", Case(SummaryOpened, List)),
    ("GET", "/quarantine", Case(ResultsShown, List)),
    ("GET", "/quarantine/{seq}", Case(DetailOpened, Opened)),
    ("POST", "/quarantine/{seq}", Case(Decided, Opened)),
    ("POST", "/quarantine/retry", Case(Decided, List)),
    ("GET", "/looked", Case(Reviewed, List)),
    ("GET", "/looked/mine", Case(Reviewed, List)),
    ("GET", "/looked/person/{id}", Case(Reviewed, Id)),
    ("GET", "/looked/worker/{user}", Case(Reviewed, List)),
    ("POST", "/looked/review", Case(Reviewed, List)),
    ("POST", "/looked/let-go-on", Case(Reviewed, List)),
    ("GET", "/directory", Nothing),
    ("GET", "/help", Nothing),
    ("GET", "/accessibility", Nothing),
    ("GET", "/privacy", Nothing),
    ("GET", "/cookies", Nothing),
    ("GET", "/about-the-api", Nothing),
    ("GET", "/sign-in", Nothing),
    ("POST", "/sign-in", Nothing),
    ("POST", "/sign-in/password", Nothing),
    ("GET", "/sign-in/code", Nothing),
    ("POST", "/sign-in/code", Nothing),
    ("POST", "/sign-in/code/passkey", Nothing),
    ("GET", "/sign-in/passkey", Nothing),
    ("POST", "/sign-in/passkey", Nothing),
    ("GET", "/sign-in/agency/{id}", Nothing),
    ("GET", "/sign-in/agency/{id}/back", Nothing),
    ("GET", "/sign-in/agency/{id}/out", Nothing),
    ("POST", "/sign-out", Nothing),
    ("GET", "/hidden", Nothing),
    // What somebody was writing may be about anybody.
    ("GET", "/draft", Case(SummaryOpened, List)),
    ("POST", "/draft", Nothing),
    ("GET", "/account", Nothing),
    ("GET", "/account/set-up", Nothing),
    ("GET", "/account/password", Nothing),
    ("POST", "/account/password", Nothing),
    ("GET", "/account/codes", Nothing),
    ("POST", "/account/codes", Nothing),
    ("GET", "/account/codes/picture", Nothing),
    ("GET", "/account/ready", Nothing),
    ("GET", "/account/confirm", Nothing),
    ("POST", "/account/confirm", Nothing),
    ("POST", "/account/confirm/passkey", Nothing),
    ("GET", "/account/passkeys", Nothing),
    ("POST", "/account/passkeys", Nothing),
    ("POST", "/account/passkeys/remove", Nothing),
    ("POST", "/account/sign-out-everywhere", Nothing),
    ("GET", "/account/details", Nothing),
    ("POST", "/account/details", Nothing),
    // Declaring is written like opening the page: reviewers need not learn that somebody declared something.
    ("GET", "/account/conflicts", Case(ResultsShown, List)),
    ("POST", "/account/conflicts", Case(ResultsShown, List)),
    ("GET", "/staff", Nothing),
    ("GET", "/staff/new", Nothing),
    ("POST", "/staff/new", Nothing),
    // Whom somebody works with, and from whom they are kept.
    ("GET", "/staff/{user}", Case(ResultsShown, List)),
    ("POST", "/staff/{user}", Case(Decided, List)),
    ("POST", "/staff/{user}/password", Nothing),
    ("POST", "/staff/{user}/allocations", Case(Decided, List)),
    ("POST", "/staff/{user}/bars", Case(Decided, List)),
    ("POST", "/staff/{user}/conflicts", Case(Decided, List)),
    ("GET", "/assets/{*path}", Nothing),
    ("GET", "/health", Nothing),
    ("GET", "/api/openapi.json", Nothing),
    ("GET", "/api/session", Nothing),
    ("GET", "/api/today", Case(ResultsShown, List)),
    ("GET", "/api/work", Case(ResultsShown, List)),
    ("GET", "/api/calendar", Case(ResultsShown, List)),
    ("POST", "/api/search", Search),
    ("GET", "/api/people/{id}", Case(DetailOpened, Id)),
    ("GET", "/api/people/{id}/why", Case(DetailOpened, Id)),
    ("GET", "/api/people/{id}/part", Case(DetailOpened, Id)),
    ("POST", "/api/share/decide", Nothing),
    ("GET", "/api/requests", Case(ResultsShown, List)),
    ("GET", "/api/requests/{seq}", Case(DetailOpened, Said)),
    ("GET", "/api/links", Case(ResultsShown, List)),
    ("GET", "/api/links/{id}", Case(DetailOpened, Opened)),
    ("GET", "/api/links/proposals/{seq}", Case(DetailOpened, Opened)),
    ("GET", "/api/people-causing-harm", Case(ResultsShown, List)),
    ("GET", "/api/people-causing-harm/{id}", Case(DetailOpened, Id)),
    ("GET", "/api/people-causing-harm/{id}/risk", Case(DetailOpened, Id)),
    ("GET", "/api/people-causing-harm/{id}/next-families", Case(DetailOpened, Id)),
    ("GET", "/api/families/{id}", Case(DetailOpened, Opened)),
    ("GET", "/api/incidents/{seq}", Case(DetailOpened, Opened)),
    ("GET", "/api/children", Case(ResultsShown, List)),
    ("GET", "/api/children/{id}", Case(DetailOpened, Id)),
    ("GET", "/api/facts/{seq}", Case(DetailOpened, Opened)),
    ("GET", "/api/incoming", Case(SummaryOpened, List)),
    ("GET", "/api/incoming/aside", Case(ResultsShown, List)),
    ("POST", "/api/people/{id}/break-glass", Glass),
    ("GET", "/api/looked", Case(Reviewed, List)),
    ("GET", "/api/looked/mine", Case(Reviewed, List)),
    ("GET", "/api/looked/people/{id}", Case(Reviewed, Id)),
    ("GET", "/api/looked/workers/{user}", Case(Reviewed, List)),
    ("GET", "/api/directory", Nothing),
];

/// The address of one request.
#[derive(Clone, Debug)]
pub struct Route {
    /// As the router has it, without ids; empty where it has none.
    pub page: String,
    /// What it shows; `None` where nobody said.
    pub shows: Option<Shows>,
    /// The id in it.
    pub id: Option<PersonId>,
    /// Whether problems are answered as documents.
    pub api: bool,
}

impl Route {
    /// The address a request was matched with.
    pub fn of(request: &Request) -> Self {
        let path = request.uri().path();
        let method = if request.method() == "HEAD" { "GET" } else { request.method().as_str() };
        let page = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
        // What no address matches is answered with the page that says so.
        let shows = if page.is_empty() { Some(Shows::Nothing) } else { shows(method, page) };
        Self { page: page.to_owned(), shows, id: id_in(page, path), api: path.starts_with("/api/") }
    }
}

fn shows(method: &str, page: &str) -> Option<Shows> {
    // The framework answers other methods by itself: with a status and no body.
    let known = ROUTES.iter().filter(|(_, path, _)| *path == page);
    let found = known.clone().find(|(verb, _, _)| *verb == method).map(|(_, _, shows)| *shows);
    // Other addresses of the API fall back to a problem document.
    found.or_else(|| (known.count() > 0 || page.starts_with("/api/{*")).then_some(Shows::Nothing))
}

/// The id in a path. What is typed there may be anything: only what looks like an id is kept.
fn id_in(page: &str, path: &str) -> Option<PersonId> {
    let at = page.split('/').position(|part| part == "{id}")?;
    let id = path.split('/').nth(at)?;
    let sound = (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    sound.then(|| id.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Addresses as a router's text has them.
    fn addresses(text: &str, below: &str) -> Vec<String> {
        let parts = text.split(".route(\"").skip(1);
        parts.map(|rest| format!("{below}{}", rest.split('"').next().unwrap())).collect()
    }

    #[test]
    fn every_address_of_the_routers_says_what_it_shows_and_no_other_does() {
        let mut all = addresses(include_str!("../../features/mod.rs"), "");
        all.extend(addresses(include_str!("../../api/mod.rs"), "/api"));
        assert!(all.len() > 40);
        for address in &all {
            assert!(
                ROUTES.iter().any(|(_, path, _)| path == address),
                "{address} does not say what it shows"
            );
        }
        for (_, path, _) in ROUTES {
            assert!(all.iter().any(|address| address == path), "there is no {path}");
        }
    }

    #[test]
    fn only_what_looks_like_an_id_is_kept() {
        let id = |path: &str| id_in("/person/{id}/why", path).map(|id| id.to_string());
        assert_eq!(id("/person/P0a/why").as_deref(), Some("P0a"));
        assert_eq!(id("/person/Ann%20Vole/why"), None);
        assert_eq!(id_in("/harm", "/harm"), None);
    }
}
