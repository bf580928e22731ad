//! Who else opened the families somebody works with: their worker is told when somebody new does.

use std::collections::BTreeSet;

use axum::response::Html;
use schemars::JsonSchema;
use serde::Serialize;
use throughline_domain::ids::FamilyId;
use throughline_domain::picture::Family;
use throughline_domain::sharing::Door;

use super::before;
use super::lists::{LookSeen, line};
use crate::features::asking::aside;
use crate::features::person::family_names;
use crate::features::{Asking, Problem};
use crate::intake::Clock;
use crate::shelf;
use crate::web::pages::frame::Nav;
use crate::web::pages::looked::{self as page_of, MinePage};

/// Families count as worked with when they were opened for work within so many days.
const WORKED_WITH_DAYS: i64 = 28;
/// Most families of one person.
const MOST_FAMILIES: usize = 200;
/// Somebody is new to a family for so many days after their first look.
const NEW_DAYS: i64 = 14;

/// A family with who is new to it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FamilyLooked {
    /// The family.
    pub family: FamilyId,
    /// First looks of people who are new to it, the newest first.
    pub new: Vec<LookSeen>,
}

/// Who is new to the families of a worker.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct MineView {
    /// Families somebody new opened.
    pub families: Vec<FamilyLooked>,
    /// The families, where the reader may know them.
    pub known: Vec<Family>,
    /// How many families were watched.
    pub watched: usize,
}

/// Reads who is new to the reader's families.
pub fn view(asking: &Asking) -> Result<MineView, Problem> {
    let (watched, families) = news(asking)?;
    let keys: Vec<String> = families.iter().map(|one| one.family.to_string()).collect();
    let known = asking.many::<Family>(shelf::FAMILY, &keys)?.into_iter().map(|(_, family)| family).collect();
    Ok(MineView { families, known, watched })
}

/// How many families somebody works with, and those that somebody new opened. Theirs are those that are allocated to them
/// or their team, and those they opened lately with something that justifies it.
pub fn news(asking: &Asking) -> Result<(usize, Vec<FamilyLooked>), Problem> {
    let (audit, me, clock) = (&asking.app.audit, asking.opener.viewer(), Clock::now());
    let opened = audit.looks.families_of(&me.user, before(&clock, WORKED_WITH_DAYS))?;
    let mut families: BTreeSet<String> = opened.iter().map(ToString::to_string).collect();
    for person in &asking.sight.own {
        families.extend(asking.keys(shelf::FAMILY, &format!("p:{person}"), MOST_FAMILIES)?);
    }
    // Only those they can open now: somebody may have been barred since.
    let families: Vec<String> = families.into_iter().collect();
    let seen = asking.many::<Family>(shelf::FAMILY, &families)?.into_iter();
    let families: Vec<FamilyId> = seen.map(|(_, family)| family.id).collect();
    let (watched, since) = (families.len(), before(&clock, NEW_DAYS));
    let mut found = Vec::new();
    for family in families {
        let mut new = Vec::new();
        for (user, entry, at) in audit.looks.first_of_each(family.as_str())? {
            if user != me.user && at >= since {
                let first = audit.looks.one(entry)?.map(Door::open_to_derive);
                new.extend(first.and_then(|first| line(entry, first, &audit.settings)));
            }
        }
        new.sort_by_key(|line| std::cmp::Reverse(line.entry));
        if !new.is_empty() {
            found.push(FamilyLooked { family, new });
        }
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.new.first().map(|line| line.entry)));
    Ok((watched, found))
}

/// The page.
pub async fn page(asking: Asking) -> Result<Html<String>, Problem> {
    aside(move || {
        let view = view(&asking)?;
        let names = family_names(&view.known);
        let frame = asking.frame(Nav::None);
        Ok(Html(page_of::render_mine(&MinePage { frame, view, families: names })?))
    })
    .await
}
