//! Reading in bulk: more different people in a day than work explains is slowed and told at once, and stopped when it
//! goes on, until a supervisor lets it.

use jiff::{SignedDuration, Timestamp};

use super::settings::Looking;

/// One viewer's day so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// Different people opened.
    pub people: usize,
    /// When they went beyond the limit that counts now.
    pub alarm: Option<Timestamp>,
    /// How often a supervisor let them go on.
    pub lifted: usize,
}

/// How fast somebody may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As they like.
    Free,
    /// Each answer is held back.
    Slowed,
    /// Nothing more is opened.
    Blocked,
}

/// How many different people in a day are too many for somebody whose role usually opens `usual`. Each leave of a
/// supervisor allows as many again.
#[must_use]
pub fn limit(usual: usize, lifted: usize, settings: &Looking) -> usize {
    let times = settings.scraping.times_usual * usual as f64;
    // Counts of people in a day: far below where a float loses whole numbers.
    let once = settings.scraping.least.max(times.clamp(0.0, 1e9) as usize);
    once.saturating_mul(lifted.saturating_add(1))
}

/// How fast somebody may go on.
#[must_use]
pub fn pace(day: &Day, usual: usize, now: Timestamp, settings: &Looking) -> Pace {
    if day.people <= limit(usual, day.lifted, settings) {
        return Pace::Free;
    }
    let patience = SignedDuration::from_mins(i64::from(settings.scraping.blocked_after_minutes));
    match day.alarm {
        Some(alarm) if now.duration_since(alarm) >= patience => Pace::Blocked,
        _ => Pace::Slowed,
    }
}

/// What 99 of 100 days of a role come to: the smallest count that at most one in a hundred days exceeds.
#[must_use]
pub fn usual(days: &[usize]) -> usize {
    let mut days = days.to_vec();
    days.sort_unstable();
    let beyond = days.len() / 100;
    days.len().checked_sub(beyond + 1).and_then(|at| days.get(at)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + minute * 60).unwrap()
    }

    #[test]
    fn the_limit_follows_the_role_and_never_falls_below_sixty() {
        let settings = Looking::built_in().unwrap();
        assert_eq!(limit(0, 0, &settings), 60);
        assert_eq!(limit(20, 0, &settings), 60);
        assert_eq!(limit(40, 0, &settings), 120);
        assert_eq!(limit(40, 1, &settings), 240);
    }

    #[test]
    fn slowed_at_once_stopped_after_a_quarter_of_an_hour_and_let_go_by_a_supervisor() {
        let settings = Looking::built_in().unwrap();
        let day = |people, alarm, lifted| Day { people, alarm, lifted };
        assert_eq!(pace(&day(60, None, 0), 0, at(0), &settings), Pace::Free);
        assert_eq!(pace(&day(61, None, 0), 0, at(0), &settings), Pace::Slowed);
        assert_eq!(pace(&day(61, Some(at(0)), 0), 0, at(14), &settings), Pace::Slowed);
        assert_eq!(pace(&day(61, Some(at(0)), 0), 0, at(15), &settings), Pace::Blocked);
        assert_eq!(pace(&day(61, Some(at(0)), 1), 0, at(15), &settings), Pace::Free);
        assert_eq!(pace(&day(121, None, 1), 0, at(15), &settings), Pace::Slowed);
    }

    #[test]
    fn one_scraper_does_not_make_scraping_usual() {
        let mut days = vec![12; 199];
        days.push(900);
        assert_eq!(usual(&days), 12);
        assert_eq!((usual(&[]), usual(&[3])), (0, 3));
    }

    proptest! {
        #[test]
        fn opening_more_never_makes_anybody_faster(people in 0_usize..500, more in 0_usize..500, usual in 0_usize..100, minute in 0_i64..100) {
            let settings = Looking::built_in().unwrap();
            let rank = |people| match pace(&Day { people, alarm: Some(at(0)), lifted: 0 }, usual, at(minute), &settings) {
                Pace::Free => 0,
                Pace::Slowed => 1,
                Pace::Blocked => 2,
            };
            prop_assert!(rank(people) <= rank(people + more));
        }
    }
}
