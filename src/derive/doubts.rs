//! Links that a person should look at: two people who may be one, and one person whom a weak link holds together.
//! Told only by records that may be shown: what a confidential export says neither opens a question nor answers one.

use std::collections::{BTreeMap, BTreeSet};

use throughline_domain::fact::LinkVerdict;
use throughline_domain::picture::KnownRecord;
use throughline_linkage as linkage;
use throughline_linkage::{Edge, TieKind, Why};

use super::decisions::Settled;
use super::linking::Prepared;

/// A link in doubt, between two linkage records.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubt {
    /// One record's index.
    pub a: u32,
    /// The other's.
    pub b: u32,
    /// Strength of the evidence in bits.
    pub weight: f64,
    /// The same as a probability.
    pub probability: f64,
    /// Whether it holds one person together now.
    pub joined: bool,
    /// Then the records that would stay with each end without it; otherwise nothing.
    pub sides: [Vec<u32>; 2],
}

/// Who is who, with the records that may be shown told from the others.
pub struct Open<'a> {
    prepared: &'a Prepared,
    linked: &'a linkage::Linked,
    settings: &'a linkage::Settings,
    /// For each record whether it is from a confidential export.
    sealed: Vec<bool>,
    /// For each record the newest fact about it.
    newest: Vec<u64>,
    /// Records of each person who is in doubt or has a sealed record.
    members: BTreeMap<u32, Vec<u32>>,
}

/// Records of a person that are compared when those that count may not be shown.
const COMPARED: usize = 8;

impl<'a> Open<'a> {
    /// Looks through who is who.
    pub fn new(
        known: &[KnownRecord],
        prepared: &'a Prepared,
        linked: &'a linkage::Linked,
        settings: &'a linkage::Settings,
    ) -> Self {
        let count = prepared.records.len();
        let (mut sealed, mut newest) = (vec![false; count], vec![0; count]);
        for (known, indexes) in known.iter().zip(&prepared.of) {
            for index in indexes {
                if let Some(slot) = newest.get_mut(*index as usize) {
                    *slot = known.seq.max(*slot);
                }
                if let Some(slot) = sealed.get_mut(*index as usize) {
                    *slot |= known.sealed;
                }
            }
        }
        let person = |record: u32| linked.cluster.get(record as usize).copied().unwrap_or(record);
        let doubtful = linked.edges.iter().filter(|edge| edge.why == Why::Doubtful);
        let mut asked: BTreeSet<u32> = doubtful.flat_map(|edge| [person(edge.a), person(edge.b)]).collect();
        asked.extend((0..).zip(&sealed).filter(|(_, sealed)| **sealed).map(|(record, _)| person(record)));
        let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (record, person) in (0..).zip(&linked.cluster) {
            if asked.contains(person) {
                members.entry(*person).or_default().push(record);
            }
        }
        Self { prepared, linked, settings, sealed, newest, members }
    }

    fn person(&self, record: u32) -> u32 {
        self.linked.cluster.get(record as usize).copied().unwrap_or(record)
    }

    fn is_sealed(&self, record: u32) -> bool {
        self.sealed.get(record as usize).copied().unwrap_or(false)
    }

    /// The person's records that may be shown, and whether there are others.
    fn shown(&self, person: u32) -> (Vec<u32>, bool) {
        let all = self.members.get(&person).map_or(&[][..], Vec::as_slice);
        let shown: Vec<u32> = all.iter().copied().filter(|record| !self.is_sealed(*record)).collect();
        let whole = shown.len() == all.len();
        (shown, !whole)
    }

    fn key(&self, record: u32) -> &'a str {
        self.prepared.records.get(record as usize).map_or("", |record| record.id.as_str())
    }

    /// What two records say by themselves.
    fn weigh(&self, a: u32, b: u32) -> (f64, f64) {
        let records = &self.prepared.records;
        let Some((a, b)) = records.get(a as usize).zip(records.get(b as usize)) else { return (0.0, 0.5) };
        let told = linkage::explain(a, b, None, &self.linked.model, self.settings);
        (told.weight, told.probability)
    }

    /// The links that hold people together. A record that may not be shown is left out, and its neighbours are linked by
    /// what they say themselves.
    pub fn holding(&self) -> Vec<Edge> {
        let joins = self.linked.edges.iter().filter(|edge| edge.why != Why::Doubtful).copied();
        let (hidden, mut holding): (Vec<Edge>, Vec<Edge>) =
            joins.partition(|edge| self.is_sealed(edge.a) || self.is_sealed(edge.b));
        let mut groups: BTreeMap<u32, u32> = BTreeMap::new();
        fn root(groups: &BTreeMap<u32, u32>, mut record: u32) -> u32 {
            while let Some(up) = groups.get(&record) {
                record = *up;
            }
            record
        }
        let people: BTreeSet<u32> = hidden.iter().map(|edge| self.person(edge.a)).collect();
        for edge in holding.iter().filter(|edge| people.contains(&self.person(edge.a))) {
            let (a, b) = (root(&groups, edge.a), root(&groups, edge.b));
            if a != b {
                groups.insert(a.max(b), a.min(b));
            }
        }
        for person in people {
            let (shown, _) = self.shown(person);
            let mut firsts: Vec<u32> = shown.iter().map(|record| root(&groups, *record)).collect();
            firsts.sort_unstable();
            firsts.dedup();
            for pair in firsts.windows(2) {
                if let [a, b] = *pair {
                    let (weight, probability) = self.weigh(a, b);
                    holding.push(Edge { a, b, weight, probability, why: Why::Evidence });
                }
            }
        }
        holding
    }

    /// The links in doubt that nobody has settled.
    pub fn doubts(&self, holding: &[Edge], settled: &Settled, weak_below: f64) -> Vec<Doubt> {
        let mut found = Vec::new();
        for edge in self.linked.edges.iter().filter(|edge| edge.why == Why::Doubtful) {
            found.extend(self.apart(edge, settled));
        }
        let weak =
            |edge: &&Edge| matches!(edge.why, Why::Evidence | Why::Relations) && edge.weight < weak_below;
        let mut near: BTreeMap<u32, Vec<&Edge>> = BTreeMap::new();
        let people: BTreeSet<u32> = holding.iter().filter(weak).map(|edge| self.person(edge.a)).collect();
        for edge in holding.iter().filter(|edge| people.contains(&self.person(edge.a))) {
            near.entry(edge.a).or_default().push(edge);
            near.entry(edge.b).or_default().push(edge);
        }
        for edge in holding.iter().filter(weak) {
            let sides = [edge.a, edge.b].map(|from| reached(from, edge, &near));
            if self.open_question(&sides, settled, LinkVerdict::Same) {
                let Edge { a, b, weight, probability, .. } = *edge;
                found.push(Doubt { a, b, weight, probability, joined: true, sides });
            }
        }
        found
    }

    /// Two people who may be one, as far as records tell that may be shown.
    fn apart(&self, edge: &Edge, settled: &Settled) -> Option<Doubt> {
        let (one, other) = (self.person(edge.a), self.person(edge.b));
        let ((ones, hides_one), (others, hides_other)) = (self.shown(one), self.shown(other));
        if ones.is_empty() || others.is_empty() || self.certainly_two(&ones, other) {
            return None;
        }
        let scope = |record: &u32| self.prepared.records.get(*record as usize).and_then(|r| r.scope.as_ref());
        if ones.iter().any(|one| others.iter().any(|other| scope(one) != scope(other))) {
            return None;
        }
        let mut best = Doubt {
            a: edge.a,
            b: edge.b,
            weight: edge.weight,
            probability: edge.probability,
            joined: false,
            sides: [Vec::new(), Vec::new()],
        };
        if hides_one || hides_other {
            best.weight = f64::NEG_INFINITY;
            for a in ones.iter().take(COMPARED) {
                for b in others.iter().take(COMPARED) {
                    let (weight, probability) = self.weigh(*a, *b);
                    if weight > best.weight {
                        (best.a, best.b, best.weight, best.probability) = (*a, *b, weight, probability);
                    }
                }
            }
            if best.probability < LEAST {
                return None;
            }
        }
        self.open_question(&[ones, others], settled, LinkVerdict::NotSame).then_some(best)
    }

    /// Whether an agency names somebody of the one side together with somebody of the other as two people.
    fn certainly_two(&self, ones: &[u32], other: u32) -> bool {
        let ties =
            ones.iter().filter_map(|one| self.prepared.records.get(*one as usize)).flat_map(|r| &r.ties);
        ties.filter(|tie| !matches!(tie.kind, TieKind::SameEvent | TieKind::SameHousehold | TieKind::Other))
            .any(|tie| self.person(tie.other) == other)
    }

    /// Whether nobody has settled what stands between two sides: a decision that agrees with what stands settles it,
    /// and that nobody can tell settles it until a new record comes.
    fn open_question(&self, sides: &[Vec<u32>; 2], settled: &Settled, agrees: LinkVerdict) -> bool {
        let [ones, others] = sides;
        let named = |side: &[u32]| -> Vec<&str> {
            side.iter().map(|record| self.key(*record)).filter(|key| settled.names(key)).collect()
        };
        match settled.between(&named(ones), &named(others)) {
            Some((seq, LinkVerdict::CannotTell)) => {
                let newest = |record: &u32| self.newest.get(*record as usize).copied().unwrap_or(0);
                ones.iter().chain(others).map(newest).any(|newest| newest > seq)
            }
            Some((_, verdict)) => verdict != agrees,
            None => true,
        }
    }
}

/// Least probability of a question that is asked by records that may be shown alone.
const LEAST: f64 = 0.05;

/// Records that links hold together with one, without one of the links.
fn reached(from: u32, but: &Edge, near: &BTreeMap<u32, Vec<&Edge>>) -> Vec<u32> {
    let mut found = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(record) = open.pop() {
        for edge in near.get(&record).into_iter().flatten() {
            if (edge.a, edge.b) == (but.a, but.b) {
                continue;
            }
            for next in [edge.a, edge.b] {
                if found.insert(next) {
                    open.push(next);
                }
            }
        }
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use throughline_domain::fact::LinkDecision;
    use throughline_domain::ids::MentionKey;
    use throughline_domain::record::Record;

    use super::*;

    fn known(seq: u64, sealed: bool) -> KnownRecord {
        KnownRecord {
            seq,
            agency: "schools".into(),
            recorded: None,
            received: "2026-11-01T06:00:00Z".parse().unwrap(),
            file: String::new(),
            record: Record::default(),
            persons: Vec::new(),
            sealed,
        }
    }

    /// Records with these facts, `f|1` and so on, all telling of one name and birthday.
    fn prepared(count: u32) -> Prepared {
        let record = |number: u32| linkage::Record {
            id: format!("f|{number}"),
            names: vec![linkage::PersonName {
                forenames: vec!["Mhairi".into()],
                surname: "Vole".into(),
                ..linkage::PersonName::default()
            }],
            born: Some(linkage::Born { year: 1990, month: Some(5), day: Some(17) }),
            ..linkage::Record::default()
        };
        Prepared {
            records: (0..count).map(record).collect(),
            of: (0..count).map(|record| vec![record]).collect(),
            mentions: (0..count).map(|record| (u64::from(record), String::new())).collect(),
        }
    }

    fn edge(a: u32, b: u32, why: Why) -> Edge {
        Edge { a, b, weight: 2.0, probability: 0.8, why }
    }

    fn linked(cluster: &[u32], edges: &[Edge]) -> linkage::Linked {
        let records = prepared(2).records;
        let model = linkage::link(&records, &[], &linkage::Settings::built_in().unwrap()).model;
        linkage::Linked {
            cluster: cluster.to_vec(),
            edges: edges.to_vec(),
            model,
            ..linkage::Linked::default()
        }
    }

    fn doubts(rows: &[KnownRecord], linked: &linkage::Linked, settled: &Settled) -> Vec<(u32, u32, bool)> {
        let (prepared, settings) = (prepared(rows.len() as u32), linkage::Settings::built_in().unwrap());
        let open = Open::new(rows, &prepared, linked, &settings);
        let found = open.doubts(&open.holding(), settled, 6.0);
        found.iter().map(|doubt| (doubt.a, doubt.b, doubt.joined)).collect()
    }

    #[test]
    fn what_a_sealed_record_holds_together_is_told_by_its_neighbours() {
        let rows = [known(1, false), known(2, true), known(3, false)];
        let linked = linked(&[0, 0, 0], &[edge(0, 1, Why::Evidence), edge(1, 2, Why::Evidence)]);
        let (prepared, settings) = (prepared(3), linkage::Settings::built_in().unwrap());
        let holding = Open::new(&rows, &prepared, &linked, &settings).holding();
        assert_eq!(holding.iter().map(|edge| (edge.a, edge.b)).collect::<Vec<_>>(), [(0, 2)]);
    }

    #[test]
    fn nobody_is_asked_about_somebody_known_by_sealed_records_alone() {
        let linked = linked(&[0, 1], &[edge(0, 1, Why::Doubtful)]);
        let none = Settled::default();
        assert_eq!(doubts(&[known(1, false), known(2, false)], &linked, &none), [(0, 1, false)]);
        assert_eq!(doubts(&[known(1, false), known(2, true)], &linked, &none), []);
    }

    #[test]
    fn a_settled_question_is_asked_again_only_when_something_new_comes() {
        let key = |row: &str| MentionKey { feed: "f".into(), row_key: row.to_owned() };
        let settled = |verdict| {
            let decision = LinkDecision {
                a: key("0"),
                b: key("1"),
                with_a: Vec::new(),
                with_b: Vec::new(),
                verdict,
                by: String::new(),
                confirmed_by: String::new(),
                reason: String::new(),
            };
            Settled::of(&[(5, decision)], &[])
        };
        let linked = linked(&[0, 1], &[edge(0, 1, Why::Doubtful)]);
        let (old, new) = ([known(1, false), known(2, false)], [known(1, false), known(9, false)]);
        assert_eq!(doubts(&old, &linked, &settled(LinkVerdict::CannotTell)), []);
        assert_eq!(doubts(&new, &linked, &settled(LinkVerdict::CannotTell)), [(0, 1, false)]);
        assert_eq!(doubts(&new, &linked, &settled(LinkVerdict::NotSame)), []);
    }
}
