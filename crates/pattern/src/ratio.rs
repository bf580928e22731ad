//! The ratio of two rates, shown beside the trend: "4 in the last 6 months, 2 in the 18 before". Counts are held against
//! time on the operational clock, with a Jeffreys prior (handbook 1.4, axis F).

use serde::Serialize;
use statrs::function::beta::checked_beta_reg;

/// Two stretches of one clock.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Stretches {
    /// Episodes in the earlier one.
    pub earlier: u32,
    /// Its length in clock days.
    pub earlier_days: f64,
    /// Episodes in the recent one.
    pub recent: u32,
    /// Its length in clock days.
    pub recent_days: f64,
}

impl Stretches {
    /// P(recent rate ÷ earlier rate > `ratio`) = 1 − I_w(k₂ + ½, k₁ + ½) with w = c·U₂ ÷ (c·U₂ + U₁); `None` where one of
    /// them has no length.
    pub fn above(&self, ratio: f64) -> Option<f64> {
        if self.earlier_days <= 0.0 || self.recent_days <= 0.0 || ratio <= 0.0 {
            return None;
        }
        let scaled = ratio * self.recent_days;
        let at = scaled / (scaled + self.earlier_days);
        let (k1, k2) = (f64::from(self.earlier), f64::from(self.recent));
        checked_beta_reg(k2 + 0.5, k1 + 0.5, at).ok().map(|below| (1.0 - below).clamp(0.0, 1.0))
    }
}
