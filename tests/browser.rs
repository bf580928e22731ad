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

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use program::{Area, Server, run, throughline};

fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    named.into_iter().chain(usual.iter().map(PathBuf::from)).find(|path| path.exists())
}

#[test]
fn journeys_in_a_browser() {
    travel("journeys.test.mjs", Area::demonstration, |server| server.url());
}

#[test]
fn a_passkey_signs_in_confirms_and_is_removed() {
    // Passkeys are for named sites only, and no number is a name.
    travel("passkeys.test.mjs", with_somebody, |server| server.url().replace("127.0.0.1", "localhost"));
}

/// An area with real people, so that codes are asked for, and somebody in it.
fn with_somebody() -> Area {
    let area = Area::nowhere();
    run(&["init", "--db", area.db(), "--area", "Testshire"], 0);
    let words = ["user", "add", "ruth", "--db", area.db(), "--name", "Ruth", "--agency", "police"];
    let mut child = throughline(&words)
        .args(["--role", "response_officer"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"correct horse battery\n").unwrap();
    assert!(child.wait().unwrap().success());
    area
}

/// Serves an area and runs one file of journeys against it.
fn travel(file: &str, area: impl Fn() -> Area, address: impl Fn(&Server) -> String) {
    let Some(chromium) = chromium() else {
        assert!(std::env::var_os("CI").is_none(), "no Chromium: install it, or set CHROMIUM to its path");
        eprintln!("SKIPPED: no Chromium found; set CHROMIUM to its path to run the browser journeys");
        return;
    };
    let e2e = install();
    let area = area();
    let server = Server::start(&area);
    let journeys = Command::new("node")
        .args(["--test", file])
        .current_dir(e2e)
        .env("THROUGHLINE_URL", address(&server))
        .env("CHROMIUM", chromium)
        .status()
        .unwrap();
    assert!(journeys.success(), "a journey failed; see its report above");
}

/// What the journeys need, once for all of them.
fn install() -> &'static Path {
    static E2E: LazyLock<PathBuf> = LazyLock::new(|| {
        let e2e = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e");
        let npm = Command::new("npm").args(["ci", "--silent"]).current_dir(&e2e).status().unwrap();
        assert!(npm.success(), "`npm ci` in e2e/ failed");
        e2e
    });
    &E2E
}
