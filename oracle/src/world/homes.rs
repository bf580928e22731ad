//! What landlords record: who lives in a tenancy, and contacts about it.

use crate::text::categories::Kind;

use super::families::{Acquaintance, Family};
use super::{Piece, Record, Said, Secret, World, cells, named};

const TENANCIES: &str = "housing/tenancies.csv";
const CONTACTS: &str = "housing/contacts.csv";

impl World {
    pub(super) fn housing(&mut self, family: &Family, how: Acquaintance) {
        let tenancy = format!("TN{:06}", self.serial());
        let lives = self.open_address();
        let [older, _] = family.children;
        let members = [(family.victim, "Tenant"), (family.harm, "Partner"), (older, "Child")];
        for (at, (who, relation)) in members.iter().enumerate() {
            self.member(&tenancy, at.saturating_add(1), *who, relation, how, &lives);
        }
        if self.chance.of_100(60) || self.hangs_on(Secret::Caller, family.at) {
            self.call(&tenancy, family.at, how);
        }
    }

    fn member(
        &mut self,
        tenancy: &str,
        number: usize,
        who: usize,
        relation: &str,
        how: Acquaintance,
        (address, word): &(String, String),
    ) {
        let person = self.person(who);
        let key = format!("{tenancy}/{number}");
        let out = if how.open { String::new() } else { named(how.last) };
        self.put(
            TENANCIES,
            cells(&[
                tenancy,
                "",
                address,
                "ZX6 6ZX",
                "Secure",
                &named(how.first),
                "",
                &number.to_string(),
                &format!("{} {}", person.forename, person.surname),
                &named(person.born),
                relation,
                &named(how.first),
                &out,
                &named(how.last),
            ]),
        );
        let adult = person.born < self.ago(18 * 366);
        let said: &[Said] = if adult { &[] } else { &[Said::Child] };
        let mut record = Record::new(TENANCIES, key, Kind::Tenancy, how.first)
            .recorded_on(how.last)
            .open_if(how.open)
            .naming(who, "", said, &person.surname)
            .with(word, Piece::Living(0))
            .with(word, Piece::Place);
        if number > 1 {
            record = record.meaning(TENANCIES, format!("{tenancy}/1"));
        }
        self.records.push(record);
    }

    fn call(&mut self, tenancy: &str, family: usize, how: Acquaintance) {
        let key = format!("HC{:06}", self.serial());
        let (text, caller) = (self.word(), self.secret(Secret::Caller, family));
        self.put(
            CONTACTS,
            cells(&[
                &key,
                tenancy,
                &format!("{} 11:00", named(how.last)),
                "Phone",
                "REP-DOOR",
                &format!("Mr {caller}"),
                &format!("Door broken {text}."),
                "Closed",
                &format!("{} 11:30", named(how.last)),
            ]),
        );
        let mut record = Record::new(CONTACTS, key, Kind::Call, how.last)
            .with(&text, Piece::Words)
            .with(&caller, Piece::Words);
        for number in 1..=3 {
            record = record.meaning(TENANCIES, format!("{tenancy}/{number}"));
        }
        self.records.push(record);
    }
}
