//! What people can do here: one file per capability, with its question, its view, its page and its API.
//! This file is the table of contents: every address the program answers to.

pub mod account;
mod agency;
pub mod became;
pub mod calendar;
pub mod child;
pub mod directory;
mod draft;
pub mod fact;
pub mod family;
pub mod glass;
pub mod harm;
pub mod incident;
pub mod incoming;
pub mod kept_place;
mod known;
pub mod links;
mod lists;
pub mod looked;
pub mod looking;
pub mod next_family;
mod papers;
pub mod passkeys;
pub mod person;
mod problem;
pub mod releases;
pub mod requests;
pub mod risk;
pub mod search;
pub mod share;
mod sign_in;
mod staff;
pub mod today;
mod words;
pub mod work;

mod asking;

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use throughline_domain::looks::Looker;
use throughline_domain::picture::Kept;
use throughline_domain::sharing::{Door, Viewer};
use throughline_feeds::FeedBook;
use throughline_sharing::Policies;
use throughline_store::{Store, StoreError};

use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::access::looks::layer::before_bytes;
use crate::access::looks::{Audit, Explained};
use crate::access::{self, Accounts, Agencies, Sight, Site, Standings, Watch};
use crate::derive::{self, DeriveError};
use crate::intake::Clock;
use crate::shelf::{self, Derived};
use crate::{api, web};

pub use asking::{Asking, aside};
pub use problem::Problem;

/// What every request can reach.
pub struct App {
    /// The area.
    pub store: Store,
    /// Who looked.
    pub audit: Arc<Audit>,
    /// What explains their looks.
    pub explained: Explained,
    /// Who can sign in and is signed in.
    pub accounts: Accounts,
    /// Whom they must not see and who is theirs.
    pub standings: Standings,
    /// How files are read.
    pub book: FeedBook,
    /// How pictures are drawn.
    pub settings: throughline_domain::picture::Settings,
    /// What is asked about risk, and the levels that can be judged.
    pub risk: risk::Rules,
    /// What goes with papers that two people agreed on.
    pub papers: throughline_domain::request::Papers,
    /// By when work must be done.
    pub work: throughline_domain::work::Working,
    /// How records are linked.
    pub linkage: throughline_linkage::Settings,
    /// The folder of the area.
    pub folder: PathBuf,
    /// Which agencies sign their people in themselves.
    pub agencies: Agencies,
    /// Who sees what, as of the last fact it was read from.
    watch: RwLock<(u64, Arc<Watch>)>,
    /// Told when facts have come that are not in the picture yet.
    pub changed: tokio::sync::Notify,
    /// Addresses that must be kept, as of the last fact they were read from.
    kept: RwLock<(u64, Arc<Kept>)>,
    /// Whether browsers reach us through TLS.
    pub secure: bool,
    /// The address under which they know us, where there is one.
    pub site: Option<Site>,
}

impl App {
    /// An area ready to serve.
    pub fn new(store: Store, folder: &std::path::Path, secure: bool) -> Result<Self, DeriveError> {
        let wrong = |e: &dyn std::fmt::Display| DeriveError::Settings(e.to_string());
        let audit = Arc::new(Audit::open(&store, folder).map_err(|e| wrong(&e))?);
        let accounts = Accounts::open(folder, &store.area()).map_err(|e| wrong(&e))?.told_to(audit.clone());
        accounts.unlock().map_err(|e| wrong(&e))?;
        Ok(Self {
            agencies: Agencies::open(folder, &accounts.roles).map_err(|e| wrong(&e))?,
            accounts,
            audit,
            explained: Explained::default(),
            standings: Standings::default(),
            book: FeedBook::built_in().map_err(|e| wrong(&e))?,
            settings: throughline_domain::picture::Settings::built_in().map_err(|e| wrong(&e))?,
            risk: risk::Rules::open(folder).map_err(|e| wrong(&e))?,
            papers: papers::rules(folder).map_err(|e| wrong(&e))?,
            work: work::open(folder).map_err(|e| wrong(&e))?,
            linkage: crate::derive::linkage_settings()?,
            watch: RwLock::new((
                store.heads()?.last_seq(),
                Arc::new(access::watch(&store).map_err(DeriveError::Settings)?),
            )),
            store,
            folder: folder.to_owned(),
            changed: tokio::sync::Notify::new(),
            kept: RwLock::default(),
            secure,
            site: None,
        })
    }

    /// Known to browsers under an address.
    pub fn known_as(self, address: Option<String>) -> Result<Self, access::NotASite> {
        let site = address.map(|address| Site::of(&address, &self.store.area().name)).transpose()?;
        Ok(Self { site, ..self })
    }
}

impl App {
    /// What somebody sees of the picture as it stands: nobody they are barred from, what is theirs, and for whom they
    /// broke glass.
    pub fn sight(&self, viewer: &Viewer) -> Result<Sight, Problem> {
        let (kept, watch) = (self.kept()?, self.watch()?);
        // Somebody of a role that nobody had when the picture was drawn: it is drawn for them, too.
        let drawn: Option<Derived> =
            shelf::get(&self.store, shelf::META, "derived")?.map(Door::open_to_derive);
        let theirs = access::audience_of(viewer);
        if drawn.is_some_and(|drawn| !drawn.audiences.contains(&theirs)) && watch.knows(&theirs) {
            self.changed.notify_one();
        }
        let standing =
            self.standings.of(&self.store, &self.accounts.staff, (&self.settings, &kept), viewer)?;
        let now = Clock::now();
        let glass = self.audit.glass_of(&Looker::from(viewer), now.received);
        Ok(watch.sight(&self.store, viewer, standing, &glass, now.today)?)
    }

    /// Who sees what. Read again when the partnership has adopted other policies.
    pub fn watch(&self) -> Result<Arc<Watch>, Problem> {
        let last = self.store.heads()?.last_seq();
        let (known, watch) = self.watch.read().unwrap_or_else(PoisonError::into_inner).clone();
        if known == last {
            return Ok(watch);
        }
        let watch = match access::adopted_since(&self.store, known)? {
            true => Arc::new(access::watch(&self.store).map_err(Problem::Broken)?),
            false => watch,
        };
        *self.watch.write().unwrap_or_else(PoisonError::into_inner) = (last, Arc::clone(&watch));
        Ok(watch)
    }

    /// The sharing policies of the partnership.
    pub fn policies(&self) -> Result<Arc<Policies>, Problem> {
        Ok(self.watch()?.policies())
    }

    /// The addresses that must be kept wherever they stand. Read again when facts have come.
    pub fn kept(&self) -> Result<Arc<Kept>, StoreError> {
        let last = self.store.heads()?.last_seq();
        let (known, kept) = self.kept.read().unwrap_or_else(PoisonError::into_inner).clone();
        if known == last && last > 0 {
            return Ok(kept);
        }
        let kept = Arc::new(derive::kept_places(&self.store, &self.settings)?);
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = (last, Arc::clone(&kept));
        Ok(kept)
    }
}

/// Every address.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(today::page))
        .route("/work", get(work::page))
        .route("/calendar", get(calendar::page))
        .route("/whose-is-it", get(work::line_page).post(work::send))
        .route("/search", get(search::page).post(search::results))
        .route("/person/{id}", get(person::page))
        .route("/person/{id}/kept-place", get(kept_place::page).post(kept_place::tell))
        .route("/person/{id}/why", get(person::why_page))
        .route("/person/{id}/part", get(links::part::page).post(links::part::send))
        .route("/person/{id}/protect", get(links::part::protect_page).post(links::part::protect))
        .route("/break-glass", get(glass::find::page).post(glass::find::send))
        .route("/person/{id}/break-glass", get(glass::page).post(glass::send))
        .route("/looked", get(looked::page))
        .route("/looked/mine", get(looked::mine::page))
        .route("/looked/person/{id}", get(looked::lists::person_page))
        .route("/looked/worker/{user}", get(looked::lists::worker_page))
        .route("/looked/review", post(looked::reviewing::review))
        .route("/looked/let-go-on", post(looked::reviewing::let_go_on))
        .route("/links", get(links::page))
        .route("/links/{id}", get(links::pair::page).post(links::pair::decide))
        .route("/links/proposal/{seq}", get(links::proposal::page).post(links::proposal::answer))
        .route("/can-i-share", get(share::page).post(share::answer))
        .route("/requests", get(requests::page))
        .route("/requests/ask", get(requests::ask::words_page).post(requests::ask::words))
        .route("/person/{id}/ask", get(requests::ask::person_page).post(requests::ask::person))
        .route("/request/{seq}", get(requests::answer::page).post(requests::answer::send))
        .route("/request/{seq}/withdraw", post(requests::answer::withdraw))
        .route("/request/{seq}/copy", get(requests::copy::page).post(requests::copy::receive))
        .route("/releases", get(releases::page).post(releases::propose))
        .route("/release/{seq}", get(releases::one_page).post(releases::answer))
        .route("/release/{seq}/papers", get(papers::page).post(papers::send))
        .route("/harm", get(harm::list_page))
        .route("/harm/{id}", get(harm::page))
        .route("/harm/{id}/risk", get(risk::page).post(risk::send))
        .route("/harm/{id}/next-family", get(next_family::page).post(next_family::send))
        .route("/family/{id}", get(family::page))
        .route("/incident/{seq}", get(incident::page))
        .route("/children", get(child::list_page))
        .route("/child/{id}", get(child::page))
        .route("/fact/{seq}", get(fact::page))
        .route("/incoming", get(incoming::page))
        .route("/quarantine", get(incoming::asides_page))
        .route("/quarantine/{seq}", get(incoming::aside_page).post(incoming::settle))
        .route("/quarantine/retry", post(incoming::retry))
        .route("/directory", get(directory::page))
        .route("/help", get(words::help))
        .route("/accessibility", get(words::accessibility))
        .route("/privacy", get(words::privacy))
        .route("/cookies", get(words::cookies))
        .route("/about-the-api", get(words::api))
        .route("/sign-in", get(sign_in::page).post(sign_in::begin))
        .route("/sign-in/password", post(sign_in::password))
        .route("/sign-in/code", get(sign_in::code_page).post(sign_in::code))
        .route("/sign-in/agency/{id}", get(agency::leave))
        .route("/sign-in/agency/{id}/back", get(agency::back))
        .route("/sign-in/agency/{id}/out", get(agency::out))
        .route("/sign-in/code/passkey", post(passkeys::second))
        .route("/sign-in/passkey", get(passkeys::sign_in_page).post(passkeys::sign_in))
        .route("/sign-out", post(sign_in::end))
        .route("/hidden", get(sign_in::hidden))
        .route("/draft", get(draft::page).post(draft::drop))
        .route("/account", get(account::page))
        .route("/account/set-up", get(account::set_up))
        .route("/account/password", get(account::password_page).post(account::password))
        .route("/account/codes", get(account::codes_page).post(account::codes))
        .route("/account/codes/picture", get(account::picture))
        .route("/account/ready", get(account::ready))
        .route("/account/confirm", get(account::confirm_page).post(account::confirm))
        .route("/account/confirm/passkey", post(passkeys::confirm))
        .route("/account/passkeys", get(passkeys::page).post(passkeys::add))
        .route("/account/passkeys/remove", post(passkeys::remove))
        .route("/account/sign-out-everywhere", post(account::end_all))
        .route("/account/details", get(account::details_page).post(account::details))
        .route("/account/conflicts", get(account::conflicts_page).post(account::declare))
        .route("/staff", get(staff::page))
        .route("/staff/new", get(staff::new_page).post(staff::add))
        .route("/staff/{user}", get(staff::one_page).post(staff::change))
        .route("/staff/{user}/password", post(staff::reset))
        .route("/staff/{user}/allocations", post(staff::allocate))
        .route("/staff/{user}/bars", post(staff::bar))
        .route("/staff/{user}/conflicts", post(staff::end_conflict))
        .nest("/api", api::router())
        .route("/assets/{*path}", get(|Path(path): Path<String>| async move { web::assets::serve(&path) }))
        .route("/health", get(health))
        .fallback(problem::not_found)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&app), draft::kept))
        .layer(axum::middleware::from_fn(from_our_own_pages))
        .layer(CatchPanicLayer::new())
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&app), became::lead_on))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&app), before_bytes))
        .layer(axum::middleware::map_response_with_state(Arc::clone(&app), problem::shown))
        .layer(axum::middleware::map_response_with_state(Arc::clone(&app), hardened))
        .layer(CompressionLayer::new())
        .with_state(app)
}

async fn hardened(State(app): State<Arc<App>>, answer: Response) -> Response {
    web::headers::harden(answer, app.secure)
}

/// Refuses what another site had a browser send.
async fn from_our_own_pages(request: Request, next: Next) -> Response {
    if web::headers::is_from_here(request.method(), request.headers()) {
        return next.run(request).await;
    }
    match request.uri().path().starts_with("/api/") {
        true => Problem::Elsewhere.document(),
        false => Problem::Elsewhere.into_response(),
    }
}

/// Says `ok` when the area can be read.
async fn health(State(app): State<Arc<App>>) -> Result<&'static str, Problem> {
    aside(move || Ok(app.store.heads().map(|_| "ok")?)).await
}
