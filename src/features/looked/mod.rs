//! Who looked: who opened this, why, and should they have? Looks of another agency's staff only: nobody reviews their own.

pub mod lists;
pub mod mine;
pub mod notices;
pub mod reviewing;

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::Query;
use axum::response::Html;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::ids::{AgencyId, PersonId};
use throughline_domain::looks::{
    Alarm, Around, Entry, Glass, GlassState, Item, Look, Looker, Review, Seen, glass_state, items,
    may_review, must_be_told, opened_by_mistake,
};
use throughline_domain::picture::Person;
use throughline_domain::sharing::Door;
use throughline_store::SealedEntries;

use super::asking::aside;
use super::{Asking, Problem};
use crate::access::looks as rights;
use crate::access::looks::ties::{self, Reviewed};
use crate::intake::Clock;
use crate::web::pages::frame::Nav;
use crate::web::pages::looked::{self, LookedPage};
use crate::web::shown;

/// Entries read at once; more are on the next part.
const MOST: usize = 5_000;
/// Looks that nothing explained, of all agencies in the days that are weighed together.
const MOST_LOOSE: usize = 200_000;
/// How far back reviews and glass are read, in days.
const BACK_DAYS: i64 = 92;

/// Where a part of a long list begins.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Part {
    /// Only entries before this one.
    pub before: Option<u64>,
    /// What was just done.
    pub done: String,
}

/// Broken glass, as those who must be told see it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GlassSeen {
    /// Its entry.
    pub entry: u64,
    /// What was done.
    pub glass: Glass,
    /// Day by which another agency reviews it; nothing once it was reviewed.
    pub due: Option<Date>,
    /// Nobody reviewed it in time.
    pub overdue: bool,
    /// Whether it is still open.
    pub open: bool,
    /// Whether the reader may review it.
    pub may_review: bool,
}

/// Somebody who opened more people in a day than work explains.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AlarmSeen {
    /// Its entry.
    pub entry: u64,
    /// What was seen.
    pub alarm: Alarm,
    /// Whether a supervisor let them go on since.
    pub lifted: bool,
    /// Whether the reader may let them go on.
    pub may_lift: bool,
}

/// Looks to be reviewed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ItemSeen {
    /// The looks.
    pub item: Item,
    /// Why, in plain sentences.
    pub because: Vec<String>,
}

/// What reviewers and supervisors must see.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct LookedView {
    /// Broken glass that was not reviewed, overdue first.
    pub glass: Vec<GlassSeen>,
    /// Reading in bulk in the last 14 days, the newest first.
    pub alarms: Vec<AlarmSeen>,
    /// Looks that nothing explains, those that weigh most first.
    pub items: Vec<ItemSeen>,
    /// People named, where the reader may know them.
    pub people: BTreeMap<PersonId, Person>,
}

/// Reads what must be reviewed.
pub fn view(asking: &Asking) -> Result<LookedView, Problem> {
    must_be_allowed(asking)?;
    let record = Record::read(asking)?;
    let mut view = LookedView {
        glass: record.glass(asking)?,
        alarms: record.alarms(asking)?,
        items: record.items(asking)?,
        people: BTreeMap::new(),
    };
    let of_glass = view.glass.iter().map(|seen| &seen.glass.person);
    let of_items = view.items.iter().flat_map(|seen| &seen.item.people);
    let wanted: BTreeSet<&PersonId> = of_glass.chain(of_items).collect();
    view.people = super::person::named(asking, wanted, &BTreeMap::new())?;
    Ok(view)
}

/// Says no to those who neither review nor oversee.
fn must_be_allowed(asking: &Asking) -> Result<(), Problem> {
    let viewer = asking.opener.viewer();
    match rights::may_review(viewer) || rights::oversees(viewer) {
        true => Ok(()),
        false => Err(Problem::NotYours(
            "Your role does not review who looked. Ask your safeguarding lead. “Who looked at your families” is open to \
             you."
                .to_owned(),
        )),
    }
}

/// What is needed to say how things stand.
struct Record {
    me: Looker,
    clock: Clock,
    reviews: Vec<Review>,
    done: BTreeSet<u64>,
}

impl Record {
    fn read(asking: &Asking) -> Result<Self, Problem> {
        let clock = Clock::now();
        let reviews: Vec<Review> = opened(asking.app.audit.looks.of_kind("review", back(&clock), MOST)?)
            .filter_map(|(_, entry)| if let Entry::Review(review) = entry { Some(review) } else { None })
            .collect();
        let done = reviews.iter().flat_map(|review| &review.entries).copied().collect();
        Ok(Self { me: Looker::from(asking.opener.viewer()), clock, reviews, done })
    }

    fn glass(&self, asking: &Asking) -> Result<Vec<GlassSeen>, Problem> {
        let viewer = asking.opener.viewer();
        let (oversees, reviews) = (rights::oversees(viewer), rights::may_review(viewer));
        let audit = &asking.app.audit;
        let mut seen = Vec::new();
        for (entry, glass) in opened(audit.looks.of_kind("glass", back(&self.clock), MOST)?) {
            let Entry::Glass(glass) = glass else { continue };
            let told = must_be_told(&self.me, oversees, reviews, &glass.by);
            if told.is_none() || is_barred(asking, std::slice::from_ref(&glass.person)) {
                continue;
            }
            let on = shown::local(glass.at).date();
            let state = glass_state(entry, &glass, on, &self.reviews, self.clock.today, &audit.settings);
            let (due, overdue) = match state {
                GlassState::Waits(due) => (Some(due), false),
                GlassState::Overdue(due) => (Some(due), true),
                GlassState::Reviewed => continue,
            };
            let open = self.clock.received < glass.until;
            let may_review = reviews && may_review(&self.me, &glass.by);
            seen.push(GlassSeen { entry, glass, due, overdue, open, may_review });
        }
        seen.sort_by_key(|seen| (!seen.overdue, std::cmp::Reverse(seen.entry)));
        Ok(seen)
    }

    fn alarms(&self, asking: &Asking) -> Result<Vec<AlarmSeen>, Problem> {
        let viewer = asking.opener.viewer();
        let (oversees, reviews) = (rights::oversees(viewer), rights::may_review(viewer));
        let since = before(&self.clock, 14);
        let looks = &asking.app.audit.looks;
        let lifts: Vec<_> = opened(looks.of_kind("lift", since, MOST)?).collect();
        let mut seen = Vec::new();
        for (entry, alarm) in opened(looks.of_kind("alarm", since, MOST)?) {
            let Entry::Alarm(alarm) = alarm else { continue };
            if must_be_told(&self.me, oversees, reviews, &alarm.by).is_some() {
                let lifted = lifts.iter().any(|(after, lift)| {
                    *after > entry
                        && matches!(lift, Entry::Lift(lift) if lift.of.user == alarm.by.user && lift.of.agency == alarm.by.agency)
                });
                seen.push(AlarmSeen { entry, alarm, lifted, may_lift: !lifted });
            }
        }
        seen.reverse();
        Ok(seen)
    }

    fn items(&self, asking: &Asking) -> Result<Vec<ItemSeen>, Problem> {
        if !rights::may_review(asking.opener.viewer()) {
            return Ok(Vec::new());
        }
        let audit = &asking.app.audit;
        let settings = &audit.settings;
        let window = i64::from(settings.review.days + settings.ties.late_days);
        let loose: Vec<(u64, Look)> = opened(audit.looks.loose(before(&self.clock, window), MOST_LOOSE)?)
            .filter_map(|(entry, look)| if let Entry::Look(look) = look { Some((entry, look)) } else { None })
            .filter(|(_, look)| may_review(&self.me, &look.by) && !is_barred(asking, &look.people))
            .collect();
        let mut of: BTreeMap<&Looker, Vec<(u64, &Look)>> = BTreeMap::new();
        for (entry, look) in &loose {
            of.entry(&look.by).or_default().push((*entry, look));
        }
        let mut seen = Vec::with_capacity(loose.len());
        for (by, looks) in of {
            let who = Reviewed::of(&asking.app, by)?;
            let entries = around(asking, &by.user, looks.iter().map(|(_, look)| look.at))?;
            let around = Around::of(&entries, settings);
            for (entry, look) in looks {
                seen.push(Seen {
                    entry,
                    tie_now: ties::since(&asking.app, look, who.as_ref(), self.clock.received)?,
                    by_mistake: opened_by_mistake(look, &around, settings),
                    own_surroundings: who.as_ref().is_some_and(|who| who.near(look)),
                    look,
                });
            }
        }
        let found = items(&seen, &self.done, &self.reviewed_this_week(), self.clock.received, settings);
        let because = |item: &Item| item.grounds.iter().map(|ground| ground.words().to_owned()).collect();
        Ok(found.into_iter().map(|item| ItemSeen { because: because(&item), item }).collect())
    }

    /// How many items of each agency's staff were reviewed since Monday.
    fn reviewed_this_week(&self) -> BTreeMap<AgencyId, usize> {
        let since_monday = i64::from(self.clock.today.weekday().to_monday_zero_offset());
        let since = before(&self.clock, since_monday);
        let mut count = BTreeMap::new();
        for review in self.reviews.iter().filter(|review| review.at >= since) {
            *count.entry(review.of.agency.clone()).or_default() += 1;
        }
        count
    }
}

fn back(clock: &Clock) -> Timestamp {
    before(clock, BACK_DAYS)
}

fn before(clock: &Clock, days: i64) -> Timestamp {
    clock.received.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Entries as the rules read them. Whom they show to whom is decided by those rules.
fn opened(entries: SealedEntries) -> impl Iterator<Item = (u64, Entry)> {
    entries.into_iter().map(|(entry, sealed)| (entry, Door::open_to_derive(sealed)))
}

/// Whether a reader must not know of one of these people: then there is no such entry for them.
fn is_barred(asking: &Asking, people: &[PersonId]) -> bool {
    people.iter().any(|person| asking.sight.barred.contains(person))
}

/// What a worker did within some minutes of any of these moments, each entry once.
fn around(
    asking: &Asking,
    user: &str,
    moments: impl Iterator<Item = Timestamp>,
) -> Result<Vec<Look>, Problem> {
    let audit = &asking.app.audit;
    let near = SignedDuration::from_mins(i64::from(audit.settings.ties.wrong_one_minutes));
    let ends = moments.filter_map(|at| at.checked_sub(near).ok().zip(at.checked_add(near).ok()));
    let mut spans: Vec<(Timestamp, Timestamp)> = ends.collect();
    spans.sort_unstable();
    spans.dedup_by(|later, earlier| {
        let overlap = later.0 <= earlier.1;
        if overlap {
            earlier.1 = later.1.max(earlier.1);
        }
        overlap
    });
    let mut looks = BTreeMap::new();
    for (mut from, to) in spans {
        loop {
            let before = looks.len();
            let found: Vec<(u64, Entry)> =
                opened(audit.looks.of_worker_between(user, from, to, MOST)?).collect();
            let (last, read_all) = (found.last().map(|(_, entry)| entry.at()), found.len() < MOST);
            for (entry, of) in found {
                if let Entry::Look(look) = of {
                    looks.insert(entry, look);
                }
            }
            match last {
                // Nothing new: so many entries in one moment that they would be read again and again.
                Some(last) if !read_all && looks.len() > before => from = last,
                _ => break,
            }
        }
    }
    Ok(looks.into_values().collect())
}

/// The page.
pub async fn page(asking: Asking, Query(part): Query<Part>) -> Result<Html<String>, Problem> {
    aside(move || drawn(&asking, &part.done, None)).await
}

fn drawn(asking: &Asking, done: &str, error: Option<String>) -> Result<Html<String>, Problem> {
    let view = view(asking)?;
    let message = match done {
        "reviewed" => Some("Your review was saved.".to_owned()),
        "lifted" => Some("They can open more records today.".to_owned()),
        _ => None,
    };
    let frame = asking.frame(Nav::None);
    let labels = shown::labels(view.people.values(), frame.now.first_day());
    Ok(Html(looked::render(&LookedPage { frame, view, labels, message, error })?))
}
