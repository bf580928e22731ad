//! The rules, read from the texts that people read.

pub mod categories;
pub mod cedar;
pub mod known;
pub mod roles;
