//! Patterns of series in one file. Not part of `derive`: there is no database, no fact and no person here; a file of
//! reports in one fixed form goes in, and a file with a label and its ranges for each series comes out.
//!
//! `reading` takes the reports up (with the blocks and tables of `link_file`), `spans` the times away and the reporting
//! index, `run` reads the patterns and says what came of it, `writing` writes them.

mod columns;
mod reading;
mod run;
mod spans;
mod writing;

pub use run::{Outcome, Request, run};
