//! What the invented family's records mean: critical points and signs of control.

use throughline_domain::picture::shape::*;
use throughline_domain::picture::{Reporting, Settings, family_pattern, pair_patterns, person_pattern};
use throughline_domain::record::Role;

use super::{TODAY, World, w};
use crate::features::harm::Patterns;

impl World {
    /// One answered, one overdue, one known ahead.
    pub fn critical(&self) -> Vec<CriticalPoint> {
        let point = |id: &str, label: &str, at: &str, due: &str| CriticalPoint {
            id: id.into(),
            kind: "separation".into(),
            number: 1,
            label: self.t(label),
            at: w(at),
            first_visible: w(at).first_day(),
            causing_harm: Some("p-darren".into()),
            harmed: Some("p-keeley".into()),
            family: Some("f-1".into()),
            because: self
                .t("The relationship has ended, is ending or is being left (Police, 18 October 2026)."),
            clock: "same day".into(),
            due: w(due).first_day(),
            ahead: false,
            overdue: false,
            answered: None,
            signs: vec![Sign {
                at: w(at),
                text: self.t("Police: Separation."),
                source: self.source("police", 4711, at),
            }],
        };
        let answered = CriticalPoint {
            answered: Some(Answered {
                at: w("2026-03-12"),
                source: self.source("social_care", 2210, "2026-03-12"),
            }),
            ..point("c-1", "Strangulation or suffocation", "2026-03-10T21:30", "2026-03-10")
        };
        let overdue =
            CriticalPoint { overdue: true, ..point("c-2", "Separation", "2026-10-18T22:15", "2026-10-18") };
        let ahead = CriticalPoint {
            ahead: true,
            ..point("c-3", "End of an order or licence", "2026-12-01", "2026-11-30")
        };
        vec![ahead, overdue, answered]
    }

    /// One tactic seen, one nobody asked about, one asked about and not seen.
    pub fn control(&self) -> Control {
        let domain = |name: &str, label: &str, asked: bool| ControlDomain {
            name: name.into(),
            label: self.t(label),
            times: 0,
            asked,
            first: None,
            last: None,
            signs: Vec::new(),
        };
        let seen = ControlDomain {
            times: 1,
            first: Some(w("2026-05-04")),
            last: Some(w("2026-05-04")),
            signs: vec![Sign {
                at: w("2026-05-04"),
                text: self.t("Isolation"),
                source: self.source("health", 3310, "2026-05-04"),
            }],
            ..domain("isolation", "Isolation", true)
        };
        Control {
            person: "p-darren".into(),
            over: vec!["p-keeley".into()],
            domains: vec![
                seen,
                domain("economic", "Money and means", false),
                domain("sexual", "Sexual control", true),
            ],
            pattern_since: Some(w("2026-05-04")),
            leading_since: None,
            sustained_since: None,
        }
    }

    /// What agencies reported of the person causing harm: the incidents, and what a hospital and a school wrote.
    pub fn reported(&self) -> ReportedHarm {
        let mut reports: Vec<HarmReport> = self
            .incidents()
            .iter()
            .flat_map(|incident| {
                let victims = incident.involved.iter().filter(|part| part.roles == [Role::Victim]);
                victims.map(|victim| HarmReport {
                    at: incident.at,
                    harmed: victim.person.clone(),
                    harm_class: incident.harm_class,
                    what: incident.offence.clone(),
                    incident: true,
                    flags: match incident.offence.contains("strangulation") {
                        true => vec!["strangulation".to_owned()],
                        false => Vec::new(),
                    },
                    source: incident.sources[0].clone(),
                })
            })
            .collect();
        for (at, what, harm_class, agency, seq) in [
            ("2025-07-01T03:10", "An injury that somebody else caused", 2, "health", 6210),
            ("2026-09-21", "A child told of violence at home", 2, "schools", 8290),
        ] {
            reports.push(HarmReport {
                at: w(at),
                harmed: "p-keeley".into(),
                harm_class,
                what: self.t(what),
                incident: false,
                flags: Vec::new(),
                source: self.source(agency, seq, at),
            });
        }
        reports.sort_by_key(|report| report.at);
        ReportedHarm {
            person: "p-darren".into(),
            reports,
            away: vec![TimeAway { from: w("2025-09-15"), to: Some(w("2026-05-03")) }],
            parted: vec![PartedFrom { at: w("2026-03-10"), harmed: "p-keeley".into() }],
        }
    }

    pub fn patterns(&self) -> Patterns {
        let (settings, reporting) = (Settings::built_in().unwrap(), Reporting::default());
        let control = self.control();
        Patterns {
            all: person_pattern(&self.reported(), Some(&control), &reporting, &settings, TODAY),
            pairs: pair_patterns(&self.reported(), &reporting, &settings, TODAY),
        }
    }

    pub fn family_pattern(&self) -> Option<RecordedPattern> {
        let (settings, reporting) = (Settings::built_in().unwrap(), Reporting::default());
        let members = self.family().members.into_iter().map(|member| member.person).collect();
        family_pattern(&[self.reported()], &members, &[&self.control()], &reporting, &settings, TODAY)
    }
}
