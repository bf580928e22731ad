//! What must hold of every request there can be.

use proptest::prelude::*;
use throughline_sharing::words::{
    Agency, Category, Channel, Consent, Purpose, Relation, Risk, Role, Stage, Subject,
};
use throughline_sharing::{Categories, Outcome, Policies, Request};

use crate::day;

const HARD: [Category; 6] =
    [Category::Loc, Category::Safe, Category::Disc, Category::Third, Category::Risk, Category::Min];

fn some<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = Option<T>> {
    proptest::option::weighted(0.8, proptest::sample::select(all))
}

fn any_request() -> impl Strategy<Value = Request> {
    let words = (
        (some(Agency::ALL), some(Role::ALL), some(Relation::ALL), some(Agency::ALL), some(Purpose::ALL)),
        (some(Subject::ALL), some(Consent::ALL), some(Risk::ALL), some(Stage::ALL), some(Channel::ALL)),
        proptest::sample::subsequence(Category::ALL, 0..=6),
    );
    words.prop_map(
        |(
            (agency, role, relation, holder, purpose),
            (subject, consent, risk, stage, channel),
            categories,
        )| Request {
            agency,
            role,
            relation,
            holder,
            purpose,
            subject,
            consent,
            risk,
            stage,
            channel,
            categories: Categories::of(&categories),
            on: None,
        },
    )
}

fn policies() -> &'static Policies {
    static POLICIES: std::sync::OnceLock<Policies> = std::sync::OnceLock::new();
    POLICIES.get_or_init(|| Policies::built_in().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_goes_that_was_not_asked_for(request in any_request()) {
        let decision = policies().decide(&request, day());
        prop_assert!(decision.fields.iter().all(|field| request.categories.has(*field)));
        prop_assert!(decision.decision.goes() || decision.fields.is_empty());
        prop_assert!(!decision.rules.is_empty() && !decision.basis.is_empty() && !decision.explain.is_empty());
        let asks = decision.by_category.values().any(|o| *o == Outcome::Ask) || decision.decision == Outcome::Ask;
        prop_assert_eq!(asks, decision.within.is_some());
        prop_assert_eq!(asks, decision.escalates_to.is_some());
    }

    #[test]
    fn a_conflict_of_interest_opens_nothing(request in any_request()) {
        let barred = Request { relation: Some(Relation::Conflict), ..request };
        let decision = policies().decide(&barred, day());
        prop_assert_eq!(decision.decision, Outcome::Refuse);
        prop_assert_eq!(&decision.explain, "This cannot be answered.");
    }

    #[test]
    fn asking_for_more_changes_nothing_about_the_rest(request in any_request(), more in proptest::sample::select(&HARD[..])) {
        let wider = Request { categories: request.categories.with(more), ..request };
        let (narrow, wide) = (policies().decide(&request, day()), policies().decide(&wider, day()));
        for (category, outcome) in &narrow.by_category {
            prop_assert_eq!(wide.by_category.get(category), Some(outcome));
        }
    }

    #[test]
    fn the_person_causing_harm_never_gets_what_hard_stops_keep(request in any_request()) {
        let asked = Request {
            agency: Some(Agency::PersonCausingHarm),
            categories: HARD.into_iter().fold(request.categories, Categories::with),
            ..request
        };
        let decision = policies().decide(&asked, day());
        for hard in HARD {
            prop_assert_eq!(decision.by_category.get(&hard), Some(&Outcome::Refuse));
        }
        prop_assert!(["This cannot be answered.", "This is what can be answered."].contains(&decision.explain.as_str()));
    }

    #[test]
    fn the_day_of_the_duty_changes_the_basis_only(request in any_request()) {
        let before = policies().decide(&request, jiff::civil::date(2026, 9, 29));
        let after = policies().decide(&request, jiff::civil::date(2026, 9, 30));
        prop_assert_eq!(before.decision, after.decision);
        prop_assert_eq!(&before.fields, &after.fields);
        prop_assert!(!before.basis.iter().any(|basis| basis.contains("16LA")));
    }

    #[test]
    fn what_was_remembered_is_what_would_be_decided(request in any_request()) {
        let fresh = policies().decide_afresh(&request, day());
        prop_assert_eq!(&*policies().decide(&request, day()), &fresh);
        prop_assert_eq!(&*policies().decide(&request, day()), &fresh);
    }
}
