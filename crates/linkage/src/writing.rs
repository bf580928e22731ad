//! How names and dates are written down in an area: what a partnership may set, kept with the model it was learned by.

use serde::{Deserialize, Serialize};

use crate::settings::SettingsError;

/// Habits of writing that weigh in comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Writing {
    /// Words that one slip of the hand makes of one.
    pub slips: f64,
    /// Share that has 1 January of those of one people whose days of birth were not written down.
    pub given_new_year: f64,
}

impl Default for Writing {
    /// For models learned before these could be set.
    fn default() -> Self {
        Self { slips: 200.0, given_new_year: 0.4 }
    }
}

impl Writing {
    /// Checks what a settings document says.
    pub(crate) fn check(self, file: &str) -> Result<Self, SettingsError> {
        let within = |field: &str, value: f64, low: f64, high: f64| {
            let problem = format!("found {value}, expected a number from {low} to {high}");
            let good = value.is_finite() && (low..=high).contains(&value);
            if good { Ok(()) } else { Err(SettingsError::new(file, field, &problem)) }
        };
        within("writing.slips", self.slips, 1.0, 10_000.0)?;
        within("writing.given_new_year", self.given_new_year, 0.003, 1.0)?;
        Ok(self)
    }
}
