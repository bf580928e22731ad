//! Where something stands in a tree: `name[use=official].family`. One small language for XML and JSON, so that one
//! engine reads both.

use crate::source::node::Node;

/// A path, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    name: String,
    only: Option<(Path, String)>,
}

impl Path {
    /// Reads a path; `None` when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut steps = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (name, after) = rest.split_at_checked(end)?;
            if name.is_empty() {
                return None;
            }
            let (only, after) = match after.strip_prefix('[') {
                Some(inside) => {
                    let (condition, after) = inside.split_once(']')?;
                    let (path, value) = condition.split_once('=')?;
                    (Some((Self::parse(path)?, value.trim().to_owned())), after)
                }
                None => (None, after),
            };
            steps.push(Step { name: name.to_owned(), only });
            rest = match after.strip_prefix('.') {
                Some("") => return None,
                Some(more) => more,
                None if after.is_empty() => "",
                None => return None,
            };
        }
        (!steps.is_empty()).then_some(Self(steps))
    }

    /// Every name in it, for telling known elements from unknown ones.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|step| step.name.as_str())
    }

    /// Calls `found` for every node at this path.
    pub fn each<'n, 't>(&self, node: &'n Node<'t>, found: &mut dyn FnMut(&'n Node<'t>)) {
        walk(&self.0, node, found);
    }

    /// The texts at this path, joined.
    pub fn text(&self, node: &Node<'_>, join: &str) -> String {
        let mut out = String::new();
        self.each(node, &mut |found| {
            let text = found.text.trim();
            if !text.is_empty() {
                if !out.is_empty() {
                    out.push_str(join);
                }
                out.push_str(text);
            }
        });
        out
    }

    fn holds(&self, node: &Node<'_>, value: &str) -> bool {
        let mut holds = false;
        self.each(node, &mut |found| holds = holds || found.text.trim() == value);
        holds
    }

    /// Whether one of the texts at this path is this one.
    pub fn is(&self, node: &Node<'_>, value: &str) -> bool {
        self.holds(node, value)
    }
}

fn walk<'n, 't>(steps: &[Step], node: &'n Node<'t>, found: &mut dyn FnMut(&'n Node<'t>)) {
    let Some((step, rest)) = steps.split_first() else {
        found(node);
        return;
    };
    for child in &node.children {
        if child.name == step.name.as_str()
            && step.only.as_ref().is_none_or(|(path, value)| path.holds(child, value))
        {
            walk(rest, child, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::json;

    #[test]
    fn finds_what_it_names() {
        let text = r#"{"name":[{"use":"old","family":"Moss"},{"use":"official","family":"Reed","given":["Ann","May"]}],
            "identifier":[{"system":"https://x.example/nhs","value":"9"}]}"#;
        let node = json::parse(text).unwrap();
        let text = |path| Path::parse(path).unwrap().text(&node, " ");
        assert_eq!(text("name[use=official].given"), "Ann May");
        assert_eq!(text("name.family"), "Moss Reed");
        assert_eq!(text("identifier[system=https://x.example/nhs].value"), "9");
        assert_eq!(text("name[use=nickname].family"), "");
    }

    #[test]
    fn refuses_what_is_not_a_path() {
        for text in ["", "a..b", "a[b]", "a[b=c", "a.", ".a"] {
            assert_eq!(Path::parse(text), None, "{text}");
        }
    }
}
