//! Pages: each answers one question (its module says which), from a model that routes fill.

pub mod children;
pub mod chronology;
pub mod family;
pub mod frame;
pub mod harm;
pub mod incoming;
pub mod pager;
pub mod person;
pub mod stage;
pub mod today;
#[cfg(test)]
mod invented;
#[cfg(test)]
mod tests;

pub use stage::PageError;
