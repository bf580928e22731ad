//! `throughline init`: makes an empty area.

use clap::Args;
use throughline_domain::sharing::AreaKind;
use throughline_store::{Area, Store};

use super::{AreaArgs, Done, Failure};
use crate::access::Accounts;

/// Makes an empty area.
#[derive(Args)]
#[command(after_help = "Example:\n  throughline init --db ./calderwick --area Calderwick --invented")]
pub struct Init {
    #[command(flatten)]
    area: AreaArgs,
    /// Name of the area, as people say it
    #[arg(long = "area", value_name = "NAME")]
    name: String,
    /// The area holds no real people: it has demonstration users, and may be exported whole without a release
    #[arg(long)]
    invented: bool,
}

impl Init {
    pub fn run(self) -> Result<Done, Failure> {
        let kind = if self.invented { AreaKind::Invented } else { AreaKind::Real };
        let area = Area { name: self.name.clone(), kind };
        Store::create(&self.area.db, &area).map_err(Failure::cannot)?;
        let accounts = Accounts::open(&self.area.db, &area).map_err(Failure::cannot)?;
        accounts.unlock().map_err(Failure::cannot)?;
        println!("Made the area {} in {}.", self.name, self.area.db.display());
        if !self.invented {
            println!(
                "Its key is {}. Keep a copy where the area's backups are not.",
                accounts.key_file.path().display()
            );
            println!("Add the first person: throughline user add --db {} --help", self.area.db.display());
        }
        println!("Next: throughline ingest --db {} FOLDER", self.area.db.display());
        Ok(Done::Clean)
    }
}
