//! Which records an audience may know of at all, and how each is cut: from the people its agency works with, over the
//! policy's leave, to the person causing harm to them. The picture an audience sees is drawn from nothing else, so
//! what is hidden cannot show in a count, an order or a gap.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::ToSpan;
use jiff::civil::Date;

use super::asking::{Ask, Audience, Consent, Grade, Permits, Situation, Subject};
use super::cut::Cut;
use crate::ids::{AgencyId, PersonId};
use crate::picture::KnownRecord;
use crate::record::{EventKind, LifeStage, RelationKind, Role, Who};
use crate::risk::is_own_entry;

/// Categories that tell who causes harm to whom.
const TELLS_HARM: &[&str] = &["INC", "DISC", "SOC"];
/// Identity and dates of birth.
const IDENTITY: &str = "ID";
/// Who works with somebody.
const WORKERS: &str = "PROF";
/// Kinds of data that never tell that an agency works with somebody.
const NEVER_TELLS: &[&str] = &["DISC", "SEXH", "IMM"];

/// How far back things count. What a partnership agrees on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Months for which an agency works with somebody after its last record of them.
    pub works_with_months: i32,
    /// Days for which an incident counts as lately reported.
    pub lately_days: i32,
    /// Days for which a grade of risk and an enquiry count.
    pub graded_days: i32,
    /// Days for which an instruction for safe contact can be relied on.
    pub safe_contact_days: i32,
}

/// Records with what every audience's sieve needs to know of them, worked out once.
pub struct Sieve<'a> {
    records: &'a [KnownRecord],
    /// Whom each record is about, and in which part they stand in it.
    about: Vec<Vec<(PersonId, Subject)>>,
    situations: BTreeMap<PersonId, Situation>,
    reach: Reach,
    on: Date,
}

impl<'a> Sieve<'a> {
    /// Gets records ready. `about` tells whom each record is about, in the order of `records`: those it names, those it
    /// means by an agency's number, and everybody of the incident it is a row of.
    #[must_use]
    pub fn new(records: &'a [KnownRecord], about: Vec<Vec<PersonId>>, reach: Reach, on: Date) -> Self {
        let situations = super::situation::situations(records, &about, reach, on);
        let parts = Parts::of(records, on);
        let about = records
            .iter()
            .zip(about)
            .map(|(known, people)| {
                let part = |person: PersonId| {
                    let subject = parts.subject(known, &person);
                    (person, subject)
                };
                people.into_iter().map(part).collect()
            })
            .collect();
        Self { records, about, situations, reach, on }
    }

    /// People an agency works with: it holds a record of theirs that is recent or still open.
    #[must_use]
    pub fn works_with(&self, agency: &AgencyId) -> BTreeSet<&PersonId> {
        self.works_with_by(agency, |_| true)
    }

    /// The same, going by some of its records only.
    fn works_with_by(&self, agency: &AgencyId, counts: impl Fn(&KnownRecord) -> bool) -> BTreeSet<&PersonId> {
        let from = self.on.checked_sub(self.reach.works_with_months.months()).unwrap_or(self.on);
        let recent = |known: &KnownRecord| {
            let recorded = known.recorded.is_some_and(|when| when.last_day() >= from);
            let events = &known.record.events;
            recorded
                || events.iter().any(|event| {
                    let open = event.until.is_none() && stays_open(event.kind);
                    open || event.at.last_day() >= from
                        || event.until.is_some_and(|until| until.last_day() >= from)
                })
                || (known.recorded.is_none() && events.is_empty())
        };
        let own = self.records.iter().zip(&self.about);
        let own = own
            .filter(|(known, _)| known.agency == *agency && !known.sealed && counts(known) && recent(known))
            .filter(|(known, _)| !is_own_entry(&known.record));
        own.flat_map(|(_, about)| about.iter().map(|(person, _)| person)).collect()
    }

    /// How every record of other agencies that an audience may know of is cut for it, in the order of the records. Its
    /// own agency's records are not cut.
    #[must_use]
    pub fn cuts(&self, audience: &Audience, permits: &dyn Permits) -> Vec<Cut> {
        let near = self.works_with(&audience.agency);
        let mut cuts: BTreeMap<usize, Cut> = BTreeMap::new();
        let mut harming: BTreeSet<&PersonId> = BTreeSet::new();
        for (at, (known, about)) in self.records.iter().zip(&self.about).enumerate() {
            if known.sealed {
                continue;
            }
            let own = known.agency == audience.agency;
            let through: Vec<&(PersonId, Subject)> =
                about.iter().filter(|(person, _)| near.contains(person)).collect();
            if !own && through.is_empty() {
                continue;
            }
            let cut = (!own).then(|| self.cut(known, &through));
            if cut.as_ref().is_none_or(|cut| self.tells(known, cut, permits)) && !through.is_empty() {
                let told = about.iter().filter(|(_, subject)| *subject == Subject::PersonCausingHarm);
                harming.extend(told.map(|(person, _)| person));
            }
            cuts.extend(cut.map(|cut| (at, cut)));
        }
        for (at, (known, about)) in self.records.iter().zip(&self.about).enumerate() {
            if known.sealed || known.agency == audience.agency {
                continue;
            }
            let through: Vec<&(PersonId, Subject)> =
                about.iter().filter(|(person, _)| harming.contains(person)).collect();
            if through.is_empty() {
                continue;
            }
            let cut = cuts.entry(at).or_insert_with(|| {
                let as_harming: Vec<(PersonId, Subject)> =
                    through.iter().map(|(person, _)| (person.clone(), Subject::PersonCausingHarm)).collect();
                self.cut(known, &as_harming.iter().collect::<Vec<_>>())
            });
            cut.harming = places(known, |person| harming.contains(person) && !near.contains(person));
        }
        let known_of = |at: usize, cut: Cut| {
            let known = self.records.get(at)?;
            let cut = Cut { known: places(known, |person| near.contains(person)), ..cut };
            cut.apply(known, permits).is_some().then_some(cut)
        };
        cuts.into_iter().filter_map(|(at, cut)| known_of(at, cut)).collect()
    }

    /// Agencies that work with somebody the audience's agency works with, too, and of whose records it may know nothing:
    /// where the policy lets it know that they are there, so that it can ask them. `cuts` are this audience's.
    #[must_use]
    pub fn involved(
        &self,
        audience: &Audience,
        cuts: &[Cut],
        permits: &dyn Permits,
    ) -> BTreeMap<PersonId, BTreeSet<AgencyId>> {
        let near = self.works_with(&audience.agency);
        let seen: BTreeSet<u64> = cuts.iter().map(|cut| cut.seq).collect();
        let mut found: BTreeMap<PersonId, BTreeSet<AgencyId>> = BTreeMap::new();
        let mut shown: BTreeSet<(&PersonId, &AgencyId)> = BTreeSet::new();
        let mut working: BTreeMap<&AgencyId, BTreeSet<&PersonId>> = BTreeMap::new();
        for (known, about) in self.records.iter().zip(&self.about) {
            if known.sealed || known.agency == audience.agency {
                continue;
            }
            let theirs =
                working.entry(&known.agency).or_insert_with(|| self.works_with_by(&known.agency, may_tell));
            for (person, subject) in about.iter().filter(|(person, _)| near.contains(person)) {
                if seen.contains(&known.seq) {
                    shown.insert((person, &known.agency));
                    continue;
                }
                let ask = Ask {
                    holder: &known.agency,
                    category: WORKERS,
                    subject: *subject,
                    consent: consent(known),
                    situation: self.situations.get(person).copied().unwrap_or_default(),
                };
                if may_tell(known) && theirs.contains(person) && permits.grade(&ask) >= Grade::Brief {
                    found.entry(person.clone()).or_default().insert(known.agency.clone());
                }
            }
        }
        for (person, agency) in shown {
            if let Some(agencies) = found.get_mut(person) {
                agencies.remove(agency);
            }
        }
        found.retain(|_, agencies| !agencies.is_empty());
        found
    }

    fn cut(&self, known: &KnownRecord, through: &[&(PersonId, Subject)]) -> Cut {
        let subjects: BTreeSet<Subject> = through.iter().map(|(_, subject)| *subject).collect();
        let situation = through.iter().filter_map(|(person, _)| self.situations.get(person));
        Cut {
            seq: known.seq,
            subjects: subjects.into_iter().collect(),
            consent: consent(known),
            situation: situation.copied().fold(Situation::default(), Situation::worst),
            ..Cut::default()
        }
    }

    /// Whether what the audience may see of a record tells who causes harm: what happened in it, or how those it names are
    /// related, which goes with their identity.
    fn tells(&self, known: &KnownRecord, cut: &Cut, permits: &dyn Permits) -> bool {
        let related = known.record.relations.iter().any(|relation| relation.is == RelationKind::CausesHarmTo);
        if related && cut.grade(&known.agency, IDENTITY, permits) == Grade::Full {
            return true;
        }
        let mut kinds = known.record.events.iter().map(|event| event.kind.category());
        kinds
            .any(|kind| TELLS_HARM.contains(&kind) && cut.grade(&known.agency, kind, permits) >= Grade::Brief)
    }
}

/// Records as an audience may have them: those of its own agency whole, others cut, the rest left out.
#[must_use]
pub fn cut_all(
    records: &[KnownRecord],
    audience: &Audience,
    cuts: &[Cut],
    permits: &dyn Permits,
) -> Vec<KnownRecord> {
    let by_seq: HashMap<u64, &Cut> = cuts.iter().map(|cut| (cut.seq, cut)).collect();
    let seen = |known: &KnownRecord| match known.agency == audience.agency {
        true => (!known.sealed).then(|| known.clone()),
        false => by_seq.get(&known.seq)?.apply(known, permits),
    };
    records.iter().filter_map(seen).collect()
}

fn places(known: &KnownRecord, are: impl Fn(&PersonId) -> bool) -> Vec<u16> {
    let people = known.persons.iter().enumerate().filter(|(_, person)| are(person));
    people.filter_map(|(at, _)| u16::try_from(at).ok()).collect()
}

/// Whether a record may tell by itself that its agency works with somebody: not where somebody may have disclosed in it.
fn may_tell(known: &KnownRecord) -> bool {
    let told = |kind: EventKind| {
        NEVER_TELLS.contains(&kind.category())
            || matches!(kind, EventKind::RoutineEnquiry | EventKind::Flag | EventKind::SchoolConcern)
    };
    !known.record.events.iter().any(|event| told(event.kind))
}

/// Work that goes on until the agency says it has ended.
fn stays_open(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::Enrolment
            | EventKind::TenancyMember
            | EventKind::ChildInNeedPlan
            | EventKind::ChildProtectionPlan
            | EventKind::Supervision
            | EventKind::Pregnancy
            | EventKind::ServiceReferral
    )
}

fn consent(known: &KnownRecord) -> Consent {
    let told = known.record.events.iter().find_map(|event| event.details.get("consent"));
    match told.map(|words| words.trim().to_lowercase()).as_deref() {
        Some("yes" | "y" | "given" | "true") => Consent::Given,
        Some("no" | "n" | "refused" | "false") => Consent::Refused,
        _ => Consent::NotSought,
    }
}

/// In which part people stand, row by row and incident by incident.
struct Parts<'a> {
    /// By agency and reference, where several rows tell of one incident.
    of_incident: HashMap<(&'a AgencyId, &'a str, &'a PersonId), Subject>,
    on: Date,
}

impl<'a> Parts<'a> {
    fn of(records: &'a [KnownRecord], on: Date) -> Self {
        let mut of_incident = HashMap::new();
        for known in records.iter().filter(|known| !known.sealed) {
            for event in &known.record.events {
                let Some(reference) = event.reference.as_deref() else { continue };
                for (at, person) in known.persons.iter().enumerate() {
                    let subject = of_row(known, at, on);
                    let held = of_incident.entry((&known.agency, reference, person)).or_insert(subject);
                    // Recorded in both parts: counter-allegation. The part that is kept closer counts.
                    *held = (*held).min(subject);
                }
            }
        }
        Self { of_incident, on }
    }

    fn subject(&self, known: &KnownRecord, person: &PersonId) -> Subject {
        if let Some(at) = known.persons.iter().position(|of| of == person) {
            let own = of_row(known, at, self.on);
            let references = known.record.events.iter().filter_map(|event| event.reference.as_deref());
            let others = references
                .filter_map(|reference| self.of_incident.get(&(&known.agency, reference, person)))
                .copied();
            return others.fold(own, Ord::min);
        }
        let references = known.record.events.iter().filter_map(|event| event.reference.as_deref());
        let told = references
            .filter_map(|reference| self.of_incident.get(&(&known.agency, reference, person)))
            .min()
            .copied();
        told.unwrap_or_else(|| of_kind(known))
    }
}

/// The part of the person a row names at this place.
fn of_row(known: &KnownRecord, at: usize, on: Date) -> Subject {
    let Some(mention) = known.record.people.get(at) else { return Subject::Victim };
    let here = |who: &Who| matches!(who, Who::Here(sub) if *sub == mention.sub);
    let involved = known.record.events.iter().flat_map(|event| &event.involved);
    let roles: BTreeSet<Role> = involved.filter(|i| here(&i.who)).map(|i| i.role).collect();
    let said_to_harm = known
        .record
        .relations
        .iter()
        .any(|relation| relation.is == RelationKind::CausesHarmTo && here(&relation.of));
    let grown = |born: crate::when::When| {
        on.checked_sub(18.years()).is_ok_and(|majority| born.last_day() <= majority)
    };
    let child = match mention.stage {
        LifeStage::Child => true,
        LifeStage::Unknown => {
            mention.born.is_some_and(|born| !grown(born)) || mention.age.is_some_and(|a| a < 18)
        }
        LifeStage::Adult | LifeStage::Unborn => false,
    };
    if mention.stage == LifeStage::Unborn {
        Subject::Unborn
    } else if child || roles.contains(&Role::ChildPresent) || roles.contains(&Role::ChildOfHousehold) {
        Subject::Child
    } else if roles.contains(&Role::Victim) {
        Subject::Victim
    } else if roles.contains(&Role::CausingHarm) || said_to_harm {
        Subject::PersonCausingHarm
    } else {
        of_kind(known)
    }
}

/// The part of somebody whom a row means without a role: what kind of row it is tells.
fn of_kind(known: &KnownRecord) -> Subject {
    let mut kinds = known.record.events.iter().map(|event| event.kind.category());
    match kinds.next() {
        Some("CRIM" | "PERP" | "ORD") => Subject::PersonCausingHarm,
        Some("EDU" | "SOC") => Subject::Child,
        _ => Subject::Victim,
    }
}
