//! Requests as their facts tell of them, and how each stands at a moment.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::facts::{
    DisclosureReceived, InformationAnswered, InformationRequested, InformationWithdrawn, Verdict,
};
use crate::fact::{Fact, FactBody};
use crate::ids::AgencyId;

/// How a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its time has run out without an answer: it has risen to whoever is next. It is never refused by waiting.
    Escalated,
    /// It waits for an answer.
    Open,
    /// Somebody has decided.
    Answered,
    /// It was taken back, or what was shared was.
    Withdrawn,
    /// What was shared can no longer be opened.
    Expired,
}

/// An answer with its moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Answered {
    /// Its fact.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What it says.
    pub answer: InformationAnswered,
}

/// That it was taken back, with the moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Ended {
    /// The agency that took it back.
    pub agency: AgencyId,
    /// When.
    pub at: Timestamp,
    /// Who and why.
    pub withdrawn: InformationWithdrawn,
}

/// A request with everything that followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Told {
    /// Its fact.
    pub seq: u64,
    /// The agency that asks.
    pub agency: AgencyId,
    /// When it was asked.
    pub at: Timestamp,
    /// What was asked.
    pub asked: InformationRequested,
    /// The answer, once there is one.
    pub answered: Option<Answered>,
    /// That it was taken back.
    pub ended: Option<Ended>,
    /// Who of those who asked opened the copy first, and when.
    pub received: Option<(Timestamp, DisclosureReceived)>,
}

impl Told {
    /// When its time runs out.
    #[must_use]
    pub fn due(&self, calendar: &Calendar) -> Timestamp {
        calendar.over(self.at, self.asked.within)
    }

    /// How it stands at a moment.
    #[must_use]
    pub fn state(&self, now: Timestamp, calendar: &Calendar) -> State {
        match (&self.ended, &self.answered) {
            (Some(_), _) => State::Withdrawn,
            (None, None) if now >= self.due(calendar) => State::Escalated,
            (None, None) => State::Open,
            (None, Some(answered)) if !answered.answer.granted.is_empty() && now >= answered.answer.until => {
                State::Expired
            }
            (None, Some(_)) => State::Answered,
        }
    }

    /// What the answer comes to.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        self.answered.as_ref().map(|answered| answered.answer.verdict(&self.asked))
    }

    /// Takes in what an agency wrote down about this request, where it may: the first answer of the agency that was
    /// asked, never one of whoever asked; the first time it was taken back; the first time the copy was opened.
    fn take(&mut self, fact: &Fact) {
        match &fact.body {
            FactBody::InformationAnswered(answer)
                if self.answered.is_none()
                    && self.ended.is_none()
                    && fact.agency == self.asked.to
                    && answer.by != self.asked.by =>
            {
                let (seq, at, answer) = (fact.seq, fact.received, answer.clone());
                self.answered = Some(Answered { seq, at, answer });
            }
            FactBody::InformationWithdrawn(withdrawn) if self.ended.is_none() => {
                let asked = fact.agency == self.agency && self.answered.is_none();
                let holds = fact.agency == self.asked.to && self.answered.is_some();
                if asked || holds {
                    let (agency, at) = (fact.agency.clone(), fact.received);
                    self.ended = Some(Ended { agency, at, withdrawn: withdrawn.clone() });
                }
            }
            FactBody::DisclosureReceived(received)
                if self.received.is_none() && self.answered.is_some() && fact.agency == self.agency =>
            {
                self.received = Some((fact.received, received.clone()));
            }
            _ => {}
        }
    }
}

/// Every request that these facts tell of, in their order.
#[must_use]
pub fn tell(facts: &[Fact]) -> Vec<Told> {
    let mut all: Vec<Told> = Vec::new();
    for fact in facts {
        let of = match &fact.body {
            FactBody::InformationRequested(asked) => {
                all.push(Told {
                    seq: fact.seq,
                    agency: fact.agency.clone(),
                    at: fact.received,
                    asked: asked.clone(),
                    answered: None,
                    ended: None,
                    received: None,
                });
                continue;
            }
            FactBody::InformationAnswered(answer) => answer.request,
            FactBody::InformationWithdrawn(withdrawn) => withdrawn.request,
            FactBody::DisclosureReceived(received) => received.request,
            _ => continue,
        };
        if let Some(told) = all.iter_mut().find(|told| told.seq == of) {
            told.take(fact);
        }
    }
    all
}
