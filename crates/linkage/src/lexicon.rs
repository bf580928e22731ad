//! Knowledge of names that spelling does not show: short forms, spellings of one name in several languages, and the
//! words around names that are not names. All of it is data (`data/*.toml`).

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::settings::SettingsError;

/// Which names belong together, and which words are not names.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    forenames: HashMap<String, Vec<u16>>,
    surnames: HashMap<String, Vec<u16>>,
    /// Endings of one surname by sex, plain text.
    endings: Vec<(String, String)>,
    pub(crate) titles: HashSet<String>,
    pub(crate) placeholders: HashSet<String>,
    pub(crate) particles: HashSet<String>,
    pub(crate) street_words: HashMap<String, String>,
    pub(crate) unit_words: HashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    version: u32,
    groups: Vec<String>,
    #[serde(default)]
    endings: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Around {
    version: u32,
    titles: Vec<String>,
    placeholders: Vec<String>,
    particles: Vec<String>,
    unit_words: Vec<String>,
    street_words: HashMap<String, String>,
}

impl Lexicon {
    /// The lexicon built into the program.
    ///
    /// # Errors
    /// When a built-in file does not have the form described in it.
    pub fn built_in() -> Result<Self, SettingsError> {
        Self::read(
            include_str!("../data/forenames.toml"),
            include_str!("../data/surnames.toml"),
            include_str!("../data/words.toml"),
        )
    }

    /// Reads the three documents.
    ///
    /// # Errors
    /// When one is not TOML of the expected form and version.
    pub fn read(forenames: &str, surnames: &str, words: &str) -> Result<Self, SettingsError> {
        let fore: Names = parse("forenames.toml", forenames)?;
        let sur: Names = parse("surnames.toml", surnames)?;
        let around: Around = parse("words.toml", words)?;
        for (file, version) in
            [("forenames.toml", fore.version), ("surnames.toml", sur.version), ("words.toml", around.version)]
        {
            if version != 1 {
                return Err(SettingsError::new(
                    file,
                    "version",
                    &format!("found {version}, this program reads 1"),
                ));
            }
        }
        Ok(Self {
            forenames: groups("forenames.toml", &fore.groups)?,
            surnames: groups("surnames.toml", &sur.groups)?,
            endings: sur.endings,
            titles: around.titles.into_iter().collect(),
            placeholders: around.placeholders.into_iter().collect(),
            particles: around.particles.into_iter().collect(),
            street_words: around.street_words,
            unit_words: around.unit_words.into_iter().collect(),
        })
    }

    /// Groups a forename belongs to; a short form may belong to several.
    pub(crate) fn forename_groups(&self, name: &str) -> &[u16] {
        self.forenames.get(name).map_or(&[], Vec::as_slice)
    }

    /// Groups a surname belongs to.
    pub(crate) fn surname_groups(&self, name: &str) -> &[u16] {
        self.surnames.get(name).map_or(&[], Vec::as_slice)
    }

    /// A surname with its ending brought to one form, where a language changes it by sex.
    pub(crate) fn one_ending(&self, name: &str) -> Option<String> {
        self.endings
            .iter()
            .find_map(|(ending, common)| Some(format!("{}{common}", name.strip_suffix(ending.as_str())?)))
    }
}

fn parse<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, SettingsError> {
    toml::from_str(text).map_err(|e| SettingsError::toml(file, text, &e))
}

fn groups(file: &str, lines: &[String]) -> Result<HashMap<String, Vec<u16>>, SettingsError> {
    let mut out: HashMap<String, Vec<u16>> = HashMap::new();
    for (i, line) in lines.iter().enumerate() {
        let number = u16::try_from(i + 1)
            .map_err(|_| SettingsError::new(file, "groups", "more than 65,000 groups; join some"))?;
        let mut names = line.split_whitespace().peekable();
        if names.peek().is_none() {
            return Err(SettingsError::new(file, "groups", &format!("group {number} is empty; remove it")));
        }
        for name in names {
            let held = out.entry(name.to_string()).or_default();
            if !held.contains(&number) {
                held.push(number);
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn together(lexicon: &Lexicon, a: &str, b: &str) -> bool {
        lexicon.forename_groups(a).iter().any(|g| lexicon.forename_groups(b).contains(g))
    }

    #[test]
    fn short_forms_and_spellings_are_known() {
        let lexicon = Lexicon::built_in().unwrap();
        for (a, b) in
            [("liz", "elizabeth"), ("mohammed", "muhammad"), ("kasia", "katarzyna"), ("cabdi", "abdi")]
        {
            assert!(together(&lexicon, a, b), "{a} {b}");
        }
        assert!(!together(&lexicon, "john", "james"));
    }

    #[test]
    fn endings_by_sex_fall_together() {
        let lexicon = Lexicon::built_in().unwrap();
        assert_eq!(lexicon.one_ending("kowalska").as_deref(), Some("kowalski"));
    }

    #[test]
    fn an_empty_group_is_named() {
        let error =
            Lexicon::read("version = 1\ngroups = [\"ann anne\", \"\"]", "version = 1\ngroups = []", "")
                .unwrap_err();
        assert!(error.to_string().contains("words.toml") || error.to_string().contains("group 2"), "{error}");
    }
}
