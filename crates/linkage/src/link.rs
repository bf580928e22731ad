//! From records to people: joins what the agencies themselves number alike, then compares, learns and joins in rounds.

use std::collections::HashMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::blocking;
use crate::cluster::{self, Scored};
use crate::groups::{Groups, members};
use crate::learn;
use crate::model::Model;
use crate::profile::{Builder, Profile, Tables};
use crate::record::{Decision, Record};
use crate::relations;
use crate::roll::{Decided, Roll};
use crate::score::{Scorer, probability};
use crate::settings::Settings;
use crate::table::{at, number};

/// Who is who.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Linked {
    /// For each record the index of its person's founding record, the lowest.
    pub cluster: Vec<u32>,
    /// The links that hold people together, then the strongest doubtful ones, each kind in order of its records.
    pub edges: Vec<Edge>,
    /// What was learned.
    pub model: Model,
}

/// One link between two records.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// One record's index.
    pub a: u32,
    /// The other's.
    pub b: u32,
    /// Base-2 logarithm of the odds that they are one person.
    pub weight: f64,
    /// The same as a probability.
    pub probability: f64,
    /// What it rests on.
    pub why: Why,
}

/// What a link rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// One agency uses one number for both.
    AgencyNumber,
    /// A person decided so.
    Decision,
    /// What the records say of the person.
    Evidence,
    /// What they say of the person and of the people named with them.
    Relations,
    /// Not joined: the evidence was not enough, or something spoke against it.
    Doubtful,
}

/// The weight of what an agency or a person says outright.
pub(crate) const OUTRIGHT: f64 = 40.0;

/// Links records into people. The same records give the same people in whatever order they come.
#[must_use]
pub fn link(records: &[Record], decisions: &[Decision], settings: &Settings) -> Linked {
    let roll = Roll::new(records);
    let mut run = Run::begin(&roll, decisions, settings);
    for round in 0..=settings.relation_rounds {
        if !run.round(round) {
            break;
        }
    }
    run.end()
}

/// Links some records by what was learned before, so that a few people can be linked again as they were among all.
#[must_use]
pub fn link_known(records: &[Record], decisions: &[Decision], model: &Model, settings: &Settings) -> Linked {
    let roll = Roll::new(records);
    let mut run = Run::begin(&roll, decisions, settings);
    run.model = model.clone();
    run.learned = true;
    for round in 0..=settings.relation_rounds {
        if !run.round(round) {
            break;
        }
    }
    run.end()
}

/// Linking under way.
struct Run<'a> {
    roll: &'a Roll<'a>,
    settings: &'a Settings,
    tables: Tables,
    model: Model,
    /// Whether the model was given, so that nothing is learned.
    learned: bool,
    /// For each record its person so far.
    person: Vec<u32>,
    /// What is known of each person so far.
    profiles: Vec<Profile>,
    /// Records that people said are two persons.
    parted: Vec<(u32, u32)>,
    edges: Vec<Edge>,
    /// Pairs of people with some weight, as weighed last.
    weighed: Vec<Scored>,
    /// People of whom more is known than when they were weighed last.
    changed: Vec<bool>,
}

impl<'a> Run<'a> {
    /// Joins what agencies number alike and what people decided, and writes down what each then is.
    fn begin(roll: &'a Roll<'a>, decisions: &[Decision], settings: &'a Settings) -> Self {
        let Decided { same, parted } = roll.decisions(decisions);
        let mut groups = Groups::new(roll.records.len(), &parted);
        let mut edges = Vec::new();
        let mut outright = |groups: &mut Groups, a: u32, b: u32, why: Why| {
            if groups.join(a, b) {
                edges.push(Edge { a, b, weight: OUTRIGHT, probability: probability(OUTRIGHT), why });
            }
        };
        for (a, b) in same {
            outright(&mut groups, a, b, Why::Decision);
        }
        let mut first: HashMap<(&str, &str), u32> = HashMap::new();
        for (i, record) in roll.records.iter().enumerate() {
            for reference in record.refs.iter().filter(|reference| !reference.trim().is_empty()) {
                let holder = *first.entry((&record.source, reference)).or_insert(number(i));
                outright(&mut groups, holder, number(i), Why::AgencyNumber);
            }
        }
        let (person, count) = numbered(&groups.lowest());
        let mut tables = Tables::default();
        let profiles = members(&person, count)
            .iter()
            .map(|records| {
                let mut builder = Builder::default();
                for record in records.iter().filter_map(|place| roll.records.get(*place as usize)) {
                    builder.add(record, &mut tables, settings);
                }
                builder.done()
            })
            .collect();
        Self {
            roll,
            settings,
            tables,
            model: Model::default(),
            learned: false,
            person,
            profiles,
            parted,
            edges,
            weighed: Vec::new(),
            changed: vec![true; count],
        }
    }

    /// Compares everyone who shares a key and joins whom the evidence joins. Says whether another round can help.
    fn round(&mut self, round: u32) -> bool {
        relations::associate(&mut self.profiles, self.roll, &self.person);
        let merged = self.changed.clone();
        for (profile, changed) in self.profiles.iter().zip(&mut self.changed) {
            *changed |= profile.associates.iter().any(|associate| at(&merged, associate.other));
        }
        let learning = round == 0 && !self.learned;
        if learning {
            self.model = learn::start(&self.profiles, &self.tables, self.settings);
        }
        let mut scorer = Scorer::new(&self.tables, &self.model);
        let pairs = blocking::pairs(&self.profiles, &self.settings.blocking, &scorer, &self.changed);
        if learning {
            learn::learn(&mut self.model, &self.profiles, &pairs, &self.tables, self.settings);
            scorer = Scorer::new(&self.tables, &self.model);
        }
        let score = |a: u32, b: u32| match (self.profiles.get(a as usize), self.profiles.get(b as usize)) {
            (Some(p), Some(q)) => scorer.score(p, q, (a, b)),
            _ => f64::NEG_INFINITY,
        };
        let floor = self.settings.thresholds.floor;
        let ceilings: Vec<f64> =
            self.profiles.par_iter().map(|profile| scorer.name_ceiling(profile)).collect();
        let mut weighed = std::mem::take(&mut self.weighed);
        weighed.retain(|pair| pair.a != pair.b && !at(&self.changed, pair.a) && !at(&self.changed, pair.b));
        weighed.par_extend(pairs.par_iter().filter_map(|pair| {
            let (a, b) = pair.both();
            let (p, q) = (self.profiles.get(a as usize)?, self.profiles.get(b as usize)?);
            let ceiling = f64::min(at(&ceilings, a), at(&ceilings, b));
            let weight = scorer.score_above(floor, p, q, (a, b), ceiling)?;
            Some(Scored { a, b, weight })
        }));
        drop(pairs);
        let mut apart = relations::apart(self.roll, &self.person);
        apart.extend(self.parted.iter().map(|(a, b)| (at(&self.person, *a), at(&self.person, *b))));
        let weak: Vec<bool> = self.profiles.iter().map(Profile::weak).collect();
        let mut groups = Groups::new(self.profiles.len(), &apart);
        let joined = cluster::join(&mut groups, &mut weighed, &weak, &score, &self.settings.thresholds);
        self.weighed = weighed;
        self.take(&groups, &joined, if round == 0 { Why::Evidence } else { Why::Relations });
        round == 0 || !joined.is_empty()
    }

    /// Makes one person of each group.
    fn take(&mut self, groups: &Groups, joined: &[Scored], why: Why) {
        let mut records: Vec<Option<u32>> = vec![None; self.profiles.len()];
        for (i, person) in self.person.iter().enumerate() {
            if let Some(slot) = records.get_mut(*person as usize) {
                slot.get_or_insert(number(i));
            }
        }
        let record = |person: u32| records.get(person as usize).copied().flatten();
        self.edges.extend(joined.iter().filter_map(|pair| {
            let (a, b) = (record(pair.a)?, record(pair.b)?);
            Some(Edge { a, b, weight: pair.weight, probability: probability(pair.weight), why })
        }));
        let (renumbered, count) = numbered(&groups.lowest());
        let mut old = std::mem::take(&mut self.profiles);
        self.changed.clear();
        for parts in members(&renumbered, count).iter() {
            self.changed.push(parts.len() > 1);
            self.profiles.push(match parts {
                [only] => old.get_mut(*only as usize).map(std::mem::take).unwrap_or_default(),
                _ => {
                    let mut builder = Builder::default();
                    parts
                        .iter()
                        .filter_map(|part| old.get(*part as usize))
                        .for_each(|part| builder.join(part));
                    builder.done()
                }
            });
        }
        for person in &mut self.person {
            *person = at(&renumbered, *person);
        }
        for pair in &mut self.weighed {
            (pair.a, pair.b) = (at(&renumbered, pair.a), at(&renumbered, pair.b));
        }
    }

    /// The result, told in the order the records were given.
    fn end(mut self) -> Linked {
        self.doubtful();
        let given = |place: u32| at(&self.roll.given, place);
        let mut edges = self.edges;
        for edge in &mut edges {
            let (a, b) = (given(edge.a), given(edge.b));
            (edge.a, edge.b) = (a.min(b), a.max(b));
        }
        edges.sort_by_key(|edge| (edge.why == Why::Doubtful, edge.a, edge.b));
        Linked { cluster: self.roll.founders(&self.person), edges, model: self.model }
    }

    /// Adds the best pair of each two people that may be one and were not joined.
    fn doubtful(&mut self) {
        let mut first: Vec<Option<u32>> = vec![None; self.profiles.len()];
        for (i, person) in self.person.iter().enumerate() {
            if let Some(slot) = first.get_mut(*person as usize) {
                slot.get_or_insert(number(i));
            }
        }
        let mut best: std::collections::BTreeMap<(u32, u32), f64> = std::collections::BTreeMap::new();
        for pair in &self.weighed {
            if pair.a != pair.b && probability(pair.weight) >= self.settings.thresholds.doubtful {
                let held = best.entry((pair.a.min(pair.b), pair.a.max(pair.b))).or_insert(f64::NEG_INFINITY);
                *held = held.max(pair.weight);
            }
        }
        let record = |person: u32| first.get(person as usize).copied().flatten();
        self.edges.extend(best.into_iter().filter_map(|((a, b), weight)| {
            Some(Edge {
                a: record(a)?,
                b: record(b)?,
                weight,
                probability: probability(weight),
                why: Why::Doubtful,
            })
        }));
    }
}

/// Groups named by their lowest member, numbered from 0 in that order, and how many there are.
fn numbered(lowest: &[u32]) -> (Vec<u32>, usize) {
    let mut names: Vec<u32> =
        lowest.iter().enumerate().filter(|(i, low)| **low == number(*i)).map(|(_, low)| *low).collect();
    names.sort_unstable();
    let place = |low: &u32| number(names.binary_search(low).unwrap_or_default());
    (lowest.iter().map(place).collect(), names.len())
}
