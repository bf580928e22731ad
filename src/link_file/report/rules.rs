//! Which pairs were compared at all: what each blocking rule cost, and what it alone found.

use super::html::p;
use crate::link_file::run::Findings;

pub fn section(findings: &Findings<'_>) -> String {
    p(&format!("{} pairs shared a key and were compared.", findings.outcome.pairs))
}
