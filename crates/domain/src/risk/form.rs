//! The catalogue of indicators and the levels of risk: data files that a partnership reads and changes.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::picture::SettingsError;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Raised with every change, so that what was asked then stays readable.
    pub version: u32,
    /// Short name, kept with every answer.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its parts.
    #[serde(rename = "group")]
    pub groups: Vec<Group>,
}

/// Items that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Short name.
    pub id: String,
    /// What people read.
    pub label: String,
    /// What is asked.
    pub items: Vec<Item>,
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Short name, kept with the answer.
    pub id: String,
    /// What people read: behaviour of the person causing harm.
    pub text: String,
}

/// The levels somebody may judge.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    version: u32,
    /// From the lowest to the highest.
    #[serde(rename = "level")]
    pub levels: Vec<Level>,
}

/// One level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Short name, kept with the judgement.
    pub id: String,
    /// What people read.
    pub label: String,
    /// What it stands for.
    pub means: String,
    /// Within how many days somebody must look again.
    pub look_again_days: u32,
}

const FORM: &str = "area/forms/indicators.toml";
const SCALE: &str = "area/scales/risk.toml";

fn wrong(file: &str, field: &str, reason: String) -> SettingsError {
    SettingsError { file: file.to_owned(), line: 0, field: field.to_owned(), reason }
}

fn read<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, SettingsError> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map_or(0, |before| before.lines().count().max(1));
        SettingsError {
            file: file.to_owned(),
            line,
            field: "(file)".to_owned(),
            reason: error.message().to_owned(),
        }
    })
}

/// Short names are kept with answers for ever: letters, digits and `_` only.
fn short(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

impl Form {
    /// The catalogue that comes with the program.
    ///
    /// # Errors
    /// When it cannot be used; a test makes sure that it can.
    pub fn built_in() -> Result<Self, SettingsError> {
        Self::read(FORM, include_str!("../../../../area/forms/indicators.toml"))
    }

    /// A catalogue from the text of a file.
    ///
    /// # Errors
    /// Names the file, the item, what was found and what was expected.
    pub fn read(file: &str, text: &str) -> Result<Self, SettingsError> {
        let form: Self = read(file, text)?;
        if form.version == 0 {
            return Err(wrong(
                file,
                "version",
                "is 0; versions begin with 1 and rise with every change".to_owned(),
            ));
        }
        let mut known = BTreeSet::new();
        for (group, item) in form.items() {
            if !short(&item.id) || !short(&group.id) {
                let what = format!("“{}/{}”: short names are small letters, digits and _", group.id, item.id);
                return Err(wrong(file, "id", what));
            }
            if !known.insert(&item.id) {
                return Err(wrong(
                    file,
                    "id",
                    format!("“{}” stands twice; an answer could not be told apart", item.id),
                ));
            }
            if item.text.trim().is_empty() {
                return Err(wrong(file, "text", format!("“{}” asks nothing", item.id)));
            }
        }
        if known.is_empty() {
            return Err(wrong(file, "group", "has no items; at least one is needed".to_owned()));
        }
        Ok(form)
    }

    /// Every item with its group, in their order.
    pub fn items(&self) -> impl Iterator<Item = (&Group, &Item)> {
        self.groups.iter().flat_map(|group| group.items.iter().map(move |item| (group, item)))
    }
}

impl Scale {
    /// The levels that come with the program.
    ///
    /// # Errors
    /// When they cannot be used; a test makes sure that they can.
    pub fn built_in() -> Result<Self, SettingsError> {
        Self::read(SCALE, include_str!("../../../../area/scales/risk.toml"))
    }

    /// Levels from the text of a file.
    ///
    /// # Errors
    /// Names the file, the level, what was found and what was expected.
    pub fn read(file: &str, text: &str) -> Result<Self, SettingsError> {
        let scale: Self = read(file, text)?;
        if scale.version != 1 {
            let what = format!("is {}; this program reads version 1", scale.version);
            return Err(wrong(file, "version", what));
        }
        let mut known = BTreeSet::new();
        for level in &scale.levels {
            if !short(&level.id) || !known.insert(&level.id) {
                let what = format!("“{}”: short names are small letters, digits and _, each once", level.id);
                return Err(wrong(file, "id", what));
            }
            if level.look_again_days == 0 {
                let what = format!("of “{}” is 0; at least 1 day is needed", level.id);
                return Err(wrong(file, "look_again_days", what));
            }
        }
        let rising = scale
            .levels
            .windows(2)
            .all(|two| matches!(two, [low, high] if low.look_again_days >= high.look_again_days));
        if !rising {
            let what =
                "levels stand from the lowest to the highest, and a higher one is never looked at later"
                    .to_owned();
            return Err(wrong(file, "level", what));
        }
        if scale.levels.len() < 2 {
            return Err(wrong(file, "level", "at least two levels are needed".to_owned()));
        }
        Ok(scale)
    }

    /// One level by its short name.
    #[must_use]
    pub fn level(&self, id: &str) -> Option<&Level> {
        self.levels.iter().find(|level| level.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_with_the_program_can_be_used() {
        let form = Form::built_in().unwrap();
        assert!(form.items().count() > 40);
        // Own wording about behaviour: nothing asks what the person harmed did wrong.
        assert!(form.items().all(|(_, item)| !item.text.ends_with('?')));
        assert_eq!(Scale::built_in().unwrap().level("high").map(|level| level.look_again_days), Some(14));
    }

    #[test]
    fn errors_name_the_file_and_the_item() {
        let of = |text: &str| Form::read("area/forms/own.toml", text).unwrap_err().to_string();
        let form = |items: &str| {
            format!(
                "version = 1\nid = \"own\"\nname = \"Own\"\n[[group]]\nid = \"a\"\nlabel = \"A\"\nitems = [{items}]\n"
            )
        };
        let twice = of(&form("{ id = \"x\", text = \"One\" }, { id = \"x\", text = \"Two\" }"));
        assert!(twice.contains("area/forms/own.toml") && twice.contains("“x” stands twice"), "{twice}");
        assert!(of(&form("")).contains("no items"));
        assert!(of(&form("{ id = \"X y\", text = \"One\" }")).contains("small letters"));
        assert!(of("version = 1\nid = \"own\"\nname = 3\n").contains("line 3"));
        let scale = |days: [u32; 2]| {
            let [low, high] = days.map(|days| format!("means = \"m\"\nlook_again_days = {days}\n"));
            Scale::read(
                "s",
                &format!(
                    "version = 1\n[[level]]\nid = \"a\"\nlabel = \"A\"\n{low}[[level]]\nid = \"b\"\nlabel = \"B\"\n{high}"
                ),
            )
        };
        assert!(scale([10, 5]).is_ok());
        assert!(scale([5, 10]).unwrap_err().to_string().contains("from the lowest to the highest"));
        assert!(scale([5, 0]).unwrap_err().to_string().contains("at least 1 day"));
    }
}
