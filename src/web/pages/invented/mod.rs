//! An invented family for tests and for looking at pages. Every text that an agency or a user could have written
//! carries a mark, so that a test can look for it on the page.

mod accounts;
mod links;
mod meaning;
mod next_family;
mod pages;
mod requests;
mod risk;
mod story;
mod work;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::shape::*;
use throughline_domain::record::*;
use throughline_domain::when::When;

use super::frame::{Frame, Nav, SignedIn};
use crate::web::shown::{self, PersonLabel};

pub struct World {
    pub mark: &'static str,
}

pub fn w(text: &str) -> When {
    text.parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub const TODAY: Date = Date::constant(2026, 11, 2);

impl World {
    pub fn t(&self, text: &str) -> String {
        format!("{text}{}", self.mark)
    }

    pub fn frame(&self, nav: Nav) -> Frame {
        Frame {
            area: self.t("Calderwick"),
            invented: true,
            viewer: Some(SignedIn {
                name: self.t("Marian Okoye"),
                agency: "social_care".into(),
                role: self.t("head of safeguarding"),
                administers: true,
            }),
            nav,
            now: w("2026-11-02T08:30"),
            viewpoint: Viewpoint::default(),
            form_token: Some("t0k3n".to_owned()),
        }
    }

    pub fn source(&self, agency: &str, seq: u64, recorded: &str) -> Source {
        Source { agency: agency.into(), seq, recorded: Some(w(recorded)) }
    }

    fn stay(
        &self,
        person: &str,
        home: &str,
        place: Place,
        from: &str,
        to: Option<&str>,
        basis: Basis,
    ) -> Stay {
        let agency = match basis {
            Basis::Tenancy => "housing",
            Basis::Registered => "health",
            Basis::GivenAtIncident => "police",
            _ => "probation",
        };
        Stay {
            person: person.into(),
            household: home.into(),
            place,
            from: (!from.is_empty()).then(|| w(from)),
            to: to.map(w),
            basis,
            sources: vec![self.source(agency, 4120, if from.is_empty() { "2021-01-01" } else { from })],
        }
    }

    fn address(&self, lines: &str, postcode: &str) -> Place {
        Place::Known(Address { lines: self.t(lines), postcode: postcode.to_owned(), uprn: None })
    }

    fn homes(&self) -> Vec<Stay> {
        let canal = || self.address("52 Canal Close, Millbeck", "HD18 3BE");
        let forge = || self.address("72 Forge Drive, Hollinsett", "HX12 9UQ");
        let oak = || self.address("9 Oak Court, Netherlow", "HX14 1ZS");
        let prison = || self.address("HMP Brackwater", "HD14 1AA");
        vec![
            self.stay("p-darren", "h-a", forge(), "2019-04", Some("2022-02-10"), Basis::Registered),
            self.stay("p-tanya", "h-a", forge(), "2019-04", None, Basis::Tenancy),
            self.stay("p-jayden", "h-a", forge(), "2019-04", None, Basis::Registered),
            self.stay("p-darren", "h-b", canal(), "2022-03-01", Some("2025-09-14"), Basis::Registered),
            self.stay("p-keeley", "h-b", canal(), "2020-06-12", Some("2026-03-20"), Basis::Tenancy),
            self.stay("p-ruby", "h-b", canal(), "2020-06-12", Some("2026-03-20"), Basis::Tenancy),
            self.stay("p-alfie", "h-b", canal(), "2020-06-12", Some("2026-03-20"), Basis::Tenancy),
            self.stay("p-darren", "h-p", prison(), "2025-09-15", Some("2026-05-03"), Basis::Custody),
            self.stay("p-keeley", "h-k", Place::Kept("k-1".into()), "2026-03-21", None, Basis::Refuge),
            self.stay("p-ruby", "h-k", Place::Kept("k-1".into()), "2026-03-21", None, Basis::Refuge),
            self.stay("p-alfie", "h-k", Place::Kept("k-1".into()), "2026-03-21", None, Basis::Refuge),
            self.stay("p-darren", "h-n", oak(), "2026-05-04", None, Basis::Approved),
            self.stay("p-nadia", "h-n", oak(), "2023-01-10", None, Basis::Tenancy),
            self.stay("p-zane", "h-n", oak(), "2023-01-10", None, Basis::SaidToLiveThere),
        ]
    }

    fn one(&self, id: &str, name: &str, born: Option<&str>, sex: Option<Sex>, stage: LifeStage) -> Person {
        let (first, last) = name.rsplit_once(' ').unwrap_or((name, ""));
        Person {
            id: id.into(),
            name: self.t(name),
            names: vec![NameSeen {
                name: Name {
                    kind: NameKind::Official,
                    forenames: vec![self.t(first)],
                    surname: self.t(last),
                },
                first: Some(w("2021-03-04")),
                last: Some(w("2026-10-12")),
                sources: vec![
                    self.source("police", 77, "2021-03-04"),
                    self.source("schools", 1290, "2024-09-03"),
                ],
                count: 14,
            }],
            born: born.map(w),
            born_otherwise: Vec::new(),
            expected: None,
            sex,
            stage,
            residences: self.homes().into_iter().filter(|stay| stay.person == PersonId::from(id)).collect(),
            phones: vec![Supported {
                text: self.t("07700 900123"),
                sources: vec![self.source("housing", 3310, "2024-02-01")],
            }],
            identifiers: vec![IdentifierSeen {
                label: "NHS number".into(),
                value: self.t("999 123 4567"),
                verdict: Verdict::BadCheck,
                sources: vec![self.source("health", 901, "2023-05-06")],
            }],
            relations: Vec::new(),
            families: vec!["f-1".into()],
            records: BTreeMap::from([("police".into(), 14), ("health".into(), 3)]),
        }
    }

    fn related(
        &self,
        people: &mut BTreeMap<PersonId, Person>,
        of: &str,
        is: RelationKind,
        to: &str,
        words: &str,
        last: &str,
    ) {
        let seen = RelationSeen {
            to: to.into(),
            is,
            words: self.t(words),
            first: Some(w("2021-01-01")),
            last: Some(w(last)),
            sources: vec![self.source("social_care", 612, "2021-01-01")],
        };
        people.get_mut(&of.into()).unwrap().relations.push(seen);
    }

    pub fn people(&self) -> BTreeMap<PersonId, Person> {
        use LifeStage::{Adult, Child, Unborn};
        let (f, m) = (Some(Sex::Female), Some(Sex::Male));
        let mut all: BTreeMap<PersonId, Person> = [
            self.one("p-darren", "Darren Pyke", Some("1988-02-14"), m, Adult),
            self.one("p-keeley", "Keeley Marlowe", Some("1991-07-03"), f, Adult),
            self.one("p-tanya", "Tanya Osei", Some("1989"), f, Adult),
            self.one("p-nadia", "Nadia Farrow", Some("1995-12-01"), f, Adult),
            self.one("p-pauline", "Pauline Marlowe", Some("1962-10-22"), f, Adult),
            self.one("p-ruby", "Ruby Marlowe", Some("2016-05-09"), f, Child),
            self.one("p-alfie", "Alfie Marlowe-Pyke", Some("2022-11-30"), m, Child),
            self.one("p-jayden", "Jayden Osei", Some("2014-01-17"), m, Child),
            self.one("p-zane", "Zane Farrow", Some("2017-08-08"), None, Child),
            self.one("p-unborn", "Baby of Keeley Marlowe", None, None, Unborn),
        ]
        .into_iter()
        .map(|person| (person.id.clone(), person))
        .collect();
        all.get_mut(&"p-unborn".into()).unwrap().expected = Some(Date::constant(2027, 2, 11));
        use RelationKind::*;
        self.related(&mut all, "p-darren", FormerPartner, "p-keeley", "ex partner", "2026-03-25");
        self.related(&mut all, "p-darren", Partner, "p-keeley", "lives with", "2025-01-01");
        self.related(&mut all, "p-darren", FormerPartner, "p-tanya", "ex-husband", "2022-06-01");
        self.related(&mut all, "p-nadia", Partner, "p-darren", "partner", "2026-06-11");
        for (parent, child) in [
            ("p-keeley", "p-ruby"),
            ("p-keeley", "p-alfie"),
            ("p-darren", "p-alfie"),
            ("p-keeley", "p-unborn"),
            ("p-darren", "p-unborn"),
            ("p-darren", "p-jayden"),
            ("p-tanya", "p-jayden"),
            ("p-nadia", "p-zane"),
            ("p-pauline", "p-keeley"),
        ] {
            self.related(&mut all, parent, Parent, child, "mother/father", "2024-01-01");
        }
        self.related(&mut all, "p-ruby", Sibling, "p-alfie", "sister", "2024-01-01");
        all
    }

    pub fn labels(&self) -> BTreeMap<PersonId, PersonLabel> {
        shown::labels(self.people().values(), TODAY)
    }

    pub fn families(&self) -> BTreeMap<throughline_domain::ids::FamilyId, String> {
        BTreeMap::from([("f-1".into(), self.t("Marlowe")), ("f-2".into(), self.t("Osei"))])
    }

    pub fn freshness(&self) -> Vec<Freshness> {
        let fresh = |agency: &str, received: Option<&str>, latest: Option<&str>, put_aside| Freshness {
            agency: agency.into(),
            received: received.map(at),
            latest_event: latest.map(w),
            deliveries: 3,
            put_aside,
        };
        vec![
            fresh("health", Some("2026-11-01T05:10:00Z"), Some("2026-10-31"), 0),
            fresh("housing", None, None, 0),
            fresh("police", Some("2026-11-02T06:10:00Z"), Some("2026-11-01T23:40"), 4),
            fresh("probation", Some("2026-10-25T06:10:00Z"), Some("2026-10-24"), 0),
            fresh("schools", Some("2026-09-03T06:10:00Z"), Some("2026-09-03"), 1),
            fresh("services", Some("2026-10-31T06:10:00Z"), Some("2026-10-30"), 0),
            fresh("social_care", Some("2026-11-01T06:10:00Z"), Some("2026-10-31"), 0),
        ]
    }
}
