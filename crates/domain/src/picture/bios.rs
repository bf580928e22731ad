//! What can be said about one person by name and age: the facts every other rule asks for first.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::ground::{Ground, P, Said};
use super::shape::NameSeen;
use super::units::is_on_roll;
use crate::ids::AgencyId;
use crate::record::{LifeStage, Name, NameKind};
use crate::when::{Precision, When};

/// Name, birth and age of one person.
#[derive(Default)]
pub(crate) struct Bio {
    /// The name to show; never empty.
    pub(crate) name: String,
    /// Surname of that name.
    pub(crate) surname: String,
    /// Every name, most supported first.
    pub(crate) names: Vec<NameSeen>,
    pub(crate) born: Option<When>,
    pub(crate) born_otherwise: Vec<When>,
    pub(crate) expected: Option<Date>,
    /// Earliest and latest day of birth that an age told allows.
    about: Option<(Date, Date)>,
    /// Last time a row said "child", "adult" or "unborn" of itself.
    described: Option<(Date, LifeStage)>,
    /// On a school's roll, as far as recorded: a slip in the year of birth must not hide a pupil.
    on_roll: bool,
}

/// Everybody's name and age.
pub(crate) struct Bios {
    bios: Vec<Bio>,
    nobody: Bio,
    adult_at: i16,
    listed_years: i16,
}

impl Bios {
    pub(crate) fn new(ground: &Ground<'_>) -> Self {
        let children = &ground.settings.numbers.children;
        Self {
            bios: (0..ground.count()).map(|person| bio(ground, person)).collect(),
            nobody: Bio { name: NAMELESS.to_owned(), ..Bio::default() },
            adult_at: i16::from(children.adult_at),
            listed_years: i16::from(children.listed_without_birth_years),
        }
    }

    pub(crate) fn of(&self, person: P) -> &Bio {
        self.bios.get(person as usize).unwrap_or(&self.nobody)
    }

    pub(crate) fn name(&self, person: P) -> &str {
        &self.of(person).name
    }

    /// Child, adult or unborn on a day; unknown when nothing tells.
    pub(crate) fn stage(&self, person: P, day: Date) -> LifeStage {
        let bio = self.of(person);
        let by_birth = |latest: Date| match grown(latest, self.adult_at) {
            Some(adult) if adult <= day => LifeStage::Adult,
            _ => LifeStage::Child,
        };
        if let Some(born) = bio.born {
            // Of a year or a month only, the last day counts: better a child too many than one too few.
            let latest = if bio.on_roll { grown(born.last_day(), ROLL_SLACK) } else { None };
            return by_birth(latest.unwrap_or(born.last_day()));
        }
        if bio.expected.is_some() && bio.described.is_none_or(|(_, stage)| stage != LifeStage::Adult) {
            return match bio.described {
                Some((_, LifeStage::Child)) => LifeStage::Child,
                _ => LifeStage::Unborn,
            };
        }
        if let Some((_, latest)) = bio.about {
            return by_birth(latest);
        }
        match bio.described {
            Some((at, LifeStage::Child)) => match grown(at, self.listed_years) {
                Some(end) if end <= day => LifeStage::Adult,
                _ => LifeStage::Child,
            },
            Some((_, stage)) => stage,
            None => LifeStage::Unknown,
        }
    }

    /// Whether a person is a child, or expected, on a day.
    pub(crate) fn is_child(&self, person: P, day: Date) -> bool {
        matches!(self.stage(person, day), LifeStage::Child | LifeStage::Unborn)
    }

    /// Age in whole years on a day, the least it can be.
    pub(crate) fn age(&self, person: P, day: Date) -> Option<u8> {
        let bio = self.of(person);
        let latest = bio.born.map(When::last_day).or_else(|| bio.about.map(|(_, latest)| latest))?;
        (0..=120_u8).rev().find(|years| grown(latest, i16::from(*years)).is_some_and(|at| at <= day))
    }
}

/// What is shown for somebody without a name.
pub(crate) const NAMELESS: &str = "Name not known";

/// Years by which somebody on a school's roll may be older than a child.
const ROLL_SLACK: i16 = 2;

fn grown(born: Date, years: i16) -> Option<Date> {
    let year = born.year().checked_add(years)?;
    Date::new(year, born.month(), born.day()).or_else(|_| Date::new(year, born.month(), 28)).ok()
}

fn bio(ground: &Ground<'_>, person: P) -> Bio {
    let mut births: BTreeMap<When, u32> = BTreeMap::new();
    let mut bio = Bio::default();
    for said in ground.said_of(person) {
        let mention = said.mention;
        let day = ground.known_on(said.rec);
        if let Some(born) = mention.born.filter(|born| born.first_day() <= ground.on) {
            *births.entry(born).or_default() += 1;
        }
        bio.expected = mention.expected.max(bio.expected);
        if let Some(age) = mention.age {
            let years = i16::from(age);
            if let (Some(earliest), Some(latest)) = (grown(day, -years - 1), grown(day, -years)) {
                bio.about =
                    Some(bio.about.map_or((earliest, latest), |(_, known)| (earliest, known.max(latest))));
            }
        }
        // A child with an expected date and no date of birth is not born yet, whatever column it stands in.
        let unborn = mention.expected.is_some() && mention.born.is_none();
        let stage = if unborn { LifeStage::Unborn } else { mention.stage };
        let described = Some((day, stage)).filter(|(_, stage)| *stage != LifeStage::Unknown);
        if described.map(|(at, _)| at) >= bio.described.map(|(at, _)| at) && described.is_some() {
            bio.described = described;
        }
    }
    bio.on_roll = ground.happened_to(person).any(|happened| is_on_roll(happened.event, ground.on));
    let whole = |born: When| matches!(born.precision(), Precision::Day | Precision::Minute);
    let mut births: Vec<(When, u32)> = births.into_iter().collect();
    births.sort_by(|a, b| whole(b.0).cmp(&whole(a.0)).then(b.1.cmp(&a.1)).then(a.0.cmp(&b.0)));
    let mut births = births.into_iter().map(|(born, _)| born);
    bio.born = births.next();
    bio.born_otherwise = births.collect();
    bio.names = names(ground, person);
    let best = bio.names.first().map(|seen| &seen.name);
    bio.name = best.map(show).filter(|name| !name.is_empty()).unwrap_or_else(|| NAMELESS.to_owned());
    bio.surname = best.map(|name| tidy(&name.surname)).unwrap_or_default();
    bio
}

/// Every name of a person, most supported first: official names, then what they are called, then former ones. Support is
/// by how many agencies use it, then by how many of their own numbers, then by how often.
fn names(ground: &Ground<'_>, person: P) -> Vec<NameSeen> {
    struct Seen<'a> {
        name: &'a Name,
        nice: bool,
        first: When,
        last: When,
        recs: Vec<usize>,
        count: u32,
        agencies: BTreeSet<&'a AgencyId>,
        keepers: BTreeSet<(&'a AgencyId, &'a str)>,
    }
    let mut seen: BTreeMap<(NameKind, String), Seen<'_>> = BTreeMap::new();
    for Said { rec, mention } in ground.said_of(person) {
        for name in &mention.names {
            let key = show(name).to_lowercase();
            if key.is_empty() {
                continue;
            }
            let (at, nice) = (ground.recorded(*rec), is_mixed(name));
            let known = seen.entry((name.kind, key)).or_insert_with(|| Seen {
                name,
                nice,
                first: at,
                last: at,
                recs: Vec::new(),
                count: 0,
                agencies: BTreeSet::new(),
                keepers: BTreeSet::new(),
            });
            if let Some(record) = ground.records.get(*rec) {
                // One number of one agency is one keeper: its slip is copied into every later row.
                let number = mention.local_refs.first().unwrap_or(&record.record.row_key);
                known.agencies.insert(&record.agency);
                known.keepers.insert((&record.agency, number));
            }
            known.first = known.first.min(at);
            known.last = known.last.max(at);
            known.count += 1;
            if known.recs.len() < super::ground::SOURCES {
                known.recs.push(*rec);
            }
            if nice && !known.nice {
                (known.name, known.nice) = (name, true);
            }
        }
    }
    let mut seen: Vec<((NameKind, String), Seen<'_>)> = seen.into_iter().collect();
    let whole = |seen: &Seen<'_>| !seen.name.surname.is_empty() && !seen.name.forenames.is_empty();
    seen.sort_by(|(a, x), (b, y)| {
        let kind = a.0.cmp(&b.0);
        let support = |seen: &Seen<'_>| (seen.agencies.len(), seen.keepers.len(), seen.count);
        kind.then(whole(y).cmp(&whole(x))).then(support(y).cmp(&support(x))).then(a.1.cmp(&b.1))
    });
    let tidy_name = |name: &Name| Name {
        kind: name.kind,
        forenames: name.forenames.iter().map(|part| tidy(part)).collect(),
        surname: tidy(&name.surname),
    };
    seen.into_iter()
        .map(|(_, seen)| NameSeen {
            name: tidy_name(seen.name),
            first: Some(seen.first),
            last: Some(seen.last),
            sources: ground.sources(seen.recs),
            count: seen.count,
        })
        .collect()
}

fn is_mixed(name: &Name) -> bool {
    let mut parts = name.forenames.iter().chain([&name.surname]).filter(|part| !part.is_empty());
    parts.all(|part| tidy(part) == *part)
}

/// A name as people read it.
pub(crate) fn show(name: &Name) -> String {
    let parts = name.forenames.iter().chain([&name.surname]);
    let parts: Vec<String> = parts.map(|part| tidy(part)).filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

/// `O'DONNELL` becomes `O'Donnell`; what has capitals and small letters already stays as it is.
pub(crate) fn tidy(part: &str) -> String {
    let part = part.trim();
    if part.chars().any(char::is_lowercase) && part.chars().any(char::is_uppercase) {
        return part.to_owned();
    }
    let mut out = String::with_capacity(part.len());
    let mut start = true;
    for c in part.chars() {
        if start {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
        start = !c.is_alphanumeric();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::testing::Rows;
    use super::*;

    #[test]
    fn names_are_shown_as_people_write_them() {
        for (written, shown) in
            [("O'DONNELL", "O'Donnell"), ("al-ali", "Al-Ali"), ("McCabe", "McCabe"), ("", "")]
        {
            assert_eq!(tidy(written), shown);
        }
    }

    #[test]
    fn a_slip_copied_into_every_row_of_one_number_does_not_name_the_person() {
        let mut rows = Rows::default();
        for _ in 0..6 {
            let row = rows.row("police", "involvements", "2026-03-01", &[("", "Mhaiir Vole")]);
            row.record.people[0].local_refs = vec!["nominal:N1".into()];
        }
        rows.row("health", "patients", "2026-03-01", &[("", "Mhairi Vole")]);
        rows.row("schools", "pupils", "2026-03-01", &[("", "Mhairi Vole")]);
        for row in &mut rows.0 {
            row.persons = vec!["P1".into()];
        }
        let person = &rows.draw().people[&"P1".into()];
        assert_eq!(person.name, "Mhairi Vole");
        assert_eq!(person.names.len(), 2);
    }

    #[test]
    fn a_leap_day_has_birthdays() {
        assert_eq!(grown(Date::constant(2008, 2, 29), 18), Some(Date::constant(2026, 2, 28)));
    }
}
