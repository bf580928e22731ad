//! What a pattern must be: the numbers of the reference, what may change and what may not, series whose truth is known,
//! people ranked against an oracle, and vignettes a practitioner can read.

mod attention;
mod coverage;
mod invented;
mod properties;
mod reference;
mod series;
mod vignettes;
