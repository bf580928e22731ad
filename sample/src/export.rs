//! The files of the area: their names, columns, dialects, and the rows waiting to be written to them.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use crate::calendar;

/// The files agencies send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FileId {
    Incidents,
    Involvements,
    SocialPeople,
    Visits,
    Census,
    Bundle,
    Pupils,
    Concerns,
    Attendance,
    Cases,
    ProbationEvents,
    Tenancies,
    HousingContacts,
    Referrals,
    Refuge,
}

/// How bytes are made of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Windows-1252 or UTF-8 with a mark, as the area's police happen to export.
    Police,
    Utf8,
    Windows1252,
}

/// How an agency writes a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DayStyle {
    Slashes,
    Dashes,
    Worded,
    WordedShort,
    Spaced,
    Iso,
}

impl DayStyle {
    pub(crate) fn day(self, date: jiff::civil::Date) -> String {
        match self {
            Self::Slashes => calendar::slashes(date),
            Self::Dashes => calendar::dashes(date),
            Self::Worded => calendar::worded(date),
            Self::WordedShort => calendar::worded_short(date),
            Self::Spaced => calendar::spaced(date),
            Self::Iso => date.to_string(),
        }
    }

    /// 30 February: written by nobody but a tired hand.
    pub(crate) fn impossible(self, year: i16) -> String {
        match self {
            Self::Slashes => format!("30/02/{year}"),
            Self::Dashes => format!("31-04-{year}"),
            Self::Worded => format!("31-Jun-{year}"),
            Self::WordedShort => format!("30-Feb-{:02}", year % 100),
            Self::Spaced => format!("31 Sep {year}"),
            Self::Iso => format!("{year}-02-30"),
        }
    }
}

/// What the writer of a file needs to know, and where faults of each kind can go.
pub(crate) struct Spec {
    pub(crate) path: &'static str,
    pub(crate) columns: &'static [&'static str],
    pub(crate) delimiter: char,
    pub(crate) crlf: bool,
    pub(crate) encoding: Encoding,
    pub(crate) style: DayStyle,
    /// Column of the row's own day, if a wrong day there makes the row unusable.
    pub(crate) day: Option<usize>,
    pub(crate) born: Option<usize>,
    pub(crate) text: Option<usize>,
    pub(crate) name: Option<usize>,
    pub(crate) stamp: Option<usize>,
    /// Faults planted, of 1,000 rows.
    pub(crate) faults: u32,
}

const PLAIN: Spec = Spec {
    path: "",
    columns: &[],
    delimiter: ',',
    crlf: false,
    encoding: Encoding::Utf8,
    style: DayStyle::Iso,
    day: None,
    born: None,
    text: None,
    name: None,
    stamp: None,
    faults: 26,
};

macro_rules! columns {
    ($($name:ident)*) => { &[$(stringify!($name)),*] };
}

static INCIDENTS: Spec = Spec {
    path: "police/incidents.csv",
    columns: columns!(INCIDENT_REF REPORTED OCCURRED_FROM OCCURRED_TO OFFENCE_CODE OFFENCE_DESC DA_FLAG RISK_GRADE
        LOCATION LOC_POSTCODE BEAT NARRATIVE OUTCOME LAST_UPDATED),
    crlf: true,
    encoding: Encoding::Police,
    style: DayStyle::Slashes,
    day: Some(2),
    text: Some(11),
    stamp: Some(13),
    ..PLAIN
};
static INVOLVEMENTS: Spec = Spec {
    path: "police/involvements.csv",
    columns: columns!(INCIDENT_REF NOMINAL_REF ROLE FULL_NAME DOB SEX ADDRESS POSTCODE PHONE PNC_ID RELATIONSHIP
        CHILD_CHECK LAST_UPDATED),
    crlf: true,
    encoding: Encoding::Police,
    style: DayStyle::Slashes,
    born: Some(4),
    name: Some(3),
    ..PLAIN
};
static SOCIAL_PEOPLE: Spec = Spec {
    path: "social_care/people.csv",
    columns: columns!(PersonID LAchildID PersonType Surname Forename KnownAs DOB Sex Ethnicity NHSNumber UPN Address
        Postcode AddressRestricted Relationships FirstKnown LastUpdated),
    style: DayStyle::Worded,
    born: Some(6),
    name: Some(3),
    ..PLAIN
};
static VISITS: Spec = Spec {
    path: "social_care/visits.csv",
    columns: columns!(VisitID PersonID VisitDate VisitType Worker Seen SeenAlone SpokenTo Place Note Updated),
    style: DayStyle::Worded,
    day: Some(2),
    text: Some(9),
    stamp: Some(10),
    ..PLAIN
};
static CENSUS: Spec = Spec { path: "social_care/cin_census.xml", ..PLAIN };
static BUNDLE: Spec = Spec { path: "health/bundle.ndjson", faults: 4, ..PLAIN };
static PUPILS: Spec = Spec {
    path: "schools/pupils.csv",
    columns: columns!(SchoolURN SchoolName AdmissionNo LegalSurname LegalForename MiddleNames PreferredName UPN DOB Sex
        EntryDate LeavingDate LeavingReason Address Postcode AddressRestricted Contact1Name Contact1Relation
        Contact1Phone Contact1Added Contact2Name Contact2Relation Contact2Phone Contact2Added Contact3Name
        Contact3Relation Contact3Phone Contact3Added ContactNotes LastChanged),
    style: DayStyle::Slashes,
    born: Some(8),
    name: Some(3),
    ..PLAIN
};
static CONCERNS: Spec = Spec {
    path: "schools/concerns.csv",
    columns: columns!(ConcernID SchoolURN UPN PupilName LoggedAt Category SpokenToAlone StaffRole Concern Action Updated),
    day: Some(4),
    text: Some(8),
    name: Some(3),
    stamp: Some(10),
    ..PLAIN
};
static ATTENDANCE: Spec = Spec {
    path: "schools/attendance.csv",
    columns: columns!(SchoolURN UPN Month SessionsPossible SessionsAttended AuthorisedAbsence UnauthorisedAbsence Late),
    faults: 2,
    ..PLAIN
};
static CASES: Spec = Spec {
    path: "probation/cases.csv",
    columns: columns!(CRN NOMS PNC Surname Forename1 Forename2 DateOfBirth Gender Address Postcode MainOffence OrderType
        OrderStart OrderEnd RoshLevel DARegistration Status),
    delimiter: ';',
    style: DayStyle::Dashes,
    born: Some(6),
    name: Some(3),
    ..PLAIN
};
static PROBATION_EVENTS: Spec = Spec {
    path: "probation/events.csv",
    columns: columns!(EventID CRN EventDate EventType Outcome Detail ProposedAddress ProposedPostcode OtherResidents
        Updated),
    delimiter: ';',
    style: DayStyle::Dashes,
    day: Some(2),
    text: Some(5),
    faults: 12,
    ..PLAIN
};
static TENANCIES: Spec = Spec {
    path: "housing/tenancies.csv",
    columns: columns!(TenancyRef UPRN PropertyAddress Postcode TenancyType TenancyStart TenancyEnd MemberNo MemberName
        MemberDOB RelationToTenant MovedIn MovedOut AddedOn),
    crlf: true,
    encoding: Encoding::Windows1252,
    style: DayStyle::WordedShort,
    born: Some(9),
    name: Some(8),
    ..PLAIN
};
static HOUSING_CONTACTS: Spec = Spec {
    path: "housing/contacts.csv",
    columns: columns!(ContactRef TenancyRef Logged Channel Category CallerName Description Status Updated),
    crlf: true,
    encoding: Encoding::Windows1252,
    style: DayStyle::WordedShort,
    day: Some(2),
    text: Some(6),
    stamp: Some(8),
    ..PLAIN
};
static REFERRALS: Spec = Spec {
    path: "services/referrals.csv",
    columns: columns!(ReferralID Received Source ClientName KnownAs ClientDOB Phone ClientAddress ClientPostcode
        PersonCausingHarm PersonCausingHarmDOB Relationship Children Needs StatedWishes SafeContact ConsentToShare
        RiskScore Outcome Closed Updated),
    crlf: true,
    style: DayStyle::Spaced,
    day: Some(1),
    born: Some(5),
    text: Some(14),
    name: Some(3),
    stamp: Some(20),
    ..PLAIN
};
static REFUGE: Spec = Spec {
    path: "services/refuge.csv",
    columns: columns!(PlacementID RefugeCode ClientName ClientDOB Children Arrived Departed RefugeAddress RefugePostcode
        MoveOnAddress MoveOnPostcode Confidential),
    crlf: true,
    born: Some(3),
    name: Some(2),
    ..PLAIN
};

impl FileId {
    /// Every file, in the order in which they are written.
    pub(crate) const ALL: [Self; 15] = [
        Self::Incidents,
        Self::Involvements,
        Self::SocialPeople,
        Self::Visits,
        Self::Census,
        Self::Bundle,
        Self::Pupils,
        Self::Concerns,
        Self::Attendance,
        Self::Cases,
        Self::ProbationEvents,
        Self::Tenancies,
        Self::HousingContacts,
        Self::Referrals,
        Self::Refuge,
    ];

    pub(crate) fn spec(self) -> &'static Spec {
        match self {
            Self::Incidents => &INCIDENTS,
            Self::Involvements => &INVOLVEMENTS,
            Self::SocialPeople => &SOCIAL_PEOPLE,
            Self::Visits => &VISITS,
            Self::Census => &CENSUS,
            Self::Bundle => &BUNDLE,
            Self::Pupils => &PUPILS,
            Self::Concerns => &CONCERNS,
            Self::Attendance => &ATTENDANCE,
            Self::Cases => &CASES,
            Self::ProbationEvents => &PROBATION_EVENTS,
            Self::Tenancies => &TENANCIES,
            Self::HousingContacts => &HOUSING_CONTACTS,
            Self::Referrals => &REFERRALS,
            Self::Refuge => &REFUGE,
        }
    }

    pub(crate) fn path(self) -> &'static str {
        self.spec().path
    }

    /// The agency, as the truth names it.
    pub(crate) fn agency(self) -> &'static str {
        self.path().split('/').next().unwrap_or("")
    }
}

/// Something wrong with a row, as the truth lists it.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) kind: &'static str,
    pub(crate) expected: &'static str,
    pub(crate) severity: &'static str,
    pub(crate) detail: String,
    pub(crate) lost: bool,
    pub(crate) origin: &'static str,
}

impl Fault {
    /// A slip by whoever typed the row, which a reader should notice.
    pub(crate) fn keying(kind: &'static str, detail: &str) -> Self {
        Self {
            kind,
            expected: "accept_with_warning",
            severity: "warn",
            detail: detail.to_owned(),
            lost: false,
            origin: "keying",
        }
    }

    /// Put there on purpose; the row survives.
    pub(crate) fn planted(kind: &'static str, severity: &'static str, detail: &str) -> Self {
        Self { severity, origin: "planted", ..Self::keying(kind, detail) }
    }

    /// Put there on purpose; the row cannot be read.
    pub(crate) fn unusable(kind: &'static str, detail: String, lost: bool) -> Self {
        let (expected, severity, origin) = ("quarantine", "error", "planted");
        Self { kind, expected, severity, detail, lost, origin }
    }
}

/// What a row says: cells of a table, or one text.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Cells(Vec<String>),
    Text(String),
}

/// A row before faults are put in.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// By which rows of a file are ordered.
    pub(crate) when: DateTime,
    pub(crate) key: String,
    pub(crate) body: Body,
    /// Whom it is about: key of the mention and number of the person.
    pub(crate) about: Vec<(String, u32)>,
    pub(crate) faults: Vec<Fault>,
    /// The time stamp in the stamp column.
    pub(crate) stamp: Option<DateTime>,
    /// Nothing in the truth depends on this row, so it may be spoilt with no good copy.
    pub(crate) expendable: bool,
}

impl Row {
    pub(crate) fn cells(when: DateTime, key: String, cells: Vec<String>) -> Self {
        let body = Body::Cells(cells);
        Self { when, key, body, about: Vec::new(), faults: Vec::new(), stamp: None, expendable: false }
    }

    pub(crate) fn text(when: DateTime, key: String, text: String) -> Self {
        Self { body: Body::Text(text), ..Self::cells(when, key, Vec::new()) }
    }

    /// The row is about that person.
    pub(crate) fn about(mut self, person: u32) -> Self {
        self.about.push((self.key.clone(), person));
        self
    }

    /// A part of the row is about that person.
    pub(crate) fn about_part(mut self, part: &str, person: u32) -> Self {
        self.about.push((format!("{}#{part}", self.key), person));
        self
    }

    pub(crate) fn stamped(mut self, stamp: DateTime) -> Self {
        self.stamp = Some(stamp);
        self
    }

    pub(crate) fn with(mut self, faults: Vec<Fault>) -> Self {
        self.faults.extend(faults);
        self
    }
}

/// Rows of all files waiting to be written.
#[derive(Default)]
pub(crate) struct Exports {
    rows: BTreeMap<FileId, Vec<Row>>,
}

impl Exports {
    pub(crate) fn push(&mut self, file: FileId, row: Row) {
        self.rows.entry(file).or_default().push(row);
    }

    /// The rows of a file in order of time; the list is empty afterwards.
    pub(crate) fn take(&mut self, file: FileId) -> Vec<Row> {
        let mut rows = self.rows.remove(&file).unwrap_or_default();
        rows.sort_by(|a, b| a.when.cmp(&b.when).then_with(|| a.key.cmp(&b.key)));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_column_exists() {
        for file in FileId::ALL {
            let spec = file.spec();
            for column in [spec.day, spec.born, spec.text, spec.name, spec.stamp].into_iter().flatten() {
                assert!(column < spec.columns.len(), "{}", spec.path);
            }
            assert!(spec.path.contains('/'));
        }
    }
}
