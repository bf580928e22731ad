//! The lists of whom to look at first, for one reader: those laid out with the picture, or, where somebody is not theirs to
//! see, drawn again among those who are, so that no place tells of anybody else.

use std::collections::{BTreeMap, BTreeSet};

use throughline_domain::picture::{
    self, Attended, Family, HarmProfile, NextFamily, Person, ReportedHarm, Reporting, Today, TodayItem,
};

use super::{Asking, Problem};
use crate::shelf;

/// The lines of all lists, in the order of the lists.
pub fn items(asking: &Asking) -> Result<Vec<TodayItem>, Problem> {
    if asking.sees_all(shelf::REPORTED)? {
        let laid_out: Today = asking.maybe(shelf::TODAY, "lists")?.unwrap_or_default();
        return Ok(laid_out.items);
    }
    let profiles: BTreeMap<String, HarmProfile> = match &asking.sight.only {
        Some(only) => {
            let keys: Vec<String> = only.members.iter().map(|person| person.as_str().to_owned()).collect();
            asking.many(shelf::HARM, &keys)?.into_iter().collect()
        }
        None => asking.all(shelf::HARM)?.into_iter().collect(),
    };
    let keys: Vec<String> = profiles.keys().cloned().collect();
    let people: BTreeMap<String, Person> = asking.many(shelf::PERSON, &keys)?.into_iter().collect();
    let told = asking.many::<ReportedHarm>(shelf::REPORTED, &keys)?;
    let (settings, on) = (&asking.app.settings, asking.drawn_on()?);
    let next: Vec<NextFamily> =
        asking.all::<NextFamily>(shelf::NEXT)?.into_iter().map(|(_, next)| next).collect();
    let joined = picture::joined(&next, settings, on);
    let attended: Vec<Attended<'_>> = told
        .iter()
        .filter_map(|(key, told)| {
            Some(Attended {
                told,
                profile: profiles.get(key)?,
                name: &people.get(key)?.name,
                joined: joined.get(&told.person).copied().unwrap_or_default(),
            })
        })
        .collect();
    let reporting: Reporting = asking.maybe(shelf::TODAY, "reporting")?.unwrap_or_default();
    let seed = picture::seed(&shelf::whose(&asking.sight.audience), on);
    let mut items = picture::attention(&attended, &reporting, settings, on, seed).items;
    let families: BTreeSet<String> = items
        .iter()
        .filter_map(|item| item.family.as_ref())
        .map(|family| family.as_str().to_owned())
        .collect();
    let theirs = asking.many::<Family>(shelf::FAMILY, &families.into_iter().collect::<Vec<_>>())?;
    let theirs: BTreeSet<String> = theirs.into_iter().map(|(key, _)| key).collect();
    for item in &mut items {
        item.family = item.family.take().filter(|family| theirs.contains(family.as_str()));
    }
    Ok(items)
}
