//! What leaves the partnership or opens what was closed needs two different people: one proposes, another confirms.
//! The answer is a [`crate::fact::ProposalAnswered`], as for links; the rule who may give it stands here. A restriction
//! is lifted when its release is confirmed; an export and a change of policies are carried out by an operator who names
//! the release.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fact::{Fact, FactBody, ProposalAnswered};
use crate::ids::{AgencyId, PersonId};

/// What needs two people.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Release {
    /// Somebody asked for their own record.
    #[default]
    SubjectAccess,
    /// Papers for a court.
    CourtBundle,
    /// Rows about many people in one file.
    BulkExport,
    /// Showing again what was kept from somebody.
    LiftRestriction,
    /// A change of the sharing policies.
    PolicyChange,
}

impl Release {
    /// All of them, in the order in which they are offered.
    pub const ALL: &'static [Self] = &[
        Self::SubjectAccess,
        Self::CourtBundle,
        Self::BulkExport,
        Self::LiftRestriction,
        Self::PolicyChange,
    ];

    /// Those that are proposed in words. A restriction is lifted from where it stands, so that it is known which.
    pub fn proposed_in_words() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|kind| *kind != Self::LiftRestriction)
    }

    /// As it is written in forms.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::SubjectAccess => "subject_access",
            Self::CourtBundle => "court_bundle",
            Self::BulkExport => "bulk_export",
            Self::LiftRestriction => "lift_restriction",
            Self::PolicyChange => "policy_change",
        }
    }

    /// As people say it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::SubjectAccess => "Give somebody their own record",
            Self::CourtBundle => "Send papers to a court",
            Self::BulkExport => "Export rows about many people",
            Self::LiftRestriction => "Lift a restriction",
            Self::PolicyChange => "Change the sharing policies",
        }
    }
}

/// What kept somebody of the staff, or an agency, from people.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RestrictionKind {
    /// Set by an administrator.
    #[default]
    Bar,
    /// A conflict of interest that somebody declared themselves.
    Declared,
}

/// One restriction, for a release that lifts it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Restriction {
    /// Which kind.
    pub kind: RestrictionKind,
    /// Its number.
    pub id: u64,
    /// Whom it keeps away, by the name they sign in with; empty where it is a whole agency.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// Which agency it keeps away; empty where it is one person.
    #[serde(default, skip_serializing_if = "AgencyId::is_empty")]
    pub agency: AgencyId,
}

impl Restriction {
    /// Whether it keeps this person away. To them there is no such release, and they have no say in it.
    #[must_use]
    pub fn keeps(&self, user: &str, agency: &AgencyId) -> bool {
        (!self.user.is_empty() && self.user == user) || (!self.agency.is_empty() && self.agency == *agency)
    }
}

/// Something to be released when a second person confirms it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReleaseProposed {
    /// What kind of release.
    pub what: Release,
    /// What exactly, as typed.
    pub words: String,
    /// Who receives it, as typed; empty where nothing leaves.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub to: String,
    /// The people it is about, as they were called then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<PersonId>,
    /// The restriction it lifts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifts: Option<Restriction>,
    /// Who proposes it.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// The partnership's own sharing policies, as two people agreed on them. The texts stand in the fact itself, so that
/// nobody changes them unseen, and it is known for ever which rules applied when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PoliciesAdopted {
    /// The files, by name.
    pub files: std::collections::BTreeMap<String, String>,
    /// What the release named them by.
    pub digest: String,
    /// The release that two people agreed on.
    pub release: u64,
}

/// A release with what was said to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Told {
    /// Its fact.
    pub seq: u64,
    /// The agency of whoever proposed it.
    pub agency: AgencyId,
    /// When it was proposed.
    pub at: Timestamp,
    /// What is proposed.
    pub proposed: ReleaseProposed,
    /// The first answer, once there is one.
    pub answered: Option<ProposalAnswered>,
}

impl Told {
    /// Whether a second person confirmed it: only then may it be done.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.answered.as_ref().is_some_and(|answer| answer.confirmed && answer.by != self.proposed.by)
    }

    /// Whether there is such a release for this person at all.
    #[must_use]
    pub fn is_kept_from(&self, user: &str, agency: &AgencyId) -> bool {
        self.proposed.lifts.as_ref().is_some_and(|lifts| lifts.keeps(user, agency))
    }
}

/// Somebody as far as it matters whether they are somebody else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hand {
    /// The account they sign in with.
    pub user: String,
    /// The agency they work for.
    pub agency: AgencyId,
    /// What tells that two accounts may be one person's: their name, a telephone number. Compared as they stand.
    pub marks: Vec<String>,
    /// Whether their role confirms releases.
    pub confirms: bool,
    /// Whether they must not see somebody it is about.
    pub barred: bool,
}

/// Why somebody cannot answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhyNot {
    /// They are barred: to them there is no such release.
    #[error("There is no such release.")]
    Absent,
    /// Their role does not confirm releases.
    #[error("Your role can look at releases, not confirm them. Ask your safeguarding lead.")]
    Role,
    /// They proposed it, through this account or another.
    #[error("You proposed this. Somebody else must confirm or refuse it.")]
    Own,
    /// Whoever proposed it was not allowed to take part.
    #[error("Whoever proposed this may have no part in it. Refuse it, and propose it anew.")]
    ProposerBarred,
    /// It has an answer.
    #[error("This release has been answered already.")]
    Answered,
    /// Every answer has a reason.
    #[error("Say why")]
    NoReason,
}

/// Whether two accounts are, or may be, one person's.
#[must_use]
pub fn one_person(one: &Hand, other: &Hand) -> bool {
    let told = |mark: &String| !mark.trim().is_empty() && other.marks.contains(mark);
    one.user == other.user || one.marks.iter().any(told)
}

/// The second person's answer as a fact.
///
/// # Errors
/// Why not.
pub fn answer(
    told: &Told,
    proposer: &Hand,
    second: &Hand,
    confirmed: bool,
    reason: &str,
) -> Result<ProposalAnswered, WhyNot> {
    if second.barred || told.is_kept_from(&second.user, &second.agency) {
        return Err(WhyNot::Absent);
    }
    if !second.confirms {
        return Err(WhyNot::Role);
    }
    if second.user == told.proposed.by || one_person(proposer, second) {
        return Err(WhyNot::Own);
    }
    if told.answered.is_some() {
        return Err(WhyNot::Answered);
    }
    if confirmed && (proposer.barred || told.is_kept_from(&proposer.user, &proposer.agency)) {
        return Err(WhyNot::ProposerBarred);
    }
    if reason.trim().is_empty() {
        return Err(WhyNot::NoReason);
    }
    Ok(ProposalAnswered {
        proposal: told.seq,
        confirmed,
        by: second.user.clone(),
        reason: reason.trim().to_owned(),
    })
}

/// Every release that these facts tell of, in their order. Answers to other proposals, and those of whoever proposed,
/// are none.
#[must_use]
pub fn tell(facts: &[Fact]) -> Vec<Told> {
    let mut all: Vec<Told> = Vec::new();
    for fact in facts {
        match &fact.body {
            FactBody::ReleaseProposed(proposed) => all.push(Told {
                seq: fact.seq,
                agency: fact.agency.clone(),
                at: fact.received,
                proposed: proposed.clone(),
                answered: None,
            }),
            FactBody::ProposalAnswered(answer) => {
                let told = all.iter_mut().find(|told| told.seq == answer.proposal);
                if let Some(told) = told.filter(|told| told.proposed.by != answer.by) {
                    told.answered.get_or_insert_with(|| answer.clone());
                }
            }
            _ => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(by: &str) -> Told {
        Told {
            seq: 4,
            agency: "police".into(),
            at: "2026-11-20T09:00:00Z".parse().unwrap(),
            proposed: ReleaseProposed {
                by: by.into(),
                reason: "asked for".into(),
                ..ReleaseProposed::default()
            },
            answered: None,
        }
    }

    fn hand(user: &str, marks: &[&str]) -> Hand {
        let marks = marks.iter().map(|&mark| mark.into()).collect();
        Hand { user: user.into(), agency: "police".into(), marks, confirms: true, barred: false }
    }

    #[test]
    fn another_person_confirms_with_a_reason() {
        let (one, two) = (hand("amy", &["amy reed 1980-01-02"]), hand("bo", &["bo lund 1975-03-04"]));
        let fact = answer(&told("amy"), &one, &two, true, " read it ").unwrap();
        assert_eq!(
            (fact.proposal, fact.confirmed, fact.by.as_str(), fact.reason.as_str()),
            (4, true, "bo", "read it")
        );
        assert_eq!(answer(&told("amy"), &one, &two, true, " "), Err(WhyNot::NoReason));
    }

    #[test]
    fn one_person_with_two_accounts_is_not_two_people() {
        let one = hand("amy", &["amy reed 1980-01-02"]);
        let again = hand("areed2", &["07700900123", "amy reed 1980-01-02"]);
        assert_eq!(answer(&told("amy"), &one, &again, true, "fine"), Err(WhyNot::Own));
        assert_eq!(answer(&told("amy"), &one, &one, false, "fine"), Err(WhyNot::Own));
        assert!(!one_person(&hand("a", &[""]), &hand("b", &[""])), "what is not known tells nothing");
    }

    #[test]
    fn neither_of_the_two_is_barred() {
        let (one, two) = (hand("amy", &[]), hand("bo", &[]));
        let barred = |hand: &Hand| Hand { barred: true, ..hand.clone() };
        assert_eq!(answer(&told("amy"), &one, &barred(&two), true, "x"), Err(WhyNot::Absent));
        assert_eq!(answer(&told("amy"), &barred(&one), &two, true, "x"), Err(WhyNot::ProposerBarred));
        assert!(answer(&told("amy"), &barred(&one), &two, false, "x").is_ok(), "it can always be refused");
        let without = Hand { confirms: false, ..two };
        assert_eq!(answer(&told("amy"), &one, &without, true, "x"), Err(WhyNot::Role));
    }

    #[test]
    fn whom_a_restriction_keeps_away_has_no_say_in_lifting_it() {
        let (one, two) = (hand("amy", &[]), hand("bo", &[]));
        let lifting = |user: &str, agency: &str| Told {
            proposed: ReleaseProposed {
                lifts: Some(Restriction {
                    user: user.into(),
                    agency: agency.into(),
                    ..Restriction::default()
                }),
                ..told("amy").proposed
            },
            ..told("amy")
        };
        let says = |told: &Told, yes: bool| answer(told, &one, &two, yes, "checked").err();
        assert_eq!(says(&lifting("sam", ""), true), None);
        assert_eq!(says(&lifting("bo", ""), true), Some(WhyNot::Absent));
        assert_eq!(says(&lifting("", "police"), false), Some(WhyNot::Absent));
        assert_eq!(says(&lifting("amy", ""), true), Some(WhyNot::ProposerBarred));
        assert_eq!(says(&lifting("", ""), true), None, "an empty name is nobody's");
    }

    #[test]
    fn only_the_first_answer_of_somebody_else_counts() {
        let fact = |seq: u64, body: FactBody| Fact {
            seq,
            agency: "police".into(),
            id: String::new(),
            happened: None,
            recorded: None,
            received: "2026-11-20T09:00:00Z".parse().unwrap(),
            body,
        };
        let says = |by: &str, confirmed: bool| {
            let (by, reason) = (by.to_owned(), "x".to_owned());
            FactBody::ProposalAnswered(ProposalAnswered { proposal: 4, confirmed, by, reason })
        };
        let proposed = fact(4, FactBody::ReleaseProposed(told("amy").proposed));
        let all =
            [proposed, fact(5, says("amy", true)), fact(6, says("bo", false)), fact(7, says("cy", true))];
        let told = tell(&all);
        assert_eq!(told.len(), 1);
        assert!(!told[0].stands(), "refused before it was confirmed");
        assert_eq!(told[0].answered.as_ref().map(|answer| answer.by.as_str()), Some("bo"));
        assert!(!tell(&all[..2])[0].stands(), "whoever proposes does not confirm");
    }

    proptest! {
        /// Whoever answers is never whoever proposed, whatever accounts they have.
        #[test]
        fn an_answer_is_always_somebody_elses(
            users in prop::collection::vec("[a-c]", 2),
            marks in prop::collection::vec(prop::collection::vec("[m-p]", 0..3), 2),
            confirms: bool, barred: (bool, bool), confirmed: bool,
        ) {
            let one = Hand { user: users[0].clone(), agency: "police".into(), marks: marks[0].clone(), confirms: true, barred: barred.0 };
            let two = Hand { user: users[1].clone(), agency: "police".into(), marks: marks[1].clone(), confirms, barred: barred.1 };
            if let Ok(fact) = answer(&told(&one.user), &one, &two, confirmed, "because") {
                prop_assert!(fact.by != one.user && !one_person(&one, &two));
                prop_assert!(confirms && !barred.1 && !(confirmed && barred.0));
            }
        }
    }
}
