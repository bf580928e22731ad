//! The clock that episodes are held against: it stands still while the person causing harm is away, and runs faster while
//! more of what happens is reported. Silence in prison is no quiet, and more reporting is no more abuse.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// Why somebody could not have been there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AwayKind {
    /// Prison, remand, a young offender institution.
    Custody,
    /// A hospital stay.
    Hospital,
    /// Out of the country.
    Abroad,
    /// The record does not say.
    #[default]
    NotSaid,
}

impl AwayKind {
    /// As a sentence names it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Custody => "in custody",
            Self::Hospital => "in hospital",
            Self::Abroad => "abroad",
            Self::NotSaid => "away",
        }
    }
}

/// A time away: from its beginning until just before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Away {
    /// First moment away.
    pub from: Moment,
    /// First moment back; later than any day asked about while it lasts.
    pub to: Moment,
    /// Why.
    pub kind: AwayKind,
}

/// From this moment on so much is reported, 1 being the baseline: the area's or an agency's reporting index.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Step {
    /// First moment.
    pub from: Moment,
    /// Reports expected where the baseline has one. Must be above 0.
    pub index: f64,
}

/// Three ways to count the time between two moments, in days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Elapsed {
    /// By the calendar.
    pub calendar: f64,
    /// At liberty.
    pub liberty: f64,
    /// At liberty × reporting index: the operational clock u(t) = ∫ A(s)·r(s) ds.
    pub clock: f64,
}

/// A clock that starts at a moment.
#[derive(Clone, Debug)]
pub struct Clock {
    start: Moment,
    /// From each moment on: what had elapsed by then, and how fast the three run.
    marks: Vec<(Moment, Elapsed, Elapsed)>,
}

impl Clock {
    /// A clock from `start` on. Times away may overlap and stand in any order, so may steps; before the first step the
    /// index is 1.
    pub fn new(start: Moment, away: &[Away], steps: &[Step]) -> Self {
        let mut clock = Self { start, marks: Vec::new() };
        clock.set(start, away, steps);
        clock
    }

    /// Starts anew, in the room the clock has.
    pub fn set(&mut self, start: Moment, away: &[Away], steps: &[Step]) {
        self.start = start;
        self.marks.clear();
        let pace = |at: Moment| {
            let liberty = if away.iter().any(|a| a.from <= at && at < a.to) { 0.0 } else { 1.0 };
            let known = steps.iter().filter(|step| step.from <= at).max_by_key(|step| step.from);
            let index = known.map_or(1.0, |step| step.index.max(f64::MIN_POSITIVE));
            Elapsed { calendar: 1.0, liberty, clock: liberty * index }
        };
        let edges = away.iter().flat_map(|a| [a.from, a.to]).chain(steps.iter().map(|step| step.from));
        let none = Elapsed::default();
        self.marks.push((start, none, pace(start)));
        self.marks.extend(edges.filter(|edge| *edge > start).map(|edge| (edge, none, none)));
        self.marks.sort_unstable_by_key(|mark| mark.0);
        self.marks.dedup_by_key(|mark| mark.0);
        let mut before = (start, none, pace(start));
        for mark in &mut self.marks {
            *mark = (mark.0, on(before, mark.0), pace(mark.0));
            before = *mark;
        }
    }

    /// What has elapsed since the start.
    pub fn at(&self, moment: Moment) -> Elapsed {
        let moment = moment.max(self.start);
        let place = self.marks.partition_point(|mark| mark.0 <= moment).saturating_sub(1);
        self.marks.get(place).map_or_else(Elapsed::default, |mark| on(*mark, moment))
    }

    /// Whether the person is away at a moment. A clock asked about its own end is asked about the moment before it.
    pub fn is_away(away: &[Away], at: Moment) -> bool {
        let before = Moment(at.0.saturating_sub(1));
        away.iter().any(|a| a.from <= before && before < a.to)
    }
}

fn on((from, elapsed, pace): (Moment, Elapsed, Elapsed), to: Moment) -> Elapsed {
    let days = to.days_since(from);
    Elapsed {
        calendar: elapsed.calendar + days * pace.calendar,
        liberty: elapsed.liberty + days * pace.liberty,
        clock: elapsed.clock + days * pace.clock,
    }
}

/// The index of an area whose agencies began to report one after another: each with its share of all reports once all of
/// them do. Before the second begins the index is 1.
pub fn joined(begun: &[(Moment, f64)]) -> Vec<Step> {
    let mut begun: Vec<(Moment, f64)> = begun.iter().copied().filter(|(_, share)| *share > 0.0).collect();
    begun.sort_by_key(|(from, _)| *from);
    let Some((first, _)) = begun.first().copied() else { return Vec::new() };
    let by = |at: Moment| begun.iter().filter(|(from, _)| *from <= at).map(|(_, share)| share).sum::<f64>();
    let baseline = by(first);
    let mut steps: Vec<Step> =
        begun.iter().map(|(from, _)| Step { from: *from, index: by(*from) / baseline }).collect();
    steps.dedup_by_key(|step| step.from);
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::DAY;

    fn day(day: i64) -> Moment {
        Moment(day * DAY)
    }

    #[test]
    fn the_clock_stands_still_in_custody_and_runs_faster_while_more_is_reported() {
        let away = [
            Away { from: day(10), to: day(20), kind: AwayKind::Custody },
            Away { from: day(15), to: day(30), kind: AwayKind::Hospital },
        ];
        let steps = [Step { from: day(40), index: 1.5 }, Step { from: day(-5), index: 1.0 }];
        let clock = Clock::new(day(0), &away, &steps);
        assert_eq!(clock.at(day(25)), Elapsed { calendar: 25.0, liberty: 10.0, clock: 10.0 });
        assert_eq!(clock.at(day(50)), Elapsed { calendar: 50.0, liberty: 30.0, clock: 35.0 });
        assert_eq!(clock.at(day(-3)), Elapsed::default());
        assert!(
            Clock::is_away(&away, day(20))
                && Clock::is_away(&away, day(30))
                && !Clock::is_away(&away, day(31))
        );
    }

    #[test]
    fn an_agency_that_begins_to_report_raises_the_index_by_its_share() {
        let steps = joined(&[(day(100), 0.2), (day(0), 0.5), (day(0), 0.3)]);
        assert_eq!(steps, [Step { from: day(0), index: 1.0 }, Step { from: day(100), index: 1.25 }]);
        assert!(joined(&[]).is_empty());
    }
}
