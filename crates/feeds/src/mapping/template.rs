//! Texts with columns in them: `{SchoolURN}|{UPN}`, `nominal:{NOMINAL_REF}`, `{ROLE:role}`.

use std::collections::BTreeMap;

/// A text with columns in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// As it stands.
    Text(String),
    /// A column, perhaps read through a table whose keys are plain words.
    Column { at: usize, table: Option<BTreeMap<String, String>> },
    /// Place in the group, from 1.
    Ordinal,
}

/// A piece of the source text.
pub(crate) enum Piece<'a> {
    Text(&'a str),
    Column { name: &'a str, table: Option<&'a str> },
    Ordinal,
}

/// Takes the source apart; `None` when a brace is not closed.
pub(crate) fn pieces(source: &str) -> Option<Vec<Piece<'_>>> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some((text, after)) = rest.split_once('{') {
        if !text.is_empty() {
            found.push(Piece::Text(text));
        }
        let (inside, after) = after.split_once('}')?;
        found.push(match inside.split_once(':') {
            _ if inside == "#" => Piece::Ordinal,
            Some((name, table)) => Piece::Column { name, table: Some(table) },
            None => Piece::Column { name: inside, table: None },
        });
        rest = after;
    }
    if rest.contains('}') {
        return None;
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest));
    }
    Some(found)
}

impl Template {
    pub fn new(parts: Vec<Part>) -> Self {
        Self { parts }
    }

    /// The columns in it.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().filter_map(|part| match part {
            Part::Column { at, .. } => Some(*at),
            Part::Text(_) | Part::Ordinal => None,
        })
    }

    /// The column, when there is nothing else in it.
    pub fn only_column(&self) -> Option<usize> {
        match self.parts.as_slice() {
            [Part::Column { at, table: None }] => Some(*at),
            _ => None,
        }
    }

    /// The text, with `cell` giving each column; `None` when a column is blank or not in its table.
    pub fn whole<'c>(&self, ordinal: usize, cell: &dyn Fn(usize) -> &'c str) -> Option<String> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Ordinal => out.push_str(&ordinal.to_string()),
                Part::Column { at, table } => {
                    let text = look_up(cell(*at), table.as_ref())?;
                    out.push_str(text);
                }
            }
        }
        Some(out)
    }

    /// The text with blank columns left out; `None` when all are blank.
    pub fn whatever_is_there<'c>(&self, cell: &dyn Fn(usize) -> &'c str) -> Option<String> {
        let mut out = String::new();
        let mut any = false;
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Ordinal => {}
                Part::Column { at, table } => {
                    if let Some(text) = look_up(cell(*at), table.as_ref()) {
                        any = true;
                        out.push_str(text);
                    }
                }
            }
        }
        any.then_some(out)
    }
}

fn look_up<'a>(text: &'a str, table: Option<&'a BTreeMap<String, String>>) -> Option<&'a str> {
    if text.is_empty() {
        return None;
    }
    let Some(table) = table else { return Some(text) };
    let found = table.get(&crate::value::phrase::plain(text)).or_else(|| table.get("*"))?;
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_column_makes_no_whole_text() {
        let template = Template::new(vec![
            Part::Text("pupil:".into()),
            Part::Column { at: 0, table: None },
            Part::Text(":".into()),
            Part::Column { at: 1, table: None },
        ]);
        assert_eq!(template.whole(1, &|at| ["a", "b"][at]).as_deref(), Some("pupil:a:b"));
        assert_eq!(template.whole(1, &|at| ["a", ""][at]), None);
        assert_eq!(template.whatever_is_there(&|at| ["a", ""][at]).as_deref(), Some("pupil:a:"));
        assert_eq!(template.whatever_is_there(&|_| ""), None);
    }

    #[test]
    fn an_open_brace_is_a_mistake() {
        assert!(pieces("{a").is_none());
        assert!(pieces("a}").is_none());
        assert_eq!(pieces("x{a:b}{#}").map(|found| found.len()), Some(3));
    }
}
