//! What pages told last: who each mention was, and which families there were. Read from the shelves before they are written
//! anew, so that ids stay; a shelf that was damaged is not believed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sha2::{Digest, Sha256};
use throughline_domain::fact::FamilyChanged;
use throughline_domain::ids::{FamilyId, PersonId};
use throughline_domain::picture::{Family, Picture};
use throughline_domain::sharing::Door;
use throughline_store::{Row, Store};

use super::load::Loaded;
use super::naming::Shown;
use crate::digest;
use crate::shelf::{self, ShelfError, WhoBlock};

/// How many rows of a shelf are read at once.
const PAGE: usize = 5_000;

/// Over a whole shelf, its rows in the order of their keys.
pub fn digest(rows: &[Row]) -> String {
    let mut hasher = Sha256::new();
    rows.iter().for_each(|row| add(&mut hasher, &row.key, &row.body));
    digest::hex(&hasher.finalize())
}

fn add(hasher: &mut Sha256, key: &str, body: &[u8]) {
    for text in [key.as_bytes(), body] {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text);
    }
}

/// Who each mention was when the picture was last drawn; nothing where that cannot be told.
pub fn people(store: &Store, loaded: &Loaded) -> Result<Shown, ShelfError> {
    let last = super::derived(store)?;
    let states = loaded.records.iter().filter_map(|known| {
        let record = &known.record;
        let state = loaded.rows.get(&shelf::row_key(&record.feed, &record.row_key))?;
        Some((&record.feed, state))
    });
    let feeds: HashMap<u64, _> = states
        .flat_map(|(feed, state)| state.versions.iter().map(move |version| (version.seq, feed)))
        .collect();
    let (mut shown, mut hasher) = (Shown { seq: last.seq, ..Shown::default() }, Sha256::new());
    each(store, shelf::WHO, |key, body| {
        add(&mut hasher, key, body);
        // What cannot be read is not what was written: the sum will tell.
        let block: WhoBlock = serde_json::from_slice(body).unwrap_or_default();
        for who in block {
            let Some(feed) = feeds.get(&who.seq) else { continue };
            let mentions = who.keys.iter().zip(who.persons);
            shown.people.extend(mentions.map(|(key, person)| (format!("{feed}|{key}"), person)));
        }
        Ok(())
    })?;
    if digest::hex(&hasher.finalize()) != last.who {
        shown.people.clear();
    }
    Ok(shown)
}

/// Families that pages told of and that are no more.
pub fn families(store: &Store, loaded: &Loaded, drawn: &Picture) -> Result<Vec<FamilyChanged>, ShelfError> {
    let told: BTreeMap<&FamilyId, &FamilyChanged> =
        loaded.families.iter().map(|change| (&change.family, change)).collect();
    let mut gone = Vec::new();
    each(store, shelf::FAMILY, |key, body| {
        let family = FamilyId::from(key);
        if !drawn.families.contains_key(&family)
            && let Ok(was) = serde_json::from_slice::<Family>(body)
        {
            let members: BTreeSet<PersonId> = was.members.into_iter().map(|member| member.person).collect();
            let change = FamilyChanged { family, members: members.into_iter().collect() };
            if told.get(&change.family) != Some(&&change) {
                gone.push(change);
            }
        }
        Ok(())
    })?;
    Ok(gone)
}

fn each(
    store: &Store,
    shelf: &str,
    mut take: impl FnMut(&str, &[u8]) -> Result<(), ShelfError>,
) -> Result<(), ShelfError> {
    let mut from = String::new();
    loop {
        let page = store.list(shelf, &from, PAGE)?;
        let full = page.len() == PAGE;
        for (key, sealed) in page {
            take(&key, &Door::open_to_derive(sealed))?;
            from = key;
        }
        if !full {
            return Ok(());
        }
    }
}
