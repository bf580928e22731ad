//! Search as people use it: in a hurry, from hearsay, with half a date.

use crate::picture::testing::Rows;
use crate::picture::{Kept, Match, Person, Settings, query_terms, rank, search_terms};
use crate::record::{Basis, Identifier, IdentifierKind, NameKind, Verdict};

fn katherine() -> Person {
    let mut rows = Rows::default();
    rows.born("Katherine Elmfield", "1988-10-31");
    let row = rows.lives(
        "health",
        "Katherine Elmfield",
        "52 Canal Close, Millbeck",
        Basis::Registered,
        "2020-01-01",
    );
    let person = &mut row.record.people[0];
    person.phones.push("07541707713".into());
    person.identifiers.push(Identifier {
        kind: IdentifierKind::Nhs,
        value: "9055739219".into(),
        verdict: Verdict::Valid,
    });
    let mut former = person.names[0].clone();
    (former.kind, former.surname) = (NameKind::Former, "O'Hara".into());
    person.names.push(former);
    rows.draw().people.into_values().next().unwrap()
}

/// The match, if an index of the person's terms would have found them too.
fn find(text: &str) -> Option<Match> {
    let person = katherine();
    let query = query_terms(text, &Settings::built_in().unwrap());
    let held = search_terms(&person);
    let found = query.terms().iter().any(|term| held.contains(term));
    let matched = rank(&query, &person);
    assert!(found || matched.is_none(), "{text}: matched, but no index would find it: {:?}", query.terms());
    matched
}

#[test]
fn finds_slips_sounds_pet_names_and_swapped_names() {
    for text in [
        "Katherine Elmfield",
        "ELMFIELD, katherine",
        "Elmfeild",
        "Elmfild Katherin",
        "Catherine Elmfield",
        "Kathryn Elmfeeld",
        "Kate Elmfield",
        "katie",
        "O'Hara",
        "ohara",
        "Elm",
        "K Elmfield",
    ] {
        assert!(find(text).is_some(), "{text}");
    }
    for text in ["Rogers", "Katherine Rogers", "El", "K", "", "  ,", "Moss"] {
        assert!(find(text).is_none(), "{text}");
    }
}

#[test]
fn finds_whole_and_partial_dates() {
    for text in [
        "31/10/1988",
        "1988-10-31",
        "31.10.88",
        "31 October 1988",
        "31st Oct 1988",
        "10/1988",
        "1988",
        "31/10",
        "31 October",
    ] {
        assert!(find(text).is_some(), "{text}");
        assert!(find(&format!("Elmfield {text}")).is_some(), "Elmfield {text}");
    }
    for text in ["30/09/1977", "1987", "1 November", "Elmfield 1971"] {
        assert!(find(text).is_none(), "{text}");
    }
}

#[test]
fn finds_places_and_references() {
    for text in [
        "HD18 3BE",
        "hd183be",
        "HD18",
        "52 canal close",
        "canal millbeck",
        "905 573 9219",
        "07541 707713",
        "+447541707713",
    ] {
        assert!(find(text).is_some(), "{text}");
    }
    for text in ["HD18 3BZ", "HX1", "9055739218"] {
        assert!(find(text).is_none(), "{text}");
    }
}

#[test]
fn the_better_match_is_worth_more_and_says_why() {
    let score = |text: &str| find(text).unwrap().score;
    assert!(score("Katherine Elmfield") > score("Kate Elmfield"));
    assert!(score("Kate Elmfield") > score("Kathryn Elmfeeld") - 10.0);
    assert!(score("Elmfield 31/10/1988") > score("Elmfield 1988"));
    let why = find("Kate 31/10/1988 HD18 3BE").unwrap().why;
    assert_eq!(
        why,
        "name is another form: “Katherine Elmfield”; born 31 October 1988; lives or lived in HD18 3BE"
    );
}

#[test]
fn one_wrong_detail_of_three_does_not_hide_a_person_but_two_do() {
    assert!(find("Katherine Elmfield 1971").is_some());
    assert!(find("Katherine Rogers 1971").is_none());
}

#[test]
fn a_kept_place_is_no_way_to_a_person() {
    let mut rows = Rows::default();
    rows.lives("health", "Ada Finch", "1 Elm Road", Basis::Registered, "2020-01-01").record.residences[0]
        .place = crate::record::Place::Kept("kept-1".into());
    let person = rows.draw_keeping(&Kept::none()).people.into_values().next().unwrap();
    assert!(search_terms(&person).iter().all(|term| !term.starts_with("p:") && !term.starts_with("a:")));
}

proptest::proptest! {
    #[test]
    fn no_question_breaks_it(text in "\\PC{0,30}") {
        find(&text);
    }
}
