//! The page about risk, filled with the invented family.

use throughline_domain::risk::{Asked, Form, Judged, Level, Scale, Standing};

use super::World;
use crate::features::share::plain::Choice;
use crate::web::pages::frame::Nav;
use crate::web::pages::risk::{FormGroup, RiskPage};

impl World {
    pub fn risk_page(&self) -> RiskPage {
        let (form, scale) = (Form::built_in().unwrap(), Scale::built_in().unwrap());
        let person = self.people()[&"p-darren".into()].clone();
        let nothing = Standing::of(&[], &person.id, &["p-keeley".into()], (&form, &scale), super::TODAY);
        let judged = |seq: u64, on: jiff::civil::Date, level: &Level| Judged {
            seq,
            agency: "social_care".into(),
            by: self.t("Ruth Okafor, head of safeguarding"),
            on,
            level: level.label.clone(),
            means: level.means.clone(),
            reasons: Some(self.t("He has found out where she works.")),
            would_change: Some(self.t("A release date")),
            look_again: on.tomorrow().ok(),
        };
        let judged = vec![
            judged(9201, jiff::civil::date(2026, 10, 1), &scale.levels[2]),
            judged(9200, jiff::civil::date(2026, 8, 1), &scale.levels[1]),
        ];
        let mut standing = nothing;
        standing.at_risk[0] = Asked { judged, overdue: true, ..standing.at_risk[0].clone() };
        RiskPage {
            frame: self.frame(Nav::Harm),
            person,
            standing,
            labels: self.labels(),
            whom: vec![Choice { value: "p-keeley".to_owned(), text: self.t("Keeley") }],
            form: form.groups.iter().map(FormGroup::of).collect(),
            form_version: form.version,
            scale: scale.levels,
            filled: [("words".to_owned(), self.t("I am afraid"))].into(),
            done: "assessed".to_owned(),
            error: Some(("Give your reasons: a level without reasons is no assessment", "reasons")),
        }
    }
}
