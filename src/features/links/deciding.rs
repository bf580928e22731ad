//! Taking a decision: who may, when a second person is needed, and the facts that come of it.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use throughline_domain::fact::{DecisionProposed, FactBody, LinkDecision, ProposalAnswered, Protection};
use throughline_domain::ids::PersonId;
use throughline_domain::sharing::Purpose;

use crate::access;
use crate::claim::Claim;
use crate::features::{Asking, Problem};
use crate::intake::{self, Clock};

/// What somebody wants to decide.
pub struct Wanted {
    /// Decisions on links.
    pub links: Vec<LinkDecision>,
    /// Identities to keep apart.
    pub protections: Vec<Protection>,
    /// The people it is about.
    pub about: Vec<PersonId>,
    /// Entry of the queue, if it answers one.
    pub doubt: String,
    /// Why.
    pub reason: String,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It binds.
    Decided,
    /// It waits for a second person.
    Proposed,
}

/// A proposal with what was said to it.
pub struct Proposal {
    /// Its fact.
    pub seq: u64,
    /// When it was made.
    pub at: Timestamp,
    /// What it proposes.
    pub proposed: DecisionProposed,
    /// The answer, once there is one.
    pub answered: Option<ProposalAnswered>,
}

/// Who may decide about links; the others can look.
pub fn may(asking: &Asking) -> bool {
    access::may_decide_links(asking.opener.viewer())
}

/// Says no to those who may not.
pub fn must_be_allowed(asking: &Asking) -> Result<(), Problem> {
    match may(asking) {
        true => Ok(()),
        false => Err(Problem::NotYours(
            "Your role can look at links, not decide about them. Ask your safeguarding lead.".to_owned(),
        )),
    }
}

/// Takes a decision, or proposes it where a second person is needed.
pub fn take(asking: &Asking, wanted: Wanted, needs_two: bool) -> Result<Taken, Problem> {
    must_be_allowed(asking)?;
    let _claim = claim(asking)?;
    if needs_two {
        append(
            asking,
            vec![FactBody::DecisionProposed(DecisionProposed {
                links: wanted.links,
                protections: wanted.protections,
                about: wanted.about,
                doubt: wanted.doubt,
                by: asking.opener.viewer().user.clone(),
                reason: wanted.reason,
            })],
        )?;
        return Ok(Taken::Proposed);
    }
    append(asking, wanted.links.into_iter().map(FactBody::LinkDecision).collect())?;
    Ok(Taken::Decided)
}

/// Confirms or refuses a proposal; confirming makes its decisions facts.
pub fn answer(asking: &Asking, seq: u64, confirmed: bool, reason: &str) -> Result<(), Problem> {
    must_be_allowed(asking)?;
    let _claim = claim(asking)?;
    let proposal = one(asking, seq)?;
    let by = asking.opener.viewer().user.clone();
    if proposal.answered.is_some() {
        return Err(Problem::Asked("This proposal has been answered already.".to_owned()));
    }
    if proposal.proposed.by == by {
        return Err(Problem::NotYours(
            "You proposed this. Somebody else must confirm or refuse it.".to_owned(),
        ));
    }
    let reason = reason.to_owned();
    let mut facts = vec![FactBody::ProposalAnswered(ProposalAnswered {
        proposal: proposal.seq,
        confirmed,
        by: by.clone(),
        reason,
    })];
    if confirmed {
        let DecisionProposed { links, protections, .. } = proposal.proposed.clone();
        facts.extend(
            links
                .into_iter()
                .map(|link| FactBody::LinkDecision(LinkDecision { confirmed_by: by.clone(), ..link })),
        );
        facts.extend(
            protections
                .into_iter()
                .map(|held| FactBody::Protection(Protection { confirmed_by: by.clone(), ..held })),
        );
    }
    append(asking, facts)
}

/// One proposal.
pub fn one(asking: &Asking, seq: u64) -> Result<Proposal, Problem> {
    proposals(asking)?.into_iter().find(|proposal| proposal.seq == seq).ok_or(Problem::NotFound)
}

/// Facts are numbered as they are decided, so only one program at a time decides; drawing the picture takes the claim
/// too, which is worth waiting for.
pub fn claim(asking: &Asking) -> Result<Claim, Problem> {
    const PATIENCE: Duration = Duration::from_secs(20);
    let until = Instant::now() + PATIENCE;
    loop {
        match crate::features::incoming::claim(&asking.app) {
            Err(Problem::Asked(_)) if Instant::now() < until => std::thread::sleep(Duration::from_millis(50)),
            done => return done,
        }
    }
}

/// Appends facts that belong together. The caller holds the claim.
pub fn append(asking: &Asking, facts: Vec<FactBody>) -> Result<(), Problem> {
    intake::append_all(&asking.app.store, &asking.opener.viewer().agency, &Clock::now(), facts)?;
    asking.app.changed.notify_one();
    Ok(())
}

/// Every proposal with its answer, oldest first.
pub fn proposals(asking: &Asking) -> Result<Vec<Proposal>, Problem> {
    let asking = asking.with(Purpose::Linking);
    let mut found: Vec<Proposal> = Vec::new();
    let mut answers = Vec::new();
    for sealed in asking.app.store.facts_of_kind(&["decision_proposed", "proposal_answered"], ..)? {
        let fact = asking.opener.read(sealed?)?;
        match fact.body {
            FactBody::DecisionProposed(proposed) if !asking.hides(&proposed.about)? => {
                found.push(Proposal { seq: fact.seq, at: fact.received, proposed, answered: None });
            }
            FactBody::ProposalAnswered(answer) => answers.push(answer),
            _ => {}
        }
    }
    for answer in answers {
        if let Some(proposal) = found.iter_mut().find(|proposal| proposal.seq == answer.proposal) {
            proposal.answered.get_or_insert(answer);
        }
    }
    Ok(found)
}

/// Decisions on links that are not in the picture yet.
pub fn since(asking: &Asking, seq: u64) -> Result<Vec<LinkDecision>, Problem> {
    let asking = asking.with(Purpose::Linking);
    let mut found = Vec::new();
    for sealed in asking.app.store.facts_of_kind(&["link_decision"], seq + 1..)? {
        if let FactBody::LinkDecision(decision) = asking.opener.read(sealed?)?.body {
            found.push(decision);
        }
    }
    Ok(found)
}
