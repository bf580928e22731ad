//! Whom Today ranks and why: flags first, chance the same all day, nothing that people cannot choose counts.

use std::collections::BTreeSet;

use super::*;
use crate::picture::patterns::reporting;
use crate::picture::testing::{Rows, TODAY};
use crate::record::{Basis, Name, Sex};

/// Who somebody is, beside what they did.
struct Who<'w> {
    forename: &'w str,
    sex: Sex,
    born: &'w str,
    street: &'w str,
    postcode: &'w str,
}

/// Thirty people causing harm, each to somebody: the higher the number, the more and the later.
fn area(who: impl Fn(u32) -> Who<'static>) -> Rows {
    let mut rows = Rows::default();
    for n in 1..=30_u32 {
        let (he, she) = (format!("P{n:02} Hart"), format!("V{n:02} Finch"));
        rows.born(&she, "1990-01-01");
        let is = who(n);
        rows.born(&he, is.born);
        let said = &mut rows.0.last_mut().unwrap().record.people[0];
        said.sex = Some(is.sex);
        said.names =
            vec![Name { forenames: vec![is.forename.into()], surname: "Hart".into(), ..Name::default() }];
        let lives = rows.lives("housing", &he, &format!("{n} {}", is.street), Basis::Tenancy, "2024-01-01");
        lives.record.residences[0].place =
            crate::picture::testing::place(&format!("{n} {}", is.street), is.postcode);
        for time in 0..n.min(11) {
            let at = format!("2025-{:02}-{:02}T20:00", 1 + time, 1 + n.min(27));
            rows.harm(&format!("I{n}-{time}"), &at, &he, &she);
        }
        if n % 10 == 0 {
            rows.incident(&format!("S{n}"), "2026-10-20T20:00", "005/04", "yes", "");
            rows.part(&format!("S{n}"), &he, crate::record::Role::CausingHarm, "partner");
            rows.part(&format!("S{n}"), &she, crate::record::Role::Victim, "partner");
        }
    }
    rows
}

fn somebody(_: u32) -> Who<'static> {
    Who { forename: "Rob", sex: Sex::Male, born: "1988-01-01", street: "Elm Road", postcode: "HD18 3BE" }
}

fn drawn(rows: &Rows) -> Vec<TodayItem> {
    let (picture, settings) = (rows.draw(), Settings::built_in().unwrap());
    let reporting = reporting(&picture, TODAY);
    attention_of(&picture, &reporting, &settings, TODAY, seed("social_care.head", TODAY)).items
}

fn of<'i>(items: &'i [TodayItem], group: &str) -> Vec<&'i TodayItem> {
    items.iter().filter(|item| item.group == group).collect()
}

#[test]
fn hard_flags_stand_first_and_every_line_says_why() {
    let items = drawn(&area(somebody));
    let harm = of(&items, "harm_expected");
    assert_eq!(harm.len(), 20);
    let first: BTreeSet<&str> = harm.iter().take(3).map(|i| i.person.as_ref().unwrap().as_str()).collect();
    assert_eq!(first, ["P10 Hart", "P20 Hart", "P30 Hart"].into());
    for (rank, item) in (1..).zip(&harm) {
        let place = item.place.as_ref().unwrap();
        assert_eq!((item.rank, place.hard), (rank, rank <= 3));
        assert!(place.low90.unwrap() <= rank && rank <= place.high90.unwrap());
        assert!(item.because.contains("recorded episode") && !item.rule.is_empty(), "{}", item.because);
        assert!(!item.sources.is_empty() && place.of == 30);
    }
    assert!(harm[0].because.contains("needs a decision whatever the numbers say: strangulation"));
}

#[test]
fn some_are_chosen_at_random_among_everybody_else_and_the_same_all_day() {
    let rows = area(somebody);
    let items = drawn(&rows);
    let audit = of(&items, "audit");
    assert_eq!(audit.len(), 1, "two in a hundred of twenty places is one");
    let listed: BTreeSet<&PersonId> =
        items.iter().filter(|item| item.group != "audit").filter_map(|item| item.person.as_ref()).collect();
    assert!(!listed.contains(audit[0].person.as_ref().unwrap()));
    assert_eq!(items, drawn(&rows));
    let (picture, settings) = (rows.draw(), Settings::built_in().unwrap());
    let chosen = |seed: u64| {
        let drawn = attention_of(&picture, &Reporting::default(), &settings, TODAY, seed);
        of(&drawn.items, "audit")[0].person.clone().unwrap()
    };
    let over_days: BTreeSet<PersonId> = (0..40).map(|day| chosen(seed("x", TODAY) + day)).collect();
    assert!(over_days.len() > 3, "{over_days:?}");
}

/// What a list tells of a line, without how somebody is called.
fn told(items: &[TodayItem]) -> Vec<(String, u32, Option<PersonId>, Option<ListPlace>)> {
    let told = items.iter().map(|i| (i.group.clone(), i.rank, i.person.clone(), i.place.clone()));
    told.collect()
}

#[test]
fn no_protected_characteristic_and_no_place_moves_anybody() {
    let all = told(&drawn(&area(somebody)));
    let other = |n: u32| Who {
        forename: if n.is_multiple_of(2) { "Oluwaseun" } else { "Agnieszka" },
        sex: if n.is_multiple_of(3) { Sex::Female } else { Sex::Male },
        born: if n.is_multiple_of(2) { "1951-07-07" } else { "2003-02-02" },
        street: if n.is_multiple_of(2) { "Castle View" } else { "Canal Street" },
        postcode: if n.is_multiple_of(4) { "LS9 7AB" } else { "HX1 2QQ" },
    };
    assert_eq!(all, told(&drawn(&area(other))));
}

#[test]
fn places_are_reckoned_among_those_who_are_given_and_nobody_else() {
    let (picture, settings) = (area(somebody).draw(), Settings::built_in().unwrap());
    let some = |keep: &dyn Fn(&str) -> bool| {
        let people: Vec<Attended<'_>> = picture
            .reported
            .values()
            .filter(|told| keep(told.person.as_str()))
            .map(|told| Attended { told, profile: &picture.harm[&told.person], name: "x", joined: 0.0 })
            .collect();
        attention(&people, &Reporting::default(), &settings, TODAY, 7).items
    };
    let few = some(&|person| person < "P06");
    let harm = of(&few, "harm_expected");
    assert_eq!(harm.iter().map(|item| item.rank).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert!(harm.iter().all(|item| item.place.as_ref().unwrap().of == 5));
    assert!(harm.iter().all(|item| item.place.as_ref().unwrap().high90.unwrap() <= 5));
    assert!(some(&|_| false).is_empty());
}

#[test]
fn a_change_is_listed_with_how_sure_it_is() {
    let mut rows = Rows::default();
    rows.born("Ada Finch", "1990-01-01");
    rows.born("Rob Hart", "1988-01-01");
    let days =
        ["2024-06-01", "2025-06-01", "2026-02-01", "2026-06-01", "2026-08-01", "2026-09-15", "2026-10-10"];
    for (n, day) in days.iter().enumerate() {
        rows.harm(&format!("I{n}"), &format!("{day}T20:00"), "Rob Hart", "Ada Finch");
    }
    let items = drawn(&rows);
    let change = of(&items, "change_seen");
    assert_eq!(change.len(), 1);
    assert!(change[0].because.contains("episodes are getting closer together ("), "{}", change[0].because);
}
