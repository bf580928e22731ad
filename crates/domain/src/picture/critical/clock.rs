//! When a fresh look is due: by the clock of the kind, counted from the day the point could first be seen.

use jiff::ToSpan;
use jiff::civil::Date;

use super::settings::Clock;
use crate::request::Calendar;
use crate::when::When;

/// The day by which somebody must have looked.
pub(crate) fn due(clock: Clock, at: When, seen: Date, calendar: &Calendar) -> Date {
    match clock {
        Clock::AtOnce | Clock::SameDay => seen,
        Clock::WorkingDays(days) => calendar.working_day_after(seen, days),
        // What came unannounced is due on the day it was seen.
        Clock::Before(days) => {
            at.first_day().checked_sub(days.days()).unwrap_or(seen).max(seen.min(at.first_day()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::testing::when;

    fn due_for(clock: Clock, at: &str, seen: &str) -> String {
        due(clock, when(at), seen.parse().unwrap(), &Calendar::built_in().unwrap()).to_string()
    }

    #[test]
    fn each_clock_counts_from_the_day_it_was_seen() {
        assert_eq!(due_for(Clock::AtOnce, "2026-11-20T23:10", "2026-11-20"), "2026-11-20");
        assert_eq!(due_for(Clock::SameDay, "2026-10", "2026-11-20"), "2026-11-20");
        // A Friday: the next working day is Monday.
        assert_eq!(due_for(Clock::WorkingDays(1), "2026-11-20", "2026-11-20"), "2026-11-23");
    }

    #[test]
    fn what_is_known_ahead_is_due_before_it() {
        assert_eq!(due_for(Clock::Before(7), "2026-12-25", "2026-11-01"), "2026-12-18");
        assert_eq!(due_for(Clock::Before(7), "2026-12-25", "2026-12-23"), "2026-12-23", "told late");
        assert_eq!(due_for(Clock::Before(1), "2026-12-10", "2026-12-12"), "2026-12-10", "told after it");
    }
}
