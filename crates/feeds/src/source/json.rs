//! JSON into a tree. serde_json stops at 128 levels, so a nesting bomb is an error and not a crash.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::node::Node;

/// Parses one JSON object.
pub(crate) fn parse(text: &str) -> Result<Node<'_>, serde_json::Error> {
    let mut into = Vec::new();
    let mut reader = serde_json::Deserializer::from_str(text);
    Fill { into: &mut into, name: Cow::Borrowed("") }.deserialize(&mut reader)?;
    reader.end()?;
    match into.pop() {
        Some(node) if into.is_empty() && node.text.is_empty() => Ok(node),
        _ => Err(serde_json::Error::custom("expected one JSON object")),
    }
}

struct Fill<'into, 't> {
    into: &'into mut Vec<Node<'t>>,
    name: Cow<'t, str>,
}

impl<'t> DeserializeSeed<'t> for Fill<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'t> Fill<'_, 't> {
    fn leaf(self, text: Cow<'t, str>) {
        self.into.push(Node { name: self.name, text, children: Vec::new() });
    }
}

impl<'t> Visitor<'t> for Fill<'_, 't> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_borrowed_str<E>(self, text: &'t str) -> Result<(), E> {
        self.leaf(Cow::Borrowed(text));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.leaf(Cow::Owned(text.to_owned()));
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.leaf(Cow::Borrowed(if value { "true" } else { "false" }));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.leaf(Cow::Owned(value.to_string()));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.leaf(Cow::Owned(value.to_string()));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.leaf(Cow::Owned(value.to_string()));
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Fill { into: self.into, name: self.name.clone() })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'t>>(self, mut members: A) -> Result<(), A::Error> {
        let mut node = Node { name: self.name, ..Node::default() };
        while let Some(name) = members.next_key_seed(Key)? {
            members.next_value_seed(Fill { into: &mut node.children, name })?;
        }
        self.into.push(node);
        Ok(())
    }
}

struct Key;

impl<'t> DeserializeSeed<'t> for Key {
    type Value = Cow<'t, str>;

    fn deserialize<D: Deserializer<'t>>(self, from: D) -> Result<Cow<'t, str>, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'t> Visitor<'t> for Key {
    type Value = Cow<'t, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, text: &'t str) -> Result<Cow<'t, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'t, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_become_repeated_children() {
        let node = parse(r#"{"a":[1,[2,{"b":"x"}]],"c":null,"d":true}"#).unwrap();
        let names: Vec<_> =
            node.children.iter().map(|child| (child.name.as_ref(), child.text.as_ref())).collect();
        assert_eq!(names, [("a", "1"), ("a", "2"), ("a", ""), ("d", "true")]);
    }

    #[test]
    fn a_nesting_bomb_is_an_error() {
        let bomb = "[".repeat(100_000);
        assert!(parse(&format!("{{\"a\":{bomb}")).is_err());
    }

    #[test]
    fn only_one_object_is_a_row() {
        for text in ["", "1", "\"x\"", "[]", "{} {}", "{\"a\":"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
