//! From records to people: joins what the agencies themselves number alike, then compares, learns and joins in rounds.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::blocking::{Index, RuleCost};
use crate::cluster::{self, Facts, Judge, Rules, Scored};
use crate::groups::{Groups, Union, members};
use crate::learn::{self, Evidence};
use crate::model::Model;
use crate::profile::{Builder, Profile, Tables, mark_busy};
use crate::record::{Decision, Record};
use crate::register::{Decided, Register, Roll};
use crate::relations;
use crate::score::{Scorer, probability};
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
        let (mut roll, tables) = self.roll();
        let profiles = std::mem::take(&mut roll.profiles);
        let mut run = Run::begin(&roll, profiles, tables, decisions, settings, model.cloned(), watch);
        for round in 0..=settings.relation_rounds {
            if !run.round(round) {
                break;
            }
        }
        run.end()
    }
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
    /// For each base its person so far.
    person: Vec<u32>,
    /// What is known of each person so far.
    profiles: Vec<Profile>,
    /// For each person by what equal weights are settled.
    ranks: Vec<u64>,
    /// Records that people said are two persons.
    parted: Vec<(u32, u32)>,
    index: Index,
    /// Whether the index was made for this round.
    fresh: bool,
    costs: Vec<RuleCost>,
    edges: Vec<Edge>,
    /// Pairs of people with some weight, as weighed last.
    weighed: Vec<Scored>,
    compared: u64,
    /// People of whom more is known than when they were weighed last.
    changed: Vec<bool>,
}

impl<'a> Run<'a> {
    /// Joins what agencies number alike and what people decided, and writes down what each then is.
    fn begin(
        roll: &'a Roll,
        profiles: Vec<Profile>,
        tables: Tables,
        decisions: &[Decision],
        settings: &'a Settings,
        model: Option<Model>,
        watch: &'a (dyn Fn(Stage) + Sync),
    ) -> Self {
        let Decided { same, parted } = roll.decisions(decisions);
        let mut groups = Groups::new(profiles.len(), &parted);
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
        let mut sets = Union::new(profiles.len());
        edges.iter().for_each(|edge| sets.join(edge.a, edge.b));
        let (base, count) = numbered(&sets.lowest());
        let ranks = lowest_rank(&roll.ranks, &base, count);
        let profiles = merged(profiles, &base, count);
        Self {
            roll,
            settings,
            watch,
            tables,
            learns: model.is_none(),
            model: model.unwrap_or_default(),
            person: (0..count).map(number).collect(),
            base,
            profiles,
            ranks,
            parted,
            index: Index::default(),
            fresh: false,
            costs: Vec::new(),
            edges,
            weighed: Vec::new(),
            compared: 0,
            changed: vec![true; count],
        }
    }

    /// For each record its person so far.
    fn person_of_record(&self) -> Vec<u32> {
        self.base.iter().map(|base| at(&self.person, *base)).collect()
    }

    /// Compares everyone who shares a key and joins whom the evidence joins. Says whether another round can help.
    fn round(&mut self, round: u32) -> bool {
        if round == 0 {
            if self.learns {
                self.model = learn::start(&self.profiles, &self.tables, self.settings);
            }
            mark_busy(&mut self.profiles, &self.tables, &self.model);
        }
        let person = self.person_of_record();
        relations::associate(&mut self.profiles, &self.roll.ties, &person);
        let merged = self.changed.clone();
        for (profile, changed) in self.profiles.iter().zip(&mut self.changed) {
            *changed |= profile.associates().iter().any(|associate| at(&merged, associate.other));
        }
        // Who is named with whom changes as people are joined, so keys made of it are made anew.
        self.fresh = round == 0 || !self.roll.ties.is_empty();
        if self.fresh {
            (self.watch)(Stage::Block);
            let known = (!self.learns).then_some(self.model.crowded.as_slice());
            self.index = Index::new(&self.profiles, &self.settings.blocking, &self.tables, known);
        }
        if round == 0 {
            if self.learns {
                (self.watch)(Stage::Learn);
                self.model.crowded.clone_from(&self.index.crowded);
                let (sample, thinned) = self.sample();
                let mut spaces = vec![0; self.tables.spaces.len()];
                learn::count_spaces(self.profiles.iter(), &mut spaces);
                let evidence = Evidence {
                    profiles: &self.profiles,
                    random: self.profiles.len(),
                    sample: &sample,
                    thinned,
                    people: self.profiles.len(),
                    spaces: &spaces,
                };
                learn::learn(&mut self.model, &evidence, &self.tables, self.settings);
            }
            self.costs.clone_from(&self.index.costs);
        }
        (self.watch)(Stage::Compare);
        self.compared += self.compare();
        (self.watch)(Stage::Join);
        let scorer = Scorer::new(&self.tables, &self.model);
        let mut apart = relations::apart(&self.roll.ties, &person);
        apart.extend(self.parted.iter().map(|(a, b)| (at(&person, *a), at(&person, *b))));
        apart.extend(apart.clone().into_iter().map(|(a, b)| (b, a)));
        apart.sort_unstable();
        let weak: Vec<bool> = self.profiles.iter().map(Profile::weak).collect();
        let rules = Rules {
            thresholds: &self.settings.thresholds,
            apart: &apart,
            weak: &weak,
            ranks: &self.ranks,
            judge: &Known { profiles: &self.profiles, scorer: &scorer },
        };
        let joined = cluster::join(&self.weighed, self.profiles.len(), &rules);
        self.take(&joined, if round == 0 { Why::Evidence } else { Why::Relations });
        round == 0 || !joined.is_empty()
    }

    /// Pairs that share a key: all, or those of an even share of people; and one in how many that is.
    fn sample(&mut self) -> (Vec<(u32, u32)>, f64) {
        let every = (self.index.size() / u64::from(self.settings.learning.sampled_pairs).max(1)).max(1);
        let people = (0..number(self.profiles.len()))
            .filter(|person| Mix::new(23).with(at(&self.ranks, *person)).done().is_multiple_of(every));
        let people: Vec<u32> = people.collect();
        self.index.count_alone(people.iter().copied(), every);
        let mut pairs = Vec::new();
        let mut found = Vec::new();
        for person in people {
            self.index.partners(person, &mut found);
            pairs.extend(found.iter().filter(|other| **other > person).map(|other| (person, *other)));
        }
        (pairs, f64::from(u32::try_from(every).unwrap_or(u32::MAX)))
    }

    /// Weighs all pairs of which one is changed: those weighed before that still count, and those of the index.
    fn compare(&mut self) -> u64 {
        let scorer = Scorer::new(&self.tables, &self.model);
        let look = Look { run: self, scorer: &scorer, ceilings: scorer.name_ceilings(&self.profiles) };
        let mut weighed: Vec<Scored> = self
            .weighed
            .par_iter()
            .filter_map(|pair| {
                let changed = at(&self.changed, pair.a) || at(&self.changed, pair.b);
                match changed {
                    false => Some(*pair),
                    true if self.fresh => None,
                    true => look.again(pair.a, pair.b),
                }
            })
            .collect();
        let mut compared = if self.fresh { 0 } else { self.weighed.len() as u64 };
        let people: Vec<u32> = if self.fresh {
            (0..number(self.profiles.len())).filter(|person| at(&self.changed, *person)).collect()
        } else {
            Vec::new()
        };
        let found: Vec<(Vec<Scored>, u64)> =
            people.par_chunks(512).map(|people| look.around(people)).collect();
        for (pairs, count) in found {
            weighed.extend(pairs);
            compared += count;
        }
        self.weighed = weighed;
        compared
    }

    /// Makes one person of each group.
    fn take(&mut self, joined: &[Scored], why: Why) {
        let first = self.first_records();
        let record = |person: u32| first.get(person as usize).copied().flatten();
        self.edges.extend(joined.iter().filter_map(|pair| {
            let (a, b) = (record(pair.a)?, record(pair.b)?);
            Some(Edge { a, b, weight: pair.weight, probability: probability(pair.weight), why })
        }));
        let mut sets = Union::new(self.profiles.len());
        joined.iter().for_each(|pair| sets.join(pair.a, pair.b));
        let (renumbered, count) = numbered(&sets.lowest());
        self.changed = members(&renumbered, count).iter().map(|parts| parts.len() > 1).collect();
        self.profiles = merged(std::mem::take(&mut self.profiles), &renumbered, count);
        self.ranks = lowest_rank(&self.ranks, &renumbered, count);
        for person in &mut self.person {
            *person = at(&renumbered, *person);
        }
        for pair in &mut self.weighed {
            let (a, b) = (at(&renumbered, pair.a), at(&renumbered, pair.b));
            (pair.a, pair.b) = (a.min(b), a.max(b));
        }
        self.weighed.retain(|pair| pair.a != pair.b);
        settle(&mut self.weighed);
    }

    /// A record of each person, always the same one.
    fn first_records(&self) -> Vec<Option<u32>> {
        let mut first: Vec<Option<u32>> = vec![None; self.profiles.len()];
        for (i, base) in self.base.iter().enumerate() {
            if let Some(slot) = first.get_mut(at(&self.person, *base) as usize) {
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
        Linked { cluster, edges, model: self.model, rules: self.costs, compared: self.compared }
    }

    /// Adds the best pair of each two people that may be one and were not joined.
    fn doubtful(&mut self) {
        let first = self.first_records();
        let mut pairs: Vec<Scored> = std::mem::take(&mut self.weighed);
        pairs.retain(|pair| probability(pair.weight) >= self.settings.thresholds.doubtful);
        let record = |person: u32| first.get(person as usize).copied().flatten();
        self.edges.extend(pairs.into_iter().filter_map(|Scored { a, b, weight }| {
            let (a, b) = (record(a)?, record(b)?);
            Some(Edge { a, b, weight, probability: probability(weight), why: Why::Doubtful })
        }));
    }
}

/// Judges people by what is known of each.
struct Known<'a> {
    profiles: &'a [Profile],
    scorer: &'a Scorer<'a>,
}

impl Judge for Known<'_> {
    fn score(&self, a: u32, b: u32) -> f64 {
        match (self.profiles.get(a as usize), self.profiles.get(b as usize)) {
            (Some(p), Some(q)) => self.scorer.score(p, q, (a, b)),
            _ => f64::NEG_INFINITY,
        }
    }

    fn facts(&self, a: u32, b: u32) -> Facts {
        match (self.profiles.get(a as usize), self.profiles.get(b as usize)) {
            (Some(p), Some(q)) => self.scorer.facts(p, q),
            _ => Facts::default(),
        }
    }
}

/// Looks at pairs.
struct Look<'a> {
    run: &'a Run<'a>,
    scorer: &'a Scorer<'a>,
    /// The most that names can say for anybody with the names of each person.
    ceilings: Vec<f64>,
}

impl Look<'_> {
    /// Weighs a pair; `None` when it is not worth keeping.
    fn again(&self, a: u32, b: u32) -> Option<Scored> {
        let people = &self.run.profiles;
        let (p, q) = (people.get(a as usize)?, people.get(b as usize)?);
        let ceiling = f64::min(at(&self.ceilings, a), at(&self.ceilings, b));
        let floor = self.run.settings.thresholds.floor;
        let weight = self.scorer.score_above(floor, p, q, (a, b), ceiling)?;
        Some(Scored { a, b, weight })
    }

    /// Weighs everybody who shares a key with some people, each pair once; and says how many that were.
    fn around(&self, people: &[u32]) -> (Vec<Scored>, u64) {
        let (mut partners, mut out, mut compared) = (Vec::new(), Vec::new(), 0);
        for a in people.iter().copied() {
            self.run.index.partners(a, &mut partners);
            for b in partners.iter().copied().filter(|b| *b > a || !at(&self.run.changed, *b)) {
                compared += 1;
                out.extend(self.again(a.min(b), a.max(b)));
            }
        }
        (out, compared)
    }
}

/// Puts pairs in order, each once, with the greater weight.
fn settle(pairs: &mut Vec<Scored>) {
    pairs
        .par_sort_unstable_by(|x, y| (x.a, x.b).cmp(&(y.a, y.b)).then_with(|| y.weight.total_cmp(&x.weight)));
    pairs.dedup_by_key(|pair| (pair.a, pair.b));
}

/// One profile for each group of those given.
fn merged(mut old: Vec<Profile>, group: &[u32], count: usize) -> Vec<Profile> {
    if count == old.len() {
        return old;
    }
    let mut out = Vec::with_capacity(count);
    for parts in members(group, count).iter() {
        out.push(match parts {
            [only] => old.get_mut(*only as usize).map(std::mem::take).unwrap_or_default(),
            _ => {
                let mut builder = Builder::default();
                parts.iter().filter_map(|part| old.get(*part as usize)).for_each(|part| builder.join(part));
                builder.done()
            }
        });
    }
    out
}

/// For each group the lowest rank of its members.
fn lowest_rank(ranks: &[u64], group: &[u32], count: usize) -> Vec<u64> {
    let mut lowest = vec![u64::MAX; count];
    for (rank, group) in ranks.iter().zip(group) {
        if let Some(slot) = lowest.get_mut(*group as usize) {
            *slot = (*slot).min(*rank);
        }
    }
    lowest
}

/// Groups named by their lowest member, numbered from 0 in that order, and how many there are.
pub(crate) fn numbered(lowest: &[u32]) -> (Vec<u32>, usize) {
    let mut numbers = vec![0; lowest.len()];
    let mut count = 0;
    for (i, low) in lowest.iter().enumerate() {
        if *low as usize == i
            && let Some(slot) = numbers.get_mut(i)
        {
            *slot = count;
            count += 1;
        }
    }
    (lowest.iter().map(|low| at(&numbers, *low)).collect(), count as usize)
}
