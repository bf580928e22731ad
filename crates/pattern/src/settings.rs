//! What a partnership sets about patterns: read from `area/thresholds/pattern.toml`, checked before anything is told by it.

use serde::Deserialize;

use crate::report::CLASSES;

/// The settings.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    version: u32,
    /// How the partnership names this set; stored with every label.
    pub name: String,
    /// What one episode is.
    pub episodes: Episodes,
    /// The trend of the rate.
    pub frequency: FrequencySettings,
    /// The trend of harm.
    pub severity: SeveritySettings,
    /// How sure before a word is said.
    pub labels: LabelSettings,
    /// After separation.
    pub separation: SeparationSettings,
    /// With another family.
    pub moved: MovedSettings,
    /// Control.
    pub control: ControlSettings,
    /// Who needs attention first.
    pub attention: AttentionSettings,
    /// The priority that can be reckoned by hand, beside it.
    pub priority: PrioritySettings,
    /// What is usual before an area has counts of its own.
    pub population: PopulationSettings,
}

/// What one episode is.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Episodes {
    /// Hours from an episode's first report.
    pub within_hours: u32,
}

/// The trend of the rate.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrequencySettings {
    /// Spread of ln(rate now ÷ rate at start).
    pub prior_sd: f64,
    /// Least factor worth a word.
    pub least_ratio: f64,
    /// Days of the recent stretch that is shown.
    pub recent_days: u32,
}

/// The trend of harm.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeveritySettings {
    /// Spread of one episode about the line.
    pub noise_sd: f64,
    /// Spread of the rise.
    pub prior_sd: f64,
    /// Least rise worth a word.
    pub least_rise: f64,
    /// Classes above the usual one that make a step.
    pub step_classes: u8,
}

/// How sure before a word is said.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelSettings {
    /// Episodes from which change is spoken of.
    pub from_episodes: usize,
    /// Episodes from which "steady" is said.
    pub steady_from_episodes: usize,
    /// Probability of a rise from which frequency is told as escalating.
    pub frequency_from: f64,
    /// Probability of a rise from which severity is told as escalating.
    pub severity_from: f64,
    /// Probability of a fall from which reports are told as fewer.
    pub falling_from: f64,
    /// Chance of a silence below which it is told.
    pub silence_below: f64,
    /// Probability of a rise of either kind from which quiet is not said.
    pub quiet_unless: f64,
    /// Probability of any change below which "steady" is said.
    pub steady_below: f64,
}

/// After separation.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeparationSettings {
    /// Days of the watch.
    pub watch_days: u32,
}

/// With another family.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovedSettings {
    /// Least probability told.
    pub least_probability: f64,
}

/// Control.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlSettings {
    /// Domains.
    pub domains: usize,
    /// Dates.
    pub dates: usize,
    /// Days.
    pub within_days: u32,
}

/// Who needs attention first.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttentionSettings {
    /// Clock days after which an episode weighs 1/e.
    pub discount_days: f64,
    /// Episodes' worth of the area's harm in each person's own.
    pub harm_prior: f64,
    /// Weight of each harm class, in days.
    pub harm_days: [f64; CLASSES],
    /// Random readings.
    pub draws: usize,
    /// Share chosen at random.
    pub audit_share: f64,
    /// Places of each list.
    pub places: usize,
    /// Probability from which a change is listed.
    pub change_from: f64,
}

/// The priority that can be reckoned by hand (handbook "domain", 3.2).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrioritySettings {
    /// Days looked back.
    pub look_back_days: u32,
    /// Reports within so many hours are one.
    pub within_hours: u32,
    /// Days in which recency halves.
    pub recency_half_days: f64,
    /// Incidents that make up 63 of 100 points of frequency.
    pub frequency_scale: f64,
    /// Days in which the weight of harm halves.
    pub gravity_half_days: f64,
    /// Days of harm that make up all points of gravity.
    pub gravity_full: f64,
    /// Most days one incident may weigh.
    pub gravest: f64,
    /// Adults harmed who make up all points of victims.
    pub victims_full: f64,
    /// What a child counts of an adult.
    pub child: f64,
    /// Weights of recency, frequency, gravity, victims; together 1.
    pub weights: [f64; 4],
}

/// What is usual before an area has counts of its own.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PopulationSettings {
    /// Share of episodes in each harm class.
    pub harm_shares: [f64; CLASSES],
    /// Episodes that these shares count as.
    pub harm_weight: f64,
    /// Shape of the law of rates.
    pub rate_shape: f64,
    /// Mean rate, in episodes a year.
    pub rate_per_year: f64,
    /// People from whom on an area's own rates are used.
    pub rates_from_people: u64,
}

/// Settings that cannot be used: which file and field, what was found, what was expected.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {what}")]
pub struct SettingsError {
    file: String,
    what: String,
}

const BUILT_IN: &str = include_str!("../../../area/thresholds/pattern.toml");

impl Settings {
    /// The text of the settings that are built in, which is also the one to copy and change.
    pub const DOCUMENT: &'static str = BUILT_IN;

    /// The settings that are built in.
    ///
    /// # Errors
    /// When they cannot be used; a test makes sure that they can.
    pub fn built_in() -> Result<Self, SettingsError> {
        Self::read("area/thresholds/pattern.toml", BUILT_IN)
    }

    /// Settings from the text of a file.
    ///
    /// # Errors
    /// [`SettingsError`] names the file, the field, what was found and what was expected.
    pub fn read(file: &str, text: &str) -> Result<Self, SettingsError> {
        let wrong = |what: String| SettingsError { file: file.to_owned(), what };
        let read: Self = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        read.check().map_err(wrong)?;
        Ok(read)
    }

    fn check(&self) -> Result<(), String> {
        if self.version != 1 {
            return Err(format!("`version` is {}; this program reads version 1", self.version));
        }
        if self.name.trim().is_empty() {
            return Err("`name` is empty; expected what the partnership calls these settings".to_owned());
        }
        let within = |field: &str, found: f64, least: f64, most: f64| match (least..=most).contains(&found) {
            true => Ok(()),
            false => Err(format!("`{field}` is {found}; expected {least} to {most}")),
        };
        let (labels, population) = (&self.labels, &self.population);
        let numbers = [
            ("episodes.within_hours", f64::from(self.episodes.within_hours), 0.0, 336.0),
            ("frequency.prior_sd", self.frequency.prior_sd, 0.2, 3.0),
            ("frequency.least_ratio", self.frequency.least_ratio, 1.05, 5.0),
            ("frequency.recent_days", f64::from(self.frequency.recent_days), 28.0, 730.0),
            ("severity.noise_sd", self.severity.noise_sd, 0.1, 3.0),
            ("severity.prior_sd", self.severity.prior_sd, 0.1, 5.0),
            ("severity.least_rise", self.severity.least_rise, 0.0, 3.0),
            ("severity.step_classes", f64::from(self.severity.step_classes), 1.0, 4.0),
            // Below four episodes no method tells change from chance.
            ("labels.from_episodes", labels.from_episodes as f64, 4.0, 50.0),
            (
                "labels.steady_from_episodes",
                labels.steady_from_episodes as f64,
                labels.from_episodes as f64,
                100.0,
            ),
            ("labels.frequency_from", labels.frequency_from, 0.5, 0.99),
            ("labels.severity_from", labels.severity_from, 0.5, 0.99),
            ("labels.falling_from", labels.falling_from, 0.5, 0.99),
            ("labels.silence_below", labels.silence_below, 0.0, 0.2),
            ("labels.quiet_unless", labels.quiet_unless, 0.05, 0.99),
            ("labels.steady_below", labels.steady_below, 0.1, 0.65),
            // Separation is not the end: the watch may be longer, never shorter than a year.
            ("separation.watch_days", f64::from(self.separation.watch_days), 365.0, 3_650.0),
            ("moved.least_probability", self.moved.least_probability, 0.05, 0.99),
            ("control.domains", self.control.domains as f64, 1.0, 8.0),
            ("control.dates", self.control.dates as f64, 1.0, 50.0),
            ("control.within_days", f64::from(self.control.within_days), 28.0, 1_096.0),
            ("attention.discount_days", self.attention.discount_days, 30.0, 3_650.0),
            ("attention.harm_prior", self.attention.harm_prior, 0.1, 100.0),
            ("attention.draws", self.attention.draws as f64, 100.0, 10_000.0),
            // Without some chosen at random nobody learns what the list misses.
            ("attention.audit_share", self.attention.audit_share, 0.02, 0.5),
            ("attention.places", self.attention.places as f64, 1.0, 1_000.0),
            ("attention.change_from", self.attention.change_from, 0.05, 0.99),
            ("priority.look_back_days", f64::from(self.priority.look_back_days), 90.0, 3_650.0),
            ("priority.within_hours", f64::from(self.priority.within_hours), 0.0, 336.0),
            ("priority.recency_half_days", self.priority.recency_half_days, 1.0, 3_650.0),
            ("priority.frequency_scale", self.priority.frequency_scale, 0.1, 1_000.0),
            ("priority.gravity_half_days", self.priority.gravity_half_days, 1.0, 3_650.0),
            ("priority.gravity_full", self.priority.gravity_full, 1.0, 1e6),
            ("priority.gravest", self.priority.gravest, 1.0, 1e5),
            ("priority.victims_full", self.priority.victims_full, 0.5, 100.0),
            ("priority.child", self.priority.child, 0.0, 1.0),
            ("priority.weights", self.priority.weights.iter().sum::<f64>(), 0.999, 1.001),
            ("population.harm_weight", population.harm_weight, 1.0, 1e6),
            ("population.rate_shape", population.rate_shape, 0.05, 50.0),
            ("population.rate_per_year", population.rate_per_year, 0.01, 365.0),
        ];
        numbers.into_iter().try_for_each(|(field, found, least, most)| within(field, found, least, most))?;
        let days = &self.attention.harm_days;
        days.iter().try_for_each(|days| within("attention.harm_days", *days, 0.0, 10_000.0))?;
        if !days.is_sorted() {
            return Err("`attention.harm_days` falls; expected a graver class to weigh no less".to_owned());
        }
        population
            .harm_shares
            .iter()
            .try_for_each(|share| within("population.harm_shares", *share, 0.001, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_settings_can_be_used() {
        assert!(Settings::built_in().is_ok());
    }

    #[test]
    fn settings_that_cannot_be_used_say_where_and_what_was_expected() {
        let said = |from: &str, to: &str| {
            assert!(BUILT_IN.contains(from), "{from}");
            Settings::read("pattern.toml", &BUILT_IN.replace(from, to)).unwrap_err().to_string()
        };
        assert_eq!(
            said("from_episodes = 4", "from_episodes = 2"),
            "pattern.toml: `labels.from_episodes` is 2; expected 4 to 50"
        );
        assert!(said("audit_share = 0.02", "audit_share = 0.0").contains("expected 0.02 to 0.5"));
        assert!(said("watch_days = 365", "watch_days = 90").contains("expected 365 to 3650"));
        assert!(said("[control]", "[contol]").contains("contol"));
        assert!(said("prior_sd = 1.2", "prior_sd = \"wide\"").contains("wide"));
        assert!(said("version = 1", "version = 2").contains("this program reads version 1"));
        assert!(said("harm_days = [1.0, 5.0,", "harm_days = [7.0, 5.0,").contains("falls"));
    }
}
