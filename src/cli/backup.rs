//! `throughline backup` and `throughline restore`: one file out, verified back.

use std::path::PathBuf;

use clap::Args;
use throughline_store::Store;

use super::{AreaArgs, Done, Failure};
use crate::access::keys::KeyFile;

/// Copies an area into one file while it serves.
#[derive(Args)]
#[command(after_help = "Example:\n  throughline backup --db ./calderwick --out calderwick-2026-11-20.backup")]
pub struct Backup {
    #[command(flatten)]
    area: AreaArgs,
    /// File to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Brings an area back from a backup; verifies it before it says done.
#[derive(Args)]
#[command(
    after_help = "Example:\n  throughline restore calderwick-2026-11-20.backup --db ./calderwick-again"
)]
pub struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    area: AreaArgs,
}

impl Backup {
    pub fn run(self) -> Result<Done, Failure> {
        let store = Store::open(&self.area.db).map_err(Failure::cannot)?;
        store.backup(&self.out).map_err(Failure::cannot)?;
        println!("Copied {} to {}.", self.area.db.display(), self.out.display());
        let key = KeyFile::of(&self.area.db).map_err(Failure::cannot)?;
        if key.path().exists() {
            println!("The key {} is not in it: keep a copy of it somewhere else.", key.path().display());
        }
        Ok(Done::Clean)
    }
}

impl Restore {
    pub fn run(self) -> Result<Done, Failure> {
        Store::restore(&self.file, &self.area.db).map_err(Failure::cannot)?;
        println!("Restored to {}; every fact verified.", self.area.db.display());
        Ok(Done::Clean)
    }
}
