//! One case as it truly is: a person causing harm, everyone around them, where they lived, what was done.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};

use crate::export::FileId;
use crate::people::{Person, Px};
use crate::places::Address;
use crate::script::{Course, Kind, Sign};
use crate::words::Offence;

/// A home of a case, by place in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hx(pub(crate) usize);

/// What kind of home it is, and from whom it is rented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tenure {
    Council,
    Association,
    Private,
    Owner,
    Refuge,
    Prison,
}

impl Tenure {
    /// Known to a social landlord.
    pub(crate) fn social(self) -> bool {
        matches!(self, Self::Council | Self::Association)
    }
}

/// A home.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    /// Number in the truth.
    pub(crate) id: u32,
    pub(crate) address: Address,
    pub(crate) tenure: Tenure,
    /// To be kept from the person causing harm.
    pub(crate) kept: bool,
    /// Reference of the tenancy, where there is one.
    pub(crate) tenancy: Option<String>,
}

/// Somebody living somewhere.
#[derive(Clone, Debug)]
pub(crate) struct Stay {
    pub(crate) who: Px,
    pub(crate) home: Hx,
    pub(crate) from: Date,
    pub(crate) to: Option<Date>,
    pub(crate) role: &'static str,
}

/// A relationship in which one person harms another, with the children it touches.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    /// Number in the truth.
    pub(crate) id: u32,
    pub(crate) kind: Kind,
    pub(crate) course: Course,
    pub(crate) victim: Px,
    pub(crate) married: bool,
    pub(crate) from: Date,
    pub(crate) moved_in: Option<Date>,
    pub(crate) apart: Option<Date>,
    /// The home of the relationship.
    pub(crate) home: Hx,
    /// Children and how they live in it: resident, visiting, unborn.
    pub(crate) children: Vec<(Px, &'static str)>,
    /// Signs of it that agencies will record before or without an incident.
    pub(crate) signs: Vec<(Sign, Date)>,
    /// Notes of control by day.
    pub(crate) indicators: Vec<Date>,
    /// An earlier family of the same person.
    pub(crate) after: Option<usize>,
}

/// Something done by the person causing harm.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    pub(crate) at: DateTime,
    pub(crate) family: usize,
    pub(crate) victim: Px,
    pub(crate) offence: Offence,
    /// What the officer coded.
    pub(crate) recorded: Offence,
    pub(crate) flags: Vec<&'static str>,
    pub(crate) home: Hx,
    pub(crate) present: Vec<Px>,
    pub(crate) counter: bool,
    /// When police were told, if they were.
    pub(crate) reported: Option<DateTime>,
    pub(crate) charged: bool,
    /// The police reference, given when the export is written.
    pub(crate) reference: String,
}

/// A sentence or a licence and how it went.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) kind: &'static str,
    pub(crate) offence: String,
    pub(crate) sentenced: Date,
    pub(crate) start: Date,
    pub(crate) end: Date,
    pub(crate) custody_days: Option<i64>,
    pub(crate) programme: bool,
    pub(crate) restraining: bool,
    pub(crate) registered: bool,
    pub(crate) rosh: &'static str,
    pub(crate) family: usize,
    pub(crate) recall: Option<Date>,
}

/// A referral to children's social care and how far it went.
#[derive(Clone, Debug)]
pub(crate) struct Referral {
    pub(crate) on: Date,
    pub(crate) closed: Option<Date>,
    pub(crate) level: Level,
    pub(crate) family: usize,
    pub(crate) source: &'static str,
    pub(crate) children: Vec<Px>,
}

/// How far a referral went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    NoAction,
    Assessment,
    InNeed,
    Protection,
}

/// A stay in a refuge.
#[derive(Clone, Debug)]
pub(crate) struct RefugeStay {
    pub(crate) family: usize,
    pub(crate) home: Hx,
    pub(crate) from: Date,
    pub(crate) to: Option<Date>,
    pub(crate) next: Option<Hx>,
}

/// A time at which risk changes, for the truth.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub(crate) kind: &'static str,
    pub(crate) date: Date,
    pub(crate) victim: Option<Px>,
    pub(crate) home: Option<Hx>,
    pub(crate) visible: Option<(Date, FileId, String)>,
}

/// Which time of risk, so that whoever writes a row can say it shows there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Moment {
    /// A flag of an act.
    Act(usize, &'static str),
    Separation(usize),
    NewPartner(usize),
    Pregnancy(Px),
    Birth(Px),
    Release(usize),
    Breach(usize, Date),
    Move(Hx),
    Proceedings(usize),
}

/// An occasion on which an agency saw, or did not see, a child.
#[derive(Clone, Debug)]
pub(crate) struct Sight {
    pub(crate) child: Px,
    pub(crate) date: Date,
    pub(crate) file: FileId,
    pub(crate) key: String,
    pub(crate) seen: bool,
    pub(crate) alone: bool,
    pub(crate) spoken: bool,
}

/// One case.
pub(crate) struct Case {
    /// The person causing harm.
    pub(crate) harm: Px,
    people: Vec<Person>,
    homes: Vec<Home>,
    pub(crate) stays: Vec<Stay>,
    pub(crate) families: Vec<Family>,
    pub(crate) acts: Vec<Act>,
    pub(crate) orders: Vec<Order>,
    pub(crate) custody: Vec<(Date, Option<Date>)>,
    pub(crate) referrals: Vec<Referral>,
    pub(crate) refuges: Vec<RefugeStay>,
    /// People with nothing to do with it, each with a child of theirs.
    pub(crate) background: Vec<(Px, Option<Px>, Hx)>,
    pub(crate) points: BTreeMap<Moment, Point>,
    pub(crate) sights: Vec<Sight>,
    /// First row of each feed that shows a next family: family, sign, day, row.
    pub(crate) shown: Vec<(usize, Sign, Date, FileId, String)>,
    nobody: Person,
    nowhere: Home,
}

impl Case {
    pub(crate) fn new() -> Self {
        let nowhere =
            Home { id: 0, address: Address::default(), tenure: Tenure::Owner, kept: false, tenancy: None };
        Self {
            harm: Px(0),
            people: Vec::new(),
            homes: Vec::new(),
            stays: Vec::new(),
            families: Vec::new(),
            acts: Vec::new(),
            orders: Vec::new(),
            custody: Vec::new(),
            referrals: Vec::new(),
            refuges: Vec::new(),
            background: Vec::new(),
            points: BTreeMap::new(),
            sights: Vec::new(),
            shown: Vec::new(),
            nobody: Person::nobody(),
            nowhere,
        }
    }

    pub(crate) fn add(&mut self, person: Person) -> Px {
        self.people.push(person);
        Px(self.people.len() - 1)
    }

    pub(crate) fn add_home(&mut self, home: Home) -> Hx {
        self.homes.push(home);
        Hx(self.homes.len() - 1)
    }

    pub(crate) fn person(&self, who: Px) -> &Person {
        self.people.get(who.0).unwrap_or(&self.nobody)
    }

    pub(crate) fn person_mut(&mut self, who: Px) -> &mut Person {
        self.people.get_mut(who.0).unwrap_or(&mut self.nobody)
    }

    pub(crate) fn home(&self, home: Hx) -> &Home {
        self.homes.get(home.0).unwrap_or(&self.nowhere)
    }

    pub(crate) fn people(&self) -> impl Iterator<Item = (Px, &Person)> {
        self.people.iter().enumerate().map(|(at, person)| (Px(at), person))
    }

    pub(crate) fn homes(&self) -> impl Iterator<Item = (Hx, &Home)> {
        self.homes.iter().enumerate().map(|(at, home)| (Hx(at), home))
    }

    /// Where somebody truly lived on a day, prison included; visits do not count.
    pub(crate) fn lived(&self, who: Px, on: Date) -> Option<Hx> {
        let mine = self.stays.iter().filter(|s| s.who == who && s.role != "visiting_child");
        mine.filter(|s| s.from <= on && s.to.is_none_or(|to| on < to)).max_by_key(|s| s.from).map(|s| s.home)
    }

    /// Where an ordinary agency thinks somebody lives: not a prison, not a refuge.
    pub(crate) fn address_on(&self, who: Px, on: Date) -> Option<Hx> {
        let ordinary = |home: Hx| !matches!(self.home(home).tenure, Tenure::Refuge | Tenure::Prison);
        let mine =
            self.stays.iter().filter(|s| s.who == who && s.role != "visiting_child" && ordinary(s.home));
        let mut past: Vec<_> = mine.filter(|s| s.from <= on).collect();
        past.sort_by_key(|s| s.from);
        past.last().map(|s| s.home)
    }

    /// Everyone living in a home on a day.
    pub(crate) fn residents(&self, home: Hx, on: Date) -> Vec<Px> {
        let here = self.stays.iter().filter(|s| s.home == home && s.role != "visiting_child");
        let mut all: Vec<Px> =
            here.filter(|s| s.from <= on && s.to.is_none_or(|to| on < to)).map(|s| s.who).collect();
        all.sort();
        all.dedup();
        all
    }

    pub(crate) fn in_custody(&self, on: Date) -> bool {
        self.custody.iter().any(|(from, to)| *from <= on && to.is_none_or(|to| on < to))
    }

    /// Says that a time of risk exists.
    pub(crate) fn point(
        &mut self,
        moment: Moment,
        kind: &'static str,
        date: Date,
        victim: Option<Px>,
        home: Option<Hx>,
    ) {
        self.points.entry(moment).or_insert(Point { kind, date, victim, home, visible: None });
    }

    /// Says that a row shows a time of risk; the earliest counts.
    pub(crate) fn see(&mut self, moment: Moment, on: Date, file: FileId, key: &str) {
        if let Some(point) = self.points.get_mut(&moment)
            && point.visible.as_ref().is_none_or(|(day, _, _)| on < *day)
        {
            point.visible = Some((on, file, key.to_owned()));
        }
    }

    /// Whether the person causing harm could not have been in the family's home that day.
    pub(crate) fn absent(&self, family: usize, on: Date) -> bool {
        let before = self.family(family).and_then(|f| f.moved_in).is_some_and(|moved_in| on < moved_in);
        before || self.parted(family, on) || self.in_custody(on)
    }

    /// The family an act or referral belongs to.
    pub(crate) fn family(&self, at: usize) -> Option<&Family> {
        self.families.get(at)
    }

    /// Whether the parties of a family had parted by a day.
    pub(crate) fn parted(&self, family: usize, on: Date) -> bool {
        self.family(family).and_then(|f| f.apart).is_some_and(|apart| apart <= on)
    }
}
