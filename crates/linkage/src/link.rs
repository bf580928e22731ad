//! From records to people: joins what the agencies themselves number alike, then compares, learns and joins in rounds.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::blocking::{Asked, Index, Partners, RuleCost};
use crate::cluster::Scored;
use crate::groups::{Groups, Union};
use crate::learn::{self, Evidence};
use crate::live::Trail;
use crate::model::Model;
use crate::profile::{Profile, Tables, mark_busy};
use crate::record::{Decision, Record};
use crate::register::{Batches, Decided, Register, Roll};
use crate::relations;
use crate::rounds::{Rounds, lowest_rank, merged, numbered};
use crate::score::{Scorer, Weights, probability};
use crate::settings::Settings;
use crate::table::{Mix, at, number};

/// Who is who.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Linked {
    /// For each record the index of its person's founding record, the lowest.
    pub cluster: Vec<u32>,
    /// The links that hold people together, then the strongest doubtful ones, each kind in order of its records.
    pub edges: Vec<Edge>,
    /// What was learned, or the model that was given.
    pub model: Model,
    /// What each blocking rule cost and gave, in the order of the settings.
    pub rules: Vec<RuleCost>,
    /// Pairs of people compared in full.
    pub compared: u64,
    /// Of the pairs asked about, how many were put forward.
    pub asked: Asked,
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

/// A stage of linking, for those who wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Putting the records in order.
    Order,
    /// Finding who shares a key with whom.
    Block,
    /// Learning weights.
    Learn,
    /// Comparing pairs.
    Compare,
    /// Joining.
    Join,
}

/// The weight of what an agency or a person says outright.
pub(crate) const OUTRIGHT: f64 = 40.0;

/// Links records into people. The same records give the same people in whatever order they come.
#[must_use]
pub fn link(records: &[Record], decisions: &[Decision], settings: &Settings) -> Linked {
    let mut register = Register::new(settings);
    register.add_all(records);
    register.link(decisions, settings, None, &|_| {})
}

impl Register {
    /// Links the records taken up. With a model given nothing is learned; `watch` is told of each stage begun.
    #[must_use]
    pub fn link(
        self,
        decisions: &[Decision],
        settings: &Settings,
        model: Option<&Model>,
        watch: &(dyn Fn(Stage) + Sync),
    ) -> Linked {
        watch(Stage::Order);
        let (roll, profiles, tables) = self.roll();
        roll.run(profiles, tables, decisions, settings, model, false, watch).0
    }
}

impl Roll {
    /// Links the records; gives back the tables too, and what is kept for later where `keep` asks for it.
    #[expect(clippy::too_many_arguments, reason = "each is one thing that linking depends on")]
    pub(crate) fn run(
        &self,
        profiles: Batches<Profile>,
        tables: Tables,
        decisions: &[Decision],
        settings: &Settings,
        model: Option<&Model>,
        keep: bool,
        watch: &(dyn Fn(Stage) + Sync),
    ) -> (Linked, Tables, Trail) {
        let mut run = Run::begin(self, profiles, tables, decisions, settings, model.cloned(), watch);
        run.trail = keep.then(|| Trail { base: run.base.clone(), ..Trail::default() });
        for round in 0..=settings.relation_rounds {
            if !run.round(round) {
                break;
            }
        }
        let trail = run.trail.take().unwrap_or_default();
        let tables = std::mem::take(&mut run.tables);
        (run.end(), tables, trail)
    }
}

/// Links some records by what was learned before, so that a few people can be linked again as they were among all.
#[must_use]
pub fn link_known(records: &[Record], decisions: &[Decision], model: &Model, settings: &Settings) -> Linked {
    let mut register = Register::new(settings);
    register.add_all(records);
    register.link(decisions, settings, Some(model), &|_| {})
}

/// Linking under way.
struct Run<'a> {
    roll: &'a Roll,
    settings: &'a Settings,
    watch: &'a (dyn Fn(Stage) + Sync),
    tables: Tables,
    /// Whether the model is still to be learned.
    learns: bool,
    model: Model,
    /// For each record what its agency counts as one person, the base.
    base: Vec<u32>,
    /// The model made ready, once it is learned.
    weights: Option<Weights>,
    rounds: Rounds,
    /// Records that people said are two persons.
    parted: Vec<(u32, u32)>,
    index: Index,
    costs: Vec<RuleCost>,
    edges: Vec<Edge>,
    compared: u64,
    asked: Asked,
    /// What is kept for linking more records later, where that is wanted.
    trail: Option<Trail>,
}

impl<'a> Run<'a> {
    /// Joins what agencies number alike and what people decided, and writes down what each then is.
    fn begin(
        roll: &'a Roll,
        profiles: Batches<Profile>,
        tables: Tables,
        decisions: &[Decision],
        settings: &'a Settings,
        model: Option<Model>,
        watch: &'a (dyn Fn(Stage) + Sync),
    ) -> Self {
        let Decided { same, parted } = roll.decisions(decisions);
        let mut groups = Groups::new(roll.given.len(), &parted);
        let mut edges = Vec::new();
        let mut outright = |a: u32, b: u32, why: Why| {
            if groups.join(a, b) {
                edges.push(Edge { a, b, weight: OUTRIGHT, probability: probability(OUTRIGHT), why });
            }
        };
        for (a, b) in same {
            outright(a, b, Why::Decision);
        }
        for holders in roll.refs.chunk_by(|x, y| x.0 == y.0) {
            for (_, other) in holders.iter().skip(1) {
                outright(holders.first().map_or(*other, |(_, first)| *first), *other, Why::AgencyNumber);
            }
        }
        let mut sets = Union::new(roll.given.len());
        edges.iter().for_each(|edge| sets.join(edge.a, edge.b));
        let (base, count) = numbered(&sets.lowest());
        let ranks = lowest_rank(&roll.ranks, &base, count);
        let of_bases = merged(|place| profiles.get(at(&roll.given, place)), &base, count);
        profiles.let_go();
        Self {
            roll,
            settings,
            watch,
            tables,
            learns: model.is_none(),
            model: model.unwrap_or_default(),
            base,
            weights: None,
            rounds: Rounds::new(of_bases, ranks, Vec::new()),
            parted,
            index: Index::default(),
            costs: Vec::new(),
            edges,
            compared: 0,
            asked: Asked::default(),
            trail: None,
        }
    }

    /// For each record its person so far.
    fn person_of_record(&self) -> Vec<u32> {
        self.base.iter().map(|base| at(&self.rounds.person, *base)).collect()
    }

    /// Compares everyone who shares a key and joins whom the evidence joins. Says whether another round can help.
    fn round(&mut self, round: u32) -> bool {
        if round == 0 {
            if self.learns {
                self.model = learn::start(&self.rounds.profiles, &self.tables, self.settings);
            }
            mark_busy(&mut self.rounds.profiles, &self.tables, &self.model);
        }
        let person = self.person_of_record();
        relations::associate(&mut self.rounds.profiles, &self.roll.ties, &person);
        self.rounds.spread_change();
        // Who is named with whom changes as people are joined, so keys made of it are made anew.
        let fresh = round == 0 || !self.roll.ties.is_empty();
        if fresh {
            (self.watch)(Stage::Block);
            let known = (!self.learns).then_some(self.model.crowded.as_slice());
            self.index = Index::new(&self.rounds.profiles, &self.settings.blocking, &self.tables, known);
        }
        if round == 0 {
            self.learn();
            let pairs = self.roll.asked.iter().map(|(a, b)| (at(&self.base, *a), at(&self.base, *b)));
            self.asked = self.index.count_found(pairs);
            self.costs.clone_from(&self.index.costs);
        }
        (self.watch)(Stage::Compare);
        let weights = self.weights.get_or_insert_with(|| Weights::new(&self.tables, &self.model));
        let scorer = Scorer::with(&self.tables, weights);
        self.compared +=
            self.rounds.compare(fresh.then_some(&self.index), &scorer, &self.settings.thresholds);
        if let Some(trail) = self.trail.as_mut().filter(|_| round == 0) {
            trail.pairs.clone_from(&self.rounds.weighed);
        }
        (self.watch)(Stage::Join);
        let mut apart = relations::apart(&self.roll.ties, &person);
        apart.extend(self.parted.iter().map(|(a, b)| (at(&person, *a), at(&person, *b))));
        let joined = self.rounds.join(&mut apart, &scorer, &self.settings.thresholds, round > 0);
        self.note(&joined, if round == 0 { Why::Evidence } else { Why::Relations });
        self.rounds.take(&joined);
        if let Some(trail) = &mut self.trail {
            trail.people.push(self.rounds.person.clone());
        }
        round == 0 || !joined.is_empty()
    }

    /// Learns, unless a model was given.
    fn learn(&mut self) {
        if !self.learns {
            return;
        }
        (self.watch)(Stage::Learn);
        self.model.crowded.clone_from(&self.index.crowded);
        let (sample, thinned) = self.sample();
        let known = |(a, b): &(u32, u32)| (at(&self.base, *a), at(&self.base, *b), false);
        let mut labels: Vec<(u32, u32, bool)> = self.parted.iter().map(known).collect();
        let told = self.roll.decisions(&self.roll.known);
        for (pairs, same) in [(told.same, true), (told.parted, false)] {
            let bases = pairs.into_iter().map(|(a, b)| (at(&self.base, a), at(&self.base, b)));
            labels.extend(bases.filter(|(a, b)| a != b).map(|(a, b)| (a, b, same)));
        }
        let profiles = &self.rounds.profiles;
        let mut spaces = vec![0; self.tables.spaces.len()];
        learn::count_spaces(profiles.iter(), &mut spaces);
        let evidence = Evidence {
            profiles,
            random: profiles.len(),
            sample: &sample,
            labels: &labels,
            thinned,
            people: profiles.len(),
            spaces: &spaces,
        };
        learn::learn(&mut self.model, &evidence, &self.tables, self.settings);
    }

    /// Pairs that share a key: all, or those of an even share of people; and one in how many that is.
    fn sample(&mut self) -> (Vec<(u32, u32)>, f64) {
        let every = (self.index.size() / u64::from(self.settings.learning.sampled_pairs).max(1)).max(1);
        let people = (0..number(self.rounds.profiles.len()))
            .filter(|person| Mix::new(23).with(at(&self.rounds.ranks, *person)).done().is_multiple_of(every));
        let people: Vec<u32> = people.collect();
        self.index.count_alone(people.iter().copied(), every);
        let mut pairs = Vec::new();
        let mut partners = Partners::default();
        for person in people {
            let found = self.index.partners(person, &mut partners);
            pairs.extend(found.iter().filter(|other| **other > person).map(|other| (person, *other)));
        }
        (pairs, f64::from(u32::try_from(every).unwrap_or(u32::MAX)))
    }

    /// Writes down the pairs that joined people.
    fn note(&mut self, joined: &[Scored], why: Why) {
        let first = self.first_records();
        let record = |person: u32| first.get(person as usize).copied().flatten();
        self.edges.extend(joined.iter().filter_map(|pair| {
            let (a, b) = (record(pair.a)?, record(pair.b)?);
            Some(Edge { a, b, weight: pair.weight, probability: probability(pair.weight), why })
        }));
    }

    /// A record of each person, always the same one.
    fn first_records(&self) -> Vec<Option<u32>> {
        let mut first: Vec<Option<u32>> = vec![None; self.rounds.profiles.len()];
        for (i, base) in self.base.iter().enumerate() {
            if let Some(slot) = first.get_mut(at(&self.rounds.person, *base) as usize) {
                let rank = |record: u32| at(&self.roll.ranks, record);
                *slot = Some(slot.filter(|held| rank(*held) <= rank(number(i))).unwrap_or(number(i)));
            }
        }
        first
    }

    /// The result, told in the order the records were given.
    fn end(mut self) -> Linked {
        self.doubtful();
        let given = |place: u32| at(&self.roll.given, place);
        let mut edges = std::mem::take(&mut self.edges);
        for edge in &mut edges {
            let (a, b) = (given(edge.a), given(edge.b));
            (edge.a, edge.b) = (a.min(b), a.max(b));
        }
        edges.par_sort_by_key(|edge| (edge.why == Why::Doubtful, edge.a, edge.b));
        let cluster = self.roll.founders(&self.person_of_record());
        Linked {
            cluster,
            edges,
            model: self.model,
            rules: self.costs,
            compared: self.compared,
            asked: self.asked,
        }
    }

    /// Adds the best pair of each two people that may be one and were not joined.
    fn doubtful(&mut self) {
        let first = self.first_records();
        let mut pairs: Vec<Scored> = std::mem::take(&mut self.rounds.weighed);
        pairs.retain(|pair| probability(pair.weight) >= self.settings.thresholds.doubtful);
        let record = |person: u32| first.get(person as usize).copied().flatten();
        self.edges.extend(pairs.into_iter().filter_map(|Scored { a, b, weight }| {
            let (a, b) = (record(a)?, record(b)?);
            Some(Edge { a, b, weight, probability: probability(weight), why: Why::Doubtful })
        }));
    }
}
