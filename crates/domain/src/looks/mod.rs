//! Who looked: what is written down before anybody sees anything, and the rules that find looks which nobody can
//! explain, reading in bulk, and glass that was broken and not reviewed.

mod entry;
mod glass;
mod pace;
mod review;
mod settings;
#[cfg(test)]
mod simulation;

pub use entry::{Act, Alarm, Entry, Glass, Lift, Look, Looker, Review, Tie, Verdict};
pub use glass::{
    GlassRefused, GlassState, Told, break_glass, glass_open, glass_state, must_be_told, says_why,
};
pub use pace::{Day, Pace, limit, pace, usual};
pub use review::{Around, Ground, Item, Seen, items, opened_by_mistake};
pub use settings::{InInventedAreas, Looking, LookingError};

/// Who may review a look: somebody of another agency, whatever else they may do.
#[must_use]
pub fn may_review(reviewer: &Looker, of: &Looker) -> bool {
    reviewer.agency != of.agency && reviewer.user != of.user
}
