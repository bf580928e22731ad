//! Checks columns and groups: where they come from, and that no two columns answer to one heading.

use std::collections::BTreeMap;

use super::{Checked, ShapeCheck, date_patterns, path, wrong};
use crate::mapping::feed::{Column, ColumnSource, Group, GroupSource, TextPart};
use crate::mapping::spec::{ColumnSpec, GroupSpec};
use crate::mapping::template::{Piece, pieces};
use crate::value::phrase::plain;

impl ShapeCheck<'_> {
    /// Two columns must never answer to one heading.
    pub(super) fn headings_differ(&self, columns: &[Column]) -> Checked<()> {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for column in columns.iter().filter(|column| matches!(column.source, ColumnSource::Cell)) {
            for heading in &column.headings {
                if let Some(other) = seen.insert(heading, &column.name) {
                    let place = format!("columns.{}", column.name);
                    return Err(wrong(place, format!("a heading of `{other}` too"), "headings that differ"));
                }
            }
        }
        Ok(())
    }

    pub(super) fn column_rule(&self, name: &str, spec: &ColumnSpec) -> Checked<Column> {
        let place = format!("columns.{name}");
        let group = spec.group.as_deref().map(|group| self.group(&place, group)).transpose()?;
        let source = match (&spec.path, &spec.part) {
            (Some(text), None) if !self.table => match text.strip_prefix('/') {
                Some(text) => ColumnSource::Head(path(&place, text)?),
                None => ColumnSource::Tree(path(&place, text)?),
            },
            (None, Some(part)) if group.is_some() => match part.parse::<usize>() {
                Ok(at) if at > 0 => ColumnSource::Part(at),
                _ => ColumnSource::Named(part.clone()),
            },
            (None, None) if self.table => ColumnSource::Cell,
            (Some(_), _) => return Err(wrong(place, "a path", "no path: a table has headings")),
            (None, Some(_)) => {
                return Err(wrong(place, "a part without a group", "the group it is a part of"));
            }
            (None, None) => return Err(wrong(place, "no path", "where it stands in the tree")),
        };
        let names = || std::iter::once(name).chain(spec.also.iter().map(String::as_str));
        let mut headings: Vec<String> = Vec::new();
        for heading in names().map(plain) {
            if !headings.contains(&heading) {
                headings.push(heading);
            }
        }
        Ok(Column {
            name: name.to_owned(),
            required: spec.required,
            alike: names().map(|heading| self.words.heading(heading)).collect(),
            headings,
            kind: spec.is,
            source,
            group,
            join: spec.join.clone().unwrap_or_else(|| " ".to_owned()),
            after: spec.after.clone(),
            not_after: self.date_columns(&format!("{place}.not_after"), &spec.not_after)?,
            dropped_after: self.date_columns(&format!("{place}.dropped_after"), &spec.dropped_after)?,
            refers_to: spec.refers_to.clone(),
            dates: date_patterns(&format!("{place}.dates"), &spec.dates)?,
        })
    }

    pub(super) fn group_rule(&self, name: &str, spec: &GroupSpec) -> Checked<Group> {
        let place = format!("groups.{name}");
        let within = spec.within.as_deref().map(|group| self.group(&place, group)).transpose()?;
        if within.is_some_and(|outer| self.groups.get(outer).is_some_and(|(_, spec)| spec.within.is_some())) {
            return Err(wrong(
                place,
                "a group inside a group inside a group",
                "at most one group inside another",
            ));
        }
        let source = match (&spec.path, &spec.split, &spec.people_in, &spec.text) {
            (Some(text), None, None, None) => GroupSource::Tree(path(&place, text)?),
            (None, Some(column), None, None) => GroupSource::Split {
                column: self.column(&place, column)?,
                between: spec
                    .between
                    .clone()
                    .filter(|text| !text.is_empty())
                    .unwrap_or_else(|| ";".to_owned()),
                parts: spec.parts.clone().filter(|text| !text.is_empty()),
            },
            (None, None, Some(column), None) => GroupSource::People { column: self.column(&place, column)? },
            (None, None, None, Some(column)) => GroupSource::Text {
                column: self.column(&place, column)?,
                patterns: spec
                    .patterns
                    .iter()
                    .map(|text| text_pattern(&place, text))
                    .collect::<Checked<_>>()?,
            },
            _ => {
                return Err(wrong(place, "none or several of them", "one of path, split, people_in or text"));
            }
        };
        Ok(Group { within, source })
    }
}

fn text_pattern(place: &str, text: &str) -> Checked<Vec<TextPart>> {
    let parts = pieces(text).ok_or_else(|| wrong(place, format!("`{text}`"), "every { with its }"))?;
    let read = |piece: &Piece<'_>| match piece {
        Piece::Text(words) => TextPart::Words((*words).to_owned()),
        Piece::Column { name, .. } => TextPart::Find((*name).to_owned()),
        Piece::Ordinal => TextPart::Words("#".to_owned()),
    };
    let parts: Vec<TextPart> = parts.iter().map(read).collect();
    match parts.first() {
        Some(TextPart::Words(_)) => Ok(parts),
        _ => Err(wrong(place, format!("`{text}`"), "words first, so that it is clear where to look")),
    }
}
