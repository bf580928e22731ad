//! FHIR R4 resources as one line of JSON each, with their parts always in the same order.

use jiff::civil::{Date, DateTime};

use crate::calendar::{iso_offset, later};
use crate::places::Address;

/// `text` as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// What a patient record says.
pub(crate) struct PatientParts<'a> {
    pub(crate) id: &'a str,
    pub(crate) version: u32,
    pub(crate) updated: &'a str,
    pub(crate) restricted: bool,
    pub(crate) nhs: &'a str,
    pub(crate) record: &'a str,
    pub(crate) surname: &'a str,
    pub(crate) given: &'a [&'a str],
    pub(crate) nickname: Option<&'a str>,
    pub(crate) former: Option<&'a str>,
    pub(crate) phone: &'a str,
    pub(crate) female: bool,
    pub(crate) born: &'a str,
    pub(crate) address: Option<&'a Address>,
    pub(crate) postcode: &'a str,
    pub(crate) practice: &'a str,
}

/// A patient.
pub(crate) fn patient(p: &PatientParts<'_>) -> String {
    let security = if p.restricted {
        r#","security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R","display":"restricted"}]"#
    } else {
        ""
    };
    let mut ids = Vec::new();
    if !p.nhs.is_empty() {
        ids.push(format!(r#"{{"system":"https://fhir.nhs.uk/Id/nhs-number","value":{}}}"#, quoted(p.nhs)));
    }
    ids.push(format!(
        r#"{{"system":"https://ostlemere-health.example/record","value":{}}}"#,
        quoted(p.record)
    ));
    let given: Vec<String> =
        p.given.iter().filter(|name| !name.is_empty()).map(|name| quoted(name)).collect();
    let mut names =
        vec![format!(r#"{{"use":"official","family":{},"given":[{}]}}"#, quoted(p.surname), given.join(","))];
    if let Some(nick) = p.nickname {
        names.push(format!(r#"{{"use":"nickname","given":[{}]}}"#, quoted(nick)));
    }
    if let Some(former) = p.former {
        names.push(format!(r#"{{"use":"maiden","family":{}}}"#, quoted(former)));
    }
    let telecom = if p.phone.is_empty() {
        String::new()
    } else {
        format!(r#","telecom":[{{"system":"phone","value":{},"use":"mobile"}}]"#, quoted(p.phone))
    };
    let born = if p.born.is_empty() { String::new() } else { format!(r#","birthDate":{}"#, quoted(p.born)) };
    let address = p.address.map_or_else(String::new, |address| {
        let line = address.line();
        let (line, town) = line.rsplit_once(", ").unwrap_or((&line, ""));
        format!(
            r#","address":[{{"use":"home","line":[{}],"city":{},"postalCode":{}}}]"#,
            quoted(line),
            quoted(town),
            quoted(p.postcode)
        )
    });
    format!(
        r#"{{"resourceType":"Patient","id":"{}","meta":{{"versionId":"{}","lastUpdated":"{}"{security}}},"identifier":[{}],"active":true,"name":[{}]{telecom},"gender":"{}"{born}{address},"generalPractitioner":[{{"display":{}}}]}}"#,
        p.id,
        p.version,
        p.updated,
        ids.join(","),
        names.join(","),
        if p.female { "female" } else { "male" },
        quoted(p.practice)
    )
}

/// A contact with a service.
pub(crate) struct Contact {
    pub(crate) when: DateTime,
    pub(crate) minutes: i64,
    pub(crate) class: &'static str,
    pub(crate) kind: String,
    pub(crate) reason: String,
    pub(crate) text: Option<String>,
    pub(crate) place: String,
}

/// An encounter.
pub(crate) fn encounter(id: &str, patient: &str, c: &Contact) -> String {
    let (start, end) = (iso_offset(c.when), iso_offset(later(c.when, c.minutes)));
    let reason = if c.reason.is_empty() {
        String::new()
    } else {
        format!(r#","reasonCode":[{{"text":{}}}]"#, quoted(&c.reason))
    };
    let text = c.text.as_ref().map_or_else(String::new, |text| {
        let div = format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{}</div>", escaped(text));
        format!(r#","text":{{"status":"additional","div":{}}}"#, quoted(&div))
    });
    format!(
        r#"{{"resourceType":"Encounter","id":"{id}","meta":{{"lastUpdated":"{end}"}},"status":"finished","class":{{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"{}"}},"type":[{{"text":{}}}],"subject":{{"reference":"Patient/{patient}"}},"period":{{"start":"{start}","end":"{end}"}}{reason}{text},"serviceProvider":{{"display":{}}}}}"#,
        c.class,
        quoted(&c.kind),
        quoted(&c.place)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A pregnancy, with its end once the child is born.
pub(crate) fn pregnancy(
    id: &str,
    (patient, encounter): (&str, &str),
    recorded: &str,
    onset: Date,
    note: &str,
    ended: Option<Date>,
) -> String {
    let status = if ended.is_some() { "resolved" } else { "active" };
    let end = ended.map_or_else(String::new, |day| format!(r#","abatementDateTime":"{day}""#));
    format!(
        r#"{{"resourceType":"Condition","id":"{id}","meta":{{"lastUpdated":"{recorded}"}},"clinicalStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"{status}"}}]}},"code":{{"coding":[{{"system":"http://snomed.info/sct","code":"77386006","display":"Pregnancy"}}],"text":"Pregnancy"}},"subject":{{"reference":"Patient/{patient}"}},"encounter":{{"reference":"{encounter}"}},"onsetDateTime":"{onset}","recordedDate":"{recorded}","note":[{{"text":{}}}]{end}}}"#,
        quoted(note)
    )
}

/// The partner of a patient.
pub(crate) fn related(
    key: &str,
    patient: &str,
    recorded: &str,
    words: &str,
    (forename, surname): (&str, &str),
    female: bool,
    (phone, born): (&str, &str),
) -> String {
    let id = key.trim_start_matches("RelatedPerson/");
    let day = recorded.split('T').next().unwrap_or(recorded);
    let phone = if phone.is_empty() {
        String::new()
    } else {
        format!(r#","telecom":[{{"system":"phone","value":{}}}]"#, quoted(phone))
    };
    let born = if born.is_empty() { String::new() } else { format!(r#","birthDate":"{born}""#) };
    format!(
        r#"{{"resourceType":"RelatedPerson","id":"{id}","meta":{{"lastUpdated":"{recorded}"}},"active":true,"patient":{{"reference":"Patient/{patient}"}},"relationship":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":"DOMPART"}}],"text":{}}}],"name":[{{"family":{},"given":[{}]}}]{phone},"gender":"{}"{born},"period":{{"start":"{day}"}}}}"#,
        quoted(words),
        quoted(surname),
        quoted(forename),
        if female { "female" } else { "male" }
    )
}

/// An answer that is a code.
pub(crate) fn choice(code: &str) -> String {
    let display = if code == "asked" { "Asked" } else { "Not asked" };
    format!(r#"{{"code":"{code}","display":"{display}"}}"#)
}

/// A routine enquiry. Answers are JSON already.
pub(crate) fn enquiry(
    key: &str,
    patient: &str,
    encounter: &str,
    authored: &str,
    author: &str,
    answers: &[(&str, String)],
) -> String {
    let id = key.trim_start_matches("QuestionnaireResponse/");
    let items: Vec<String> = answers
        .iter()
        .map(|(link, value)| {
            let (text, kind) = match *link {
                "re1" => ("Asked about domestic abuse?", "valueCoding"),
                "re2" => ("Reason not asked", "valueString"),
                "re3" => ("Disclosure made?", "valueBoolean"),
                "re4" => ("Person causing harm", "valueString"),
                _ => ("Action", "valueString"),
            };
            format!(r#"{{"linkId":"{link}","text":"{text}","answer":[{{"{kind}":{value}}}]}}"#)
        })
        .collect();
    format!(
        r#"{{"resourceType":"QuestionnaireResponse","id":"{id}","meta":{{"lastUpdated":"{authored}"}},"questionnaire":"https://ostlemere-health.example/Questionnaire/routine-enquiry|1","status":"completed","subject":{{"reference":"Patient/{patient}"}},"encounter":{{"reference":"{encounter}"}},"authored":"{authored}","author":{{"display":{}}},"item":[{}]}}"#,
        quoted(author),
        items.join(",")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resource_is_json() {
        let when = Date::constant(2025, 5, 1).at(10, 0, 0, 0);
        let contact = Contact {
            when,
            minutes: 20,
            class: "AMB",
            kind: "GP \"quick\"".into(),
            reason: "pain & fear".into(),
            text: Some("a < b".into()),
            place: "Surgery".into(),
        };
        let all = [
            encounter("e", "p", &contact),
            pregnancy(
                "c",
                ("p", "Encounter/e"),
                "2025-05-01T10:00:00+01:00",
                when.date(),
                "EDD 01/01/2026",
                None,
            ),
            related(
                "RelatedPerson/r",
                "p",
                "2025-05-01T10:00:00+01:00",
                "partner",
                ("A", "B"),
                true,
                ("1", ""),
            ),
            enquiry(
                "QuestionnaireResponse/q",
                "p",
                "Encounter/e",
                "t",
                "x",
                &[("re1", choice("asked")), ("re3", "true".into())],
            ),
        ];
        for text in all {
            assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
            assert!(!text.contains('\n'));
        }
    }
}
