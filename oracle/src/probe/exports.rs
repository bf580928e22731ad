//! Whole lists that the command line writes. Whoever operates an invented area has everything of it, but no list holds a place
//! that is kept, anything of a confidential export, or a row that was put aside; and in an area with real people there is none
//! without a release that two people agreed on.

use std::collections::HashSet;
use std::path::Path;

use super::{Finding, Kind, Report, look};
use crate::Outcome;
use crate::program::Area;
use crate::text::known::Linked;
use crate::world::{Piece, World};

/// Every kind of list (`shared/commands.md`); the program may not have all of them yet.
const LISTS: &[&str] =
    &["links", "people", "households", "incidents", "patterns", "next-family", "critical-points", "children"];

/// Words that no list holds.
fn never_listed(world: &World) -> HashSet<String> {
    let words = world.records.iter().flat_map(|record| {
        let sealed = record.sealed;
        record.words.iter().filter(move |(_, piece)| {
            sealed || matches!(piece, Piece::Kept | Piece::Words | Piece::Author | Piece::Safe)
        })
    });
    let asides = world.asides.iter().map(|aside| aside.word.to_lowercase());
    let all: HashSet<String> = words.map(|(word, _)| word.to_lowercase()).chain(asides).collect();
    // Where a kept word stands in another part, too (a name in a text), that part may be listed.
    let listed = world.records.iter().filter(|record| !record.sealed).flat_map(|record| &record.words);
    let listed = listed.filter(|(_, piece)| matches!(piece, Piece::Name(_)));
    let names: HashSet<String> = listed.map(|(word, _)| word.to_lowercase()).collect();
    all.difference(&names).cloned().collect()
}

/// Writes every list of an invented area, and tries to in one with real people.
pub fn check(area: &Area, program: &Path, linked: &Linked<'_>) -> Outcome<Report> {
    let mut report = Report::default();
    let find = |report: &mut Report, kind: Kind, list: &str, what: String| {
        report.find(Finding {
            kind,
            channel: "exports",
            audience: "operator".to_owned(),
            ask: format!("export {list}"),
            what,
        });
    };
    let never = never_listed(linked.world);
    let none = HashSet::new();
    let real = Area::real(program, linked.world)?;
    for list in LISTS {
        report.probe("exports");
        if let Some(text) = area.export(list)? {
            for word in look::leaked(&text, &none, "", &never) {
                find(&mut report, Kind::Leak, list, word);
            }
        }
        report.probe("exports");
        // A heading alone tells of nobody.
        if let Some(text) = real.export(list)?.filter(|text| text.lines().count() > 1) {
            let what = format!("written without a release: {} bytes", text.len());
            find(&mut report, Kind::Leak, list, what);
        }
    }
    for word in look::words(&real.said()) {
        find(&mut report, Kind::Leak, "ingest", format!("{word} on the command line"));
    }
    Ok(report)
}
