//! `throughline link`: who is who in one file, with no database.

use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Done, Failure, print_json};
use crate::intake::Clock;
use crate::link_file::{self, Bounds, Fault, Outcome, Request};

/// Links the records of one file into people.
#[derive(Args)]
#[command(
    after_help = "Example:\n  throughline link records.csv --out links.csv --pairs pairs.csv --report report.html\n\nRECORDS has a header and any of: record_id, agency, source_id, recorded_at, forename, middle, surname, dob, sex, address_line, postcode, phone, nhs_number, upn, pnc_id; only record_id must be there. LINKS gives each record_id its person_id: the smallest record_id of the person.\n\nNothing is known of the records? Ask for a sample, judge it, give it back:\n  throughline link records.csv --out links.csv --sample judge.csv\n  throughline link records.csv --out links.csv --labels judge.csv --report report.html\n\nLater records, linked at once with all that are known:\n  throughline link records.csv --out links.csv --index known\n  throughline link today.csv --out changed.csv --index known\n\nExit code 1 when rows could not be read or a record_id stood twice; every row has its line in LINKS all the same."
)]
pub struct Link {
    /// File of person records
    #[arg(value_name = "RECORDS")]
    records: PathBuf,
    /// File to write: record_id,person_id
    #[arg(long, value_name = "LINKS")]
    out: PathBuf,
    /// File to write: record_a,record_b,probability,weight
    #[arg(long, value_name = "PAIRS")]
    pairs: Option<PathBuf>,
    /// Settings of linkage, or a saved Splink model (default: the built-in ones)
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// A model kept with --save-model, instead of learning
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// File to keep the learned model in
    #[arg(long, value_name = "FILE")]
    save_model: Option<PathBuf>,
    /// What is known: record_id,person_id or record_a,record_b,same
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Groups to compare: record_id or person_id, and a column of groups
    #[arg(long, value_name = "FILE", requires = "labels")]
    groups: Option<PathBuf>,
    /// The column of the groups
    #[arg(long, value_name = "NAME", default_value = "naming_group")]
    group_column: String,
    /// Decisions that bind: record_a,record_b,same
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
    /// Judged pairs to learn from, as they come from --sample; they teach and do not bind
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    learn_from: Option<PathBuf>,
    /// Report to write, one HTML file
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    /// File to write 200 pairs to that a person can judge
    #[arg(long, value_name = "FILE")]
    sample: Option<PathBuf>,
    /// Folder to work in when the file is larger than memory; a run that was stopped goes on there
    #[arg(long, value_name = "DIR", conflicts_with_all = ["pairs", "labels", "groups", "decisions", "learn_from", "report", "sample", "index"])]
    work: Option<PathBuf>,
    /// Memory to keep to with --work, as 400M or 2G
    #[arg(long, value_name = "SIZE", requires = "work", default_value = "2G", value_parser = size)]
    memory: u64,
    /// Begin again although a run was stopped in the work folder
    #[arg(long, requires = "work")]
    fresh: bool,
    /// Folder to keep in what linking later records one by one needs; where it is there already, the records are linked
    /// one by one with those kept, and LINKS holds everybody whose person changed
    #[arg(long, value_name = "DIR")]
    index: Option<PathBuf>,
    /// Take the records out of the index instead
    #[arg(long, requires = "index")]
    erase: bool,
    /// Report as JSON
    #[arg(long)]
    json: bool,
}

/// A number of bytes, in mega- or gigabytes.
fn size(text: &str) -> Result<u64, String> {
    let (figures, unit) = match text.trim_end_matches(['b', 'B']).to_ascii_uppercase() {
        text if text.ends_with('G') => (text.trim_end_matches('G').to_owned(), 1 << 30),
        text => (text.trim_end_matches('M').to_owned(), 1 << 20),
    };
    let count: Option<u64> = figures.parse().ok();
    count.and_then(|count| count.checked_mul(unit)).ok_or_else(|| "write it as 400M or 2G".to_owned())
}

impl Link {
    pub fn run(self) -> Result<Done, Failure> {
        let bounds = self.work.map(|work| Bounds { work, memory: self.memory, fresh: self.fresh });
        let bar = ProgressBar::new_spinner();
        let shape = match bounds {
            Some(_) => "{spinner} {elapsed_precise} {bar:30} {percent:>3} % {msg}",
            None => "{spinner} {elapsed_precise} {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(shape) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(std::time::Duration::from_millis(120));
        let json = self.json;
        let request = Request {
            records: self.records,
            out: self.out,
            pairs: self.pairs,
            settings: self.settings,
            model: self.model,
            save_model: self.save_model,
            labels: self.labels,
            groups: self.groups,
            group_column: self.group_column,
            decisions: self.decisions,
            learn_from: self.learn_from,
            report: self.report,
            sample: self.sample,
            index: self.index,
            erase: self.erase,
            this_year: Clock::now().today.year(),
        };
        let ended = match &bounds {
            Some(bounds) => link_file::run_parted(&request, bounds, &|step, done, all| {
                bar.set_length(all);
                bar.set_position(done);
                bar.set_message(step.to_owned());
            }),
            None => link_file::run(&request, &|message| bar.set_message(message.to_owned())),
        };
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
        Ok(if outcome.has_findings() { Done::WithFindings } else { Done::Clean })
    }
}

fn print(outcome: &Outcome, request: &Request) {
    println!(
        "{} records are {} people ({:.1} s); the biggest has {} records, {} pairs are doubtful",
        outcome.records, outcome.people, outcome.seconds.total, outcome.biggest, outcome.doubtful
    );
    if let Some(took) = &outcome.one_by_one {
        println!(
            "linked one by one: half took {} ms or less, 99 in a hundred {} ms or less",
            took.p50_ms, took.p99_ms
        );
    }
    if let Some(q) = &outcome.quality {
        println!(
            "against the labels: precision {:.4}, recall {:.4}, F1 {:.4}; by record (B-cubed) F1 {:.4}",
            q.precision.value, q.recall.value, q.f1, q.b3_f1
        );
    }
    if let Some(share) = outcome.put_forward {
        println!("of pairs that are one person, {:.2} % were compared at all", share * 100.0);
    }
    for of in &outcome.groups {
        let q = &of.quality;
        println!("  {:<20} precision {:.4}, recall {:.4}", of.group, q.precision.value, q.recall.value);
    }
    if let Some(estimate) = &outcome.estimate {
        println!(
            "by {} judged pairs: precision about {:.3}, recall among the pairs looked at about {:.3}",
            estimate.used, estimate.precision, estimate.recall
        );
    }
    for note in &outcome.notes {
        println!("note: {note}");
    }
    const SHOWN: usize = 20;
    let found: Vec<_> = outcome.aside.iter().chain(&outcome.repeated).collect();
    for row in found.iter().take(SHOWN) {
        eprintln!("line {}, record_id '{}': {}", row.line, row.record_id, row.reason);
    }
    if found.len() > SHOWN {
        eprintln!("and {} more rows; --json lists them all", found.len() - SHOWN);
    }
    println!("Wrote {}.", request.out.display());
}
