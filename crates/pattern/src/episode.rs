//! Reports become episodes: one night may be three calls and three agencies, and is still one night.

use serde::Serialize;

use crate::moment::Moment;
use crate::report::{HardFlags, Harm, Report, Source, Teller};

/// What happened within some hours, as one or several reports tell of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Episode {
    /// The first report's moment.
    pub at: Moment,
    /// The gravest that any report says.
    pub harm: Harm,
    /// How many reports.
    pub reports: u32,
    /// Which agencies, one bit each.
    sources: u64,
    /// Some report was told by whoever was harmed, by somebody else, or came of an agency's own work: one bit each.
    tellers: u8,
    /// Whether no report knows the day exactly.
    pub inexact: bool,
    /// Hard flags of all reports.
    pub flags: HardFlags,
}

impl Episode {
    fn of(report: &Report) -> Self {
        Self {
            at: report.at,
            harm: report.harm,
            reports: 1,
            sources: bit(report.source),
            tellers: 1 << report.teller as u8,
            inexact: report.inexact,
            flags: report.flags,
        }
    }

    fn join(&mut self, report: &Report) {
        self.harm = self.harm.max(report.harm);
        self.reports = self.reports.saturating_add(1);
        self.sources |= bit(report.source);
        self.tellers |= 1 << report.teller as u8;
        self.inexact &= report.inexact;
        self.flags = self.flags.and(report.flags);
    }

    /// Whether an agency reported it.
    pub fn is_from(&self, source: Source) -> bool {
        self.sources & bit(source) != 0
    }

    /// Whether it is known from this agency alone.
    pub fn is_only_from(&self, source: Source) -> bool {
        self.sources == bit(source)
    }

    /// Agencies that reported it, in the order of their numbers.
    pub fn sources(&self) -> impl Iterator<Item = Source> + '_ {
        (0..64).map(Source).filter(|source| self.is_from(*source))
    }

    /// Whether somebody of this kind told of it.
    pub fn told_by(&self, teller: Teller) -> bool {
        self.tellers & (1 << teller as u8) != 0
    }
}

/// Numbers from 63 on share the last bit.
fn bit(source: Source) -> u64 {
    1 << source.0.min(63)
}

/// Puts reports in order and appends their episodes to `out`. The hours count from the first report of an episode, not from
/// the last: else a month of daily abuse would be one episode, and one more report could join two that stood apart.
pub fn collapse(reports: &mut [Report], within_hours: u32, out: &mut Vec<Episode>) {
    reports.sort_unstable();
    let within = i64::from(within_hours) * 60;
    let from = out.len();
    for report in reports.iter() {
        match out.get_mut(from..).and_then(<[Episode]>::last_mut) {
            Some(last) if report.at.0.saturating_sub(last.at.0) <= within => last.join(report),
            _ => out.push(Episode::of(report)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::DAY;

    fn report(hours: i64, harm: u8, source: u8) -> Report {
        Report {
            at: Moment(hours * 60),
            harm: Harm::new(harm).unwrap(),
            source: Source(source),
            ..Report::default()
        }
    }

    #[test]
    fn one_night_in_three_agencies_is_one_episode_with_its_gravest_harm() {
        let mut reports = [report(70, 1, 2), report(0, 1, 0), report(5, 3, 1), report(73, 0, 0)];
        let mut episodes = Vec::new();
        collapse(&mut reports, 72, &mut episodes);
        assert_eq!(episodes.len(), 2);
        let first = episodes[0];
        assert_eq!((first.reports, first.harm.class(), first.sources().count()), (3, 3, 3));
        assert!(first.is_from(Source(2)) && !first.is_only_from(Source(0)));
        assert!(episodes[1].is_only_from(Source(0)));
    }

    #[test]
    fn daily_abuse_for_a_month_is_not_one_episode() {
        let mut reports: Vec<Report> = (0..30).map(|day| report(day * 24, 1, 0)).collect();
        let mut episodes = Vec::new();
        collapse(&mut reports, 72, &mut episodes);
        assert_eq!(episodes.len(), 8);
        assert_eq!(episodes[1].at, Moment(4 * DAY));
    }
}
