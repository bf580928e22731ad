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
mod link_file;
mod pattern_file;
mod shelf;
mod web;

use std::process::ExitCode;

/// Taking files in and drawing the picture make and drop millions of small texts: a fifth of the time went
/// into the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
