//! Headers on every answer: no page may load or send anything elsewhere, be framed, or stay in a cache.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, header};

/// Sent with every answer. Without any inline script or style, and with nothing from anywhere else.
pub const ALWAYS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("x-frame-options", "DENY"),
];

/// Browsers must use TLS for a year. Only for servers that are reached over TLS: on loopback it would lock
/// people out of other programs on the same machine.
pub const WITH_TLS: (&str, &str) = ("strict-transport-security", "max-age=31536000; includeSubDomains");

/// Puts the headers on an answer. Anything that does not say how long it may be kept may not be kept at all.
#[must_use]
pub fn harden(mut answer: Response<Body>, over_tls: bool) -> Response<Body> {
    let headers = answer.headers_mut();
    for (name, value) in ALWAYS.iter().chain(over_tls.then_some(&WITH_TLS)) {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_never_kept_and_assets_may_be() {
        let page = harden(Response::new(Body::empty()), false);
        assert_eq!(page.headers()["cache-control"], "no-store");
        assert!(page.headers().get("strict-transport-security").is_none());
        let asset = crate::web::assets::address("app.css");
        let asset = harden(crate::web::assets::serve(asset.trim_start_matches("/assets/")), true);
        assert!(asset.headers()["cache-control"].to_str().unwrap().contains("immutable"));
        assert_eq!(asset.headers()["strict-transport-security"], WITH_TLS.1);
    }

    #[test]
    fn nothing_inline_and_nothing_from_elsewhere() {
        let policy = harden(Response::new(Body::empty()), false).headers()["content-security-policy"].clone();
        let policy = policy.to_str().unwrap().to_owned();
        assert!(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'), "{policy}");
        for must in ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
        {
            assert!(policy.contains(must), "{must}");
        }
    }
}
