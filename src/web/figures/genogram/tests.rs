//! Genograms of families that are hard to draw.

use proptest::prelude::*;
use throughline_domain::picture::shape::{RelationSeen, Source};
use throughline_domain::when::When;

use super::symbols::nobody;
use super::*;

const TODAY: Date = Date::constant(2026, 11, 2);

fn person(id: &str, name: &str, born: Option<&str>) -> Person {
    let stage = match born {
        Some(born) if born > "2009" => throughline_domain::record::LifeStage::Child,
        _ => throughline_domain::record::LifeStage::Adult,
    };
    Person { id: id.into(), name: name.to_owned(), born: born.map(|b| b.parse().unwrap()), stage, ..nobody() }
}

fn relate(people: &mut [Person], of: usize, is: RelationKind, to: usize, last: &str) {
    let to = people[to].id.clone();
    let last: When = last.parse().unwrap();
    let sources = vec![Source { agency: "police".into(), seq: 1, recorded: Some(last) }];
    people[of].relations.push(RelationSeen {
        to,
        is,
        words: String::new(),
        first: Some(last),
        last: Some(last),
        sources,
    });
}

fn family(people: &[Person], harm: &[(usize, usize)]) -> Figure {
    let harm = harm.iter().map(|(a, b)| (people[*a].id.clone(), people[*b].id.clone())).collect();
    draw("g", &Genogram { people: people.iter().collect(), harm, homes: Vec::new(), today: TODAY })
}

fn cell<'a>(figure: &'a Figure, who: &str, column: &str) -> &'a str {
    let at = figure.head.iter().position(|head| head == column).unwrap();
    &figure.rows.iter().find(|row| row[0] == who).unwrap_or_else(|| panic!("{who} is not listed"))[at]
}

/// Somebody with four partners, each with children.
fn many_partners() -> Vec<Person> {
    let mut people = vec![person("h", "Hub Hale", Some("1980"))];
    for at in 1..=4 {
        people.push(person(&format!("p{at}"), &format!("Partner{at} Hale"), Some("1982")));
        people.push(person(&format!("a{at}"), &format!("Older{at} Hale"), Some("2010")));
        people.push(person(&format!("b{at}"), &format!("Younger{at} Hale"), Some("2014")));
    }
    for at in 0..4 {
        let (partner, older, younger) = (1 + at * 3, 2 + at * 3, 3 + at * 3);
        relate(&mut people, 0, RelationKind::FormerPartner, partner, "2020");
        for child in [older, younger] {
            relate(&mut people, 0, RelationKind::Parent, child, "2020");
            relate(&mut people, child, RelationKind::Child, partner, "2020");
        }
    }
    people
}

#[test]
fn several_partners_each_keep_their_own_children() {
    let people = many_partners();
    let figure = family(&people, &[(0, 1), (0, 4), (0, 7), (0, 10)]);
    for at in 1..=4 {
        let parents = cell(&figure, &format!("Older{at} Hale"), "Parents");
        assert!(parents.contains("Hub Hale") && parents.contains(&format!("Partner{at} Hale")), "{parents}");
        assert_eq!(cell(&figure, &format!("Partner{at} Hale"), "Harm recorded"), "harmed by Hub Hale");
    }
    assert_eq!(figure.svg.matches("is recorded as causing harm to").count(), 4);
    assert!(
        figure.title.contains("13 people") && figure.title.contains("Hub Hale is recorded as causing harm")
    );
}

#[test]
fn children_stand_below_their_parents_oldest_first() {
    let people = many_partners();
    let all: BTreeMap<&PersonId, &Person> = people.iter().map(|p| (&p.id, p)).collect();
    let kin = kin::kin(&all);
    let x = places::places(&all, &kin, GAP);
    for couple in &kin.couples {
        let children: Vec<f64> = couple.children.iter().map(|child| x[child]).collect();
        assert_eq!(children.len(), 2);
        assert!(children[0] < children[1], "the older child stands left");
        assert!(couple.children.iter().all(|child| kin.generation[child] == 1));
    }
    let mut row: Vec<f64> = all.keys().filter(|id| kin.generation[**id] == 1).map(|id| x[*id]).collect();
    row.sort_by(f64::total_cmp);
    assert!(row.windows(2).all(|two| two[1] - two[0] >= GAP - 0.1), "{row:?}");
}

#[test]
fn the_later_word_about_a_couple_counts() {
    let mut people = vec![person("a", "Ann A", Some("1980")), person("b", "Ben B", Some("1981"))];
    relate(&mut people, 0, RelationKind::Partner, 1, "2020");
    relate(&mut people, 1, RelationKind::FormerPartner, 0, "2022");
    assert_eq!(cell(&family(&people, &[]), "Ann A", "Partners"), "Ben B (former partners)");
    relate(&mut people, 0, RelationKind::Partner, 1, "2024");
    assert_eq!(cell(&family(&people, &[]), "Ann A", "Partners"), "Ben B (partners)");
}

#[test]
fn harm_both_ways_is_drawn_both_ways() {
    let mut people = vec![person("a", "Ann A", Some("1980")), person("b", "Ben B", Some("1981"))];
    relate(&mut people, 0, RelationKind::Partner, 1, "2020");
    let figure = family(&people, &[(0, 1), (1, 0)]);
    assert_eq!(cell(&figure, "Ann A", "Harm recorded"), "caused harm to Ben B; harmed by Ben B");
    assert_eq!(figure.svg.matches("is recorded as causing harm to").count(), 2);
}

#[test]
fn a_loop_never_takes_in_somebody_who_lives_elsewhere() {
    let people = [person("a", "Ann A", None), person("b", "Ben B", None), person("c", "Cat C", None)];
    let homes = vec![("A".to_owned(), BTreeSet::from(["a".into(), "c".into()]))];
    let figure =
        draw("g", &Genogram { people: people.iter().collect(), harm: Vec::new(), homes, today: TODAY });
    // Ben stands between them, so each of the two has a line of their own.
    assert_eq!(figure.svg.matches("stroke-dasharray=\"1 6\"").count(), 2 + 1, "two lines and the key");
    assert_eq!(cell(&figure, "Ann A", "Lives now with"), "Cat C");
    assert_eq!(cell(&figure, "Ben B", "Lives now with"), "not recorded");
}

proptest! {
    /// Whatever agencies contradict each other about: everybody is drawn once, twice the same, and nothing fails.
    #[test]
    fn any_relations_can_be_drawn(
        count in 1_usize..9,
        relations in prop::collection::vec((0_usize..9, 0_usize..9, 0_usize..9), 0..30),
        harm in prop::collection::vec((0_usize..9, 0_usize..9), 0..6),
    ) {
        use RelationKind::*;
        let kinds = [Partner, FormerPartner, Parent, PartnerOfParent, Child, Sibling, Relative, CausesHarmTo, Other];
        let mut people: Vec<Person> =
            (0..count).map(|at| person(&format!("p{at}"), &format!("Name{at} Some"), (at % 3 == 0).then_some("2015"))).collect();
        for (of, is, to) in relations {
            relate(&mut people, of % count, kinds[is], to % count, "2020");
        }
        let harm: Vec<(usize, usize)> = harm.into_iter().map(|(a, b)| (a % count, b % count)).collect();
        let figure = family(&people, &harm);
        prop_assert_eq!(figure.rows.len(), count);
        prop_assert!(!figure.svg.contains("NaN") && !figure.svg.contains("inf"));
        for at in 0..count {
            let named = format!("<title>Name{at} Some, ");
            prop_assert_eq!(figure.svg.matches(&named).count(), 1);
        }
        prop_assert_eq!(figure.svg, family(&people, &harm).svg);
    }
}
