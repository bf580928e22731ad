//! The packages' own examples: what each component makes of each set of options, byte for byte.

use std::collections::BTreeMap;
use std::path::PathBuf;

use minijinja::value::Value;
use serde::Deserialize;

use super::Components;

#[derive(Deserialize)]
struct Examples {
    component: String,
    fixtures: Vec<Example>,
}

#[derive(Deserialize)]
struct Example {
    name: String,
    options: Value,
    html: String,
}

/// Examples whose meaning differs, and why that is right.
const KNOWN: &[(&str, &str)] =
    &[("footer: with empty meta", "JavaScript takes an empty object for true; we never pass one")];

fn words(html: &str) -> String {
    html.replace('<', " <").replace('>', "> ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn all() -> Vec<Examples> {
    let folder = PathBuf::from(env!("OUT_DIR")).join("dist/fixtures");
    let mut found: Vec<Examples> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("fixtures.json"))
        .map(|path| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
        .collect();
    found.sort_by(|a, b| a.component.cmp(&b.component));
    found
}

fn macro_name(component: &str) -> String {
    let mut name = "govuk".to_owned();
    for part in component.split('-') {
        let mut chars = part.chars();
        name.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        name.push_str(chars.as_str());
    }
    name
}

#[test]
fn every_component_makes_what_its_package_says() {
    let components = Components::load().unwrap();
    let (mut exact, mut spaced, mut count) = (0, 0, 0);
    let mut wrong = BTreeMap::new();
    for examples in all() {
        for example in examples.fixtures {
            count += 1;
            let made = components.make(&macro_name(&examples.component), &example.options);
            let key = format!("{}: {}", examples.component, example.name);
            match made {
                Ok(html) if html.trim() == example.html.trim() => exact += 1,
                Ok(html) if words(&html) == words(&example.html) => spaced += 1,
                Ok(html) => drop(wrong.insert(key, format!("{}\n{}", words(&html), words(&example.html)))),
                Err(e) => drop(wrong.insert(key, format!("{e:#}"))),
            }
        }
    }
    eprintln!("{exact} of {count} exact, {spaced} differ in white space only, {} differ", wrong.len());
    for (known, why) in KNOWN {
        assert!(
            wrong.remove(*known).is_some(),
            "`{known}` is excused ({why}) but agrees: take it off the list"
        );
    }
    let first: Vec<_> = wrong.iter().take(3).collect();
    assert!(wrong.is_empty(), "{} differ: {:?} {first:#?}", wrong.len(), wrong.keys());
    assert!(count >= 700, "only {count} examples found");
}

#[test]
fn what_we_use_of_the_ministry_of_justice_keeps_words_as_words() {
    use minijinja::context;
    let components = Components::load().unwrap();
    let bad = "<b>\"'";
    let used = [
        ("mojIdentityBar", context! { title => context! { text => bad } }),
        ("mojSubNavigation", context! { items => [context! { text => bad, href => bad, active => true }] }),
        ("mojBadge", context! { text => bad }),
        (
            "mojAlert",
            context! { variant => "warning", title => bad, text => bad, showTitleAsHeading => true },
        ),
        ("mojPageHeaderActions", context! { heading => context! { text => bad } }),
        ("mojTimeline", context! { items => [context! { label => context! { text => bad }, text => bad }] }),
        ("mojTicketPanel", context! { items => [context! { text => bad }] }),
    ];
    for (name, params) in used {
        let made = components.render(name, &params).unwrap_or_else(|e| panic!("{name}: {e:#}"));
        assert!(!made.contains("<b>") && !made.contains("\"'"), "{name} lets markup through: {made}");
        assert!(made.contains("&lt;b&gt;"), "{name} lost the words: {made}");
    }
}

#[test]
fn a_misspelt_option_is_refused() {
    let components = Components::load().unwrap();
    let made = components.render("govukTag", &minijinja::context! { txt => "Late" });
    assert!(made.unwrap_err().to_string().contains("has no option `txt`"));
}
