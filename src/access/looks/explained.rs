//! What ties are read from, kept in memory because every look asks for it: the requests between agencies as of the last
//! fact, and who stands on Today as of the last drawing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use jiff::civil::Date;
use throughline_domain::fact::Fact;
use throughline_domain::ids::{AgencyId, PersonId};
use throughline_domain::picture::{Family, Today};
use throughline_domain::request::{self, Told};
use throughline_domain::sharing::{Audience, Door};
use throughline_store::Store;

use crate::access::standing;
use crate::shelf::{self, Derived, ShelfError};

/// What the facts of requests are called.
pub const OF_REQUESTS: &[&str] =
    &["information_requested", "information_answered", "information_withdrawn", "disclosure_received"];

/// Last fact of the store; last fact and day of the drawing.
type AsOf = (u64, u64, Option<Date>);

/// A request with everybody it is about.
pub struct Asked {
    told: Told,
    people: BTreeSet<PersonId>,
}

impl Asked {
    /// Whether an agency asked it or was asked, about one of these people, and it is neither over nor refused.
    pub fn ties(&self, agency: &AgencyId, people: &BTreeSet<PersonId>, now: Timestamp) -> bool {
        let answer = self.told.answered.as_ref().map(|answered| &answered.answer);
        let lasts = self.told.ended.is_none()
            && answer.is_none_or(|answer| !answer.granted.is_empty() && now < answer.until);
        let theirs = self.told.agency == *agency || self.told.asked.to == *agency;
        lasts && theirs && !self.people.is_disjoint(people)
    }
}

/// What was read, and as of when.
#[derive(Default)]
struct Known {
    of: AsOf,
    asked: Option<Arc<Vec<Asked>>>,
    on_today: BTreeMap<Audience, Arc<BTreeSet<PersonId>>>,
}

/// What explains looks.
#[derive(Default)]
pub struct Explained(RwLock<Known>);

impl Explained {
    /// Every request between agencies.
    pub fn asked(&self, store: &Store) -> Result<Arc<Vec<Asked>>, ShelfError> {
        let of = as_of(store)?;
        if let Some(asked) = self.known(of, |known| known.asked.clone()) {
            return Ok(asked);
        }
        let asked = Arc::new(requests(store)?);
        self.keep(of, |known| known.asked = Some(Arc::clone(&asked)));
        Ok(asked)
    }

    /// Everybody of the families that stand on an audience's Today.
    pub fn on_today(
        &self,
        store: &Store,
        audience: &Audience,
    ) -> Result<Arc<BTreeSet<PersonId>>, ShelfError> {
        let of = as_of(store)?;
        if let Some(people) = self.known(of, |known| known.on_today.get(audience).cloned()) {
            return Ok(people);
        }
        let people = Arc::new(of_today(store, audience)?);
        self.keep(of, |known| drop(known.on_today.insert(audience.clone(), Arc::clone(&people))));
        Ok(people)
    }

    fn known<T>(&self, of: AsOf, read: impl FnOnce(&Known) -> Option<T>) -> Option<T> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if known.of == of { read(&known) } else { None }
    }

    fn keep(&self, of: AsOf, write: impl FnOnce(&mut Known)) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.of != of {
            *known = Known { of, ..Known::default() };
        }
        write(&mut known);
    }
}

fn as_of(store: &Store) -> Result<AsOf, ShelfError> {
    let derived: Option<Derived> = shelf::get(store, shelf::META, "derived")?.map(Door::open_to_derive);
    let derived = derived.unwrap_or_default();
    Ok((store.heads()?.last_seq(), derived.seq, derived.on))
}

fn requests(store: &Store) -> Result<Vec<Asked>, ShelfError> {
    let mut facts: Vec<Fact> = Vec::new();
    for sealed in store.facts_of_kind(OF_REQUESTS, ..)? {
        facts.push(Door::open_to_derive(sealed?));
    }
    facts.sort_by_key(|fact| fact.seq);
    let mut all = Vec::new();
    for told in request::tell(&facts) {
        let mut people = standing::people(store, &told.asked.mentions)?;
        let answered = told.answered.iter().flat_map(|answered| &answered.answer.about);
        people.extend(told.asked.about.iter().chain(answered).cloned());
        all.push(Asked { told, people });
    }
    Ok(all)
}

fn of_today(store: &Store, audience: &Audience) -> Result<BTreeSet<PersonId>, ShelfError> {
    let today = shelf::get::<Today>(store, &shelf::of_audience(shelf::TODAY, audience), "items")?;
    let items = today.map(Door::open_to_derive).unwrap_or_default().items;
    let families: BTreeSet<String> =
        items.iter().filter_map(|item| Some(item.family.as_ref()?.to_string())).collect();
    let mut people: BTreeSet<PersonId> = items.into_iter().filter_map(|item| item.person).collect();
    let families: Vec<String> = families.into_iter().collect();
    let shelf = shelf::of_audience(shelf::FAMILY, audience);
    for (_, family) in shelf::get_many::<Family>(store, &shelf, &families)? {
        people.extend(Door::open_to_derive(family).members.into_iter().map(|member| member.person));
    }
    Ok(people)
}
