//! `throughline sample`: the raw agency exports of an invented area, with their answers.

use std::path::PathBuf;

use clap::Args;
use throughline_sample::Plan;

use super::{Done, Failure};
use crate::intake::Clock;

/// Writes an invented area.
#[derive(Args)]
#[command(after_help = "Example:\n  throughline sample --out ./exports --families 60 --seed 1")]
pub struct Sample {
    /// Folder to write to
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// How many families
    #[arg(long, default_value_t = 60)]
    families: u32,
    /// Seed: the same seed and last day give the same files
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Last day of the three years it covers (default: today)
    #[arg(long, value_name = "DATE")]
    until: Option<jiff::civil::Date>,
}

impl Sample {
    pub fn run(self) -> Result<Done, Failure> {
        let until = self.until.unwrap_or_else(|| Clock::now().today);
        let written = throughline_sample::write(&plan(self.families, self.seed, until), &self.out)
            .map_err(Failure::cannot)?;
        for (file, rows) in &written.files {
            println!("{file:<34} {rows:>8} rows");
        }
        println!(
            "Next: throughline init --db ./area --area Invented --invented && throughline ingest --db ./area {}",
            self.out.display()
        );
        Ok(Done::Clean)
    }
}

/// The plan of an area.
pub fn plan(families: u32, seed: u64, until: jiff::civil::Date) -> Plan {
    Plan { families, seed, until, months: 36 }
}
