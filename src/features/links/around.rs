//! The records of some people and of those named with them: what a decision about a link is shown from, and worked out
//! from before it is taken. Records of confidential exports are never among them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use throughline_domain::fact::{FactBody, LinkDecision, LinkVerdict, Protection};
use throughline_domain::ids::{MentionKey, PersonId};
use throughline_domain::next_family::Answers;
use throughline_domain::picture::{Kept, KnownRecord};
use throughline_domain::record::Mention;
use throughline_domain::sharing::Purpose;
use throughline_linkage::{Edge, Linked, Model, Why};

use crate::derive::{self, Remembered, Settled, Told};
use crate::digest::Marks;
use crate::features::known::records_of;
use crate::features::{Asking, Problem, next_family};
use crate::shelf::{self, Grounds, RowState};

/// Some people, those named with them, and what was decided about anybody.
pub struct Around {
    /// The people a decision is about.
    pub concerned: BTreeSet<PersonId>,
    /// Their records and those of the people named with them, in the order in which they first came.
    pub records: Vec<KnownRecord>,
    /// Links that hold the people together whom the decision is about.
    pub holding: Vec<shelf::LinkReason>,
    /// Whether two people must decide about any of them.
    pub restricted: bool,
    /// Decisions, oldest first, with their facts.
    pub decisions: Vec<Told>,
    /// Identities that are kept apart.
    pub protections: Vec<Protection>,
    /// Who people were before.
    pub remembered: Remembered,
    /// What was learned from all records.
    pub model: Model,
    /// Addresses that must be kept.
    pub kept: Arc<Kept>,
    /// What people said about next families.
    pub answers: Answers,
}

/// The keys of one side of a link.
pub type Keys = BTreeSet<MentionKey>;

impl Around {
    /// Reads what is there about some people; somebody who is not there is not found.
    pub fn of(asking: &Asking, concerned: BTreeSet<PersonId>) -> Result<Self, Problem> {
        let asking = asking.with(Purpose::Linking);
        let own = records_of(&asking, &concerned)?;
        let mut named: BTreeSet<PersonId> = own.iter().flat_map(|known| known.persons.clone()).collect();
        named.extend(concerned.iter().cloned());
        let mut records = records_of(&asking, &named)?;
        let (mut holding, mut restricted) = (Vec::new(), false);
        for person in &concerned {
            let grounds: Grounds = asking.one(shelf::GROUNDS, person.as_str())?;
            holding.extend(grounds.links);
            restricted |= grounds.restricted;
        }
        arrange(&asking, &mut records)?;
        let (mut decisions, mut protections) = (Vec::new(), Vec::new());
        for sealed in asking.app.store.facts_of_kind(&["link_decision", "protection"], ..)? {
            let fact = asking.opener.read(sealed?)?;
            match fact.body {
                FactBody::LinkDecision(decision) => decisions.push((fact.seq, decision)),
                FactBody::Protection(protection) => protections.push((fact.seq, protection)),
                _ => {}
            }
        }
        let mut changes = Vec::new();
        for sealed in asking.app.store.facts_of_kind(&["person_changed"], ..)? {
            if let FactBody::PersonChanged(change) = asking.opener.read(sealed?)?.body {
                changes.push(change);
            }
        }
        decisions.sort_by_key(|(seq, _)| *seq);
        protections.sort_by_key(|(seq, _)| *seq);
        Ok(Self {
            records,
            holding,
            restricted,
            decisions,
            protections: protections.into_iter().map(|(_, protection)| protection).collect(),
            remembered: Remembered::of(&changes).marked(Marks::of(&asking.app.store)),
            model: asking.one(shelf::META, "link_model")?,
            kept: asking.app.kept()?,
            answers: next_family::answers(&asking, None)?,
            concerned,
        })
    }

    /// Every mention with its record and who it is.
    pub fn mentions(&self) -> impl Iterator<Item = (&KnownRecord, &Mention, &PersonId)> {
        self.records.iter().flat_map(|known| {
            let people = known.record.people.iter().zip(&known.persons);
            people.map(move |(mention, person)| (known, mention, person))
        })
    }

    /// The keys of a person's mentions.
    pub fn keys_of(&self, person: &PersonId) -> Keys {
        let own = self.mentions().filter(|(_, _, of)| *of == person);
        own.map(|(known, mention, _)| derive::key_of(known, mention)).collect()
    }

    /// The key of a mention of a fact.
    pub fn key_at(&self, seq: u64, sub: &str) -> Option<MentionKey> {
        let mut all = self.mentions().filter(|(known, mention, _)| known.seq == seq && mention.sub == sub);
        all.next().map(|(known, mention, _)| derive::key_of(known, mention))
    }

    /// The groups of mentions into which the people concerned fall when links below a weight go, largest first.
    pub fn groups(&self, goes: impl Fn(&shelf::LinkReason) -> bool) -> Vec<Keys> {
        let all: Vec<MentionKey> = self.concerned.iter().flat_map(|person| self.keys_of(person)).collect();
        let mut group: BTreeMap<MentionKey, usize> =
            all.into_iter().enumerate().map(|(at, key)| (key, at)).collect();
        for link in self.holding.iter().filter(|link| !goes(link)) {
            let ends = self.key_at(link.a, &link.a_sub).zip(self.key_at(link.b, &link.b_sub));
            let Some((a, b)) = ends.and_then(|(a, b)| group.get(&a).copied().zip(group.get(&b).copied()))
            else {
                continue;
            };
            group.values_mut().filter(|held| **held == b).for_each(|held| *held = a);
        }
        let mut groups: BTreeMap<usize, Keys> = BTreeMap::new();
        for (key, held) in group {
            groups.entry(held).or_default().insert(key);
        }
        let mut groups: Vec<Keys> = groups.into_values().collect();
        groups.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        groups
    }

    /// What stands of all decisions, with some more.
    pub fn settled(&self, more: &[LinkDecision], protections: &[Protection]) -> Settled {
        let last = self.decisions.last().map_or(0, |(seq, _)| *seq);
        let mut all = self.decisions.clone();
        all.extend(more.iter().cloned().map(|decision| (last + 1, decision)));
        Settled::of(&all, &[self.protections.as_slice(), protections].concat())
    }

    /// Who is who among these records, as linkage tells it: by the people they are, held together by the links that are
    /// known, with one link more or in its place.
    pub fn linked(
        &self,
        edge_between: (&MentionKey, &MentionKey),
        why: Why,
    ) -> Option<(Vec<throughline_linkage::Record>, Linked, Edge)> {
        let prepared = derive::linkage_records(&self.records, &self.settled(&[], &[]));
        let index: HashMap<&str, u32> =
            (0..).zip(&prepared.records).map(|(at, record)| (record.id.as_str(), at)).collect();
        let place = |key: &MentionKey| index.get(derive::key_text(key).as_str()).copied();
        let mut first: HashMap<&PersonId, u32> = HashMap::new();
        let mut cluster: Vec<u32> = (0..).zip(&prepared.records).map(|(at, _)| at).collect();
        for (known, indexes) in self.records.iter().zip(&prepared.of) {
            for (person, at) in known.persons.iter().zip(indexes) {
                let lowest = *first.entry(person).or_insert(*at);
                if let Some(slot) = cluster.get_mut(*at as usize) {
                    *slot = lowest;
                }
            }
        }
        let (a, b) = (place(edge_between.0)?, place(edge_between.1)?);
        let edge = Edge { a: a.min(b), b: a.max(b), weight: 0.0, probability: 0.0, why };
        let mut edges: Vec<Edge> = self
            .holding
            .iter()
            .filter_map(|link| {
                let a = place(&self.key_at(link.a, &link.a_sub)?)?;
                let b = place(&self.key_at(link.b, &link.b_sub)?)?;
                let (weight, probability, why) = (link.weight, link.probability, link.why);
                Some(Edge { a: a.min(b), b: a.max(b), weight, probability, why })
            })
            .filter(|held| (held.a, held.b) != (edge.a, edge.b))
            .collect();
        edges.push(edge);
        drop(index);
        Some((
            prepared.records,
            Linked { cluster, edges, model: self.model.clone(), ..Linked::default() },
            edge,
        ))
    }
}

/// Puts records in the order in which their first versions came: somebody new is named after the first mention.
fn arrange(asking: &Asking, records: &mut [KnownRecord]) -> Result<(), Problem> {
    let keys: BTreeSet<String> =
        records.iter().map(|known| shelf::row_key(&known.record.feed, &known.record.row_key)).collect();
    let states = asking.many::<RowState>(shelf::ROW, &keys.into_iter().collect::<Vec<_>>())?;
    let first: HashMap<String, u64> = states
        .into_iter()
        .map(|(key, state)| (key, state.versions.first().map_or(state.seq, |version| version.seq)))
        .collect();
    records.sort_by_key(|known| {
        let key = shelf::row_key(&known.record.feed, &known.record.row_key);
        first.get(&key).copied().unwrap_or(known.seq)
    });
    Ok(())
}

/// A decision about two sides: it holds for every mention of the one and every mention of the other.
pub fn decision(
    (ones, a): (&Keys, Option<&MentionKey>),
    (others, b): (&Keys, Option<&MentionKey>),
    verdict: LinkVerdict,
    by: &str,
    reason: &str,
) -> Option<LinkDecision> {
    let (a, b) = (a.or_else(|| ones.first())?, b.or_else(|| others.first())?);
    let rest = |side: &Keys, but: &MentionKey| side.iter().filter(|key| *key != but).cloned().collect();
    Some(LinkDecision {
        with_a: rest(ones, a),
        with_b: rest(others, b),
        a: a.clone(),
        b: b.clone(),
        verdict,
        by: by.to_owned(),
        confirmed_by: String::new(),
        reason: reason.to_owned(),
    })
}
