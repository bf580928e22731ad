//! Tests of whole files: one invented row per kind of file, every fault of a format, and arbitrary bytes.

mod faults;
mod mappings;
mod random;
mod samples;
mod workbooks;

use std::io::Cursor;
use std::ops::ControlFlow;

use jiff::civil::Date;

use crate::{BadRow, FeedBook, GoodRow, ReadContext, Refusal, Row, Summary, read};

const TODAY: Date = Date::constant(2026, 11, 21);

fn context(file: &str) -> ReadContext {
    ReadContext { file: file.to_owned(), today: TODAY }
}

/// Everything a file gives.
#[derive(Debug)]
struct Given {
    good: Vec<GoodRow>,
    bad: Vec<BadRow>,
    summary: Summary,
}

impl Given {
    fn keys(&self) -> Vec<&str> {
        self.good.iter().map(|row| row.key.as_str()).collect()
    }
}

fn try_file(name: &str, bytes: &[u8]) -> Result<Given, Refusal> {
    let book = FeedBook::built_in().unwrap();
    let feed = book.identify(name, bytes.get(..bytes.len().min(65536)).unwrap())?;
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    let mut source = Cursor::new(bytes.to_vec());
    let summary = read(feed, &mut source, &context(name), &mut |row| {
        match row {
            Row::Good(row) => good.push(*row),
            Row::Bad(row) => bad.push(*row),
        }
        ControlFlow::Continue(())
    })?;
    assert_eq!(summary.rows, (good.len() + bad.len()) as u64, "every row is handed out once");
    Ok(Given { good, bad, summary })
}

#[track_caller]
fn file(name: &str, text: &str) -> Given {
    try_file(name, text.as_bytes()).unwrap_or_else(|refusal| panic!("{refusal}"))
}
