//! The report on a linked file.

use super::run::Findings;

/// The whole page.
pub fn page(findings: &Findings<'_>) -> String {
    let _ = (findings.outcome, findings.linked, findings.ids, findings.people);
    String::new()
}
