//! Audit before bytes, in one place: around every address. The answer is made and held; what was opened for it is
//! written and flushed; only then does it leave. Where that fails, what leaves is a page that says so.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::body::HttpBody;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use throughline_domain::ids::PersonId;
use throughline_domain::looks::{Act, Entry, Look, Looker, Pace};
use throughline_domain::sharing::Viewer;

use super::collector::{Collector, Gathered};
use super::routes::{About, Route, Shows};
use super::ties;
use crate::features::{App, Problem, aside};
use crate::intake::Clock;

/// People whom one entry names beside those it is about.
const MOST_NAMED: usize = 500;

/// Holds every answer until its entries are on the disk.
pub async fn before_bytes(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let route = Route::of(&request);
    let collector = Arc::new(Collector::default());
    request.extensions_mut().insert(Arc::clone(&collector));
    request.extensions_mut().insert(route.clone());
    let answer = next.run(request).await;
    let gathered = collector.close();
    // A body that is still being made could open things after this was written.
    let whole = answer.body().size_hint().exact().is_some();
    match written(&app, &route, gathered, answer.status(), whole).await {
        Ok(()) => answer,
        Err(why) => {
            drop(answer);
            crate::cli::log(&format!("an answer was held back: {why}"));
            let problem = Problem::Unwritten;
            let mut instead = if route.api { problem.document() } else { problem.into_response() };
            instead.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            instead
        }
    }
}

/// Writes what an answer shows, or says why it may not leave.
async fn written(
    app: &Arc<App>,
    route: &Route,
    gathered: Gathered,
    status: StatusCode,
    whole: bool,
) -> Result<(), String> {
    let (by, opened) = (gathered.by.clone(), gathered.opened);
    let nothing = matches!(route.shows, Some(Shows::Nothing));
    if opened > 0 && (nothing || by.is_none()) {
        return Err(format!("`{}` is said to show nothing, and opened something", route.page));
    }
    if !whole {
        return Err(format!("`{}` answers piece by piece", route.page));
    }
    let mut entries = gathered.extra.clone();
    match (route.shows, by) {
        // Nobody is signed in, or the page shows no case data.
        (_, None) | (Some(Shows::Nothing), _) => {}
        (None, _) => return Err(format!("nobody said what `{}` shows", route.page)),
        (Some(shows), Some(by)) => {
            let (app, route) = (Arc::clone(app), route.clone());
            entries.extend(off(move || looks(&app, shows, &route, gathered, status, by)).await?);
        }
    }
    if entries.is_empty() || skipped() {
        return Ok(());
    }
    let app = Arc::clone(app);
    off(move || app.audit.append(entries).map(drop).map_err(|error| error.to_string())).await
}

/// Does something away from the threads that answer.
async fn off<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err("the writing was interrupted".to_owned()))
}

/// A fault that tests put in to show that they find it; not in a program that is built for use.
fn skipped() -> bool {
    cfg!(debug_assertions) && std::env::var_os("THROUGHLINE_FAULT").is_some_and(|fault| fault == "skip-audit")
}

/// The entries of one answer.
fn looks(
    app: &App,
    shows: Shows,
    route: &Route,
    gathered: Gathered,
    status: StatusCode,
    by: Looker,
) -> Result<Vec<Entry>, String> {
    let now = Clock::now().received;
    let refused = matches!(status.as_u16(), 401 | 403 | 404 | 429);
    let (act, about) = match shows {
        Shows::Case(act, about) => (act, about),
        Shows::Search => (Act::ResultsShown, About::List),
        Shows::Glass => {
            let broke = gathered.extra.iter().any(|entry| matches!(entry, Entry::Glass(_)));
            (if broke { Act::BrokeGlass } else { Act::Refused }, About::Id)
        }
        Shows::Nothing => (Act::Refused, About::List),
    };
    let people: BTreeSet<PersonId> = match about {
        About::Id => route.id.clone().into_iter().chain(gathered.about.clone()).collect(),
        About::Opened => &gathered.people | &gathered.about,
        About::Said => gathered.about.clone(),
        About::List => BTreeSet::new(),
    };
    let named: Vec<PersonId> =
        gathered.shown.unwrap_or(gathered.people).difference(&people).cloned().collect();
    let whose = gathered.sight.as_deref().map(|sight| ties::Whose::of(sight, &gathered.own_case));
    let tie = ties::at(app, &by, &people, whose.as_ref(), now).map_err(|error| error.to_string())?;
    let look = Look {
        at: now,
        by,
        act: if refused { Act::Refused } else { gathered.act.unwrap_or(act) },
        purpose: gathered.purpose,
        page: route.page.clone(),
        named_beyond: named.len().saturating_sub(MOST_NAMED) as u64,
        named: named.into_iter().take(MOST_NAMED).collect(),
        people: people.into_iter().collect(),
        families: gathered.families.into_iter().collect(),
        incidents: gathered.incidents.into_iter().collect(),
        facts: gathered.facts.into_iter().collect(),
        categories: gathered.categories.into_iter().collect(),
        rules: gathered.rules.into_iter().collect(),
        tie,
        account: String::new(),
        reason: gathered.reason,
        typed: if shows == Shows::Search { String::new() } else { gathered.typed.clone() },
    };
    let mut entries = Vec::new();
    if shows == Shows::Search {
        let (named, families) = (Vec::new(), Vec::new());
        let searched = Look { act: Act::Searched, typed: gathered.typed, named, families, ..look.clone() };
        entries.push(Entry::Look(Look {
            incidents: Vec::new(),
            facts: Vec::new(),
            named_beyond: 0,
            ..searched
        }));
    }
    entries.extend(app.audit.alarm(&look));
    entries.push(Entry::Look(look));
    Ok(entries)
}

/// Lets somebody in who signed in: notes who asks, and holds back who opens more people than work explains.
pub async fn admit(parts: &Parts, app: &Arc<App>, viewer: &Viewer) -> Result<Arc<Collector>, Problem> {
    let missing = || Problem::Broken("a page is outside the layer that writes down who looked".to_owned());
    let collector = parts.extensions.get::<Arc<Collector>>().cloned().ok_or_else(missing)?;
    let route = parts.extensions.get::<Route>().ok_or_else(missing)?;
    let by = Looker::from(viewer);
    collector.begin(by.clone());
    // Glass always breaks, and what shows nothing is no look.
    if matches!(route.shows, Some(Shows::Glass | Shows::Nothing)) || route.page.contains("/looked") {
        return Ok(collector);
    }
    let audit = Arc::clone(app);
    let pace = aside(move || Ok(audit.audit.pace(&by, Clock::now().received)?)).await?;
    match pace {
        Pace::Free => {}
        Pace::Slowed => {
            let seconds = app.audit.settings.scraping.slowed_by_seconds;
            tokio::time::sleep(Duration::from_secs(seconds.into())).await;
        }
        Pace::Blocked => return Err(Problem::TooMany),
    }
    Ok(collector)
}
