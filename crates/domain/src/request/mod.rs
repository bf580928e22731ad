//! One agency asks another for information, and a person there answers. Rules of facts and the time of day: nothing is
//! refused by waiting, nobody answers themselves, and what goes is a copy made for the one who asked.

mod answering;
mod calendar;
mod copy;
mod facts;
mod papers;
#[cfg(test)]
mod tests;
mod told;

pub use answering::{Choice, Hand, WhyNot, answer, may_answer, open_copy, receive, withdraw};
pub use calendar::{Calendar, CalendarError, Within, local};
pub use copy::{disclosed, people_now};
pub use facts::{
    DisclosureReceived, Granted, InWords, InformationAnswered, InformationRequested, InformationWithdrawn,
    Outcome, Part, Proposal, RowGranted, Verdict,
};
pub use papers::{MadePapers, Papers, Whom};
pub use told::{Answered, Ended, State, Told, tell};
