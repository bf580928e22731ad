//! Is the silence longer than these episodes would leave? The person's own rate, mixed with the area's (handbook 1.4,
//! axis Q). Silence is told of what is reported; it is never safety.

/// The area's law of rates: Gamma with this shape, in episodes for each clock day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Shape α₀.
    pub shape: f64,
    /// Clock days β₀.
    pub days: f64,
}

impl Rates {
    /// Chance of so long a silence had nothing changed: p₀ = ((β₀ + U − g) ÷ (β₀ + U))^(α₀ + m), with `later` episodes m
    /// after the first in `all_days` U of the clock, the last `silent_days` g of them silent.
    pub fn as_silent_by_chance(&self, later: usize, all_days: f64, silent_days: f64) -> f64 {
        let whole = self.days + all_days.max(0.0);
        let spoken = whole - silent_days.clamp(0.0, all_days.max(0.0));
        (spoken / whole).powf(self.shape + later as f64).clamp(0.0, 1.0)
    }
}
