//! The day so far, in memory: whom each worker opened, alarms, leave of supervisors, and glass that is open. Read from
//! the record when the program starts, so that starting again forgets nothing.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use throughline_domain::looks::{Alarm, Day, Entry, Glass, Look, Looker, Looking, Pace, limit, pace, usual};
use throughline_domain::sharing::Door;
use throughline_store::{Looks, StoreError};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// Alarms and leave of one day: far more than there are workers.
const MOST: usize = 100_000;

/// The day so far.
#[derive(Default)]
pub struct Watch {
    day: i64,
    of: HashMap<(String, String), Worker>,
    /// What 99 of 100 days of a role come to.
    usual: HashMap<String, usize>,
    glasses: Vec<Glass>,
}

#[derive(Default)]
struct Worker {
    people: HashSet<String>,
    alarm: Option<Timestamp>,
    lifted: usize,
}

fn key(by: &Looker) -> (String, String) {
    (by.agency.as_str().to_owned(), by.user.clone())
}

impl Watch {
    /// Reads the day so far.
    pub fn load(looks: &Looks, settings: &Looking, now: Timestamp) -> Result<Self, StoreError> {
        let hour = SignedDuration::from_hours(1);
        let open = looks.of_kind("glass", now.checked_sub(hour).unwrap_or(now), MOST)?;
        let mut watch = Self { day: -1, ..Self::default() };
        watch.turn(looks, settings, now)?;
        for (seq, sealed) in open {
            watch.note(seq, &Door::open_to_derive(sealed), settings);
        }
        Ok(watch)
    }

    /// Begins the day of `now`, if it is another one.
    pub fn turn(&mut self, looks: &Looks, settings: &Looking, now: Timestamp) -> Result<(), StoreError> {
        let day = now.as_millisecond().div_euclid(DAY_MS);
        // A clock that was put back does not begin an earlier day: that would forget this one.
        if day <= self.day {
            return Ok(());
        }
        let start = Timestamp::from_millisecond(day * DAY_MS).unwrap_or(now);
        let days = SignedDuration::from_hours(24 * i64::from(settings.scraping.usual_days));
        let mut roles: HashMap<String, Vec<usize>> = HashMap::new();
        for tally in looks.tallies(start.checked_sub(days).unwrap_or(start), start)? {
            roles.entry(tally.role).or_default().push(tally.people);
        }
        self.usual = roles.into_iter().map(|(role, days)| (role, usual(&days))).collect();
        self.of.clear();
        for (agency, user, person) in looks.people_counted(start)? {
            self.of.entry((agency.as_str().to_owned(), user)).or_default().people.insert(person);
        }
        self.day = day;
        for kind in ["alarm", "lift"] {
            for (seq, sealed) in looks.of_kind(kind, start, MOST)? {
                self.note(seq, &Door::open_to_derive(sealed), settings);
            }
        }
        Ok(())
    }

    /// Takes an entry up that was written.
    pub fn note(&mut self, _entry: u64, entry: &Entry, settings: &Looking) {
        match entry {
            Entry::Look(look) if settings.scraping.counts.contains(&look.act) => {
                let people = look.people.iter().map(ToString::to_string);
                self.of.entry(key(&look.by)).or_default().people.extend(people);
            }
            Entry::Alarm(alarm) => {
                self.of.entry(key(&alarm.by)).or_default().alarm.get_or_insert(alarm.at);
            }
            Entry::Lift(lift) => {
                let worker = self.of.entry(key(&lift.of)).or_default();
                worker.lifted += 1;
                worker.alarm = None;
            }
            Entry::Glass(glass) => {
                self.glasses.retain(|other| other.until > glass.at);
                self.glasses.push(glass.clone());
            }
            Entry::Look(_) | Entry::Review(_) => {}
        }
    }

    fn day_of(&self, by: &Looker) -> Day {
        let worker = self.of.get(&key(by));
        worker.map_or_else(Day::default, |worker| Day {
            people: worker.people.len(),
            alarm: worker.alarm,
            lifted: worker.lifted,
        })
    }

    fn usual(&self, by: &Looker) -> usize {
        self.usual.get(&by.role).copied().unwrap_or(0)
    }

    /// How fast somebody may go on.
    pub fn pace(&self, by: &Looker, now: Timestamp, settings: &Looking) -> Pace {
        pace(&self.day_of(by), self.usual(by), now, settings)
    }

    /// The alarm that a look raises: the first beyond the limit, once for each limit.
    pub fn alarm(&self, look: &Look, settings: &Looking) -> Option<Alarm> {
        let (day, limit) = (self.day_of(&look.by), self.limit(&look.by, settings));
        let known = self.of.get(&key(&look.by)).map(|worker| &worker.people);
        let new: HashSet<&str> = look.people.iter().map(|person| person.as_str()).collect();
        let new = new.into_iter().filter(|id| !known.is_some_and(|known| known.contains(*id))).count();
        let people = day.people + new;
        (people > limit && day.alarm.is_none()).then(|| Alarm {
            at: look.at,
            by: look.by.clone(),
            people,
            limit,
        })
    }

    fn limit(&self, by: &Looker, settings: &Looking) -> usize {
        limit(self.usual(by), self.day_of(by).lifted, settings)
    }

    /// Glass that was broken lately.
    pub fn glasses(&self) -> &[Glass] {
        &self.glasses
    }
}
