//! How fast the store is on this machine. `cargo bench -p throughline-store -- [FACTS]` prints one figure a line.

use std::error::Error;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use throughline_domain::fact::{FactBody, Received};
use throughline_domain::looks::{Entry, Look};
use throughline_domain::record::{Event, Mention, Name, Record};
use throughline_domain::sharing::{AreaKind, Door};
use throughline_store::{Area, Batch, Looks, NewEntry, NewFact, Row, RowChange, Store};

type Done<T> = Result<T, Box<dyn Error>>;

fn main() -> Done<()> {
    let facts = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(400_000_u64);
    let folder = tempfile::tempdir()?;
    let store = Store::create(folder.path(), &Area { name: "Bench".into(), kind: AreaKind::Invented })?;

    let body = serde_json::to_vec(&fact(facts / 2).body)?;
    println!("body of a fact             {:>12} bytes", body.len());
    // Facts are made between the batches and not counted, so that memory is the store's own.
    let mut took = Duration::ZERO;
    for first in (0..facts).step_by(2_000) {
        let batch =
            Batch { facts: (first..facts.min(first + 2_000)).map(fact).collect(), ..Batch::default() };
        took += timed(|| store.append(batch).map(drop).map_err(Into::into))?;
    }
    per_second("append, batches of 2,000", facts, took);

    let took = timed(|| {
        let mut people = 0;
        for fact in store.facts(..)? {
            if let FactBody::Record(received) = Door::open_to_derive(fact?).body {
                people += received.record.people.len();
            }
        }
        assert!(people > 0);
        Ok(())
    })?;
    per_second("stream and read facts", facts, took);
    per_second("verify", facts, timed(|| check(store.verify()?.is_sound()))?);

    looks(&store)?;

    let rows = facts / 4;
    let shelf = |changed: u64| (0..rows).map(move |n| row(n, n < changed));
    per_second(
        "fill a shelf (3 terms)",
        rows,
        timed(|| store.replace_shelf("people", shelf(0)).map(drop).map_err(Into::into))?,
    );
    per_second(
        "replace, nothing changed",
        rows,
        timed(|| store.replace_shelf("people", shelf(0)).map(drop).map_err(Into::into))?,
    );
    per_second(
        "replace, 1 in 100 changed",
        rows,
        timed(|| store.replace_shelf("people", shelf(rows / 100)).map(drop).map_err(Into::into))?,
    );

    let reads = 200_000_u64;
    let took = timed(|| {
        for n in 0..reads {
            assert!(store.get("people", &key(n * 7919 % rows))?.is_some());
        }
        Ok(())
    })?;
    each_took("get", reads, took);
    let took = timed(|| {
        for n in 0..reads {
            assert!(!store.find("people", &format!("ref{}", n * 7919 % rows), 20)?.is_empty());
        }
        Ok(())
    })?;
    each_took("find", reads, took);

    small_batches(&store, 1, 2_000)?;
    small_batches(&store, 32, 20_000)?;

    let out = folder.path().join("area.backup");
    let mut size = 0;
    let took = timed(|| {
        size = store.backup(&out)?.bytes;
        Ok(())
    })?;
    println!("backup, verified           {:>12.2?} for {} MiB", took, size >> 20);
    let took = timed(|| Store::restore(&out, &folder.path().join("again")).map(drop).map_err(Into::into))?;
    println!("restore, verified          {took:>12.2?}");
    let took = timed(|| Store::open(folder.path()).map(drop).map_err(Into::into))?;
    println!("open                       {took:>12.2?}");
    Ok(())
}

/// One fact and one row per batch, from several threads: what people's own decisions cost.
fn small_batches(store: &Store, threads: u64, batches: u64) -> Done<()> {
    let before = store.heads()?.last_seq();
    let took = timed(|| {
        std::thread::scope(|scope| {
            let one = |thread: u64| {
                for n in 0..batches / threads {
                    let fact = fact(before * 10 + 1_000_000_000 + thread * batches + n);
                    let rows = vec![RowChange::put("log", fact.id.clone(), b"x", ["t"])];
                    if store.append(Batch { facts: vec![fact], rows, expected: None }).is_err() {
                        return ControlFlow::Break(());
                    }
                }
                ControlFlow::Continue(())
            };
            let threads: Vec<_> = (0..threads).map(|thread| scope.spawn(move || one(thread))).collect();
            threads.into_iter().all(|thread| thread.join().is_ok_and(|flow| flow.is_continue()))
        })
        .then_some(())
        .ok_or_else(|| "a batch was refused".into())
    })?;
    per_second(&format!("acknowledged, {threads} callers"), batches, took);
    Ok(())
}

fn fact(n: u64) -> NewFact {
    const AGENCIES: [&str; 7] =
        ["police", "social_care", "health", "schools", "probation", "housing", "services"];
    let person = |sub: &str| Mention {
        sub: sub.into(),
        local_refs: vec![format!("nominal:N{n:08}")],
        names: vec![Name {
            forenames: vec!["Amara".into()],
            surname: "Okonkwo-Vale".into(),
            ..Name::default()
        }],
        phones: vec!["07700900123".into()],
        ..Mention::default()
    };
    let record = Record {
        feed: "police.involvements".into(),
        row_key: format!("43/{n}/24|N{n:08}|VIC"),
        people: vec![person(""), person("harm")],
        events: Vec::<Event>::new(),
        ..Record::default()
    };
    let body = Received {
        delivery: String::new(),
        file: "police/involvements.csv".into(),
        line: n,
        stamp: "2024-07-19T21:40".into(),
        content: format!("{n:064x}"),
        record,
        warnings: Vec::new(),
    };
    NewFact {
        agency: AGENCIES.iter().cycle().nth((n % 7) as usize).copied().unwrap_or("police").into(),
        id: format!("019300a0-{:04x}-7000-8000-{n:012x}", n >> 24 & 0xffff),
        happened: "2024-07-19T21:40".parse().ok(),
        recorded: "2024-07-20".parse().ok(),
        received: Timestamp::UNIX_EPOCH,
        body: FactBody::Record(body),
        raw: Some(format!(
            "43/{n}/24,N{n:08},VIC,\"OKONKWO-VALE, Amara\",03/02/1991,F,14 Quay Row,ZZ9 1AA,07700900123"
        )),
    }
}

fn check(sound: bool) -> Done<()> {
    if sound { Ok(()) } else { Err("verification found damage".into()) }
}

fn key(n: u64) -> String {
    format!("person-{n:010}")
}

fn row(n: u64, changed: bool) -> Row {
    let body = vec![if changed { b'y' } else { b'x' }; 600];
    let terms = vec![format!("ref{n}"), format!("name{}", n % 5_000), format!("born{}", n % 20_000)];
    Row { key: key(n), body, terms }
}

fn timed(work: impl FnOnce() -> Done<()>) -> Done<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

/// What one page pays for being written down first: a family with 200 records, 30 people and 2 families.
fn looks(store: &Store) -> Done<()> {
    const PAGES: u64 = 500;
    let looks = Looks::open(store, Timestamp::UNIX_EPOCH)?;
    let page = |n: u64| {
        let id = |kind: &str, at: u64| format!("{kind}{:016x}", n * 100 + at);
        let look = Look {
            people: (0..5).map(|at| id("P", at).into()).collect(),
            named: (5..30).map(|at| id("P", at).into()).collect(),
            families: (0..2).map(|at| id("F", at).into()).collect(),
            facts: (n..n + 200).collect(),
            page: "/family/{id}".to_owned(),
            ..Look::default()
        };
        NewEntry { entry: Entry::Look(look), loose: false, counted: true }
    };
    let took =
        timed(|| (0..PAGES).try_for_each(|n| looks.append(vec![page(n)]).map(drop)).map_err(Into::into))?;
    per_second("write a look, one at a time", PAGES, took);
    println!("a look                     {:>12.3} ms", took.as_secs_f64() * 1_000.0 / PAGES as f64);
    check(looks.verify()?.is_sound())
}

fn per_second(what: &str, count: u64, took: Duration) {
    println!("{what:<26} {:>12.0} a second ({count} in {took:.2?})", count as f64 / took.as_secs_f64());
}

fn each_took(what: &str, count: u64, took: Duration) {
    println!("{what:<26} {:>12.2} µs each", took.as_secs_f64() * 1e6 / count as f64);
}
