//! What probation records about somebody under supervision.

use crate::text::categories::Kind;

use super::families::{Acquaintance, Family};
use super::{Piece, Record, Said, Secret, World, cells, dashed};

const CASES: &str = "probation/cases.csv";
const EVENTS: &str = "probation/events.csv";

impl World {
    pub(super) fn probation(&mut self, family: &Family, how: Acquaintance) {
        let person = self.person(family.harm);
        let crn = format!("W{:06}", self.serial());
        let (address, lives) = self.open_address();
        let (offence, rosh) = (self.open_word(), self.open_word());
        let end = if how.open {
            self.today.checked_add(jiff::Span::new().days(200)).unwrap_or(self.today)
        } else {
            how.last
        };
        self.put(
            CASES,
            cells(&[
                &crn,
                "",
                "",
                &person.surname,
                &person.forename,
                "",
                &dashed(person.born),
                if person.sex == 'F' { "Female" } else { "Male" },
                &address,
                "ZX5 5ZX",
                &format!("Assault {offence}"),
                "Community Order",
                &dashed(how.first),
                &dashed(end),
                &format!("High {rosh}"),
                "",
                "Active",
            ]),
        );
        let key = format!("{crn}|{}", dashed(how.first));
        let record = Record::new(CASES, key.clone(), Kind::Supervision, how.first)
            .open_if(how.open)
            .naming(family.harm, "", &[], &person.surname)
            .with(&lives, Piece::Living(0))
            .with(&offence, Piece::Line)
            .with(&rosh, Piece::Risk);
        self.records.push(record);
        let told = self.open_word();
        self.entry(&crn, &key, "Appointment", &told, how);
        let applied = self.applicant(family.at);
        self.entry(&crn, &key, "Restraining order", &applied, how);
        if self.chance.of_100(40) {
            self.proposed(&crn, &key, family, how);
        }
    }

    /// Who applied for an order. It stands in an entry about the person causing harm, who may have other families.
    fn applicant(&mut self, family: usize) -> String {
        let (one, other) = (self.open_word(), self.open_word());
        if self.differs(Secret::Applicant, family) { other } else { one }
    }

    fn entry(&mut self, crn: &str, case: &str, what: &str, detail: &str, how: Acquaintance) {
        let key = format!("PE{:07}", self.serial());
        let outcome = self.open_word();
        let (kind, begins) = match what {
            "Appointment" => (Kind::Appointment, "Said"),
            _ => (Kind::Order, "Applied for by Rosa"),
        };
        self.put(
            EVENTS,
            cells(&[
                &key,
                crn,
                &dashed(how.last),
                what,
                &format!("Made {outcome}"),
                &format!("{begins} {detail}"),
                "",
                "",
                "",
                &dashed(how.last),
            ]),
        );
        let record = Record::new(EVENTS, key, kind, how.last)
            .meaning(CASES, case.to_owned())
            .with(detail, Piece::Words)
            .with(&outcome, Piece::Line);
        self.records.push(record);
    }

    /// An address proposed where the victim lives, as told.
    fn proposed(&mut self, crn: &str, case: &str, family: &Family, how: Acquaintance) {
        let key = format!("PE{:07}", self.serial());
        let (address, word) = self.address();
        let resident = self.person(family.victim);
        self.put(
            EVENTS,
            cells(&[
                &key,
                crn,
                &dashed(how.last),
                "Address proposed",
                "",
                "Told at the office",
                &address,
                "ZX5 5ZX",
                &format!("{} {} (partner)", resident.forename, resident.surname),
                &dashed(how.last),
            ]),
        );
        let record = Record::new(EVENTS, key, Kind::AddressProposed, how.last)
            .meaning(CASES, case.to_owned())
            .naming(family.victim, "resident1", &[] as &[Said], &resident.surname)
            .with(&resident.surname, Piece::Words)
            .with(&word, Piece::Living(0))
            .with(&word, Piece::Place);
        self.records.push(record);
    }
}
