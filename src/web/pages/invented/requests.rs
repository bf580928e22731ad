//! Models of the pages about requests, sharing and releases, filled with the invented family.

use std::collections::BTreeMap;

use throughline_domain::picture::shape::KnownRecord;
use throughline_domain::record::{Event, EventKind, Mention, Name, Record};
use throughline_domain::request::{Granted, InWords, Outcome, Part, Proposal, State, Verdict};
use throughline_sharing::words::Category;

use super::{World, at, w};
use crate::features::releases::{Filled, ReleaseView};
use crate::features::requests::answer::{Deciding, Field, Who};
use crate::features::requests::{AnswerView, RequestView, RequestsView, Side, WithdrawnView};
use crate::features::share::Shown;
use crate::features::share::plain::{Choice, Choices, categories};
use crate::web::pages::frame::Nav;
use crate::web::pages::releases::{ReleasePage, ReleasesPage};
use crate::web::pages::requests::{AskPage, CopyPage, RequestPage, RequestsPage};
use crate::web::pages::share::SharePage;

impl World {
    fn proposal(&self) -> Proposal {
        Proposal {
            decision: Outcome::ShareMinimum,
            each: BTreeMap::from([
                ("ID".to_owned(), Outcome::Share),
                ("INC".to_owned(), Outcome::ShareMinimum),
                ("LOC".to_owned(), Outcome::Refuse),
            ]),
            basis: vec![self.t("DA Act 2021 s.49A")],
            rules: vec!["row_02".to_owned()],
            conditions: vec![self.t("Only to the named safeguarding lead")],
            explain: self.t("The school may know that an incident happened."),
            on: super::TODAY,
        }
    }

    fn request_view(&self, seq: u64, side: Side, state: State) -> RequestView {
        let settled = matches!(state, State::Answered | State::Expired);
        RequestView {
            seq,
            side,
            state,
            at: at("2026-10-30T09:30:00Z"),
            due: at("2026-11-02T09:30:00Z"),
            from: "schools".into(),
            to: "police".into(),
            by: self.t("Ada Moor, safeguarding lead"),
            words: InWords {
                name: self.t("Ruby Marlowe-Pyke"),
                born: self.t("3 May 2015"),
                also: self.t("year 6"),
            },
            purpose: "Operation Encompass: tell the school".to_owned(),
            categories: vec![("ID".to_owned(), "Names and dates of birth".to_owned())],
            reason: self.t("Tired and afraid since Monday."),
            risk: "Standard".to_owned(),
            stage: String::new(),
            consent: String::new(),
            escalates_to: self.t("the information-governance lead"),
            answer: settled.then(|| AnswerView {
                at: at("2026-10-30T11:00:00Z"),
                verdict: Verdict::ShareMinimum,
                granted: vec![Granted { category: "ID".to_owned(), part: Part::Minimum }],
                goes: vec![("Names and dates of birth".to_owned(), "the minimum".to_owned())],
                until: at("2026-11-29T11:00:00Z"),
                conditions: vec![self.t("Only to the named safeguarding lead")],
                by: Some(self.t("Bo Lund")),
                reason: Some(self.t("It helps the school to look after her.")),
                proposal: Some(self.proposal()),
            }),
            withdrawn: (state == State::Withdrawn).then(|| WithdrawnView {
                agency: "schools".into(),
                at: at("2026-10-31T11:00:00Z"),
                reason: Some(self.t("We know now.")),
            }),
            received: settled.then(|| (at("2026-10-30T12:00:00Z"), self.t("Ada Moor"))),
            may_answer: side == Side::Holds && !settled,
            may_withdraw: true,
            open_copy: state == State::Answered,
        }
    }

    pub fn requests_page(&self) -> RequestsPage {
        RequestsPage {
            frame: self.frame(Nav::Requests),
            view: RequestsView {
                to_answer: vec![
                    self.request_view(9001, Side::Holds, State::Escalated),
                    self.request_view(9002, Side::Holds, State::Open),
                ],
                asked: vec![self.request_view(9003, Side::Asks, State::Open)],
                settled: vec![
                    self.request_view(9004, Side::Asks, State::Answered),
                    self.request_view(9005, Side::Asks, State::Withdrawn),
                    self.request_view(9006, Side::Holds, State::Expired),
                ],
            },
            done: "answered".to_owned(),
        }
    }

    pub fn ask_page(&self) -> AskPage {
        let filled = [("name", "Ruby Marlowe-Pyke"), ("born", "3 May 2015"), ("reason", "Afraid")];
        AskPage {
            frame: self.frame(Nav::Requests),
            agencies: vec![
                Choice { value: "health".to_owned(), text: "Health".to_owned() },
                Choice { value: "police".to_owned(), text: "Police".to_owned() },
            ],
            choices: Choices::all(),
            boxes: categories(&[Category::Inc]),
            filled: filled.into_iter().map(|(name, text)| (name.to_owned(), self.t(text))).collect(),
            person: Some("p-ruby".into()),
            error: Some(("Choose what it is for", "purpose")),
        }
    }

    fn disclosed(&self) -> Vec<KnownRecord> {
        let event = Event {
            kind: EventKind::Incident,
            reference: Some(self.t("HX/1")),
            at: w("2026-10-28T21:10"),
            until: None,
            involved: Vec::new(),
            title: self.t("Violence without injury"),
            text: Some(self.t("He shouted and broke a door.")),
            by: None,
            place: None,
            child_contact: None,
            details: BTreeMap::from([("outcome".to_owned(), self.t("no further action"))]),
        };
        let name =
            Name { forenames: vec![self.t("Ruby")], surname: self.t("Marlowe-Pyke"), ..Name::default() };
        vec![KnownRecord {
            seq: 40,
            agency: "police".into(),
            recorded: None,
            received: at("2026-10-29T06:00:00Z"),
            file: "police/incidents.csv".to_owned(),
            record: Record {
                people: vec![Mention { names: vec![name], ..Mention::default() }],
                events: vec![event],
                ..Record::default()
            },
            persons: vec!["p-ruby".into()],
            sealed: false,
        }]
    }

    pub fn request_page(&self) -> RequestPage {
        let choice = |value: &str, text: &str| Choice { value: value.to_owned(), text: text.to_owned() };
        RequestPage {
            frame: self.frame(Nav::Requests),
            view: self.request_view(9001, Side::Holds, State::Escalated),
            rules: Vec::new(),
            deciding: Some(Deciding {
                people: vec![Who {
                    name: "who-p-ruby".to_owned(),
                    value: "yes",
                    text: self.t("Ruby Marlowe-Pyke, born 3 May 2015"),
                    checked: true,
                }],
                fields: vec![Field {
                    name: "give-ID".to_owned(),
                    label: "Names and dates of birth".to_owned(),
                    proposed: "The policies let all of it go.",
                    value: "minimum",
                    choices: vec![choice("nothing", "Nothing"), choice("minimum", "The minimum")],
                }],
                proposal: self.proposal(),
                rules: vec![("row_02".to_owned(), self.t("The school may know."))],
                covers: 3,
                preview: Some(self.disclosed()),
                reason: self.t("It helps"),
            }),
            error: Some("Say why".to_owned()),
        }
    }

    pub fn answered_page(&self) -> RequestPage {
        let view = self.request_view(9004, Side::Holds, State::Answered);
        // By name only: nothing else was typed.
        let words = InWords { born: String::new(), also: String::new(), ..view.words };
        RequestPage {
            frame: self.frame(Nav::Requests),
            view: RequestView { words, ..view },
            rules: vec![("row_02".to_owned(), self.t("The school may know."))],
            deciding: None,
            error: None,
        }
    }

    pub fn copy_page(&self, opened: bool) -> CopyPage {
        CopyPage {
            frame: self.frame(Nav::Requests),
            view: self.request_view(9004, Side::Asks, State::Answered),
            copy: opened.then(|| self.disclosed()),
        }
    }

    pub fn share_page(&self) -> SharePage {
        let filled = [("agency", "education"), ("purpose", "encompass"), ("subject", "child")];
        SharePage {
            frame: self.frame(Nav::Share),
            choices: Choices::all(),
            filled: filled.into_iter().map(|(name, word)| (name.to_owned(), word.to_owned())).collect(),
            boxes: categories(&[Category::Id, Category::Inc]),
            answer: Some(Shown {
                decision: "share_minimum".to_owned(),
                short: "Yes, the minimum".to_owned(),
                sentence: self.t("The school may know that an incident happened."),
                ask: self.t("Ask your supervisor."),
                each: vec![("Names and dates of birth".to_owned(), "may go".to_owned())],
                basis: vec![self.t("DA Act 2021 s.49A")],
                conditions: vec![self.t("Only to the named safeguarding lead")],
                rules: vec![("row_02".to_owned(), self.t("The school may know."))],
                record: vec!["who asked, what for, and whose record it is".to_owned()],
            }),
            error: None,
            on: super::TODAY,
        }
    }

    fn release_view(&self, answered: bool) -> ReleaseView {
        ReleaseView {
            seq: 9100,
            what: "Send papers to a court".to_owned(),
            words: self.t("The bundle of October"),
            list: "Children with who last saw them".to_owned(),
            to: self.t("Calderwick family court"),
            about: vec!["p-keeley".into()],
            by: self.t("Head of safeguarding"),
            agency: "social_care".into(),
            at: at("2026-10-30T09:30:00Z"),
            reason: self.t("Ordered on 20 October"),
            answered: answered.then(|| (true, self.t("Bo Lund"), self.t("Read every page"))),
            may_answer: !answered,
            why_not: String::new(),
            papers: false,
        }
    }

    pub fn releases_page(&self) -> ReleasesPage {
        ReleasesPage {
            frame: self.frame(Nav::None),
            releases: vec![self.release_view(false), ReleaseView { seq: 9101, ..self.release_view(true) }],
            kinds: vec![Choice {
                value: "court_bundle".to_owned(),
                text: "Send papers to a court".to_owned(),
            }],
            lists: vec![Choice {
                value: "children".to_owned(),
                text: "Children with who last saw them".to_owned(),
            }],
            filled: Filled::default(),
            done: "proposed".to_owned(),
            error: None,
        }
    }

    pub fn release_page(&self) -> ReleasePage {
        ReleasePage {
            frame: self.frame(Nav::None),
            view: self.release_view(false),
            labels: self.labels(),
            error: None,
        }
    }
}
