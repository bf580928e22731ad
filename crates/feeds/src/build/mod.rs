//! From the cells of one row to a record, by the rules of its mapping.

pub(crate) mod cells;
mod contact;
mod events;
mod groups;
mod people;
mod places;
pub(crate) mod record;
