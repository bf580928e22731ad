//! Every page, made from invented people: readable, complete, accessible in its markup, and with nothing of what
//! people wrote as markup.

use std::collections::BTreeSet;

use super::frame::{Frame, Nav};
use super::invented::World;
use super::stage::PageError;
use super::*;

/// Where “Exit this page” leads.
const AWAY: &str = "https://www.bbc.co.uk/weather";

type Made = (&'static str, Result<String, PageError>);

/// Every page of the program.
fn every_page(mark: &'static str) -> Vec<Made> {
    let world = World { mark };
    let frame = world.frame(Nav::None);
    vec![
        ("today", today::render(&world.today_page())),
        ("family", family::render(&world.family_page())),
        ("person", person::render(&world.person_page("p-keeley"))),
        ("harm", harm::render(&world.harm_page())),
        ("harm_list", harm::render_list(&world.harm_list())),
        ("risk", risk::render(&world.risk_page())),
        ("next_family", next_family::render(&world.next_family_page())),
        ("work", work::render(&world.work_page())),
        ("calendar", calendar::render(&world.calendar_page())),
        ("work_line", work::render_line(&world.line_page())),
        ("children", children::render(&world.children_page())),
        ("incoming", incoming::render(&world.incoming_page())),
        ("quarantine", incoming::render_quarantine(&world.quarantine_page())),
        ("aside", incoming::render_aside(&world.aside_page())),
        ("child", child::render(&world.child_page())),
        ("incident", incident::render(&world.incident_page())),
        ("search", search::render(&world.search_page())),
        ("search_nothing", search::render(&world.nothing_found())),
        ("why", why::render(&world.why_page())),
        ("became", became::render(&world.became_page())),
        ("links", links::render(&world.links_page())),
        ("pair", pair::render(&world.pair_page())),
        ("part", part::render(&world.part_page())),
        ("part_preview", part::render_preview(&world.preview_page())),
        ("proposal", proposal::render(&world.proposal_page())),
        ("requests", requests::render(&world.requests_page())),
        ("ask", requests::render_ask(&world.ask_page())),
        ("request", requests::render_one(&world.request_page())),
        ("request_answered", requests::render_one(&world.answered_page())),
        ("copy_cover", requests::render_copy(&world.copy_page(false))),
        ("copy", requests::render_copy(&world.copy_page(true))),
        ("share", share::render(&world.share_page())),
        ("releases", releases::render(&world.releases_page())),
        ("release", releases::render_one(&world.release_page())),
        ("fact", fact::render(&world.fact_page())),
        ("directory", directory::render(&world.directory_page())),
        ("sign_in", plain::render_sign_in(&world.sign_in_page())),
        ("sign_in_code", account::render_code(&world.code_page())),
        ("set_up", account::render_set_up(&world.set_up_page())),
        ("account", account::render_account(&world.account_page())),
        ("password", account::render_password(&world.password_page())),
        ("codes", account::render_codes(&world.codes_page())),
        ("recovery", account::render_codes(&world.recovery_page())),
        ("agency_back", plain::render_agency(&world.agency_page(false))),
        ("agency_out", plain::render_agency(&world.agency_page(true))),
        ("passkeys", passkeys::render_passkeys(&world.passkeys_page())),
        ("sign_in_passkey", passkeys::render_sign_in(&world.passkey_sign_in_page())),
        ("confirm", account::render_confirm(&world.confirm_page())),
        ("details", account::render_details(&world.details_page())),
        ("conflicts", account::render_details(&world.conflicts_page())),
        ("draft", account::render_draft(&world.draft_page())),
        ("staff", staff::render_list(&world.staff_page())),
        ("staff_new", staff::render_new(&world.new_page())),
        ("staff_one", staff::render_one(&world.one_page())),
        (
            "refusal",
            plain::render_refusal(&frame, plain::Refusal::Forbidden, &world.t("Not shared with you.")),
        ),
        ("help", plain::render_words(&frame, plain::Words::Help)),
        ("accessibility", plain::render_words(&frame, plain::Words::Accessibility)),
        ("privacy", plain::render_words(&frame, plain::Words::Privacy)),
        ("cookies", plain::render_words(&frame, plain::Words::Cookies)),
        ("api", plain::render_words(&frame, plain::Words::Api)),
    ]
}

fn made(mark: &'static str) -> Vec<(&'static str, String)> {
    let page = |(name, made): Made| (name, made.unwrap_or_else(|why| panic!("{name}: {why}")));
    every_page(mark).into_iter().map(page).collect()
}

/// The values of an attribute, in order.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// What somebody reads, without markup.
fn text(html: &str) -> String {
    let body = html.split("<main").nth(1).unwrap_or(html).split("</main>").next().unwrap_or_default();
    let mut out = String::new();
    let mut inside = false;
    let mut tag = String::new();
    for c in body.chars().skip_while(|c| *c != '>').skip(1) {
        match c {
            '<' => {
                inside = true;
                tag.clear();
            }
            '>' if inside => {
                inside = false;
                let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
                let flows = ["a", "strong", "span", "tspan", "g", "text", "title"].contains(&name);
                out.push_str(if flows { "" } else { "\n" });
            }
            _ if inside => tag.push(c),
            _ => out.push(c),
        }
    }
    let lines = out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_people_wrote_stays_words() {
    const MARK: &str = "<script>alert(1)</script>\"'&";
    for (name, html) in made(MARK) {
        assert!(!html.contains("<script>"), "{name} lets markup through");
        assert!(!html.contains("\"'&"), "{name} lets quotes through");
        assert!(
            html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"),
            "{name} lost the words"
        );
        assert!(!html.contains("&amp;lt;") && !html.contains("&amp;quot;"), "{name} escapes twice");
    }
}

#[test]
fn nobody_is_named_in_a_title_or_an_address() {
    const MARK: &str = "ZZMARKZZ";
    for (name, html) in made(MARK) {
        let title = html.split("<title>").nth(1).unwrap().split("</title>").next().unwrap();
        assert!(!title.contains(MARK), "{name}: {title}");
        for attribute in ["href", "action", "src"] {
            for address in values(&html, attribute) {
                assert!(!address.contains(MARK), "{name}: {address}");
                // Whoever signed out here may sign out at their agency too: the one other way out.
                let agency = name == "agency_out" && address.starts_with("https://login.police.example/");
                assert!(
                    agency || address.starts_with('/') || address.starts_with('#') || address == AWAY,
                    "{name} leads elsewhere: {address}"
                );
            }
        }
    }
}

#[test]
fn nothing_that_the_content_policy_forbids() {
    for (name, html) in made("") {
        assert!(values(&html, "style").is_empty(), "{name} has inline style");
        assert_eq!(html.matches("<script").count(), 1, "{name} has a script of its own");
        for event in ["onclick", "onload", "onsubmit", "onerror"] {
            assert!(values(&html, event).is_empty(), "{name} has {event}");
        }
        assert!(!html.contains("<style"), "{name} has a style element");
    }
}

#[test]
fn headings_labels_and_ids_are_in_order() {
    for (name, html) in made("") {
        assert_eq!(html.matches("<h1").count(), 1, "{name} needs one main heading");
        assert!(html.contains("<html lang=\"en\""), "{name}");
        let ids = values(&html, "id");
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        let mut counted = ids.clone();
        counted.sort_unstable();
        assert_eq!(ids.len(), unique.len(), "{name} has an id twice: {counted:?}");
        for attribute in ["for", "aria-labelledby", "aria-describedby"] {
            for id in values(&html, attribute).into_iter().flat_map(|ids| ids.split(' ')) {
                assert!(unique.contains(id), "{name}: {attribute} names `{id}`, which is not there");
            }
        }
        for id in values(&html, "href").into_iter().filter_map(|address| address.strip_prefix('#')) {
            assert!(unique.contains(id), "{name} leads to `#{id}`, which is not there");
        }
        for image in html.split("<svg").skip(1) {
            let tag = image.split('>').next().unwrap_or_default();
            let hidden = tag.contains("aria-hidden") || tag.contains("role=\"presentation\"");
            assert!(hidden || tag.contains("role=\"img\"") && image.contains("<desc"), "{name}: <svg{tag}>");
        }
    }
}

#[test]
fn every_form_that_changes_something_sends_the_token() {
    for (name, html) in made("") {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            if form.contains("method=\"post\"") {
                assert!(form.contains("name=\"form_token\" value=\"t0k3n\""), "{name}: {form}");
            }
        }
    }
}

#[test]
fn a_kept_place_is_shown_nowhere() {
    // The invented family lives in a kept place; its address is known to the one page that reveals it.
    for (name, html) in made("") {
        assert!(name == "person" || !html.contains("Hidden Row"), "{name}");
    }
    let family = family::render(&World { mark: "" }.family_page()).unwrap();
    assert!(family.contains("Kept private"));
    assert!(!family.contains("k-1"), "the id of a kept place stands on the family page");
}

#[test]
fn the_person_causing_harm_comes_before_everything_about_others() {
    let html = text(&family::render(&World { mark: "" }.family_page()).unwrap());
    let order = [
        "Recorded as causing harm:",
        "Who causes harm, and what is being done about it",
        "Alfie Marlowe-Pyke",
        "What happened",
        "Chronology across agencies",
        "Homes over time",
        "Family picture",
        "Who else is involved",
        "What each agency has and has not sent",
    ];
    let mut rest = html.as_str();
    for words in order {
        rest = rest.split_once(words).unwrap_or_else(|| panic!("{words} is missing or too early")).1;
    }
}

#[test]
fn an_empty_family_says_what_is_missing() {
    let mut page = World { mark: "" }.family_page();
    page.children.clear();
    page.harm.clear();
    page.incidents.clear();
    page.chronology.clear();
    page.next.clear();
    page.people.clear();
    page.freshness.clear();
    page.family.members.clear();
    page.family.records.clear();
    page.family.not_known.clear();
    page.pattern = None;
    let html = text(&family::render(&page).unwrap());
    for words in [
        "Nobody is identified as causing harm.",
        "No agency has recorded a child in this family.",
        "No agency has recorded an episode of harm here.",
        "No agency has sent anything about this yet.",
        "No agency has recorded where these people live or lived.",
        "Nobody is recorded in this family.",
        "How fresh each agency’s data is, is not known.",
        "That is not proof that nothing is.",
    ] {
        assert!(html.contains(words), "{words}\n{html}");
    }
}

#[test]
fn nobody_looks_with_less_than_they_know_without_being_told() {
    let mut page = World { mark: "" }.family_page();
    page.frame.viewpoint.as_known_on = Some(jiff::civil::Date::constant(2025, 5, 3));
    page.frame.viewpoint.known_to = Some("police".into());
    let html = family::render(&page).unwrap();
    assert!(
        html.contains("only what had been recorded by Police by the end of 3 May 2025"),
        "{}",
        text(&html)
    );
}

#[test]
fn children_of_whom_one_agency_alone_has_records_are_told_apart() {
    let mut page = World { mark: "" }.children_page();
    let all = page.children.len();
    let one = page.children.iter().filter(|child| child.one_agency_only()).count();
    assert!(one > 0 && one < all);
    page.which = children::Which::OneAgency;
    let html = text(&children::render(&page).unwrap());
    assert!(html.contains(&format!("Known to one agency ({one})")), "{html}");
    assert!(html.contains("Ask the others what they know."), "{html}");
    page.children.iter_mut().for_each(|child| child.known_to = vec!["police".into(), "schools".into()]);
    assert!(!page.children[0].one_agency_only());
    page.children.iter_mut().for_each(|child| (child.known_to, child.first_incident) = (vec![], None));
    assert!(!page.children[0].one_agency_only());
}

#[test]
fn filters_choose_and_say_how_many() {
    let mut page = World { mark: "" }.family_page();
    page.filters.agency = Some("police".into());
    let html = text(&family::render(&page).unwrap());
    assert!(html.contains("1 entry of 7."), "{html}");
    page.filters.agency = Some("housing".into());
    page.filters.kind = Some(throughline_domain::record::EventKind::Visit);
    let html = text(&family::render(&page).unwrap());
    assert!(html.contains("Nothing from Housing matches. They may hold more than they have sent."), "{html}");
}

#[test]
fn a_page_without_anybody_signed_in_has_no_navigation() {
    let frame = Frame { viewer: None, ..World { mark: "" }.frame(Nav::None) };
    let html = plain::render_refusal(&frame, plain::Refusal::NotFound, "").unwrap();
    assert!(!html.contains("People causing harm") && !html.contains("Sign out"));
}

#[test]
fn pages_read_as_they_should() {
    for (name, html) in made("") {
        insta::assert_snapshot!(name, text(&html));
    }
}

#[test]
#[ignore = "writes pages to look at: LOOK=/folder cargo test pages_to_look_at -- --ignored"]
fn pages_to_look_at() {
    let folder = std::path::PathBuf::from(std::env::var("LOOK").expect("LOOK names a folder"));
    let assets = concat!(env!("OUT_DIR"), "/dist/assets");
    let from = crate::web::assets::address("");
    for (name, html) in made("") {
        std::fs::write(folder.join(format!("{name}.html")), html.replace(&from, &format!("{assets}/")))
            .unwrap();
    }
}

#[test]
#[ignore = "measures; run it with --release and --nocapture"]
fn how_long_pages_take() {
    let world = World { mark: "" };
    let mut page = world.family_page();
    for copy in 0..60 {
        let more = world.chronology().into_iter().map(|entry| {
            let seq = entry.seq + copy;
            throughline_domain::picture::shape::Entry { seq, ..entry }
        });
        page.chronology.extend(more);
    }
    family::render(&page).unwrap();
    let start = std::time::Instant::now();
    for _ in 0..50 {
        family::render(&page).unwrap();
    }
    println!("family with {} entries: {:?} a page", page.chronology.len(), start.elapsed() / 50);
    let mut children = world.children_page();
    children.children = std::iter::repeat_with(|| world.children()).take(2500).flatten().collect();
    let start = std::time::Instant::now();
    for _ in 0..10 {
        children::render(&children).unwrap();
    }
    println!("children list of {}: {:?} a page", children.children.len(), start.elapsed() / 10);
}
