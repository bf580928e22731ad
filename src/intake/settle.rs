//! Rows put aside, tried again: after a mapping was mended, or with a person's correction. What was put
//! aside stays a fact; how it was settled becomes another.

use schemars::JsonSchema;
use serde::Serialize;
use throughline_domain::fact::{AsideSettled, FactBody};
use throughline_domain::picture::Kept;
use throughline_domain::sharing::Door;
use throughline_feeds::{Feed, FeedBook, GoodRow, ReadContext, Row};
use throughline_store::{Batch, Store};

use super::delivery::aside_row;
use super::rows::{End, States, Writing};
use super::{Clock, new_fact};
use crate::shelf::{self, Aside, ShelfError};

/// What came of trying again.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Settled {
    /// Rows tried.
    pub tried: u64,
    /// Rows that could be read now.
    pub read: u64,
    /// Rows that stay put aside.
    pub still_aside: u64,
}

/// What stands for the text of a row from a confidential export.
const SEALED: &str = "[kept: this row is from a confidential export. Ask the service to send it again.]";

/// A row put aside as it may be shown: nothing of a confidential export, no address that must be kept. Also says
/// whether its text is whole, so that somebody can correct it here.
pub fn fit_to_show(mut aside: Aside, book: &FeedBook, kept: &Kept) -> (Aside, bool) {
    let text = &mut aside.aside;
    if book.feeds().iter().any(|feed| feed.sealed && feed.id == text.feed) {
        SEALED.clone_into(&mut text.raw);
        text.header.clear();
        return (aside, false);
    }
    let raw = kept.hush(&text.raw).into_owned();
    let whole = raw == text.raw;
    text.raw = raw;
    (aside, whole)
}

/// Reads every open row again with the mappings as they are now.
pub fn retry(store: &Store, book: &FeedBook, clock: &Clock) -> Result<Settled, ShelfError> {
    let mut outcome = Settled::default();
    for (_, sealed) in shelf::all::<Aside>(store, shelf::ASIDE)? {
        let aside = Door::open_to_derive(sealed);
        let whole_file = aside.aside.field == "(file)";
        if aside.settled.is_some() || whole_file {
            continue;
        }
        outcome.tried += 1;
        match read_again(store, book, clock, &aside, "")? {
            Ok(()) => outcome.read += 1,
            Err(_) => outcome.still_aside += 1,
        }
    }
    Ok(outcome)
}

/// Reads one row again as it came. The inner error says what is still wrong with it.
pub fn read_again(
    store: &Store,
    book: &FeedBook,
    clock: &Clock,
    aside: &Aside,
    by: &str,
) -> Result<Result<(), String>, ShelfError> {
    settle(store, book, clock, aside, &aside.aside.raw, "read_again", by)
}

/// Takes a person's correction of one row. The inner error says what is still wrong with it.
pub fn correct(
    store: &Store,
    book: &FeedBook,
    clock: &Clock,
    aside: &Aside,
    text: &str,
    by: &str,
) -> Result<Result<(), String>, ShelfError> {
    settle(store, book, clock, aside, text, "corrected", by)
}

/// Sets a row aside for good, on a person's word.
pub fn set_aside(store: &Store, clock: &Clock, aside: &Aside, by: &str) -> Result<(), ShelfError> {
    let heads = store.heads()?;
    let mut writing = Writing::after(heads.last_seq());
    mark(&mut writing, clock, aside, "set_aside_for_good", by)?;
    store.append(Batch { expected: Some(heads), facts: writing.facts, rows: writing.rows })?;
    Ok(())
}

/// Writes how a row was settled.
fn mark(writing: &mut Writing, clock: &Clock, aside: &Aside, how: &str, by: &str) -> Result<(), ShelfError> {
    let settled = AsideSettled { aside: aside.seq, how: how.to_owned(), by: by.to_owned() };
    writing.fact(new_fact(&aside.agency, clock, FactBody::AsideSettled(settled.clone())));
    let row = aside_row(&Aside { settled: Some(settled), ..aside.clone() })?;
    writing.rows.push(shelf::put(shelf::ASIDE, row));
    Ok(())
}

fn settle(
    store: &Store,
    book: &FeedBook,
    clock: &Clock,
    aside: &Aside,
    text: &str,
    how: &str,
    by: &str,
) -> Result<Result<(), String>, ShelfError> {
    let Some(feed) = book.feeds().iter().find(|f| f.id == aside.aside.feed) else {
        return Ok(Err(format!("no mapping named `{}` is there any more", aside.aside.feed)));
    };
    let context = ReadContext { file: aside.aside.file.clone(), today: clock.today };
    let mut good = Vec::new();
    for row in throughline_feeds::read_again(feed, &aside.aside.header, text, &context) {
        match row {
            Row::Good(row) => good.push(GoodRow { line: aside.aside.line, ..*row }),
            Row::Bad(bad) => return Ok(Err(format!("{}: {}", bad.field, bad.reason))),
        }
    }
    if good.is_empty() {
        return Ok(Err("no row could be read from this text".to_owned()));
    }
    let batch = write(store, feed, clock, aside, good, how, by)?;
    store.append(batch)?;
    Ok(Ok(()))
}

fn write(
    store: &Store,
    feed: &Feed,
    clock: &Clock,
    aside: &Aside,
    good: Vec<GoodRow>,
    how: &str,
    by: &str,
) -> Result<Batch, ShelfError> {
    let heads = store.heads()?;
    let mut writing = Writing::after(heads.last_seq());
    let mut states = States::new(store, feed, clock, &aside.aside.file, "")?;
    states.fetch(&good.iter().collect::<Vec<_>>())?;
    let mut anything_new = false;
    for row in good {
        anything_new |= matches!(states.take(row, &mut writing)?, End::Accepted { .. });
    }
    let how = if anything_new { how } else { "good_copy_known" };
    mark(&mut writing, clock, aside, how, by)?;
    Ok(Batch { expected: Some(heads), facts: writing.facts, rows: writing.rows })
}

#[cfg(test)]
mod tests {
    use throughline_domain::fact::{KeptAside, KeptPlace};
    use throughline_domain::picture::Settings;
    use throughline_domain::record::Address;

    use super::*;

    fn aside(feed: &str, raw: &str) -> Aside {
        let aside = KeptAside {
            feed: feed.into(),
            file: "a/b.csv".into(),
            line: 2,
            key: "K".into(),
            field: "Arrived".into(),
            reason: "not a date".into(),
            raw: raw.into(),
            header: "A,B".into(),
        };
        Aside {
            seq: 1,
            agency: "services".into(),
            received: jiff::Timestamp::UNIX_EPOCH,
            aside,
            settled: None,
        }
    }

    #[test]
    fn a_row_put_aside_gives_no_kept_address_away() {
        let book = FeedBook::built_in().unwrap();
        let address =
            Address { lines: "14 Heron Loft, Wexby".into(), postcode: "ZX3 4AB".into(), uprn: None };
        let place = KeptPlace { id: "K1".into(), address, why: "refuge".into() };
        let kept = Kept::of(&[place], &Settings::built_in().unwrap());
        let (shown, whole) = fit_to_show(aside("services.refuge", "RF1,Heron Loft"), &book, &kept);
        assert!(!whole && !shown.aside.raw.contains("Heron"));
        let (shown, whole) = fit_to_show(aside("police.incidents", "1,14 Heron Loft,x"), &book, &kept);
        assert!(!whole && !shown.aside.raw.contains("Heron"), "{}", shown.aside.raw);
        let (shown, whole) = fit_to_show(aside("police.incidents", "1,2 Other Road,x"), &book, &kept);
        assert!(whole && shown.aside.raw.contains("Other Road"));
    }
}
