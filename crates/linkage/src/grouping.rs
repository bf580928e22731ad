//! Groups people by the keys they have, rule by rule: keys are put into sheaves by what they begin with, so that each
//! sheaf is put in order within the processor's memory.

use rayon::prelude::*;

use crate::blocking::{RuleCost, too_many};
use crate::keys::Keys;
use crate::profile::{Profile, Tables};
use crate::settings::BlockingKey;
use crate::table::number;

/// Rules whose keys are made and held at once.
const AT_ONCE: usize = 6;
/// People whose keys one worker makes at a time.
const PEOPLE_AT_ONCE: usize = 1 << 15;
/// Sheaves at most that the keys of a rule are put into, and people for whom one is enough.
const SHEAVES: usize = 64;
const ONE_SHEAF: usize = 1 << 13;
/// Marks the last member of a group.
pub(crate) const LAST: u32 = 1 << 31;

/// A key in two halves, the leading one first, and somebody who has it: no wider than needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    key: [u32; 2],
    person: u32,
}

impl Entry {
    fn key(&self) -> u64 {
        let [high, low] = self.key;
        (u64::from(high) << 32) | u64::from(low)
    }
}

type Sheaf = Vec<Entry>;

/// The groups that the keys of one sheaf make.
#[derive(Default)]
pub(crate) struct Groups {
    /// Group after group in order of members; the last of each is marked.
    pub(crate) members: Vec<u32>,
    pub(crate) cost: RuleCost,
    /// Keys left out because too many share them.
    pub(crate) crowded: Vec<u64>,
}

/// Groups everybody by the keys of each rule; `give` takes the groups of a rule. `left_out` are the keys a known model
/// leaves out, in order.
pub(crate) fn each_rule<'r>(
    profiles: &[Profile],
    rules: &'r [BlockingKey],
    tables: &Tables,
    left_out: Option<&[u64]>,
    mut give: impl FnMut(&'r BlockingKey, Vec<Groups>),
) {
    let bits = (profiles.len() / ONE_SHEAF).next_power_of_two().min(SHEAVES).trailing_zeros();
    let count = 1 << bits;
    // Room that is used again for the next rules.
    let mut bundles: Vec<Vec<Sheaf>> = Vec::new();
    bundles.resize_with(profiles.len().div_ceil(PEOPLE_AT_ONCE), || vec![Sheaf::new(); AT_ONCE * count]);
    for few in rules.chunks(AT_ONCE) {
        let parts = profiles.par_chunks(PEOPLE_AT_ONCE).zip(&mut bundles).enumerate();
        parts.for_each(|(part, (people, bundle))| {
            tie(people, number(part * PEOPLE_AT_ONCE), (few, bits), tables, bundle);
        });
        for (own, rule) in few.iter().enumerate() {
            let made = (0..count).into_par_iter().map_init(Room::default, |room, place| {
                let sheaves: Vec<&[Entry]> = bundles
                    .iter()
                    .filter_map(|bundle| bundle.get(own * count + place))
                    .map(Vec::as_slice)
                    .collect();
                room.sort(&sheaves, bits);
                Groups::of(&room.sorted, rule, left_out)
            });
            give(rule, made.collect());
        }
    }
}

/// Puts the keys of some people, who are counted from `first`, into a bundle of sheaves: by rule, then by the bits the
/// key begins with.
fn tie(
    people: &[Profile],
    first: u32,
    (rules, bits): (&[BlockingKey], u32),
    tables: &Tables,
    bundle: &mut [Sheaf],
) {
    bundle.iter_mut().for_each(Vec::clear);
    let mut keys = Keys::new(tables);
    for (person, profile) in (first..).zip(people) {
        let mut from = 0;
        keys.each(profile, rules, |_, keys| {
            for key in keys {
                if let Some(sheaf) = bundle.get_mut(from + leading(*key, 0, bits)) {
                    sheaf.push(Entry { key: halves(*key), person });
                }
            }
            from += 1 << bits;
        });
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the halves of a number")]
fn halves(key: u64) -> [u32; 2] {
    [(key >> 32) as u32, key as u32]
}

/// So many bits of a key, after some.
fn leading(key: u64, after: u32, bits: u32) -> usize {
    let rest = key.checked_shl(after).unwrap_or(0);
    rest.checked_shr(u64::BITS - bits).and_then(|begins| usize::try_from(begins).ok()).unwrap_or(0)
}

/// Room in which one worker puts sheaves in order.
#[derive(Default)]
struct Room {
    /// Where the entries go that begin alike.
    next: Vec<u32>,
    sorted: Sheaf,
}

impl Room {
    /// Puts the entries of some sheaves in order, of which all keys begin with the same bits. Keys are well spread, so
    /// that dealing them out by the bits that follow leaves next to nothing to sort.
    fn sort(&mut self, sheaves: &[&[Entry]], after: u32) {
        let count: usize = sheaves.iter().map(|sheaf| sheaf.len()).sum();
        let bits = (count / 2).next_power_of_two().trailing_zeros();
        self.next.clear();
        self.next.resize((1 << bits) + 1, 0);
        let entries = || sheaves.iter().copied().flatten();
        for entry in entries() {
            if let Some(next) = self.next.get_mut(leading(entry.key(), after, bits) + 1) {
                *next += 1;
            }
        }
        let mut sum = 0;
        for next in &mut self.next {
            sum += *next;
            *next = sum;
        }
        self.sorted.clear();
        self.sorted.resize(count, Entry::default());
        for entry in entries() {
            let Some(next) = self.next.get_mut(leading(entry.key(), after, bits)) else { continue };
            if let Some(slot) = self.sorted.get_mut(*next as usize) {
                *slot = *entry;
            }
            *next += 1;
        }
        let mut from = 0;
        for end in self.next.iter().map(|end| *end as usize) {
            if let Some(alike) = self.sorted.get_mut(from..end).filter(|alike| alike.len() > 1) {
                alike.sort_unstable();
            }
            from = end;
        }
    }
}

impl Groups {
    /// Groups the people of each key among entries in order.
    fn of(entries: &[Entry], rule: &BlockingKey, left_out: Option<&[u64]>) -> Self {
        let mut out = Self::default();
        let least = entries.first().map_or(0, Entry::key);
        let mut left_out = left_out.map(|keys| {
            let from = keys.partition_point(|key| *key < least);
            keys.get(from..).unwrap_or_default()
        });
        for group in entries.chunk_by(|x, y| x.key == y.key) {
            let [first, .., last] = group else { continue };
            let known = left_out.as_mut().map(|keys| {
                while keys.first().is_some_and(|key| *key < first.key()) {
                    *keys = keys.get(1..).unwrap_or_default();
                }
                keys.first() == Some(&first.key())
            });
            if too_many(rule, group.len(), known) {
                out.cost.crowded += 1;
                out.crowded.push(first.key());
                continue;
            }
            let size = group.len() as u64;
            out.cost.groups += 1;
            out.cost.pairs += size * (size - 1) / 2;
            out.members.extend(group.iter().map(|entry| entry.person));
            if let Some(end) = out.members.last_mut() {
                *end = last.person | LAST;
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn dealt_out_entries_are_in_order(
            keys in prop::collection::vec((0u64..64, 0u32..40), 0..300),
            after in 0u32..4,
            cut in 0usize..300,
        ) {
            // Few keys that begin alike, as of names that many have.
            let entry = |(key, person): &(u64, u32)| {
                Entry { key: halves(key.wrapping_mul(0x0139_408d_cbbf_7a44) >> after), person: *person }
            };
            let entries: Vec<Entry> = keys.iter().map(entry).collect();
            let (one, other) = entries.split_at(cut.min(entries.len()));
            let mut room = Room::default();
            room.sort(&[one, other], after);
            let mut wanted = entries.clone();
            wanted.sort_unstable();
            prop_assert_eq!(&room.sorted, &wanted);
            // Room that was used before gives the same.
            room.sort(&[one], after);
            let mut wanted = one.to_vec();
            wanted.sort_unstable();
            prop_assert_eq!(&room.sorted, &wanted);
        }
    }
}
