//! The word for a pattern of records, and when none may be said.

use serde::{Deserialize, Serialize};

use crate::settings::LabelSettings;

/// What the records show. A label is about records: not about a person, and never about guilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// One episode.
    Isolated,
    /// Repeated, and too few episodes to tell of any change.
    TooFew,
    /// Closer together and more serious.
    EscalatingBoth,
    /// Closer together.
    EscalatingFrequency,
    /// More serious.
    EscalatingSeverity,
    /// Fewer reports, or none for longer than these episodes would leave. Not safety.
    Quiet,
    /// No change, over many episodes.
    Steady,
    /// Nothing that could be said with enough certainty.
    Unclear,
}

impl Label {
    /// As files hold it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Isolated => "isolated",
            Self::TooFew => "too_few",
            Self::EscalatingBoth => "escalating_both",
            Self::EscalatingFrequency => "escalating_frequency",
            Self::EscalatingSeverity => "escalating_severity",
            Self::Quiet => "quiet",
            Self::Steady => "steady",
            Self::Unclear => "unclear",
        }
    }

    /// As a page names it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Isolated => "One recorded episode",
            Self::TooFew => "Repeated, too few to tell",
            Self::EscalatingBoth => "Escalating: closer together and more serious",
            Self::EscalatingFrequency => "Escalating: closer together",
            Self::EscalatingSeverity => "Escalating: more serious",
            Self::Quiet => "Fewer reports",
            Self::Steady => "Continuing, no clear change",
            Self::Unclear => "Unclear",
        }
    }

    /// Whether it tells of a rise of any kind.
    pub fn is_escalating(self) -> bool {
        matches!(self, Self::EscalatingBoth | Self::EscalatingFrequency | Self::EscalatingSeverity)
    }
}

/// What a label is chosen by.
#[derive(Clone, Copy, Debug)]
pub struct Grounds {
    /// Episodes.
    pub episodes: usize,
    /// Whether any time at liberty has passed since the first.
    pub clock_ran: bool,
    /// P(frequency rose).
    pub frequency_up: f64,
    /// P(frequency fell).
    pub frequency_down: f64,
    /// P(severity rose).
    pub severity_up: f64,
    /// Chance of the silence had nothing changed.
    pub silence: f64,
    /// Whether the person causing harm is away now.
    pub away_now: bool,
}

/// The first label that fits.
pub fn choose(g: &Grounds, by: &LabelSettings) -> Label {
    match g.episodes {
        0 => return Label::Unclear,
        1 => return Label::Isolated,
        _ => {}
    }
    if g.episodes < by.from_episodes {
        return Label::TooFew;
    }
    if !g.clock_ran {
        return Label::Unclear;
    }
    match (g.frequency_up >= by.frequency_from, g.severity_up >= by.severity_from) {
        (true, true) => return Label::EscalatingBoth,
        (true, false) => return Label::EscalatingFrequency,
        (false, true) => return Label::EscalatingSeverity,
        (false, false) => {}
    }
    let fell = g.silence < by.silence_below || g.frequency_down >= by.falling_from;
    // Nobody who is away is quiet, and a family that may be getting worse is not called quiet either.
    let may_rise = g.frequency_up >= by.quiet_unless || g.severity_up >= by.quiet_unless;
    if fell && !g.away_now && !may_rise {
        return Label::Quiet;
    }
    let most = g.frequency_up.max(g.frequency_down).max(g.severity_up);
    if !fell && g.episodes >= by.steady_from_episodes && most < by.steady_below {
        return Label::Steady;
    }
    Label::Unclear
}
