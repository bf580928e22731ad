//! Whose it is: each line of Today is given to somebody, taken on, handed over, put off with a reason, or done. What is
//! decided about a line is a fact of the agency whose people work on it; nothing about the family changes by it, and nothing
//! is closed: a line that is done comes back when something new happens.

mod settings;
mod state;
mod step;

pub use settings::{Part, Working};
pub use state::{State, Told, Whose, by_team, load, states};
pub use step::{Line, Step, WhyNot, WorkStep, Worker, check};
