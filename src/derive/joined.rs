//! What people said about next families, with who it is about now: people are derived, and an answer names a mention.

use std::collections::{BTreeSet, HashMap};

use throughline_domain::ids::{FeedId, MentionKey, PersonId};
use throughline_domain::next_family::{Answer, Answers};

use super::linking::key_of;
use super::load::Loaded;

/// The answers of an area. One about somebody of whom no record is left is about nobody.
pub fn answers(loaded: &Loaded) -> Answers {
    let named: BTreeSet<&MentionKey> = loaded.answers.iter().map(|answered| &answered.said.person).collect();
    let feeds: BTreeSet<&FeedId> = named.iter().map(|key| &key.feed).collect();
    let mut who: HashMap<MentionKey, PersonId> = HashMap::new();
    for known in loaded.records.iter().filter(|known| feeds.contains(&known.record.feed)) {
        for (mention, person) in known.record.people.iter().zip(&known.persons) {
            let key = key_of(known, mention);
            if named.contains(&key) {
                who.insert(key, person.clone());
            }
        }
    }
    Answers::new(loaded.answers.iter().filter_map(|answered| {
        Some(Answer {
            seq: answered.seq,
            agency: answered.agency.clone(),
            at: answered.at,
            person: who.get(&answered.said.person)?.clone(),
            said: answered.said.clone(),
        })
    }))
}
