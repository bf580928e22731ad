//! Models of the pages about links in doubt, filled with the invented family.

use std::collections::BTreeMap;

use throughline_domain::fact::LinkVerdict;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::shape::Person;

use super::{World, at, w};
use crate::features::links::pair::{Before, PairView, SideSeen};
use crate::features::links::part::{Aim, Group, MentionListed, PartView, Together};
use crate::features::links::preview::{Change, Moved, Sketch};
use crate::features::links::proposal::ProposalView;
use crate::features::links::{Entry, LinksView, Waits};
use crate::features::person::WhyPart;
use crate::web::pages::frame::Nav;
use crate::web::pages::links::LinksPage;
use crate::web::pages::pair::PairPage;
use crate::web::pages::part::{PartPage, PreviewPage};
use crate::web::pages::proposal::ProposalPage;

impl World {
    fn keeley(&self) -> Person {
        self.people()[&PersonId::from("p-keeley")].clone()
    }

    pub fn links_page(&self) -> LinksPage {
        let entry = |id: &str, joined, proposal| Entry {
            id: id.to_owned(),
            people: vec!["p-keeley".into(), "p-darren".into()],
            joined,
            weight: 3.5,
            probability: 0.92,
            because: self.t("If they are two people, what is known of one is shown as the other’s."),
            needs_two: proposal,
            proposal: proposal.then_some(8120),
        };
        LinksPage {
            frame: self.frame(Nav::Links),
            labels: self.labels(),
            page: 1,
            done: "decided".to_owned(),
            view: LinksView {
                entries: vec![entry("L01", true, false), entry("L02", false, true)],
                proposals: vec![Waits {
                    seq: 8121,
                    what: "Keep an identity by itself".to_owned(),
                    people: vec!["p-keeley".into()],
                    by: self.t("Head of safeguarding"),
                    at: at("2026-10-20T09:30:00Z"),
                }],
                people: BTreeMap::new(),
                all: 7,
                being_drawn: true,
                may_decide: true,
            },
        }
    }

    fn change(&self) -> Change {
        let sketch = |id: &str, new| Sketch {
            id: id.into(),
            new,
            label: self.t("Keeley Marlowe, born 3 July 1991"),
            records: [("police".into(), 4), ("schools".into(), 2)].into(),
        };
        Change {
            before: vec![sketch("p-keeley", false)],
            after: vec![sketch("p-keeley", false), sketch("p-new", true)],
            moved: vec![Moved {
                seq: 77,
                agency: "police".into(),
                from: "p-keeley".into(),
                to: "p-new".into(),
            }],
            sentences: vec![self.t("Alfie Marlowe-Pyke would be part of the Marlowe family.")],
            uncertain: true,
        }
    }

    pub fn pair_page(&self) -> PairPage {
        let side = |facts: &[u64]| SideSeen {
            page: "p-keeley".into(),
            person: self.keeley(),
            facts: facts.to_vec(),
            recorded: Some((w("2024-05-01"), w("2026-10-18"))),
            named_with: vec!["p-darren".into()],
        };
        let part = |words: &str, weight| WhyPart { words: self.t(words), weight };
        PairPage {
            frame: self.frame(Nav::Links),
            labels: self.labels(),
            being_drawn: true,
            error: Some("Choose an answer".to_owned()),
            chosen: String::new(),
            reason: self.t("Telephoned the school"),
            view: PairView {
                id: "L01".to_owned(),
                joined: true,
                sides: [side(&[77]), side(&[612, 1290])],
                parts: vec![
                    part("any two people, before anything is compared", -14.2),
                    part("same date of birth", 12.1),
                    part("surnames sound alike", 4.4),
                    part("forenames differ", -1.4),
                ],
                weight: 0.9,
                probability: 0.65,
                worries: vec![
                    self.t("If they are two children, one child’s records stand in for the other’s."),
                ],
                change: self.change(),
                needs_two: true,
                proposal: None,
                decisions: vec![Before {
                    verdict: LinkVerdict::CannotTell,
                    by: self.t("Named nurse"),
                    reason: self.t("The surgery has moved."),
                }],
                people: BTreeMap::new(),
                may_decide: true,
            },
        }
    }

    fn listed(&self, id: &str) -> MentionListed {
        MentionListed {
            id: id.to_owned(),
            facts: vec![77, 78],
            agency: "police".into(),
            recorded: Some(w("2024-05-01")),
            name: self.t("MARLOWE, Keeley"),
            born: Some(w("1991-07-03")),
        }
    }

    fn part_view(&self) -> PartView {
        PartView {
            person: self.keeley(),
            aim: Aim::Part,
            groups: vec![
                Group { mentions: vec![self.listed("m01")], held_by: Some((3.5, 0.92)) },
                Group { mentions: vec![self.listed("m02"), self.listed("m03")], held_by: None },
            ],
            proposed: vec!["m01".to_owned()],
            needs_two: true,
            may_decide: true,
        }
    }

    pub fn part_page(&self) -> PartPage {
        PartPage {
            frame: self.frame(Nav::None),
            label: self.labels()[&"p-keeley".into()].clone(),
            view: self.part_view(),
            chosen: vec!["m01".to_owned()],
            reason: String::new(),
            error: Some("Say how you know".to_owned()),
        }
    }

    pub fn preview_page(&self) -> PreviewPage {
        PreviewPage {
            frame: self.frame(Nav::None),
            label: self.labels()[&"p-keeley".into()].clone(),
            view: self.part_view(),
            going: vec![self.listed("m01")],
            change: self.change(),
            together: Together {
                since: Some(at("2026-10-20T09:30:00Z")),
                decided: true,
                going: [("police".into(), 1)].into(),
                staying: [("schools".into(), 2)].into(),
            },
            chosen: vec!["m01".to_owned()],
            reason: self.t("They are sisters"),
        }
    }

    pub fn proposal_page(&self) -> ProposalPage {
        ProposalPage {
            frame: self.frame(Nav::Links),
            error: None,
            view: ProposalView {
                seq: 8120,
                what: "Say that they are not one person".to_owned(),
                by: self.t("Head of safeguarding"),
                at: at("2026-10-20T09:30:00Z"),
                reason: self.t("They are sisters"),
                ones: vec![self.listed("m01")],
                others: vec![self.listed("m02")],
                change: self.change(),
                answered: None,
                may_answer: true,
                own: false,
            },
        }
    }
}
