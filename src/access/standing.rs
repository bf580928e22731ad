//! How the staff stand to the people of the picture as it is drawn now: whom they must never see, and who is theirs.
//! Worked out once for each drawing and each change of accounts, then kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use throughline_domain::ids::{AgencyId, MentionKey, PersonId, TeamId, UnitId};
use throughline_domain::picture::{Family, FamilyPart, Kept, Person, Settings};
use throughline_domain::sharing::{Door, Viewer};
use throughline_domain::staff::{Barred, Finder, Near, Party, Standing, Subject, Why, Worker};
use throughline_store::{Staff, Store};

use crate::shelf::{self, Derived, RowState, ShelfError, WhoBlock};

/// Last fact and day of the drawing, revision of the accounts.
type Drawn = (u64, Option<jiff::civil::Date>, u64);

/// Who stands how to whom, as of one drawing.
#[derive(Default)]
struct Known {
    /// The drawing and the revision of accounts it was worked out from.
    of: Drawn,
    bars: BTreeMap<String, BTreeMap<PersonId, BTreeSet<Why>>>,
    agency_bars: BTreeMap<AgencyId, BTreeMap<PersonId, BTreeSet<Why>>>,
    own: BTreeMap<String, BTreeSet<PersonId>>,
    /// People who are allocated to somebody of an agency in person.
    led: BTreeMap<AgencyId, BTreeSet<PersonId>>,
    of_team: BTreeMap<TeamId, BTreeSet<PersonId>>,
    of_unit: BTreeMap<(AgencyId, UnitId), BTreeSet<PersonId>>,
}

/// Everybody's standing.
#[derive(Default)]
pub struct Standings(RwLock<Arc<Known>>);

impl Standings {
    /// How a viewer stands: whom they must not see, who is theirs.
    pub fn of(
        &self,
        store: &Store,
        staff: &Staff,
        (settings, kept): (&Settings, &Kept),
        viewer: &Viewer,
    ) -> Result<Standing, ShelfError> {
        let known = self.known(store, staff, settings, kept)?;
        let mut bars = known.bars.get(&viewer.user).cloned().unwrap_or_default();
        for (person, why) in known.agency_bars.get(&viewer.agency).into_iter().flatten() {
            bars.entry(person.clone()).or_default().extend(why.iter().cloned());
        }
        let own = known.own.get(&viewer.user).into_iter();
        let teams = viewer.teams.iter().filter_map(|team| known.of_team.get(team));
        // Somebody who answers for a school oversees its pupils, as if these were allocated to them, and nobody else.
        let overseen = viewer.units.iter().filter(|_| viewer.rights.oversees);
        let units = overseen.filter_map(|unit| known.of_unit.get(&(viewer.agency.clone(), unit.clone())));
        let allocated = own.chain(teams).chain(units).flatten().cloned().collect();
        let oversees = viewer.rights.oversees && viewer.units.is_empty();
        Ok(Standing { bars, allocated, oversees })
    }

    /// People whom somebody is allocated to, of whatever agency.
    pub fn working_with(
        &self,
        store: &Store,
        staff: &Staff,
        (settings, kept): (&Settings, &Kept),
        person: &PersonId,
    ) -> Result<Vec<String>, ShelfError> {
        let known = self.known(store, staff, settings, kept)?;
        let theirs = known.own.iter().filter(|(_, people)| people.contains(person));
        Ok(theirs.map(|(user, _)| user.clone()).collect())
    }

    /// People who are allocated to somebody of an agency in person, not only to a team.
    pub fn led_in(
        &self,
        store: &Store,
        staff: &Staff,
        (settings, kept): (&Settings, &Kept),
        agency: &AgencyId,
    ) -> Result<BTreeSet<PersonId>, ShelfError> {
        let known = self.known(store, staff, settings, kept)?;
        Ok(known.led.get(agency).cloned().unwrap_or_default())
    }

    fn known(
        &self,
        store: &Store,
        staff: &Staff,
        settings: &Settings,
        kept: &Kept,
    ) -> Result<Arc<Known>, ShelfError> {
        let derived: Option<Derived> = shelf::get(store, shelf::META, "derived")?.map(Door::open_to_derive);
        let derived = derived.unwrap_or_default();
        let of = (derived.seq, derived.on, staff.revision()?);
        let known = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        if known.of == of && of.2 > 0 {
            return Ok(known);
        }
        let known = Arc::new(work_out(store, staff, settings, kept, of)?);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&known);
        Ok(known)
    }
}

fn work_out(
    store: &Store,
    staff: &Staff,
    settings: &Settings,
    kept: &Kept,
    of: Drawn,
) -> Result<Known, ShelfError> {
    let mut known = Known { of, ..Known::default() };
    for allocation in staff.allocations()?.into_iter().filter(|one| one.until.is_none()) {
        let people = people(store, &allocation.mentions)?;
        match allocation.to {
            Worker::User(user) => known.own.entry(user).or_default().extend(people),
            Worker::Team(team) => known.of_team.entry(team).or_default().extend(people),
        }
    }
    for bar in staff.bars()?.into_iter().filter(|one| one.until.is_none()) {
        let barred = match bar.who {
            Barred::User(user) => known.bars.entry(user).or_default(),
            Barred::Agency(agency) => known.agency_bars.entry(agency).or_default(),
        };
        for person in people(store, &bar.mentions)? {
            barred.entry(person).or_default().insert(Why::Set(bar.id));
        }
    }
    let mut subjects = Vec::new();
    for account in staff.accounts()? {
        // Whoever can no longer sign in leads nobody.
        if let Some(people) = known.own.get(&account.user).filter(|_| !account.disabled) {
            known.led.entry(account.agency.clone()).or_default().extend(people.iter().cloned());
        }
        for unit in account.units {
            let pupils = shelf::get(store, shelf::ON_ROLL, &shelf::unit_key(&account.agency, &unit))?;
            let pupils: BTreeSet<PersonId> = pupils.map(Door::open_to_derive).unwrap_or_default();
            known.of_unit.insert((account.agency.clone(), unit), pupils);
        }
        let declared = staff.declared(&account.user)?.into_iter().filter(|one| one.ended.is_none());
        let declared = declared.map(|one| one.about).collect();
        subjects.push(Subject { user: account.user, own: account.details, declared });
    }
    let mut finder = Finder::new(&subjects, settings, kept);
    if !finder.is_idle() {
        for near in Near::ALL {
            each_person(store, |person| finder.look(near, &Party::of(person, settings)))?;
            finder.end(near);
        }
    }
    for (user, found) in finder.found() {
        let bars = known.bars.entry(user).or_default();
        for (person, reasons) in found {
            bars.entry(person).or_default().extend(reasons.into_iter().map(Why::Found));
        }
    }
    for bars in known.bars.values_mut().chain(known.agency_bars.values_mut()) {
        families_too(store, bars)?;
    }
    Ok(known)
}

/// Whoever must not see somebody must not see their family either: a child in a list tells of the mother. Who causes
/// harm may have other families, and stays wherever nobody barred is named with them.
fn families_too(store: &Store, bars: &mut BTreeMap<PersonId, BTreeSet<Why>>) -> Result<(), ShelfError> {
    const MOST: usize = 200;
    for (person, reasons) in bars.clone() {
        let keys = store.find(shelf::FAMILY, &format!("p:{person}"), MOST)?;
        for (_, family) in shelf::get_many::<Family>(store, shelf::FAMILY, &keys)? {
            let members = Door::open_to_derive(family).members.into_iter();
            for member in members.filter(|member| member.part != FamilyPart::CausingHarm) {
                bars.entry(member.person).or_default().extend(reasons.iter().cloned());
            }
        }
    }
    Ok(())
}

/// Everybody of the picture, a page at a time: there may be millions.
fn each_person(store: &Store, mut look: impl FnMut(&Person)) -> Result<(), ShelfError> {
    const PAGE: usize = 2_000;
    let mut cursor = String::new();
    loop {
        let page = store.list(shelf::PERSON, &cursor, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        cursor.clone_from(last);
        for (_, sealed) in page {
            look(&Door::open_to_derive(shelf::decode::<Person>(shelf::PERSON, sealed)?));
        }
    }
}

/// The people that mentions are now.
pub fn people(store: &Store, mentions: &[MentionKey]) -> Result<BTreeSet<PersonId>, ShelfError> {
    let mut found = BTreeSet::new();
    for mention in mentions {
        let row = mention.row_key.rsplit_once('#').map_or(mention.row_key.as_str(), |(row, _)| row);
        for row in [row, &mention.row_key] {
            let key = shelf::row_key(&mention.feed, row);
            let Some(state) = shelf::get::<RowState>(store, shelf::ROW, &key)? else { continue };
            let seq = Door::open_to_derive(state).seq;
            let block = shelf::get::<WhoBlock>(store, shelf::WHO, &shelf::who_key(seq))?;
            for who in block.map(Door::open_to_derive).unwrap_or_default() {
                let named = who.keys.iter().zip(who.persons).filter(|(key, _)| **key == mention.row_key);
                found.extend(named.filter(|_| who.seq == seq).map(|(_, person)| person));
            }
        }
    }
    Ok(found)
}
