//! Journeys in a real browser: starts the real program on an invented area and hands over to `e2e/`.
//! Without Chromium or Node the journeys are skipped loudly; where CI is set, that is a failure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

mod program;

use std::path::{Path, PathBuf};
use std::process::Command;

use program::{Area, Server};

fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    named.into_iter().chain(usual.iter().map(PathBuf::from)).find(|path| path.exists())
}

#[test]
fn journeys_in_a_browser() {
    let Some(chromium) = chromium() else {
        assert!(std::env::var_os("CI").is_none(), "no Chromium: install it, or set CHROMIUM to its path");
        eprintln!("SKIPPED: no Chromium found; set CHROMIUM to its path to run the browser journeys");
        return;
    };
    let e2e = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e");
    let npm = Command::new("npm").args(["ci", "--silent"]).current_dir(&e2e).status().unwrap();
    assert!(npm.success(), "`npm ci` in e2e/ failed");
    let area = Area::demonstration();
    let server = Server::start(&area);
    let journeys = Command::new("node")
        .args(["--test", "journeys.test.mjs"])
        .current_dir(&e2e)
        .env("THROUGHLINE_URL", server.url())
        .env("CHROMIUM", chromium)
        .status()
        .unwrap();
    assert!(journeys.success(), "a journey failed; see its report above");
}
