//! Recomputes every chain from the stored bytes and names the first fact that is not as it was written.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use throughline_domain::ids::AgencyId;

use crate::chain::{self, Cell};
use crate::error::{Damage, StoreError};
use crate::looks;
use crate::meta;
use crate::model::{Area, Head, Heads};
use crate::read::read_heads;
use crate::side;
use crate::sqlite::{Cells, Link};
use crate::statements;
use crate::store::Store;

/// What verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Facts that agree with their chain.
    pub facts: u64,
    /// The heads of the chains as recomputed.
    pub heads: Heads,
    /// Entries of who looked that agree with their chain.
    pub entries: u64,
    /// The first thing that is wrong.
    pub damage: Option<Damage>,
}

impl Verdict {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.damage.is_none()
    }
}

impl Store {
    /// Recomputes every chain from the stored bytes, as of one moment and while others write; then compares the
    /// heads, and has every database of the area check its own file and chain.
    ///
    /// # Errors
    /// Only when the database cannot be read at all; damage is a verdict.
    pub fn verify(&self) -> Result<Verdict, StoreError> {
        let mut verdict = self.0.pool.read(verify)?;
        if verdict.damage.is_none() && !looks::is_the_one(self)? {
            let what = StoreError::LooksGone(self.folder()).to_string();
            verdict.damage = Some(Damage { agency: None, seq: None, what });
        }
        for side in side::present(&self.folder())? {
            if verdict.damage.is_none() {
                let found = side.examine(&side.path(&self.folder()), &self.area())?;
                verdict.damage = found.damage;
                verdict.entries += found.head.map_or(0, |head| head.length);
            }
        }
        Ok(verdict)
    }
}

/// Verifies the database behind a connection.
pub(crate) fn verify(link: &Link) -> Result<Verdict, StoreError> {
    link.snapshot(|| {
        // The area is read again: its name and kind are what the chains begin with.
        let area = match meta::area(link) {
            Ok(area) => area,
            Err(StoreError::Damaged(damage)) => {
                return Ok(Verdict { facts: 0, heads: Heads::default(), entries: 0, damage: Some(damage) });
            }
            Err(other) => return Err(other),
        };
        let mut walk = Walk { area: &area, heads: Heads::default() };
        let damage = match walk.all(link) {
            Ok(()) => link.integrity()?.map(|what| Damage { agency: None, seq: None, what }),
            Err(StoreError::Damaged(damage)) => Some(damage),
            Err(other) => return Err(other),
        };
        Ok(Verdict { facts: walk.heads.all.length, heads: walk.heads, entries: 0, damage })
    })
}

/// The chains as far as they are recomputed.
struct Walk<'a> {
    area: &'a Area,
    heads: Heads,
}

impl Walk<'_> {
    fn all(&mut self, link: &Link) -> Result<(), StoreError> {
        let walked = link.each(statements::FACTS_TO_VERIFY, &[], |row| {
            self.fact(row)?;
            Ok(ControlFlow::Continue(()))
        });
        match walked {
            // Where the file itself cannot be read on, the next fact is the first that is lost.
            Err(StoreError::Damaged(Damage { agency: None, seq: None, what })) => {
                Err(damaged(None, Some(self.heads.all.length + 1), what))
            }
            other => other,
        }?;
        self.compare_heads(&read_heads(link)?)
    }

    fn fact(&mut self, row: &Cells<'_>) -> Result<(), StoreError> {
        let seq = self.heads.all.length + 1;
        let agency_cell = row.cell(1)?;
        let Cell::Text(agency) = agency_cell else {
            return Err(damaged(None, Some(seq), "its agency was changed"));
        };
        let agency = String::from_utf8_lossy(agency).into_owned();
        let wrong = |what: &str| Err(damaged(Some(agency.clone()), Some(seq), what));
        if row.cell(0)? != number(seq) {
            return Err(damaged(None, Some(seq), "it is missing, or its number was changed"));
        }
        let id = AgencyId::from(agency.as_str());
        let head = self.heads.of(&id);
        let mut cells = Vec::with_capacity(10);
        for at in 0..10 {
            cells.push(row.cell(at)?);
        }
        let before = if head.length == 0 { chain::beginning(self.area, &agency) } else { head.hash };
        let hash = chain::of_cells(before, &cells);
        if row.cell(10)? != Cell::Bytes(hash.as_bytes()) {
            return wrong("what is stored does not agree with its hash");
        }
        if row.cell(2)? != number(head.length + 1) {
            return wrong("its place in the chain of its agency is wrong");
        }
        let whole = self.heads.all;
        let whole_before = if whole.length == 0 { chain::beginning(self.area, "") } else { whole.hash };
        self.heads.all = Head { length: seq, hash: chain::of_whole(whole_before, hash) };
        self.heads.agencies.insert(id, Head { length: head.length + 1, hash });
        Ok(())
    }

    /// The facts agree with each other; now whether they are all there are.
    fn compare_heads(&self, stored: &Heads) -> Result<(), StoreError> {
        let (found, written) = (self.heads.last_seq(), stored.last_seq());
        if found < written {
            let what = format!("it is missing, with all after it: {written} facts were written");
            return Err(damaged(None, Some(found + 1), what));
        }
        if found > written {
            return Err(damaged(None, None, "the count of all facts was changed, or facts were put in"));
        }
        let both: BTreeMap<_, _> = self.heads.agencies.iter().chain(&stored.agencies).collect();
        for agency in both.into_keys() {
            if self.heads.of(agency) != stored.of(agency) {
                return Err(damaged(Some(agency.to_string()), None, "its head was changed"));
            }
        }
        if self.heads.all.hash != stored.all.hash {
            return Err(damaged(None, None, "the head over all agencies was changed"));
        }
        Ok(())
    }
}

fn number<'a>(number: u64) -> Cell<'a> {
    Cell::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

fn damaged(agency: Option<String>, seq: Option<u64>, what: impl Into<String>) -> StoreError {
    StoreError::Damaged(Damage { agency, seq, what: what.into() })
}
