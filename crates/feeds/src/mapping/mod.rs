//! Mapping files (`area/feeds/*.toml`): what a file is and what its columns mean, checked once and made ready to use.

pub(crate) mod check;
pub(crate) mod error;
pub(crate) mod feed;
pub(crate) mod path;
pub(crate) mod spec;
pub(crate) mod template;
pub mod words;
