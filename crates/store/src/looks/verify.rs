//! Recomputes the chain of who looked from the stored bytes and names the first entry that is not as it was written.

use std::ops::ControlFlow;

use super::append::{head, of_lines};
use super::{Looks, beginning, end_of, sql};
use crate::chain::{self, Cell, Hash};
use crate::error::{Damage, StoreError};
use crate::meta;
use crate::model::Head;
use crate::side::Examined;
use crate::sqlite::{Cells, Link};

/// What verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LooksVerdict {
    /// Entries that agree with their chain.
    pub entries: u64,
    /// Where the chain stands, as recomputed.
    pub head: Head,
    /// The first entry that is wrong, where it is one.
    pub first_damaged: Option<u64>,
    /// What is wrong.
    pub damage: Option<Damage>,
}

impl LooksVerdict {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.damage.is_none()
    }
}

impl Looks {
    /// Recomputes the chain from the stored bytes, as of one moment and while others write.
    ///
    /// # Errors
    /// Only when the database cannot be read at all; damage is a verdict.
    pub fn verify(&self) -> Result<LooksVerdict, StoreError> {
        self.0.pool.read(|link| verify(link, self.0.beginning))
    }
}

/// Verifies the record in a file that need not be the one in use: a copy, or what a backup holds.
pub(super) fn examine(link: &Link) -> Result<Examined, StoreError> {
    let verdict = verify(link, beginning(link, &meta::area(link)?)?)?;
    Ok(Examined { damage: verdict.damage, head: Some(verdict.head) })
}

/// What is wrong, and with which entry.
struct Wrong(Option<u64>, String);

/// Verifies the record behind a connection.
pub(super) fn verify(link: &Link, beginning: Hash) -> Result<LooksVerdict, StoreError> {
    link.snapshot(|| {
        let mut walked = Head::default();
        let (mut named, mut wrong) = (0_u64, None);
        let read = link.each(sql::TO_VERIFY, &[], |row| match entry(link, row, beginning, walked)? {
            Ok((next, about)) => {
                walked = next;
                named += about;
                Ok(ControlFlow::Continue(()))
            }
            Err(found) => {
                wrong = Some(found);
                Ok(ControlFlow::Break(()))
            }
        });
        match read {
            Ok(()) => {}
            Err(StoreError::Damaged(damage)) => wrong = Some(Wrong(Some(walked.length + 1), damage.what)),
            Err(other) => return Err(other),
        }
        let wrong = match wrong {
            Some(wrong) => Some(wrong),
            None => ends(link, walked, named)?,
        };
        Ok(LooksVerdict {
            entries: walked.length,
            head: walked,
            first_damaged: wrong.as_ref().and_then(|Wrong(entry, _)| *entry),
            damage: wrong.map(|Wrong(entry, what)| Damage {
                agency: None,
                seq: None,
                what: match entry {
                    Some(entry) => format!("entry {entry} of who looked: {what}"),
                    None => format!("who looked: {what}"),
                },
            }),
        })
    })
}

type Step = Result<(Head, u64), Wrong>;

fn entry(link: &Link, row: &Cells<'_>, beginning: Hash, before: Head) -> Result<Step, StoreError> {
    let seq = before.length + 1;
    let wrong = |what: &str| Ok(Err(Wrong(Some(seq), what.to_owned())));
    let mut cells = Vec::with_capacity(10);
    for at in 0..10 {
        cells.push(row.cell(at)?);
    }
    if cells.first() != Some(&Cell::Int(i64::try_from(seq).unwrap_or(i64::MAX))) {
        return wrong("it is missing, or its number was changed");
    }
    let hash = chain::of_cells(end_of(beginning, before), &cells);
    if row.cell(10)? != Cell::Bytes(hash.as_bytes()) {
        return wrong("what is stored does not agree with its hash");
    }
    let mut named = 0;
    for (id, part) in of_lines(row.text(8)?) {
        let with = [Cell::text(id), Cell::Int(i64::try_from(seq).unwrap_or(i64::MAX)), Cell::Int(part)];
        if link.one(sql::HAS_ABOUT, &with, |_| Ok(()))?.is_none() {
            return wrong("it is not found under somebody it is about");
        }
        named += 1;
    }
    Ok(Ok((Head { length: seq, hash }, named)))
}

/// The entries agree with each other; now whether they are all there are.
fn ends(link: &Link, walked: Head, named: u64) -> Result<Option<Wrong>, StoreError> {
    let stored = match head(link) {
        Ok(stored) => stored,
        Err(StoreError::Damaged(damage)) => return Ok(Some(Wrong(None, damage.what))),
        Err(other) => return Err(other),
    };
    if walked.length < stored.length {
        let what = format!("it is missing, with all after it: {} entries were written", stored.length);
        return Ok(Some(Wrong(Some(walked.length + 1), what)));
    }
    if walked != stored {
        return Ok(Some(Wrong(None, "its end was changed, or entries were put in".to_owned())));
    }
    let found = link.one(sql::COUNT_ABOUT, &[], |row| row.number(0))?.unwrap_or_default();
    if found != named {
        return Ok(Some(Wrong(None, "somebody was put under an entry that is not about them".to_owned())));
    }
    Ok(link.integrity()?.map(|what| Wrong(None, what)))
}
