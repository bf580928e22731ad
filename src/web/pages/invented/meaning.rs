//! What the invented family's records mean: critical points and signs of control.

use throughline_domain::picture::shape::*;

use super::{World, w};

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
}
