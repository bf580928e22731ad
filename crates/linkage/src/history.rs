//! Ids that stay: when records come, change or vanish, each person keeps the id that most of their records had, and what
//! became of people is told as events.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Who records are, with ids that stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The id of each record's person.
    pub persons: Vec<String>,
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

/// Kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Nobody had these records before.
    New,
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
/// Records stand in the order in which they first came. `earlier` is the person each of them had, `cluster` the person
/// they have now (any number, the same for records of one person), `known` everybody who had an id. A person keeps the id
/// that most of their records had, the one with the oldest record where two are equal; somebody new is named by `name`
/// after their oldest record whose name is free.
#[must_use]
pub fn carry_over(
    earlier: &[Option<String>],
    cluster: &[u32],
    known: &BTreeSet<String>,
    name: impl Fn(usize) -> String,
) -> Named {
    let mut members: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut shares = Shares::new();
    for (record, group) in cluster.iter().enumerate() {
        members.entry(*group).or_default().push(record);
        if let Some(person) = earlier.get(record).and_then(Option::as_deref) {
            shares.entry((person, *group)).or_insert((0, record)).0 += 1;
        }
    }
    let ids = kept(&shares, &members, known, name);
    let of = |group: u32| ids.get(&group).cloned().unwrap_or_default();
    let alive: BTreeSet<&String> = ids.values().collect();
    let mut events: BTreeSet<Event> = BTreeSet::new();
    for ((from, group), (records, _)) in &shares {
        let person = of(*group);
        if person == *from {
            continue;
        }
        let kind = match (alive.contains(&(*from).to_owned()), known.contains(&person)) {
            (false, _) => EventKind::Merged,
            (true, false) => EventKind::Split,
            (true, true) => EventKind::Moved,
        };
        events.insert(Event { person, kind, other: Some((*from).to_owned()), records: *records });
    }
    let had: BTreeSet<&str> = shares.keys().map(|(person, _)| *person).collect();
    for (group, records) in &members {
        let person = of(*group);
        let before = records.iter().any(|record| earlier.get(*record).is_some_and(Option::is_some));
        if !before {
            let records = u32::try_from(records.len()).unwrap_or(u32::MAX);
            events.insert(Event { person, kind: EventKind::New, other: None, records });
        }
    }
    for person in known.iter().filter(|person| !had.contains(person.as_str()) && !alive.contains(person)) {
        let (person, kind) = (person.clone(), EventKind::Gone);
        events.insert(Event { person, kind, other: None, records: 0 });
    }
    Named { persons: cluster.iter().map(|group| of(*group)).collect(), events: events.into_iter().collect() }
}

/// How many records of an earlier person are in a group, and the oldest of them.
type Shares<'a> = BTreeMap<(&'a str, u32), (u32, usize)>;

/// The id of each group: first come the largest shares of earlier people, then new names.
fn kept(
    shares: &Shares<'_>,
    members: &BTreeMap<u32, Vec<usize>>,
    known: &BTreeSet<String>,
    name: impl Fn(usize) -> String,
) -> BTreeMap<u32, String> {
    let mut order: Vec<_> = shares.iter().collect();
    order.sort_by_key(|((person, _), (count, oldest))| (std::cmp::Reverse(*count), *oldest, *person));
    let mut ids: BTreeMap<u32, String> = BTreeMap::new();
    let mut used: BTreeSet<String> = BTreeSet::new();
    for ((person, group), _) in order {
        if !used.contains(*person) && !ids.contains_key(group) {
            used.insert((*person).to_owned());
            ids.insert(*group, (*person).to_owned());
        }
    }
    let mut waiting: Vec<(&u32, &Vec<usize>)> =
        members.iter().filter(|(group, _)| !ids.contains_key(group)).collect();
    waiting.sort_by_key(|(_, records)| records.first().copied());
    for (group, records) in waiting {
        let free = |id: &String| !used.contains(id) && !known.contains(id);
        let id = records.iter().map(|record| name(*record)).find(free).or_else(|| {
            // Every name was somebody's: an id is never given twice, so it gets a number.
            let first = name(*records.first()?);
            (2_u32..).map(|number| format!("{first}-{number}")).find(free)
        });
        let id = id.unwrap_or_default();
        used.insert(id.clone());
        ids.insert(*group, id);
    }
    ids
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn had(persons: &[&str]) -> Vec<Option<String>> {
        persons.iter().map(|person| (!person.is_empty()).then(|| (*person).to_owned())).collect()
    }

    fn carry(persons: &[&str], cluster: &[u32]) -> Named {
        let earlier = had(persons);
        let known = earlier.iter().flatten().cloned().collect();
        carry_over(&earlier, cluster, &known, |record| format!("P{record}"))
    }

    fn event(person: &str, kind: EventKind, other: &str, records: u32) -> Event {
        let other = (!other.is_empty()).then(|| other.to_owned());
        Event { person: person.to_owned(), kind, other, records }
    }

    #[test]
    fn most_records_decide_and_the_oldest_where_two_are_equal() {
        assert_eq!(carry(&["a", "b", "b"], &[0, 0, 0]).persons, ["b", "b", "b"]);
        let equal = carry(&["a", "b", "b", "a"], &[0, 0, 0, 0]);
        assert_eq!(equal.persons, ["a"; 4]);
        assert_eq!(equal.events, [event("a", EventKind::Merged, "b", 2)]);
    }

    #[test]
    fn the_larger_part_keeps_the_id_when_a_person_is_parted() {
        let parted = carry(&["a", "a", "a"], &[0, 1, 1]);
        assert_eq!(parted.persons, ["P0", "a", "a"]);
        assert_eq!(parted.events, [event("P0", EventKind::Split, "a", 1)]);
    }

    #[test]
    fn new_moved_and_gone_are_told() {
        let moved = carry(&["a", "a", "a", "b", ""], &[0, 0, 3, 3, 4]);
        assert_eq!(moved.persons, ["a", "a", "b", "b", "P4"]);
        let told = [event("P4", EventKind::New, "", 1), event("b", EventKind::Moved, "a", 1)];
        assert_eq!(moved.events, told);
        let known = ["a".to_owned(), "z".to_owned()].into();
        let gone = carry_over(&had(&["a"]), &[0], &known, |_| "P".to_owned());
        assert_eq!(gone.events, [event("z", EventKind::Gone, "", 0)]);
    }

    #[test]
    fn an_id_is_never_given_twice() {
        let known: BTreeSet<String> = ["P0".to_owned()].into();
        let named = carry_over(&had(&["", "P0"]), &[0, 1], &known, |_| "P0".to_owned());
        assert_eq!(named.persons, ["P0-2", "P0"]);
    }

    proptest! {
        #[test]
        fn each_person_has_one_id_and_each_id_one_person(
            rows in proptest::collection::vec((0_u8..6, 0_u32..6), 0..40)
        ) {
            let persons: Vec<String> =
                rows.iter().map(|(p, _)| if *p == 0 { String::new() } else { format!("p{p}") }).collect();
            let persons: Vec<&str> = persons.iter().map(String::as_str).collect();
            let cluster: Vec<u32> = rows.iter().map(|(_, c)| *c).collect();
            let named = carry(&persons, &cluster);
            for (x, a) in named.persons.iter().zip(&cluster) {
                for (y, b) in named.persons.iter().zip(&cluster) {
                    prop_assert_eq!(x == y, a == b);
                }
            }
            let again: Vec<&str> = named.persons.iter().map(String::as_str).collect();
            let again = carry(&again, &cluster);
            prop_assert_eq!(&again.persons, &named.persons);
            prop_assert!(again.events.is_empty(), "nothing changed: {:?}", again.events);
        }

        #[test]
        fn how_groups_are_numbered_changes_nothing(
            rows in proptest::collection::vec((1_u8..5, 0_u32..5), 1..30), by in 1_u32..100
        ) {
            let persons: Vec<String> = rows.iter().map(|(p, _)| format!("p{p}")).collect();
            let persons: Vec<&str> = persons.iter().map(String::as_str).collect();
            let cluster: Vec<u32> = rows.iter().map(|(_, c)| *c).collect();
            let other: Vec<u32> = cluster.iter().map(|c| 1000 - c * by).collect();
            prop_assert_eq!(carry(&persons, &cluster), carry(&persons, &other));
        }
    }
}
