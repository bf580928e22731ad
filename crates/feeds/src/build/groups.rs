//! Things that occur several times in a row: repeated elements, items of a split cell, people of a list, finds in
//! a text. Each fills the columns of its group, then the rules of that group run.

use std::borrow::Cow;

use super::record::Builder;
use crate::mapping::feed::{ColumnSource, GroupSource, TextPart};
use crate::source::node::Node;
use crate::value::people_list;

/// One item of a group.
enum Item<'a> {
    Node(&'a Node<'a>),
    Parts(Vec<String>),
    Named(Vec<(String, String)>),
}

impl<'a> Builder<'a> {
    /// Runs `rule` once, or once per item of a group; with the place of the item, from 1.
    pub(super) fn each(&mut self, group: Option<usize>, rule: &mut dyn FnMut(&mut Self, usize)) {
        let Some(at) = group else { return rule(self, 1) };
        let shape = self.shape;
        let Some(known) = shape.groups.get(at) else { return };
        match known.within {
            Some(outer) => self.each(Some(outer), &mut |builder, _| builder.items(at, rule)),
            None => self.items(at, rule),
        }
    }

    fn items(&mut self, at: usize, rule: &mut dyn FnMut(&mut Self, usize)) {
        let shape = self.shape;
        let Some(group) = shape.groups.get(at) else { return };
        let items: Vec<Item<'a>> = match &group.source {
            GroupSource::Tree(path) => {
                let parent = match group.within {
                    Some(outer) => self.nodes.get(outer).copied().flatten(),
                    None => self.root,
                };
                let mut items = Vec::new();
                if let Some(parent) = parent {
                    path.each(parent, &mut |node| items.push(Item::Node(node)));
                }
                items
            }
            GroupSource::Split { column, between, parts } => {
                let cell = self.cells.text(*column);
                let items = cell.split(between.as_str()).map(str::trim).filter(|item| !item.is_empty());
                let split = |item: &str| match parts {
                    Some(mark) => item.splitn(8, mark.as_str()).map(|part| part.trim().to_owned()).collect(),
                    None => vec![item.to_owned()],
                };
                items.map(|item| Item::Parts(split(item))).collect()
            }
            GroupSource::People { column } => {
                let named = |listed: people_list::Listed| {
                    let part = |name: &str, text: String| (name.to_owned(), text);
                    vec![
                        part("name", listed.name),
                        part("words", listed.words),
                        part("age", listed.age),
                        part("born", listed.born),
                    ]
                };
                people_list::read(self.cells.text(*column)).into_iter().map(named).map(Item::Named).collect()
            }
            GroupSource::Text { column, patterns } => {
                let text = self.cells.text(*column);
                patterns.iter().filter_map(|pattern| find(text, pattern)).map(Item::Named).take(1).collect()
            }
        };
        for (place, item) in items.into_iter().enumerate() {
            self.fill_group(at, &item);
            rule(self, place + 1);
        }
        self.clear_group(at);
    }

    fn fill_group(&mut self, group: usize, item: &Item<'a>) {
        if let (Item::Node(node), Some(place)) = (item, self.nodes.get_mut(group)) {
            *place = Some(node);
        }
        let shape = self.shape;
        for (at, column) in shape.columns.iter().enumerate().filter(|(_, column)| column.group == Some(group))
        {
            let text: Cow<'a, str> = match (&column.source, item) {
                (ColumnSource::Tree(path), Item::Node(node)) => Cow::Owned(path.text(node, &column.join)),
                (ColumnSource::Part(place), Item::Parts(parts)) => {
                    Cow::Owned(parts.get(place - 1).cloned().unwrap_or_default())
                }
                (ColumnSource::Named(name), Item::Named(parts)) => {
                    let found = parts.iter().find(|(known, _)| known == name);
                    Cow::Owned(found.map(|(_, text)| text.clone()).unwrap_or_default())
                }
                _ => Cow::Borrowed(""),
            };
            self.put(at, column, text);
        }
    }

    fn clear_group(&mut self, group: usize) {
        if let Some(node) = self.nodes.get_mut(group) {
            *node = None;
        }
        let shape = self.shape;
        for (at, _) in shape.columns.iter().enumerate().filter(|(_, column)| column.group == Some(group)) {
            if let Some(cell) = self.cells.text.get_mut(at) {
                *cell = Cow::Borrowed("");
            }
            if let Some(cell) = self.cells.when.get_mut(at) {
                *cell = None;
            }
        }
    }
}

/// Finds a pattern in a text: its words as they stand (case ignored), and what is between them.
fn find(text: &str, pattern: &[TextPart]) -> Option<Vec<(String, String)>> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut rest = text;
    let mut open: Option<&str> = None;
    for part in pattern {
        match part {
            TextPart::Words(words) => {
                let (before, after) = split_at_words(rest, words)?;
                if let Some(name) = open.take() {
                    found.push((name.to_owned(), before.trim().to_owned()));
                }
                rest = after;
            }
            TextPart::Find(name) => open = Some(name),
        }
    }
    if let Some(name) = open {
        found.push((name.to_owned(), rest.trim().trim_end_matches('.').to_owned()));
    }
    let plausible = |text: &String| !text.is_empty() && text.len() <= 60 && text.split(' ').count() <= 5;
    found.iter().all(|(_, text)| plausible(text)).then_some(found)
}

fn split_at_words<'t>(text: &'t str, words: &str) -> Option<(&'t str, &'t str)> {
    let lower = text.to_lowercase();
    // Lower case of some letters is longer; then positions would not agree.
    if lower.len() != text.len() {
        return text.split_once(words);
    }
    let at = lower.find(&words.to_lowercase())?;
    Some((text.get(..at)?, text.get(at + words.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_names_in_set_phrases() {
        let pattern = [
            TextPart::Words("add to household: ".into()),
            TextPart::Find("name".into()),
            TextPart::Words(", dob ".into()),
            TextPart::Find("born".into()),
            TextPart::Words(",".into()),
        ];
        let found = find("Add to household: Ann Moss, dob 27-Apr-83, from 22-May-25.", &pattern).unwrap();
        assert_eq!(found, [("name".into(), "Ann Moss".into()), ("born".into(), "27-Apr-83".into())]);
        assert_eq!(find("Add to tenancy", &pattern), None);
    }
}
