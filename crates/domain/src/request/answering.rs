//! Who may answer, take back and open, and what an answer must say. Pure: what comes out is the fact to append, or one
//! sentence why not.

use jiff::Timestamp;

use super::calendar::Calendar;
use super::facts::{
    DisclosureReceived, Granted, InformationAnswered, InformationWithdrawn, Outcome, Part, Proposal,
    RowGranted,
};
use super::told::{State, Told};
use crate::ids::{AgencyId, PersonId};

/// Somebody who wants to do something about a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hand {
    /// The name they sign in with.
    pub user: String,
    /// What people read.
    pub name: String,
    /// The agency they work for.
    pub agency: AgencyId,
    /// Whether they oversee the work of their agency.
    pub supervises: bool,
    /// Whether they must not see somebody it is about.
    pub barred: bool,
}

/// What somebody decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Whom it is about.
    pub about: Vec<PersonId>,
    /// What goes; nothing is a refusal.
    pub granted: Vec<Granted>,
    /// The rows of theirs that it covers.
    pub rows: Vec<RowGranted>,
    /// Why.
    pub reason: String,
}

/// Why something cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhyNot {
    /// They are barred: to them there is no such request.
    #[error("There is no such request.")]
    Absent,
    /// It was put to another agency.
    #[error("This request was put to another agency. Somebody there answers it.")]
    OtherAgency,
    /// Whoever asked may not answer.
    #[error("You asked for this. Somebody else must answer it.")]
    Asker,
    /// There is nothing left to do.
    #[error("This request is no longer open.")]
    Settled,
    /// There is no copy to open.
    #[error("There is nothing to open.")]
    NoCopy,
    /// Every decision has a reason.
    #[error("Say why")]
    NoReason,
    /// Something goes about nobody.
    #[error("Choose whom this request is about, or share nothing")]
    Nobody,
    /// Something was granted that nobody asked for.
    #[error("{0} was not asked for")]
    NotAsked(String),
    /// One kind of data was granted twice.
    #[error("{0} was chosen twice")]
    Twice(String),
    /// The policies say no.
    #[error("The policies do not let {0} go. Only a court order, handled by legal staff, changes that")]
    Refused(String),
    /// The policies let only the minimum go.
    #[error("The policies let only the minimum of {0} go")]
    OnlyMinimum(String),
    /// Somebody who oversees must decide.
    #[error("Somebody who oversees this work must decide about {0}")]
    Supervisor(String),
}

/// Whether somebody may answer at a moment.
///
/// # Errors
/// Why not.
pub fn may_answer(told: &Told, hand: &Hand, now: Timestamp, calendar: &Calendar) -> Result<(), WhyNot> {
    if hand.barred {
        return Err(WhyNot::Absent);
    }
    if hand.agency != told.asked.to {
        return Err(WhyNot::OtherAgency);
    }
    if hand.user == told.asked.by {
        return Err(WhyNot::Asker);
    }
    match told.state(now, calendar) {
        State::Open | State::Escalated => Ok(()),
        State::Answered | State::Withdrawn | State::Expired => Err(WhyNot::Settled),
    }
}

/// The answer as a fact. A person decides; the policies set what may go at most, and what somebody who oversees decides.
///
/// # Errors
/// Why not.
pub fn answer(
    told: &Told,
    hand: &Hand,
    choice: Choice,
    proposal: Proposal,
    now: Timestamp,
    calendar: &Calendar,
) -> Result<InformationAnswered, WhyNot> {
    may_answer(told, hand, now, calendar)?;
    let Choice { about, mut granted, rows, reason } = choice;
    if reason.trim().is_empty() {
        return Err(WhyNot::NoReason);
    }
    if !granted.is_empty() && about.is_empty() {
        return Err(WhyNot::Nobody);
    }
    granted.sort();
    for (at, given) in granted.iter().enumerate() {
        let category = || given.category.clone();
        if !told.asked.categories.contains(&given.category) {
            return Err(WhyNot::NotAsked(category()));
        }
        if granted.iter().take(at).any(|other| other.category == given.category) {
            return Err(WhyNot::Twice(category()));
        }
        // What the policies do not speak of is asked about, as everything is where no policy speaks.
        let proposed = proposal.each.get(&given.category).copied().unwrap_or(Outcome::Ask);
        match (proposed.at_most(hand.supervises), given.part, proposed) {
            (Some(Part::All), _, _) | (Some(Part::Minimum), Part::Minimum, _) => {}
            (Some(Part::Minimum), Part::All, _) => return Err(WhyNot::OnlyMinimum(category())),
            (None, _, Outcome::Ask) => return Err(WhyNot::Supervisor(category())),
            (None, _, _) => return Err(WhyNot::Refused(category())),
        }
    }
    let rows = if granted.is_empty() { Vec::new() } else { rows };
    Ok(InformationAnswered {
        request: told.seq,
        by: hand.user.clone(),
        name: hand.name.clone(),
        about,
        granted,
        rows,
        reason: reason.trim().to_owned(),
        proposal,
        until: calendar.copy_until(now),
    })
}

/// Taking back: those who asked, before there is an answer; those who answered, what they shared.
///
/// # Errors
/// Why not.
pub fn withdraw(
    told: &Told,
    hand: &Hand,
    reason: &str,
    now: Timestamp,
    calendar: &Calendar,
) -> Result<InformationWithdrawn, WhyNot> {
    if hand.barred {
        return Err(WhyNot::Absent);
    }
    let waits = matches!(told.state(now, calendar), State::Open | State::Escalated);
    let asked = hand.agency == told.agency && waits;
    let shared = hand.agency == told.asked.to && open_copy(told, now, calendar).is_some();
    if !asked && !shared {
        let theirs = hand.agency == told.agency || hand.agency == told.asked.to;
        return Err(if theirs { WhyNot::Settled } else { WhyNot::OtherAgency });
    }
    if reason.trim().is_empty() {
        return Err(WhyNot::NoReason);
    }
    Ok(InformationWithdrawn { request: told.seq, by: hand.user.clone(), reason: reason.trim().to_owned() })
}

/// The answer whose copy can be opened at a moment, if there is one: something goes, it was not taken back, and its time
/// is not over.
#[must_use]
pub fn open_copy<'t>(told: &'t Told, now: Timestamp, calendar: &Calendar) -> Option<&'t InformationAnswered> {
    let answer = &told.answered.as_ref()?.answer;
    (told.state(now, calendar) == State::Answered && !answer.granted.is_empty()).then_some(answer)
}

/// That somebody of those who asked opens the copy: the receipt.
///
/// # Errors
/// Why not.
pub fn receive(
    told: &Told,
    hand: &Hand,
    now: Timestamp,
    calendar: &Calendar,
) -> Result<DisclosureReceived, WhyNot> {
    if hand.barred {
        return Err(WhyNot::Absent);
    }
    if hand.agency != told.agency {
        return Err(WhyNot::OtherAgency);
    }
    open_copy(told, now, calendar).ok_or(WhyNot::NoCopy)?;
    Ok(DisclosureReceived { request: told.seq, by: hand.user.clone(), name: hand.name.clone() })
}
