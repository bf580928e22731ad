//! How fast somebody may guess: every try waits its turn, the wait grows, and nobody is ever locked out – a worker
//! at night with the right password gets in after a wait that is told.

/// A moment in milliseconds.
type Moment = i64;

/// How quickly tries may follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Tries without a wait.
    pub free: u32,
    /// The first wait, in milliseconds; each further one is twice as long.
    pub first: i64,
    /// The longest wait between two tries, in milliseconds.
    pub longest: i64,
    /// Whoever would have to wait longer than this is told to come back, in milliseconds.
    pub patience: i64,
    /// After so long without a try all is forgotten, in milliseconds.
    pub forgets: i64,
}

impl Pace {
    /// One account from one address: at most ten tries in five minutes.
    pub const ONE: Self =
        Self { free: 3, first: 2_000, longest: 90_000, patience: 5_000, forgets: 30 * 60_000 };
    /// One account from all addresses together: shorter waits, so that strangers cannot keep its owner out.
    pub const ACCOUNT: Self =
        Self { free: 20, first: 500, longest: 5_000, patience: 8_000, forgets: 30 * 60_000 };
    /// One address for all accounts together: an office may share one.
    pub const ADDRESS: Self =
        Self { free: 60, first: 500, longest: 10_000, patience: 8_000, forgets: 10 * 60_000 };
}

/// Those who try in one name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Line {
    tries: u32,
    next: Moment,
    last: Moment,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Try after this many milliseconds. The try is counted.
    After(i64),
    /// Come back after this many milliseconds. Nothing was counted.
    ComeBack(i64),
}

impl Line {
    /// Takes a place in the line. The try counts at once, so that many at the same time do not all go free.
    pub fn take(&mut self, now: Moment, pace: &Pace) -> Turn {
        if self.is_old(now, pace) {
            *self = Self::default();
        }
        let at = self.next.max(now);
        let wait = at - now;
        if wait > pace.patience {
            return Turn::ComeBack(wait);
        }
        self.tries = self.tries.saturating_add(1);
        let gap = match self.tries.checked_sub(pace.free) {
            None => 0,
            Some(over) => pace.first.saturating_mul(1 << over.min(20)).min(pace.longest),
        };
        self.next = at.saturating_add(gap);
        self.last = now;
        Turn::After(wait)
    }

    /// A try was right: the line is empty again.
    pub fn succeed(&mut self) {
        *self = Self::default();
    }

    /// Whether all can be forgotten. A clock that went back forgets nothing.
    #[must_use]
    pub fn is_old(&self, now: Moment, pace: &Pace) -> bool {
        self.tries == 0 || now.saturating_sub(self.last.max(self.next)) >= pace.forgets
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_tries_are_free_and_the_right_one_clears_the_line() {
        let mut line = Line::default();
        for _ in 0..3 {
            assert_eq!(line.take(1_000, &Pace::ONE), Turn::After(0));
        }
        assert_eq!(line.take(1_000, &Pace::ONE), Turn::After(2_000));
        assert_eq!(line.take(3_000, &Pace::ONE), Turn::After(4_000));
        assert!(matches!(line.take(3_000, &Pace::ONE), Turn::ComeBack(_)));
        line.succeed();
        assert_eq!(line.take(3_100, &Pace::ONE), Turn::After(0));
    }

    proptest! {
        /// However somebody tries, no five minutes hold more than ten tries; and whoever waits as told gets a turn.
        #[test]
        fn at_most_ten_tries_in_five_minutes(gaps in prop::collection::vec(0_i64..120_000, 1..300)) {
            let (mut line, mut now, mut done) = (Line::default(), 0, Vec::new());
            for gap in gaps {
                now += gap;
                match line.take(now, &Pace::ONE) {
                    Turn::After(wait) => done.push(now + wait),
                    Turn::ComeBack(wait) => {
                        let mut patient = line;
                        prop_assert_eq!(patient.take(now + wait, &Pace::ONE), Turn::After(0));
                        prop_assert!(wait <= Pace::ONE.longest + Pace::ONE.patience);
                    }
                }
            }
            for at in &done {
                let near = done.iter().filter(|other| (*at..at + 300_000).contains(*other)).count();
                prop_assert!(near <= 10, "{near} tries in five minutes");
            }
        }
    }
}
