//! Lists as CSV, with the columns that others rely on. Nothing sealed is in them: no kept place, nothing of a
//! confidential export.

mod patterns;

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use serde::de::DeserializeOwned;
use throughline_domain::picture::{Child, CriticalPoint, Household, Incident, NextFamily, Person};
use throughline_domain::record::{Basis, Place};
use throughline_domain::sharing::Refused;
use throughline_domain::when::When;
use throughline_store::{Store, StoreError};

use crate::access::{Named, Opener, Sight, looks};
use crate::shelf::{self, Arrived, Parties, RowState, ShelfError, Who, WhoBlock};

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Which mention belongs to which person.
    Links,
    /// People.
    People,
    /// Who lived in which home, when.
    Households,
    /// Incidents with roles.
    Incidents,
    /// Signs of a next family.
    NextFamily,
    /// What must lead to a fresh look at the risk.
    CriticalPoints,
    /// What recorded episodes show, for each person causing harm.
    Patterns,
    /// Children with who last saw them.
    Children,
}

impl List {
    /// Those that two people can agree to release. Links name rows of every agency, so they are no release of one.
    pub const RELEASED: &'static [Self] = &[
        Self::Children,
        Self::People,
        Self::Households,
        Self::Incidents,
        Self::NextFamily,
        Self::CriticalPoints,
        Self::Patterns,
    ];

    /// As it is written on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Links => "links",
            Self::People => "people",
            Self::Households => "households",
            Self::Incidents => "incidents",
            Self::NextFamily => "next-family",
            Self::CriticalPoints => "critical-points",
            Self::Patterns => "patterns",
            Self::Children => "children",
        }
    }

    /// As people say it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Links => "Which row is of which person",
            Self::People => "People",
            Self::Households => "Who lived in which home, when",
            Self::Incidents => "Incidents with roles",
            Self::NextFamily => "Signs of a next family",
            Self::CriticalPoints => "Critical points with when a fresh look is due",
            Self::Patterns => "Patterns of recorded episodes",
            Self::Children => "Children with who last saw them",
        }
    }
}

/// Why a list was not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The door stayed shut.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The store refused.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    /// What the list is worked out by is not right.
    #[error("{0}")]
    Settings(String),
    /// A list that names rows of every agency.
    #[error("links name rows of every agency, so they are no release of one; choose another list")]
    NotReleased,
    /// Who took it could not be written down.
    #[error("nothing was written: {0}")]
    Unwritten(#[from] StoreError),
    /// The file could not be written.
    #[error("cannot write {path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: csv::Error,
    },
}

type Rows = Result<Vec<Vec<String>>, ExportError>;

/// From where a list is read, and for whom.
pub struct Reading<'a> {
    /// The area.
    pub store: &'a Store,
    /// In whose name.
    pub opener: &'a Opener,
    /// What they see: an agreed export holds no more than its proposer's own pages. None for the operator of an invented area.
    pub sight: Option<&'a Sight>,
}

impl Reading<'_> {
    fn all<T: Any + DeserializeOwned + Named>(&self, shelf: &str) -> Result<Vec<(String, T)>, ExportError> {
        let Some(sight) = self.sight else {
            return Ok(self.opener.open_all(shelf::all(self.store, shelf)?)?);
        };
        let mut seen = Vec::new();
        for (key, thing) in shelf::all::<T>(self.store, &shelf::of_audience(shelf, &sight.audience))? {
            let thing = self.opener.open_seen(thing, |thing| {
                let may = sight.may_open(thing);
                thing.trim(sight);
                may
            })?;
            seen.extend(thing.map(|thing| (key, thing)));
        }
        Ok(seen)
    }
}

/// Writes a list and says how many rows it has.
pub fn write(reading: &Reading<'_>, list: List, out: &Path) -> Result<u64, ExportError> {
    let rows = match list {
        List::Links => links(reading),
        List::People => people(reading),
        List::Households => households(reading),
        List::Incidents => incidents(reading),
        List::NextFamily => next_family(reading),
        List::CriticalPoints => critical_points(reading),
        List::Patterns => patterns::rows(reading),
        List::Children => children(reading),
    }?;
    let Reading { store, opener, .. } = reading;
    looks::exported(store, opener, &format!("export {}", list.word()), rows.len())?;
    let wrong = |source| ExportError::File { path: out.display().to_string(), source };
    let mut writer = csv::Writer::from_path(out).map_err(wrong)?;
    writer.write_record(columns(list)).map_err(wrong)?;
    for row in &rows {
        writer.write_record(row).map_err(wrong)?;
    }
    writer.flush().map_err(|e| wrong(e.into()))?;
    Ok(rows.len() as u64)
}

/// Columns of a list.
pub fn columns(list: List) -> &'static [&'static str] {
    match list {
        List::Links => &["file", "row_key", "person_id"],
        List::People => &["person_id", "surname", "forename", "dob", "sex", "records"],
        List::Households => &["person_id", "household_id", "from", "to", "source"],
        List::Incidents => {
            &["incident_ref", "occurred_at", "person_causing_harm", "victims", "children", "harm_class"]
        }
        List::NextFamily => &[
            "person_id",
            "earlier_household",
            "new_household",
            "first_seen",
            "source",
            "probability",
            "confirmed",
            "confirmed_on",
        ],
        List::CriticalPoints => &["person_id", "family_id", "kind", "date", "source", "due", "answered"],
        List::Patterns => &[
            "person_id",
            "label",
            "episodes",
            "p_frequency_up",
            "p_severity_up",
            "p_silence",
            "coercive_control",
        ],
        List::Children => {
            &["person_id", "family_id", "last_seen", "seen_alone", "spoken_to", "by_agency", "gap_reason"]
        }
    }
}

/// Rows of every agency by who they are of. Only for the operator of an invented area: there is no part of it that could be
/// released to one agency.
fn links(reading: &Reading<'_>) -> Rows {
    if reading.sight.is_some() {
        return Err(ExportError::NotReleased);
    }
    let blocks = reading.all::<WhoBlock>(shelf::WHO)?.into_iter().flat_map(|(_, block)| block);
    let who: HashMap<u64, Who> = blocks.map(|who| (who.seq, who)).collect();
    let mut rows: BTreeSet<Vec<String>> = BTreeSet::new();
    for of_record in who.values() {
        add_links(&mut rows, &of_record.file, of_record);
    }
    for (_, arrived) in reading.all::<Arrived>(shelf::DELIVERY)? {
        let delivery = arrived.delivery;
        let keys: Vec<String> = delivery.also.iter().map(|key| shelf::row_key(&delivery.feed, key)).collect();
        for (_, state) in
            reading.opener.open_all(shelf::get_many::<RowState>(reading.store, shelf::ROW, &keys)?)?
        {
            if let Some(of_record) = who.get(&state.seq) {
                add_links(&mut rows, &delivery.file, of_record);
            }
        }
    }
    Ok(rows.into_iter().collect())
}

fn add_links(rows: &mut BTreeSet<Vec<String>>, file: &str, who: &Who) {
    for (key, person) in who.keys.iter().zip(&who.persons) {
        rows.insert(vec![file.to_owned(), key.clone(), person.to_string()]);
    }
}

fn people(reading: &Reading<'_>) -> Rows {
    let people = reading.all::<Person>(shelf::PERSON)?;
    Ok(people
        .into_iter()
        .map(|(id, person)| {
            let name = person.names.first().map(|seen| seen.name.clone()).unwrap_or_default();
            let sex = person.sex.map(|sex| format!("{sex:?}").to_lowercase());
            let records: u32 = person.records.values().sum();
            let dob = shown(person.born);
            vec![
                id,
                name.surname,
                name.forenames.join(" "),
                dob,
                sex.unwrap_or_default(),
                records.to_string(),
            ]
        })
        .collect())
}

fn households(reading: &Reading<'_>) -> Rows {
    let mut rows = Vec::new();
    for (id, household) in reading.all::<Household>(shelf::HOUSEHOLD)? {
        if matches!(household.place, Place::Kept(_)) {
            continue;
        }
        for stay in
            household.stays.iter().filter(|stay| !matches!(stay.basis, Basis::Refuge | Basis::Custody))
        {
            let source = stay.sources.first().map(|s| s.agency.to_string()).unwrap_or_default();
            rows.push(vec![stay.person.to_string(), id.clone(), shown(stay.from), shown(stay.to), source]);
        }
    }
    Ok(rows)
}

fn incidents(reading: &Reading<'_>) -> Rows {
    let parties: HashMap<String, Parties> = reading.all(shelf::PARTIES)?.into_iter().collect();
    let domestic = reading.all::<Incident>(shelf::INCIDENT)?.into_iter().filter(|(_, i)| i.domestic);
    Ok(domestic
        .map(|(key, incident)| {
            let main = parties.get(&key).cloned().unwrap_or_default();
            vec![
                incident.reference.to_string(),
                incident.at.to_string().replace('T', " "),
                joined(&main.causing_harm),
                joined(&main.harmed),
                joined(&main.children),
                incident.harm_class.to_string(),
            ]
        })
        .collect())
}

fn joined(people: &[throughline_domain::ids::PersonId]) -> String {
    people.iter().map(|p| p.as_str()).collect::<Vec<_>>().join("|")
}

fn next_family(reading: &Reading<'_>) -> Rows {
    let all = reading.all::<NextFamily>(shelf::NEXT)?;
    Ok(all
        .into_iter()
        .map(|(_, next)| {
            vec![
                next.person.to_string(),
                next.earlier_household.map(|h| h.to_string()).unwrap_or_default(),
                next.new_household.to_string(),
                next.first_seen.to_string(),
                next.source_feed,
                format!("{:.2}", next.probability.min(0.99)),
                next.confirmation.word().to_owned(),
                next.confirmed_on.map(|day| day.to_string()).unwrap_or_default(),
            ]
        })
        .collect())
}

/// One row for each point, under the name of who causes harm; of whoever is harmed where nobody is named for it, or only
/// by a first name that no other record has.
fn critical_points(reading: &Reading<'_>) -> Rows {
    let people: BTreeMap<String, Person> = reading.all::<Person>(shelf::PERSON)?.into_iter().collect();
    let named = |id: &&throughline_domain::ids::PersonId| {
        let person = people.get(id.as_str());
        person.is_some_and(|person| person.names.iter().any(|seen| !seen.name.surname.is_empty()))
    };
    let all = reading.all::<CriticalPoint>(shelf::CRITICAL)?;
    let mut rows: Vec<Vec<String>> = all
        .into_iter()
        .map(|(_, point)| {
            let by = point.causing_harm.as_ref();
            let person = by.filter(named).or(point.harmed.as_ref()).or(by);
            vec![
                person.map(ToString::to_string).unwrap_or_default(),
                point.family.map(|family| family.to_string()).unwrap_or_default(),
                point.kind,
                point.at.to_string(),
                point.signs.first().map(|sign| sign.source.agency.to_string()).unwrap_or_default(),
                point.due.to_string(),
                shown(point.answered.map(|answered| answered.at)),
            ]
        })
        .collect();
    rows.sort();
    Ok(rows)
}

fn children(reading: &Reading<'_>) -> Rows {
    let all = reading.all::<Vec<Child>>(shelf::CHILD)?;
    Ok(all
        .into_iter()
        .flat_map(|(_, lines)| lines)
        .map(|child| {
            let at = |contact: &Option<throughline_domain::picture::ContactSeen>| {
                shown(contact.as_ref().map(|c| c.at))
            };
            let by = child.last_seen.as_ref().map(|c| c.source.agency.to_string()).unwrap_or_default();
            let (seen, alone, spoken) = (at(&child.last_seen), at(&child.last_alone), at(&child.last_spoken));
            vec![child.person.to_string(), child.family.to_string(), seen, alone, spoken, by, child.gap]
        })
        .collect())
}

fn shown(when: Option<When>) -> String {
    when.map(|when| when.to_string()).unwrap_or_default()
}
