//! Pages: each answers one question (its module says which), from a model that routes fill.

pub mod child;
pub mod children;
pub mod chronology;
pub mod directory;
pub mod fact;
pub mod family;
pub mod frame;
pub mod harm;
pub mod incident;
pub mod incoming;
#[cfg(test)]
mod invented;
pub mod pager;
pub mod person;
pub mod plain;
pub mod search;
pub mod stage;
#[cfg(test)]
mod tests;
pub mod today;
pub mod why;
