//! An account: who somebody is, for whom they work and as what. Secrets are kept apart from it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{AgencyId, RoleId, TeamId, UnitId};
use crate::record::Address;

/// Somebody who can sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Name to sign in with: small letters, digits, `.`, `-`, `_`.
    pub user: String,
    /// What people read.
    pub name: String,
    /// The agency they work for.
    pub agency: AgencyId,
    /// Their role, from `area/roles.toml`.
    pub role: RoleId,
    /// What they do there, in their own agency's words; the role's label where that says enough.
    pub title: String,
    /// Teams they belong to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<TeamId>,
    /// Units of the agency they answer for, a school by its number. Where there are any, a role that oversees reaches no
    /// further than the families of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<UnitId>,
    /// Where they could be met as a private person: only ever compared with parties, never shown to others.
    #[serde(default)]
    pub details: Details,
    /// By what their agency's own sign-in knows them; empty when they do not come through it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub outside: String,
    /// May not sign in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// A demonstration user of an invented area: signs in with one click.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demonstration: bool,
}

/// What conflicts of interest are found by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Forenames, as on papers.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub forenames: String,
    /// Surnames, present and former.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub surnames: Vec<String>,
    /// Date of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<Date>,
    /// Addresses, present and former.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
    /// Telephone numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<String>,
}

impl Details {
    /// Whether there is nothing to compare.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let by_birth = self.born.is_some() && !self.surnames.is_empty();
        !by_birth && self.addresses.is_empty() && self.phones.is_empty()
    }
}

/// Units as people type them, each once: a school's number with or without spaces around it.
pub fn unit_ids<'t>(typed: impl IntoIterator<Item = &'t str>) -> Vec<UnitId> {
    let units: std::collections::BTreeSet<&str> =
        typed.into_iter().flat_map(|text| text.split(',')).map(str::trim).collect();
    units.into_iter().filter(|unit| !unit.is_empty()).map(UnitId::from).collect()
}

/// A name nobody can sign in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a name to sign in with has 2 to 40 small letters, digits, dots, `-` or `_`, and begins with a letter"
)]
pub struct NotAName;

/// A name to sign in with, in its one form: people type capitals and spaces around it.
///
/// # Errors
/// [`NotAName`] when it could not be one.
pub fn user_name(typed: &str) -> Result<String, NotAName> {
    let name = typed.trim().to_lowercase();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    let begins = name.chars().next().is_some_and(|c| c.is_ascii_lowercase());
    match begins && (2..=40).contains(&name.len()) && name.chars().all(fits) {
        true => Ok(name),
        false => Err(NotAName),
    }
}

/// Whether a password may be used, and if not, what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// It may.
    Good,
    /// Shorter than 12 signs.
    Short,
    /// Longer than 200 signs: hashing it would take others' time.
    Long,
    /// One sign over and over, a run of the keyboard, or the user's own name.
    Plain,
}

impl Word {
    /// Looks at a password. Length counts, composition does not.
    #[must_use]
    pub fn of(password: &str, user: &str) -> Self {
        let signs = password.chars().count();
        if signs < 12 {
            return Self::Short;
        }
        if signs > 200 {
            return Self::Long;
        }
        let small = password.to_lowercase();
        let distinct: std::collections::BTreeSet<char> = small.chars().collect();
        let runs = ["password", "1234567890", "qwertyuiop", "throughline", "letmein"];
        let without = runs.iter().chain([&user]).filter(|word| word.len() > 2);
        let rest = without.fold(small.clone(), |text, word| text.replace(word, ""));
        match distinct.len() < 5 || rest.chars().count() < 5 {
            true => Self::Plain,
            false => Self::Good,
        }
    }

    /// What to say about one that may not be used.
    #[must_use]
    pub fn says(self) -> Option<&'static str> {
        match self {
            Self::Good => None,
            Self::Short => Some("Enter a password of 12 or more characters. Three random words work well"),
            Self::Long => Some("Enter a password of 200 characters or fewer"),
            Self::Plain => Some("Enter a password that is harder to guess. Three random words work well"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_form() {
        assert_eq!(user_name(" R.Okafor ").unwrap(), "r.okafor");
        for odd in ["", "a", "1abc", "o'brien", "a b", "ä.b", &"x".repeat(41), "operator\n"] {
            let told = user_name(odd);
            assert!(told.is_err() || odd == "operator\n", "{odd}");
        }
    }

    #[test]
    fn length_makes_a_password() {
        assert_eq!(Word::of("correct horse battery", "ruth"), Word::Good);
        assert_eq!(Word::of("Tr0ub4dor&3", "ruth"), Word::Short);
        assert_eq!(Word::of("aaaaaaaaaaaaaaaa", "ruth"), Word::Plain);
        assert_eq!(Word::of("password1234567890", "ruth"), Word::Plain);
        assert_eq!(Word::of("ruth.okafor.1", "ruth.okafor"), Word::Plain);
        assert_eq!(Word::of(&"abcdefgh".repeat(30), "ruth"), Word::Long);
    }
}
