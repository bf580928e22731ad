//! The shapes of the picture: what pages, the API and exports show. No rules here, only words, so that one file
//! tells what the whole picture can say; reports over time and their pattern are in `courses`, next families in `suspicions`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::courses::*;
pub use super::suspicions::*;
use crate::ids::{AgencyId, FamilyId, HouseholdId, IncidentRef, PersonId, UnitId};
use crate::record::{Basis, EventKind, LifeStage, Name, Place, Record, RelationKind, Role, Sex, Verdict};
use crate::when::When;

/// A record with its times, its source and who its mentions are. The input of every rule of the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownRecord {
    /// Sequence number of its fact: the proof of whatever is drawn from it.
    pub seq: u64,
    /// Whose record it is.
    pub agency: AgencyId,
    /// When the agency recorded it.
    pub recorded: Option<When>,
    /// When Throughline received it.
    pub received: Timestamp,
    /// File it came in.
    pub file: String,
    /// What it says.
    pub record: Record,
    /// Who each of `record.people` is, in the same order.
    pub persons: Vec<PersonId>,
    /// From a confidential export: may shape nothing that is listed, searched or exported.
    pub sealed: bool,
}

/// Everything drawn from a set of records.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// Everyone.
    pub people: BTreeMap<PersonId, Person>,
    /// Police incidents.
    pub incidents: BTreeMap<IncidentRef, Incident>,
    /// Homes over time.
    pub households: BTreeMap<HouseholdId, Household>,
    /// Families.
    pub families: BTreeMap<FamilyId, Family>,
    /// Every child of every household, the unborn too.
    pub children: Vec<Child>,
    /// Each person causing harm.
    pub harm: BTreeMap<PersonId, HarmProfile>,
    /// Those who caused harm and have joined another family: confirmed by a person, or with harm recorded there. In the picture
    /// of the whole area all that signs tell of.
    pub next_families: Vec<NextFamily>,
    /// Every such suspicion that is a person's to confirm, confirmed or not. Nothing else is drawn from those that are not.
    pub asked: Vec<AskedFamily>,
    /// What is recorded of who controls whom, by who does it.
    pub control: BTreeMap<PersonId, Control>,
    /// What must lead to a fresh look at the risk, newest first.
    pub critical: Vec<CriticalPoint>,
    /// Every act that an agency reported, by who did it.
    pub reported: BTreeMap<PersonId, ReportedHarm>,
    /// Pupils on the roll of each school, by agency and unit.
    pub on_roll: BTreeMap<(AgencyId, UnitId), BTreeSet<PersonId>>,
}

/// Where something comes from. Every line that is shown carries one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// The agency.
    pub agency: AgencyId,
    /// Sequence number of the fact.
    pub seq: u64,
    /// When the agency recorded it.
    pub recorded: Option<When>,
}

/// One person as all records together tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Person {
    /// Stable id.
    pub id: PersonId,
    /// The name to show: the most supported official one.
    pub name: String,
    /// Every name recorded, most supported first.
    pub names: Vec<NameSeen>,
    /// Date of birth most supported.
    pub born: Option<When>,
    /// Other dates of birth on record.
    pub born_otherwise: Vec<When>,
    /// Expected date of birth of a child not yet born.
    pub expected: Option<Date>,
    /// Sex most supported; agencies may differ.
    pub sex: Option<Sex>,
    /// Child, adult, unborn, on the day the picture is drawn for.
    pub stage: LifeStage,
    /// Where they live and lived, with sources, oldest first.
    pub residences: Vec<Stay>,
    /// Phone numbers with sources.
    pub phones: Vec<Supported>,
    /// Shared numbers, with sources and verdicts.
    pub identifiers: Vec<IdentifierSeen>,
    /// To whom they are related and on whose word.
    pub relations: Vec<RelationSeen>,
    /// Families they are part of.
    pub families: Vec<FamilyId>,
    /// How many records of each agency name them. An agency that is absent has sent nothing: not "not involved".
    pub records: BTreeMap<AgencyId, u32>,
}

/// A name with those who use it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NameSeen {
    /// The name.
    pub name: Name,
    /// First and last time it was recorded.
    pub first: Option<When>,
    /// Last time it was recorded.
    pub last: Option<When>,
    /// Where (at most the first eight).
    pub sources: Vec<Source>,
    /// How many mentions use it.
    pub count: u32,
}

/// A text with those who hold it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Supported {
    /// The text.
    pub text: String,
    /// Where.
    pub sources: Vec<Source>,
}

/// A shared number with those who hold it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IdentifierSeen {
    /// Kind, as people say it: "NHS number".
    pub label: String,
    /// The number.
    pub value: String,
    /// What its check says.
    pub verdict: Verdict,
    /// Where.
    pub sources: Vec<Source>,
}

/// Somebody's time in a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stay {
    /// Who.
    pub person: PersonId,
    /// Which home.
    pub household: HouseholdId,
    /// The place, or a kept one.
    pub place: Place,
    /// First day known.
    pub from: Option<When>,
    /// Last day known; `None` while nobody recorded that they left.
    pub to: Option<When>,
    /// On what ground.
    pub basis: Basis,
    /// Who says so, strongest ground first.
    pub sources: Vec<Source>,
}

/// A relationship on somebody's word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RelationSeen {
    /// The other person.
    pub to: PersonId,
    /// What this person is to the other.
    pub is: RelationKind,
    /// Words used.
    pub words: String,
    /// First time recorded.
    pub first: Option<When>,
    /// Last time recorded.
    pub last: Option<When>,
    /// Where (at most the first eight).
    pub sources: Vec<Source>,
}

/// One incident with everyone's part in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Incident {
    /// Reference.
    pub reference: IncidentRef,
    /// When it happened.
    pub at: When,
    /// When it was reported.
    pub reported: Option<When>,
    /// Offence, in the agency's words.
    pub offence: String,
    /// Home Office code, normal form.
    pub code: String,
    /// Whether it is domestic: flagged so, or between people who are personally connected.
    pub domestic: bool,
    /// Why we treat it as domestic or not, in one sentence.
    pub domestic_because: String,
    /// Harm class 0–4 of the offence code (area scale).
    pub harm_class: u8,
    /// Grade the agency gave.
    pub grade: Option<String>,
    /// Outcome the agency recorded.
    pub outcome: Option<String>,
    /// The officer's words.
    pub narrative: Option<String>,
    /// Where.
    pub place: Option<Place>,
    /// Everyone's part.
    pub involved: Vec<InvolvedPerson>,
    /// Children of the household on that day whom the record does not name.
    pub children_not_named: Vec<PersonId>,
    /// Proof.
    pub sources: Vec<Source>,
}

/// One person's part in an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InvolvedPerson {
    /// Who.
    pub person: PersonId,
    /// In which roles: somebody may be recorded as suspect and as victim (counter-allegation).
    pub roles: Vec<Role>,
    /// What they are to the other main party, in the agency's words.
    pub relation: String,
    /// For a child: seen, alone, spoken to.
    pub contact: Option<crate::record::ChildContact>,
    /// Proof.
    pub source: Source,
}

/// A home over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Household {
    /// Id that says nothing about where it is.
    pub id: HouseholdId,
    /// The place, or a kept one.
    pub place: Place,
    /// Who lived there when.
    pub stays: Vec<Stay>,
}

/// A family.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Family {
    /// Stable id.
    pub id: FamilyId,
    /// What to call it: the surname of the adult who is harmed, without a first name.
    pub name: String,
    /// Everyone in it, persons causing harm first, then adults harmed, children, others.
    pub members: Vec<FamilyMember>,
    /// Incidents, newest first.
    pub incidents: Vec<IncidentRef>,
    /// Last time anything was recorded.
    pub last_event: Option<When>,
    /// The response that reaches furthest: a plan, an assessment, a programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasting: Option<Lasting>,
    /// Agencies that hold records about its members, with the number of records.
    pub records: BTreeMap<AgencyId, u32>,
    /// What nobody has told, in plain sentences ("Nothing from housing", "His date of birth is not known").
    pub not_known: Vec<String>,
}

/// A response that answers for longer than one incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Lasting {
    /// What it is.
    pub kind: EventKind,
    /// From when.
    pub at: When,
    /// Until when it reaches, as far as recorded; the day of the picture where it goes on.
    pub until: When,
    /// Proof.
    pub source: Source,
}

/// Somebody's place in a family.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FamilyMember {
    /// Who.
    pub person: PersonId,
    /// As what.
    pub part: FamilyPart,
    /// Why they are in it, in one sentence.
    pub because: String,
    /// Proof.
    pub sources: Vec<Source>,
}

/// Parts people have in a family. Of the family, never of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FamilyPart {
    /// Causes or caused harm to somebody in it.
    CausingHarm,
    /// Adult who is or was harmed.
    Harmed,
    /// Child living there or visiting, of any of the adults.
    Child,
    /// Child not yet born.
    Unborn,
    /// Former or new partner of one of the adults.
    Partner,
    /// Parent of a child, where no harm is recorded.
    Parent,
    /// Other relative who may be at risk or hold information.
    Relative,
}

/// One line of the list in which no child is missed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Child {
    /// Who.
    pub person: PersonId,
    /// In which family; empty for a child known to agencies with no recorded abuse around them.
    pub family: FamilyId,
    /// Not yet born.
    pub unborn: bool,
    /// Age in whole years, when known.
    pub age: Option<u8>,
    /// Last time anybody saw them.
    pub last_seen: Option<ContactSeen>,
    /// Last time they were seen alone.
    pub last_alone: Option<ContactSeen>,
    /// Last time they were spoken to.
    pub last_spoken: Option<ContactSeen>,
    /// The first incident in their family.
    pub first_incident: Option<When>,
    /// The latest incident in their family.
    pub last_incident: Option<When>,
    /// Agencies with records about this child.
    pub known_to: Vec<AgencyId>,
    /// Why somebody must look now, in one sentence; empty when nothing is missing.
    pub gap: String,
    /// School, where on a roll.
    pub school: Option<String>,
}

impl Child {
    /// Whether abuse is recorded around them and at most one agency's records tell of them: whatever the others know is not
    /// joined to it yet. As far as these records go.
    #[must_use]
    pub fn one_agency_only(&self) -> bool {
        self.first_incident.is_some() && self.known_to.len() <= 1
    }
}

/// Somebody saw a child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ContactSeen {
    /// When.
    pub at: When,
    /// Who saw them, by role or name.
    pub by: String,
    /// Proof.
    pub source: Source,
}

/// A person causing harm: what is known about them and whom they are near.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HarmProfile {
    /// Who.
    pub person: PersonId,
    /// Families, the one with the latest record first.
    pub families: Vec<FamilyId>,
    /// Adults harmed, with the first and last incident.
    pub victims: Vec<Harmed>,
    /// Children of every household they live or lived in, or whose parent they harmed.
    pub children: Vec<PersonId>,
    /// Whom they live with or visit now, as far as recorded.
    pub near_now: Vec<NearNow>,
    /// Incidents as the one causing harm, newest first.
    pub incidents: Vec<IncidentRef>,
    /// Incidents in which they are also recorded as victim (counter-allegations), never netted.
    pub counter: Vec<IncidentRef>,
    /// Orders, custody, release, recall, breach, programmes: oldest first.
    pub justice: Vec<JusticeEntry>,
    /// Whether they are in custody now, as far as recorded, since when.
    pub in_custody_since: Option<When>,
    /// What stands out, in plain sentences ("Released on 3 May 2025", "Third household since 2024").
    pub flags: Vec<Flag>,
    /// What nobody has told.
    pub not_known: Vec<String>,
}

/// An adult harmed by somebody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Harmed {
    /// Who.
    pub person: PersonId,
    /// First incident or disclosure.
    pub first: Option<When>,
    /// Latest.
    pub last: Option<When>,
    /// How many incidents.
    pub incidents: u32,
}

/// Somebody near a person causing harm now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NearNow {
    /// Who.
    pub person: PersonId,
    /// In which home.
    pub household: HouseholdId,
    /// Why we think so.
    pub because: String,
    /// Proof.
    pub source: Source,
}

/// An entry about courts, prison or probation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct JusticeEntry {
    /// What kind.
    pub kind: EventKind,
    /// When.
    pub at: When,
    /// Until when.
    pub until: Option<When>,
    /// One line.
    pub title: String,
    /// The agency's words.
    pub text: Option<String>,
    /// Outcome.
    pub outcome: Option<String>,
    /// Proof.
    pub source: Source,
}

/// Something that stands out, with its proof.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Flag {
    /// The sentence.
    pub text: String,
    /// From when.
    pub at: Option<When>,
    /// Proof.
    pub sources: Vec<Source>,
}

/// One sign of a next family.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sign {
    /// When it was recorded.
    pub at: When,
    /// In words.
    pub text: String,
    /// Proof.
    pub source: Source,
}

/// What agencies recorded of one person's control over others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Control {
    /// Who controls.
    pub person: PersonId,
    /// Over whom.
    pub over: Vec<PersonId>,
    /// Every domain of the partnership's list, seen or not.
    pub domains: Vec<ControlDomain>,
    /// From when enough domains had been seen on enough days to call it a pattern; `None` while they have not.
    pub pattern_since: Option<When>,
    /// From when it had been seen on enough days, and on more days than incidents were reported.
    pub leading_since: Option<When>,
    /// From when it had been seen so often that it is called sustained.
    pub sustained_since: Option<When>,
}

/// One way in which control shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ControlDomain {
    /// Its name in the partnership's list.
    pub name: String,
    /// As people read it.
    pub label: String,
    /// How many records tell of it; 0 is "not seen", never "does not happen".
    pub times: u32,
    /// Whether anybody is recorded as having asked about it.
    pub asked: bool,
    /// First time it was recorded.
    pub first: Option<When>,
    /// Last time it was recorded.
    pub last: Option<When>,
    /// The records (at most the first eight).
    pub signs: Vec<Sign>,
}

/// Something that must lead to a fresh look at the risk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CriticalPoint {
    /// Its id: says nothing about whom it concerns.
    pub id: String,
    /// Kind, as the partnership's list names it.
    pub kind: String,
    /// Its place in the list of 24.
    pub number: u8,
    /// Kind, as people read it.
    pub label: String,
    /// When it happened, or will.
    pub at: When,
    /// The first day on which a reader could see it.
    pub first_visible: Date,
    /// Who causes harm, where that is known.
    pub causing_harm: Option<PersonId>,
    /// The adult harmed, where that is known.
    pub harmed: Option<PersonId>,
    /// Whose family it is.
    pub family: Option<FamilyId>,
    /// What happened and why it matters, in one or two sentences.
    pub because: String,
    /// How soon a fresh look is due, in words.
    pub clock: String,
    /// The day by which it is due.
    pub due: Date,
    /// Known before it comes.
    pub ahead: bool,
    /// Nobody has looked afresh and the day is over.
    pub overdue: bool,
    /// The fresh look that answered it.
    pub answered: Option<Answered>,
    /// Every record that tells of it, oldest first (at most the first eight).
    pub signs: Vec<Sign>,
}

/// A fresh look at the risk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Answered {
    /// When.
    pub at: When,
    /// Proof.
    pub source: Source,
}

/// One line of a chronology, with its three times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// When it happened.
    pub at: When,
    /// Until when.
    pub until: Option<When>,
    /// When the agency recorded it.
    pub recorded: Option<When>,
    /// When Throughline received it.
    pub received: Timestamp,
    /// Whose record.
    pub agency: AgencyId,
    /// Kind.
    pub kind: EventKind,
    /// One line.
    pub title: String,
    /// The agency's text.
    pub text: Option<String>,
    /// Who wrote it.
    pub by: Option<String>,
    /// Whom it concerns and in which role.
    pub people: Vec<(PersonId, Role)>,
    /// Reference of the incident, where it is one.
    pub incident: Option<IncidentRef>,
    /// For a child: seen, alone, spoken to.
    pub contact: Option<crate::record::ChildContact>,
    /// Other fields by our names.
    pub details: BTreeMap<String, String>,
    /// Sequence number of its fact.
    pub seq: u64,
}

/// What one looks through: everything, or what was known on a day, to an agency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Viewpoint {
    /// Only what was recorded by the end of this day.
    pub as_known_on: Option<Date>,
    /// Only what this agency had recorded itself.
    pub known_to: Option<AgencyId>,
}

/// How fresh an agency's data is, so that silence is never read as "not involved".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Freshness {
    /// The agency.
    pub agency: AgencyId,
    /// Last time a file of theirs was received.
    pub received: Option<Timestamp>,
    /// Latest day that their records speak of.
    pub latest_event: Option<When>,
    /// Files received.
    pub deliveries: u32,
    /// Rows still put aside.
    pub put_aside: u32,
}

/// The queue of the area.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Today {
    /// What must not wait, first things first.
    pub items: Vec<TodayItem>,
}

/// One line of the queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TodayItem {
    /// Which part of the page: `since_yesterday`, `hard_flag`, `child_not_spoken_to`, `next_family_to_confirm`,
    /// `next_family`, `critical_point`, `change_seen`, `harm_expected`, `short_term_only`, `no_lead`, `audit`,
    /// `repeat_incidents`.
    pub group: String,
    /// Place within the group, from 1.
    pub rank: u32,
    /// The family it is about.
    pub family: Option<FamilyId>,
    /// The person it is about.
    pub person: Option<PersonId>,
    /// Why it is here, in one sentence.
    pub because: String,
    /// The rule that put it here, in one sentence, the same for all of its group.
    pub rule: String,
    /// Since when.
    pub since: Option<When>,
    /// Proof.
    pub sources: Vec<Source>,
    /// How sure its place is, on the lists of whom to look at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<ListPlace>,
}

/// A place on a list, with its doubt, and other measures to hold it against. Everything is reckoned among those whom the
/// reader sees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListPlace {
    /// People causing harm whom the list was drawn among.
    pub of: u32,
    /// One reading in twenty puts them higher than this.
    pub low90: Option<u32>,
    /// One in twenty lower.
    pub high90: Option<u32>,
    /// How likely they are among the first.
    pub in_first: Option<f64>,
    /// Whether something must be decided whatever the numbers say.
    pub hard: bool,
    /// A priority that anybody can reckon by hand.
    pub priority: PrioritySeen,
    /// What nobody has told about them.
    pub not_known: Vec<String>,
}

/// A priority that anybody can reckon by hand, from 0 to 100, with its four parts, and two simpler ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PrioritySeen {
    /// All four parts by their weights.
    pub score: u8,
    /// Place by it.
    pub rank: u32,
    /// How lately.
    pub recency: u8,
    /// How often.
    pub frequency: u8,
    /// How grave.
    pub gravity: u8,
    /// How many people.
    pub victims: u8,
    /// Place by the number of incidents alone.
    pub rank_by_count: u32,
    /// Place by the last incident alone.
    pub rank_by_last: u32,
}
