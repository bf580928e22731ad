//! The records in an order of their own, so that nothing depends on the order in which they were given.

use std::collections::HashMap;

use crate::record::{Decision, Record, TieKind};
use crate::table::{at, number};

/// All records, sorted by id.
pub(crate) struct Roll<'a> {
    pub(crate) records: Vec<&'a Record>,
    /// For each place in this order the index it was given at.
    pub(crate) given: Vec<u32>,
    /// For each index it was given at the place in this order.
    place: Vec<u32>,
}

/// Pairs of places that people decided about.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    /// One person each.
    pub(crate) same: Vec<(u32, u32)>,
    /// Two people each.
    pub(crate) parted: Vec<(u32, u32)>,
}

impl<'a> Roll<'a> {
    pub(crate) fn new(records: &'a [Record]) -> Self {
        let mut all: Vec<(&Record, u32)> =
            records.iter().enumerate().map(|(i, record)| (record, number(i))).collect();
        all.sort_by(|x, y| (&x.0.id, x.1).cmp(&(&y.0.id, y.1)));
        let given: Vec<u32> = all.iter().map(|(_, i)| *i).collect();
        let mut place = vec![0; given.len()];
        for (i, index) in given.iter().enumerate() {
            if let Some(slot) = place.get_mut(*index as usize) {
                *slot = number(i);
            }
        }
        Self { records: all.into_iter().map(|(record, _)| record).collect(), given, place }
    }

    /// The ties of the record at a place: the other's place and the kind.
    pub(crate) fn ties(&self, at: usize) -> impl Iterator<Item = (u32, TieKind)> + '_ {
        let ties = self.records.get(at).map_or(&[][..], |record| record.ties.as_slice());
        ties.iter().filter_map(|tie| Some((*self.place.get(tie.other as usize)?, tie.kind)))
    }

    /// Decisions as places: those that join and those that part. The last one on two records holds.
    pub(crate) fn decisions(&self, decisions: &[Decision]) -> Decided {
        if decisions.is_empty() {
            return Decided::default();
        }
        let places: HashMap<&str, u32> =
            self.records.iter().enumerate().map(|(i, record)| (record.id.as_str(), number(i))).collect();
        let mut last = std::collections::BTreeMap::new();
        for decision in decisions {
            if let (Some(a), Some(b)) = (places.get(decision.a.as_str()), places.get(decision.b.as_str())) {
                last.insert((*a.min(b), *a.max(b)), decision.same);
            }
        }
        let pick =
            |same: bool| last.iter().filter(|(_, held)| **held == same).map(|(pair, _)| *pair).collect();
        Decided { same: pick(true), parted: pick(false) }
    }

    /// Groups told for places, told for the indexes given: each group by its lowest index.
    pub(crate) fn founders(&self, group: &[u32]) -> Vec<u32> {
        let mut lowest: HashMap<u32, u32> = HashMap::new();
        for (index, place) in self.place.iter().enumerate() {
            lowest.entry(at(group, *place)).or_insert(number(index));
        }
        self.place.iter().map(|place| lowest.get(&at(group, *place)).copied().unwrap_or_default()).collect()
    }
}
