//! Linking one file of person records. Not part of `intake`: there is no database, no agency's mapping and no fact
//! here; a file in one fixed form goes in, and files that say who is who come out.
//!
//! `reading` takes the file up (with `blocks`, `header`, `rows`, `dates`, `ids`), `engine` links, `writing` writes the answer,
//! `index` and `one_by_one` link later records with those kept, `parted` links a file larger than memory, `labels` and
//! `measure` hold it against what is known, `report` draws it.

pub mod blocks;
mod dates;
mod engine;
mod fault;
mod header;
pub mod ids;
mod index;
mod known;
mod labels;
mod measure;
mod one_by_one;
mod parted;
mod reading;
mod report;
pub mod rows;
mod run;
mod sample;
pub mod table;
pub mod writing;

pub use fault::Fault;
pub use parted::{Bounds, run as run_parted};
pub use run::{Outcome, Request, run};
