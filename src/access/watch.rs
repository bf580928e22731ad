//! Who is watching: the audiences of an area, one for each role somebody there has, and what written policy lets each
//! of them have.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use throughline_domain::fact::FactBody;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::{AskedFamily, Family, HarmProfile, NextFamily, Person};
use throughline_domain::release::PoliciesAdopted;
use throughline_domain::sharing::{Ask, Audience, Door, Grade, Permits, Reach, Viewer};
use throughline_domain::staff::{Roles, Standing};
use throughline_sharing::words::{Agency, Role};
use throughline_sharing::{Policies, PolicyFile};
use throughline_store::{Store, StoreError};

use super::Accounts;
use super::permits::OfRole;
use super::sight::{Named, Sight, Theirs};
use crate::shelf::{self, Grounds, ShelfError};

/// How far back things count: the file, and as it comes with the program.
pub const VIEWING_FILE: &str = "viewing.toml";
/// See [`VIEWING_FILE`].
pub const VIEWING: &str = include_str!("../../area/policies/viewing.toml");

/// One audience, with the words by which policies know it.
pub struct Watching {
    /// The audience.
    pub audience: Audience,
    agency: Agency,
    role: Role,
}

/// Every audience of an area, and the policies.
pub struct Watch {
    /// How far back things count.
    pub reach: Reach,
    /// The audiences, in order.
    pub audiences: Vec<Watching>,
    policies: Arc<Policies>,
    roles: Roles,
}

/// `area/policies/viewing.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Viewing {
    version: u32,
    works_with_months: u16,
    lately_days: u16,
    graded_days: u16,
    safe_contact_days: u16,
}

impl Viewing {
    fn read(text: &str) -> Result<Reach, String> {
        let wrong = |what: String| format!("{VIEWING_FILE}: {what}");
        let viewing: Self = toml::from_str(text).map_err(|e| wrong(e.to_string()))?;
        if viewing.version != 1 {
            return Err(wrong(format!(
                "version: {} found, 1 expected; use a program of that version",
                viewing.version
            )));
        }
        for (field, value) in [
            ("works_with_months", viewing.works_with_months),
            ("lately_days", viewing.lately_days),
            ("graded_days", viewing.graded_days),
            ("safe_contact_days", viewing.safe_contact_days),
        ] {
            if value == 0 {
                return Err(wrong(format!("{field}: 0 found, at least 1 expected")));
            }
        }
        Ok(Reach {
            works_with_months: viewing.works_with_months.into(),
            lately_days: viewing.lately_days.into(),
            graded_days: viewing.graded_days.into(),
            safe_contact_days: viewing.safe_contact_days.into(),
        })
    }
}

impl Watch {
    /// An audience with the words by which policies know it; none, where no role of that name is left.
    fn watching(&self, audience: Audience) -> Option<Watching> {
        let (agency, role) = self.roles.words(&audience.role.as_str().into(), &audience.agency)?;
        let (agency, role) = Agency::parse(agency).ok().zip(Role::parse(role).ok())?;
        Some(Watching { audience, agency, role })
    }

    /// The sharing policies of the area.
    pub fn policies(&self) -> Arc<Policies> {
        Arc::clone(&self.policies)
    }

    /// Whether policies have words for an audience, so that a picture is drawn for it.
    pub fn knows(&self, audience: &Audience) -> bool {
        self.watching(audience.clone()).is_some()
    }

    /// What answers for an audience on a day.
    pub fn permits(&self, watching: &Watching, on: Date) -> OfRole {
        OfRole::new(Arc::clone(&self.policies), watching.agency, watching.role, on)
    }

    /// What somebody sees; nothing, where no policy knows their role. `glass` are people for whom they broke glass.
    pub fn sight(
        &self,
        store: &Store,
        viewer: &Viewer,
        standing: Standing,
        glass: &BTreeSet<PersonId>,
        on: Date,
    ) -> Result<Sight, ShelfError> {
        let audience = audience_of(viewer);
        let permits: Box<dyn Permits + Send + Sync> = match self.watching(audience.clone()) {
            Some(watching) => Box::new(self.permits(&watching, on)),
            None => Box::new(Nothing),
        };
        let barred: BTreeSet<PersonId> = standing.bars.into_keys().collect();
        let mut allocated = theirs(store, &audience, &standing.allocated)?;
        allocated.beside.extend(asked_about(store, &audience, &allocated.members)?);
        Ok(Sight {
            barred_facts: facts_about(store, &barred)?,
            own: allocated.members.clone(),
            only: match (standing.oversees, glass.is_empty()) {
                (true, _) => None,
                (false, true) => Some(allocated),
                (false, false) => {
                    let mut with_glass = theirs(store, &audience, &(&standing.allocated | glass))?;
                    with_glass.beside.extend(allocated.beside);
                    Some(with_glass)
                }
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

/// Whom a next family names that somebody is to confirm, because they work with the person causing harm.
fn asked_about(
    store: &Store,
    audience: &Audience,
    members: &BTreeSet<PersonId>,
) -> Result<BTreeSet<PersonId>, ShelfError> {
    const MOST: usize = 200;
    let shelf = shelf::of_audience(shelf::ASKED, audience);
    let mut named = BTreeSet::new();
    for person in members {
        let keys = store.find(&shelf, &format!("p:{person}"), MOST)?;
        for (_, asked) in shelf::get_many::<AskedFamily>(store, &shelf, &keys)? {
            named.extend(Door::open_to_derive(asked).names().into_iter().cloned());
        }
    }
    Ok(named)
}

fn facts_about(store: &Store, people: &BTreeSet<PersonId>) -> Result<BTreeSet<u64>, ShelfError> {
    let keys: Vec<String> = people.iter().map(|person| person.as_str().to_owned()).collect();
    let grounds = shelf::get_many::<Grounds>(store, shelf::GROUNDS, &keys)?;
    Ok(grounds.into_iter().flat_map(|(_, grounds)| Door::open_to_derive(grounds).facts).collect())
}

/// The answer for somebody whom no policy knows.
struct Nothing;

impl Permits for Nothing {
    fn grade(&self, _: &Ask<'_>) -> Grade {
        Grade::Absent
    }
}

/// Every audience of an area: the roles that people have who may sign in.
pub fn audiences(store: &Store) -> Result<Vec<Audience>, String> {
    let accounts = Accounts::open(&store.folder(), &store.area()).map_err(|e| e.to_string())?;
    let here: BTreeSet<Audience> = accounts
        .staff
        .accounts()
        .map_err(|e| e.to_string())?
        .into_iter()
        .filter(|account| !account.disabled)
        .filter(|account| accounts.roles.words(&account.role, &account.agency).is_some())
        .map(|account| Audience { agency: account.agency, role: account.role.as_str().to_owned() })
        .collect();
    Ok(here.into_iter().collect())
}

/// Everybody who is watching an area now.
pub fn watch(store: &Store) -> Result<Watch, String> {
    watch_of(store, audiences(store)?)
}

/// These audiences, with the policies of the area.
pub fn watch_of(store: &Store, audiences: Vec<Audience>) -> Result<Watch, String> {
    let adopted = adopted(store)?;
    let (reach, policies) = match &adopted {
        Some((_, own)) => own_rules(&own.files).map_err(|problems| problems.join("\n"))?,
        None => (Viewing::read(VIEWING)?, Policies::built_in().map_err(|e| e.to_string())?),
    };
    let mut watch = Watch {
        reach,
        audiences: Vec::new(),
        policies: Arc::new(policies),
        roles: Roles::built_in().map_err(|e| e.to_string())?,
    };
    watch.audiences = audiences.into_iter().filter_map(|audience| watch.watching(audience)).collect();
    Ok(watch)
}

/// Rules of a partnership's own: how far back things count, and the policies; or every mistake in them.
pub fn own_rules(files: &BTreeMap<String, String>) -> Result<(Reach, Policies), Vec<String>> {
    let reach =
        Viewing::read(files.get(VIEWING_FILE).map_or(VIEWING, String::as_str)).map_err(|why| vec![why])?;
    let policies = files.iter().filter(|(name, _)| *name != VIEWING_FILE);
    let policies: Vec<PolicyFile> =
        policies.map(|(name, text)| PolicyFile { name: name.clone(), text: text.clone() }).collect();
    let policies = Policies::load(&policies);
    Ok((reach, policies.map_err(|all| all.0.iter().map(ToString::to_string).collect::<Vec<_>>())?))
}

/// The policies that two people last agreed on for an area, and their fact.
pub fn adopted(store: &Store) -> Result<Option<(u64, PoliciesAdopted)>, String> {
    let mut last = None;
    for sealed in store.facts_of_kind(&["policies_adopted"], ..).map_err(|e| e.to_string())? {
        let fact = Door::open_to_derive(sealed.map_err(|e| e.to_string())?);
        if let FactBody::PoliciesAdopted(own) = fact.body {
            last = Some((fact.seq, own));
        }
    }
    Ok(last)
}

/// Whether policies were adopted after a fact.
pub fn adopted_since(store: &Store, seq: u64) -> Result<bool, StoreError> {
    Ok(store.facts_of_kind(&["policies_adopted"], seq.saturating_add(1)..)?.next().transpose()?.is_some())
}

/// The audience somebody belongs to.
pub fn audience_of(viewer: &Viewer) -> Audience {
    Audience { agency: viewer.agency.clone(), role: viewer.role_id.as_str().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_that_come_with_the_program_can_be_read() {
        assert!(Viewing::read(VIEWING).is_ok());
        let said = Viewing::read(&VIEWING.replace("= 24", "= 0")).unwrap_err();
        assert!(said.contains("works_with_months: 0 found"), "{said}");
        assert!(Viewing::read("version = 1").unwrap_err().contains("works_with_months"));
    }
}
