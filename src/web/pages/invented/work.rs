//! The pages about whose work it is, filled with the invented family.

use throughline_domain::picture::CriticalPoint;
use throughline_domain::work::Step;

use super::{World, at};
use crate::features::calendar::{CalendarDay, CalendarView};
use crate::features::share::plain::Choice;
use crate::features::work::{Filled, Load, TeamLoad, WorkSeen, WorkView};
use crate::web::pages::calendar::CalendarPage;
use crate::web::pages::frame::Nav;
use crate::web::pages::work::{LinePage, ToldLine, WorkPage};

impl World {
    fn work_seen(&self) -> WorkSeen {
        WorkSeen {
            whose: self.t("Ruth Okafor (Children’s social care)"),
            mine: true,
            lapsed: false,
            accepted: false,
            due: Some(jiff::civil::date(2026, 11, 1)),
            overdue: true,
            waits_until: None,
            done: false,
            href: "/whose-is-it?part=hard_flag&family=f-1&person=p-darren".to_owned(),
        }
    }

    pub fn calendar_page(&self) -> CalendarPage {
        let points: Vec<CriticalPoint> = self.critical().into_iter().filter(|point| point.ahead).collect();
        let day = jiff::civil::date(2026, 12, 1);
        CalendarPage {
            frame: self.frame(Nav::Today),
            view: CalendarView {
                month: "2026-12".to_owned(),
                months: vec!["2026-11".to_owned(), "2026-12".to_owned()],
                days: vec![CalendarDay { day, points }],
                more: true,
                people: self.people(),
                families: Vec::new(),
            },
            labels: self.labels(),
            families: std::iter::once(("f-1".into(), self.t("Reed"))).collect(),
        }
    }

    pub fn work_page(&self) -> WorkPage {
        let item = self.today_page().items.remove(0);
        WorkPage {
            frame: self.frame(Nav::Today),
            view: WorkView {
                mine: vec![(item, self.work_seen())],
                load: vec![Load { name: self.t("Ruth Okafor"), open: 3, overdue: 1 }],
                teams: vec![TeamLoad { name: self.t("Duty team"), people: 2, open: 3, overdue: 1 }],
                nobodys: 4,
            },
            labels: self.labels(),
        }
    }

    pub fn line_page(&self) -> LinePage {
        LinePage {
            frame: self.frame(Nav::Today),
            item: self.today_page().items.remove(0),
            labels: self.labels(),
            family: Some(("f-1".to_owned(), self.t("Marlowe family"))),
            seen: self.work_seen(),
            may_give: true,
            told: vec![ToldLine {
                at: at("2026-10-30T09:30:00Z"),
                by: self.t("Head of safeguarding"),
                to: Some(self.t("Ruth Okafor")),
                step: Step::Give,
                until: None,
                reason: self.t("She knows the family"),
            }],
            colleagues: vec![Choice { value: "ruth".to_owned(), text: self.t("Ruth Okafor") }],
            filled: serde_json::from_value::<Filled>(serde_json::json!({"step": "put_off"})).unwrap(),
            done: "give".to_owned(),
            error: Some((self.t("Say why it can wait"), "reason")),
        }
    }
}
