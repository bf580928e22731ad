//! Errors of the API as problem documents (RFC 9457), so that another system can tell what to do next.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

/// What went wrong. Never holds a name, an address or a reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A stable name of this kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is, in a few words, the same for all of its kind.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What was found, what was expected, what to do next.
    pub detail: String,
}

impl Problem {
    /// A problem of a kind: `Problem::new(StatusCode::NOT_FOUND, "no-such-family", "There is no such family", …)`.
    #[must_use]
    pub fn new(status: StatusCode, kind: &str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:throughline:problem:{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
        }
    }

    /// The answer to send.
    #[must_use]
    pub fn answer(&self) -> Response<Body> {
        let body = serde_json::to_vec(self).unwrap_or_default();
        let mut answer = Response::new(Body::from(body));
        *answer.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = HeaderValue::from_static("application/problem+json");
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_and_what_to_do() {
        let problem = Problem::new(
            StatusCode::BAD_REQUEST,
            "bad-date",
            "A date could not be read",
            "Write YYYY-MM-DD.",
        );
        let answer = problem.answer();
        assert_eq!(answer.status(), 400);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(json["type"], "urn:throughline:problem:bad-date");
    }
}
