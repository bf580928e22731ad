//! Reads heads and single facts.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use throughline_domain::fact::{Fact, FactBody};
use throughline_domain::ids::AgencyId;
use throughline_domain::sharing::Sealed;

use crate::append::number;
use crate::chain::Hash;
use crate::error::{Damage, StoreError};
use crate::model::{Head, Heads};
use crate::sqlite::{Cells, Link};
use crate::statements;
use crate::store::Store;

impl Store {
    /// Where all chains stand.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn heads(&self) -> Result<Heads, StoreError> {
        self.0.pool.read(read_heads)
    }

    /// The facts with these sequence numbers, in the order asked for.
    ///
    /// # Errors
    /// [`StoreError::NoSuchFact`] when one is not there.
    pub fn facts_by_seq(&self, seqs: &[u64]) -> Result<Vec<Sealed<Fact>>, StoreError> {
        self.0.pool.read(|link| {
            let one = |seq: &u64| {
                link.one(statements::GET_FACT, &[number(*seq)?], read_fact)?
                    .ok_or(StoreError::NoSuchFact(*seq))
            };
            seqs.iter().map(|seq| one(seq).map(Sealed::new)).collect()
        })
    }

    /// The text of a fact as its agency sent it, where it was kept.
    ///
    /// # Errors
    /// [`StoreError::NoSuchFact`] when the fact is not there.
    pub fn as_sent(&self, seq: u64) -> Result<Option<Sealed<String>>, StoreError> {
        self.0.pool.read(|link| {
            let raw = |row: &Cells<'_>| row.text_or_null(0).map(|raw| raw.map(str::to_owned));
            let found = link.one(statements::GET_RAW, &[number(seq)?], raw)?;
            found.map(|raw| raw.map(Sealed::new)).ok_or(StoreError::NoSuchFact(seq))
        })
    }
}

pub(crate) fn read_heads(link: &Link) -> Result<Heads, StoreError> {
    let (mut all, mut agencies) = (Head::default(), BTreeMap::new());
    link.each(statements::ALL_HEADS, &[], |row| {
        let hash = Hash::from_bytes(row.bytes(2)?).ok_or_else(|| damaged_head(row))?;
        let head = Head { length: row.number(1)?, hash };
        match row.text(0)? {
            "" => all = head,
            agency => drop(agencies.insert(AgencyId::from(agency), head)),
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Heads { all, agencies })
}

fn damaged_head(row: &Cells<'_>) -> StoreError {
    let agency = row.text(0).ok().filter(|agency| !agency.is_empty()).map(str::to_owned);
    StoreError::Damaged(Damage { agency, seq: None, what: "its head was changed".into() })
}

/// Reads a fact from the columns of [`statements::GET_FACT`].
pub(crate) fn read_fact(row: &Cells<'_>) -> Result<Fact, StoreError> {
    let seq = row.number(0)?;
    let unreadable = || StoreError::Unreadable(seq);
    let when =
        |at: usize| row.text_or_null(at)?.map(|text| text.parse().map_err(|_| unreadable())).transpose();
    Ok(Fact {
        seq,
        agency: AgencyId::from(row.text(1)?),
        id: row.text(2)?.to_owned(),
        happened: when(4)?,
        recorded: when(5)?,
        received: row.text(6)?.parse().map_err(|_| unreadable())?,
        body: read_body(row.text(3)?, row.bytes(7)?).ok_or_else(unreadable)?,
    })
}

/// Reads a body whose kind is known already. Rows of agencies are nearly all there is, and reading them through
/// the tagged enum would copy each of them once more to find the tag.
fn read_body(kind: &str, body: &[u8]) -> Option<FactBody> {
    match kind {
        "record" => serde_json::from_slice(body).map(FactBody::Record),
        "sealed_record" => serde_json::from_slice(body).map(FactBody::SealedRecord),
        _ => serde_json::from_slice(body),
    }
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use throughline_domain::fact::{Delivery, Received};

    #[test]
    fn the_short_way_reads_what_the_long_way_reads() {
        let received = Received { file: "police/incidents.csv".into(), line: 7, ..Received::default() };
        let bodies = [
            FactBody::Record(received.clone()),
            FactBody::SealedRecord(received),
            FactBody::Delivery(Delivery::default()),
        ];
        for body in bodies {
            let bytes = serde_json::to_vec(&body).unwrap();
            assert_eq!(read_body(body.kind(), &bytes), Some(body.clone()));
            assert_eq!(serde_json::from_slice::<FactBody>(&bytes).unwrap(), body);
        }
    }
}
