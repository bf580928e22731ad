//! Links the rows of a file one after another with everybody in an index: what a feed that sends single records does,
//! and how long each takes.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use serde::Serialize;
use throughline_linkage::{Decision, Outcome as Touched};

use super::engine::Engine;
use super::fault::Fault;
use super::index::Index;
use super::run::{Outcome, Request, Seconds, seconds};
use super::{labels, reading, writing};

/// How long single records took, in milliseconds.
#[derive(Clone, Copy, Default, Serialize)]
pub struct Latency {
    /// Half of them took no longer.
    pub p50_ms: f64,
    /// 99 in a hundred took no longer.
    pub p99_ms: f64,
    /// The slowest.
    pub slowest_ms: f64,
}

/// People touched so far: each record with the id its person is named after.
#[derive(Default)]
struct People {
    of: BTreeMap<String, String>,
}

impl People {
    fn take(&mut self, touched: &Touched) {
        for id in touched.before.iter().flatten() {
            self.of.remove(id);
        }
        for person in &touched.after {
            if let Some(name) = person.first() {
                self.of.extend(person.iter().map(|id| (id.clone(), name.clone())));
            }
        }
    }

    fn sizes(&self) -> BTreeMap<&str, u32> {
        let mut sizes = BTreeMap::new();
        self.of.values().for_each(|name| *sizes.entry(name.as_str()).or_default() += 1);
        sizes
    }
}

/// Links, or with `erase` takes away, each row of the file; then obeys the decisions.
pub fn run(request: &Request, folder: &Path, told: &(dyn Fn(&str) + Sync)) -> Result<Outcome, Fault> {
    let began = Instant::now();
    let of_whole_files =
        [&request.model, &request.settings, &request.report, &request.labels, &request.pairs]
            .into_iter()
            .chain([&request.sample, &request.learn_from, &request.save_model]);
    if of_whole_files.flatten().next().is_some() {
        let problem = "an index keeps its own settings and model, and records that come one by one are not measured; use only --out, --decisions, --erase and --json with it, or name a new folder";
        return Err(Fault::Use(problem.to_owned()));
    }
    let (mut index, mut live) = Index::open(folder)?;
    let mut engine = Engine::collecting(live.settings().clone());
    let taken = reading::read(&request.records, &mut engine, request.this_year, &|_| {})?;
    let decisions = request.decisions.as_deref().map(labels::all_decisions).transpose()?.unwrap_or_default();
    let read = Instant::now();
    let mut people = People::default();
    let mut took = Vec::new();
    let records = engine.collected();
    let mut change = |add: &[_], erase: &[&str], decided: &[Decision]| {
        let from = Instant::now();
        people.take(&live.change(&mut index, add, erase, decided)?);
        took.push(from.elapsed().as_secs_f64() * 1000.0);
        Ok::<(), Fault>(())
    };
    alone()?.install(|| {
        for (done, record) in records.iter().enumerate() {
            if done % 1000 == 0 {
                told(&format!("{done} records linked one by one"));
            }
            match request.erase {
                true => change(&[], &[record.id.as_str()], &[])?,
                false => change(std::slice::from_ref(record), &[], &[])?,
            }
        }
        decisions.iter().try_for_each(|decision| change(&[], &[], std::slice::from_ref(decision)))
    })?;
    let linked = Instant::now();
    write(&request.out, &people)?;
    let sizes = people.sizes();
    Ok(Outcome {
        file: request.records.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        rows: taken.rows,
        records: records.len() as u64,
        people: sizes.len() as u64,
        biggest: sizes.values().copied().max().unwrap_or(0),
        seconds: Seconds {
            reading: seconds(began, read),
            linking: seconds(read, linked),
            writing: seconds(linked, Instant::now()),
            total: seconds(began, Instant::now()),
            ..Seconds::default()
        },
        one_by_one: Some(latency(took)),
        notes: vec!["LINKS holds everybody whose person changed, those of the index too".to_owned()],
        aside: taken.aside,
        repeated: taken.repeated,
        ..Outcome::default()
    })
}

/// One worker: the people around one record are too few to share, and waking another core takes longer.
fn alone() -> Result<rayon::ThreadPool, Fault> {
    let made = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    made.map_err(|e| Fault::Use(format!("no worker could be started to link records: {e}")))
}

fn latency(mut took: Vec<f64>) -> Latency {
    took.sort_by(f64::total_cmp);
    let at = |share: usize| {
        let place = (took.len() * share).div_ceil(100).saturating_sub(1);
        took.get(place).map_or(0.0, |ms| (ms * 1000.0).round() / 1000.0)
    };
    Latency { p50_ms: at(50), p99_ms: at(99), slowest_ms: at(100) }
}

fn write(file: &Path, people: &People) -> Result<(), Fault> {
    let mut out = writing::create(file)?;
    let failed = |e: csv::Error| Fault::file(file, e);
    out.write_record(["record_id", "person_id"]).map_err(failed)?;
    for (id, name) in &people.of {
        out.write_record([id, name]).map_err(failed)?;
    }
    out.flush().map_err(|e| Fault::file(file, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_slowest_are_told() {
        let times: Vec<f64> = (1..=200).map(f64::from).collect();
        let found = latency(times);
        assert_eq!((found.p50_ms, found.p99_ms, found.slowest_ms), (100.0, 198.0, 200.0));
        assert_eq!(latency(Vec::new()).p50_ms, 0.0);
    }
}
