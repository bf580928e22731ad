//! A model that Splink 5 trained and saved on invented people, and what is made of it.

use super::*;
use crate::levels::{BORN, FORENAME, NUMBER, PLACE, SURNAME};
use crate::link::link;
use crate::record::{Born, PersonName, Record};
use proptest::prelude::*;

const SAVED: &str = include_str!("../../tests/splink/saved.json");

fn level(settings: &Settings, comparison: usize, name: &str) -> (f64, f64) {
    let level = settings.start[comparison].iter().find(|level| level.name == name).unwrap();
    (level.m, level.u)
}

#[test]
fn a_saved_model_is_taken_over() {
    let (settings, notes) = import("saved.json", SAVED).unwrap();
    let near = |a: (f64, f64), b: (f64, f64)| (a.0 / b.0 - 1.0).abs() < 0.1 && (a.1 / b.1 - 1.0).abs() < 0.1;
    assert!(near(level(&settings, FORENAME, "exact"), (0.8439, 0.002_166)));
    assert!(near(level(&settings, SURNAME, "close"), (0.0389, 0.000_655)));
    assert!(near(level(&settings, SURNAME, "part"), (0.004_65, 0.000_196)));
    assert!(near(level(&settings, BORN, "swapped"), (0.005_99, 2.15e-5)));
    assert!(near(level(&settings, BORN, "digit"), (0.0278, 0.001_396)));
    assert!(near(level(&settings, PLACE, "phone_address"), (0.2142, 0.000_123)));
    assert!(near(level(&settings, PLACE, "near"), (0.0076, 0.000_314)));
    assert!(near(level(&settings, NUMBER, "same"), (0.9905, 0.000_22)));
    assert_eq!(settings.prior.chance, Some(0.000_290_158_212_392_62));
    assert!(notes.iter().any(|note| note.contains("'nhs'") && note.contains("not trained")), "{notes:#?}");
    assert!(notes.iter().any(|note| note.contains("Initial")), "{notes:#?}");
    let keys: Vec<&str> = settings.blocking.iter().map(|key| key.name.as_str()).collect();
    for key in ["number", "phone+forename", "forename+surname+year", "postcode+surname+initial"] {
        let same = |held: &&str| {
            let sorted = |text: &str| {
                let mut parts: Vec<String> = text.split('+').map(ToOwned::to_owned).collect();
                parts.sort();
                parts
            };
            sorted(held) == sorted(key)
        };
        assert!(keys.iter().any(same), "{key} is not among {keys:?}");
    }
    assert!(notes.iter().any(|note| note.contains("surname, 1, 1")), "{notes:#?}");
}

#[test]
fn shares_stay_shares_of_one_whole() {
    let (settings, _) = import("saved.json", SAVED).unwrap();
    for (shape, levels) in SHAPES.iter().zip(&settings.start) {
        let group = || levels.iter().zip(shape.levels).filter(|(_, (_, group))| *group == 0).map(|(l, _)| l);
        let built_in = Settings::built_in().unwrap();
        let at = SHAPES.iter().position(|s| s.name == shape.name).unwrap();
        if level(&settings, at, &levels[0].name) != level(&built_in, at, &levels[0].name) {
            assert!((group().map(|l| l.m).sum::<f64>() - 1.0).abs() < 1e-6, "{}", shape.name);
            assert!((group().map(|l| l.u).sum::<f64>() - 1.0).abs() < 1e-6, "{}", shape.name);
        }
        assert!(levels.iter().all(|l| l.m > 0.0 && l.m <= 1.0 && l.u > 0.0 && l.u <= 1.0));
    }
}

#[test]
fn what_was_taken_over_links() {
    let (settings, _) = import("saved.json", SAVED).unwrap();
    let record = |id: &str, forename: &str, day: i8| Record {
        id: id.into(),
        source: id.into(),
        names: vec![PersonName {
            forenames: vec![forename.into()],
            surname: "Ashgrove".into(),
            ..PersonName::default()
        }],
        born: Some(Born { year: 1988, month: Some(3), day: Some(day) }),
        phones: vec!["07700900123".into()],
        ..Record::default()
    };
    let records = [record("a", "Zofia", 7), record("b", "Zofia", 7), record("c", "Marek", 21)];
    assert_eq!(link(&records, &[], &settings).cluster, [0, 0, 2]);
}

#[test]
fn the_library_s_own_levels_are_understood() {
    let meaning_of = |subject: Subject, sql: &str, label: &str| {
        let level = Level {
            sql: sql.into(),
            label: label.into(),
            null: false,
            m: Some(0.1),
            u: Some(0.1),
            term_frequency: false,
        };
        level::meaning(subject, &level)
    };
    let cases = [
        (
            Subject::Forename,
            r#""first_name_l" = "surname_r" AND "first_name_r" = "surname_l""#,
            "",
            "swapped",
        ),
        (
            Subject::Forename,
            r#"array_length(list_intersect("forename_array_l", "forename_array_r")) >= 1"#,
            "",
            "variant",
        ),
        (Subject::Surname, r#"levenshtein("surname_l", "surname_r") <= 2"#, "", "similar"),
        (Subject::Surname, r#"jaro_similarity("surname_l", "surname_r") >= 0.88"#, "", "close"),
        (
            Subject::Born,
            r#"ABS(EPOCH(try_strptime("dob_l", '%Y-%m-%d')) - EPOCH(try_strptime("dob_r", '%Y-%m-%d'))) <= 2629800.0"#,
            "DOB within 1 month",
            "digit",
        ),
        (
            Subject::Born,
            r#"ABS(EPOCH(try_strptime("dob_l", '%Y-%m-%d')) - EPOCH(try_strptime("dob_r", '%Y-%m-%d'))) <= 31557600.0"#,
            "DOB within 1 year",
            "year",
        ),
        (
            Subject::Postcode,
            r#"REGEXP_EXTRACT("postcode_l", '^[A-Za-z]{1,2}[0-9]') = REGEXP_EXTRACT("postcode_r", '^[A-Za-z]{1,2}[0-9]')"#,
            "Exact match on postcode sector",
            "near",
        ),
        (Subject::Nhs, r#"damerau_levenshtein("nhs_number_l", "nhs_number_r") <= 1"#, "", "near"),
    ];
    for (subject, sql, label, expected) in cases {
        assert_eq!(meaning_of(subject, sql, label), Meaning::Level(expected), "{sql}");
    }
    assert_eq!(
        meaning_of(Subject::Surname, "soundex(surname_l) = soundex(surname_r) and 1 < 2", ""),
        Meaning::Unknown
    );
    assert_eq!(levels(SAVED).iter().filter(|(_, level)| level.sql == "ELSE").count(), 9);
}

#[test]
fn forename_and_surname_in_one_are_taken_apart() {
    let level = |sql: &str, m: f64, u: f64| serde_json::json!({"sql_condition": sql, "m_probability": m, "u_probability": u});
    let json = serde_json::json!({"comparisons": [{"output_column_name": "first_name_surname", "comparison_levels": [
        {"sql_condition": r#"("first_name_l" IS NULL OR "first_name_r" IS NULL) AND ("surname_l" IS NULL OR "surname_r" IS NULL)"#, "is_null_level": true},
        level(r#"("first_name_l" = "first_name_r") AND ("surname_l" = "surname_r")"#, 0.6, 0.001),
        level(r#""first_name_l" = "surname_r" AND "first_name_r" = "surname_l""#, 0.02, 0.0005),
        level(r#"(jaro_winkler_similarity("first_name_l", "first_name_r") >= 0.92) AND (jaro_winkler_similarity("surname_l", "surname_r") >= 0.92)"#, 0.08, 0.0005),
        level(r#""surname_l" = "surname_r""#, 0.1, 0.008),
        level(r#""first_name_l" = "first_name_r""#, 0.15, 0.01),
        level("ELSE", 0.05, 0.98)]},
        {"output_column_name": "sex", "comparison_levels": [{"sql_condition": "\"sex_l\" = \"sex_r\""}, {"sql_condition": "ELSE"}]}]});
    let (settings, notes) = import("joint.json", &json.to_string()).unwrap();
    let close = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).abs() < 1e-9 && (a.1 - b.1).abs() < 1e-9;
    assert!(close(self::level(&settings, FORENAME, "exact"), (0.75, 0.011)));
    assert!(close(self::level(&settings, FORENAME, "swapped"), (0.02, 0.0005)));
    assert!(close(self::level(&settings, FORENAME, "close"), (0.08, 0.0005)));
    let whole = 0.98;
    assert!(close(self::level(&settings, SURNAME, "exact"), (0.7 / whole, 0.009 / 0.9995)));
    assert!(
        notes.contains(&"comparison 'sex': was not trained (no m, no u); left out".to_owned()),
        "{notes:#?}"
    );
}

#[test]
fn errors_name_the_field() {
    let wrong = |from: &str, to: &str| {
        assert!(SAVED.contains(from), "{from}");
        import("mine.json", &SAVED.replacen(from, to, 1)).err().unwrap().to_string()
    };
    assert!(import("mine.json", "{").err().unwrap().to_string().contains("mine.json: document: is not JSON"));
    assert!(import("mine.json", "{}").err().unwrap().to_string().contains("comparisons: found nothing"));
    let m = wrong("\"m_probability\": 0.84", "\"m_probability\": 7.84");
    assert!(m.contains("comparisons[0].comparison_levels[1].m_probability: found 7.84"), "{m}");
    let rule = wrong("\"blocking_rule\":", "\"rule\":");
    assert!(
        rule.contains("blocking_rules_to_generate_predictions[0].blocking_rule: found nothing"),
        "{rule}"
    );
    let prior = wrong(
        "\"probability_two_random_records_match\": 0.00",
        "\"probability_two_random_records_match\": 3.00",
    );
    assert!(prior.contains("probability_two_random_records_match: found 3.00"), "{prior}");
}

proptest! {
    #[test]
    fn no_condition_is_too_odd(sql in "\\PC{0,40}", label in "\\PC{0,10}") {
        let json = serde_json::json!({"comparisons": [{"output_column_name": "surname", "comparison_levels": [
            {"sql_condition": sql, "label_for_charts": label, "m_probability": 0.5, "u_probability": 0.1},
            {"sql_condition": "ELSE", "m_probability": 0.5, "u_probability": 0.9}]}],
            "blocking_rules_to_generate_predictions": [sql]});
        prop_assert!(import("odd.json", &json.to_string()).is_ok());
    }
}
