//! The records behind some people, as a page needs them: facts by number, who their mentions are, and what
//! must be kept.

use std::collections::{BTreeMap, BTreeSet};

use throughline_domain::fact::FactBody;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::KnownRecord;

use super::{Asking, Problem};
use crate::shelf::{self, Grounds, Who, WhoBlock};

/// Every record that speaks of these people.
pub fn records_of(asking: &Asking, people: &BTreeSet<PersonId>) -> Result<Vec<KnownRecord>, Problem> {
    let keys: Vec<String> = people.iter().map(|p| p.as_str().to_owned()).collect();
    let grounds = asking.many::<Grounds>(shelf::GROUNDS, &keys)?;
    let seqs: BTreeSet<u64> = grounds.into_iter().flat_map(|(_, grounds)| grounds.facts).collect();
    records(asking, &seqs.into_iter().collect::<Vec<_>>())
}

/// Records by the numbers of their facts; sealed ones are never among them.
pub fn records(asking: &Asking, seqs: &[u64]) -> Result<Vec<KnownRecord>, Problem> {
    let keys: BTreeSet<String> = seqs.iter().map(|seq| shelf::who_key(*seq)).collect();
    let blocks = asking.many::<WhoBlock>(shelf::WHO, &keys.into_iter().collect::<Vec<_>>())?;
    let who = blocks.into_iter().flat_map(|(_, block)| block);
    let mut who: BTreeMap<u64, Who> = who.map(|who| (who.seq, who)).collect();
    let mut records = Vec::with_capacity(seqs.len());
    for sealed in asking.app.store.facts_by_seq(seqs)? {
        let fact = asking.opener.open(sealed)?;
        let FactBody::Record(row) = fact.body else { continue };
        records.push(KnownRecord {
            seq: fact.seq,
            agency: fact.agency,
            recorded: fact.recorded,
            received: fact.received,
            file: row.file,
            persons: who.remove(&fact.seq).map(|who| who.persons).unwrap_or_default(),
            record: row.record,
            sealed: false,
        });
    }
    Ok(records)
}
