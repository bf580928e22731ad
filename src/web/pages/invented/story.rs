//! What happened in the invented family: incidents, harm, signs, chronology, children.

use std::collections::BTreeMap;

use throughline_domain::picture::shape::*;
use throughline_domain::record::*;

use super::{World, at, w};

impl World {
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
            confirmation: Confirmation::Yes,
            confirmed_on: Some(jiff::civil::date(2026, 6, 15)),
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

    /// What is no more than a suspicion.
    pub fn asked(&self) -> Vec<NextFamily> {
        let mut asked = self.next();
        for next in &mut asked {
            next.new_partner = None;
            next.children.clear();
            next.because = self.t("A landlord names him beside another tenant.");
            (next.confirmation, next.confirmed_on) = (Confirmation::NotAsked, None);
            next.signs.truncate(1);
        }
        asked
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
                contact: (kind == EventKind::Visit).then_some(ChildContact {
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
            lasting: Some(Lasting {
                kind: EventKind::ChildInNeedPlan,
                at: w("2026-05-12"),
                until: w("2026-10-23"),
                source: self.source("social_care", 2301, "2026-05-12"),
            }),
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
}
