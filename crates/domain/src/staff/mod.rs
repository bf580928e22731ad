//! People who sign in: their roles, their accounts, how long they stay signed in, how fast they may guess, whom
//! they work with, and whom they must never see because they may be part of that family themselves.

mod account;
mod conflict;
mod pace;
mod roles;
mod session;
mod standing;

pub use account::{Account, Details, NotAName, Word, unit_ids, user_name};
pub use conflict::{Finder, Near, Party, Reason, Subject};
pub use pace::{Line, Pace, Turn};
pub use roles::{Right, Rights, Role, Roles, RolesError};
pub use session::{Life, Limits, Steady, over};
pub use standing::{Allocation, Bar, Barred, Relation, Standing, Why, Worker};
