//! Two records of risk, kept apart. *Identification*: what was asked and seen, item by item, with who said so and when.
//! *Assessment*: what a professional judges about the person causing harm, for each person at risk. Nothing computes the
//! second from the first; neither is overwritten: each is a record of the agency that wrote it, shared and shown like any
//! other.

mod entry;
mod form;
mod standing;

pub use entry::{Answer, Assessment, FEED, Identification, Party, Told, WrongEntry, record};
pub use form::{Form, Group, Item, Level, Scale};
pub use standing::{Asked, GroupAsked, ItemAsked, Judged, Standing};

pub(crate) use entry::is_own_entry;
