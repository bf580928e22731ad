//! The picture: people, incidents, households, families, children, and each person causing harm, drawn from
//! records and from who is who. The same drawing serves the whole area and one family as known on a date:
//! what goes in decides what comes out.
//!
//! [`draw`] is the way in. The shapes it fills are in `shape.rs`.

pub mod shape;

pub use shape::*;
