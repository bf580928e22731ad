//! What ties somebody to the people a look is about: an allocation, glass they broke, work that they oversee, a request for
//! information. Found when the look is written, and again when it is reviewed.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use throughline_domain::ids::{AgencyId, PersonId};
use throughline_domain::looks::{Look, Looker, Tie};
use throughline_domain::picture::Person;
use throughline_domain::sharing::{Door, Viewer};

use crate::access::Sight;
use crate::features::App;
use crate::shelf::{self, Grounds, ShelfError};
use crate::web::shown;

/// Whose work people are.
pub struct Whose<'a> {
    /// What they see.
    sight: &'a Sight,
    /// Known to their agency, where they oversee its work.
    overseen: Option<&'a BTreeSet<PersonId>>,
}

impl<'a> Whose<'a> {
    /// As one viewer sees the picture. That their agency works with somebody explains the look of one who oversees that
    /// work; everybody else has an allocation.
    pub fn of(sight: &'a Sight, own_case: &'a BTreeSet<PersonId>) -> Self {
        Self { sight, overseen: sight.only.is_none().then_some(own_case) }
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
    if whose.is_some_and(|whose| any(&whose.sight.own)) {
        return Ok(Tie::Allocation);
    }
    if app.audit.behind_glass(by, people, now) {
        return Ok(Tie::BrokenGlass);
    }
    if let Some(whose) = whose
        && let Some(overseen) = whose.overseen
        && is_work(app, whose.sight, &by.agency, &(people & overseen), now)?
    {
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
        if who.sight.only.is_none() {
            let keys: Vec<String> = people.iter().map(ToString::to_string).collect();
            let known = shelf::get_many::<Person>(&app.store, shelf::PERSON, &keys)?;
            let known = known.into_iter().map(|(_, person)| Door::open_to_derive(person));
            let agency = &who.viewer.agency;
            let theirs: BTreeSet<PersonId> =
                known.filter(|person| person.records.contains_key(agency)).map(|person| person.id).collect();
            if is_work(app, &who.sight, agency, &theirs, look.at)? {
                return Ok(Tie::OwnCase);
            }
        }
    }
    by_request(app, &look.by.agency, &people, now)
}

/// Whether an agency works with one of these people, whom its records name: their last record is not old, or somebody of the
/// family stands on Today. That a case was theirs years ago explains nothing.
fn is_work(
    app: &App,
    sight: &Sight,
    agency: &AgencyId,
    people: &BTreeSet<PersonId>,
    at: Timestamp,
) -> Result<bool, ShelfError> {
    if people.is_empty() {
        return Ok(false);
    }
    let keys: Vec<String> = people.iter().map(ToString::to_string).collect();
    let days = i64::from(app.audit.settings.ties.own_case_days);
    let since = shown::local(at).date().checked_sub(days.days()).unwrap_or(Date::MIN);
    let grounds = shelf::get_many::<Grounds>(&app.store, shelf::GROUNDS, &keys)?;
    // Whose agency gives no days with what it knows is not told apart.
    let lately = |grounds: Grounds| grounds.latest.get(agency).is_none_or(|day| *day >= since);
    if grounds.into_iter().any(|(_, grounds)| lately(Door::open_to_derive(grounds))) {
        return Ok(true);
    }
    Ok(!app.explained.on_today(&app.store, &sight.audience)?.is_disjoint(people))
}

fn by_request(
    app: &App,
    agency: &AgencyId,
    people: &BTreeSet<PersonId>,
    now: Timestamp,
) -> Result<Tie, ShelfError> {
    let asked = app.explained.asked(&app.store)?;
    let tied = asked.iter().any(|asked| asked.ties(agency, people, now));
    Ok(if tied { Tie::Request } else { Tie::None })
}
