//! What schools record: pupils with their contacts, concerns, attendance.

use crate::text::categories::Kind;

use super::families::{Acquaintance, Family};
use super::{Piece, Record, Said, Secret, World, cells, slashed, stated};

const PUPILS: &str = "schools/pupils.csv";
const CONCERNS: &str = "schools/concerns.csv";

impl World {
    pub(super) fn schools(&mut self, family: &Family, how: Acquaintance) {
        let [older, _] = family.children;
        self.pupil(older, family, how);
        for _ in 0..self.chance.below(3) {
            self.concern(older, how);
        }
        if self.hangs_on(Secret::Concern, family.at) {
            let pupil = self.or_stranger(older, Secret::Concern, family.at);
            self.concern(pupil, how);
        }
    }

    fn pupil(&mut self, who: usize, family: &Family, how: Acquaintance) {
        let person = self.person(who);
        let second = if self.chance.of_100(50) { family.relative } else { family.harm };
        let (mother, other) = (self.person(family.victim), self.person(second));
        let (first_phone, second_phone) = (self.phone(), self.phone());
        let (address, word) = self.address();
        let (address, word, kept) = match &family.kept {
            Some((address, word)) => (address.clone(), word.clone(), true),
            None => (address, word, false),
        };
        let (notes, school) = (self.word(), self.word());
        let admission = format!("{:05}", self.serial());
        let upn = upn(who);
        let left = if how.open { String::new() } else { slashed(how.last) };
        self.put(
            PUPILS,
            cells(&[
                "199011",
                &format!("{school} School"),
                &admission,
                &person.surname,
                &person.forename,
                "",
                "",
                &upn,
                &slashed(person.born),
                &person.sex.to_string(),
                &slashed(how.first),
                &left,
                if how.open { "" } else { "Moved" },
                &address,
                if kept { "ZX9 9ZX" } else { "ZX4 4ZX" },
                if kept { "Y" } else { "" },
                &format!("{} {}", mother.forename, mother.surname),
                "Mother",
                &first_phone,
                &slashed(how.first),
                &format!("{} {}", other.forename, other.surname),
                "Other contact",
                &second_phone,
                &slashed(how.first),
                "",
                "",
                "",
                "",
                &format!("Ring first {notes}"),
                &slashed(how.last),
            ]),
        );
        let key = format!("199011:{admission}");
        let record = Record::new(PUPILS, key, Kind::OnRoll, how.first)
            .recorded_on(how.last)
            .open_if(how.open)
            .naming(who, "", &[Said::Child], &person.surname)
            .naming(family.victim, "contact1", &[], &mother.surname)
            .naming(second, "contact2", &[], &other.surname)
            .with(&upn.to_lowercase(), Piece::Number(0))
            .with(&first_phone, Piece::Living(1))
            .with(&second_phone, Piece::Living(2))
            .with(&word, if kept { Piece::Kept } else { Piece::Living(0) })
            .with(&notes, Piece::Words)
            .with(&school, Piece::Place);
        self.records.push(record);
    }

    fn concern(&mut self, who: usize, how: Acquaintance) {
        let person = self.person(who);
        let key = format!("CN{:07}", self.serial());
        let (text, category, action, author) = (self.word(), self.word(), self.word(), self.word());
        let upn = upn(who);
        self.put(
            CONCERNS,
            cells(&[
                &key,
                "199011",
                &upn,
                &format!("{}, {}", person.surname, person.forename),
                &format!("{} 09:30", stated(how.last)),
                &format!("Wellbeing {category}"),
                "Y",
                &format!("Mr {author}"),
                &format!("Child said {text}."),
                &format!("Told {action}"),
                &format!("{} 10:00", stated(how.last)),
            ]),
        );
        let record = Record::new(CONCERNS, key, Kind::Concern, how.last)
            .naming(who, "", &[Said::Child], &person.surname)
            .with(&upn.to_lowercase(), Piece::Number(0))
            .with(&text, Piece::Words)
            .with(&category, Piece::Line)
            .with(&action, Piece::Words)
            .with(&author, Piece::Author);
        self.records.push(record);
    }
}

/// A pupil number that fits its check letter.
fn upn(who: usize) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRTUVWXYZ";
    let body = format!("199{:09}", who);
    let sum: u32 = body
        .chars()
        .zip(2..=13)
        .map(|(digit, weight): (char, u32)| digit.to_digit(10).unwrap_or(0).saturating_mul(weight))
        .sum();
    let at = usize::try_from(sum % 23).unwrap_or(0);
    let letter = LETTERS.get(at).map_or('A', |letter| char::from(*letter));
    format!("{letter}{body}")
}
