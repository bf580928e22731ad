//! Who works here: `area/roles.toml`.

use serde::Deserialize;

use crate::Outcome;

#[derive(Deserialize)]
struct File {
    agency: Vec<Agency>,
    role: Vec<Role>,
}

#[derive(Deserialize)]
struct Agency {
    id: String,
    word: String,
}

#[derive(Deserialize)]
struct Role {
    id: String,
    agencies: Vec<String>,
    word: String,
    #[serde(default)]
    agency_word: Option<String>,
    rights: Vec<String>,
}

/// All people of one role in one agency.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Audience {
    /// Their agency.
    pub agency: String,
    /// Their role.
    pub role: String,
    /// What sharing requests call the agency.
    pub agency_word: String,
    /// What sharing requests call the role.
    pub role_word: String,
    /// Whether they see all families their agency works with.
    pub oversees: bool,
    /// Whether they are the second person for what leaves the partnership.
    pub confirms: bool,
    /// Whether they read who of other agencies looked at somebody.
    pub reviews: bool,
}

/// Every audience there can be, and what requests call each agency.
#[derive(Clone, Debug)]
pub struct Roles {
    /// Every role of every agency.
    pub audiences: Vec<Audience>,
    words: Vec<(String, String)>,
}

impl Roles {
    /// Reads `roles.toml`.
    pub fn read(text: &str) -> Outcome<Self> {
        let file: File = toml::from_str(text)?;
        let words: Vec<(String, String)> = file.agency.into_iter().map(|a| (a.id, a.word)).collect();
        let mut audiences = Vec::new();
        for role in &file.role {
            for agency in &role.agencies {
                let word = words.iter().find(|(id, _)| id == agency).map(|(_, word)| word.clone());
                let word = word.ok_or_else(|| {
                    format!("roles.toml: role {} names an agency that is not there: {agency}", role.id)
                })?;
                audiences.push(Audience {
                    agency: agency.clone(),
                    role: role.id.clone(),
                    agency_word: role.agency_word.clone().unwrap_or(word),
                    role_word: role.word.clone(),
                    oversees: role.rights.iter().any(|right| right == "oversees"),
                    confirms: role.rights.iter().any(|right| right == "confirms_releases"),
                    reviews: role.rights.iter().any(|right| right == "reviews_access"),
                });
            }
        }
        audiences.sort();
        Ok(Self { audiences, words })
    }

    /// Only some of the audiences.
    #[must_use]
    pub fn only(&self, audiences: Vec<Audience>) -> Self {
        Self { audiences, words: self.words.clone() }
    }

    /// What requests call an agency.
    #[must_use]
    pub fn word(&self, agency: &str) -> &str {
        self.words.iter().find(|(id, _)| id == agency).map_or("", |(_, word)| word.as_str())
    }
}
