//! How long a session lasts, and a clock that cannot be made to lengthen it: whatever the wall clock does, time goes
//! on at least as fast as the machine counts it.

use serde::{Deserialize, Serialize};

/// A moment in milliseconds since 1970.
type Moment = i64;

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Nobody used it for so long, in seconds.
    pub idle: u32,
    /// So long after sign-in at the latest, in seconds.
    pub absolute: u32,
    /// For dangerous acts the password or a code is asked for again after so long, in seconds.
    pub stepped: u32,
}

impl Limits {
    /// For areas with real people.
    pub const REAL: Self = Self { idle: 15 * 60, absolute: 12 * 60 * 60, stepped: 5 * 60 };
    /// For areas without: nobody is harmed by a practice session left open.
    pub const INVENTED: Self = Self { idle: 60 * 60, ..Self::REAL };
}

/// The moments of one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// When somebody signed in.
    pub began: Moment,
    /// When it was last used.
    pub used: Moment,
    /// When the password or a code was last given.
    pub stepped: Option<Moment>,
}

impl Life {
    /// Whether the password or a code was given a short while ago.
    #[must_use]
    pub fn stepped_up(&self, now: Moment, limits: &Limits) -> bool {
        self.stepped.is_some_and(|at| within(at, now, limits.stepped))
    }
}

/// Whether a session is over. A clock that stands before the session's own moments ends it too.
#[must_use]
pub fn over(life: &Life, now: Moment, limits: &Limits) -> bool {
    !(within(life.used, now, limits.idle) && within(life.began, now, limits.absolute))
}

fn within(from: Moment, now: Moment, seconds: u32) -> bool {
    now.checked_sub(from).is_some_and(|passed| (0..i64::from(seconds) * 1000).contains(&passed))
}

/// A clock that never goes back and never falls behind the machine's own count.
#[derive(Clone, Copy, Debug)]
pub struct Steady {
    last: Moment,
    counted: u64,
}

impl Steady {
    /// Starts at a moment of the wall clock and a count of the machine in milliseconds.
    #[must_use]
    pub fn new(wall: Moment, counted: u64) -> Self {
        Self { last: wall, counted }
    }

    /// The moment it is, given what the wall clock says and what the machine has counted.
    pub fn tick(&mut self, wall: Moment, counted: u64) -> Moment {
        let passed = i64::try_from(counted.saturating_sub(self.counted)).unwrap_or(i64::MAX);
        self.last = wall.max(self.last.saturating_add(passed));
        self.counted = self.counted.max(counted);
        self.last
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits = Limits::REAL;

    #[test]
    fn a_session_ends_at_its_limits_and_when_the_clock_goes_back() {
        let life = Life { began: 1_000_000, used: 2_000_000, stepped: Some(2_000_000) };
        let idle = i64::from(LIMITS.idle) * 1000;
        assert!(!over(&life, 2_000_000 + idle - 1, &LIMITS));
        assert!(over(&life, 2_000_000 + idle, &LIMITS));
        assert!(over(&life, 1_999_999, &LIMITS));
        assert!(life.stepped_up(2_299_999, &LIMITS) && !life.stepped_up(2_300_000, &LIMITS));
        let long = Life { used: 1_000_000 + 43_199_000, ..life };
        assert!(over(&long, 1_000_000 + 43_200_000, &LIMITS));
        for odd in [i64::MIN, i64::MAX] {
            assert!(
                over(&life, odd, &LIMITS) && over(&Life { began: odd, used: odd, stepped: None }, 0, &LIMITS)
            );
        }
    }

    proptest! {
        /// Steps of real time with a wall clock that says anything: who is still signed in has been so for less than
        /// twelve real hours, and did something in the last fifteen real minutes.
        #[test]
        fn no_clock_makes_a_session_outlive_its_limits(
            steps in prop::collection::vec((0_u64..4_000_000, -100_000_000_000_i64..100_000_000_000, any::<bool>()), 1..60),
        ) {
            let (mut real, mut clock) = (0_u64, Steady::new(1_700_000_000_000, 0));
            let began = clock.tick(1_700_000_000_000, 0);
            let mut life = Life { began, used: began, stepped: None };
            let mut used = 0_u64;
            for (passed, drift, uses) in steps {
                real += passed;
                let wall = 1_700_000_000_000 + i64::try_from(real).unwrap() + drift;
                let now = clock.tick(wall, real);
                if over(&life, now, &LIMITS) {
                    break;
                }
                prop_assert!(real < u64::from(LIMITS.absolute) * 1000);
                prop_assert!(real - used < u64::from(LIMITS.idle) * 1000);
                if uses {
                    life.used = now;
                    used = real;
                }
            }
        }
    }
}
