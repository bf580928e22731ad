//! The laws of the house that a build can break: who may depend on whom, which licences come in, how long a
//! file may be, and that no machine's paths stand in the repository.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Which of our packages may use which of our packages, outside tests.
const MAY_USE: &[(&str, &[&str])] = &[
    ("throughline-domain", &["throughline-pattern"]),
    ("throughline-linkage", &[]),
    ("throughline-oracle", &[]),
    ("throughline-pattern", &[]),
    ("throughline-sample", &[]),
    ("throughline-sharing", &[]),
    ("throughline-feeds", &["throughline-domain"]),
    ("throughline-store", &["throughline-domain"]),
    (
        "throughline",
        &[
            "throughline-domain",
            "throughline-feeds",
            "throughline-linkage",
            "throughline-pattern",
            "throughline-sample",
            "throughline-sharing",
            "throughline-store",
        ],
    ),
];

/// Packages that only one of ours may name.
const ONLY: &[(&str, &str)] = &[
    ("rusqlite", "throughline-store"),
    ("tokio-postgres", "throughline-store"),
    ("axum", "throughline"),
    ("tokio", "throughline"),
    ("minijinja", "throughline"),
    ("cedar-policy", "throughline-sharing"),
    ("statrs", "throughline-pattern"),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn ours(metadata: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let members: BTreeSet<&str> =
        metadata["workspace_members"].as_array().unwrap().iter().map(|m| m.as_str().unwrap()).collect();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .filter(|p| members.contains(p["id"].as_str().unwrap()))
        .map(|p| {
            let used = p["dependencies"].as_array().unwrap().iter();
            let used = used.filter(|d| d["kind"].is_null()).map(|d| d["name"].as_str().unwrap().to_owned());
            (p["name"].as_str().unwrap().to_owned(), used.collect())
        })
        .collect()
}

#[test]
fn rooms_depend_only_on_the_rooms_they_may() {
    let ours = ours(&metadata());
    for (package, used) in &ours {
        let (_, may) = MAY_USE.iter().find(|(name, _)| name == package).unwrap_or_else(|| {
            panic!("`{package}` is new: say in tests/laws.rs which of our packages it may use")
        });
        for name in used.iter().filter(|name| ours.contains_key(*name)) {
            assert!(may.contains(&name.as_str()), "`{package}` may not use `{name}`");
        }
        for (name, owner) in ONLY {
            assert!(
                !used.contains(*name) || package == owner,
                "only `{owner}` may name `{name}`, not `{package}`"
            );
        }
    }
}

#[test]
fn every_package_has_a_licence_we_allow_and_comes_from_the_registry() {
    let deny: toml::Table = std::fs::read_to_string(root().join("deny.toml")).unwrap().parse().unwrap();
    let allowed: BTreeSet<&str> =
        deny["licenses"]["allow"].as_array().unwrap().iter().map(|l| l.as_str().unwrap()).collect();
    for package in metadata()["packages"].as_array().unwrap() {
        let (name, licence) = (package["name"].as_str().unwrap(), package["license"].as_str().unwrap_or(""));
        assert!(
            satisfied(licence, &allowed),
            "`{name}` is licensed `{licence}`, which deny.toml does not allow"
        );
        let source = package["source"].as_str();
        assert!(source.is_none_or(|s| s.starts_with("registry+")), "`{name}` does not come from a registry");
    }
}

/// Whether a licence expression can be met: every part of an AND, some part of an OR.
fn satisfied(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let plain = expression.replace(['(', ')'], "").replace('/', " OR ");
    plain.split(" AND ").all(|part| part.split(" OR ").any(|licence| allowed.contains(licence.trim())))
}

fn tracked() -> Vec<PathBuf> {
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().unwrap();
    let names = String::from_utf8(output.stdout).unwrap();
    names.split('\0').filter(|n| !n.is_empty()).map(|n| root().join(n)).filter(|p| p.is_file()).collect()
}

#[test]
fn long_files_say_why_on_their_first_line() {
    for path in tracked().iter().filter(|p| p.extension().is_some_and(|e| e == "rs")) {
        let text = std::fs::read_to_string(path).unwrap();
        let lines = text.lines().count();
        let says_why = text.lines().next().is_some_and(|line| line.contains("long because"));
        assert!(lines < 700 || says_why, "{} has {lines} lines and does not say why", path.display());
    }
}

#[test]
fn every_source_file_opens_with_why_it_exists() {
    for path in tracked().iter().filter(|p| p.extension().is_some_and(|e| e == "rs")) {
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.starts_with("//!"), "{} does not open with a sentence on why it exists", path.display());
    }
}

#[test]
fn no_path_of_a_machine_stands_in_the_repository() {
    let readable = |p: &&PathBuf| !p.ends_with("tests/laws.rs") && !p.ends_with("Cargo.lock");
    for path in tracked().iter().filter(readable) {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        for (number, line) in text.lines().enumerate() {
            let found = ["/root/", "/work/", "/home/", "/tmp/"].iter().find(|p| line.contains(**p));
            assert!(found.is_none(), "{}:{} names a machine's path", path.display(), number + 1);
        }
    }
}

#[test]
fn lock_files_name_no_registry() {
    let lock = std::fs::read_to_string(root().join("ui/package-lock.json")).unwrap();
    assert!(!lock.contains("\"resolved\""), "ui/package-lock.json names download addresses");
    assert!(lock.contains("\"integrity\""));
    assert!(Path::new(&root().join("Cargo.lock")).exists());
}
