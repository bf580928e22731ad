//! What one row of an agency's export says, in the words of the field instead of the agency's columns.
//! Feeds write it, everything else reads it. One row gives one [`Record`]: the people it mentions, how they
//! are related, where they live, what happened.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{FeedId, KeptPlaceId};
use crate::when::When;

/// What one row says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// The kind of file it came in.
    pub feed: FeedId,
    /// The row's own key in that feed.
    pub row_key: String,
    /// Everyone the row names, in the order of the row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Mention>,
    /// How they are related, in the row's own words and in ours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// Who lives, lived or may live where.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub residences: Vec<Residence>,
    /// What happened. A census row can tell of several things.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
}

/// Who a relation or an event is about: somebody named in this row, or somebody the agency knows by number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// A mention of this record, by [`Mention::sub`].
    Here(String),
    /// The agency's own number of a person, matched with [`Mention::local_refs`] of other records of that agency.
    Local(String),
    /// Everyone of a household the agency knows by number (`tenancy:T060654`), matched with [`Mention::groups`].
    Group(String),
}

/// One person as one row names them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Mention {
    /// Empty for the person the row is about; else `contact1`, `harm`, `child2`, `unborn`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sub: String,
    /// The key under which `export links` names this mention, where it is not the row's key (`URN|UPN` of attendance).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_key: Option<String>,
    /// The agency's own number for this person, with the kind in front: `nominal:N4100008`, `person:510007`,
    /// `lachild:C3510007`, `patient:…`, `crn:X310495`, `pupil:190003:03003`. Two mentions of one agency with one number
    /// are one person to that agency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub local_refs: Vec<String>,
    /// Numbers the agency gives to households this person belongs to: `tenancy:T060654`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Names as recorded, official one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<Name>,
    /// Date of birth, perhaps only a year. Placeholders (01/01/1900) are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<When>,
    /// Approximate age in years on the row's day, where only that was told ("Lina 13").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<u8>,
    /// Date a child not yet born is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Date>,
    /// Sex as this agency recorded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// Whether the row itself says this is a child, an adult or unborn.
    #[serde(default)]
    pub stage: LifeStage,
    /// Telephone numbers, digits only, `+44` written as `0`; placeholders left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<String>,
    /// Numbers that many agencies share, with their verdicts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
}

/// A name as an agency wrote it, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Name {
    /// What this name is to the person.
    pub kind: NameKind,
    /// Forenames in order, titles and placeholders removed. May be empty, may be an initial.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forenames: Vec<String>,
    /// Surname, empty when not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub surname: String,
}

/// What a name is to the person.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// The name the agency holds as the person's name.
    #[default]
    Official,
    /// What the person is called.
    KnownAs,
    /// A name they had before.
    Former,
}

/// Sex as an agency recorded it. Never used to infer a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Recorded as female.
    Female,
    /// Recorded as male.
    Male,
}

/// What the row says about how old a person is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LifeStage {
    /// The row does not say.
    #[default]
    Unknown,
    /// Expected, not yet born.
    Unborn,
    /// Under 18 when the row was written.
    Child,
    /// 18 or over when the row was written.
    Adult,
}

/// A number that several agencies may hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Identifier {
    /// Which kind of number.
    pub kind: IdentifierKind,
    /// In its one normal form; as written when it has none.
    pub value: String,
    /// What its check digit says.
    pub verdict: Verdict,
}

/// Kinds of shared numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// NHS number.
    Nhs,
    /// Unique pupil number.
    Upn,
    /// Police National Computer id.
    Pnc,
    /// Prison (NOMS) number.
    Noms,
    /// Criminal Records Office number.
    Cro,
}

/// What checking a number found. A wrong check digit is a warning, never a refusal of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Format and check digit are right (or the kind has no check digit).
    Valid,
    /// The format is right, the check digit is not.
    BadCheck,
    /// Not in the format of its kind.
    BadFormat,
    /// A number given out until the real one is known.
    Temporary,
}

/// How one person of a row stands to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Relation {
    /// The person spoken of.
    pub of: Who,
    /// What `of` is **to** `to`: "`of` is the mother of `to`".
    pub is: RelationKind,
    /// The other person.
    pub to: Who,
    /// The row's own words.
    pub words: String,
    /// Since when, if the row says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<When>,
}

/// What one person is to another. Never inferred from sex: `Parent` covers mother and father.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// Married, partners, living together.
    Partner,
    /// Formerly partners.
    FormerPartner,
    /// Mother, father or step-parent recorded as parent.
    Parent,
    /// A parent's partner who is not recorded as parent.
    PartnerOfParent,
    /// Son or daughter, of any age.
    Child,
    /// Brother or sister, half or full.
    Sibling,
    /// Grandparent, aunt, cousin, in-law or other relative.
    Relative,
    /// Said to have caused the other person harm.
    CausesHarmTo,
    /// Emergency contact, neighbour, friend, or a word the mapping does not know.
    Other,
}

/// Where somebody lives, lived, or is proposed to live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Residence {
    /// Who lives there.
    pub who: Who,
    /// The place, or the id of a kept one.
    pub place: Place,
    /// First day, if told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<When>,
    /// Last day, if told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<When>,
    /// The day the agency was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<When>,
    /// On what ground the agency says so.
    pub basis: Basis,
}

/// On what ground an agency says that somebody lives somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Named on a tenancy or as a household member of it.
    Tenancy,
    /// The agency's registered address of the person.
    Registered,
    /// Given to police at an incident.
    GivenAtIncident,
    /// Proposed to probation as an address to live at.
    Proposed,
    /// Approved by probation.
    Approved,
    /// Named by somebody as living there ("other residents").
    SaidToLiveThere,
    /// A prison or approved premises.
    Custody,
    /// Safe accommodation. Always sealed.
    Refuge,
}

/// A place that may be shown, or the id of one that may not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// An address that nobody asked to be kept.
    Known(Address),
    /// A place kept from someone: only the sharing door gives its address, singly, with a reason.
    Kept(KeptPlaceId),
}

/// An address as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Address {
    /// Everything but the postcode, tidied of doubled spaces.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lines: String,
    /// Postcode in its normal form (`HD18 3BE`), empty when absent or not a postcode.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub postcode: String,
    /// Unique property reference number, where the agency has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uprn: Option<String>,
}

/// Something that happened, or was written down as having happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// What kind of thing.
    pub kind: EventKind,
    /// Reference that other rows use for it (the incident's reference).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// When it happened or began.
    pub at: When,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<When>,
    /// Whom it concerns and in which role.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub involved: Vec<Involved>,
    /// One short line: offence, reason of contact, category.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The agency's own text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Who wrote it, by name or role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Where it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Whether a child was seen and listened to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child_contact: Option<ChildContact>,
    /// Other fields by our names: `offence_code`, `grade`, `da_flag`, `outcome`, `need`, `wishes`, `safe_contact` …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
}

/// Somebody's part in an event. A role belongs to the event, never to the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Involved {
    /// Who.
    pub who: Who,
    /// In which role.
    pub role: Role,
}

/// Roles in an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Recorded as suspect, or named by the victim as the one causing harm.
    CausingHarm,
    /// Recorded as victim.
    Victim,
    /// Witness.
    Witness,
    /// Child who was present.
    ChildPresent,
    /// Child of the household who was not present.
    ChildOfHousehold,
    /// The person a contact, order or service is about.
    Subject,
    /// Somebody else the row names (caller, contact).
    Other,
}

/// Whether one child was seen, alone, and spoken to. `None` is "not recorded", never "no".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChildContact {
    /// Seen at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<bool>,
    /// Seen without the adults of the household.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alone: Option<bool>,
    /// Spoken to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spoken_to: Option<bool>,
}

macro_rules! event_kinds {
    ($($(#[$doc:meta])* $name:ident $category:literal $label:literal),* $(,)?) => {
        /// Kinds of events. One line here gives the label, the category of data and the code book entry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum EventKind { $($(#[$doc])* $name),* }

        impl EventKind {
            /// Every kind, in the order of the code book.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// What people read.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$name => $label),* }
            }

            /// Category of data in the sharing rules (handbook 5.4).
            #[must_use]
            pub fn category(self) -> &'static str {
                match self { $(Self::$name => $category),* }
            }
        }
    };
}

event_kinds! {
    /// A police report; its people come in rows of their own.
    Incident "INC" "Incident reported to police",
    /// One person's part in a police incident.
    Involvement "INC" "Part in a police incident",
    /// A referral to children's social care.
    SocialCareReferral "SOC" "Referral to children's social care",
    /// An assessment by children's social care.
    SocialCareAssessment "SOC" "Social care assessment",
    /// A section 47 enquiry.
    Section47 "SOC" "Child protection enquiry (section 47)",
    /// A child in need plan.
    ChildInNeedPlan "SOC" "Child in need plan",
    /// A child protection plan.
    ChildProtectionPlan "SOC" "Child protection plan",
    /// A social worker's visit to a child.
    Visit "SOC" "Social work visit",
    /// The agency began to know this person.
    FirstKnown "SOC" "First known to children's social care",
    /// A contact with a health service.
    HealthContact "HLTH" "Health contact",
    /// A routine question about domestic abuse.
    RoutineEnquiry "HLTH" "Routine enquiry",
    /// A pregnancy.
    Pregnancy "HLTH" "Pregnancy",
    /// A health condition that is not a pregnancy.
    Condition "HLTH" "Health condition",
    /// A warning that an agency put on its own record.
    Flag "HLTH" "Flag on a record",
    /// A child on a school's roll.
    Enrolment "EDU" "On the school roll",
    /// Somebody was added to a child's school contacts.
    SchoolContactAdded "EDU" "Added as a school contact",
    /// A concern logged by a school.
    SchoolConcern "EDU" "School concern",
    /// A month of school attendance.
    Attendance "EDU" "School attendance",
    /// A community order, suspended sentence or licence.
    Supervision "CRIM" "Probation supervision",
    /// A sentence.
    Sentence "CRIM" "Sentence",
    /// Release from prison.
    Release "CRIM" "Release from prison",
    /// Recall to prison.
    Recall "CRIM" "Recall to prison",
    /// A restraining or other protective order.
    ProtectiveOrder "ORD" "Protective order",
    /// A breach of an order or licence.
    Breach "ORD" "Breach",
    /// An appointment with probation.
    Appointment "PERP" "Probation appointment",
    /// A session of a behaviour programme.
    ProgrammeSession "PERP" "Programme session",
    /// An address proposed to probation.
    AddressProposed "LOC" "Address proposed to probation",
    /// An address approved by probation.
    AddressApproved "LOC" "Address approved by probation",
    /// Any other probation entry.
    ProbationOther "CRIM" "Probation entry",
    /// A household member recorded by a landlord.
    TenancyMember "HOUS" "Recorded in a tenancy",
    /// A contact with a landlord.
    HousingContact "HOUS" "Housing contact",
    /// A referral to a specialist service.
    ServiceReferral "DISC" "Referral to a specialist service",
    /// What was asked about behaviour that harms or controls, item by item.
    IndicatorsRecorded "RISK" "Indicators of harm and control",
    /// What a professional judges about the risk from somebody.
    RiskAssessment "RISK" "Assessment of risk",
    /// A stay in safe accommodation. Always sealed.
    RefugeStay "SAFE" "Stay in safe accommodation",
}
