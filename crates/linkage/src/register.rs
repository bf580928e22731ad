//! Takes records up one after another and keeps only what linking needs of them, so that a file larger than memory's
//! comfort can be linked while it is read; then puts them in an order of their own, so that nothing depends on the
//! order in which they came.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use crate::batch::Batch;
use crate::lexicon::Lexicon;
use crate::profile::{Builder, Profile, Tables, Texts};
use crate::record::{Decision, Record, TieKind};
use crate::settings::Settings;
use crate::table::{Mix, at, number};

/// Records made ready by one worker at a time.
const AT_ONCE: usize = 1024;

/// Records taken up for linking. What is not needed of them is not kept.
#[derive(Debug, Default)]
pub struct Register {
    lexicon: Lexicon,
    texts: Texts,
    /// Batch by batch.
    profiles: Vec<Vec<Profile>>,
    ids: Ids,
    /// Agencies' own numbers for people, and the record that has it.
    refs: Vec<(u128, u32)>,
    ties: Vec<(u32, u32, TieKind)>,
    /// What people know of pairs, to learn from.
    known: Vec<Decision>,
    /// Pairs that are one person, to see whether they are put forward at all.
    asked: Vec<(u32, u32)>,
}

impl Register {
    /// An empty register.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Self { lexicon: settings.lexicon.clone(), ..Self::default() }
    }

    /// Takes up records. A tie's `other` counts all records ever added, from 0.
    pub fn add_all(&mut self, records: &[Record]) {
        let lexicon = &self.lexicon;
        let batches: Vec<Batch> =
            records.par_chunks(AT_ONCE).map(|chunk| Batch::by(chunk, lexicon)).collect();
        batches.into_iter().for_each(|batch| self.take(batch));
    }

    /// Takes up records made ready.
    pub fn take(&mut self, mut batch: Batch) {
        let first = self.ids.len();
        renumber(&mut self.texts, &mut batch);
        self.profiles.push(batch.profiles);
        self.ids.extend(&batch.ids);
        self.refs.extend(batch.refs.into_iter().map(|(key, own)| (key, first + own)));
        self.ties.extend(batch.ties.into_iter().map(|(own, other, kind)| (first + own, other, kind)));
    }

    /// Pairs to learn from that people know to be one person, or not. They teach and do not bind.
    pub fn learn_from(&mut self, known: Vec<Decision>) {
        self.known = known;
    }

    /// Pairs of records, counted as they were added, that are one person: [`Linked`](crate::Linked) says by which
    /// rules they were put forward.
    pub fn ask_about(&mut self, pairs: Vec<(u32, u32)>) {
        self.asked = pairs;
    }

    /// How many records were taken up.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len() as usize
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.len() == 0
    }

    /// The records in an order of their own.
    pub(crate) fn roll(self) -> (Roll, Batches<Profile>, Tables) {
        let tables = Tables::new(self.texts, &self.lexicon);
        let mut order: Vec<(u64, u32)> = self
            .profiles
            .par_iter()
            .flat_map_iter(|batch| batch.iter().map(|profile| neighbourhood(profile, &tables)))
            .collect::<Vec<u64>>()
            .into_par_iter()
            .zip(0..self.ids.len())
            .collect();
        let ids = &self.ids;
        order.par_sort_unstable_by(|x, y| {
            x.0.cmp(&y.0).then_with(|| (ids.get(x.1), x.1).cmp(&(ids.get(y.1), y.1)))
        });
        let given: Vec<u32> = order.into_iter().map(|(_, i)| i).collect();
        let mut place = vec![0; given.len()];
        for (i, index) in given.iter().enumerate() {
            if let Some(slot) = place.get_mut(*index as usize) {
                *slot = number(i);
            }
        }
        let ranks = given.par_iter().map(|index| rank(ids.get(*index))).collect();
        let mut refs: Vec<(u128, u32)> = self.refs.into_iter().map(|(key, i)| (key, at(&place, i))).collect();
        refs.par_sort_unstable();
        let ties = self.ties.into_iter().filter(|(_, other, _)| (*other as usize) < place.len());
        let mut ties: Vec<_> =
            ties.map(|(of, other, kind)| (at(&place, of), at(&place, other), kind)).collect();
        ties.sort_unstable();
        let profiles = Batches::new(self.profiles);
        let scoped = (0..).zip(profiles.iter()).filter(|(_, profile)| profile.scope != 0);
        let scopes = scoped.map(|(index, profile)| (at(&place, index), profile.scope)).collect();
        let there = |(a, b): &(u32, u32)| (*a as usize) < place.len() && (*b as usize) < place.len();
        let asked = self.asked.iter().filter(|pair| there(pair));
        let asked = asked.map(|(a, b)| (at(&place, *a), at(&place, *b))).collect();
        let (known, ids) = (self.known, self.ids);
        (Roll { scopes, refs, ties, known, asked, ranks, given, place, ids }, profiles, tables)
    }
}

/// All records in an order of their own.
pub(crate) struct Roll {
    /// Protected identities: the places that belong to one.
    scopes: BTreeMap<u32, u64>,
    /// Agencies' numbers, sorted, with the places that have them.
    pub(crate) refs: Vec<(u128, u32)>,
    /// Ties between places.
    pub(crate) ties: Vec<(u32, u32, TieKind)>,
    /// What people know of pairs, to learn from.
    pub(crate) known: Vec<Decision>,
    /// Pairs that are one person.
    pub(crate) asked: Vec<(u32, u32)>,
    /// For each place a number by which equal scores are settled.
    pub(crate) ranks: Vec<u64>,
    /// For each place in this order the index it was given at.
    pub(crate) given: Vec<u32>,
    /// For each index it was given at the place in this order.
    place: Vec<u32>,
    ids: Ids,
}

/// Pairs of places that people decided about.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    /// One person each.
    pub(crate) same: Vec<(u32, u32)>,
    /// Two people each.
    pub(crate) parted: Vec<(u32, u32)>,
}

impl Roll {
    /// Decisions as places: those that join and those that part. The last one on two records holds. Nothing joins
    /// records of different scope.
    pub(crate) fn decisions(&self, decisions: &[Decision]) -> Decided {
        if decisions.is_empty() {
            return Decided::default();
        }
        let mut places: HashMap<&str, Option<u32>> = decisions
            .iter()
            .flat_map(|decision| [decision.a.as_str(), &decision.b])
            .map(|id| (id, None))
            .collect();
        for index in 0..self.ids.len() {
            if let Some(slot) = places.get_mut(self.ids.get(index)) {
                slot.get_or_insert(at(&self.place, index));
            }
        }
        let place = |id: &str| places.get(id).copied().flatten();
        let scope = |place: u32| self.scopes.get(&place);
        let mut last = BTreeMap::new();
        for decision in decisions {
            if let (Some(a), Some(b)) = (place(&decision.a), place(&decision.b)) {
                last.insert((a.min(b), a.max(b)), decision.same);
            }
        }
        let pick = |same: bool| last.iter().filter(move |(_, held)| **held == same).map(|(pair, _)| *pair);
        Decided {
            same: pick(true).filter(|(a, b)| scope(*a) == scope(*b)).collect(),
            parted: pick(false).collect(),
        }
    }

    /// The id of the record at a place.
    pub(crate) fn id(&self, place: u32) -> &str {
        self.ids.get(at(&self.given, place))
    }

    /// Groups told for places, told for the indexes given: each group by its lowest index.
    pub(crate) fn founders(&self, group: &[u32]) -> Vec<u32> {
        let mut lowest: Vec<u32> = vec![u32::MAX; group.iter().max().map_or(0, |most| *most as usize + 1)];
        for (index, place) in self.place.iter().enumerate() {
            if let Some(slot) = lowest.get_mut(at(group, *place) as usize) {
                *slot = (*slot).min(number(index));
            }
        }
        self.place.iter().map(|place| at(&lowest, at(group, *place))).collect()
    }
}

/// Puts the words of a batch to those known.
pub(crate) fn renumber(texts: &mut Texts, batch: &mut Batch) {
    let tables = texts.absorb(&batch.texts);
    batch.profiles.iter_mut().for_each(|profile| profile.renumber(&tables));
}

/// The profile of some records taken together.
pub(crate) fn profile(records: &[&Record], texts: &mut Texts, lexicon: &Lexicon) -> Profile {
    let mut builder = Builder::default();
    records.iter().for_each(|record| builder.add(record, texts, lexicon));
    builder.done()
}

/// The number by which equal scores are settled: it depends on nothing but the record's id.
pub(crate) fn rank(id: &str) -> u64 {
    Mix::new(41).text(id).done()
}

/// The agency's own numbers of a record.
pub(crate) fn keys_of_numbers(record: &Record) -> impl Iterator<Item = u128> {
    let scope = record.scope.as_deref().unwrap_or_default();
    let said = record.refs.iter().filter(|reference| !reference.trim().is_empty());
    said.map(move |reference| key_of_number(&record.source, reference, scope))
}

/// One agency's own number for somebody, within a scope.
pub(crate) fn key_of_number(source: &str, reference: &str, scope: &str) -> u128 {
    let half = |tag| Mix::new(tag).text(source).text(reference).text(scope).done();
    (u128::from(half(42)) << 64) | u128::from(half(43))
}

/// People who may be compared stand near each other in memory: by how the surname sounds, then by birth.
fn neighbourhood(profile: &Profile, tables: &Tables) -> u64 {
    let bones = profile.names.first().map_or(0, |name| tables.words.word(name.sur).bones);
    let born = profile.births.first().map_or(0, |birth| {
        (u64::from(birth.year.unsigned_abs()) << 9) | (u64::from(birth.month.unsigned_abs()) << 5)
    });
    (bones << 24) | (born & 0xff_ffff)
}

/// What was taken up batch by batch, counted through.
#[derive(Debug, Default)]
pub(crate) struct Batches<T> {
    held: Vec<Vec<T>>,
    starts: Vec<u32>,
}

impl<T> Batches<T> {
    fn new(held: Vec<Vec<T>>) -> Self {
        let mut sum = 0;
        let start = |batch: &Vec<T>| {
            sum += batch.len();
            number(sum - batch.len())
        };
        let starts = held.iter().map(start).collect();
        Self { held, starts }
    }

    /// The entry of a number.
    pub(crate) fn get(&self, index: u32) -> Option<&T> {
        let batch = self.starts.partition_point(|start| *start <= index).checked_sub(1)?;
        let own = index - at(&self.starts, number(batch));
        self.held.get(batch).and_then(|batch| batch.get(own as usize))
    }

    /// All of them in order.
    fn iter(&self) -> impl Iterator<Item = &T> {
        self.held.iter().flatten()
    }
}

impl<T: Send> Batches<T> {
    /// Lets go of them on all cores.
    pub(crate) fn let_go(self) {
        self.held.into_par_iter().for_each(drop);
    }
}

/// Ids of records, one after another in one piece.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    text: String,
    ends: Vec<usize>,
}

impl Ids {
    fn extend(&mut self, other: &Self) {
        let before = self.text.len();
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|end| before + end));
    }

    pub(crate) fn push(&mut self, id: &str) {
        self.text.push_str(id);
        self.ends.push(self.text.len());
    }

    fn len(&self) -> u32 {
        number(self.ends.len())
    }

    pub(crate) fn get(&self, index: u32) -> &str {
        let end = |i: usize| self.ends.get(i).copied();
        let from = (index as usize).checked_sub(1).and_then(end).unwrap_or(0);
        end(index as usize).and_then(|to| self.text.get(from..to)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn everybody_comes_to_their_place(keys in prop::collection::vec(0u32..1000, 0..60)) {
            let mut order: Vec<u32> = (0..number(keys.len())).collect();
            order.sort_by_key(|i| (at(&keys, *i), *i));
            let mut sorted = keys.clone();
            sorted.sort_unstable();
            for size in [1, 7, 100] {
                let mut batches: Vec<Vec<u32>> = keys.chunks(size).map(<[u32]>::to_vec).collect();
                batches.insert(batches.len() / 2, Vec::new());
                let batches = Batches::new(batches);
                let found: Vec<u32> = order.iter().filter_map(|index| batches.get(*index)).copied().collect();
                prop_assert_eq!(&found, &sorted);
                prop_assert_eq!(batches.get(number(keys.len())), None);
            }
        }
    }

    #[test]
    fn an_agency_s_number_counts_within_one_agency_and_one_scope() {
        let key = key_of_number("police", "nominal:1", "");
        assert_eq!(key, key_of_number("police", "nominal:1", ""));
        for other in
            [("housing", "nominal:1", ""), ("police", "nominal:2", ""), ("police", "nominal:1", "adopted")]
        {
            assert_ne!(key, key_of_number(other.0, other.1, other.2));
        }
    }
}
