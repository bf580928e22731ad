//! `throughline doctor`: is this installation sound, and is this area?

use clap::Args;
use throughline_feeds::FeedBook;
use throughline_store::{Diagnosis, Looks, Store};

use super::{AreaArgs, Done, Failure, print_json};
use crate::access::Accounts;
use crate::{derive, intake::Clock};

/// Checks this installation and an area.
#[derive(Args)]
#[command(after_help = "Example:\n  throughline doctor --db ./calderwick")]
pub struct Doctor {
    #[command(flatten)]
    area: AreaArgs,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// One check and how it came out.
#[derive(serde::Serialize)]
struct Check {
    what: String,
    found: String,
    sound: bool,
}

impl Doctor {
    pub fn run(self) -> Result<Done, Failure> {
        let store = Store::open(&self.area.db).map_err(Failure::cannot)?;
        let mut checks = storage(&store.check().map_err(Failure::cannot)?);
        checks.push(looks(&store)?);
        checks.push(key(&self.area, &store)?);
        checks.push(feeds());
        checks.push(derived(&store)?);
        let sound = checks.iter().all(|c| c.sound);
        if self.json {
            print_json(&checks)?;
        } else {
            for c in &checks {
                println!("{} {:<28} {}", if c.sound { "ok  " } else { "LOOK" }, c.what, c.found);
            }
        }
        Ok(if sound { Done::Clean } else { Done::WithFindings })
    }
}

fn storage(d: &Diagnosis) -> Vec<Check> {
    let fine = |what: &str, found: String| Check { what: what.to_owned(), found, sound: true };
    let mut checks = vec![
        fine("area", format!("{} ({:?})", d.area.name, d.area.kind).to_lowercase()),
        fine("SQLite", d.sqlite.clone()),
        fine("journal and flushing", format!("{}, {}", d.journal_mode, d.synchronous)),
        fine("schema version", d.schema.to_string()),
        fine("facts", d.heads.last_seq().to_string()),
        fine("database", format!("{} MiB", d.database_bytes / (1024 * 1024))),
    ];
    let findings = d.findings().into_iter();
    checks.extend(findings.map(|found| Check { what: "storage".to_owned(), found, sound: false }));
    checks
}

/// Without a record of who looked nothing is shown: how it stands.
fn looks(store: &Store) -> Result<Check, Failure> {
    let looks = Looks::open(store, Clock::now().received).map_err(Failure::cannot)?;
    let state = looks.state().map_err(Failure::cannot)?;
    let sound = state.journal_mode == "wal" && state.synchronous == "full";
    let size = state.bytes / (1024 * 1024);
    let found =
        format!("{} entries, {size} MiB, {}, {}", state.entries, state.journal_mode, state.synchronous);
    Ok(Check { what: "who looked".to_owned(), found, sound })
}

/// Whether the key opens what it sealed.
fn key(area: &AreaArgs, store: &Store) -> Result<Check, Failure> {
    let what = "key of sealed secrets".to_owned();
    let accounts = Accounts::open(&area.db, &store.area()).map_err(Failure::cannot)?;
    Ok(match accounts.unlock() {
        Ok(()) if accounts.key_file.path().exists() => {
            Check { what, found: accounts.key_file.path().display().to_string(), sound: true }
        }
        Ok(()) => Check { what, found: "none needed yet".to_owned(), sound: true },
        Err(why) => Check { what, found: why.to_string(), sound: false },
    })
}

fn feeds() -> Check {
    let what = "feed mappings".to_owned();
    match FeedBook::built_in() {
        Ok(book) => Check { what, found: format!("{} read", book.feeds().len()), sound: true },
        Err(error) => Check { what, found: error.to_string(), sound: false },
    }
}

fn derived(store: &Store) -> Result<Check, Failure> {
    let done = derive::derived(store).map_err(Failure::cannot)?;
    let last = store.heads().map_err(Failure::cannot)?.last_seq();
    let (what, today) = ("derived picture".to_owned(), Clock::now().today);
    let sound = done.seq == last && done.on == Some(today);
    let found = match (done.on, sound) {
        (Some(_), true) => format!("{} people, as of today, all {last} facts in it", done.people),
        (Some(on), false) => {
            format!("drawn for {on} from {} of {last} facts; run `throughline rebuild`", done.seq)
        }
        (None, _) => "nothing taken in yet".to_owned(),
    };
    Ok(Check { what, found, sound: sound || done.on.is_none() })
}
