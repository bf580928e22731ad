//! `throughline quarantine`: rows that were put aside, with their reasons, and trying them again.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;
use throughline_domain::picture::Settings;
use throughline_store::Store;

use super::{AreaArgs, Done, Failure, print_json};
use crate::access::{self, Opener};
use crate::claim::Claim;
use crate::derive;
use crate::intake::{self, Clock};
use crate::shelf::{self, Aside};

/// Rows that were put aside.
#[derive(Args)]
#[command(
    after_help = "Example:\n  throughline quarantine list --db ./calderwick --json\n  throughline quarantine retry --db ./calderwick --feeds ./area/feeds"
)]
pub struct Quarantine {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List the rows put aside that nobody has settled yet
    List {
        #[command(flatten)]
        area: AreaArgs,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Read them again, after a mapping was mended
    Retry {
        #[command(flatten)]
        area: AreaArgs,
        /// Folder of feed mappings (default: the built-in ones)
        #[arg(long, value_name = "FOLDER")]
        feeds: Option<PathBuf>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// One row put aside, as scripts read it.
#[derive(Serialize)]
struct Line {
    file: String,
    line: u64,
    key: String,
    field: String,
    reason: String,
    raw: String,
}

impl Quarantine {
    pub fn run(self) -> Result<Done, Failure> {
        match self.action {
            Action::List { area, json } => list(&area, json),
            Action::Retry { area, feeds, json } => retry(&area, feeds, json),
        }
    }
}

fn list(area: &AreaArgs, json: bool) -> Result<Done, Failure> {
    let store = Store::open(&area.db).map_err(Failure::cannot)?;
    let opener = Opener::operator(&store, throughline_domain::sharing::Purpose::DataQuality);
    let wrong = |e: &dyn std::fmt::Display| Failure::Cannot(e.to_string());
    let book = super::ingest::book(None)?;
    let settings = Settings::built_in().map_err(|e| wrong(&e))?;
    let kept = derive::kept_places(&store, &settings).map_err(Failure::cannot)?;
    let mut lines = Vec::new();
    for (_, sealed) in shelf::all::<Aside>(&store, shelf::ASIDE).map_err(Failure::cannot)? {
        let row = opener.open(sealed).map_err(access::refused)?;
        let Aside { aside, settled, .. } = intake::fit_to_show(row, &book, &kept).0;
        if settled.is_none() {
            let a = aside;
            lines.push(Line {
                file: a.file,
                line: a.line,
                key: a.key,
                field: a.field,
                reason: a.reason,
                raw: a.raw,
            });
        }
    }
    access::looks::exported(&store, &opener, "quarantine list", lines.len()).map_err(Failure::cannot)?;
    if json {
        print_json(&lines)?;
    } else {
        for l in &lines {
            println!(
                "{} line {} {} [{}] {}\n    {}",
                l.file,
                l.line,
                l.key,
                l.field,
                l.reason,
                l.raw.trim_end()
            );
        }
        println!("{} rows put aside", lines.len());
    }
    Ok(if lines.is_empty() { Done::Clean } else { Done::WithFindings })
}

fn retry(area: &AreaArgs, feeds: Option<PathBuf>, json: bool) -> Result<Done, Failure> {
    let store = Store::open(&area.db).map_err(Failure::cannot)?;
    let _claim = Claim::wait(&area.db).map_err(Failure::cannot)?;
    let clock = Clock::now();
    let book = super::ingest::book(feeds.as_deref())?;
    let settled = intake::retry(&store, &book, &clock).map_err(Failure::cannot)?;
    derive::bring_up_to_date(&store, &clock).map_err(Failure::cannot)?;
    if json {
        print_json(&settled)?;
    } else {
        println!("{} tried, {} read now, {} still aside", settled.tried, settled.read, settled.still_aside);
    }
    Ok(if settled.still_aside == 0 { Done::Clean } else { Done::WithFindings })
}
