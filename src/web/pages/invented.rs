//! An invented family for tests and for looking at pages. Every text that an agency or a user could have written
//! carries a mark, so that a test can look for it on the page.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use throughline_domain::fact::{Delivery, KeptAside, LinkDecision, Warning};
use throughline_domain::ids::{MentionKey, PersonId};
use throughline_domain::picture::shape::*;
use throughline_domain::record::*;
use throughline_domain::sharing::Viewer;
use throughline_domain::when::When;

use super::child::ChildPage;
use super::children::{ChildrenPage, Which};
use super::chronology::Filters;
use super::directory::{DirectoryPage, Service};
use super::fact::FactPage;
use super::family::FamilyPage;
use super::frame::{Frame, Nav, SignedIn};
use super::harm::{HarmListPage, HarmPage};
use super::incident::IncidentPage;
use super::incoming::{Arrived, Aside, AsidePage, Feed, IncomingPage, QuarantinePage};
use super::person::PersonPage;
use super::plain::SignInPage;
use super::search::{Found, PersonHit, PlaceHit, ReferenceHit, SearchPage};
use super::today::TodayPage;
use super::why::{Link, MentionSeen, Reason, WhyPage};
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

    fn contact(&self, at: &str, by: &str) -> Option<ContactSeen> {
        Some(ContactSeen { at: w(at), by: self.t(by), source: self.source("social_care", 2210, at) })
    }

    pub fn children(&self) -> Vec<Child> {
        let child = |id: &str, age: Option<u8>, gap: &str| Child {
            person: id.into(),
            family: "f-1".into(),
            unborn: false,
            age,
            last_seen: None,
            last_alone: None,
            last_spoken: None,
            first_incident: Some(w("2023-04-02")),
            last_incident: Some(w("2026-10-18T22:15")),
            known_to: vec!["police".into(), "schools".into()],
            gap: if gap.is_empty() { String::new() } else { self.t(gap) },
            school: Some(self.t("Netherlow Primary Academy")),
        };
        let mut ruby = child("p-ruby", Some(10), "");
        ruby.last_seen = self.contact("2026-10-21", "Anthony Cooper, social worker");
        ruby.last_alone = self.contact("2026-10-21", "Anthony Cooper, social worker");
        ruby.last_spoken = self.contact("2026-10-21", "Anthony Cooper, social worker");
        let mut alfie = child(
            "p-alfie",
            Some(3),
            "Seen asleep once since the incident on 18 October 2026. Nobody has spoken to him.",
        );
        alfie.last_seen = self.contact("2026-10-19", "Police officer");
        let jayden = child(
            "p-jayden",
            Some(12),
            "No agency has seen or spoken to Jayden since the incident on 12 March 2021.",
        );
        let mut unborn = child("p-unborn", None, "");
        unborn.unborn = true;
        unborn.school = None;
        unborn.known_to = vec!["health".into()];
        vec![alfie, jayden, ruby, unborn]
    }

    pub fn incidents(&self) -> Vec<Incident> {
        let list = [
            ("71/000910/21", "2021-03-12T02:43", "Common assault and battery", 2, "p-tanya", "p-jayden"),
            ("71/004410/23", "2023-04-02T21:10", "Domestic incident, no crime", 0, "p-keeley", "p-ruby"),
            ("71/008118/24", "2024-08-19T23:55", "Criminal damage", 1, "p-keeley", "p-ruby"),
            (
                "71/002004/25",
                "2025-06-30T01:20",
                "Assault occasioning actual bodily harm",
                3,
                "p-keeley",
                "p-ruby",
            ),
            ("71/002991/25", "2025-09-12T20:05", "Non-fatal strangulation", 4, "p-keeley", "p-alfie"),
            ("71/010210/26", "2026-08-02T19:00", "Breach of restraining order", 2, "p-keeley", "p-alfie"),
            ("71/011873/26", "2026-10-18T22:15", "Threats to kill", 3, "p-keeley", "p-alfie"),
        ];
        let mut seq = 5000;
        let made = list.into_iter().map(|(reference, at, offence, class, victim, child)| {
            seq += 10;
            let part = |person: &str, roles: Vec<Role>, contact| InvolvedPerson {
                person: person.into(),
                roles,
                relation: self.t("ex partner"),
                contact,
                source: self.source("police", seq + 1, at),
            };
            let mut harmed = vec![Role::Victim];
            if reference == "71/004410/23" {
                harmed.push(Role::CausingHarm);
            }
            Incident {
                reference: reference.into(),
                at: w(at),
                reported: Some(w(at)),
                offence: self.t(offence),
                code: "105/01".into(),
                domestic: class != 1,
                domestic_because: self.t("The two main people are recorded as former partners."),
                harm_class: class,
                grade: Some(self.t("High")),
                outcome: Some(self.t("16 – victim does not support")),
                narrative: Some(
                    self.t("Suspect forced entry and shouted at the victim in front of the children."),
                ),
                place: Some(self.address("52 Canal Close, Millbeck", "HD18 3BE")),
                involved: vec![
                    part(
                        "p-darren",
                        if harmed.len() > 1 {
                            vec![Role::CausingHarm, Role::Victim]
                        } else {
                            vec![Role::CausingHarm]
                        },
                        None,
                    ),
                    part(victim, harmed, None),
                    part(
                        child,
                        vec![Role::ChildPresent],
                        Some(ChildContact { seen: Some(true), alone: Some(false), spoken_to: None }),
                    ),
                ],
                children_not_named: vec!["p-ruby".into()],
                sources: vec![self.source("police", seq, at), self.source("police", seq + 1, at)],
            }
        });
        made.collect()
    }

    pub fn profile(&self) -> HarmProfile {
        let entry =
            |kind, at: &str, until: Option<&str>, title: &str, outcome: Option<&str>, seq| JusticeEntry {
                kind,
                at: w(at),
                until: until.map(w),
                title: self.t(title),
                text: Some(self.t("Conditions: not to contact MARLOWE; report weekly.")),
                outcome: outcome.map(|outcome| self.t(outcome)),
                source: self.source("probation", seq, at),
            };
        HarmProfile {
            person: "p-darren".into(),
            families: vec!["f-1".into(), "f-2".into()],
            victims: vec![
                Harmed {
                    person: "p-keeley".into(),
                    first: Some(w("2023-04-02")),
                    last: Some(w("2026-10-18")),
                    incidents: 6,
                },
                Harmed {
                    person: "p-tanya".into(),
                    first: Some(w("2021-03-12")),
                    last: Some(w("2021-03-12")),
                    incidents: 1,
                },
            ],
            children: vec!["p-alfie".into(), "p-jayden".into(), "p-ruby".into(), "p-zane".into()],
            near_now: vec![NearNow {
                person: "p-nadia".into(),
                household: "h-n".into(),
                because: self.t("Probation approved an address on 4 May 2026 where she is the tenant."),
                source: self.source("probation", 7011, "2026-05-04"),
            }],
            incidents: self.incidents().iter().rev().map(|i| i.reference.clone()).collect(),
            counter: vec!["71/004410/23".into()],
            justice: vec![
                entry(EventKind::Sentence, "2025-09-15", Some("2026-05-03"), "16 months", None, 7001),
                entry(
                    EventKind::ProtectiveOrder,
                    "2025-09-15",
                    Some("2030-09-15"),
                    "Restraining order",
                    None,
                    7002,
                ),
                entry(EventKind::Release, "2026-05-03", None, "Released on licence", None, 7003),
                entry(EventKind::Supervision, "2026-05-03", Some("2027-01-15"), "Licence", None, 7004),
                entry(EventKind::Appointment, "2026-05-10", None, "Weekly report", Some("Attended"), 7005),
                entry(
                    EventKind::ProgrammeSession,
                    "2026-07-01",
                    None,
                    "Building Choices, session 1",
                    Some("Failed to attend"),
                    7006,
                ),
                entry(
                    EventKind::Breach,
                    "2026-08-04",
                    None,
                    "Contact with protected person",
                    Some("Warning letter"),
                    7007,
                ),
            ],
            in_custody_since: None,
            flags: vec![
                Flag {
                    text: self.t("Strangulation recorded on 12 September 2025."),
                    at: Some(w("2025-09-12")),
                    sources: vec![self.source("police", 5050, "2025-09-12")],
                },
                Flag {
                    text: self.t("Threats to kill 15 days ago, while under a restraining order."),
                    at: Some(w("2026-10-18")),
                    sources: vec![self.source("police", 5070, "2026-10-18")],
                },
                Flag {
                    text: self.t("Third household with children since 2021."),
                    at: None,
                    sources: vec![self.source("probation", 7011, "2026-05-04")],
                },
            ],
            not_known: vec![
                self.t("Nothing from housing about any address of his."),
                self.t("Whether he has contact with Jayden."),
            ],
        }
    }

    pub fn next(&self) -> Vec<NextFamily> {
        vec![NextFamily {
            person: "p-darren".into(),
            earlier_family: Some("f-1".into()),
            earlier_household: Some("h-b".into()),
            new_household: "h-n".into(),
            new_partner: Some("p-nadia".into()),
            children: vec!["p-zane".into()],
            first_seen: w("2026-05-04"),
            source_feed: "probation.events".into(),
            probability: 0.87,
            because: self.t("An approved address has a child, and a school added him as a contact."),
            first_incident: None,
            signs: vec![
                Sign {
                    at: w("2026-05-04"),
                    text: self.t("Address approved where Nadia Farrow is the tenant."),
                    source: self.source("probation", 7011, "2026-05-04"),
                },
                Sign {
                    at: w("2026-06-11"),
                    text: self.t("Added as a school contact of Zane, “mum’s partner”."),
                    source: self.source("schools", 8120, "2026-06-11"),
                },
            ],
        }]
    }

    pub fn chronology(&self) -> Vec<Entry> {
        let entry =
            |at_: &str, agency: &str, kind, title: &str, text: &str, people: Vec<(&str, Role)>, seq| Entry {
                at: w(at_),
                until: None,
                recorded: Some(w(at_)),
                received: at("2026-11-01T05:10:00Z"),
                agency: agency.into(),
                kind,
                title: self.t(title),
                text: Some(self.t(text)),
                by: Some(self.t("Duty officer")),
                people: people.into_iter().map(|(id, role)| (id.into(), role)).collect(),
                incident: (kind == EventKind::Incident).then(|| "71/011873/26".into()),
                contact: (kind == EventKind::Visit).then(|| ChildContact {
                    seen: Some(true),
                    alone: Some(true),
                    spoken_to: Some(true),
                }),
                details: BTreeMap::new(),
                seq,
            };
        vec![
            entry(
                "2026-10-21",
                "social_care",
                EventKind::Visit,
                "Section 47 joint visit",
                "Ruby said home is “quieter when he is not there”. She wants somebody to ask the school not to let him in.",
                vec![("p-ruby", Role::Subject)],
                2210,
            ),
            entry(
                "2026-10-19T08:50",
                "schools",
                EventKind::SchoolConcern,
                "Operation Encompass",
                "Alfie arrived without breakfast and did not want to leave the classroom.",
                vec![("p-alfie", Role::Subject)],
                8301,
            ),
            entry(
                "2026-10-18T22:15",
                "police",
                EventKind::Incident,
                "Threats to kill",
                "Suspect rang 14 times and then came to the door.",
                vec![
                    ("p-darren", Role::CausingHarm),
                    ("p-keeley", Role::Victim),
                    ("p-alfie", Role::ChildPresent),
                ],
                5070,
            ),
            entry(
                "2026-08-14",
                "health",
                EventKind::RoutineEnquiry,
                "Midwifery booking",
                "Asked alone. Disclosed threats by former partner.",
                vec![("p-keeley", Role::Subject)],
                930,
            ),
            entry(
                "2026-08",
                "services",
                EventKind::ServiceReferral,
                "Referral by midwife",
                "Wants help to change locks and to be told before he is told anything.",
                vec![("p-keeley", Role::Subject)],
                9021,
            ),
            entry(
                "2026-05-03",
                "probation",
                EventKind::Release,
                "Released on licence",
                "Conditions: not to contact MARLOWE.",
                vec![("p-darren", Role::Subject)],
                7003,
            ),
            entry(
                "2025-11",
                "housing",
                EventKind::HousingContact,
                "Door damage",
                "Front door kicked in, needs boarding tonight.",
                vec![("p-keeley", Role::Subject)],
                3312,
            ),
        ]
    }

    pub fn family(&self) -> Family {
        let member = |id: &str, part, because: &str| FamilyMember {
            person: id.into(),
            part,
            because: self.t(because),
            sources: vec![self.source("police", 5070, "2026-10-18")],
        };
        use FamilyPart::*;
        Family {
            id: "f-1".into(),
            name: self.t("Marlowe"),
            members: vec![
                member("p-darren", CausingHarm, "Recorded as causing harm in 7 incidents."),
                member("p-keeley", Harmed, "Recorded as victim in 6 incidents."),
                member("p-ruby", Child, "Child of Keeley Marlowe."),
                member("p-alfie", Child, "Child of Keeley Marlowe and Darren Pyke."),
                member("p-unborn", Unborn, "Expected by Keeley Marlowe."),
                member("p-jayden", Child, "Child of Darren Pyke from an earlier relationship."),
                member("p-tanya", Partner, "Former partner of Darren Pyke, harmed by him in 2021."),
                member("p-nadia", Partner, "May live with Darren Pyke now."),
                member("p-zane", Child, "Lives with Nadia Farrow."),
                member(
                    "p-pauline",
                    Relative,
                    "Mother of Keeley Marlowe; the children stay with her at weekends.",
                ),
            ],
            incidents: self.incidents().iter().rev().map(|i| i.reference.clone()).collect(),
            last_event: Some(w("2026-10-21")),
            records: BTreeMap::from([
                ("police".into(), 31),
                ("health".into(), 9),
                ("social_care".into(), 12),
                ("probation".into(), 8),
                ("services".into(), 2),
            ]),
            not_known: vec![
                self.t("Nothing from housing: nobody has asked about the tenancy or damage."),
                self.t("No school data since 3 September 2026."),
                self.t("Nobody has asked about money."),
            ],
        }
    }

    pub fn family_page(&self) -> FamilyPage {
        FamilyPage {
            frame: self.frame(Nav::Today),
            family: self.family(),
            people: self.people(),
            children: self.children(),
            harm: vec![self.profile()],
            incidents: self.incidents(),
            chronology: self.chronology(),
            households: Vec::new(),
            next: self.next(),
            freshness: self.freshness(),
            filters: Filters::default(),
        }
    }

    pub fn harm_page(&self) -> HarmPage {
        HarmPage {
            frame: self.frame(Nav::Harm),
            person: self.people()[&"p-darren".into()].clone(),
            profile: self.profile(),
            people: self.people(),
            families: self.families(),
            children: self.children(),
            incidents: self.incidents(),
            households: Vec::new(),
            next: self.next(),
            chronology: self.chronology(),
            freshness: self.freshness(),
            filters: Filters::default(),
        }
    }

    pub fn harm_list(&self) -> HarmListPage {
        HarmListPage {
            frame: self.frame(Nav::Harm),
            profiles: vec![self.profile()],
            labels: self.labels(),
            families: self.families(),
            page: 1,
        }
    }

    pub fn person_page(&self, id: &str) -> PersonPage {
        PersonPage {
            frame: self.frame(Nav::Search),
            person: self.people()[&id.into()].clone(),
            labels: self.labels(),
            families: self.families(),
            chronology: self.chronology(),
            freshness: self.freshness(),
            causes_harm: id == "p-darren",
            is_child: false,
            mentions: 17,
            filters: Filters::default(),
        }
    }

    pub fn children_page(&self) -> ChildrenPage {
        ChildrenPage {
            frame: self.frame(Nav::Children),
            children: self.children(),
            labels: self.labels(),
            families: self.families(),
            which: Which::All,
            page: 1,
        }
    }

    pub fn today_page(&self) -> TodayPage {
        let item = |group: &str, rank, person: Option<&str>, because: &str, rule: &str| TodayItem {
            group: group.to_owned(),
            rank,
            family: Some("f-1".into()),
            person: person.map(Into::into),
            because: self.t(because),
            rule: self.t(rule),
            since: Some(w("2026-10-18T22:15")),
            sources: vec![
                self.source("police", 5070, "2026-10-18"),
                self.source("schools", 8301, "2026-10-19"),
            ],
        };
        TodayPage {
            frame: self.frame(Nav::Today),
            items: vec![
                item(
                    "hard_flag",
                    1,
                    Some("p-darren"),
                    "Threats to kill on 18 October 2026 while under a restraining order; strangulation 13 months before.",
                    "Strangulation, threats to kill, weapons, or an order breached in the last 30 days.",
                ),
                item(
                    "hard_flag",
                    2,
                    Some("p-darren"),
                    "Released on 3 May 2026; an incident within six months of release.",
                    "",
                ),
                item(
                    "child_not_spoken_to",
                    1,
                    Some("p-alfie"),
                    "Present on 18 October 2026. Seen asleep the next day; nobody has spoken to him.",
                    "A child of a household with an incident in the last 90 days whom nobody has spoken to since.",
                ),
                item(
                    "child_not_spoken_to",
                    2,
                    Some("p-jayden"),
                    "No agency has seen or spoken to Jayden since the incident on 12 March 2021.",
                    "",
                ),
                item(
                    "next_family",
                    1,
                    Some("p-darren"),
                    "An approved address has a child, and a school added him as a contact.",
                    "Signs from any agency, 50% sure or more.",
                ),
                item(
                    "repeat_incidents",
                    1,
                    None,
                    "7 incidents, 2 of them in the last 90 days; the time between them is getting shorter.",
                    "Three incidents in 12 months, or two in 90 days.",
                ),
            ],
            people_labels: self.labels(),
            families: self.families(),
            freshness: self.freshness(),
        }
    }

    pub fn incoming_page(&self) -> IncomingPage {
        let feed = |feed: &str, agency: &str, last: Option<&str>, rows, put_aside, concern: &str| Feed {
            feed: feed.into(),
            agency: agency.into(),
            last: last.map(at),
            latest_event: last.map(|_| w("2026-10-31")),
            expected: Some(self.t("every day")),
            rows,
            put_aside,
            concern: if concern.is_empty() { String::new() } else { self.t(concern) },
        };
        IncomingPage {
            frame: self.frame(Nav::Incoming),
            feeds: vec![
                feed("police.incidents", "police", Some("2026-11-02T06:10:00Z"), 8120, 4, ""),
                feed(
                    "schools.concerns",
                    "schools",
                    Some("2026-09-03T06:10:00Z"),
                    990,
                    1,
                    "Nothing for 60 days; expected every day.",
                ),
                feed("housing.contacts", "housing", None, 0, 0, ""),
            ],
            deliveries: vec![Arrived {
                seq: 12,
                agency: "police".into(),
                received: at("2026-11-02T06:10:00Z"),
                delivery: Delivery {
                    feed: "police.incidents".into(),
                    file: self.t("police/incidents.csv"),
                    digest: "ab".into(),
                    rows: 120,
                    accepted: 112,
                    warned: 9,
                    quarantined: 4,
                    duplicate: 3,
                    superseded: 1,
                    refused: self.t("the header has two columns named DOB"),
                    also: BTreeMap::new(),
                },
            }],
        }
    }

    pub fn aside(&self) -> Aside {
        Aside {
            seq: 881,
            agency: "police".into(),
            received: at("2026-11-02T06:10:00Z"),
            aside: KeptAside {
                feed: "police.incidents".into(),
                file: self.t("police/incidents.csv"),
                line: 378,
                key: self.t("71/008565/24"),
                field: self.t("OCCURRED_FROM"),
                reason: self.t("the day lies in the future (20/07/2034); expected a day up to when the file came. Ask the force for the right date, or correct it below."),
                raw: self.t("71/008565/24,20/07/2024 23:05,20/07/2034 22:52,,105/01,COMMON ASSAULT AND BATTERY,Y,Medium,\"2 Mill Lane, Stainsby\",WF73 3XB,B2,\"Suspect pushed victim.\",16,21/07/2024 04:00"),
                header: self.t("INCIDENT_REF,REPORTED,OCCURRED_FROM,OCCURRED_TO,OFFENCE_CODE"),
            },
            settled: None,
        }
    }

    pub fn quarantine_page(&self) -> QuarantinePage {
        QuarantinePage {
            frame: self.frame(Nav::Incoming),
            rows: vec![self.aside(), self.aside()],
            feed: None,
            page: 1,
            message: Some(self.t("2 rows were read; 4 are still kept aside.")),
        }
    }

    pub fn aside_page(&self) -> AsidePage {
        AsidePage {
            frame: self.frame(Nav::Incoming),
            row: self.aside(),
            typed: Some(self.t("71/008565/24")),
            error: Some(self.t("OCCURRED_FROM is empty")),
            may_correct: true,
        }
    }

    pub fn child_page(&self) -> ChildPage {
        let child = self.children().remove(0);
        let entries = self.chronology().into_iter().map(|mut entry| {
            entry.contact = Some(ChildContact {
                seen: Some(true),
                alone: Some(false),
                spoken_to: (entry.seq % 2 == 0).then_some(true),
            });
            entry
        });
        ChildPage {
            frame: self.frame(Nav::Children),
            person: self.people()[&child.person].clone(),
            child,
            labels: self.labels(),
            families: self.families(),
            entries: entries.collect(),
            incidents: self.incidents(),
            siblings: self.children(),
            freshness: self.freshness(),
        }
    }

    pub fn incident_page(&self) -> IncidentPage {
        let mut others = self.incidents();
        let incident = others.remove(1);
        IncidentPage {
            frame: self.frame(Nav::Today),
            incident,
            labels: self.labels(),
            families: self.families(),
            others,
            followed: self.chronology(),
            freshness: self.freshness(),
        }
    }

    pub fn search_page(&self) -> SearchPage {
        SearchPage {
            frame: self.frame(Nav::Search),
            query: self.t("catherine marlow 1991"),
            found: Some(Found {
                people: vec![PersonHit {
                    person: "p-keeley".into(),
                    name: self.t("Keeley Marlowe"),
                    facts: vec![self.t("born 3 July 1991"), self.t("last home kept private")],
                    why: self.t("surname sounds alike, same year of birth"),
                    families: vec![("f-1".into(), self.t("Marlowe"))],
                }],
                places: vec![PlaceHit {
                    place: self.t("52 Canal Close, Millbeck"),
                    people: vec![("p-keeley".into(), self.t("Keeley Marlowe"), self.t("2020 to 2026"))],
                }],
                references: vec![ReferenceHit {
                    label: self.t("Police incident"),
                    seq: 5070,
                    line: self.t("18 October 2026"),
                }],
                searched: vec![self.t("names, nicknames and sound-alikes"), self.t("postcodes")],
                more: false,
            }),
            freshness: self.freshness(),
        }
    }

    pub fn nothing_found(&self) -> SearchPage {
        let mut page = self.search_page();
        page.found = Some(Found {
            searched: vec![self.t("names, nicknames and sound-alikes"), self.t("postcodes")],
            ..Found::default()
        });
        page
    }

    pub fn why_page(&self) -> WhyPage {
        let mention = |seq, agency: &str, name: &str, born: Option<&str>| MentionSeen {
            seq,
            mention: self.t("contact1"),
            agency: agency.into(),
            recorded: Some(w("2024-05-01")),
            name: self.t(name),
            born: born.map(w),
            other: vec![self.t("52 Canal Close, Millbeck"), self.t("07700 900123")],
        };
        WhyPage {
            frame: self.frame(Nav::Search),
            person: "p-keeley".into(),
            label: self.labels()[&"p-keeley".into()].clone(),
            mentions: vec![
                mention(77, "police", "MARLOWE, Keeley", Some("1991-07-03")),
                mention(612, "social_care", "Keeley Marlowe", Some("1991-07-03")),
                mention(1290, "schools", "Kelly Marlow", None),
            ],
            links: vec![Link {
                a: 1,
                b: 3,
                probability: 0.93,
                reasons: vec![
                    Reason { text: self.t("same telephone number"), weight: 9.2 },
                    Reason { text: self.t("forenames differ by one letter"), weight: 2.1 },
                    Reason { text: self.t("surnames differ"), weight: -1.4 },
                ],
            }],
            decisions: vec![LinkDecision {
                a: MentionKey {
                    file: self.t("police/involvements.csv"),
                    row_key: self.t("71/000910/23|N4100008|SUS"),
                },
                b: MentionKey {
                    file: self.t("schools/pupils.csv"),
                    row_key: self.t("190003:03003#contact1"),
                },
                same: false,
                by: self.t("Marian Okoye"),
                reason: self.t("Telephoned the school: this is her sister."),
            }],
            error: Some(self.t("Say how you know")),
        }
    }

    pub fn fact_page(&self) -> FactPage {
        let record = Record {
            feed: self.t("police.involvements").into(),
            row_key: self.t("71/011873/26|N4100008|SUS"),
            people: vec![Mention {
                names: vec![Name {
                    kind: NameKind::KnownAs,
                    forenames: vec![self.t("Daz")],
                    surname: self.t("Pyke"),
                }],
                born: Some(w("1988")),
                phones: vec![self.t("07700900123")],
                local_refs: vec![self.t("nominal:N4100008")],
                ..Mention::default()
            }],
            relations: vec![Relation {
                of: Who::Here(self.t("contact1")),
                is: RelationKind::FormerPartner,
                to: Who::Local(self.t("person:510012")),
                words: self.t("ex partner"),
                since: None,
            }],
            residences: vec![Residence {
                who: Who::Here(String::new()),
                place: Place::Kept("k-1".into()),
                from: None,
                to: None,
                told: None,
                basis: Basis::GivenAtIncident,
            }],
            events: vec![Event {
                kind: EventKind::Involvement,
                reference: Some(self.t("71/011873/26")),
                at: w("2026-10-18T22:15"),
                until: None,
                involved: vec![Involved { who: Who::Here(String::new()), role: Role::CausingHarm }],
                title: self.t("Threats to kill"),
                text: Some(self.t("Suspect rang 14 times.")),
                by: Some(self.t("PC 4411")),
                place: Some(self.address("52 Canal Close", "HD18 3BE")),
                child_contact: Some(ChildContact { seen: Some(true), alone: None, spoken_to: Some(false) }),
                details: BTreeMap::from([("safe_contact".to_owned(), self.t("after 10am only"))]),
            }],
        };
        FactPage {
            frame: self.frame(Nav::None),
            seq: 5070,
            agency: "police".into(),
            happened: Some(w("2026-10-18T22:15")),
            recorded: None,
            received: at("2026-11-02T06:10:00Z"),
            file: self.t("police/involvements.csv"),
            line: 17,
            record,
            persons: vec!["p-darren".into()],
            labels: self.labels(),
            warnings: vec![Warning { field: self.t("DOB"), reason: self.t("only a year was given") }],
            replaced_by: Some(6001),
        }
    }

    pub fn directory_page(&self) -> DirectoryPage {
        DirectoryPage {
            frame: self.frame(Nav::Directory),
            services: vec![
                Service {
                    id: "rowan".into(),
                    name: self.t("Rowan House outreach"),
                    does: self.t(
                        "Support for adults and children living with domestic abuse, at home or elsewhere.",
                    ),
                    eligibility: self.t("Anybody living in the area, 16 and over, and their children"),
                    needs: vec!["advocacy".into(), "children".into()],
                    languages: self.t("English, Polish, Urdu; interpreters by telephone; step-free"),
                    capacity: self.t("Room for 4 families"),
                    waiting: self.t("About 5 working days"),
                    hours: self.t("Monday to Friday, 9am to 6pm"),
                    telephone: self.t("01632 960001"),
                    email: self.t("referrals@rowan.example"),
                    checked: self.t("30 October 2026"),
                },
                Service {
                    id: "turn".into(),
                    name: self.t("Turning Point for behaviour change"),
                    does: self.t("A programme for adults who use harm."),
                    eligibility: self.t("Adults who accept that they have caused harm"),
                    needs: vec!["perpetrator_programme".into()],
                    ..Service::default()
                },
            ],
            need: None,
        }
    }

    pub fn sign_in_page(&self) -> SignInPage {
        let user = |user: &str, name: &str, agency: &str, role: &str| Viewer {
            user: self.t(user),
            name: self.t(name),
            agency: agency.into(),
            role: self.t(role),
        };
        SignInPage {
            frame: Frame { viewer: None, ..self.frame(Nav::None) },
            users: vec![
                user("marian", "Marian Okoye", "social_care", "head of safeguarding"),
                user("tom", "Tom Iqbal", "schools", "designated safeguarding lead"),
            ],
            back: Some(self.t("/children")),
            error: Some(self.t("Choose who you are")),
        }
    }
}
