//! `throughline export`: one list as CSV.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use throughline_domain::release::Release;
use throughline_domain::sharing::{AreaKind, Purpose, Refused, Viewer};
use throughline_store::Store;

use super::{AreaArgs, Done, Failure, release};
use crate::access::{Accounts, Opener};
use crate::export::{self, List, Reading};
use crate::features::App;

/// Writes one list as CSV.
#[derive(Args)]
#[command(
    after_help = "Example:\n  throughline export children --db ./calderwick --out children.csv\n\nAn export is a disclosure. In an area with real people name the release that two people agreed on:\n  throughline export children --db ./calderwick --out children.csv --release 4711"
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
    /// Number of the release that two people agreed on; needed where the area holds real people
    #[arg(long, value_name = "NUMBER")]
    release: Option<u64>,
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
    /// What must lead to a fresh look at the risk
    CriticalPoints,
    /// What recorded episodes show, for each person causing harm
    Patterns,
    /// Children with who last saw them
    Children,
}

impl Export {
    pub fn run(self) -> Result<Done, Failure> {
        let store = Store::open(&self.area.db).map_err(Failure::cannot)?;
        let (opener, sight) = match self.release {
            // Before a row is read: an empty list would tell that there is nobody.
            None if store.area().kind == AreaKind::Real => return Err(Failure::cannot(Refused)),
            None => (Opener::operator(&store, Purpose::Export), None),
            Some(seq) => {
                let viewer = agreed(&store, seq)?;
                let app = App::new(store.clone(), &self.area.db, false).map_err(Failure::cannot)?;
                let sight = app.sight(&viewer).map_err(|problem| Failure::Cannot(problem.in_words()))?;
                (Opener::new(&store, viewer, Purpose::Export, Arc::default()), Some(sight))
            }
        };
        let list = match self.what {
            What::Links => List::Links,
            What::People => List::People,
            What::Households => List::Households,
            What::Incidents => List::Incidents,
            What::NextFamily => List::NextFamily,
            What::CriticalPoints => List::CriticalPoints,
            What::Patterns => List::Patterns,
            What::Children => List::Children,
        };
        let reading = Reading { store: &store, opener: &opener, sight: sight.as_ref() };
        let rows = export::write(&reading, list, &self.out).map_err(Failure::cannot)?;
        println!("Wrote {rows} rows to {}.", self.out.display());
        Ok(Done::Clean)
    }
}

/// In whose name a list goes out: that of whoever proposed the release, once a second person has confirmed it.
fn agreed(store: &Store, seq: u64) -> Result<Viewer, Failure> {
    let told = release::agreed(store, seq, Release::BulkExport)?;
    let accounts = Accounts::open(&store.folder(), &store.area()).map_err(Failure::cannot)?;
    let account = accounts.staff.account(&told.proposed.by).map_err(Failure::cannot)?;
    account.filter(|account| !account.disabled).and_then(|account| accounts.viewer(&account)).ok_or_else(
        || {
            Failure::Cannot(format!(
                "release {seq}: whoever proposed it has no account now; somebody else must propose it again"
            ))
        },
    )
}
