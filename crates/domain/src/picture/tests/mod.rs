//! What the picture as a whole must hold to, told in invented rows.

mod families;
mod incidents;
mod invariants;
mod next_family;
mod today;
mod views;
