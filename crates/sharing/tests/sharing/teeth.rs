//! Whether the cases have teeth: each policy taken out, and mutants of the policies, must change an answer.

use std::fmt::Write as _;

use throughline_sharing::{Policies, PolicyFile, Request};

use crate::oracle::{Case, Expected, Oracle, around};
use crate::{TABLE, day, same};

/// One policy's text in its file.
pub struct Place {
    file: usize,
    /// Its name.
    pub id: String,
    /// As it stands.
    pub text: String,
}

/// Every policy of some files.
pub fn places(files: &[PolicyFile]) -> Vec<Place> {
    let mut places = Vec::new();
    for (file, text) in files.iter().enumerate().filter(|(_, f)| f.name.ends_with(".cedar")) {
        for paragraph in text.text.split("\n\n") {
            if let Some((_, after)) = paragraph.split_once("@id(\"") {
                let id = after.split_once('"').unwrap().0.to_owned();
                let begin = paragraph.find("@id(").unwrap();
                places.push(Place { file, id, text: paragraph[begin..].trim_end().to_owned() });
            }
        }
    }
    places
}

/// The files that answer requests; what pages show has tests of its own.
fn answering() -> Vec<PolicyFile> {
    Policies::built_in_files().into_iter().filter(|file| file.name != crate::seen::FILE).collect()
}

/// The files with another text in place of a policy.
pub fn with(files: &[PolicyFile], place: &Place, text: &str) -> Vec<PolicyFile> {
    let mut files = files.to_vec();
    files[place.file].text = files[place.file].text.replace(&place.text, text);
    files
}

/// The cases near a policy, with what they should be answered: everything one word away from what the table says of it.
/// After them the example of every other line, for what only two words together show.
fn near(oracle: &Oracle, id: &str) -> Vec<(Request, Expected)> {
    let lines = oracle.lines.iter().filter(|line| line.name == id);
    let cases = lines.flat_map(|line| {
        let all = Case { categories: line.data(), ..line.example() };
        around(&line.example()).into_iter().chain(more_agencies(&all)).chain([all]).collect::<Vec<_>>()
    });
    let others = oracle.lines.iter().map(crate::oracle::Line::example);
    cases
        .chain(others)
        .map(|case| (Request::from_json(&case.json()).unwrap(), oracle.expect(&case)))
        .collect()
}

/// Two words away where one hides the other: some agencies are only open to one of their roles, or at one risk.
fn more_agencies(base: &Case) -> Vec<Case> {
    let mut cases = Vec::new();
    for (agency, role) in [
        ("perpetrator_programme", "partner_support_worker"),
        ("family_member", "carer"),
        ("legal_representative", "other"),
        ("victim", "other"),
        ("person_causing_harm", "other"),
        ("child", "other"),
    ] {
        for relation in [None, Some("not_involved")] {
            let mut case = base.clone();
            case.words.insert("agency", agency.to_owned());
            case.words.insert("role", role.to_owned());
            if let Some(relation) = relation {
                case.words.insert("relation", relation.to_owned());
            }
            cases.push(case);
        }
    }
    cases
}

/// One policy with nothing beside it, and what its own lines of the table say: where another policy is stricter, this is
/// the only way to see that it says too much.
fn alone(oracle: &Oracle, id: &str) -> Vec<(Request, Expected)> {
    let own: Vec<_> = oracle.lines.iter().filter(|line| line.name == id).cloned().collect();
    let own = Oracle { lines: own };
    let cases = own.lines.iter().flat_map(|line| {
        let all = Case { categories: line.data(), ..line.example() };
        around(&line.example()).into_iter().chain(more_agencies(&all)).chain([all])
    });
    cases.map(|case| (Request::from_json(&case.json()).unwrap(), own.expect(&case))).collect()
}

fn killed_alone(text: &str, cases: &[(Request, Expected)]) -> bool {
    killed(&[PolicyFile { name: "alone.cedar".to_owned(), text: text.to_owned() }], cases)
}

#[test]
fn every_policy_alone_says_what_its_lines_say() {
    let oracle = Oracle::read(TABLE);
    let mut asked = 0;
    let says_otherwise: Vec<String> = places(&answering())
        .into_iter()
        .filter(|place| {
            let cases = alone(&oracle, &place.id);
            asked += cases.len();
            cases.is_empty() || killed_alone(&place.text, &cases)
        })
        .map(|place| place.id)
        .collect();
    assert!(says_otherwise.is_empty(), "{says_otherwise:?}");
    assert!(asked > 50_000, "{asked}");
}

fn killed(files: &[PolicyFile], cases: &[(Request, Expected)]) -> bool {
    // A mutant that does not load is caught by loading.
    let Ok(policies) = Policies::load(files) else { return true };
    cases.iter().any(|(request, expected)| !same(&policies.decide(request, day()), expected))
}

#[test]
fn every_policy_is_missed_when_it_is_taken_out() {
    let oracle = Oracle::read(TABLE);
    let files = answering();
    let places = places(&files);
    let seen = crate::seen::lines().len();
    assert_eq!(places.len() + seen, Policies::built_in().unwrap().rules().len());
    let unmissed: Vec<&str> = places
        .iter()
        .filter(|place| !killed(&with(&files, place, ""), &near(&oracle, &place.id)))
        .map(|place| place.id.as_str())
        .collect();
    assert!(unmissed.is_empty(), "{unmissed:?}");
}

/// Everything a hand might get wrong in one policy.
pub fn mutants(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut replace = |from: &str, to: &str| {
        if text.contains(from) {
            found.push(text.replacen(from, to, 1));
        }
    };
    // Another outcome, and the other effect with it.
    replace("@outcome(\"share\")", "@outcome(\"share_minimum\")");
    replace("@outcome(\"share_minimum\")", "@outcome(\"share\")");
    replace("@outcome(\"ask\")", "@outcome(\"refuse\")");
    replace("@outcome(\"refuse\")", "@outcome(\"ask\")");
    let shared = text
        .replace("@outcome(\"refuse\")", "@outcome(\"share\")")
        .replace("@outcome(\"ask\")", "@outcome(\"share\")");
    if shared != text {
        found.push(shared.replacen("\nforbid (", "\npermit (", 1));
    }
    let refused = text
        .replace("@outcome(\"share\")", "@outcome(\"refuse\")")
        .replace("@outcome(\"share_minimum\")", "@outcome(\"refuse\")");
    if refused != text {
        found.push(refused.replacen("\npermit (", "\nforbid (", 1));
    }
    // Every agency instead of one, or another one.
    if let Some((_, rest)) = text.split_once("(\n  principal == Agency::\"") {
        let agency = rest.split_once('"').unwrap().0;
        let scope = format!("(\n  principal == Agency::\"{agency}\"");
        found.push(text.replacen(&scope, "(\n  principal", 1));
        let other = if agency == "health" { "housing" } else { "health" };
        found.push(text.replacen(&scope, &format!("(\n  principal == Agency::\"{other}\""), 1));
    }
    // One condition less.
    if let Some((head, body)) = text.split_once("when {\n  ") {
        let (body, tail) = body.split_once("\n}").unwrap();
        let parts: Vec<&str> = body.split(" &&\n  ").filter(|part| !part.starts_with(' ')).collect();
        if parts.join(" &&\n  ") == body {
            for left_out in 0..parts.len() {
                let kept: Vec<&str> =
                    parts.iter().enumerate().filter(|(i, _)| *i != left_out).map(|(_, p)| *p).collect();
                let kept = if kept.is_empty() { "true".to_owned() } else { kept.join(" &&\n  ") };
                found.push(format!("{head}when {{\n  {kept}\n}}{tail}"));
            }
        }
    }
    if let Some(at) = text.find("\nunless {") {
        found.push(format!("{};", &text[..at]));
    }
    // One word less in a list.
    for (at, _) in text.match_indices('[') {
        let end = at + text[at..].find(']').unwrap();
        let words: Vec<&str> = text[at + 1..end].split(',').map(str::trim).collect();
        if words.len() > 1 {
            for left_out in [0, words.len() - 1] {
                let kept: Vec<&str> =
                    words.iter().enumerate().filter(|(i, _)| *i != left_out).map(|(_, w)| *w).collect();
                found.push(format!("{}[{}{}", &text[..at], kept.join(", "), &text[end..]));
            }
        }
    }
    found.into_iter().map(|text| with_fields(&text)).collect()
}

/// `@fields` made to say what the mutated condition tests, so that the mutant is not caught by that alone.
fn with_fields(text: &str) -> String {
    let mut named: Vec<&str> = text
        .match_indices("Category::\"")
        .map(|(at, m)| &text[at + m.len()..])
        .map(|rest| &rest[..rest.find('"').unwrap()])
        .collect();
    named.sort_unstable();
    named.dedup();
    let fields = if named.is_empty() { "any".to_owned() } else { named.join(" ") };
    let (before, after) = text.split_once("@fields(\"").unwrap();
    let (_, after) = after.split_once('"').unwrap();
    format!("{before}@fields(\"{fields}\"{after}")
}

/// Kills every `step`th mutant; gives how many there were.
fn kill(step: usize) -> usize {
    let oracle = Oracle::read(TABLE);
    let files = answering();
    let mut survivors = String::new();
    let (mut seen, mut count) = (0, 0);
    for place in places(&files) {
        let mutants: Vec<String> = mutants(&place.text)
            .into_iter()
            .filter(|_| {
                seen += 1;
                seen % step == 0
            })
            .collect();
        let cases = if mutants.is_empty() { Vec::new() } else { near(&oracle, &place.id) };
        for mutant in mutants {
            count += 1;
            let survives = !killed(&with(&files, &place, &mutant), &cases);
            if survives && !killed_alone(&mutant, &alone(&oracle, &place.id)) {
                writeln!(survivors, "--- {}\n{mutant}", place.id).unwrap();
            }
        }
    }
    assert!(survivors.is_empty(), "survived:\n{survivors}");
    count
}

#[test]
fn a_share_of_the_mutants_is_killed() {
    assert!(kill(8) >= 200);
}

#[test]
#[ignore = "all mutants: takes minutes; run with --ignored after changing policies"]
fn all_mutants_are_killed() {
    assert!(kill(1) >= 1_000);
}
