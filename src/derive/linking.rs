//! From records to who is who: turns what agencies sent into the words of linkage, links, and gives each
//! person a stable id.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use throughline_domain::fact::PersonChanged;
use throughline_domain::ids::{AgencyId, MentionKey, PersonId};
use throughline_domain::picture::KnownRecord;
use throughline_domain::record::{
    Basis, EventKind, IdentifierKind, LifeStage, Mention, NameKind, Place, Relation, RelationKind, Residence,
    Sex, Verdict, Who,
};
use throughline_domain::when::{Precision, When};
use throughline_linkage as linkage;
use throughline_linkage::{Tie, TieKind};

use super::DeriveError;
use super::decisions::Settled;
use super::doubts::{self, Doubt};
use super::load::Loaded;
use super::naming::{Grouped, Remembered, Shown};

/// Who is who, with reasons.
pub struct Links {
    /// For each linkage record the fact and the mention it stands for (the first one, where several rows
    /// share a key).
    pub mentions: Vec<(u64, String)>,
    /// What was learned.
    pub model: linkage::Model,
    /// The links that hold people together, told by records that may be shown.
    pub holding: Vec<linkage::Edge>,
    /// Links that a person should look at.
    pub doubts: Vec<Doubt>,
    /// People of whom an identity is kept apart from another.
    pub protected: BTreeSet<PersonId>,
    /// What must be told so that the facts alone give everybody the same id again.
    pub changes: Vec<PersonChanged>,
}

/// The settings linkage works with.
pub fn settings() -> Result<linkage::Settings, DeriveError> {
    linkage::Settings::built_in().map_err(|e| DeriveError::Settings(e.to_string()))
}

/// Links all records and writes into each who its people are: by the ids that differ least from what pages last told, or
/// by what the facts alone give.
pub fn link(loaded: &mut Loaded, shown: Option<&Shown>) -> Result<Links, DeriveError> {
    let wrong = |e: &dyn std::fmt::Display| DeriveError::Settings(e.to_string());
    let settled = Settled::of(&loaded.decisions, &loaded.protections);
    let prepared = linkage_records(&loaded.records, &settled);
    let settings = settings()?;
    let linked = linkage::link(&prepared.records, &settled.for_linkage(), &settings);
    let weak = throughline_domain::picture::Settings::built_in().map_err(|e| wrong(&e))?.weak_link();
    let open = doubts::Open::new(&loaded.records, &prepared, &linked, &settings);
    let holding = open.holding();
    let doubts = open.doubts(&holding, &settled, weak);
    let remembered =
        Remembered::of(loaded.changes.iter().map(|(_, change)| change)).marked(loaded.marks.clone());
    let (ids, changes) =
        prepared.named(&loaded.records, &linked.cluster, &remembered, |grouped| match shown {
            Some(shown) => grouped.settle(&remembered, shown, &loaded.decisions),
            None => (grouped.named(&remembered), Vec::new()),
        });
    let Prepared { of, mentions, .. } = prepared;
    assign(&mut loaded.records, of, &linked.cluster, &ids);
    let mut protected = BTreeSet::new();
    for known in &loaded.records {
        let people = known.record.people.iter().zip(&known.persons);
        let kept = people.filter(|(mention, _)| settled.protects(&key_of(known, mention)));
        protected.extend(kept.map(|(_, person)| person.clone()));
    }
    Ok(Links { mentions, model: linked.model, holding, doubts, protected, changes })
}

/// Links some records again by what was learned from all, with the decisions given, and writes into each who its
/// people are: what would be, if a decision were taken.
pub fn relink(
    records: &mut [KnownRecord],
    settled: &Settled,
    remembered: &Remembered,
    model: &linkage::Model,
    settings: &linkage::Settings,
) {
    let prepared = linkage_records(records, settled);
    let linked = linkage::link_known(&prepared.records, &settled.for_linkage(), model, settings);
    let people = people_of(records);
    let ids =
        prepared.named(records, &linked.cluster, remembered, |grouped| grouped.kept(remembered, &people));
    assign(records, prepared.of, &linked.cluster, &ids);
}

/// Who each mention's person is, by its key as text. Those of confidential exports are left out.
pub fn people_of(records: &[KnownRecord]) -> HashMap<String, PersonId> {
    let open = records.iter().filter(|known| !known.sealed);
    let all = open.flat_map(|known| {
        let people = known.record.people.iter().zip(&known.persons);
        people.map(|(mention, person)| (key_text(&key_of(known, mention)), person.clone()))
    });
    all.collect()
}

fn assign(known: &mut [KnownRecord], of: Vec<Vec<u32>>, cluster: &[u32], ids: &BTreeMap<u32, PersonId>) {
    let person = |index: u32| {
        let group = cluster.get(index as usize).copied().unwrap_or(index);
        ids.get(&group).cloned().unwrap_or_default()
    };
    for (known, indexes) in known.iter_mut().zip(of) {
        known.persons = indexes.into_iter().map(person).collect();
    }
}

/// Records in the words of linkage.
pub struct Prepared {
    /// One for each mention; rows that share a link key share one.
    pub records: Vec<linkage::Record>,
    /// For each record given, the index of each of its people.
    pub of: Vec<Vec<u32>>,
    /// Fact and `sub` of each linkage record.
    pub mentions: Vec<(u64, String)>,
}

impl Prepared {
    /// What naming needs: mentions in the order in which they first came, their names and who is one.
    fn named<T>(
        &self,
        known: &[KnownRecord],
        cluster: &[u32],
        remembered: &Remembered,
        then: impl FnOnce(&Grouped<'_>) -> T,
    ) -> T {
        let mut first: Vec<u32> = Vec::with_capacity(self.records.len());
        let mut seen = vec![false; self.records.len()];
        let mut keys: Vec<Option<&str>> = Vec::with_capacity(self.records.len());
        for (known, indexes) in known.iter().zip(&self.of) {
            for index in indexes {
                let new = seen.get_mut(*index as usize).filter(|seen| !**seen);
                if let (Some(new), Some(record)) = (new, self.records.get(*index as usize)) {
                    *new = true;
                    first.push(*index);
                    keys.push((!known.sealed).then_some(record.id.as_str()));
                }
            }
        }
        let name = |at: usize, more: u32| {
            let record = first.get(at).and_then(|index| self.records.get(*index as usize));
            remembered.name(record.map_or("", |record| record.id.as_str()), more)
        };
        let group = |index: &u32| cluster.get(*index as usize).copied().unwrap_or(*index);
        let cluster: Vec<u32> = first.iter().map(group).collect();
        then(&Grouped { keys, name: &name, cluster: &cluster })
    }
}

/// A mention's key as one text, as linkage knows it.
pub fn key_text(key: &MentionKey) -> String {
    format!("{}|{}", key.feed, key.row_key)
}

/// The key by which people decide about a mention.
pub fn key_of(known: &KnownRecord, mention: &Mention) -> MentionKey {
    let row_key = mention_key(&known.record.row_key, mention);
    MentionKey { feed: known.record.feed.clone(), row_key }
}

/// The key under which a mention is known outside: the row's own, with `#contact1` where a row names several.
pub fn mention_key(row_key: &str, mention: &Mention) -> String {
    match (&mention.link_key, mention.sub.as_str()) {
        (Some(key), _) => key.clone(),
        (None, "") => row_key.to_owned(),
        (None, sub) => format!("{row_key}#{sub}"),
    }
}

/// Turns records into those of linkage, which come in the order of their keys: what is learned from them and who is joined
/// with whom must not depend on the order in which files arrived.
pub fn linkage_records(records: &[KnownRecord], settled: &Settled) -> Prepared {
    let scopes = settled.scopes(records);
    let mut made =
        Prepared { records: Vec::new(), of: Vec::with_capacity(records.len()), mentions: Vec::new() };
    let mut shared: HashMap<String, u32> = HashMap::new();
    let mut order: Vec<(usize, &KnownRecord)> = records.iter().enumerate().collect();
    order.sort_by_key(|(_, known)| (&known.record.feed, &known.record.row_key));
    let (places, sorted): (Vec<usize>, Vec<&KnownRecord>) = order.into_iter().unzip();
    for known in &sorted {
        let mut indexes = Vec::with_capacity(known.record.people.len());
        for mention in &known.record.people {
            let key = key_text(&key_of(known, mention));
            let next = made.records.len() as u32;
            let index = match mention.link_key {
                Some(_) => *shared.entry(key.clone()).or_insert(next),
                None => next,
            };
            if index == next {
                let scope = scopes.get(&key).cloned();
                made.records.push(linkage::Record { scope, ..record_of(known, mention, key) });
                made.mentions.push((known.seq, mention.sub.clone()));
            }
            indexes.push(index);
        }
        made.of.push(indexes);
    }
    tie(&sorted, &mut made);
    let mut of: Vec<(usize, Vec<u32>)> = places.into_iter().zip(made.of).collect();
    of.sort_unstable_by_key(|(place, _)| *place);
    made.of = of.into_iter().map(|(_, indexes)| indexes).collect();
    made
}

fn record_of(known: &KnownRecord, mention: &Mention, id: String) -> linkage::Record {
    let written = known.recorded.or_else(|| known.record.events.first().map(|event| event.at));
    let day = written.map(|when| days(when.first_day()));
    linkage::Record {
        id,
        source: known.agency.to_string(),
        recorded: day,
        refs: mention.local_refs.clone(),
        names: mention.names.iter().map(name_of).collect(),
        born: mention.born.map(born_of).or_else(|| mention.expected.map(|d| born_of(When::day(d)))),
        age: mention.age.zip(day),
        sex: mention.sex.map(|sex| match sex {
            Sex::Female => linkage::Sex::Female,
            Sex::Male => linkage::Sex::Male,
        }),
        stage: match mention.stage {
            LifeStage::Unknown => linkage::Stage::Unknown,
            LifeStage::Unborn => linkage::Stage::Unborn,
            LifeStage::Child => linkage::Stage::Child,
            LifeStage::Adult => linkage::Stage::Adult,
        },
        addresses: addresses_of(known, mention),
        phones: mention.phones.clone(),
        identifiers: mention.identifiers.iter().map(number_of).collect(),
        circles: circles_of(known, mention),
        scope: None,
        ties: Vec::new(),
    }
}

fn name_of(name: &throughline_domain::record::Name) -> linkage::PersonName {
    linkage::PersonName {
        kind: match name.kind {
            NameKind::Official => linkage::NameKind::Official,
            NameKind::KnownAs => linkage::NameKind::KnownAs,
            NameKind::Former => linkage::NameKind::Former,
        },
        forenames: name.forenames.clone(),
        surname: name.surname.clone(),
    }
}

fn born_of(when: When) -> linkage::Born {
    let day = when.first_day();
    let precision = when.precision();
    linkage::Born {
        year: day.year(),
        month: (precision >= Precision::Month).then(|| day.month()),
        day: (precision >= Precision::Day).then(|| day.day()),
    }
}

/// The school that the row is about counts its pupil among its own; their contacts it does not.
fn circles_of(known: &KnownRecord, mention: &Mention) -> Vec<String> {
    let schools = known.record.events.iter().filter_map(|event| event.details.get("school_urn"));
    let own: std::collections::BTreeSet<String> =
        schools.filter(|_| mention.sub.is_empty()).map(|urn| format!("school:{urn}")).collect();
    own.into_iter().collect()
}

/// Where a prison or approved premises is says nothing about who somebody is.
fn addresses_of(known: &KnownRecord, mention: &Mention) -> Vec<linkage::PersonAddress> {
    let own = |residence: &&Residence| match &residence.who {
        Who::Here(sub) => sub == &mention.sub,
        Who::Local(number) => mention.local_refs.contains(number),
        Who::Group(group) => mention.groups.contains(group),
    };
    let told = known.record.residences.iter().filter(own).filter(|r| r.basis != Basis::Custody);
    told.filter_map(|residence| match &residence.place {
        Place::Known(address) => {
            Some(linkage::PersonAddress { lines: address.lines.clone(), postcode: address.postcode.clone() })
        }
        Place::Kept(_) => None,
    })
    .collect()
}

fn number_of(number: &throughline_domain::record::Identifier) -> linkage::PersonNumber {
    linkage::PersonNumber {
        kind: match number.kind {
            IdentifierKind::Nhs => "nhs",
            IdentifierKind::Upn => "upn",
            IdentifierKind::Pnc => "pnc",
            IdentifierKind::Noms => "noms",
            IdentifierKind::Cro => "cro",
        }
        .to_owned(),
        value: number.value.clone(),
        valid: number.verdict == Verdict::Valid,
    }
}

fn days(date: Date) -> i32 {
    let since = date.since(Date::constant(1970, 1, 1));
    since.map_or(0, |span| span.get_days())
}

/// Mentions of one agency by its own numbers, of people and of households.
type ByNumber<'a> = HashMap<(&'a AgencyId, &'a str), Vec<u32>>;

fn tie(records: &[&KnownRecord], made: &mut Prepared) {
    let (people, groups) = by_number(records, &made.of);
    let mut incidents: ByNumber = HashMap::new();
    let mut ties: Vec<(u32, Tie)> = Vec::new();
    for (known, indexes) in records.iter().zip(&made.of) {
        all_pairs(indexes, TieKind::SameRow, &mut ties);
        for relation in &known.record.relations {
            related(known, indexes, relation, &people, &mut ties);
        }
        let parts = known.record.events.iter().filter(|event| event.kind == EventKind::Involvement);
        for reference in parts.filter_map(|event| event.reference.as_deref()) {
            incidents.entry((&known.agency, reference)).or_default().extend(indexes);
        }
    }
    for part in incidents.values() {
        all_pairs(part, TieKind::SameEvent, &mut ties);
    }
    for members in groups.values() {
        all_pairs(members, TieKind::SameHousehold, &mut ties);
    }
    ties.sort_by_key(|(of, tie)| (*of, tie.other, tie.kind));
    ties.dedup_by_key(|(of, tie)| (*of, tie.other, tie.kind));
    for (of, tie) in ties {
        if let Some(record) = made.records.get_mut(of as usize) {
            record.ties.push(tie);
        }
    }
}

fn by_number<'a>(records: &[&'a KnownRecord], of: &[Vec<u32>]) -> (ByNumber<'a>, ByNumber<'a>) {
    let (mut people, mut groups): (ByNumber, ByNumber) = (HashMap::new(), HashMap::new());
    for (known, indexes) in records.iter().zip(of) {
        for (mention, index) in known.record.people.iter().zip(indexes) {
            for number in &mention.local_refs {
                people.entry((&known.agency, number)).or_default().push(*index);
            }
            for group in &mention.groups {
                groups.entry((&known.agency, group)).or_default().push(*index);
            }
        }
    }
    (people, groups)
}

/// More people than this under one number or incident are a hostel or a slip of the keyboard, not a household.
const TOO_MANY: usize = 40;

fn all_pairs(indexes: &[u32], kind: TieKind, ties: &mut Vec<(u32, Tie)>) {
    if indexes.len() > TOO_MANY {
        return;
    }
    for of in indexes {
        for other in indexes.iter().filter(|other| *other != of) {
            ties.push((*of, Tie { other: *other, kind }));
        }
    }
}

fn related(
    known: &KnownRecord,
    indexes: &[u32],
    relation: &Relation,
    people: &ByNumber,
    ties: &mut Vec<(u32, Tie)>,
) {
    let index = |who: &Who| match who {
        Who::Here(sub) => {
            let at = known.record.people.iter().position(|mention| &mention.sub == sub)?;
            indexes.get(at).copied()
        }
        Who::Local(number) => people.get(&(&known.agency, number.as_str()))?.first().copied(),
        Who::Group(_) => None,
    };
    let (Some(of), Some(to)) = (index(&relation.of), index(&relation.to)) else { return };
    ties.push((of, Tie { other: to, kind: tie_kind(relation.is) }));
    ties.push((to, Tie { other: of, kind: seen_from_the_other(relation.is) }));
}

fn tie_kind(is: RelationKind) -> TieKind {
    match is {
        RelationKind::Partner => TieKind::Partner,
        RelationKind::FormerPartner => TieKind::FormerPartner,
        RelationKind::Parent => TieKind::Parent,
        RelationKind::PartnerOfParent => TieKind::PartnerOfParent,
        RelationKind::Child => TieKind::Child,
        RelationKind::Sibling => TieKind::Sibling,
        RelationKind::Relative => TieKind::Relative,
        RelationKind::CausesHarmTo => TieKind::CausesHarmTo,
        RelationKind::Other => TieKind::Other,
    }
}

fn seen_from_the_other(is: RelationKind) -> TieKind {
    match is {
        RelationKind::Partner => TieKind::Partner,
        RelationKind::FormerPartner => TieKind::FormerPartner,
        RelationKind::Parent => TieKind::Child,
        RelationKind::Child => TieKind::Parent,
        RelationKind::Sibling => TieKind::Sibling,
        RelationKind::Relative => TieKind::Relative,
        RelationKind::PartnerOfParent | RelationKind::CausesHarmTo | RelationKind::Other => TieKind::Other,
    }
}
