//! Appends batches, each whole or not at all. Callers that wait at the same time share one transaction, so
//! that one flush of the disk serves them all; a batch that does not fit fails alone.

use throughline_domain::ids::AgencyId;

use crate::chain::{self, Cell};
use crate::error::StoreError;
use crate::model::{Area, Batch, Head, Heads, NewFact, Receipt, RowChange};
use crate::queue::Answer;
use crate::read::read_heads;
use crate::shelves::{self, Counts};
use crate::sqlite::Link;
use crate::statements;
use crate::store::Store;

/// A batch with its facts as they will be stored.
pub(crate) struct Written {
    expected: Option<Heads>,
    facts: Vec<WrittenFact>,
    rows: Vec<RowChange>,
}

struct WrittenFact {
    agency: AgencyId,
    id: String,
    kind: &'static str,
    happened: Option<String>,
    recorded: Option<String>,
    received: String,
    body: Vec<u8>,
    raw: Option<String>,
}

impl Store {
    /// Stores a batch: its facts get the next sequence numbers, then its rows are changed. When this returns, the
    /// batch is on the disk; after an error, nothing of it is.
    ///
    /// # Errors
    /// [`StoreError::Moved`] when an agency's chain is not where the batch expected it.
    pub fn append(&self, batch: Batch) -> Result<Receipt, StoreError> {
        let batch = Written::of(batch)?;
        self.0.queue.append(batch, |group| self.append_group(group))
    }

    fn append_group(&self, group: &[&Written]) -> Result<Vec<Answer<Receipt>>, StoreError> {
        let area = &self.0.area;
        let writer = self.0.pool.writer();
        self.0.pool.write(&writer, || {
            let before = read_heads(&writer)?;
            let mut heads = before.clone();
            let mut counts = Counts::default();
            let mut answers = Vec::with_capacity(group.len());
            for batch in group {
                let (mut next, mut counted) = (heads.clone(), Counts::default());
                match writer.part(|| append_one(&writer, area, &mut next, &mut counted, batch)) {
                    Ok(receipt) => {
                        heads = next;
                        counts.add(counted);
                        answers.push(Ok(receipt));
                    }
                    Err(alone @ (StoreError::Moved(_) | StoreError::Unfit(_))) => answers.push(Err(alone)),
                    Err(all) => return Err(all),
                }
            }
            write_heads(&writer, &before, &heads)?;
            counts.write(&writer)?;
            Ok(answers)
        })
    }
}

fn append_one(
    link: &Link,
    area: &Area,
    heads: &mut Heads,
    counts: &mut Counts,
    batch: &Written,
) -> Result<Receipt, StoreError> {
    if let Some(expected) = &batch.expected {
        for fact in &batch.facts {
            if expected.of(&fact.agency) != heads.of(&fact.agency) {
                return Err(StoreError::Moved(fact.agency.clone()));
            }
        }
    }
    let before = heads.last_seq();
    for fact in &batch.facts {
        append_fact(link, area, heads, fact)?;
    }
    for change in &batch.rows {
        shelves::apply(link, change, counts)?;
    }
    let last = heads.last_seq();
    let some = last > before;
    Ok(Receipt {
        first_seq: some.then_some(before + 1),
        last_seq: some.then_some(last),
        heads: heads.clone(),
    })
}

fn append_fact(link: &Link, area: &Area, heads: &mut Heads, fact: &WrittenFact) -> Result<(), StoreError> {
    let head = heads.of(&fact.agency);
    let (seq, agency_seq) = (heads.all.length + 1, head.length + 1);
    let cells = [
        number(seq)?,
        Cell::text(fact.agency.as_str()),
        number(agency_seq)?,
        Cell::text(&fact.id),
        Cell::text(fact.kind),
        Cell::text_or_null(fact.happened.as_deref()),
        Cell::text_or_null(fact.recorded.as_deref()),
        Cell::text(&fact.received),
        Cell::Bytes(&fact.body),
        Cell::text_or_null(fact.raw.as_deref()),
    ];
    let hash = chain::of_cells(end_of(area, fact.agency.as_str(), head), &cells);
    let [seq_cell, agency, agency_seq_cell, id, kind, happened, recorded, received, body, raw] = cells;
    let row = [
        seq_cell,
        agency,
        agency_seq_cell,
        id,
        kind,
        happened,
        recorded,
        received,
        body,
        raw,
        Cell::Bytes(hash.as_bytes()),
    ];
    link.run(statements::INSERT_FACT, &row).map_err(|error| match error {
        StoreError::Unfit(_) => StoreError::Unfit("a fact whose id another fact has; give each fact its own"),
        other => other,
    })?;
    let whole = chain::of_whole(end_of(area, "", heads.all), hash);
    heads.all = Head { length: seq, hash: whole };
    heads.agencies.insert(fact.agency.clone(), Head { length: agency_seq, hash });
    Ok(())
}

/// What the next hash of a chain follows.
fn end_of(area: &Area, agency: &str, head: Head) -> chain::Hash {
    if head.length == 0 { chain::beginning(area, agency) } else { head.hash }
}

fn write_heads(link: &Link, before: &Heads, after: &Heads) -> Result<(), StoreError> {
    if before.all != after.all {
        write_head(link, "", after.all)?;
    }
    for (agency, head) in &after.agencies {
        if before.of(agency) != *head {
            write_head(link, agency.as_str(), *head)?;
        }
    }
    Ok(())
}

fn write_head(link: &Link, agency: &str, head: Head) -> Result<(), StoreError> {
    let cells = [Cell::text(agency), number(head.length)?, Cell::Bytes(head.hash.as_bytes())];
    link.run(statements::PUT_HEAD, &cells).map(drop)
}

pub(crate) fn number<'a>(number: u64) -> Result<Cell<'a>, StoreError> {
    i64::try_from(number).map(Cell::Int).map_err(|_| StoreError::Unfit("more than a database can count"))
}

impl Written {
    fn of(batch: Batch) -> Result<Self, StoreError> {
        let facts = batch.facts.into_iter().map(WrittenFact::of).collect::<Result<_, _>>()?;
        batch.rows.iter().try_for_each(shelves::must_fit)?;
        Ok(Self { expected: batch.expected, facts, rows: batch.rows })
    }
}

impl WrittenFact {
    fn of(fact: NewFact) -> Result<Self, StoreError> {
        if fact.agency.as_str().is_empty() {
            return Err(StoreError::Unfit("a fact without an agency"));
        }
        if fact.id.is_empty() {
            return Err(StoreError::Unfit("a fact without an id"));
        }
        let body = serde_json::to_vec(&fact.body)
            .map_err(|_| StoreError::Unfit("a fact that cannot be written as JSON"))?;
        Ok(Self {
            agency: fact.agency,
            id: fact.id,
            kind: fact.body.kind(),
            happened: fact.happened.map(|when| when.to_string()),
            recorded: fact.recorded.map(|when| when.to_string()),
            received: fact.received.to_string(),
            body,
            raw: fact.raw,
        })
    }
}
