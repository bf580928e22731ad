//! The result depends on the records, never on their order; and no input stops the program.

use proptest::prelude::*;
use throughline_linkage::{
    Born, Decision, PersonAddress, PersonName, PersonNumber, Record, Settings, Stage, Tie, TieKind, link,
};

use crate::invented::{With, record, town};

/// Records in another order, ties told anew.
fn reordered(records: &[Record], order: &[usize]) -> Vec<Record> {
    let mut place = vec![0u32; records.len()];
    for (new, old) in order.iter().enumerate() {
        place[*old] = new as u32;
    }
    let moved = |old: &usize| {
        let mut record = records[*old].clone();
        record.ties.iter_mut().for_each(|tie| tie.other = place[tie.other as usize]);
        record
    };
    order.iter().map(moved).collect()
}

/// People as sets of ids.
fn people(records: &[Record], cluster: &[u32]) -> Vec<Vec<String>> {
    let mut out: std::collections::BTreeMap<u32, Vec<String>> = std::collections::BTreeMap::new();
    for (record, person) in records.iter().zip(cluster) {
        out.entry(*person).or_default().push(record.id.clone());
    }
    let mut out: Vec<Vec<String>> = out.into_values().collect();
    out.iter_mut().for_each(|ids| ids.sort());
    out.sort();
    out
}

fn some_families() -> Vec<Record> {
    let mut all = vec![
        record("client", "services").named("Imogen", "Marchbank").born(1991, 2, 3).phone("07700900123"),
        record("harm", "services").named("Rufus", "").tied(TieKind::Partner, 0),
        record("mother", "social_care").named("Imogen", "Marchbank").born(1991, 2, 3).known_as("person:1"),
        record("visit", "social_care").known_as("person:1"),
        record("partner", "social_care").named("Rufus", "Sorrel").born(1988, 8, 17).tied(TieKind::Partner, 2),
        record("twin", "health").named("Maud", "Sorrel").born(2016, 2, 9),
        record("other twin", "health").named("Mabel", "Sorrel").born(2016, 2, 9),
    ];
    all.extend(town().into_iter().take(240));
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn order_changes_nothing(order in Just((0..247usize).collect::<Vec<_>>()).prop_shuffle()) {
        let settings = Settings::built_in().unwrap();
        let records = some_families();
        let shuffled = reordered(&records, &order);
        let (first, second) = (link(&records, &[], &settings), link(&shuffled, &[], &settings));
        prop_assert_eq!(people(&records, &first.cluster), people(&shuffled, &second.cluster));
        prop_assert_eq!(first.model, second.model);
        for (index, founder) in second.cluster.iter().enumerate() {
            prop_assert!(*founder as usize <= index && second.cluster[*founder as usize] == *founder);
        }
    }

    #[test]
    fn no_input_stops_it(records in prop::collection::vec(anything(), 0..24), decisions in prop::collection::vec((0..9u8, 0..9u8, any::<bool>()), 0..4)) {
        let decisions: Vec<Decision> =
            decisions.into_iter().map(|(a, b, same)| Decision { a: a.to_string(), b: b.to_string(), same }).collect();
        let linked = link(&records, &decisions, &Settings::built_in().unwrap());
        prop_assert_eq!(linked.cluster.len(), records.len());
        for edge in &linked.edges {
            prop_assert!(edge.a < edge.b && (edge.b as usize) < records.len());
            prop_assert!((0.0..=1.0).contains(&edge.probability));
        }
    }
}

fn anything() -> impl Strategy<Value = Record> {
    let text = "[ -~éłßÅ中]{0,8}";
    let kinds =
        prop::sample::select(vec![TieKind::SameRow, TieKind::SameEvent, TieKind::Child, TieKind::Other]);
    let stages = prop::sample::select(vec![Stage::Unknown, Stage::Unborn, Stage::Child, Stage::Adult]);
    let who = ("[0-9]", text, text, prop::option::of((any::<i16>(), any::<i8>(), any::<i8>())));
    let where_ = (text, text, text, any::<bool>());
    let rest = (
        prop::option::of((any::<u8>(), -20_000..30_000i32)),
        prop::option::of(-20_000..30_000i32),
        stages,
        prop::collection::vec((0..30u32, kinds), 0..3),
    );
    (who, where_, rest).prop_map(
        |((id, fore, sur, born), (lines, postcode, number, valid), (age, recorded, stage, ties))| Record {
            id,
            source: "any".into(),
            recorded,
            refs: vec![sur.clone()],
            names: vec![PersonName { forenames: vec![fore], surname: sur, ..PersonName::default() }],
            born: born.map(|(year, month, day)| Born { year, month: Some(month), day: Some(day) }),
            age,
            stage,
            addresses: vec![PersonAddress { lines, postcode }],
            phones: vec![number.clone()],
            identifiers: vec![PersonNumber { kind: "nhs".into(), value: number, valid }],
            ties: ties.into_iter().map(|(other, kind)| Tie { other, kind }).collect(),
            ..Record::default()
        },
    )
}

#[test]
fn nothing_gives_nothing() {
    let linked = link(&[], &[], &Settings::built_in().unwrap());
    assert!(linked.cluster.is_empty() && linked.edges.is_empty());
}
