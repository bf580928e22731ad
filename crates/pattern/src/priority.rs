//! A priority that anybody can reckon by hand, to hold the lists against: recency, frequency, gravity, victims (handbook
//! "domain", 3.2). Points are whole numbers, so that the same reports give the same points on every machine.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::report::Report;
use crate::settings::{AttentionSettings, PrioritySettings};

/// The four parts and their sum, each from 0 to 100.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Priority {
    /// All four by their weights.
    pub score: u8,
    /// How lately.
    pub recency: u8,
    /// How often.
    pub frequency: u8,
    /// How grave.
    pub gravity: u8,
    /// How many people.
    pub victims: u8,
    /// Incidents counted, for the baseline that counts only.
    pub incidents: u32,
}

/// Reckons the priority. `towards` are the reports about each person harmed; `children` are those affected.
pub fn priority(
    towards: &[Vec<Report>],
    children: usize,
    until: Moment,
    by: &PrioritySettings,
    weights: &AttentionSettings,
) -> Priority {
    let from = until.plus_days(-i64::from(by.look_back_days));
    let within = i64::from(by.within_hours) * 60;
    let (mut incidents, mut newest, mut days_of_harm, mut adults) = (0_u32, f64::INFINITY, 0.0, 0_usize);
    for reports in towards {
        let mut counted: Vec<&Report> =
            reports.iter().filter(|report| from <= report.at && report.at < until).collect();
        counted.sort_unstable();
        adults += usize::from(!counted.is_empty());
        let mut open: Option<(Moment, f64)> = None;
        for report in counted {
            let days = weights.harm_days.get(usize::from(report.harm.class())).copied().unwrap_or(1.0);
            let days = days.clamp(1.0, by.gravest);
            open = match open {
                Some((at, most)) if report.at.0 - at.0 <= within => Some((at, most.max(days))),
                before => {
                    days_of_harm += before.map_or(0.0, |before| faded(before, until, by));
                    incidents += 1;
                    Some((report.at, days))
                }
            };
            newest = newest.min(until.days_since(report.at));
        }
        days_of_harm += open.map_or(0.0, |last| faded(last, until, by));
    }
    if incidents == 0 {
        return Priority::default();
    }
    let parts = [
        (-newest / by.recency_half_days).exp2(),
        1.0 - (-f64::from(incidents) / by.frequency_scale).exp(),
        ((1.0_f64 + days_of_harm).ln() / (1.0 + by.gravity_full).ln()).min(1.0),
        ((adults as f64 + by.child * children as f64) / by.victims_full).min(1.0),
    ];
    let points = |share: f64| (share.clamp(0.0, 1.0) * 100.0).round() as u8;
    let [recency, frequency, gravity, victims] = parts.map(points);
    let shown = [recency, frequency, gravity, victims];
    // From the points as shown, so that whoever adds them up comes to the same.
    let score = shown.iter().zip(by.weights).map(|(part, weight)| f64::from(*part) * weight).sum::<f64>();
    Priority { score: score.round() as u8, recency, frequency, gravity, victims, incidents }
}

fn faded((at, days): (Moment, f64), until: Moment, by: &PrioritySettings) -> f64 {
    days * (-until.days_since(at) / by.gravity_half_days).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Harm;
    use crate::settings::Settings;

    fn report(days_ago: i64, harm: u8) -> Report {
        Report { at: Moment(0).plus_days(-days_ago), harm: Harm::new(harm).unwrap(), ..Report::default() }
    }

    fn reckoned(towards: &[Vec<Report>], children: usize) -> Priority {
        let by = Settings::built_in().unwrap();
        priority(towards, children, Moment(0), &by.priority, &by.attention)
    }

    #[test]
    fn the_four_parts_are_those_of_the_handbook() {
        // One incident 90 days ago of the third class, 365 days at most: R 50, F 100·(1−e^(−1/5)) = 18,
        // G 100·ln(1+365·2^(−90/365))/ln 3651 = 70, V 100·(1+0.5·2)/4 = 50.
        let found = reckoned(&[vec![report(90, 3)]], 2);
        let parts = (found.recency, found.frequency, found.gravity, found.victims);
        assert_eq!(parts, (50, 18, 70, 50));
        assert_eq!(found.score, 48);
    }

    #[test]
    fn one_night_is_one_incident_and_what_is_long_ago_is_none() {
        let night = vec![report(10, 1), report(10, 3), report(9, 0), report(800, 4)];
        let found = reckoned(&[night], 0);
        assert_eq!(found.incidents, 1);
        assert_eq!(reckoned(&[vec![report(800, 4)]], 3), Priority::default());
    }
}
