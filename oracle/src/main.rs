//! The command `oracle`: checks the real program against the written rules.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use throughline_oracle::probe::Depth;
use throughline_oracle::run::{self, Ground};
use throughline_oracle::{Outcome, pairs, seeded};

/// Checks the real program against the written rules on who sees what.
#[derive(Parser)]
#[command(
    after_help = "Example:\n  cargo run -p throughline-oracle -- probe --program target/debug/throughline --probes 100000"
)]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Ask everything as everybody
    Probe {
        /// The program to check
        #[arg(long)]
        program: PathBuf,
        /// The folder with the rules
        #[arg(long, default_value = "area")]
        area: PathBuf,
        /// How many families to invent
        #[arg(long, default_value_t = 24)]
        families: usize,
        /// Seed of the invented area
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Every so many-th thing is asked for
        #[arg(long, default_value_t = 1)]
        every: usize,
        /// Only these audiences, such as `police/gp`
        #[arg(long)]
        only: Vec<String>,
    },
    /// Plant leaks of every kind into real answers; each must be found
    Seeded {
        /// The program to check
        #[arg(long)]
        program: PathBuf,
        /// The folder with the rules
        #[arg(long, default_value = "area")]
        area: PathBuf,
    },
    /// Compare two worlds that differ in one protected fact of each family
    Pairs {
        /// The program to check
        #[arg(long)]
        program: PathBuf,
        /// The folder with the rules
        #[arg(long, default_value = "area")]
        area: PathBuf,
        /// How many pairs
        #[arg(long, default_value_t = 1_000)]
        pairs: usize,
        /// Seed of the invented areas
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

fn main() -> ExitCode {
    let command = Command::parse();
    match run(command) {
        Ok(clean) if clean => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(why) => {
            eprintln!("oracle: {why}");
            ExitCode::from(3)
        }
    }
}

fn run(command: Command) -> Outcome<bool> {
    match command.what {
        What::Probe { program, area, families, seed, every, only } => {
            let ground = Ground::new(&area, families, seed, false)?;
            let only: BTreeSet<String> = only.into_iter().collect();
            let report = run::probe(&ground, &program, Depth { every, verbs: 2 }, &only)?;
            tell(&report, report.is_clean())
        }
        What::Seeded { program, area } => {
            let told = seeded::run(&Ground::new(&area, 4, 3, false)?, &program)?;
            tell(&told, told.is_well())
        }
        What::Pairs { program, area, pairs: count, seed } => {
            let told = pairs::run(&area, &program, count, seed)?;
            tell(&told, told.differ.is_empty())
        }
    }
}

fn tell(told: &impl serde::Serialize, well: bool) -> Outcome<bool> {
    println!("{}", serde_json::to_string_pretty(told)?);
    Ok(well)
}
