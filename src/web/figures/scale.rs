//! Days along a line: where a day lies, and which days to name below it.

use jiff::civil::Date;
use jiff::{ToSpan, Unit};

/// Days between two ends laid out over a width.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    from: Date,
    days: f64,
    left: f64,
    width: f64,
}

impl Scale {
    /// From the first to the last day, from `left` over `width`.
    #[must_use]
    pub fn new(from: Date, until: Date, left: f64, width: f64) -> Self {
        Self { from, days: f64::from(days_between(from, until).max(1)), left, width }
    }

    /// Where a day lies; days outside lie at the ends.
    #[must_use]
    pub fn x(&self, day: Date) -> f64 {
        let part = f64::from(days_between(self.from, day)) / self.days;
        self.left + self.width * part.clamp(0.0, 1.0)
    }

    /// Days to name: years, or quarters or months of a short stretch, at most about twelve.
    #[must_use]
    pub fn ticks(&self) -> Vec<(f64, String)> {
        let months = match self.days {
            ..200.0 => 1,
            ..500.0 => 2,
            ..1100.0 => 4,
            ..4400.0 => 12,
            _ => 24,
        };
        let mut found = Vec::new();
        let mut day = self.from.first_of_month();
        if months >= 12 {
            day = self.from.first_of_year();
        }
        for _ in 0..60 {
            let inside = days_between(self.from, day);
            if f64::from(inside) > self.days {
                break;
            }
            if inside >= 0 {
                let format = if months >= 12 { "%Y" } else { "%b %Y" };
                found.push((self.x(day), day.strftime(format).to_string()));
            }
            let Ok(next) = day.checked_add(months.months()) else { break };
            day = next;
        }
        found
    }
}

fn days_between(from: Date, until: Date) -> i32 {
    from.until((Unit::Day, until)).map_or(0, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_lie_at_the_ends() {
        let (from, until) = (Date::constant(2024, 1, 1), Date::constant(2026, 1, 1));
        let scale = Scale::new(from, until, 100.0, 800.0);
        assert_eq!((scale.x(from), scale.x(until)), (100.0, 900.0));
        assert_eq!(scale.x(Date::constant(1990, 1, 1)), 100.0);
        assert_eq!(scale.x(Date::constant(2990, 1, 1)), 900.0);
    }

    #[test]
    fn names_a_readable_number_of_days() {
        for years in 0..40 {
            let from = Date::constant(1990, 3, 5);
            let until = Date::constant(1990 + years, 9, 1);
            let ticks = Scale::new(from, until, 0.0, 700.0).ticks();
            assert!((1..=21).contains(&ticks.len()), "{years} years: {}", ticks.len());
            assert!(ticks.windows(2).all(|pair| pair[1].0 - pair[0].0 > 20.0), "{years} years: {ticks:?}");
        }
    }

    #[test]
    fn one_day_is_a_stretch_too() {
        let day = Date::constant(2024, 1, 1);
        assert!(Scale::new(day, day, 0.0, 10.0).x(day).is_finite());
    }
}
