//! How people stand to one another, on whose word and since when. Agencies differ, and both words stay.

use std::collections::BTreeMap;

use super::ground::{Ground, P, SOURCES, turned};
use super::shape::RelationSeen;
use crate::record::RelationKind;
use crate::when::When;

/// To whom somebody is related: what they are to the other, on whose word. Told from the other end, the words are
/// kept and say so.
pub(crate) fn relations(ground: &Ground<'_>, at: P) -> Vec<RelationSeen> {
    struct Seen {
        words: BTreeMap<String, u32>,
        first: When,
        last: When,
        recs: Vec<usize>,
    }
    let mut seen: BTreeMap<(P, RelationKind), Seen> = BTreeMap::new();
    for tie in ground.ties_of(at) {
        let (to, is, words) = if tie.of == at {
            (tie.to, tie.is, tie.words.to_owned())
        } else if tie.is == RelationKind::CausesHarmTo {
            continue;
        } else {
            (tie.of, turned(tie.is), format!("the other is “{}”", tie.words))
        };
        let when = tie.since.unwrap_or_else(|| ground.recorded(tie.rec));
        let known = seen.entry((to, is)).or_insert_with(|| Seen {
            words: BTreeMap::new(),
            first: when,
            last: when,
            recs: Vec::new(),
        });
        *known.words.entry(words).or_default() += 1;
        known.first = known.first.min(when);
        known.last = known.last.max(when);
        if known.recs.len() < SOURCES {
            known.recs.push(tie.rec);
        }
    }
    seen.into_iter()
        .map(|((to, is), seen)| RelationSeen {
            to: ground.id(to),
            is,
            words: seen
                .words
                .into_iter()
                .max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)))
                .map(|(words, _)| words)
                .unwrap_or_default(),
            first: Some(seen.first),
            last: Some(seen.last),
            sources: ground.sources(seen.recs),
        })
        .collect()
}
