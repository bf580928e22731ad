//! `throughline rebuild`: derives everything again, or checks that doing so would change nothing.

use std::time::Duration;

use clap::Args;
use throughline_store::Store;

use super::{AreaArgs, Done, Failure};
use crate::claim::{Claim, Of};
use crate::derive;
use crate::intake::Clock;

/// How long `--if-needed` waits for somebody else who draws: whoever asked for it asks again in a minute.
const PATIENCE: Duration = Duration::from_secs(20);

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
            // Nobody begins to draw while files are being taken in: whoever does that draws in the end.
            let quiet = Claim::now(&self.area.db, Of::Files).map_err(Failure::cannot)?.is_some();
            let claim = Claim::within(&self.area.db, Of::Picture, PATIENCE).map_err(Failure::cannot)?;
            if let Some(_claim) = claim.filter(|_| quiet) {
                derive::bring_up_to_date(&store, &Clock::now()).map_err(Failure::cannot)?;
            }
            return Ok(Done::Clean);
        }
        let _files = Claim::wait(&self.area.db, Of::Files).map_err(Failure::cannot)?;
        let _picture = Claim::wait(&self.area.db, Of::Picture).map_err(Failure::cannot)?;
        if !self.check {
            let derived = derive::derive(&store, &Clock::now()).map_err(Failure::cannot)?;
            println!("Derived {} people from {} facts.", derived.people, derived.seq);
            return Ok(Done::Clean);
        }
        let _facts = Claim::wait(&self.area.db, Of::Facts).map_err(Failure::cannot)?;
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
