//! Says in plain words why two records are, or are not, one person.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use crate::compare::Compared;
use crate::groups::members;
use crate::levels::{FORENAME, NOTHING, SHAPES, SURNAME};
use crate::link::{Edge, Linked, Why};
use crate::model::Model;
use crate::profile::{Profile, Tables, Texts, mark_busy};
use crate::record::Record;
use crate::register::profile;
use crate::relations;
use crate::score::{Scorer, probability};
use crate::settings::Settings;
use crate::table::number;

/// Why two records are, or are not, one person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// What was compared, in order; first where it started from, last what two of one household would share.
    pub parts: Vec<Part>,
    /// Base-2 logarithm of the odds: the sum of the parts.
    pub weight: f64,
    /// The same as a probability.
    pub probability: f64,
}

/// One part of an explanation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// What was compared (`forename`, `born`, `place`).
    pub comparison: String,
    /// The level it came out at.
    pub level: String,
    /// How much it speaks for (above 0) or against one person.
    pub weight: f64,
    /// Plain words, without any value of the records.
    pub words: String,
}

/// The linked records around two of them: who is named with whom, and what their people are known by.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The records that were linked.
    pub records: &'a [Record],
    /// What linking them gave.
    pub linked: &'a Linked,
}

/// Why two records are, or are not, one person, by what they say themselves and, given a context, by what the same
/// agency says of the same person elsewhere and by whom they name.
#[must_use]
pub fn explain(
    a: &Record,
    b: &Record,
    context: Option<Context<'_>>,
    model: &Model,
    settings: &Settings,
) -> Explanation {
    let shared_number = one_number(a, b);
    let places = context.and_then(|context| {
        let own = |record: &Record| -> Vec<usize> {
            let all = context.records.iter().enumerate();
            all.filter(|(_, other)| other.id == record.id || one_number(record, other))
                .map(|(i, _)| i)
                .collect()
        };
        let (left, mut right) = (own(a), own(b));
        right.retain(|place| !left.contains(place));
        (!shared_number && !left.is_empty() && !right.is_empty()).then_some((context, left, right))
    });
    let world = match places {
        Some((context, left, right)) => World::around(context, &left, &right, settings),
        None => World::of_two(a, b, settings),
    };
    world.explain(shared_number, model, settings)
}

/// Why a link was made, or stayed doubtful: everything known on its one side against everything known on the other.
/// For a link that holds a person together the sides are what the person falls into without it.
#[must_use]
pub fn explain_edge(edge: &Edge, context: Context<'_>, settings: &Settings) -> Explanation {
    let pair = context.records.get(edge.a as usize).zip(context.records.get(edge.b as usize));
    let Some((a, b)) = pair else { return Explanation::default() };
    let shared_number = edge.why == Why::AgencyNumber && one_number(a, b);
    let world = if shared_number {
        World::of_two(a, b, settings)
    } else {
        World::around(
            context,
            &side(edge.a, edge, context.linked),
            &side(edge.b, edge, context.linked),
            settings,
        )
    };
    world.explain(shared_number, &context.linked.model, settings)
}

fn one_number(a: &Record, b: &Record) -> bool {
    a.source == b.source && a.refs.iter().any(|own| b.refs.contains(own))
}

/// Records that the links hold together with `from`, without the link `but`.
fn side(from: u32, but: &Edge, linked: &Linked) -> Vec<usize> {
    let person = |place: u32| linked.cluster.get(place as usize);
    let own = person(from);
    let mut near: HashMap<u32, Vec<u32>> = HashMap::new();
    let joins = linked.edges.iter().filter(|edge| edge.why != Why::Doubtful && *edge != but);
    for edge in joins.filter(|edge| person(edge.a) == own) {
        near.entry(edge.a).or_default().push(edge.b);
        near.entry(edge.b).or_default().push(edge.a);
    }
    let mut found = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(place) = open.pop() {
        for next in near.get(&place).into_iter().flatten() {
            if found.insert(*next) {
                open.push(*next);
            }
        }
    }
    found.into_iter().map(|place| place as usize).collect()
}

/// Two people to compare and the people named with them.
struct World {
    tables: Tables,
    profiles: Vec<Profile>,
}

impl World {
    /// Two records on their own.
    fn of_two(a: &Record, b: &Record, settings: &Settings) -> Self {
        let mut texts = Texts::default();
        let profiles = [a, b].map(|record| profile(&[record], &mut texts, &settings.lexicon)).into();
        Self { tables: Tables::new(texts, &settings.lexicon), profiles }
    }

    /// Two groups of records, with every person that a record of either names or is named by.
    fn around(context: Context<'_>, left: &[usize], right: &[usize], settings: &Settings) -> Self {
        let sides: HashMap<usize, u32> =
            left.iter().map(|place| (*place, 0)).chain(right.iter().map(|place| (*place, 1))).collect();
        let cluster = |place: usize| context.linked.cluster.get(place).copied();
        let mut named: BTreeSet<u32> = BTreeSet::new();
        for (place, record) in context.records.iter().enumerate() {
            for tie in &record.ties {
                let other = tie.other as usize;
                if sides.contains_key(&place) {
                    named.extend(cluster(other));
                } else if sides.contains_key(&other) {
                    named.extend(cluster(place));
                }
            }
        }
        let numbers: HashMap<u32, u32> = named.into_iter().zip(2..).collect();
        let person =
            |place: usize| sides.get(&place).copied().or_else(|| numbers.get(&cluster(place)?).copied());
        let chosen: Vec<(usize, u32)> =
            (0..context.records.len()).filter_map(|place| Some((place, person(place)?))).collect();
        let new_place: HashMap<u32, u32> =
            chosen.iter().enumerate().map(|(new, (old, _))| (number(*old), number(new))).collect();
        let record = |place: &usize| context.records.get(*place);
        let mut ties = Vec::new();
        for (own, (place, _)) in chosen.iter().enumerate() {
            for tie in record(place).map_or(&[][..], |record| &record.ties) {
                ties.extend(new_place.get(&tie.other).map(|other| (number(own), *other, tie.kind)));
            }
        }
        let people: Vec<u32> = chosen.iter().map(|(_, person)| *person).collect();
        let mut texts = Texts::default();
        let mut profiles: Vec<Profile> = members(&people, numbers.len() + 2)
            .iter()
            .map(|places| {
                let own = places.iter().filter_map(|place| record(&chosen.get(*place as usize)?.0));
                profile(&own.collect::<Vec<_>>(), &mut texts, &settings.lexicon)
            })
            .collect();
        relations::associate(&mut profiles, &ties, &people);
        Self { tables: Tables::new(texts, &settings.lexicon), profiles }
    }

    fn explain(mut self, shared_number: bool, model: &Model, settings: &Settings) -> Explanation {
        mark_busy(&mut self.profiles, &self.tables, model);
        let [a, b, ..] = self.profiles.as_slice() else { return Explanation::default() };
        let scorer = Scorer::new(&self.tables, model);
        parts(&scorer, &scorer.compare(a, b, (0, 1)), shared_number, settings)
    }
}

fn parts(scorer: &Scorer<'_>, compared: &Compared, shared_number: bool, settings: &Settings) -> Explanation {
    let mut parts = vec![Part {
        comparison: "start".into(),
        level: "start".into(),
        weight: scorer.prior,
        words: "any two people, before anything is compared".into(),
    }];
    if shared_number {
        parts.push(Part {
            comparison: "agency_number".into(),
            level: "same".into(),
            weight: crate::link::OUTRIGHT,
            words: "the agency uses one number of its own for both".into(),
        });
    } else if compared.agency < 0.0 {
        parts.push(Part {
            comparison: "agency_number".into(),
            level: "different".into(),
            weight: compared.agency,
            words: "the agency gave them different numbers of its own".into(),
        });
    }
    let says = scorer.says(compared);
    for (i, (shape, level)) in SHAPES.iter().zip(compared.levels).enumerate() {
        if level == NOTHING {
            continue;
        }
        let words = settings.start.get(i).and_then(|levels| levels.get(usize::from(level)));
        let mut words = words.map_or_else(String::new, |level| level.words.clone());
        if let Some(chance) = compared.chance_of(i).filter(|_| i == FORENAME || i == SURNAME) {
            words.push_str(if chance > 0.01 {
                ", a common one"
            } else if chance < 0.002 {
                ", a rare one"
            } else {
                ""
            });
        }
        parts.push(Part {
            comparison: shape.name.into(),
            level: shape.levels.get(usize::from(level)).map_or_else(String::new, |(name, _)| (*name).into()),
            weight: says.get(i).map_or(0.0, |says| says.0),
            words,
        });
    }
    let outright = if shared_number { crate::link::OUTRIGHT } else { 0.0 };
    let weighed = scorer.weigh(compared);
    let household = if shared_number { 0.0 } else { weighed.weight - weighed.strangers };
    if household < -0.05 {
        parts.push(Part {
            comparison: "household".into(),
            level: "household".into(),
            weight: household,
            words: "two people of one household would share some of this too".into(),
        });
    }
    let weight = if shared_number { weighed.strangers + outright } else { weighed.weight };
    Explanation { parts, weight, probability: probability(weight) }
}
