//! The permission matrix as a committed text: who gets what for which purpose, so that a change of a policy shows in
//! review as the lines it changes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use throughline_sharing::words::{Agency, Purpose};
use throughline_sharing::{Outcome, Policies, Request};

use crate::{day, held_against, oracle::CATEGORIES};

/// Which roles belong to which agency; every agency also stands without one.
const ROLES: &[(&str, &str)] = &[
    ("police", "officer marac_representative panel_member"),
    ("social_care", "social_worker researcher office_staff marac_representative"),
    ("health", "gp midwife health_visitor emergency_department camhs marac_representative"),
    ("education", "safeguarding_lead class_teacher office_staff marac_representative"),
    ("housing", "housing_officer repairs_contractor marac_representative"),
    ("specialist_service", "idva refuge_worker marac_representative"),
    ("probation", "offender_manager"),
    ("perpetrator_programme", "programme_worker partner_support_worker"),
    ("victim", "applicant"),
    ("family_member", "carer applicant"),
    ("supplier", "engineer"),
];

/// Relation, subject, consent, risk.
const SITUATIONS: &[(&str, [&str; 4])] = &[
    ("own case, victim, agreed, high", ["own_case", "victim", "given", "high"]),
    ("on agenda, child, refused, high", ["on_agenda", "child", "refused", "high"]),
    (
        "relation not said, person causing harm, medium",
        ["", "person_causing_harm", "not_applicable", "medium"],
    ),
    ("not involved, victim, imminent", ["not_involved", "victim", "not_sought", "imminent"]),
];
/// Those who ask about themselves or their child.
const OWN: &[(&str, [&str; 4])] = &[
    ("self, own data", ["self", "own", "not_applicable", "standard"]),
    ("parent, child", ["parental_responsibility", "child", "given", "standard"]),
    ("conflict, victim", ["conflict", "victim", "given", "imminent"]),
];

#[test]
fn the_permission_matrix_is_the_committed_one() {
    let policies = Policies::built_in().unwrap();
    let mut text = String::from(
        "# Who gets what: one letter a category (S share, M minimum, Q a person decides, X refuse), then the purposes.\n# `Q everywhere` is left out: it is what happens where no policy speaks.\n#            ",
    );
    writeln!(text, "{}", CATEGORIES.join(" ")).unwrap();
    for agency in Agency::ALL {
        let roles = ROLES.iter().find(|(name, _)| *name == agency.as_str()).map_or("", |(_, roles)| roles);
        let own = ["person_causing_harm", "victim", "child", "family_member"].contains(&agency.as_str());
        for role in std::iter::once("").chain(roles.split_whitespace()) {
            for (title, words) in SITUATIONS.iter().chain(OWN.iter().filter(|_| own)) {
                let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
                for purpose in Purpose::ALL {
                    let letters = letters(&policies, agency.as_str(), role, *words, purpose.as_str());
                    groups.entry(letters).or_default().push(purpose.as_str());
                }
                groups.retain(|letters, _| letters.bytes().any(|letter| letter != b'Q'));
                if groups.is_empty() {
                    continue;
                }
                writeln!(text, "\n{agency} {role} | {title}").unwrap();
                for (letters, purposes) in groups {
                    let purposes = if purposes.len() == Purpose::ALL.len() {
                        "every purpose".to_owned()
                    } else {
                        purposes.join(" ")
                    };
                    writeln!(text, "  {letters}  {purposes}").unwrap();
                }
            }
        }
    }
    held_against("matrix.txt", &text);
}

fn letters(policies: &Policies, agency: &str, role: &str, words: [&str; 4], purpose: &str) -> String {
    let [relation, subject, consent, risk] = words;
    let subject =
        if subject == "own" { if agency == "family_member" { "relative" } else { agency } } else { subject };
    let mut requester = serde_json::json!({ "agency": agency });
    for (field, word) in [("role", role), ("relation", relation)] {
        if !word.is_empty() {
            requester[field] = word.into();
        }
    }
    let request = serde_json::json!({
        "requester": requester, "purpose": purpose, "subject": subject, "consent": consent, "risk": risk,
        "categories": CATEGORIES,
    });
    let decision = policies.decide(&Request::from_json(&request).unwrap(), day());
    decision
        .by_category
        .values()
        .map(|outcome| match outcome {
            Outcome::Share => 'S',
            Outcome::ShareMinimum => 'M',
            Outcome::Ask => 'Q',
            Outcome::Refuse => 'X',
        })
        .collect()
}
