//! The report on a linked file: one page that needs nothing but itself, with every picture said in a sentence and
//! told again as a table. It holds record ids and no other word of any record.

mod chart;
mod groups;
mod html;
mod known;
mod pairs;
mod people;
mod rules;
mod summary;
mod weights;

use std::fmt::Write as _;

use super::run::Findings;
use crate::web::components::escaped;

/// The whole page.
pub fn page(findings: &Findings<'_>) -> String {
    let sections = [
        ("summary", "What came of it", summary::section(findings)),
        ("known", "How good it is", known::section(findings.outcome)),
        ("groups", "Is it as good for everybody", groups::section(findings.outcome)),
        ("people", "People", people::section(findings)),
        ("pairs", "Pairs", pairs::section(findings)),
        ("weights", "What each comparison says", weights::section(&findings.linked.model)),
        ("rules", "Which pairs were compared", rules::section(findings)),
    ];
    let name = escaped(&findings.outcome.file);
    let mut body = String::new();
    for (id, title, text) in &sections {
        let _ =
            write!(body, "<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{title}</h2>{text}</section>");
    }
    let contents: String =
        sections.iter().map(|(id, title, _)| format!("<li><a href=\"#{id}\">{title}</a></li>")).collect();
    format!(
        "<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Who is who in {name}</title><style>{}</style></head><body>\
         <a class=\"skip\" href=\"#main\">Skip to main content</a>\
         <header><h1>Who is who in {name}</h1></header>\
         <main id=\"main\"><nav aria-label=\"Contents\"><ul>{contents}</ul></nav>{body}</main></body></html>\n",
        include_str!("report.css")
    )
}
