//! `throughline rebuild`: derives everything again, or checks that doing so would change nothing.

use clap::Args;
use throughline_store::Store;

use super::{AreaArgs, Done, Failure};
use crate::claim::Claim;
use crate::derive;
use crate::intake::Clock;

/// Derives everything again from the facts.
#[derive(Args)]
#[command(
    after_help = "Example:\n  throughline rebuild --db ./calderwick --check\n\nExit code 1 names the first difference."
)]
pub struct Rebuild {
    #[command(flatten)]
    area: AreaArgs,
    /// Change nothing; compare with what is there
    #[arg(long)]
    check: bool,
    /// Only when facts have come or the day has changed since, and nobody else is at it
    #[arg(long, conflicts_with = "check")]
    if_needed: bool,
}

impl Rebuild {
    pub fn run(self) -> Result<Done, Failure> {
        let store = Store::open(&self.area.db).map_err(Failure::cannot)?;
        if self.if_needed {
            if let Some(_claim) = Claim::now(&self.area.db).map_err(Failure::cannot)? {
                derive::bring_up_to_date(&store, &Clock::now()).map_err(Failure::cannot)?;
            }
            return Ok(Done::Clean);
        }
        let _claim = Claim::wait(&self.area.db).map_err(Failure::cannot)?;
        if !self.check {
            let derived = derive::derive(&store, &Clock::now()).map_err(Failure::cannot)?;
            println!("Derived {} people from {} facts.", derived.people, derived.seq);
            return Ok(Done::Clean);
        }
        match derive::check(&store).map_err(Failure::cannot)? {
            None => {
                println!("What is derived agrees with the facts.");
                Ok(Done::Clean)
            }
            Some(difference) => {
                println!(
                    "First difference: {difference}. Put it right: throughline rebuild --db {}",
                    self.area.db.display()
                );
                Ok(Done::WithFindings)
            }
        }
    }
}
