//! `throughline pattern`: what series of reports show, with no database.

use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Done, Failure, print_json};
use crate::link_file::Fault;
use crate::pattern_file::{self, Outcome, Request};

/// Tells what series of reports show over time, with its doubt.
#[derive(Args)]
#[command(
    after_help = "Example:\n  throughline pattern series.csv --away away.csv --reporting reporting.csv --until 2026-10-31 --out patterns.csv\n\nSERIES has a header and series_id,area,occurred_at,harm_class,agency; harm_class is 0 to 4 as in area/scales/harm.toml; area and agency may be missing. AWAY has series_id,from,to and may have kind (custody, hospital, abroad); an empty `to` means still away. REPORTING has area,from,index: from that day on so many times what was reported at first.\n\nOUT has a row for each series: series_id,episodes,label,p_frequency_up,p_frequency_down,p_severity_up,p_silence,ratio,ratio_low80,ratio_high80. Labels: isolated, too_few, escalating_frequency, escalating_severity, escalating_both, quiet, steady, unclear. Below four episodes nothing is said of change and the numbers are empty. A label is about records: not about a person, and 'quiet' is not safe.\n\nExit code 1 when rows were put aside; they are named by file, line and field, and the rest is read without them."
)]
pub struct Pattern {
    /// File of reports
    #[arg(value_name = "SERIES")]
    series: PathBuf,
    /// Times in custody, in hospital or abroad: series_id,from,to
    #[arg(long, value_name = "AWAY")]
    away: Option<PathBuf>,
    /// How much is reported in each area: area,from,index
    #[arg(long, value_name = "REPORTING")]
    reporting: Option<PathBuf>,
    /// Told as of the end of this day; what is later is left out
    #[arg(long, value_name = "DATE")]
    until: String,
    /// File to write: one row for each series
    #[arg(long, value_name = "OUT")]
    out: PathBuf,
    /// File to write: series_id,label,sentence
    #[arg(long, value_name = "FILE")]
    sentences: Option<PathBuf>,
    /// File to write the rows to that were put aside, with what is wrong with each
    #[arg(long, value_name = "FILE")]
    aside: Option<PathBuf>,
    /// Thresholds and priors (default: the built-in ones, area/thresholds/pattern.toml)
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Report as JSON
    #[arg(long)]
    json: bool,
}

impl Pattern {
    pub fn run(self) -> Result<Done, Failure> {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed_precise} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(std::time::Duration::from_millis(120));
        let json = self.json;
        let request = Request {
            series: self.series,
            away: self.away,
            reporting: self.reporting,
            until: self.until,
            out: self.out,
            sentences: self.sentences,
            aside: self.aside,
            settings: self.settings,
        };
        let ended = pattern_file::run(&request, &|rows| bar.set_message(format!("{rows} rows read")));
        bar.finish_and_clear();
        let outcome = ended.map_err(|fault| match fault {
            Fault::Use(words) => Failure::Use(words),
            other => Failure::cannot(other),
        })?;
        if json {
            print_json(&outcome)?;
        } else {
            print(&outcome, &request);
        }
        Ok(if outcome.aside.is_empty() { Done::Clean } else { Done::WithFindings })
    }
}

fn print(outcome: &Outcome, request: &Request) {
    println!(
        "{} reports are {} episodes of {} series ({:.1} s), told by '{}'",
        outcome.reports, outcome.episodes, outcome.series, outcome.seconds.total, outcome.settings
    );
    for (label, count) in &outcome.labels {
        println!("  {label:<22} {count}");
    }
    for note in &outcome.notes {
        println!("note: {note}");
    }
    const SHOWN: usize = 20;
    for row in outcome.aside.iter().take(SHOWN) {
        eprintln!(
            "{}, line {}, {}: found '{}', expected {}; {}",
            row.file, row.line, row.field, row.found, row.expected, row.todo
        );
    }
    if outcome.aside.len() > SHOWN {
        eprintln!("and {} more rows; --aside FILE or --json lists them all", outcome.aside.len() - SHOWN);
    }
    println!("Wrote {}.", request.out.display());
}
