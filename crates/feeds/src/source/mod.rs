//! Where rows come from: one file per format, each in bounded memory and each keeping aside what it cannot read.

pub(crate) mod delimited;
pub(crate) mod header;
pub(crate) mod json;
pub(crate) mod lines;
pub(crate) mod ndjson;
pub(crate) mod node;
pub(crate) mod table;
pub(crate) mod workbook;
pub(crate) mod xml;

use std::io::{BufRead, Seek};

/// A file that can be read twice: once to learn its encoding or whether it is whole, once for its rows.
pub trait Source: BufRead + Seek {}

impl<T: BufRead + Seek> Source for T {}

/// Longest row that is read. No agency's row comes near; a longer one is a broken file or an attack.
pub(crate) const LONGEST_ROW: usize = 1 << 20;
