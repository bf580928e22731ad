//! What the tests of storage share: a small invented area with every kind of fact.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly, and so may what it is built from"
)]
#![allow(dead_code, reason = "each test file uses some of it")]

use jiff::Timestamp;
use throughline_domain::fact::{
    AsideSettled, Delivery, Fact, FactBody, KeptAside, KeptPlace, LinkDecision, LinkVerdict, Received,
};
use throughline_domain::ids::MentionKey;
use throughline_domain::record::{Mention, Name, Record};
use throughline_domain::sharing::{AreaKind, Door, Sealed};
use throughline_store::{Area, Batch, NewFact, Store};

pub fn area() -> Area {
    Area { name: "Calderwick".into(), kind: AreaKind::Invented }
}

pub fn empty() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path(), &area()).unwrap();
    (folder, store)
}

pub fn with_facts(count: usize) -> (tempfile::TempDir, Store) {
    let (folder, store) = empty();
    let facts = (0..count).map(fact).collect();
    store.append(Batch { facts, ..Batch::default() }).unwrap();
    (folder, store)
}

pub fn opened<T>(sealed: Sealed<T>) -> T {
    Door::open_to_derive(sealed)
}

pub fn all(store: &Store) -> Vec<Fact> {
    store.facts(..).unwrap().map(|fact| opened(fact.unwrap())).collect()
}

/// The n-th fact: kinds, agencies and absent values vary with n.
pub fn fact(n: usize) -> NewFact {
    let agency = ["police", "health", "schools"][n % 3];
    NewFact {
        agency: agency.into(),
        id: format!("0193-{n:06}"),
        happened: (n.is_multiple_of(2)).then(|| "2024-07".parse().unwrap()),
        recorded: (n % 4 != 1).then(|| "2024-07-19T21:40".parse().unwrap()),
        received: Timestamp::from_second(1_700_000_000 + n as i64).unwrap(),
        body: body(n),
        raw: (n % 5 != 2).then(|| format!("{n};OKONKWO, Amara;ä")),
    }
}

pub fn body(n: usize) -> FactBody {
    let received = Received {
        file: "police/involvements.csv".into(),
        line: n as u64,
        content: format!("{n:08x}"),
        record: Record {
            row_key: format!("key{n}"),
            people: vec![Mention {
                names: vec![Name {
                    forenames: vec!["Amara".into()],
                    surname: format!("Okonkwo{n}"),
                    ..Name::default()
                }],
                ..Mention::default()
            }],
            ..Record::default()
        },
        ..Received::default()
    };
    let mention = |key: &str| MentionKey { feed: "police.involvements".into(), row_key: key.into() };
    match n % 7 {
        0 | 1 => FactBody::Record(received),
        2 => FactBody::SealedRecord(received),
        3 => FactBody::KeptPlace(KeptPlace {
            id: format!("place{n}").into(),
            address: Default::default(),
            why: "refuge".into(),
        }),
        4 => FactBody::KeptAside(KeptAside {
            feed: "police.incidents".into(),
            file: "police/incidents.csv".into(),
            line: 3,
            key: String::new(),
            field: "DOB".into(),
            reason: "no such day".into(),
            raw: "31/02/1990".into(),
            header: "DOB".into(),
        }),
        5 if n.is_multiple_of(2) => {
            FactBody::AsideSettled(AsideSettled { aside: 5, how: "read_again".into(), by: String::new() })
        }
        5 => FactBody::Delivery(Delivery {
            file: "police/incidents.csv".into(),
            rows: 9,
            ..Delivery::default()
        }),
        _ => FactBody::LinkDecision(LinkDecision {
            a: mention("a"),
            b: mention("b"),
            with_a: Vec::new(),
            with_b: Vec::new(),
            verdict: LinkVerdict::Same,
            by: "t.bell".into(),
            confirmed_by: String::new(),
            reason: "same number".into(),
        }),
    }
}
