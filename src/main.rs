//! Throughline: joins what each agency records about children living with domestic abuse into one picture.
//! Start here: each command of the program is one file in `cli/`.

mod access;
mod api;
mod claim;
mod cli;
mod config;
mod derive;
mod digest;
mod export;
mod features;
mod intake;
mod shelf;
mod web;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
