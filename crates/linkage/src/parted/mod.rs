//! The steps of linkage one by one, for those who keep the records elsewhere than in memory: take up, count, key, sample,
//! weigh and join. Each is a rule of its own over the people it is given; what lies between them is the caller's, as bytes
//! and numbers. [`Register`](crate::Register) does the same with everything at hand.
//!
//! Ties between records are not carried: people are bytes on their own, and a tie would need the other at hand.

mod counting;
mod intake;
mod keyring;
mod person;
mod sampling;
mod sets;
mod weighing;

pub use counting::{Clue, Counting, Sort};
pub use intake::{Intake, Taken, Words, mark_of_id};
pub use keyring::{Crowding, Keyring};
pub use person::Person;
pub use sampling::{Drawn, PairSample, at_random, learn};
pub use sets::Sets;
pub use weighing::{Pair, Weigher};
