//! Says in plain words why two records are, or are not, one person.

use serde::{Deserialize, Serialize};

use crate::compare::Compared;
use crate::levels::{FORENAME, NOTHING, SHAPES, SURNAME};
use crate::link::Linked;
use crate::model::Model;
use crate::profile::{Associate, Builder, Tables};
use crate::record::Record;
use crate::relations::roles;
use crate::score::{Scorer, probability};
use crate::settings::Settings;

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

/// Why two records are, or are not, one person, by what they say themselves and, given a context, by whom they name.
#[must_use]
pub fn explain(
    a: &Record,
    b: &Record,
    context: Option<Context<'_>>,
    model: &Model,
    settings: &Settings,
) -> Explanation {
    let mut tables = Tables::default();
    let mut profile = |record: &Record| {
        let mut builder = Builder::default();
        builder.add(record, &mut tables, settings);
        builder.done()
    };
    let (mut left, mut right) = (profile(a), profile(b));
    if let Some(context) = context {
        left.associates = associates(a, context);
        right.associates = associates(b, context);
    }
    let scorer = Scorer::new(&tables, model);
    let shared_number = a.source == b.source && a.refs.iter().any(|own| b.refs.contains(own));
    // Two records are never each other's associate by number here: ties between them are told by their own level.
    let compared = scorer.compare(&left, &right, (u32::MAX, u32::MAX));
    parts(&scorer, &compared, shared_number, settings)
}

/// Everyone named with a record, by their people. Ties told by the other side count too.
fn associates(record: &Record, context: Context<'_>) -> Box<[Associate]> {
    let person = |index: usize| context.linked.cluster.get(index).copied();
    let own = record
        .ties
        .iter()
        .filter_map(|tie| Some(Associate { other: person(tie.other as usize)?, role: roles(tie.kind).0 }));
    let mut out: Vec<Associate> = own.collect();
    for (index, other) in context.records.iter().enumerate() {
        for tie in &other.ties {
            if context.records.get(tie.other as usize).is_some_and(|to| to.id == record.id) {
                out.extend(person(index).map(|other| Associate { other, role: roles(tie.kind).1 }));
            }
        }
    }
    out.sort_unstable();
    out.dedup();
    out.into()
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
