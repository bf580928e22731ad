//! `throughline verify`: recomputes every chain from the stored bytes.

use clap::Args;
use throughline_store::Store;

use super::{AreaArgs, Done, Failure};

/// Recomputes every chain of facts, and that of who looked.
#[derive(Args)]
#[command(
    after_help = "Example:\n  throughline verify --db ./calderwick\n\nExit code 1 names the first damaged fact or entry."
)]
pub struct Verify {
    #[command(flatten)]
    area: AreaArgs,
}

impl Verify {
    pub fn run(self) -> Result<Done, Failure> {
        let store = Store::open(&self.area.db).map_err(Failure::cannot)?;
        let verdict = store.verify().map_err(Failure::cannot)?;
        match &verdict.damage {
            None => {
                println!("{} facts agree with their chains.", verdict.facts);
                println!("{} entries of who looked agree with theirs.", verdict.entries);
                Ok(Done::Clean)
            }
            Some(damage) => {
                println!("Damaged: {damage}. Restore from the latest good backup.");
                Ok(Done::WithFindings)
            }
        }
    }
}
