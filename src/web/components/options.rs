//! Which options each component has, as the package itself declares them. A misspelt option would be silently
//! ignored by a template, and a heading or a warning would be missing from a page.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};
use serde::Deserialize;

use super::{Packages, text};

/// Options by component folder: `govuk/components/tag`.
pub struct Known(BTreeMap<String, Vec<Declared>>);

#[derive(Deserialize)]
struct Declared {
    name: String,
    #[serde(default, rename = "params")]
    inner: Vec<Declared>,
    #[serde(default, rename = "isComponent")]
    component: bool,
}

impl Known {
    /// Reads `macro-options.json` of every component that has one (the Ministry of Justice's have none).
    pub fn load() -> Result<Self, Error> {
        let mut known = BTreeMap::new();
        for path in Packages::iter().filter(|path| path.ends_with("/macro-options.json")) {
            let folder = path.trim_end_matches("/macro-options.json").to_owned();
            let declared = serde_json::from_str(&text(&path)?)
                .map_err(|e| Error::new(ErrorKind::BadSerialization, format!("`{path}`: {e}")))?;
            known.insert(folder, declared);
        }
        Ok(Self(known))
    }

    /// Refuses an option that the component does not have.
    pub fn check(&self, folder: &str, name: &str, params: &Value) -> Result<(), Error> {
        if params.kind() != ValueKind::Map {
            let found = params.kind();
            return Err(Error::new(
                ErrorKind::InvalidOperation,
                format!("`{name}` takes one object of options, not a {found}"),
            ));
        }
        self.0.get(folder).map_or(Ok(()), |declared| inside(declared, name, params))
    }
}

fn inside(declared: &[Declared], place: &str, given: &Value) -> Result<(), Error> {
    if given.kind() == ValueKind::Seq {
        return given.try_iter()?.try_for_each(|item| inside(declared, place, &item));
    }
    if given.kind() != ValueKind::Map {
        return Ok(());
    }
    for key in given.try_iter()? {
        let key_text = key.to_string();
        let Some(option) = declared.iter().find(|option| option.name == key_text) else {
            let have: BTreeSet<&str> = declared.iter().map(|option| option.name.as_str()).collect();
            let have: Vec<&str> = have.into_iter().collect();
            return Err(Error::new(
                ErrorKind::InvalidOperation,
                format!("`{place}` has no option `{key_text}`; it has {}", have.join(", ")),
            ));
        };
        if !option.inner.is_empty() && !option.component {
            inside(&option.inner, &format!("{place}.{key_text}"), &given.get_item(&key)?)?;
        }
    }
    Ok(())
}
