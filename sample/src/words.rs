//! The word lists of the invented area, read once and checked, so that wording can change without Rust.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::SampleError;

/// Everything the generator knows to say.
pub(crate) struct Words {
    pub(crate) names: Names,
    pub(crate) places: Places,
    pub(crate) offences: Offences,
    pub(crate) narratives: Phrases,
    pub(crate) notes: BTreeMap<String, Phrases>,
}

/// Lists of sentences by name.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Phrases(BTreeMap<String, Vec<String>>);

impl Phrases {
    /// The list of that name; empty if there is none.
    pub(crate) fn list(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}

/// Names by culture.
#[derive(Deserialize)]
pub(crate) struct Names {
    pub(crate) culture: Vec<Culture>,
    pub(crate) nicknames: BTreeMap<String, Vec<String>>,
}

/// One naming culture.
#[derive(Deserialize)]
pub(crate) struct Culture {
    pub(crate) name: String,
    pub(crate) share: u32,
    pub(crate) female: Vec<String>,
    pub(crate) male: Vec<String>,
    pub(crate) surname: Vec<String>,
    #[serde(default)]
    pub(crate) first: Vec<String>,
    #[serde(default)]
    pub(crate) last: Vec<String>,
}

/// Places of the area.
#[derive(Deserialize)]
pub(crate) struct Places {
    pub(crate) area: String,
    pub(crate) force: String,
    pub(crate) authority: String,
    pub(crate) prison: String,
    pub(crate) prison_postcode: String,
    pub(crate) hospital: String,
    pub(crate) maternity: String,
    pub(crate) health_visiting: String,
    pub(crate) sexual_health: String,
    pub(crate) practices: Vec<String>,
    pub(crate) number_types: Vec<String>,
    pub(crate) streets: Vec<String>,
    pub(crate) refuges: Vec<String>,
    pub(crate) town: Vec<Town>,
    pub(crate) school: Vec<School>,
}

/// A town and its invented postcode districts.
#[derive(Deserialize)]
pub(crate) struct Town {
    pub(crate) name: String,
    pub(crate) districts: Vec<u32>,
    #[serde(default)]
    pub(crate) outside: bool,
}

/// A school.
#[derive(Deserialize)]
pub(crate) struct School {
    pub(crate) urn: u32,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) secondary: bool,
}

/// Offence codes in use.
#[derive(Deserialize)]
pub(crate) struct Offences {
    pub(crate) offence: Vec<Offence>,
    pub(crate) other: Vec<Other>,
}

/// An offence of domestic abuse.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Offence {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) level: u8,
    pub(crate) weight: u32,
    #[serde(default)]
    pub(crate) milder: Option<String>,
    pub(crate) frames: String,
    #[serde(default)]
    pub(crate) flag: Option<String>,
    pub(crate) share: u32,
    #[serde(default)]
    pub(crate) apart: bool,
}

/// An offence that has nothing to do with domestic abuse.
#[derive(Deserialize)]
pub(crate) struct Other {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) frames: String,
}

impl Words {
    /// Reads the lists built into the program.
    pub(crate) fn load() -> Result<Self, SampleError> {
        let words = Self {
            names: read("names.toml", include_str!("../data/names.toml"))?,
            places: read("places.toml", include_str!("../data/places.toml"))?,
            offences: read("offences.toml", include_str!("../data/offences.toml"))?,
            narratives: read("narratives.toml", include_str!("../data/narratives.toml"))?,
            notes: read("notes.toml", include_str!("../data/notes.toml"))?,
        };
        for offence in &words.offences.offence {
            if words.narratives.list(&offence.frames).is_empty() {
                let missing = format!("offence {} needs a list `{}`", offence.code, offence.frames);
                return Err(SampleError::Words { file: "narratives.toml", reason: missing });
            }
        }
        Ok(words)
    }

    /// Sentences of one agency's notes.
    pub(crate) fn note(&self, agency: &str, list: &str) -> &[String] {
        self.notes.get(agency).map_or(&[], |phrases| phrases.list(list))
    }

    /// The offence with that code, else the mildest.
    pub(crate) fn offence(&self, code: &str) -> Option<&Offence> {
        let all = &self.offences.offence;
        all.iter().find(|offence| offence.code == code).or_else(|| all.first())
    }
}

fn read<T: for<'a> Deserialize<'a>>(file: &'static str, text: &str) -> Result<T, SampleError> {
    toml::from_str(text).map_err(|error| SampleError::Words { file, reason: error.to_string() })
}

/// `frame` with each `{name}` replaced. An unknown placeholder stays, and a test looks for it.
pub(crate) fn fill(frame: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(frame.len() + 40);
    let mut rest = frame;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => out.push_str(value),
            None => {
                out.push('{');
                out.push_str(name);
                out.push('}');
            }
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_lists_are_whole() {
        let words = Words::load().unwrap();
        assert!(words.names.culture.iter().all(|c| c.female.len() > 5 && c.male.len() > 5));
        assert!(
            words
                .offences
                .offence
                .iter()
                .filter_map(|o| o.milder.as_ref())
                .all(|code| { words.offences.offence.iter().any(|o| &o.code == code) })
        );
        assert!(words.places.school.iter().any(|s| s.secondary));
    }

    #[test]
    fn fills_frames() {
        assert_eq!(fill("{V} rang {x}.", &[("V", "Ana")]), "Ana rang {x}.");
        assert_eq!(fill("a { b", &[]), "a { b");
    }
}
