//! Search by plain rules: what a person, place or reference can be found by, what a typed question looks for, and
//! why a found person matched. Knows no store: the terms are words that any index can hold.
//!
//! | prefix | term |
//! |---|---|
//! | `n:` | a whole name, lower case, letters only |
//! | `s:` | how a name sounds |
//! | `f:` `e:` | first three, last three letters of a name, for slips |
//! | `k:` | the letters of a name in order of the alphabet, for letters that changed places |
//! | `d:` `m:` `y:` | day, month and day, year of birth |
//! | `p:` | postcode; its first half ends in `*` |
//! | `a:` | a word of a street or town, a number of a house |
//! | `r:` | a number or reference, letters and figures only |

mod query;
mod rank;
mod terms;
#[cfg(test)]
mod tests;

pub use query::{Part, Query, query_terms};
pub use rank::{Match, rank};
pub use terms::{household_terms, incident_terms, search_terms};
