//! The first section: what went in, what came out, what needs a person's eye.

use super::html::{good, head, p, table, warn, whole};
use crate::link_file::run::Findings;

/// Rows shown of those put aside.
const SHOWN: usize = 50;

pub fn section(findings: &Findings<'_>) -> String {
    let outcome = findings.outcome;
    let mut out = p(&format!(
        "{} rows of {} hold {} records of {} people. {} links hold people together; {} pairs of people may be one and were not joined. The biggest person has {} records.",
        whole(outcome.rows),
        outcome.file,
        whole(outcome.records),
        whole(outcome.people),
        whole(outcome.links),
        whole(outcome.doubtful),
        outcome.biggest
    ));
    let found: Vec<_> = outcome.aside.iter().chain(&outcome.repeated).collect();
    if found.is_empty() {
        out += &good("Every row could be read, and every record_id stands once.");
    } else {
        out += &warn(&format!(
            "{} rows could not be read and stand as people of their own; {} rows repeat an earlier record_id and follow it. Mend them and link again.",
            whole(outcome.aside.len() as u64),
            whole(outcome.repeated.len() as u64)
        ));
        let rows: Vec<Vec<String>> = found
            .iter()
            .take(SHOWN)
            .map(|row| vec![row.line.to_string(), row.record_id.clone(), row.reason.clone()])
            .collect();
        out += &table("Rows that need a person's eye", &head(["line", "record_id", "why"]), &rows);
        if found.len() > SHOWN {
            out += &p(&format!("{} more are in the JSON report.", whole((found.len() - SHOWN) as u64)));
        }
    }
    for note in &outcome.notes {
        out += &p(&format!("Note: {note}."));
    }
    let s = outcome.seconds;
    let rows =
        [("reading", s.reading), ("linking", s.linking), ("writing", s.writing), ("measuring", s.measuring)];
    let rows = rows.map(|(stage, seconds)| vec![stage.to_owned(), format!("{seconds:.2}")]);
    out + &table("Seconds by stage", &head(["stage", "seconds"]), &rows)
}
