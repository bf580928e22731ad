//! What a partnership sets about looking: read from `area/thresholds/looking.toml`, checked before anything is decided by it.

use jiff::civil::Date;
use serde::Deserialize;

use super::entry::Act;

/// The settings.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Looking {
    version: u32,
    /// What justifies a look.
    pub ties: Ties,
    /// How unexplained looks are weighed.
    pub review: Reviewing,
    /// When reading becomes reading in bulk.
    pub scraping: Scraping,
    /// Breaking glass.
    pub glass: GlassRules,
}

/// What justifies a look.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ties {
    /// Acts that need a tie.
    pub needed_for: Vec<Act>,
    /// Days after which a tie still explains.
    pub late_days: u32,
    /// Minutes within which the right one of a list explains the wrong one.
    pub wrong_one_minutes: u32,
    /// Days after their agency's last record of somebody for which that agency works with them, as far as a look of
    /// those who oversee is concerned.
    #[serde(default = "a_year")]
    pub own_case_days: u32,
}

/// For a partnership's own settings that were written before this could be set.
fn a_year() -> u32 {
    365
}

/// How unexplained looks are weighed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reviewing {
    /// Days weighed together.
    pub days: u32,
    /// Items of one agency's staff in a week.
    pub most_a_week: usize,
    /// Weight from which an item is flagged.
    pub flag_at: f64,
    /// What weighs how much.
    pub weights: Weights,
}

/// What weighs how much.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Each unexplained look.
    pub look: f64,
    /// The same person on another day.
    pub same_person_again: f64,
    /// Another week.
    pub another_week: f64,
    /// Somebody of the viewer's own surroundings.
    pub own_surroundings: f64,
}

/// When reading becomes reading in bulk.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scraping {
    /// Acts whose people are counted.
    pub counts: Vec<Act>,
    /// The lowest limit.
    pub least: usize,
    /// Times the usual of the role.
    pub times_usual: f64,
    /// Days from which the usual is taken.
    pub usual_days: u32,
    /// How long each answer is held back above the limit.
    pub slowed_by_seconds: u32,
    /// Minutes after the alarm from which nothing more is opened.
    pub blocked_after_minutes: u32,
    /// What is done where nobody is real.
    pub in_invented_areas: InInventedAreas,
}

/// What is done about reading in bulk where nobody is real.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InInventedAreas {
    /// It is told.
    Tell,
    /// It is slowed and stopped, as everywhere.
    Stop,
}

/// Breaking glass.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GlassRules {
    /// How long it stays open.
    pub minutes: u32,
    /// The shortest reason, in letters.
    pub reason_letters: usize,
    /// Working days within which it is reviewed.
    pub review_working_days: u32,
    /// Days that are not worked, besides Saturdays and Sundays.
    pub holidays: Vec<Date>,
}

/// Settings that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {what}")]
pub struct LookingError {
    file: String,
    what: String,
}

const BUILT_IN: &str = include_str!("../../../../area/thresholds/looking.toml");

impl Looking {
    /// The settings that are built in.
    ///
    /// # Errors
    /// When they cannot be used; a test makes sure that they can.
    pub fn built_in() -> Result<Self, LookingError> {
        Self::read("area/thresholds/looking.toml", BUILT_IN)
    }

    /// Settings from the text of a file.
    ///
    /// # Errors
    /// [`LookingError`] names the file, the field, what was found and what was expected.
    pub fn read(file: &str, text: &str) -> Result<Self, LookingError> {
        let wrong = |what: String| LookingError { file: file.to_owned(), what };
        let read: Self = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        read.check().map_err(wrong)?;
        Ok(read)
    }

    fn check(&self) -> Result<(), String> {
        if self.version != 1 {
            return Err(format!("`version` is {}; this program reads version 1", self.version));
        }
        let within = |field: &str, found: f64, least: f64, most: f64| match (least..=most).contains(&found) {
            true => Ok(()),
            false => Err(format!("`{field}` is {found}; expected {least} to {most}")),
        };
        for (field, acts) in
            [("ties.needed_for", &self.ties.needed_for), ("scraping.counts", &self.scraping.counts)]
        {
            // Without these nothing would ever be found.
            if !acts.contains(&Act::DetailOpened) {
                return Err(format!("`{field}` leaves `detail_opened` out; expected it to be among them"));
            }
        }
        let number = |number: u32| f64::from(number);
        within("ties.late_days", number(self.ties.late_days), 0.0, 7.0)?;
        within("ties.wrong_one_minutes", number(self.ties.wrong_one_minutes), 0.0, 60.0)?;
        within("ties.own_case_days", number(self.ties.own_case_days), 1.0, 3_660.0)?;
        within("review.days", number(self.review.days), 7.0, 92.0)?;
        within("review.most_a_week", self.review.most_a_week as f64, 1.0, 1_000.0)?;
        within("review.flag_at", self.review.flag_at, 1.0, 100.0)?;
        let weights = &self.review.weights;
        for (field, weight) in [
            ("review.weights.look", weights.look),
            ("review.weights.same_person_again", weights.same_person_again),
            ("review.weights.another_week", weights.another_week),
            ("review.weights.own_surroundings", weights.own_surroundings),
        ] {
            within(field, weight, 0.0, 100.0)?;
        }
        within("scraping.least", self.scraping.least as f64, 1.0, 10_000.0)?;
        within("scraping.times_usual", self.scraping.times_usual, 1.0, 100.0)?;
        within("scraping.usual_days", number(self.scraping.usual_days), 1.0, 366.0)?;
        within("scraping.slowed_by_seconds", number(self.scraping.slowed_by_seconds), 0.0, 60.0)?;
        within("scraping.blocked_after_minutes", number(self.scraping.blocked_after_minutes), 0.0, 1_440.0)?;
        within("glass.minutes", number(self.glass.minutes), 1.0, 60.0)?;
        within("glass.reason_letters", self.glass.reason_letters as f64, 1.0, 200.0)?;
        within("glass.review_working_days", number(self.glass.review_working_days), 1.0, 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in_can_be_used() {
        assert_eq!(Looking::built_in().unwrap().glass.minutes, 60);
    }

    #[test]
    fn what_cannot_be_meant_names_the_field_and_what_was_expected() {
        let wrong = |from: &str, to: &str| {
            assert!(BUILT_IN.contains(from), "{from}");
            Looking::read("looking.toml", &BUILT_IN.replace(from, to)).unwrap_err().to_string()
        };
        let said = wrong("minutes = 60", "minutes = 600");
        assert_eq!(said, "looking.toml: `glass.minutes` is 600; expected 1 to 60");
        assert!(wrong("version = 1", "version = 2").contains("`version` is 2"));
        assert!(wrong("flag_at = 3.0", "flagged = 3.0").contains("flagged"));
        assert!(
            wrong("counts = [\"summary_opened\", \"detail_opened\",", "counts = [\"summary_opened\",")
                .contains("`scraping.counts`")
        );
    }
}
