//! By when work must be done and for how long it may be put off: `area/thresholds/work.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::picture::SettingsError;

/// What a partnership sets about work.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Working {
    version: u32,
    otherwise: Part,
    #[serde(default, rename = "part")]
    parts: BTreeMap<String, Part>,
}

/// Numbers of one part of Today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Days within which it must be done, from the day on which somebody was given it.
    pub due_days: u32,
    /// Days within which whoever was given it must say that they will do it; then it is nobody's again.
    #[serde(default = "two")]
    pub accept_days: u32,
    /// Days for which it may be put off at most.
    pub put_off_days: u32,
}

/// For a partnership's own settings that were written before this could be set.
fn two() -> u32 {
    2
}

impl Working {
    /// What comes with the program.
    ///
    /// # Errors
    /// When it cannot be used; a test makes sure that it can.
    pub fn built_in() -> Result<Self, SettingsError> {
        Self::read("area/thresholds/work.toml", include_str!("../../../../area/thresholds/work.toml"))
    }

    /// Settings from the text of a file.
    ///
    /// # Errors
    /// Names the file, the field, what was found and what was expected.
    pub fn read(file: &str, text: &str) -> Result<Self, SettingsError> {
        let wrong =
            |field: String, reason: String| SettingsError { file: file.to_owned(), line: 0, field, reason };
        let read: Self =
            toml::from_str(text).map_err(|error| wrong("(file)".to_owned(), error.to_string()))?;
        if read.version != 1 {
            return Err(wrong(
                "version".to_owned(),
                format!("is {}; this program reads version 1", read.version),
            ));
        }
        let named = read.parts.iter().map(|(name, part)| (name.as_str(), part));
        for (name, part) in named.chain([("otherwise", &read.otherwise)]) {
            let days = [
                ("due_days", part.due_days),
                ("accept_days", part.accept_days),
                ("put_off_days", part.put_off_days),
            ];
            for (field, days) in days {
                if !(1..=366).contains(&days) {
                    let reason = format!("found {days}, expected 1 to 366 days");
                    return Err(wrong(format!("{name}.{field}"), reason));
                }
            }
        }
        Ok(read)
    }

    /// The numbers of a part.
    #[must_use]
    pub fn of(&self, part: &str) -> Part {
        self.parts.get(part).copied().unwrap_or(self.otherwise)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_with_the_program_can_be_used_and_errors_name_the_field() {
        let built_in = Working::built_in().unwrap();
        assert_eq!(built_in.of("hard_flag").put_off_days, 1);
        assert_eq!(built_in.of("no_such_part").due_days, 10);
        let older = "version = 1\n[otherwise]\ndue_days = 3\nput_off_days = 3\n";
        assert_eq!(Working::read("own.toml", older).unwrap().of("hard_flag").accept_days, 2);
        let wrong = "version = 1\n[otherwise]\ndue_days = 0\nput_off_days = 3\n";
        assert!(Working::read("own.toml", wrong).unwrap_err().to_string().contains("otherwise.due_days"));
    }
}
