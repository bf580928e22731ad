//! Builds what the pages are made of: the style sheet, the scripts and the component templates of
//! `govuk-frontend` and `@ministryofjustice/frontend`, from npm into `OUT_DIR`, so that one `cargo build` makes
//! one program and the source tree stays clean. `UI_DIST=/path` takes a folder built elsewhere instead.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const INPUTS: &[&str] = &[
    "build.rs",
    "ui/package.json",
    "ui/package-lock.json",
    "ui/.npmrc",
    "ui/scss",
    "ui/scripts",
    "ui/images",
    "ui/templates",
];

const GOVUK: &str = "node_modules/govuk-frontend/dist/govuk";
const MOJ: &str = "node_modules/@ministryofjustice/frontend/moj";

const NODE_NEEDED: &str = "Throughline's pages are built with Node.js. Install Node 20 or newer (it brings npm), or set \
     UI_DIST to a folder that was built elsewhere (it holds `assets`, `packages` and `fixtures`).";

fn main() -> ExitCode {
    for input in INPUTS {
        println!("cargo::rerun-if-changed={input}");
    }
    println!("cargo::rerun-if-env-changed=UI_DIST");
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            for line in why.lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), String> {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo did not set OUT_DIR")?);
    let dist = out.join("dist");
    clear(&dist)?;
    match std::env::var_os("UI_DIST") {
        Some(ready) => take_ready(Path::new(&ready), &dist)?,
        None => make(&out.join("ui"), &dist)?,
    }
    let templates = out.join("templates");
    clear(&templates)?;
    copy_tree(Path::new("ui/templates"), &templates, &|_| true)?;
    let stamp = hash_of(&dist.join("assets"))?;
    println!("cargo::rustc-env=THROUGHLINE_ASSETS={stamp:016x}");
    Ok(())
}

/// Takes a folder that was built elsewhere, after looking that it is one.
fn take_ready(ready: &Path, dist: &Path) -> Result<(), String> {
    for part in ["assets/app.css", "packages/govuk", "packages/moj", "fixtures"] {
        if !ready.join(part).exists() {
            return Err(format!("UI_DIST is {}, which has no `{part}`. {NODE_NEEDED}", ready.display()));
        }
        println!("cargo::rerun-if-changed={}", ready.join(part).display());
    }
    copy_tree(ready, dist, &|_| true)
}

/// Installs the packages, compiles the styles and gathers what the program embeds.
fn make(work: &Path, dist: &Path) -> Result<(), String> {
    fs::create_dir_all(work).map_err(|e| format!("cannot make {}: {e}", work.display()))?;
    for name in ["package.json", "package-lock.json", ".npmrc"] {
        copy(&Path::new("ui").join(name), &work.join(name))?;
    }
    install(work)?;
    let scss = work.join("scss");
    clear(&scss)?;
    copy_tree(Path::new("ui/scss"), &scss, &|_| true)?;
    // The packages' own deprecation notes are theirs to mend; errors still stop the build.
    run(Command::new("node")
        .current_dir(work)
        .args(["node_modules/sass/sass.js", "--quiet", "--quiet-deps"])
        .args(["--load-path=.", "--style=compressed", "--no-source-map", "scss/app.scss", "app.css"]))?;
    gather(work, dist)
}

/// `npm ci`, unless the packages of this very lock file are already there.
fn install(work: &Path) -> Result<(), String> {
    let lock =
        fs::read(work.join("package-lock.json")).map_err(|e| format!("cannot read the lock file: {e}"))?;
    let done = work.join("node_modules/.installed-lock.json");
    if fs::read(&done).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    run(Command::new(npm).current_dir(work).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
    fs::write(&done, lock).map_err(|e| format!("cannot write {}: {e}", done.display()))
}

/// Copies what the program embeds (`assets`, `packages`) and what its tests compare with (`fixtures`).
/// Fonts, crown and crest stay behind: they may be used on GOV.UK only.
fn gather(work: &Path, dist: &Path) -> Result<(), String> {
    let assets = dist.join("assets");
    copy(&work.join("app.css"), &assets.join("app.css"))?;
    copy_tree(Path::new("ui/scripts"), &assets, &|_| true)?;
    copy_tree(Path::new("ui/images"), &assets.join("images"), &|_| true)?;
    copy_tree(&work.join(MOJ).join("assets/images"), &assets.join("images"), &|path| {
        named(path, "icon-", ".svg")
    })?;
    copy(&work.join(GOVUK).join("govuk-frontend.min.js"), &assets.join("govuk-frontend.min.js"))?;

    let packages = dist.join("packages");
    let template = |path: &Path| named(path, "", ".njk") || named(path, "macro-options", ".json");
    for part in ["components", "macros"] {
        copy_tree(&work.join(GOVUK).join(part), &packages.join("govuk").join(part), &template)?;
    }
    copy_tree(&work.join(MOJ).join("components"), &packages.join("moj/components"), &template)?;
    copy_tree(&work.join(GOVUK).join("components"), &dist.join("fixtures"), &|path| {
        named(path, "fixtures", ".json")
    })
}

fn named(path: &Path, start: &str, end: &str) -> bool {
    path.file_name()
        .and_then(OsStr::to_str)
        .is_some_and(|name| name.starts_with(start) && name.ends_with(end))
}

fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let done = command.output().map_err(|e| format!("cannot start `{program}` ({e}). {NODE_NEEDED}"))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    Err(format!("`{program}` failed ({}). {NODE_NEEDED}\n{}", done.status, said.trim()))
}

fn clear(folder: &Path) -> Result<(), String> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|e| format!("cannot clear {}: {e}", folder.display()))?;
    }
    fs::create_dir_all(folder).map_err(|e| format!("cannot make {}: {e}", folder.display()))
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(|e| format!("cannot make {}: {e}", folder.display()))?;
    }
    fs::copy(from, to)
        .map(drop)
        .map_err(|e| format!("cannot copy {} to {}: {e}", from.display(), to.display()))
}

fn files_in(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let wrong = |e: std::io::Error| format!("cannot list {}: {e}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(wrong)? {
        found.push(entry.map_err(wrong)?.path());
    }
    found.sort();
    Ok(found)
}

fn copy_tree(from: &Path, to: &Path, wanted: &dyn Fn(&Path) -> bool) -> Result<(), String> {
    for path in files_in(from)? {
        let Some(name) = path.file_name() else { continue };
        if path.is_dir() {
            copy_tree(&path, &to.join(name), wanted)?;
        } else if wanted(&path) {
            copy(&path, &to.join(name))?;
        }
    }
    Ok(())
}

/// FNV-1a over names and bytes: a name for this set of assets, so that browsers may keep them for a year.
fn hash_of(folder: &Path) -> Result<u64, String> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut take = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(next) = waiting.pop() {
        for path in files_in(&next)? {
            if path.is_dir() {
                waiting.push(path);
                continue;
            }
            take(path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().as_bytes());
            take(&fs::read(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?);
        }
    }
    Ok(hash)
}
