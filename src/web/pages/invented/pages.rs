//! Every page's model, filled with the invented family.

use std::collections::BTreeMap;

use throughline_domain::fact::{Delivery, KeptAside, LinkVerdict, Warning};
use throughline_domain::ids::MentionKey;
use throughline_domain::picture::{Entry, Impact, ImpactSign};
use throughline_domain::record::*;
use throughline_domain::sharing::Viewer;

use super::{World, at, w};
use crate::features::became::Change;
use crate::features::person::{DecisionSeen, InvolvedSeen};
use crate::features::work::WorkSeen;
use crate::shelf::Turn;
use crate::shelf::{Arrived, Aside};
use crate::web::pages::became::{BecamePage, Choice};
use crate::web::pages::child::ChildPage;
use crate::web::pages::children::{ChildrenPage, Which};
use crate::web::pages::chronology::Filters;
use crate::web::pages::directory::{DirectoryPage, Service};
use crate::web::pages::fact::FactPage;
use crate::web::pages::family::FamilyPage;
use crate::web::pages::frame::{Frame, Nav};
use crate::web::pages::harm::{HarmListPage, HarmPage};
use crate::web::pages::incident::IncidentPage;
use crate::web::pages::incoming::{AsidePage, Feed, IncomingPage, QuarantinePage};
use crate::web::pages::person::PersonPage;
use crate::web::pages::plain::SignInPage;
use crate::web::pages::search::{Found, PersonHit, PlaceHit, ReferenceHit, SearchPage};
use crate::web::pages::today::TodayPage;
use crate::web::pages::why::{Link, MentionSeen, Reason, WhyPage};
use throughline_domain::picture::shape::{ListPlace, PrioritySeen, TodayItem};

impl World {
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
            asked: self.asked(),
            critical: self.critical(),
            pattern: self.family_pattern(),
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
            asked: self.asked(),
            control: Some(self.control()),
            patterns: self.patterns(),
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
            involved: vec![InvolvedSeen {
                agency: "health".into(),
                ask: vec!["the safeguarding nurse on duty, 01632 960103".to_owned()],
            }],
            decisions: self.decided(),
            history: self.changes(),
            frame: self.frame(Nav::Search),
            person: self.people()[&id.into()].clone(),
            labels: self.labels(),
            families: self.families(),
            chronology: self.chronology(),
            freshness: self.freshness(),
            causes_harm: id == "p-darren",
            is_child: false,
            told_places: true,
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
            place: (group == "harm_expected").then(|| ListPlace {
                of: 43,
                low90: Some(1),
                high90: Some(4),
                in_first: Some(0.99),
                hard: true,
                priority: PrioritySeen {
                    score: 71,
                    rank: 3,
                    recency: 89,
                    frequency: 63,
                    gravity: 64,
                    victims: 75,
                    rank_by_count: 5,
                    rank_by_last: 2,
                },
                not_known: vec![self.t("Nothing from housing about any address of his.")],
            }),
        };
        TodayPage {
            counts: [("hard_flag".to_owned(), 2), ("harm_expected".to_owned(), 43)].into(),
            part: String::new(),
            page: 1,
            work: vec![
                WorkSeen {
                    whose: self.t("Ruth Okafor (Children’s social care)"),
                    due: Some(jiff::civil::date(2026, 11, 1)),
                    overdue: true,
                    href: "/whose-is-it?part=hard_flag&family=f-1&person=p-darren".to_owned(),
                    ..WorkSeen::default()
                },
                WorkSeen {
                    href: "/whose-is-it?part=hard_flag&family=f-1&person=".to_owned(),
                    ..WorkSeen::default()
                },
            ],
            notices: Vec::new(),
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
                    "harm_expected",
                    1,
                    Some("p-darren"),
                    "Darren MARLOWE-FINCH: needs a decision whatever the numbers say: a threat to kill (18 October 2026). 8 recorded episodes, 3 in the last year, the gravest recorded as most serious; 5 people may be affected.",
                    "The most harm expected in the next year: how often, how grave, and how many people it would reach.",
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
                    "next_family_to_confirm",
                    1,
                    Some("p-darren"),
                    "A landlord names him beside another tenant.",
                    "Nobody but those who work with him is shown this until one of them says that it is so.",
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
            rows: Some(rows),
            put_aside: Some(put_aside),
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
                    also: Vec::new(),
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
            impact: self.impact(),
            incidents: self.incidents(),
            siblings: self.children(),
            freshness: self.freshness(),
        }
    }

    fn impact(&self) -> Vec<Impact> {
        let sign = |entry: Entry| ImpactSign {
            at: entry.at,
            until: entry.until,
            agency: entry.agency,
            by: entry.by,
            text: self.t("Stays awake to listen"),
            seq: entry.seq,
        };
        let told = |name: &str, label: &str, signs: Vec<ImpactSign>| Impact {
            name: name.to_owned(),
            label: label.to_owned(),
            ask: self.t("What are they afraid of, and when?"),
            signs,
        };
        let signs: Vec<ImpactSign> = self.chronology().into_iter().map(sign).collect();
        vec![told("health", "Health, sleep and eating", signs), told("fear", "Fear and worry", Vec::new())]
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

    fn changes(&self) -> Vec<Change> {
        let change = |what, at: &str, mentions| Change {
            at: at.parse().unwrap(),
            what,
            was: Some("P9".into()),
            now: Vec::new(),
            mentions,
            by: None,
            reason: None,
        };
        let parted = Change {
            now: vec!["P2".into()],
            by: Some(self.t("Marian Okoye")),
            reason: Some(self.t("Telephoned the school: this is her sister.")),
            ..change(Turn::Parted, "2026-10-20T09:30:00Z", 1)
        };
        vec![change(Turn::Joined, "2026-09-01T08:00:00Z", 3), parted]
    }

    pub fn became_page(&self) -> BecamePage {
        let choice = |id: &str, label: &str| Choice { to: format!("/person/{id}"), label: self.t(label) };
        BecamePage {
            frame: self.frame(Nav::None),
            family: false,
            choices: vec![
                choice("P1", "Amara Lindqvist, born 3 May 1990"),
                choice("P2", "Ada Lindqvist, born 1992"),
            ],
        }
    }

    fn decided(&self) -> Vec<DecisionSeen> {
        vec![DecisionSeen {
            verdict: LinkVerdict::NotSame,
            mentions: vec![MentionKey {
                feed: "police.involvements".into(),
                row_key: self.t("71/000910/23|N4100008|SUS"),
            }],
            by: self.t("Marian Okoye"),
            confirmed_by: self.t("Lou Teller"),
            reason: self.t("Telephoned the school: this is her sister."),
            at: "2026-10-20T09:30:00Z".parse().unwrap(),
        }]
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
            decisions: self.decided(),
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
            ..Viewer::default()
        };
        SignInPage {
            frame: Frame { viewer: None, ..self.frame(Nav::None) },
            users: vec![
                user("marian", "Marian Okoye", "social_care", "head of safeguarding"),
                user("tom", "Tom Iqbal", "schools", "designated safeguarding lead"),
            ],
            agencies: vec![("police".to_owned(), self.t("Testshire Police"))],
            passkeys: true,
            nobody: false,
            choice: Some(self.t("Choose who you are")),
            error: Some(self.t("What you entered is not right")),
        }
    }
}
