//! Knowledge of names that spelling does not show: short forms, spellings of one name in several languages, and the
//! words around names that are not names. All of it is data (`data/*.toml`).

use serde::Deserialize;

use crate::settings::SettingsError;
use crate::spelling::bones;
use crate::table::{TextMap, TextSet};

/// A group of names that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// From 1.
    pub(crate) number: u16,
    /// Whether all its names have the same bones, so that they meet without it.
    pub(crate) one_sound: bool,
}

/// Which names belong together, and which words are not names.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    forenames: TextMap<Vec<Group>>,
    surnames: TextMap<Vec<Group>>,
    /// The number of the last group of forenames that many have.
    well_known: usize,
    /// Endings of one surname by sex, plain text.
    endings: Vec<(String, String)>,
    pub(crate) titles: TextSet,
    pub(crate) placeholders: TextSet,
    /// Words that stand for nothing only where they are the one word in capitals.
    pub(crate) placeholders_in_capitals: TextSet,
    pub(crate) particles: TextSet,
    pub(crate) street_words: TextMap<String>,
    pub(crate) unit_words: TextSet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    version: u32,
    groups: Vec<String>,
    #[serde(default)]
    spellings: Vec<String>,
    #[serde(default)]
    endings: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Around {
    version: u32,
    titles: Vec<String>,
    placeholders: Vec<String>,
    placeholders_in_capitals: Vec<String>,
    particles: Vec<String>,
    unit_words: Vec<String>,
    street_words: TextMap<String>,
}

/// The texts a lexicon is read from, each a TOML document of the form of its namesake in `data`.
#[derive(Clone, Copy, Debug)]
pub struct LexiconTexts<'a> {
    /// Our own forenames: short forms, and `spellings` that count for surnames too.
    pub forenames: &'a str,
    /// Our own surnames, with `endings` by sex.
    pub surnames: &'a str,
    /// Published short forms of forenames.
    pub nicknames: &'a str,
    /// Published spellings of one name, for forenames and surnames.
    pub spellings: &'a str,
    /// Words around names and addresses.
    pub words: &'a str,
}

impl LexiconTexts<'_> {
    /// Those built into the program: copy the value and put your own text in the place of one.
    pub const BUILT_IN: LexiconTexts<'static> = LexiconTexts {
        forenames: include_str!("../data/forenames.toml"),
        surnames: include_str!("../data/surnames.toml"),
        nicknames: include_str!("../data/nicknames.toml"),
        spellings: include_str!("../data/spellings.toml"),
        words: include_str!("../data/words.toml"),
    };
}

impl Lexicon {
    /// The lexicon built into the program.
    ///
    /// # Errors
    /// When a built-in file does not have the form described in it.
    pub fn built_in() -> Result<Self, SettingsError> {
        Self::read(&LexiconTexts::BUILT_IN)
    }

    /// Reads a lexicon.
    ///
    /// # Errors
    /// When a document is not TOML of the expected form and version: the error names file, field and what was found.
    pub fn read(texts: &LexiconTexts<'_>) -> Result<Self, SettingsError> {
        let names = |file: &'static str, text: &str| -> Result<(&'static str, Names), SettingsError> {
            let names: Names = parse(file, text)?;
            version(file, names.version)?;
            Ok((file, names))
        };
        let (fore_file, fore) = names("forenames.toml", texts.forenames)?;
        let (sur_file, sur) = names("surnames.toml", texts.surnames)?;
        let (nick_file, nick) = names("nicknames.toml", texts.nicknames)?;
        let (spell_file, spell) = names("spellings.toml", texts.spellings)?;
        let around: Around = parse("words.toml", texts.words)?;
        version("words.toml", around.version)?;
        let own = (fore_file, "spellings", &fore.spellings);
        let published = (spell_file, "groups", &spell.groups);
        let short = (nick_file, "groups", &nick.groups);
        Ok(Self {
            well_known: fore.groups.len() + fore.spellings.len() + nick.groups.len(),
            forenames: groups(&[(fore_file, "groups", &fore.groups), own, short, published])?,
            surnames: groups(&[(sur_file, "groups", &sur.groups), own, published])?,
            endings: sur.endings,
            titles: around.titles.into_iter().collect(),
            placeholders: around.placeholders.into_iter().collect(),
            placeholders_in_capitals: around.placeholders_in_capitals.into_iter().collect(),
            particles: around.particles.into_iter().collect(),
            street_words: around.street_words,
            unit_words: around.unit_words.into_iter().collect(),
        })
    }

    /// Groups a forename belongs to; a short form may belong to several.
    pub(crate) fn forename_groups(&self, name: &str) -> &[Group] {
        self.forenames.get(name).map_or(&[], Vec::as_slice)
    }

    /// Groups a surname belongs to.
    pub(crate) fn surname_groups(&self, name: &str) -> &[Group] {
        self.surnames.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether a forename is one that many have, so that it is no slip of the hand for another.
    pub(crate) fn well_known(&self, name: &str) -> bool {
        self.forename_groups(name).first().is_some_and(|group| usize::from(group.number) <= self.well_known)
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

fn version(file: &str, found: u32) -> Result<(), SettingsError> {
    if found == 1 {
        return Ok(());
    }
    Err(SettingsError::new(file, "version", &format!("found {found}, this program reads 1")))
}

/// Numbers the groups of several lists, one list after the other, and says for each name which it is in.
fn groups(lists: &[(&str, &str, &Vec<String>)]) -> Result<TextMap<Vec<Group>>, SettingsError> {
    let mut out: TextMap<Vec<Group>> = TextMap::default();
    let lines = lists
        .iter()
        .flat_map(|(file, field, lines)| lines.iter().enumerate().map(move |line| (*file, *field, line)));
    for (number, (file, field, (i, line))) in (1..).zip(lines) {
        let number = u16::try_from(number)
            .map_err(|_| SettingsError::new(file, field, "more than 65,000 groups; join some"))?;
        let mut names = line.split_whitespace().peekable();
        let Some(head) = names.peek().map(|head| bones(head)) else {
            return Err(SettingsError::new(file, field, &format!("group {} is empty; remove it", i + 1)));
        };
        let one_sound = line.split_whitespace().all(|name| bones(name) == head);
        for name in names {
            let held = out.entry(name.to_string()).or_default();
            if !held.iter().any(|group| group.number == number) {
                held.push(Group { number, one_sound });
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
    fn published_spellings_count_for_forenames_and_surnames() {
        let lexicon = Lexicon::built_in().unwrap();
        assert!(together(&lexicon, "abdirahman", "abdulrahman"));
        let shared =
            lexicon.surname_groups("yosef").iter().any(|g| lexicon.surname_groups("yusuf").contains(g));
        assert!(shared);
        assert!(!lexicon.well_known("yevgeny") && lexicon.well_known("ruth"));
    }

    #[test]
    fn names_that_twins_have_are_not_taken_for_one() {
        let lexicon = Lexicon::built_in().unwrap();
        for (a, b) in [
            ("hassan", "hussein"),
            ("omar", "amir"),
            ("mahmoud", "mohammed"),
            ("erin", "aaron"),
            ("lee", "ashley"),
            ("ellie", "lottie"),
        ] {
            assert!(!together(&lexicon, a, b), "{a} {b}");
        }
    }

    #[test]
    fn an_empty_group_is_named() {
        let texts = LexiconTexts {
            forenames: "version = 1\ngroups = [\"ann anne\", \"\"]",
            ..LexiconTexts::BUILT_IN
        };
        let error = Lexicon::read(&texts).unwrap_err().to_string();
        assert!(error.contains("forenames.toml: groups: group 2 is empty"), "{error}");
    }
}
