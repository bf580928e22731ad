//! A link can be explained in plain words that hold no value of the records, and the model can be kept.

use throughline_linkage::{Context, Model, Settings, Sex, TieKind, Why, explain, explain_edge};

use crate::invented::{Town, With, record};

fn family() -> Town {
    Town::with(vec![
        record("gp", "health")
            .named("Elizabeth", "Marchbank")
            .born(1990, 4, 23)
            .sex(Sex::Female)
            .living("14 Larkrise Close", "QX44 7BD"),
        record("police", "police")
            .named("Liz", "MARCHBANK")
            .born(1990, 4, 23)
            .sex(Sex::Female)
            .living("14 LARKRISE CL", "QX447BD"),
        record("child", "social_care").named("Otto", "Sorrel").born(2015, 5, 5).tied(TieKind::Child, 0),
        record("child again", "services").named("Otto", "").tied(TieKind::Child, 1),
    ])
}

#[test]
fn the_parts_add_up_to_the_weight() {
    let town = family();
    let settings = Settings::built_in().unwrap();
    let why = explain(&town.records[0], &town.records[1], None, &town.linked.model, &settings);
    let sum: f64 = why.parts.iter().map(|part| part.weight).sum();
    assert!((sum - why.weight).abs() < 0.06, "{sum} {}", why.weight);
    assert!(why.probability > 0.99);
    let forename = why.parts.iter().find(|part| part.comparison == "forename").unwrap();
    assert_eq!((forename.level.as_str(), forename.weight > 0.0), ("variant", true));
}

#[test]
fn the_words_hold_no_value_of_the_records() {
    let town = family();
    let settings = Settings::built_in().unwrap();
    let why = explain(&town.records[0], &town.records[1], None, &town.linked.model, &settings);
    let words: String = why.parts.iter().map(|part| part.words.to_lowercase()).collect();
    for value in ["marchbank", "liz", "larkrise", "qx44", "1990"] {
        assert!(!words.contains(value), "{value} in {words}");
    }
    assert!(why.parts.iter().all(|part| !part.words.is_empty()));
}

#[test]
fn people_named_with_them_are_part_of_the_reason() {
    let town = family();
    let settings = Settings::built_in().unwrap();
    let context = Context { records: &town.records, linked: &town.linked };
    let why = explain(&town.records[2], &town.records[3], Some(context), &town.linked.model, &settings);
    let with = why.parts.iter().find(|part| part.comparison == "associates").unwrap();
    assert_eq!(with.words, "child of the same person");
    let alone = explain(&town.records[2], &town.records[3], None, &town.linked.model, &settings);
    assert!(alone.weight < why.weight);
}

#[test]
fn every_link_made_explains_itself() {
    let town = family();
    let settings = Settings::built_in().unwrap();
    let context = Context { records: &town.records, linked: &town.linked };
    let found = town.linked.edges.iter().filter(|edge| matches!(edge.why, Why::Evidence | Why::Relations));
    let mut seen = 0;
    for edge in found.take(40) {
        let why = explain_edge(edge, context, &settings);
        assert!(why.probability > 0.5, "{edge:?} {why:?}");
        seen += 1;
    }
    assert!(seen > 10);
}

#[test]
fn one_number_of_the_agency_is_said_first() {
    let settings = Settings::built_in().unwrap();
    let town = Town::with(vec![
        record("person", "social_care").named("Otto", "Sorrel").born(2015, 5, 5).known_as("person:7"),
        record("visit", "social_care").known_as("person:7"),
    ]);
    let context = Context { records: &town.records, linked: &town.linked };
    let edge = town.linked.edges.iter().find(|edge| (edge.a, edge.b) == (0, 1)).unwrap();
    assert_eq!(edge.why, Why::AgencyNumber);
    let why = explain_edge(edge, context, &settings);
    assert!(why.probability > 0.999 && why.parts[1].comparison == "agency_number");
}

#[test]
fn two_strangers_are_said_to_be_two() {
    let town = family();
    let settings = Settings::built_in().unwrap();
    let why = explain(&town.records[0], &town.records[40], None, &town.linked.model, &settings);
    assert!(why.probability < 0.001);
}

#[test]
fn the_model_can_be_kept_as_a_file() {
    let town = family();
    let text = serde_json::to_string(&town.linked.model).unwrap();
    let back: Model = serde_json::from_str(&text).unwrap();
    assert_eq!(back.comparisons.len(), town.linked.model.comparisons.len());
    assert!((back.prior - town.linked.model.prior).abs() < 1e-12);
}
