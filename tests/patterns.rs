//! Patterns of recorded episodes on the pages, end to end: in words and as a picture, open to every record behind them, as
//! known on a day, and only from what the reader may know.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "tests may fail loudly")]

mod program;

use std::collections::BTreeSet;

use program::{Area, Hand, Server};
use serde_json::Value;

fn list<'v>(value: &'v Value, field: &str) -> Vec<&'v Value> {
    value[field].as_array().into_iter().flatten().collect()
}

/// The person causing harm of whom most episodes are recorded, as the head sees it.
fn most_recorded(head: &Hand<'_>) -> (String, Value) {
    let all = head.api("/people-causing-harm").json();
    let mut lines = list(&all, "lines");
    lines.sort_by_key(|line| std::cmp::Reverse(list(&line["profile"], "incidents").len()));
    let id = lines[0]["profile"]["person"].as_str().unwrap().to_owned();
    let view = head.api(&format!("/people-causing-harm/{id}")).json();
    (id, view)
}

#[test]
fn a_pattern_is_told_in_words_drawn_and_open_to_its_records() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let head = Hand::of(&server, "head");
    let (id, view) = most_recorded(&head);
    let pattern = &view["patterns"]["all"];
    let episodes = list(pattern, "episodes");
    assert!(episodes.len() >= 4, "{pattern}");
    let sentence = pattern["sentence"].as_str().unwrap();
    assert!(sentence.contains("80% range") && sentence.contains("Control"), "{sentence}");
    let reports: usize = episodes.iter().map(|episode| list(episode, "reports").len()).sum();
    assert!(reports as u64 >= pattern["reports"].as_u64().unwrap());
    let pairs = list(&view["patterns"], "pairs");
    assert!(pairs.iter().all(|pair| list(pair, "harmed").len() == 1));

    let page = head.page(&format!("/harm/{id}")).body;
    assert!(page.contains("The pattern of recorded episodes"));
    assert!(page.contains("Each episode, and the records behind it"));
    assert!(page.contains("not about what was never told, and never about guilt"));
    assert!(!page.contains("style=\""), "a picture with a style of its own");
    for episode in &episodes {
        for report in list(episode, "reports") {
            let seq = report["source"]["seq"].as_u64().unwrap();
            assert!(page.contains(&format!("/fact/{seq}\"")), "no way to fact {seq}");
            assert_eq!(head.page(&format!("/fact/{seq}")).status, 200);
            if report["incident"] == true {
                assert_eq!(head.page(&format!("/incident/{seq}")).status, 200);
            }
        }
    }

    let family = view["families"][0]["id"].as_str().unwrap();
    let told = head.api(&format!("/families/{family}")).json();
    assert!(list(&told["pattern"], "by").iter().any(|by| **by == id.as_str()), "{}", told["pattern"]);
    let shown = head.page(&format!("/family/{family}")).body;
    assert!(shown.contains("the pattern of recorded episodes") && shown.contains("episodes-title"));
}

#[test]
fn looking_back_leaves_out_what_was_recorded_later() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let head = Hand::of(&server, "head");
    let (id, view) = most_recorded(&head);
    let episodes = list(&view["patterns"]["all"], "episodes");
    let middle = &episodes[episodes.len() / 2]["at"].as_str().unwrap()[..10];
    let then = head.api(&format!("/people-causing-harm/{id}?as_known_on={middle}")).json();
    let then = &then["patterns"]["all"];
    let known = list(then, "episodes");
    assert!(!known.is_empty() && known.len() < episodes.len(), "{} of {}", known.len(), episodes.len());
    assert!(known.iter().all(|episode| &episode["at"].as_str().unwrap()[..10] <= middle));
    assert_eq!(then["until"], middle);
    let page = head.page(&format!("/harm/{id}?as_known_on={middle}")).body;
    assert!(page.contains("You see only what had been recorded"));
    let family = view["families"][0]["id"].as_str().unwrap();
    let told = head.api(&format!("/families/{family}?as_known_on={middle}")).json();
    assert!(told["pattern"]["until"] == middle || told["pattern"].is_null());
}

/// Facts that a pattern rests on.
fn facts(view: &Value) -> BTreeSet<u64> {
    let episodes = list(&view["patterns"]["all"], "episodes");
    let reports = episodes.iter().flat_map(|episode| list(episode, "reports"));
    reports.map(|report| report["source"]["seq"].as_u64().unwrap()).collect()
}

#[test]
fn a_pattern_rests_on_nothing_that_its_reader_may_not_open() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let whole = Hand::of(&server, "head").api("/people-causing-harm").json();
    let ids: Vec<&str> =
        list(&whole, "lines").iter().filter_map(|line| line["profile"]["person"].as_str()).collect();
    let mut seen = 0;
    for user in ["school", "services", "health", "housing", "probation", "police"] {
        let hand = Hand::of(&server, user);
        for id in ids.iter().take(40) {
            let reply = hand.api(&format!("/people-causing-harm/{id}"));
            let view = if reply.status == 200 { reply.json() } else { continue };
            for seq in facts(&view) {
                seen += 1;
                assert_eq!(hand.page(&format!("/fact/{seq}")).status, 200, "{user} cannot open fact {seq}");
            }
        }
    }
    assert!(seen > 0);
}

/// The lines of one list.
fn lines<'v>(today: &'v Value, group: &str) -> Vec<&'v Value> {
    let items = list(&today["today"], "items");
    items.into_iter().filter(|item| item["group"] == group).collect()
}

#[test]
fn today_lists_whom_to_look_at_first_with_a_reason_and_a_range() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let head = Hand::of(&server, "head");
    let today = head.api("/today").json();
    let harm = lines(&today, "harm_expected");
    assert!(!harm.is_empty());
    let hard: Vec<bool> = harm.iter().map(|line| line["place"]["hard"].as_bool().unwrap()).collect();
    assert!(hard.is_sorted_by(|a, b| a >= b), "hard flags do not stand first: {hard:?}");
    for (rank, line) in (1..).zip(&harm) {
        let place = &line["place"];
        let (low, high) = (place["low90"].as_u64().unwrap(), place["high90"].as_u64().unwrap());
        assert!(line["rank"] == rank && low <= rank && rank <= high && high <= place["of"].as_u64().unwrap());
        assert!(line["because"].as_str().unwrap().contains("recorded episode"), "{line}");
        assert!(place["priority"]["score"].as_u64().unwrap() <= 100);
    }
    let listed: BTreeSet<Option<&str>> =
        harm.iter().chain(&lines(&today, "change_seen")).map(|line| line["person"].as_str()).collect();
    let audit = lines(&today, "audit");
    assert!(audit.iter().all(|line| !listed.contains(&line["person"].as_str())));
    assert_eq!(lines(&head.api("/today").json(), "audit"), audit, "the same all day");

    let page = head.page("/").body;
    for words in
        ["Harm expected", "Change seen", "Chosen at random", "as sure as between", "To compare, by hand"]
    {
        assert!(page.contains(words), "{words}");
    }
    let work = list(&today, "work");
    let items = list(&today["today"], "items");
    assert_eq!(work.len(), items.len());
    let place = items.iter().position(|item| item["group"] == "harm_expected").unwrap();
    let href = work[place]["href"].as_str().unwrap();
    assert_eq!(head.page(href).status, 200, "{href}");
}

#[test]
fn places_are_told_among_those_whom_the_reader_sees() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    for user in ["head", "school", "services", "health", "housing", "probation", "police"] {
        let hand = Hand::of(&server, user);
        let whole = hand.api("/people-causing-harm").json();
        let seen: BTreeSet<&str> =
            list(&whole, "lines").iter().filter_map(|line| line["profile"]["person"].as_str()).collect();
        let today = hand.api("/today").json();
        for group in ["harm_expected", "change_seen", "audit"] {
            for (rank, line) in (1..).zip(lines(&today, group)) {
                assert_eq!(line["rank"], rank, "{user} sees a gap in {group}");
                assert!(seen.contains(line["person"].as_str().unwrap()), "{user}: {line}");
                assert!(line["place"]["of"].as_u64().unwrap() <= seen.len() as u64, "{user}: {line}");
            }
        }
    }
}

#[test]
fn what_it_does_to_a_child_is_read_from_records_that_the_reader_may_open() {
    let area = Area::demonstration();
    let server = Server::start(&area);
    let mut told: BTreeSet<(&str, String)> = BTreeSet::new();
    for user in ["head", "school", "police"] {
        let hand = Hand::of(&server, user);
        let children = hand.api("/children").json();
        for line in list(&children, "lines").iter().take(40) {
            let id = line["child"]["person"].as_str().unwrap();
            let view = hand.api(&format!("/children/{id}")).json();
            let dimensions = list(&view, "impact");
            assert_eq!(dimensions.len(), 9);
            let page = hand.page(&format!("/child/{id}")).body;
            assert!(page.contains("What living with this does to the child"));
            for dimension in dimensions {
                let (label, signs) = (dimension["label"].as_str().unwrap(), list(dimension, "signs"));
                assert!(page.contains(label), "{label}");
                assert_eq!(
                    signs.is_empty(),
                    page.contains(dimension["ask"].as_str().unwrap()),
                    "{user} {label}"
                );
                for sign in signs {
                    let seq = sign["seq"].as_u64().unwrap();
                    assert!(page.contains(&format!("/fact/{seq}\"")), "no way to fact {seq}");
                    assert_eq!(
                        hand.page(&format!("/fact/{seq}")).status,
                        200,
                        "{user} cannot open fact {seq}"
                    );
                    told.insert((user, dimension["name"].as_str().unwrap().to_owned()));
                }
            }
        }
        let one = hand.api("/children?show=one_agency").json();
        let known = list(&one, "lines").into_iter().map(|line| list(&line["child"], "known_to").len());
        assert!(known.max().unwrap_or(0) <= 1 && hand.page("/children?which=one_agency").status == 200);
    }
    let of = |user: &str| told.iter().filter(|(who, _)| *who == user).count();
    assert!(of("head") >= 4 && of("school") >= 1, "{told:?}");
    assert!(!told.contains(&("police", "health".to_owned())), "police read what health wrote: {told:?}");
}
