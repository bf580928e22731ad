//! Who is watching: the audiences of an area, one for each role somebody there has, and what written policy lets each
//! of them have.

use std::collections::BTreeSet;
use std::sync::Arc;

use throughline_domain::ids::PersonId;
use throughline_domain::picture::{Family, HarmProfile, NextFamily, Person};
use throughline_domain::sharing::{Ask, Audience, Door, Grade, Permits, Reach, Viewer};
use throughline_store::Store;

use super::sight::{Named, Sight, Theirs};
use crate::shelf::{self, Grounds, ShelfError};

/// One audience with what answers for it.
pub struct Watching {
    /// The audience.
    pub audience: Audience,
    /// What it may have.
    pub permits: Arc<dyn Permits + Send + Sync>,
}

impl Watch {
    /// What somebody sees; nothing, where no policy knows their role.
    pub fn sight(&self, store: &Store, viewer: &Viewer) -> Result<Sight, ShelfError> {
        let audience = audience_of(viewer);
        let known = self.audiences.iter().find(|watching| watching.audience == audience);
        let permits =
            known.map_or_else(|| Arc::new(Nothing) as Arc<_>, |watching| Arc::clone(&watching.permits));
        let standing = Standing { oversees: true, ..Standing::default() };
        let barred: BTreeSet<PersonId> = standing.bars.into_keys().collect();
        Ok(Sight {
            barred_facts: facts_about(store, &barred)?,
            only: match standing.oversees {
                true => None,
                false => Some(theirs(store, &audience, &standing.allocated)?),
            },
            barred,
            audience,
            permits,
        })
    }
}

/// Everybody of the families of some people, in this audience's picture, and those who are beside them.
fn theirs(store: &Store, audience: &Audience, allocated: &BTreeSet<PersonId>) -> Result<Theirs, ShelfError> {
    const MOST: usize = 200;
    let shelf = |name: &str| shelf::of_audience(name, audience);
    let keys = |people: &BTreeSet<PersonId>| people.iter().map(|p| p.as_str().to_owned()).collect::<Vec<_>>();
    let there = shelf::get_many::<Person>(store, &shelf(shelf::PERSON), &keys(allocated))?;
    let mut theirs =
        Theirs { members: there.into_iter().map(|(id, _)| id.into()).collect(), ..Theirs::default() };
    for person in theirs.members.clone() {
        let families = store.find(&shelf(shelf::FAMILY), &format!("p:{person}"), MOST)?;
        for (_, family) in shelf::get_many::<Family>(store, &shelf(shelf::FAMILY), &families)? {
            let family = Door::open_to_derive(family);
            theirs.members.extend(family.members.into_iter().map(|member| member.person));
        }
    }
    for (_, profile) in shelf::get_many::<HarmProfile>(store, &shelf(shelf::HARM), &keys(&theirs.members))? {
        theirs.beside.extend(Door::open_to_derive(profile).names().into_iter().cloned());
    }
    for person in theirs.members.clone() {
        let signs = store.find(&shelf(shelf::NEXT), &format!("p:{person}"), MOST)?;
        for (_, next) in shelf::get_many::<NextFamily>(store, &shelf(shelf::NEXT), &signs)? {
            theirs.beside.extend(Door::open_to_derive(next).names().into_iter().cloned());
        }
    }
    theirs.facts = facts_about(store, &theirs.members)?;
    Ok(theirs)
}

fn facts_about(store: &Store, people: &BTreeSet<PersonId>) -> Result<BTreeSet<u64>, ShelfError> {
    let keys: Vec<String> = people.iter().map(|person| person.as_str().to_owned()).collect();
    let grounds = shelf::get_many::<Grounds>(store, shelf::GROUNDS, &keys)?;
    Ok(grounds.into_iter().flat_map(|(_, grounds)| Door::open_to_derive(grounds).facts).collect())
}

#[derive(Default)]
struct Standing {
    bars: std::collections::BTreeMap<PersonId, ()>,
    allocated: BTreeSet<PersonId>,
    oversees: bool,
}

/// The answer for somebody whom no policy knows.
struct Nothing;

impl Permits for Nothing {
    fn grade(&self, _: &Ask<'_>) -> Grade {
        Grade::Absent
    }
}

/// Every audience of an area.
pub struct Watch {
    /// How far back things count.
    pub reach: Reach,
    /// The audiences, in order.
    pub audiences: Vec<Watching>,
}

struct All;
impl Permits for All {
    fn grade(&self, _: &Ask<'_>) -> Grade {
        Grade::Full
    }
}

/// Every audience of an area.
pub fn watch(_store: &Store) -> Result<Watch, String> {
    let audiences = super::demonstration_users()
        .into_iter()
        .map(|viewer| Watching { audience: audience_of(&viewer), permits: Arc::new(All) })
        .collect();
    Ok(Watch { reach: Reach { works_with_months: 24, lately_days: 90, graded_days: 365 }, audiences })
}

/// The audience somebody belongs to.
pub fn audience_of(viewer: &throughline_domain::sharing::Viewer) -> Audience {
    Audience { agency: viewer.agency.clone(), role: viewer.user.clone() }
}
