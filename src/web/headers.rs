//! Headers on every answer: no page may load or send anything elsewhere, be framed, or stay in a cache.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, header};

/// Sent with every answer. Without any inline script or style, and with nothing from anywhere else.
pub const ALWAYS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    (
        "permissions-policy",
        "accelerometer=(), bluetooth=(), camera=(), display-capture=(), fullscreen=(), geolocation=(), gyroscope=(), \
         hid=(), magnetometer=(), microphone=(), midi=(), payment=(), screen-wake-lock=(), serial=(), usb=(), \
         web-share=(), xr-spatial-tracking=()",
    ),
    ("x-frame-options", "DENY"),
    ("x-permitted-cross-domain-policies", "none"),
    ("x-robots-tag", "noindex, nofollow"),
    ("x-dns-prefetch-control", "off"),
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

/// What a browser forgets when somebody signs out.
pub const FORGET: (&str, &str) = ("clear-site-data", "\"cache\", \"cookies\", \"storage\"");

/// Whether a request that may change something comes from one of our own pages, or from no browser at all. Browsers say
/// so themselves: `Sec-Fetch-Site` where they have it, else `Origin`. Programs send neither.
#[must_use]
pub fn is_from_here(method: &Method, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return true;
    }
    let said = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    if let Some(site) = said("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (said("origin"), said("host")) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from == host),
        (Some(_), None) => false,
    }
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
    fn only_our_own_pages_may_send() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
            pairs.collect::<HeaderMap>()
        };
        for (fine, pairs) in [
            (true, &[][..]),
            (true, &[("sec-fetch-site", "same-origin"), ("origin", "null")]),
            (true, &[("sec-fetch-site", "none")]),
            (true, &[("origin", "https://here.example"), ("host", "here.example")]),
            (
                false,
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://here.example"),
                    ("host", "here.example"),
                ],
            ),
            (false, &[("sec-fetch-site", "same-site")]),
            (false, &[("origin", "null"), ("host", "here.example")]),
            (false, &[("origin", "https://here.example.evil"), ("host", "here.example")]),
            (false, &[("origin", "https://here.example")]),
        ] {
            assert_eq!(is_from_here(&Method::POST, &headers(pairs)), fine, "{pairs:?}");
            assert_eq!(is_from_here(&Method::DELETE, &headers(pairs)), fine, "{pairs:?}");
            assert!(is_from_here(&Method::GET, &headers(pairs)));
        }
    }

    #[test]
    fn nothing_inline_and_nothing_from_elsewhere() {
        let policy = harden(Response::new(Body::empty()), false).headers()["content-security-policy"].clone();
        let policy = policy.to_str().unwrap().to_owned();
        assert!(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'), "{policy}");
        for must in [
            "default-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(must), "{must}");
        }
    }
}
