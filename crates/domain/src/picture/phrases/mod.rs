//! Phrases as a partnership writes them, found in what agencies wrote: which lists of phrases a text holds. The lists are
//! data in `area/`; here is only how a phrase is read and looked for, so that every rule reads texts alike.
//!
//! A phrase is words in their order. `a|b` is either word, `strangl*` any word that begins so, `..` up to six other words
//! between, ` + ` joins parts that stand in one sentence in any order. A sentence that denies it ("no weapons seen",
//! "denies any hands to neck") does not count, nor does one that holds a phrase of the list's `unless`.

mod pattern;
mod reader;
mod signs;

pub(crate) use pattern::{Lexicon, LexiconBuilder};
pub(crate) use reader::Reader;
pub(crate) use signs::{SignText, SignsByEvent, told_of};

/// A list of phrases in a [`Lexicon`].
pub(crate) type ListId = usize;
