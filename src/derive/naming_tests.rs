//! Ids over time, without a store: what is told as facts gives the same ids again, whatever happened.

use proptest::prelude::*;

use super::*;

/// An area as pages and facts know it.
#[derive(Default)]
struct Area {
    facts: Vec<PersonChanged>,
    shown: Shown,
    decisions: Vec<Told>,
}

fn key(mention: u8) -> String {
    format!("f|{mention}")
}

impl Area {
    /// Draws the picture with these mentions in their groups; tells the id of each.
    fn draw(&mut self, mentions: &[(u8, u32)]) -> Vec<String> {
        let keys: Vec<String> = mentions.iter().map(|(mention, _)| key(*mention)).collect();
        let cluster: Vec<u32> = mentions.iter().map(|(_, group)| *group).collect();
        let name = |at: usize, more: u32| format!("{}{}", keys[at], "'".repeat(more as usize));
        let all = keys.iter().map(|key| Some(key.as_str())).collect();
        let grouped = Grouped { keys: all, name: &name, cluster: &cluster };
        let (ids, changes) = grouped.settle(&Remembered::of(&self.facts), &self.shown, &self.decisions);
        self.facts.extend(changes);
        let people: Vec<String> = cluster.iter().map(|group| ids[group].as_str().to_owned()).collect();
        let again = grouped.named(&Remembered::of(&self.facts));
        assert_eq!(again, ids, "the facts alone give the same ids");
        self.shown.people =
            keys.iter().cloned().zip(people.iter().map(|id| PersonId::from(id.as_str()))).collect();
        let count = self.facts.len();
        let (then, more) = grouped.settle(&Remembered::of(&self.facts), &self.shown, &self.decisions);
        assert!(then == ids && more.is_empty() && self.facts.len() == count, "drawn again: {more:?}");
        people
    }
}

#[test]
fn nothing_is_told_at_first_nor_of_records_that_only_add() {
    let mut area = Area::default();
    assert_eq!(area.draw(&[(1, 0), (2, 0), (3, 1)]), ["f|1", "f|1", "f|3"]);
    assert_eq!(area.draw(&[(1, 0), (2, 0), (3, 1), (4, 1), (5, 2)])[3..], ["f|3", "f|5"]);
    assert!(area.facts.is_empty());
}

#[test]
fn a_founder_that_leaves_does_not_take_the_id_along() {
    let mut area = Area::default();
    area.draw(&[(1, 0), (2, 0), (3, 0)]);
    assert_eq!(area.draw(&[(1, 1), (2, 0), (3, 0)]), ["f|1'", "f|1", "f|1"]);
    assert_eq!(area.draw(&[(2, 0), (3, 0)]), ["f|1", "f|1"], "nor does one that is erased");
    area.shown.people.clear();
    assert_eq!(area.draw(&[(2, 0), (3, 0)]), ["f|1", "f|1"], "nor is it lost with the shelves");
}

#[test]
fn joined_grown_and_parted_again_both_have_the_ids_they_had() {
    let mut area = Area::default();
    let apart = area.draw(&[(1, 0), (2, 0), (3, 1), (4, 1), (5, 1)]);
    assert_eq!(area.draw(&[(1, 0), (2, 0), (3, 0), (4, 0), (5, 0)]), ["f|3"; 5]);
    area.draw(&[(1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0)]);
    let (key_of, told) =
        (|row: &str| MentionKey { feed: "f".into(), row_key: row.to_owned() }, area.facts.len());
    area.decisions = vec![(
        9,
        throughline_domain::fact::LinkDecision {
            a: key_of("1"),
            b: key_of("3"),
            with_a: Vec::new(),
            with_b: Vec::new(),
            verdict: LinkVerdict::NotSame,
            by: String::new(),
            confirmed_by: String::new(),
            reason: String::new(),
        },
    )];
    let parted = area.draw(&[(1, 0), (2, 0), (3, 1), (4, 1), (5, 1), (6, 0), (7, 0)]);
    assert_eq!(parted[..5], apart);
    assert_eq!(parted[5..], ["f|1", "f|1"]);
    let events: Vec<&PersonEvent> = area.facts[told..].iter().flat_map(|change| &change.events).collect();
    assert_eq!(events.len(), 1);
    assert_eq!(
        (events[0].kind, events[0].mentions, events[0].decision),
        (PersonEventKind::Parted, 4, Some(9))
    );
}

#[test]
fn the_last_record_that_goes_is_told_once() {
    let mut area = Area::default();
    area.draw(&[(1, 0), (2, 1)]);
    area.draw(&[(2, 1)]);
    assert_eq!(area.facts.len(), 1);
    assert_eq!((area.facts[0].events[0].kind, area.facts[0].parts.len()), (PersonEventKind::Gone, 0));
    area.draw(&[(2, 1)]);
    assert_eq!(area.facts.len(), 1);
}

proptest! {
    #[test]
    fn whatever_comes_goes_is_joined_or_parted_the_facts_give_the_same_ids(
        days in proptest::collection::vec(proptest::collection::vec((0_u8..12, 0_u32..5), 0..12), 1..8),
        lost in 0_usize..8,
    ) {
        let mut area = Area::default();
        // Mentions stand in the order in which they first came.
        let mut order: Vec<u8> = Vec::new();
        for (day, mentions) in days.iter().enumerate() {
            let groups: BTreeMap<u8, u32> = mentions.iter().copied().collect();
            order.extend(mentions.iter().map(|(mention, _)| *mention));
            let mut seen = BTreeSet::new();
            order.retain(|mention| seen.insert(*mention));
            let there: Vec<(u8, u32)> =
                order.iter().filter_map(|mention| Some((*mention, *groups.get(mention)?))).collect();
            if day == lost {
                area.shown = Shown::default();
            }
            let people = area.draw(&there);
            for (x, (_, a)) in people.iter().zip(&there) {
                for (y, (_, b)) in people.iter().zip(&there) {
                    prop_assert_eq!(x == y, a == b);
                }
            }
        }
    }
}
