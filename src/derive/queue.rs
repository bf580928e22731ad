//! The queue of links to decide, laid out: what hangs on each link in doubt, those that matter most first.

use std::collections::{BTreeSet, HashMap};

use throughline_domain::ids::PersonId;
use throughline_domain::picture::{self, Doubtful, Drawn, Kept, KnownRecord, Picture, Settings};
use throughline_domain::record::Mention;
use throughline_store::Row;

use super::linking::{Links, key_of, key_text};
use crate::digest::Marks;
use crate::shelf::{Doubt, DoubtEnd, Waiting, row};

/// A mention of a person in a record.
type Said<'r> = (&'r KnownRecord, &'r Mention);

/// The rows of the queue, and how many links are in doubt in all.
pub fn rows(
    records: &[KnownRecord],
    links: &Links,
    drawn: &Picture,
    kept: &Kept,
    settings: &Settings,
    marks: &Marks,
) -> Result<(Vec<Row>, Waiting), serde_json::Error> {
    let place: HashMap<u64, usize> = records.iter().enumerate().map(|(at, known)| (known.seq, at)).collect();
    let end = |index: u32| -> Option<DoubtEnd> {
        let (seq, sub) = links.mentions.get(index as usize)?;
        let known = records.get(*place.get(seq)?)?;
        let at = known.record.people.iter().position(|mention| mention.sub == *sub)?;
        let key = key_of(known, known.record.people.get(at)?);
        Some(DoubtEnd { seq: *seq, sub: sub.clone(), key, person: known.persons.get(at)?.clone() })
    };
    let ends: Vec<_> = links.doubts.iter().map(|doubt| end(doubt.a).zip(end(doubt.b))).collect();
    let asked: BTreeSet<&PersonId> =
        ends.iter().flatten().flat_map(|(a, b)| [&a.person, &b.person]).collect();
    let mut said: HashMap<&PersonId, Vec<Said<'_>>> = HashMap::new();
    for known in records {
        for (mention, person) in known.record.people.iter().zip(&known.persons) {
            if asked.contains(person) {
                said.entry(person).or_default().push((known, mention));
            }
        }
    }
    let view = Drawn::new(drawn);
    let side = |person: &PersonId, only: Option<&BTreeSet<(u64, &str)>>| {
        let all = said.get(person).into_iter().flatten().copied();
        let own = all.filter(|(known, mention)| {
            only.is_none_or(|only| known.sealed || only.contains(&(known.seq, mention.sub.as_str())))
        });
        let drawn = only.is_none().then_some((&view, person));
        let mut side = picture::side(own, drawn, kept, settings);
        side.sealed |= links.protected.contains(person);
        side
    };
    let mut queue: Vec<Doubt> = Vec::new();
    for (doubt, ends) in links.doubts.iter().zip(&ends) {
        let Some((a, b)) = ends else { continue };
        let sides = if doubt.joined {
            [(a, 0), (b, 1)].map(|(end, at)| {
                let records = doubt.sides.get(at).map_or(&[][..], Vec::as_slice);
                let mentions = records.iter().filter_map(|record| links.mentions.get(*record as usize));
                let only = mentions.map(|(seq, sub)| (*seq, sub.as_str())).collect();
                side(&end.person, Some(&only))
            })
        } else {
            [a, b].map(|end| side(&end.person, None))
        };
        let probability = doubt.probability;
        let stake = picture::stake(&Doubtful { probability, joined: doubt.joined, sides }, settings);
        let (first, second) = if a.key <= b.key { (&a.key, &b.key) } else { (&b.key, &a.key) };
        queue.push(Doubt {
            id: format!("L{}", marks.short(&format!("{}\u{1f}{}", key_text(first), key_text(second)))),
            ends: [a.clone(), b.clone()],
            joined: doubt.joined,
            weight: doubt.weight,
            probability,
            stake: stake.weight,
            worries: stake.worries,
            needs_two: stake.needs_two,
        });
    }
    let waiting = |listed| Waiting { all: queue.len() as u64, listed };
    let waiting = waiting(queue.len().min(settings.doubts_listed()) as u64);
    queue.sort_by(|a, b| b.stake.total_cmp(&a.stake).then_with(|| a.id.cmp(&b.id)));
    queue.dedup_by(|a, b| a.id == b.id);
    let listed = queue.iter().take(settings.doubts_listed());
    let rows = listed.map(|doubt| row(key(doubt), doubt, vec![doubt.id.clone()]));
    Ok((rows.collect::<Result<_, _>>()?, waiting))
}

/// Keys sort as the queue does, and change only with the entry's own place.
fn key(doubt: &Doubt) -> String {
    const MOST: f64 = 99_999_999.0;
    let place = MOST - (doubt.stake * 1000.0).clamp(0.0, MOST);
    format!("{place:08.0}{}", doubt.id)
}
