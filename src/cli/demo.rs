//! `throughline demo`: the main job on one command, with an invented area.

use std::path::{Path, PathBuf};

use clap::Args;
use throughline_domain::sharing::AreaKind;
use throughline_store::{Area, Store};

use super::serve::{self, Listen};
use super::{Done, Failure, ingest, sample};
use crate::access::Accounts;
use crate::intake::Clock;

/// Makes an invented area, takes its files in and shows it.
#[derive(Args)]
#[command(
    after_help = "Example:\n  throughline demo --port 8080\n\nEvery person, address and event in it is invented."
)]
pub struct Demo {
    /// How many families
    #[arg(long, default_value_t = 60)]
    families: u32,
    /// Seed of the invented area
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Port to answer on
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Folder of the area; made anew if it is a demonstration area
    #[arg(long, value_name = "FOLDER", default_value = "demo-area")]
    db: PathBuf,
    /// Stop before serving
    #[arg(long)]
    no_serve: bool,
}

const NAME: &str = "Demonstration area";

impl Demo {
    pub fn run(self) -> Result<Done, Failure> {
        clear(&self.db)?;
        let exports = self.db.join("exports");
        println!("1/3 Inventing {} families …", self.families);
        let plan = sample::plan(self.families, self.seed, Clock::now().today);
        let written = throughline_sample::write(&plan, &exports).map_err(Failure::cannot)?;
        let rows = written.rows();
        let store = Store::create(&self.db, &Area { name: NAME.to_owned(), kind: AreaKind::Invented })
            .map_err(Failure::cannot)?;
        println!("2/3 Taking in {rows} rows from seven agencies …");
        let report = ingest::ingest(&store, &self.db, &ingest::book(None)?, &[exports])?;
        let aside: u64 = report.files.iter().map(|f| f.quarantined).sum();
        println!(
            "    {} people after linking, {aside} rows put aside with their reasons, {:.1} s",
            report.people, report.seconds
        );
        let accounts = Accounts::open(&self.db, &store.area()).map_err(Failure::cannot)?;
        drop(store);
        if self.no_serve {
            println!("3/3 Ready. Show it: throughline serve --db {}", self.db.display());
            return Ok(Done::Clean);
        }
        println!("3/3 Open http://127.0.0.1:{}/ and sign in as one of:", self.port);
        for user in accounts.demonstration_users().map_err(Failure::cannot)? {
            println!("    {:<10} {}, {}", user.user, user.name, user.role);
        }
        serve::serve(&self.db, &Listen::loopback(self.port))
    }
}

/// Removes an earlier demonstration area, and only that.
fn clear(db: &Path) -> Result<(), Failure> {
    if !db.exists() {
        return Ok(());
    }
    let ours = Store::open(db).is_ok_and(|store| store.area().name == NAME);
    let unfinished = std::fs::read_dir(db)
        .is_ok_and(|mut entries| entries.all(|e| e.is_ok_and(|e| e.file_name() == "exports")));
    if !ours && !unfinished {
        return Err(Failure::Use(format!(
            "{} is there and is not a demonstration area; name another folder with --db",
            db.display()
        )));
    }
    std::fs::remove_dir_all(db).map_err(|e| Failure::Cannot(format!("cannot remove {}: {e}", db.display())))
}
