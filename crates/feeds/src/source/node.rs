//! A small tree for one row of XML or JSON: names, texts, children. Arrays become repeated children.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

/// One element or one member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Node<'t> {
    pub name: Cow<'t, str>,
    pub text: Cow<'t, str>,
    pub children: Vec<Node<'t>>,
}

impl Node<'_> {
    /// Adds the whole tree to a hash; the order of members does not matter, the order of equal names does.
    pub fn digest(&self, into: &mut Sha256) {
        into.update(self.name.as_bytes());
        into.update([1]);
        into.update(self.text.trim().as_bytes());
        let mut children: Vec<&Self> = self.children.iter().collect();
        children.sort_by(|a, b| a.name.cmp(&b.name));
        for child in children {
            into.update([2]);
            child.digest(into);
        }
        into.update([3]);
    }
}
