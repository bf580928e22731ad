//! `throughline export`: one list as CSV.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use throughline_domain::fact::FactBody;
use throughline_domain::release::{Release, ReleaseCarriedOut, Told};
use throughline_domain::sharing::{AreaKind, Purpose, Refused, Viewer};
use throughline_store::Store;

use super::{AreaArgs, Done, Failure, release};
use crate::access::{Accounts, Opener};
use crate::claim::{Claim, Of};
use crate::export::{self, ExportError, List, Reading};
use crate::features::App;
use crate::intake::{self, Clock};

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

impl What {
    fn list(self) -> List {
        match self {
            Self::Links => List::Links,
            Self::People => List::People,
            Self::Households => List::Households,
            Self::Incidents => List::Incidents,
            Self::NextFamily => List::NextFamily,
            Self::CriticalPoints => List::CriticalPoints,
            Self::Patterns => List::Patterns,
            Self::Children => List::Children,
        }
    }
}

impl Export {
    pub fn run(self) -> Result<Done, Failure> {
        let store = Store::open(&self.area.db).map_err(Failure::cannot)?;
        let list = self.what.list();
        let (opener, sight) = match self.release {
            // Before a row is read: an empty list would tell that there is nobody.
            None if store.area().kind == AreaKind::Real => return Err(Failure::cannot(Refused)),
            None => (Opener::operator(&store, Purpose::Export), None),
            Some(seq) => {
                let claim = Claim::wait(&self.area.db, Of::Facts).map_err(Failure::cannot)?;
                let (told, viewer) = agreed(&store, seq, list)?;
                let app = App::new(store.clone(), &self.area.db, false).map_err(Failure::cannot)?;
                let sight = app.sight(&viewer).map_err(|problem| Failure::Cannot(problem.in_words()))?;
                // Before the file is written: a release that failed half-way is proposed again.
                let done = ReleaseCarriedOut { release: seq, list: list.word().to_owned() };
                let done = vec![FactBody::ReleaseCarriedOut(done)];
                intake::append_all(&store, &told.agency, &Clock::now(), done).map_err(Failure::cannot)?;
                drop(claim);
                (Opener::new(&store, viewer, Purpose::Export, Arc::default()), Some(sight))
            }
        };
        let reading = Reading { store: &store, opener: &opener, sight: sight.as_ref() };
        let rows = export::write(&reading, list, &self.out).map_err(Failure::cannot)?;
        println!("Wrote {rows} rows to {}.", self.out.display());
        Ok(Done::Clean)
    }
}

/// In whose name a list goes out: that of whoever proposed the release, once a second person has confirmed it, for as long as
/// they work in the role in which they proposed it.
fn agreed(store: &Store, seq: u64, list: List) -> Result<(Told, Viewer), Failure> {
    let told = release::agreed(store, seq, Release::BulkExport)?;
    let no = |why: String| Failure::Cannot(format!("release {seq}: {why}"));
    let (named, asked) = (told.proposed.list.as_str(), list.word());
    if list == List::Links {
        return Err(Failure::cannot(ExportError::NotReleased));
    }
    if named != asked {
        return Err(no(format!(
            "two people agreed on the list \u{201c}{named}\u{201d}, not on \u{201c}{asked}\u{201d}"
        )));
    }
    let accounts = Accounts::open(&store.folder(), &store.area()).map_err(Failure::cannot)?;
    let account = accounts.staff.account(&told.proposed.by).map_err(Failure::cannot)?;
    let viewer = account.filter(|account| !account.disabled).and_then(|account| accounts.viewer(&account));
    let viewer = viewer.ok_or_else(|| {
        no("whoever proposed it has no account now; somebody else must propose it again".to_owned())
    })?;
    if viewer.role_id.as_str() != told.proposed.role || viewer.agency != told.agency {
        return Err(no("whoever proposed it works in another role now; propose it again".to_owned()));
    }
    Ok((told, viewer))
}
