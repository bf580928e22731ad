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
        /// Go on with other areas until there were so many requests
        #[arg(long, default_value_t = 0)]
        probes: u64,
        /// Only these audiences, such as `police/response_officer`
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
    /// Compare worlds that differ in one protected fact of each family
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
        /// Each family is shown to so many audiences that see all families of their agency
        #[arg(long, default_value_t = 3)]
        lookers: usize,
        /// As much as the tests of the program compare: one audience for each family, every second one for each sort of facts
        #[arg(long)]
        quick: bool,
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
        What::Probe { program, area, families, seed, every, probes, only } => {
            let only: BTreeSet<String> = only.into_iter().collect();
            let depth = Depth { every: every.max(1), verbs: 2, turn: 0 };
            let mut report = run::probe(&Ground::new(&area, families, seed)?, &program, depth, &only)?;
            let mut next = seed;
            while report.all.probes < probes {
                next = next.wrapping_add(1);
                let before = report.all.probes;
                report.merge(run::probe(&Ground::new(&area, families, next)?, &program, depth, &only)?);
                if report.all.probes == before {
                    return Err("nothing was asked; is there such an audience in area/roles.toml?".into());
                }
            }
            tell(&report, report.is_clean())
        }
        What::Seeded { program, area } => {
            let told = seeded::run(&Ground::new(&area, 4, 3)?, &program)?;
            tell(&told, told.is_well())
        }
        What::Pairs { program, area, pairs: count, seed, lookers, quick } => {
            let plan = match quick {
                true => pairs::Plan::quick(count, seed),
                false => pairs::Plan { pairs: count, seed, lookers, halves: false, allocated: 24 },
            };
            let told = pairs::run(&area, &program, plan)?;
            tell(&told, told.differ.is_empty())
        }
    }
}

fn tell(told: &impl serde::Serialize, well: bool) -> Outcome<bool> {
    println!("{}", serde_json::to_string_pretty(told)?);
    Ok(well)
}
