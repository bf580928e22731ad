//! A person keeps their id when files arrive, when somebody decides and when everything is derived again; an old address
//! leads on; and who is who does not depend on the order of arrival.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

mod program;

use std::collections::{BTreeMap, BTreeSet};

use program::{Area, Server, run, throughline};

const FIRST: &[&str] = &["schools", "housing", "health", "services"];
const THEN: &[&str] = &["police", "social_care", "probation"];

fn take_in(area: &Area, exports: &str, agencies: &[&str]) {
    let folders: Vec<String> = agencies.iter().map(|agency| format!("{exports}/{agency}")).collect();
    let mut words = vec!["ingest", "--db", area.db()];
    words.extend(folders.iter().map(String::as_str));
    let done = throughline(&words).output().unwrap();
    assert!(matches!(done.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&done.stderr));
}

/// The person of each row, by file and key.
fn people(area: &Area) -> BTreeMap<String, String> {
    let all = area.export("links");
    all.lines()
        .skip(1)
        .map(|line| line.rsplit_once(',').unwrap())
        .map(|(k, v)| (k.into(), v.into()))
        .collect()
}

/// The rows of each person.
fn rows(people: &BTreeMap<String, String>) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut rows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (row, person) in people {
        rows.entry(person).or_default().insert(row);
    }
    rows
}

#[test]
fn ids_stay_when_files_arrive_and_old_addresses_lead_on() {
    let area = Area::empty();
    let exports = area.sample(24, 7);
    take_in(&area, &exports, FIRST);
    let before = people(&area);
    take_in(&area, &exports, THEN);
    let after = people(&area);
    run(&["rebuild", "--db", area.db(), "--check"], 0);

    let mut came_from: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (row, person) in &before {
        came_from.entry(&after[row]).or_default().insert(person);
    }
    let (mut stayed, mut led) = (0, Vec::new());
    for (person, own) in rows(&before) {
        let now: BTreeSet<&str> = own.iter().map(|row| after[*row].as_str()).collect();
        if let [one] = now.iter().copied().collect::<Vec<_>>()[..] {
            if came_from[one].len() == 1 {
                assert_eq!(one, person, "nobody was joined with them and nobody parted from them");
                stayed += 1;
            } else if one != person {
                led.push((person.to_owned(), one.to_owned()));
            }
        }
    }
    assert!(stayed > 100 && !led.is_empty(), "{stayed} stayed, {led:?} were joined");

    let server = Server::start(&area);
    let cookie = server.sign_in("head");
    for (old, new) in &led {
        let answer = server.api(&format!("/people/{old}/why"));
        let to = format!("/api/people/{new}/why");
        assert_eq!((answer.status, answer.header("location")), (307, Some(to.as_str())), "{}", answer.body);
        let page = server.page(&format!("/person/{old}?from=note"), &cookie);
        assert_eq!(page.header("location"), Some(format!("/person/{new}?from=note").as_str()));
        assert_eq!(server.page(&format!("/child/{old}"), &cookie).status, 307);
        let history = server.api(&format!("/people/{new}")).json()["history"].clone();
        assert!(
            history.as_array().unwrap().iter().any(|h| h["what"] == "joined" && h["was"] == **old),
            "{history}"
        );
        assert!(server.page(&format!("/person/{new}"), &cookie).body.contains("was joined with this one"));
    }
    assert_eq!(server.api("/people/P0000000000000000").status, 404);
    assert_eq!(server.page("/family/F0000000000000000", &cookie).status, 404);

    run(&["rebuild", "--db", area.db()], 0);
    run(&["rebuild", "--db", area.db(), "--check"], 0);
    run(&["verify", "--db", area.db()], 0);
    assert_eq!(people(&area), after, "deriving again tells nobody anything new");
}

#[test]
fn who_is_who_does_not_depend_on_the_order_of_arrival() {
    let (one, other) = (Area::empty(), Area::empty());
    let exports = one.sample(24, 7);
    take_in(&one, &exports, FIRST);
    take_in(&one, &exports, THEN);
    take_in(&other, &exports, THEN);
    take_in(&other, &exports, FIRST);
    let (one, other) = (people(&one), people(&other));
    let (one, other) = (rows(&one), rows(&other));
    let groups = |rows: &BTreeMap<&str, BTreeSet<&str>>| -> BTreeSet<Vec<String>> {
        rows.values().map(|rows| rows.iter().map(|row| (*row).to_owned()).collect()).collect()
    };
    let (one, other) = (groups(&one), groups(&other));
    let differ: Vec<_> = one.symmetric_difference(&other).collect();
    assert!(differ.is_empty(), "{differ:#?}");
}
