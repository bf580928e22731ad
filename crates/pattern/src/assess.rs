//! From reports to a pattern: episodes, clock, trends, silence, label. The one way in, for one person and for millions.

use serde::Serialize;

use crate::clock::{Away, Clock, Elapsed, Step};
use crate::episode::{Episode, collapse};
use crate::label::{self, Grounds, Label};
use crate::moment::Moment;
use crate::population::{Counts, Population};
use crate::ratio::Stretches;
use crate::report::{HardFlags, Harm, Report};
use crate::settings::Settings;
use crate::severity::{self, Line, SeverityPosterior, Sums};
use crate::trend::{Trend, TrendPosterior};
use crate::{exact, kendall};

/// What is recorded of one person causing harm, towards one person, one family or anybody: the caller says which.
#[derive(Clone, Copy, Debug, Default)]
pub struct Course<'a> {
    /// Reports, in any order.
    pub reports: &'a [Report],
    /// Times away, in any order.
    pub away: &'a [Away],
    /// The reporting index of the area.
    pub reporting: &'a [Step],
    /// Told as of this moment; what is later is left out.
    pub until: Moment,
}

/// The numbers of a pattern, and its label.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// Episodes.
    pub episodes: usize,
    /// What may be said.
    pub label: Label,
    /// The trend of frequency; none below the episodes from which change is spoken of.
    pub frequency: Option<TrendPosterior>,
    /// The trend of severity; none below them either.
    pub severity: Option<SeverityPosterior>,
    /// Chance of the silence had nothing changed; none below them either.
    pub silence: Option<f64>,
    /// Time since the first episode.
    pub elapsed: Elapsed,
    /// Time since the last one, by the operational clock.
    pub silent_days: f64,
    /// Whether the person causing harm is away at the end.
    pub away_now: bool,
}

/// One episode where it stands on the clock.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// What happened.
    pub episode: Episode,
    /// Time since the first episode.
    pub elapsed: Elapsed,
    /// Whether it was recorded of a time away.
    pub while_away: bool,
}

/// A pattern with all that a page or a sentence needs to tell of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pattern {
    /// The numbers and the label.
    pub reading: Reading,
    /// Every episode on the clock.
    pub points: Vec<Point>,
    /// Reports behind them.
    pub reports: usize,
    /// Recent and earlier time, with their counts.
    pub stretches: Option<Stretches>,
    /// Chance that a steady rate puts episodes as late as these.
    pub as_late_by_chance: Option<f64>,
    /// Chance that harm in no order rises like this.
    pub as_rising_by_chance: Option<f64>,
    /// Whether the last is worse than any before, far above the usual.
    pub step: bool,
    /// What must be looked at whatever the numbers say.
    pub flags: HardFlags,
    /// Times away that touch the time told of.
    pub away: Vec<Away>,
    /// Changes of the reporting index within the time told of.
    pub reporting: Vec<Step>,
    /// Told as of this moment.
    pub until: Moment,
    /// Name of the settings by which it is told.
    pub settings: String,
}

/// Reusable room for one reading after another.
#[derive(Clone, Debug)]
pub struct Room {
    reports: Vec<Report>,
    episodes: Vec<Episode>,
    clock: Clock,
}

impl Default for Room {
    fn default() -> Self {
        Self { reports: Vec::new(), episodes: Vec::new(), clock: Clock::new(Moment(0), &[], &[]) }
    }
}

/// Settings, what is usual, and tables made ready: reads one course after another.
#[derive(Clone, Debug)]
pub struct Engine {
    settings: Settings,
    population: Population,
    trend: Trend,
    line: Line,
}

impl Engine {
    /// An engine for an area.
    pub fn new(settings: Settings, population: Population) -> Self {
        let trend = Trend::new(settings.frequency.prior_sd, settings.frequency.least_ratio);
        let s = &settings.severity;
        let line = Line { noise_sd: s.noise_sd, prior_sd: s.prior_sd, least_rise: s.least_rise };
        Self { settings, population, trend, line }
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What is usual.
    pub fn population(&self) -> &Population {
        &self.population
    }

    /// Counts a course into what is usual.
    pub fn count(&self, course: &Course<'_>, room: &mut Room, counts: &mut Counts) {
        self.lay_out(course, room);
        count(course, room, counts);
    }

    /// The numbers and the label alone, for millions.
    pub fn read(&self, course: &Course<'_>, room: &mut Room) -> Reading {
        self.lay_out(course, room);
        self.reading(course, room)
    }

    /// Everything there is to tell.
    pub fn assess(&self, course: &Course<'_>) -> Pattern {
        let mut room = Room::default();
        self.lay_out(course, &mut room);
        let reading = self.reading(course, &room);
        let points: Vec<Point> = room
            .episodes
            .iter()
            .map(|episode| Point {
                episode: *episode,
                elapsed: room.clock.at(episode.at),
                while_away: course.away.iter().any(|away| away.from <= episode.at && episode.at < away.to),
            })
            .collect();
        let harms: Vec<Harm> = room.episodes.iter().map(|episode| episode.harm).collect();
        let spoken = reading.frequency.is_some();
        let sum = sum_of_places(&room, reading.elapsed.clock);
        let classes: Vec<u8> = harms.iter().map(|harm| harm.class()).collect();
        let first = room.episodes.first().map_or(course.until, |episode| episode.at);
        Pattern {
            reports: room.reports.len(),
            stretches: self.stretches(course, &room),
            as_late_by_chance: if spoken { exact::as_late_by_chance(sum.0, sum.1) } else { None },
            as_rising_by_chance: spoken
                .then(|| kendall::check(&classes))
                .flatten()
                .map(|found| found.as_high_by_chance),
            step: severity::is_step(&harms, self.settings.severity.step_classes),
            flags: room.episodes.iter().fold(HardFlags::default(), |all, episode| all.and(episode.flags)),
            away: course
                .away
                .iter()
                .filter(|away| away.to > first && away.from < course.until)
                .copied()
                .collect(),
            reporting: course
                .reporting
                .iter()
                .filter(|step| step.from > first && step.from < course.until)
                .copied()
                .collect(),
            until: course.until,
            settings: self.settings.name.clone(),
            reading,
            points,
        }
    }

    fn lay_out(&self, course: &Course<'_>, room: &mut Room) {
        room.reports.clear();
        room.reports.extend(course.reports.iter().filter(|report| report.at <= course.until));
        room.episodes.clear();
        collapse(&mut room.reports, self.settings.episodes.within_hours, &mut room.episodes);
        let start = room.episodes.first().map_or(course.until, |episode| episode.at);
        room.clock.set(start, course.away, course.reporting);
    }

    fn reading(&self, course: &Course<'_>, room: &Room) -> Reading {
        let labels = &self.settings.labels;
        let elapsed = room.clock.at(course.until);
        let last = room.episodes.last().map_or(elapsed, |episode| room.clock.at(episode.at));
        let away_now = Clock::is_away(course.away, course.until);
        let mut reading = Reading {
            episodes: room.episodes.len(),
            label: Label::Unclear,
            frequency: None,
            severity: None,
            silence: None,
            elapsed,
            silent_days: elapsed.clock - last.clock,
            away_now,
        };
        let clock_ran = elapsed.clock > 0.0;
        if reading.episodes >= labels.from_episodes && clock_ran {
            let (later, sum) = sum_of_places(room, elapsed.clock);
            let mut sums = Sums::default();
            for episode in &room.episodes {
                sums.add(
                    room.clock.at(episode.at).liberty / elapsed.liberty,
                    self.population.score(episode.harm),
                );
            }
            reading.frequency = Some(self.trend.posterior(later, sum));
            reading.severity = Some(sums.posterior(&self.line));
            let rates = &self.population.rates;
            reading.silence = Some(rates.as_silent_by_chance(later, elapsed.clock, reading.silent_days));
        }
        let grounds = Grounds {
            episodes: reading.episodes,
            clock_ran,
            frequency_up: reading.frequency.map_or(0.0, |trend| trend.up),
            frequency_down: reading.frequency.map_or(0.0, |trend| trend.down),
            severity_up: reading.severity.map_or(0.0, |trend| trend.up),
            silence: reading.silence.unwrap_or(1.0),
            away_now,
        };
        reading.label = label::choose(&grounds, labels);
        reading
    }

    /// Recent and earlier time on the clock; the first episode starts the clock and is not counted.
    fn stretches(&self, course: &Course<'_>, room: &Room) -> Option<Stretches> {
        let recent_from = course.until.plus_days(-i64::from(self.settings.frequency.recent_days));
        let first = room.episodes.first()?.at;
        if room.episodes.len() < 2 || recent_from <= first {
            return None;
        }
        let (all, before) = (room.clock.at(course.until).clock, room.clock.at(recent_from).clock);
        let recent = room.episodes.iter().skip(1).filter(|episode| episode.at > recent_from).count();
        let earlier = room.episodes.len() - 1 - recent;
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Some(Stretches {
            earlier: count(earlier),
            earlier_days: before,
            recent: count(recent),
            recent_days: all - before,
        })
    }
}

fn count(course: &Course<'_>, room: &Room, counts: &mut Counts) {
    if room.episodes.is_empty() {
        return;
    }
    room.episodes.iter().for_each(|episode| counts.episode(episode.harm));
    counts.person(room.episodes.len() - 1, room.clock.at(course.until).clock);
}

/// How many episodes after the first, and the sum of their places x = u ÷ U on the clock.
fn sum_of_places(room: &Room, whole: f64) -> (usize, f64) {
    let later = room.episodes.iter().skip(1);
    let sum: f64 = later.clone().map(|episode| room.clock.at(episode.at).clock).sum();
    (later.count(), if whole > 0.0 { sum / whole } else { 0.0 })
}
