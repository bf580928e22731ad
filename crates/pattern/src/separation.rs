//! After separation: the time of greatest danger, so that a fall to nothing is a reason to watch, not to close.

use serde::Serialize;

use crate::assess::{Course, Pattern};
use crate::clock::Clock;
use crate::moment::Moment;
use crate::ratio::Stretches;
use crate::settings::SeparationSettings;

/// When it was: on some day from one to the other, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Separation {
    /// The earliest it may have been.
    pub earliest: Moment,
    /// The latest.
    pub latest: Moment,
}

/// What is recorded since.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AfterSeparation {
    /// When it was.
    pub separation: Separation,
    /// Episodes that are certainly later.
    pub episodes: usize,
    /// P(rate after ÷ rate before > 1), over every day on which it may have been. `None` where there is no time before or
    /// after to compare.
    pub more_often: Option<f64>,
    /// Watched until this moment, whatever is reported.
    pub watch_until: Moment,
    /// Whether it is being watched now.
    pub watched: bool,
}

/// Days of an interval that are tried.
const TRIED: i64 = 21;

/// Reads a pattern, and the course it was read from, against a separation; `None` while it lies wholly ahead.
pub fn after_separation(
    pattern: &Pattern,
    course: &Course<'_>,
    separation: Separation,
    by: &SeparationSettings,
) -> Option<AfterSeparation> {
    let (earliest, latest) =
        (separation.earliest.min(separation.latest), separation.latest.max(separation.earliest));
    if earliest > pattern.until {
        return None;
    }
    let first = pattern.points.first().map_or(course.until, |point| point.episode.at);
    let clock = Clock::new(first, course.away, course.reporting);
    let span = latest.0.saturating_sub(earliest.0);
    let tries = if span == 0 { 1 } else { TRIED };
    let days = (0..tries).map(|i| Moment(earliest.0 + if tries == 1 { 0 } else { span / (TRIED - 1) * i }));
    let found: Vec<f64> = days.filter_map(|day| stretches(pattern, &clock, day).above(1.0)).collect();
    let watch_until = latest.plus_days(i64::from(by.watch_days));
    Some(AfterSeparation {
        separation: Separation { earliest, latest },
        episodes: pattern.points.iter().filter(|point| point.episode.at > latest).count(),
        more_often: (!found.is_empty()).then(|| found.iter().sum::<f64>() / found.len() as f64),
        watch_until,
        watched: pattern.until <= watch_until,
    })
}

/// The first episode starts the clock and is counted on neither side.
fn stretches(pattern: &Pattern, clock: &Clock, day: Moment) -> Stretches {
    let later = || pattern.points.iter().skip(1);
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let recent = later().filter(|point| point.episode.at > day).count();
    let before = clock.at(day.min(pattern.until)).clock;
    Stretches {
        earlier: count(later().count() - recent),
        earlier_days: before,
        recent: count(recent),
        recent_days: pattern.reading.elapsed.clock - before,
    }
}
