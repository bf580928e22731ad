//! Every page, made from invented people: readable, complete, and with nothing of what people wrote as markup.

use super::invented::World;
use super::stage::PageError;
use super::*;

type Made = (&'static str, Result<String, PageError>);

/// Every page of the program.
fn every_page(mark: &'static str) -> Vec<Made> {
    let world = World { mark };
    let frame = world.frame(frame::Nav::None);
    vec![
        ("today", today::render(&world.today_page())),
        ("family", family::render(&world.family_page())),
        ("person", person::render(&world.person_page("p-keeley"))),
        ("harm", harm::render(&world.harm_page())),
        ("harm_list", harm::render_list(&world.harm_list())),
        ("children", children::render(&world.children_page())),
        ("incoming", incoming::render(&world.incoming_page())),
        ("quarantine", incoming::render_quarantine(&world.quarantine_page())),
        ("aside", incoming::render_aside(&world.aside_page())),
        ("child", child::render(&world.child_page())),
        ("incident", incident::render(&world.incident_page())),
        ("search", search::render(&world.search_page())),
        ("search_nothing", search::render(&world.nothing_found())),
        ("why", why::render(&world.why_page())),
        ("fact", fact::render(&world.fact_page())),
        ("directory", directory::render(&world.directory_page())),
        ("sign_in", plain::render_sign_in(&world.sign_in_page())),
        ("refusal", plain::render_refusal(&frame, plain::Refusal::Forbidden, mark)),
        ("help", plain::render_words(&frame, plain::Words::Help)),
        ("accessibility", plain::render_words(&frame, plain::Words::Accessibility)),
        ("privacy", plain::render_words(&frame, plain::Words::Privacy)),
        ("cookies", plain::render_words(&frame, plain::Words::Cookies)),
        ("api", plain::render_words(&frame, plain::Words::Api)),
    ]
}

#[test]
fn every_page_can_be_made_and_keeps_words_as_words() {
    const MARK: &str = "<script>alert(1)</script>\"'&";
    for (name, page) in every_page(MARK) {
        let html = page.unwrap_or_else(|why| panic!("{name}: {why}"));
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
#[ignore = "writes pages to look at: LOOK=/folder cargo test pages_to_look_at -- --ignored"]
fn pages_to_look_at() {
    let folder = std::path::PathBuf::from(std::env::var("LOOK").expect("LOOK names a folder"));
    let assets = concat!(env!("OUT_DIR"), "/dist/assets");
    for (name, page) in every_page("") {
        let html = page.unwrap_or_else(|why| panic!("{name}: {why}"));
        let from = crate::web::assets::address("");
        std::fs::write(folder.join(format!("{name}.html")), html.replace(&from, &format!("{assets}/")))
            .unwrap();
    }
}
