//! What people decided about links, as it stands: the newest decision on two mentions counts, and identities that must
//! not be joined stay apart whatever else was decided.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use throughline_domain::fact::{LinkDecision, LinkVerdict, Protection};
use throughline_domain::ids::{AgencyId, MentionKey};
use throughline_domain::picture::KnownRecord;
use throughline_linkage as linkage;

use super::linking::{key_of, key_text};

/// A decision with the number of its fact.
pub type Told = (u64, LinkDecision);

/// What stands of all decisions.
#[derive(Default)]
pub struct Settled {
    /// The newest on each two mentions, by their keys as text, the lesser first.
    newest: BTreeMap<(String, String), (u64, LinkVerdict)>,
    /// Mentions that somebody decided about.
    named: BTreeSet<String>,
    /// Mentions that must not meet because their identities are kept apart.
    kept_apart: BTreeSet<(String, String)>,
    /// The scope of each mention that was given one, `None` where it was said to have none.
    scopes: BTreeMap<String, Option<String>>,
}

fn pair(a: String, b: String) -> (String, String) {
    if a <= b { (a, b) } else { (b, a) }
}

impl Settled {
    /// Sums up decisions in the order in which they were taken.
    pub fn of(decisions: &[Told], protections: &[Protection]) -> Self {
        let mut settled = Self::default();
        for (seq, decision) in decisions {
            for (a, b) in decision.pairs() {
                let (a, b) = (key_text(a), key_text(b));
                settled.named.extend([a.clone(), b.clone()]);
                settled.newest.insert(pair(a, b), (*seq, decision.verdict));
            }
        }
        for protection in protections {
            let scope = Some(protection.scope.clone()).filter(|scope| !scope.is_empty());
            for own in &protection.mentions {
                let own = key_text(own);
                for other in protection.apart_from.iter().map(key_text) {
                    settled.scopes.entry(other.clone()).or_insert(None);
                    match &scope {
                        Some(_) => settled.kept_apart.insert(pair(own.clone(), other)),
                        None => settled.kept_apart.remove(&pair(own.clone(), other)),
                    };
                }
                settled.scopes.insert(own, scope.clone());
            }
        }
        settled
    }

    /// As linkage wants them.
    pub fn for_linkage(&self) -> Vec<linkage::Decision> {
        let told = self.newest.iter().filter(|(_, (_, verdict))| *verdict != LinkVerdict::CannotTell);
        let told = told.map(|((a, b), (_, verdict))| (a, b, *verdict == LinkVerdict::Same));
        let apart = self.kept_apart.iter().map(|(a, b)| (a, b, false));
        told.chain(apart).map(|(a, b, same)| linkage::Decision { a: a.clone(), b: b.clone(), same }).collect()
    }

    /// Whether somebody decided about a mention.
    pub fn names(&self, key: &str) -> bool {
        self.named.contains(key)
    }

    /// The newest decision on any mention of the one side and any of the other, with its fact.
    pub fn between(&self, ones: &[&str], others: &[&str]) -> Option<(u64, LinkVerdict)> {
        let of = |one: &str, other: &str| self.newest.get(&pair(one.to_owned(), other.to_owned())).copied();
        ones.iter()
            .flat_map(|one| others.iter().filter_map(|other| of(one, other)))
            .max_by_key(|(seq, _)| *seq)
    }

    /// The scope of each mention of some records, by its key: given by a protection, or because the agency uses a number
    /// for it that only protected mentions have.
    pub fn scopes(&self, records: &[KnownRecord]) -> HashMap<String, String> {
        let mut found = HashMap::new();
        if self.scopes.values().all(Option::is_none) {
            return found;
        }
        let mut numbers: HashMap<(&AgencyId, &str), Option<&String>> = HashMap::new();
        let mentions = || {
            let rows = records.iter();
            rows.flat_map(|known| {
                let all = known.record.people.iter();
                all.map(move |mention| (known, mention, key_text(&key_of(known, mention))))
            })
        };
        for (known, mention, key) in mentions() {
            let Some(scope) = self.scopes.get(&key) else { continue };
            for number in &mention.local_refs {
                let held = numbers.entry((&known.agency, number)).or_insert(scope.as_ref());
                *held = held.filter(|held| Some(*held) == scope.as_ref());
            }
        }
        for (known, mention, key) in mentions() {
            let by_number = || {
                let numbers =
                    mention.local_refs.iter().filter_map(|n| numbers.get(&(&known.agency, n.as_str())));
                numbers.copied().flatten().next()
            };
            let scope = self.scopes.get(&key).map_or_else(by_number, Option::as_ref);
            if let Some(scope) = scope {
                found.insert(key, scope.clone());
            }
        }
        found
    }

    /// Whether an identity with this mention is kept apart from another.
    pub fn protects(&self, key: &MentionKey) -> bool {
        self.scopes.contains_key(&key_text(key))
            && self.kept_apart.iter().any(|(a, b)| {
                let key = key_text(key);
                *a == key || *b == key
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(row: &str) -> MentionKey {
        MentionKey { feed: "f".into(), row_key: row.to_owned() }
    }

    fn decision(a: &str, b: &str, verdict: LinkVerdict) -> LinkDecision {
        LinkDecision {
            a: key(a),
            b: key(b),
            with_a: Vec::new(),
            with_b: Vec::new(),
            verdict,
            by: "head".to_owned(),
            confirmed_by: String::new(),
            reason: "checked".to_owned(),
        }
    }

    #[test]
    fn the_newest_decision_on_two_mentions_counts() {
        let told = [
            (4, decision("1", "2", LinkVerdict::NotSame)),
            (7, decision("2", "1", LinkVerdict::Same)),
            (9, decision("1", "3", LinkVerdict::Same)),
            (12, decision("1", "3", LinkVerdict::CannotTell)),
        ];
        let settled = Settled::of(&told, &[]);
        let bound: Vec<_> = settled.for_linkage().into_iter().map(|d| (d.a, d.b, d.same)).collect();
        assert_eq!(bound, [("f|1".to_owned(), "f|2".to_owned(), true)]);
        assert_eq!(settled.between(&["f|3", "f|2"], &["f|1"]), Some((12, LinkVerdict::CannotTell)));
    }

    #[test]
    fn a_protection_holds_against_any_decision_until_it_is_ended() {
        let protect = |scope: &str| Protection {
            mentions: vec![key("1")],
            apart_from: vec![key("2")],
            scope: scope.to_owned(),
            ..Protection::default()
        };
        let same = [(4, decision("1", "2", LinkVerdict::Same))];
        let held = Settled::of(&same, &[protect("s1")]);
        assert_eq!(held.for_linkage().last().map(|d| d.same), Some(false));
        assert!(held.protects(&key("1")) && held.protects(&key("2")) && !held.protects(&key("3")));
        let ended = Settled::of(&same, &[protect("s1"), protect("")]);
        assert_eq!(ended.for_linkage().iter().map(|d| d.same).collect::<Vec<_>>(), [true]);
        assert!(!ended.protects(&key("1")));
    }
}
