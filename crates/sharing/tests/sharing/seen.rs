//! What pages show without asking: the standing agreement against a second reading of it, as a committed matrix, and
//! with teeth. Apart from the table of requests because the question is another one, and nothing there answers it.

use std::fmt::Write as _;

use serde_json::json;
use throughline_sharing::words::{Agency, Category};
use throughline_sharing::{Outcome, Policies, PolicyFile, Request};

use crate::oracle::CATEGORIES;
use crate::teeth::{Place, mutants, places, with};
use crate::{day, held_against};

const SEEN: &str = include_str!("../data/seen.txt");
/// Where the agreement stands.
pub const FILE: &str = "joint_working.cedar";

const HOLDERS: &[&str] =
    &["police", "social_care", "health", "education", "probation", "housing", "specialist_service", "court"];
const SUBJECTS: &[&str] = &["victim", "child", "unborn", "person_causing_harm", "relative"];
const CONSENTS: &[&str] = &["given", "refused", "not_sought"];
const RELATIONS: &[&str] = &["own_case", "not_involved", "conflict"];

/// Which roles of `area/roles.toml` an agency has, by the words of requests, and some that must see nothing.
const ROLES: &[(&str, &str)] = &[
    ("police", "officer researcher safeguarding_lead marac_representative panel_member"),
    ("social_care", "safeguarding_lead social_worker marac_representative office_staff"),
    ("adult_care", "social_worker"),
    ("health", "safeguarding_lead gp midwife health_visitor camhs marac_representative emergency_department"),
    ("adult_mental_health", "clinician gp"),
    ("education", "safeguarding_lead class_teacher office_staff marac_representative"),
    ("probation", "offender_manager marac_representative programme_worker"),
    ("housing", "housing_officer repairs_contractor marac_representative"),
    ("specialist_service", "idva refuge_worker marac_representative office_staff"),
    ("perpetrator_programme", "programme_worker partner_support_worker"),
    ("person_causing_harm", "applicant"),
    ("court", "office_staff"),
];

/// One line of the second reading.
pub struct Line {
    policy: &'static str,
    agency: &'static str,
    outcome: Outcome,
    /// Roles, holders, subjects, consents, categories.
    words: [Vec<&'static str>; 5],
}

impl Line {
    fn speaks(&self, of: &Question<'_>) -> bool {
        let said = [of.role, of.holder, of.subject, of.consent, of.category];
        let fits = |(list, word): (&Vec<&str>, &str)| list == &["any"] || list.contains(&word);
        of.relation == "own_case" && self.agency == of.agency && self.words.iter().zip(said).all(fits)
    }
}

/// The second reading.
pub fn lines() -> Vec<Line> {
    let read = |line: &'static str| {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let words = |at: usize| parts[at].split_whitespace().collect();
        Line {
            policy: parts[0],
            agency: parts[1],
            outcome: if parts[7] == "share" { Outcome::Share } else { Outcome::ShareMinimum },
            words: [words(2), words(3), words(4), words(5), words(6)],
        }
    };
    SEEN.lines().filter(|line| !line.starts_with('#')).map(read).collect()
}

struct Question<'a> {
    agency: &'a str,
    role: &'a str,
    relation: &'a str,
    holder: &'a str,
    subject: &'a str,
    consent: &'a str,
    category: &'a str,
}

/// What the second reading says: the least that any line gives, and nothing where none speaks.
fn expected(lines: &[Line], of: &Question<'_>) -> Option<Outcome> {
    lines.iter().filter(|line| line.speaks(of)).map(|line| line.outcome).max()
}

fn answered(policies: &Policies, of: &Question<'_>) -> Option<Outcome> {
    let request = json!({
        "requester": {"agency": of.agency, "role": of.role, "relation": of.relation},
        "holder": of.holder, "subject": of.subject, "consent": of.consent, "categories": [],
    });
    let category = Category::parse(of.category).unwrap();
    let (outcome, rules) = policies.sees(&Request::from_json(&request).unwrap(), category, day());
    assert!(!outcome.goes() || !rules.is_empty(), "nothing is shown without a rule");
    outcome.goes().then_some(outcome)
}

/// Puts every question of some agencies until one is answered `true`.
fn any(agencies: &[&str], mut wanted: impl FnMut(&Question<'_>) -> bool) -> bool {
    let mut each = |agency: &str, role: &str, relation: &str, holder: &str| {
        SUBJECTS.iter().any(|subject| {
            CONSENTS.iter().any(|consent| {
                CATEGORIES.iter().any(|category| {
                    wanted(&Question { agency, role, relation, holder, subject, consent, category })
                })
            })
        })
    };
    ROLES.iter().filter(|(agency, _)| agencies.is_empty() || agencies.contains(agency)).any(
        |(agency, roles)| {
            roles.split_whitespace().any(|role| {
                RELATIONS
                    .iter()
                    .any(|relation| HOLDERS.iter().any(|holder| each(agency, role, relation, holder)))
            })
        },
    )
}

#[test]
fn the_standing_agreement_says_what_it_says_in_the_second_reading() {
    let (policies, lines) = (Policies::built_in().unwrap(), lines());
    let mut wrong = String::new();
    let mut asked = 0;
    any(&[], |of| {
        asked += 1;
        let (found, expected) = (answered(&policies, of), expected(&lines, of));
        if found != expected {
            let Question { agency, role, relation, holder, subject, consent, category } = of;
            writeln!(
                wrong,
                "{agency} {role} {relation}, of {holder} about {subject} ({consent}) {category}: {found:?}, {expected:?} expected"
            )
            .unwrap();
        }
        wrong.len() > 5_000
    });
    assert!(wrong.is_empty(), "{wrong}");
    assert!(asked > 100_000, "{asked}");
}

#[test]
fn the_matrix_of_what_is_seen_is_the_committed_one() {
    let policies = Policies::built_in().unwrap();
    let mut text = String::from(
        "# What pages show of other agencies' records without asking, in own cases: S all, M the minimum, . nothing.\n# Holders, subjects and consents of which nothing is shown are left out.\n",
    );
    for (agency, roles) in ROLES {
        for role in roles.split_whitespace() {
            writeln!(text, "\n{agency} {role}\n  {}", CATEGORIES.join(" ")).unwrap();
            for holder in HOLDERS {
                for subject in SUBJECTS {
                    for consent in CONSENTS {
                        let shown = CATEGORIES.map(|category| {
                            let of = Question {
                                agency,
                                role,
                                relation: "own_case",
                                holder,
                                subject,
                                consent,
                                category,
                            };
                            match answered(&policies, &of) {
                                Some(Outcome::Share) => 'S',
                                Some(_) => 'M',
                                None => '.',
                            }
                        });
                        if shown.iter().any(|letter| *letter != '.') {
                            let shown: String = shown.iter().collect();
                            writeln!(text, "  {shown}  {holder} {subject} {consent}").unwrap();
                        }
                    }
                }
            }
        }
    }
    held_against("seen_matrix.txt", &text);
}

/// Whether an answer changes when the standing agreement is another one.
fn missed(files: &[PolicyFile], lines: &[Line], agency: &str) -> bool {
    let Ok(policies) = Policies::load(files) else { return true };
    any(&[agency], |of| answered(&policies, of) != expected(lines, of))
}

/// The standing agreement alone, with its policies.
fn agreement() -> (Vec<PolicyFile>, Vec<Place>) {
    let files: Vec<PolicyFile> =
        Policies::built_in_files().into_iter().filter(|file| file.name == FILE).collect();
    let places = places(&files);
    (files, places)
}

#[test]
fn every_part_of_the_agreement_is_missed_when_it_is_taken_out() {
    let (lines, (files, places)) = (lines(), agreement());
    let said: Vec<&str> = lines.iter().map(|line| line.policy).collect();
    assert_eq!(places.iter().map(|place| place.id.as_str()).collect::<Vec<_>>(), said);
    for (place, line) in places.iter().zip(&lines) {
        assert!(Agency::parse(line.agency).is_ok());
        assert!(missed(&with(&files, place, ""), &lines, line.agency), "{} is not missed", place.id);
    }
}

/// Kills every `step`th mutant; gives how many there were.
fn kill(step: usize) -> usize {
    let (lines, (files, places)) = (lines(), agreement());
    let mut survivors = String::new();
    let all = places
        .iter()
        .zip(&lines)
        .flat_map(|(place, line)| mutants(&place.text).into_iter().map(move |mutant| (place, line, mutant)));
    let mut count = 0;
    for (place, line, mutant) in all.step_by(step) {
        count += 1;
        // A mutant that opens to every agency shows with another one.
        let changed = with(&files, place, &mutant);
        let others = ROLES.iter().map(|(agency, _)| *agency);
        if !std::iter::once(line.agency).chain(others).any(|agency| missed(&changed, &lines, agency)) {
            writeln!(survivors, "--- {}\n{mutant}", place.id).unwrap();
        }
    }
    assert!(survivors.is_empty(), "survived:\n{survivors}");
    count
}

#[test]
fn a_share_of_the_agreements_mutants_is_killed() {
    assert!(kill(8) >= 30);
}

#[test]
#[ignore = "all mutants of the agreement: run with --ignored after changing it"]
fn all_mutants_of_the_agreement_are_killed() {
    assert!(kill(1) >= 250);
}
