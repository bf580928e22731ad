//! Style sheet, scripts and pictures, built into the program. Their address carries a hash of them all, so a
//! browser may keep them for a year and still never shows an old one.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use rust_embed::RustEmbed;

/// What `build.rs` made.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/dist/assets"]
struct Assets;

const STAMP: &str = env!("THROUGHLINE_ASSETS");

/// Where everything lies: the router serves `{PREFIX}{*path}` with [`serve`].
pub const PREFIX: &str = "/assets/";

/// The address of an asset: `address("app.css")`.
#[must_use]
pub fn address(path: &str) -> String {
    format!("{PREFIX}{STAMP}/{path}")
}

/// Answers a request for what follows [`PREFIX`].
#[must_use]
pub fn serve(path: &str) -> Response<Body> {
    let (stamp, name) = path.split_once('/').unwrap_or(("", path));
    let file = (stamp == STAMP).then(|| Assets::get(name)).flatten();
    let Some(file) = file else {
        let mut missing = Response::new(Body::from("There is no such file."));
        *missing.status_mut() = StatusCode::NOT_FOUND;
        return missing;
    };
    let mut answer = Response::new(Body::from(file.data.into_owned()));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind_of(name)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    answer
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serves_what_pages_ask_for_and_nothing_else() {
        let style = address("app.css");
        let served = serve(style.strip_prefix(PREFIX).unwrap());
        assert_eq!(served.status(), StatusCode::OK);
        assert_eq!(served.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        for path in ["app.css", "0/app.css", "../Cargo.toml", ""] {
            assert_eq!(serve(path).status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn holds_nothing_that_is_only_for_gov_uk() {
        let style = String::from_utf8(Assets::get("app.css").unwrap().data.into_owned()).unwrap();
        assert!(!style.contains("GDS Transport") && !style.contains("@font-face"));
        for name in Assets::iter() {
            assert!(!name.contains("font") && !name.contains("crown") && !name.contains("crest"), "{name}");
        }
        assert!(style.len() > 100_000, "the style sheet has only {} bytes", style.len());
    }

    #[test]
    fn the_style_sheet_finds_its_pictures() {
        let style = String::from_utf8(Assets::get("app.css").unwrap().data.into_owned()).unwrap();
        for icon in style.split("url(").skip(1).filter_map(|rest| rest.split(')').next()) {
            let name = icon.trim_matches('"').trim_start_matches("./");
            if !name.contains("crest") && !name.starts_with("data:") {
                assert!(Assets::get(name).is_some(), "{icon}");
            }
        }
    }
}
