//! What ties somebody to the people a look is about: an allocation, glass they broke, work that they oversee, a request for
//! information. Found when the look is written, and again when it is reviewed.

use std::collections::BTreeSet;

use jiff::Timestamp;
use throughline_domain::fact::Fact;
use throughline_domain::ids::{AgencyId, PersonId};
use throughline_domain::looks::{Look, Looker, Tie};
use throughline_domain::picture::Person;
use throughline_domain::request::{self, Told};
use throughline_domain::sharing::{Door, Viewer};

use crate::access::{Sight, standing};
use crate::features::App;
use crate::shelf::{self, ShelfError};

/// What the facts of requests are called.
pub const OF_REQUESTS: &[&str] =
    &["information_requested", "information_answered", "information_withdrawn", "disclosure_received"];

/// Whose work people are.
pub struct Whose<'a> {
    /// Allocated to the viewer or their team, with their families.
    own: &'a BTreeSet<PersonId>,
    /// Known to their agency, where they oversee its work.
    overseen: Option<&'a BTreeSet<PersonId>>,
}

impl<'a> Whose<'a> {
    /// As one viewer sees the picture. That their agency works with somebody explains the look of one who oversees that
    /// work; everybody else has an allocation.
    pub fn of(sight: &'a Sight, own_case: &'a BTreeSet<PersonId>) -> Self {
        Self { own: &sight.own, overseen: sight.only.is_none().then_some(own_case) }
    }
}

/// What ties a viewer to the people of a look. One of them is enough, as they are opened together.
pub fn at(
    app: &App,
    by: &Looker,
    people: &BTreeSet<PersonId>,
    whose: Option<&Whose<'_>>,
    now: Timestamp,
) -> Result<Tie, ShelfError> {
    let any = |of: &BTreeSet<PersonId>| people.iter().any(|person| of.contains(person));
    if people.is_empty() {
        return Ok(Tie::None);
    }
    if whose.is_some_and(|whose| any(whose.own)) {
        return Ok(Tie::Allocation);
    }
    if app.audit.behind_glass(by, people, now) {
        return Ok(Tie::BrokenGlass);
    }
    if whose.and_then(|whose| whose.overseen).is_some_and(any) {
        return Ok(Tie::OwnCase);
    }
    by_request(app, &by.agency, people, now)
}

/// Somebody whose looks are reviewed, as they are now.
pub struct Reviewed {
    viewer: Viewer,
    sight: Sight,
}

impl Reviewed {
    /// The looker of an entry; none, where they have left or work for another agency now.
    pub fn of(app: &App, by: &Looker) -> Result<Option<Self>, crate::features::Problem> {
        let account = app.accounts.staff.account(&by.user)?;
        let viewer = account.and_then(|account| app.accounts.viewer(&account));
        let Some(viewer) = viewer.filter(|viewer| viewer.agency == by.agency) else { return Ok(None) };
        Ok(Some(Self { sight: app.sight(&viewer)?, viewer }))
    }

    /// Whether a look was at somebody of their own surroundings: from whom they are barred by now.
    pub fn near(&self, look: &Look) -> bool {
        look.people.iter().any(|person| self.sight.barred.contains(person))
    }
}

/// What ties somebody by now to the people of an earlier look: paperwork may come after it.
pub fn since(app: &App, look: &Look, who: Option<&Reviewed>, now: Timestamp) -> Result<Tie, ShelfError> {
    let people: BTreeSet<PersonId> = look.people.iter().cloned().collect();
    if let Some(who) = who {
        if people.iter().any(|person| who.sight.own.contains(person)) {
            return Ok(Tie::Allocation);
        }
        let keys: Vec<String> = people.iter().map(ToString::to_string).collect();
        let known = shelf::get_many::<Person>(&app.store, shelf::PERSON, &keys)?;
        let agency = &who.viewer.agency;
        if who.viewer.rights.oversees
            && known.into_iter().any(|(_, person)| Door::open_to_derive(person).records.contains_key(agency))
        {
            return Ok(Tie::OwnCase);
        }
    }
    by_request(app, &look.by.agency, &people, now)
}

/// A request about one of these people that their agency asked or was asked, and that is neither over nor refused.
fn by_request(
    app: &App,
    agency: &AgencyId,
    people: &BTreeSet<PersonId>,
    now: Timestamp,
) -> Result<Tie, ShelfError> {
    let mut facts: Vec<Fact> = Vec::new();
    for sealed in app.store.facts_of_kind(OF_REQUESTS, ..)? {
        facts.push(Door::open_to_derive(sealed?));
    }
    facts.sort_by_key(|fact| fact.seq);
    for told in request::tell(&facts) {
        let theirs = told.agency == *agency || told.asked.to == *agency;
        if theirs && lasts(&told, now) && is_about(app, &told, people)? {
            return Ok(Tie::Request);
        }
    }
    Ok(Tie::None)
}

fn lasts(told: &Told, now: Timestamp) -> bool {
    let answer = told.answered.as_ref().map(|answered| &answered.answer);
    told.ended.is_none() && answer.is_none_or(|answer| !answer.granted.is_empty() && now < answer.until)
}

fn is_about(app: &App, told: &Told, people: &BTreeSet<PersonId>) -> Result<bool, ShelfError> {
    let answered = told.answered.iter().flat_map(|answered| &answered.answer.about);
    if told.asked.about.iter().chain(answered).any(|person| people.contains(person)) {
        return Ok(true);
    }
    Ok(!standing::people(&app.store, &told.asked.mentions)?.is_disjoint(people))
}
