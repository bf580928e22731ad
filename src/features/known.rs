//! The records behind some people, as a page needs them: facts by number, who their mentions are, and what
//! must be kept.

use std::collections::{BTreeMap, BTreeSet};

use throughline_domain::fact::FactBody;
use throughline_domain::ids::{MentionKey, PersonId};
use throughline_domain::picture::KnownRecord;
use throughline_domain::sharing::Cut;

use super::{Asking, Problem};
use crate::derive;
use crate::shelf::{self, CutBlock, Grounds, Who, WhoBlock};

/// Every record that speaks of these people, as the viewer may have it.
pub fn records_of(asking: &Asking, people: &BTreeSet<PersonId>) -> Result<Vec<KnownRecord>, Problem> {
    records(asking, &facts_of(asking, people)?)
}

/// Records by the numbers of their facts, as the viewer may have them.
pub fn records(asking: &Asking, seqs: &[u64]) -> Result<Vec<KnownRecord>, Problem> {
    let cuts = cuts(asking, seqs)?;
    let known = asking.sight.of(whole_records(asking, seqs)?, &cuts);
    asking.opener.collector().facts(known.iter().map(|known| known.seq));
    Ok(known)
}

/// A version of a row as the viewer may have it: by the cut of the version that counts now.
pub fn version(asking: &Asking, known: KnownRecord, current: u64) -> Result<Option<KnownRecord>, Problem> {
    let cuts = cuts(asking, &[current])?.into_iter().filter(|cut| cut.seq == current);
    let cuts: Vec<Cut> = cuts.map(|cut| Cut { seq: known.seq, ..cut }).collect();
    Ok(asking.sight.of(vec![known], &cuts).pop())
}

/// Which of these records the viewer may know of.
pub fn visible(asking: &Asking, seqs: &[u64]) -> Result<BTreeSet<u64>, Problem> {
    Ok(records(asking, seqs)?.into_iter().map(|known| known.seq).collect())
}

fn cuts(asking: &Asking, seqs: &[u64]) -> Result<Vec<Cut>, Problem> {
    let keys: BTreeSet<String> = seqs.iter().map(|seq| shelf::who_key(*seq)).collect();
    let blocks = asking.many::<CutBlock>(shelf::CUT, &keys.into_iter().collect::<Vec<_>>())?;
    Ok(blocks.into_iter().flat_map(|(_, block)| block).collect())
}

fn facts_of(asking: &Asking, people: &BTreeSet<PersonId>) -> Result<Vec<u64>, Problem> {
    let keys: Vec<String> = people.iter().map(|p| p.as_str().to_owned()).collect();
    let grounds = asking.many::<Grounds>(shelf::GROUNDS, &keys)?;
    let seqs: BTreeSet<u64> = grounds.into_iter().flat_map(|(_, grounds)| grounds.facts).collect();
    Ok(seqs.into_iter().collect())
}

/// Records by the numbers of their facts; sealed ones are never among them. Whoever shows them says which.
pub fn whole_records(asking: &Asking, seqs: &[u64]) -> Result<Vec<KnownRecord>, Problem> {
    let keys: BTreeSet<String> = seqs.iter().map(|seq| shelf::who_key(*seq)).collect();
    let blocks = asking.many::<WhoBlock>(shelf::WHO, &keys.into_iter().collect::<Vec<_>>())?;
    let who = blocks.into_iter().flat_map(|(_, block)| block);
    let mut who: BTreeMap<u64, Who> = who.map(|who| (who.seq, who)).collect();
    let mut records = Vec::with_capacity(seqs.len());
    for sealed in asking.app.store.facts_by_seq(seqs)? {
        let fact = asking.opener.read(sealed)?;
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

/// A mention by which somebody is known: of the writer's own agency where there is one.
pub fn mention_of(asking: &Asking, person: &PersonId) -> Result<MentionKey, Problem> {
    let own = &asking.opener.viewer().agency;
    let records = records_of(asking, &BTreeSet::from([person.clone()]))?;
    let mut mentions: Vec<(bool, u64, MentionKey)> = Vec::new();
    for known in &records {
        for (mention, _) in known.record.people.iter().zip(&known.persons).filter(|(_, of)| *of == person) {
            mentions.push((known.agency != *own, known.seq, derive::key_of(known, mention)));
        }
    }
    mentions.into_iter().min().map(|(_, _, key)| key).ok_or(Problem::NotFound)
}
