//! `throughline rebuild`: derives everything again, or checks that doing so would change nothing.

use clap::Args;
use throughline_store::Store;

use super::{AreaArgs, Done, Failure};
use crate::derive;
use crate::intake::Clock;

/// Derives everything again from the facts.
#[derive(Args)]
#[command(after_help = "Example:\n  throughline rebuild --db ./calderwick --check\n\nExit code 1 names the first difference.")]
pub struct Rebuild {
    #[command(flatten)]
    area: AreaArgs,
    /// Change nothing; compare with what is there
    #[arg(long)]
    check: bool,
}

impl Rebuild {
    pub fn run(self) -> Result<Done, Failure> {
        let store = Store::open(&self.area.db).map_err(Failure::cannot)?;
        if !self.check {
            let derived = derive::derive(&store, Clock::now().today).map_err(Failure::cannot)?;
            println!("Derived {} people from {} facts.", derived.people, derived.seq);
            return Ok(Done::Clean);
        }
        match derive::check(&store).map_err(Failure::cannot)? {
            None => {
                println!("What is derived agrees with the facts.");
                Ok(Done::Clean)
            }
            Some(difference) => {
                println!("First difference: {difference}. Put it right: throughline rebuild --db {}", self.area.db.display());
                Ok(Done::WithFindings)
            }
        }
    }
}
