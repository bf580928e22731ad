//! What an operator may carry out because two people agreed on it: shared by the commands that do.

use throughline_domain::release::{self, Release, Told};
use throughline_domain::sharing::Door;
use throughline_store::Store;

use super::Failure;
use crate::intake::Clock;

/// Days for which an agreed release may be carried out: after that somebody looks at it again.
const DAYS: i64 = 7;

/// A release of this kind that a second person confirmed lately.
pub fn agreed(store: &Store, seq: u64, what: Release) -> Result<Told, Failure> {
    let no = |why: String| Failure::Cannot(format!("release {seq}: {why}"));
    let mut facts = Vec::new();
    for sealed in
        store.facts_of_kind(&["release_proposed", "proposal_answered"], ..).map_err(Failure::cannot)?
    {
        facts.push(Door::open_to_derive(sealed.map_err(Failure::cannot)?));
    }
    facts.sort_by_key(|fact| fact.seq);
    let told = release::tell(&facts).into_iter().find(|told| told.seq == seq);
    let told = told.ok_or_else(|| no("there is none; propose one on the page Releases".to_owned()))?;
    let kind = what.label();
    if told.proposed.what != what {
        let found = told.proposed.what.label();
        return Err(no(format!(
            "it is to \u{201c}{found}\u{201d}; propose one of the kind \u{201c}{kind}\u{201d}"
        )));
    }
    if !told.stands() {
        let refused = told.answered.is_some();
        return Err(no(
            if refused { "it was refused" } else { "no second person has confirmed it" }.to_owned()
        ));
    }
    if Clock::now().received.duration_since(told.at).as_hours() > 24 * DAYS {
        return Err(no(format!("it is more than {DAYS} days old; propose it again")));
    }
    Ok(told)
}
