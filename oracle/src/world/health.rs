//! What health records: patients, people named beside them, contacts, enquiries, pregnancies; one resource a line.

use serde_json::json;

use crate::text::categories::Kind;

use super::families::{Acquaintance, Family};
use super::{Piece, Record, Said, Secret, World, social_care, stated};

const BUNDLE: &str = "health/bundle.ndjson";

impl World {
    pub(super) fn health(&mut self, family: &Family, how: Acquaintance) {
        let lives = self.address();
        let [older, _] = family.children;
        self.patient(family.victim, how, &lives, family.kept.as_ref());
        self.patient(older, how, &lives, None);
        if self.chance.of_100(50) {
            self.named_beside(family, how);
        }
        // Somebody of no family is a patient, too: where a contact comes and goes, it is theirs in the other world.
        let there = match self.hangs_on(Secret::Contact, family.at) {
            true => self.stranger(30),
            false => family.victim,
        };
        if there != family.victim {
            self.patient(there, how, &lives, None);
        }
        let came = if self.differs(Secret::Contact, family.at) { there } else { family.victim };
        for who in [came, older] {
            let must =
                [Secret::Injury, Secret::Contact].into_iter().any(|secret| self.hangs_on(secret, family.at));
            if self.chance.of_100(60) || must {
                self.contact(who, family.at, how);
            }
        }
        if self.chance.of_100(40) || self.hangs_on(Secret::Enquiry, family.at) {
            self.enquiry(family, how);
        }
        if self.chance.of_100(35) {
            self.pregnancy(family, how);
        }
    }

    fn line(&mut self, resource: &serde_json::Value) {
        self.put(BUNDLE, vec![resource.to_string()]);
    }

    fn patient(
        &mut self,
        who: usize,
        how: Acquaintance,
        lives: &(String, String),
        kept: Option<&(String, String)>,
    ) {
        let person = self.person(who);
        let phone = self.phone();
        let nhs = social_care::nhs(who);
        let (address, word) = kept.unwrap_or(lives).clone();
        let security = if kept.is_some() { json!([{"code": "R"}]) } else { json!([]) };
        let town = address.split_once(", ").map_or(address.clone(), |(line, _)| line.to_owned());
        self.line(&json!({
            "resourceType": "Patient", "id": format!("p{who}"),
            "meta": {"lastUpdated": format!("{}T10:00:00+00:00", stated(how.last)), "security": security},
            "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": nhs}],
            "name": [{"use": "official", "family": person.surname, "given": [person.forename]}],
            "telecom": [{"system": "phone", "value": phone}],
            "gender": if person.sex == 'F' { "female" } else { "male" },
            "birthDate": stated(person.born),
            "address": [{"use": "home", "line": [town], "city": "Testshire", "postalCode": if kept.is_some() { "ZX9 9ZX" } else { "ZX3 3ZX" }}],
        }));
        let adult = person.born < self.ago(18 * 366);
        let said: &[Said] = if adult { &[] } else { &[Said::Child] };
        let record = Record::new(BUNDLE, format!("Patient/p{who}"), Kind::HealthContact, how.last)
            .naming(who, "", said, &person.surname)
            .with(&nhs, Piece::Number(0))
            .with(&phone, Piece::Living(0))
            .with(&word, if kept.is_some() { Piece::Kept } else { Piece::Living(0) });
        self.records.push(record);
    }

    fn named_beside(&mut self, family: &Family, how: Acquaintance) {
        let person = self.person(family.harm);
        let id = format!("r{}", self.serial());
        self.line(&json!({
            "resourceType": "RelatedPerson", "id": id,
            "meta": {"lastUpdated": format!("{}T10:00:00+00:00", stated(how.last))},
            "patient": {"reference": format!("Patient/p{}", family.victim)},
            "relationship": [{"coding": [{"code": "DOMPART"}], "text": "partner"}],
            "name": [{"use": "official", "family": person.surname, "given": [person.forename]}],
            "birthDate": stated(person.born),
            "period": {"start": stated(how.first)},
        }));
        let record = Record::new(BUNDLE, format!("RelatedPerson/{id}"), Kind::HealthContact, how.first)
            .recorded_on(how.last)
            .naming(family.harm, "", &[], &person.surname)
            .meaning(BUNDLE, format!("Patient/p{}", family.victim));
        self.records.push(record);
    }

    fn contact(&mut self, who: usize, family: usize, how: Acquaintance) {
        let id = format!("e{}", self.serial());
        let (what, note, provider) = (self.word(), self.word(), self.word());
        let reason = self.secret(Secret::Injury, family);
        self.line(&json!({
            "resourceType": "Encounter", "id": id,
            "meta": {"lastUpdated": format!("{}T12:00:00+00:00", stated(how.last))},
            "status": "finished", "class": {"code": "EMER"}, "type": [{"text": format!("Emergency {what}")}],
            "subject": {"reference": format!("Patient/p{who}")},
            "period": {"start": format!("{}T11:00:00+00:00", stated(how.last)), "end": format!("{}T11:50:00+00:00", stated(how.last))},
            "reasonCode": [{"text": format!("Injury {reason}")}],
            "text": {"div": format!("<div>Told {note}</div>")},
            "serviceProvider": {"display": format!("Ward {provider}")},
        }));
        let record = Record::new(BUNDLE, format!("Encounter/{id}"), Kind::HealthContact, how.last)
            .meaning(BUNDLE, format!("Patient/p{who}"))
            .with(&what, Piece::Line)
            .with(&reason, Piece::Words)
            .with(&note, Piece::Words)
            .with(&provider, Piece::Surgery);
        self.records.push(record);
    }

    fn enquiry(&mut self, family: &Family, how: Acquaintance) {
        let id = format!("q{}", self.serial());
        let (named, action) = (self.secret(Secret::Enquiry, family.at), self.word());
        self.line(&json!({
            "resourceType": "QuestionnaireResponse", "id": id,
            "meta": {"lastUpdated": format!("{}T12:00:00+00:00", stated(how.last))},
            "subject": {"reference": format!("Patient/p{}", family.victim)},
            "authored": format!("{}T11:00:00+00:00", stated(how.last)),
            "item": [
                {"linkId": "re1", "answer": [{"valueCoding": {"code": "asked"}}]},
                {"linkId": "re3", "answer": [{"valueBoolean": true}]},
                {"linkId": "re4", "answer": [{"valueString": format!("ex, {named}")}]},
                {"linkId": "re5", "answer": [{"valueString": format!("card given {action}")}]},
            ],
        }));
        let record = Record::new(BUNDLE, format!("QuestionnaireResponse/{id}"), Kind::Enquiry, how.last)
            .meaning(BUNDLE, format!("Patient/p{}", family.victim))
            .with(&named, Piece::Words)
            .with(&action, Piece::Words);
        self.records.push(record);
    }

    fn pregnancy(&mut self, family: &Family, how: Acquaintance) {
        let id = format!("c{}", self.serial());
        let note = self.word();
        let due = self.today.checked_add(jiff::Span::new().days(100)).unwrap_or(self.today);
        let mut resource = json!({
            "resourceType": "Condition", "id": id,
            "meta": {"lastUpdated": format!("{}T12:00:00+00:00", stated(how.first))},
            "clinicalStatus": {"coding": [{"code": if how.open { "active" } else { "resolved" }}]},
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "77386006"}], "text": "Pregnancy"},
            "subject": {"reference": format!("Patient/p{}", family.victim)},
            "onsetDateTime": stated(how.first), "recordedDate": stated(how.first),
            "note": [{"text": format!("Said {note} EDD {}", super::slashed(due))}],
        });
        if !how.open
            && let Some(fields) = resource.as_object_mut()
        {
            fields.insert("abatementDateTime".to_owned(), json!(stated(how.last)));
        }
        self.line(&resource);
        let key = format!("Condition/{id}");
        let mut record = Record::new(BUNDLE, key, Kind::Pregnancy, how.first)
            .open_if(how.open)
            .meaning(BUNDLE, format!("Patient/p{}", family.victim))
            .with(&note, Piece::Words);
        if how.open {
            record = record.naming(family.victim, "unborn", &[Said::Unborn], "");
        }
        self.records.push(record);
    }
}
