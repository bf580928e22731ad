//! What police record: incidents, and one row for each part that somebody has in one.

use crate::text::categories::Kind;

use super::families::{Acquaintance, Family};
use super::{Piece, Record, Said, Secret, World, cells, slashed};

const INCIDENTS: &str = "police/incidents.csv";
const PARTS: &str = "police/involvements.csv";

/// Somebody's part in an incident.
struct Part<'a> {
    reference: &'a str,
    person: usize,
    role: &'a str,
    said: &'a [Said],
}

impl World {
    pub(super) fn police(&mut self, family: &Family, how: Acquaintance) {
        let lives = self.open_address();
        let reported = self.chance.below(3).wrapping_add(1);
        for turn in 0..reported {
            let day = if turn == 0 { how.last } else { how.first };
            let reference = format!("77/{:06}/{}", self.serial(), day.strftime("%y"));
            self.incident(&reference, day, family, turn == 0);
            let [older, younger] = family.children;
            // Now and then a counter-allegation: whoever is recorded as both counts as victim.
            let both = turn == 1 && self.chance.of_100(40);
            let victim: &[Said] = if both { &[Said::Victim, Said::CausingHarm] } else { &[Said::Victim] };
            let mut parts = vec![
                Part { reference: &reference, person: family.harm, role: "SUS", said: &[Said::CausingHarm] },
                Part { reference: &reference, person: family.victim, role: "VIC", said: victim },
                Part { reference: &reference, person: older, role: "CHP", said: &[Said::Child] },
            ];
            if both {
                parts.push(Part { reference: &reference, person: family.victim, role: "SUS", said: victim });
            }
            if self.chance.of_100(50) {
                parts.push(Part {
                    reference: &reference,
                    person: younger,
                    role: "CHH",
                    said: &[Said::Child],
                });
            }
            if self.chance.of_100(40) {
                parts.push(Part { reference: &reference, person: family.neighbour, role: "WIT", said: &[] });
            }
            for part in parts {
                let at = if part.role == "WIT" { self.open_address() } else { lives.clone() };
                self.part(&part, day, at, family.kept.as_ref().filter(|_| part.role == "VIC" && turn == 0));
            }
        }
    }

    fn incident(&mut self, reference: &str, day: jiff::civil::Date, family: &Family, newest: bool) {
        let (place, place_word) = self.address();
        let (text, title, outcome, beat) = (self.word(), self.word(), self.word(), self.word());
        // The place that is kept may stand in what an officer wrote.
        // Where a mark comes and goes, nobody wrote of the place: the text would differ, too.
        let tells = self.chance.of_100(50) && !self.hangs_on(Secret::Marking, family.at);
        let kept = family.kept.as_ref().filter(|_| newest && tells);
        let told = kept.map(|(address, _)| format!(" Has moved to {address}.")).unwrap_or_default();
        let grade = self.chance.one(&["Standard", "Medium", "High", ""]).unwrap_or_default();
        self.put(
            INCIDENTS,
            cells(&[
                reference,
                &format!("{} 21:10", slashed(day)),
                &format!("{} 20:50", slashed(day)),
                "",
                "NC/62",
                &format!("DOMESTIC INCIDENT {title}"),
                "Y",
                grade,
                &place,
                "ZX1 1ZX",
                &beat,
                &format!("VIC said {text}.{told}"),
                &format!("NFA {outcome}"),
                &format!("{} 23:00", slashed(day)),
            ]),
        );
        let mut record = Record::new(INCIDENTS, reference.to_owned(), Kind::Incident, day)
            .with(&text, Piece::Words)
            .with(&title, Piece::Line)
            .with(&outcome, Piece::Line)
            .with(&place_word, Piece::Place)
            .with(&beat, Piece::Place);
        if let Some((_, word)) = kept {
            record = record.with(word, Piece::Kept);
        }
        record.incident = Some(reference.to_owned());
        self.records.push(record);
    }

    fn part(
        &mut self,
        part: &Part<'_>,
        day: jiff::civil::Date,
        lives: (String, String),
        kept: Option<&(String, String)>,
    ) {
        let person = self.person(part.person);
        let nominal = format!("N{:07}", part.person);
        let (address, word) = kept.cloned().unwrap_or(lives);
        let phone = if part.role == "VIC" { self.phone() } else { String::new() };
        self.put(
            PARTS,
            cells(&[
                part.reference,
                &nominal,
                part.role,
                &format!("{}, {}", person.surname.to_uppercase(), person.forename),
                &slashed(person.born),
                &person.sex.to_string(),
                &address,
                if kept.is_some() { "ZX9 9ZX" } else { "ZX1 1ZX" },
                &phone,
                "",
                "",
                "",
                &format!("{} 23:05", slashed(day)),
            ]),
        );
        let key = format!("{}|{nominal}|{}", part.reference, part.role);
        let mut record = Record::new(PARTS, key, Kind::PartInIncident, day)
            .naming(part.person, "", part.said, &person.surname)
            .with(&word, if kept.is_some() { Piece::Kept } else { Piece::Living(0) })
            .with(&phone, Piece::Living(0));
        record.incident = Some(part.reference.to_owned());
        self.records.push(record);
    }
}
