//! The page about another family, filled with the invented family.

use std::collections::BTreeMap;

use throughline_domain::next_family::Verdict;

use super::World;
use crate::features::next_family::{Filled, NextFamilyView, Said, Suspicion};
use crate::web::pages::frame::Nav;
use crate::web::pages::next_family::NextFamilyPage;

impl World {
    pub fn next_family_page(&self) -> NextFamilyPage {
        let said = |day: i8, by: &str, verdict, reason: &str| Said {
            at: jiff::civil::date(2026, 6, day)
                .at(9, 0, 0, 0)
                .to_zoned(jiff::tz::TimeZone::UTC)
                .map(|at| at.timestamp())
                .unwrap_or_default(),
            by: self.t(by),
            verdict,
            reason: self.t(reason),
        };
        let line = |id: &str, next, history| Suspicion {
            id: id.to_owned(),
            next,
            said: None,
            again: false,
            history,
        };
        let confirmed = vec![
            said(15, "Rosa Whitlock", Verdict::Yes, "His offender manager met him there."),
            said(9, "Rosa Whitlock", Verdict::CannotTell, "Asked the landlord; no answer yet."),
        ];
        let next = self.next().into_iter().map(|next| line("n1", next, confirmed.clone()));
        let asked = self.asked().into_iter().map(|next| line("n2", next, Vec::new()));
        let view = NextFamilyView {
            person: self.people()[&"p-darren".into()].clone(),
            lines: next.chain(asked).collect(),
            people: BTreeMap::new(),
        };
        NextFamilyPage {
            frame: self.frame(Nav::Harm),
            view,
            labels: self.labels(),
            filled: Filled::default(),
            done: String::new(),
            error: None,
        }
    }
}
