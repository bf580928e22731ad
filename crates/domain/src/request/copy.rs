//! The copy for those who asked: made from the holder's records at the moment it is opened, cut to what was granted with
//! the same rule that cuts records for pictures. It is never a record with parts struck out: what does not go is not
//! there, and nothing shows that it was.

use std::collections::BTreeSet;

use crate::ids::{AgencyId, PersonId};
use crate::picture::{Kept, KnownRecord, Settings, plain};
use crate::record::{Event, Mention, Place, RelationKind, Role, Who};
use crate::sharing::{Ask, Cut, Grade, Permits, Subject};

use super::facts::{Granted, InformationAnswered, Part, RowGranted};

/// People other than those it is about.
const OTHERS: &str = "THIRD";
/// Names of workers.
const WORKERS: &str = "PROF";

/// What a copy covers.
pub(super) struct Scope<'a> {
    /// The kinds of data that go.
    pub(super) granted: &'a [Granted],
    /// The rows it covers.
    pub(super) rows: &'a [RowGranted],
    /// Whether whoever causes harm to those it is about stays in it.
    pub(super) harming: bool,
    /// Words of names that do not go, besides those of people in the same row.
    pub(super) gone: BTreeSet<String>,
}

/// What was granted, as an answer to the questions of a cut.
struct Grants<'a>(&'a [Granted]);

impl Grants<'_> {
    fn of(&self, category: &str) -> Grade {
        let given = self.0.iter().find(|given| given.category == category);
        given.map_or(Grade::Absent, |given| match given.part {
            Part::All => Grade::Full,
            Part::Minimum => Grade::Brief,
        })
    }
}

impl Permits for Grants<'_> {
    fn grade(&self, ask: &Ask<'_>) -> Grade {
        self.of(ask.category)
    }
}

/// Who the people are now whom an answer is about. Where records have been parted since, those that stayed with the
/// people it names; nobody, where that cannot be told: a copy never shows what turned out to be somebody else's.
#[must_use]
pub fn people_now(records: &[KnownRecord], answer: &InformationAnswered) -> BTreeSet<PersonId> {
    let mut now = BTreeSet::new();
    for known in records {
        let row = |row: &&RowGranted| row.feed == known.record.feed && row.row_key == known.record.row_key;
        let Some(row) = answer.rows.iter().find(row) else { continue };
        let people = known.record.people.iter().zip(&known.persons);
        let named = people.filter(|(mention, _)| row.subs.contains(&mention.sub));
        now.extend(named.map(|(_, person)| person.clone()));
    }
    if now.len() > answer.about.len() {
        now.retain(|person| answer.about.contains(person));
    }
    now
}

/// The holder's records as they go to those who asked, in the order given. Only rows that the answer covers, only of the
/// agency that answered, never of a confidential export, and no place that must be kept.
#[must_use]
pub fn disclosed(
    records: &[KnownRecord],
    answer: &InformationAnswered,
    holder: &AgencyId,
    kept: &Kept,
    settings: &Settings,
) -> Vec<KnownRecord> {
    let scope = Scope { granted: &answer.granted, rows: &answer.rows, harming: true, gone: BTreeSet::new() };
    cut_to(records, &scope, holder, kept, settings)
}

/// The same for whatever a copy covers.
pub(super) fn cut_to(
    records: &[KnownRecord],
    scope: &Scope<'_>,
    holder: &AgencyId,
    kept: &Kept,
    settings: &Settings,
) -> Vec<KnownRecord> {
    let grants = Grants(scope.granted);
    let own = records.iter().filter(|known| known.agency == *holder && !known.sealed);
    own.filter_map(|known| {
        let row = scope
            .rows
            .iter()
            .find(|row| row.feed == known.record.feed && row.row_key == known.record.row_key)?;
        let others = grants.of(OTHERS) >= Grade::Brief;
        let only = of_those_asked_about(known, &row.subs, others, scope.harming);
        let gone = &names_gone(known, &only) | &scope.gone;
        let cut = Cut {
            seq: known.seq,
            subjects: vec![Subject::Victim],
            known: places(&only, |mention| row.subs.contains(&mention.sub)),
            harming: places(&only, |mention| causes_harm(&only, mention)),
            ..Cut::default()
        };
        let mut copy = cut.apply(&only, &grants)?;
        for event in &mut copy.record.events {
            if !others {
                leave_out_who_told(event);
            }
            leave_out(event, &gone, grants.of(WORKERS) == Grade::Full, kept, settings);
        }
        copy.record.residences.retain(|residence| may_be_told(&residence.place, kept, settings));
        for mention in &mut copy.record.people {
            // Numbers by which the holder finds its own rows are of no use to anybody else.
            (mention.local_refs, mention.groups, mention.link_key) = (Vec::new(), Vec::new(), None);
        }
        // A row that names people and from which all of them are gone was about somebody else.
        let named = known.record.people.is_empty() || !copy.record.people.is_empty();
        let tells = !copy.record.people.is_empty() || !copy.record.events.is_empty();
        (named && tells).then_some(copy)
    })
    .collect()
}

/// The record with those it is asked about and, where wanted, whoever causes them harm in it; with others only where their
/// data were granted too.
fn of_those_asked_about(known: &KnownRecord, subs: &[String], others: bool, harming: bool) -> KnownRecord {
    let mut only = known.clone();
    let stays =
        |mention: &Mention| others || subs.contains(&mention.sub) || (harming && causes_harm(known, mention));
    let keep: Vec<bool> = known.record.people.iter().map(stays).collect();
    let mut at = keep.iter();
    only.record.people.retain(|_| at.next().copied().unwrap_or_default());
    let mut at = keep.iter();
    only.persons.retain(|_| at.next().copied().unwrap_or_default());
    let left: Vec<String> = only.record.people.iter().map(|mention| mention.sub.clone()).collect();
    let here = |who: &Who| match who {
        Who::Here(sub) => left.contains(sub),
        Who::Local(_) | Who::Group(_) => false,
    };
    only.record.relations.retain(|relation| here(&relation.of) && here(&relation.to));
    only.record.residences.retain(|residence| here(&residence.who));
    for event in &mut only.record.events {
        event.involved.retain(|involved| here(&involved.who));
    }
    only
}

/// Names of those who are in the record and not in what goes of it, word by word; without the words that are also names of
/// somebody who stays.
fn names_gone(known: &KnownRecord, only: &KnownRecord) -> BTreeSet<String> {
    let stays = |mention: &&Mention| only.record.people.iter().any(|other| other.sub == mention.sub);
    let gone = known.record.people.iter().filter(|mention| !stays(mention));
    &words_of_names(gone) - &words_of_names(&only.record.people)
}

/// The names of some people, word by word.
pub(super) fn words_of_names<'m>(people: impl IntoIterator<Item = &'m Mention>) -> BTreeSet<String> {
    let names = people.into_iter().flat_map(|mention| &mention.names);
    let texts = names.flat_map(|name| name.forenames.iter().chain([&name.surname]));
    let words = texts.flat_map(|text| plain(text).split(' ').map(str::to_owned).collect::<Vec<_>>());
    words.filter(|word| word.chars().count() > 1).collect()
}

/// Whether somebody stands in a record as causing harm and not as harmed.
pub(super) fn causes_harm(known: &KnownRecord, mention: &Mention) -> bool {
    let here = |who: &Who| matches!(who, Who::Here(sub) if *sub == mention.sub);
    let has = |role: Role| {
        known
            .record
            .events
            .iter()
            .any(|event| event.involved.iter().any(|one| here(&one.who) && one.role == role))
    };
    let said = known
        .record
        .relations
        .iter()
        .any(|relation| relation.is == RelationKind::CausesHarmTo && here(&relation.of));
    (has(Role::CausingHarm) || said) && !has(Role::Victim)
}

fn places(known: &KnownRecord, are: impl Fn(&Mention) -> bool) -> Vec<u16> {
    let people = known.record.people.iter().enumerate().filter(|(_, mention)| are(mention));
    people.filter_map(|(at, _)| u16::try_from(at).ok()).collect()
}

fn may_be_told(place: &Place, kept: &Kept, settings: &Settings) -> bool {
    match place {
        Place::Known(address) => kept.is(address, settings).is_none(),
        Place::Kept(_) => false,
    }
}

/// Takes out who brought it to the holder: that is about them.
fn leave_out_who_told(event: &mut Event) {
    if let Some(source) = event.details.remove("source")
        && event.title.contains(&source)
    {
        event.kind.label().clone_into(&mut event.title);
    }
}

/// Takes out whatever tells of a place that must be kept or names somebody who does not go: the whole text, for a gap in it
/// would tell too. Names of workers go only where they were granted.
fn leave_out(event: &mut Event, gone: &BTreeSet<String>, workers: bool, kept: &Kept, settings: &Settings) {
    let names = |text: &str| !gone.is_empty() && plain(text).split(' ').any(|word| gone.contains(word));
    let tells = |text: &str| kept.hush(text) != text || names(text);
    if event.place.as_ref().is_some_and(|place| !may_be_told(place, kept, settings)) {
        event.place = None;
    }
    if event.text.as_deref().is_some_and(tells) {
        event.text = None;
    }
    if tells(&event.title) {
        event.title.clear();
    }
    event.details.retain(|_, value| !tells(value));
    if !workers {
        event.by = None;
    }
}
