//! The settings beside the policies: time boxes, who is asked next, the duty of section 16LA, neutral words.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::words::{Agency, Risk};

/// How long a question may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// Minutes by the clock.
    Minutes(u32),
    /// Hours by the clock, nights included.
    Hours(u32),
    /// Days on which offices work.
    WorkingDays(u32),
}

impl std::fmt::Display for Within {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (count, unit) = match self {
            Self::Minutes(n) => (n, "minute"),
            Self::Hours(n) => (n, "hour"),
            Self::WorkingDays(n) => (n, "working day"),
        };
        write!(f, "{count} {unit}{}", if *count == 1 { "" } else { "s" })
    }
}

/// A question's time box and who has it when the time is over.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeBox {
    /// How long it may wait.
    pub within: Within,
    /// Who is asked next. It is never refused by waiting.
    pub escalates_to: String,
}

/// Time boxes by risk.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeBoxes {
    imminent: TimeBox,
    high: TimeBox,
    otherwise: TimeBox,
}

impl TimeBoxes {
    /// The box for a risk.
    #[must_use]
    pub fn of(&self, risk: Option<Risk>) -> &TimeBox {
        match risk {
            Some(Risk::Imminent) => &self.imminent,
            Some(Risk::High) => &self.high,
            _ => &self.otherwise,
        }
    }
}

/// What happens where no policy speaks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoPolicy {
    pub(crate) says: String,
    pub(crate) basis: Vec<String>,
    pub(crate) conditions: Vec<String>,
}

/// The duty to share of the Children Act 2004 s.16LA.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    on: bool,
    in_force_from: Date,
    pub(crate) binds: Vec<Agency>,
    pub(crate) condition: String,
}

impl Duty {
    /// Whether it is in force on a day.
    #[must_use]
    pub fn in_force(&self, on: Date) -> bool {
        self.on && on >= self.in_force_from
    }

    /// Whether it binds both sides; a holder that was not named is taken to be one of those bound.
    pub(crate) fn binds_both(&self, asks: Option<Agency>, holds: Option<Agency>) -> bool {
        asks.is_some_and(|agency| self.binds.contains(&agency))
            && holds.is_none_or(|agency| self.binds.contains(&agency))
    }
}

/// When figures may be published.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// Counts below this are suppressed.
    pub smallest_count: u32,
}

/// Who is answered in words that reveal nothing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neutral {
    pub(crate) to: Vec<Agency>,
    pub(crate) says: String,
}

/// What is added where something goes without consent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithoutConsent {
    pub(crate) without: String,
}

/// All settings.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    version: u32,
    /// Where no policy speaks.
    pub default: NoPolicy,
    /// Time boxes of questions.
    pub ask: TimeBoxes,
    /// The duty to share.
    pub duty_16la: Duty,
    /// Figures.
    pub figures: Figures,
    /// Neutral words.
    pub neutral: Neutral,
    /// Consent.
    pub consent: WithoutConsent,
}

impl Settings {
    /// Reads them.
    ///
    /// # Errors
    /// What is wrong, with the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let settings: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        if settings.version != 1 {
            return Err(format!(
                "version {} was found, this program reads version 1; take the settings.toml that came with it",
                settings.version
            ));
        }
        if settings.neutral.says.trim().is_empty() {
            return Err("neutral.says is empty; write words that reveal nothing".to_owned());
        }
        Ok(settings)
    }
}
