//! `throughline ingest`: agency files in, linked and derived.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use throughline_feeds::FeedBook;
use throughline_store::Store;

use super::{AreaArgs, Done, Failure, print_json};
use crate::claim::{Claim, Of};
use crate::derive;
use crate::intake::{self, Clock, Report};

/// Takes agency files in.
#[derive(Args)]
#[command(
    after_help = "Example:\n  throughline ingest --db ./calderwick ./exports\n\nExit code 1 when rows were put aside or files were refused."
)]
pub struct Ingest {
    #[command(flatten)]
    area: AreaArgs,
    /// Files, or folders of agency exports
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Folder of feed mappings (default: the built-in ones)
    #[arg(long, value_name = "FOLDER")]
    feeds: Option<PathBuf>,
    /// Report as JSON
    #[arg(long)]
    json: bool,
}

impl Ingest {
    pub fn run(self) -> Result<Done, Failure> {
        let store = Store::open(&self.area.db).map_err(Failure::cannot)?;
        let report = ingest(&store, &self.area.db, &book(self.feeds.as_deref())?, &self.paths)?;
        if report.files.is_empty() && report.refused.is_empty() {
            return Err(Failure::Cannot(
                "there is no file below what was given; name a file or a folder of exports".to_owned(),
            ));
        }
        if self.json {
            print_json(&report)?;
        } else {
            print(&report);
        }
        Ok(if report.has_findings() { Done::WithFindings } else { Done::Clean })
    }
}

/// The mappings of a folder, or the built-in ones.
pub fn book(folder: Option<&Path>) -> Result<FeedBook, Failure> {
    match folder {
        Some(folder) => FeedBook::load(folder),
        None => FeedBook::built_in(),
    }
    .map_err(Failure::cannot)
}

/// Takes files in, links and derives; shows progress on a terminal.
pub fn ingest(store: &Store, db: &Path, book: &FeedBook, paths: &[PathBuf]) -> Result<Report, Failure> {
    let _files = Claim::wait(db, Of::Files).map_err(Failure::cannot)?;
    let started = Instant::now();
    let clock = Clock::now();
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed_precise} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(std::time::Duration::from_millis(120));
    let mut report = intake::take_in(store, book, paths, &clock, &|file| bar.set_message(file.to_owned()))
        .map_err(Failure::cannot)?;
    report.seconds_taking_in = rounded(started);
    bar.set_message("linking people and drawing the picture");
    let _picture = Claim::wait(db, Of::Picture).map_err(Failure::cannot)?;
    let derived = derive::bring_up_to_date(store, &clock).map_err(Failure::cannot)?;
    bar.finish_and_clear();
    report.people = derived.people;
    report.seconds_linking = (derived.linked_in * 1000.0).round() / 1000.0;
    report.seconds = rounded(started);
    Ok(report)
}

fn rounded(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 1000.0).round() / 1000.0
}

fn print(report: &Report) {
    println!(
        "{:<34} {:>8} {:>9} {:>7} {:>6} {:>10} {:>11}",
        "file", "rows", "accepted", "warned", "aside", "duplicate", "superseded"
    );
    for f in &report.files {
        println!(
            "{:<34} {:>8} {:>9} {:>7} {:>6} {:>10} {:>11}",
            f.file, f.rows, f.accepted, f.warned, f.quarantined, f.duplicate, f.superseded
        );
    }
    for f in &report.refused {
        println!("refused: {}", f.reason);
    }
    println!("{} people after linking, {:.1} s", report.people, report.seconds);
    if report.files.iter().any(|f| f.quarantined > 0) {
        println!("See what was put aside: throughline quarantine list --db …");
    }
}
