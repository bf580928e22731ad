//! One file: recognised, read row by row, and appended in batches, each a single transaction of facts and
//! row states. The delivery itself is a fact, appended last: where it is missing, the file was cut off.

use std::fs::File;
use std::io::{BufReader, Read};
use std::ops::ControlFlow;
use std::sync::mpsc;

use throughline_domain::fact::{Delivery, FactBody, KeptAside};
use throughline_domain::ids::AgencyId;
use throughline_domain::sharing::Door;
use throughline_feeds::{BadRow, Feed, FeedBook, GoodRow, ReadContext, Row};
use throughline_store::{Batch, Row as ShelfRow, Store, StoreError};

use super::files::Found;
use super::rows::{End, States, Writing};
use super::{Clock, FileReport, IntakeError, RefusedFile};
use crate::claim::{Claim, Of};
use crate::digest;
use crate::shelf::{self, Arrived, Aside, ShelfError};

/// Rows appended in one transaction: few enough to hold in memory, enough to make one flush to disk worth it.
const BATCH: usize = 2_000;
/// Rows that the reading thread hands over at a time, and how many such lots may wait.
const HANDED_OVER: usize = 500;
const WAITING: usize = 8;
/// How much of a file is looked at to recognise it.
const HEAD: u64 = 64 * 1024;
/// Whose chain holds what no agency said: files that belong to nobody we know.
const UNKNOWN_SENDER: &str = "unknown";

/// How often a file is begun again because somebody else was writing at the same time.
const TRIES: u32 = 20;

/// Takes one file in; the inner error is a file that was refused by name. When another program appended
/// meanwhile, the file is read again from its beginning: what was taken in is recognised.
pub fn take(
    store: &Store,
    book: &FeedBook,
    file: &Found,
    clock: &Clock,
) -> Result<Result<FileReport, RefusedFile>, IntakeError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match take_once(store, book, file, clock) {
            Err(IntakeError::Shelf(ShelfError::Store(StoreError::Moved(_)))) if tries < TRIES => {}
            other => return other,
        }
    }
}

fn take_once(
    store: &Store,
    book: &FeedBook,
    file: &Found,
    clock: &Clock,
) -> Result<Result<FileReport, RefusedFile>, IntakeError> {
    let unreadable = |source| IntakeError::Path { path: file.path.display().to_string(), source };
    let digest = digest_of(&file.path).map_err(unreadable)?;
    let earlier = earlier_delivery(store, &file.name, &digest)?;
    let mut head = Vec::new();
    File::open(&file.path).and_then(|f| f.take(HEAD).read_to_end(&mut head)).map_err(unreadable)?;
    let feed = match book.identify(&file.name, &head) {
        Ok(feed) => feed,
        Err(refusal) => {
            let reason = refusal.to_string();
            if earlier.is_none() {
                note_refusal(store, file, &digest, &reason, clock)?;
            }
            return Ok(Err(RefusedFile { file: file.name.clone(), reason }));
        }
    };
    if let Some(known) = earlier {
        return Ok(Ok(said_before(feed, &known)));
    }
    let mut intake = Intake::new(store, feed, file, &digest, clock)?;
    let mut source = BufReader::with_capacity(1 << 18, File::open(&file.path).map_err(unreadable)?);
    let context = ReadContext { file: file.name.clone(), today: clock.today };
    match read_beside(feed, &mut source, &context, &mut intake)? {
        Ok(()) => {}
        Err(refusal) => intake.push(Row::Bad(Box::new(BadRow {
            line: 1,
            key: "(file)".to_owned(),
            field: "(file)".to_owned(),
            reason: refusal,
            raw: String::new(),
            header: String::new(),
        })))?,
    }
    Ok(Ok(intake.finish()?))
}

/// Reads on a thread of its own while this one appends: two cores are then busy with one file. What waits between
/// them is bounded. The inner error is why the file as a whole could not be read.
fn read_beside(
    feed: &Feed,
    source: &mut BufReader<File>,
    context: &ReadContext,
    intake: &mut Intake<'_>,
) -> Result<Result<(), String>, ShelfError> {
    std::thread::scope(|scope| {
        let (send, receive) = mpsc::sync_channel::<Vec<Row>>(WAITING);
        let reader = scope.spawn(move || {
            let mut rows = Vec::with_capacity(HANDED_OVER);
            let read = throughline_feeds::read(feed, source, context, &mut |row| {
                rows.push(row);
                if rows.len() < HANDED_OVER {
                    return ControlFlow::Continue(());
                }
                match send.send(std::mem::replace(&mut rows, Vec::with_capacity(HANDED_OVER))) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            });
            // Nobody receives any more only when appending failed, which that side reports.
            let _ = send.send(rows);
            read.map(|_| ()).map_err(|refusal| refusal.to_string())
        });
        for rows in receive {
            for row in rows {
                intake.push(row)?;
            }
        }
        reader.join().map_or_else(|_| Ok(Err("reading it failed within the program".to_owned())), Ok)
    })
}

/// A file whose every byte was taken in before changes nothing.
fn said_before(feed: &Feed, known: &Delivery) -> FileReport {
    FileReport {
        file: known.file.clone(),
        feed: feed.id.to_string(),
        rows: known.rows,
        quarantined: known.quarantined,
        duplicate: known.rows - known.quarantined,
        ..FileReport::default()
    }
}

fn digest_of(path: &std::path::Path) -> std::io::Result<String> {
    digest::of_reader(&mut File::open(path)?)
}

fn delivery_term(file: &str, digest: &str) -> String {
    format!("f:{file}\u{1f}{digest}")
}

fn earlier_delivery(store: &Store, file: &str, digest: &str) -> Result<Option<Delivery>, ShelfError> {
    let keys = store.find(shelf::DELIVERY, &delivery_term(file, digest), 1)?;
    let Some(key) = keys.first() else { return Ok(None) };
    let arrived = shelf::get::<Arrived>(store, shelf::DELIVERY, key)?.map(Door::open_to_derive);
    Ok(arrived.map(|arrived| arrived.delivery))
}

/// How a delivery stands on its shelf.
pub fn delivery_row(arrived: &Arrived) -> Result<ShelfRow, serde_json::Error> {
    let term = delivery_term(&arrived.delivery.file, &arrived.delivery.digest);
    shelf::row(shelf::seq_key(arrived.seq), arrived, vec![term])
}

/// How a row put aside stands on its shelf.
pub fn aside_row(aside: &Aside) -> Result<ShelfRow, serde_json::Error> {
    let state = if aside.settled.is_none() { "open" } else { "settled" };
    shelf::row(shelf::seq_key(aside.seq), aside, vec![aside_term(&aside.aside), state.to_owned()])
}

fn aside_term(aside: &KeptAside) -> String {
    let raw = digest::of_text(&aside.raw);
    format!("a:{}\u{1f}{}\u{1f}{}\u{1f}{raw}", aside.file, aside.line, aside.reason)
}

fn note_refusal(
    store: &Store,
    file: &Found,
    digest: &str,
    reason: &str,
    clock: &Clock,
) -> Result<(), ShelfError> {
    let delivery = Delivery {
        file: file.name.clone(),
        digest: digest.to_owned(),
        refused: reason.to_owned(),
        ..Delivery::default()
    };
    arrive(store, &AgencyId::from(UNKNOWN_SENDER), clock, delivery)
}

/// Files are taken in batch by batch: between two of them others append what they decided.
fn claim(store: &Store) -> Result<Claim, ShelfError> {
    Claim::wait(&store.folder(), Of::Facts)
        .map_err(|error| ShelfError::Store(StoreError::Disk(error.to_string())))
}

/// Appends the delivery itself.
fn arrive(store: &Store, agency: &AgencyId, clock: &Clock, delivery: Delivery) -> Result<(), ShelfError> {
    let _claim = claim(store)?;
    super::append(store, agency, clock, |seq| {
        let body = FactBody::Delivery(delivery.clone());
        let row = delivery_row(&Arrived { seq, agency: agency.clone(), received: clock.received, delivery })?;
        Ok((body, vec![shelf::put(shelf::DELIVERY, row)]))
    })
}

/// A file on its way in.
struct Intake<'a> {
    store: &'a Store,
    feed: &'a Feed,
    clock: &'a Clock,
    states: States<'a>,
    waiting: Vec<Row>,
    delivery: Delivery,
}

impl<'a> Intake<'a> {
    fn new(
        store: &'a Store,
        feed: &'a Feed,
        file: &Found,
        digest: &str,
        clock: &'a Clock,
    ) -> Result<Self, ShelfError> {
        let delivery = Delivery {
            feed: feed.id.clone(),
            file: file.name.clone(),
            digest: digest.to_owned(),
            ..Delivery::default()
        };
        let short: String = digest.chars().take(16).collect();
        let states = States::new(store, feed, clock, &file.name, &short)?;
        Ok(Self { store, feed, clock, states, waiting: Vec::with_capacity(BATCH), delivery })
    }

    fn push(&mut self, row: Row) -> Result<(), ShelfError> {
        self.waiting.push(row);
        if self.waiting.len() >= BATCH { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), ShelfError> {
        let rows = std::mem::take(&mut self.waiting);
        let _claim = claim(self.store)?;
        let good: Vec<&GoodRow> = rows.iter().filter_map(good).collect();
        self.states.fetch(&good)?;
        let heads = self.store.heads()?;
        let mut writing = Writing::after(heads.last_seq());
        for row in rows {
            self.delivery.rows += 1;
            match row {
                Row::Good(row) => self.take_good(*row, &mut writing)?,
                Row::Bad(row) => self.take_bad(&row, &mut writing)?,
            }
        }
        if writing.facts.is_empty() {
            return Ok(());
        }
        self.store.append(Batch { expected: Some(heads), facts: writing.facts, rows: writing.rows })?;
        Ok(())
    }

    fn take_good(&mut self, row: GoodRow, writing: &mut Writing) -> Result<(), ShelfError> {
        let (key, content, warned) =
            (row.key.clone(), row.content.clone(), u64::from(!row.warnings.is_empty()));
        let end = self.states.take(row, writing)?;
        let counts = &mut self.delivery;
        match end {
            End::Accepted { replaces: true } => {
                counts.superseded += 1;
                counts.warned += warned;
            }
            End::Accepted { replaces: false } | End::TakenBefore { counts: true } => {
                counts.accepted += 1;
                counts.warned += warned;
            }
            End::TakenBefore { counts: false } | End::Superseded => counts.superseded += 1,
            End::Duplicate => {
                counts.duplicate += 1;
                if self.states.came_elsewhere(&key, &content) {
                    counts.also.push(key);
                }
            }
        }
        Ok(())
    }

    fn take_bad(&mut self, row: &BadRow, writing: &mut Writing) -> Result<(), ShelfError> {
        self.delivery.quarantined += 1;
        let aside = KeptAside {
            feed: self.feed.id.clone(),
            file: self.delivery.file.clone(),
            line: row.line,
            key: row.key.clone(),
            field: row.field.clone(),
            reason: row.reason.clone(),
            raw: row.raw.clone(),
            header: row.header.clone(),
        };
        if self.store.find(shelf::ASIDE, &aside_term(&aside), 1)?.is_empty() {
            let body = FactBody::KeptAside(aside.clone());
            let seq = writing.fact(super::new_fact(&self.feed.agency, self.clock, body));
            let (agency, received) = (self.feed.agency.clone(), self.clock.received);
            let row = aside_row(&Aside { seq, agency, received, aside, settled: None })?;
            writing.rows.push(shelf::put(shelf::ASIDE, row));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<FileReport, ShelfError> {
        self.write()?;
        let d = self.delivery;
        arrive(self.store, &self.feed.agency, self.clock, d.clone())?;
        Ok(FileReport {
            file: d.file,
            feed: d.feed.to_string(),
            rows: d.rows,
            accepted: d.accepted,
            warned: d.warned,
            quarantined: d.quarantined,
            duplicate: d.duplicate,
            superseded: d.superseded,
        })
    }
}

fn good(row: &Row) -> Option<&GoodRow> {
    match row {
        Row::Good(row) => Some(row),
        Row::Bad(_) => None,
    }
}
