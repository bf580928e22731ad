//! Ids that stay: when records come, change or vanish, each person keeps the id they had, a part that leaves again gets
//! back the id it once had, and what became of people is told as events.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

/// What is remembered of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before<'a> {
    /// The id its person had last.
    pub now: Option<&'a str>,
    /// The id its person had before being joined with others; the same as `now` where nobody was joined, nothing where
    /// the record came after a joining and belongs to neither side.
    pub own: Option<&'a str>,
}

/// Who records are, with ids that stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The id of each person, by the number of their group.
    pub ids: BTreeMap<u32, String>,
    /// What became of people, in order of their ids.
    pub events: Vec<Event>,
}

/// What became of a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Event {
    /// Whose.
    pub person: String,
    /// What happened.
    pub kind: EventKind,
    /// The other person, where there is one.
    pub other: Option<String>,
    /// How many records it was about.
    pub records: u32,
}

/// Kinds of events. Somebody new is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// `other` is this person now and has no id any more.
    Merged,
    /// This person was part of `other` and has an id of their own now.
    Split,
    /// Records came from `other`, who stays.
    Moved,
    /// No record of this person is left.
    Gone,
}

/// Gives the people of records ids that stay.
///
/// Records stand in the order in which they first came. `before` is what is remembered of each, `cluster` the person they
/// have now (any number, the same for records of one person), `known` ids that must not be given anew although no record
/// has them, `vanished` people some of whose records are no more. Four rules, in this order:
///
/// 1. An id stays with the group that has most of its own records; those that came through joining count only where
///    nothing else tells. Of several ids in one group that of most records stays, the one with the oldest record where two
///    are equal; the others go to what else is left of their records, or rest.
/// 2. A group without an id gets back one that rests, where it holds more than half of what was known by it.
/// 3. Anybody else is named by `name` after their oldest record whose name is free. It is also asked for a second and
///    third name of a record.
/// 4. An id is never given to two.
#[must_use]
pub fn carry_over(
    before: &[Before<'_>],
    cluster: &[u32],
    known: &HashSet<String>,
    vanished: &BTreeSet<String>,
    name: impl Fn(usize, u32) -> String,
) -> Named {
    let shares = shares(before, cluster);
    let mut ids = stay(&shares);
    let alive: HashSet<&str> = shares.keys().map(|(person, _)| *person).collect();
    let kept: HashSet<&str> = ids.values().copied().collect();
    come_back(before, cluster, &kept, &mut ids);
    let mut used: HashSet<String> = ids.values().map(|id| (*id).to_owned()).collect();
    let mut named: BTreeMap<u32, String> =
        ids.into_iter().map(|(group, id)| (group, id.to_owned())).collect();
    let mut waiting: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (record, group) in cluster.iter().enumerate().filter(|(_, group)| !named.contains_key(group)) {
        waiting.entry(*group).or_default().push(record);
    }
    let rests: HashSet<&str> = before.iter().filter_map(|before| before.own).collect();
    let mut waiting: Vec<(u32, Vec<usize>)> = waiting.into_iter().collect();
    waiting.sort_by_key(|(_, records)| records.first().copied());
    for (group, records) in waiting {
        let free = |id: &String| {
            !(used.contains(id)
                || known.contains(id)
                || alive.contains(id.as_str())
                || rests.contains(id.as_str()))
        };
        let id = records.iter().map(|record| name(*record, 0)).find(free).or_else(|| {
            let first = *records.first()?;
            (1_u32..).map(|more| name(first, more)).find(free)
        });
        let id = id.unwrap_or_default();
        used.insert(id.clone());
        named.insert(group, id);
    }
    let events = events(&shares, &named, &used, &alive, vanished);
    Named { ids: named, events }
}

/// How much of an earlier person is in a group.
#[derive(Clone, Copy, Default)]
struct Share {
    /// Records that were theirs before anybody was joined.
    own: u32,
    /// All records that were theirs.
    all: u32,
    /// The oldest of them.
    oldest: usize,
}

type Shares<'a> = BTreeMap<(&'a str, u32), Share>;

fn shares<'a>(before: &[Before<'a>], cluster: &[u32]) -> Shares<'a> {
    let mut shares: HashMap<(&str, u32), Share> = HashMap::new();
    for (record, (before, group)) in before.iter().zip(cluster).enumerate() {
        if let Some(now) = before.now {
            let share = shares.entry((now, *group)).or_insert(Share { oldest: record, ..Share::default() });
            share.all += 1;
            share.own += u32::from(before.own == Some(now));
        }
    }
    shares.into_iter().collect()
}

/// Ids and groups find each other as applicants and places do: each id asks the group that has most of it first, each group
/// keeps who has most in it. Whoever asks first, the outcome is the same.
fn stay<'a>(shares: &Shares<'a>) -> BTreeMap<u32, &'a str> {
    let mut wishes: BTreeMap<&str, Vec<(u32, Share)>> = BTreeMap::new();
    for ((person, group), share) in shares {
        wishes.entry(person).or_default().push((*group, *share));
    }
    for groups in wishes.values_mut() {
        if groups.iter().any(|(_, share)| share.own > 0) {
            groups.retain(|(_, share)| share.own > 0);
        }
        // The last is asked first.
        groups.sort_by_key(|(_, share)| (share.own, share.all, Reverse(share.oldest)));
    }
    let mut places: BTreeMap<u32, (&str, Share)> = BTreeMap::new();
    let mut asking: Vec<&str> = wishes.keys().copied().collect();
    while let Some(person) = asking.pop() {
        let Some((group, share)) = wishes.get_mut(person).and_then(Vec::pop) else { continue };
        let more = |share: Share| (share.all, Reverse(share.oldest));
        match places.get(&group) {
            Some((_, held)) if more(*held) > more(share) => asking.push(person),
            held => {
                asking.extend(held.map(|(other, _)| *other));
                places.insert(group, (person, share));
            }
        }
    }
    places.into_iter().map(|(group, (person, _))| (group, person)).collect()
}

/// Ids that rest come back to groups that have none.
fn come_back<'a>(
    before: &[Before<'a>],
    cluster: &[u32],
    kept: &HashSet<&'a str>,
    ids: &mut BTreeMap<u32, &'a str>,
) {
    let resting =
        |before: &Before<'a>| before.own.filter(|own| !kept.contains(own) && before.now != Some(own));
    let mut whole: HashMap<&str, u32> = HashMap::new();
    let mut parts: BTreeMap<(u32, &str), (u32, usize)> = BTreeMap::new();
    for (record, (before, group)) in before.iter().zip(cluster).enumerate() {
        if let Some(own) = resting(before) {
            *whole.entry(own).or_default() += 1;
            if !ids.contains_key(group) {
                parts.entry((*group, own)).or_insert((0, record)).0 += 1;
            }
        }
    }
    let mut best: BTreeMap<u32, (u32, Reverse<usize>, &str)> = BTreeMap::new();
    for ((group, own), (count, oldest)) in parts {
        if 2 * count > whole.get(own).copied().unwrap_or_default() {
            let this = (count, Reverse(oldest), own);
            let held = best.entry(group).or_insert(this);
            *held = this.max(*held);
        }
    }
    ids.extend(best.into_iter().map(|(group, (_, _, own))| (group, own)));
}

fn events(
    shares: &Shares<'_>,
    named: &BTreeMap<u32, String>,
    used: &HashSet<String>,
    alive: &HashSet<&str>,
    vanished: &BTreeSet<String>,
) -> Vec<Event> {
    let mut events: BTreeSet<Event> = BTreeSet::new();
    for ((from, group), share) in shares {
        let Some(person) = named.get(group).filter(|person| person.as_str() != *from) else { continue };
        let kind = match (used.contains(*from), alive.contains(person.as_str())) {
            (false, _) => EventKind::Merged,
            (true, false) => EventKind::Split,
            (true, true) => EventKind::Moved,
        };
        let (person, other) = (person.clone(), Some((*from).to_owned()));
        events.insert(Event { person, kind, other, records: share.all });
    }
    let gone = vanished.iter().filter(|person| !alive.contains(person.as_str()) && !used.contains(*person));
    let gone =
        gone.map(|person| Event { person: person.clone(), kind: EventKind::Gone, other: None, records: 0 });
    events.extend(gone);
    events.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Records whose people are told as `now` or `now/own`; `now/` came after a joining.
    fn remembered<'a>(records: &[&'a str]) -> Vec<Before<'a>> {
        let one = |text: &&'a str| match text.split_once('/') {
            Some((now, own)) => Before { now: Some(now), own: Some(own).filter(|own| !own.is_empty()) },
            None => Before { now: Some(*text), own: Some(*text) },
        };
        records.iter().map(|text| if text.is_empty() { Before::default() } else { one(text) }).collect()
    }

    fn name(record: usize, more: u32) -> String {
        if more == 0 { format!("P{record}") } else { format!("P{record}-{more}") }
    }

    fn carried(records: &[&str], cluster: &[u32]) -> (Vec<String>, Vec<Event>) {
        let named = carry_over(&remembered(records), cluster, &HashSet::new(), &BTreeSet::new(), name);
        (cluster.iter().map(|group| named.ids[group].clone()).collect(), named.events)
    }

    fn event(person: &str, kind: EventKind, other: &str, records: u32) -> Event {
        let other = (!other.is_empty()).then(|| other.to_owned());
        Event { person: person.to_owned(), kind, other, records }
    }

    #[test]
    fn most_records_decide_and_the_oldest_where_two_are_equal() {
        assert_eq!(carried(&["a", "b", "b"], &[0, 0, 0]).0, ["b", "b", "b"]);
        let (equal, told) = carried(&["a", "b", "b", "a"], &[0, 0, 0, 0]);
        assert_eq!(equal, ["a"; 4]);
        assert_eq!(told, [event("a", EventKind::Merged, "b", 2)]);
    }

    #[test]
    fn the_larger_part_keeps_the_id_when_a_person_is_parted() {
        let (parted, told) = carried(&["a", "a", "a"], &[0, 1, 1]);
        assert_eq!(parted, ["P0", "a", "a"]);
        assert_eq!(told, [event("P0", EventKind::Split, "a", 1)]);
    }

    #[test]
    fn records_that_move_are_told_and_somebody_new_is_not() {
        let (moved, told) = carried(&["a", "a", "a", "b", ""], &[0, 0, 3, 3, 4]);
        assert_eq!(moved, ["a", "a", "b", "b", "P4"]);
        assert_eq!(told, [event("b", EventKind::Moved, "a", 1)]);
    }

    #[test]
    fn whose_records_are_all_no_more_is_told() {
        let vanished = ["a".to_owned(), "z".to_owned()].into();
        let gone = carry_over(&remembered(&["a"]), &[0], &HashSet::new(), &vanished, name);
        assert_eq!(gone.events, [event("z", EventKind::Gone, "", 0)]);
    }

    #[test]
    fn an_id_is_never_given_twice() {
        let known: HashSet<String> = ["P0-1".to_owned()].into();
        let named = carry_over(&remembered(&["", "P0"]), &[0, 1], &known, &BTreeSet::new(), name);
        assert_eq!(named.ids[&0], "P0-2");
        assert_eq!(carried(&["", "x/P0"], &[0, 1]).0, ["P0-1", "x"], "a resting id is nobody else's");
    }

    #[test]
    fn a_part_that_leaves_gets_back_the_id_it_had() {
        let joined = ["a", "a", "a/b", "a/b"];
        assert_eq!(carried(&joined, &[0; 4]).0, ["a"; 4], "joined they stay");
        let (apart, told) = carried(&joined, &[0, 0, 1, 1]);
        assert_eq!(apart, ["a", "a", "b", "b"]);
        assert_eq!(told, [event("b", EventKind::Split, "a", 2)]);
        // Records that came since belong to neither side and change nothing about whose id is whose.
        let grown = ["a", "a", "a/b", "a/b", "a/", "a/", "a/"];
        assert_eq!(carried(&grown, &[0, 0, 1, 1, 1, 1, 1]).0, ["a", "a", "b", "b", "b", "b", "b"]);
        assert_eq!(carried(&grown, &[0, 0, 0, 0, 1, 1, 1]).0, ["a", "a", "a", "a", "P4", "P4", "P4"]);
        assert_eq!(carried(&["a", "a/b", "a/b"], &[0, 0, 1]).0, ["a", "a", "P2"], "half is not most of it");
    }

    #[test]
    fn an_id_that_lost_its_group_stays_with_what_else_is_left() {
        assert_eq!(carried(&["a", "a", "a", "c", "c", "c", "c"], &[0, 1, 1, 1, 1, 1, 1]).0[..2], ["a", "c"]);
    }

    prop_compose! {
        /// Records with who they were, what they were before, and who they are now.
        fn rows()(rows in proptest::collection::vec((0_u8..6, 0_u8..6, 0_u32..6), 0..40)) -> (Vec<String>, Vec<u32>) {
            let text = |(now, own, _): &(u8, u8, u32)| match (now, own) {
                (0, _) => String::new(),
                (now, 0) => format!("p{now}/"),
                (now, own) if now == own => format!("p{now}"),
                // Whose id is somebody's cannot rest.
                (now, own) => format!("p{now}/q{own}"),
            };
            (rows.iter().map(text).collect(), rows.iter().map(|(_, _, group)| *group).collect())
        }
    }

    proptest! {
        #[test]
        fn each_person_has_one_id_and_naming_again_changes_nothing((rows, cluster) in rows()) {
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            let before = remembered(&rows);
            let (persons, _) = carried(&rows, &cluster);
            for (x, a) in persons.iter().zip(&cluster) {
                for (y, b) in persons.iter().zip(&cluster) {
                    prop_assert_eq!(x == y, a == b);
                }
            }
            let again: Vec<Before<'_>> = persons
                .iter()
                .zip(&before)
                .map(|(now, before)| Before { now: Some(now.as_str()), own: before.own.filter(|own| own.starts_with('q') || *own == now) })
                .collect();
            let named = carry_over(&again, &cluster, &HashSet::new(), &BTreeSet::new(), name);
            let then: Vec<String> = cluster.iter().map(|group| named.ids[group].clone()).collect();
            prop_assert_eq!(then, persons);
            prop_assert!(named.events.is_empty(), "nothing changed: {:?}", named.events);
        }

        #[test]
        fn how_groups_are_numbered_changes_nothing((rows, cluster) in rows(), by in 1_u32..100) {
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            let other: Vec<u32> = cluster.iter().map(|c| 1000 - c * by).collect();
            prop_assert_eq!(carried(&rows, &cluster), carried(&rows, &other));
        }

        #[test]
        fn joining_and_parting_again_gives_both_their_ids(one in 1_usize..8, other in 1_usize..8, since in 0_usize..8) {
            let mut rows = vec!["a"; one];
            rows.resize(one + other, "b");
            let both = carried(&rows, &vec![0; one + other]).0;
            let stays = both[0].clone();
            let (a, b) = (format!("{stays}/a"), format!("{stays}/b"));
            let mut joined = vec![if stays == "a" { "a" } else { a.as_str() }; one];
            joined.resize(one + other, if stays == "b" { "b" } else { b.as_str() });
            let late = format!("{stays}/");
            joined.resize(one + other + since, late.as_str());
            let mut groups = vec![0; one];
            groups.resize(one + other + since, 1);
            let (apart, _) = carried(&joined, &groups);
            prop_assert_eq!(&apart[0], "a");
            prop_assert!(apart[one..].iter().all(|id| id == "b"));
        }
    }
}
