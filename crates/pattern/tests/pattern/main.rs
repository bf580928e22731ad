//! What a pattern must be: the numbers of the reference, what may change and what may not, series whose truth is known,
//! people ranked against an oracle, and vignettes a practitioner can read.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may fail loudly"
)]

mod attention;
mod coverage;
mod invented;
mod properties;
mod reference;
mod series;
mod vignettes;
