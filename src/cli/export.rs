//! `throughline export`: one list as CSV.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use throughline_domain::sharing::Purpose;
use throughline_store::Store;

use super::{AreaArgs, Done, Failure};
use crate::access::Opener;
use crate::export::{self, List};

/// Writes one list as CSV.
#[derive(Args)]
#[command(
    after_help = "Example:\n  throughline export children --db ./calderwick --out children.csv\n\nAn export is a disclosure: only an area without real people may be exported whole."
)]
pub struct Export {
    /// Which list
    #[arg(value_enum, value_name = "WHAT")]
    what: What,
    #[command(flatten)]
    area: AreaArgs,
    /// File to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// Which mention belongs to which person
    Links,
    /// People
    People,
    /// Who lived in which home, when
    Households,
    /// Incidents with roles
    Incidents,
    /// Signs of a next family
    NextFamily,
    /// Children with who last saw them
    Children,
}

impl Export {
    pub fn run(self) -> Result<Done, Failure> {
        let store = Store::open(&self.area.db).map_err(Failure::cannot)?;
        let opener = Opener::operator(&store, Purpose::Export);
        let list = match self.what {
            What::Links => List::Links,
            What::People => List::People,
            What::Households => List::Households,
            What::Incidents => List::Incidents,
            What::NextFamily => List::NextFamily,
            What::Children => List::Children,
        };
        let rows = export::write(&store, &opener, list, &self.out).map_err(Failure::cannot)?;
        println!("Wrote {rows} rows to {}.", self.out.display());
        Ok(Done::Clean)
    }
}
