//! What linkage is given: person records of any origin, and the decisions people took about them.

use serde::{Deserialize, Serialize};

/// One person as one row of one agency names them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// Unique among the records given; opaque. Ties between equal scores are settled by it, never by position.
    pub id: String,
    /// The agency it comes from.
    pub source: String,
    /// The day the agency recorded it, in days since 1970.
    pub recorded: Option<i32>,
    /// The agency's own numbers for this person, with the kind in front (`nominal:N41`). Same source and same
    /// number means the same person to that agency.
    pub refs: Vec<String>,
    /// Names as recorded, official one first.
    pub names: Vec<PersonName>,
    /// Date of birth. For [`Stage::Unborn`] the date the child is expected.
    pub born: Option<Born>,
    /// Age in years on a day (days since 1970), where only that was told.
    pub age: Option<(u8, i32)>,
    /// Sex as recorded.
    pub sex: Option<Sex>,
    /// What the record itself says about how old the person is.
    pub stage: Stage,
    /// Addresses the agency holds for the person.
    pub addresses: Vec<PersonAddress>,
    /// Telephone numbers.
    pub phones: Vec<String>,
    /// Numbers that several agencies share.
    pub identifiers: Vec<PersonNumber>,
    /// Groups the source counts the person into, none of them a household: `school:190031`.
    pub circles: Vec<String>,
    /// How this person stands to the people of other records.
    pub ties: Vec<Tie>,
    /// People whose old and new identity must not be joined: records of different scope, or of one and none, are
    /// never compared nor joined. `None` for nearly everybody.
    pub scope: Option<String>,
}

/// A name taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonName {
    /// What the name is to the person.
    pub kind: NameKind,
    /// Forenames in order; may be initials.
    pub forenames: Vec<String>,
    /// Surname; empty when not known.
    pub surname: String,
}

/// What a name is to the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// A date of birth, perhaps only a year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Born {
    /// Year.
    pub year: i16,
    /// Month, 1 to 12, where known.
    pub month: Option<i8>,
    /// Day of the month, where known.
    pub day: Option<i8>,
}

/// Sex as an agency recorded it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Recorded as female.
    Female,
    /// Recorded as male.
    Male,
}

/// What a record says about how old the person is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It does not say.
    #[default]
    Unknown,
    /// Expected, not yet born when recorded.
    Unborn,
    /// Under 18 when recorded.
    Child,
    /// 18 or over when recorded.
    Adult,
}

/// An address as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonAddress {
    /// Everything but the postcode.
    pub lines: String,
    /// Postcode; empty when not known.
    pub postcode: String,
}

/// A number several agencies may hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonNumber {
    /// `nhs`, `upn`, `pnc` or any other word.
    pub kind: String,
    /// The number in its normal form.
    pub value: String,
    /// Whether its format and check digit are right.
    pub valid: bool,
}

/// This record's person is `kind` of the person of record `other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tie {
    /// Index of the other record in the slice given.
    pub other: u32,
    /// What this person is to the other.
    pub kind: TieKind,
}

/// Kinds of tie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TieKind {
    /// Another person named in the same row: cannot be the same person.
    SameRow,
    /// Named in the same incident. May be the same person in two roles.
    SameEvent,
    /// Named in the same tenancy.
    SameHousehold,
    /// Mother, father, or somebody recorded as parent.
    Parent,
    /// A parent's partner.
    PartnerOfParent,
    /// Son or daughter.
    Child,
    /// Partner.
    Partner,
    /// Formerly partner.
    FormerPartner,
    /// Brother or sister.
    Sibling,
    /// Another relative.
    Relative,
    /// Said to have caused the other person harm.
    CausesHarmTo,
    /// Emergency contact, neighbour, friend, not known.
    Other,
}

/// A person's decision about two records, by id. It binds: later decisions on the same two replace earlier ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// One record.
    pub a: String,
    /// The other.
    pub b: String,
    /// `true`: one person. `false`: two people.
    pub same: bool,
}
