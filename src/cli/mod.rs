//! The command line: what the words mean, one file per command, and which exit code says what.
//!
//! Exit codes: 0 done, 1 done with findings (rows put aside, failed verification), 2 wrong use, 3 cannot
//! (file, database).

mod backup;
mod demo;
mod doctor;
mod export;
mod ingest;
mod init;
mod link;
mod pattern;
mod quarantine;
mod rebuild;
mod release;
mod sample;
mod serve;
mod share;
mod user;
mod verify;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Joins what each agency records about children living with domestic abuse into one picture.
#[derive(Parser)]
#[command(
    version,
    after_help = "Start with an invented area:\n  throughline demo\n\nExit codes: 0 done, 1 done with findings, 2 wrong use, 3 cannot (file, database)."
)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make an invented area, take its files in and show it in the browser
    Demo(demo::Demo),
    /// Write the raw agency exports of an invented area, with their answers
    Sample(sample::Sample),
    /// Make an empty area
    Init(init::Init),
    /// Take agency files in
    Ingest(ingest::Ingest),
    /// List the rows that were put aside, or try them again
    Quarantine(quarantine::Quarantine),
    /// Link the records of one file into people, with no database
    Link(Box<link::Link>),
    /// Tell what series of reports show over time, with no database
    Pattern(Box<pattern::Pattern>),
    /// Write one list as CSV
    Export(export::Export),
    /// Decide by written policy what may be shared, and put a partnership's own policies in force
    Share(share::Share),
    /// Show an area in the browser and serve its API
    Serve(serve::Serve),
    /// Add people who sign in, and change what they may do
    User(Box<user::User>),
    /// Recompute every chain, of facts and of who looked, and name the first damaged one
    Verify(verify::Verify),
    /// Derive everything again from the facts
    Rebuild(rebuild::Rebuild),
    /// Copy an area into one file while it serves
    Backup(backup::Backup),
    /// Bring an area back from a backup, verified
    Restore(backup::Restore),
    /// Check this installation and an area
    Doctor(doctor::Doctor),
}

/// Which area a command works on.
#[derive(Args, Clone)]
struct AreaArgs {
    /// Folder of the area
    #[arg(long, env = "THROUGHLINE_DB", value_name = "FOLDER")]
    db: PathBuf,
}

/// Why a command stopped.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Wrong use: the message says what was expected.
    #[error("{0}")]
    Use(String),
    /// A file or the database could not be used.
    #[error("{0}")]
    Cannot(String),
}

impl Failure {
    fn cannot(error: impl std::fmt::Display) -> Self {
        Self::Cannot(error.to_string())
    }
}

/// How a command ended when it did its work.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Done {
    /// Nothing to report.
    Clean,
    /// Something a person should look at.
    WithFindings,
}

/// Writes a line for whoever runs the program. A log that cannot be written, on a full disk, must not end an answer.
pub fn log(line: &str) {
    drop(writeln!(std::io::stderr(), "throughline: {line}"));
}

/// Runs the command on the command line and turns its end into an exit code.
pub fn run() -> ExitCode {
    end_quietly_when_nobody_reads();
    let result = match Program::parse().command {
        Command::Demo(c) => c.run(),
        Command::Sample(c) => c.run(),
        Command::Init(c) => c.run(),
        Command::Ingest(c) => c.run(),
        Command::Quarantine(c) => c.run(),
        Command::Link(c) => c.run(),
        Command::Pattern(c) => c.run(),
        Command::Export(c) => c.run(),
        Command::Share(c) => c.run(),
        Command::Serve(c) => c.run(),
        Command::User(c) => c.run(),
        Command::Verify(c) => c.run(),
        Command::Rebuild(c) => c.run(),
        Command::Backup(c) => c.run(),
        Command::Restore(c) => c.run(),
        Command::Doctor(c) => c.run(),
    };
    match result {
        Ok(Done::Clean) => ExitCode::SUCCESS,
        Ok(Done::WithFindings) => ExitCode::from(1),
        Err(failure) => {
            log(&failure.to_string());
            ExitCode::from(match failure {
                Failure::Use(_) => 2,
                Failure::Cannot(_) => 3,
            })
        }
    }
}

/// `throughline … | head` closes our output early; that is no fault of ours and no reason for a report.
fn end_quietly_when_nobody_reads() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let said = panic.payload().downcast_ref::<String>().map(String::as_str).unwrap_or_default();
        if said.starts_with("failed printing to stdout") {
            std::process::exit(0);
        }
        usual(panic);
    }));
}

/// Writes one line of JSON to standard output.
fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value).map_err(Failure::cannot)?;
    println!("{text}");
    Ok(())
}
