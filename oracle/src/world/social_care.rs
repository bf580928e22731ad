//! What children's social care records: people, visits, and the census with referrals and plans.

use crate::text::categories::Kind;

use super::families::{Acquaintance, Family};
use super::{Piece, Record, Said, World, cells, named, stated};

const PEOPLE: &str = "social_care/people.csv";
const VISITS: &str = "social_care/visits.csv";
const CENSUS: &str = "social_care/cin_census.xml";

impl World {
    pub(super) fn social_care(&mut self, family: &Family, how: Acquaintance) {
        let lives = self.open_address();
        let [older, younger] = family.children;
        let knows_harm = self.chance.of_100(40);
        self.known(older, "CHILD", &[("MOTHER", family.victim)], how, &lives, family.kept.as_ref());
        self.known(younger, "CHILD", &[("MOTHER", family.victim)], how, &lives, family.kept.as_ref());
        self.known(family.victim, "ADULT", &[], how, &lives, family.kept.as_ref());
        if knows_harm {
            self.known(family.harm, "ADULT", &[("PARTNER", family.victim)], how, &lives, None);
        }
        for _ in 0..self.chance.below(3) {
            self.visit(older, how);
        }
        if self.chance.of_100(70) {
            self.census(older, how);
        }
    }

    fn known(
        &mut self,
        who: usize,
        kind: &str,
        related: &[(&str, usize)],
        how: Acquaintance,
        lives: &(String, String),
        kept: Option<&(String, String)>,
    ) {
        let person = self.person(who);
        let id = format!("{}", who.saturating_add(800_000));
        let (address, word) = kept.unwrap_or(lives).clone();
        let relations: Vec<String> =
            related.iter().map(|(words, to)| format!("{words}:{}", to.saturating_add(800_000))).collect();
        let nhs = nhs(who);
        self.put(
            PEOPLE,
            cells(&[
                &id,
                &if kind == "CHILD" { format!("OST{id}") } else { String::new() },
                kind,
                &person.surname,
                &person.forename,
                "",
                &named(person.born),
                &person.sex.to_string(),
                "",
                &nhs,
                "",
                &address,
                if kept.is_some() { "ZX9 9ZX" } else { "ZX2 2ZX" },
                if kept.is_some() { "Y" } else { "" },
                &relations.join("|"),
                &named(how.first),
                &format!("{} 10:00", named(how.last)),
            ]),
        );
        let said: &[Said] = if kind == "CHILD" { &[Said::Child] } else { &[] };
        let mut record = Record::new(PEOPLE, id, Kind::KnownToSocialCare, how.first)
            .recorded_on(how.last)
            .naming(who, "", said, &person.surname)
            .with(&nhs, Piece::Number(0))
            .with(&word, if kept.is_some() { Piece::Kept } else { Piece::Living(0) });
        for (_, to) in related {
            record = record.meaning(PEOPLE, format!("{}", to.saturating_add(800_000)));
        }
        self.records.push(record);
    }

    fn visit(&mut self, who: usize, how: Acquaintance) {
        let key = format!("V{:07}", self.serial());
        let (note, worker) = (self.word(), self.word());
        let person = format!("{}", who.saturating_add(800_000));
        self.put(
            VISITS,
            cells(&[
                &key,
                &person,
                &format!("{} 15:30", named(how.last)),
                "CIN",
                &format!("Gill {worker}"),
                "Y",
                "Y",
                "Y",
                "Home",
                &format!("Told me {note}."),
                &format!("{} 18:00", named(how.last)),
            ]),
        );
        let record = Record::new(VISITS, key, Kind::Visit, how.last)
            .meaning(PEOPLE, person)
            .with(&note, Piece::Words)
            .with(&worker, Piece::Author);
        self.records.push(record);
    }

    fn census(&mut self, who: usize, how: Acquaintance) {
        let person = self.person(who);
        let id = format!("{}", who.saturating_add(800_000));
        let plan_end = if how.open {
            String::new()
        } else {
            format!("<CINPlanEndDate>{}</CINPlanEndDate>", stated(how.last))
        };
        let closed = if how.open {
            String::new()
        } else {
            format!(
                "<CINclosureDate>{}</CINclosureDate><ReasonForClosure>RC8</ReasonForClosure>",
                stated(how.last)
            )
        };
        self.put(
            CENSUS,
            vec![format!(
                "<Child><ChildIdentifiers><LAchildID>OST{id}</LAchildID><PersonBirthDate>{}</PersonBirthDate><Sex>{}</Sex>\
                 </ChildIdentifiers><CINdetails><CINreferralDate>{}</CINreferralDate><ReferralSource>6</ReferralSource>\
                 <PrimaryNeedCode>N1</PrimaryNeedCode>{closed}<CINPlanDates><CINPlanStartDate>{}</CINPlanStartDate>{plan_end}\
                 </CINPlanDates></CINdetails></Child>",
                stated(person.born), person.sex, stated(how.first), stated(how.first),
            )],
        );
        // The census is sent today, so that it was recorded today, whatever it tells of.
        let record = Record::new(CENSUS, format!("OST{id}"), Kind::Plan, how.first)
            .recorded_on(self.today)
            .open_if(how.open)
            .naming(who, "", &[Said::Child], "")
            .meaning(PEOPLE, id);
        self.records.push(record);
    }
}

/// A number of the health service that fits its check digit; from the range that is never given out.
pub(super) fn nhs(who: usize) -> String {
    // Where no check digit fits, the next number is taken; a stride keeps people's numbers apart.
    (0..20)
        .find_map(|step| {
            let body = format!("999{:06}", who.saturating_mul(20).saturating_add(step) % 1_000_000);
            let sum: u32 = body
                .chars()
                .zip((2..=10).rev())
                .map(|(digit, weight): (char, u32)| digit.to_digit(10).unwrap_or(0).saturating_mul(weight))
                .sum();
            match 11_u32.saturating_sub(sum % 11) {
                10 => None,
                11 => Some(format!("{body}0")),
                check => Some(format!("{body}{check}")),
            }
        })
        .unwrap_or_default()
}
