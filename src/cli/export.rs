//! `throughline export`: one list as CSV.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use throughline_domain::release::{self, Release};
use throughline_domain::sharing::{Door, Purpose, Viewer};
use throughline_store::Store;

use super::{AreaArgs, Done, Failure};
use crate::access::{Accounts, Opener};
use crate::export::{self, List};
use crate::intake::Clock;

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

/// Days for which an agreed release may be carried out: after that somebody looks at it again.
const DAYS: i64 = 7;

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
        let opener = match self.release {
            None => Opener::operator(&store, Purpose::Export),
            Some(seq) => {
                let viewer = agreed(&store, seq)?;
                Opener::new(&store, viewer, Purpose::Export, Arc::default())
            }
        };
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

/// In whose name a list goes out: that of whoever proposed the release, once a second person has confirmed it.
fn agreed(store: &Store, seq: u64) -> Result<Viewer, Failure> {
    let no = |why: &str| Failure::Cannot(format!("release {seq}: {why}"));
    let mut facts = Vec::new();
    for sealed in
        store.facts_of_kind(&["release_proposed", "proposal_answered"], ..).map_err(Failure::cannot)?
    {
        facts.push(Door::open_to_derive(sealed.map_err(Failure::cannot)?));
    }
    facts.sort_by_key(|fact| fact.seq);
    let told = release::tell(&facts).into_iter().find(|told| told.seq == seq);
    let told = told.ok_or_else(|| no("there is none; propose one on the page Releases"))?;
    if told.proposed.what != Release::BulkExport {
        return Err(no(
            "it is not for an export; propose one of the kind \u{201c}Export rows about many people\u{201d}",
        ));
    }
    if !told.stands() {
        return Err(no("no second person has confirmed it"));
    }
    if Clock::now().received.duration_since(told.at).as_hours() > 24 * DAYS {
        return Err(no("it is more than 7 days old; propose it again"));
    }
    let accounts = Accounts::open(&store.folder(), &store.area()).map_err(Failure::cannot)?;
    let account = accounts.staff.account(&told.proposed.by).map_err(Failure::cannot)?;
    account
        .filter(|account| !account.disabled)
        .and_then(|account| accounts.viewer(&account))
        .ok_or_else(|| no("whoever proposed it has no account now; somebody else must propose it again"))
}
