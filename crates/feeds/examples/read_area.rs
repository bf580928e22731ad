//! Reads a folder of agency exports, prints what each file held, and writes what the rows say as JSON lines.
//!
//! `cargo run --release -p throughline-feeds --example read_area -- FOLDER [OUT.ndjson]`

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::civil::Date;
use throughline_feeds::{BadRow, FeedBook, GoodRow, ReadContext, Row, read};

#[derive(Default)]
struct Counts {
    rows: u64,
    warned: u64,
    bad: u64,
    duplicate: u64,
    superseded: u64,
    kept: u64,
}

struct Kept {
    agency: String,
    file: String,
    sealed: bool,
    row: GoodRow,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("which folder?")?);
    let out = arguments.next();
    let faults = arguments.next();
    let today: Date = jiff::Zoned::now().date();
    let book = FeedBook::built_in()?;
    let mut records: BTreeMap<(String, String), Kept> = BTreeMap::new();
    let mut faults = faults.map(File::create).transpose()?.map(BufWriter::new);
    let (mut total, began) = (0, Instant::now());
    println!(
        "{:<40} {:<20} {:>7} {:>6} {:>5} {:>5} {:>5} {:>5}",
        "file", "feed", "rows", "warned", "bad", "dup", "super", "kept"
    );
    for path in files(&folder)? {
        let name = path.strip_prefix(&folder)?.to_string_lossy().replace('\\', "/");
        if name.starts_with("truth/") {
            continue;
        }
        let mut source = BufReader::with_capacity(1 << 16, File::open(&path)?);
        let head = source.fill_buf()?.to_vec();
        let feed = match book.identify(&name, &head) {
            Ok(feed) => feed,
            Err(refusal) => {
                println!("{refusal}");
                continue;
            }
        };
        let context = ReadContext { file: name.clone(), today };
        let mut counts = Counts::default();
        let mut trouble: Option<std::io::Error> = None;
        let summary = read(feed, &mut source, &context, &mut |row| {
            counts.rows += 1;
            let told = faults.as_mut().map(|out| tell(out, &name, &row)).transpose();
            match row {
                Row::Good(good) => {
                    counts.kept += good.kept.len() as u64;
                    counts.warned += u64::from(!good.warnings.is_empty());
                    let at = (feed.id.as_str().to_owned(), good.key.clone());
                    let kept = Kept {
                        agency: feed.agency.as_str().to_owned(),
                        file: name.clone(),
                        sealed: feed.sealed,
                        row: *good,
                    };
                    match records.get(&at) {
                        Some(known) if known.row.content == kept.row.content => counts.duplicate += 1,
                        Some(known) if known.row.stamp > kept.row.stamp => counts.superseded += 1,
                        Some(_) => {
                            counts.superseded += 1;
                            records.insert(at, kept);
                        }
                        None => {
                            records.insert(at, kept);
                        }
                    }
                }
                Row::Bad(_) => counts.bad += 1,
            }
            match told {
                Ok(_) => ControlFlow::Continue(()),
                Err(error) => {
                    trouble = Some(error);
                    ControlFlow::Break(())
                }
            }
        });
        if let Some(error) = trouble {
            return Err(error.into());
        }
        match summary {
            Ok(summary) => {
                assert_eq!(summary.rows, counts.rows, "every row is handed out");
                total += summary.rows;
                println!(
                    "{name:<40} {:<20} {:>7} {:>6} {:>5} {:>5} {:>5} {:>5}",
                    feed.id.as_str(),
                    counts.rows,
                    counts.warned,
                    counts.bad,
                    counts.duplicate,
                    counts.superseded,
                    counts.kept
                );
                for note in summary.notes {
                    println!("    {}: {}", note.field, note.reason);
                }
            }
            Err(refusal) => println!("{refusal}"),
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "printed only")]
    let speed = total as f64 / seconds;
    println!("{total} rows in {seconds:.3} s, {speed:.0} rows/s");
    if let Some(out) = out {
        write(&out, records.into_values().collect())?;
    }
    Ok(())
}

fn tell(out: &mut impl Write, file: &str, row: &Row) -> std::io::Result<()> {
    let line = match row {
        Row::Good(good) => serde_json::json!({
            "file": file, "line": good.line, "key": good.key, "good": true, "warnings": good.warnings,
        }),
        Row::Bad(bad) => {
            let BadRow { line, key, field, reason, raw, .. } = bad.as_ref();
            serde_json::json!({
                "file": file, "line": line, "key": key, "good": false, "field": field, "reason": reason, "raw": raw,
            })
        }
    };
    writeln!(out, "{line}")
}

fn write(path: &str, mut records: Vec<Kept>) -> std::io::Result<()> {
    records.sort_by(|a, b| (&a.file, a.row.line).cmp(&(&b.file, b.row.line)));
    let mut out = BufWriter::new(File::create(path)?);
    for (seq, Kept { agency, file, sealed, row }) in records.iter().enumerate() {
        let line = serde_json::json!({
            "agency": agency, "file": file, "line": row.line, "seq": seq + 1, "stamp": row.stamp, "content": row.content,
            "received": "2026-11-21T00:00:00Z", "happened": row.happened, "recorded": row.recorded, "record": row.record,
            "sealed": sealed,
        });
        writeln!(out, "{line}")?;
    }
    out.flush()
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}
