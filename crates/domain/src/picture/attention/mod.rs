//! Whom to look at first: two lists that explain themselves, and some chosen at random, so that a partnership learns what its
//! lists miss. What goes in is what agencies recorded that somebody did, when they could not have been there, and how many
//! people are affected: no name, sex, age, ethnicity, religion, nationality, address, postcode or deprivation.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use throughline_pattern::{
    Change, HardFlags, Lists, Moment, Pattern, Priority, Ranked, Report, Standing, after_separation, lists,
    priority,
};

use super::families::words_for;
use super::ground::days_between;
use super::patterns::{Reporting, Told, end_of, hard_flags, moment, separation};
use super::settings::Settings;
use super::shape::{
    HarmProfile, HarmReport, ListPlace, NextFamily, Picture, PrioritySeen, ReportedHarm, Today, TodayItem,
};
use crate::ids::PersonId;

/// One person causing harm, as the lists are made from them.
pub struct Attended<'a> {
    /// What is reported.
    pub told: &'a ReportedHarm,
    /// Whom it affects.
    pub profile: &'a HarmProfile,
    /// How they are called in a sentence; no input of any list.
    pub name: &'a str,
    /// How likely they have joined another family lately.
    pub joined: f64,
}

/// The lists of a whole picture.
#[must_use]
pub fn attention_of(
    picture: &Picture,
    reporting: &Reporting,
    settings: &Settings,
    on: Date,
    seed: u64,
) -> Today {
    let joined = joined(&picture.next_families, settings, on);
    let people = picture.reported.values().filter_map(|told| {
        Some(Attended {
            told,
            profile: picture.harm.get(&told.person)?,
            name: picture.people.get(&told.person).map_or(super::bios::NAMELESS, |person| &person.name),
            joined: joined.get(&told.person).copied().unwrap_or_default(),
        })
    });
    attention(&people.collect::<Vec<_>>(), reporting, settings, on, seed)
}

/// Who may have joined another family lately, and how likely.
#[must_use]
pub fn joined(next: &[NextFamily], settings: &Settings, on: Date) -> BTreeMap<PersonId, f64> {
    let days = settings.numbers.today.next_family_days;
    let mut found: BTreeMap<PersonId, f64> = BTreeMap::new();
    for sign in next {
        let first = sign.first_seen.first_day();
        if first <= on && days_between(first, on) <= days {
            let most = found.entry(sign.person.clone()).or_default();
            *most = most.max(sign.probability);
        }
    }
    found
}

/// What makes the lists of one day the same again: whose they are, and the day (FNV-1a).
#[must_use]
pub fn seed(whose: &str, on: Date) -> u64 {
    let text = format!("{whose} {on}");
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |seed, byte| {
        (seed ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Draws the lists among these people and nobody else, so that no place tells of anybody who is not among them.
#[must_use]
pub fn attention(
    people: &[Attended<'_>],
    reporting: &Reporting,
    settings: &Settings,
    on: Date,
    seed: u64,
) -> Today {
    let by = &settings.pattern.settings().attention;
    let mut order: Vec<&Attended<'_>> = people.iter().collect();
    order.sort_by(|a, b| a.told.person.cmp(&b.told.person));
    let looked: Vec<Looked<'_>> =
        order.into_iter().filter_map(|one| Looked::at(one, reporting, settings, on)).collect();
    let standings: Vec<Standing> =
        (0..).zip(&looked).map(|(number, one)| Standing { person: number, ..one.standing }).collect();
    let drawn = lists(&standings, by.places, seed, settings.pattern.population(), by);
    Today { items: Lines { looked: &looked, settings, on, ranks: Ranks::of(&looked) }.of(&drawn) }
}

/// One person as the lists see them.
struct Looked<'a> {
    one: &'a Attended<'a>,
    standing: Standing,
    priority: Priority,
    pattern: Pattern,
    /// Reports about which somebody must decide whatever the numbers say, newest first.
    hard: Vec<&'a HarmReport>,
    affected: usize,
}

impl<'a> Looked<'a> {
    fn at(one: &'a Attended<'a>, reporting: &Reporting, settings: &Settings, on: Date) -> Option<Self> {
        let (engine, until) = (&settings.pattern, end_of(on));
        let by = engine.settings();
        let told = Told::of([one.told], |_| true);
        let course = told.course(reporting, until);
        let pattern = engine.assess(&course.as_read());
        pattern.points.first()?;
        let parted = one.told.parted.last().and_then(|parted| {
            after_separation(&pattern, &course.as_read(), separation(parted), &by.separation)
        });
        let since = parted.filter(|after| after.watched && after.episodes > 0);
        let known = || one.told.reports.iter().filter(|report| moment(report.at) < until);
        let lately = |report: &&HarmReport, days: i64| days_between(report.at.first_day(), on) <= days;
        let mut hard: Vec<&HarmReport> = known()
            .filter(|report| lately(report, settings.numbers.today.hard_days))
            .filter(|report| !hard_flags(report).is_empty())
            .collect();
        hard.sort_by_key(|report| std::cmp::Reverse((report.at, report.source.seq)));
        let adults: BTreeSet<&PersonId> = known()
            .filter(|report| lately(report, i64::from(by.priority.look_back_days)))
            .map(|report| &report.harmed)
            .collect();
        let children = one.profile.children.iter().filter(|child| !adults.contains(child)).count();
        let affected = adults.len() + children;
        let mut standing = Standing::of(
            0,
            &pattern,
            u32::try_from(affected).unwrap_or(u32::MAX),
            (since.and_then(|after| after.more_often).unwrap_or(0.0), one.joined),
            &by.attention,
        );
        standing.flags =
            hard.iter().fold(HardFlags::default(), |flags, report| flags.and(hard_flags(report)));
        let towards: Vec<Vec<Report>> = adults
            .iter()
            .map(|harmed| Told::of([one.told], |person| person == *harmed).course(reporting, until).reports)
            .collect();
        let priority = priority(&towards, children, until, &by.priority, &by.attention);
        Some(Self { one, standing, priority, pattern, hard, affected })
    }

    fn last(&self) -> Moment {
        self.pattern.points.last().map_or(self.pattern.until, |point| point.episode.at)
    }
}

/// Places by three other measures, to hold the lists against.
struct Ranks {
    priority: BTreeMap<usize, u32>,
    count: BTreeMap<usize, u32>,
    last: BTreeMap<usize, u32>,
}

impl Ranks {
    fn of(looked: &[Looked<'_>]) -> Self {
        let by = |measure: &dyn Fn(&Looked<'_>) -> i64| {
            let mut order: Vec<(i64, usize)> =
                looked.iter().enumerate().map(|(place, one)| (measure(one), place)).collect();
            order.sort_by_key(|(measure, place)| (std::cmp::Reverse(*measure), *place));
            order.into_iter().zip(1..).map(|((_, place), rank)| (place, rank)).collect()
        };
        Self {
            priority: by(&|one| i64::from(one.priority.score)),
            count: by(&|one| i64::from(one.priority.incidents)),
            last: by(&|one| one.last().0),
        }
    }
}

struct Lines<'l> {
    looked: &'l [Looked<'l>],
    settings: &'l Settings,
    on: Date,
    ranks: Ranks,
}

impl Lines<'_> {
    fn of(&self, drawn: &Lists) -> Vec<TodayItem> {
        let mut items = Vec::new();
        for ranked in &drawn.harm {
            items.extend(self.line("harm_expected", ranked.rank, ranked.person, Some(ranked), harm_words));
        }
        for (rank, (person, change)) in (1..).zip(&drawn.change) {
            let from = self.settings.pattern.settings().attention.change_from;
            let words = |looked: &Looked<'_>| change_words(looked, change, from);
            items.extend(self.line("change_seen", rank, *person, None, words));
        }
        for (rank, person) in (1..).zip(&drawn.audit) {
            items.extend(self.line("audit", rank, *person, None, harm_words));
        }
        items
    }

    fn line(
        &self,
        group: &str,
        rank: usize,
        person: u64,
        ranked: Option<&Ranked>,
        words: impl Fn(&Looked<'_>) -> String,
    ) -> Option<TodayItem> {
        let place = usize::try_from(person).ok()?;
        let looked = self.looked.get(place)?;
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let mut newest: Vec<&HarmReport> = looked.one.told.reports.iter().collect();
        newest.sort_by_key(|report| std::cmp::Reverse((report.at, report.source.seq)));
        newest.retain(|report| moment(report.at) < self.pattern_end());
        let rank_in = |ranks: &BTreeMap<usize, u32>| ranks.get(&place).copied().unwrap_or_default();
        let reckoned = &looked.priority;
        let name = looked.one.name;
        Some(TodayItem {
            group: group.to_owned(),
            rank: count(rank),
            family: looked.one.profile.families.first().cloned(),
            person: Some(looked.one.told.person.clone()),
            because: format!("{name}: {}{}", self.hard_words(looked), words(looked)),
            rule: self.rule(group),
            since: newest.first().map(|report| report.at),
            sources: newest.iter().take(super::ground::SOURCES).map(|report| report.source.clone()).collect(),
            place: Some(ListPlace {
                of: count(self.looked.len()),
                low90: ranked.map(|ranked| count(ranked.rank_low90)),
                high90: ranked.map(|ranked| count(ranked.rank_high90)),
                in_first: ranked.map(|ranked| ranked.in_top),
                hard: !looked.hard.is_empty(),
                priority: PrioritySeen {
                    score: reckoned.score,
                    rank: rank_in(&self.ranks.priority),
                    recency: reckoned.recency,
                    frequency: reckoned.frequency,
                    gravity: reckoned.gravity,
                    victims: reckoned.victims,
                    rank_by_count: rank_in(&self.ranks.count),
                    rank_by_last: rank_in(&self.ranks.last),
                },
                not_known: looked.one.profile.not_known.clone(),
            }),
        })
    }

    fn pattern_end(&self) -> Moment {
        end_of(self.on)
    }

    fn hard_words(&self, looked: &Looked<'_>) -> String {
        let mut said: Vec<String> = Vec::new();
        let mut seen = HardFlags::default();
        for report in &looked.hard {
            for flag in hard_flags(report).each().filter(|flag| !seen.has(*flag)) {
                said.push(format!("{} ({})", flag.words(), words_for(report.at)));
            }
            seen = seen.and(hard_flags(report));
        }
        match said.is_empty() {
            true => String::new(),
            false => format!("needs a decision whatever the numbers say: {}. ", said.join(", ")),
        }
    }

    fn rule(&self, group: &str) -> String {
        let first =
            format!("Hard flags of the last {} days stand first.", self.settings.numbers.today.hard_days);
        let input = "Only what agencies recorded goes in: no sex, age, ethnicity, religion, nationality, postcode or deprivation.";
        match group {
            "harm_expected" => format!(
                "The most harm expected in the next year: how often, how grave, and how many people it would reach. {first} A place is uncertain, and its range holds it in 90 of 100 readings. {input}"
            ),
            "change_seen" => format!(
                "Something has changed in what is recorded: closer together, more serious, more since a separation, or near another family. {first} The surest next. {input}"
            ),
            _ => "Chosen at random among everybody who is on neither list, so that you learn what the lists miss. Look, and write down what you find.".to_owned(),
        }
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What is recorded, in a sentence.
fn harm_words(looked: &Looked<'_>) -> String {
    let points = &looked.pattern.points;
    let year = looked.pattern.until.plus_days(-365);
    let lately = points.iter().filter(|point| point.episode.at >= year).count();
    let gravest = points.iter().map(|point| point.episode.harm.class()).max().unwrap_or_default();
    let class = match gravest {
        0 => "no crime",
        1 => "lower",
        2 => "medium",
        3 => "high",
        _ => "most serious",
    };
    let away = match looked.pattern.reading.away_now {
        true => " In custody now, as far as recorded.",
        false => "",
    };
    format!(
        "{}, {lately} in the last year, the gravest recorded as {class}; {} affected.{away}",
        counted(points.len(), "recorded episode", "recorded episodes"),
        counted(looked.affected, "person may be", "people may be")
    )
}

/// What has changed, in a sentence.
fn change_words(looked: &Looked<'_>, change: &Change, from: f64) -> String {
    let parted = looked.one.told.parted.last().map(|parted| words_for(parted.at)).unwrap_or_default();
    let kinds = [
        (change.frequency, "episodes are getting closer together".to_owned()),
        (change.severity, "the later episodes are more serious".to_owned()),
        (change.separation, format!("more episodes since the separation on {parted}")),
        (change.moved, "may have joined another family".to_owned()),
    ];
    let sure = |share: f64| ((share * 100.0).round() as u32).clamp(1, 99);
    let said: Vec<String> = kinds
        .iter()
        .filter(|(share, _)| *share >= from)
        .map(|(share, words)| format!("{words} ({}% sure)", sure(*share)))
        .collect();
    format!("{}. {}", said.join("; "), harm_words(looked))
}
