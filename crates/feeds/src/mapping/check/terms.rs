//! Checks what rules are made of: columns, texts with columns in them, our words, conditions, who is meant.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Checked, ShapeCheck, wrong};
use crate::mapping::feed::{Choice, Condition, WhoRule};
use crate::mapping::spec::{ColumnKind, ConditionSpec};
use crate::mapping::template::{Part, Piece, Template, pieces};
use crate::value::phrase::{plain, spaced};

impl ShapeCheck<'_> {
    pub(super) fn group(&self, place: &str, name: &str) -> Checked<usize> {
        let at = self.groups.iter().position(|(known, _)| *known == name);
        at.ok_or_else(|| {
            wrong(place, format!("group `{name}`"), one_of(self.groups.iter().map(|(name, _)| *name)))
        })
    }

    pub(super) fn each(&self, place: &str, name: Option<&str>) -> Checked<Option<usize>> {
        name.map(|name| self.group(place, name)).transpose()
    }

    pub(super) fn column(&self, place: &str, name: &str) -> Checked<usize> {
        let at = self.columns.iter().position(|(known, _)| *known == name);
        at.ok_or_else(|| {
            wrong(place, format!("column `{name}`"), one_of(self.columns.iter().map(|(name, _)| *name)))
        })
    }

    pub(super) fn optional(&self, place: &str, name: Option<&str>) -> Checked<Option<usize>> {
        name.map(|name| self.column(place, name)).transpose()
    }

    pub(super) fn date_column(&self, place: &str, name: Option<&str>) -> Checked<Option<usize>> {
        let Some(name) = name else { return Ok(None) };
        let at = self.column(place, name)?;
        match self.columns.get(at) {
            Some((_, spec))
                if matches!(
                    spec.is,
                    ColumnKind::Text | ColumnKind::Name | ColumnKind::OffenceCode | ColumnKind::Markup
                ) =>
            {
                let expected = "a column with `is = \"date\"`, `\"event_date\"` or `\"birth\"`";
                Err(wrong(place, format!("column `{name}`, which is no date"), expected))
            }
            _ => Ok(Some(at)),
        }
    }

    pub(super) fn date_columns(&self, place: &str, names: &[String]) -> Checked<Vec<usize>> {
        let read = |name: &String| self.date_column(place, Some(name));
        Ok(names.iter().map(read).collect::<Checked<Vec<_>>>()?.into_iter().flatten().collect())
    }

    pub(super) fn template(&self, place: &str, text: &str) -> Checked<Template> {
        let pieces = pieces(text).ok_or_else(|| wrong(place, format!("`{text}`"), "every { with its }"))?;
        let part = |piece: Piece<'_>| {
            Ok(match piece {
                Piece::Text(text) => Part::Text(text.to_owned()),
                Piece::Ordinal => Part::Ordinal,
                Piece::Column { name, table } => Part::Column {
                    at: self.column(place, name)?,
                    table: table.map(|table| self.table(place, table)).transpose()?.map(plain_keys),
                },
            })
        };
        Ok(Template::new(pieces.into_iter().map(part).collect::<Checked<_>>()?))
    }

    pub(super) fn optional_template(&self, place: &str, text: Option<&str>) -> Checked<Option<Template>> {
        text.map(|text| self.template(place, text)).transpose()
    }

    pub(super) fn templates(&self, place: &str, texts: &[String]) -> Checked<Vec<Template>> {
        texts.iter().map(|text| self.template(place, text)).collect()
    }

    pub(super) fn table(&self, place: &str, name: &str) -> Checked<&BTreeMap<String, String>> {
        self.row.tables.get(name).or_else(|| self.words.tables.get(name)).ok_or_else(|| {
            let known = self.row.tables.keys().chain(self.words.tables.keys()).map(String::as_str);
            wrong(place, format!("table `{name}`"), one_of(known))
        })
    }

    /// One of our words, or a column with the table that leads to them.
    pub(super) fn choice<T: for<'de> Deserialize<'de>>(&self, place: &str, text: &str) -> Checked<Choice<T>> {
        let parts = pieces(text).unwrap_or_default();
        match parts.as_slice() {
            [Piece::Text(word)] => Ok(Choice::Fixed(our_word(place, word)?)),
            [Piece::Column { name, table: Some("relation") }] => {
                Ok(Choice::Words { column: self.column(place, name)? })
            }
            [Piece::Column { name, table: Some(table) }] => {
                let column = self.column(place, name)?;
                let rows = self.table(place, table)?;
                let read = |(key, word): (&String, &String)| {
                    let place = format!("{place}, tables.{table}.{key}");
                    let word = if word.is_empty() { None } else { Some(our_word(&place, word)?) };
                    Ok((plain_key(key), word))
                };
                Ok(Choice::Table { column, table: rows.iter().map(read).collect::<Checked<_>>()? })
            }
            _ => Err(wrong(place, format!("`{text}`"), "one of our words, or `{Column:table}`")),
        }
    }

    pub(super) fn optional_choice<T: for<'de> Deserialize<'de>>(
        &self,
        place: &str,
        text: Option<&str>,
    ) -> Checked<Option<Choice<T>>> {
        text.map(|text| self.choice(place, text)).transpose()
    }

    pub(super) fn conditions(&self, place: &str, specs: &[ConditionSpec]) -> Checked<Vec<Condition>> {
        let read = |spec: &ConditionSpec| {
            Ok(Condition {
                column: self.column(place, &spec.column)?,
                is: spec.is.iter().map(|text| plain(text)).collect(),
                not: spec.not.iter().map(|text| plain(text)).collect(),
                filled: spec.filled,
                has: spec.has.iter().map(|text| spaced(text)).collect(),
                lacks: spec.lacks.iter().map(|text| spaced(text)).collect(),
            })
        };
        specs.iter().map(read).collect()
    }

    pub(super) fn who(&self, place: &str, text: &str) -> Checked<WhoRule> {
        let rule = match text.split_once(':') {
            Some(("here", sub)) => WhoRule::Here(self.template(place, sub)?),
            Some(("local", number)) => WhoRule::Local(self.template(place, number)?),
            Some(("group", number)) => WhoRule::Group(self.template(place, number)?),
            _ => {
                let expected = "`here:` with a sub, `local:` with a number or `group:` with a number";
                return Err(wrong(place, format!("`{text}`"), expected));
            }
        };
        Ok(rule)
    }
}

pub(super) fn our_word<T: for<'de> Deserialize<'de>>(place: &str, word: &str) -> Checked<T> {
    use serde::de::value::{Error, StrDeserializer};
    T::deserialize(StrDeserializer::<Error>::new(word)).map_err(|error| {
        let text = error.to_string();
        let expected = text.split_once("expected ").map_or(text.clone(), |(_, expected)| expected.to_owned());
        wrong(place, format!("`{word}`"), expected)
    })
}

fn plain_key(key: &str) -> String {
    if key == "*" { key.to_owned() } else { plain(key) }
}

fn plain_keys(table: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    table.iter().map(|(key, word)| (plain_key(key), word.clone())).collect()
}

fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        "nothing here, as none is declared".to_owned()
    } else {
        format!("one of {}", names.join(", "))
    }
}
