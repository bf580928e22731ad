//! Writes an invented area to look at: `cargo run -p throughline-sample --example write -- OUT FAMILIES SEED`.

use std::path::PathBuf;
use std::process::ExitCode;

use jiff::civil::Date;
use throughline_sample::{Plan, write};

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let Some(out) = words.next().map(PathBuf::from) else {
        eprintln!("usage: write OUT [FAMILIES] [SEED]");
        return ExitCode::from(2);
    };
    let families = words.next().and_then(|text| text.parse().ok()).unwrap_or(60);
    let seed = words.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let plan = Plan { families, seed, until: Date::constant(2026, 10, 31), months: 36 };
    match write(&plan, &out) {
        Ok(written) => {
            for (file, rows) in &written.files {
                println!("{rows:>9} {file}");
            }
            println!(
                "{} rows about {} persons, police files in {}",
                written.rows(),
                written.persons,
                written.police_encoding
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
