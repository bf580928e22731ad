//! Ids of people: who was told before keeps the id, what changed is said once as a fact, and the facts alone give the same
//! ids again.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use throughline_domain::fact::{LinkVerdict, PersonChanged, PersonEvent, PersonEventKind, PersonPart};
use throughline_domain::ids::{MentionKey, PersonId};
use throughline_linkage::history::{Before, Event, EventKind, Named, carry_over};

use super::decisions::Told;
use super::linking::key_text;
use crate::digest::Marks;

/// What the facts say about who people were: the newest about each mention counts.
#[derive(Clone, Default)]
pub struct Remembered {
    /// By a mention's key as text: the person, and the id it was known by before anybody was joined.
    mentions: HashMap<String, (PersonId, PersonId)>,
    /// People with whom others were joined.
    joined: BTreeSet<PersonId>,
    /// Ids that nobody has: their records are others' now, or are no more.
    resting: BTreeSet<PersonId>,
    /// Every id that a fact names.
    known: HashSet<String>,
    /// How an id is made from a record.
    marks: Marks,
}

impl Remembered {
    /// Sums up changes in the order in which they were told.
    pub fn of<'a>(changes: impl IntoIterator<Item = &'a PersonChanged>) -> Self {
        let mut all = Self::default();
        changes.into_iter().for_each(|change| all.take(change));
        all
    }

    /// The same, with the marks of an area.
    #[must_use]
    pub fn marked(self, marks: Marks) -> Self {
        Self { marks, ..self }
    }

    /// The name that a mention can give, the first or a further one.
    pub fn name(&self, key: &str, more: u32) -> String {
        match more {
            0 => format!("P{}", self.marks.short(key)),
            more => format!("P{}", self.marks.short(&format!("{key}\u{1f}{more}"))),
        }
    }

    fn take(&mut self, change: &PersonChanged) {
        let PersonChanged { person, parts, events } = change;
        let others = events.iter().filter_map(|event| event.other.as_ref());
        let named = others.chain(parts.iter().map(|part| &part.was)).chain([person]);
        self.known.extend(named.map(|id| id.as_str().to_owned()));
        self.joined.remove(person);
        self.resting.remove(person);
        if parts.is_empty() {
            self.resting.insert(person.clone());
        }
        let joined = events.iter().filter(|event| event.kind == PersonEventKind::Joined);
        self.resting.extend(joined.filter_map(|event| event.other.clone()));
        for part in parts {
            if part.was != *person {
                self.joined.insert(person.clone());
                self.joined.remove(&part.was);
                self.resting.insert(part.was.clone());
            }
            for key in &part.mentions {
                self.mentions.insert(key_text(key), (person.clone(), part.was.clone()));
            }
        }
    }

    /// The people who have the records that were known by an id, as `now` tells for each mention.
    pub fn holders(&self, now: &HashMap<String, PersonId>) -> BTreeMap<&PersonId, BTreeSet<PersonId>> {
        let mut found: BTreeMap<&PersonId, BTreeSet<PersonId>> = BTreeMap::new();
        for (key, (_, own)) in &self.mentions {
            if let Some(person) = now.get(key) {
                found.entry(own).or_default().insert(person.clone());
            }
        }
        found
    }

    /// What is remembered of a mention, with what pages last told where no fact speaks of it.
    fn before<'a>(&'a self, key: &str, shown: &'a HashMap<String, PersonId>) -> Before<'a> {
        if let Some((now, own)) = self.mentions.get(key) {
            return Before { now: Some(now.as_str()), own: Some(own.as_str()) };
        }
        let now = shown.get(key);
        let own = now.filter(|person| !self.joined.contains(*person));
        Before { now: now.map(PersonId::as_str), own: own.map(PersonId::as_str) }
    }

    /// People some of whose records are no more.
    fn vanished(&self, there: &HashSet<&str>, shown: &HashMap<String, PersonId>) -> BTreeSet<String> {
        let told = self.mentions.iter().map(|(key, (now, _))| (key, now));
        let shown = shown.iter().filter(|(key, _)| !self.mentions.contains_key(*key));
        told.chain(shown)
            .filter(|(key, person)| !there.contains(key.as_str()) && !self.resting.contains(*person))
            .map(|(_, person)| person.as_str().to_owned())
            .collect()
    }
}

/// What pages told when the picture was last drawn.
#[derive(Default)]
pub struct Shown {
    /// The person of each mention, by its key as text.
    pub people: HashMap<String, PersonId>,
    /// The last fact that was in it.
    pub seq: u64,
}

/// Mentions and who linkage holds to be one.
pub struct Grouped<'a> {
    /// Each mention's key as text, in the order in which they first came; nothing for those of confidential exports,
    /// which have no say in what anybody is called.
    pub keys: Vec<Option<&'a str>>,
    /// Names a mention can give.
    pub name: &'a dyn Fn(usize, u32) -> String,
    /// The group of each.
    pub cluster: &'a [u32],
}

/// The id of each group, and what must be told so that the facts alone give these ids.
pub type Settlement = (BTreeMap<u32, PersonId>, Vec<PersonChanged>);

impl Grouped<'_> {
    /// The ids that the facts alone give.
    pub fn named(&self, remembered: &Remembered) -> BTreeMap<u32, PersonId> {
        ids(self.carried(remembered, &HashMap::new()))
    }

    /// The ids that differ least from those people have.
    pub fn kept(
        &self,
        remembered: &Remembered,
        people: &HashMap<String, PersonId>,
    ) -> BTreeMap<u32, PersonId> {
        ids(self.carried(remembered, people))
    }

    /// The ids that differ least from what pages last told, and what must be told for that.
    pub fn settle(&self, remembered: &Remembered, shown: &Shown, decisions: &[Told]) -> Settlement {
        let wanted = self.carried(remembered, &shown.people);
        let told = Telling::of(self, remembered, shown, &wanted);
        let mut changes = told.changes(decisions);
        if shown.people.is_empty() && changes.is_empty() {
            return (ids(wanted), Vec::new());
        }
        // What is told must be enough: whoever would still be called otherwise is told in full.
        loop {
            let mut after = remembered.clone();
            changes.values().for_each(|change| after.take(change));
            let ids = self.named(&after);
            let before = changes.len();
            for (group, id) in &wanted.ids {
                let person = PersonId::from(id.as_str());
                if ids.get(group) != Some(&person) && !changes.contains_key(&person) {
                    let parts = told.parts(*group, &person);
                    if !parts.is_empty() {
                        changes.insert(person.clone(), PersonChanged { person, parts, events: Vec::new() });
                    }
                }
            }
            if changes.len() == before {
                return (ids, changes.into_values().collect());
            }
        }
    }

    fn carried(&self, remembered: &Remembered, shown: &HashMap<String, PersonId>) -> Named {
        let before =
            |key: &Option<&str>| key.map_or_else(Before::default, |key| remembered.before(key, shown));
        let before: Vec<Before<'_>> = self.keys.iter().map(before).collect();
        let there: HashSet<&str> = self.keys.iter().copied().flatten().collect();
        let vanished = remembered.vanished(&there, shown);
        carry_over(&before, self.cluster, &remembered.known, &vanished, self.name)
    }
}

fn ids(named: Named) -> BTreeMap<u32, PersonId> {
    named.ids.into_iter().map(|(group, id)| (group, PersonId::from(id))).collect()
}

/// Puts what changed into words.
struct Telling<'a> {
    grouped: &'a Grouped<'a>,
    remembered: &'a Remembered,
    shown: &'a Shown,
    wanted: &'a Named,
    /// Ids that somebody has.
    used: HashSet<&'a str>,
    /// The mentions of each group.
    members: HashMap<u32, Vec<&'a str>>,
}

impl<'a> Telling<'a> {
    fn of(grouped: &'a Grouped<'a>, remembered: &'a Remembered, shown: &'a Shown, wanted: &'a Named) -> Self {
        let mut members: HashMap<u32, Vec<&str>> = HashMap::new();
        for (key, group) in grouped.keys.iter().zip(grouped.cluster) {
            members.entry(*group).or_default().extend(key);
        }
        let used = wanted.ids.values().map(String::as_str).collect();
        Self { grouped, remembered, shown, wanted, used, members }
    }

    fn changes(&self, decisions: &[Told]) -> BTreeMap<PersonId, PersonChanged> {
        let mut changes: BTreeMap<PersonId, PersonChanged> = BTreeMap::new();
        if self.wanted.events.is_empty() {
            return changes;
        }
        let decided = Decided::of(self, decisions);
        let groups: HashMap<&str, u32> =
            self.wanted.ids.iter().map(|(group, id)| (id.as_str(), *group)).collect();
        for Event { person, kind, other, records } in &self.wanted.events {
            for id in other.iter().chain([person]) {
                let person = PersonId::from(id.as_str());
                if let Some(group) = groups.get(id.as_str()).filter(|_| !changes.contains_key(&person)) {
                    let parts = self.parts(*group, &person);
                    changes.insert(person.clone(), PersonChanged { person, parts, events: Vec::new() });
                }
            }
            let event = PersonEvent {
                kind: match kind {
                    EventKind::Merged => PersonEventKind::Joined,
                    EventKind::Split => PersonEventKind::Parted,
                    EventKind::Moved => PersonEventKind::Moved,
                    EventKind::Gone => PersonEventKind::Gone,
                },
                other: other.as_deref().map(PersonId::from),
                mentions: *records,
                decision: other.as_deref().and_then(|other| decided.on(*kind, person, other)),
            };
            let person = PersonId::from(person.as_str());
            let change = changes.entry(person.clone());
            change.or_insert_with(|| PersonChanged { person, ..PersonChanged::default() }).events.push(event);
        }
        changes
    }

    /// The mentions of a person by the ids they were known by. Those that came after others were joined with the person
    /// belong to no part, and those that come only now need not be told.
    fn parts(&self, group: u32, person: &PersonId) -> Vec<PersonPart> {
        let used = &self.used;
        let mut parts: BTreeMap<(bool, &str), Vec<MentionKey>> = BTreeMap::new();
        let mut late = Vec::new();
        for key in self.members.get(&group).into_iter().flatten() {
            let Before { now, own } = self.remembered.before(key, &self.shown.people);
            let own = own.filter(|own| *own == person.as_str() || !used.contains(own));
            let was = match now {
                Some(now) if now == person.as_str() => own,
                Some(now) if !used.contains(now) => Some(own.unwrap_or(now)),
                Some(_) => Some(own.unwrap_or(person.as_str())),
                None => None,
            };
            match was {
                Some(was) => parts.entry((was != person.as_str(), was)).or_default().extend(mention(key)),
                None => late.extend(mention(key)),
            }
        }
        if parts.is_empty() {
            parts.insert((false, person.as_str()), late);
        }
        parts.retain(|_, mentions| !mentions.is_empty());
        let part = |((_, was), mentions): ((bool, &str), _)| PersonPart { was: was.into(), mentions };
        parts.into_iter().map(part).collect()
    }
}

/// A mention's key from its text.
fn mention(text: &str) -> Option<MentionKey> {
    let (feed, row_key) = text.split_once('|')?;
    Some(MentionKey { feed: feed.into(), row_key: row_key.to_owned() })
}

/// Decisions that were not in the picture yet.
struct Decided<'a> {
    /// The fact, what was decided, and the mentions of both sides with their people before and after.
    new: Vec<(u64, LinkVerdict, [Side<'a>; 2])>,
}

/// The people of one side's mentions, before and after.
#[derive(Default)]
struct Side<'a> {
    before: BTreeSet<&'a str>,
    after: BTreeSet<&'a str>,
}

impl<'a> Decided<'a> {
    fn of(telling: &'a Telling<'a>, decisions: &[Told]) -> Self {
        let new: Vec<&Told> = decisions.iter().filter(|(seq, _)| *seq > telling.shown.seq).collect();
        let mut groups: HashMap<&str, u32> = HashMap::new();
        if !new.is_empty() {
            let all = telling.grouped.keys.iter().zip(telling.grouped.cluster);
            groups.extend(all.filter_map(|(key, group)| Some(((*key)?, *group))));
        }
        let side = |a: &MentionKey, with: &[MentionKey]| {
            let mut side = Side::default();
            for key in with.iter().chain([a]) {
                let key = key_text(key);
                side.before.extend(telling.remembered.before(&key, &telling.shown.people).now);
                let group = groups.get(key.as_str());
                side.after.extend(group.and_then(|group| telling.wanted.ids.get(group)).map(String::as_str));
            }
            side
        };
        let new = new
            .into_iter()
            .map(|(seq, d)| (*seq, d.verdict, [side(&d.a, &d.with_a), side(&d.b, &d.with_b)]))
            .collect();
        Self { new }
    }

    /// The newest decision that an event follows from.
    fn on(&self, kind: EventKind, person: &str, other: &str) -> Option<u64> {
        let across = |one: &BTreeSet<&str>, two: &BTreeSet<&str>| {
            (one.contains(person) && two.contains(other)) || (one.contains(other) && two.contains(person))
        };
        let caused = |(_, verdict, [a, b]): &&(u64, LinkVerdict, [Side<'_>; 2])| match kind {
            EventKind::Merged => *verdict == LinkVerdict::Same && across(&a.before, &b.before),
            EventKind::Split | EventKind::Moved => {
                *verdict == LinkVerdict::NotSame && across(&a.after, &b.after)
            }
            EventKind::Gone => false,
        };
        self.new.iter().filter(caused).map(|(seq, _, _)| *seq).max()
    }
}

#[cfg(test)]
#[path = "naming_tests.rs"]
mod tests;
