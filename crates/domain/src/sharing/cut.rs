//! What one record becomes for one audience: the parts its agency's policy lets them have, and nothing that shows
//! where a part was taken out. Applied twice: when pictures are drawn, and again on every reading.

use serde::{Deserialize, Serialize};

use super::asking::{Ask, Consent, Grade, Permits, Situation, Subject};
use crate::ids::AgencyId;
use crate::picture::KnownRecord;
use crate::record::{Event, EventKind, Involved, Mention, Place, Who};

/// Identity and dates of birth.
const IDENTITY: &str = "ID";
/// Where somebody harmed, or a child, is or can be reached.
const LOCATION: &str = "LOC";
/// Where a person causing harm is.
const WHEREABOUTS: &str = "PERP";
/// Categories of single fields, where they differ from that of their event.
const OF_FIELDS: &[(&str, &str)] = &[
    ("grade", "RISK"),
    ("risk_score", "RISK"),
    ("rosh", "RISK"),
    ("safe_contact", "SAFE"),
    // The part of the area in which something happened.
    ("beat", "LOC"),
    // Where a child is on a weekday: whoever must not find the home could wait there.
    ("school", "LOC"),
    ("school_urn", "LOC"),
];
/// Fields that are there even where only the minimum may be seen: codes, no words of anybody.
const IN_BRIEF: &[&str] = &["offence_code", "da_flag", "outcome", "relation_kind", "relation_words"];

/// How one record is cut for one audience.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// The record's fact.
    pub seq: u64,
    /// In which parts those stand through whom the audience comes to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<Subject>,
    /// Whether they agreed.
    #[serde(default)]
    pub consent: Consent,
    /// How things stand for them.
    #[serde(default)]
    pub situation: Situation,
    /// Places in `people` of those the audience's agency works with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<u16>,
    /// Places in `people` of those whom this audience knows as causing harm to somebody it works with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub harming: Vec<u16>,
}

impl Cut {
    /// How much of a category this audience may have of this record.
    pub fn grade(&self, holder: &AgencyId, category: &'static str, permits: &dyn Permits) -> Grade {
        let ask = |subject: &Subject| Ask {
            holder,
            category,
            subject: *subject,
            consent: self.consent,
            situation: self.situation,
        };
        self.subjects.iter().map(|subject| permits.grade(&ask(subject))).max().unwrap_or_default()
    }

    /// The record as this audience may have it; nothing, where none of it may be seen.
    #[must_use]
    pub fn apply(&self, known: &KnownRecord, permits: &dyn Permits) -> Option<KnownRecord> {
        if known.sealed {
            return None;
        }
        let holder = &known.agency;
        let events: Vec<Event> =
            known.record.events.iter().filter_map(|event| self.event(event, holder, permits)).collect();
        let identity = self.grade(holder, IDENTITY, permits);
        let location = self.grade(holder, LOCATION, permits);
        let whereabouts = permits.grade(&Ask {
            holder,
            category: WHEREABOUTS,
            subject: Subject::PersonCausingHarm,
            consent: self.consent,
            situation: self.situation,
        });
        let place_of = |at: usize| if self.is(&self.harming, at) { whereabouts } else { location };

        let mut out = KnownRecord { record: crate::record::Record::default(), ..known.clone() };
        out.persons.clear();
        out.record.feed = known.record.feed.clone();
        out.record.row_key = known.record.row_key.clone();
        for (at, (mention, person)) in known.record.people.iter().zip(&known.persons).enumerate() {
            if let Some(mention) = self.mention(mention, at, identity, place_of(at)) {
                out.record.people.push(mention);
                out.persons.push(person.clone());
            }
        }
        let here = |who: &Who| match who {
            Who::Here(sub) => out.record.people.iter().any(|mention| &mention.sub == sub),
            Who::Local(_) | Who::Group(_) => identity >= Grade::Brief,
        };
        let place_in_row = |who: &Who| match who {
            Who::Here(sub) => known.record.people.iter().position(|mention| &mention.sub == sub),
            Who::Local(_) | Who::Group(_) => None,
        };
        let residences = known.record.residences.iter().filter(|residence| {
            let grade = place_in_row(&residence.who).map_or(location, place_of);
            grade == Grade::Full && here(&residence.who)
        });
        let residences = residences.cloned().collect();
        let relations = known
            .record
            .relations
            .iter()
            .filter(|relation| identity >= Grade::Brief && here(&relation.of) && here(&relation.to));
        let relations = relations.cloned().collect();
        let with_those_left = |mut event: Event| {
            event.involved.retain(|involved: &Involved| here(&involved.who));
            event
        };
        let events: Vec<Event> = events.into_iter().map(with_those_left).collect();
        out.record.residences = residences;
        out.record.relations = relations;
        out.record.events = events;
        let told = identity >= Grade::Brief && !out.record.people.is_empty();
        (told || !out.record.events.is_empty() || !out.record.residences.is_empty()).then_some(out)
    }

    fn is(&self, places: &[u16], at: usize) -> bool {
        u16::try_from(at).is_ok_and(|at| places.contains(&at))
    }

    /// A mention as far as it may be seen. Somebody the audience works with stays in the row they stand in, be it
    /// without the name that another agency has for them; others are there only by the policy's leave.
    fn mention(&self, mention: &Mention, at: usize, identity: Grade, places: Grade) -> Option<Mention> {
        let known = self.is(&self.known, at);
        let near = known || self.is(&self.harming, at);
        let mut kept = mention.clone();
        if places != Grade::Full {
            kept.phones.clear();
        }
        match identity {
            Grade::Full => Some(kept),
            Grade::Brief if near => {
                kept.identifiers.clear();
                Some(kept)
            }
            Grade::Absent if known => {
                let Mention { sub, local_refs, groups, stage, .. } = kept;
                Some(Mention { sub, local_refs, groups, stage, ..Mention::default() })
            }
            Grade::Absent | Grade::Brief => None,
        }
    }

    fn event(&self, event: &Event, holder: &AgencyId, permits: &dyn Permits) -> Option<Event> {
        let own = event.kind.category();
        let grade = self.grade(holder, own, permits);
        let field = |name: &str| {
            let other = OF_FIELDS.iter().find(|(field, _)| *field == name);
            match other {
                // A grade or an instruction is as short as it can be: the minimum of it is all of it.
                Some((_, category)) => self.grade(holder, category, permits) >= Grade::Brief,
                None => grade == Grade::Full || IN_BRIEF.contains(&name),
            }
        };
        if grade == Grade::Absent {
            return None;
        }
        let mut kept = event.clone();
        kept.details.retain(|name, _| field(name));
        // Who wrote it is a place there to which somebody comes: a school, a surgery, a clinic.
        let of_place = matches!(
            event.kind,
            EventKind::Enrolment | EventKind::SchoolContactAdded | EventKind::HealthContact
        );
        if of_place && self.grade(holder, LOCATION, permits) != Grade::Full {
            kept.by = None;
            if event.kind == EventKind::Enrolment {
                event.kind.label().clone_into(&mut kept.title);
            }
        }
        let place = match &event.place {
            Some(place @ Place::Known(_)) if self.grade(holder, LOCATION, permits) == Grade::Full => {
                Some(place.clone())
            }
            Some(_) | None => None,
        };
        kept.place = place;
        if grade == Grade::Brief {
            kept.text = None;
            kept.by = None;
            kept.place = None;
        }
        Some(kept)
    }
}
