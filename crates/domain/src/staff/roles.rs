//! Roles as data: what a partnership may change about who may do what, read from `area/roles.toml` and checked at
//! once. A role gives rights; which family somebody may see is decided elsewhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{AgencyId, RoleId};

const NAME: &str = "area/roles.toml";
const BUILT_IN: &str = include_str!("../../../../area/roles.toml");
const VERSION: u32 = 1;

/// What sharing requests call agencies.
const AGENCY_WORDS: &[&str] = &[
    "police",
    "social_care",
    "health",
    "education",
    "housing",
    "probation",
    "prison",
    "specialist_service",
    "adult_care",
    "adult_mental_health",
    "substance_misuse",
    "perpetrator_programme",
    "court",
    "inspection",
    "review",
    "other_area",
    "emergency_service",
    "immigration",
    "community_body",
];

/// What sharing requests call roles.
const ROLE_WORDS: &[&str] = &[
    "officer",
    "researcher",
    "safeguarding_lead",
    "class_teacher",
    "office_staff",
    "gp",
    "midwife",
    "health_visitor",
    "emergency_department",
    "camhs",
    "social_worker",
    "idva",
    "refuge_worker",
    "marac_representative",
    "housing_officer",
    "repairs_contractor",
    "offender_manager",
    "clinician",
    "keyworker",
    "programme_worker",
    "partner_support_worker",
    "panel_member",
    "chair",
    "inspector",
    "judge",
    "engineer",
    "carer",
    "other",
];

macro_rules! rights {
    ($($(#[$doc:meta])* $right:ident $field:ident),* $(,)?) => {
        /// One right that a role can give.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Right {
            $($(#[$doc])* $right,)*
        }

        /// The rights of a role. Nobody has one that their role does not name.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Rights {
            $($(#[$doc])* pub $field: bool,)*
        }

        impl Rights {
            /// Whether this right is among them.
            #[must_use]
            pub fn has(&self, right: Right) -> bool {
                match right {
                    $(Right::$right => self.$field,)*
                }
            }

            fn of(named: &[Right]) -> Self {
                Self { $($field: named.contains(&Right::$right),)* }
            }
        }
    };
}

rights! {
    /// Sees every family the agency works with, not only those that are allocated.
    Oversees oversees,
    /// Says whether two records are one person.
    DecidesLinks decides_links,
    /// Corrects rows that were put aside.
    MendsData mends_data,
    /// Looks at who of another agency opened what.
    ReviewsAccess reviews_access,
    /// Adds people, gives roles and teams, allocates families.
    Administers administers,
    /// Is the second person for what leaves the partnership.
    ConfirmsReleases confirms_releases,
    /// May be told where a place is that is kept private, one at a time, if the policies let them.
    ToldPlaces told_places,
    /// Acts on court orders.
    Legal legal,
}

/// One role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// What people read.
    pub label: String,
    /// Agencies whose people can have it.
    pub agencies: Vec<AgencyId>,
    /// What sharing requests call it.
    pub word: String,
    /// What sharing requests call the agency, where it differs from the agency's own word.
    pub agency_word: Option<String>,
    /// Whether people who have it answer for units of their agency, as a safeguarding lead does for a school. In an area
    /// with real people an account of such a role names them.
    pub by_unit: bool,
    /// What it lets people do.
    pub rights: Rights,
}

/// Every role of a partnership.
#[derive(Clone, Debug)]
pub struct Roles {
    /// By agency: what sharing requests call it, and whom others ask there.
    agencies: BTreeMap<AgencyId, (String, String)>,
    roles: Vec<Role>,
}

/// Why roles were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {field}: {reason}")]
pub struct RolesError {
    /// The document.
    pub file: String,
    /// Where in it.
    pub field: String,
    /// What was found, what was expected.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    #[serde(default)]
    agency: Vec<WrittenAgency>,
    #[serde(default)]
    role: Vec<WrittenRole>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAgency {
    id: String,
    word: String,
    ask: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRole {
    id: String,
    label: String,
    agencies: Vec<String>,
    word: String,
    agency_word: Option<String>,
    #[serde(default)]
    by_unit: bool,
    rights: Vec<Right>,
}

impl Roles {
    /// The roles that come with the program.
    ///
    /// # Errors
    /// When they are wrong, which a test rules out.
    pub fn built_in() -> Result<Self, RolesError> {
        Self::from_toml(NAME, BUILT_IN)
    }

    /// Reads and checks roles.
    ///
    /// # Errors
    /// The first fault, with the file, the role and what was expected.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, RolesError> {
        let wrong = |field: &str, reason: String| RolesError {
            file: file.to_owned(),
            field: field.to_owned(),
            reason,
        };
        let written: Written = toml::from_str(text).map_err(|why| {
            let line =
                why.span().and_then(|span| text.get(..span.start)).map_or(0, |t| t.matches('\n').count() + 1);
            wrong(&format!("line {line}"), why.message().to_owned())
        })?;
        if written.version != VERSION {
            let found = written.version;
            return Err(wrong("version", format!("found {found}, this program reads {VERSION}")));
        }
        let mut agencies = BTreeMap::new();
        for agency in written.agency {
            let field = format!("agency `{}`", agency.id);
            known(AGENCY_WORDS, &agency.word).map_err(|why| wrong(&field, why))?;
            id_word(&agency.id).map_err(|why| wrong(&field, why))?;
            if agency.ask.trim().is_empty() {
                return Err(wrong(&field, "`ask` is empty; say whom others turn to there".to_owned()));
            }
            let words = (agency.word, agency.ask.trim().to_owned());
            if agencies.insert(AgencyId::from(agency.id), words).is_some() {
                return Err(wrong(&field, "stands there twice; keep one".to_owned()));
            }
        }
        let mut roles: Vec<Role> = Vec::new();
        for role in written.role {
            let field = format!("role `{}`", role.id);
            let role = check(role, &agencies).map_err(|why| wrong(&field, why))?;
            if roles.iter().any(|other| other.id == role.id) {
                return Err(wrong(&field, "stands there twice; keep one".to_owned()));
            }
            roles.push(role);
        }
        if !roles.iter().any(|role| role.rights.administers) {
            let reason = "no role has `administers`, so nobody could add people; give it to one".to_owned();
            return Err(wrong("role", reason));
        }
        Ok(Self { agencies, roles })
    }

    /// One role.
    #[must_use]
    pub fn get(&self, id: &RoleId) -> Option<&Role> {
        self.roles.iter().find(|role| &role.id == id)
    }

    /// Every role, as the document orders them.
    #[must_use]
    pub fn all(&self) -> &[Role] {
        &self.roles
    }

    /// Roles that people of an agency can have.
    pub fn of<'r>(&'r self, agency: &AgencyId) -> impl Iterator<Item = &'r Role> {
        self.roles.iter().filter(move |role| role.agencies.contains(agency))
    }

    /// Every agency.
    pub fn agencies(&self) -> impl Iterator<Item = &AgencyId> {
        self.agencies.keys()
    }

    /// The role, if somebody of this agency can have it.
    ///
    /// # Errors
    /// A sentence that says which agencies or roles there are.
    pub fn fitting(&self, id: &RoleId, agency: &AgencyId) -> Result<&Role, String> {
        if !self.agencies.contains_key(agency) {
            let there: Vec<&str> = self.agencies().map(AgencyId::as_str).collect();
            return Err(format!("there is no agency `{agency}`; expected one of {}", there.join(", ")));
        }
        match self.of(agency).find(|role| &role.id == id) {
            Some(role) => Ok(role),
            None => {
                let there: Vec<&str> = self.of(agency).map(|role| role.id.as_str()).collect();
                Err(format!("`{id}` is no role of {agency}; expected one of {}", there.join(", ")))
            }
        }
    }

    /// The two words by which a sharing request names somebody: agency and role.
    #[must_use]
    pub fn words(&self, id: &RoleId, agency: &AgencyId) -> Option<(&str, &str)> {
        let role = self.of(agency).find(|role| &role.id == id)?;
        let agency = role.agency_word.as_ref().or_else(|| self.agencies.get(agency).map(|(word, _)| word))?;
        Some((agency, &role.word))
    }

    /// Whom others ask at an agency when nobody there is allocated.
    #[must_use]
    pub fn whom_to_ask(&self, agency: &AgencyId) -> Option<&str> {
        self.agencies.get(agency).map(|(_, ask)| ask.as_str())
    }
}

fn check(role: WrittenRole, agencies: &BTreeMap<AgencyId, (String, String)>) -> Result<Role, String> {
    id_word(&role.id)?;
    if role.label.trim().is_empty() {
        return Err("its label is empty; expected what people read".to_owned());
    }
    known(ROLE_WORDS, &role.word)?;
    if let Some(word) = &role.agency_word {
        known(AGENCY_WORDS, word)?;
    }
    if role.agencies.is_empty() {
        return Err("names no agency; expected at least one".to_owned());
    }
    for agency in &role.agencies {
        if !agencies.contains_key(&AgencyId::from(agency.as_str())) {
            return Err(format!("names the agency `{agency}`, which no [[agency]] has as its id"));
        }
    }
    Ok(Role {
        id: RoleId::from(role.id),
        label: role.label.trim().to_owned(),
        agencies: role.agencies.into_iter().map(AgencyId::from).collect(),
        word: role.word,
        agency_word: role.agency_word,
        by_unit: role.by_unit,
        rights: Rights::of(&role.rights),
    })
}

fn known(words: &[&str], found: &str) -> Result<(), String> {
    match words.contains(&found) {
        true => Ok(()),
        false => Err(format!("found the word `{found}`; expected one of {}", words.join(", "))),
    }
}

fn id_word(id: &str) -> Result<(), String> {
    let fine = !id.is_empty() && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    match fine {
        true => Ok(()),
        false => Err("its id may hold small letters, digits and `_` only".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "version = 1\n[[agency]]\nid = \"police\"\nword = \"police\"\nask = \"the desk\"\n[[role]]\nid = \"chief\"\n\
                       label = \"Chief\"\nagencies = [\"police\"]\nword = \"officer\"\nrights = [\"administers\"]\n";

    #[test]
    fn the_roles_of_the_program_are_right() {
        let roles = Roles::built_in().unwrap();
        let words = |role: &str, agency: &str| roles.words(&role.into(), &agency.into());
        assert_eq!(
            words("designated_safeguarding_lead", "schools"),
            Some(("education", "safeguarding_lead"))
        );
        assert_eq!(
            words("programme_worker", "services"),
            Some(("perpetrator_programme", "programme_worker"))
        );
        let by_unit = |role: &str| roles.get(&role.into()).unwrap().by_unit;
        assert!(by_unit("designated_safeguarding_lead") && !by_unit("gp"));
        assert_eq!(words("gp", "police"), None, "no agency lends another its roles");
        assert!(roles.get(&"administrator".into()).unwrap().rights.administers);
        assert!(
            !roles.get(&"administrator".into()).unwrap().rights.oversees,
            "whoever administers sees no case"
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (from, to, told) in [
            ("version = 1", "version = 2", "found 2, this program reads 1"),
            ("\"officer\"", "\"sheriff\"", "role `chief`: found the word `sheriff`; expected one of officer"),
            ("[\"police\"]", "[\"fire\"]", "names the agency `fire`"),
            ("[\"police\"]", "[]", "names no agency"),
            ("\"Chief\"", "\" \"", "its label is empty"),
            ("\"administers\"", "\"flies\"", "unknown variant `flies`"),
            ("[\"administers\"]", "[]", "nobody could add people"),
            ("\"chief\"", "\"The Chief\"", "small letters"),
            ("label", "lable", "line 8"),
        ] {
            let why = Roles::from_toml("roles.toml", &ONE.replace(from, to)).unwrap_err().to_string();
            assert!(why.contains(told), "{why}");
        }
        let (_, role) = ONE.split_once("[[role]]").unwrap();
        let twice = Roles::from_toml("roles.toml", &format!("{ONE}[[role]]{role}")).unwrap_err().to_string();
        assert!(twice.contains("role `chief`: stands there twice"), "{twice}");
    }

    #[test]
    fn a_role_fits_its_agencies_only() {
        let roles = Roles::built_in().unwrap();
        assert!(roles.fitting(&"midwife".into(), &"health".into()).is_ok());
        let why = roles.fitting(&"midwife".into(), &"police".into()).unwrap_err();
        assert!(why.contains("no role of police; expected one of response_officer"), "{why}");
        assert!(roles.fitting(&"midwife".into(), &"fire".into()).unwrap_err().contains("no agency `fire`"));
    }
}
