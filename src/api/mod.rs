//! The same views as JSON. One table says every address, what it answers and what it is for; the routes and
//! the OpenAPI document are both made from the functions in it.

mod openapi;

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;
use throughline_domain::picture::Viewpoint;

use crate::features::looked::Part;
use crate::features::{self, App, Asking, Problem};

/// Every address of the API, below `/api`.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/openapi.json", get(openapi::document))
        .route("/session", get(session))
        .route("/today", get(today))
        .route("/work", get(work))
        .route("/calendar", get(calendar))
        .route("/search", post(search))
        .route("/people/{id}", get(person))
        .route("/people/{id}/why", get(why))
        .route("/people/{id}/part", get(part))
        .route("/share/decide", post(share_decide))
        .route("/requests", get(requests))
        .route("/requests/{seq}", get(request))
        .route("/links", get(links))
        .route("/links/{id}", get(pair))
        .route("/links/proposals/{seq}", get(proposal))
        .route("/people-causing-harm", get(harm_list))
        .route("/people-causing-harm/{id}", get(harm))
        .route("/people-causing-harm/{id}/risk", get(risk))
        .route("/people-causing-harm/{id}/next-families", get(next_families))
        .route("/families/{id}", get(family))
        .route("/incidents/{seq}", get(incident))
        .route("/children", get(children))
        .route("/children/{id}", get(child))
        .route("/facts/{seq}", get(fact))
        .route("/incoming", get(incoming))
        .route("/incoming/aside", get(asides))
        .route("/people/{id}/break-glass", post(break_glass))
        .route("/looked", get(looked))
        .route("/looked/mine", get(looked_mine))
        .route("/looked/people/{id}", get(looked_person))
        .route("/looked/workers/{user}", get(looked_worker))
        .route("/directory", get(directory))
        .fallback(|| async { ApiProblem(Problem::NotFound) })
        .layer(axum::middleware::map_response(documented))
}

/// What the framework refuses before a view is asked (a number that is none) is a problem document too.
async fn documented(answer: Response) -> Response {
    let kind = answer.headers().get(CONTENT_TYPE);
    let plain = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    match answer.status().is_client_error() && plain {
        true => Problem::Asked("The address is not in the form this view reads.".to_owned()).document(),
        false => answer,
    }
}

/// A problem that is answered as a document.
pub struct ApiProblem(Problem);

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        self.0.document()
    }
}

impl From<Problem> for ApiProblem {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

/// Somebody asking through the API: signed in, or a demonstration user's name as bearer token.
struct Caller(Asking);

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiProblem> {
        Ok(Self(Asking::from_request_parts(parts, app).await?))
    }
}

type Answer = Result<Response, ApiProblem>;

async fn answer<T: Serialize + Send + 'static>(
    Caller(asking): Caller,
    read: impl FnOnce(&Asking) -> Result<T, Problem> + Send + 'static,
) -> Answer {
    let view = features::aside(move || read(&asking)).await?;
    Ok(Json(view).into_response())
}

async fn session(caller: Caller) -> Answer {
    answer(caller, features::account::view).await
}

async fn today(caller: Caller) -> Answer {
    answer(caller, features::today::view).await
}

async fn work(caller: Caller) -> Answer {
    answer(caller, features::work::view).await
}

async fn calendar(caller: Caller, Query(which): Query<features::calendar::Which>) -> Answer {
    answer(caller, move |asking| features::calendar::view(asking, &which)).await
}

async fn search(caller: Caller, asked: Result<Json<features::search::Asked>, JsonRejection>) -> Answer {
    let Json(asked) = asked.map_err(|_| Problem::Asked("Send {\"q\": \"…\"} as JSON.".to_owned()))?;
    answer(caller, move |asking| features::search::asked(asking, &asked.q)).await
}

async fn person(caller: Caller, Path(id): Path<String>) -> Answer {
    answer(caller, move |asking| features::person::view(asking, &id, Viewpoint::default())).await
}

async fn why(caller: Caller, Path(id): Path<String>) -> Answer {
    answer(caller, move |asking| features::person::why(asking, &id)).await
}

async fn part(caller: Caller, Path(id): Path<String>) -> Answer {
    use features::links::part;
    answer(caller, move |asking| part::view(asking, &id, part::Aim::Part)).await
}

async fn share_decide(caller: Caller, asked: Result<Json<serde_json::Value>, JsonRejection>) -> Answer {
    let Json(asked) = asked.map_err(|_| Problem::Asked("Send a sharing request as JSON.".to_owned()))?;
    answer(caller, move |asking| features::share::decide(&*asking.app.policies()?, &asked)).await
}

async fn requests(caller: Caller) -> Answer {
    answer(caller, features::requests::view).await
}

async fn request(caller: Caller, Path(seq): Path<u64>) -> Answer {
    answer(caller, move |asking| features::requests::answer::view(asking, seq)).await
}

async fn links(caller: Caller) -> Answer {
    answer(caller, features::links::view).await
}

async fn pair(caller: Caller, Path(id): Path<String>) -> Answer {
    answer(caller, move |asking| features::links::pair::view(asking, &id)).await
}

async fn proposal(caller: Caller, Path(seq): Path<u64>) -> Answer {
    answer(caller, move |asking| features::links::proposal::view(asking, seq)).await
}

async fn harm_list(caller: Caller) -> Answer {
    answer(caller, features::harm::list).await
}

async fn harm(
    caller: Caller,
    Path(id): Path<String>,
    Query(looking): Query<features::looking::Looking>,
) -> Answer {
    let viewpoint = looking.viewpoint()?;
    answer(caller, move |asking| features::harm::view(asking, &id, &viewpoint)).await
}

async fn next_families(caller: Caller, Path(id): Path<String>) -> Answer {
    answer(caller, move |asking| features::next_family::view(asking, &id)).await
}

async fn risk(
    caller: Caller,
    Path(id): Path<String>,
    Query(looking): Query<features::looking::Looking>,
) -> Answer {
    let viewpoint = looking.viewpoint()?;
    answer(caller, move |asking| features::risk::view(asking, &id, &viewpoint)).await
}

async fn family(
    caller: Caller,
    Path(id): Path<String>,
    Query(looking): Query<features::looking::Looking>,
) -> Answer {
    let viewpoint = looking.viewpoint()?;
    answer(caller, move |asking| features::family::view(asking, &id, viewpoint)).await
}

async fn incident(caller: Caller, Path(seq): Path<u64>) -> Answer {
    answer(caller, move |asking| features::incident::view(asking, seq)).await
}

async fn children(caller: Caller, Query(filters): Query<features::child::ListFilters>) -> Answer {
    answer(caller, move |asking| features::child::list(asking, filters)).await
}

async fn child(caller: Caller, Path(id): Path<String>) -> Answer {
    answer(caller, move |asking| features::child::view(asking, &id)).await
}

async fn fact(caller: Caller, Path(seq): Path<u64>) -> Answer {
    answer(caller, move |asking| features::fact::view(asking, seq)).await
}

async fn incoming(caller: Caller) -> Answer {
    answer(caller, features::incoming::view).await
}

async fn asides(caller: Caller) -> Answer {
    answer(caller, features::incoming::asides).await
}

async fn break_glass(
    caller: Caller,
    Path(id): Path<String>,
    given: Result<Json<features::glass::Given>, JsonRejection>,
) -> Answer {
    let Json(given) = given.map_err(|_| Problem::Asked("Send {\"reason\": \"…\"} as JSON.".to_owned()))?;
    answer(caller, move |asking| features::glass::broken(asking, &id, &given.reason)).await
}

async fn looked(caller: Caller) -> Answer {
    answer(caller, features::looked::view).await
}

async fn looked_mine(caller: Caller) -> Answer {
    answer(caller, features::looked::mine::view).await
}

async fn looked_person(caller: Caller, Path(id): Path<String>, Query(part): Query<Part>) -> Answer {
    answer(caller, move |asking| features::looked::lists::person(asking, &id, part.before)).await
}

async fn looked_worker(caller: Caller, Path(user): Path<String>, Query(part): Query<Part>) -> Answer {
    answer(caller, move |asking| features::looked::lists::worker(asking, &user, part.before)).await
}

async fn directory(caller: Caller, Query(filters): Query<features::directory::Filters>) -> Answer {
    answer(caller, move |_| features::directory::view(&filters)).await
}
